"""Pages of the register: who gets them, what they show, and that they cost the same for many."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gridwell.accounts.queries.posts import InCharge
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record_look
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import (
    Household,
    Label,
    Membership,
    Resident,
)
from gridwell.residents.tests.make import make_resident
from gridwell.residents.tests.pages import client_of, fill, forms_of, pages_of, url
from gridwell.residents.views.common import each_once


def test_every_page_opens_for_the_officer_and_for_no_stranger(
    officer: Actor, other_officer: Actor
) -> None:
    home = fill(3)
    mine, foreign, nobody = client_of(officer), client_of(other_officer), Client()
    for name, address in {**pages_of(home), **forms_of(home)}.items():
        response = mine.get(address)
        assert response.status_code == 200, (name, response.status_code)
        assert foreign.get(address).status_code == 404, name
        assert nobody.get(address).status_code == 302, name


def test_a_grid_worker_sees_the_own_grid_only(grid_worker: Actor, other_grid_worker: Actor) -> None:
    home = fill(2)
    mine, other = client_of(grid_worker), client_of(other_grid_worker)
    for name, address in pages_of(home).items():
        assert mine.get(address).status_code == 200, name
    for name in ("building_board", "household_file", "grid_ledger", "board_print"):
        assert other.get(pages_of(home)[name]).status_code == 404, name
    assert "张明" not in other.get(url("household_list")).text
    assert "张明" in mine.get(url("household_list")).text
    drawing = forms_of(home)["grid_draw"]
    assert mine.get(drawing).status_code == 404
    assert other.get(forms_of(home)["resident_edit"]).status_code == 404


def test_upper_levels_choose_a_community_and_give_a_reason_for_names(
    district_officer: Actor,
) -> None:
    home = fill(1)
    client = client_of(district_officer)
    upper = reverse("buildings", kwargs={"area": 140109000000})
    assert client.get(upper).url == reverse("communities", kwargs={"area": 140109000000})
    assert "1" in client.get(client.get(upper).url).text
    assert client.get(url("buildings")).status_code == 200
    board = client.get(pages_of(home)["board_cell"])
    assert "张明" not in board.text
    for name in ("household_list", "resident_list", "household_file", "duplicates"):
        assert client.get(pages_of(home)[name]).status_code == 302, name
    found = client.post(url("search"), {"q": "张明"})
    assert "household" not in found.text.split("<main")[1].split("</main")[0].replace(
        "households", ""
    )
    client.post(reverse("look_reason", kwargs={"area": COMMUNITY}), {"reason": "核查高风险区名单"})
    assert "张明" in client.get(pages_of(home)["household_file"]).text
    assert AuditEntry.objects.filter(act="residents.looked_at").count() == 1


def test_numbers_are_masked_until_a_reason_is_given(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    address = url("household_file", household=home.pk)
    page = client.get(address).text
    assert "139****8876" in page
    assert "13912348876" not in page
    asked = client.get(address + "?numbers=1")
    assert asked.status_code == 302
    client.post(asked.url, {"reason": "送药联系家属"})
    shown = client.get(address + "?numbers=1").text
    assert "13912348876" in shown
    entry = AuditEntry.objects.get(act="residents.looked_at")
    assert entry.reason == "送药联系家属"
    assert "13912348876" not in client.get(address).text
    assert "送药联系家属" in client.get(address).text


def test_looks_at_many_people_cost_one_question_and_stand_once(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    address = url("household_file", household=home.pk)

    def look(reason: str) -> None:
        people = list(Resident.objects.filter(memberships__household=home))
        record_look(officer, COMMUNITY, people, reason)

    look("先看两人")
    client.get(address)
    with CaptureQueriesContext(connection) as two:
        assert client.get(address).text.count("先看两人") == 1
    for number in range(4):
        make_resident(household=home, name=f"王{number}")
    for number in range(12):
        look(f"第{number}次")
    client.get(address)
    with CaptureQueriesContext(connection) as six:
        page = client.get(address)
    assert len(six) == len(two)
    assert [row.reason for row in page.context["looks"]] == [f"第{n}次" for n in range(11, 1, -1)]


@pytest.mark.parametrize(
    "name",
    [
        "buildings",
        "building_board",
        "board_print",
        "household_list",
        "household_file",
        "resident_list",
        "grid_ledgers",
        "grid_ledger",
        "label_schemes",
        "objection_list",
    ],
)
def test_pages_cost_the_same_for_one_and_thirty(officer: Actor, name: str) -> None:
    home = fill(1)
    client = client_of(officer)
    address = pages_of(home)[name]
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert client.get(address).status_code == 200
    fill(30)
    client.get(address)  # what upper packages keep for the day is written anew once
    with CaptureQueriesContext(connection) as thirty:
        assert client.get(address).status_code == 200
    assert len(thirty) == len(one), [q["sql"][-300:] for q in thirty.captured_queries][-3:]
    # The household file holds the panels of seven packages, and asks who was merged into whom.
    assert len(one) <= 53


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张明", "张明"),
        ("zm", "张明"),
        ("zhang", "张华"),
        ("8876", "李明"),
        ("1-1-102", "金桂苑1号楼1单元102"),
        ("11102", "金桂苑1号楼1单元102"),
        ("1号楼1单元", "金桂苑1号楼1单元"),
    ],
)
def test_search_finds_by_what_is_known(officer: Actor, text: str, found: str) -> None:
    fill(2)
    for person in Resident.objects.all():
        from gridwell.residents.rules.names import name_keys

        person.pinyin, person.initials = name_keys(person.name)
        person.save(update_fields=["pinyin", "initials"])
    client = client_of(officer)
    response = client.post(url("search"), {"q": text}, headers={"HX-Request": "true"})
    assert found in response.text
    assert "<html" not in response.text
    assert found in client.post(url("search"), {"q": text}).text


def test_search_asks_at_most_six_times(officer: Actor) -> None:
    from gridwell.residents.queries import search

    fill(30)
    for text in ("张", "zhang", "8876", "1-1-1", "金桂苑", "13912348876", "11101"):
        with CaptureQueriesContext(connection) as asked:
            search(officer, COMMUNITY, text)
        assert len(asked) <= 6, text


def test_board_shows_colour_sign_and_legend(officer: Actor) -> None:
    home = fill(2)
    page = client_of(officer).get(pages_of(home)["building_board"]).text
    assert "k-orange" in page
    assert "老弱病残独" in page
    assert page.count('class="cell') == 2


def test_cell_click_answers_the_side_alone(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    part = client.get(pages_of(home)["board_cell"], headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "张明" in part
    assert "李明" in part


def test_lists_are_narrowed(officer: Actor) -> None:
    home = fill(3)
    Household.objects.filter(pk=home.pk).update(tenure="rented")
    client = client_of(officer)
    page = client.get(url("household_list") + "?tenure=rented").text
    assert "张明" in page
    assert "张华" not in page
    label = Label.objects.get(scheme__code="five_colours", code="blue")
    assert "张明" not in client.get(url("household_list") + f"?label={label.pk}").text
    people = client.get(url("resident_list") + "?trait=disabled").text
    assert "张华" in people
    assert "李华" not in people
    old = client.get(url("resident_list") + "?ages=60-").text
    assert "张华" in old
    assert "李华" not in old


def test_move_out_shows_its_effect_first(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    head, other = Resident.objects.order_by("pk")
    address = url("household_move_out", household=home.pk)
    posted = {"on": clock.today().isoformat(), "people": [head.pk, other.pk]}
    first = client.post(address, posted)
    assert 'name="confirmed"' in first.text
    assert Membership.objects.filter(ends_at=None, superseded_at=None).count() == 2
    assert client.post(address, {**posted, "confirmed": 1}).status_code == 302
    assert not Membership.objects.filter(ends_at=None, superseded_at=None).exists()
    assert client.get(url("household_file", household=home.pk)).status_code == 200


def test_a_refusal_is_shown_in_place(officer: Actor) -> None:
    home = fill(1)
    head = Resident.objects.order_by("pk").first()
    response = client_of(officer).post(
        url("household_move_out", household=home.pk),
        {"on": clock.today().isoformat(), "people": [head.pk], "confirmed": 1},
    )
    assert response.status_code == 200
    assert "当户主" in response.text


def test_one_person_with_two_posts_of_a_grid_is_named_once() -> None:
    post = InCharge(1, "W1", "网格员", "徐波乐", (), "徐波乐", "", is_deputy_acting=False)
    other = replace(post, post_id=2, post_code="W2")
    empty = replace(post, post_id=3, title="副网格员", holder=None, acting=None)
    assert [p.title for p in each_once([post, other, empty])] == ["网格员", "副网格员"]
