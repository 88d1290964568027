"""What a table of the organisation would change (组织架构表): each line matched, nothing written."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridwell.accounts.models import Post, PostDeputy, Team, User
from gridwell.accounts.queries import live
from gridwell.accounts.queries.line import homes_of
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.rules.weakness import Weakness, weaknesses
from gridwell.core.errors import NotVisible
from gridwell.ledgers.rules.tree import chain_key
from gridwell.organisation.models import Charge, ImportTrace
from gridwell.organisation.queries.naming import now_known
from gridwell.organisation.rules import importing as rules
from gridwell.organisation.rules.importing import Read
from gridwell.places.models import Grid, Place, PlaceAlias
from gridwell.places.queries import LIVE
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.naming import match_key
from gridwell.places.rules.tree import Steps, key_of
from gridwell.residents.rules.phones import read_phones

BUILDINGS = {PlaceKind.BUILDING.value, PlaceKind.ROW.value}
SHARED_HOMES = {Weakness.SAME_HOUSEHOLD, Weakness.SAME_BUILDING}
#: The kinds of places that each kind of head answers for.
PLACES_OF = {rules.BUILDING_HEAD: BUILDINGS, rules.UNIT_HEAD: {PlaceKind.UNIT.value}}


@dataclass
class Matched:
    """A line with what it was matched to.

    `fault` is a code of labels.IMPORT_FAULTS, empty when fine, `facts` what its wording needs;
    `notes` are codes of labels.IMPORT_NOTES: what should be looked at though it is written.
    """

    read: Read
    grid: Grid | None = None
    place: Place | None = None
    team: Team | None = None  # the group that stands already
    post: Post | None = None  # the post that stands already
    telephone: str = ""
    deputies: list[tuple[str, str]] = field(default_factory=list)  # name, telephone
    fault: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    outcome: str = "new"  # new same change deputies leads
    deputies_differ: bool = False  # a post that stands gets the deputies of the line
    instead: str = ""  # who leads the group until now, where the line names another leader

    def refuse(self, code: str, **facts: Any) -> None:
        """Note why the line cannot be written; the first reason counts."""
        if not self.fault:
            self.fault, self.facts = code, facts


class Book:
    """The names of a community's places and grids, for many lines; four queries.

    `expect` adds the places that a ledger would make, so that its lines can name them before they
    are there: these have negative ids.
    """

    def __init__(self, community: int) -> None:
        self.places: dict[str, list[Place]] = {}
        self._chains: dict[str, Place] = {}
        rows = Place.objects.filter(LIVE, community=community).exclude(
            kind=PlaceKind.DWELLING.value
        )
        by_id = {}
        for place in rows.select_related("parent"):
            by_id[place.pk] = place
            short = match_key(f"{place.parent.name if place.parent else ''}{place.name}")
            for key in {place.full_key, place.key, match_key(place.name), short}:
                self.places.setdefault(key, []).append(place)
        for place in by_id.values():
            self._chains[chain_key(_steps(place, by_id))] = place
        for key, pk in PlaceAlias.objects.filter(community=community).values_list(
            "key", "place_id"
        ):
            if pk in by_id:
                self.places.setdefault(key, []).append(by_id[pk])
        self.grids: dict[str, Grid] = {}
        for grid in Grid.objects.filter(community=community, ended_at=None):
            for text in (grid.number, grid.name):
                self.grids.setdefault(rules.grid_key(text), grid)
                self.grids.setdefault(match_key(text), grid)

    def expect(self, doors: Iterable[Steps]) -> None:
        """Add the places on the way to doors that are not there yet; as they would be made."""
        for steps in set(doors):
            for depth in range(1, len(steps)):
                chain = steps[:depth]
                kind, name = chain[-1]
                if chain_key(chain) in self._chains:
                    continue
                place = Place(pk=-len(self._chains) - 1, kind=kind.value, name=name)
                self._chains[chain_key(chain)] = place
                above = chain[-2][1] if depth > 1 else ""
                whole = match_key("".join(part for _kind, part in chain))
                for key in {whole, key_of(kind, name), match_key(name), match_key(above + name)}:
                    self.places.setdefault(key, []).append(place)

    def on_the_way(self, steps: Steps, kinds: set[str]) -> Place | None:
        """Return the place of these kinds that a door lies in, existing or expected."""
        for depth in range(len(steps) - 1, 0, -1):
            place = self._chains.get(chain_key(steps[:depth]))
            if place is not None and place.kind in kinds:
                return place
        return None

    def place(self, text: str, kinds: set[str] | None) -> tuple[Place | None, str]:
        """Return the one place of these kinds with this name, or why there is none."""
        found = {
            place.pk: place
            for place in self.places.get(match_key(text), ())
            if kinds is None or place.kind in kinds
        }
        if len(found) == 1:
            return next(iter(found.values())), ""
        return None, "place_many" if found else "place_unknown"

    def grid(self, text: str) -> Grid | None:
        """Return the grid with this number or name."""
        return self.grids.get(rules.grid_key(text)) or self.grids.get(match_key(text))


def _steps(place: Place, by_id: Mapping[int, Place]) -> Steps:
    """Return the way to a place, by those read already."""
    above = by_id.get(place.parent_id or 0)
    step = (PlaceKind(place.kind), place.name)
    return (*_steps(above, by_id), step) if above is not None else (step,)


def head_place(book: Book, text: str, own: Mapping[str, Place | None]) -> tuple[Place | None, str]:
    """Return the place that a duty of a head is about, or why there is none.

    `own` has the building and the unit that the person lives in, by kind of head: meant where the
    duty names none.
    """
    kind = rules.kind_of(text)
    if kind not in PLACES_OF:
        return None, "duty_unknown"
    named = rules.place_of(text)
    if named:
        return book.place(named, PLACES_OF[kind])
    return own[kind], "" if own[kind] is not None else "place_needed"


@dataclass(frozen=True)
class Standing:
    """What a community's organisation is now, for many lines; eight queries."""

    teams: Mapping[tuple[str, int | None], Team]
    heads: Mapping[int, Post]  # by place
    members: Mapping[tuple[int, str], Post]  # by group and name; its leader is one of them
    deputies: Mapping[int, list[str]]  # names by post, B first
    charges: Collection[tuple[int | None, int | None, str]]
    people: Mapping[str, list[User]]  # accounts of this desk by name

    def person(self, name: str, telephone: str) -> User | None:
        """Return the account that a name and a telephone mean here, as enrolling finds it."""
        there = self.people.get(name, [])
        exact = [user for user in there if user.telephone == telephone]
        if exact:
            return exact[0]
        return there[0] if not telephone and len(there) == 1 else None

    def is_unclear(self, name: str, telephone: str) -> bool:
        """Return whether several people here are called so and nothing tells which is meant."""
        there = self.people.get(name, [])
        return not telephone and len(there) > 1 and self.person(name, "") is None


