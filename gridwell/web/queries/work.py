"""What is to be done: today the tasks themselves, on another day what the plan asked for then."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gridwell.accounts.queries import InCharge, posts_for_grids
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.components import Mark
from gridwell.plan.labels import WORK
from gridwell.plan.rules.plan import Plan, Priority, SubjectKind, WorkCode, WorkGroup
from gridwell.tasks.kinds import kinds
from gridwell.tasks.models import Task
from gridwell.tasks.queries import Counts, TaskLine, count_by, lines_of, tasks_of
from gridwell.tasks.rules.states import ACTIVE
from gridwell.tasks.wording import why_words
from gridwell.web.queries.doors import DoorLine, door_lines

_EACH = 6  # pieces of work at one door, at most, when looking for the first doors


@dataclass(frozen=True)
class Piece:
    """One thing to be done at a door; `url` opens its task, where it is one."""

    name: str
    url: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Who:
    """Who is to do it: the post, who acts for it now (empty for nobody), A or deputy."""

    title: str
    name: str
    is_deputy: bool


@dataclass(frozen=True)
class WorkLine:
    """All work at one door or place: where, what, why, who."""

    where: str
    compound: str
    url: str
    mark: Mark | None
    household: int | None
    pieces: tuple[Piece, ...]
    priority: Priority | None
    why: str
    who: Who | None


@dataclass(frozen=True)
class WorkCount:
    """How much there is of one kind of work; of a past day only `total` is known here."""

    code: str
    name: str
    counts: Counts


@dataclass(frozen=True)
class Work:
    """The work of a day: the first lines, and how much of each kind.

    `is_tasks` says whether it is the tasks themselves, with what is done and late.
    """

    lines: tuple[WorkLine, ...]
    kinds: tuple[WorkCount, ...]
    is_tasks: bool

    def _sum(self, name: str) -> int:
        return sum(int(getattr(kind.counts, name)) for kind in self.kinds)

    @property
    def total(self) -> int:
        """How many pieces of work there are, done ones included."""
        return self._sum("total")

    @property
    def done(self) -> int:
        """How many of them are done."""
        return self._sum("done")

    @property
    def active(self) -> int:
        """How many are still to be done."""
        return self._sum("active")

    @property
    def late(self) -> int:
        """How many are late."""
        return self._sum("late")

    @property
    def to_check(self) -> int:
        """How many are done and wait for a second person."""
        return self._sum("to_check")

    @property
    def no_name(self) -> int:
        """How many have no post."""
        return self._sum("no_name")

    def of(self, code: str) -> Counts:
        """Return the counts of one kind."""
        return next((kind.counts for kind in self.kinds if kind.code == code), Counts())


def work_today(actor: Actor, community: int, plan: Plan, now: datetime, most: int) -> Work:
    """Return today's tasks that the actor may see: the first doors, and done n of m by kind.

    Those served first come first, then what is due first. A fixed number of queries.
    """
    tasks = _of_today(tasks_of(actor, community), now)
    known = kinds()
    counted = count_by(tasks, "kind", now)
    names = {
        code: str(known[code].name) if code in known else str(code) for code in map(str, counted)
    }
    return Work(
        lines=_task_lines(community, plan, tasks, now, most) if most else (),
        kinds=tuple(
            WorkCount(str(code), names[str(code)], counts)
            for code, counts in sorted(counted.items(), key=lambda pair: str(pair[0]))
        ),
        is_tasks=True,
    )


def counts_today(communities: Collection[int], now: datetime) -> dict[int, Counts]:
    """Return how much of today's work each community has done; one query, for roll-ups."""
    tasks = _of_today(Task.objects.filter(community__in=communities), now)
    return {
        community: counts
        for community, counts in count_by(tasks, "community_id", now).items()
        if isinstance(community, int)
    }


def _of_today(tasks: QuerySet[Task], now: datetime) -> QuerySet[Task]:
    day = clock.day_of(now)
    start, end = clock.start_of(day), clock.end_of(day)
    return tasks.filter(
        Q(slot=day.isoformat())
        | Q(state__in=ACTIVE, starts_at__lt=end)
        | Q(done_at__gte=start, done_at__lt=end)
    )


