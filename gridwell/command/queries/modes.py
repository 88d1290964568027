"""What a change of mode would do (平战转换的影响), read before anybody decides; and how it went."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q

from gridwell.accounts.models import Post
from gridwell.accounts.queries import prepared_posts
from gridwell.accounts.queries.who import serving
from gridwell.accounts.rules.actor import Actor
from gridwell.command.models import ClosingReport, InstructionReceipt, ModeRehearsal, Report
from gridwell.core.clock import day_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.models import Job
from gridwell.orders.models import ModeChange, Zone
from gridwell.orders.queries.modes import (
    ModeStand,
    mode_of,
    own_changes_below,
    profiles_of,
    stand_of,
)
from gridwell.orders.rules.modes import STRICTNESS, Profile, strictest
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel, parent_of, span_of
from gridwell.tasks.kinds import kinds
from gridwell.tasks.models import Task, TaskTemplate

PREPARED = ("alert", "emergency")


@dataclass(frozen=True)
class KindTime:
    """How long a kind of work is allowed, before and after, in minutes."""

    name: Any
    before: int
    after: int


@dataclass(frozen=True)
class ModeEffect:
    """What changes when an area goes into a mode; computed, nothing is written.

    `mode` is what is asked for, `after` what will hold (an area above may be stricter). `keep`
    are areas below that set a stricter mode themselves and stay in it.
    """

    area: int
    mode: str
    before: str
    after: str
    version: str
    communities: int
    keep: tuple[ModeChange, ...]
    posts_up: int
    posts_down: int
    templates_start: int
    templates_stop: int
    kinds: tuple[KindTime, ...]
    profile_before: Profile
    profile_after: Profile
    people: int
    imports: int

    @property
    def is_return(self) -> bool:
        """Return whether an easier mode will hold, which closes with a report.

        What an area above still holds does not ease by taking one's own mode back.
        """
        return STRICTNESS[self.after] < STRICTNESS[self.before]

    @property
    def is_held_above(self) -> bool:
        """Return whether an area above is stricter, so that less changes than is asked for."""
        return self.after != self.mode

    def figures(self) -> dict[str, Any]:
        """Return the counts as a rehearsal or a trail keeps them."""
        return {
            "before": self.before,
            "after": self.after,
            "communities": self.communities,
            "keep": len(self.keep),
            "posts_up": self.posts_up,
            "posts_down": self.posts_down,
            "templates_start": self.templates_start,
            "templates_stop": self.templates_stop,
            "people": self.people,
            "imports": self.imports,
        }


def open_modes(stand: ModeStand, above: str) -> list[str]:
    """Return the modes an area can go into: stricter ones, and easier ones of what it set itself."""
    return [
        mode
        for mode in STRICTNESS
        if mode != stand.mode
        and (
            STRICTNESS[mode] > STRICTNESS[stand.mode]
            or STRICTNESS[mode] < STRICTNESS[stand.own]
            or STRICTNESS[mode] >= STRICTNESS[above]
        )
    ]


def change_refusal(area: int, mode: str, now: datetime) -> RuleBroken | None:
    """Return why an area cannot go into a mode now, or None: the act refuses it for the same reason."""
    stand = stand_of(area, now)
    if mode in open_modes(stand, mode_above(area, now)):
        return None
    if mode == stand.mode or stand.change is None:
        return RuleBroken("orders.mode_already")
    return RuleBroken("orders.mode_held_above", above=stand.change.area.name)


def mode_above(area: int, now: datetime) -> str:
    """Return the mode that the areas above hold for an area; routine where there is none."""
    above = parent_of(area)
    return mode_of(above, now) if above is not None else strictest([])


def version_of(stand: ModeStand) -> str:
    """Return what a page has seen of an area's mode: the change it comes from and its own mode."""
    return f"{stand.change.pk if stand.change else 0}:{stand.own}"


def mode_effect(area: int, mode: str, now: datetime) -> ModeEffect:
    """Return what changing an area's mode would do now; some ten queries, whatever its size."""
    stand = stand_of(area, now)
    after = strictest([mode, mode_above(area, now)])
    below = own_changes_below(area, now)
    keep = tuple(row for row in below if STRICTNESS[row.mode] > STRICTNESS[after])
    profiles = profiles_of(area, now)
    start, stop = _templates(area, stand.mode, after, keep)
    up, down = _posts(area, after, now, [row.area_id for row in keep])
    return ModeEffect(
        area=area,
        mode=mode,
        before=stand.mode,
        after=after,
        version=version_of(stand),
        communities=_communities(area),
        keep=keep,
        posts_up=up,
        posts_down=down,
        templates_start=start,
        templates_stop=stop,
        kinds=tuple(_times(profiles[stand.mode], profiles[after], day_of(now))),
        profile_before=profiles[stand.mode],
        profile_after=profiles[after],
        people=_people(area, now, up),
        imports=_imports(area),
    )


def _times(before: Profile, after: Profile, on: date) -> Iterator[KindTime]:
    """Yield the kinds of work whose time allowed changes."""
    for kind in kinds().values():
        was, will = kind.minutes_in(before, on), kind.minutes_in(after, on)
        if was != will:
            yield KindTime(kind.name, was, will)


