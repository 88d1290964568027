"""Guests who come with a list (访客名单): many at once, changed as the list says, taken back as one act."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, record
from gridwell.core import ids
from gridwell.residents.actions.facts import again, chunks, require
from gridwell.residents.models import Stay


@dataclass(frozen=True, slots=True)
class NewGuest:
    """Somebody whom a list names as staying behind a door; `ends_at` None while he is here."""

    place: int
    name: str
    kind: str
    starts_at: datetime
    ends_at: datetime | None = None
    document: str = ""
    phone: str = ""
    note: str = ""


def register_guests(
    *, actor: Actor, community: int, guests: Sequence[NewGuest], now: datetime, source: str
) -> list[int]:
    """Write that these people are here (批量登记访客); return the ids of their stays, in order.

    Inside the caller's transaction, which has asked whether they are here already. One statement for
    each five hundred.
    """
    require(actor, community)
    rows = Stay.objects.bulk_create(
        [
            Stay(
                community_id=community,
                place_id=guest.place,
                name=guest.name[:60],
                kind=guest.kind,
                document=guest.document,
                phone=guest.phone,
                note=guest.note,
                starts_at=guest.starts_at,
                ends_at=guest.ends_at,
                recorded_at=now,
                recorded_by=actor.user_id,
                source=source,
            )
            for guest in guests
        ],
        batch_size=500,
    )
    made = [row.pk for row in rows]
    _noted("residents.guests_listed", actor, community, made, now)
    return made


def change_guests(
    *,
    actor: Actor,
    community: int,
    changes: Mapping[int, Mapping[str, Any]],
    now: datetime,
    source: str,
) -> tuple[list[int], list[int]]:
    """Write what a list says otherwise of stays; return (ids superseded, ids of the rows that stand now).

    A stay that somebody changed meanwhile is left as it is. The stay's `ref` goes on with the new row.
    """
    require(actor, community)
    old: list[int] = []
    made: list[int] = []
    for part in chunks(sorted(changes)):
        rows = list(Stay.objects.filter(community=community, pk__in=part, superseded_at=None))
        fresh = [
            again(row, now=now, user=actor.user_id, source=source, **changes[row.pk])
            for row in rows
        ]
        step_aside(rows, now)
        made += [row.pk for row in Stay.objects.bulk_create(fresh, batch_size=500)]
        old += [row.pk for row in rows]
    _noted("residents.guests_changed", actor, community, made, now)
    return old, made


def take_back_guests(
    *,
    actor: Actor,
    community: int,
    created: Collection[int],
    replaced: Collection[int],
    kept: Collection[int],
    now: datetime,
) -> tuple[int, int]:
    """Undo what a list wrote of guests (撤销访客名单); return how many go and how many get their former entry.

    The rows are superseded, so that what was known in between can be replayed. `kept` are stays (of
    either kind) that others have changed since, and that stay as they are.
    """
    require(actor, community)
    refs: dict[Any, Stay] = {}
    for part in chunks(sorted(set(created) - set(kept))):
        for row in Stay.objects.filter(community=community, pk__in=part, superseded_at=None):
            refs[row.ref] = row
    former = _former(community, replaced, list(refs.values()))
    back = [again(old, now=now, user=actor.user_id, ref=row.ref) for old, row in former]
    step_aside(list(refs.values()), now)
    Stay.objects.bulk_create(back, batch_size=500)
    _noted("residents.guests_taken_back", actor, community, [r.pk for r in refs.values()], now)
    return len(refs) - len(back), len(back)


def _former(
    community: int, replaced: Collection[int], rows: Sequence[Stay]
) -> list[tuple[Stay, Stay]]:
    """Return (the row from before, the row that stands) of each stay that the list had changed.

    A superseded row gives its `ref` on; what it said before the list's row is known by when it ended.
    """
    old: dict[tuple[int, str, datetime | None], Stay] = {}
    for part in chunks(sorted(replaced)):
        for row in Stay.objects.filter(community=community, pk__in=part):
            old[row.place_id, row.name, row.superseded_at] = row
    return [
        (old[key], row) for row in rows if (key := (row.place_id, row.name, row.recorded_at)) in old
    ]


def step_aside(rows: Iterable[Stay], now: datetime) -> None:
    """Mark stays as no longer what is known, and let their `ref` go on with another row."""
    rows = list(rows)
    for row in rows:
        row.superseded_at, row.ref = now, ids.new_ref()
    Stay.objects.bulk_update(rows, ["superseded_at", "ref"], batch_size=200)


def _noted(act: str, actor: Actor, community: int, rows: list[int], now: datetime) -> None:
    if rows:
        record(
            act, actor=actor, community=community, at=now, count=len(rows), digest=digest_ids(rows)
        )
