"""Door addresses in every spelling come to the same door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.places.rules.address import (
    DoorAddress,
    address_key,
    door_address,
    key_of_chain,
    read_door,
    read_place,
)
from gridwell.places.rules.level_names import (
    building_name,
    floor_number,
    floor_of,
    room_name,
    unit_name,
)
from gridwell.places.rules.levels import ALLOWED_PARENTS, PlaceKind
from gridwell.places.rules.naming import match_key

B, C, D, L, R, S, U, V = (
    PlaceKind.BUILDING,
    PlaceKind.COMPOUND,
    PlaceKind.DWELLING,
    PlaceKind.LANE,
    PlaceKind.ROW,
    PlaceKind.SITE,
    PlaceKind.UNIT,
    PlaceKind.VILLAGE,
)
THIS = ((B, "3号楼"), (U, "2单元"), (D, "501"))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "3-2-501",
            "3号楼2单元501室",
            "3号楼2单元501",
            "3栋2单元501户",
            "3幢二单元五零一",
            "3#-2-501",
        ),
        *("3#2-501", "3/2/501", "3—2—501", "3 2 501", "3号楼 2单元 501", "３号楼２单元５０１室"),
        *(
            "3号楼-2-501",
            "3号楼2-501",
            "三号楼二单元501",
            "3号楼2单元501（北）",
            "3号楼2单元5层501室",
            "3#楼2单元501",
        ),
    ],
)
def test_spellings_of_one_door(text: str) -> None:
    address = read_door(text)
    assert address.chain == THIS
    assert address.floor == 5
    assert address.door == "3-2-501"


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("2#楼", ((B, "2号楼"),)),
        ("西龙庄村3排5户", ((V, "西龙庄村"), (R, "3排"), (D, "5"))),
        ("鼎新苑1号楼1单元101", ((C, "鼎新苑"), (B, "1号楼"), (U, "1单元"), (D, "101"))),
        ("光华街8号院3号楼2单元603", ((C, "光华街8号院"), (B, "3号楼"), (U, "2单元"), (D, "603"))),
        ("鼎新苑1-1-101", ((C, "鼎新苑"), (B, "1号楼"), (U, "1单元"), (D, "101"))),
        ("平房12号", ((B, "平房"), (D, "12"))),
        ("A座1201", ((B, "A座"), (D, "1201"))),
        ("A-1201", ((B, "A座"), (D, "1201"))),
        ("123弄5号601室", ((L, "123弄"), (B, "5号"), (D, "601"))),
        ("西龙庄村12号", ((V, "西龙庄村"), (D, "12"))),
        ("长兴街一巷5号", ((L, "长兴街一巷"), (D, "5"))),
        ("河西村2组15号", ((V, "河西村2组"), (D, "15"))),
        ("综合楼3单元201", ((B, "综合楼"), (U, "3单元"), (D, "201"))),
        ("甲3号楼1单元101", ((B, "甲3号楼"), (U, "1单元"), (D, "101"))),
        ("海西1号楼1单元101", ((C, "海西"), (B, "1号楼"), (U, "1单元"), (D, "101"))),
        ("12号楼东单元3层西户", ((B, "12号楼"), (U, "东单元"), (D, "3层西"))),
        ("501-2", ((D, "501-2"),)),
        ("3-2-501-1", ((B, "3号楼"), (U, "2单元"), (D, "501-1"))),
        ("3号楼2单元501-1", ((B, "3号楼"), (U, "2单元"), (D, "501-1"))),
        ("2号楼底商5号", ((B, "2号楼"), (S, "底商5号"))),
        ("幸福超市", ((S, "幸福超市"),)),
        ("某小区3期5栋501", ((C, "某小区3期"), (B, "5号楼"), (D, "501"))),
        ("1单元101室", ((B, "1单元"), (D, "101"))),
    ],
)
def test_forms_of_addresses(text: str, chain: tuple[tuple[PlaceKind, str], ...]) -> None:
    assert read_door(text).chain == chain


@pytest.mark.parametrize("text", ["1单元101室", "1-101", "1单元101", "1-101室", "海西1号楼1-101"])
def test_the_building_comes_from_the_title(text: str) -> None:
    within = read_place("海西1号楼摸排登记表")
    assert read_door(text, within=within).chain == (
        (C, "海西"),
        (B, "1号楼"),
        (U, "1单元"),
        (D, "101"),
    )


def test_two_parts_without_a_known_building_are_building_and_room() -> None:
    assert read_door("1-201").chain == ((B, "1号楼"), (D, "201"))


def test_what_is_no_address_is_kept_as_it_stands() -> None:
    address = read_door("电话联系不上")
    assert address.is_raw
    assert address.site == "电话联系不上"
    assert read_door("") == DoorAddress()


@pytest.mark.parametrize(
    "text", ["1栋", "1", "1号楼", "1.0", "１号", "1#", "一号楼", "1幢", "1#楼", "1座"]
)
def test_one_building_in_every_spelling(text: str) -> None:
    text = text.removesuffix(".0")
    assert building_name(text) == "1号楼"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A座", "A座"),
        ("B栋", "B栋"),
        ("综合楼", "综合楼"),
        ("东楼", "东楼"),
        ("甲1", "甲1号楼"),
        ("", ""),
        ("-", ""),
    ],
)
def test_buildings_with_names(text: str, name: str) -> None:
    assert building_name(text) == name


@pytest.mark.parametrize("text", ["2", "2单元", "二单元", "2门", "2 单元", "２单元"])
def test_one_unit_in_every_spelling(text: str) -> None:
    assert unit_name(text) == "2单元"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("501", "501"),
        ("501.0", "501"),
        ("501室", "501"),
        ("501号", "501"),
        ("五零一", "501"),
        ("501a", "501A"),
    ],
)
def test_rooms(text: str, name: str) -> None:
    assert room_name(text) == name


@pytest.mark.parametrize(
    ("room", "floor"),
    [
        ("501", 5),
        ("1201", 12),
        ("负101", -1),
        ("501A", 5),
        ("12", None),
        ("B101", None),
        ("001", None),
        ("3层西", 3),
    ],
)
def test_floors_of_rooms(room: str, floor: int | None) -> None:
    assert floor_of(room) == floor


@pytest.mark.parametrize(
    ("text", "floor"),
    [("5", 5), ("五层", 5), ("5F", 5), ("负一层", -1), ("B1", -1), ("x", None), ("", None)],
)
def test_floor_columns(text: str, floor: int | None) -> None:
    assert floor_number(text) == floor


@pytest.mark.parametrize(
    "columns",
    [
        {"building": "3栋", "unit": "2", "room": "501"},
        {"building": "3#", "unit": "二单元", "room": "501室"},
        {"building": "3", "room": "2-501"},
        {"building": "3号楼2单元", "room": "501"},
        {"building": "三号楼", "unit": "2门", "floor": "5", "room": "501"},
    ],
)
def test_columns_come_to_the_same_door(columns: dict[str, str]) -> None:
    assert door_address(**columns).chain == THIS


def test_rooms_that_only_their_floor_makes_unique() -> None:
    first = door_address(building="1", unit="1", floor="3", room="东户")
    second = door_address(building="1", unit="1", floor="4", room="东户")
    assert first.key != second.key
    assert first.room == "3层东"


@given(
    st.integers(1, 99),
    st.integers(1, 12),
    st.integers(1, 33),
    st.integers(1, 9),
    st.sampled_from(["", "鼎新苑", "光华街8号院"]),
)
def test_all_spellings_of_random_doors_have_one_key(
    building: int, unit: int, floor: int, flat: int, ground: str
) -> None:
    room = f"{floor}{flat:02d}"
    keys = {
        read_door(spelling).key
        for spelling in (
            f"{ground}{building}号楼{unit}单元{room}室",
            f"{ground}{building}栋{unit}单元{room}",
            f"{ground}{building}#楼{unit}单元{room}",
            f"{ground} {building}-{unit}-{room}" if ground else f"{building}-{unit}-{room}",
        )
    }
    keys.add(door_address(ground=ground, building=str(building), unit=str(unit), room=room).key)
    assert len(keys) == 1
    assert read_door(f"{building}号楼{unit}单元{room}").floor == floor


@given(st.text(max_size=30))
def test_no_text_breaks_it_and_none_is_lost(text: str) -> None:
    address = read_door(text)
    assert isinstance(address_key(address), str)
    if any(c.isalnum() for c in text):
        assert not address.is_empty
    parents = [None, *(kind for kind, _ in address.chain)]
    for (kind, _), parent in zip(address.chain, parents, strict=False):
        assert parent in ALLOWED_PARENTS[kind]


@pytest.mark.parametrize(
    "text", ["鼎新苑3号楼2单元501", "西龙庄村3排5户", "1单元101室", "2号楼底商5号"]
)
def test_the_key_of_a_stored_place_is_that_of_the_ledger(text: str) -> None:
    address = read_door(text)
    assert key_of_chain((kind, match_key(name)) for kind, name in address.chain) == address.key
