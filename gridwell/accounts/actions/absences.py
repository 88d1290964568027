"""Acts on absences: A cannot serve, so B does (缺岗、补位)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from gridwell.accounts import queries
from gridwell.accounts.actions.moves import follow_up, hold_lines, turn_absences, watched
from gridwell.accounts.models import Absence, User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, hold, record
from gridwell.core.actions import enqueue
from gridwell.core.errors import NotVisible, RuleBroken

#: The job that follows up absences which begin or end by the clock.
TURN = "accounts.turn_absences"


@transaction.atomic
def record_absence(
    *,
    actor: Actor,
    user: User,
    reason: str,
    starts_at: datetime,
    ends_at: datetime | None = None,
    source: str = "desk",
    now: datetime,
) -> Absence:
    """Record that a user cannot serve; their deputies act from `starts_at` on, by themselves.

    A person may record their own; others need the right. The same open absence from the same
    source is recorded once, so that a repeated notice changes nothing. Followers are told at once
    where it has begun, else by `turn_absences` when it does.
    """
    _may(actor, user, now)
    if ends_at is not None and ends_at <= starts_at:
        raise RuleBroken("accounts.absence_backwards")
    hold_lines([user.pk], now)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    same = Absence.objects.filter(user=user, source=source, ends_at=None, reason=reason)
    seen = same.filter(starts_at__lte=starts_at).first()  # one that only begins later is not it
    if seen is not None and ends_at is None:
        return seen
    with watched(cause="absence", actor=actor, now=now, users=[user.pk], user=user) as absences:
        absence = absences[user.pk] = Absence.objects.create(
            user=user,
            reason=reason,
            source=source,
            starts_at=starts_at,
            ends_at=ends_at,
            recorded_at=now,
            told_start_at=now if starts_at <= now else None,
            told_end_at=now if ends_at is not None and ends_at <= now else None,
        )
        record(
            "accounts.absence_recorded",
            actor=actor,
            community=user.area_id or 0,
            subject=user,
            at=now,
            absence=absence.pk,
            why=reason,
            source=source,
            starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat() if ends_at else None,
        )
    _wake([absence], now)
    return absence


@transaction.atomic
def end_absence(*, actor: Actor, absence: Absence, now: datetime) -> None:
    """Say that a user is back: A acts again from this instant. Ending twice changes nothing."""
    _may(actor, absence.user, now)
    hold_lines([absence.user_id], now)
    with watched(
        cause="return", actor=actor, now=now, users=[absence.user_id], user=absence.user
    ) as absences:
        absences[absence.user_id] = absence
        ended = (
            Absence.objects.filter(pk=absence.pk)
            .filter(queries.not_over(now))
            .update(ends_at=max(now, absence.starts_at), told_end_at=now)
        )
        if ended:
            record(
                "accounts.absence_ended",
                actor=actor,
                community=absence.user.area_id or 0,
                subject=absence.user,
                at=now,
                absence=absence.pk,
            )


@dataclass(frozen=True)
class Wanted:
    """An absence that ought to be there: why, from when, until when (open when None)."""

    reason: str
    starts_at: datetime
    ends_at: datetime | None = None


@transaction.atomic
def match_absences(
    *,
    actor: Actor,
    community: int,
    source: str,
    wanted: Mapping[int, Wanted],
    now: datetime,
) -> tuple[int, int]:
    """Make the absences of one source those that are wanted, by user; return (begun, ended).

    Set-based and idempotent: what is as wanted stays untouched, another end is taken over, what is
    no longer wanted ends now. One entry in the trail for all, none where nothing changed.
    """
    rows = Absence.objects.filter(queries.not_over(now), source=source).order_by("pk")
    first = _compared(rows, wanted, now)
    if first.is_nothing:
        return 0, 0
    hold(community)
    hold_lines(first.touched, now)
    turn_absences(now=now)  # its locks come first, as in every act on lines
    found = _compared(rows.select_for_update(), wanted, now)  # somebody may have been faster
    gone, fresh, shifted, touched = found.gone, found.fresh, found.shifted, found.touched
    if found.is_nothing:
        return 0, 0
    with _watched_lines(touched, actor, now) as absences:
        for row in gone:
            row.ends_at, row.told_end_at = max(now, row.starts_at), now
        for row in shifted:
            row.ends_at = wanted[row.user_id].ends_at
        Absence.objects.bulk_update([*gone, *shifted], ["ends_at", "told_end_at"])
        made = Absence.objects.bulk_create(
            Absence(
                user_id=pk,
                reason=want.reason,
                source=source,
                starts_at=want.starts_at,
                ends_at=want.ends_at,
                recorded_at=now,
                told_start_at=now if want.starts_at <= now else None,
            )
            for pk, want in sorted(fresh.items())
        )
        _wake([*made, *shifted], now)
        absences.update({row.user_id: row for row in (*gone, *made)})
        record(
            "accounts.absences_matched",
            actor=actor,
            community=community,
            at=now,
            source=source,
            begun=len(made),
            ended=len(gone),
            count=len(touched),
            ids=digest_ids(sorted(touched)),
        )
    return len(made), len(gone)


@dataclass(frozen=True)
class _Compared:
    """What there is of a source beside what is wanted."""

    gone: list[Absence]
    fresh: dict[int, Wanted]
    shifted: list[Absence]

    @property
    def touched(self) -> set[int]:
        return {*(row.user_id for row in self.gone), *self.fresh}

    @property
    def is_nothing(self) -> bool:
        return not (self.gone or self.fresh or self.shifted)


def _compared(rows: Iterable[Absence], wanted: Mapping[int, Wanted], now: datetime) -> _Compared:
    held = {row.user_id: row for row in rows}
    same = {pk for pk, row in held.items() if pk in wanted and _is_same(row, wanted[pk], now)}
    return _Compared(
        gone=[row for pk, row in held.items() if pk not in same],
        fresh={pk: want for pk, want in wanted.items() if pk not in same},
        shifted=[held[pk] for pk in same if held[pk].ends_at != wanted[pk].ends_at],
    )


def _is_same(row: Absence, want: Wanted, now: datetime) -> bool:
    has_begun = row.starts_at <= now
    return row.reason == want.reason and (has_begun or row.starts_at == want.starts_at)


@contextmanager
def _watched_lines(
    users: Collection[int], actor: Actor, now: datetime
) -> Iterator[dict[int, Absence]]:
    """Follow up many people at once: first the posts that went back to A, then the others."""
    lines = queries.posts_in_line(users, now).select_for_update(no_key=True).order_by("pk")
    holders = dict(lines.values_list("pk", "holder"))
    before = queries.effective_holders(holders, now)
    absences: dict[int, Absence] = {}
    yield absences
    after = queries.effective_holders(holders, now)
    back = {pk: was for pk, was in before.items() if after[pk] == holders[pk]}
    rest = {pk: was for pk, was in before.items() if pk not in back}
    for cause, some in (("return", back), ("absence", rest)):
        follow_up(some, cause=cause, actor=actor, now=now, absences=absences)


def _wake(rows: Collection[Absence], now: datetime) -> None:
    """Queue `turn_absences` for when absences begin or are over by the clock; once a minute."""
    turns = {at for row in rows for at in (row.starts_at, row.ends_at) if at and at > now}
    for at in sorted({full_minute(at) for at in turns}):
        enqueue(TURN, now=now, subject=f"{at:%Y%m%dT%H%M%z}", run_after=at)


def full_minute(at: datetime) -> datetime:
    """Return the full minute at or after an instant."""
    minute = at.replace(second=0, microsecond=0)
    return minute if minute == at else minute + timedelta(minutes=1)


def _may(actor: Actor, user: User, now: datetime) -> None:
    if actor.is_system or actor.user_id == user.pk or queries.may_change(actor, user, now):
        return
    raise NotVisible
