"""How dated facts are ended and corrected: the old row is superseded, a new one is written."""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from typing import Any, TypeVar

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.facts import DatedFact

F = TypeVar("F", bound=DatedFact)


def require(actor: Actor, community: int, right: Right = Right.EDIT_REGISTER) -> None:
    """Refuse an actor who lacks a right in a community."""
    if not actor.may(right, community):
        raise RuleBroken("residents.not_allowed")


def require_reason(reason: str) -> str:
    """Return a reason without its white space, or refuse an empty one."""
    if not reason.strip():
        raise RuleBroken("residents.no_reason")
    return reason.strip()[:400]


def chunks(ids: Sequence[int], size: int = 800) -> Iterable[Sequence[int]]:
    """Return ids in parts that every database takes in one statement."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def again(row: F, *, now: datetime, user: int | None, **changes: Any) -> F:
    """Return an unsaved copy of a dated fact as it is known from now on."""
    fresh = copy(row)
    fresh.pk = None
    fresh._state = copy(row._state)
    fresh._state.adding = True
    fresh.recorded_at, fresh.superseded_at, fresh.recorded_by = now, None, user
    for name, value in changes.items():
        setattr(fresh, name, value)
    return fresh


def supersede(model: type[F], ids: Sequence[int], now: datetime) -> None:
    """Mark rows as no longer what is known; refused when one was already replaced."""
    changed = 0
    for part in chunks(ids):
        changed += (model._default_manager.filter(pk__in=part, superseded_at=None)).update(
            superseded_at=now
        )
    if changed != len(ids):
        raise RuleBroken("residents.changed_meanwhile")


def replace(
    model: type[F], rows: Sequence[F], *, now: datetime, actor: Actor, **changes: Any
) -> list[F]:
    """Supersede rows and write the same facts again with changes; return the new rows.

    Two statements a thousand rows. With `ends_at` this is how an open fact ends: the row that said
    "open" stays as it was known until now.
    """
    if not rows:
        return []
    supersede(model, [row.pk for row in rows], now)
    fresh = [again(row, now=now, user=actor.user_id, **changes) for row in rows]
    return model._default_manager.bulk_create(fresh, batch_size=500)


def refuse_before(rows: Iterable[DatedFact], at: datetime, code: str) -> None:
    """Refuse to end facts before the instant they began: it would take them out of history."""
    began = max((row.starts_at for row in rows), default=None)
    if began is not None and at < began:
        raise RuleBroken(code, day=clock.day_of(began).isoformat())


def end(
    model: type[F],
    rows: Sequence[F],
    *,
    at: datetime,
    now: datetime,
    actor: Actor,
    **changes: Any,
) -> list[F]:
    """End open facts at an instant; one that would end before it began is only superseded.

    Such a fact was never true then: right for undoing and for correcting. An act with a day that
    somebody chose asks `refuse_before` first.
    """
    never = [row for row in rows if row.starts_at >= at]
    if never:
        supersede(model, [row.pk for row in never], now)
    rest = [row for row in rows if row.starts_at < at]
    return replace(model, rest, now=now, actor=actor, ends_at=at, **changes)
