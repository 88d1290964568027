"""What the register knows of guests, as a ledger is compared with it (访客底数)."""

from collections.abc import Callable
from datetime import datetime

from gridwell.core import clock
from gridwell.ledgers.rules.stays import ExistingStay
from gridwell.residents.models import Stay


def stays_known(community: int, door_of: Callable[[int], str]) -> tuple[ExistingStay, ...]:
    """Return the stays of a community, those that are over included; one query.

    `door_of` gives the key of a place as a ledger's address would have it.
    """
    rows = Stay.objects.filter(community=community, superseded_at=None).order_by("starts_at", "pk")
    return tuple(
        ExistingStay(
            id=row.pk,
            dwelling_key=door_of(row.place_id),
            name=row.name,
            starts_at=_local(row.starts_at),
            ends_at=None if row.ends_at is None else _local(row.ends_at),
            document=row.document,
            phone=row.phone,
            kind=row.kind,
            note=row.note,
            is_by_hand=not row.source.startswith("import:"),
        )
        for row in rows.iterator(chunk_size=2_000)
    )


def _local(at: datetime) -> datetime:
    return at.astimezone(clock.zone()).replace(tzinfo=None)
