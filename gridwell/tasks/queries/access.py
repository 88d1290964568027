"""Who sees which tasks, and how somebody stands to one (任务可见范围)."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from gridwell.accounts.rules.actor import Actor, HeldPost, Role
from gridwell.core.errors import NotVisible
from gridwell.tasks.models import Task
from gridwell.tasks.rules.states import Who

_NOBODY = Q(pk__in=[])
#: The kind of task that a patrol's finding becomes: whoever found it checks it.
PUT_RIGHT = "put_right"


def standing_of(actor: Actor, task: Task) -> frozenset[Who]:
    """Return how the actor stands to a task; empty for a stranger, who must not see it."""
    found = standing_in(actor, task.community_id, task.grid_id)
    if any(post.id == task.post_id for post in actor.all_posts):
        found |= {Who.HOLDER}
    if task.kind == PUT_RIGHT and _found_by(actor, task):
        found |= {Who.FINDER}
    return found


def _found_by(actor: Actor, task: Task) -> bool:
    """Return whether the actor wrote the finding down and still holds a post in the community."""
    is_theirs = actor.user_id is not None and task.created_by == actor.user_id
    return is_theirs and any(post.covers(task.community_id) for post in actor.all_posts)


def standing_in(actor: Actor, community: int, grid: int | None) -> frozenset[Who]:
    """Return how the actor stands to work in a community, in one of its grids if it lies in one."""
    found = {Who.SYSTEM} if actor.is_system and actor.covers(community) else set()
    found.update(who for post in actor.posts_at(community) if (who := _who(post, grid)) is not None)
    return frozenset(found)


def _who(post: HeldPost, grid: int | None) -> Who | None:
    if post.grids is not None:
        return Who.GRID if grid in post.grids else None
    return Who.DESK if post.role == Role.COMMUNITY_OFFICER else Who.UPPER


def visible(actor: Actor) -> Q:
    """Return the condition "the actor may see this task": own posts, own grids, the desk's community.

    Ranges of area codes and lists of a person's few posts and grids: no join.
    """
    if actor.is_system:
        low, high = actor.spans[0]
        return Q(community_id__gte=low, community_id__lt=high)
    return reduce(or_, _conditions(actor), _NOBODY)


def _conditions(actor: Actor) -> Iterable[Q]:
    own = [post.id for post in actor.all_posts]
    if own:
        yield Q(post_id__in=own)
    for post in actor.posts:
        inside = Q(community_id__gte=post.low, community_id__lt=post.high)
        yield inside if post.grids is None else inside & Q(grid_id__in=sorted(post.grids))


def tasks_of(actor: Actor, community: int) -> QuerySet[Task]:
    """Return the tasks of one community that the actor may see, in any state."""
    rows = Task.objects.filter(community_id=community)
    posts = actor.posts_at(community)
    if actor.is_system or any(post.grids is None for post in posts):
        return rows if actor.covers(community) else rows.none()
    own = Q(post_id__in=[post.id for post in actor.all_posts])
    grids = frozenset().union(*(post.grids or frozenset() for post in posts))
    return rows.filter(own | Q(grid_id__in=sorted(grids)) if grids else own)


def mine(actor: Actor) -> QuerySet[Task]:
    """Return the tasks of all posts and duties that the actor effectively holds."""
    return Task.objects.filter(post_id__in=[post.id for post in actor.all_posts])


def access_task(actor: Actor, task_id: int) -> Task:
    """Return a task that the actor may see, or raise NotVisible."""
    task = (
        Task.objects.filter(pk=task_id)
        .select_related("post", "place", "building", "grid", "taken_by", "done_by", "community")
        .first()
    )
    if task is None or not standing_of(actor, task):
        raise NotVisible
    return task
