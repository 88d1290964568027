"""What desks sent and nobody could take (未收记录), put together by tube, with what each side says."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from gridwell.accounts.queries import names_of as user_names
from gridwell.core.numbers import whole_number
from gridwell.health.models import Sample, Tube
from gridwell.places.models import Place
from gridwell.residents.models import Resident, Stay
from gridwell.screening.labels.desk import DESK_ACTS
from gridwell.screening.models import Desk, DeskEntry
from gridwell.screening.queries.desk import Sampler, names_of, tubes_of
from gridwell.screening.rules.settling import Choice, choices

MOST = 500


@dataclass(frozen=True)
class Line:
    """A refused entry as it is shown: what, of whom behind which door, when, and why it was not taken."""

    row: DeskEntry
    act: str
    who: str
    door: str
    words: str


@dataclass
class Case:
    """Entries that hang together: those of one tube of one desk. `known` is the tube that stands."""

    tube: str  # the ref the desk gave to its tube; "" for entries of none
    code: str = ""
    desk: str = ""
    user: str = ""
    lines: list[Line] = field(default_factory=list)
    known: Tube | None = None
    known_desk: str = ""
    inside: list[tuple[int, str, str]] = field(default_factory=list)  # position, name, door

    @property
    def is_tube(self) -> bool:
        """Return whether the tube itself was refused, and with it everybody in it."""
        return any(line.row.act == "open" for line in self.lines)

    @property
    def first(self) -> DeskEntry:
        """Return the entry that decides what may be chosen."""
        return next((line.row for line in self.lines if line.row.act == "open"), self.lines[0].row)

    @property
    def ids(self) -> list[int]:
        """Return the entries of the case."""
        return [line.row.pk for line in self.lines]

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Return how it may be settled."""
        return choices(self.first.act, self.first.code)

    @property
    def people(self) -> list[Line]:
        """Return who was put into the tube by the entries that wait."""
        return [line for line in self.lines if line.row.act == "add"]

    @property
    def shown(self) -> list[Line]:
        """Return the lines worth reading: of a whole tube not that it was opened and closed."""
        plain = {"open", "close"} if self.is_tube else set()
        return [line for line in self.lines if line.row.act not in plain]


def body_of(row: DeskEntry) -> dict[str, Any]:
    """Return what a refused entry said; empty once it is settled."""
    told = json.loads(row.body).get("body", {}) if row.body else {}
    return told if isinstance(told, dict) else {}


def entries_of(sampler: Sampler) -> QuerySet[DeskEntry]:
    """Return what desks sent in the round; who samples some grids only sees what he or she sent."""
    rows = DeskEntry.objects.filter(community_id=sampler.community, round=sampler.round)
    return rows if sampler.grids is None else rows.filter(recorded_by=sampler.actor.user_id)


def waiting_entries(sampler: Sampler) -> list[DeskEntry]:
    """Return the refused entries of the round that nobody has settled, in the order of the desks."""
    rows = entries_of(sampler).filter(settled_at=None).exclude(code="")
    return list(rows.order_by("at", "pk")[:MOST])


def cases_of(sampler: Sampler) -> list[Case]:
    """Return what waits, by tube: nine queries whatever the number."""
    rows = waiting_entries(sampler)
    bodies = {row.pk: body_of(row) for row in rows}
    of_sample = {
        row.ref.hex: hex_of(bodies[row.pk].get("tube")) for row in rows if row.act == "add"
    }
    who = _people_named(sampler, rows, bodies)
    cases: dict[str, Case] = {}
    for row in rows:
        body = bodies[row.pk]
        tube = row.ref.hex if row.act == "open" else hex_of(body.get("tube"))
        tube = tube or of_sample.get(hex_of(body.get("sample")), "")
        # A person refused by a tube that stands is a question of its own.
        key = tube if tube and _is_whole(rows, tube) else f"{tube}/{row.pk}"
        case = cases.setdefault(key, Case(tube))
        case.lines.append(
            Line(row, str(DESK_ACTS.get(row.act, row.act)), *who[row.pk], row.words_kept)
        )
        if row.act == "open":
            case.code = str(body.get("code") or "").upper()
    _add_known(sampler, list(cases.values()))
    _name_desks(sampler, list(cases.values()))
    return list(cases.values())


def _is_whole(rows: Sequence[DeskEntry], tube: str) -> bool:
    return any(row.act == "open" and row.ref.hex == tube for row in rows)


