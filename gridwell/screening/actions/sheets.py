"""The paper sheet typed back (纸质登记表补录): 户号/住几人/已做几人/备注, each door once however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid5

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Tube
from gridwell.screening.actions import require
from gridwell.screening.actions.desk import add_sample, close_tube, open_tube
from gridwell.screening.actions.members import set_outcome
from gridwell.screening.actions.rounds import opened
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.desk import Sampler, access_desk
from gridwell.screening.queries.members import members_of, with_status
from gridwell.screening.rules.coverage import MISSING, Status

_MISSING = frozenset(status.value for status in MISSING)


@dataclass(frozen=True)
class SheetRow:
    """A row as it was typed. `done` counts everyone of the door who is done; None was left empty.

    `ticked` names members when not all of the door are done. `tube` empty: that of the row above.
    """

    number: int
    members: tuple[int, ...]
    done: int | None = None
    ticked: tuple[int, ...] = ()
    tube: str = ""
    outcome: str = ""
    remark: str = ""


@dataclass
class SheetTaken:
    """What came of a sheet: how many were written down, and each row that nobody can take as it is."""

    sampled: int = 0
    outcomes: int = 0
    faults: list[tuple[int, RuleBroken]] = field(default_factory=list)


def take_sheet(
    *, actor: Actor, round: Round, building: int, rows: Sequence[SheetRow], now: datetime
) -> SheetTaken:
    """Write what a paper sheet says and return what came of it.

    Each row stands for itself: one that contradicts what is known is given back with the reason and
    the others are kept. Keys come from the round and the person, so that a sheet that is typed in
    twice, or after the desk has sent the same people, counts nobody twice.
    """
    require(actor, Right.RECORD_HEALTH, round.community_id)
    row_of = opened_now(round)
    sampler = access_desk(actor, round.pk)
    taken, tube = SheetTaken(), ""
    used: dict[str, Tube] = {}
    for row in rows:
        tube = row.tube.strip().upper() or tube
        try:
            with transaction.atomic():
                _take(sampler, row_of, building, row, tube, used, taken, now)
        except RuleBroken as refusal:
            taken.faults.append((row.number, refusal))
    for made in used.values():
        fresh = Tube.objects.get(pk=made.pk)
        if fresh.state == "open":
            close_tube(sampler=sampler, tube=fresh, now=now)
    return taken


def opened_now(round: Round) -> Round:
    """Return the round if it is open, else refuse."""
    with transaction.atomic():
        return opened(round)


def _take(
    sampler: Sampler,
    round: Round,
    building: int,
    row: SheetRow,
    tube_code: str,
    used: dict[str, Tube],
    taken: SheetTaken,
    now: datetime,
) -> None:
    people = list(
        with_status(members_of(sampler.actor, round).filter(pk__in=row.members), round)
        .select_related("resident")
        .order_by("pk")
    )
    missing = [member for member in people if member.status in _MISSING]
    chosen = _chosen(row, people, missing)
    if chosen and not tube_code:
        raise RuleBroken("screening.sheet_no_tube")
    for member in chosen:
        tube = used.get(tube_code) or _tube(sampler, building, tube_code, now)
        used[tube_code] = tube
        add_sample(
            sampler=sampler,
            tube=tube,
            key=_key(member),
            ref=uuid5(round.ref, f"sheet:{member.pk}"),
            now=now,
            at_door=True,
        )
    others = [member.pk for member in missing if member not in chosen]
    count = 0
    if row.outcome and others:
        count = set_outcome(
            actor=sampler.actor,
            round=round,
            members=others,
            outcome=row.outcome,
            remark=row.remark,
            now=now,
        )
    taken.sampled += len(chosen)
    taken.outcomes += count


def _chosen(
    row: SheetRow, people: Sequence[RoundMember], missing: list[RoundMember]
) -> list[RoundMember]:
    """Return who of a door is done by the sheet and not in the system yet."""
    ticked = [member for member in missing if member.pk in row.ticked]
    if row.done is None:
        return ticked
    statuses = [getattr(member, "status", "") for member in people]
    due = sum(1 for status in statuses if status != Status.EXEMPT)
    before = sum(1 for status in statuses if status == Status.SAMPLED)
    if row.done > due:
        raise RuleBroken("screening.sheet_odd", done=row.done, due=due)
    wanted = row.done - before
    if wanted < 0:
        raise RuleBroken("screening.sheet_less", done=row.done, sampled=before)
    if wanted == len(missing):
        return missing
    if wanted != len(ticked):
        raise RuleBroken("screening.sheet_who", wanted=wanted)
    return ticked


def _tube(sampler: Sampler, building: int, code: str, now: datetime) -> Tube:
    """Return the tube of a code: one of this round that is known, else a new one of this sheet."""
    known = Tube.objects.filter(
        community_id=sampler.community, round=sampler.round.ref, code=code
    ).first()
    if known is not None:
        return known
    return open_tube(
        sampler=sampler,
        code=code,
        ref=uuid5(sampler.round.ref, f"tube:{code}"),
        desk=f"sheet{building}",
        now=now,
    )


def _key(member: RoundMember) -> str:
    if member.resident is not None:
        return f"r:{member.resident.ref.hex}"
    return f"g:{member.guest.hex}" if member.guest is not None else ""
