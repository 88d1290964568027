"""The plan's work becomes tasks (推演转任务): asked for twice it is one, and it ends with its basis."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import hold, record
from gridwell.core.bulk import insert_rows
from gridwell.core.clock import day_of
from gridwell.core.ids import new_ref
from gridwell.orders.queries.modes import profile_of
from gridwell.orders.rules.modes import Profile
from gridwell.plan.models import DayPlan
from gridwell.plan.rules.plan import Plan, WorkGroup
from gridwell.tasks.actions.ends import end_tasks
from gridwell.tasks.actions.homes import rehome
from gridwell.tasks.actions.journal import write_events
from gridwell.tasks.actions.sampled import close_sampled
from gridwell.tasks.kinds import Kind, kind_of
from gridwell.tasks.models import Task
from gridwell.tasks.queries.merged import survivors_of_subjects
from gridwell.tasks.queries.responsible import NOWHERE, charge_of, chunks, spots_of
from gridwell.tasks.rules.due import ONCE, due_after, due_of_day, within
from gridwell.tasks.rules.states import ACTIVE
from gridwell.tasks.rules.sync import Key, Standing, facts_of, order_of, wanted_of, why_ended

#: Ended by the program for these reasons, a task comes back when the plan asks for it again.
_COMES_BACK = frozenset({"basis_ended", "not_concerned", "merged"})
_LAST_RANK = 100

_COLUMNS = (
    "community", "ref", "kind", "subject_kind", "subject", "place", "building", "grid", "post",
    "title", "words", "facts", "origin", "basis", "slot", "state", "is_urgent", "rank", "starts_at",
    "due_at", "ends_at", "asked_at", "end_reason", "level", "created_at", "changed_at",
)  # fmt: skip


@dataclass(frozen=True)
class Synced:
    """What bringing tasks in line with the plan did."""

    created: int = 0
    ended: int = 0
    followed: int = 0  # to the entry their subject was merged into
    revived: int = 0
    sampled: int = 0  # samplings closed because everybody there was sampled

    @property
    def is_nothing(self) -> bool:
        """Return whether everything was as it should be."""
        return self == Synced()


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    key: Key
    state: str
    end_reason: str
    act: str

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE


def follow_plan(community: int, day: date, plan: Plan, now: datetime) -> None:
    """Bring the tasks in line with a stored day; days other than today are looked at, not worked.

    A day before one that is stored already is history too, whatever the act's own time says.
    """
    is_over = DayPlan.objects.filter(community_id=community, day__gt=day).exists()
    if day == day_of(now) and not is_over:
        sync_plan(community=community, plan=plan, now=now)


@transaction.atomic
def sync_plan(*, community: int, plan: Plan, now: datetime) -> Synced:
    """Make the tasks that today's plan asks for and end those it asks for no more; set-based.

    A second run changes nothing. Done and checked tasks are never touched. A plan of another day
    is refused by the caller.
    """
    hold(community)  # one sync at a time
    wanted = wanted_of(plan, now)
    rows = _present(community, plan, wanted)
    followed, merged = _follow_merges(community, rows, wanted, now)
    known = {row.key for row in rows.values()}
    standing = Standing.of(plan, now)
    asked = {order_of(key[3]) for key in wanted}
    today = plan.day.isoformat()
    ending: dict[str, list[int]] = defaultdict(list)
    ending["merged"] += merged
    for row in rows.values():
        if row.is_active and row.key not in wanted and row.pk not in merged:
            reason = why_ended(row.key, row.act, today=today, standing=standing, asked=asked)
            if reason is not None:
                ending[reason].append(row.pk)
    ended = sum(end_tasks(community, pks, reason, now=now) for reason, pks in ending.items())
    revived = _revive(community, rows.values(), wanted, now)
    created = _create(community, plan, {k: g for k, g in wanted.items() if k not in known}, now)
    rehome(community=community, now=now)
    sampled = close_sampled(community, plan, now)
    done = Synced(created, ended, followed, revived, sampled)
    if not done.is_nothing:
        record(
            "tasks.synced",
            actor=Actor.system(community),
            community=community,
            at=now,
            day=today,
            created=created,
            ended=ended,
            followed=followed,
            revived=revived,
            sampled=sampled,
        )
    return done


def _present(community: int, plan: Plan, wanted: Mapping[Key, WorkGroup]) -> dict[int, _Row]:
    """Return what there is already: today's, everything still open, and single work of these bases."""
    bases = {key[3] for key in wanted if key[4] == ONCE}
    tasks = Task.objects.filter(community_id=community, origin="plan")
    tasks = tasks.filter(
        Q(slot=plan.day.isoformat()) | Q(state__in=ACTIVE) | Q(slot=ONCE, basis__in=bases)
    )
    single = tasks.filter(slot=ONCE, state__in=ACTIVE)
    acts = dict(single.values_list("pk", "facts__act"))
    rows = tasks.values_list(
        "pk", "kind", "subject_kind", "subject", "basis", "slot", "state", "end_reason"
    )
    return {
        pk: _Row(pk, (kind, subject_kind, subject, basis, slot), state, reason, acts.get(pk) or "")
        for pk, kind, subject_kind, subject, basis, slot, state, reason in rows
    }


