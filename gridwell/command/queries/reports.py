"""Reads of reports (信息上报): figures of areas from the live data, what is due, what was sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from gridwell.accounts.models import Post
from gridwell.accounts.queries import effective_holders
from gridwell.accounts.queries.who import serving
from gridwell.accounts.rules.actor import DUTY_ROLES, Actor, Right
from gridwell.command.models import Report
from gridwell.command.rules.reports import FIGURES, answers, overdue
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.orders.queries.modes import profiles_of_many, stands_of
from gridwell.orders.rules.modes import Manual, due_times
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel, span_of
from gridwell.plan.models import DayPlan
from gridwell.tasks.models import Task
from gridwell.tasks.rules.states import ACTIVE

DUTIES = {
    "stay_home": ("stay_home", 0),
    "stay_home_households": ("stay_home", 1),
    "isolated": ("stay_isolated", 0),
    "to_sample": ("be_sampled", 0),
}


def figures_of(areas: Collection[int], now: datetime) -> dict[int, dict[str, int]]:
    """Return the figures of a report for each of some areas, from the live data; nine queries at most.

    An area has the sum of the communities inside it. The day is the stored one, as pages show it.
    """
    spans = [span_of(area) for area in areas]
    if not spans:
        return {}
    by_community: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    for row in DayPlan.objects.filter(_inside("community_id", spans), day=clock.day_of(now)).values(
        "community_id", "counts"
    ):
        _add_day(by_community[row["community_id"]], row["counts"])
    _add_tasks(by_community, spans, now)
    for area, count in _vacant(spans, now).items():
        by_community[area]["vacant_posts"] += count
    found = {}
    for area in areas:
        low, high = span_of(area)
        own = [values for code, values in by_community.items() if low <= code < high]
        found[area] = {name: sum(values[name] for values in own) for name in FIGURES}
    return found


def _inside(field: str, spans: Iterable[tuple[int, int]]) -> Q:
    spans = sorted(spans)
    if len(spans) > 50:  # one range over all of them; what lies between is left out when summing
        spans = [(spans[0][0], max(high for _low, high in spans))]
    found = Q(pk__in=[])
    for low, high in spans:
        found |= Q(**{f"{field}__gte": low, f"{field}__lt": high})
    return found


def _add_day(values: dict[str, int], counts: dict[str, Any]) -> None:
    for name, (code, index) in DUTIES.items():
        values[name] += counts["duties"].get(code, (0, 0, 0))[index]
    zones: dict[str, int] = counts["zones"]
    work: dict[str, int] = counts["work"]
    values["zones_high"] += zones.get("high", 0)
    values["zones_mid"] += zones.get("mid", 0)
    values["door_services"] += work.get("door_service", 0)
    values["late"] += counts["late"]


def _add_tasks(
    by_community: dict[int, dict[str, int]], spans: Collection[tuple[int, int]], now: datetime
) -> None:
    """Add the work in hand and what was done today; two queries, each over an index."""
    inside = _inside("community_id", spans)
    for code, open_, late in (
        Task.objects.filter(inside, state__in=ACTIVE)
        .values_list("community_id")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    ):
        by_community[code]["tasks_open"] += open_
        by_community[code]["tasks_late"] += late
    done = Task.objects.filter(inside, done_at__gte=clock.start_of(clock.day_of(now)))
    for code, count in done.values_list("community_id").annotate(count=Count("pk")):
        by_community[code]["tasks_done"] += count


def _vacant(spans: Collection[tuple[int, int]], now: datetime) -> dict[int, int]:
    """Count the desk posts that nobody holds now, by area."""
    posts = Post.objects.filter(_inside("area_id", spans), serving(now)).exclude(
        role__in=[role.value for role in DUTY_ROLES]
    )
    area_of = dict(posts.order_by("pk").values_list("pk", "area_id"))
    found: dict[int, int] = defaultdict(int)
    for pk, user in effective_holders(area_of, now).items():
        found[area_of[pk]] += user is None
    return found


@dataclass(frozen=True)
class Due:
    """Which reports an area owes today: its set times, those answered, those passed."""

    area: int
    mode: str
    is_manual: bool
    times: tuple[datetime, ...]
    late: tuple[datetime, ...]
    answers: datetime | None

    @property
    def next(self) -> datetime | None:
        """Return the next set time of today that is still to come, or None."""
        return next((at for at in self.times if at > max(self.late, default=at)), None)


def due_of(areas: Collection[int], now: datetime) -> dict[int, Due]:
    """Return what each of some areas owes today; three queries, whatever their number.

    Times before the present mode began are not asked for: nobody knew of them then.
    """
    start = clock.start_of(clock.day_of(now))
    stands = stands_of(areas, now)
    profiles = profiles_of_many(areas, now)
    sent: dict[int, set[datetime]] = defaultdict(set)
    for area, at in Report.objects.filter(
        area_id__in=areas, due_at__gte=start, due_at__lt=clock.end_of(clock.day_of(now))
    ).values_list("area_id", "due_at"):
        if at is not None:
            sent[area].add(at)
    found = {}
    for area in areas:
        stand = stands[area]
        profile = profiles[area][stand.mode]
        since = stand.change.effective_at if stand.change is not None else start
        times = tuple(at for at in due_times(profile, start) if at >= since or at in sent[area])
        found[area] = Due(
            area=area,
            mode=stand.mode,
            is_manual=Manual.REPORTS in profile.manual,
            times=times,
            late=tuple(overdue(times, sent[area], now)),
            answers=answers(times, sent[area], now),
        )
    return found


def reports_of(actor: Actor, area: int) -> QuerySet[Report]:
    """Return the reports an area has sent, newest first."""
    if not actor.covers(area):
        return Report.objects.none()
    return Report.objects.filter(area_id=area).select_related("to_area").order_by("-sent_at", "-pk")


def access_report(actor: Actor, area: int, report_id: int) -> Report:
    """Return a report of an area of the actor's, or raise NotVisible."""
    row = reports_of(actor, area).filter(pk=report_id).first()
    if row is None or not actor.may(Right.APPROVE_ORDERS, area):
        raise NotVisible
    return row


