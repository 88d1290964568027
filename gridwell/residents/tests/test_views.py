"""Pages of the register: who gets them, what they show, and that they cost the same for many."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.places.actions import recompute_grids
from gridwell.places.models import Grid, Place
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents.actions import circumstances, households, marks
from gridwell.residents.models import (
    Household,
    Label,
    LabelMark,
    Membership,
    Objection,
    Resident,
    Trait,
)
from gridwell.residents.tests.make import make_household, make_resident

NAMES = "明华强军勇杰涛磊洋波峰超斌鹏辉浩宇鑫凯健晨龙飞亮建平志国文海"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def url(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"area": COMMUNITY, **kwargs})


def fill(count: int, *, building: str = "1号楼") -> Household:
    """Make some doors with two people each in grid 1; return the first household."""
    grid = make_grid(number="1")
    first = None
    for number in range(count):
        dwelling = make_dwelling(
            building=building, room=f"{number // 4 + 1}0{number % 4 + 1}", grid=grid
        )
        home = make_household(dwelling=dwelling)
        head = make_resident(
            household=home, name=f"张{NAMES[number]}", is_head=True, birth_on=date(1940, 1, 1)
        )
        make_resident(household=home, name=f"李{NAMES[number]}", phone="13912348876")
        circumstances.add_trait(
            actor=Actor.system(COMMUNITY),
            community=COMMUNITY,
            resident_ids=[head.pk],
            code="disabled",
            now=clock.now(),
        )
        first = first or home
    recompute_grids(community=COMMUNITY)
    system = Actor.system(COMMUNITY)
    marks.apply_default_schemes(actor=system, community=COMMUNITY, now=clock.now())
    marks.refresh_rule_marks(actor=system, community=COMMUNITY, now=clock.now())
    assert first is not None
    return first


def pages_of(home: Household) -> dict[str, str]:
    """Every page that is read, by name."""
    building = home.dwelling.building_id
    return {
        "buildings": url("buildings"),
        "building_board": url("building_board", building=building),
        "board_cell": url("building_board", building=building) + f"?cell={home.dwelling_id}",
        "board_print": url("board_print", building=building),
        "grid_gaps": url("grid_gaps"),
        "household_list": url("household_list"),
        "household_file": url("household_file", household=home.pk),
        "resident_list": url("resident_list"),
        "duplicates": url("duplicates"),
        "grid_ledgers": url("grid_ledgers"),
        "grid_ledger": url("grid_ledger", grid=Grid.objects.get(number="1").pk),
        "ledger_print": url("grid_ledger", grid=Grid.objects.get(number="1").pk) + "?print=1",
        "label_schemes": url("label_schemes"),
        "objection_list": url("objection_list"),
        "search": url("search"),
    }


OFFICE = {
    "grid_new": {},
    "grid_draw": {"grid": "grid"},
    "grid_edit": {"grid": "grid"},
    "place_file": {"place": "place"},
    "place_new": {"under": "place"},
    "place_edit": {"place": "place"},
    "place_merge": {"place": "place"},
    "household_new": {"dwelling": "place"},
    "resident_new": {"household": "home"},
    "household_move_in": {"household": "home"},
    "household_move_out": {"household": "home"},
    "household_split": {"household": "home"},
    "household_merge": {"household": "home"},
    "household_head": {"household": "home"},
    "household_death": {"household": "home"},
    "household_tenure": {"household": "home"},
    "mark_new": {"household": "home"},
    "objection_new": {"household": "home"},
    "resident_edit": {"resident": "resident"},
    "trait_new": {"resident": "resident"},
    "resident_away": {"resident": "resident"},
    "label_edit": {"label": "label"},
}


def forms_of(home: Household) -> dict[str, str]:
    """Every page that holds a form, by name."""
    ids = {
        "grid": Grid.objects.get(number="1").pk,
        "place": home.dwelling_id,
        "home": home.pk,
        "resident": Resident.objects.filter(dwelling=home.dwelling_id).first().pk,
        "label": Label.objects.first().pk,
    }
    return {
        name: url(name, **{key: ids[of] for key, of in kwargs.items()})
        for name, kwargs in OFFICE.items()
    }


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
    assert len(one) <= 40


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


def test_acts_on_a_household_through_its_pages(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    head, other = Resident.objects.order_by("pk")
    today = clock.today().isoformat()
    new = {
        "name": "王五",
        "sex": "male",
        "kind": "lives",
        "relation": "子",
        "document_kind": "none",
    }
    assert client.post(url("resident_new", household=home.pk), new).status_code == 302
    son = Resident.objects.get(name="王五")
    split = {"on": today, "people": [son.pk], "head": son.pk, "tenure": "owned", "confirmed": 1}
    made = client.post(url("household_split", household=home.pk), split)
    own = Household.objects.latest("pk")
    assert made.url == url("household_file", household=own.pk)
    merge = {"on": today, "other": own.pk, "reason": "住回一起", "confirmed": 1}
    assert client.post(url("household_merge", household=home.pk), merge).status_code == 302
    assert client.get(url("household_file", household=own.pk)).url.endswith(f"/{home.pk}/")
    assert client.post(url("household_unmerge", household=own.pk)).status_code == 302
    change = {"on": today, "head": other.pk}
    assert client.post(url("household_head", household=home.pk), change).status_code == 302
    assert client.post(url("household_tenure", household=home.pk), {"tenure": "rented"})
    died = {"on": today, "person": head.pk, "confirmed": 1}
    assert client.post(url("household_death", household=home.pk), died).status_code == 302
    home.refresh_from_db()
    assert home.tenure == "rented"
    assert Resident.objects.get(pk=head.pk).died_on == clock.today()
    move = {"on": today, "who": "王五", "kind": "lives", "confirmed": 1}
    assert client.post(url("household_move_in", household=home.pk), move).status_code == 302
    assert Resident.objects.get(pk=son.pk).dwelling_id == home.dwelling_id


def test_correcting_keeps_masked_numbers_and_tells_who_came_first(officer: Actor) -> None:
    fill(1)
    client = client_of(officer)
    person = Resident.objects.get(name="李明")
    page = client.get(url("resident_edit", resident=person.pk)).text
    seen = re.search(r'name="seen_at" value="([^"]+)"', page)
    assert seen is not None
    posted = {
        "name": "李零",
        "sex": "male",
        "birth_on": "1980-01-01",
        "document_kind": "none",
        "phones": "139****8876",
        "seen_at": seen.group(1),
    }
    assert client.post(url("resident_edit", resident=person.pk), posted).status_code == 302
    person.refresh_from_db()
    assert person.name == "李零"
    assert person.phones.get().number == "13912348876"
    late = client.post(url("resident_edit", resident=person.pk), {**posted, "name": "李〇"})
    assert late.status_code == 200
    assert "<del>李〇</del>" in late.text


def test_circumstances_and_presence_through_pages(officer: Actor) -> None:
    fill(1)
    client = client_of(officer)
    person = Resident.objects.get(name="李明")
    client.post(url("trait_new", resident=person.pk), {"code": "illness", "value": "稳定"})
    assert Trait.objects.get(resident=person).value == "stable"
    client.post(url("trait_end", resident=person.pk, code="illness"))
    assert not Trait.objects.filter(resident=person, ends_at=None, superseded_at=None).exists()
    client.post(url("resident_away", resident=person.pk), {"whereabouts": "临汾"})
    assert person.presences.filter(superseded_at=None, ends_at=None).exists()
    client.post(url("resident_back", resident=person.pk))
    assert not person.presences.filter(superseded_at=None, ends_at=None).exists()


def test_bulk_edit_shows_the_effect_and_keeps_to_the_scope(
    officer: Actor, other_grid_worker: Actor
) -> None:
    fill(2)
    ids = list(Resident.objects.values_list("pk", flat=True))
    posted = {"row": ids, "kind": "trait_on", "trait": "pregnant"}
    client = client_of(officer)
    first = client.post(url("bulk_edit"), posted)
    assert 'name="confirmed"' in first.text
    assert not Trait.objects.filter(code="pregnant").exists()
    foreign = client_of(other_grid_worker)
    foreign.post(url("bulk_edit"), {**posted, "confirmed": 1})
    assert not Trait.objects.filter(code="pregnant").exists()
    assert client.post(url("bulk_edit"), {**posted, "confirmed": 1}).status_code == 302
    assert Trait.objects.filter(code="pregnant").count() == 4


def test_duplicates_are_merged_and_unmerged(officer: Actor) -> None:
    home = fill(1)
    twin = make_resident(household=home, name="张明", birth_on=date(1940, 1, 1))
    kept = Resident.objects.filter(name="张明").exclude(pk=twin.pk).get()
    client = client_of(officer)
    assert "张明" in client.get(url("duplicates")).text
    address = url("resident_merge", gone=twin.pk, kept=kept.pk)
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "重复"}).status_code == 302
    assert client.post(url("resident_unmerge", gone=twin.pk)).status_code == 302
    twin.refresh_from_db()
    assert twin.merged_into_id is None
    refused = client.get(url("resident_merge", gone=twin.pk, kept=twin.pk))
    assert "合并" in refused.text


def test_places_and_grids_through_their_pages(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    building = home.dwelling.building
    client.post(url("grid_new"), {"number": "9", "name": "第九网格"})
    grid = Grid.objects.get(number="9")
    drawn = {"place": [building.pk]}
    first = client.post(url("grid_draw", grid=grid.pk), drawn)
    assert 'name="confirmed"' in first.text
    assert client.post(url("grid_draw", grid=grid.pk), {**drawn, "confirmed": 1})
    assert Place.objects.get(pk=home.dwelling_id).grid == grid
    client.post(url("grid_edit", grid=grid.pk), {"number": "9", "name": "北院"})
    assert Grid.objects.get(pk=grid.pk).name == "北院"
    client.post(url("grid_end", grid=grid.pk))
    assert "1" in client.get(url("grid_gaps")).text
    client.post(url("place_new", under=building.parent_id), {"kind": "building", "name": "贰号楼"})
    made = Place.objects.get(name="贰号楼")
    client.post(url("place_alias", place=made.pk), {"name": "新楼"})
    assert made.aliases.get().name == "新楼"
    client.post(url("place_edit", place=made.pk), {"name": "1A号楼"})
    client.post(
        url("place_merge", place=made.pk),
        {"into": building.pk, "reason": "同一栋", "confirmed": 1},
    )
    made.refresh_from_db()
    assert made.merged_into == building
    from gridwell.places.models import PlaceMerge

    client.post(url("place_unmerge", merge=PlaceMerge.objects.get().pk))
    made.refresh_from_db()
    assert made.merged_into is None
    assert client.post(url("place_end", place=building.pk), {"reason": "拆"}).status_code == 409
    assert client.post(url("place_end", place=made.pk), {"reason": "拆"}).status_code == 302


def test_a_new_household_is_opened_in_a_vacant_dwelling(officer: Actor) -> None:
    dwelling = make_dwelling()
    response = client_of(officer).post(
        url("household_new", dwelling=dwelling.pk), {"tenure": "rented"}
    )
    assert response.url == url("resident_new", household=Household.objects.get().pk)


def test_labels_through_their_pages(officer: Actor) -> None:
    from gridwell.accounts.tests.make import make_actor

    home = fill(1)
    client = client_of(officer)
    label = Label.objects.get(scheme__code="five_colours", code="green")
    until = clock.today().replace(year=clock.today().year + 1).isoformat()
    posted = {"label": label.pk, "until": until, "reason": "子女同住照料"}
    client.post(url("mark_new", household=home.pk), posted)
    mark = LabelMark.objects.get(is_manual=True)
    assert client.post(url("mark_approve", mark=mark.pk)).status_code == 409
    second = client_of(make_actor(username="second"))
    assert second.post(url("mark_approve", mark=mark.pk)).status_code == 302
    live = LabelMark.objects.get(is_manual=True, superseded_at=None)
    assert live.approved_by is not None
    page = client.get(url("building_board", building=home.dwelling.building_id)).text
    assert 'class="cell k-green' in page
    second.post(url("mark_end", mark=live.pk), {"reason": "不再需要"})
    page = client.get(url("building_board", building=home.dwelling.building_id)).text
    assert 'class="cell k-orange' in page
    heart = Label.objects.get(code="fourth")
    client.post(
        url("label_edit", label=heart.pk),
        {"name": "孕妇", "sign": "孕", "colour": "violet", "rank": 4, "traits": ["pregnant"]},
    )
    heart.refresh_from_db()
    assert (heart.name, heart.rule) == ("孕妇", {"any": [{"trait": "pregnant"}]})
    assert client.post(url("schemes_apply")).status_code == 302


def test_objections_through_their_pages(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    client.post(url("objection_new", household=home.pk), {"about": "label", "words": "不是出租"})
    objection = Objection.objects.get()
    page = client.get(url("objection_list")).text
    assert "不是出租" in page
    answer = url("objection_answer", objection=objection.pk)
    assert "不是出租" in client.get(answer).text
    client.post(answer, {"outcome": "upheld", "answer": "已改"})
    objection.refresh_from_db()
    assert objection.outcome == "upheld"
    assert client.post(answer, {"outcome": "upheld", "answer": "已改"}).status_code == 200


def test_a_household_that_was_left_stays_readable(officer: Actor) -> None:
    home = fill(1)
    people = list(Resident.objects.all())
    now = clock.now()
    households.move_out(actor=officer, residents=people, at=now, now=now)
    page = client_of(officer).get(url("household_file", household=home.pk)).text
    assert "张明" in page
    assert "迁出" in page
