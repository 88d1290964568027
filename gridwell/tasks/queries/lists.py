"""Lists of tasks (任务清单): by person, post, building; a constant number of queries for any length."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from gridwell.accounts.models import Post
from gridwell.accounts.queries import effective_holders, names_of
from gridwell.core.clock import end_of, start_of
from gridwell.places.models import Grid, Place
from gridwell.residents.models import Membership, Resident
from gridwell.tasks.kinds import Kind, kinds
from gridwell.tasks.labels import FINDING_NAME, FINDINGS
from gridwell.tasks.models import Task
from gridwell.tasks.queries.responsible import chunks
from gridwell.tasks.rules.states import ACTIVE, FINISHED

#: What a list can be narrowed to, beside the exact states.
SHOWN = (
    "active", "due", "late", "no_name", "cannot", "to_check", "finished", "missed", "ended", "all",
)  # fmt: skip
#: Done, but somebody else has to look at it before it counts.
TO_CHECK = Q(state="done", needs_check=True)
DONE = Q(state__in=FINISHED) & ~TO_CHECK


@dataclass(frozen=True)
class Narrow:
    """What of the tasks a list shows; empty means everything."""

    show: str = "active"
    kind: str = ""
    post: int | None = None
    grid: int | None = None
    building: int | None = None
    level: str = ""
    day: date | None = None  # due, done or ended on that local day
    basis: str = ""


def narrowed(tasks: QuerySet[Task], wanted: Narrow, now: datetime) -> QuerySet[Task]:
    """Narrow tasks; an unknown `show` shows nothing."""
    conditions = {
        "active": Q(state__in=ACTIVE),
        "due": Q(state__in=ACTIVE, starts_at__lte=now),
        "late": Q(state__in=ACTIVE, due_at__lt=now),
        "cannot": Q(state="cannot"),
        "to_check": TO_CHECK,
        "finished": DONE,
        "missed": Q(state="ended", end_reason="missed"),
        "ended": Q(state="ended"),
        "all": Q(),
    }
    if wanted.show == "no_name":
        conditions["no_name"] = Q(state__in=ACTIVE) & nobodys(tasks, now)
    found = tasks.filter(conditions.get(wanted.show, Q(pk__in=[])))
    for name, value in (
        ("kind", wanted.kind),
        ("post_id", wanted.post),
        ("grid_id", wanted.grid),
        ("building_id", wanted.building),
        ("level", wanted.level),
    ):
        if value:
            found = found.filter(**{name: value})
    if wanted.basis:
        found = found.filter(Q(basis=wanted.basis) | Q(basis__startswith=f"{wanted.basis}:"))
    if wanted.day is not None:
        found = found.filter(_on(wanted.day))
    return found


def nobodys(tasks: QuerySet[Task], now: datetime) -> Q:
    """Return the condition "no name on it" for some tasks; three queries.

    Without a post, or of a post for which nobody acts now: it ended, stands by, or everybody in its
    line is away.
    """
    held = tasks.filter(state__in=ACTIVE, post__isnull=False).order_by()
    acting = effective_holders(held.values_list("post_id", flat=True).distinct(), now)
    return Q(post=None) | Q(post_id__in=[post for post, user in acting.items() if user is None])


def _on(day: date) -> Q:
    start, end = start_of(day), end_of(day)
    return (
        Q(slot=day.isoformat())
        | Q(state__in=ACTIVE, due_at__gte=start, due_at__lt=end)
        | Q(done_at__gte=start, done_at__lt=end)
        | Q(ended_at__gte=start, ended_at__lt=end)
    )


def in_walking_order(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Order tasks as one walks: by building, there those served first, then staircase, floor, door."""
    return tasks.order_by(
        F("building__parent_id").asc(nulls_last=True),
        "building__position",
        "building_id",
        "rank",
        "place__unit__position",
        "place__floor",
        "place__door",
        "pk",
    )


