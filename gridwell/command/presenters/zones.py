"""The pages of zones (风险区)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gridwell.accounts.models import User
from gridwell.command.presenters.words import finding_words, lack_words, say
from gridwell.command.queries.zones import ZoneView, views_of
from gridwell.core.clock import day_of
from gridwell.core.components import Dot, TimelineEntry
from gridwell.orders import labels
from gridwell.orders.models import Zone
from gridwell.orders.queries.corrections import withdrawn_of
from gridwell.orders.rules.lifecycle import Act, Change, Lifting, RoundMark, standing
from gridwell.protocols.queries import protocol_for
from gridwell.protocols.rules.excess import FindingCode
from gridwell.protocols.rules.model import Protocol

_DOTS = {"done": "done", "today": "now", "ahead": "open", "missed": "missed"}
_LEVEL_TONES = {"high": "bad", "mid": "warn", "low": "ok"}


def dots_of(lifting: Lifting | None) -> list[Dot]:
    """Return the rounds of a zone as dots."""
    return [
        Dot(_DOTS[mark.state], _round_name(mark)) for mark in (lifting.rounds if lifting else ())
    ]


def _round_name(mark: RoundMark) -> str:
    facts = {"day": mark.day_number, "state": say(labels.ROUND_STATES, mark.state)}
    if mark.is_closing:
        return _("closing round, day %(day)s: %(state)s") % facts
    return _("round of day %(day)s: %(state)s") % facts


def row_of(view: ZoneView, protocol: Protocol | None) -> dict[str, Any]:
    """Return a zone as a row of the list or the head of its file."""
    span, lifting = view.span, view.lifting
    return {
        "view": view,
        "zone": view.zone,
        "is_open": view.state.is_open,
        "begins": span.from_at if span is not None and view.day < _began(view) else None,
        "level": say(labels.LEVELS, span.level) if span is not None else "",
        "tone": _LEVEL_TONES.get(span.level, "") if span is not None else "",
        "day_number": span.day_number(view.day) if span is not None else None,
        "day0": span.day0 if span is not None else None,
        "since": span.from_at if span is not None else None,
        "step_to": say(labels.LEVELS, view.step_to) if view.step_to is not None else "",
        "until": span.until_at if span is not None else None,
        "dots": dots_of(lifting),
        "lacks": [lack_words(lack) for lack in lifting.lacks if lack.blocks] if lifting else [],
        "ahead": [lack_words(lack) for lack in lifting.lacks if not lack.blocks] if lifting else [],
        "proposes": [(p.value, say(labels.PROPOSES, p)) for p in lifting.proposes]
        if lifting
        else [],
        "earliest": lifting.earliest_on if lifting else None,
        "basis": basis_words(span.clock_by) if span is not None else "",
        "opened_basis": basis_words(span.opened_by) if span is not None else "",
        "asks_spread": any(f.code == FindingCode.UNIT_WIDER for f in view.findings),
        "findings": [finding_words(f, protocol) for f in view.findings],
    }


def _began(view: ZoneView) -> Any:
    span = view.span
    return day_of(span.from_at) if span is not None and span.from_at is not None else view.day


def basis_words(change: Change) -> str:
    """Return on what a change stands: the notice's number, or who ordered it."""
    source = change.source
    return source.notice or source.issuer or _("before our records")


def list_page(zones: Sequence[Zone], area: int, now: datetime) -> dict[str, Any]:
    """Return the rows of the list with the figures above it."""
    protocol = protocol_for(area, day_of(now))
    views = views_of(zones, now)
    rows = [row_of(view, protocol) for view in views]
    rows.sort(key=lambda r: (not r["view"].is_late, r["tone"] != "bad", -(r["day_number"] or 0)))
    open_rows = [r for r in rows if r["is_open"]]
    return {
        "rows": rows,
        "total": len(rows),
        "figures": {
            "open": len(open_rows),
            "people": sum(r["view"].reach.people for r in open_rows),
            "households": sum(r["view"].reach.households for r in open_rows),
            "can_be_lifted": sum(
                1 for r in open_rows if any(p == "lift" for p, _w in r["proposes"])
            ),
            "late": sum(1 for r in open_rows if r["view"].is_late),
        },
    }


def file_page(zone: Zone, now: datetime) -> dict[str, Any]:
    """Return everything about one zone: how it stands, its life, rounds, cases, lines."""
    view = views_of([zone], now)[0]
    protocol = protocol_for(zone.community_id, day_of(now))
    page = row_of(view, protocol)
    life = view.life
    known = {c.id: c for c in standing(life.changes)}
    withdrawn = withdrawn_of(life.rows.values())
    people = {r.recorded_by for r in life.rows.values() if r.recorded_by}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    rows = sorted(life.rows.values(), key=lambda r: (r.recorded_at, r.pk), reverse=True)
    page["changes"] = [
        {
            "row": row,
            "act": say(labels.ACTS, row.act),
            "level": say(labels.LEVELS, row.level) if row.level else "",
            "who": names.get(row.recorded_by or 0, ""),
            "is_withdrawn": row.pk in withdrawn,
            "may_correct": row.pk in known and row.act not in (Act.CORRECT, Act.WITHDRAW),
            "clause": protocol.clause(row.clause) if protocol is not None else None,
        }
        for row in rows
    ]
    page["rounds"] = sorted(life.rounds, key=lambda r: (r.on, r.recorded_at), reverse=True)
    page["cases"] = view.cases
    page["names"] = view.names
    page["timeline"] = [
        TimelineEntry(
            row.effective_at or row.recorded_at,
            f"{say(labels.ACTS, row.act)} {row.notice or row.ordered_by}",
            row.reason,
        )
        for row in rows
    ]
    return page
