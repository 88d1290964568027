"""Reads of results (检测结果): which tube a row speaks of, deliveries, what somebody has to look at."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import NotVisible
from gridwell.health.models import Sample, Tube
from gridwell.places.rules.levels import span_of
from gridwell.residents.models import Resident, Stay
from gridwell.residents.queries.guests import guests_of
from gridwell.screening.models import Laboratory, LaboratoryKey, ResultDelivery, ResultFault
from gridwell.screening.queries.holds import parts
from gridwell.screening.rules.results import (
    GRAVEST,
    LATE_AFTER,
    TOGETHER,
    FaultCode,
    ResultLine,
    may_go_together,
    tube_code,
)
from gridwell.screening.rules.tubes import TubeState

#: A tube that waits for its result.
WAITING = (
    TubeState.CLOSED.value,
    TubeState.PACKED.value,
    TubeState.SENT.value,
    TubeState.RECEIVED.value,
)


class TubeKey(NamedTuple):
    """A tube as far as matching needs it."""

    pk: int
    community_id: int


def match_tubes(area: int, lines: Sequence[ResultLine]) -> list[TubeKey | FaultCode]:
    """Return for each row the tube it speaks of, or why there is none; tubes inside the area only.

    By the tube's number where there is one, else by the person's document: the tube of the latest
    sample that has no result yet, else of the latest at all.
    """
    by_code = _tubes_by_code(area, {tube_code(line.tube) for line in lines if line.tube})
    documents = {line.document for line in lines if line.document and not line.tube}
    by_document = _tubes_by_document(area, documents)
    found: list[TubeKey | FaultCode] = []
    for line in lines:
        if line.tube:
            tubes = by_code.get(tube_code(line.tube), [])
            missing = FaultCode.UNKNOWN_TUBE
        else:
            tubes = by_document.get(line.document, [])
            missing = FaultCode.UNKNOWN_PERSON
        found.append(tubes[0] if len(tubes) == 1 else FaultCode.AMBIGUOUS if tubes else missing)
    return found


def _tubes_by_code(area: int, codes: Collection[str]) -> dict[str, list[TubeKey]]:
    low, high = span_of(area)
    found: dict[str, list[TubeKey]] = defaultdict(list)
    for part in parts(sorted(codes), 5000):
        rows = Tube.objects.filter(code__in=part, community_id__gte=low, community_id__lt=high)
        for code, pk, community in rows.values_list("code", "pk", "community_id"):
            found[code].append(TubeKey(pk, community))
    return found


def _tubes_by_document(area: int, documents: Collection[str]) -> dict[str, list[TubeKey]]:
    """Return document -> the tube in each community; residents, and guests whose number was entered."""
    low, high = span_of(area)
    inside = {"community_id__gte": low, "community_id__lt": high}
    people: dict[int, str] = {}
    guests: dict[UUID, str] = {}
    for part in parts(sorted(documents), 200):  # each is looked for under every key of the vault
        rows = Resident.objects.filter(document__in=part, merged_into=None, **inside)
        own = dict(rows.values_list("pk", "document"))
        people |= own | _merged_into(own)
        stays = Stay.objects.filter(
            document__in=part, superseded_at=None, registered_as=None, **inside
        )
        guests.update(stays.values_list("ref", "document"))
    found: dict[str, dict[int, _Ranked]] = defaultdict(dict)
    for chunk in parts(sorted(people)):
        _rank(Sample.objects.filter(resident__in=chunk), people, "resident_id", found)
    for refs in parts(sorted(guests)):
        _rank(Sample.objects.filter(guest__in=refs, **inside), guests, "guest", found)
    return {document: [row[2] for row in by.values()] for document, by in found.items()}


def _merged_into(people: Mapping[int, str]) -> dict[int, str]:
    """Return the entries that were merged into these people, with the person's number."""
    found: dict[int, str] = {}
    asked = dict(people)
    while asked:
        rows = Resident.objects.filter(merged_into__in=list(asked)).exclude(pk__in=list(found))
        asked = {pk: asked[kept] for pk, kept in rows.values_list("pk", "merged_into_id") if kept}
        found |= asked
    return found


_Ranked = tuple[bool, datetime, TubeKey]


def _rank(
    samples: QuerySet[Sample],
    documents: Mapping[Any, str],
    column: str,
    found: dict[str, dict[int, _Ranked]],
) -> None:
    """Keep of each person and community the tube that waits for its result, else the latest."""
    rows = samples.filter(superseded_at=None).values_list(
        column, "community_id", "sampled_at", "tube_id", "tube__state"
    )
    for who, community, at, tube, state in rows:
        ranked = (state in WAITING, at, TubeKey(tube, community))
        known = found[documents[who]]
        former = known.get(community)
        if former is None or ranked[:2] > former[:2]:
            known[community] = ranked


