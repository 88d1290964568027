"""What is late climbs (逐级上报), and an urgent task that nobody answers goes to the deputy."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from gridwell.accounts.actions import record_absence
from gridwell.accounts.followers import LineChange
from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import actor_of, effective_holders, serving
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.audit.actions import hold, record
from gridwell.notify.actions.tell import tell
from gridwell.orders.queries.modes import profile_of
from gridwell.orders.rules.modes import Profile
from gridwell.places.models import Area
from gridwell.places.rules.levels import parent_of
from gridwell.tasks.actions.ends import end_what_is_over
from gridwell.tasks.actions.homes import homeless, rehome
from gridwell.tasks.actions.journal import write_events
from gridwell.tasks.kinds import kinds
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.queries.access import visible
from gridwell.tasks.queries.mine import SILENT
from gridwell.tasks.queries.responsible import chunks
from gridwell.tasks.rules.due import LEVELS, is_higher, is_silent, level_at
from gridwell.tasks.rules.states import ACTIVE

LATE = "tasks.late"
ASKED = "tasks.silent"


@dataclass(frozen=True)
class Round:
    """What one round of looking at late tasks did."""

    ended: int = 0
    raised: int = 0
    silent: int = 0
    rehomed: int = 0


@transaction.atomic
def escalate(*, community: int, now: datetime) -> Round:
    """End what is over, pass late tasks upwards, and bring in deputies for unanswered urgent ones.

    Called every few minutes; calling it twice at one instant does nothing the second time.
    """
    hold(community)
    ended = end_what_is_over(community=community, now=now)
    profile = profile_of(community, now)
    silent = _bring_in_deputies(community, profile.mode, now)
    rehomed = rehome(community=community, now=now)
    raised = _raise_late(community, profile, now)
    return Round(ended, raised, silent, rehomed)


def communities_with_work(now: datetime) -> list[int]:
    """Return the communities in which something is late, over, unanswered or without a post."""
    rows = Task.objects.filter(state__in=ACTIVE).filter(
        Q(due_at__lte=now) | Q(ends_at__lte=now) | Q(is_urgent=True, state="open") | homeless(now)
    )
    return sorted(rows.order_by().values_list("community_id", flat=True).distinct())


def _raise_late(community: int, profile: Profile, now: datetime) -> int:
    late = Task.objects.filter(community_id=community, state__in=ACTIVE, due_at__lte=now).exclude(
        level=LEVELS[-1]
    )
    rising: dict[str, list[int]] = defaultdict(list)
    grids: dict[str, set[int | None]] = defaultdict(set)
    for pk, due_at, is_urgent, level, grid in late.values_list(
        "pk", "due_at", "is_urgent", "level", "grid_id"
    ):
        reached = level_at(due_at, now, profile, is_urgent=is_urgent)
        if is_higher(reached, level):
            rising[reached].append(pk)
            grids[reached].add(grid)
    for level, pks in rising.items():
        for part in chunks(pks):
            Task.objects.filter(community_id=community, pk__in=part).update(
                level=level, raised_at=now, changed_at=now
            )
        write_events(community, pks, "raise", now=now, facts={"level": level})
        record(
            "tasks.raised",
            actor=Actor.system(community),
            community=community,
            at=now,
            level=level,
            count=len(pks),
        )
        _tell_level(community, level, len(pks), grids[level], now)
    return sum(map(len, rising.values()))


def _tell_level(
    community: int, level: str, count: int, grids: Collection[int | None], now: datetime
) -> None:
    """Tell whoever effectively sits at a level how many tasks reached it: one message each."""
    posts = Post.objects.filter(serving(now))
    if level == "grid":
        known = [grid for grid in grids if grid is not None]
        posts = posts.filter(area_id=community, role=Role.GRID_WORKER, grids__in=known)
    elif level == "community":
        posts = posts.filter(area_id=community, role=Role.COMMUNITY_OFFICER)
    else:
        posts = posts.filter(area_id=parent_of(community) or 0, role=Role.SUBDISTRICT_OFFICER)
    acting = effective_holders(posts.values_list("pk", flat=True).distinct(), now)
    users = {user for user in acting.values() if user is not None}
    name = Area.objects.values_list("name", flat=True).get(pk=community)
    tell(
        users=users,
        kind=LATE,
        community=community,
        facts={"count": count, "place": name},
        link=f"/{community}/work/?show=late",
        key=f"{LATE}:{level}:{now.isoformat()}",
        now=now,
    )


def _bring_in_deputies(community: int, mode: str, now: datetime) -> int:
    """Record the silence of whoever holds an urgent task that stood open too long."""
    known = kinds()
    waiting = [
        task
        for task in Task.objects.filter(
            community_id=community,
            state="open",
            is_urgent=True,
            post__isnull=False,
            starts_at__lte=now,
            asked_at__lte=now,
        ).order_by("asked_at", "pk")
        if task.kind in known
        and is_silent(max(task.asked_at, task.starts_at), known[task.kind].silent[mode], now)
    ]
    if not waiting:
        return 0
    holders = effective_holders({task.post_id for task in waiting if task.post_id}, now)
    people = {user for user in holders.values() if user is not None}
    signs = _signs(people, min(task.asked_at for task in waiting))
    silent: dict[int, Task] = {}
    for task in waiting:
        user = holders.get(task.post_id or 0)
        # Somebody who works on other tasks meanwhile is not silent; the late task climbs instead.
        if user is not None and (user not in signs or signs[user] < task.asked_at):
            silent.setdefault(user, task)
    for user_id, task in silent.items():
        _record_silence(task, User.objects.get(pk=user_id), now)
    posts = {pk for pk, user in holders.items() if user in silent}
    asked = [task.pk for task in waiting if task.post_id in posts]
    Task.objects.filter(community_id=community, pk__in=asked).update(asked_at=now, changed_at=now)
    write_events(community, asked, "silent", now=now, reason=SILENT)
    return len(silent)


def _signs(users: Collection[int], since: datetime) -> Mapping[int, datetime]:
    """Return when these people last took a step on any task, for those who did since an instant."""
    rows = TaskEvent.objects.filter(user__in=users, at__gte=since).order_by("at")
    return {user: at for user, at in rows.values_list("user_id", "at") if user is not None}


def _record_silence(task: Task, user: User, now: datetime) -> None:
    record_absence(
        actor=Actor.system(0),
        user=user,
        reason=SILENT,
        starts_at=now,
        source=f"task:{task.ref}"[:60],
        now=now,
    )
    tell(
        users=[user.pk],
        kind=ASKED,
        community=task.community_id,
        facts={"since": task.asked_at.isoformat()},
        link="/work/mine/",
        is_urgent=True,
        key=f"{ASKED}:{task.ref}",
        now=now,
    )


def follow_line(change: LineChange) -> None:
    """Give back to a post what somebody who no longer acts for it had in hand; called by accounts.

    Open tasks belong to the post, and whoever acts for it now sees them. Of a post that ended, or
    that nobody stands in line for any more, they go to whoever else is in charge, at once.
    """
    for move in change.posts:
        if move.before is not None:
            held = Task.objects.filter(post=move.post, state="taken", taken_by=move.before)
            _out_of_hand(held, move.before, change.now)
    _free_what_they_reached(change)
    _rehome_of(change)
    posts = [move.post.pk for move in change.posts]
    Task.objects.filter(post__in=posts, state="open", is_urgent=True).update(asked_at=change.now)


def _free_what_they_reached(change: LineChange) -> None:
    """Open again what somebody had in hand of other posts, and does not reach any more.

    A grid worker may take work of the desk that lies in the grid; it must not leave with them.
    """
    people = {move.before for move in change.posts} - {None}
    taken = Task.objects.filter(state="taken", taken_by__in=people)
    for user in User.objects.filter(pk__in=taken.order_by().values("taken_by").distinct()):
        reached = visible(actor_of(user, change.now))
        _out_of_hand(taken.filter(taken_by=user).exclude(reached), user.pk, change.now)


def _out_of_hand(held: QuerySet[Task], user: int, now: datetime) -> None:
    """Open tasks again that somebody had in hand; their history says from whom they came."""
    by_community: dict[int, list[int]] = defaultdict(list)
    for community, pk in held.values_list("community_id", "pk"):
        by_community[community].append(pk)
    for community, pks in by_community.items():
        Task.objects.filter(community_id=community, pk__in=pks).update(
            state="open", taken_by=None, taken_at=None, asked_at=now, changed_at=now
        )
        write_events(community, pks, "move", now=now, reason="line", facts={"from": user})


def _rehome_of(change: LineChange) -> None:
    """Find another post for the open tasks of posts that nobody acts for any more."""
    givers = {
        move.post.pk: move.before
        for move in change.posts
        if move.after is None and move.before is not None
    }
    empty = [move.post.pk for move in change.posts if move.after is None]
    if not empty:
        return
    rows = Task.objects.filter(homeless(change.now), post__in=empty, state__in=ACTIVE)
    for community in sorted(set(rows.order_by().values_list("community_id", flat=True).distinct())):
        rehome(community=community, now=change.now, givers=givers)
