"""Which sheets of a book are ledgers, and how each will be read (表页识别).

A sheet may hold two tables side by side; each is read as a table of its own. A sheet without a line
of column names is read by what its columns hold, when that is plain, and somebody is asked to look.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from gridwell.core.tables.header import Column, Header, find_header
from gridwell.core.tables.model import Book, Cell, Merge, Sheet, cell_text
from gridwell.ledgers.rules.columns import Taken, field_named, folded, known, take_columns
from gridwell.ledgers.rules.content import fields_by_content
from gridwell.ledgers.rules.fields import Field
from gridwell.ledgers.rules.rows import Question, SheetRead
from gridwell.residents.rules import dates

_PEOPLE: Final = frozenset({Field.NAME, Field.PEOPLE, Field.HEAD_NAME})
_DOORS: Final = frozenset({Field.ROOM, Field.ADDRESS, Field.FLOOR, Field.HOUSEHOLD_NO})
#: What a summary by building has columns for, and no ledger has nothing else.
_FIGURES: Final = frozenset(
    {None, Field.SERIAL, Field.COUNT, Field.COMPOUND, Field.VILLAGE, Field.LANE, Field.BUILDING}
    | {Field.ROW, Field.UNIT, Field.REMARK}
)
_TITLE: Final = re.compile(
    r"[表册页]$|[表册页][)）]?$|台账|花名册|名单|统计|登记|第.{1,3}页|网格|社区"
)
_LONG_NAME: Final = 7
_SAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """How one table will be read: its header, what each column is, where dates take their year.

    `part` is the number of the table where a sheet holds several side by side, else -1; `whole` is
    the sheet as it was found.
    """

    sheet: Sheet
    header: Header
    taken: tuple[Taken, ...]
    hint: dates.YearHint | None
    whole: tuple[Sheet, Header]
    part: int = -1


def plan_sheets(
    book: Book, mapping: Mapping[str, str], today: date, name: str
) -> tuple[dict[str, list[Plan]], list[Question]]:
    """Return the tables to read by sheet, and what should be asked about the others."""

    def sure(path: tuple[str, ...]) -> float:
        return 1.0 if path and path[-1] in mapping else known(path)

    book = replace(book, sheets=tuple(map(lines_apart, book.sheets)))
    found: dict[str, Header] = {}
    guessed: dict[str, tuple[Taken, ...]] = {}
    questions: list[Question] = []
    for sheet in book.sheets:
        header = find_header(sheet, sure, least=1.5)
        if header is None:
            taken, asked = _without_header(sheet, mapping)
            questions += asked
            if not taken:
                continue
            header, guessed[sheet.name] = Header(-1, -1, tuple(t.column for t in taken), ()), taken
        if sheet.is_hidden and len(book.sheets) > 1:
            questions.append(Question("hidden_sheet", sheet.name))
        else:
            found[sheet.name] = header
    titles = [text for header in found.values() for text in header.titles]
    shared = dates.hint_from((*titles, name))
    plans: dict[str, list[Plan]] = {}
    for sheet in book.sheets:
        if (header := found.get(sheet.name)) is None:
            continue
        parts = []
        for number, (page, own) in enumerate(_tables(sheet, header, sure)):
            taken = guessed.get(sheet.name) or take_columns(own.columns, mapping)
            taken = fields_by_content(page, own, taken)
            hint = dates.hint_from((*own.titles, sheet.name)) or shared
            hint = hint or _hint_of_cells(page, own, taken, today)
            part = -1 if page is sheet else number
            parts.append(Plan(page, own, taken, hint, (sheet, header), part))
        fields = {item.field for plan in parts for item in plan.taken}
        if fields <= _FIGURES:
            questions.append(Question("counts_only", sheet.name))
        else:
            plans[sheet.name] = parts
    return plans, questions


def _without_header(
    sheet: Sheet, mapping: Mapping[str, str]
) -> tuple[tuple[Taken, ...], list[Question]]:
    """Return columns known by their letters or values alone, and what to ask about the sheet."""
    width = max((len(row) for row in sheet.rows[:50]), default=0)
    filled = [sum(cell != "" for cell in row) for row in sheet.rows[:50]]
    if max(filled, default=0) < 2:
        return (), []
    columns = tuple(
        Column(index, ())
        for index in range(min(width, 100))
        if any(index < len(row) and row[index] != "" for row in sheet.rows[:200])
    )
    header = Header(-1, -1, columns, ())
    taken = take_columns(columns, mapping)
    said = {item.field for item in taken if item.field is not None}
    if not said:
        taken = fields_by_content(sheet, header, taken, least_rows=3)
    fields = {item.field for item in taken}
    if fields & _PEOPLE and fields & {*_DOORS, Field.ID_NUMBER}:
        return taken, [Question("guessed_header", sheet.name)]
    if max(filled) < 3:  # two columns of anything are no list of people
        return (), []
    return (), [Question("no_header", sheet.name), *_asked(sheet, columns)]


_DIVIDED: Final = re.compile(r"[\s,，;；、|/\t]+")


def lines_apart(sheet: Sheet) -> Sheet:
    """Return a sheet that is one column of whole lines with its lines divided into cells.

    "1-1-101 张三 13812345678" in each line, as people paste a list from a chat. A sheet with more
    columns, or whose lines do not fall into equal parts, comes back as it is.
    """
    said = [row for row in sheet.rows if any(cell != "" for cell in row)]
    if len(said) < 3 or any(sum(cell != "" for cell in row) > 1 for row in said):
        return sheet
    parts = [_parts(row) for row in sheet.rows]
    counts = Counter(len(part) for part in parts if part)
    width, times = counts.most_common(1)[0]
    if not 2 <= width <= 12 or times * 5 < len(said) * 4:
        return sheet
    return replace(sheet, rows=parts, merges=())


def _parts(row: Sequence[Cell]) -> list[Cell]:
    text = next((cell_text(cell) for cell in row if cell != ""), "").strip()
    return list(_DIVIDED.split(text)) if text else []


_CELL_OF_CHART: Final = re.compile(r"\s*\d{3,4}室?\s*[-:：]?\s*[\u3400-\u9fff]{2,4}.{0,20}")


def is_chart(sheet: Sheet) -> bool:
    """Return whether a sheet draws a building, a cell a household (楼层图): 601 张三 | 602 李四."""
    cells = [
        cell for row in sheet.rows[:200] for cell in row[:60] if isinstance(cell, str) and cell
    ]
    drawn = sum(bool(_CELL_OF_CHART.fullmatch(cell)) for cell in cells)
    return drawn >= 4 and drawn * 2 >= len(cells)


def _asked(sheet: Sheet, columns: Sequence[Column]) -> list[Question]:
    """Return a question for each column of a sheet without names, so that an officer may say."""
    return [
        Question(
            "unknown_column",
            sheet.name,
            column.address,
            column.letter,
            tuple(_values(sheet, column.index, 0)[:_SAMPLES]),
        )
        for column in columns[:20]
    ]


def _values(sheet: Sheet, index: int, start: int) -> list[str]:
    return [
        cell_text(row[index])
        for row in sheet.rows[start : start + 60]
        if index < len(row) and row[index] != ""
    ]


def _tables(sheet: Sheet, header: Header, sure: object) -> list[tuple[Sheet, Header]]:
    """Return the tables that stand side by side in a sheet; the sheet itself where it holds one."""
    edges = _edges(header.columns)
    if not edges:
        return [(sheet, header)]
    tables = []
    for left, right in edges:
        rows: list[Sequence[Cell]] = [
            row
            if number < header.top and not _heads_tables(row, edges)
            else [cell if left <= index < right else "" for index, cell in enumerate(row)]
            for number, row in enumerate(sheet.rows)
        ]
        merges = tuple(m for m in sheet.merges if _is_within(m, left, right, header.top))
        page = replace(sheet, rows=rows, merges=merges)
        own = find_header(page, sure, least=1.5)  # type: ignore[arg-type] # the caller's Known
        if own is None:
            return [(sheet, header)]
        tables.append((page, own))
    return tables


def _heads_tables(row: Sequence[Cell], edges: Sequence[tuple[int, int]]) -> bool:
    """Return whether a line above the header has a title over each table: 1单元 and 2单元."""
    filled = [index for index, cell in enumerate(row) if cell != ""]
    own = [next((e for e in edges if e[0] <= index < e[1]), None) for index in filled]
    return len(filled) == len(edges) == len(set(own) - {None})


def _is_within(merge: Merge, left: int, right: int, top: int) -> bool:
    return merge.bottom < top or (left <= merge.left and merge.right < right)


def _edges(columns: Sequence[Column]) -> list[tuple[int, int]]:
    """Return from where to where each table goes, where the same names of people come again."""
    names = [(column.index, folded(column.name)) for column in columns if column.name]
    starts = [index for index, text in names if text == names[0][1]] if names else []
    if len(starts) < 2:
        return []
    edges = [*pairwise(starts), (starts[-1], names[-1][0] + 1)]
    inside = [[text for index, text in names if left <= index < right] for left, right in edges]
    if any(texts != inside[0] for texts in inside[1:]):
        return []
    fields = {field_named(text)[0] for text in inside[0]}
    return edges if fields & _PEOPLE and len(inside[0]) > 1 else []


def _hint_of_cells(
    sheet: Sheet, header: Header, taken: Sequence[Taken], today: date
) -> dates.YearHint:
    """Return the latest full date among the sheet's own dates of samples and isolation, else today."""
    wanted = [
        item.column.index
        for item in taken
        if item.field in (Field.LAST_SAMPLE, Field.ISOLATED_UNTIL)
    ]
    latest: date | None = None
    for row in sheet.rows[header.bottom + 1 :] if wanted else ():
        for index in wanted:
            if index < len(row) and row[index] != "":
                day = dates.read_date(row[index]).day
                if day is not None and (latest is None or day > latest):
                    latest = day
    near = latest or today
    return dates.YearHint(near.year, near)


