"""Lines of a notice made into units: one heading, sentence, label or point each."""

import itertools
import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.districts import SUBDISTRICT, Districts, could_be_district
from gridwell.orders.rules.notice.source import Piece, Source, joined
from gridwell.orders.rules.notice.tables import Row, rows_of
from gridwell.orders.rules.notice.times import EFFECT_ANY
from gridwell.orders.rules.notice.words import ordinal_of
from gridwell.places.rules.numerals import parse_int

LONGEST: Final = 20_000  # characters of one sentence; the longest list of a city has a quarter
_COUNTED: Final = (
    rf"\((?:共|共计|合计|计|新增)?(?P<count>{words.NUMBER})(?:个|处|地)?(?:点位|区域|小区)?\)"
)
_MARKED: Final = re.compile(
    rf"(?P<name>[一-鿿]{{2,14}}?)(?:(?:{_COUNTED}|(?:共|共计)?(?P<bare>{words.NUMBER})(?:个|处)):?|:|—{{1,2}}|--)"
)
_BRACKETED: Final = re.compile(
    rf"[【\[〔](?P<name>[一-鿿]{{2,14}}?)(?:\((?:共|共计)?(?P<inner>{words.NUMBER})[个处]?\))?[】\]〕](?:{_COUNTED})?:?"
)
_LABEL: Final = re.compile(
    r"(?P<name>[一-鿿]{2,14}?(?:街道办事处|街道办|街道|镇|乡|苏木|社区|村|区|县|市|旗|管委会|农场|城|园))(?P<count>)"
)
_NO_LABEL: Final = re.compile(
    r"封控|管控|防范|时间|来源|编辑|电话|附件|其中|具体|如下|名单|以下|共|新增|原标题|截至"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, heading or line, as far as punctuation and line breaks tell."""

    piece: Piece
    line_start: bool
    over: bool = False  # beyond what is read of one sentence; it stays unread
    row: Row | None = None

    @property
    def text(self) -> str:
        """Return the folded text."""
        return self.piece.text


def units_of(source: Source, districts: Districts) -> list[Unit]:
    """Return the units of a text in printed order; together they hold all of it."""
    units: list[Unit] = []
    lines = list(source.lines())
    rows = rows_of(lines)
    at = 0
    for start in [*sorted(rows), len(lines)]:
        units += _plain_units(lines[at:start], districts)
        if start in rows:
            row, length = rows[start]
            units.append(Unit(row.piece, line_start=True, row=row))
            at = start + length
    return units


def _plain_units(lines: list[Piece], districts: Districts) -> list[Unit]:
    units: list[Unit] = []
    for line in _joined_lines(lines):
        for number, sentence in enumerate(_sentences(line)):
            end = _end_of_reading(sentence.text)
            for place, piece in enumerate(_at_headings(sentence.cut(0, end), districts)):
                units.append(Unit(piece, number == 0 and place == 0))
            if end < len(sentence):
                units.append(Unit(sentence.cut(end), line_start=False, over=True))
    return units


def learn_from(units: list[Unit], districts: Districts) -> None:
    """Teach the districts what the headings, titles and labels of the notice call them."""
    for unit in units:
        if unit.row:
            continue
        if len(unit.text) <= 400 and not words.JUNK.search(unit.text):
            districts.learn(unit.text)
        label = label_of(unit.text)
        if label and (label.marked or label.length == len(unit.text) <= 5):
            name = label.name
            plain = label.marked or not re.search(r"[东西南北中新老]区|[路街苑园村城]", name)
            if plain and could_be_district(name) and heads_list(Label(name, 1, True, 0), districts):
                districts.known.add(name)


def _end_of_reading(text: str) -> int:
    """Return how much of a sentence is read: all of it but of one that no notice has."""
    if len(text) <= LONGEST:
        return len(text)
    return max(text.rfind(sign, LONGEST // 2, LONGEST) for sign in "、,;") + 1 or LONGEST


def _joined_lines(lines: list[Piece]) -> list[Piece]:
    out: list[Piece] = []
    run = 0
    for line in lines:
        if out and run < 12 and _goes_on(out[-1].text, line.text):
            out[-1] = joined((out[-1], line))
            run += 1
        else:
            out.append(line)
            run = 0
    return out


def _goes_on(above: str, below: str) -> bool:
    """Return whether a line break lies inside a sentence: open bracket, open 将, comma."""
    if (
        above[-1] in "。!:;"
        or re.match(r"附[件表录]", below)
        or ordinal_of(below)
        or _is_label(below)
    ):
        return False
    if below[0] in ",、;)。:":
        return True
    if _TORN.search(f"{above[-12:]}\n{below[:12]}"):
        return True
    if ordinal_of(above) and _ENDS_POINT.search(below) and len(above) <= 40:
        return True
    if above.count("(") > above.count(")") and len(above) < 400 and ")" in below:
        return True
    if above[-1] in ",、":
        return True
    if above.endswith(("风险", "高风", "低风", "中风")) and below[0] in "区地险":
        return True
    if re.match(r"(?:区|县|旗)(?:\(|:)", below) and len(above) <= 6:
        return True
    clause = re.split(r"[。;]", above)[-1]
    opened = max(clause.rfind("将"), clause.rfind("把"))
    if (
        opened >= 0
        and len(clause) > opened + 1
        and not clause[opened:].startswith(("将以下", "将下列"))
    ):
        return not re.search(rf"(?:为|至|到){words.LEVEL}|重新|如下|实行|实施", clause[opened:])
    return (
        bool(re.search(rf"(?:{EFFECT_ANY.pattern}),?$", clause))
        and len(clause) > 12
        and "," in clause
    )


#: 御景华府15⏎栋, 自11月⏎25日17时起, 双港东大街⏎168号: torn in the middle of a word.
_TORN: Final = re.compile(
    r"[0-9]\n(?:号楼|号院|[栋幢座]|单元|[年月日时分][0-9起]|[0-9]{1,2}[月日时])|[年月日]\n[0-9]{1,2}[月日时]|"
    r"[一-鿿](?:大街|街|路|巷|道)\n[0-9]{1,4}(?:号|弄)"
)
#: The rest of a numbered point that ends with its sign (3.樵舍镇永丰村⏎涂家组;).
_ENDS_POINT: Final = re.compile(
    rf"^(?!以上|上述|本)(?!.*(?:{words.LEVEL}|{words.MEASURE.pattern}|{words.NOT_PLACES.pattern}))[^,。;:]{{2,20}};$"
)


def _sentences(line: Piece) -> list[Piece]:
    cuts = [0]
    depth = 0
    text = line.text
    for index, character in enumerate(text):
        if character in "(《“":
            depth += 1
        elif character in ")》”":
            depth = max(0, depth - 1)
        elif character in "。!" and depth == 0 and index >= cuts[-1]:
            end = index + 1
            while end < len(text) and text[end] in "”’)》。":
                end += 1
            cuts.append(end)
        elif character == ";" and _NEXT_ORDER.match(text, index + 1):
            cuts.append(index + 1)
        elif (
            character == ","
            and depth == 0
            and text[index - 1] in '”"正'
            and _CORRECTED.search(text, max(cuts[-1], index - 120), index)
            and _NEXT_ORDER.match(text, index + 1)
        ):
            cuts.append(index + 1)  # “1号楼”更正为“2号楼”,将…划定为…: the order stands by itself
    cuts.append(len(text))
    return [line.cut(a, b) for a, b in itertools.pairwise(cuts) if b > a]


def _at_headings(piece: Piece, districts: Districts) -> list[Piece]:
    """Cut a line where a heading or a numbered point begins inside it."""
    text = piece.text
    cuts = {0}
    own = ordinal_of(text)
    for index in range(1, len(text)):
        if own and index == own[2]:  # 一、龙泉区:… is one heading
            continue
        before = text[index - 1]
        gap = piece.gap_before(index)
        if before not in "。;:,、)”】" and not gap and text[index] != "【":
            continue
        if text[index] in "(一二三四五六七八九十" and (before in "。;:”" or gap):
            got = ordinal_of(text[index:])
            if got and got[0] in ("cn", "cnp") and words.LEVEL_RE.search(text[index : index + 30]):
                cuts.add(index)
                continue
        found = label_of(text[index : index + 26])
        if found and found.marked and heads_list(found, districts):
            if not found.colon and _COUNTS_ON.match(text, index + found.length):
                continue  # 将涧河区2个、洛水区1个高风险区降为…: counts of one sentence
            cuts.add(index)
    cuts |= _chain(piece)
    order = [*sorted(cuts), len(text)]
    return [piece.cut(a, b) for a, b in itertools.pairwise(order) if b > a]


_COUNTS_ON: Final = re.compile(
    rf"{words.LEVEL}(?:{words.NUMBER}[个处])?[调降升转划]|[、和及][一-鿿]{{2,8}}[区县旗市]{words.NUMBER}[个处](?!:)"
)
_POINT: Final = re.compile(r"\(?([0-9]{1,3})[.、)](?![0-9])")


def _chain(piece: Piece) -> set[int]:
    """Return where numbered points 1. 2. 3. begin inside a line; a chain must have two at least."""
    text = piece.text
    expected, found = 1, []
    for match in _POINT.finditer(text):
        if int(match.group(1)) != expected:
            continue
        at = match.start()
        marked = text[at] == "(" and text[match.end() - 1] == ")"  # (1)…(2)…, ①…②…
        if at and text[at - 1] not in ";。:,、)" and not (marked or piece.gap_before(at)):
            continue
        found.append(at)
        expected += 1
    return set(found) if len(found) >= 2 else set()


_CORRECTED: Final = re.compile(r"(?:更正|订正|修正|应)(?:为|是).{0,80}[”\"]$|特此更正$")
_NEXT_ORDER: Final = re.compile(
    rf"(?:同时|另|另外|现|并)?,?(?:(?:自.{{4,24}}起,?)?将|(?:新增|新划定|划定|解除|撤销|调整为|降为)(?:{words.NUMBER}[个处])?{words.LEVEL})"
)


class Label(NamedTuple):
    """The beginning of a line that may name the district or street of a list (迎泽区(6个):)."""

    name: str
    declared: int | None
    colon: bool
    length: int

    @property
    def marked(self) -> bool:
        """Return whether a count or colon marks it; a bare name may be an item too."""
        return self.declared is not None or self.colon


def label_of(text: str) -> Label | None:
    """Return the label that a text (perhaps with an ordinal) begins with, or None."""
    got = ordinal_of(text)
    start = got[2] if got else 0
    # A marked name first: the shortest proper name may be a part of it (新城 of 新城区:).
    if bracket := _BRACKETED.match(text, start):
        return Label(
            bracket["name"],
            parse_int(bracket["count"] or bracket["inner"] or ""),
            True,
            bracket.end(),
        )
    found = _MARKED.match(text, start) or _LABEL.match(text, start)
    if not found:
        return None
    count = found["count"] or found.groupdict().get("bare")
    number = parse_int(count) if count else None
    return Label(found["name"], number, text[found.end() - 1] in ":—-", found.end())


def heads_list(label: Label, districts: Districts) -> bool:
    """Return whether a marked label is of a district or street, not of a page or a paragraph."""
    name = label.name
    if words.NOT_PLACES.search(name) or words.LEVEL_RE.search(name) or words.TITLE.search(name):
        return False
    if _NO_LABEL.search(name) or words.UNKNOWN_ORDER.search(name):
        return False
    return proper(name, districts) or (label.declared is not None and label.colon)


#: 杏林社区: above its houses.
_COMMUNITY: Final = re.compile(r"[一-鿿]{2,8}(?:社区|居委会|村委会|行政村|(?<![本各该一农])村)")
_ESTATE: Final = re.compile(
    r"[一-鿿0-9]{2,12}(?:小区|花园|家园|公寓|新村|[苑城园里府湾庭郡居邸院]|宿舍|大厦|广场|一期|二期|三期)"
)


def estate_of(text: str) -> str | None:
    """Return the estate or community that a line names above its houses (锦绣苑: 1号楼), or None."""
    found = label_of(text)
    if found is None or not found.colon or found.length != len(text):
        return None
    name = found.name
    if words.NOT_PLACES.search(name) or words.LEVEL_RE.search(name) or _NO_LABEL.search(name):
        return None
    named = _COMMUNITY.fullmatch(name) or _ESTATE.fullmatch(name)
    return name if named and not SUBDISTRICT.fullmatch(name) else None


def proper(name: str, districts: Districts) -> bool:
    """Return whether a name is wholly that of a district, a street or both."""
    district, end = districts.take(name)
    rest = name[end:]
    if district and (not rest or SUBDISTRICT.fullmatch(rest)):
        return True
    return bool(SUBDISTRICT.fullmatch(name)) or name in districts.known or could_be_district(name)


def _is_label(text: str) -> bool:
    found = label_of(text)
    return bool(found and found.marked and heads_list(found, Districts()))