def _posts(area: int, after: str, now: datetime, keep: Collection[int]) -> tuple[int, int]:
    wanted = [mode for mode in PREPARED if STRICTNESS[mode] <= STRICTNESS[after]]
    posts = prepared_posts(area, now, keep)
    found = posts.aggregate(
        up=Count("pk", filter=Q(is_standby=True, activates_in__in=wanted)),
        down=Count("pk", filter=Q(is_standby=False) & ~Q(activates_in__in=[*wanted, ""])),
    )
    return found["up"], found["down"]


def _templates(area: int, before: str, after: str, keep: Collection[ModeChange]) -> tuple[int, int]:
    """Count the templates that begin and that stop to make work; one query, few rows."""
    low, high = span_of(area)
    rows = TaskTemplate.objects.filter(
        community_id__gte=low, community_id__lt=high, ends_at=None
    ).values_list("community_id", "modes")
    kept = [span_of(row.area_id) for row in keep]
    start = stop = 0
    for community, modes in rows:
        if not modes or any(lo <= community < hi for lo, hi in kept):
            continue
        start += after in modes and before not in modes
        stop += before in modes and after not in modes
    return start, stop


def _communities(area: int) -> int:
    low, high = span_of(area)
    return Area.objects.filter(
        code__gte=low, code__lt=high, level=AreaLevel.COMMUNITY, replaced_by=None
    ).count()


def _people(area: int, now: datetime, up: int) -> int:
    """Count who holds a post in the area as A, those of the posts that are to begin included."""
    low, high = span_of(area)
    posts = Post.objects.filter(area_id__gte=low, area_id__lt=high, holder__is_active=True)
    posts = posts.filter(serving(now) | Q(is_standby=True)) if up else posts.filter(serving(now))
    return posts.values("holder").distinct().count()


def _imports(area: int) -> int:
    """Count the imports that are being written or wait for the worker: they go on as they are."""
    low, high = span_of(area)
    return Job.objects.filter(
        community__gte=low,
        community__lt=high,
        kind__startswith="ledgers.",
        state__in=("queued", "running"),
    ).count()


def time_in_mode(area: int, now: datetime) -> ModeChange | None:
    """Return the change with which the area's present spell above routine began, or None.

    A step from alert to emergency is one spell with what came before it.
    """
    first = None
    for row in ModeChange.objects.filter(area_id=area, effective_at__lte=now).order_by(
        "-effective_at", "-pk"
    ):
        if STRICTNESS[row.mode] == 0:
            break
        first = row
    return first


def closing_figures(area: int, since: datetime, now: datetime) -> dict[str, int]:
    """Return the figures of a spell in an area (结束报告): work, zones, people, reports; six queries.

    Work counts that was open at any time of the spell, also what had come before it.
    """
    low, high = span_of(area)
    inside = {"community_id__gte": low, "community_id__lt": high}
    tasks = Task.objects.filter(
        Q(done_at=None) | Q(done_at__gte=since),
        Q(ended_at=None) | Q(ended_at__gte=since),
        **inside,
        starts_at__lt=now,
    )
    done = Q(done_at__gte=since, done_at__lte=now)
    late = done & Q(done_at__gt=F("due_at"))
    open_late = Q(done_at=None, ended_at=None, due_at__lt=now)
    counted = tasks.aggregate(
        tasks=Count("pk"),
        done=Count("pk", filter=done),
        late=Count("pk", filter=late | open_late),
        open=Count("pk", filter=Q(done_at=None, ended_at=None)),
    )
    zones = Zone.objects.filter(**inside)
    closed = zones.filter(closed_at__gte=since, closed_at__lte=now)
    receipts = InstructionReceipt.objects.filter(
        area_id__gte=low, area_id__lt=high, instruction__sent_at__gte=since
    )
    told = receipts.aggregate(all=Count("pk"), done=Count("pk", filter=Q(state="done")))
    reports = Report.objects.filter(area_id__gte=low, area_id__lt=high, sent_at__gte=since)
    return {
        "days": (now - since).days + 1,
        **counted,
        "zones_lifted": closed.count(),
        "zones_open": zones.filter(closed_at=None).count(),
        "people": _people(area, now, 0),
        "instructions": told["all"],
        "instructions_done": told["done"],
        "reports": reports.count(),
    }


def rehearsals_of(actor: Actor, area: int, limit: int = 10) -> list[ModeRehearsal]:
    """Return the latest rehearsals of an area."""
    if not actor.covers(area):
        return []
    return list(ModeRehearsal.objects.filter(area_id=area).order_by("-rehearsed_at")[:limit])


def closings_of(actor: Actor, area: int, limit: int = 10) -> list[ClosingReport]:
    """Return the latest closing reports of an area and those above it."""
    if not actor.covers(area):
        return []
    return list(
        ClosingReport.objects.filter(area_id=area)
        .select_related("area")
        .order_by("-ends_at")[:limit]
    )


def access_closing(actor: Actor, area: int, closing_id: int) -> ClosingReport:
    """Return a closing report of an area of the actor's, or raise NotVisible."""
    row = ClosingReport.objects.filter(pk=closing_id, area_id=area).select_related("change").first()
    if row is None or not actor.covers(area):
        raise NotVisible
    return row
