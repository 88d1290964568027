"""Number, issuer and date of issue (文号、发布机关、落款日期), and whose area it is."""

import itertools
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from gridwell.orders.rules.notice.districts import URBAN, Districts, could_be_district
from gridwell.orders.rules.notice.source import Piece
from gridwell.orders.rules.notice.times import DATE, dates_in, day_of

_NUMBER: Final = re.compile(
    r"[\[(〔【]?(?P<year>20[0-9]{2})年?[\])〕】]?年?第?(?P<n>[0-9]{1,5})号(?=[)\]〕】]|$|通告|公告|令|文|\()|"
    r"(?<![0-9])第(?P<n2>[0-9]{1,4}|[一二三四五六七八九十百]{1,5})号(?=[)\]〕】]|$|令|通告|公告|通知)"
)
#: …的通告(第37号), …的通告(153号): the number of the notice itself, behind its title.
_BEHIND_TITLE: Final = re.compile(r"(?:通告|公告|通知|令)\($")
_PLAIN_BEHIND: Final = re.compile(r"(?<=[告知令])\((?P<n>[0-9]{1,4})号\)$")
#: 关于更正第88号通告的公告: the number of the notice that it is about.
_ANOTHERS: Final = re.compile(
    r"(?:更正|勘误|修正|撤销|废止|终止|停止执行|取消|发布的?|印发的?|原|关于)(?:[一-鿿]{0,20}?)[《(〔\[\"“]?$"
)
_NUMBER_LOST: Final = re.compile(
    r"[(〔\[]年?第?号[)〕\]]|[(〔\[](?:20[0-9]{2})?年?第[*□?_xX]+号[)〕\]]"
)
_ORG: Final = re.compile(
    r"(?:(?:指挥部|领导小?组)(?:综合)?(?:办公室|综合组)?|疫情防控办公室|防控办|防指办|联防联控机制(?:办公室)?)"
)
_ORG_START: Final = re.compile(r"[一-鿿]{2,12}?(?:省|市|区|县|旗|州|盟|镇|乡|街道)")
_ORG_LINE: Final = re.compile(
    r"(?!关于)(?:[一-鿿]{2,10}?(?:省|市|区|县|旗|州|盟|镇|乡|街道))(?=[一-鿿()]*(?:疫情|新冠|新型冠状|防控))[一-鿿()]{2,44}?"
    r"(?:指挥部|领导小?组|防控办|防控办公室)(?:\(指挥部\))?(?:综合)?(?:办公室)?(?=通告|公告|通知|令|关于|\(|$)"
)
_OWN_DISTRICT: Final = re.compile(
    r"([一-鿿]{2,8}?[区县旗])(?=[一-鿿]{0,6}(?:疫情|新冠|新型|应对|防控|防疫|统筹))"
)
_ORG_WORDS: Final = re.compile(
    r"疫情|新冠|新型冠状|防控|应对|防疫|卫生|防汛|抗旱|防台|应急|减灾|抗震|防火|防寒|抗灾"
)
_STAMP: Final = re.compile(
    r"[0-9]{1,2}:[0-9]{2}|来源|时间|发布于|更新|浏览|阅读|记者|编辑|20[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|•"
)
_DATE_LINE: Final = re.compile(rf"^(?:{DATE})")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and below the orders. `area` is the district or city of the issuer."""

    number: str | None
    number_piece: Piece | None
    number_lost: Piece | None
    issuer: str | None
    issued_on: date | None
    issued_piece: Piece | None
    issued_lost: Piece | None
    years: frozenset[int]


def read_head(lines: list[Piece], first: int, last: int) -> Head:
    """Return the head of a notice whose orders lie in lines[first:last].

    The page's own time stamps are not the date of issue, unless one names the issuer as its source
    and no closing date is left.
    """
    number, number_piece, lost = _number(lines)
    issuer = _issuer(lines, last)
    years = _years(lines)
    issued, piece, year_lost = _issued(lines, last, years)
    if issued is None and year_lost is None:
        issued, piece = _stamped(lines[:first], issuer, years)
    return Head(number, number_piece, lost, issuer, issued, piece, year_lost, years)


def _number(lines: list[Piece]) -> tuple[str | None, Piece | None, Piece | None]:
    lost = None
    best: tuple[int, str, Piece] | None = None
    for piece in lines:
        text = piece.text
        if lost is None and (gone := _NUMBER_LOST.search(text)):
            lost = piece.cut(*gone.span())
        if len(text) > 60 or re.search(r"综发|根据|按照|依据", text):
            continue
        for found in _NUMBER.finditer(text):
            if re.search(r"综发|国发|〕$", text[: found.start()][-4:]):
                continue
            behind = _BEHIND_TITLE.search(text[: found.start()])
            if (_ANOTHERS.search(text[: found.start()]) and not behind) or re.match(
                r"[)\]〕】]?(?:通告|公告|通知|令|文)?》?(?:中|里|内|所|已)", text[found.end() :]
            ):
                continue
            whole = len(found.group()) > len(text) - 8
            if found["n"]:
                name = f"{found['year']}年第{found['n']}号"
                if "〔" in found.group() or "[" in found.group():
                    prefix = re.search(r"[一-鿿]{2,10}$", text[: found.start()])
                    name = f"{prefix.group() if prefix else ''}〔{found['year']}〕{found['n']}号"
                rank = 0 if whole else 1
            else:
                name = f"第{found['n2']}号"
                rank = 2 if whole else 3
            if best is None or rank < best[0]:
                best = (rank, name, piece.cut(*found.span()))
        if best is None and (plain := _PLAIN_BEHIND.search(text)):
            best = (3, f"第{plain['n']}号", piece.cut(*plain.span()))
    if best is None:
        return None, None, lost
    return best[1], best[2], lost if best[0] >= 2 else None


def _issuer(lines: list[Piece], last: int) -> str | None:
    """Return the issuing body: of a title or closing line, else as the lead names it."""
    for piece in lines:
        if whole := _ORG_LINE.match(piece.text):
            return whole.group()
    for index, piece in enumerate(lines):
        if found := _org(lines, index, piece, at_line_start=True):
            return found
    for index, piece in enumerate(lines[:last]):
        if found := _org(lines, index, piece, at_line_start=False):
            return found
    return None


def _org(zone: list[Piece], index: int, piece: Piece, *, at_line_start: bool) -> str | None:
    text = piece.text
    for found in _ORG.finditer(text):
        end = found.end()
        start = 0
        for sign in re.finditer(
            r"[,。:;、《》\"“”()\s]|经|由|据|向|按照|根据|和|及|请|的", text[: found.start()]
        ):
            start = sign.end()
        if not at_line_start and re.search(r"(?:根据|按照)$", text[:start]):
            continue
        name = text[start:end]
        begin = index
        while at_line_start and start == 0 and begin > 0 and not _ORG_START.match(name):
            above = zone[begin - 1].text
            if len(above) > 25 or re.search(r"[。,:;0-9]", above):
                break
            begin -= 1
            name = above + name
        if at_line_start and start != 0:
            continue
        if end == len(text) and index + 1 < len(zone) and not name.endswith("办公室"):
            below = zone[index + 1].text
            if office := re.match(r"(?:综合)?办公室", below):
                name += office.group()
        name = re.sub(r"^(?:来源[::]?|中共|关于)", "", name)
        if (
            4 <= len(name) <= 50
            and _ORG_WORDS.search(name)
            and "国务院" not in name
            and (not at_line_start or _ORG_START.match(name))
        ):
            return name
    return None


def closing_name(lines: list[Piece]) -> str | None:
    """Return the company or office that signs above the closing date, or None."""
    for above, line in itertools.pairwise(lines):
        stated = dates_in(line.text)
        alone = bool(stated) and stated[0].start == 0 and stated[0].end == len(line.text)
        if alone and _SIGNS.fullmatch(above.text):
            return above.text
    return None


_SIGNS: Final = re.compile(
    r"[一-鿿()“”]{2,30}(?:公司|集团|局|政府|委员会|居委会|办事处|气象台|气象局|服务中心|管理处|物业|供电所|水厂)"
)


def _years(lines: list[Piece]) -> frozenset[int]:
    found: set[int] = set()
    for piece in lines:
        if _STAMP.search(piece.text) and "年" not in piece.text:
            continue
        for stated in dates_in(piece.text):
            if stated.year and "-" not in piece.text[stated.start : stated.end]:
                found.add(stated.year)
        for year in re.findall(r"[(〔\[](20[0-9]{2})[年〕\])]", piece.text):
            found.add(int(year))
    return frozenset(y for y in found if 2019 < y < 2100)


def _issued(
    lines: list[Piece], last: int, years: frozenset[int]
) -> tuple[date | None, Piece | None, Piece | None]:
    """Return the closing date: a line that is only a date, perhaps after the issuer's name."""
    lost = None
    for piece in reversed(lines):
        text = re.sub(r"(?:返回|查看更多|\(?(?:责任)?编辑|\(?来源|\(?审核).*$", "", piece.text)
        stated = dates_in(text)
        if not stated or len(text) > 60:
            continue
        one = stated[-1]
        before = text[: one.start]
        alone = not before or bool(_ORG.search(before[-8:])) or before.endswith(("办公室", "政府"))
        if not alone or len(text) - one.end > 4 or one.month is None:
            continue
        if before and _STAMP.search(before):
            continue
        form = text[one.start : one.end]
        timed = one.hour is not None and not (one.year and not before and ":" not in form)
        if "-" in form or "/" in form or timed:  # a page's stamp; 21时30分 is an office's
            continue
        year = one.year
        if year is None and (one.lost or len(years) != 1):
            lost = lost or piece.cut(one.start, one.end)
            continue
        day = day_of(one, None, years)
        if day:
            return day, piece.cut(one.start, one.end), None
    return None, None, lost


