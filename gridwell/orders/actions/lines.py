"""The places of what is ordered: of a change of a zone, of a standstill, of a round."""

from collections.abc import Sequence
from typing import Any

from gridwell.orders.models import RoundOrder, Standstill, ZoneChange
from gridwell.orders.rules.lifecycle import ScopeLine


def write_lines(owner: ZoneChange | Standstill | RoundOrder, lines: Sequence[ScopeLine]) -> None:
    """Write the lines of a scope; those that match no place stand in the text alone."""
    written: Any = owner.lines
    written.bulk_create(
        written.model(
            community_id=owner.community_id,
            place_id=line.place,
            floor_from=line.floors[0] if line.floors else None,
            floor_to=line.floors[1] if line.floors else None,
            is_excepted=line.is_except,
            **{written.field.name: owner},
        )
        for line in lines
        if line.place is not None
    )
