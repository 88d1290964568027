"""What tasks show on the pages of the register: open work of a household and of a building."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.facts import holds_at
from gridwell.places.queries import community_of_place
from gridwell.residents.models import Household, Membership
from gridwell.tasks.queries.access import tasks_of
from gridwell.tasks.queries.lists import Narrow, by_due, narrowed
from gridwell.tasks.views.rows import TaskRow, rows_of

MOST = 12


@dataclass(frozen=True)
class Panel:
    """The open tasks of one household: its template and what it draws."""

    subject: int
    template: str
    title: str
    rows: tuple[TaskRow, ...]
    new_url: str


@dataclass(frozen=True)
class Strip:
    """What a building has open, in words, with the way there."""

    subject: int
    text: str
    tone: str
    url: str


def household_panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[Panel]:
    """Show the open tasks of each household and of whoever lives in it."""
    communities = dict(Household.objects.filter(pk__in=ids).values_list("pk", "community_id"))
    for household, community in communities.items():
        now = clock.now()
        people = Membership.objects.filter(
            holds_at(now), community_id=community, household_id=household, superseded_at=None
        ).values("resident_id")
        theirs = Q(subject_kind="household", subject=household) | Q(
            subject_kind="resident", subject__in=people
        )
        found = tasks_of(actor, community).filter(theirs)
        rows = rows_of(by_due(narrowed(found, Narrow(), now))[:MOST], actor, now)
        new_url = f"{reverse('task_new', args=[community])}?household={household}"
        yield Panel(household, "tasks/parts/panel.html", _("Open tasks"), tuple(rows), new_url)


def board_head(actor: Actor, ids: Sequence[int], day: date) -> Iterable[Strip]:
    """Say above a building's board how many of its tasks are open and late."""
    for building in ids:
        community = community_of_place(building)
        if community is None:
            continue
        now = clock.now()
        found = narrowed(tasks_of(actor, community), Narrow(building=building), now)
        counts = found.aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
        if not counts["open"]:
            continue
        words = ngettext("%(count)s open task", "%(count)s open tasks", counts["open"])
        text = words % {"count": counts["open"]}
        if counts["late"]:
            text += _(", %(count)s late") % {"count": counts["late"]}
        url = reverse("tasks_by_building", args=[community, building])
        yield Strip(building, text, "bad" if counts["late"] else "info", url)
