"""What the shared page parts are made of; `core/style_guide.html` shows each.

Plain frozen values without words of the field: packages fill them, `core/parts/*.html` draw them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise

Label = str | Promise


@dataclass(frozen=True)
class Figure:
    """One figure of a strip; `url` leads to the list behind it. `tone`: "", ok, warn, bad."""

    what: Label
    value: int | str
    url: str | None = None
    unit: Label = ""
    note: Label = ""
    tone: str = ""


@dataclass(frozen=True)
class Mark:
    """A sign on a colour with its name (标识). `colour` is one of `COLOURS`, never decoration."""

    sign: str
    colour: str
    name: Label
    is_heart: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a board. `state`: "", missing, held, vacant. `done` None shows no tally."""

    name: str
    title: Label
    url: str | None = None
    mark: Mark | None = None
    done: int | None = None
    due: int | None = None
    note: Label = ""  # stands where no tally does
    state: str = ""
    badges: tuple[tuple[str, Label], ...] = ()  # (sign, what it says)
    is_selected: bool = False
    part_url: str | None = None  # answers an htmx request with the side part


@dataclass(frozen=True)
class BoardGroup:
    """A group of columns, such as a unit; every floor has `width` places for it."""

    name: Label
    width: int


@dataclass(frozen=True)
class BoardLine:
    """A line of the board, top floor first: per group its cells, None where nothing is."""

    name: Label
    groups: tuple[tuple[Cell | None, ...], ...]


@dataclass(frozen=True)
class Board:
    """Lines × groups of cells (一楼一图)."""

    title: Label
    groups: Sequence[BoardGroup]
    lines: Sequence[BoardLine]
    legend: Sequence[Mark] = ()
    notes: Sequence[Label] = ()
    is_rows: bool = False


def split_board(board: Board, columns: int) -> list[Board]:
    """Return the board in parts of at most `columns` cells across, whole groups, for paper.

    A4 upright takes 11 columns, across 16; a group wider than that stands alone.
    """
    parts: list[list[int]] = []
    across = 0
    for index, group in enumerate(board.groups):
        if parts and across + group.width <= columns:
            parts[-1].append(index)
            across += group.width
        else:
            parts.append([index])
            across = group.width
    return [
        replace(
            board,
            groups=[board.groups[index] for index in part],
            lines=[
                BoardLine(line.name, tuple(line.groups[index] for index in part))
                for line in board.lines
                if any(cell for index in part for cell in line.groups[index])
            ],
        )
        for part in parts
    ]


@dataclass(frozen=True)
class TimelineEntry:
    """A dated entry; `at` is a day or an instant. `tone`: "", now, ok, bad."""

    at: object
    text: Label
    note: Label = ""
    url: str | None = None
    tone: str = ""


@dataclass(frozen=True)
class Dot:
    """A round: `state` done, now, open, missed; `name` says it in words."""

    state: str
    name: Label


@dataclass(frozen=True)
class Step:
    """A step of a longer act: `state` done, now or empty; `note` says in a word what is left of it."""

    name: Label
    state: str = ""
    url: str | None = None
    note: Label = ""


@dataclass(frozen=True)
class Empty:
    """What a page says that has nothing to show: what will appear here and how to start."""

    title: Label
    text: Label
    acts: tuple[tuple[Label, str], ...] = field(default=())


#: The colours a label may have; each is a class `k-<code>` of the style sheet.
COLOURS = (
    "green",
    "blue",
    "yellow",
    "orange",
    "red",
    "pink",
    "rose",
    "violet",
    "teal",
    "brown",
    "grey",
)
