"""Pages: what they show, refusals in place, the calendar address, the household file, query counts."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from gridwell.accounts.models import Post, PostDeputy, User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.organisation import queries
from gridwell.organisation.actions import feeds, groups, naming, roster
from gridwell.organisation.models import Charge, FourParty, Shift
from gridwell.organisation.rules.kinds import HelperRole, Party
from gridwell.organisation.rules.naming import Named
from gridwell.organisation.tests.make import (
    NOW,
    make_building,
    make_head,
    make_roster_post,
    make_shift,
)
from gridwell.places.models import Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_grid, make_place
from gridwell.residents.tests.make import make_household, make_resident


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def text(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def test_an_empty_community_says_how_to_begin(officer: Actor) -> None:
    client = signed_in(officer)
    for name in (
        "organisation",
        "organisation_chart",
        "organisation_gaps",
        "charge_list",
        "roster",
    ):
        assert text(client, name, COMMUNITY)


def test_the_pages_of_a_community_with_everything(officer: Actor, grid_worker: Actor) -> None:
    now = clock.now()
    building = make_building(grid=make_grid(number="1"))
    make_head(officer, building, name="赵秀兰")
    groups.make_usual_groups(actor=officer, community=COMMUNITY, now=now)
    for place, grid in ((building, None), (None, make_grid(number="1"))):
        naming.name_charge(
            actor=officer,
            community=COMMUNITY,
            place=place,
            grid=grid,
            named=Named(name="钱进", unit="市直机关工委"),
            now=now,
        )
    for actor in (officer, grid_worker):
        client = signed_in(actor)
        page = text(client, "organisation", COMMUNITY)
        assert "赵秀兰" in page
        assert "钱进" in page
        assert ("group_new" in page) is False
        assert text(client, "organisation_chart", COMMUNITY).count("<svg class=") == 1
        assert "钱进" in text(client, "charge_list", COMMUNITY)
    assert reverse("group_new", args=[COMMUNITY]) not in text(
        signed_in(grid_worker), "organisation", COMMUNITY
    )
    side = signed_in(officer).get(
        reverse("building_board", args=[COMMUNITY, building.pk]),
        {"dwelling": Place.objects.get(kind="dwelling").pk},
    )
    assert side.status_code == 200


def test_charges_in_and_out(officer: Actor) -> None:
    building, client = make_building(), signed_in(officer)
    page = reverse("charge_new", args=[COMMUNITY])
    for bad in (
        {},
        {"place": building.pk},
        {"place": building.pk, "name": "李", "user": officer.user_id},
        {"place": building.pk, "name": "李", "telephone": "12"},
        {"place": building.pk, "grid": make_grid().pk, "name": "李"},
        {"place": building.pk, "name": "李", "until": "2001-01-01"},
        {"place": 10**12, "name": "李"},
        {"place": "²", "name": "李"},
    ):
        assert client.post(page, bad).status_code == 422, bad
    good = {"place": building.pk, "name": "李向前", "telephone": "138 0000 0000"}
    assert client.post(page, good).status_code == 302
    assert client.post(page, good).status_code == 422  # the same charge again
    charge = Charge.objects.get()
    assert charge.telephone == "13800000000"
    end = reverse("charge_end", args=[COMMUNITY, charge.pk])
    assert client.post(end, {"reason": ""}).status_code == 422
    assert client.post(end, {"reason": "调走"}).status_code == 302
    assert client.post(end, {"reason": "调走"}).status_code == 422
    assert "调走" in text(client, "charge_list", COMMUNITY)
    other = reverse("charge_end", args=[OTHER_COMMUNITY, charge.pk])
    assert client.get(other).status_code == 404


def test_a_gap_is_closed_by_its_press(officer: Actor) -> None:
    building, client = make_building(grid=make_grid(number="1")), signed_in(officer)
    page = text(client, "organisation_gaps", COMMUNITY, kind="building")
    sheet = client.get(reverse("organisation_gaps", args=[COMMUNITY]), {"export": "1"})
    assert "spreadsheet" in sheet["Content-Type"]
    url = reverse("head_name", args=[COMMUNITY, building.pk])
    assert url in page
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"name": "赵秀兰", "telephone": "13800000003"}).status_code == 302
    assert url not in text(client, "organisation_gaps", COMMUNITY, kind="building")
    dwelling = Place.objects.get(kind="dwelling")
    assert client.get(reverse("head_name", args=[COMMUNITY, dwelling.pk])).status_code == 404


def test_the_household_file_shows_the_five_with_masked_phones(
    officer: Actor, grid_worker: Actor, other_grid_worker: Actor
) -> None:
    home = make_household()
    Place.objects.filter(pk=home.dwelling_id).update(grid=make_grid(number="1"))
    make_resident(household=home)
    client = signed_in(grid_worker)
    page = reverse("five_edit", args=[COMMUNITY, home.pk])
    form = client.get(page).context["form"]
    values = {
        "seen": form["seen"].value(),
        "cadre_name": "张干部",
        "cadre_telephone": "13812345678",
    }
    assert client.post(page, {**values, "medic_telephone": "13812345678"}).status_code == 422
    assert client.post(page, {**values, "cadre_user": officer.user_id}).status_code == 422
    assert client.post(page, values).status_code == 302
    assert client.post(page, values).status_code == 422  # somebody else was faster
    naming.name_party(
        actor=officer,
        about=home,
        party=Party.EMPLOYER,
        named=Named(unit="钢厂", name="孙经理"),
        now=clock.now(),
    )
    file = text(signed_in(officer), "household_file", COMMUNITY, home.pk)
    assert "张干部" in file
    assert "钢厂" in file
    assert "13812345678" not in file
    assert signed_in(other_grid_worker).get(page).status_code == 404
    assert queries.five_of(home, clock.now()).keys() == {HelperRole.CADRE}


def test_one_person_and_one_site_have_who_answers_for_them(
    officer: Actor, other_grid_worker: Actor
) -> None:
    shop = make_place(name="一号便利店", kind=PlaceKind.SITE, grid=make_grid(number="1"))
    home = make_household(dwelling=shop)
    person = make_resident(household=home, name="王店员")
    make_resident(household=home, name="李店员")
    client = signed_in(officer)
    five = reverse("five_of_person", args=[COMMUNITY, person.pk])
    seen = client.get(five).context["form"]["seen"].value()
    assert client.post(five, {"seen": seen, "medic_name": "赵医生"}).status_code == 302
    assert client.post(five, {"seen": seen, "medic_name": "钱医生"}).status_code == 422
    party = reverse("party_of_person", args=[COMMUNITY, person.pk])
    assert client.post(party, {"party": "employer"}).status_code == 422
    assert client.post(party, {"party": "employer", "unit": "便利连锁"}).status_code == 302
    site = reverse("party_of_site", args=[COMMUNITY, shop.pk])
    assert client.post(site, {"party": "department", "unit": "市场监管所"}).status_code == 302
    file = text(client, "household_file", COMMUNITY, home.pk)
    assert "赵医生" in file
    assert "便利连锁" in file
    assert "市场监管所" in file
    assert queries.five_of(home, clock.now()) == {}  # the household's own five are another matter
    sites = text(client, "organisation_sites", COMMUNITY)
    assert "市场监管所" in sites
    assert "便利连锁" not in sites
    for stranger in (five, party, site):
        assert signed_in(other_grid_worker).get(stranger).status_code == 404
    row = FourParty.objects.get(site=shop, superseded_at=None)
    end = reverse("party_end", args=[COMMUNITY, row.pk])
    assert signed_in(other_grid_worker).get(end).status_code == 404
    done = client.post(end, {"reason": "关店"})
    assert done["Location"] == reverse("organisation_sites", args=[COMMUNITY])
    assert "市场监管所" not in text(client, "organisation_sites", COMMUNITY)


def test_the_roster_from_entry_to_copy(officer: Actor) -> None:
    post, user = make_roster_post()
    client, day = signed_in(officer), clock.today()
    page = reverse("shift_new", args=[COMMUNITY, post.pk])
    form = client.get(page, {"day": day.isoformat()}).context["form"]
    values = {
        "user": user.pk,
        "starts_at": f"{day}T08:00",
        "ends_at": f"{day}T20:00",
        "ref": str(form["ref"].value()),
    }
    assert client.post(page, values).status_code == 302
    assert client.post(page, values).status_code == 302  # the same sending again
    assert Shift.objects.count() == 1
    for bad in (
        {"ends_at": f"{day}T07:00"},
        {"ref": "x"},
        {"user": 10**9},
        {"starts_at": "morgen"},
    ):
        assert client.post(page, {**values, "ref": "", **bad}).status_code == 422, bad
    overlap = {**values, "ref": "", "starts_at": f"{day}T19:00", "ends_at": f"{day}T21:00"}
    assert user.name in client.post(page, overlap).content.decode()
    shift = Shift.objects.get()
    edit = reverse("shift_edit", args=[COMMUNITY, shift.pk])
    changed = {**values, "remark": "东门", "seen": 0}
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, {**changed, "remark": "西门"}).status_code == 422
    assert user.name in text(client, "roster", COMMUNITY)
    assert user.name in text(client, "roster_month", COMMUNITY)
    assert user.name in text(client, "roster_month", COMMUNITY, print="1")
    copy = reverse("week_copy", args=[COMMUNITY])
    for _ in range(2):
        assert client.post(copy, {"week": day.isoformat()}).status_code == 302
    assert Shift.objects.count() == 2
    cancel = reverse("shift_cancel", args=[COMMUNITY, shift.pk])
    assert client.post(cancel, {"reason": "停课"}).status_code == 302
    assert Shift.objects.filter(cancelled_at=None).count() == 1
    assert text(client, "roster", COMMUNITY, week="not a day")
    assert text(client, "roster", COMMUNITY, week="9999-12-31")


@pytest.fixture
def quiet() -> None:
    cache.clear()


def test_a_turn_in_no_year_of_ours_is_a_slip_of_the_hand(officer: Actor) -> None:
    client = signed_in(officer)
    post, user = make_roster_post()
    page = reverse("shift_new", args=[COMMUNITY, post.pk])
    for year in ("0001", "1022", "9999"):
        day = f"{year}-12-30"
        answer = client.post(
            page,
            {
                "ref": str(uuid4()), "user": user.pk,
                "starts_at": f"{day}T08:00", "ends_at": f"{day}T16:00",
            },
        )  # fmt: skip
        assert answer.status_code == 422
        assert str(int(year)) in answer.content.decode()
    assert not Shift.objects.exists()


def test_the_calendar_address(officer: Actor, quiet: None, caplog: Any) -> None:
    post = Post.objects.get(holder_id=officer.user_id)
    user = User.objects.get(pk=officer.user_id)
    now = clock.now()
    start = now.replace(minute=0, second=0, microsecond=0)
    kept = make_shift(officer, post, user, remark="找王小明家", now=now)
    Shift.objects.filter(pk=kept.pk).update(starts_at=start, ends_at=start + timedelta(hours=8))
    other_post, other = make_roster_post()
    roster.make_shift(
        actor=officer,
        post=other_post,
        user=other,
        starts_at=start,
        ends_at=start + timedelta(hours=8),
        ref=kept.post.ref,
        now=now,
    )
    client = signed_in(officer)
    shown = client.post(reverse("feed_new"))
    address = shown.context["address"]
    assert shown["Cache-Control"] == "no-store"
    answer = Client().get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == [post.title]
    assert events[0].decoded("dtstart") == start
    body = answer.content.decode()
    assert "王小明" not in body
    assert other.name not in body
    roster.cancel_shift(actor=officer, shift=Shift.objects.get(pk=kept.pk), reason="停课", now=now)
    events = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
    assert str(events[0]["status"]) == "CANCELLED"
    feed = queries.feeds_of(user.pk).get()
    assert client.post(reverse("feed_revoke", args=[feed.pk])).status_code == 302
    assert Client().get(address).status_code == 404
    token = address.rpartition("/")[2].removesuffix(".ics")
    assert token not in caplog.text


def test_guessing_addresses_is_slowed_down(officer: Actor, quiet: None) -> None:
    answers = [Client().get(f"/calendar/{n}.ics").status_code for n in range(32)]
    assert answers[0] == 404
    assert answers[-1] == 429
    cache.clear()


def test_a_post_has_an_address_without_names(officer: Actor, quiet: None) -> None:
    post, user = make_roster_post()
    start = clock.now().replace(microsecond=0)
    roster.make_shift(
        actor=officer,
        post=post,
        user=user,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        ref=post.ref,
        now=clock.now(),
    )
    _feed, token = feeds.make_feed(actor=officer, post=post, now=clock.now())
    body = Client().get(reverse("calendar_feed", args=[token])).content.decode()
    assert "VEVENT" in body
    assert user.name not in body


def _fill(officer: Actor, count: int) -> None:
    for number in range(count):
        make_grid(number=f"g{Post.objects.count()}-{number}")
    made = groups.make_usual_groups(actor=officer, community=COMMUNITY, now=NOW)
    for team in made:
        post = groups.name_member(
            actor=officer, team=team, named=Named(name=f"组长{team.pk}"), is_leader=True, now=NOW
        )
        PostDeputy.objects.create(post=post, user=User.objects.get(pk=officer.user_id))


@pytest.mark.parametrize(
    "name", ["organisation", "organisation_chart", "organisation_gaps", "charge_list", "roster"]
)
def test_the_number_of_queries_does_not_grow(
    officer: Actor, name: str, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(officer)
    make_building(name="1号楼")
    _fill(officer, 1)
    text(client, name, COMMUNITY)
    with CaptureQueriesContext(
        connection,
    ) as few:
        text(client, name, COMMUNITY)
    _fill(officer, 6)
    for number in range(2, 9):
        make_head(officer, make_building(name=f"{number}号楼"), name=f"楼长{number}")
    with CaptureQueriesContext(connection) as many:
        text(client, name, COMMUNITY)
    assert len(many) == len(few)
