"""Tables in a notice (一览表): columns divided by tabs, spaces or bars, or one cell to a line."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.source import Piece, joined

_BARS: Final = "|│┃¦"
_LONGEST_CELL: Final = 400


class Column(StrEnum):
    """What the cells below a heading of a table say."""

    NUMBER = "number"
    CITY = "city"
    DISTRICT = "district"
    PLACE = "place"
    COUNT = "count"
    FROM = "from"
    TO = "to"
    ACT = "act"
    TIME = "time"
    ASIDE = "aside"  # what orders nothing: who is in charge, a telephone
    OTHER = "other"


_COLUMNS: Final = (
    (Column.NUMBER, r"序号|编号|序|No\.?|号码"),
    (Column.CITY, r"省|省份|市|地市|城市|设区市|市\(州\)|市州"),
    (
        Column.DISTRICT,
        r"(?:所属|所在|行政)?(?:区县|县区|县市区|区市县|区\(县\)|县\(区\)|县\(市、?区\)|县\(市\)区|"
        r"区\(市\)县|区\(县、市\)|行政区划?|区|县|辖区|旗县区?|旗县\(市、?区\)|区\(市、县\))(?:名称)?|所属区域",
    ),
    (Column.FROM, r"(?:原|原有|原来|调整前)的?(?:风险)?(?:等级|级别|类别|类型)?"),
    (
        Column.TO,
        r"(?:现|现有|现在|新|调整后|划定)的?(?:风险)?(?:等级|级别|类别|类型)?|"
        r"(?:现|拟)?(?:调整|变更|降|升)(?:为|至|后)(?:风险)?(?:等级|级别)?|"
        r"(?:疫情)?(?:风险)?(?:区域?)?(?:等级|级别|类别|类型)(?:划分)?",
    ),
    (Column.ACT, r"(?:调整|变化|变更)(?:情况|类型|内容|方式)?|动作|状态"),
    (
        Column.TIME,
        r"(?:(?:划定|调整|起始|开始|生效|实施|执行|解除|管控|起算|封控)(?:起始|开始)?(?:时间|日期)|时间|日期)",
    ),
    (Column.COUNT, r"(?:点位|小区|区域)?(?:数量|个数|数)(?:\(个\))?|小计"),
    (
        Column.ASIDE,
        r"(?:管控|防控|管理)?措施|(?:责任|包联|牵头)(?:单位|人|领导)|联系(?:人|电话|方式)|电话|"
        r"(?:涉及)?(?:人数|户数|人口|面积)(?:\([^()]*\))?|发布(?:日期|时间)",
    ),
    (
        Column.PLACE,
        r"(?:所属|所在|具体|详细|涉及|原有?|现有?)?(?:(?:街道|乡镇|镇街|街镇|镇|乡|社区|村|小区|楼栋|楼幢|楼号|幢号|栋号|栋|幢|楼|单元|门牌号?|"
        r"门牌|点位|地点|地址|位置|范围|区域|场所|片区|院落|封控区|管控区|防范区|[高中低]风险(?:区域|地区|区|点位)?|风险(?:区域|区|点位)|四至)"
        r"[(、/]?(?:街道|乡镇|镇|乡|社区|村|居|屯|小区|楼栋|单元|单位|场所)?\)?)+(?:名称|名单|清单|范围|具体位置|位置|地址|划定)?|"
        r"(?:划定|管控|封控|调整|四至)(?:范围|区域|点位)|名称|名单|清单|明细",
    ),
)
_KINDS: Final = tuple((kind, re.compile(pattern)) for kind, pattern in _COLUMNS)
#: What a heading adds to a bare number below it: 楼栋 | 3 is 3号楼.
_SUFFIX: Final = ((re.compile(r"单元"), "单元"), (re.compile(r"楼|栋|幢"), "号楼"))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what its column holds, the heading's words, and the text (perhaps none)."""

    column: Column
    title: str
    piece: Piece


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; the heading line has no cells of its own."""

    piece: Piece
    cells: tuple[Cell, ...] = ()
    strange: tuple[Piece, ...] = ()  # headings whose column is not known

    def of(self, column: Column) -> list[Cell]:
        """Return the filled cells of one kind of column."""
        return [c for c in self.cells if c.column is column and c.piece.text not in ("", "/", "-")]


def rows_of(lines: list[Piece]) -> dict[int, tuple[Row, int]]:
    """Return the rows of all tables: the index of a row's first line, the row, its number of lines."""
    found: dict[int, tuple[Row, int]] = {}
    index = 0
    while index < len(lines):
        taken = _flat(lines, index) or _upright(lines, index)
        for at, row, length in taken:
            found[at] = (row, length)
            index = at + length
        if not taken:
            index += 1
    return found


