"""Writes of the sampling desk (采样台): tubes opened and closed, people put in, undone, corrected.

Each act carries a `ref` made at the desk; sent again it changes nothing. An act begins with the end of
the community's trail (`audit.hold`), then the tube: two desks cannot overfill it, nobody is taken out
of the round while the own sample arrives, and the database keeps a person out of two tubes.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, Q, QuerySet, UUIDField

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.prepared import Prepared, insert
from gridwell.health.models import Sample, Tube
from gridwell.places.models import Place
from gridwell.residents.actions.guests import register_guest
from gridwell.residents.models import Stay
from gridwell.screening.actions import require_reason, work
from gridwell.screening.actions.members import CAME, leave_again
from gridwell.screening.actions.rounds import refresh_outcome
from gridwell.screening.models import RoundMember
from gridwell.screening.queries.desk import Person, Sampler, person_by_key
from gridwell.screening.rules.tubes import (
    RESULTS,
    PoolSize,
    TubeFacts,
    TubeState,
    entry_refusal,
    is_full,
    move_refusal,
)

PURPOSES = ("pool", "single")
_Inside = tuple[int | None, UUID | None, int]  # resident, guest, position


@dataclass(frozen=True)
class Moment:
    """When something was done at the desk (`at`, by our clock) and when it reached us (`now`).

    `device` is what the device's own clock said, when that was off.
    """

    now: datetime
    at: datetime
    device: datetime | None = None

    @classmethod
    def here(cls, now: datetime) -> "Moment":
        """Return the moment of an act that reaches us as it is done."""
        return cls(now, now)


def require_open(sampler: Sampler, at: datetime) -> None:
    """Refuse what was done at a time at which the round was not open.

    What a desk did before the round was closed is taken even when it arrives afterwards: people gave
    samples and wait for results.
    """
    row = sampler.round
    if row.state == "planned":
        raise RuleBroken("screening.round_not_open")
    if row.state == "closed" and (row.closed_at is None or at > row.closed_at):
        raise RuleBroken("screening.round_closed")


def hold(sampler: Sampler) -> None:
    """Take the end of the community's trail; the round may have been closed while we waited for it."""
    audit.hold(sampler.community)
    sampler.round.refresh_from_db(fields=["state", "closed_at"])


def locked_tube(sampler: Sampler, ref: UUID) -> Tube:
    """Return a tube of the round, locked until the act is over."""
    tube = _TUBE.first(community=sampler.community, round=sampler.round.ref, ref=ref)
    if tube is None:
        raise RuleBroken("screening.tube_unknown")
    return tube


def put_open(
    sampler: Sampler, *, code: str, ref: UUID, desk: str, purpose: str, when: Moment
) -> Tube:
    """Open a tube without a trail entry, for acts that write their own; in a transaction, as `put_person`."""
    require_open(sampler, when.at)
    code = code.strip().upper()
    if not 5 <= len(code) <= 40:
        raise RuleBroken("screening.tube_code_odd")
    if purpose not in PURPOSES:
        raise RuleBroken("screening.purpose_unknown")
    for known in Tube.objects.filter(Q(ref=ref) | Q(code=code), community_id=sampler.community):
        if known.ref == ref:
            return known
        raise RuleBroken("screening.tube_used", tube=code, at=known.opened_at)
    pool = PoolSize.SINGLE.value if purpose == "single" else sampler.round.order.pool
    try:
        return Tube.objects.create(
            community_id=sampler.community,
            ref=ref,
            code=code,
            round=sampler.round.ref,
            purpose=purpose,
            pool=pool,
            desk=desk[:40],
            opened_at=when.at,
            recorded_at=when.now,
            recorded_by=sampler.actor.user_id,
        )
    except IntegrityError as twice:  # another desk, at the same moment
        raise RuleBroken("screening.tube_used", tube=code, at=when.at) from twice


