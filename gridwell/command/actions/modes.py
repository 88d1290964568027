"""Going into a mode and back (平战转换): the change and all its effects in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gridwell.accounts import actions as accounts
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.command.actions.telling import everyone_in, tell
from gridwell.command.models import ClosingReport, ModeRehearsal
from gridwell.command.queries.modes import (
    ModeEffect,
    closing_figures,
    mode_effect,
    time_in_mode,
)
from gridwell.core import clock
from gridwell.core.actions import enqueue
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_reason
from gridwell.orders.actions.modes import MODES, change_mode, ease_below
from gridwell.orders.models import ModeChange
from gridwell.places.models import Area
from gridwell.places.rules.levels import span_of
from gridwell.plan.actions import AT_ONCE
from gridwell.protocols.models import Event
from gridwell.tasks.actions.templates import communities_with_templates, run_templates


@dataclass(frozen=True)
class Switched:
    """What a change of mode did. `is_new` False: the same form had been sent before."""

    change: ModeChange
    posts: int
    told: int
    closing: ClosingReport | None
    is_new: bool = True


@transaction.atomic
def switch_mode(
    *,
    actor: Actor,
    area: int,
    mode: str,
    reason: str,
    seen: str,
    client_ref: UUID,
    now: datetime,
    event: Event | None = None,
    is_for_all_below: bool = False,
    remark: str = "",
) -> Switched:
    """Take an area into a mode with everything that follows from it (平战转换).

    `seen` is the version of the effect that was shown: of two officers at once, the second is told
    that it has changed. `is_for_all_below` takes back stricter modes that areas below set themselves.
    A return to an easier mode writes the closing report. Posts, messages and the trail are written in
    sets, so that a district of a hundred communities is one act; an import that runs goes on.
    """
    require(actor, Right.APPROVE_ORDERS, area)
    Area.objects.select_for_update(no_key=True).get(pk=area)
    before = ModeChange.objects.filter(area_id=area, client_ref=client_ref).first()
    if before is not None:
        return Switched(before, 0, 0, getattr(before, "closing_report", None), is_new=False)
    if mode not in MODES:
        raise RuleBroken("orders.unknown_mode")
    effect = mode_effect(area, mode, now)
    if effect.version != seen:
        raise RuleBroken("command.mode_changed_meanwhile")
    began = time_in_mode(area, now) if effect.is_return else None
    change = change_mode(
        actor=actor, area=area, mode=mode, reason=reason, now=now, event=event,
        client_ref=client_ref,
    )  # fmt: skip
    if is_for_all_below:
        ease_below(actor=actor, area=area, mode=mode, reason=reason, now=now)
    kept = [] if is_for_all_below else [row.area_id for row in effect.keep]
    posts = _stand(actor, area, effect.after, kept, now)
    _set_going(area, change, now)
    closing = _close(change, effect, began, remark, now)
    told = _tell(area, change, effect, now)
    audit.record(
        "command.mode_effected", actor=actor, community=area, subject=change, at=now,
        mode=effect.after, posts=posts, told=told, communities=effect.communities,
        keep=len(kept),
    )  # fmt: skip
    return Switched(change, posts, told, closing)


def _stand(actor: Actor, area: int, mode: str, kept: list[int], now: datetime) -> int:
    """Have prepared posts begin or stand back; return how many."""
    facts: dict[str, Any] = {"actor": actor, "area": area, "mode": mode, "now": now}
    up = accounts.stand_up(**facts, but_not=kept)
    return up + accounts.stand_down(**facts, but_not=kept)


def _set_going(area: int, change: ModeChange, now: datetime) -> None:
    """Have today's recurring tasks of the new mode made, and its reports sent when they are due.

    At once for a few communities, by the worker for more; made twice is made once.
    """
    low, high = span_of(area)
    codes = [code for code in communities_with_templates(now) if low <= code < high]
    if len(codes) <= AT_ONCE:
        for code in codes:
            run_templates(community=code, day=clock.day_of(now), now=now)
    else:
        enqueue("tasks.run_templates", now=now, subject=f"mode:{change.pk}")
    enqueue("command.reports", now=now, subject=f"mode:{change.pk}")


def _close(
    change: ModeChange, effect: ModeEffect, began: ModeChange | None, remark: str, now: datetime
) -> ClosingReport | None:
    if began is None:
        return None
    return ClosingReport.objects.create(
        area_id=change.area_id,
        change=change,
        mode=effect.before,
        starts_at=began.effective_at,
        ends_at=now,
        figures=closing_figures(change.area_id, began.effective_at, now),
        remark=remark.strip(),
    )


def _tell(area: int, change: ModeChange, effect: ModeEffect, now: datetime) -> int:
    """Tell everyone who holds a post in the area: one message each, whatever their number."""
    return tell(
        kind="command.mode_changed",
        users=everyone_in(area, now),
        area=area,
        facts={
            "area": Area.objects.get(pk=area).name,
            "mode": effect.after,
            "reason": change.reason,
        },
        page="",
        is_urgent=not effect.is_return,
        key=str(change.pk),
        now=now,
    )


@transaction.atomic
def rehearse_mode(
    *, actor: Actor, area: int, mode: str, reason: str, client_ref: UUID, now: datetime
) -> ModeRehearsal:
    """Write down a change of mode that was only played through (演练); changes and tells nothing.

    The same `client_ref` again returns the same rehearsal.
    """
    require(actor, Right.APPROVE_ORDERS, area)
    reason = require_reason(reason)
    if mode not in MODES:
        raise RuleBroken("orders.unknown_mode")
    Area.objects.select_for_update(no_key=True).get(pk=area)
    seen = ModeRehearsal.objects.filter(area_id=area, client_ref=client_ref).first()
    if seen is not None:
        return seen
    row = ModeRehearsal.objects.create(
        area_id=area,
        mode=mode,
        reason=reason,
        figures=mode_effect(area, mode, now).figures(),
        rehearsed_at=now,
        rehearsed_by=actor.user_id,
        post=actor.post_code_at(area),
        client_ref=client_ref,
    )
    audit.record(
        "command.mode_rehearsed", actor=actor, community=area, subject=row, reason=reason, at=now,
        mode=mode,
    )  # fmt: skip
    return row