def _kind(title: str) -> Column | None:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(title)), None)


def _heading(cells: list[Piece]) -> list[Column] | None:
    """Return the columns of a heading line, or None when the line is none."""
    if not 2 <= len(cells) <= 12 or any(not 1 <= len(c) <= 20 for c in cells):
        return None
    kinds = [_kind(c.text) for c in cells]
    known = [k for k in kinds if k]
    if len(known) < 2 or len(known) * 2 <= len(kinds) or Column.PLACE not in known:
        return None
    return [k or Column.OTHER for k in kinds]


def _flat(lines: list[Piece], start: int) -> list[tuple[int, Row, int]]:
    """Return the table whose heading is one line, as its rows are."""
    line = lines[start]
    solid = line.at[-1] - line.at[0] == len(line) - 1
    if len(line) > 240 or (solid and not any(bar in line.text for bar in (*_BARS, ","))):
        return []
    head = _cells(line)
    kinds = _heading(head)
    if kinds is None:
        return []
    strange = tuple(c for c, k in zip(head, kinds, strict=True) if k is Column.OTHER)
    found = [(start, Row(lines[start], (), strange), 1)]
    for at in range(start + 1, len(lines)):
        if re.fullmatch(r"[-:|+—]+", lines[at].text):
            found.append((at, Row(lines[at]), 1))
            continue
        cells = _cells(lines[at], len(head))
        row = _fitted(cells, head, kinds)
        if row is None and len(cells) == 1 and found[-1][1].cells and at + 1 < len(lines):
            below = _fitted(_cells(lines[at + 1], len(head)), head, kinds)
            if below and len(lines[at]) <= 40:  # the last cell goes on: 飞虹小区⏎3号楼
                found[-1] = _longer(found[-1], lines[at])
                continue
        if row is None:
            break
        found.append((at, Row(lines[at], row), 1))
    return found if len(found) > 1 else []


def _longer(entry: tuple[int, Row, int], line: Piece) -> tuple[int, Row, int]:
    at, row, length = entry
    last = row.cells[-1]
    cell = Cell(last.column, last.title, joined((last.piece, line)))
    return at, Row(joined((row.piece, line)), (*row.cells[:-1], cell), row.strange), length + 1


def _fitted(cells: list[Piece], head: list[Piece], kinds: list[Column]) -> tuple[Cell, ...] | None:
    """Return the cells below their headings; a cell less is the district's of the row above."""
    if any(len(c) > _LONGEST_CELL for c in cells):
        return None
    numbered = Column.NUMBER in kinds
    wanted = list(range(len(head)))
    if len(cells) == len(head) - 1 and len(cells) >= 1:
        lost = next((i for i, k in enumerate(kinds) if k is Column.DISTRICT), None)
        last = len(head) - 1 if kinds[-1] in (Column.OTHER, Column.ASIDE) else None
        drop = lost if lost is not None else last
        if drop is None:
            return None
        wanted.remove(drop)
    elif len(cells) != len(head):
        return None
    made = [Cell(kinds[i], head[i].text, c) for i, c in zip(wanted, cells, strict=True)]
    number = next((c.piece.text for c in made if c.column is Column.NUMBER), "")
    if numbered and not re.fullmatch(r"[0-9]{1,3}[.、]?|\([0-9]{1,3}\)|合计|", number):
        return None
    if not numbered and any(re.search(r"[。!]$", c.piece.text) for c in made):
        return None
    if not any(c.piece.text for c in made if c.column is Column.PLACE):
        return None
    return tuple(Cell(c.column, c.title, _named(c)) for c in made)


