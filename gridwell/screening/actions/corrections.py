"""Decisions about rows of a laboratory (结果待核处置): put aside, or let them count in place of what is on record."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Tube
from gridwell.residents.actions.guests import give_number
from gridwell.residents.models import Stay
from gridwell.screening.actions import require, require_reason
from gridwell.screening.actions.applying import locked_tubes
from gridwell.screening.actions.effects import put_results, stand_again, take_back_results
from gridwell.screening.actions.results import (
    CONTRADICTING,
    line_of,
    source_of,
    try_again,
)
from gridwell.screening.actions.rounds import refresh_outcome
from gridwell.screening.models import ResultFault, Round
from gridwell.screening.queries.holds import parts
from gridwell.screening.queries.results import faults_of, narrowed, standing_samples, together
from gridwell.screening.rules.results import TAKEN_ALL_THE_SAME, FaultCode, settled_at
from gridwell.screening.rules.tubes import TubeState


@transaction.atomic
def settle_fault(*, actor: Actor, fault: ResultFault, reason: str, now: datetime) -> None:
    """Close a row without taking it (核实后不采用), with what was found out."""
    require(actor, Right.APPROVE_ORDERS, fault.community_id or fault.area_id)
    reason = require_reason(reason)
    audit.hold(fault.community_id or fault.area_id)
    _close(actor, fault, reason, now)


@transaction.atomic
def settle_together(
    *, actor: Actor, area: int, code: str, delivery: UUID | None, reason: str, now: datetime
) -> int:
    """Put many rows aside with one reason (批量不采用): of one kind, of one delivery or both; return how many.

    What contradicts a record, or may be somebody positive, stays: that is decided one by one.
    """
    require(actor, Right.APPROVE_ORDERS, area)
    reason = require_reason(reason)
    if not (code or delivery):
        raise RuleBroken("screening.faults_of_all")
    rows = narrowed(faults_of(actor, area), code, delivery)
    codes = {row.community_id or row.area_id for row in together(rows)}
    audit.hold(area, *codes)
    by_community: dict[int, list[int]] = defaultdict(list)
    for row in together(rows.select_for_update(of=("self",))):  # as they are now
        by_community[row.community_id or row.area_id].append(row.pk)
    settled = 0
    for community, pks in sorted(by_community.items()):
        for part in parts(pks):
            settled += ResultFault.objects.filter(pk__in=part).update(
                settled_at=now, settled_by=actor.user_id, settled_how=reason
            )
        audit.record(
            "screening.faults_settled",
            actor=actor,
            community=community,
            reason=reason,
            at=now,
            count=len(pks),
            ids=audit.digest_ids(pks),
        )
    if not settled:
        raise RuleBroken("screening.changed_meanwhile")
    return settled


def _close(actor: Actor, fault: ResultFault, how: str, now: datetime) -> None:
    closed = ResultFault.objects.filter(pk=fault.pk, settled_at=None).update(
        settled_at=now, settled_by=actor.user_id, settled_how=how
    )
    if not closed:
        raise RuleBroken("screening.changed_meanwhile")
    audit.record(
        "screening.fault_settled",
        actor=actor,
        community=fault.community_id or fault.area_id,
        subject=fault,
        reason=how,
        at=now,
        fault=fault.code,
    )


@transaction.atomic
def correct_result(*, actor: Actor, fault: ResultFault, reason: str, now: datetime) -> Tube:
    """Let what a row says count in place of what is on record (更正结果), with a reason.

    All that followed from the former result is taken back first: results are superseded, holds
    withdrawn; then the new one takes effect as if it had come alone. Other rows that contradict each
    other about the tube are settled with it.
    """
    code = FaultCode(fault.code)
    if code in TAKEN_ALL_THE_SAME or fault.tube_id is None or fault.community_id is None:
        raise RuleBroken("screening.fault_has_no_tube")
    require(actor, Right.APPROVE_ORDERS, fault.community_id)
    reason = require_reason(reason)
    audit.hold(fault.community_id)
    line = line_of(fault)
    tube = locked_tubes([fault.tube_id])[fault.tube_id]
    if tube.state == TubeState.OPEN or line.outcome is None:
        raise RuleBroken("screening.tube_cannot_move", tube=tube.code)
    _close(actor, fault, reason, now)
    others = ResultFault.objects.filter(
        tube_id=tube.pk, settled_at=None, code__in=CONTRADICTING
    ).exclude(pk=fault.pk)
    for other in others:  # what else was said of this tube is decided with it
        _close(actor, other, reason, now)
    former = tube.state
    inside = standing_samples([tube.pk]).get(tube.pk, []) or stand_again(tube)
    if not inside:
        raise RuleBroken("screening.tube_empty", tube=tube.code)
    take_back_results(
        community=tube.community_id, tube=tube, samples=inside, told=line.outcome, now=now
    )
    tube.resulted_at, _ = settled_at(line.at, max(s.sampled_at for s in inside), now)
    tube.state = line.outcome.value
    tube.result_source = source = source_of(fault.delivery)
    put_results(community=tube.community_id, tubes=[tube], source=source, now=now)
    audit.record(
        "screening.result_corrected",
        actor=actor,
        community=tube.community_id,
        subject=tube,
        reason=reason,
        at=now,
        former=former,
        outcome=tube.state,
    )
    closed = Round.objects.filter(
        community_id=tube.community_id, ref=tube.round, state="closed"
    ).select_related("order__zone")
    for row in closed:
        refresh_outcome(actor=Actor.system(tube.community_id), round=row, now=now)
    return tube


@transaction.atomic
def name_guest(*, actor: Actor, fault: ResultFault, stay: Stay, now: datetime) -> None:
    """Say that a row's document number is that of a guest who had none on record (认领访客结果).

    The number goes on record with the stay and the row is tried again: nobody guesses by name.
    """
    require(actor, Right.APPROVE_ORDERS, stay.community_id)
    line = line_of(fault)
    if fault.code != FaultCode.UNKNOWN_PERSON or line.tube or not line.document:
        raise RuleBroken("screening.fault_names_nobody")
    audit.hold(stay.community_id)
    give_number(actor=actor, stay=stay, document=line.document, now=now)
    if not try_again(area=fault.area_id, now=now, fault=fault):
        raise RuleBroken("screening.fault_still_open")
