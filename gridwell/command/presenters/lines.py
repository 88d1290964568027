"""Panels about posts with A and B on pages of other packages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from gridwell.accounts.models import StandIn, User
from gridwell.accounts.queries import OpenPost, hand_backs_waiting, nobody_acts
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.command.queries.lines import tasks_of_stand_in
from gridwell.core import clock
from gridwell.places.rules.levels import span_of
from gridwell.tasks.queries import TaskLine, lines_of

MOST = 300


@dataclass(frozen=True)
class WorkPanel:
    """The tasks a deputy did or took while standing in."""

    template: str
    lines: Sequence[TaskLine]
    done: int


@dataclass(frozen=True)
class HomePanel:
    """Where a colleague lives, and the way to change it."""

    template: str
    person: User
    url: str


@dataclass(frozen=True)
class AlarmPanel:
    """Posts of an area for which nobody can act, and work that waits to be taken back."""

    template: str
    alarms: Sequence[OpenPost]
    hand_backs: Sequence[StandIn]
    can_name: bool


def hand_back_work(actor: Actor, ids: Sequence[int], day: date) -> Iterable[WorkPanel]:
    """Yield what was done under the post while the deputy stood in."""
    for stand_in in StandIn.objects.filter(pk__in=ids).select_related("post"):
        lines = lines_of(tasks_of_stand_in(stand_in)[:MOST], clock.now())
        done = sum(1 for line in lines if line.task.done_at is not None)
        yield WorkPanel("command/parts/stand_in_work.html", lines, done)


def user_panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[HomePanel]:
    """Yield the home of each colleague, for whoever manages posts."""
    for person in User.objects.filter(pk__in=ids).select_related("home"):
        url = reverse("user_home", kwargs={"user": person.pk})
        yield HomePanel("command/parts/user_home.html", person, url)


def today_alarms(actor: Actor, ids: Sequence[int], day: date) -> Iterable[Any]:
    """Yield the alarm of an area: posts with nobody, its own and those of the level below."""
    now = clock.now()
    if day != clock.day_of(now):
        return
    spans = [span_of(area) for area in ids if actor.may(Right.MANAGE_POSTS, area)]
    alarms = nobody_acts(spans, now) if spans else []
    waiting = hand_backs_waiting(actor.user_id) if actor.user_id is not None else []
    if alarms or waiting:
        yield AlarmPanel("command/parts/post_alarms.html", alarms, waiting, bool(spans))
