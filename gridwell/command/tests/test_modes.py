"""Modes: what holds where, effects before, one act with all that follows, and back with a report."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.actions import create_post
from gridwell.accounts.models import Post
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.audit.models import AuditEntry
from gridwell.command.actions.modes import Switched, rehearse_mode, switch_mode
from gridwell.command.models import ModeRehearsal
from gridwell.command.queries.modes import change_refusal, mode_effect
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.notify.models import Message
from gridwell.orders.actions.modes import set_profile
from gridwell.orders.models import ModeChange
from gridwell.orders.queries.modes import mode_of, needs_approval, profile_of, stand_of
from gridwell.orders.rules.modes import Manual, Profile, due_times, standard, strictest
from gridwell.orders.tests.make import NOW, TODAY, make_district
from gridwell.places.models import Area
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area
from gridwell.tasks.models import Task, TaskTemplate

DISTRICT = 140109000000


@pytest.fixture(autouse=True)
def areas(db: None) -> None:
    make_district()
    make_area(code=OTHER_COMMUNITY)


def switch(actor: Actor, area: int, mode: str, now: datetime = NOW, **more: object) -> Switched:
    facts: dict = {
        "reason": "出现病例",
        "seen": mode_effect(area, mode, now).version,
        "client_ref": uuid4(),
    }
    return switch_mode(actor=actor, area=area, mode=mode, now=now, **{**facts, **more})


@pytest.mark.parametrize(
    ("modes", "holds"),
    [
        ([], "routine"),
        (["routine", "alert"], "alert"),
        (["emergency", "alert"], "emergency"),
        (["alert", "routine", "emergency"], "emergency"),
    ],
)
def test_the_strictest_mode_holds(modes: list[str], holds: str) -> None:
    assert strictest(modes) == holds


@pytest.mark.parametrize(
    ("quiet", "at", "is_quiet"),
    [
        (None, time(3), False),
        ((time(22), time(7)), time(22), True),
        ((time(22), time(7)), time(6, 59), True),
        ((time(22), time(7)), time(7), False),
        ((time(12), time(14)), time(13), True),
        ((time(12), time(14)), time(14), False),
        ((time(8), time(8)), time(8), False),
    ],
)
def test_quiet_hours_may_pass_midnight(
    quiet: tuple[time, time] | None, at: time, is_quiet: bool
) -> None:
    assert Profile("alert", 100, quiet, ()).is_quiet(at) is is_quiet


def test_a_stricter_mode_is_asked_more_of() -> None:
    profiles = [standard(mode, TODAY) for mode in ("routine", "alert", "emergency")]
    assert [len(profile.reports_at) for profile in profiles] == [1, 2, 3]
    assert [profile.time_percent for profile in profiles] == sorted(
        (profile.time_percent for profile in profiles), reverse=True
    )
    start = NOW.replace(hour=0)
    assert due_times(profiles[2], start)[0] == start + timedelta(hours=8)


def test_what_an_upper_area_holds_cannot_be_eased_below(
    officer: Actor, district_officer: Actor
) -> None:
    switch(district_officer, DISTRICT, "alert")
    assert mode_of(COMMUNITY, NOW) == "alert"
    with pytest.raises(RuleBroken, match=r"orders\.mode_held_above"):
        switch(officer, COMMUNITY, "routine")
    switch(officer, COMMUNITY, "emergency", NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    assert (mode_of(COMMUNITY, later), mode_of(OTHER_COMMUNITY, later)) == ("emergency", "alert")
    switch(officer, COMMUNITY, "routine", later)
    assert stand_of(COMMUNITY, later).is_from_above
    assert mode_of(COMMUNITY, later) == "alert"


def test_the_effect_is_shown_and_nothing_is_written(officer: Actor) -> None:
    prepared = create_post(
        actor=officer, area=Area.objects.get(pk=COMMUNITY), role=Role.COMMUNITY_OFFICER, title="流调协助",
        holder=None, deputies=[], grids=[], activates_in="emergency", now=NOW,
    )  # fmt: skip
    before = AuditEntry.objects.count()
    alert = mode_effect(COMMUNITY, "alert", NOW)
    emergency = mode_effect(COMMUNITY, "emergency", NOW)
    assert (alert.posts_up, emergency.posts_up) == (0, 1)
    assert emergency.communities == 1
    assert emergency.people == 1
    assert emergency.kinds
    assert not ModeChange.objects.exists()
    assert AuditEntry.objects.count() == before
    assert Post.objects.get(pk=prepared.pk).is_standby


def test_a_change_stands_posts_up_tells_people_and_is_done_once(officer: Actor) -> None:
    prepared = create_post(
        actor=officer, area=Area.objects.get(pk=COMMUNITY), role=Role.COMMUNITY_OFFICER, title="流调协助",
        holder=None, deputies=[], grids=[], activates_in="alert", now=NOW,
    )  # fmt: skip
    ref = uuid4()
    seen = mode_effect(COMMUNITY, "emergency", NOW).version
    done = switch(officer, COMMUNITY, "emergency", client_ref=ref, seen=seen)
    assert (done.posts, done.told, done.is_new) == (1, 1, True)
    assert not Post.objects.get(pk=prepared.pk).is_standby
    assert Message.objects.filter(user=officer.user_id, kind="command.mode_changed").count() == 1
    again = switch(officer, COMMUNITY, "emergency", client_ref=ref, seen=seen)
    assert again.change == done.change
    assert not again.is_new
    assert ModeChange.objects.count() == 1
    acts = AuditEntry.objects.filter(community=COMMUNITY).values_list("act", flat=True)
    assert {"orders.mode_changed", "command.mode_effected", "accounts.posts_stood_up"} <= set(acts)


def test_of_two_officers_the_second_sees_it(officer: Actor, district_officer: Actor) -> None:
    seen = mode_effect(COMMUNITY, "emergency", NOW).version
    switch(district_officer, DISTRICT, "alert")
    with pytest.raises(RuleBroken, match=r"command\.mode_changed_meanwhile"):
        switch(officer, COMMUNITY, "emergency", seen=seen)
    assert mode_of(COMMUNITY, NOW) == "alert"


def test_the_return_writes_a_report_and_may_take_those_below_along(
    officer: Actor, district_officer: Actor
) -> None:
    switch(officer, COMMUNITY, "emergency")
    switch(district_officer, DISTRICT, "emergency", NOW + timedelta(hours=1))
    later = NOW + timedelta(days=2)
    kept = mode_effect(DISTRICT, "routine", later)
    assert [row.area_id for row in kept.keep] == [COMMUNITY]
    done = switch(
        district_officer, DISTRICT, "routine", later, is_for_all_below=True, remark="平稳"
    )
    assert mode_of(COMMUNITY, later) == "routine"
    assert done.closing is not None
    assert (done.closing.mode, done.closing.figures["days"]) == ("emergency", 2)
    assert done.closing.remark == "平稳"


def test_what_stays_held_above_is_no_return(officer: Actor, district_officer: Actor) -> None:
    """Taking one's own mode back while an area above holds the same eases nothing."""
    switch(officer, COMMUNITY, "emergency")
    later = NOW + timedelta(minutes=1)
    switch(district_officer, DISTRICT, "emergency", later)
    effect = mode_effect(COMMUNITY, "routine", later)
    assert (effect.after, effect.is_return) == ("emergency", False)
    done = switch(officer, COMMUNITY, "routine", later)
    assert (done.closing, mode_of(COMMUNITY, later)) == (None, "emergency")
    # Half a return is one: from emergency to what the district holds.
    district = switch(district_officer, DISTRICT, "alert", later + timedelta(minutes=1))
    assert district.closing is not None