def _follow_merges(
    community: int, rows: dict[int, _Row], wanted: Mapping[Key, WorkGroup], now: datetime
) -> tuple[int, list[int]]:
    """Move tasks of merged entries to the survivor; return how many, and those that are there twice."""
    lost = [row for row in rows.values() if row.key not in wanted]
    survivors = survivors_of_subjects(community, {(r.key[1], r.key[2]) for r in lost})
    if not survivors:
        return 0, []
    held = {row.key for row in rows.values()}
    moved: list[int] = []
    twice: list[int] = []
    spots = spots_of(community, {(kind, pk) for (kind, _), pk in survivors.items()})
    for row in lost:
        kind, subject_kind, subject, basis, slot = row.key
        survivor = survivors.get((subject_kind, subject))
        if survivor is None:
            continue
        key = (kind, subject_kind, survivor, basis, slot)
        if key in held:
            if row.is_active:
                twice.append(row.pk)
            continue
        spot = spots.get((subject_kind, survivor), NOWHERE)
        Task.objects.filter(community_id=community, pk=row.pk).update(
            subject=survivor,
            place_id=spot.place,
            building_id=spot.building,
            grid_id=spot.grid,
            changed_at=now,
        )
        rows[row.pk] = _Row(row.pk, key, row.state, row.end_reason, row.act)
        held.add(key)
        moved.append(row.pk)
    write_events(community, moved, "move", now=now, reason="merged")
    return len(moved), twice


def _revive(
    community: int, rows: Iterable[_Row], wanted: Mapping[Key, WorkGroup], now: datetime
) -> int:
    """Open again what ended by itself and is asked for once more."""
    pks = [
        row.pk
        for row in rows
        if row.state == "ended" and row.end_reason in _COMES_BACK and row.key in wanted
    ]
    for part in chunks(pks):
        Task.objects.filter(community_id=community, pk__in=part).update(
            state="open",
            end_reason="",
            ended_at=None,
            taken_by=None,
            taken_at=None,
            asked_at=now,
            changed_at=now,
        )
    write_events(community, pks, "reopen", now=now, reason="asked_again")
    return len(pks)


def _create(community: int, plan: Plan, new: Mapping[Key, WorkGroup], now: datetime) -> int:
    if not new:
        return 0
    spots = spots_of(community, {(key[1], key[2]) for key in new})
    charge = charge_of(community, now)
    profile = profile_of(community, now)
    ranks = plan.priority_of
    shared: dict[int, tuple[dict[str, Any], datetime, datetime, datetime | None]] = {}

    def rows() -> Iterable[tuple[Any, ...]]:
        for key, group in new.items():
            code, subject_kind, subject, basis, slot = key
            kind = kind_of(code)
            if id(group) not in shared:
                shared[id(group)] = (facts_of(group), *_window(kind, group, plan.day, profile, now))
            facts, starts_at, due_at, ends_at = shared[id(group)]
            spot = spots.get((subject_kind, subject), NOWHERE)
            priority = ranks.get(subject) if subject_kind == "household" else None
            yield (
                community, new_ref(), code, subject_kind, subject, spot.place, spot.building,
                spot.grid, charge.post_for(kind, spot), "", "", facts, "plan", basis, slot, "open",
                kind.is_urgent, priority.rank if priority else _LAST_RANK, starts_at, due_at,
                ends_at, max(now, starts_at), "", "", now, now,
            )  # fmt: skip

    return insert_rows(Task, _COLUMNS, rows())


def _window(
    kind: Kind, group: WorkGroup, day: date, profile: Profile, now: datetime
) -> tuple[datetime, datetime, datetime | None]:
    """Return when the work can begin, when it is due, and when its basis is known to end."""
    starts_at = group.from_at or now
    if group.slot == "day":
        ends_at = group.until_at
        due_at = due_of_day(day, kind.by_hour[profile.mode], max(now, starts_at))
    else:
        ends_at = None
        due_at = due_after(starts_at, kind.minutes_in(profile, day), now)
    return starts_at, within(due_at, ends_at, now), ends_at
