"""Who gets what: who does what in a community, charges, the five, the roster, calendars."""

import json
from uuid import UUID

from gridwell.accounts.actions import duties
from gridwell.accounts.models import Post, Team
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.core import clock
from gridwell.organisation.actions import feeds, naming, roster
from gridwell.organisation.models import CalendarFeed, Charge, FourParty, ImportTrace, Shift
from gridwell.organisation.rules.kinds import Party
from gridwell.organisation.rules.naming import Named
from gridwell.places.models import Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.tests.make import make_area, make_dwelling, make_grid, make_place
from gridwell.residents.models import Household, Resident
from gridwell.residents.tests.make import make_household, make_resident
from tests.access.samples import COMMUNITY, DISTRICT, EVERYBODY, ROW, Cast


def a_team(cast: Cast) -> int:
    found = Team.objects.first()
    if found is None:
        new = [duties.NewTeam("sampling", "采样组", make_grid())]
        found = duties.create_teams(
            actor=cast.officer, area=make_area(), teams=new, now=clock.now()
        )[0]
    return found.pk


def a_building(cast: Cast) -> int:
    return make_place(name="9号楼", kind="building").pk


def a_household(cast: Cast) -> int:
    found = Household.objects.first()
    if found is None:
        dwelling = make_dwelling(grid=make_grid())
        Place.objects.filter(pk=dwelling.pk).update(grid=make_grid())
        found = make_household(dwelling=dwelling)
    return found.pk


def a_resident(cast: Cast) -> int:
    found = Resident.objects.first() or make_resident(
        household=Household.objects.get(pk=a_household(cast))
    )
    return found.pk


def a_site(cast: Cast) -> int:
    return make_place(name="便利店", kind=PlaceKind.SITE, grid=make_grid()).pk


def a_charge(cast: Cast) -> int:
    found = Charge.objects.first() or naming.name_charge(
        actor=cast.officer,
        community=COMMUNITY,
        grid=make_grid(),
        named=Named(name="李向前"),
        now=clock.now(),
    )
    return found.pk


def a_party(cast: Cast) -> int:
    found = FourParty.objects.first() or naming.name_party(
        actor=cast.officer,
        about=Household.objects.get(pk=a_household(cast)),
        party=Party.EMPLOYER,
        named=Named(unit="钢厂"),
        now=clock.now(),
    )
    return found.pk


def a_post(cast: Cast) -> int:
    found = Post.objects.filter(code="sample").first()
    return (found or make_post(holder=make_user(username="on_duty"), code="sample")).pk


def a_shift(cast: Cast) -> int:
    post = Post.objects.get(pk=a_post(cast))
    found = Shift.objects.first()
    if found is None and post.holder is not None:
        start = clock.start_of(clock.today())
        found = roster.make_shift(
            actor=cast.officer,
            post=post,
            user=post.holder,
            starts_at=start,
            ends_at=clock.end_of(clock.today()),
            ref=UUID(int=1),
            now=clock.now(),
        )
    assert found is not None
    return found.pk


def a_feed(cast: Cast) -> int:
    found = CalendarFeed.objects.first()
    if found is None:
        found, _token = feeds.make_feed(actor=cast.officer, now=clock.now())
    return found.pk


def an_import(cast: Cast) -> int:
    found = ImportTrace.objects.first() or ImportTrace.objects.create(
        community=make_area(),
        source="table:1",
        state="checked",
        lines=json.dumps([]),
        at=clock.now(),
    )
    return found.pk


ALL = {"officer": 200, "grid_worker": 200, "district": 200}
DESK = {"officer": 200, "grid_worker": 404, "district": 200}
POSTED = {"officer": 302, "grid_worker": 404, "district": 302}
NAMES = {"officer": 200, "grid_worker": 200, "district": 404}
HOME, TEAM = {"household": a_household}, {"team": a_team}

ROWS = [
    ROW("organisation", area=COMMUNITY, **ALL),
    ROW(
        "organisation",
        area=DISTRICT,
        officer=404,
        grid_worker=404,
        subdistrict=404,
        district=200,
        case="above",
    ),
    ROW("organisation_chart", area=COMMUNITY, **ALL),
    ROW("organisation_chart", area=COMMUNITY, **ALL, query="?print=1", case="print"),
    ROW("organisation_gaps", area=COMMUNITY, **ALL),
    ROW("group_new", area=COMMUNITY, **DESK),
    ROW("groups_usual", area=COMMUNITY, **POSTED, data={}),
    ROW("group_file", TEAM, area=COMMUNITY, **ALL),
    ROW("group_member", TEAM, area=COMMUNITY, **DESK),
    ROW("group_rename", TEAM, area=COMMUNITY, **DESK),
    ROW("group_end", TEAM, area=COMMUNITY, **DESK),
    ROW("head_name", {"place": a_building}, area=COMMUNITY, **DESK),
    ROW("charge_list", area=COMMUNITY, **ALL),
    ROW("charge_new", area=COMMUNITY, **DESK),
    ROW("charge_end", {"charge": a_charge}, area=COMMUNITY, **DESK),
    ROW("organisation_import", area=COMMUNITY, **DESK),
    ROW("organisation_import_look", {"trace": an_import}, area=COMMUNITY, **DESK),
    ROW(
        "organisation_import_act",
        {"trace": an_import, "act": "drop"},
        area=COMMUNITY,
        **POSTED,
        data={},
    ),
    ROW("organisation_export", area=COMMUNITY, officer=200, grid_worker=200, district=404),
    ROW("five_edit", HOME, area=COMMUNITY, **NAMES),
    ROW("party_new", HOME, area=COMMUNITY, **NAMES),
    ROW("five_of_person", {"resident": a_resident}, area=COMMUNITY, **NAMES),
    ROW("party_of_person", {"resident": a_resident}, area=COMMUNITY, **NAMES),
    ROW("party_of_site", {"site": a_site}, area=COMMUNITY, **NAMES),
    ROW("organisation_sites", area=COMMUNITY, **ALL),
    ROW("party_end", {"party": a_party}, area=COMMUNITY, **NAMES),
    ROW("roster", area=COMMUNITY, **ALL),
    ROW("roster_month", area=COMMUNITY, **ALL),
    ROW("roster_month", area=COMMUNITY, **ALL, query="?print=1", case="print"),
    ROW("week_copy", area=COMMUNITY, **POSTED, data={}),
    ROW("shift_new", {"post": a_post}, area=COMMUNITY, **DESK),
    ROW("shift_edit", {"shift": a_shift}, area=COMMUNITY, **DESK),
    ROW("shift_cancel", {"shift": a_shift}, area=COMMUNITY, **DESK),
    ROW("post_feed_new", {"post": a_post}, area=COMMUNITY, **DESK, data={}),
    EVERYBODY("my_shifts"),
    EVERYBODY("feed_new", data={}),
    EVERYBODY("feed_revoke", {"feed": a_feed}, to=404, officer=302, data={}),
    EVERYBODY("calendar_feed", {"token": "wrong"}, to=404, anonymous=404),
]
