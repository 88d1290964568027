"""How a list falls into items (点位): every sensible way, the likeliest first.

What one item is: a numbered point or paragraph where the notice has them; else what 、, ; or ，
separates, parts of one building staying together. A declared count overrules, so the reader gets
all ways and takes the first that fits.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.districts import SUBDISTRICT, Districts
from gridwell.orders.rules.notice.source import Piece, joined
from gridwell.orders.rules.notice.tail import LIST, LONGEST_ITEM, is_bare
from gridwell.orders.rules.notice.times import EFFECT_ANY

_SEPARATORS: Final = "、,;。,"
_STRONG: Final = ";。"
_TRIM: Final = "、,;。:.·|—–"
_ET_AL: Final = re.compile(
    r"等(?:共|共计)?(?:[0-9]{1,3}|[一二三四五六七八九十两]{1,3})?(?:[个处地栋](?:小区|村|点位|区域|地区|场所|地方|楼栋|单元)?|小区|村|点位|区域|地区|场所|地方)?$"
    r"|(?<=[区园苑村院楼栋幢座元庄店厂城府居号户室层排])(?:共|共计|合计)(?:[0-9]{1,3}|[一二三四五六七八九十两]{1,3})[个处地](?:高风险区|中风险区|小区|村|点位|区域|地区|场所|地方|楼栋|单元)?$"
    r"|(?<=[区园苑村院楼栋幢座元庄店厂城府居])(?:[两二三四五六七八九十]|[0-9]{1,2})(?:[地处个]|个(?:小区|村|点位|区域|地区|场所|地方))$"
)
#: 飞虹小区1号楼高风险区、大柳村高风险区: the level is no part of the name.
_LEVEL_BEHIND: Final = re.compile(r"(?<=[一-鿿])原?(?:高|中)风险(?:区域|地区|区)$")
_TALLY: Final = re.compile(
    rf"(?:总共|共|共计|合计|总计)(?:{words.NUMBER})[个处](?:小区|村|点位|区域|地区|场所|地方|楼栋|单元)?"
)
#: …3号楼,自11月13日15时起管控: from when, no further place.
_FROM_WHEN: Final = re.compile(
    rf"(?:{EFFECT_ANY.pattern})(?:实行|实施|进行)?(?:管控|封控|执行|生效|实施|管理)"
)
_RUN_ON: Final = re.compile(
    r"(?:[0-9A-Za-z一二三四五六七八九十](?:号楼|栋|幢|座|单元|号院)|平房区)"
    r"(?=(?!以及|[至到及和与、含的底沿内南北东西中侧地负一二三四五六七八九十0-9A-Za-z(])[一-鿿]{2,}.*(?:[0-9A-Za-z一二三四五六七八九十](?:号楼|栋|幢|座|单元)|小区|村|苑|园))"
)


_ESTATE: Final = r"(?:小区|花园|家园|嘉园|公寓|大厦|新村|佳苑|雅苑|公馆)"
#: 兴华小区滨河小区, 锦绣花园银河公寓: two names that nothing divides; 星河花园小区 is one.
_TWO_NAMES: Final = re.compile(
    rf"(?<=[一-鿿]{{2}})(?:小区(?![东西南北中]?[一二三四五六七八九十东西南北中]?[区期院]|物业|居委|幼儿|门口|综合|办公|附近|周边|[东西南北]门)"
    rf"(?=[一-鿿]{{2,8}}?(?:{_ESTATE}|[苑园村里城府院舍](?:$|[0-9A-Z])))|{_ESTATE}(?!以及|[和与及](?!平|谐|睦))(?=[一-鿿]{{2,6}}?{_ESTATE}(?:$|[0-9A-Z])))"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line (or sentence, or numbered point) of a list."""

    piece: Piece
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to cut a list, and what it is called in tests."""

    items: tuple[Piece, ...]
    name: str
    parts: bool = False  # cuts into what belongs to one building, or into what is one point


def ways(
    lines: list[Line], *, inline: bool, paragraphs: bool, districts: Districts
) -> Iterator[Way]:
    """Yield the ways to cut a list into items, the likeliest first, equal ones once.

    `inline` lists begin on the line of their heading and wrap (a broken line is joined); others
    stand one to a line. In a notice of numbered points each plain paragraph is a point too
    (`paragraphs`). Lazy: mostly the first way is all that is needed.
    """
    seen: set[tuple[str, ...]] = set()
    for entries, how, paragraph in _entries(lines, inline, paragraphs, districts):
        for name, cutter in _cutters(paragraph, "".join(e.text for e in entries)):
            items = [p for entry in entries for p in _cut(entry, cutter)]
            items = [p for p in (clean(p) for p in items) if p.text]
            key = tuple(p.text for p in items)
            if key not in seen:
                seen.add(key)
                broken = inline and how in ("mended", "lines")  # a break in a wrapped list divides
                finer = (
                    name == "all" or broken or (paragraph and name not in ("whole", "sentences"))
                )
                yield Way(tuple(items), f"{how}/{name}", finer)


def clean(piece: Piece) -> Piece:
    """Return an item without the separators around it, and without 等…个小区 behind it."""
    piece = piece.strip(_TRIM)
    if (found := _ET_AL.search(piece.text)) and found.start() > 1:
        piece = piece.cut(0, found.start())
    piece = piece.strip(_TRIM)
    if (found := _LEVEL_BEHIND.search(piece.text)) and found.start() > 1:
        piece = piece.cut(0, found.start())
    if _TALLY.fullmatch(piece.text) or _FROM_WHEN.fullmatch(piece.text):
        return piece.cut(0, 0)
    if piece.text.startswith(("以及", "及")) and len(piece) > 4:
        piece = piece.cut(2 if piece.text.startswith("以及") else 1)
    if piece.text[-1:] == "”" and "“" not in piece.text:
        piece = piece.strip("”")
    if piece.text[:1] == "“" and (piece.text.find("”") in (-1, len(piece) - 1)):
        piece = piece.strip("“”")
    return piece


def run_on_at(text: str) -> int | None:
    """Return where a second place begins whose separator is lost, or None."""
    if len(text) > LONGEST_ITEM:
        return None
    plain = re.sub(r"\([^()]*\)", lambda m: "(" * len(m.group()), text)
    found = _RUN_ON.search(plain) or _TWO_NAMES.search(plain)
    return found.end() if found else None


_AND: Final = re.compile(r"(?<=[楼栋幢座号院村层户区园苑铺店元庄)])(?:以及|及|和|与)(?=[一-鿿]{3})")


def parted(piece: Piece) -> list[Piece]:
    """Return what 和 and 及 divide into names of their own (飞虹小区3号楼和锦绣苑1号楼)."""
    cuts = [
        (m.start(), m.end())
        for m in _AND.finditer(piece.text)
        if words.PLACE_SIGN.search(piece.text[m.end() :]) and not is_bare(piece.text[m.end() :])
    ]
    starts = [0, *(end for _start, end in cuts)]
    ends = [*(start for start, _end in cuts), len(piece)]
    return [piece.cut(a, b) for a, b in zip(starts, ends, strict=True) if b > a]


def _entries(
    lines: list[Line], inline: bool, paragraphs: bool, districts: Districts
) -> Iterator[tuple[list[Piece], str, bool]]:
    """Yield the ways to join lines: the pieces, a name, and whether each is a paragraph of its own."""
    if any(line.number is not None for line in lines):
        yield _numbered(lines), "numbered", True
        if any(line.number is None for line in lines[1:]):
            yield [line.piece for line in lines], "numbered+lines", True
        return
    if len(lines) == 1:
        yield [lines[0].piece], "one", paragraphs and not inline
        return
    whole = joined(line.piece for line in lines)
    mended = _mended(lines, districts)
    if inline:
        if _begins_anew(lines):
            yield mended, "mended", False
        yield [whole], "joined", False
        yield mended, "mended", False
        yield [line.piece for line in lines], "lines", False
        return
    yield mended, "mended", not any(_holds_list(line) for line in lines)
    yield [line.piece for line in lines], "lines", True
    yield _glued(lines), "glued", True
    yield [whole], "joined", False


def _holds_list(line: Line) -> bool:
    """Return whether an unnumbered line is a list of its own, not one point."""
    parts = re.split(r"[,;]", re.sub(r"\([^()]*\)", "", line.piece.text).rstrip(",;。"))
    return len(parts) > 2 and sum(not is_bare(part) for part in parts) > 2


def _begins_anew(lines: list[Line]) -> bool:
    """Return whether each line of a wrapped list is whole and begins with a street of its own."""
    return all(
        words.SUFFIX_END.search(before.piece.text)
        and (
            SUBDISTRICT.match(line.piece.text)
            or (words.BOUNDARY.search(before.piece.text) and _NAMED_ANEW.match(line.piece.text))
        )
        for before, line in itertools.pairwise(lines)
    )


_NAMED_ANEW: Final = re.compile(r"[一-鿿]{2,8}(?:社区|村|小区|花园|家园|公寓)")


def _numbered(lines: list[Line]) -> list[Piece]:
    entries: list[list[Piece]] = []
    for line in lines:
        if line.number is not None or not entries:
            entries.append([line.piece])
        else:
            entries[-1].append(line.piece)
    return [joined(entry) for entry in entries]


def _mended(lines: list[Line], districts: Districts) -> list[Piece]:
    """Join a line to the one before where it cannot stand alone (9栋5单元) or that one cannot end."""
    entries: list[list[Piece]] = []
    for line in lines:
        text = line.piece.text
        if entries:
            before = entries[-1][-1].text
            if (
                text[0] in "、,;。)号栋幢座楼层室元"
                or before[-1] in "、,("
                or (is_bare(text.rstrip("。;,")) and before[-1] not in "。;")
                or before.count("(") > before.count(")")
            ) and districts.take(text)[0] is None:
                entries[-1].append(line.piece)
                continue
        entries.append([line.piece])
    return [joined(entry) for entry in entries]


def _glued(lines: list[Line]) -> list[Piece]:
    """Join a line to the next where it does not end as names of places end."""
    entries: list[list[Piece]] = []
    for line in lines:
        if entries and not words.SUFFIX_END.search(entries[-1][-1].text.rstrip("。;,、")):
            entries[-1].append(line.piece)
        else:
            entries.append([line.piece])
    return [joined(entry) for entry in entries]


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Signs that cut always, signs that cut only before a name, and whether white space does."""

    always: str
    before_names: str = ""
    gaps: bool = False


