"""Stored days: the plan of a community on a day, and whether anything has happened since."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from gridwell.audit.models import AuditEntry
from gridwell.plan.models import DayPlan
from gridwell.plan.queries.snapshot import load_snapshot
from gridwell.plan.rules.codec import UnknownFormat, from_json
from gridwell.plan.rules.engine import derive
from gridwell.plan.rules.plan import Plan

#: Acts that can change what is asked of anybody; looks, sign-ins, exports, instructions and reports
#: cannot.
CHANGING = (
    "places.",
    "residents.",
    "ledgers.",
    "orders.",
    "health.",
    "protocols.",
    "command.part_",
    "command.event_",
)
#: Not one of them, and on the day of a round thousands come after the stored plan: not even read.
COMMON = "screening."


@dataclass(frozen=True)
class Day:
    """A plan with when it was computed; `computed_at` None = just now, for this question only."""

    plan: Plan
    computed_at: datetime | None
    is_stale: bool = False


def derived(community: int, day: date, known_at: datetime | None = None) -> Plan:
    """Return the plan computed from the facts now, or as they were known at an instant."""
    return derive(load_snapshot(community, day, known_at), day)


#: Plans that this process has decoded. A stored day never changes without a new `ref`. A page asks
#: several times, and decoding a big community takes 10 ms.
_decoded: OrderedDict[UUID, Plan] = OrderedDict()
_KEPT = 48


def stored_day(community: int, day: date) -> Day | None:
    """Return the stored plan of a day, or None; two light queries, and one JSON if it is new."""
    row = DayPlan.objects.filter(community_id=community, day=day).defer("body").first()
    if row is None:
        return None
    plan = _decoded.get(row.ref)
    if plan is None:
        try:
            plan = from_json(row.body)
        except UnknownFormat:
            return None
        _decoded[row.ref] = plan
        while len(_decoded) > _KEPT:
            _decoded.popitem(last=False)
    return Day(
        plan=plan,
        computed_at=row.computed_at,
        is_stale=row.is_stale or bool(_behind([row])),
    )


def behind(communities: Iterable[int], day: date) -> list[int]:
    """Return the communities whose stored day is missing or older than an act that matters."""
    wanted = list(communities)
    rows = list(
        DayPlan.objects.filter(community__in=wanted, day=day).only(
            "community_id", "last_fact", "is_stale"
        )
    )
    stored = {row.community_id for row in rows}
    late = {row.community_id for row in rows if row.is_stale} | _behind(rows)
    return [code for code in wanted if code not in stored or code in late]


def _behind(rows: Sequence[DayPlan]) -> set[int]:
    """Return the communities where an act that can change duties came after the stored plan."""
    if not rows:
        return set()
    seen = {row.community_id: row.last_fact for row in rows}
    entries = (
        AuditEntry.objects.filter(community__in=seen, sequence__gt=min(seen.values()))
        .exclude(act__startswith=COMMON)
        .values_list("community", "sequence", "act")
    )
    return {
        community
        for community, sequence, act in entries
        if sequence > seen[community]
        and act.startswith(CHANGING)
        and not act.endswith(".looked_at")
    }


def counts_of(communities: Iterable[int], day: date) -> dict[int, DayPlan]:
    """Return the stored rows, without their bodies, for roll-ups: one query."""
    rows = DayPlan.objects.filter(community__in=list(communities), day=day).defer("body")
    return {row.community_id: row for row in rows}