def hex_of(text: object) -> str:
    """Return the hex of a ref that a desk sent; empty where it is none."""
    try:
        return UUID(str(text)).hex
    except ValueError:
        return ""


_Named = tuple[str, str]  # name and door of somebody


def _people_named(
    sampler: Sampler, rows: Iterable[DeskEntry], bodies: dict[int, dict[str, Any]]
) -> dict[int, _Named]:
    """Return entry -> name and door of whom it is about; both empty where it is about nobody."""
    keys = {row.pk: str(bodies[row.pk].get("person") or "") for row in rows}
    refs = {key: UUID(text) for key in keys.values() if (text := hex_of(key.partition(":")[2]))}
    residents = Resident.objects.filter(
        community_id=sampler.community, ref__in=[r for k, r in refs.items() if k[:2] == "r:"]
    )
    stays = Stay.objects.filter(
        community_id=sampler.community, ref__in=[r for k, r in refs.items() if k[:2] == "g:"]
    )
    guests = {row.pk: _guest(bodies[row.pk]) for row in rows if row.act == "guest"}
    doors = {
        place.ref.hex: place.door or place.full_name
        for place in Place.objects.filter(
            community_id=sampler.community,
            ref__in=[door for _name, door in guests.values() if door],
        )
    }
    said = {pk: (name, doors.get(door, "")) for pk, (name, door) in guests.items()}
    named: dict[UUID, _Named] = {
        ref: (name, door or full or "")
        for ref, name, door, full in (
            *residents.values_list("ref", "name", "dwelling__door", "dwelling__full_name"),
            *stays.values_list("ref", "name", "place__door", "place__full_name"),
        )
    }
    named |= {row.ref: said[row.pk] for row in rows if row.pk in said}
    nobody = ("", "")
    return {
        pk: named.get(refs[key], nobody) if key in refs else said.get(pk, nobody)
        for pk, key in keys.items()
    }


def _guest(body: dict[str, Any]) -> _Named:
    """Return the name that a desk wrote down, and the ref of the door."""
    return str(body.get("name") or ""), hex_of(body.get("door"))


def _add_known(sampler: Sampler, cases: Collection[Case]) -> None:
    """Put beside each case the tube that stands: of the same code, or the one the person was put into."""
    codes = {case.code for case in cases if case.code}
    refs = {case.tube for case in cases if case.tube}
    by_code = {
        t.code: t for t in Tube.objects.filter(community_id=sampler.community, code__in=codes)
    }
    by_ref = {t.ref.hex: t for t in tubes_of(sampler.round).filter(ref__in=refs)}
    for case in cases:
        case.known = by_code.get(case.code) or by_ref.get(case.tube)
        case.code = case.code or (case.known.code if case.known else "")
    standing = {case.known.pk for case in cases if case.known}
    samples = list(
        Sample.objects.filter(community_id=sampler.community, tube__in=standing, superseded_at=None)
        .select_related("resident", "dwelling")
        .order_by("position", "pk")
    )
    names = names_of(samples)
    for case in cases:
        case.inside = [
            (s.position, names[s.pk], s.dwelling.door if s.dwelling else "")
            for s in samples
            if case.known is not None and s.tube_id == case.known.pk
        ]


def _name_desks(sampler: Sampler, cases: Collection[Case]) -> None:
    codes = {case.first.desk for case in cases} | {case.known.desk for case in cases if case.known}
    names = desk_names(sampler, codes)
    users = user_names(case.first.recorded_by for case in cases)
    for case in cases:
        case.desk = names.get(case.first.desk, "")
        case.user = users.get(case.first.recorded_by or 0, "")
        case.known_desk = names.get(case.known.desk, "") if case.known else ""


def desk_names(sampler: Sampler, codes: Iterable[str]) -> dict[str, str]:
    """Return what desks are called, by the code that tubes carry: site and number, or the person's name."""
    wanted = set(codes)
    desks = Desk.objects.filter(community_id=sampler.community, round=sampler.round)
    found = {
        desk.ref.hex: f"{desk.site.name} {desk.number}" for desk in desks.select_related("site")
    }
    own = {code: whole_number(code[4:]) for code in wanted if code[:4] == "user"}
    users = user_names(own.values())
    return found | {code: users.get(pk or 0, "") for code, pk in own.items()}