def put_person(
    sampler: Sampler,
    *,
    tube: Tube,
    key: str,
    ref: UUID,
    when: Moment,
    at_door: bool = False,
    position: int | None = None,
    is_forced: bool = False,
    purpose: str = "",
) -> Sample:
    """Put a person into a locked tube without a trail entry. `position` is that of a corrected one.

    `is_forced`: somebody has looked, the person is in this tube, however full or closed it was; never
    after its result. `purpose` is the tube's unless said, for a second sample of one person.

    Whether `ref` is known already is for the caller to see. Call it inside a transaction or savepoint
    of its own, which ends with the refusal: on PostgreSQL nothing else can be done in it then.
    """
    require_open(sampler, when.at)
    purpose = purpose or tube.purpose
    person = person_by_key(sampler, key, purpose, when.now)
    inside = _inside(tube)
    if position is None and not is_forced:
        _require_room(sampler, tube, person, inside, when)
    else:
        _require_not_in(tube, person, inside)
    is_second = purpose != tube.purpose  # said to stand in both tubes
    if person.tube and person.tube != tube.code and not is_second:
        raise RuleBroken("screening.in_other_tube", name=person.name, tube=person.tube)
    _be_due(sampler, person, when)
    place = position or max((taken for _, _, taken in inside), default=0) + 1
    try:
        sample = insert(
            Sample(
                community_id=sampler.community,
                dwelling_id=person.dwelling,
                tube=tube,
                ref=ref,
                round=sampler.round.ref,
                purpose=purpose,
                resident_id=person.resident,
                guest=person.guest,
                position=place,
                sampled_at=when.at,
                device_at=when.device,
                at_door=at_door,
                recorded_at=when.now,
                recorded_by=sampler.actor.user_id,
            )
        )
    except IntegrityError as twice:
        raise RuleBroken("screening.sampled_already") from twice
    is_last = position is None and is_full(PoolSize(tube.pool), len(inside) + 1)
    if is_last and tube.state == TubeState.OPEN:
        put_closed(tube, when)
    _close_work(sampler, tube, person, when)
    return sample


def _inside(tube: Tube) -> list[_Inside]:
    """Return who stands in a tube and in which place: (resident, guest, position)."""
    return _INSIDE(community=tube.community_id, tube=tube.pk)


def _samples_inside(community: int, tube: int) -> QuerySet[Sample, tuple[Any, ...]]:
    samples = Sample.objects.filter(community_id=community, tube_id=tube, superseded_at=None)
    rows = samples.order_by("position", "pk")
    return rows.values_list("resident_id", "guest", "position")


# Asked for each sample of each desk.
_INSIDE = Prepared(_samples_inside, community=BigIntegerField(), tube=BigIntegerField())
_TUBE = Prepared(
    lambda community, round, ref: Tube.objects.select_for_update().filter(
        community_id=community, round=round, ref=ref
    ),
    community=BigIntegerField(),
    round=UUIDField(),
    ref=UUIDField(),
)


def _close_work(sampler: Sampler, tube: Tube, person: Person, when: Moment) -> None:
    """Close the work that this sample answers; nothing to ask for somebody who came to the desk."""
    if tube.purpose == "single":
        work.single_taken(
            community=sampler.community,
            resident=person.resident,
            guest=person.guest,
            now=when.now,
        )
    elif person.at_door:
        work.at_door_changed(round=sampler.round, household=person.household, now=when.now)


def _require_not_in(tube: Tube, person: Person, inside: list[_Inside]) -> None:
    """Refuse a tube that has its result, and somebody who is in it already."""
    if TubeState(tube.state) in RESULTS | {TubeState.SPOILT}:
        raise RuleBroken("screening.tube_has_result", tube=tube.code)
    if (person.resident, person.guest) in {(r, g) for r, g, _ in inside}:
        raise RuleBroken("screening.already_in_tube", name=person.name)


def _require_room(
    sampler: Sampler,
    tube: Tube,
    person: Person,
    inside: list[_Inside],
    when: Moment,
) -> None:
    facts = TubeFacts(
        state=TubeState(tube.state),
        pool=PoolSize(tube.pool),
        people=[str(resident or guest) for resident, guest, _ in inside],
        household=_household_in(sampler, tube, inside),
    )
    refusal = entry_refusal(facts, str(person.resident or person.guest), person.household)
    if refusal is not None:
        raise RuleBroken(refusal, name=person.name, tube=tube.code)


def _household_in(sampler: Sampler, tube: Tube, inside: list[_Inside]) -> int | None:
    """Return the household of a household tube's first person; asked for no other tube."""
    if tube.pool != PoolSize.HOUSEHOLD or not inside:
        return None
    resident, guest, _ = inside[0]
    return (
        RoundMember.objects.filter(
            community_id=sampler.community, round=sampler.round, resident=resident, guest=guest
        )
        .values_list("household_id", flat=True)
        .first()
    )


