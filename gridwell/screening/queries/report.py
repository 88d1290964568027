"""The report of a round (轮次报告): what it found, without names; names are joined when it is read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q

from gridwell.health.models import Sample
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.members import PURPOSES, missing, total, with_status
from gridwell.screening.rules.coverage import Status
from gridwell.screening.rules.tubes import ASKS_SINGLE, RESULTS, TubeState


@dataclass(frozen=True)
class Results:
    """Results of a round by person: a single sample outweighs the pool before it."""

    negative: int
    positive: int
    waiting: int
    last_at: datetime | None

    @property
    def is_complete(self) -> bool:
        """Return whether everyone sampled has a result."""
        return not self.waiting


def results_of_round(row: Round) -> Results:
    """Return how the results of a round stand: two queries."""
    samples = Sample.objects.filter(
        community_id=row.community_id, round=row.ref, superseded_at=None, purpose__in=PURPOSES
    ).order_by()
    states: dict[object, list[tuple[str, str]]] = {}
    rows = samples.values_list("resident_id", "guest", "tube__purpose", "tube__state")
    for resident, guest, purpose, state in rows:
        states.setdefault(resident or guest, []).append((purpose, state))
    outcomes = Counter(outcome_of(found) for found in states.values())
    last = samples.aggregate(last=Max("tube__resulted_at"))["last"]
    return Results(
        negative=outcomes["negative"],
        positive=outcomes["positive"],
        waiting=outcomes["waiting"],
        last_at=last,
    )


def outcome_of(tubes: Iterable[tuple[str, str]]) -> str:
    """Return a person's outcome by all tubes he or she is in, each as (purpose, state).

    Single samples decide where there are any, else the pools; whoever gave two samples is negative
    by both or not at all. A positive pool says nothing of a person: until a single sample speaks it
    is waiting.
    """
    found = list(tubes)
    singles = {state for purpose, state in found if purpose == "single"}
    if TubeState.POSITIVE in singles:
        return "positive"
    decide = singles or {state for _, state in found}
    return "negative" if decide == {TubeState.NEGATIVE} else "waiting"


def report_of(row: Round) -> dict[str, Any]:
    """Return the report of a round as plain JSON: figures, reasons, times, ids of who was missed."""
    standing = total(row)
    members = RoundMember.objects.filter(
        community_id=row.community_id, round_id=row.pk, removed_at=None
    )
    samples = Sample.objects.filter(
        community_id=row.community_id, round=row.ref, superseded_at=None, purpose="pool"
    )
    times = samples.aggregate(
        first=Min("sampled_at"), last=Max("sampled_at"), tubes=Count("tube", distinct=True)
    )
    results = results_of_round(row)
    exempt = with_status(members, row).filter(status=Status.EXEMPT.value)
    return {
        "due": standing.due,
        "sampled": standing.sampled,
        "missing": standing.missing,
        "by_status": dict(sorted(standing.by_status.items())),
        "exempt": _counts(exempt, "exempt"),
        "at_door": _counts(members.filter(at_door=True), "door_reason"),
        "added": members.filter(added_at__isnull=False).count(),
        "removed": RoundMember.objects.filter(
            community_id=row.community_id, round_id=row.pk, removed_at__isnull=False
        ).count(),
        "missed": sorted(missing(members, row).values_list("pk", flat=True)),
        "tubes": times["tubes"],
        "positive_tubes": samples.filter(tube__state__in=[s.value for s in ASKS_SINGLE])
        .values("tube")
        .distinct()
        .count(),
        "tubes_with_result": samples.filter(tube__state__in=[s.value for s in RESULTS])
        .values("tube")
        .distinct()
        .count(),
        "negative": results.negative,
        "positive": results.positive,
        "waiting": results.waiting,
        "first_sample_at": _iso(times["first"]),
        "last_sample_at": _iso(times["last"]),
        "last_result_at": _iso(results.last_at),
        "parts": _parts(row, with_status(members, row)),
    }


def _counts(rows: Any, column: str) -> dict[str, int]:
    found = rows.order_by().values_list(column).annotate(n=Count("pk")).values_list(column, "n")
    return dict(sorted(found))


def _parts(row: Round, rows: Any) -> list[dict[str, Any]]:
    """Return each building of each grid with how many stand how and why; two queries, 0 for none.

    By both, since the parts of a building may be in two grids.
    """
    found: dict[tuple[int, int], dict[str, Any]] = {}
    columns = ("grid_id", "building_id", "status", "exempt", "at_door", "door_reason")
    counted = rows.order_by().values_list(*columns)
    counted = counted.annotate(n=Count("pk"), later=Count("pk", filter=~Q(added_at=None)))
    for grid, building, status, why, is_at_door, door, count, later in counted:
        part = found.setdefault((grid or 0, building or 0), _part(grid, building))
        _add(part["by_status"], status, count)
        if status == Status.EXEMPT.value:
            _add(part["exempt"], why, count)
        if is_at_door:
            _add(part["at_door"], door, count)
        part["added"] += later
    gone = RoundMember.objects.filter(
        community_id=row.community_id, round_id=row.pk, removed_at__isnull=False
    )
    where = gone.order_by().values_list("grid_id", "building_id")
    for grid, building, count in where.annotate(n=Count("pk")):
        part = found.setdefault((grid or 0, building or 0), _part(grid, building))
        part["removed"] += count
    return [found[key] for key in sorted(found)]


def _part(grid: int | None, building: int | None) -> dict[str, Any]:
    counts: dict[str, Any] = {"by_status": {}, "exempt": {}, "at_door": {}}
    return {"grid": grid or 0, "building": building or 0, **counts, "added": 0, "removed": 0}


def _add(counts: dict[str, int], key: str, count: int) -> None:
    counts[key] = counts.get(key, 0) + count


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
