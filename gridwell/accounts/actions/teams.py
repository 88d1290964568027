"""Acts on groups, and on posts prepared for another mode (工作组；战时岗位启用)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from gridwell.accounts import queries
from gridwell.accounts.actions.moves import follow_up
from gridwell.accounts.models import Post, Team
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.rules.posts import MODES, TEAM_KINDS, modes_up_to
from gridwell.audit.actions import digest_ids, hold, record
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Area, Grid


@transaction.atomic
def create_team(
    *,
    actor: Actor,
    area: Area,
    kind: str,
    name: str,
    grid: Grid | None = None,
    leader_post: Post | None = None,
    now: datetime,
) -> Team:
    """Make a group of an area or of one grid; its members are posts made with `team`."""
    if not actor.may_manage_posts(area.pk):
        raise NotVisible
    if kind not in TEAM_KINDS:
        raise RuleBroken("accounts.team_kind_unknown", kind=kind)
    if grid is not None and grid.community_id != area.pk:
        raise RuleBroken("accounts.grid_elsewhere", area=area.name)
    if leader_post is not None and leader_post.area_id != area.pk:
        raise RuleBroken("accounts.team_elsewhere", area=area.name)
    team = Team.objects.create(
        area=area, kind=kind, name=name, grid=grid, leader_post=leader_post, starts_at=now
    )
    record(
        "accounts.team_created",
        actor=actor,
        community=area.pk,
        subject=team,
        at=now,
        kind=kind,
        grid=grid.pk if grid else None,
    )
    return team


@transaction.atomic
def change_team(
    *, actor: Actor, team: Team, name: str, leader_post: Post | None, now: datetime
) -> Team:
    """Rename a group, or name the post that leads it."""
    team = _lock_row(actor, team, now)
    if leader_post is not None and leader_post.area_id != team.area_id:
        raise RuleBroken("accounts.team_elsewhere", area=team.area.name)
    wanted = {"name": name, "leader_post_id": leader_post.pk if leader_post else None}
    changed = [field for field, value in wanted.items() if getattr(team, field) != value]
    if changed:
        team.name, team.leader_post = name, leader_post
        team.save(update_fields=["name", "leader_post"])
        record(
            "accounts.team_changed",
            actor=actor,
            community=team.area_id,
            subject=team,
            at=now,
            fields=changed,
        )
    return team


@transaction.atomic
def end_team(*, actor: Actor, team: Team, reason: str, now: datetime) -> Team:
    """End a group; refused while posts still name it, so that no member is stranded."""
    team = _lock_row(actor, team, now)
    if not reason.strip():
        raise RuleBroken("accounts.reason_needed")
    members = Post.objects.filter(queries.live(now), team=team).count()
    if members:
        raise RuleBroken("accounts.team_has_posts", team=team.name, count=members)
    team.ends_at = now
    team.save(update_fields=["ends_at"])
    record(
        "accounts.team_ended",
        actor=actor,
        community=team.area_id,
        subject=team,
        reason=reason,
        at=now,
    )
    return team


@transaction.atomic
def stand_up(
    *, actor: Actor, area: int, mode: str, now: datetime, but_not: Collection[int] = ()
) -> int:
    """Have the posts prepared for `mode` (or a calmer one) hold from now on; return how many.

    Set-based over the area's whole range, one entry in the trail. `but_not` are communities or
    ranges' areas (12-digit codes) that keep their state. Twice changes nothing.
    """
    posts = queries.prepared_posts(area, now, but_not).filter(
        is_standby=True, activates_in__in=modes_up_to(mode)
    )
    return _stand(posts, actor=actor, area=area, mode=mode, now=now, is_up=True)


@transaction.atomic
def stand_down(
    *, actor: Actor, area: int, mode: str, now: datetime, but_not: Collection[int] = ()
) -> int:
    """Put the posts that `mode` does not call for back on standby; return how many."""
    posts = queries.prepared_posts(area, now, but_not).filter(
        is_standby=False, activates_in__in=set(MODES[1:]) - set(modes_up_to(mode))
    )
    return _stand(posts, actor=actor, area=area, mode=mode, now=now, is_up=False)


def _stand(
    posts: QuerySet[Post], *, actor: Actor, area: int, mode: str, now: datetime, is_up: bool
) -> int:
    if not (actor.is_system or actor.may_manage_posts(area)):
        raise NotVisible
    hold(area)
    ids = list(posts.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return 0
    before = queries.effective_holders(ids, now)
    for start in range(0, len(ids), queries.MANY):
        some = ids[start : start + queries.MANY]
        Post.objects.filter(pk__in=some).update(
            is_standby=not is_up, **({"stood_up_at": now} if is_up else {})
        )
    record(
        "accounts.posts_stood_up" if is_up else "accounts.posts_stood_down",
        actor=actor,
        community=area,
        at=now,
        mode=mode,
        count=len(ids),
        ids=digest_ids(ids),
    )
    follow_up(before, cause="stood_up" if is_up else "stood_down", actor=actor, now=now)
    return len(ids)


def _lock_row(actor: Actor, team: Team, now: datetime) -> Team:
    fresh = Team.objects.select_for_update().get(pk=team.pk)
    if not actor.may_manage_posts(fresh.area_id):
        raise NotVisible
    if fresh.ends_at is not None and fresh.ends_at <= now:
        raise RuleBroken("accounts.team_ended", team=fresh.name)
    return fresh
