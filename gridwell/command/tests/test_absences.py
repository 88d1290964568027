"""Isolation and closed buildings make staff absent by themselves; both sides are told once."""

from datetime import timedelta

import pytest

from gridwell.accounts import actions as accounts
from gridwell.accounts import queries
from gridwell.accounts.models import Absence, Post, PostDeputy, StandIn, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.command import messages
from gridwell.command.actions.absences import follow_plan, sync_absences
from gridwell.command.actions.health import begin_stay, end_stay
from gridwell.core import clock
from gridwell.notify.models import Message
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.models import Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.plan import actions as plan
from gridwell.plan.followers import _followers as plan_followers
from gridwell.residents.models import Resident

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def post(officer: Actor) -> Post:
    """The post of grid 1: A lives in 1-1-101 of building 1, B is known to live nowhere here."""
    make_building()
    first = make_user(username="a", name="住户1010")
    second = make_user(username="b", name="张三")
    User.objects.filter(pk=first.pk).update(home=dwelling("101"))
    grid = make_grid()
    made = make_post(holder=first, role=Role.GRID_WORKER, grids=(grid,))
    PostDeputy.objects.create(post=made, user=second)
    return made


def dwelling(room: str) -> Place:
    return Place.objects.get(kind=PlaceKind.DWELLING, name=room)


def user(name: str) -> User:
    return User.objects.get(username=name)


def compute(now=NOW) -> None:
    plan.recompute(community=COMMUNITY, day=clock.day_of(now), now=now)


def acting(post: Post, now=NOW) -> User | None:
    held = queries.effective_holders([post.pk], now)[post.pk]
    return User.objects.get(pk=held) if held else None


def told(name: str) -> list[str]:
    rows = Message.objects.filter(user__username=name).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def isolate(officer: Actor, name: str = "住户1010"):
    return begin_stay(
        actor=officer,
        resident=Resident.objects.get(name=name),
        kind="home",
        person_class="zone_outflow",
        from_on=TODAY,
        already_spent=0,
        place_name="",
        ordered_by="区指挥部",
        now=NOW,
    )


def test_the_isolation_of_a_puts_b_in_and_its_end_takes_b_out(
    officer: Actor, post: Post, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        stay = isolate(officer)
    assert acting(post) == user("b")
    row = Absence.objects.get()
    assert (row.user, row.reason, row.source) == (user("a"), "isolation", f"plan:{COMMUNITY}")
    assert row.ends_at is not None, "ends by itself with the isolation"
    assert told("a") == ["posts.stood_in_for"]
    assert told("b") == ["posts.stand_in"]
    compute()
    compute()
    assert Absence.objects.count() == 1
    assert told("b") == ["posts.stand_in"]
    later = NOW + HOUR
    with django_capture_on_commit_callbacks(execute=True):
        end_stay(actor=officer, stay=stay, reason="专班解除", ended_at=later, now=later)
    assert acting(post, later) == user("a")
    assert told("a")[-1] == "posts.back"
    assert told("b")[-1] == "posts.relieved"
    assert StandIn.objects.get().ends_at == later
    assert queries.hand_backs_waiting(user("a").pk)


def test_a_namesake_elsewhere_is_not_the_colleague(officer: Actor, post: Post) -> None:
    User.objects.filter(username="a").update(name="住户2010")
    isolate(officer, "住户2010")  # lives in 201, the colleague in 101
    compute()
    assert not Absence.objects.exists()
    resident = Resident.objects.get(name="住户2010")
    accounts.set_home(
        actor=Actor.system(0),
        user=user("a"),
        home=dwelling("101"),
        lives_elsewhere=True,
        resident=resident.pk,
        now=NOW,
    )
    assert Absence.objects.get().reason == "isolation", "linked by hand, followed at once"


def test_a_closed_building_keeps_its_people_in_unless_they_live_elsewhere(
    officer: Actor, post: Post
) -> None:
    make_zone(officer, place=Place.objects.get(kind=PlaceKind.BUILDING), now=NOW)
    compute()
    assert Absence.objects.get().reason == "closed_building"
    assert acting(post) == user("b")
    system = Actor.system(0)
    home = {"actor": system, "user": user("a"), "home": dwelling("101")}
    accounts.set_home(**home, lives_elsewhere=True, now=NOW + HOUR)
    assert acting(post, NOW + HOUR) == user("a")
    accounts.set_home(**home, lives_elsewhere=False, now=NOW + 2 * HOUR)
    assert acting(post, NOW + 2 * HOUR) == user("b")
    accounts.set_home(
        actor=system, user=user("a"), home=None, lives_elsewhere=False, now=NOW + 3 * HOUR
    )
    assert acting(post, NOW + 3 * HOUR) == user("a")


def test_nobody_left_alarms_the_desk_and_the_level_above(officer: Actor, post: Post) -> None:
    make_actor(username="street", role=Role.SUBDISTRICT_OFFICER, area=140109008000)
    PostDeputy.objects.all().delete()
    isolate(officer)
    compute()
    assert acting(post) is None
    assert told("officer") == ["posts.nobody"]
    assert told("street") == ["posts.nobody"]
    assert told("a") == ["posts.lost"]
    assert Message.objects.get(user__username="street").is_urgent


def test_an_old_plan_and_a_community_without_one_change_nothing(officer: Actor, post: Post) -> None:
    isolate(officer)
    sync_absences([COMMUNITY], TODAY, NOW)
    assert not Absence.objects.exists()
    plan.recompute(community=COMMUNITY, day=TODAY + timedelta(1), now=NOW)
    assert not Absence.objects.exists()
    compute()
    sync_absences([COMMUNITY], TODAY, NOW)
    assert Absence.objects.count() == 1


def test_without_staff_living_there_the_plan_costs_two_queries_more(
    officer: Actor, django_assert_num_queries
) -> None:
    make_building()
    compute()
    stored = plan.up_to_date(community=COMMUNITY, day=TODAY, now=NOW)
    assert follow_plan in plan_followers
    with django_assert_num_queries(4):  # and a savepoint around them
        follow_plan(COMMUNITY, TODAY, stored.plan, NOW)


def test_a_prepared_post_that_stands_up_tells_its_holder(officer: Actor) -> None:
    make_post(holder=make_user(username="c"))
    Post.objects.filter(holder__username="c").update(activates_in="alert", is_standby=True)
    accounts.stand_up(actor=officer, area=COMMUNITY, mode="alert", now=NOW)
    accounts.stand_down(actor=officer, area=COMMUNITY, mode="routine", now=NOW + HOUR)
    assert told("c") == ["posts.stood_up", "posts.stood_down"]


@pytest.mark.parametrize("kind", messages.POSTS, ids=lambda kind: kind.code)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_message_has_words_and_says_no_name_outside(kind, language: str) -> None:
    from django.utils import translation

    facts = {"post": "P", "area": "Q", "holder": "H", "name": "N", "before": "B", "count": 1}
    with translation.override(language):
        for reason in messages.REASONS:
            title, text = kind.say(facts | {"reason": reason})
            assert title
            assert "%(" not in text
        outside = kind.say(facts | {"reason": "leave"}, is_outside=True)[1]
    assert not {"H", "N", "B"} & set(outside.split())
