"""The line A, B, …: who acts, who is told, what is written when it moves."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridwell.accounts import actions, followers, queries
from gridwell.accounts.models import Absence, Post, PostDeputy, StandIn, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.rules.weakness import Home, Weakness, weaknesses
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.models import Job
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area, make_dwelling

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 11, 23, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
SYSTEM = Actor.system(COMMUNITY)


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> list[followers.LineChange]:
    """Return what followers are told, in place of those of other packages."""
    told: list[followers.LineChange] = []
    monkeypatch.setattr(followers, "_followers", [told.append])
    return told


def make_line(*names: str, **facts: object) -> Post:
    users = [make_user(username=name) for name in names]
    post = make_post(holder=users[0] if users else None, **facts)
    for rank, user in enumerate(users[1:], 1):
        PostDeputy.objects.create(post=post, user=user, rank=rank)
    return post


def user(name: str) -> User:
    return User.objects.get(username=name)


def away(name: str, **facts: object) -> Absence:
    given = {"reason": "leave", "starts_at": NOW, "now": NOW, **facts}
    return actions.record_absence(actor=SYSTEM, user=user(name), **given)


def acting(post: Post, now: datetime = NOW) -> str | None:
    held = queries.effective_holders([post.pk], now)[post.pk]
    return User.objects.get(pk=held).username if held else None


# ---- moves --------------------------------------------------------------------------------------


def test_both_sides_are_told_once_and_the_stand_in_is_written(
    changes: list[followers.LineChange],
) -> None:
    post = make_line("a", "b")
    absence = away("a")
    away("a")  # the same again
    (change,) = changes
    assert change.cause == "absence"
    assert change.began
    (move,) = change.posts
    assert (move.before, move.after) == (user("a").pk, user("b").pk)
    assert move.absence == absence
    stand_in = StandIn.objects.get()
    assert (stand_in.user, stand_in.absent, stand_in.reason) == (user("b"), user("a"), "leave")
    actions.end_absence(actor=SYSTEM, absence=absence, now=NOW + HOUR)
    assert [change.cause for change in changes] == ["absence", "return"]
    stand_in.refresh_from_db()
    assert stand_in.ends_at == NOW + HOUR
    assert acting(post, NOW + HOUR) == "a"


def test_a_second_absence_moves_the_post_on_and_back_without_gaps(
    changes: list[followers.LineChange],
) -> None:
    make_line("a", "b", "c")
    first = away("a")
    away("b", now=NOW + HOUR, starts_at=NOW + HOUR)
    actions.end_absence(actor=SYSTEM, absence=first, now=NOW + 2 * HOUR)
    rows = StandIn.objects.order_by("pk").values_list("user__username", "starts_at", "ends_at")
    assert list(rows) == [("b", NOW, NOW + HOUR), ("c", NOW + HOUR, NOW + 2 * HOUR)]
    assert [move.after for change in changes for move in change.posts] == [
        user("b").pk,
        user("c").pk,
        user("a").pk,
    ]


def test_nobody_left_is_told_as_an_alarm(changes: list[followers.LineChange]) -> None:
    post = make_line("a")
    away("a")
    assert changes[0].posts[0].after is None
    assert not StandIn.objects.exists()
    spans = ((COMMUNITY, COMMUNITY + 1),)
    assert [row.id for row in queries.nobody_acts(spans, NOW)] == [post.pk]
    assert queries.nobody_acts(((OTHER_COMMUNITY, OTHER_COMMUNITY + 1),), NOW) == []


def test_lock_unlock_and_end_move_posts(
    officer: Actor, changes: list[followers.LineChange]
) -> None:
    post = make_line("a", "b")
    actions.lock_user(actor=officer, user=user("a"), reason="丢了手机", now=NOW)
    assert acting(post) == "b"
    actions.unlock_user(actor=officer, user=user("a"), now=NOW)
    assert acting(post) == "a"
    actions.end_user(actor=officer, user=user("a"), reason="调离", now=NOW)
    assert acting(post) == "b"
    assert [change.cause for change in changes] == ["locked", "unlocked", "ended"]
    assert StandIn.objects.filter(ends_at=None).get().absent is None


def test_a_handed_over_post_tells_both(officer: Actor, changes: list[followers.LineChange]) -> None:
    post = make_line("a", "b")
    make_line("c")
    actions.change_holder(
        actor=officer, post=post, holder=user("c"), seen=user("a").pk, reason="轮岗", now=NOW
    )
    (move,) = changes[0].posts
    assert (move.before, move.after) == (user("a").pk, user("c").pk)


def test_an_absence_to_come_is_followed_by_the_clock(
    changes: list[followers.LineChange],
) -> None:
    post = make_line("a", "b")
    away("a", starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    assert changes == []
    assert Job.objects.filter(kind="accounts.turn_absences").count() == 2
    assert actions.turn_absences(now=NOW) == 0
    assert actions.turn_absences(now=NOW + HOUR) == 1
    assert actions.turn_absences(now=NOW + HOUR) == 0
    assert acting(post, NOW + HOUR) == "b"
    assert StandIn.objects.get().user == user("b")
    assert actions.turn_absences(now=NOW + 2 * HOUR) == 1
    assert [change.cause for change in changes] == ["absence", "return"]
    assert StandIn.objects.get().ends_at == NOW + 2 * HOUR


def test_a_worker_that_slept_through_an_absence_tells_nothing_wrong(
    changes: list[followers.LineChange],
) -> None:
    make_line("a", "b")
    away("a", starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    assert actions.turn_absences(now=NOW + 5 * HOUR) == 0
    assert changes == []


# ---- absences of one source ---------------------------------------------------------------------


def match(wanted: dict[str, actions.Wanted], now: datetime = NOW) -> tuple[int, int]:
    return actions.match_absences(
        actor=SYSTEM,
        community=COMMUNITY,
        source="plan:1",
        wanted={user(name).pk: want for name, want in wanted.items()},
        now=now,
    )


def test_absences_of_a_source_follow_what_is_wanted(changes: list[followers.LineChange]) -> None:
    make_line("a", "b")
    other = make_line("c", "d")
    isolated = actions.Wanted("isolation", NOW, NOW + 48 * HOUR)
    assert match({"a": isolated, "c": isolated}) == (2, 0)
    entries = AuditEntry.objects.count()
    assert match({"a": isolated, "c": isolated}) == (0, 0)
    assert AuditEntry.objects.count() == entries
    longer = actions.Wanted("isolation", NOW, NOW + 72 * HOUR)
    assert match({"a": longer, "c": isolated}) == (0, 0)
    assert Absence.objects.get(user=user("a")).ends_at == NOW + 72 * HOUR
    assert match({"a": longer}, NOW + HOUR) == (0, 1)
    assert acting(other, NOW + HOUR) == "c"
    assert [(c.cause, len(c.posts)) for c in changes] == [("absence", 2), ("return", 1)]
    assert AuditEntry.objects.filter(act="accounts.absences_matched").count() == 3


def test_other_sources_are_left_alone() -> None:
    post = make_line("a", "b")
    away("a")
    match({"a": actions.Wanted("isolation", NOW)})
    match({}, NOW + HOUR)
    assert acting(post, NOW + HOUR) == "b", "still on leave"


# ---- effective holders --------------------------------------------------------------------------


def test_holders_of_many_posts_cost_the_same() -> None:
    def cost(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as context:
            queries.effective_holders(ids, NOW)
        return len(context)

    few = [make_line("a", "b").pk]
    many = few + [make_line(f"h{number}", f"d{number}").pk for number in range(20)]
    assert cost(many) == cost(few)
    assert queries.effective_holders([], NOW) == {}
    assert queries.effective_holders([10**9], NOW) == {10**9: None}


def test_many_people_are_asked_for_the_other_way_round(monkeypatch: pytest.MonkeyPatch) -> None:
    posts = [make_line(f"h{number}", f"d{number}") for number in range(4)]
    away("h1")
    User.objects.filter(username="h2").update(is_active=False)
    ids = [post.pk for post in posts]
    usual = queries.effective_holders(ids, NOW)
    monkeypatch.setattr("gridwell.accounts.queries.who.MANY", 3)
    assert queries.effective_holders(ids, NOW) == usual


def test_standby_posts_give_nobody_anything(officer: Actor) -> None:
    make_user(username="head")
    post = actions.create_post(
        actor=officer,
        role=Role.COMMUNITY_OFFICER,
        area=make_area(),
        title="战时副指挥",
        activates_in="emergency",
        now=NOW,
    )
    Post.objects.filter(pk=post.pk).update(holder=user("head"))
    assert queries.effective_holders([post.pk], NOW) == {post.pk: None}
    assert not queries.actor_of(user("head"), NOW).covers(COMMUNITY)
    stand = {"actor": officer, "area": COMMUNITY, "now": NOW}
    assert actions.stand_up(**stand, mode="alert") == 0
    assert actions.stand_up(**stand, mode="emergency", but_not=[COMMUNITY]) == 0
    assert actions.stand_up(**stand, mode="emergency") == 1
    assert actions.stand_up(**stand, mode="emergency") == 0
    assert queries.actor_of(user("head"), NOW).covers(COMMUNITY)
    assert actions.stand_down(**stand, mode="emergency") == 0
    assert actions.stand_down(**stand, mode="alert") == 1
    assert not queries.actor_of(user("head"), NOW).covers(COMMUNITY)
    with pytest.raises(NotVisible):
        actions.stand_up(actor=officer, area=OTHER_COMMUNITY, mode="alert", now=NOW)


def test_a_duty_without_a_desk_opens_no_register(officer: Actor) -> None:
    unit = make_dwelling().unit
    head = make_user(username="head")
    post = make_post(holder=head, role=Role.UNIT_HEAD)
    Post.objects.filter(pk=post.pk).update(place=unit)
    actor = queries.actor_of(head, NOW)
    assert actor.posts == ()
    assert [duty.place for duty in actor.duties] == [unit.pk]
    assert actor.all_posts == actor.duties
    assert not actor.covers(COMMUNITY)
    assert not actor.manages_posts
    assert actor.post_code_at(COMMUNITY) == post.code


# ---- hand-backs, rehearsals, reserves -----------------------------------------------------------


def stand_in_of(post: Post) -> StandIn:
    return StandIn.objects.get(post=post)


def test_a_takes_the_work_back_when_it_is_over(officer: Actor, other_officer: Actor) -> None:
    post = make_line("a", "b")
    absence = away("a")
    mine = queries.actor_of(user("a"), NOW)
    with pytest.raises(RuleBroken, match="still_stands_in"):
        actions.take_back(actor=mine, stand_in=stand_in_of(post), now=NOW)
    actions.end_absence(actor=SYSTEM, absence=absence, now=NOW + HOUR)
    assert [row.post for row in queries.hand_backs_waiting(user("a").pk)] == [post]
    for actor in (other_officer, queries.actor_of(user("b"), NOW)):
        if not actor.may_manage_posts(COMMUNITY):
            with pytest.raises(NotVisible):
                actions.take_back(actor=actor, stand_in=stand_in_of(post), now=NOW)
    for _ in range(2):
        actions.take_back(actor=mine, stand_in=stand_in_of(post), now=NOW + HOUR)
    assert AuditEntry.objects.filter(act="accounts.taken_back").count() == 1
    assert queries.hand_backs_waiting(user("a").pk) == []
    StandIn.objects.update(confirmed_at=None)
    with pytest.raises(RuleBroken, match="reason_needed"):
        actions.take_back(actor=officer, stand_in=stand_in_of(post), now=NOW)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"stood_in": "a"}, "rehearsal_by_deputy"),
        ({"held_on": NOW.date() + timedelta(1)}, "rehearsal_to_come"),
        ({"result": "fine"}, "rehearsal_result_unknown"),
        ({"result": "failed"}, "rehearsal_remark_needed"),
    ],
)
def test_a_rehearsal_is_recorded_as_it_was(
    officer: Actor, facts: dict[str, object], refusal: str
) -> None:
    post = make_line("a", "b")
    given = {"held_on": NOW.date(), "result": "smooth", "stood_in": "b", **facts}
    given["stood_in"] = user(str(given["stood_in"]))
    with pytest.raises(RuleBroken, match=refusal):
        actions.record_rehearsal(actor=officer, post=post, now=NOW, **given)


def test_a_rehearsed_post_leaves_the_list_until_next_month(officer: Actor) -> None:
    post = make_line("a", "b")
    facts = {"held_on": NOW.date(), "stood_in": user("b"), "result": "smooth"}
    actions.record_rehearsal(actor=officer, post=post, now=NOW, **facts)
    with pytest.raises(RuleBroken, match="rehearsed_already"):
        actions.record_rehearsal(actor=officer, post=post, now=NOW, **facts)
    posts = Post.objects.filter(pk=post.pk)
    assert not queries.not_rehearsed(posts, NOW.date())
    assert queries.not_rehearsed(posts, NOW.date() + timedelta(30))


def test_the_reserve_list_is_offered_first_and_kept_once(
    officer: Actor, other_officer: Actor
) -> None:
    area = make_area()
    post = make_line("a")
    spare = make_user(username="z")
    User.objects.filter(pk=spare.pk).update(area=area)
    facts = {"actor": officer, "area": area, "now": NOW}
    candidate = actions.add_reserve(**facts, user=spare, roles=[Role.GRID_WORKER])
    with pytest.raises(RuleBroken, match="reserve_twice"):
        actions.add_reserve(**facts, user=spare)
    with pytest.raises(RuleBroken, match="reserve_needs_name"):
        actions.add_reserve(**facts, name=" ")
    with pytest.raises(NotVisible):
        actions.add_reserve(actor=other_officer, area=area, name="王", now=NOW)
    actions.add_reserve(**facts, name="李四", telephone="13800000000", skills="会采样")
    assert queries.people_for(officer, post).first() == spare
    assert [row.name for row in queries.reserves_of(officer, area.pk, "grid_worker")] == ["z"]
    assert queries.reserves_of(other_officer) == []
    actions.end_reserve(actor=officer, candidate=candidate, now=NOW)
    assert [row.name for row in queries.reserves_of(officer)] == ["李四"]


def test_where_staff_live_is_a_dwelling(officer: Actor) -> None:
    home = make_dwelling()
    make_line("a")
    facts = {"actor": officer, "user": user("a"), "lives_elsewhere": False, "now": NOW}
    with pytest.raises(RuleBroken, match="home_is_dwelling"):
        actions.set_home(**facts, home=home.unit)
    for _ in range(2):
        actions.set_home(**facts, home=home)
    assert AuditEntry.objects.filter(act="accounts.home_set").count() == 1


# ---- what is weak -------------------------------------------------------------------------------

SAME, NEXT, FAR = Home(1, 10), Home(2, 10), Home(3, 11)


@pytest.mark.parametrize(
    ("holder", "deputies", "gone", "homes", "expected"),
    [
        (1, [2], [], {1: SAME, 2: FAR}, []),
        (1, [2], [], {1: SAME, 2: SAME}, [Weakness.SAME_HOUSEHOLD]),
        (1, [2], [], {1: SAME, 2: NEXT}, [Weakness.SAME_BUILDING]),
        (1, [2], [], {1: Home(1, None), 2: Home(2, None)}, []),
        (1, [], [], {}, [Weakness.NO_B]),
        (1, [], [1], {}, [Weakness.NOBODY, Weakness.NO_B]),
        (None, [2], [], {}, [Weakness.NO_A, Weakness.LAST_ONE]),
        (None, [], [], {}, [Weakness.NOBODY, Weakness.NO_A, Weakness.NO_B]),
        (1, [2], [1, 2], {}, [Weakness.NOBODY]),
        (1, [2], [2], {}, [Weakness.LAST_ONE]),
        (1, [2, 3], [1], {}, []),
    ],
)
def test_what_is_weak_about_a_line(
    holder: int | None, deputies: list[int], gone: list[int], homes: dict, expected: list
) -> None:
    assert list(weaknesses(holder, deputies, gone, homes)) == expected
