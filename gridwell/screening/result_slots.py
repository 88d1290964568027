"""What holds show on the pages of the register: a mark on the door, the building, the person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.components import TimelineEntry
from gridwell.core.templatetags.core_tags import near_day
from gridwell.health.models import Hold
from gridwell.places.queries import community_of_place
from gridwell.residents.models import Membership, Resident
from gridwell.residents.queries import BoardMark
from gridwell.screening.labels.trail import ENDS
from gridwell.screening.queries.holds import HoldFigures, facts_of, figures_of, holds_of
from gridwell.screening.queries.results import faults_of, may_handle, waiting_tubes
from gridwell.screening.rules.holds import lasts

TIMELINE_HOLDS = 20


@dataclass(frozen=True)
class State:
    """A state of a person or place in words."""

    subject: int
    text: str
    tone: str = ""
    url: str = ""


def _held(actor: Actor, community: int | None, narrow: Q | None = None) -> list[Hold]:
    """Return who is held now, without tube, person and place: nothing of them is shown here."""
    if community is None:
        return []
    now = clock.now()
    rows: QuerySet[Hold] = holds_of(actor, community).filter(narrow or Q(), ended_at=None)
    return [row for row in rows.select_related(None).order_by("pk") if lasts(facts_of(row), now)]


def board_marks(actor: Actor, ids: Sequence[int], day: date) -> Iterable[BoardMark]:
    """Mark the doors behind which somebody is held, after a positive pool or a positive single sample."""
    community = community_of_place(ids[0]) if ids else None
    wanted = set(ids)
    held: dict[int, bool] = {}
    for row in _held(actor, community):
        if row.dwelling_id in wanted and row.dwelling_id is not None:
            held[row.dwelling_id] = held.get(row.dwelling_id, False) or row.end == "confirmed"
    for dwelling, is_confirmed in held.items():
        words = _("held: own sample positive") if is_confirmed else _("held: pooled tube positive")
        yield BoardMark(dwelling, pgettext("sign", "pool"), words)


def board_head(actor: Actor, ids: Sequence[int], day: date) -> Iterable[State]:
    """Say of a building how many of its people are held after a positive pool."""
    community = community_of_place(ids[0]) if ids else None
    here = Q(dwelling__in=ids) | Q(dwelling__building__in=ids) | Q(dwelling__parent__in=ids)
    count = len(_held(actor, community, here))
    if count and community is not None:
        words = ngettext(
            "%(count)s person held after a positive sample",
            "%(count)s people held after a positive sample",
            count,
        ) % {"count": count}
        yield State(ids[0], words, "bad", reverse("hold_list", args=[community]))


@dataclass(frozen=True)
class HoldPanel:
    """What Today says of positive pools and of results that wait."""

    template: str
    figures: HoldFigures
    holds_url: str
    faults: int
    faults_url: str
    late: int
    late_url: str


def today_panel(actor: Actor, ids: Sequence[int], day: date) -> Iterable[HoldPanel]:
    """Say on Today who is held and not sampled singly, and which results have to be looked at."""
    now = clock.now()
    if not ids or day != clock.day_of(now):
        return
    area = ids[0]
    found = list(figures_of(actor, area, now).values())
    handles = may_handle(actor, area)
    faults = faults_of(actor, area).filter(settled_at=None).count() if handles else 0
    late = waiting_tubes(area, now).late if handles else 0
    if not (found or faults or late):
        return
    ends = [one.next_end for one in found if one.next_end is not None]
    yield HoldPanel(
        template="screening/parts/today_panel.html",
        figures=HoldFigures(
            held=sum(one.held for one in found),
            waiting=sum(one.waiting for one in found),
            confirmed=sum(one.confirmed for one in found),
            undecided=sum(one.undecided for one in found),
            next_end=min(ends, default=None),
        ),
        holds_url=reverse("hold_list", args=[area]),
        faults=faults,
        faults_url=reverse("lab_faults", args=[area]),
        late=late,
        late_url=reverse("lab_waiting", args=[area]) + "?show=late",
    )


def household_timeline(actor: Actor, ids: Sequence[int], day: date) -> Iterable[TimelineEntry]:
    """Bring the holds of a household's people to its time line."""
    lived = Membership.objects.filter(household__in=ids, superseded_at=None, ends_at=None)
    rows = list(lived.values_list("community_id", "resident_id", "resident__name"))
    if not rows:
        return
    community, people = rows[0][0], {resident: name for _area, resident, name in rows}
    for row in holds_of(actor, community).filter(resident__in=people)[:TIMELINE_HOLDS]:
        url = reverse("hold_file", args=[community, row.pk])
        name = people[row.resident_id or 0]
        yield TimelineEntry(
            at=row.starts_at,
            text=_began(row),
            note=name,
            url=url,
            tone="bad",
        )
        if row.ended_at is not None:
            yield TimelineEntry(
                at=row.ended_at,
                text=_("Held no more: %(why)s") % {"why": ENDS.get(row.end, "")},
                note=name,
                url=url,
                tone="ok",
            )


def _began(row: Hold) -> str:
    if row.tube.purpose == "single":
        return _("Held: own sample positive, tube %(tube)s") % {"tube": row.tube.code}
    return _("Held: pooled tube %(tube)s positive") % {"tube": row.tube.code}


def people_states(actor: Actor, ids: Sequence[int], day: date) -> Iterable[State]:
    """Say of each person that he or she is held, and until when at the latest."""
    community = (
        Resident.objects.filter(pk__in=ids[:1]).values_list("community_id", flat=True).first()
    )
    wanted = set(ids)
    for row in _held(actor, community):
        if row.resident_id in wanted and row.resident_id is not None:
            near = near_day(clock.last_day_of(row.ends_at), clock.today())
            until = f"{near} {clock.end_time_of(row.ends_at)}"
            url = reverse("hold_file", args=[community, row.pk])
            yield State(row.resident_id, _("held until %(until)s") % {"until": until}, "bad", url)
