"""What the register knows of the people and doors that a ledger lists. Set-based, few queries."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet

from gridwell.core import clock
from gridwell.core.components import COLOURS
from gridwell.core.facts import holds_at
from gridwell.core.fields import vault
from gridwell.health.models import Isolation, Result
from gridwell.ledgers.queries.stays import stays_known
from gridwell.ledgers.rules.matching import Existing
from gridwell.ledgers.rules.rows import LedgerRead, MemberKind, Tenure
from gridwell.ledgers.rules.stays import ExistingStay
from gridwell.ledgers.rules.tree import Found, PlaceRow, PlaceTree
from gridwell.places.models import Place, PlaceAlias
from gridwell.residents.models import (
    Household,
    Label,
    LabelMark,
    Membership,
    Phone,
    Resident,
    Trait,
)
from gridwell.residents.rules.identity import Sex

#: Up to so many people a community is loaded whole; it is faster than asking for each line.
WHOLE = 30_000
CHUNK = 500
_COLOUR_WORDS = {
    "粉": "pink", "橙": "orange", "玫红": "rose", "红": "red", "黄": "yellow", "蓝": "blue",
    "绿": "green", "紫": "violet", "青": "teal", "棕": "brown", "灰": "grey",
}  # fmt: skip


@dataclass(frozen=True)
class Register:
    """A community as a ledger is compared with it.

    `doors` maps each dwelling key of the ledger to its door in the register. `homes` is the
    household of each person, `open_homes` the open households by dwelling. `died` are people who are
    entered as dead; `held` those isolated by an act other than a ledger's: both are not overwritten.
    `stays` are the guests known, where the ledger lists any.
    """

    people: tuple[Existing, ...] = ()
    doors: Mapping[str, Found] = field(default_factory=dict)
    homes: Mapping[int, int] = field(default_factory=dict)
    dwellings: Mapping[int, int] = field(default_factory=dict)
    open_homes: Mapping[int, list[int]] = field(default_factory=dict)
    labels: Mapping[str, int] = field(default_factory=dict)
    died: frozenset[int] = frozenset()
    held: frozenset[int] = frozenset()
    stays: tuple[ExistingStay, ...] = ()


def load_register(community: int, read: LedgerRead, now: datetime) -> Register:
    """Return what the register has for a ledger: about a dozen queries, whatever its size."""
    tree = _tree(community)
    doors = {row.dwelling_key: tree.find(row.place) for row in read.households}
    places = {found.place for found in doors.values() if found.place is not None}
    wanted = _wanted(community, read, places)
    residents = list(_residents(community, wanted))
    ids = None if wanted is None else [row[0] for row in residents]
    members = _members(community, ids)
    facts = _Facts(community, ids, now)
    gone = _merged_documents(community)
    people, dwellings = [], {}
    for pk, dwelling, name, birth_on, document, sex, remark, died_on in residents:
        member = members.get(pk)
        place = tree.survivor(member[1] if member else dwelling or 0)
        if place:
            dwellings[pk] = place
        people.append(
            Existing(
                id=pk,
                dwelling_key=tree.key(place) if member and died_on is None else "",
                name=name,
                birth_on=birth_on,
                documents=frozenset({document, *gone.get(pk, ())} - {""}),
                sex=Sex(sex),
                relation=member[2] if member else "",
                is_head=bool(member and member[3]),
                phones=facts.phones.get(pk, frozenset()),
                kind=MemberKind(member[4]) if member else MemberKind.LIVES,
                tenure=Tenure(member[5]) if member else Tenure.UNKNOWN,
                traits=facts.traits.get(pk, {}),
                labels=facts.labels.get(pk, frozenset()),
                last_sample_at=facts.samples.get(pk),
                is_last_pending=pk in facts.pending and facts.pending[pk] == facts.samples.get(pk),
                isolated_until=facts.isolated.get(pk),
                remark=_remark(remark),
            )
        )
    return Register(
        people=tuple(people),
        doors=doors,
        homes={pk: member[0] for pk, member in members.items()},
        dwellings=dwellings,
        open_homes=_open_homes(community, places, tree),
        labels=label_ids(community),
        died=frozenset(row[0] for row in residents if row[7] is not None),
        held=facts.held,
        stays=stays_known(community, tree.key) if read.guests else (),
    )


def _tree(community: int) -> PlaceTree:
    rows = Place.objects.filter(community=community, ended_at=None).values_list(
        "pk", "parent_id", "kind", "name", "key", "merged_into_id"
    )
    aliases = PlaceAlias.objects.filter(community=community).values_list("key", "place_id")
    return PlaceTree((PlaceRow(*row) for row in rows), aliases)


def _parts(ids: Collection[Any]) -> Iterator[list[Any]]:
    every = sorted(ids)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def _wanted(community: int, read: LedgerRead, places: Collection[int]) -> set[int] | None:
    """Return the ids of the people a ledger can be about; None where all are loaded."""
    residents = Resident.objects.filter(community=community, merged_into=None)
    total = residents.count()
    if total <= WHOLE or len(read.residents) * 4 >= total:
        return None
    tail = vault().tail
    tails = {tail(community, d.number) for row in read.residents for d in row.documents} - {""}
    names = {(row.name, row.birth_on) for row in read.residents if row.birth_on is not None}
    found: set[int] = set()
    for part in _parts(places):
        found.update(residents.filter(dwelling__in=part).values_list("pk", flat=True))
    for part in _parts(tails):
        found.update(residents.filter(document_tail__in=part).values_list("pk", flat=True))
    for part in _parts(names):
        same = residents.filter(name__in={n for n, _ in part}, birth_on__in={b for _, b in part})
        found.update(same.values_list("pk", flat=True))
    return found


def _narrowed(rows: QuerySet[Any], name: str, ids: Collection[int] | None) -> Iterator[Any]:
    """Yield rows of all people, or of some, in parts that every database takes."""
    if ids is None:
        yield from rows.iterator(chunk_size=5_000)
        return
    for part in _parts(ids):
        yield from rows.filter(**{f"{name}__in": part})


def _residents(community: int, wanted: Collection[int] | None) -> Iterator[tuple[Any, ...]]:
    rows = (
        Resident.objects.filter(community=community, merged_into=None)
        .order_by("pk")
        .values_list(
            *("pk", "dwelling_id", "name", "birth_on", "document", "sex", "remark", "died_on")
        )
    )
    return _narrowed(rows, "pk", wanted)


def _merged_documents(community: int) -> dict[int, set[str]]:
    """Return the numbers of entries that were merged into others; they find the survivor."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Resident.objects.filter(community=community, merged_into__isnull=False)
    for survivor, document in rows.values_list("merged_into_id", "document"):
        found[survivor].add(document)
    return found