@dataclass(frozen=True)
class Nameless:
    """A guest without a document number whose sample waits for its result."""

    stay: int
    name: str
    door: str
    tube: str


def nameless_guests(actor: Actor, community: int) -> list[Nameless]:
    """Return the guests without a number in tubes that wait: one of them may be whom a row names."""
    samples = Sample.objects.filter(
        community_id=community,
        guest__isnull=False,
        superseded_at=None,
        tube__state__in=WAITING,
    ).order_by("-sampled_at")
    tubes = {guest: code for guest, code in samples.values_list("guest", "tube__code") if guest}
    stays = guests_of(actor, community).filter(ref__in=list(tubes)[:500], registered_as=None)
    return [
        Nameless(stay.pk, stay.name, stay.place.full_name, tubes[stay.ref])
        for stay in stays.order_by("place__full_key", "pk")
        if not stay.document
    ]


def standing_samples(tubes: Iterable[int]) -> dict[int, list[Sample]]:
    """Return tube -> the samples that stand in it, in their order."""
    found: dict[int, list[Sample]] = defaultdict(list)
    for part in parts(sorted(tubes)):
        rows = Sample.objects.filter(tube__in=part, superseded_at=None).order_by("tube", "position")
        for sample in rows:
            found[sample.tube_id].append(sample)
    return dict(found)


def put_aside(tube: Tube) -> QuerySet[Sample]:
    """Return the samples that count no longer because of what the tube's result was."""
    rows = Sample.objects.filter(tube=tube, superseded_reason=f"tube {tube.state}")
    return rows.order_by("position", "pk")


def people_of(tube: Tube) -> int:
    """Return how many people another result of this tube would be about."""
    standing = Sample.objects.filter(tube=tube, superseded_at=None).count()
    return standing or put_aside(tube).count()


def last_sampled(tubes: Iterable[int]) -> dict[int, datetime]:
    """Return tube -> when the last sample that stands in it was taken; an empty tube is left out."""
    found: dict[int, datetime] = {}
    for part in parts(sorted(tubes), 5000):
        rows = Sample.objects.filter(tube__in=part, superseded_at=None).order_by()
        found.update(rows.values_list("tube").annotate(last=Max("sampled_at")))
    return found


def may_handle(actor: Actor, area: int) -> bool:
    """Return whether the actor takes in results at an area: whoever may approve orders there."""
    return actor.covers(area) and actor.may(Right.APPROVE_ORDERS, area)


def deliveries_of(actor: Actor, area: int) -> QuerySet[ResultDelivery]:
    """Return what came for an area, or from above with tubes of it that had faults; latest first."""
    if not may_handle(actor, area):
        return ResultDelivery.objects.none()
    low, high = span_of(area)
    inside = ResultDelivery.objects.filter(area_id__gte=low, area_id__lt=high)
    waiting = ResultFault.objects.filter(delivery=OuterRef("pk"), settled_at=None).order_by()
    count = waiting.values("delivery").annotate(count=Count("pk")).values("count")
    inside = inside.annotate(open_faults=Coalesce(Subquery(count), 0))
    return inside.select_related("laboratory", "area").order_by("-received_at", "-pk")


def faults_of(actor: Actor, area: int) -> QuerySet[ResultFault]:
    """Return the rows that somebody has to look at, the gravest and oldest first.

    A community sees what speaks of its tubes, whoever sent it to whom; nobody sees a row of others.
    """
    if not may_handle(actor, area):
        return ResultFault.objects.none()
    low, high = span_of(area)
    ours = Q(community_id__gte=low, community_id__lt=high) | Q(
        community=None, area_id__gte=low, area_id__lt=high
    )
    return (
        ResultFault.objects.filter(ours)
        .select_related("delivery__laboratory", "community")
        .annotate(gravity=Case(*_GRAVITY, default=Value(len(FaultCode))))
        .order_by("gravity", "pk")
    )


def narrowed(
    rows: QuerySet[ResultFault], code: str, delivery: UUID | None
) -> QuerySet[ResultFault]:
    """Return the rows of one kind, of one delivery or both; all of them where neither is named."""
    if code:
        rows = rows.filter(code=code)
    return rows if delivery is None else rows.filter(delivery__ref=delivery)


def together(rows: QuerySet[ResultFault]) -> list[ResultFault]:
    """Return those of some rows that are open and may be put aside many at once; reads each of them."""
    waiting = rows.filter(settled_at=None, code__in=[code.value for code in TOGETHER])
    return [
        row
        for row in waiting.select_related(None).order_by("pk")
        if may_go_together(FaultCode(row.code), _said(row))
    ]


