"""Stored days: the plan of a community on a day, and whether anything has happened since."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, DateField, Q, QuerySet

from gridwell.audit.models import AuditEntry, AuditHead
from gridwell.core.prepared import Prepared
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
    row = _STORED.first(community=community, day=day)
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
        is_stale=row.is_stale or _has_changed(community, row.last_fact),
    )


@dataclass(frozen=True)
class _Quiet:
    """Of a community's trail, entries after `since` up to `until` hold no act that changes duties."""

    since: int
    until: int
    digest: str  # of the entry `until`: the same trail, and not another installation's
    read_at: float  # of the machine's steady clock


#: A trail only grows, and an entry's digest stands for all before it; so what was read once need not
#: be read again. On the day of a round thousands of entries come after the stored plan.
_quiet: dict[int, _Quiet] = {}
READ_EVERY = 5.0  # seconds after which the end of the trail is asked for again


def _has_changed(community: int, since: int) -> bool:
    """Return whether an act that can change duties came after entry `since`; reads what is new."""
    known = _quiet.get(community)
    if known is not None and not known.since <= since < known.until:
        known = None
    # Before the acts, so that what comes between is read with them. Inside a transaction the end may
    # be one that is undone, and its number taken by another act.
    is_time = known is None or monotonic() - known.read_at > READ_EVERY
    head = _HEAD.first(community=community) if is_time and not connection.in_atomic_block else None
    acts = _ACTS(community=community, start=known.until if known else since)
    if known is not None and (not acts or acts[0][:2] != (known.until, known.digest)):
        del _quiet[community]
        known, acts = None, _ACTS(community=community, start=since)
    start = known.until if known is not None else since
    if any(sequence > start and _changes(act) for sequence, _digest, act in acts):
        return True
    if head is not None and head[0] > start:
        first = known.since if known is not None else since
        _quiet[community] = _Quiet(first, *head, monotonic())
    return False


def _changes(act: str) -> bool:
    return act.startswith(CHANGING) and not act.endswith(".looked_at")


def _acts_from(community: int, start: int) -> QuerySet[AuditEntry, tuple[int, str, str]]:
    """Return the entry `start` and those after it that are not of the common kind."""
    entries = AuditEntry.objects.filter(community=community, sequence__gte=start)
    wanted = entries.filter(Q(sequence=start) | ~Q(act__startswith=COMMON)).order_by("sequence")
    return wanted.values_list("sequence", "digest", "act")


_STORED = Prepared(
    lambda community, day: DayPlan.objects.filter(community_id=community, day=day).defer("body"),
    community=BigIntegerField(),
    day=DateField(),
)
_HEAD = Prepared(
    lambda community: AuditHead.objects.filter(pk=community).values_list("sequence", "digest"),
    community=BigIntegerField(),
)
_ACTS = Prepared(_acts_from, community=BigIntegerField(), start=BigIntegerField())


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
        if sequence > seen[community] and _changes(act)
    }


def counts_of(communities: Iterable[int], day: date) -> dict[int, DayPlan]:
    """Return the stored rows, without their bodies, for roll-ups: one query."""
    rows = DayPlan.objects.filter(community__in=list(communities), day=day).defer("body")
    return {row.community_id: row for row in rows}