_NAMES: Final = ("names", _Cutter(",;。", "、"))
_COMMAS: Final = ("commas", _Cutter(",;。"))
_COMMA_NAMES: Final = ("comma names", _Cutter("", ",;。"))
_ONLY_NAMES: Final = ("only names", _Cutter("", "、,;。"))
_GAPS: Final = ("gaps", _Cutter("", "、,;。", gaps=True))
_SENTENCES: Final = ("sentences", _Cutter(";。"))
_ALL: Final = ("all", _Cutter("、,;。"))
_WHOLE: Final = ("whole", _Cutter(""))


def _cutters(paragraph: bool, text: str) -> tuple[tuple[str, _Cutter], ...]:
    if paragraph:
        return (_WHOLE, _SENTENCES, _NAMES, _COMMAS, _COMMA_NAMES, _ALL)
    coarse = () if "," in text else (_WHOLE,)
    return (_NAMES, _COMMAS, _COMMA_NAMES, _ONLY_NAMES, _GAPS, *coarse, _ALL)


_LEFT_OUT: Final = re.compile(rf"(?:{words.LEFT_OUT.pattern})(?=[、,;。]|$)")
_SIGNS: Final = re.compile(r"[(《“)》”、,;。]")


#: 除3、5号楼以外的所有楼栋: the sign inside divides no places.
_OTHER_THAN: Final = re.compile(r"除(?!外)[^,;。()]{1,40}?(?:以外|之外|外)")
#: 8巷、9巷、10巷合围区域: neither do those between the sides of one area.
_RING: Final = re.compile(
    r"(?<![^、,;。])(?:[^、,;。()]{1,24}[路街巷道弄线河]、)+[^、,;。()]{1,24}(?:合围|围合|围成)"
)


