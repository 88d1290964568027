"""Writes of transport boxes (转运箱): tubes put in, counted, handed over, received; each with its time."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Tube
from gridwell.screening.actions import require_reason, work
from gridwell.screening.models import Box
from gridwell.screening.queries.desk import Sampler, tubes_of
from gridwell.screening.rules.tubes import TubeState, move_refusal


def _record(
    act: str, sampler: Sampler, box: Box, now: datetime, reason: str = "", **facts: Any
) -> None:
    audit.record(
        f"screening.box_{act}",
        actor=sampler.actor,
        community=sampler.community,
        subject=box,
        at=now,
        reason=reason,
        **facts,
    )


def _locked(box: Box) -> Box:
    audit.hold(box.community_id)
    return Box.objects.select_for_update().get(pk=box.pk)


def _inside(sampler: Sampler, box: Box) -> list[Tube]:
    rows = tubes_of(sampler.round).select_for_update().filter(box=box.code)
    return list(rows.order_by("pk"))


@transaction.atomic
def start_box(*, sampler: Sampler, code: str, now: datetime) -> Box:
    """Return the box of a code in this round, started if nobody did (启用转运箱)."""
    code = code.replace("\0", "").strip().upper()
    if not 2 <= len(code) <= 40:
        raise RuleBroken("screening.box_code_odd")
    audit.hold(sampler.community)
    box, is_new = Box.objects.get_or_create(
        community_id=sampler.community, round=sampler.round, code=code
    )
    if is_new:
        _record("started", sampler, box, now)
    return box


@transaction.atomic
def put_tube(*, sampler: Sampler, box: Box, code: str, now: datetime) -> Tube:
    """Put a closed tube into a box that is not packed (装箱). Put in twice is once."""
    box = _locked(box)
    if box.packed_at is not None:
        raise RuleBroken("screening.box_packed", box=box.code)
    code = code.strip().upper()
    tube = tubes_of(sampler.round).select_for_update().filter(code=code).first()
    if tube is None:
        raise RuleBroken("screening.tube_unknown")
    if tube.box == box.code:
        return tube
    if tube.box:
        raise RuleBroken("screening.tube_in_box", tube=tube.code, box=tube.box)
    if tube.state != TubeState.CLOSED:
        raise RuleBroken("screening.tube_not_closed", tube=tube.code)
    tube.box = box.code
    tube.save(update_fields=["box"])
    _record("filled", sampler, box, now, tubes=1)
    return tube


@transaction.atomic
def take_out(*, sampler: Sampler, box: Box, code: str, now: datetime) -> Tube:
    """Take a tube out of a box that is not packed (取出采样管): it was scanned into the wrong one."""
    box = _locked(box)
    if box.packed_at is not None:
        raise RuleBroken("screening.box_packed", box=box.code)
    tube = tubes_of(sampler.round).select_for_update().filter(code=code, box=box.code).first()
    if tube is None:
        raise RuleBroken("screening.changed_meanwhile")
    tube.box = ""
    tube.save(update_fields=["box"])
    _record("emptied", sampler, box, now, tubes=1)
    return tube


@transaction.atomic
def put_all(*, sampler: Sampler, box: Box, now: datetime) -> int:
    """Put every closed tube that is in no box into this one; returns how many."""
    box = _locked(box)
    if box.packed_at is not None:
        raise RuleBroken("screening.box_packed", box=box.code)
    count = tubes_of(sampler.round).filter(state=TubeState.CLOSED, box="").update(box=box.code)
    if count:
        _record("filled", sampler, box, now, tubes=count)
    return count


@transaction.atomic
def pack_box(*, sampler: Sampler, box: Box, counted: int, now: datetime, reason: str = "") -> Box:
    """Close a box (封箱): tubes counted by hand against those in the system.

    A difference is refused until a reason says what it is; both numbers are kept.
    """
    box = _locked(box)
    if box.packed_at is not None:
        return box
    tubes = _inside(sampler, box)
    if not tubes:
        raise RuleBroken("screening.box_empty", box=box.code)
    if counted != len(tubes):
        if not reason.strip():
            raise RuleBroken("screening.box_differs", in_system=len(tubes), counted=counted)
        box.difference_reason = require_reason(reason)
    _move(tubes, TubeState.PACKED)
    box.counted, box.in_system, box.packed_at = counted, len(tubes), now
    box.save()
    _record(
        "packed", sampler, box, now, box.difference_reason, counted=counted, in_system=len(tubes)
    )
    work.box_packed(actor=sampler.actor, round=sampler.round, box=box, now=now)
    return box


def _move(tubes: list[Tube], state: TubeState, **instants: datetime) -> None:
    """Take tubes on; one that has its result already (a result may overtake the papers) stays."""
    for tube in tubes:
        if move_refusal(TubeState(tube.state), state) is None:
            tube.state = state.value
        for name, at in instants.items():
            setattr(tube, name, at)
    Tube.objects.bulk_update(tubes, ["state", *instants], batch_size=500)


@transaction.atomic
def open_box(*, sampler: Sampler, box: Box, reason: str, now: datetime) -> Box:
    """Take a packed box up again (重新开箱) with a reason, as long as nobody has taken it over."""
    box = _locked(box)
    reason = require_reason(reason)
    if box.packed_at is None:
        raise RuleBroken("screening.box_not_packed", box=box.code)
    if box.sent_at is not None:
        raise RuleBroken("screening.changed_meanwhile")
    _move(_inside(sampler, box), TubeState.CLOSED)
    box.packed_at = box.counted = box.in_system = None
    box.difference_reason = ""
    box.save()
    _record("opened", sampler, box, now, reason)
    work.box_gone(community=sampler.community, box=box, is_sent=False, now=now)
    return box


@transaction.atomic
def send_box(*, sampler: Sampler, box: Box, who: str, now: datetime) -> Box:
    """Hand a packed box over to transport (交接转运)."""
    box = _locked(box)
    who = who.strip()[:60]
    if not who:
        raise RuleBroken("screening.box_who")
    if box.packed_at is None:
        raise RuleBroken("screening.box_not_packed", box=box.code)
    if box.sent_at is not None:
        return box
    _move(_inside(sampler, box), TubeState.SENT, sent_at=now)
    box.sent_at, box.sent_with = now, who
    box.save()
    _record("sent", sampler, box, now)
    work.box_gone(community=sampler.community, box=box, is_sent=True, now=now)
    return box


@transaction.atomic
def receive_box(*, sampler: Sampler, box: Box, who: str, now: datetime) -> Box:
    """Write that the laboratory took a box in (实验室接收)."""
    box = _locked(box)
    who = who.strip()[:60]
    if not who:
        raise RuleBroken("screening.box_who")
    if box.sent_at is None:
        raise RuleBroken("screening.box_not_sent", box=box.code)
    if box.received_at is not None:
        return box
    _move(_inside(sampler, box), TubeState.RECEIVED, received_at=now)
    box.received_at, box.received_by = now, who
    box.save()
    _record("received", sampler, box, now)
    return box
