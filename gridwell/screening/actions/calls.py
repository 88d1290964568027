"""Writes of calling (喊楼、通知): who was called, how and when; those in charge told to call; visits asked for."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Case, F, Q, When

from gridwell.accounts.models import Post
from gridwell.accounts.queries import effective_holders
from gridwell.accounts.queries.who import serving
from gridwell.accounts.rules.actor import Actor, Right, Role
from gridwell.audit import actions as audit
from gridwell.audit.actions import digest_ids
from gridwell.core.clock import day_of
from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.notify import actions as notify
from gridwell.places.models import Place
from gridwell.screening.actions import require, work
from gridwell.screening.actions.rounds import opened
from gridwell.screening.hours import span
from gridwell.screening.labels.calls import CALL_NOW, CHOSEN, COUNTS, TOLD
from gridwell.screening.models import Call, Round, RoundMember
from gridwell.screening.queries.calls import Part
from gridwell.screening.queries.members import members_of, with_status
from gridwell.screening.rules.coverage import MISSING
from gridwell.tasks.models import Task

_MISSING = frozenset(status.value for status in MISSING)
UNDO = timedelta(hours=1)
EARLIER = timedelta(days=1)
A_STEP = 800


@transaction.atomic
def call_parts(
    *,
    actor: Actor,
    round: Round,
    parts: Sequence[Part],
    how: str,
    ref: UUID,
    now: datetime,
    called_at: datetime | None = None,
) -> int:
    """Record that buildings, units or doors were called (喊楼) and return how many people that meant.

    Counts for whoever is to come down and is neither sampled nor exempt. `ref` is the sender's own
    key: sent again it changes nothing. A part in which nobody is left is left out.
    """
    at = _checked(actor, round, how, now, called_at, CHOSEN)
    row = opened(round)
    if not parts:
        raise RuleBroken("screening.tick_something")
    missing = set(_still_missing(actor, row, [pk for part in parts for pk in part.left]))
    counted = {part.key: [pk for pk in part.left if pk in missing] for part in parts}
    if not any(counted.values()):
        raise RuleBroken("screening.call_nobody")
    people: set[int] = set()
    for part in parts:
        ids = counted[part.key]
        if ids and _keep(actor, row, part.place, how, len(ids), at, uuid5(ref, part.key), now):
            people.update(ids)
    _count(people, at)
    _record("called", actor, row, now, how=how, people=len(people))
    work.follow_calls(round=row, now=now)
    return len(people)


@transaction.atomic
def call_people(
    *,
    actor: Actor,
    round: Round,
    members: Collection[int],
    how: str,
    ref: UUID,
    now: datetime,
) -> int:
    """Record that people were called again by door (再次通知) and return how many.

    One call for each door. Only people of the actor's grids who are still missing count.
    """
    _checked(actor, round, how, now, None, CHOSEN)
    row = opened(round)
    by_door: dict[int, list[int]] = defaultdict(list)
    rows = with_status(members_of(actor, row).filter(pk__in=list(members)), row)
    for pk, dwelling, building, status in rows.values_list(
        "pk", "dwelling_id", "building_id", "status"
    ):
        if status in _MISSING and (dwelling or building):
            by_door[dwelling or building].append(pk)
    if not by_door:
        raise RuleBroken("screening.call_nobody")
    people: set[int] = set()
    places = Place.objects.in_bulk(list(by_door))
    for place, ids in by_door.items():
        if _keep(actor, row, places[place], how, len(ids), now, uuid5(ref, f"p{place}"), now):
            people.update(ids)
    _count(people, now)
    if people:
        _record("called", actor, row, now, how=how, people=len(people), ids=digest_ids(people))
    work.follow_calls(round=row, now=now)
    return len(people)


def house_called(task: Task, *, actor: Actor, happened_at: datetime, now: datetime) -> None:
    """Write the call that doing such a task is (楼院长喊楼), under the name of who did it.

    The task was theirs, which is the right; a round that is closed meanwhile takes no call any more.
    """
    number = whole_number(task.basis.partition(":")[2]) or 0
    rows = Round.objects.select_related("order", "order__zone")
    round = rows.filter(community_id=task.community_id, pk=number, state="open").first()
    place = Place.objects.filter(community_id=task.community_id, pk=task.subject).first()
    if round is not None and place is not None:
        ref = uuid5(task.ref, happened_at.isoformat())
        _call_house(actor, round, place, ref, happened_at, now)


def _call_house(
    actor: Actor, round: Round, place: Place, ref: UUID, at: datetime, now: datetime
) -> None:
    rows = RoundMember.objects.filter(
        Q(building=place) | Q(unit=place),
        community_id=round.community_id,
        round=round,
        removed_at=None,
        at_door=False,
    )
    ids = _missing(with_status(rows, round))
    if ids and _keep(actor, round, place, "head", len(ids), at, ref, now):
        _count(ids, at)
        _record("called", actor, round, now, how="head", people=len(ids))


def _checked(
    actor: Actor,
    round: Round,
    how: str,
    now: datetime,
    called_at: datetime | None,
    allowed: Collection[str],
) -> datetime:
    require(actor, Right.RECORD_HEALTH, round.community_id)
    if how not in allowed:
        raise RuleBroken("screening.call_unknown")
    at = called_at or now
    if at > now:
        raise RuleBroken("screening.call_in_the_future")
    if round.opened_at is not None and day_of(at) < day_of(round.opened_at):
        raise RuleBroken("screening.call_before_opening")
    return at


def _still_missing(actor: Actor, round: Round, members: Sequence[int]) -> list[int]:
    """Return who of these has not come at this instant: one query for eight hundred."""
    found: list[int] = []
    for start in range(0, len(members), A_STEP):
        rows = members_of(actor, round).filter(pk__in=members[start : start + A_STEP])
        found += _missing(with_status(rows, round))
    return found


def _missing(rows: Any) -> list[int]:
    return sorted(pk for pk, status in rows.values_list("pk", "status") if status in _MISSING)


def _keep(
    actor: Actor,
    round: Round,
    place: Place,
    how: str,
    people: int,
    at: datetime,
    ref: UUID,
    now: datetime,
) -> bool:
    """Write a call and return whether it is new."""
    _, is_new = Call.objects.get_or_create(
        community_id=round.community_id,
        ref=ref,
        defaults={
            "round": round,
            "place": place,
            "how": how,
            "people": people,
            "called_at": at,
            "called_by": actor.user_id,
            "recorded_at": now,
        },
    )
    return is_new


def _count(members: Collection[int], at: datetime) -> None:
    """Count a call for these people; the latest call is what the list shows."""
    ids = sorted(members)
    for start in range(0, len(ids), A_STEP):
        RoundMember.objects.filter(pk__in=ids[start : start + A_STEP]).update(
            calls=F("calls") + 1,
            called_at=Case(When(called_at__gt=at, then=F("called_at")), default=at),
        )


@transaction.atomic
def take_back_call(*, actor: Actor, call: Call, now: datetime) -> None:
    """Take back a call that was entered by mistake (撤回误记), within an hour; the row stays.

    Whoever was counted by it is counted once less.
    """
    require(actor, Right.RECORD_HEALTH, call.community_id)
    row = opened(call.round)
    if now - call.recorded_at > UNDO:
        raise RuleBroken("screening.call_too_old")
    done = Call.objects.filter(pk=call.pk, taken_back_at=None, how__in=COUNTS).update(
        taken_back_at=now, taken_back_by=actor.user_id
    )
    if not done:
        raise RuleBroken("screening.call_gone")
    there = Q(building=call.place_id) | Q(unit=call.place_id) | Q(dwelling=call.place_id)
    rows = RoundMember.objects.filter(
        there, community_id=row.community_id, round=row, called_at=call.called_at, calls__gt=0
    )
    rows.update(
        calls=F("calls") - 1,
        called_at=Case(When(calls=1, then=None), default=F("called_at")),
    )
    audit.record(
        "screening.call_taken_back",
        actor=actor,
        community=row.community_id,
        subject=call,
        at=now,
        round=row.pk,
        people=call.people,
    )


@transaction.atomic
def tell_heads(
    *, actor: Actor, round: Round, parts: Sequence[Part], name: str, ref: UUID, now: datetime
) -> int:
    """Tell those in charge of these houses to call them (通知楼院长喊楼) and return how many were told.

    Building and unit heads, and the grid's workers, whoever holds these posts now. Nobody's call is
    counted by it: that is written when they say it is done. `name` is what the round is called.
    """
    require(actor, Right.RECORD_HEALTH, round.community_id)
    row = opened(round)
    left = [part for part in parts if part.missing]
    if not left:
        raise RuleBroken("screening.call_nobody" if parts else "screening.tick_something")
    by_user = _in_charge(actor, row, left, now)
    if not by_user:
        raise RuleBroken("screening.nobody_in_charge")
    told = notify.tell(
        users=by_user,
        kind=CALL_NOW,
        community=row.community_id,
        facts={"round": name},
        each={user: _said(own) for user, own in by_user.items()},
        link="/work/mine/",
        is_urgent=True,
        key=f"{CALL_NOW}:{ref}",
        now=now,
    )
    if told:
        houses = {_house(part.place) for part in left}
        work.ask_calls(actor=actor, round=row, buildings=houses, now=now)
        for part in left:
            _keep(actor, row, part.place, TOLD, part.missing, now, uuid5(ref, part.key), now)
        _record("heads_told", actor, row, now, count=told, people=sum(p.missing for p in left))
    return told


def _said(parts: Sequence[Part]) -> dict[str, Any]:
    """Return what one person is told: places with their times, and how many people these are."""
    words = []
    for part in parts[:12]:
        slot = part.slot
        if slot is None:
            words.append(part.place.full_name)
        else:
            times = span(slot.starts_at, slot.ends_at, slot.round.on)
            words.append(f"{part.place.full_name} {times} {slot.site.name}")
    return {
        "count": sum(part.missing for part in parts),
        "places": [*words, *(["…"] if len(parts) > len(words) else [])],
    }


def _in_charge(
    actor: Actor, round: Round, parts: Sequence[Part], now: datetime
) -> dict[int, list[Part]]:
    """Return user -> the parts of which that person is in charge; four queries."""
    houses = {pk for part in parts for pk in (part.place.pk, _house(part.place))}
    grids = _grids_of(actor, round)
    heads = Q(role__in=[Role.BUILDING_HEAD, Role.UNIT_HEAD], place__in=houses)
    workers = Q(role=Role.GRID_WORKER)
    posts = list(
        Post.objects.filter(serving(now), heads | workers, area_id=round.community_id)
        .prefetch_related("grids")
        .order_by("pk")
    )
    held = effective_holders([post.pk for post in posts], now)
    found: dict[int, list[Part]] = defaultdict(list)
    for post in posts:
        user = held.get(post.pk)
        if user is None:
            continue
        own = {grid.pk for grid in post.grids.all()} if post.role == Role.GRID_WORKER else set()
        for part in parts:
            house = _house(part.place)
            is_theirs = (
                bool(own & grids.get(house, set()))
                if post.role == Role.GRID_WORKER
                else post.place_id in {part.place.pk, house}
            )
            if is_theirs and part not in found[user]:
                found[user].append(part)
    return {user: own for user, own in found.items() if own}


def _house(place: Place) -> int:
    """Return the house a part stands in: the building of a unit, else the place itself."""
    return place.building_id or place.pk


def _grids_of(actor: Actor, round: Round) -> dict[int, set[int]]:
    """Return building -> the grids of whoever is due there: one query."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = members_of(actor, round).order_by().values_list("building_id", "grid_id").distinct()
    for building, grid in rows:
        if building is not None and grid is not None:
            found[building].add(grid)
    return found


@transaction.atomic
def ask_visits(*, actor: Actor, round: Round, members: Collection[int], now: datetime) -> int:
    """Ask for a visit to the doors of people who are missing (上门查找) and return how many new ones.

    A task for each household, or door where nobody is registered; asked for again it is the same.
    """
    require(actor, Right.RECORD_HEALTH, round.community_id)
    row = opened(round)
    rows = with_status(members_of(actor, row).filter(pk__in=list(members)), row)
    doors = {
        (household, dwelling)
        for household, dwelling, status in rows.values_list("household_id", "dwelling_id", "status")
        if status in _MISSING and (household or dwelling)
    }
    if not doors:
        raise RuleBroken("screening.call_nobody")
    made = work.make_visits(actor=actor, round=row, doors=doors, now=now)
    if made:
        _record("visits_asked", actor, row, now, count=made)
    return made


def _record(act: str, actor: Actor, round: Round, now: datetime, **facts: Any) -> None:
    audit.record(
        f"screening.{act}",
        actor=actor,
        community=round.community_id,
        subject=round,
        at=now,
        **facts,
    )
