"""Reads of rounds (轮次): always from an actor; what is not the actor's is not there."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, Min, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.prepared import Prepared
from gridwell.orders.models import RoundOrder
from gridwell.places.rules.levels import span_of
from gridwell.screening.models import Desk, Round
from gridwell.screening.rules.coverage import Target

#: Half by noon, all by four: what most places asked for in 2022.
STANDARD_TARGETS = (("12:00", 50), ("16:00", 100))
EARLY_MORNING = time(6)  # a time before that may be of the night that follows the day
_RELATED = ("order", "order__notice", "order__zone", "community")


def rounds_of(actor: Actor, area: int) -> QuerySet[Round]:
    """Return the rounds of all communities inside an area, the latest day first."""
    if not actor.covers(area):
        return Round.objects.none()
    low, high = span_of(area)
    rows = Round.objects.filter(community_id__gte=low, community_id__lt=high)
    return rows.select_related(*_RELATED).order_by("-on", "-pk")


def access_round(actor: Actor, community: int, round_id: int) -> Round:
    """Return a round of a community of the actor's, or raise NotVisible."""
    row = _ROUND.first(pk=round_id, community=community) if actor.covers(community) else None
    if row is None:
        raise NotVisible
    return row


_ROUND = Prepared(
    lambda pk, community: Round.objects.filter(pk=pk, community_id=community).select_related(
        *_RELATED
    ),
    pk=BigIntegerField(),
    community=BigIntegerField(),
)


def open_rounds(community: int, day: date | None = None) -> QuerySet[Round]:
    """Return the open rounds of a community, of one day if given; no actor, for work below pages."""
    rows = Round.objects.filter(community_id=community, state="open").select_related("order")
    return (rows if day is None else rows.filter(on=day)).order_by("pk")


def rounds_by_order(orders: Iterable[RoundOrder]) -> dict[int, Round]:
    """Return the round of each order that has one: one query."""
    rows = Round.objects.filter(order__in=[order.pk for order in orders])
    return {row.order_id: row for row in rows}


def round_by_ref(community: int, ref: UUID) -> Round | None:
    """Return a round of a community by its ref."""
    return Round.objects.filter(community_id=community, ref=ref).select_related("order").first()


class TargetLine(NamedTuple):
    """A target as it is set: local time of the day, and percent."""

    at: str
    percent: int


def target_lines(row: Round) -> list[TargetLine]:
    """Return the targets of a round as they are set; the standard ones when none are."""
    return [TargetLine(at, percent) for at, percent in row.targets or STANDARD_TARGETS]


def targets_of(row: Round) -> list[Target]:
    """Return the targets of a round as instants of its day, for `rules.coverage.pace`."""
    lines = target_lines(row)
    instants = instants_of(row.on, [line.at for line in lines])
    return [
        Target(at, Fraction(line.percent, 100)) for at, line in zip(instants, lines, strict=True)
    ]


def instants_of(day: date, times: Sequence[str]) -> list[datetime]:
    """Return the instants of local times ("12:00") on a day; past midnight where one goes back."""
    found: list[datetime] = []
    for text in times:
        at = datetime.combine(day, time.fromisoformat(text), tzinfo=clock.zone())
        is_next = bool(found) and at <= found[-1] and at.time() < EARLY_MORNING
        found.append(at + timedelta(days=1) if is_next else at)
    return found


def begins_at(row: Round) -> datetime | None:
    """Return when people are first sampled: at the opening, or when the first desk opens after it."""
    if row.opened_at is None:
        return None
    first = Desk.objects.filter(community_id=row.community_id, round=row).aggregate(
        first=Min("opens_at")
    )["first"]
    return max(row.opened_at, first or clock.start_of(row.on))
