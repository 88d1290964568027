"""Reads a laboratory's file (结果文件): xlsx or csv, with columns named in any of the usual ways."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final
from unicodedata import normalize

from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.tables import (
    Cell,
    Sheet,
    body_rows,
    cell_text,
    find_header,
    letter_of,
    read_book,
)
from gridwell.screening.rules.results import (
    ResultLine,
    document_text,
    is_pending,
    plain_text,
    read_instant,
    tube_code,
)


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


NAMES: Final[dict[str, frozenset[str]]] = {
    "tube": _names(
        "管号 采样管号 采样管编号 采样管码 采样管条码 试管号 试管编号 试管码 试管条码 混检管号 混管编号 管码 "
        "采集管号 采集管编号 管编号 试管条码 采样条码 病毒采样管编号 "
        "条码 条码号 条形码 条形码号 样本编号 样本号 样本条码 样本码 样品编号 样品号 样品条码 "
        "标本号 标本编号 标本条码 "
        "tube tubecode tube_code tubeid tube_id barcode sample sampleid sample_id specimen"
    ),
    "document": _names(
        "身份证 身份证号 身份证号码 证件号 证件号码 公民身份号码 有效证件号 受检者证件号 "
        "受检者身份证号 居民身份证号 居民身份证号码 "
        "document id_number idnumber idcard id_card"
    ),
    "said": _names(
        "结果 检测结果 核酸结果 核酸检测结果 检验结果 最终结果 报告结果 结果判定 判定结果 "
        "结论 检测结论 检验结论 "
        "result outcome conclusion"
    ),
    "at": _names(
        "检测时间 报告时间 结果时间 出结果时间 检测完成时间 审核时间 报告日期 检测日期 "
        "time resulted_at reported_at report_time result_time"
    ),
}
_MEANING: Final = {name: column for column, names in NAMES.items() for name in names}


NAMED_CELLS: Final = 3

_BRACKETS: Final = re.compile(r"[(（\[【].*?[)）\]】]")


def _column_of(path: tuple[str, ...]) -> str:
    """Return what a column means by its own name, remarks in brackets left out."""
    name = normalize("NFKC", path[-1]).lower() if path else ""
    return _MEANING.get(_BRACKETS.sub("", name).strip("*:： "), "")


def read_results(path: Path) -> list[ResultLine]:
    """Return the rows of a file; raises UnreadableFile, or RuleBroken where no column can be found.

    Every sheet that has a column of results and one of tubes or persons counts; empty rows do not.
    """
    lines: list[ResultLine] = []
    is_found = False
    for sheet in read_book(path).sheets:
        header = find_header(sheet, lambda path: 1.0 if _column_of(path) else 0.0)
        if header is None:
            continue
        columns: dict[str, list[int]] = {}
        for column in header.columns:
            columns.setdefault(_column_of(column.path), []).append(column.index)
        if "said" not in columns or not {"tube", "document"} & columns.keys():
            continue
        is_found = True
        _check_computed(sheet, header.bottom, columns)
        for number, row in body_rows(sheet, header):
            line = _line(number, row, columns)
            if line is not None:
                lines.append(line)
    if not is_found:
        raise RuleBroken("screening.results_no_columns")
    return lines


def _check_computed(sheet: Sheet, above: int, columns: Mapping[str, list[int]]) -> None:
    """Refuse a sheet with formulas that no program has computed in a column that is read.

    Their cells look empty, and an empty result would pass for one that is still to come.
    """
    read = {index for name, where in columns.items() if name for index in where}
    cells = sorted(at for at in sheet.unvalued if at[0] > above and at[1] in read)
    if cells:
        first = [f"{letter_of(column)}{row + 1}" for row, column in cells[:NAMED_CELLS]]
        raise RuleBroken("screening.results_not_computed", cells=", ".join(first), count=len(cells))


def _line(number: int, row: Iterable[Cell], columns: Mapping[str, list[int]]) -> ResultLine | None:
    cells = list(row)

    def cell(name: str) -> Cell:
        at = columns.get(name, [-1])[0]
        return cells[at] if 0 <= at < len(cells) else ""

    tube = tube_code(cell_text(cell("tube")))
    said = _said(cells[at] for at in columns["said"] if at < len(cells))
    document = document_text(cell_text(cell("document")))
    if not (tube or document):
        return None
    return ResultLine(row=number, tube=tube, document=document, said=said, at=_instant(cell("at")))


def _said(cells: Iterable[Cell]) -> str:
    """Return what all columns of results say; where they differ no reader takes it for one of the two."""
    words = dict.fromkeys(plain_text(cell_text(cell)) for cell in cells)
    told = [word for word in words if not is_pending(word)]
    return " / ".join(told)[:60] if told else next(iter(words), "")


def _instant(value: Cell) -> datetime | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return None  # a day says nothing of the hour
    text = value.isoformat() if isinstance(value, datetime) else cell_text(value)
    return read_instant(text, clock.zone())
