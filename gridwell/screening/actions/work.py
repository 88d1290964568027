"""The work that a round makes (轮次任务): calling, door sampling, visits, boxes; it closes by what is recorded.

Sampling groups and building heads are posts: tasks land with them. Everything here is set-based and
changes nothing when it is done again; it runs inside the transaction of what caused it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.health.models import Hold, Sample
from gridwell.places.models import Place
from gridwell.plan.rules.plan import Plan, WorkCode
from gridwell.residents.queries.entries import entries_of
from gridwell.screening.call_texts import Turn, task_words
from gridwell.screening.models import Box, Round, RoundMember
from gridwell.screening.queries.calls import turns_of
from gridwell.screening.queries.members import with_status
from gridwell.screening.rules.coverage import MISSING, Status
from gridwell.tasks.actions.bulk import Wanted, close_many, create_many, end_many, reopen_many
from gridwell.tasks.actions.ends import end_for_basis
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.rules.states import ACTIVE

ORIGIN = "round"
CALL, DOOR, VISIT, BOX, SINGLE = (
    "call_building", "door_sampling", "visit_missing", "transport_box", "resample",
)  # fmt: skip
_MISSING = frozenset(status.value for status in MISSING)
#: A call is due so long before the slot, without slots by this hour; door sampling and visits by theirs.
BEFORE = timedelta(minutes=15)
CALL_BY, DOOR_BY = 9, 17
LEAST = timedelta(hours=1)
IN_TRANSIT = timedelta(hours=1)
"""A box may stand so long before it is on its way (转运时限)."""

Home = tuple[str, int]  # ("household", id) or ("place", id of the door)


def basis_of(round: Round) -> str:
    """Return the basis of all work of a round."""
    return f"round:{round.pk}"


def home_of(household: int | None, dwelling: int | None) -> Home | None:
    """Return whom a task at a door is about: the household, else the door."""
    if household is not None:
        return "household", household
    return ("place", dwelling) if dwelling is not None else None


def begin(*, actor: Actor, round: Round, plan: Plan, now: datetime) -> None:
    """Make the work of a round that opens (开轮派单): a call for each building, a visit for each door
    at which somebody is sampled. Done again after changes it adds what is new."""
    make_calls(actor=actor, round=round, now=now)
    make_doors(actor=actor, round=round, plan=plan, now=now)


def end(*, round: Round, now: datetime) -> int:
    """End what is still open when the round closes (结轮销单), with that reason; return how many."""
    return end_for_basis(
        community=round.community_id, basis=basis_of(round), reason="round_closed", now=now
    )


def resume(*, round: Round, now: datetime) -> int:
    """Open again what had ended with the round when it closed (重开派单); return how many."""
    ended = Task.objects.filter(
        community_id=round.community_id,
        basis=basis_of(round),
        state="ended",
        end_reason="round_closed",
    )
    return reopen_many(
        community=round.community_id,
        tasks=list(ended.values_list("pk", flat=True)),
        reason="round_reopened",
        now=now,
    )


def _members(round: Round) -> Any:
    return RoundMember.objects.filter(
        community_id=round.community_id, round_id=round.pk, removed_at=None
    )


def _at(round: Round, hour: int, now: datetime) -> datetime:
    return max(clock.start_of(round.on) + timedelta(hours=hour), now + LEAST)


def _facts(round: Round, **more: str | int) -> dict[str, str | int]:
    """Return what a task keeps for its wording; the purpose and number are worded when it is shown."""
    order = round.order
    return {
        "purpose": order.purpose,
        "number": order.number,
        "zone": order.zone.name if order.zone is not None else "",
        **more,
    }


# Calling


def make_calls(*, actor: Actor, round: Round, now: datetime) -> int:
    """Make the task of calling each building in which somebody is to come down; return how many new."""
    rows = with_status(_members(round).filter(at_door=False, building__isnull=False), round)
    buildings = rows.filter(status__in=_MISSING).order_by().values_list("building_id", flat=True)
    turns = turns_of(round)
    names = _names(round, set(buildings))
    wanted = [
        Wanted(
            subject_kind="building",
            subject=building,
            starts_at=now,
            due_at=_call_by(round, turns.get(building, ()), now),
            basis=basis_of(round),
            slot=round.on.isoformat(),
            facts=_facts(round),
            words=task_words(round, name, turns.get(building, ())),
        )
        for building, name in names.items()
    ]
    return create_many(
        actor=actor, community=round.community_id, kind=CALL, wanted=wanted, origin=ORIGIN, now=now
    )


def _names(round: Round, buildings: Collection[int]) -> dict[int, str]:
    rows = Place.objects.filter(community_id=round.community_id, pk__in=buildings)
    return dict(rows.order_by("pk").values_list("pk", "full_name"))


def _call_by(round: Round, turns: Sequence[Turn], now: datetime) -> datetime:
    """Return when a building has to be called: before its first slot, else by the morning's hour."""
    if not turns:
        return _at(round, CALL_BY, now)
    return max(min(turn.starts_at for turn in turns) - BEFORE, now)


