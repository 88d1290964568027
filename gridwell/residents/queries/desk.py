"""Objections and manual marks counted by month; figures for the grid ledgers and the labels page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.facts import holds_at
from gridwell.places.queries import grids_of
from gridwell.residents.models import LabelMark, Objection, Trait
from gridwell.residents.queries.marks import marks_in_force
from gridwell.residents.queries.people import living_of


def objections_of(actor: Actor, community: int) -> QuerySet[Objection]:
    """Return the objections an actor may see: the open ones first, by when they are due."""
    if not actor.covers(community):
        return Objection.objects.none()
    found = Objection.objects.filter(community=community)
    grids = actor.grids_at(community)
    if grids is not None:
        found = found.filter(dwelling__grid__in=grids)
    return found.select_related("dwelling").order_by(
        F("answered_at").desc(nulls_first=True), "due_at", "pk"
    )


@dataclass
class Month:
    """One month's figures: objections and changes of labels by hand."""

    month: date
    entered: int = 0
    upheld: int = 0
    rejected: int = 0
    late: int = 0  # answered after the set time, or still open past it
    by_hand: int = 0


def objection_months(actor: Actor, community: int, now: datetime, months: int = 6) -> list[Month]:
    """Return the last months, newest first; two queries."""
    this = clock.day_of(now).replace(day=1)
    found: dict[date, Month] = {}
    first = this
    for _ in range(months):
        found[first] = Month(first)
        first = _month_before(first)
    since = clock.start_of(min(found))
    rows = objections_of(actor, community).filter(entered_at__gte=since)
    for entered_at, due_at, answered_at, outcome in rows.values_list(
        "entered_at", "due_at", "answered_at", "outcome"
    ):
        month = found[clock.day_of(entered_at).replace(day=1)]
        month.entered += 1
        month.upheld += outcome == "upheld"
        month.rejected += outcome == "rejected"
        month.late += (answered_at or now) > due_at
    by_hand = LabelMark.objects.filter(
        community=community, is_manual=True, recorded_at__gte=since, approved_by=None
    )
    for recorded_at in by_hand.values_list("recorded_at", flat=True):
        found[clock.day_of(recorded_at).replace(day=1)].by_hand += 1
    return list(found.values())


def _month_before(first: date) -> date:
    if first.month == 1:
        return first.replace(year=first.year - 1, month=12)
    return first.replace(month=first.month - 1)


def mark_counts(actor: Actor, community: int, now: datetime) -> dict[int, int]:
    """Return how many households or persons carry each label; one query."""
    if not actor.covers(community):
        return {}
    marks = marks_in_force(community, now)
    grids = actor.grids_at(community)
    if grids is not None:
        marks = marks.filter(dwelling__grid__in=grids)
    return dict(marks.order_by().values_list("label").annotate(n=Count("pk")))


def ledger_stats(actor: Actor, community: int, now: datetime) -> dict[int, dict[str, int]]:
    """Return by grid: people of 60 and more, of 80 and more, ill, disabled; three queries.

    A grid counts its micro-grids too.
    """
    today = clock.day_of(now)
    people = (
        living_of(actor, community)
        .order_by()
        .values_list("dwelling__grid")
        .annotate(
            old=Count("pk", filter=Q(birth_on__lte=_years_before(today, 60))),
            very_old=Count("pk", filter=Q(birth_on__lte=_years_before(today, 80))),
        )
    )
    own: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for grid, old, very_old in people:
        own[grid] |= {"old": old, "very_old": very_old}
    traits = (
        Trait.objects.filter(
            holds_at(now),
            community=community,
            superseded_at=None,
            code__in=["illness", "disabled"],
            resident__merged_into=None,
            resident__died_on=None,
        )
        .order_by()
        .values_list("resident__dwelling__grid", "code")
        .annotate(n=Count("resident", distinct=True))
    )
    for grid, code, count in traits:
        own[grid][code] = count
    found: dict[int, dict[str, int]] = {}
    for grid_row in grids_of(actor, community):
        for key in {grid_row.pk, grid_row.parent_id} - {None}:
            sums = found.setdefault(key or 0, {})
            for name, count in own.get(grid_row.pk, {}).items():
                sums[name] = sums.get(name, 0) + count
    return found


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
