"""What a notice asks in an emergency, in words (应急措施)."""

from datetime import datetime
from typing import Any

from gridwell.command.labels import MEASURES
from gridwell.command.picking import range_name
from gridwell.command.queries.measures import Measure, measures_of
from gridwell.core.clock import zone
from gridwell.orders.models import Notice


def measure_rows(notice: Notice, community: int) -> list[dict[str, Any]]:
    """Return the measures of a notice with what is shown of each; no query when there are none."""
    return [measure_words(one) for one in measures_of(notice, community)]


def measure_words(one: Measure) -> dict[str, Any]:
    """Return a measure in words."""
    said = one.said
    return {
        "measure": one,
        "kind": MEASURES[said["kind"]],
        "hazard": f"{said['hazard'] or ''}{said['grade'] or ''}",
        "text": said["text"],
        "range": range_name(one.found),
        "missing": one.missing,
        "whom": said["whom"],
        "shelter": said["shelter"] or "",
        "from_at": _instant(said["from_at"]),
        "until_at": _instant(said["until_at"]),
        "is_end": said["is_end"],
        "is_unclear": said["is_unclear"],
    }


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(zone()) if text else None