def by_due(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Order tasks by when they are due, urgent ones first."""
    return tasks.order_by("-is_urgent", "due_at", "rank", "pk")


def in_grids_of(tasks: QuerySet[Task], community: int, grid: int) -> QuerySet[Task]:
    """Narrow tasks to a grid with its micro-grids."""
    below = Grid.objects.filter(Q(pk=grid) | Q(parent_id=grid), community_id=community)
    return tasks.filter(grid_id__in=list(below.values_list("pk", flat=True)))


@dataclass(frozen=True)
class TaskLine:
    """A task as lists show it. `door` is the short door number, `where` the place in full.

    `people` counts who lives in the household; 0 for other subjects. `person` is the name of the
    resident it is for, empty where it is for no single person: show it only to who may see names.
    """

    task: Task
    kind: Kind | None
    where: str
    door: str
    compound: str
    building: str
    person: str
    people: int
    post: str
    acting: str  # who effectively holds the post now; empty: nobody
    is_deputy: bool
    is_late: bool

    @property
    def name(self) -> str:
        """What is to be done, in words: a free task's own title, else the kind's name.

        Of a finding its title is only the place: what is wrong there comes first.
        """
        finding = FINDINGS.get(str(self.task.facts.get("finding", "")))
        if finding is not None:
            facts = {"finding": finding, "place": self.task.title}
            return str(FINDING_NAME % facts)
        return self.task.title or str(self.kind.name if self.kind else self.task.kind)

    @property
    def is_active(self) -> bool:
        """Whether something is still to be done."""
        return self.task.state in ACTIVE


@dataclass(frozen=True)
class Holding:
    """A post as task lists name it: its title, who acts now, and whether that is a deputy."""

    title: str
    acting: int | None
    name: str
    is_deputy: bool


def lines_of(
    tasks: Iterable[Task], now: datetime, acting: Mapping[int, int | None] | None = None
) -> list[TaskLine]:
    """Return tasks as lines; at most ten queries, whatever their number, in the given order.

    `acting` says who acts for posts where that is known already.
    """
    rows = list(tasks)
    places = _places(rows)
    grids = _grids(rows)
    posts = holdings({row.post_id for row in rows if row.post_id}, now, acting)
    people, names = _people(rows)
    known = kinds()
    return [_line(row, known, places, grids, posts, people, names, now) for row in rows]


def _line(
    row: Task,
    known: Mapping[str, Kind],
    places: Mapping[int, "_Spot"],
    grids: Mapping[int, str],
    posts: Mapping[int, Holding],
    people: Mapping[tuple[int, int], int],
    names: Mapping[int, str],
    now: datetime,
) -> TaskLine:
    spot = places.get(row.place_id or 0, _NO_SPOT)
    house = places.get(row.building_id or 0, _NO_SPOT)
    post = posts.get(row.post_id or 0)
    is_household = row.subject_kind == "household"
    grid = grids.get(row.subject, "") if row.subject_kind == "grid" else ""
    return TaskLine(
        task=row,
        kind=known.get(row.kind),
        where=spot.full_name or grid,
        door=spot.door or spot.name or grid,
        compound=places.get(spot.root, _NO_SPOT).name if spot.root != row.place_id else "",
        building=house.full_name,
        person=names.get(row.subject, "") if row.subject_kind == "resident" else "",
        people=people.get((row.community_id, row.subject), 0) if is_household else 0,
        post=post.title if post else "",
        acting=post.name if post else "",
        is_deputy=bool(post and post.is_deputy),
        is_late=row.state in ACTIVE and row.due_at < now,
    )


def _grids(rows: Sequence[Task]) -> dict[int, str]:
    wanted = {row.subject for row in rows if row.subject_kind == "grid"}
    if not wanted:
        return {}
    communities = {row.community_id for row in rows}
    found = Grid.objects.filter(community_id__in=communities, pk__in=wanted)
    return dict(found.values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class _Spot:
    name: str = ""
    full_name: str = ""
    door: str = ""
    root: int = 0


_NO_SPOT = _Spot()


def _places(rows: Sequence[Task]) -> dict[int, _Spot]:
    wanted = {pk for row in rows for pk in (row.place_id, row.building_id) if pk}
    communities = {row.community_id for row in rows}
    found = _spots(wanted, communities)
    return found | _spots({spot.root for spot in found.values()} - set(found), communities)


def _spots(ids: Collection[int], communities: Collection[int]) -> dict[int, _Spot]:
    found: dict[int, _Spot] = {}
    for part in chunks(ids):
        rows = Place.objects.filter(community_id__in=communities, pk__in=part)
        for pk, name, full_name, door, path in rows.values_list(
            "pk", "name", "full_name", "door", "path"
        ):
            root = path.strip("/").split("/")[0]
            found[pk] = _Spot(name, full_name, door, int(root) if root else 0)
    return found


def holdings(
    posts: Collection[int], now: datetime, known: Mapping[int, int | None] | None = None
) -> dict[int, Holding]:
    """Return who acts for posts now, with names; five queries, two where `known` says who acts."""
    if not posts:
        return {}
    is_known = known is not None and all(post in known for post in posts)
    acting = known if known is not None and is_known else effective_holders(posts, now)
    rows = list(Post.objects.filter(pk__in=posts).values_list("pk", "title", "holder_id"))
    names = names_of(acting.get(pk) for pk in posts)
    return {
        pk: Holding(
            title=title,
            acting=acting.get(pk),
            name=names.get(acting.get(pk) or 0, ""),
            is_deputy=acting.get(pk) not in {None, holder},
        )
        for pk, title, holder in rows
    }


def _people(rows: Sequence[Task]) -> tuple[dict[tuple[int, int], int], dict[int, str]]:
    communities = {row.community_id for row in rows}
    homes = {row.subject for row in rows if row.subject_kind == "household"}
    persons = {row.subject for row in rows if row.subject_kind == "resident"}
    people: Counter[tuple[int, int]] = Counter()
    for part in chunks(homes):
        live = Membership.objects.filter(
            community_id__in=communities,
            household__in=part,
            ends_at=None,
            superseded_at=None,
            kind="lives",
        )
        people.update(live.values_list("community_id", "household_id"))
    names: dict[int, str] = {}
    for part in chunks(persons):
        found = Resident.objects.filter(community_id__in=communities, pk__in=part)
        names.update(found.values_list("pk", "name"))
    return dict(people), names


@dataclass(frozen=True)
class BuildingLines:
    """The lines of one building, in walking order."""

    id: int | None
    name: str
    lines: tuple[TaskLine, ...]


def by_building(lines: Iterable[TaskLine]) -> tuple[BuildingLines, ...]:
    """Return lines grouped by building, both in the order given."""
    groups: dict[int | None, list[TaskLine]] = {}
    for line in lines:
        groups.setdefault(line.task.building_id, []).append(line)
    return tuple(
        BuildingLines(building, found[0].building, tuple(found))
        for building, found in groups.items()
    )


@dataclass(frozen=True)
class Counts:
    """How much there is of some tasks; `missed` is what a day passed over.

    What is done and waits for a second person counts under `to_check`, not under `done`.
    """

    total: int = 0
    active: int = 0
    done: int = 0
    late: int = 0
    cannot: int = 0
    missed: int = 0
    no_name: int = 0
    to_check: int = 0


@dataclass(frozen=True)
class Standing:
    """How much of some tasks is open or waits for a check, and who acts for their posts."""

    counts: Counts
    acting: Mapping[int, int | None]


def standing(tasks: QuerySet[Task], now: datetime) -> Standing:
    """Return how much is open, late, without a name, impossible, or to be checked.

    One pass over the tasks, by state and post, and the queries of `effective_holders`: half the
    work of `count_by`, which counts what is closed too. What is closed stays 0 here.
    """
    rows = (
        tasks.filter(Q(state__in=ACTIVE) | TO_CHECK)
        .order_by()
        .values_list("state", "post_id")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    )
    found = [(state, post, n, late) for state, post, n, late in rows]
    posts = {post for state, post, _n, _late in found if post is not None and state in ACTIVE}
    acting = effective_holders(posts, now)
    active = [row for row in found if row[0] in ACTIVE]
    return Standing(
        Counts(
            total=sum(n for _state, _post, n, _late in found),
            active=sum(n for _state, _post, n, _late in active),
            late=sum(late for _state, _post, _n, late in active),
            cannot=sum(n for state, _post, n, _late in active if state == "cannot"),
            no_name=sum(n for _s, post, n, _late in active if acting.get(post or 0) is None),
            to_check=sum(n for state, _post, n, _late in found if state not in ACTIVE),
        ),
        acting,
    )


def count_by(tasks: QuerySet[Task], name: str, now: datetime) -> dict[object, Counts]:
    """Return the counts of tasks by a field ("kind", "post_id", "building_id"); four queries.

    What ended with its basis, or was not needed, does not count: nothing was owed any more.
    """
    active = Q(state__in=ACTIVE)
    missed = Q(state="ended", end_reason="missed")
    rows = (
        tasks.filter(active | missed | Q(state__in=FINISHED))
        .order_by()
        .values_list(name)
        .annotate(
            n_total=Count("pk"),
            n_active=Count("pk", filter=active),
            n_done=Count("pk", filter=DONE),
            n_late=Count("pk", filter=active & Q(due_at__lt=now)),
            n_cannot=Count("pk", filter=Q(state="cannot")),
            n_missed=Count("pk", filter=missed),
            n_no_name=Count("pk", filter=active & nobodys(tasks, now)),
            n_to_check=Count("pk", filter=TO_CHECK),
        )
    )
    return {row[0]: Counts(*row[1:]) for row in rows}