def _cut(piece: Piece, cutter: _Cutter) -> Iterator[Piece]:
    start = depth = 0
    text = piece.text
    kept = [m.span() for sign in (_OTHER_THAN, _RING) for m in sign.finditer(text)]
    for index, gap in _places_to_cut(piece, cutter):
        character = text[index]
        if not gap and character in "(《“":
            depth += 1
            continue
        if not gap and character in ")》”":
            depth = max(0, depth - 1)
            if cutter.always and character == "”" and text[index + 1 : index + 2] == "“":
                yield piece.cut(start, index + 1)
                start = index + 1
            continue
        if depth or index <= start:
            continue
        if _LEFT_OUT.match(text, index + (not gap)) or any(a < index < b for a, b in kept):
            continue
        named_only = gap or character in cutter.before_names
        if not named_only and character not in cutter.always:
            continue
        after = _next_part(text, index if gap else index + 1)
        if _COUNTED_NEXT.search(text[max(start, index - 12) : index]) and LIST.match(
            text, index + 1
        ):
            continue  # 二号楼三、四单元和锦绣苑: 三 has its word behind 四
        if (
            not after
            or (named_only and _bare_at(text, index if gap else index + 1, after))
            or _in_boundary(text[start:index], after)
        ):
            continue
        yield piece.cut(start, index)
        start = index if gap else index + 1
    yield piece.cut(start)


