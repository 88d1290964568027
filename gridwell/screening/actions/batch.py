"""What a desk sends after the network is back (采样台补传): taken in order, each entry once, none lost."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import DataError, transaction
from django.db.models import BigIntegerField, QuerySet, UUIDField

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.core.clock import start_of
from gridwell.core.errors import GridwellError, RuleBroken
from gridwell.core.prepared import PreparedIn, PreparedUpdate, insert
from gridwell.core.wording import say
from gridwell.health.models import Sample, Tube
from gridwell.places.models import Place
from gridwell.screening.actions.desk import (
    Moment,
    hold,
    locked_tube,
    put_closed,
    put_guest,
    put_open,
    put_person,
    put_right,
    take_back,
)
from gridwell.screening.actions.rounds import EARLY, refresh_outcome
from gridwell.screening.models import DeskContact, DeskEntry
from gridwell.screening.queries.desk import Sampler, person_by_key, tubes_of
from gridwell.screening.rules.tubes import ClockCheck, TubeState, clock_check

MOST: Final = 500
MOST_SAID: Final = 1_000_000
FEW: Final = 4  # rows that are written faster one by one
#: Tubes that were typed in from a paper sheet carry this and the building (`actions.sheets`).
PAPER: Final = "sheet"
TAKEN, KNOWN, REFUSED = "taken", "known", "refused"


@dataclass(frozen=True)
class DeskAct:
    """One entry as a desk sends it. `at` is the device's own time."""

    ref: UUID
    act: str
    at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Tally:
    """What a device says of itself: entries made in this round, unsent ones, people among these."""

    device: UUID
    made: int
    waiting: int
    people: int


@dataclass(frozen=True)
class Answer:
    """What became of an entry: taken, known from before, or refused with a code and words."""

    ref: UUID
    act: str
    what: str
    code: str = ""
    words: str = ""


