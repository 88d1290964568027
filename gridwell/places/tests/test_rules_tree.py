"""Keys, doors, floors and order of places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.places.rules import tree
from gridwell.places.rules.levels import PlaceKind as K


@pytest.mark.parametrize(
    ("room", "floor"),
    [("101", 1), ("501", 5), ("1201", 12), ("0302", 3), ("12", None), ("B101", -1), ("东户", None)],
)
def test_floor_of(room: str, floor: int | None) -> None:
    assert tree.floor_of(room) == floor


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (K.BUILDING, ("3", "3号楼", "3#", "3栋", "三号楼", "03")),
        (K.UNIT, ("1", "1单元", "一单元", "1门")),
        (K.DWELLING, ("501", "501室", "501号", "５０１")),
        (K.ROW, ("3", "3排", "三排")),
    ],
)
def test_one_place_by_many_spellings(kind: K, names: tuple[str, ...]) -> None:
    assert len({tree.key_of(kind, name) for name in names}) == 1


def test_door_numbers() -> None:
    compound = (K.COMPOUND, "金桂苑3期")
    flat = (compound, (K.BUILDING, "2号楼"), (K.UNIT, "1单元"), (K.DWELLING, "1501"))
    assert tree.door_of(flat) == "2-1-1501"
    assert tree.door_of(((K.BUILDING, "B座"), (K.DWELLING, "1501"))) == "B-1501"
    assert tree.door_of(((K.VILLAGE, "西龙庄村"), (K.ROW, "3排"), (K.DWELLING, "5户"))) == "3-5"


def test_order_is_by_number_not_by_letters() -> None:
    names = ["10号楼", "2号楼", "A1座", "1号楼", "A座"]
    assert sorted(names, key=lambda n: tree.position_of(K.BUILDING, n)) == [
        "1号楼",
        "2号楼",
        "10号楼",
        "A座",
        "A1座",
    ]


@given(st.text(max_size=30))
def test_never_raises(name: str) -> None:
    for kind in K:
        assert isinstance(tree.key_of(kind, name), str)
        assert tree.position_of(kind, name) >= 0
    tree.floor_of(name)
    assert len(tree.door_of(((K.BUILDING, name), (K.DWELLING, name)))) <= 40