def _named(cell: Cell) -> Piece:
    """Return the text of a cell; a bare number is completed by its heading (楼栋 | 3)."""
    piece = cell.piece
    if cell.column is Column.PLACE and re.fullmatch(r"[0-9]{1,3}[A-Za-z]?", piece.text):
        for pattern, suffix in _SUFFIX:
            if pattern.search(cell.title):
                at = piece.at + (piece.at[-1],) * len(suffix)
                return Piece(piece.text + suffix, at, piece.source)
    return piece


def _cells(line: Piece, wanted: int = 0) -> list[Piece]:
    """Return what bars, tabs or white space divide on a line, empty cells included where seen."""
    if any(bar in line.text for bar in _BARS):
        signs = [i for i, c in enumerate(line.text) if c in _BARS]
        cuts = [-1, *signs, len(line)]
        cells = [line.cut(a + 1, b) for a, b in itertools.pairwise(cuts)]
        if line.text[0] in _BARS:
            cells = cells[1:]
        if line.text[-1] in _BARS:
            cells = cells[:-1]
        return cells
    if "," in line.text and line.at[-1] - line.at[0] == len(line) - 1:
        signs = [i for i, c in enumerate(line.text) if c == ","]
        return [line.cut(a + 1, b) for a, b in itertools.pairwise([-1, *signs, len(line)])]
    starts = [0, *_gaps(line), len(line)]
    cells = [line.cut(a, b) for a, b in itertools.pairwise(starts)]
    tabs = _by_tabs(line)
    return tabs if tabs and (not wanted or len(tabs) == wanted) else cells


def _gaps(line: Piece) -> Iterator[int]:
    at = line.at
    for index in range(1, len(at)):
        if at[index] != at[index - 1] + 1:
            yield index


def _by_tabs(line: Piece) -> list[Piece]:
    """Return the cells that tabs divide; two tabs hold an empty one. No tab, no cells."""
    first, last = line.span
    offsets = line.source.folded.offsets
    text = line.source.text
    if "\t" not in text[first:last]:
        return []
    cells: list[Piece] = []
    start = 0
    for index in range(1, len(line)):
        between = text[offsets[line.at[index - 1]] + 1 : offsets[line.at[index]]]
        for number in range(between.count("\t")):
            cells.append(line.cut(start, index) if number == 0 else line.cut(index, index))
            start = index
    return [*cells, line.cut(start)]


def _upright(lines: list[Piece], start: int) -> list[tuple[int, Row, int]]:
    """Return the table whose cells stand one to a line, as a page's table is pasted."""
    if _kind(lines[start].text) is not Column.NUMBER:
        return []
    head: list[Piece] = []
    for line in lines[start : start + 12]:
        if len(line) > 20 or _kind(line.text) is None:
            break
        head.append(line)
    kinds = _heading(head)
    if kinds is None:
        return []
    width = len(head)
    found = [(start, Row(joined(head)), width)]
    at, number = start + width, 1
    while at < len(lines) and re.fullmatch(rf"{number}[.、]?", lines[at].text):
        end = at + 1
        while end < min(at + width, len(lines)) and lines[end].text != str(number + 1):
            end += 1
        row = _fitted(lines[at:end], head, kinds)
        if row is None or any(words.TITLE.search(c.piece.text) for c in row):
            break
        found.append((at, Row(joined(lines[at:end]), row), end - at))
        at, number = end, number + 1
    return found if len(found) > 1 else []