@pytest.mark.parametrize("mode", ["routine", "alert", "emergency"])
def test_the_page_refuses_what_the_act_refuses(
    mode: str, officer: Actor, district_officer: Actor
) -> None:
    """By a typed address any mode is asked for; the page says what the act would say."""
    switch(district_officer, DISTRICT, "alert")
    refusal = change_refusal(COMMUNITY, mode, NOW)
    if refusal is None:
        assert switch(officer, COMMUNITY, mode).change.mode == mode
        return
    with pytest.raises(RuleBroken) as refused:
        switch(officer, COMMUNITY, mode)
    assert refused.value.code == refusal.code


def test_a_stricter_area_below_keeps_its_posts(officer: Actor, district_officer: Actor) -> None:
    create_post(
        actor=officer, area=Area.objects.get(pk=COMMUNITY), role=Role.COMMUNITY_OFFICER, title="流调协助",
        holder=None, deputies=[], grids=[], activates_in="emergency", now=NOW,
    )  # fmt: skip
    switch(district_officer, DISTRICT, "emergency")
    switch(district_officer, DISTRICT, "routine", NOW + timedelta(hours=1))
    assert Post.objects.get(title="流调协助").is_standby
    switch(officer, COMMUNITY, "emergency", NOW + timedelta(hours=2))
    switch(district_officer, DISTRICT, "alert", NOW + timedelta(hours=3))
    switch(district_officer, DISTRICT, "routine", NOW + timedelta(hours=4))
    assert not Post.objects.get(title="流调协助").is_standby