def group_names(header: Header) -> tuple[str, ...]:
    """Return the texts that stand above all columns of a table: 2号楼 over 房号, 姓名, 电话."""
    above = {column.path[0] for column in header.columns if len(column.path) > 1}
    is_shared = len(above) == 1 and all(len(column.path) > 1 for column in header.columns)
    return tuple(above) if is_shared else ()


def is_title(text: str) -> bool:
    """Return whether a lone text in a column of names is a title or a note, and nobody's name."""
    plain = text.strip()
    if re.search(r"[·•A-Za-z]", plain):
        return False
    return len(plain) >= _LONG_NAME or bool(len(plain) > 3 and _TITLE.search(plain))


def is_explanation(values: Sequence[Cell]) -> bool:
    """Return whether a line under the header only explains its columns: (必填), (楼-单元-室)."""
    said = [cell for cell in values if cell != ""]
    return bool(said) and all(
        isinstance(cell, str) and re.fullmatch(r"\s*[(（【\[].*[)）】\]]\s*", cell) for cell in said
    )


def is_example(name: str, values: Sequence[Cell]) -> bool:
    """Return whether a line is the example that a form came with: 示例 in its first cell or name."""
    first = next((cell for cell in values if cell != ""), "")
    return any(
        isinstance(text, str) and re.match(r"\s*[(（]?(?:示例|样例|范例|例[:：)）]|example)", text)
        for text in (name, first)
    )


def joined(parts: Sequence[SheetRead]) -> SheetRead:
    """Return tables of one sheet as one."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return replace(
        first,
        columns=tuple(column for part in parts for column in part.columns),
        lines=sum(part.lines for part in parts),
        paths=tuple(path for part in parts for path in part.paths),
    )
