"""What is on one person (我的任务): how much is open, and what they did today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Count, DateTimeField, Q, QuerySet

from gridwell.accounts.models import Absence
from gridwell.accounts.rules.actor import Actor
from gridwell.core.clock import day_of, end_of, start_of
from gridwell.core.prepared import PreparedIn
from gridwell.tasks.models import Task
from gridwell.tasks.rules.states import ACTIVE, FINISHED

SHOWN = 30
#: The reason of an absence that no answer to an urgent task began.
SILENT = "silent"


@dataclass(frozen=True)
class Mine:
    """How much is on a person now."""

    active: int
    late: int
    today: int
    urgent: int


def my_counts(tasks: QuerySet[Task], now: datetime) -> Mine:
    """Return how much of some tasks is open, late, and due before midnight; one query."""
    tonight = end_of(day_of(now))
    found = tasks.filter(state__in=ACTIVE).aggregate(
        active=Count("pk"),
        late=Count("pk", filter=Q(due_at__lt=now)),
        today=Count("pk", filter=Q(due_at__gte=now, due_at__lte=tonight)),
        urgent=Count("pk", filter=Q(is_urgent=True)),
    )
    return Mine(**found)


def silent_since(actor: Actor) -> datetime | None:
    """Return since when an urgent task got no answer from this person, None if none waits so."""
    if actor.user_id is None:
        return None
    rows = Absence.objects.filter(user_id=actor.user_id, reason=SILENT, ends_at=None)
    return rows.order_by("starts_at").values_list("starts_at", flat=True).first()


def open_count(actor: Actor, now: datetime) -> int:
    """Return how much is due by tonight or late on the actor's posts; one query on an index."""
    if not actor.all_posts:
        return 0
    posts = [post.id for post in actor.all_posts]
    return sum(count for (count,) in _OPEN(posts, until=end_of(day_of(now))))


def _open(these: Collection[int], until: datetime) -> QuerySet[Task, tuple[int]]:
    due = Task.objects.filter(post_id__in=these, state__in=ACTIVE, due_at__lte=until)
    return due.order_by().values("state").annotate(count=Count("pk")).values_list("count")


# The number stands on every page.
_OPEN = PreparedIn(_open, BigIntegerField(), until=DateTimeField())


def done_today(actor: Actor, now: datetime) -> list[Task]:
    """Return what the person closed today, newest first: to be opened again where it was a slip."""
    done = Task.objects.filter(
        done_by=actor.user_id, state__in=FINISHED, done_at__gte=start_of(day_of(now))
    )
    return list(done.order_by("-done_at", "-pk")[:SHOWN])
