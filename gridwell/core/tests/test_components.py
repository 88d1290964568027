"""Page parts without words: splitting a wide board for paper."""

import pytest
from django.utils import translation

from gridwell.core.cells import line_of_cells
from gridwell.core.components import Board, BoardGroup, BoardLine, Cell, Mark, split_board


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


def test_a_cell_is_a_link_on_screen_and_a_span_on_paper() -> None:
    mark = Mark("红", "red", "红户")
    shown = Cell(
        "<101>",
        '2 & "3"',
        url="?cell=1&x",
        part_url="?cell=1&x",
        mark=mark,
        done=0,
        due=2,
        state="missing",
        badges=(("隔", "<i>"),),
        is_selected=True,
    )
    with translation.override("en"):
        text = line_of_cells(BoardLine("1", ((shown,), (None, Cell("102", "", state="vacant")))))
    assert text == (
        '<td><a class="cell k-red is-missing is-selected" href="?cell=1&amp;x"'
        ' title="2 &amp; &quot;3&quot;" hx-get="?cell=1&amp;x" hx-target="#board-side">'
        '&lt;101&gt; <span class="sign">红</span><span class="tally">0/2</span>'
        '<span class="marks"><span title="&lt;i&gt;">隔<span class="vh"> &lt;i&gt;</span></span></span>'
        '<span class="vh"> 2 &amp; &quot;3&quot;</span></a></td>'
        '<td class="edge"></td>'
        '<td><span class="cell is-vacant" title="">102<span class="tally">vacant</span>'
        '<span class="vh"> </span></span></td>'
    )
