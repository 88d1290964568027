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
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.models import Tube
from gridwell.screening.actions import require
from gridwell.screening.actions.effects import put_results
from gridwell.screening.actions.rounds import refresh_outcome
from gridwell.screening.actions.telling import desks_of, tell
from gridwell.screening.models import Laboratory, ResultDelivery, ResultFault, Round
from gridwell.screening.queries.holds import parts
from gridwell.screening.queries.results import (
    TubeKey,
    last_sampled,
    match_tubes,
)
from gridwell.screening.rules.results import (
    TRIED_AGAIN,
    FaultCode,
    ResultLine,
    Verdict,
    judge,
    settled_at,
)
from gridwell.screening.rules.tubes import TubeState

MOST_LINES = 200_000
#: What is read of a tube to take its result; the rest is written or left alone.
_NEEDED = ("community_id", "ref", "code", "round", "purpose", "state")
CONTRADICTING = (FaultCode.CONTRADICTION.value, FaultCode.TWICE.value)


@dataclass(frozen=True)
class Sent:
    """What came: from whom, how, and its rows."""

    area: int
    lines: Sequence[ResultLine]
    how: str  # file api hand
    laboratory: Laboratory | None = None
    file_name: str = ""


@dataclass
class Applied:
    """What became of some rows."""

    taken: int = 0
    known: int = 0
    faults: list[tuple[ResultLine, FaultCode, Tube | TubeKey | None]] = field(default_factory=list)


@transaction.atomic
def take_results(
    *, actor: Actor, sent: Sent, now: datetime
) -> tuple[ResultDelivery, list[ResultFault]]:
    """Take what a laboratory sent (收取检测结果) and return the delivery with its open faults.

    The same rows a second time return the first delivery; what had stood open in it is tried again.
    Refused as a whole only when there is nothing to read. `actor` may be the system, for a call
    with a laboratory's key, which reaches the tubes inside the laboratory's area only.
    """
    _may_take(actor, sent)
    if not 0 < len(sent.lines) <= MOST_LINES:
        raise RuleBroken("screening.results_none" if not sent.lines else "screening.results_many")
    digest = _digest(sent.lines)
    matched = _held(sent.area, sent.lines)
    delivery, is_new = _delivery(actor, sent, digest, now)
    if not is_new:
        try_again(area=sent.area, now=now, delivery=delivery)
        _say_again(delivery, sent, matched, now)
        return delivery, _open(delivery)
    applied = apply_lines(lines=sent.lines, matched=matched, source=source_of(delivery), now=now)
    faults = [_fault(delivery, *found) for found in applied.faults]
    ResultFault.objects.bulk_create(faults, batch_size=500)
    delivery.taken, delivery.known = applied.taken, applied.known
    delivery.save(update_fields=["taken", "known"])
    audit.record(
        "screening.results_taken",
        actor=actor,
        community=sent.area,
        subject=delivery,
        at=now,
        how=sent.how,
        rows=len(sent.lines),
        taken=applied.taken,
        known=applied.known,
        faults=len(faults),
        laboratory=sent.laboratory.name if sent.laboratory else "",
    )
    _tell_faults(delivery, faults, now)
    return delivery, _open(delivery)


def _held(area: int, lines: Sequence[ResultLine]) -> list[TubeKey | FaultCode]:
    """Return of which tubes rows speak, with the trails of their communities and of the area taken.

    First of all and before any tube is locked, as every act of a round does: a desk, a correction and
    a second delivery wait for this one and not for each other.
    """
    matched = match_tubes(area, lines)
    audit.hold(area, *{found.community_id for found in matched if not isinstance(found, FaultCode)})
    return matched