_COUNTED_NEXT: Final = re.compile(
    r"(?:号楼|栋|幢|座|单元|小区|[苑园期])(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})$"
)


def _bare_at(text: str, start: int, after: str) -> bool:
    """Return whether the next part needs what precedes; of 1、3、5号楼 each has the last one's word."""
    if is_bare(after):
        return True
    return bool(_FIGURE.fullmatch(after) and LIST.match(text, start))


_FIGURE: Final = re.compile(
    r"[东西南北中甲乙丙丁]|[0-9]{1,4}(?:-[0-9]{1,4})?|[A-Za-z][0-9]{0,3}|[一二三四五六七八九十]{1,3}"
)


def words_behind(items: tuple[Piece, ...]) -> list[str]:
    """Return for each item the counting word that only a later one has (6、8、10号楼 cut singly)."""
    out = [""] * len(items)
    for index in range(len(items) - 2, -1, -1):
        after, mine = items[index + 1].text, items[index].text
        word = out[index + 1] or (m["w"] if (m := _COUNTED_PART.match(after)) else "")
        chained = _FIGURE.fullmatch(after) or _COUNTED_PART.match(after)
        if word and chained and _ENDS_IN_FIGURE.search(mine):
            out[index] = word
    return out


_COUNTED_PART: Final = re.compile(
    r"(?:[0-9]{1,4}|[A-Za-z][0-9]{0,3}|[一二三四五六七八九十]{1,3})(?P<w>号楼|号院|栋|幢|座|单元|排|号)"
)
_ENDS_IN_FIGURE: Final = re.compile(r"(?:^|[一-鿿])(?:[0-9]{1,4}|[A-Z])$")


def _places_to_cut(piece: Piece, cutter: _Cutter) -> list[tuple[int, bool]]:
    found = [(m.start(), False) for m in _SIGNS.finditer(piece.text)]
    if cutter.gaps:
        found += [(i, True) for i in range(1, len(piece)) if piece.gap_before(i) == " "]
        found.sort()
    return found


def _next_part(text: str, start: int) -> str:
    end, depth = min(len(text), start + 400), 0  # only its beginning and its form matter
    for found in _SIGNS.finditer(text, start, end):
        sign = found.group()
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif sign in _SEPARATORS and depth <= 0:
            return text[start : found.start()]
    return text[start:end]


def _in_boundary(before: str, after: str) -> bool:
    if not words.BOUNDARY.search(after):
        return False
    return bool(words.BOUNDARY.search(before[max(map(before.rfind, "、,;。")) + 1 :]))