def _members(
    community: int, ids: Collection[int] | None
) -> dict[int, tuple[int, int, str, bool, str, str]]:
    """Return (household, dwelling, relation, is head, kind, tenure) of each person; living counts first."""
    rows = Membership.objects.filter(
        community=community, ends_at=None, superseded_at=None
    ).values_list(
        *("resident_id", "household_id", "dwelling_id", "relation", "is_head", "kind"),
        "household__tenure",
    )
    found: dict[int, tuple[int, int, str, bool, str, str]] = {}
    for resident, *rest in _narrowed(rows, "resident", ids):
        if resident not in found or rest[4] == MemberKind.LIVES:
            found[resident] = tuple(rest)
    return found


class _Facts:
    """Open facts of people: phones, traits, labels, last samples, isolation."""

    def __init__(self, community: int, ids: Collection[int] | None, now: datetime) -> None:
        def rows(query: QuerySet[Any]) -> Iterator[Any]:
            return _narrowed(query, "resident", ids)

        here = {"community": community}
        known = {**here, "superseded_at": None}
        phones: dict[int, set[str]] = defaultdict(set)
        for who, number in rows(Phone.objects.filter(**here).values_list("resident_id", "number")):
            phones[who].add(number)
        self.phones = {who: frozenset(numbers) for who, numbers in phones.items()}
        self.traits: dict[int, dict[str, str]] = defaultdict(dict)
        for who, code, value in rows(
            Trait.objects.filter(**known, ends_at=None).values_list("resident_id", "code", "value")
        ):
            self.traits[who][code] = value
        marks: dict[int, set[str]] = defaultdict(set)
        for who, label in rows(
            LabelMark.objects.filter(holds_at(now), **known, resident__isnull=False).values_list(
                "resident_id", "label_id"
            )
        ):
            marks[who].add(str(label))
        self.labels = {who: frozenset(codes) for who, codes in marks.items()}

        def latest(**narrowed: str) -> dict[int, datetime]:
            last = (
                Result.objects.filter(**known, **narrowed, resident__isnull=False)
                .values("resident_id")
                .annotate(at=Max("sampled_at"))
                .values_list("resident_id", "at")
            )
            return {who: naive(at) for who, at in rows(last)}

        self.samples = latest()
        self.pending = latest(outcome="pending") if self.samples else {}
        self.isolated: dict[int, Any] = {}
        held: set[int] = set()
        for who, ends_at, source in rows(
            Isolation.objects.filter(
                Q(ends_at__gt=now) | Q(ends_at=None), **known, ended_at=None
            ).values_list("resident_id", "ends_at", "source")
        ):
            if ends_at is None or not source.startswith("import:"):
                held.add(who)
            else:
                self.isolated[who] = clock.day_of(ends_at - timedelta(microseconds=1))
        self.held = frozenset(held)


def naive(at: datetime) -> datetime:
    """Return an instant as local time without zone, as ledgers write it."""
    return at.astimezone(clock.zone()).replace(tzinfo=None)


def _remark(text: str) -> dict[str, str]:
    """Return a stored remark by column; one that was typed by hand has no column."""
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {"": text}
    return found if isinstance(found, dict) else {"": text}


def _open_homes(community: int, places: Collection[int], tree: PlaceTree) -> dict[int, list[int]]:
    homes: dict[int, list[int]] = defaultdict(list)
    rows = Household.objects.filter(community=community, ends_at=None, merged_into=None)
    for pk, dwelling in rows.order_by("pk").values_list("pk", "dwelling_id"):
        place = tree.survivor(dwelling)
        if place in places:
            homes[place].append(pk)
    return homes


def label_ids(community: int) -> dict[str, int]:
    """Return which label of a person each word names: its name, code, sign, or colour."""
    found: dict[str, int] = {}
    # A colour of a score is computed, not given; only marks that stand side by side are.
    given = {"scheme__subject": "person", "scheme__is_exclusive": False}
    rows = Label.objects.filter(community=community, **given).order_by(
        "scheme__rank", "-rank", "pk"
    )
    colours = {colour: word for word, colour in _COLOUR_WORDS.items() if colour in COLOURS}
    for pk, name, code, sign, colour in rows.values_list("pk", "name", "code", "sign", "colour"):
        for word in (name, code, sign, colour, colours.get(colour, "")):
            if word:
                found.setdefault(word, pk)
    return found


def label_finder(labels: Mapping[str, int]) -> Callable[[str], str]:
    """Return a function from a label word to the id of the label as text, "" for none."""

    def find(word: str) -> str:
        for plain in (word, word.removesuffix("标"), word.removesuffix("色"), f"{word}老人"):
            if plain in labels:
                return str(labels[plain])
        return ""

    return find