def _task_lines(
    community: int, plan: Plan, tasks: QuerySet[Task], now: datetime, most: int
) -> tuple[WorkLine, ...]:
    rows = tasks.filter(state__in=ACTIVE, starts_at__lte=now).order_by(
        "-is_urgent", "rank", "subject_kind", "subject", "due_at", "pk"
    )
    at: dict[object, list[Task]] = defaultdict(list)
    for task in rows[: most * _EACH]:
        at[(task.subject_kind, task.subject) if task.subject else task.pk].append(task)
    shown = list(at.values())[:most]
    lines = {line.task.pk: line for line in lines_of([t for some in shown for t in some], now)}
    homes = {some[0].subject for some in shown if some[0].subject_kind == "household"}
    doors = door_lines(community, homes)
    return tuple(
        _task_line(community, plan, [lines[task.pk] for task in some], doors) for some in shown
    )


def _task_line(
    community: int, plan: Plan, lines: Sequence[TaskLine], doors: dict[int, DoorLine]
) -> WorkLine:
    first = lines[0]
    task = first.task
    door = doors.get(task.subject) if task.subject_kind == "household" else None
    own = reverse("task_file", args=[task.pk])
    is_building = task.subject_kind == "building"
    return WorkLine(
        where=(door.door if door else "")
        or (first.building if is_building else first.door)
        or _("the whole community"),
        compound=door.compound if door else "",
        url=reverse("household_file", args=[community, door.household]) if door else own,
        mark=door.mark if door else None,
        household=door.household if door else None,
        pieces=tuple(
            Piece(line.name, reverse("task_file", args=[line.task.pk]), line.is_late)
            for line in lines
        ),
        priority=plan.priority_of.get(task.subject) if door else None,
        why=_basis_words(str(task.facts.get("name", "")), str(task.facts.get("notice", "")))
        or why_words(task),
        who=Who(first.post, first.acting, first.is_deputy) if first.post else None,
    )


def _basis_words(name: str, notice: str) -> str:
    return " · ".join(part for part in (name, notice) if part)


def work_of_plan(
    actor: Actor,
    community: int,
    plan: Plan,
    mine: Collection[int] | None,
    unsampled: Collection[int],
    now: datetime,
    most: int,
) -> Work:
    """Return what the plan of another day asks at doors; `mine` narrows to these households."""
    at_door: dict[int, list[WorkGroup]] = defaultdict(list)
    for group in plan.work:
        if group.subject_kind is SubjectKind.HOUSEHOLD:
            # Whoever has given the day's sample needs nobody at the door for it.
            is_sampling = group.code == WorkCode.DOOR_SAMPLING
            for household in group.subjects:
                if is_sampling and household not in unsampled:
                    continue
                if mine is None or household in mine:
                    at_door[household].append(group)
    rank = {household: row.rank for household, row in plan.priority_of.items()}
    shown = sorted(at_door, key=lambda household: rank.get(household, 10**6))[:most]
    doors = door_lines(community, shown)
    grids = {door.grid for door in doors.values() if door.grid}
    charge = {
        grid: found[0]
        for grid, found in posts_for_grids(actor, community, grids, now).items()
        if found
    }
    counts = Counter(group.code for groups in at_door.values() for group in groups)
    return Work(
        lines=tuple(
            _plan_line(community, plan, at_door[home], doors[home], charge)
            for home in shown
            if home in doors
        ),
        kinds=tuple(
            WorkCount(code, str(WORK.get(code, code)), Counts(total=count, active=count))
            for code, count in sorted(counts.items())
        ),
        is_tasks=False,
    )


def _plan_line(
    community: int,
    plan: Plan,
    groups: Sequence[WorkGroup],
    door: DoorLine,
    charge: dict[int, InCharge],
) -> WorkLine:
    held = charge.get(door.grid or 0)
    name = str(dict(groups[0].facts).get("name", ""))
    return WorkLine(
        where=door.door,
        compound=door.compound,
        url=reverse("household_file", args=[community, door.household]),
        mark=door.mark,
        household=door.household,
        pieces=tuple(Piece(str(WORK.get(group.code, group.code))) for group in groups),
        priority=plan.priority_of.get(door.household),
        why=_basis_words(name, groups[0].basis.notice),
        who=Who(held.title, held.acting or "", held.is_deputy_acting) if held else None,
    )