def _stamped(
    lead: list[Piece], issuer: str | None, years: frozenset[int]
) -> tuple[date | None, Piece | None]:
    """Take the date beside 来源:<issuer>, or of a title like 11月26日…的通告, when the year agrees."""
    for piece in lead:
        text = piece.text
        stated = dates_in(text)
        if not stated or len(text) > 60 or "共有" in text:
            continue
        one = stated[0]
        source = text.startswith("来源") and (_ORG.search(text) or (issuer and issuer[:6] in text))
        title = (
            one.start == 0
            and one.hour is None
            and re.search(r"(?:通告|公告|通知)(?:\(.*\))?$", text)
        )
        if not (source or title) or (one.year and years and one.year not in years):
            continue
        if day := day_of(one, None, years):
            return day, piece.cut(one.start, one.end)
    return None, None


def area_of(
    head: Head, lines: list[Piece], first: int, districts: Districts
) -> tuple[str | None, bool]:
    """Return the issuer's area and whether it is a district (so that plain items belong to it)."""
    title = [p.text for p in lines[: max(first, 1)]]
    for text in [head.issuer or "", *[t for t in title if "关于" in t or "通告" in t]]:
        if text and (name := _district_in(text, districts)):
            return name, True
    joined_title = "".join(title[:6])
    for name in sorted(URBAN | districts.known, key=len, reverse=True):
        base = name[:-1]
        if len(base) >= 3 and base in joined_title and any(name in p.text for p in lines):
            return name, True
    if head.issuer and (
        city := re.match(r"(?:[一-鿿]{2,8}(?:省|自治区))?([一-鿿]{2,7}?[市州盟])", head.issuer)
    ):
        return city.group(1), False
    return None, False