def test_a_rehearsal_changes_nothing(officer: Actor) -> None:
    ref = uuid4()
    facts: dict = {
        "actor": officer,
        "area": COMMUNITY,
        "mode": "emergency",
        "reason": "月度演练",
        "client_ref": ref,
        "now": NOW,
    }
    row = rehearse_mode(**facts)
    assert rehearse_mode(**facts) == row
    assert row.figures["after"] == "emergency"
    assert mode_of(COMMUNITY, NOW) == "routine"
    assert not Message.objects.exists()
    assert ModeRehearsal.objects.count() == 1
    with pytest.raises(RuleBroken, match=r"orders\.reason_missing"):
        rehearse_mode(**facts | {"reason": " ", "client_ref": uuid4()})
    with pytest.raises(RuleBroken, match=r"orders\.unknown_mode"):
        rehearse_mode(**facts | {"mode": "war", "client_ref": uuid4()})


def test_who_may_and_who_may_not(grid_worker: Actor, other_officer: Actor, officer: Actor) -> None:
    with pytest.raises(RuleBroken, match=r"orders\.not_allowed"):
        switch(grid_worker, COMMUNITY, "alert")
    with pytest.raises(NotVisible):
        switch(other_officer, COMMUNITY, "alert")
    with pytest.raises(NotVisible):
        switch(officer, DISTRICT, "alert")
    with pytest.raises(RuleBroken, match=r"orders\.reason_missing"):
        switch(officer, COMMUNITY, "alert", reason="  ")
    with pytest.raises(RuleBroken, match=r"orders\.unknown_mode"):
        switch_mode(
            actor=officer,
            area=COMMUNITY,
            mode="war",
            reason="x",
            seen="",
            client_ref=uuid4(),
            now=NOW,
        )


def test_an_area_lays_its_own_values_over_the_standard(
    officer: Actor, district_officer: Actor
) -> None:
    facts: dict = {"actor": district_officer, "area": DISTRICT, "mode": "routine", "now": NOW}
    set_profile(**facts, reason="夏季", time_percent=80, reports_at=(time(18), time(9)))
    profile = profile_of(COMMUNITY, NOW)
    assert profile.time_percent == 80
    assert profile.reports_at == (time(9), time(18))
    assert profile.quiet == standard("routine", TODAY).quiet
    own = {**facts, "actor": officer, "area": COMMUNITY, "reason": "本社区"}
    set_profile(**own, manual=frozenset({Manual.REPORTS.value}), quiet=(time(20), time(8)))
    assert needs_approval(COMMUNITY, Manual.REPORTS, NOW)
    assert not needs_approval(OTHER_COMMUNITY, Manual.REPORTS, NOW)
    assert profile_of(COMMUNITY, NOW - timedelta(days=1)) == standard("routine", TODAY)
    with pytest.raises(RuleBroken, match=r"orders\.time_percent_odd"):
        set_profile(**own, time_percent=5)
    with pytest.raises(RuleBroken, match=r"orders\.reports_too_many"):
        set_profile(**own, reports_at=tuple(time(hour) for hour in range(20)))


def test_recurring_tasks_of_the_new_mode_appear_at_once(officer: Actor) -> None:
    TaskTemplate.objects.create(
        community_id=COMMUNITY, kind="patrol", modes=["emergency"], starts_at=NOW, created_by=None
    )
    assert mode_effect(COMMUNITY, "emergency", NOW).templates_start == 1
    switch(officer, COMMUNITY, "alert")
    assert not Task.objects.exists()
    switch(officer, COMMUNITY, "emergency", NOW + timedelta(minutes=1))
    assert Task.objects.get().kind == "patrol"
