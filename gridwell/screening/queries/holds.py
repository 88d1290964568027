"""Reads of holds (混阳留置): who is held, where, until when, and what his or her own sample says."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.health.models import Hold, Sample
from gridwell.health.queries import sampled_singly
from gridwell.places.rules.levels import span_of
from gridwell.residents.models import Stay
from gridwell.residents.queries.entries import Entries, entries_of
from gridwell.residents.queries.people import phones_of
from gridwell.screening.rules.holds import HoldFacts, lasts
from gridwell.screening.rules.tubes import TubeState

Thing = TypeVar("Thing")
#: Results of a single sample that say what becomes of a hold.
DECIDES = (TubeState.NEGATIVE.value, TubeState.POSITIVE.value)


def parts(things: Sequence[Thing], size: int = 800) -> Iterator[Sequence[Thing]]:
    """Yield portions that one query can name."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def facts_of(row: Hold) -> HoldFacts:
    """Return a hold as the rules see it."""
    return HoldFacts(
        starts_at=row.starts_at,
        hours=row.hours,
        extended_until=row.extended_until,
        ended_at=row.ended_at,
    )


def holds_of(actor: Actor, community: int) -> QuerySet[Hold]:
    """Return the holds of the actor's people, the latest tube first."""
    if not actor.covers(community):
        return Hold.objects.none()
    rows = Hold.objects.filter(community_id=community).select_related(
        "tube", "resident", "dwelling"
    )
    grids = actor.grids_at(community)
    if grids is not None:
        rows = rows.filter(dwelling__grid__in=grids)
    return rows.order_by("-starts_at", "tube", "dwelling__path", "pk")


def access_hold(actor: Actor, community: int, hold: int) -> Hold:
    """Return a hold of the actor's people, or raise NotVisible."""
    row = holds_of(actor, community).filter(pk=hold).first()
    if row is None:
        raise NotVisible
    return row


@dataclass(frozen=True)
class HeldPerson:
    """One line of the re-sampling list (单采复核名单). `single` is the state of the own sample's tube."""

    hold: Hold
    name: str
    phones: tuple[str, ...]
    single: str
    is_held: bool

    @property
    def is_waiting(self) -> bool:
        """Return whether nobody has taken the single sample yet."""
        return not self.single

    @property
    def is_open(self) -> bool:
        """Return whether it still has to be decided, the hours being over or not."""
        return self.hold.end in {"", "ran_out"}


def held_people(community: int, rows: Sequence[Hold], now: datetime) -> list[HeldPerson]:
    """Return the lines of these holds with phone and own sample: three queries."""
    entries = entries_of(community)
    singles = single_states(community, rows, entries)
    residents = [row.resident_id for row in rows if row.resident_id]
    phones = phones_of(community, residents) if residents else {}
    refs = {row.guest for row in rows if row.guest}
    stays: dict[UUID, Stay] = {}
    if refs:
        found = Stay.objects.filter(community_id=community, ref__in=refs, superseded_at=None)
        stays = {stay.ref: stay for stay in found}
    lines = []
    for row in rows:
        stay = stays.get(row.guest) if row.guest else None
        if row.resident is not None:
            name, numbers = row.resident.name, phones.get(row.resident.pk, [])
        else:
            name = stay.name if stay else ""
            numbers = [stay.phone] if stay and stay.phone else []
        lines.append(
            HeldPerson(
                hold=row,
                name=name,
                phones=tuple(numbers),
                single=singles.get(
                    (row.tube.round, entries.person(row.resident_id), row.guest), ""
                ),
                is_held=lasts(facts_of(row), now),
            )
        )
    return lines


@dataclass(frozen=True)
class HoldFigures:
    """How holds of a community stand: people. `buildings` are those with somebody held -> how many."""

    held: int = 0
    waiting: int = 0  # held and not sampled singly yet
    confirmed: int = 0
    undecided: int = 0  # the hours are over, no single result has come
    next_end: datetime | None = None
    buildings: Mapping[int, int] = field(default_factory=dict)


def figures_of(actor: Actor, area: int, now: datetime) -> dict[int, HoldFigures]:
    """Return community -> how holds stand there, of the actor's people; one query for any area."""
    if not actor.covers(area):
        return {}
    low, high = span_of(area)
    rows = Hold.objects.filter(
        Q(ended_at=None) | Q(end="ran_out"), community_id__gte=low, community_id__lt=high
    )
    grids = actor.grids_at(area)
    if grids is not None:
        rows = rows.filter(dwelling__grid__in=grids)
    by_community: dict[int, list[Hold]] = defaultdict(list)
    for row in rows.select_related("dwelling").annotate(is_sampled=sampled_singly()):
        by_community[row.community_id].append(row)
    return {community: _figures(found, now) for community, found in by_community.items()}


def _figures(rows: Sequence[Hold], now: datetime) -> HoldFigures:
    lasting = [row for row in rows if lasts(facts_of(row), now)]
    # Of two positive tubes somebody is held twice, and is one person.
    held = list({(row.resident_id, row.guest): row for row in lasting}.values())
    places = (row.dwelling for row in held if row.dwelling is not None)
    return HoldFigures(
        held=len(held),
        waiting=sum(1 for row in held if not getattr(row, "is_sampled", False)),
        confirmed=sum(1 for row in held if row.end == "confirmed"),
        undecided=sum(1 for row in rows if row.end in {"", "ran_out"} and row not in lasting),
        next_end=min((row.ends_at for row in held), default=None),
        buildings=Counter(place.building_id or place.pk for place in places),
    )


@dataclass(frozen=True)
class SingleSample:
    """A single sample of somebody held, also one that had to be taken again."""

    at: datetime
    tube: str
    state: str
    resulted_at: datetime | None
    source: str


def singles_of(row: Hold) -> list[SingleSample]:
    """Return the single samples of a hold's person in its round, oldest first; those undone left out."""
    who = Q(guest=row.guest)
    if row.resident_id is not None:
        who = Q(resident__in=entries_of(row.community_id).all_of([row.resident_id]))
    rows = Sample.objects.filter(
        who, community_id=row.community_id, round=row.tube.round, purpose="single"
    ).filter(Q(superseded_at=None) | Q(superseded_reason__startswith="tube "))
    return [
        SingleSample(
            s.sampled_at, s.tube.code, s.tube.state, s.tube.resulted_at, s.tube.result_source
        )
        for s in rows.select_related("tube").order_by("sampled_at")
    ]


def decided_singles(
    community: int, rounds: Collection[UUID], entries: Entries
) -> dict[tuple[UUID, int | None, UUID | None], Sample]:
    """Return (round, person, guest) -> the standing single sample that has a result that decides.

    Of somebody who gave two, the positive one.
    """
    samples = Sample.objects.filter(
        community_id=community,
        round__in=rounds,
        tube__purpose="single",
        superseded_at=None,
        tube__state__in=DECIDES,
    ).order_by("tube__state", "sampled_at", "pk")  # negative before positive
    return {
        (s.round, entries.person(s.resident_id), s.guest): s for s in samples.select_related("tube")
    }


def single_states(
    community: int, rows: Sequence[Hold], entries: Entries
) -> dict[tuple[UUID, int | None, UUID | None], str]:
    """Return (round, person, guest) -> state of the tube of the single sample that stands."""
    samples = Sample.objects.filter(
        community_id=community,
        round__in={row.tube.round for row in rows},
        purpose="single",
        superseded_at=None,
    )
    return {
        (ref, entries.person(resident), guest): state
        for ref, resident, guest, state in samples.values_list(
            "round", "resident_id", "guest", "tube__state"
        )
    }