def follow_slots(*, round: Round, now: datetime) -> int:
    """Let open calls say and be due by the slots as they are now (时段变动); return how many changed."""
    if round.state != "open":
        return 0
    turns = turns_of(round)
    tasks = list(_tasks(round, CALL))
    names = _names(round, {task.subject for task in tasks})
    changed = 0
    for task in tasks:
        own = turns.get(task.subject, ())
        words = task_words(round, names.get(task.subject, ""), own)
        if words == task.words:
            continue
        due = _call_by(round, own, now) if own else task.due_at
        changed += Task.objects.filter(pk=task.pk, state__in=ACTIVE).update(
            due_at=due, words=words, level="", raised_at=None, changed_at=now
        )
    return changed


def follow_calls(*, round: Round, now: datetime) -> int:
    """Close the calls of buildings in which everybody has been called or has come; return how many.

    Where it was asked for once more, only calls since then answer it.
    """
    tasks = {
        row[0]: row[1:]
        for row in _tasks(round, CALL).values_list("subject", "pk", "asked_at", "created_at")
    }
    if not tasks:
        return 0
    rows = with_status(_members(round).filter(at_door=False, building__in=list(tasks)), round)
    missing = rows.filter(status__in=_MISSING).order_by()
    open_still = {
        building
        for building, called_at in missing.values_list("building_id", "called_at")
        if called_at is None or _is_before(called_at, *tasks[building][1:])
    }
    done = [pk for building, (pk, *_) in tasks.items() if building not in open_still]
    return close_many(community=round.community_id, tasks=done, reason="called", now=now)


def _is_before(called_at: datetime, asked_at: datetime, created_at: datetime) -> bool:
    return created_at < asked_at and called_at < asked_at


def ask_calls(*, actor: Actor, round: Round, buildings: Collection[int], now: datetime) -> int:
    """Ask for these buildings to be called once more (再喊一遍): open tasks stay, done ones are open again."""
    make_calls(actor=actor, round=round, now=now)
    closed = Task.objects.filter(
        community_id=round.community_id,
        kind=CALL,
        basis=basis_of(round),
        subject__in=list(buildings),
    ).exclude(state__in=ACTIVE)
    tasks = list(closed.values_list("pk", flat=True))
    again = reopen_many(
        community=round.community_id,
        tasks=tasks,
        reason="asked_again",
        now=now,
        is_asked_again=True,
    )
    Task.objects.filter(pk__in=tasks, due_at__lt=now + BEFORE).update(due_at=now + BEFORE)
    return again


# Sampling at the door


def make_doors(*, actor: Actor, round: Round, plan: Plan, now: datetime) -> int:
    """Make the task of sampling each household at the door; return how many are new.

    Where the plan of the day asks for the same visit by itself, for a zone or an isolation, that
    task is the one: nobody goes twice.
    """
    asked = {
        (group.subject_kind.value, subject)
        for group in plan.work
        if group.code == WorkCode.DOOR_SAMPLING
        for subject in group.subjects
    }
    homes: dict[Home, list[int | None]] = {}
    rows = with_status(_members(round).filter(at_door=True), round)
    for household, dwelling, resident, status in rows.values_list(
        "household_id", "dwelling_id", "resident_id", "status"
    ):
        home = home_of(household, dwelling)
        if home is not None and status in _MISSING:
            homes.setdefault(home, []).append(resident)
    wanted = [
        Wanted(
            subject_kind=kind,
            subject=subject,
            starts_at=now,
            due_at=_at(round, DOOR_BY, now),
            basis=basis_of(round),
            slot=round.on.isoformat(),
            facts=_facts(round),
        )
        for (kind, subject), people in sorted(homes.items())
        if (kind, subject) not in asked
        and not all(("resident", person) in asked for person in people)
    ]
    made = create_many(
        actor=actor, community=round.community_id, kind=DOOR, wanted=wanted, origin=ORIGIN, now=now
    )
    follow_doors(round=round, now=now)
    return made


