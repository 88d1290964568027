"""Page parts without words: splitting a wide board for paper."""

import pytest

from gridwell.core.components import Board, BoardGroup, BoardLine, Cell, split_board


def board(*widths: int, floors: int = 2) -> Board:
    """A board whose cells are named group-floor-place; the last group lacks the top floor."""
    lines = []
    for floor in range(floors, 0, -1):
        groups = [
            tuple(
                None
                if floor == floors and number == len(widths)
                else Cell(f"{number}-{floor}-{place}", "")
                for place in range(width)
            )
            for number, width in enumerate(widths, 1)
        ]
        lines.append(BoardLine(str(floor), tuple(groups)))
    names = [BoardGroup(str(number), width) for number, width in enumerate(widths, 1)]
    return Board("4", names, lines)


@pytest.mark.parametrize(
    ("widths", "columns", "parts"),
    [
        ((2, 2, 2), 11, ["123"]),
        ((2,) * 11, 11, ["12345", "678910", "11"]),
        ((3, 3, 3), 6, ["12", "3"]),
        ((20, 2), 16, ["1", "2"]),
        ((), 11, []),
    ],
)
def test_groups_stay_whole(widths: tuple[int, ...], columns: int, parts: list[str]) -> None:
    found = split_board(board(*widths), columns)
    assert ["".join(str(group.name) for group in part.groups) for part in found] == parts


def test_no_cell_is_lost_and_empty_floors_are_left_out() -> None:
    whole = board(2, 3, 2)
    parts = split_board(whole, 4)

    def cells(one: Board) -> list[str]:
        return sorted(c.name for line in one.lines for group in line.groups for c in group if c)

    assert sorted(name for part in parts for name in cells(part)) == cells(whole)
    assert [[line.name for line in part.lines] for part in parts] == [["2", "1"], ["2", "1"], ["1"]]