def read_entries(body: Any) -> tuple[list[DeskAct], datetime]:
    """Return the entries of a sent batch and what the device's clock says, or refuse the whole."""
    try:
        rows, device_now = body["entries"], datetime.fromisoformat(body["now"])
        if len(rows) > MOST:
            raise RuleBroken("screening.batch_too_large", most=MOST)
        entries = [
            DeskAct(
                UUID(row["ref"]),
                str(row["act"]),
                datetime.fromisoformat(row["at"]),
                _plain(row["body"]),
            )
            for row in rows
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as odd:
        raise RuleBroken("screening.batch_odd") from odd
    instants = [device_now, *(entry.at for entry in entries)]
    if any(at.tzinfo is None or not 2000 <= at.year <= 2200 for at in instants):
        raise RuleBroken("screening.batch_odd")
    if any(entry.act not in _ACTS for entry in entries):
        raise RuleBroken("screening.batch_odd")
    return entries, device_now


def _plain(body: Any) -> dict[str, Any]:
    """Return what an entry says without signs that no database holds: one would stop all that follow it."""
    return {
        name: value.replace("\0", "").encode("utf-8", "replace").decode()
        if isinstance(value, str)
        else value
        for name, value in dict(body).items()
    }


def read_tally(body: Any) -> Tally | None:
    """Return what a device says of itself; None where it says nothing, or nothing that can be read."""
    try:
        counts = [int(body[name]) for name in ("made", "waiting", "people")]
        device = UUID(str(body["device"]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    if any(not 0 <= count <= MOST_SAID for count in counts):
        return None
    return Tally(device, *counts)


@transaction.atomic(savepoint=False)
def hear(*, sampler: Sampler, said: Tally, desk: str, ahead: float, now: datetime) -> None:
    """Keep what a device says of itself (采样台联络), over what it said before."""
    seen = {
        "desk": desk[:40],
        "user": sampler.actor.user_id,
        "made": said.made,
        "waiting": said.waiting,
        "people": said.people,
        "ahead": _whole(ahead),
        "heard_at": now,
        "given_up_at": None,
        "given_up_reason": "",
    }
    if not _HEARD(community=sampler.community, round=sampler.round.pk, device=said.device, **seen):
        DeskContact.objects.get_or_create(
            community_id=sampler.community,
            round=sampler.round,
            device=said.device,
            defaults=seen,
        )


def _contact(
    community: int, round: int, device: UUID, **seen: Any
) -> tuple[QuerySet[DeskContact], dict[str, Any]]:
    rows = DeskContact.objects.filter(community_id=community, round_id=round, device=device)
    return rows, seen


# With each scan of each desk.
_HEARD = PreparedUpdate(
    _contact,
    community=BigIntegerField(),
    round=BigIntegerField(),
    device=UUIDField(),
    **{
        name: DeskContact._meta.get_field(name)
        for name in (
            "desk", "user", "made", "waiting", "people", "ahead", "heard_at", "given_up_at",
            "given_up_reason",
        )
    },
)  # fmt: skip
_KNOWN = PreparedIn(
    lambda these, community: DeskEntry.objects.filter(
        community_id=community, ref__in=these
    ).values_list("ref", "act", "code"),
    UUIDField(),
    community=BigIntegerField(),
)


def _whole(seconds: float) -> int:
    return max(-(2**31), min(2**31 - 1, round(seconds)))


@transaction.atomic
def take_batch(
    *,
    sampler: Sampler,
    entries: Sequence[DeskAct],
    desk: str,
    device_now: datetime,
    now: datetime,
    said: Tally | None = None,
) -> list[Answer]:
    """Take what a desk did (采样台补传), in its order, and answer each entry.

    Sent again it changes nothing. A refused entry stops no other: it is kept with its words until
    somebody has settled it. A device whose clock is off is believed in its distances, not its time:
    its instants are shifted by the difference and what it said is kept beside them. While the round
    is not open nothing is taken and nothing refused: it waits on the device.
    """
    if entries and sampler.round.state == "planned":
        raise RuleBroken("screening.not_open_here", on=sampler.round.on)
    hold(sampler)  # before tubes, as every act of a round
    clock = clock_check(device_now, now)
    if said is not None:
        hear(sampler=sampler, said=said, desk=desk, ahead=clock.seconds, now=now)
    shift = timedelta(seconds=clock.seconds) if clock.is_off else timedelta()
    known = {
        (ref, act): code
        for ref, act, code in _KNOWN([entry.ref for entry in entries], community=sampler.community)
    }
    answers: list[Answer] = []
    kept: list[DeskEntry] = []
    for entry in entries:
        before = known.get((entry.ref, entry.act))
        if before is not None:
            answers.append(_known(entry, before))
            continue
        at = _instant(sampler, entry.at - shift, now)
        is_odd = clock.is_off or at > entry.at
        when = Moment(now, at, entry.at if is_odd else None)
        answer = _take(sampler, entry, desk, when)
        row = _entry_row(sampler, entry, answer, desk, at, clock.seconds, now)
        row.device = said.device if said is not None else None
        kept.append(row)
        known[entry.ref, entry.act] = row.code
        answers.append(answer)
    if kept:
        _keep(sampler, kept, clock, now)
        refresh_outcome(actor=Actor.system(sampler.community), round=sampler.round, now=now)
    return answers


def _instant(sampler: Sampler, at: datetime, now: datetime) -> datetime:
    """Return when an entry was made: never later than now, nor days before its round opened.

    A device whose battery was empty may have begun again in another year, and be right by now.
    """
    opened = sampler.round.opened_at
    if opened is not None and at < start_of(sampler.round.on) - EARLY:
        return min(opened, now)
    return min(at, now)


def _entry_row(
    sampler: Sampler,
    entry: DeskAct,
    answer: Answer,
    desk: str,
    at: datetime,
    ahead: float,
    now: datetime,
) -> DeskEntry:
    return DeskEntry(
        community_id=sampler.community,
        round=sampler.round,
        ref=entry.ref,
        act=entry.act,
        desk=desk[:40],
        code=answer.code,
        body=_kept(entry, answer),
        at=at,
        device_ahead=_whole(ahead),
        recorded_at=now,
        recorded_by=sampler.actor.user_id,
    )


def _keep(sampler: Sampler, kept: Sequence[DeskEntry], clock: ClockCheck, now: datetime) -> None:
    if len(kept) <= FEW:
        for row in kept:
            insert(row)
    else:
        DeskEntry.objects.bulk_create(kept)
    audit.record(
        "screening.batch_taken",
        actor=sampler.actor,
        community=sampler.community,
        subject=sampler.round,
        at=now,
        count=len(kept),
        refused=sum(1 for row in kept if row.code),
        device_ahead=round(clock.seconds) if clock.is_off else 0,
        ids=audit.digest_ids(sorted(row.ref.int for row in kept)),
    )


def _known(entry: DeskAct, code: str) -> Answer:
    words = say(RuleBroken("screening.refused_before")) if code else ""
    return Answer(entry.ref, entry.act, REFUSED if code else KNOWN, code, words)


def _take(sampler: Sampler, entry: DeskAct, desk: str, when: Moment) -> Answer:
    try:
        with transaction.atomic():
            do_act(sampler, entry, desk, when)
    except RuleBroken as refusal:
        return Answer(entry.ref, entry.act, REFUSED, refusal.code, say(refusal))
    except GridwellError:
        unseen = RuleBroken("screening.nobody_meant")
        return Answer(entry.ref, entry.act, REFUSED, unseen.code, say(unseen))
    except (KeyError, TypeError, ValueError, AttributeError, DataError):
        odd = RuleBroken("screening.entry_odd")
        return Answer(entry.ref, entry.act, REFUSED, odd.code, say(odd))
    return Answer(entry.ref, entry.act, TAKEN)


def act_of(row: DeskEntry, body: Mapping[str, Any]) -> DeskAct:
    """Return a refused entry as it was sent, with this content."""
    return DeskAct(row.ref, row.act, row.at, body)


def do_act(sampler: Sampler, entry: DeskAct, desk: str, when: Moment) -> None:
    """Do one entry, or raise why not; without a trail entry, inside the caller's savepoint."""
    _ACTS[entry.act](sampler, entry, desk, when)


def _kept(entry: DeskAct, answer: Answer) -> str:
    """Return what is kept of an entry: nothing of what was taken, everything of what was refused."""
    if not answer.code:
        return ""
    told = json.dumps({"body": dict(entry.body), "words": answer.words}, ensure_ascii=False)
    return told.encode("utf-8", "replace").decode()  # halves of signs deeper inside


def _open(sampler: Sampler, entry: DeskAct, desk: str, when: Moment) -> None:
    body = entry.body
    purpose, code = str(body.get("purpose") or "pool"), str(body["code"])
    typed = tubes_of(sampler.round).filter(
        code=code.strip().upper(), desk__startswith=PAPER, purpose=purpose, resulted_at=None
    )
    if typed.update(ref=entry.ref):
        return  # typed in from paper meanwhile: it is this tube, under the desk's own number
    put_open(sampler, code=code, ref=entry.ref, desk=desk, purpose=purpose, when=when)


def _add(sampler: Sampler, entry: DeskAct, desk: str, when: Moment) -> None:
    tube = locked_tube(sampler, UUID(str(entry.body["tube"])))
    if tube.desk.startswith(PAPER) and _is_in(sampler, tube, str(entry.body["person"]), when):
        return  # typed in from paper while the device was out of reach
    put_person(
        sampler,
        tube=tube,
        key=str(entry.body["person"]),
        ref=entry.ref,
        when=when,
        at_door=bool(entry.body.get("at_door")),
    )


def _is_in(sampler: Sampler, tube: Tube, key: str, when: Moment) -> bool:
    person = person_by_key(sampler, key, tube.purpose, when.now)
    return person.tube == tube.code


def _sample(sampler: Sampler, entry: DeskAct) -> Sample:
    ref = UUID(str(entry.body["sample"]))
    rows = Sample.objects.filter(community_id=sampler.community, round=sampler.round.ref, ref=ref)
    sample = rows.select_related("tube").first()
    if sample is None:
        raise RuleBroken("screening.nobody_meant")
    return sample


def _undo(sampler: Sampler, entry: DeskAct, desk: str, when: Moment) -> None:
    sample = _sample(sampler, entry)
    tube = locked_tube(sampler, sample.tube.ref)
    take_back(sampler, tube, sample, when)


def _correct(sampler: Sampler, entry: DeskAct, desk: str, when: Moment) -> None:
    sample = _sample(sampler, entry)
    tube = locked_tube(sampler, sample.tube.ref)
    key = str(entry.body.get("person") or "")
    reason = str(entry.body.get("reason") or "")
    put_right(sampler, tube=tube, sample=sample, key=key, ref=entry.ref, reason=reason, when=when)


def _close(sampler: Sampler, entry: DeskAct, desk: str, when: Moment) -> None:
    tube = locked_tube(sampler, UUID(str(entry.body["tube"])))
    if tube.state == TubeState.OPEN:  # a full one has closed by itself
        put_closed(tube, when)


def _guest(sampler: Sampler, entry: DeskAct, desk: str, when: Moment) -> None:
    body = entry.body
    place = Place.objects.filter(
        community_id=sampler.community, ref=UUID(str(body["door"]))
    ).first()
    if place is None:
        raise RuleBroken("screening.door_unknown")
    put_guest(
        sampler,
        place=place,
        name=str(body["name"]),
        ref=entry.ref,
        when=when,
        document=str(body.get("document") or ""),
        phone=str(body.get("phone") or ""),
    )


_ACTS: Final[dict[str, Callable[[Sampler, DeskAct, str, Moment], None]]] = {
    "open": _open,
    "add": _add,
    "undo": _undo,
    "correct": _correct,
    "close": _close,
    "guest": _guest,
}
