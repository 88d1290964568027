"""The paper sheet typed back (纸质登记表补录): 户号/住几人/已做几人/备注, each door once however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid5

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import RuleBroken
from gridwell.core.facts import holds_at
from gridwell.core.joining import joined
from gridwell.core.numbers import whole_number
from gridwell.health.models import Sample, Tube
from gridwell.places.models import Place
from gridwell.places.queries import DOORS, LIVE
from gridwell.residents.models import Membership, Stay
from gridwell.screening.actions import require
from gridwell.screening.actions.desk import add_guest, add_sample, close_tube, open_tube
from gridwell.screening.actions.members import add_member, set_outcome
from gridwell.screening.actions.rounds import opened
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.desk import Sampler, access_desk
from gridwell.screening.queries.members import members_of, with_status
from gridwell.screening.rules.coverage import MISSING, Status
from gridwell.screening.rules.desk import plain_code

ON_PAPER = "on the paper sheet"
_MISSING = frozenset(status.value for status in MISSING)


@dataclass(frozen=True)
class SheetRow:
    """A row as it was typed. `done` counts everyone of the door who is done, empty where left empty.

    `ticked` names members when not all of the door are done. `tube` empty: that of the row above.
    """

    number: int
    members: tuple[int, ...]
    done: str = ""
    ticked: tuple[int, ...] = ()
    tube: str = ""
    outcome: str = ""
    remark: str = ""


@dataclass(frozen=True)
class SheetGuest:
    """Somebody on the sheet who is not registered: behind which door, in which tube if sampled.

    `number` is below 0, so that it meets no row of the doors. `door` is typed as it stands on paper.
    """

    number: int
    door: str
    name: str
    document: str = ""
    phone: str = ""
    tube: str = ""


@dataclass
class SheetTaken:
    """What came of a sheet: how many were written down, and each row that nobody can take as it is."""

    sampled: int = 0
    outcomes: int = 0
    guests: int = 0
    faults: list[tuple[int, RuleBroken]] = field(default_factory=list)


def take_sheet(
    *,
    actor: Actor,
    round: Round,
    building: int,
    rows: Sequence[SheetRow],
    now: datetime,
    guests: Sequence[SheetGuest] = (),
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
        tube = plain_code(row.tube) or tube
        try:
            with transaction.atomic():
                _take(sampler, row_of, building, row, tube, used, taken, now)
        except RuleBroken as refusal:
            taken.faults.append((row.number, refusal))
    for guest in guests:
        try:
            with transaction.atomic():
                _take_guest(sampler, building, guest, used, taken, now)
        except RuleBroken as refusal:
            taken.faults.append((guest.number, refusal))
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
    exempt = [member for member in people if member.status == Status.EXEMPT]
    chosen = _chosen(row, people, missing, exempt)
    if chosen and not tube_code:
        raise RuleBroken("screening.sheet_no_tube")
    if row.tube.strip() and not chosen:
        _require_own_tube(round, people, tube_code)
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
    if (row.outcome or row.remark.strip()) and others:
        count = set_outcome(
            actor=sampler.actor,
            round=round,
            members=others,
            outcome=row.outcome or None,
            remark=row.remark,
            now=now,
        )
    taken.sampled += len(chosen)
    taken.outcomes += count


def _take_guest(
    sampler: Sampler,
    building: int,
    guest: SheetGuest,
    used: dict[str, Tube],
    taken: SheetTaken,
    now: datetime,
) -> None:
    """Register somebody the sheet names beside the register, and put him or her into the tube.

    Typed in again it is the same person: the key comes from the round, the door and the name.
    """
    name = " ".join(guest.name.split())
    place = _door(sampler, building, guest.door)
    stay = _stay(sampler, place, name, guest, now)
    code = plain_code(guest.tube)
    if code:
        tube = used.get(code) or _tube(sampler, building, code, now)
        used[code] = tube
        before = tube.samples.filter(guest=stay.ref, superseded_at=None).exists()
        ref = uuid5(sampler.round.ref, f"sheet:g:{stay.ref.hex}")
        key = f"g:{stay.ref.hex}"
        add_sample(sampler=sampler, tube=tube, key=key, ref=ref, now=now, at_door=True)
        taken.sampled += not before
    else:
        add_member(actor=sampler.actor, round=sampler.round, stay=stay, reason=ON_PAPER, now=now)
    taken.guests += 1


def _door(sampler: Sampler, building: int, text: str) -> Place:
    """Return the one door of the building that was typed: 2-1-101, 1-101, 101, or its name."""
    text = text.strip()
    rows = Place.objects.filter(
        LIVE, Q(building=building) | Q(parent=building), community_id=sampler.community,
        kind__in=DOORS,
    )  # fmt: skip
    if sampler.grids is not None:
        rows = rows.filter(grid__in=sampler.grids)
    found = list(rows.filter(Q(door=text) | Q(name=text))[:2]) if text else []
    if not found and text:
        found = list(rows.filter(door__endswith=f"-{text}")[:2])
    if len(found) != 1:
        code = "screening.sheet_door_unknown" if not found else "screening.sheet_door_several"
        raise RuleBroken(code, door=text[:20])
    return found[0]


def _stay(sampler: Sampler, place: Place, name: str, guest: SheetGuest, now: datetime) -> Stay:
    lives = Membership.objects.filter(
        holds_at(now),
        community_id=place.community_id,
        dwelling=place,
        superseded_at=None,
        resident__name=name,
    )
    if name and lives.exists():
        raise RuleBroken("screening.sheet_registered", name=name, door=guest.door.strip())
    known = Stay.objects.filter(
        holds_at(now), community_id=place.community_id, place=place, name=name, superseded_at=None
    ).first()
    return known or add_guest(
        sampler=sampler,
        place=place,
        name=name,
        ref=uuid5(sampler.round.ref, f"sheet:{place.pk}:{name}"),
        now=now,
        document=guest.document,
        phone=guest.phone,
    )


def _require_own_tube(round: Round, people: Sequence[RoundMember], code: str) -> None:
    """Refuse a tube typed for people who were all put into others: one of the two is misread."""
    residents = [member.resident_id for member in people if member.resident_id]
    guests = [member.guest for member in people if member.guest]
    samples = Sample.objects.filter(
        Q(resident__in=residents) | Q(guest__in=guests),
        community_id=round.community_id,
        round=round.ref,
        superseded_at=None,
    )
    known = sorted(set(samples.values_list("tube__code", flat=True)))
    if known and code not in known:
        raise RuleBroken("screening.sheet_other_tube", tube=code, known=joined(known))


def _count(text: str) -> int | None:
    """Return the number that was typed, full-width digits too; None for an empty field."""
    plain = plain_code(text)
    if not plain:
        return None
    number = whole_number(plain)
    if number is None:
        raise RuleBroken("screening.sheet_no_number", typed=text[:20])
    return number


def _chosen(
    row: SheetRow,
    people: Sequence[RoundMember],
    missing: list[RoundMember],
    exempt: list[RoundMember],
) -> list[RoundMember]:
    """Return who of a door is done by the sheet and not in the system yet.

    Who is exempt need not come and may all the same: only a tick says so, and counts among the done.
    """
    willing = [member for member in exempt if member.pk in row.ticked]
    ticked = [member for member in missing if member.pk in row.ticked] + willing
    done = _count(row.done)
    if done is None:
        return ticked
    statuses = [getattr(member, "status", "") for member in people]
    due = sum(1 for status in statuses if status != Status.EXEMPT) + len(willing)
    before = sum(1 for status in statuses if status == Status.SAMPLED)
    if done > due:
        code = "screening.sheet_exempt" if len(exempt) > len(willing) else "screening.sheet_odd"
        raise RuleBroken(code, done=done, due=due)
    wanted = done - before
    if wanted < 0:
        raise RuleBroken("screening.sheet_less", done=done, sampled=before)
    if wanted == len(missing) + len(willing):
        return missing + willing
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
