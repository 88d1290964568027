"""Names of notices against names of a register: what is the same, near, or another place."""

import pytest

from gridwell.orders.rules.matching import SURE, Because, Gazetteer, Ground, wanted_of
from gridwell.places.rules.naming import match_key

REGISTER = [
    "玉门花园A区",
    "玉门花园C区",
    "西华苑3期南区",
    "西华苑4期",
    "漫香堤",
    "丽都绿城",
    "中财大厦",
    "金香都小区",
    "怡和悠盘",
    "杜儿坪3巷",
    "西华苑",
    "兴隆街12号楼",
    "风声河村西北街平房区",
]


@pytest.fixture(scope="module")
def book() -> Gazetteer:
    grounds = [
        Ground(i, 1, "compound", match_key(name), match_key(name))
        for i, name in enumerate(REGISTER)
    ]
    return Gazetteer.of(grounds, [(match_key("西华苑高层小区"), REGISTER.index("西华苑"))])


@pytest.mark.parametrize(
    ("place", "name", "because"),
    [
        ({"compound": "金香都小区", "building": "2号楼"}, "金香都小区", Because.SAME_NAME),
        ({"compound": "西华苑四期"}, "西华苑4期", Because.SAME_NAME),
        ({"compound": "西华苑Ⅲ期南区"}, "西华苑3期南区", Because.SAME_NAME),
        ({"compound": "漫香堤小区"}, "漫香堤", Because.GENERIC_WORD),
        ({"road": "解放南路6号", "compound": "中财大厦"}, "中财大厦", Because.WITHOUT_ROAD),
        ({"compound": "西华苑高层小区"}, "西华苑", Because.ALIAS),
        ({"road": "杜儿坪3巷", "building": "12号楼"}, "杜儿坪3巷", Because.SAME_NAME),
        ({"road": "兴隆街", "building": "12号楼"}, "兴隆街12号楼", Because.SAME_NAME),
        (
            {"community": "风声河村", "compound": "西北街平房区"},
            "风声河村西北街平房区",
            Because.WITHOUT_ROAD,
        ),
    ],
)
def test_certain(book: Gazetteer, place: dict, name: str, because: Because) -> None:
    best = book.find(wanted_of(place))[0]
    assert REGISTER[best.ground.id] == name
    if because is not Because.WITHOUT_ROAD:
        assert best.because is because
    assert best.confidence >= SURE


@pytest.mark.parametrize(
    ("place", "name", "because"),
    [
        # 门 counts doors elsewhere; here 五 is a misprint of 玉 and must not become a number.
        ({"compound": "五门花园A区", "building": "8号楼"}, "玉门花园A区", Because.ONE_CHARACTER),
        ({"compound": "马庄丽都绿城"}, "丽都绿城", Because.PART_OF_NAME),
        ({"road": "新建南路", "compound": "怡和优盘"}, "怡和悠盘", Because.SAME_SOUND),
    ],
)
def test_near_is_asked(book: Gazetteer, place: dict, name: str, because: Because) -> None:
    best = book.find(wanted_of(place))[0]
    assert (REGISTER[best.ground.id], best.because) == (name, because)
    assert best.confidence < SURE


@pytest.mark.parametrize(
    "place",
    [
        {"compound": "西华苑五期"},
        {"compound": "西华苑3期北区"},
        {"compound": "玉门花园B区"},
        {"compound": "杜儿坪4巷"},
        {"compound": "奥林匹克花园"},
    ],
)
def test_other_numbers_letters_directions_are_other_places(book: Gazetteer, place: dict) -> None:
    assert [s for s in book.find(wanted_of(place)) if s.confidence >= SURE] == []
    assert all(s.because is Because.PART_OF_NAME or s.confidence < 80 for s in
               book.find(wanted_of(place)))  # fmt: skip


def test_rooms_are_counted_out() -> None:
    wanted = wanted_of(
        {"compound": "金香都小区", "building": "2栋", "rooms": ["2201-2208", "301室"]}
    )
    assert wanted.rooms == ("2201", "2202", "2203", "2204", "2205", "2206", "2207", "2208", "301")
    assert wanted.building == match_key("2号楼")


def test_nothing_to_look_for() -> None:
    assert wanted_of({"kind": "area"}) is None
