"""Acts: every refusal, the audit row, history that stays, and what a retry must not do twice."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from gridwell.accounts import actions as accounts
from gridwell.accounts.models import Post, Team, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_user
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.organisation import queries
from gridwell.organisation.actions import feeds, groups, naming, roster
from gridwell.organisation.models import CalendarFeed, Charge, Helper, Shift
from gridwell.organisation.rules.kinds import GapKind, HelperRole, Party
from gridwell.organisation.rules.naming import Named
from gridwell.organisation.tests.make import (
    NOW,
    make_building,
    make_head,
    make_roster_post,
    make_shift,
    make_team,
)
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_grid
from gridwell.residents.tests.make import make_household

LATER = NOW + timedelta(hours=1)


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def test_a_charge_is_named_once_and_its_end_stays(officer: Actor) -> None:
    building = make_building()
    named = Named(name="李向前", telephone="13800000000", unit="市直机关工委")

    def again(now: datetime = NOW) -> Charge:
        return naming.name_charge(
            actor=officer, community=COMMUNITY, place=building, named=named, now=now
        )

    charge = again()
    with pytest.raises(RuleBroken, match=r"organisation\.same_charge"):
        again()
    naming.end_charge(actor=officer, charge=charge, reason="调走", now=LATER)
    assert not queries.charges_of(officer, COMMUNITY, LATER).exists()
    ended = queries.charges_before(officer, COMMUNITY, LATER).get()
    assert (ended.ended_reason, ended.starts_at, ended.ends_at) == ("调走", NOW, LATER)
    # What was known before is still there: the row that had no end, superseded.
    assert Charge.objects.get(superseded_at=LATER).ends_at is None
    assert acts() == ["organisation.charge_named", "organisation.charge_ended"]
    again(LATER)  # the same person can come back


def test_an_end_needs_a_reason_and_comes_once(officer: Actor) -> None:
    charge = naming.name_charge(
        actor=officer, community=COMMUNITY, grid=make_grid(), named=Named(name="李"), now=NOW
    )
    with pytest.raises(RuleBroken, match=r"organisation\.reason_needed"):
        naming.end_charge(actor=officer, charge=charge, reason=" ", now=LATER)
    first = Charge.objects.get(pk=charge.pk)
    second = Charge.objects.get(pk=charge.pk)
    naming.end_charge(actor=officer, charge=first, reason="调走", now=LATER)
    with pytest.raises(RuleBroken, match=r"organisation\.changed_meanwhile"):
        naming.end_charge(actor=officer, charge=second, reason="调走", now=LATER)


def test_who_may_not_name(officer: Actor, other_officer: Actor, grid_worker: Actor) -> None:
    building = make_building()
    for stranger in (other_officer, grid_worker):
        with pytest.raises(NotVisible):
            naming.name_charge(
                actor=stranger, community=COMMUNITY, place=building, named=Named(name="李"), now=NOW
            )
    outsider = make_user(username="outsider")
    with pytest.raises(RuleBroken, match=r"organisation\.person_elsewhere"):
        naming.name_charge(
            actor=officer,
            community=COMMUNITY,
            place=building,
            named=Named(user=outsider.pk),
            now=NOW,
        )
    with pytest.raises(RuleBroken, match=r"organisation\.place_or_grid"):
        naming.name_charge(actor=officer, community=COMMUNITY, named=Named(name="李"), now=NOW)
    with pytest.raises(RuleBroken, match=r"organisation\.place_elsewhere"):
        naming.name_charge(
            actor=officer,
            community=COMMUNITY,
            grid=make_grid(community=OTHER_COMMUNITY),
            named=Named(name="李"),
            now=NOW,
        )


def five(**named: Named) -> dict[HelperRole, Named]:
    return {role: named.get(role.value, Named()) for role in HelperRole}


def test_the_five_are_set_replaced_and_remembered(officer: Actor) -> None:
    household = make_household()
    token = queries.five_token({})
    first = five(cadre=Named(name="张", telephone="13800000001"), police=Named(name="刘"))
    assert naming.set_five(actor=officer, about=household, five=first, seen=token, now=NOW) == 2
    standing = queries.five_of(household, NOW)
    token = queries.five_token(standing)
    assert naming.set_five(actor=officer, about=household, five=first, seen=token, now=NOW) == 0
    second = five(cadre=Named(name="赵"))
    naming.set_five(actor=officer, about=household, five=second, seen=token, now=LATER)
    assert {role.value: row.name for role, row in queries.five_of(household, LATER).items()} == {
        "cadre": "赵"
    }
    before = queries.answering_for(household, (), LATER).before
    assert {row.name for row in before} == {"张", "刘"}
    assert Helper.objects.filter(telephone="13800000001").exists()  # kept encrypted, found whole
    assert acts().count("organisation.five_set") == 2


def test_the_second_of_two_editors_of_the_five_is_told(officer: Actor) -> None:
    household = make_household()
    token = queries.five_token({})
    naming.set_five(
        actor=officer, about=household, five=five(cadre=Named(name="张")), seen=token, now=NOW
    )
    with pytest.raises(RuleBroken, match=r"organisation\.changed_meanwhile"):
        naming.set_five(
            actor=officer,
            about=household,
            five=five(medic=Named(name="李")),
            seen=token,
            now=NOW,
        )


def test_a_named_post_shows_who_acts(officer: Actor) -> None:
    household = make_household()
    post, holder = make_roster_post(username="worker", deputy="worker_b")
    naming.set_five(
        actor=officer,
        about=household,
        five=five(grid_worker=Named(post=post.pk)),
        seen=queries.five_token({}),
        now=NOW,
    )
    row = queries.five_of(household, NOW)[HelperRole.GRID_WORKER]
    assert queries.persons_of([row], NOW)[row.pk].name == "worker"
    accounts.record_absence(
        actor=Actor.system(0), user=holder, reason="illness", starts_at=NOW, now=NOW
    )
    person = queries.persons_of([row], LATER)[row.pk]
    assert (person.name, person.is_deputy) == ("worker_b", True)


def test_parties_replace_each_other(officer: Actor) -> None:
    household = make_household()
    for unit in ("钢厂", "钢厂", "铁厂"):
        naming.name_party(
            actor=officer,
            about=household,
            party=Party.EMPLOYER,
            named=Named(unit=unit),
            now=NOW if unit == "钢厂" else LATER,
        )
    parties = queries.parties_of(household, LATER)
    assert parties[Party.EMPLOYER].unit == "铁厂"
    assert acts().count("organisation.party_named") == 2
    naming.end_party(
        actor=officer, party=parties[Party.EMPLOYER], reason="离职", now=LATER + timedelta(hours=1)
    )
    assert not queries.parties_of(household, LATER + timedelta(hours=2))
    with pytest.raises(RuleBroken, match=r"organisation\.nobody_named"):
        naming.name_party(
            actor=officer, about=household, party=Party.PERSON, named=Named(), now=LATER
        )


# ---- groups and heads ------------------------------------------------------------------------


def test_the_usual_groups_are_made_once(officer: Actor) -> None:
    top = make_grid(number="1")
    make_grid(number="1-1", parent=top)
    make_grid(number="1-2", parent=top)
    make_grid(number="2")
    made = groups.make_usual_groups(actor=officer, community=COMMUNITY, now=NOW)
    assert len(made) == 1 + 3 * 3  # the leading group, two micro-grids, one grid without any
    assert groups.make_usual_groups(actor=officer, community=COMMUNITY, now=LATER) == []
    kinds = [gap.kind for gap in queries.gaps_of(officer, COMMUNITY, LATER)]
    assert GapKind.GROUP not in kinds
    assert kinds.count(GapKind.GROUP_EMPTY) == 10


def test_groups_of_a_grid_serve_its_micro_grids(officer: Actor) -> None:
    top = make_grid(number="1")
    make_grid(number="1-1", parent=top)
    for kind in ("sampling", "control", "logistics"):
        make_team(officer, kind=kind, grid=top)
    lacking = groups.lacking(queries.organisation_of(officer, COMMUNITY, NOW))
    assert [team.kind for team in lacking] == ["leading"]


def test_a_head_gets_an_account_that_nobody_can_sign_in_with_yet(officer: Actor) -> None:
    building = make_building()
    post = make_head(officer, building)
    assert (post.role, post.place_id) == (Role.BUILDING_HEAD, building.pk)
    assert post.holder is not None
    assert not post.holder.has_usable_password()
    with pytest.raises(RuleBroken, match=r"organisation\.head_exists"):
        make_head(officer, building, name="别人")
    accounts.change_holder(
        actor=officer, post=post, holder=None, seen=post.holder_id, reason="调走", now=LATER
    )
    again = make_head(officer, building, name="别人")
    assert again.pk == post.pk
    # A head has no desk: nothing of the register is theirs.
    head = actor_of(User.objects.get(name="别人"), LATER)
    assert not head.posts
    assert not head.covers(COMMUNITY)


def test_a_member_who_leads(officer: Actor) -> None:
    team = make_team(officer)
    post = groups.name_member(
        actor=officer, team=team, named=Named(name="陈"), is_leader=True, now=NOW
    )
    view = queries.group_of(Team.objects.get(pk=team.pk), NOW)
    assert view.leader_name == "陈"
    assert view.members == []
    with pytest.raises(RuleBroken, match=r"accounts\.team_has_posts"):
        accounts.end_team(actor=officer, team=team, reason="并组", now=LATER)
    accounts.end_post(actor=officer, post=post, reason="并组", now=LATER)
    accounts.end_team(actor=officer, team=Team.objects.get(pk=team.pk), reason="并组", now=LATER)


def test_gaps_close_one_by_one(officer: Actor) -> None:
    building = make_building(grid=make_grid(number="1"))

    def kinds() -> set[GapKind]:
        return {gap.kind for gap in queries.gaps_of(officer, COMMUNITY, NOW)}

    assert {
        GapKind.LEADING,
        GapKind.GRID,
        GapKind.GROUP,
        GapKind.BUILDING,
        GapKind.CHARGE,
    } <= kinds()
    make_head(officer, building)
    assert GapKind.BUILDING not in kinds()
    naming.name_charge(
        actor=officer, community=COMMUNITY, place=building.parent, named=Named(name="李"), now=NOW
    )
    assert GapKind.CHARGE not in kinds()  # the compound's person answers for its buildings


# ---- the roster ------------------------------------------------------------------------------


def test_a_turn_sent_twice_stands_once(officer: Actor) -> None:
    post, user = make_roster_post()
    ref = uuid4()
    assert (
        make_shift(officer, post, user, ref=ref).pk == make_shift(officer, post, user, ref=ref).pk
    )
    assert acts().count("organisation.shift_made") == 1
    with pytest.raises(RuleBroken, match=r"organisation\.shift_"):
        make_shift(officer, post, user)


def test_overlaps_are_refused_by_name_unless_a_reason_is_given(officer: Actor) -> None:
    post, user = make_roster_post()
    other, _ = make_roster_post(username="night", deputy="gate")
    make_shift(officer, post, user)
    with pytest.raises(RuleBroken) as refused:
        make_shift(officer, other, user, hours=4)
    assert refused.value.code == "organisation.shift_overlaps"
    assert refused.value.facts["name"] == "gate"
    shift = make_shift(officer, other, user, hours=4, override_reason="两处相邻")
    entry = AuditEntry.objects.get(subject=shift.pk, act="organisation.shift_made")
    assert (entry.reason, entry.user) == ("两处相邻", officer.user_id)
    make_shift(officer, other, user, hours=12)  # begins when the other ends


def test_bad_turns(officer: Actor, other_officer: Actor, grid_worker: Actor) -> None:
    post, user = make_roster_post()
    for length, code in ((0, "shift_backwards"), (80, "shift_too_long")):
        with pytest.raises(RuleBroken, match=code):
            make_shift(officer, post, user, length=length)
    with pytest.raises(RuleBroken, match="not_of_post"):
        make_shift(officer, post, make_user(username="passer_by"))
    for stranger in (other_officer, grid_worker):
        with pytest.raises(NotVisible):
            make_shift(stranger, post, user)
    Post.objects.filter(pk=post.pk).update(ends_at=NOW)
    post.refresh_from_db()
    with pytest.raises(RuleBroken, match=r"accounts\.post_ended"):
        make_shift(officer, post, user)


def test_changing_and_cancelling(officer: Actor) -> None:
    post, user = make_roster_post(deputy="gate_b")
    shift = make_shift(officer, post, user)
    deputy = User.objects.get(username="gate_b")
    values = {"starts_at": shift.starts_at, "ends_at": shift.ends_at, "remark": "东门"}
    changed = roster.change_shift(
        actor=officer, shift=shift, user=deputy, seen=0, now=LATER, **values
    )
    assert (changed.user_id, changed.sequence) == (deputy.pk, 1)
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        roster.change_shift(actor=officer, shift=shift, user=user, seen=0, now=LATER, **values)
    with pytest.raises(RuleBroken, match="reason_needed"):
        roster.cancel_shift(actor=officer, shift=shift, reason="", now=LATER)
    roster.cancel_shift(actor=officer, shift=shift, reason="停课", now=LATER)
    with pytest.raises(RuleBroken, match="shift_over"):
        roster.cancel_shift(actor=officer, shift=shift, reason="停课", now=LATER)
    make_shift(officer, post, user)  # the place on the roster is free again


def test_copying_a_week_twice(officer: Actor) -> None:
    post, user = make_roster_post()
    for day in range(3):
        make_shift(officer, post, user, hours=24 * day)
    monday = queries.turn_by(Shift.objects.earliest("starts_at")).starts_at.date() - timedelta(
        days=2
    )
    args = {"actor": officer, "area": COMMUNITY, "source": monday, "now": NOW}
    first = roster.copy_week(target=monday + timedelta(days=7), **args)
    assert (len(first.new), first.same) == (3, 0)
    again = roster.copy_week(target=monday + timedelta(days=7), **args)
    assert (len(again.new), again.same) == (0, 3)
    assert Shift.objects.count() == 6


def test_who_stands_in_on_the_roster(officer: Actor) -> None:
    post, user = make_roster_post(deputy="gate_b")
    make_shift(officer, post, user)
    accounts.record_absence(
        actor=Actor.system(0), user=user, reason="illness", starts_at=NOW, now=NOW
    )
    (view,) = queries.on_duty(officer, COMMUNITY, LATER)
    assert (view.is_away, view.stands_in) == (True, "gate_b")


def test_one_address_at_a_time_and_no_secret_is_kept(officer: Actor) -> None:
    _feed, token = feeds.make_feed(actor=officer, now=NOW)
    feed, second = feeds.make_feed(actor=officer, now=LATER)
    assert queries.feed_by_token(token) is None
    assert queries.feed_by_token(second) == feed
    assert not CalendarFeed.objects.filter(digest__contains=second).exists()
    assert second not in str(list(AuditEntry.objects.values_list("facts", flat=True)))
    feeds.revoke_feed(actor=officer, feed=feed, now=LATER)
    assert queries.feed_by_token(second) is None


def test_nobody_closes_anothers_address(officer: Actor, other_officer: Actor) -> None:
    feed, token = feeds.make_feed(actor=officer, now=NOW)
    with pytest.raises(NotVisible):
        feeds.revoke_feed(actor=other_officer, feed=feed, now=NOW)
    assert queries.feed_by_token(token) is not None
    User.objects.filter(pk=officer.user_id).update(is_active=False)
    assert queries.feed_by_token(token) is None  # a locked account has no calendar either
