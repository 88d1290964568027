"""The census as hurried volunteers type it: one door however it is written, nobody read as a relation."""

from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import RuleBroken
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.models import Place
from gridwell.residents.models import Resident
from gridwell.screening.actions.census import Counted, count_door
from gridwell.screening.rules.census import Jotted, read_people


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("王五 １３８００００００９９", Jotted("王五", phone="13800000099")),
        ("王五 0351-7012345", Jotted("王五", phone="03517012345")),
        ("王五（干儿子）", Jotted("王五", relation="干儿子")),
        ("王五 （房东） 13800000099", Jotted("王五", phone="13800000099", relation="房东")),
        ("张三、李四", Jotted("张三", unread="李四")),
        ("张三 1381234567", Jotted("张三", unread="1381234567")),
        ("张三 11010119900307765", Jotted("张三", unread="11010119900307765")),
        ("13800000099", Jotted("13800000099", unread="13800000099")),
    ],
)
def test_a_line_is_read_or_named(line: str, person: Jotted) -> None:
    assert read_people(line) == [person]


@pytest.fixture
def building(db: None) -> Place:
    make_district()
    return make_building(rooms=("901",), people=1)


def count(officer: Actor, building: Place, unit: str, room: str, people: str = "赵一") -> Counted:
    return count_door(
        actor=officer, building=building, unit=unit, room=room, people=read_people(people),
        ref=uuid4(), now=NOW,
    )  # fmt: skip


def test_one_door_however_it_is_typed(officer: Actor, building: Place) -> None:
    first = count(officer, building, "4单元", "1202")
    for unit, room in (("", "4-1202"), ("四单元", "1202室"), ("", "1-4-1202"), ("4", "１２０２")):
        again = count(officer, building, unit, room, "赵一\n赵二 妻")
        assert again.dwelling == first.dwelling
    assert Resident.objects.filter(name__startswith="赵").count() == 2
    assert Place.objects.filter(kind="dwelling").count() == 2


@pytest.mark.parametrize(
    ("unit", "room", "code"),
    [
        ("", "1202", "screening.census_which_unit"),
        ("4", "3-1202", "screening.census_other_door"),
        ("", "2-4-1202", "screening.census_other_door"),
    ],
)
def test_a_door_that_is_not_clear_is_asked_about(
    officer: Actor, building: Place, unit: str, room: str, code: str
) -> None:
    count(officer, building, "4单元", "1201")
    doors = Place.objects.count()
    with pytest.raises(RuleBroken, match=code):
        count(officer, building, unit, room)
    assert Place.objects.count() == doors


def test_what_is_not_understood_enters_nobody(officer: Actor, building: Place) -> None:
    with pytest.raises(RuleBroken, match="census_unread") as told:
        count(officer, building, "4单元", "1203", "张三\n李四、王五")
    assert told.value.facts == {"name": "李四", "text": "王五"}
    assert not Resident.objects.filter(name="张三").exists()