def _say_again(
    delivery: ResultDelivery,
    sent: Sent,
    matched: Sequence[TubeKey | FaultCode],
    now: datetime,
) -> None:
    """Name what rows sent a second time contradict by now: their tube was corrected in between.

    A row that was named before, settled or not, is not named again.
    """
    told = _told(sent.lines, matched, Applied())
    before = ResultFault.objects.filter(delivery=delivery, code__in=CONTRADICTING)
    named = set(before.values_list("row", flat=True))
    tubes = locked_tubes(told)
    faults = [
        _fault(delivery, line, FaultCode.CONTRADICTION, tubes[pk])
        for pk, line in told.items()
        if line.row not in named
        and line.outcome is not None
        and judge(TubeState(tubes[pk].state), line.outcome) is FaultCode.CONTRADICTION
    ]
    ResultFault.objects.bulk_create(faults, batch_size=500)
    _tell_faults(delivery, faults, now)


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


def _delivery(actor: Actor, sent: Sent, digest: str, now: datetime) -> tuple[ResultDelivery, bool]:
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
    except IntegrityError:
        return ResultDelivery.objects.get(area=sent.area, digest=digest), False
    return row, True


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


def apply_lines(
    *,
    lines: Sequence[ResultLine],
    matched: Sequence[TubeKey | FaultCode],
    source: str,
    now: datetime,
) -> Applied:
    """Take of these rows what can be taken, set-based: queries grow with portions, not with rows."""
    done = Applied()
    told = _told(lines, matched, done)
    tubes = locked_tubes(told)
    accepted: dict[int, ResultLine] = {}
    for pk, line in told.items():
        outcome = line.outcome
        if outcome is None:  # cannot be: such rows are faults already
            continue
        verdict = judge(TubeState(tubes[pk].state), outcome)
        if verdict is Verdict.KNOWN:
            done.known += 1
        elif isinstance(verdict, FaultCode):
            done.faults.append((line, verdict, tubes[pk]))
        else:
            accepted[pk] = line
    _put(accepted, tubes, source, done, now)
    return done


def _told(
    lines: Sequence[ResultLine], matched: Sequence[TubeKey | FaultCode], done: Applied
) -> dict[int, ResultLine]:
    """Return tube -> the row that speaks of it; rows that cannot be matched become faults.

    Further rows that say the same of a tube (a list by person) are one statement.
    """
    told: dict[int, ResultLine] = {}
    twice: set[int] = set()
    tubes: dict[int, TubeKey] = {}
    pending: list[ResultLine] = []
    for line, found in zip(lines, matched, strict=True):
        if line.is_pending:
            pending.append(line)
        elif line.outcome is None:
            done.faults.append((line, FaultCode.BAD_VALUE, None))
        elif isinstance(found, FaultCode):
            done.faults.append((line, found, None))
        else:
            tubes[found.pk] = found
            first = told.setdefault(found.pk, line)
            if first.outcome is not line.outcome:
                twice.add(found.pk)
                done.faults.append((line, FaultCode.TWICE, found))
            elif first is not line:
                done.known += 1
    for pk in twice:
        done.faults.append((told.pop(pk), FaultCode.TWICE, tubes[pk]))
    if pending:
        done.faults.append((_note(pending[0], len(pending)), FaultCode.NO_RESULT, None))
    return told


def _note(line: ResultLine, count: int) -> ResultLine:
    """Return the row that stands for `count` rows of one kind: its own tube and words, no person."""
    said = f"{line.said} ×{count}".strip() if count > 1 else line.said
    return ResultLine(line.row, line.tube, "", said, line.at)


def locked_tubes(tubes: Collection[int]) -> dict[int, Tube]:
    """Return tubes as they are now; until the act is over nobody else changes them."""
    found: dict[int, Tube] = {}
    for part in parts(sorted(tubes), 5000):
        rows = Tube.objects.select_for_update().filter(pk__in=part).only(*_NEEDED).order_by("pk")
        found.update((row.pk, row) for row in rows)
    return found


