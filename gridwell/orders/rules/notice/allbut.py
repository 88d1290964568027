"""All zones but some (除以下区域外其他高风险区全部解除): what is listed stays, the rest is lifted."""

import re
from dataclasses import dataclass
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.acts import Order, order_of
from gridwell.orders.rules.notice.model import Level

_L: Final = words.LEVEL
_OTHERS: Final = (
    r"(?:以外|之外|外)的?,?(?:对|将)?(?P<area>[全我本][市区县旗镇]|[一-鿿]{2,8}?[市区县旗镇](?=其|剩|现|所|辖|范|境|内|的))?"
    r"(?:范围|辖区|境)?内?的?(?:其他|其它|其余|剩余|现有|原有|所有|全部|的)+"
    rf"(?P<what>{_L}|区域|地区|点位|小区|范围)"
)
_ENDS: Final = (
    r"(?:(?![不未]|暂缓|继续|保留|维持)[^。;:除]){0,30}?"
    rf"(?:解除|退出|撤销|取消|解封|调出|(?:降|调整|下调|调)(?:为|至|到)(?={_L}))(?:{_L}|管控|封控)?"
)
#: The list stands below: 除以下区域外,其他高风险区全部解除:
_BELOW: Final = re.compile(
    r"除(?:了)?(?:以下|下列|下述|如下|附件|下表)(?:所列|中)?的?(?:[0-9一二三四五六七八九十]{1,3}[个处])?"
    rf"(?:区域|地区|点位|小区|范围|楼栋|单元|{_L})?{_OTHERS}{_ENDS}"
)
#: It stands between: 除飞虹小区1号楼、锦绣苑外,全县其他高风险区全部解除
_BETWEEN: Final = re.compile(rf"除(?:了)?(?P<list>[^。;:]{{3,400}}?){_OTHERS}{_ENDS}")


@dataclass(frozen=True, slots=True)
class AllBut:
    """Such an order in a sentence: its act, where it stands, and the list when it stands inside."""

    order: Order
    start: int
    end: int
    area: str | None
    listed: tuple[int, int] | None


def all_but(text: str) -> AllBut | None:
    """Return the order that lifts all zones but those listed, or None.

    One that calls the rest low risk without lifting anything (除高风险区外的其他区域为低风险区) is none.
    """
    found = _BELOW.search(text)
    inside = None if found else _BETWEEN.search(text)
    match = found or inside
    if match is None:
        return None
    level = words.level_of(match["what"])
    if level is Level.LOW or words.DENIED.search(text[: match.end()].rsplit("外", 1)[-1]):
        return None
    if inside and (
        words.REST.search(inside.group()[: inside.end("list") - inside.start() + 2])
        or words.NOT_PLACES.search(re.sub(r"\([^()]*\)", "", inside["list"]))
        or not words.PLACE_SIGN.search(inside["list"])
    ):
        return None
    if level is None:
        named = words.LEVEL_RE.search(text, match.start("what"), match.end())
        named_level = words.level_of(named.group()) if named else None
        level = None if named_level is Level.LOW else named_level
    area = match["area"]
    if area and re.fullmatch(r"[全我本].", area):
        area = None
    return AllBut(
        order_of(level, Level.LOW, words.LEVEL_RE.search(match["what"]) and match["what"]),
        match.start(), match.end(), area, inside.span("list") if inside else None,
    )  # fmt: skip