def standing_of(community: int, lines: Iterable[Read], now: datetime) -> Standing:
    """Read the organisation as it is now, and the accounts that the lines can mean."""
    teams: dict[tuple[str, int | None], Team] = {}
    for team in (
        Team.objects.filter(live(now), area_id=community)
        .select_related("leader_post__holder")
        .order_by("pk")
    ):
        teams.setdefault((team.kind, team.grid_id), team)
    posts = list(
        Post.objects.filter(live(now), area_id=community).select_related("holder").order_by("pk")
    )
    deputies: dict[int, list[str]] = {}
    for row in (
        PostDeputy.objects.filter(live(now, "post__"), post__area_id=community)
        .select_related("user")
        .order_by("post", "rank")
    ):
        deputies.setdefault(row.post_id, []).append(row.user.name)
    names = {name for read in lines for name in (read.name, *read.deputy_names)}
    people: dict[str, list[User]] = {}
    for user in User.objects.filter(area=community, is_active=True, ended_at=None).select_related(
        "home"
    ):
        if user.name in names:
            people.setdefault(user.name, []).append(user)
    return Standing(
        teams,
        {post.place_id: post for post in posts if post.place_id is not None},
        _members(posts, teams.values()),
        deputies,
        _charges(community, now),
        people,
    )


def _members(posts: Iterable[Post], teams: Iterable[Team]) -> dict[tuple[int, str], Post]:
    """Return the posts of groups by name; one with a desk may lead a group without being of it."""
    found = {
        (post.team_id, post.holder.name): post for post in posts if post.team_id and post.holder
    }
    for team in teams:
        leader = team.leader_post
        if leader is not None and leader.holder is not None:
            found[team.pk, leader.holder.name] = leader
    return found


def match_lines(community: int, lines: list[Read], now: datetime) -> list[Matched]:
    """Return each line with what it would change; a dozen queries, whatever the number of lines."""
    book = Book(community)
    standing = standing_of(community, lines, now)
    repeated = rules.twice(lines)
    found = []
    for read in lines:
        row = Matched(read)
        _match_place(row, book)
        _match_people(row, standing)
        if read.row in repeated:
            row.refuse("twice")
        _match_standing(row, standing)
        found.append(row)
    _match_each_other(found)
    return found


def _charges(community: int, now: datetime) -> set[tuple[int | None, int | None, str]]:
    rows = Charge.objects.filter(now_known(now), community=community).values_list(
        "place_id", "grid_id", "name", "user__name"
    )
    return {(place, grid, name or user or "") for place, grid, name, user in rows}


def _match_place(row: Matched, book: Book) -> None:
    read = row.read
    if not read.name:
        row.refuse("no_name")
    elif not read.kind:
        row.refuse("duty_unknown")
    if read.grid:
        row.grid = book.grid(read.grid)
        if row.grid is None:
            row.refuse("grid_unknown", said=read.grid)
    wants = PLACES_OF.get(read.kind)
    if read.place:
        row.place, why = book.place(read.place, wants)
        if why:
            row.refuse(why, said=read.place)
    elif wants is not None or (read.kind == rules.CHARGE and row.grid is None):
        row.refuse("place_needed")