def _put(
    accepted: dict[int, ResultLine],
    tubes: Mapping[int, Tube],
    source: str,
    done: Applied,
    now: datetime,
) -> None:
    """Write the results of tubes that take them, and all that follows, community by community."""
    last_sample = last_sampled(accepted)
    clock_off: list[int] = []
    by_community: dict[int, list[Tube]] = defaultdict(list)
    for pk, line in list(accepted.items()):
        tube, last = tubes[pk], last_sample.get(pk)
        if last is None or last > now:
            code = FaultCode.EMPTY_TUBE if last is None else FaultCode.SAMPLED_AHEAD
            done.faults.append((line, code, tube))
            del accepted[pk]
            continue
        tube.resulted_at, is_kept = settled_at(line.at, last, now)
        tube.state = str(line.outcome)
        tube.result_source = source
        by_community[tube.community_id].append(tube)
        if not is_kept:
            clock_off.append(pk)
    done.taken += len(accepted)
    for community, rows in sorted(by_community.items()):
        put_results(community=community, tubes=rows, source=source, now=now)
        _follow_rounds(community, rows, accepted, done, now)
    if clock_off:
        first = clock_off[0]
        note = _note(accepted[first], len(clock_off))
        done.faults.append((note, FaultCode.LAB_CLOCK, tubes[first]))


def _follow_rounds(
    community: int,
    tubes: Sequence[Tube],
    accepted: Mapping[int, ResultLine],
    done: Applied,
    now: datetime,
) -> None:
    """Work late results into rounds that are closed; one note for each such round."""
    count = Counter(tube.round for tube in tubes)
    closed = Round.objects.filter(community_id=community, ref__in=list(count), state="closed")
    for row in closed.select_related("order__zone"):
        refresh_outcome(actor=Actor.system(community), round=row, now=now)
        first = next(tube for tube in tubes if tube.round == row.ref)
        note = _note(accepted[first.pk], count[row.ref])
        done.faults.append((note, FaultCode.LATE, first))


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


@transaction.atomic
def try_again(
    *,
    area: int,
    now: datetime,
    delivery: ResultDelivery | None = None,
    fault: ResultFault | None = None,
) -> int:
    """Try the rows again that may match by now (重新匹配): desks send late; return how many settled.

    All of the area, or those of one delivery, or one row.
    """
    rows = ResultFault.objects.filter(
        area=area, settled_at=None, code__in=[code.value for code in TRIED_AGAIN]
    )
    if delivery is not None:
        rows = rows.filter(delivery=delivery)
    if fault is not None:
        rows = rows.filter(pk=fault.pk)
    lines = {fault.pk: line_of(fault) for fault in rows.order_by("pk")}
    matched = dict(zip(lines, _held(area, list(lines.values())), strict=True))
    by_delivery: dict[int, list[ResultFault]] = defaultdict(list)
    for part in parts(list(lines)):  # what somebody else settled meanwhile is left alone
        locked = rows.filter(pk__in=part).select_for_update(of=("self",))
        for fault in locked.select_related("delivery__laboratory").order_by("pk"):
            by_delivery[fault.delivery_id].append(fault)
    settled = 0
    for faults in by_delivery.values():
        settled += _again(faults, lines, matched, now)
    return settled


def _again(
    faults: Sequence[ResultFault],
    known: Mapping[int, ResultLine],
    matched: Mapping[int, TubeKey | FaultCode],
    now: datetime,
) -> int:
    delivery = faults[0].delivery
    lines = [known[fault.pk] for fault in faults]
    by_line = {id(line): fault for line, fault in zip(lines, faults, strict=True)}
    done = apply_lines(
        lines=lines,
        matched=[matched[fault.pk] for fault in faults],
        source=source_of(delivery),
        now=now,
    )
    still = dict.fromkeys(
        (by_line[id(line)].pk for line, code, _ in done.faults if id(line) in by_line), True
    )
    changed = []
    for line, code, tube in done.faults:
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
        taken=delivery.taken + done.taken, known=delivery.known + done.known
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
