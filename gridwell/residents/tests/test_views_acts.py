"""Acts of the register through its pages."""

import re
from datetime import date

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core import clock, ids
from gridwell.places.models import CommunityProfile, Grid, Place
from gridwell.places.tests.make import COMMUNITY, make_dwelling
from gridwell.residents.actions import households
from gridwell.residents.models import (
    Household,
    Label,
    LabelMark,
    Objection,
    Resident,
    Trait,
)
from gridwell.residents.tests.make import make_resident
from gridwell.residents.tests.pages import client_of, fill, url


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


def test_a_new_person_sent_twice_is_one_and_one_alike_is_asked_about(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    page = url("resident_new", household=home.pk)
    shown = client.get(page).content.decode()
    keys = re.findall(r'name="client_ref" value="([0-9a-f-]{36})"', shown)
    assert len(keys) == 1
    assert 'type="checkbox" name="is_another"' not in shown
    new = {"name": "王五", "sex": "male", "kind": "lives", "birth_on": "2001-02-03"}
    for _time in range(2):
        assert client.post(page, new | {"client_ref": keys[0]}).status_code == 302
    assert Resident.objects.filter(name="王五").count() == 1
    again = client.post(page, new | {"client_ref": str(ids.new_ref())})
    assert 'type="checkbox" name="is_another"' in again.content.decode()
    assert client.post(page, new | {"is_another": "on"}).status_code == 302
    assert Resident.objects.filter(name="王五").count() == 2
    for wrong in (
        {"birth_on": "1899-12-31"},
        {"birth_on": "2099-01-01"},
        {"starts_on": "2099-01-01"},
    ):
        refused = client.post(page, new | {"name": "赵六"} | wrong)
        assert 'role="alert"' in refused.content.decode()
    assert not Resident.objects.filter(name="赵六").exists()


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


def test_settings_of_the_community_are_kept_and_used(officer: Actor, grid_worker: Actor) -> None:
    fill(2)
    client, where = client_of(officer), url("community_settings")
    assert 'value="500"' in client.get(where).text
    facts = {
        "grid_low": 1,
        "grid_high": 5,
        "micro_grid_low": 1,
        "micro_grid_high": 3,
        "objection_days": 7,
        "telephone": "0351-6000000",
    }
    worker = client_of(grid_worker)
    assert where not in worker.get(url("buildings")).text
    assert worker.post(where, facts).status_code == 404
    assert not CommunityProfile.objects.exists()
    assert where in client.get(url("buildings")).text
    wrong = client.post(where, facts | {"grid_low": 6})
    assert wrong.status_code == 200
    assert not CommunityProfile.objects.exists()
    assert client.post(where, facts).status_code == 302
    kept = CommunityProfile.objects.get(pk=COMMUNITY)
    assert (kept.grid_high, kept.objection_days, kept.telephone) == (5, 7, "0351-6000000")
    entry = AuditEntry.objects.get(act="places.profile_set")
    assert entry.facts["fields"] == sorted(facts)


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


@pytest.mark.parametrize("page", ["household_move_out", "household_death"])
def test_two_of_one_name_are_told_apart_by_age_and_end_of_the_number(
    officer: Actor, page: str
) -> None:
    home = fill(1)
    number = "140100198001018135"
    make_resident(household=home, name="张三", birth_on=date(1980, 1, 1), document=number)
    make_resident(household=home, name="张三", birth_on=None)
    shown = client_of(officer).get(url(page, household=home.pk)).content.decode()
    years = clock.today().year - 1980
    assert f"张三 · {years}岁 · 证件尾号8135" in shown
    assert number[6:14] not in shown