def _be_due(sampler: Sampler, person: Person, when: Moment) -> None:
    """Make somebody who came without being on the list a member of the round, dated and with a reason."""
    if person.is_due:
        return
    place = Place.objects.filter(pk=person.dwelling).first() if person.dwelling else None
    RoundMember.objects.update_or_create(
        community_id=sampler.community,
        round=sampler.round,
        resident_id=person.resident,
        guest=person.guest,
        defaults={
            "household_id": person.household,
            "dwelling": place,
            "building_id": (place.building_id or place.parent_id) if place else None,
            "unit_id": place.unit_id if place else None,
            "grid_id": place.grid_id if place else None,
            "added_at": when.at,
            "added_reason": CAME,
            "removed_at": None,
            "removed_reason": "",
        },
    )


def put_closed(tube: Tube, when: Moment) -> None:
    """Close a locked tube without a trail entry; a closed one stays as it is."""
    if tube.state == TubeState.CLOSED:
        return
    refusal = move_refusal(TubeState(tube.state), TubeState.CLOSED)
    if refusal is not None:
        raise RuleBroken(refusal, tube=tube.code)
    if not Sample.objects.filter(tube=tube, superseded_at=None).exists():
        raise RuleBroken("screening.tube_empty", tube=tube.code)
    tube.state, tube.closed_at = TubeState.CLOSED.value, when.at
    tube.save(update_fields=["state", "closed_at"])


def take_back(sampler: Sampler, tube: Tube, sample: Sample, when: Moment) -> None:
    """Undo the last person of a locked tube without a trail entry; a full tube opens again.

    Not once the round is closed or the tube is in a box: then it is corrected, with a reason.
    """
    if sample.superseded_at is not None:
        return
    require_open(sampler, when.at)
    if tube.box:
        raise RuleBroken("screening.tube_in_box", tube=tube.code, box=tube.box)
    last = Sample.objects.filter(tube=tube, superseded_at=None).order_by("position", "pk").last()
    if last is None or last.pk != sample.pk:
        raise RuleBroken("screening.not_the_last")
    if tube.state == TubeState.CLOSED:
        tube.state, tube.closed_at = TubeState.OPEN.value, None
        tube.save(update_fields=["state", "closed_at"])
    elif tube.state != TubeState.OPEN:
        raise RuleBroken("screening.tube_cannot_move", tube=tube.code)
    _supersede(sample, "undone at the desk", when)


def _supersede(sample: Sample, reason: str, when: Moment) -> None:
    sample.superseded_at, sample.superseded_reason = when.now, reason[:200]
    sample.save(update_fields=["superseded_at", "superseded_reason"])
    work.sample_gone(sample, now=when.now)
    leave_again(sample, now=when.now)


def put_right(
    sampler: Sampler,
    *,
    tube: Tube,
    sample: Sample,
    key: str,
    ref: UUID,
    reason: str,
    when: Moment,
) -> Sample | None:
    """Correct a wrong person in a locked tube without a trail entry; an empty key takes the person out."""
    reason = require_reason(reason)
    if TubeState(tube.state) in RESULTS or tube.state == TubeState.SPOILT:
        raise RuleBroken("screening.tube_has_result", tube=tube.code)
    if sample.superseded_at is not None:
        raise RuleBroken("screening.changed_meanwhile")
    _supersede(sample, reason, when)
    if not key:
        return None
    as_then = replace(when, at=sample.sampled_at)
    return put_person(
        sampler,
        tube=tube,
        key=key,
        ref=ref,
        when=as_then,
        at_door=sample.at_door,
        position=sample.position,
    )


def put_guest(
    sampler: Sampler,
    *,
    place: Place,
    name: str,
    ref: UUID,
    when: Moment,
    document: str = "",
    phone: str = "",
) -> Stay:
    """Register somebody who is not in the register, at the desk, under the sampler's own name.

    A sampler without a desk has no right to the register; this one entry the desk's duty gives.
    """
    require_open(sampler, when.at)
    own: Actor = replace(sampler.actor, is_system=True, system_area=sampler.community)
    if place.community_id != sampler.community or (
        sampler.grids is not None and place.grid_id not in sampler.grids
    ):
        raise NotVisible
    return register_guest(
        actor=own,
        place=place,
        name=name,
        kind="visitor",
        starts_at=when.at - timedelta(seconds=1),
        ends_at=None,
        ref=ref,
        now=when.now,
        document=document,
        phone=phone,
    )


