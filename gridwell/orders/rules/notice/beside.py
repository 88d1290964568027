"""What a notice may order and the reading has no act for: standstills (静默), corrections (更正)."""

import re
from dataclasses import dataclass
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.source import Piece

#: An order that is no act upon a risk zone; a rule of a zone (高风险区实行…) is none.
_STANDSTILL: Final = re.compile(
    r"(?:实行|实施|采取|进入|进行|开展|划定|划为|解除|取消|结束|恢复|延长|继续|转为|设置|启动)"
    rf"[^,。;]{{0,40}}?(?:{words.UNKNOWN_ORDER.pattern})|(?:{words.UNKNOWN_ORDER.pattern})[^,。;]{{0,12}}(?:解除|取消|延长|结束)"
    r"|^(?:[一二三四五六七八九十0-9]{1,2}[、.]|\([一二三四五六七八九十0-9]{1,2}\))?(?:划定)?(?:临时)?(?:静默|静态管理|相对静止|管控|封控|封闭)[^,。;:]{0,6}区(?:域)?(?:\([^()]*\))?:"
)
#: The same of a whole place, not of any place: 望岳区全域实行封闭管理.
_CLOSED: Final = re.compile(
    r"(?:[一-鿿](?:区(?!域)|县|市|街道|镇|乡|村|小区|苑|园|社区)|全域|全境)[^,。;]{0,20}(?:实行|实施|采取|解除)[^,。;]{0,8}(?:封闭式?管理|硬隔离|围合管理)"
)
_ANY_ZONE: Final = re.compile(
    r"(?:以上|上述|该|各|区域内|所有|本)(?:区域|小区|地区|社区|村)|区域内"
)


def is_standstill(text: str) -> bool:
    """Return whether a sentence orders or ends a standstill or a temporary control.

    It becomes no item: places, hours and what it forbids are of another kind than a zone's.
    """
    plain = re.sub(r"临时(?:管控|封控)(?:区域|区)", "临时管控", text)
    if words.LEVEL_RE.search(plain) or words.CASE_TALK.search(text) or words.JUNK.search(text):
        return False
    if _STANDSTILL.search(text):
        return True
    return bool(_CLOSED.search(text)) and not _ANY_ZONE.search(text)


@dataclass(frozen=True, slots=True)
class Correction:
    """One difference that a correction states; None where it gives no words."""

    piece: Piece
    before: str | None
    after: str | None


_Q: Final = r"[“\"「『‘]"
_E: Final = r"[”\"」』’]"
_BECOMES: Final = (
    r"(?:更正|修正|订正|更改|变更|修改|勘误|纠正|改正|调整|改)(?:为|成)|应(?:更正)?(?:为|是)"
)
_DIFFERENCES: Final = (
    re.compile(
        rf"(?:误(?:写|印|登|报|录|标)?|错(?:写|印|登)?)(?:为|成|作)?{_Q}(?P<before>[^“”]{{1,120}}?){_E}[^“”。;]{{0,12}}?"
        rf"(?:{_BECOMES}){_Q}(?P<after>[^“”]{{1,120}}?){_E}"
    ),
    re.compile(
        rf"{_Q}(?P<after>[^“”]{{1,120}}?){_E}[^“”。;]{{0,12}}?(?:误(?:写|印|登|报|录|标)?|错(?:写|印|登)?)(?:为|成|作){_Q}(?P<before>[^“”]{{1,120}}?){_E}"
    ),
    re.compile(
        rf"{_Q}(?P<before>[^“”]{{1,120}}?){_E}[^“”。;]{{0,16}}?(?:{_BECOMES}){_Q}(?P<after>[^“”]{{1,120}}?){_E}"
    ),
    re.compile(
        r"(?:^|[,:;中将项条])(?P<before>[^,。;:“”中将项条]{3,60}?)(?:更正|修正|订正|勘误|改正|更改|变更|修改)(?:为|成)(?P<after>[^,。;:“”]{3,60})"
    ),
    re.compile(
        rf"{_Q}(?P<before>[^“”]{{1,120}}?){_E}[^“”。;]{{0,10}}?(?:有误|错误|系笔误|(?:应?予以?|应)?(?:删除|删去|去掉|取消))"
    ),
)
_SAYS_SO: Final = re.compile(r"更正|勘误|笔误|误写|有误|订正")
_PLAIN: Final = re.compile(
    r"(?:^|[,:;中将项条])(?P<before>[^,。;:“”中将项条]{3,40}?)应(?:更正|改|修改)?为(?P<after>[^,。;:“”]{3,40})"
)


def corrections_in(piece: Piece) -> list[Correction]:
    """Return the differences that a sentence states against an earlier notice, in printed order.

    “1号楼”更正为“2号楼” orders nothing by itself: only the earlier notice tells what happens there.
    """
    text = piece.text
    if not re.search(r"更正|修正|订正|勘误|纠正|改正|误|更改|变更|修改|应为|应是|改为", text):
        return []
    found: list[tuple[int, Correction]] = []
    free = [True] * len(text)
    patterns = (*_DIFFERENCES, _PLAIN) if _SAYS_SO.search(text) else _DIFFERENCES
    for pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span()
            if words.LEVEL_RE.search(match.groupdict().get("after") or "") and not _SAYS_SO.search(
                text
            ):
                continue  # 变更为高风险区 is an order
            if not all(free[start:end]) or words.LEVEL_RE.fullmatch(match["before"]):
                continue
            free[start:end] = [False] * (end - start)
            after = match.groupdict().get("after")
            found.append((start, Correction(piece.cut(start, end), match["before"], after)))
    return [one for _start, one in sorted(found, key=lambda f: f[0])]
