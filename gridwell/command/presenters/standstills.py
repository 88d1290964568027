"""The page of standstills (静默)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from gridwell.command.picking import range_name
from gridwell.command.presenters.words import finding_words
from gridwell.core.clock import day_of
from gridwell.orders.models import Standstill
from gridwell.orders.queries.zones import scope_line
from gridwell.protocols.queries import protocol_for
from gridwell.protocols.rules.excess import OrderFacts, OrderKind, check


def standstill_rows(
    rows: Iterable[Standstill], community: int, now: datetime
) -> list[dict[str, Any]]:
    """Return standstills with how they stand and what the excess check finds in them today."""
    rows = list(rows)
    prefetch_related_objects(rows, "lines__place")
    day = day_of(now)
    national = protocol_for(None, day)
    local = protocol_for(community, day)
    found = []
    for row in rows:
        is_open = row.starts_at <= now and (row.ends_at is None or row.ends_at > now)
        findings = []
        if national is not None and row.ended_recorded_at is None:
            facts = OrderFacts(
                kind=OrderKind.STANDSTILL, ends_on=day_of(row.ends_at) if row.ends_at else None
            )
            findings = [
                finding_words(f, national) for f in check(facts, national, day, local=local)
            ]
        names = range_name([(line.place, scope_line(line)) for line in row.lines.all()])
        found.append({"row": row, "is_open": is_open, "findings": findings, "range": names})
    return found