def _match_people(row: Matched, standing: Standing) -> None:
    """Match A and the deputies with the people of this desk, and look at the line they make."""
    read, deputies = row.read, row.read.deputy_names
    reading, more = read_phones(read.telephone), read_phones(read.deputy_telephones)
    for text, _why in (*reading.faults, *more.faults):
        row.refuse("telephone", said=text)
    row.telephone = reading.numbers[0] if reading.numbers else ""
    numbers = more.numbers if len(more.numbers) == len(deputies) else ("",) * len(deputies)
    if more.numbers and len(more.numbers) != len(deputies):
        row.refuse("deputy_telephones")
    row.deputies = list(zip(deputies, numbers, strict=True))
    if wrong := rules.line_fault(read.name, deputies):
        row.refuse(wrong, name=read.name)
    if read.kind == rules.CHARGE:
        if deputies:
            row.refuse("no_deputies_here")
        return  # whoever is in charge is named, and needs no account
    people = [(read.name, row.telephone), *row.deputies]
    for name, telephone in people:
        if standing.is_unclear(name, telephone):
            row.refuse("name_many", name=name)
    known = [user for one in people if (user := standing.person(*one)) is not None]
    ids = [user.pk for user in known]
    if deputies and ids:
        found = weaknesses(ids[0], ids[1:], (), homes_of(known))
        row.notes += [weak for weak in found if weak in SHARED_HOMES]


def _match_standing(row: Matched, standing: Standing) -> None:
    """Say whether the line stands already, changes something, or is new."""
    read = row.read
    if row.fault:
        return
    if read.kind in rules.TEAMS:
        row.team = standing.teams.get((read.kind, row.grid.pk if row.grid else None))
        row.post = standing.members.get((row.team.pk, read.name)) if row.team else None
        row.outcome = "same" if row.post is not None else "new"
        _match_leader(row)
    elif read.kind == rules.CHARGE:
        place, grid = (
            (row.place.pk, None) if row.place else (None, row.grid.pk if row.grid else None)
        )
        row.outcome = "same" if (place, grid, read.name) in standing.charges else "new"
    elif row.place is not None:
        row.post = standing.heads.get(row.place.pk)
        if row.post is not None and row.post.holder is not None:
            row.outcome = "same" if row.post.holder.name == read.name else "change"
    if row.post is not None and row.deputies:
        row.deputies_differ = standing.deputies.get(row.post.pk, []) != read.deputy_names
        if row.outcome == "same" and row.deputies_differ:
            row.outcome = "deputies"


def _match_leader(row: Matched) -> None:
    """Say whether a standing group gets another leader by the line, and instead of whom."""
    if row.team is None or not row.read.is_leader:
        return
    leader = row.team.leader_post
    if row.post is not None and (leader is None or leader.pk != row.post.pk):
        row.outcome = "leads"
    if leader is not None and leader.holder is not None and leader != row.post:
        row.instead = leader.holder.name


def _match_each_other(rows: Iterable[Matched]) -> None:
    """Say where two lines of the table name different people for one place, or lead one group."""
    heads: dict[int, Read] = {}
    leaders: set[tuple[str, int | None]] = set()
    for row in rows:
        read = row.read
        if row.fault:
            continue
        if read.kind in PLACES_OF and row.place is not None:
            first = heads.setdefault(row.place.pk, read)
            if first is not read:
                row.refuse("place_twice", name=first.name, row=first.row)
        elif read.kind in rules.TEAMS and read.is_leader:
            group = (read.kind, row.grid.pk if row.grid else None)
            if group in leaders:
                row.notes.append("second_leader")
                row.instead = ""
                if row.outcome == "leads":
                    row.outcome = "deputies" if row.deputies_differ else "same"
            leaders.add(group)


def outcome_counts(rows: list[Matched]) -> Counter[str]:
    """Return how many lines are new, changing, the same, and faulty."""
    return Counter("fault" if row.fault else row.outcome for row in rows)


def access_import(actor: Actor, community: int, trace_id: int) -> ImportTrace:
    """Return an import of the organisation that the actor may decide on, or raise NotVisible."""
    if actor.may_manage_posts(community):
        row = ImportTrace.objects.filter(
            pk=trace_id, community=community, source__startswith="table:"
        ).first()
        if row is not None:
            return row
    raise NotVisible


def imports_of(actor: Actor, community: int) -> list[ImportTrace]:
    """Return the imports of tables into the organisation, the latest first."""
    if not actor.may_manage_posts(community):
        return []
    rows: Any = ImportTrace.objects.filter(community=community, source__startswith="table:")
    return list(rows.exclude(state="dropped").defer("lines").order_by("-pk")[:20])