def _said(row: ResultFault) -> str:
    """Return the result in a row of a laboratory, in its own words."""
    return str(json.loads(row.sent or "{}").get("said", ""))


_GRAVITY = [When(code=code.value, then=Value(at)) for at, code in enumerate(GRAVEST)]


def access_fault(actor: Actor, area: int, fault: int) -> ResultFault:
    """Return a row to look at of the actor's area, or raise NotVisible."""
    row = faults_of(actor, area).filter(pk=fault).first()
    if row is None:
        raise NotVisible
    return row


@dataclass(frozen=True)
class Waiting:
    """Tubes that have no result yet: how many, how many of them late, since when the first is closed."""

    count: int
    late: int
    since: datetime | None


def waiting_tubes(area: int, now: datetime) -> Waiting:
    """Return how many tubes inside an area wait for their result: one query."""
    rows = _waiting(area).aggregate(
        count=Count("pk"),
        late=Count("pk", filter=Q(closed_at__lte=now - LATE_AFTER)),
        first=Min("closed_at"),
    )
    return Waiting(rows["count"], rows["late"], rows["first"])


def _waiting(area: int) -> QuerySet[Tube]:
    low, high = span_of(area)
    rows = Tube.objects.filter(community_id__gte=low, community_id__lt=high, state__in=WAITING)
    return rows.filter(resulted_at=None)  # what the index of waiting tubes is of


def waiting_list(actor: Actor, area: int, now: datetime, *, late_only: bool) -> QuerySet[Tube]:
    """Return the tubes that wait for their result, the longest first, with `people` in each."""
    if not may_handle(actor, area):
        return Tube.objects.none()
    rows = _waiting(area)
    if late_only:
        rows = rows.filter(closed_at__lte=now - LATE_AFTER)
    inside = Sample.objects.filter(
        community_id=OuterRef("community_id"), tube=OuterRef("pk"), superseded_at=None
    )
    standing = inside.order_by().values("tube").annotate(count=Count("pk")).values("count")
    people = Coalesce(Subquery(standing), 0)  # of the tubes of the page, not of all that wait
    return rows.select_related("community").annotate(people=people).order_by("closed_at", "pk")


def tubes_of(pks: Collection[int]) -> dict[int, Tube]:
    """Return tubes by id, for the list of faults: one query."""
    return Tube.objects.in_bulk(list(pks))


def laboratories_of(actor: Actor, area: int) -> QuerySet[Laboratory]:
    """Return the laboratories that send results to an area, whether they may still or not."""
    if not may_handle(actor, area):
        return Laboratory.objects.none()
    return Laboratory.objects.filter(area_id=area).order_by("revoked_at", "name", "pk")


def access_laboratory(actor: Actor, area: int, laboratory: int) -> Laboratory:
    """Return a laboratory of the actor's area, or raise NotVisible."""
    row = laboratories_of(actor, area).filter(pk=laboratory).first()
    if row is None:
        raise NotVisible
    return row


def valid_at(now: datetime) -> Q:
    """Return the condition that a key of a laboratory is valid at an instant; at its end it is not."""
    return Q(revoked_at=None) & (Q(ends_at=None) | Q(ends_at__gt=now))


def key_of_hash(key_hash: str, now: datetime) -> LaboratoryKey | None:
    """Return the valid key with this hash, with its laboratory; no actor, for calls with a key."""
    rows = LaboratoryKey.objects.filter(
        valid_at(now), key_hash=key_hash, laboratory__revoked_at=None
    )
    return rows.select_related("laboratory").first() if key_hash else None


def void_since(key_hash: str) -> datetime | None:
    """Return since when the key with this hash is valid no longer; None for a key that is not known."""
    rows = LaboratoryKey.objects.filter(key_hash=key_hash).select_related("laboratory")
    key = rows.first() if key_hash else None
    if key is None:
        return None
    ends = (key.revoked_at, key.laboratory.revoked_at, key.ends_at)
    return min((end for end in ends if end is not None), default=None)


def keys_of(laboratories: Iterable[Laboratory]) -> dict[int, list[LaboratoryKey]]:
    """Return laboratory -> its keys, the newest first, the void ones too: one query."""
    found: dict[int, list[LaboratoryKey]] = defaultdict(list)
    rows = LaboratoryKey.objects.filter(laboratory__in=[row.pk for row in laboratories])
    for key in rows.order_by("-created_at", "-pk"):
        found[key.laboratory_id].append(key)
    return found
