"""The demo's data before any database: exact figures, nobody real, notices that read back."""

from datetime import date

import pytest

from gridwell.demo import city
from gridwell.demo.ledger import sample_ledger
from gridwell.demo.notices import NOTICE_173, NOTICE_178, NoticeFacts, compose
from gridwell.demo.people import InventedHousehold
from gridwell.demo.register import households_of
from gridwell.orders.rules.notice import read_notice
from gridwell.residents.rules.identity import check_digit

TODAY = date(2022, 11, 23)


def community(name: str) -> city.Community:
    return next(one for one in city.COMMUNITIES if one.name == name)


def homes(name: str, building: str = "") -> list[InventedHousehold]:
    one = community(name)
    doors = zip(city.dwellings_of(one), households_of(one, TODAY), strict=True)
    return [home for door, home in doors if home and building in {"", door.building}]


@pytest.mark.parametrize(
    ("name", "building", "households", "people"),
    [("鼎新社区", "", 2912, 8097), ("海西社区", "1号楼", 325, 923), ("金香都社区", "", 552, 1431)],
)
def test_the_figures_are_exact(name: str, building: str, households: int, people: int) -> None:
    found = homes(name, building)
    assert len(found) == households
    assert sum(len(home.people) for home in found) == people


def test_the_shapes_that_the_practice_tells_of() -> None:
    assert len(community("光华街社区").compounds) == 11
    assert community("光华街社区").grids == 6
    units = {d.unit for d in city.dwellings_of(community("海西社区")) if d.building == "1号楼"}
    assert len(units) == 11
    assert len({d.building for d in city.dwellings_of(community("西塔社区"))}) == 47


def test_nobody_real_can_be_meant() -> None:
    for one in city.COMMUNITIES:
        for home in households_of(one, TODAY):
            for person in home.people if home else ():
                if person.document:
                    assert person.document.startswith("140100")
                    assert person.document[-1] == check_digit(person.document[:-1])
                assert person.phone == "" or person.phone.startswith("1400")
                assert person.phone == "" or len(person.phone) == 11


def test_communities_that_are_not_known_carry_invented_codes() -> None:
    for code in (*city.SUBDISTRICTS, *(one.code for one in city.COMMUNITIES)):
        assert str(code)[6] == "9"


def test_the_same_people_every_time() -> None:
    one = community("龙源社区")
    assert households_of(one, TODAY) == households_of(one, TODAY)


@pytest.mark.parametrize("facts", [NOTICE_173, NOTICE_178], ids=["173", "178"])
def test_a_notice_reads_back_to_its_facts(facts: NoticeFacts) -> None:
    read = read_notice(compose(facts))
    assert str(facts.number) in str(read.number)
    assert read.issued_on == facts.issued_on
    found: dict[tuple[str, str], list[str]] = {}
    for group in read.groups:
        for item in group.items:
            found.setdefault((str(group.act), group.district or ""), []).append(item.text)
    wanted = {("designate", name): list(items) for name, items in facts.high}
    wanted |= {("lift", name): list(items) for name, items in facts.low}
    assert found == wanted
    assert set(facts.rest_low) == set(read.rest_low)


def test_the_sample_ledger_is_the_same_every_time() -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    first, second = (
        [
            [cell.value for cell in row]
            for row in load_workbook(BytesIO(sample_ledger())).active.rows
        ]
        for _ in range(2)
    )
    assert first == second
    assert len(first) > 40