def follow_doors(*, round: Round, now: datetime, households: Collection[int] | None = None) -> None:
    """Close door samplings where nobody due at the door is missing, open them where somebody is again.

    Those that the plan asked for are closed as well; opened again are only those closed by this.
    Where nobody is on the door list any more they end. `households` narrows it to a few.
    """
    tasks = list(_door_tasks(round, households))
    if not tasks:
        return
    homes = _door_homes(round, households)
    came, gone, again = [], [], []
    own = basis_of(round)
    for pk, kind, subject, basis, state in tasks:
        counts = homes.get((kind, subject))
        if counts is None or not counts["due"]:
            if state in ACTIVE and basis == own:
                gone.append(pk)
        elif state in ACTIVE and not counts["missing"]:
            came.append(pk)
        elif state not in ACTIVE and counts["missing"]:
            again.append(pk)
    community = round.community_id
    close_many(community=community, tasks=came, reason="sampled", now=now)
    end_many(community=community, tasks=gone, reason="not_concerned", now=now)
    reopen_many(
        community=community, tasks=_closed_by_us(community, again), reason="missing_again", now=now
    )


def _door_tasks(
    round: Round, households: Collection[int] | None
) -> Iterable[tuple[int, str, int, str, str]]:
    rows = Task.objects.filter(
        Q(basis=basis_of(round)) | Q(origin="plan"),
        community_id=round.community_id,
        kind=DOOR,
        slot=round.on.isoformat(),
        state__in=(*ACTIVE, "done", "ended"),
    )
    if households is not None:
        rows = rows.filter(subject_kind="household", subject__in=households)
    return rows.values_list("pk", "subject_kind", "subject", "basis", "state")


def _closed_by_us(community: int, tasks: Collection[int]) -> list[int]:
    """Return those of these tasks that closed by themselves; what a person did stays done."""
    rows = TaskEvent.objects.filter(
        community_id=community,
        task__in=list(tasks),
        act__in=("do", "end"),
        reason__in=("sampled", "not_concerned"),
    )
    return sorted(set(rows.values_list("task_id", flat=True)))


def _door_homes(
    round: Round, households: Collection[int] | None
) -> dict[tuple[str, int], dict[str, int]]:
    """Return household, door and person -> how many are due at the door, and missing."""
    rows = _members(round).filter(at_door=True)
    if households is not None:
        rows = rows.filter(household__in=households)
    found: dict[tuple[str, int], dict[str, int]] = {}
    for household, dwelling, resident, status in with_status(rows, round).values_list(
        "household_id", "dwelling_id", "resident_id", "status"
    ):
        for key in (home_of(household, dwelling), ("resident", resident)):
            if key is not None and key[1] is not None:
                counts = found.setdefault(key, {"due": 0, "missing": 0})
                counts["due"] += status != Status.EXEMPT
                counts["missing"] += status in _MISSING
    return found


def at_door_changed(*, round: Round, household: int | None, now: datetime) -> None:
    """Follow one sample taken or taken back at a door, or one person who is due no more; few queries."""
    if household is not None:
        follow_doors(round=round, now=now, households=[household])


def single_taken(*, community: int, resident: int | None, guest: UUID | None, now: datetime) -> int:
    """Close the re-sampling of whom a single sample was taken (单采销号), whatever its result will be.

    Of somebody who is not registered it is at the household or door, known by the hold it rests on.
    """
    if resident is not None:
        entries = entries_of(community).all_of([resident])
        who = Q(subject_kind="resident", subject__in=entries)
    else:
        held = Hold.objects.filter(community_id=community, guest=guest).values_list("pk", flat=True)
        who = Q(basis__in=[f"hold:{pk}:0" for pk in held])
    tasks = Task.objects.filter(
        who, community_id=community, kind=SINGLE, state__in=ACTIVE
    ).values_list("pk", flat=True)
    return close_many(community=community, tasks=list(tasks), reason="single_taken", now=now)