# What the page without script does: one act, one trail entry.


def _record(act: str, sampler: Sampler, tube: Tube, when: Moment, reason: str = "") -> None:
    audit.record(
        f"screening.{act}",
        actor=sampler.actor,
        community=sampler.community,
        subject=tube,
        at=when.now,
        reason=reason,
        round=sampler.round.pk,
    )


@transaction.atomic
def open_tube(
    *, sampler: Sampler, code: str, ref: UUID, desk: str, now: datetime, purpose: str = "pool"
) -> Tube:
    """Open a tube at a desk (启用采样管); a tube that still stands open there is closed first."""
    hold(sampler)
    when = Moment.here(now)
    known = Tube.objects.filter(community_id=sampler.community, ref=ref).first()
    if known is not None:
        return known
    standing = Tube.objects.select_for_update().filter(
        community_id=sampler.community, round=sampler.round.ref, desk=desk, state="open"
    )
    for other in standing:
        if Sample.objects.filter(tube=other, superseded_at=None).exists():
            put_closed(other, when)
    tube = put_open(sampler, code=code, ref=ref, desk=desk, purpose=purpose, when=when)
    _record("tube_opened", sampler, tube, when)
    return tube


@transaction.atomic
def add_sample(
    *, sampler: Sampler, tube: Tube, key: str, ref: UUID, now: datetime, at_door: bool = False
) -> Sample:
    """Put a person into an open tube (采样入管). The tube closes by itself when it is full."""
    hold(sampler)
    when = Moment.here(now)
    tube = locked_tube(sampler, tube.ref)
    known = Sample.objects.filter(community_id=sampler.community, ref=ref).first()
    if known is not None:
        return known
    sample = put_person(sampler, tube=tube, key=key, ref=ref, when=when, at_door=at_door)
    _record("sample_added", sampler, tube, when)
    return sample


@transaction.atomic
def undo_sample(*, sampler: Sampler, sample: Sample, now: datetime) -> Tube:
    """Undo the person who was put in last (撤销上一个); a tube that was full is open again."""
    hold(sampler)
    when = Moment.here(now)
    tube = locked_tube(sampler, sample.tube.ref)
    sample = Sample.objects.get(pk=sample.pk)
    if sample.superseded_at is None:
        take_back(sampler, tube, sample, when)
        _record("sample_undone", sampler, tube, when)
    return tube


@transaction.atomic
def correct_person(
    *, sampler: Sampler, sample: Sample, key: str, ref: UUID, reason: str, now: datetime
) -> Sample | None:
    """Correct a wrong person (更正错采) with a reason; without a key the person is taken out.

    What was written stays, superseded. Not after the tube has its result.
    """
    hold(sampler)
    when = Moment.here(now)
    tube = locked_tube(sampler, sample.tube.ref)
    known = Sample.objects.filter(community_id=sampler.community, ref=ref).first()
    if known is not None:
        return known
    row = Sample.objects.get(pk=sample.pk)
    right = put_right(sampler, tube=tube, sample=row, key=key, ref=ref, reason=reason, when=when)
    _record("sample_corrected", sampler, tube, when, reason)
    refresh_outcome(actor=Actor.system(sampler.community), round=sampler.round, now=now)
    return right


@transaction.atomic
def close_tube(*, sampler: Sampler, tube: Tube, now: datetime) -> Tube:
    """Close a tube (封管) before it is full, also one forgotten in a closed round. Twice is once."""
    hold(sampler)
    when = Moment.here(now)
    tube = locked_tube(sampler, tube.ref)
    if tube.state == TubeState.OPEN:
        put_closed(tube, when)
        _record("tube_closed", sampler, tube, when)
    return tube


@transaction.atomic
def add_guest(
    *,
    sampler: Sampler,
    place: Place,
    name: str,
    ref: UUID,
    now: datetime,
    document: str = "",
    phone: str = "",
) -> Stay:
    """Register somebody on the spot (现场登记未在册人员); the stay can then be put into a tube."""
    hold(sampler)
    when = Moment.here(now)
    return put_guest(
        sampler, place=place, name=name, ref=ref, when=when, document=document, phone=phone
    )
