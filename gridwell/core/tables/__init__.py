"""Spreadsheets in and out (表格): xlsx, xlsm, xls, ods, csv; no word of any field of work.

`read_book` gives sheets with rows as the spreadsheet numbers them, `find_header` finds the header
by column names it is told, `body_rows` gives the lines below it with merged cells filled.
"""

from gridwell.core.tables.header import Column, Header, body_rows, find_header
from gridwell.core.tables.model import Book, Cell, Merge, Sheet, cell_text, letter_of
from gridwell.core.tables.read import Limits, read_book
from gridwell.core.tables.write import CsvWriter, SheetPlan, write_csv, write_xlsx

__all__ = [
    "Book",
    "Cell",
    "Column",
    "CsvWriter",
    "Header",
    "Limits",
    "Merge",
    "Sheet",
    "SheetPlan",
    "body_rows",
    "cell_text",
    "find_header",
    "letter_of",
    "read_book",
    "write_csv",
    "write_xlsx",
]