def previous_of(report: Report) -> Report | None:
    """Return the report that the area sent before this one."""
    return (
        Report.objects.filter(area_id=report.area_id, sent_at__lt=report.sent_at)
        .order_by("-sent_at", "-pk")
        .first()
    )


@dataclass(frozen=True)
class Received:
    """What an area below has reported today, and what it owes."""

    area: Area
    last: Report | None
    due: Due


def received_at(area: int, now: datetime) -> list[Received]:
    """Return how the areas right below an area stand with their reports; five queries."""
    below = list(Area.objects.filter(parent=area, replaced_by=None).order_by("code"))
    codes = [row.pk for row in below]
    dues = due_of(codes, now)
    last: dict[int, Report] = {}
    since = clock.start_of(clock.day_of(now))
    for report in Report.objects.filter(area_id__in=codes, sent_at__gte=since).order_by("sent_at"):
        last[report.area_id] = report
    return [Received(row, last.get(row.pk), dues[row.pk]) for row in below]


def reporting_areas(now: datetime) -> list[int]:
    """Return the areas that report: those with a desk of their own and an area above; one query."""
    posts = Post.objects.filter(serving(now)).exclude(role__in=[r.value for r in DUTY_ROLES])
    rows = Area.objects.filter(posts__in=posts, replaced_by=None, parent__isnull=False).exclude(
        level=AreaLevel.CITY
    )
    return sorted(set(rows.values_list("code", flat=True)))


def parent_code(area: int) -> int | None:
    """Return the code of the area above in the table, or None."""
    return Area.objects.filter(pk=area).values_list(F("parent_id"), flat=True).first()


def titles_of(codes: Iterable[str]) -> dict[str, str]:
    """Return what posts are called, by their code; one query."""
    return dict(Post.objects.filter(code__in=set(codes)).values_list("code", "title"))
