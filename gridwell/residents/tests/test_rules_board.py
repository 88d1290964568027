"""Where doors stand on the board, and what typed characters may mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.residents.rules.board import Spot, lay_out, wrap
from gridwell.residents.rules.searching import after, doors_run_together, read_question


def door(unit: int | None, floor: int | None, room: int) -> tuple[Spot, str]:
    return Spot(unit, floor, (room, str(room))), f"{unit}-{room}"


def test_a_door_stands_above_the_door_of_the_same_number() -> None:
    doors = [door(1, 1, 101), door(1, 1, 102), door(1, 2, 202), door(2, 2, 201)]
    board = lay_out(doors, [1, 2])
    assert board.groups == ((1, 2), (2, 1))
    assert board.lines == (
        (2, ((None, "1-202"), ("2-201",))),
        (1, (("1-101", "1-102"), (None,))),
    )


def test_doors_of_no_floor_stand_last() -> None:
    board = lay_out([door(None, None, 3), door(None, 1, 101)], [])
    assert [floor for floor, _ in board.lines] == [1, None]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 2, None]),
            st.one_of(st.none(), st.integers(-1, 12)),
            st.integers(1, 9),
        ),
        max_size=60,
        unique=True,
    )
)
def test_every_door_is_on_the_board_once(rows: list[tuple[int | None, int | None, int]]) -> None:
    doors = [door(unit, floor, abs(floor or 0) * 100 + n) for unit, floor, n in rows]
    named = [(spot, index) for index, (spot, _) in enumerate(doors)]
    board = lay_out(named, [1, 2])
    shown = [d for _, line in board.lines for cells in line for d in cells if d is not None]
    assert sorted(shown) == list(range(len(doors)))
    for _, line in board.lines:
        assert [len(cells) for cells in line] == [width for _, width in board.groups]


def test_rows_of_houses_are_wrapped() -> None:
    assert wrap([1, 2, 3], 2) == [(1, 2), (3, None)]
    assert wrap([1], 2) == [(1,)]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("张小华", "name", "张小华"),
        ("ZXH", "letters", "zxh"),
        ("2-1-1501", "doors", ("2-1-1501",)),
        ("2 1 1501", "door_start", "2-1-1501"),
        ("8876", "tail", "8876"),
        ("813x", "tail", "813X"),
        ("13912348876", "number", "13912348876"),
        ("14010019800101813x", "number", "14010019800101813X"),
        ("3号楼2单元", "place", "3号楼2单元"),
    ],
)
def test_read_question(text: str, field: str, value: object) -> None:
    assert getattr(read_question(text), field) == value


def test_doors_run_together() -> None:
    assert {"2-1-1501", "21-1501"} <= set(doors_run_together("211501"))
    assert "2-1501" in doors_run_together("21501")


@given(st.text(max_size=100))
def test_any_text_is_read(text: str) -> None:
    read_question(text)


@given(st.text(alphabet="abz059", min_size=1, max_size=6), st.text(alphabet="abz059", max_size=4))
def test_a_prefix_is_a_range(start: str, rest: str) -> None:
    upper = after(start)
    assert start + rest >= start
    assert upper is None or start + rest < upper
