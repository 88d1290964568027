"""Writes of results (检测结果): a delivery is taken tube by tube, set-based; what is odd waits for a person.

Negative writes a result for everybody in the tube; a positive or unclear pool holds everybody in
it; a single sample releases, or confirms and holds who was not held; a spoilt tube makes its people due again. The same
content sent again is one delivery; of two different results of one tube the second is never taken
by itself.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.models import Tube
from gridwell.screening.actions import require
from gridwell.screening.actions.applying import (
    Told,
    apply_told,
    locked_tubes,
    portions,
    told_by,
)
from gridwell.screening.actions.telling import desks_of, tell
from gridwell.screening.models import Laboratory, ResultDelivery, ResultFault
from gridwell.screening.queries.holds import parts
from gridwell.screening.queries.results import TubeKey, match_tubes
from gridwell.screening.rules.results import TRIED_AGAIN, FaultCode, ResultLine, judge
from gridwell.screening.rules.tubes import ASKS_SINGLE, TubeState

MOST_LINES = 200_000
CONTRADICTING = (FaultCode.CONTRADICTION.value, FaultCode.TWICE.value)


@dataclass(frozen=True)
class Sent:
    """What came: from whom, how, and its rows."""

    area: int
    lines: Sequence[ResultLine]
    how: str  # file api hand
    laboratory: Laboratory | None = None
    file_name: str = ""


def take_results(
    *, actor: Actor, sent: Sent, now: datetime
) -> tuple[ResultDelivery, list[ResultFault]]:
    """Take what a laboratory sent (收取检测结果) and return the delivery with its open faults.

    The same rows a second time return the first delivery; what had stood open in it is tried again.
    Refused as a whole only when there is nothing to read. `actor` may be the system, for a call
    with a laboratory's key, which reaches the tubes inside the laboratory's area only.

    What is about one community is one transaction. A delivery for many is taken portion by portion,
    so that no desk waits for all of it; where it broke off the same rows sent again go on from there.
    """
    _may_take(actor, sent)
    if not 0 < len(sent.lines) <= MOST_LINES:
        raise RuleBroken("screening.results_none" if not sent.lines else "screening.results_many")
    matched = match_tubes(sent.area, sent.lines)
    if len(portions(matched)) > 1:
        return _take(actor, sent, matched, now)
    with transaction.atomic():
        return _take(actor, sent, matched, now)


def _take(
    actor: Actor, sent: Sent, matched: Sequence[TubeKey | FaultCode], now: datetime
) -> tuple[ResultDelivery, list[ResultFault]]:
    groups = portions(matched)
    if len(groups) == 1:  # one transaction: what it is going to lock, in the one order of locks
        audit.hold(sent.area, *groups[0])
    told = told_by(sent.lines, matched)
    delivery = _delivery(actor, sent, told, now)
    if delivery.finished_at is not None:
        try_again(area=sent.area, now=now, delivery=delivery)
        _say_again(delivery, told, now)
        return delivery, _open(delivery)
    for communities in groups:
        _take_portion(delivery.pk, communities, told, now)
    return _finish(actor, sent, delivery.pk, told, now), _open(delivery)


@transaction.atomic
def _take_portion(delivery: int, communities: Collection[int], told: Told, now: datetime) -> None:
    """Take what is told of the tubes of some communities, unless that was done before."""
    audit.hold(*communities)
    row = _locked(delivery)
    left = sorted(set(communities) - set(row.communities))
    if not left:  # the call before this one came so far, or one beside it
        return
    applied = apply_told(told=told.of(left), source=source_of(row), now=now)
    faults = [_fault(row, *found) for found in (*told.faults_of(left), *applied.faults)]
    ResultFault.objects.bulk_create(faults, batch_size=500)
    row.taken += applied.taken
    row.known += applied.known
    row.communities = [*row.communities, *left]
    row.save(update_fields=["taken", "known", "communities"])
    _tell_faults(row, faults, now)


@transaction.atomic
def _finish(actor: Actor, sent: Sent, delivery: int, told: Told, now: datetime) -> ResultDelivery:
    """Put on record that all of a delivery is taken, with the rows that speak of no tube of ours."""
    audit.hold(sent.area)
    row = _locked(delivery)
    if row.finished_at is not None:
        return row
    _keep_unmatched(row, told, now)
    row.known += told.known
    row.finished_at = now
    row.save(update_fields=["known", "finished_at"])
    audit.record(
        "screening.results_taken",
        actor=actor,
        community=sent.area,
        subject=row,
        at=now,
        how=sent.how,
        rows=row.rows,
        taken=row.taken,
        known=row.known,
        faults=ResultFault.objects.filter(delivery=row).count(),
        laboratory=row.laboratory.name if row.laboratory else "",
    )
    return row


def _keep_unmatched(row: ResultDelivery, told: Told, now: datetime) -> None:
    """Keep for somebody to look at which rows speak of no tube, each once.

    One that says positive or doubtful is somebody nobody holds: the desk of the area is told at once.
    """
    unmatched = told.faults_of(None)
    if not unmatched:
        return
    kept = set(ResultFault.objects.filter(delivery=row).values_list("row", flat=True))
    new = [found for found in unmatched if found[0].row not in kept]
    ResultFault.objects.bulk_create((_fault(row, *found) for found in new), batch_size=500)
    grave = [line.row for line, _, _ in new if line.outcome in ASKS_SINGLE]
    if grave:
        tell(
            kind="screening.positive_unmatched",
            users=desks_of(row.area_id, now),
            community=row.area_id,
            facts={"count": len(grave)},
            page="lab_faults",
            key=f"{row.ref.hex}:{grave[0]}",
            now=now,
            is_urgent=True,
        )


def _locked(delivery: int) -> ResultDelivery:
    rows = ResultDelivery.objects.select_for_update(of=("self",)).select_related("laboratory")
    return rows.get(pk=delivery)


def _say_again(delivery: ResultDelivery, told: Told, now: datetime) -> None:
    """Name what rows sent a second time contradict by now: their tube was corrected in between.

    A row that was named before, settled or not, is not named again. Looked at without a lock first:
    nearly always there is nothing to name.
    """
    states: dict[int, str] = {}
    for part in parts(sorted(told.lines), 5000):
        states.update(Tube.objects.filter(pk__in=part).values_list("pk", "state"))
    before = ResultFault.objects.filter(delivery=delivery, code__in=CONTRADICTING)
    named = set(before.values_list("row", flat=True))
    against = {
        pk: line
        for pk, line in told.lines.items()
        if line.row not in named and _contradicts(states[pk], line)
    }
    if not against:
        return
    with transaction.atomic():
        audit.hold(*{told.tubes[pk].community_id for pk in against})
        tubes = locked_tubes(against)
        faults = [
            _fault(delivery, line, FaultCode.CONTRADICTION, tubes[pk])
            for pk, line in against.items()
            if _contradicts(tubes[pk].state, line)
        ]
        ResultFault.objects.bulk_create(faults, batch_size=500)
        _tell_faults(delivery, faults, now)


def _contradicts(state: str, line: ResultLine) -> bool:
    told = line.outcome
    return told is not None and judge(TubeState(state), told) is FaultCode.CONTRADICTION


def _may_take(actor: Actor, sent: Sent) -> None:
    if actor.is_system:
        if sent.laboratory is None or sent.laboratory.area_id != sent.area:
            raise NotVisible
        return
    require(actor, Right.APPROVE_ORDERS, sent.area)


def _digest(lines: Iterable[ResultLine]) -> str:
    rows = [
        [line.tube, line.document, line.said, line.at.isoformat() if line.at else ""]
        for line in lines
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def _delivery(actor: Actor, sent: Sent, told: Told, now: datetime) -> ResultDelivery:
    """Return the delivery of these rows: a new one, or the one that they came with before.

    With a new one its rows that speak of no tube are kept at once: when it breaks off and a desk sends
    before it comes again, they may speak of a tube in a community that is done.
    """
    digest = _digest(sent.lines)
    row = ResultDelivery(
        area_id=sent.area,
        laboratory=sent.laboratory,
        digest=digest,
        how=sent.how,
        file_name=sent.file_name[:200],
        rows=len(sent.lines),
        taken=0,
        received_at=now,
        recorded_by=actor.user_id,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _keep_unmatched(row, told, now)
    except IntegrityError:
        return ResultDelivery.objects.get(area=sent.area, digest=digest)
    return row


def source_of(delivery: ResultDelivery) -> str:
    """Return where a delivery came from, as it stands beside each result."""
    name = delivery.laboratory.name if delivery.laboratory else delivery.file_name
    return f"{name or delivery.how}"[:60]


def _open(delivery: ResultDelivery) -> list[ResultFault]:
    return list(ResultFault.objects.filter(delivery=delivery, settled_at=None).order_by("row"))


def _fault(
    delivery: ResultDelivery, line: ResultLine, code: FaultCode, tube: Tube | TubeKey | None
) -> ResultFault:
    return ResultFault(
        area_id=delivery.area_id,
        delivery=delivery,
        community_id=tube.community_id if tube else None,
        tube_id=tube.pk if tube else None,
        row=line.row,
        code=code.value,
        sent=json.dumps(
            {
                "tube": line.tube,
                "document": line.document,
                "said": line.said[:60],
                "at": line.at.isoformat() if line.at else "",
            },
            ensure_ascii=False,
        ),
    )


def line_of(fault: ResultFault) -> ResultLine:
    """Return the row of a fault as it was sent."""
    kept: dict[str, str] = json.loads(fault.sent or "{}")
    at = kept.get("at")
    return ResultLine(
        row=fault.row,
        tube=kept.get("tube", ""),
        document=kept.get("document", ""),
        said=kept.get("said", ""),
        at=datetime.fromisoformat(at) if at else None,
    )


def _tell_faults(delivery: ResultDelivery, faults: Sequence[ResultFault], now: datetime) -> None:
    """Tell the desks whose tubes stand in contradiction: something there may be positive."""
    gravest = [fault for fault in faults if fault.code in CONTRADICTING]
    counts = Counter(fault.community_id for fault in gravest if fault.community_id)
    for community, count in sorted(counts.items()):
        tell(
            kind="screening.results_contradict",
            users=desks_of(community, now),
            community=community,
            facts={"count": count},
            page="lab_results",
            key=f"{delivery.ref.hex}:{min(fault.row for fault in gravest)}",
            now=now,
            is_urgent=True,
        )


def try_again(
    *,
    area: int,
    now: datetime,
    delivery: ResultDelivery | None = None,
    fault: ResultFault | None = None,
) -> int:
    """Try the rows again that may match by now (重新匹配): desks send late; return how many settled.

    All of the area, or those of one delivery, or one row. Portion by portion, as they are taken.
    """
    rows = ResultFault.objects.filter(
        area=area, settled_at=None, code__in=[code.value for code in TRIED_AGAIN]
    )
    if delivery is not None:
        rows = rows.filter(delivery=delivery)
    if fault is not None:
        rows = rows.filter(pk=fault.pk)
    lines = {fault.pk: line_of(fault) for fault in rows.order_by("pk")}
    matched = dict(zip(lines, match_tubes(area, list(lines.values())), strict=True))
    settled = 0
    for communities in portions(matched.values()):
        found = {
            pk: key
            for pk, key in matched.items()
            if isinstance(key, TubeKey) and key.community_id in communities
        }
        settled += _again(area, rows, lines, found, now)
    for code in FaultCode:  # what is unknown still, but for another reason than before
        other = [pk for pk, found in matched.items() if found is code]
        for part in parts(other):
            rows.filter(pk__in=part).exclude(code=code.value).update(
                code=code.value, community=None, tube_id=None
            )
    return settled


@transaction.atomic
def _again(
    area: int,
    rows: QuerySet[ResultFault],
    lines: Mapping[int, ResultLine],
    matched: Mapping[int, TubeKey],
    now: datetime,
) -> int:
    """Try open rows of some communities again; what somebody else settled meanwhile is left alone."""
    audit.hold(area, *{found.community_id for found in matched.values()})
    by_delivery: dict[int, list[ResultFault]] = defaultdict(list)
    for part in parts(list(matched)):
        locked = rows.filter(pk__in=part).select_for_update(of=("self",))
        for fault in locked.select_related("delivery__laboratory").order_by("pk"):
            by_delivery[fault.delivery_id].append(fault)
    return sum(
        _again_of(faults, [lines[fault.pk] for fault in faults], matched, now)
        for faults in by_delivery.values()
    )


def _again_of(
    faults: Sequence[ResultFault],
    lines: Sequence[ResultLine],
    matched: Mapping[int, TubeKey],
    now: datetime,
) -> int:
    """Try open rows of one delivery again and return how many are settled."""
    delivery = faults[0].delivery
    by_line = {id(line): fault for line, fault in zip(lines, faults, strict=True)}
    told = told_by(lines, [matched[fault.pk] for fault in faults])
    done = apply_told(told=told.lines, source=source_of(delivery), now=now)
    found = [*told.faults, *done.faults]
    still = {by_line[id(line)].pk for line, _, _ in found if id(line) in by_line}
    changed = []
    for line, code, tube in found:
        fault = by_line.get(id(line))
        if fault is None:
            changed.append(_fault(delivery, line, code, tube))
        elif fault.code != code.value:
            fault.code = code.value
            fault.community_id = tube.community_id if tube else None
            fault.tube_id = tube.pk if tube else None
            fault.save(update_fields=["code", "community", "tube_id"])
    ResultFault.objects.bulk_create(changed)
    gone = [fault.pk for fault in faults if fault.pk not in still]
    for part in parts(gone):
        ResultFault.objects.filter(pk__in=part).update(settled_at=now, settled_how="matched")
    ResultDelivery.objects.filter(pk=delivery.pk).update(
        taken=F("taken") + done.taken, known=F("known") + done.known + told.known
    )
    if gone:
        audit.record(
            "screening.results_matched",
            actor=Actor.system(delivery.area_id),
            community=delivery.area_id,
            subject=delivery,
            at=now,
            count=len(gone),
        )
    return len(gone)


def areas_to_try() -> list[int]:
    """Return the areas in which rows wait for what a desk still has to send: one query."""
    rows = ResultFault.objects.filter(
        settled_at=None, code__in=[code.value for code in TRIED_AGAIN]
    ).order_by()
    return sorted(rows.values_list("area_id", flat=True).distinct())
