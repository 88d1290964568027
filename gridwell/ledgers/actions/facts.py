"""Facts beside the entries: vacancy, samples, isolation, labels (附带事实). Part of an import's act."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from gridwell.core import clock
from gridwell.health.actions import ResultRow, UntilRow, record_isolations, record_results
from gridwell.health.models import Isolation, Result
from gridwell.ledgers.labels import FIELDS
from gridwell.ledgers.rules.matching import Decision
from gridwell.ledgers.rules.rows import HouseholdRow
from gridwell.places.models import Place
from gridwell.residents.actions.facts import chunks, supersede
from gridwell.residents.actions.marks import refresh_rule_marks
from gridwell.residents.actions.notes import Note, keep_notes
from gridwell.residents.models import Household, Label, LabelMark, Membership, Trait

if TYPE_CHECKING:
    from gridwell.ledgers.actions.writing import Writing

#: A label that a ledger gives is by hand: it has an end, and is given again by the next ledger.
LABEL_HOLDS = timedelta(days=365)
#: A ledger says when somebody was sampled, not with what result.
SAMPLED = "pending"


def remark_of_home(row: HouseholdRow) -> str:
    """Return what a ledger says of a household and not of one of its people, a line a column."""
    lines = [f"{header}：{text}" if header else text for header, text in row.remark.items()]
    if row.people != 1:
        said = [
            str(FIELDS.get(code, code)) if not value else f"{FIELDS.get(code, code)}（{value}）"
            for code, value in row.traits.items()
        ]
        if said or row.labels:
            lines.append("、".join([*said, *row.labels]))
    return "\n".join(lines)[:2_000]


def write_notes(writing: "Writing") -> None:
    """Keep the numbers and words that a ledger has for a dwelling where it names nobody."""
    notes: dict[int, Note] = {}
    for row in writing.comparison.settled.households:
        place = writing.places.get(row.dwelling_key)
        is_homes = writing.homes.get(row.household_key) is not None  # then the household has it
        words = "" if row.people or is_homes else remark_of_home(row)
        if not row.people and place is not None and (row.phones or words):
            before = notes.get(place, Note((), ""))
            notes[place] = Note(
                (*before.phones, *row.phones), "\n".join(filter(None, (before.words, words)))
            )
    kept = keep_notes(
        actor=writing.actor,
        community=writing.community,
        notes=notes,
        now=writing.now,
        source=writing.source,
    )
    writing.journal.made("residents.dwellingnote", kept.made)
    writing.journal.replaced("residents.dwellingnote", kept.replaced)


def settle_vacancy(writing: "Writing") -> None:
    """Write which dwellings stand empty: listed without anybody and without a household, or left."""
    listed = {
        writing.places[row.dwelling_key]: row.is_vacant
        for row in sorted(writing.comparison.settled.households, key=lambda r: not r.is_vacant)
    }
    emptied = {
        writing.register.dwellings[d.resident or 0]
        for d in writing.changed
        if "dwelling_key" in d.changes and d.resident in writing.register.dwellings
    }
    wanted = sorted(listed.keys() | emptied)
    lived_in: set[int] = set()
    for part in chunks(wanted):
        lived_in.update(
            Household.objects.filter(
                community=writing.community, dwelling__in=part, ends_at=None, merged_into=None
            ).values_list("dwelling_id", flat=True)
        )
    fill = [pk for pk in wanted if pk in lived_in]
    empty = [pk for pk in wanted if pk not in lived_in and (listed.get(pk) or pk in emptied)]
    for ids, is_vacant in ((fill, False), (empty, True)):
        for part in chunks(ids):
            rows = Place.objects.filter(pk__in=part, is_vacant=not is_vacant)
            for pk in rows.values_list("pk", flat=True):
                writing.journal.changed("places.place", pk, "is_vacant", not is_vacant, is_vacant)
            rows.update(is_vacant=is_vacant)


def _said(writing: "Writing", field: str) -> list[tuple[int, Decision]]:
    """Return who gets a fact: the new, and those for whom it changed."""
    new = [(writing.residents[d.row.row_key], d) for d in writing.new]
    return new + [(d.resident or 0, d) for d in writing.changed if field in d.changes]


def write_health(writing: "Writing") -> None:
    """Record last samples and isolations that the ledger names.

    A sample without its result is "pending": it counts as done and says nothing of the result. A
    known result of the same instant is touched only where it was pending and the ledger has one.
    """
    zone = clock.zone()
    places = writing.places
    common: dict[str, Any] = {
        "actor": writing.actor,
        "community": writing.community,
        "source": writing.source,
        "now": writing.now,
    }
    samples = [
        ResultRow(
            pk,
            places.get(d.row.dwelling_key),
            d.row.last_sample_at.replace(tzinfo=zone),
            d.row.last_sample_outcome or SAMPLED,
        )
        for pk, d in _said(writing, "last_sample_at")
        if d.row.last_sample_at is not None
    ]
    if samples:
        record_results(rows=samples, **common)
    stays = [
        UntilRow(pk, places.get(d.row.dwelling_key), d.row.isolated_until)
        for pk, d in _said(writing, "isolated_until")
        if d.row.isolated_until is not None
    ]
    if stays:
        _end_former(writing, [row.resident for row in stays])
        record_isolations(rows=stays, **common)


def _end_former(writing: "Writing", residents: list[int]) -> None:
    """Supersede isolations that an earlier ledger had given another last day."""
    old: list[int] = []
    for part in chunks(sorted(residents)):
        old += Isolation.objects.filter(
            community=writing.community,
            resident__in=part,
            ended_at=None,
            superseded_at=None,
            source__startswith="import:",
        ).values_list("pk", flat=True)
    supersede(Isolation, old, writing.now)
    writing.journal.replaced("health.isolation", old)


def write_marks(writing: "Writing") -> None:
    """Let marks by rule follow the new facts, then give the labels that the ledger names."""
    community, now = writing.community, writing.now
    if not Label.objects.filter(community=community).exists():
        return
    refresh_rule_marks(actor=writing.actor, community=community, now=now)
    said = {pk: d for pk, d in _said(writing, "labels") if d.row.labels}
    carried: set[tuple[int, int]] = set()
    for part in chunks(sorted(said)):
        carried.update(
            LabelMark.objects.filter(
                community=community, resident__in=part, superseded_at=None, starts_at__lte=now
            )
            .exclude(ends_at__lte=now)
            .values_list("resident_id", "label_id")
        )
    LabelMark.objects.bulk_create(
        [
            _mark(writing, pk, decision, int(label), now)
            for pk, decision in said.items()
            for label in decision.row.labels
            if (pk, int(label)) not in carried
        ],
        batch_size=500,
    )


def _mark(
    writing: "Writing", resident: int, decision: Decision, label: int, now: datetime
) -> LabelMark:
    return LabelMark(
        community_id=writing.community,
        dwelling_id=writing.places[decision.row.dwelling_key],
        resident_id=resident,
        label_id=label,
        is_manual=True,
        reason="ledger",
        starts_at=now,
        ends_at=now + LABEL_HOLDS,
        recorded_at=now,
        recorded_by=writing.actor.user_id,
        source=writing.source,
    )


#: Dated facts that an import writes under its own source.
SOURCED = {
    "residents.membership": Membership,
    "residents.trait": Trait,
    "residents.labelmark": LabelMark,
    "health.result": Result,
    "health.isolation": Isolation,
}


def note_sourced(writing: "Writing") -> None:
    """Note all facts that were written under the import's source, whoever wrote them."""
    for table, model in SOURCED.items():
        known = set(writing.journal.created.get(table, ()))
        ids = model._default_manager.filter(
            community=writing.community, source=writing.source
        ).values_list("pk", flat=True)
        writing.journal.made(table, [pk for pk in ids if pk not in known])