def _district_in(text: str, districts: Districts) -> str | None:
    city = re.match(
        r"(?:[一-鿿]{2,8}?(?:省|自治区))?(?:内蒙古)?[一-鿿]{2,7}?[市州盟](?=[一-鿿]{2,8}?[区县旗])",
        text,
    )
    rest = text[city.end() :] if city else text
    if short := re.search(r"市(城区|矿区|郊区)(?![一-鿿]*[区县])", text):
        return short.group(1)
    for part in (rest, text):
        found = re.match(r"[一-鿿]{2,8}?[区县旗]", part)
        if (
            found
            and (
                found.group() in URBAN
                or found.group() in districts.known
                or found.group()[-1] in "县旗"
                or (part is rest and city)
            )
            and "市" not in found.group()[:-1]
            and (found.group() in URBAN or could_be_district(found.group()))
        ):
            return found.group()
    town = re.match(r"(?:[一-鿿]{2,8}?(?:省|自治区))?[一-鿿]{2,6}?[市州]([一-鿿]{2,4}市)", text)
    if town:
        return town.group(1)  # 古交市 of 太原市
    plain = re.match(r"([一-鿿]{2,6}[区县旗])关于", rest)
    if plain and could_be_district(plain.group(1)):
        return plain.group(1)
    own = _OWN_DISTRICT.match(rest)
    if own and could_be_district(own.group(1)):
        return own.group(1)
    about = re.match(r"关于(?:调整)?(?:[一-鿿]{2,7}?市)?([一-鿿]{2,8}?[区县旗])(?!、)", text)
    if about and (about.group(1) in URBAN or about.group(1) in districts.known):
        return about.group(1)
    return None