def sample_gone(sample: Sample, *, now: datetime) -> None:
    """Open the door sampling again of somebody whose sample was taken back; one query for others."""
    who = {"resident": sample.resident_id} if sample.resident_id else {"guest": sample.guest}
    member = (
        RoundMember.objects.filter(
            community_id=sample.community_id, round__ref=sample.round, at_door=True, **who
        )
        .select_related("round", "round__order", "round__order__zone")
        .first()
    )
    if member is not None and sample.purpose == "pool":
        at_door_changed(round=member.round, household=member.household_id, now=now)


# Visits and boxes


def make_visits(
    *,
    actor: Actor,
    round: Round,
    doors: Collection[tuple[int | None, int | None]],
    now: datetime,
) -> int:
    """Make a visit to each of these (household, door); one that closed by itself is open again."""
    homes = {home for pair in doors if (home := home_of(*pair)) is not None}
    wanted = [
        Wanted(
            subject_kind=kind,
            subject=subject,
            starts_at=now,
            due_at=now + LEAST,
            basis=basis_of(round),
            slot=round.on.isoformat(),
            facts=_facts(round),
        )
        for kind, subject in sorted(homes)
    ]
    made = create_many(
        actor=actor, community=round.community_id, kind=VISIT, wanted=wanted, origin=ORIGIN, now=now
    )
    closed = Task.objects.filter(
        community_id=round.community_id, kind=VISIT, basis=basis_of(round), state="done"
    ).values_list("pk", "subject_kind", "subject")
    again = [pk for pk, kind, subject in closed if (kind, subject) in homes]
    return made + reopen_many(
        community=round.community_id, tasks=again, reason="missing_again", now=now
    )


def follow_visits(*, round: Round, now: datetime) -> int:
    """Close the visits to doors behind which nobody is missing any more; return how many."""
    tasks = list(_tasks(round, VISIT).values_list("pk", "subject_kind", "subject"))
    if not tasks:
        return 0
    rows = with_status(_members(round), round).filter(status__in=_MISSING)
    missing = {home_of(*pair) for pair in rows.values_list("household_id", "dwelling_id")}
    done = [pk for pk, kind, subject in tasks if (kind, subject) not in missing]
    return close_many(community=round.community_id, tasks=done, reason="came", now=now)


def follow(*, round: Round, now: datetime) -> None:
    """Bring all work of a round in line with what is recorded; a handful of queries."""
    follow_doors(round=round, now=now)
    follow_calls(round=round, now=now)
    follow_visits(round=round, now=now)


def follow_open(*, now: datetime) -> int:
    """Bring the work of every open round in line, each in its own transaction; return how many."""
    rows = list(Round.objects.filter(state="open").select_related("order", "order__zone"))
    for round in rows:
        with transaction.atomic():
            follow(round=round, now=now)
    return len(rows)


def box_packed(*, actor: Actor, round: Round, box: Box, now: datetime) -> int:
    """Make the task of bringing a packed box to the laboratory (转运任务), due within the hour."""
    wanted = Wanted(
        subject_kind="none",
        subject=0,
        starts_at=now,
        due_at=now + IN_TRANSIT,
        basis=f"box:{box.pk}",
        facts=_facts(round, box=box.code),
        title=box.code,
    )
    made = create_many(
        actor=actor,
        community=round.community_id,
        kind=BOX,
        wanted=[wanted],
        origin=ORIGIN,
        now=now,
    )
    if made:
        return made
    return reopen_many(
        community=round.community_id,
        tasks=list(_of_box(box).values_list("pk", flat=True)),
        reason="asked_again",
        now=now,
    )


def box_gone(*, community: int, box: Box, is_sent: bool, now: datetime) -> int:
    """Close the transport of a box that was handed over, or end it where the box was opened again."""
    tasks = list(_of_box(box).filter(state__in=ACTIVE).values_list("pk", flat=True))
    if is_sent:
        return close_many(community=community, tasks=tasks, reason="box_sent", now=now)
    return end_many(community=community, tasks=tasks, reason="not_needed", now=now)


def _of_box(box: Box) -> Any:
    """Return the transport of a box; it outlives its round, for tubes have to reach the laboratory."""
    return Task.objects.filter(community_id=box.community_id, kind=BOX, basis=f"box:{box.pk}")


def _tasks(round: Round, kind: str) -> Any:
    """Return the open tasks of a round of one kind."""
    return Task.objects.filter(
        community_id=round.community_id, kind=kind, basis=basis_of(round), state__in=ACTIVE
    )
