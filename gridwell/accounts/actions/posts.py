"""Acts on posts: make, hand over, name deputies, narrow to grids, end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from gridwell.accounts import followers, labels, queries
from gridwell.accounts.actions.moves import turn_absences, watched
from gridwell.accounts.models import Post, PostDeputy, StandIn, Team, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.rules.holders import deputies_refusal
from gridwell.accounts.rules.posts import MODES, post_refusal
from gridwell.audit.actions import hold, record
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Area, Grid, Place
from gridwell.places.rules.levels import AreaLevel, PlaceKind

_SHORT = {
    Role.CITY_OFFICER: "city",
    Role.DISTRICT_OFFICER: "district",
    Role.SUBDISTRICT_OFFICER: "subdistrict",
    Role.COMMUNITY_OFFICER: "officer",
    Role.GRID_WORKER: "grid",
    Role.BUILDING_HEAD: "building",
    Role.UNIT_HEAD: "unit",
    Role.TEAM_MEMBER: "team",
}


@transaction.atomic
def create_post(
    *,
    actor: Actor,
    role: Role,
    area: Area,
    title: str,
    grids: Sequence[Grid] = (),
    holder: User | None = None,
    deputies: Sequence[User] = (),
    place: Place | None = None,
    team: Team | None = None,
    activates_in: str = "",
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Post:
    """Make a post inside the actor's range, with A and B where they are known already.

    A post prepared for a mode (`activates_in`) is on standby until `stand_up`.
    """
    _in_range(actor, area.pk)
    _check_kind(role, area, grids, place, team)
    if activates_in and activates_in not in MODES[1:]:
        raise RuleBroken("accounts.mode_unknown", mode=activates_in)
    _may_serve(actor, [*([holder] if holder else []), *deputies])
    _check_line(holder, deputies)
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)  # one maker of codes per area
    post = Post.objects.create(
        code=_code(role, area, grids),
        role=role.value,
        title=title,
        area=area,
        holder=holder,
        place=place,
        team=team,
        activates_in=activates_in,
        is_standby=bool(activates_in),
        starts_at=starts_at or now,
        ends_at=ends_at,
    )
    post.grids.set(grids)
    _write_deputies(post, deputies)
    _record(
        "accounts.post_created",
        actor,
        post,
        now,
        role=role.value,
        grids=[grid.number for grid in grids],
        holder=holder.pk if holder else None,
        deputies=[user.pk for user in deputies],
    )
    return post


@transaction.atomic
def change_holder(
    *,
    actor: Actor,
    post: Post,
    holder: User | None,
    seen: int | None,
    reason: str = "",
    now: datetime,
) -> Post:
    """Hand a post over to another A, or to nobody; `seen` is the holder the actor decided on.

    A deputy who becomes A leaves the line of deputies. The one who goes and the one who comes both
    find it in the post's trail.
    """
    post = _lock_row(actor, post, now)
    if post.holder_id != seen:
        name = queries.names_of([post.holder_id]).get(post.holder_id or 0, labels.NOBODY)
        raise RuleBroken("accounts.changed_meanwhile", post=post.title, name=name)
    if holder is None and any(held.id == post.pk for held in actor.posts):
        raise RuleBroken("accounts.not_your_own_post")
    _may_serve(actor, [holder] if holder else [])
    if post.holder_id == (holder.pk if holder else None):
        return post
    with watched(cause="handed_over", actor=actor, now=now, posts=[post.pk]):
        if holder is not None:
            left = [d.user for d in post.deputies.select_related("user").order_by("rank")]
            _write_deputies(post, [user for user in left if user.pk != holder.pk])
        before, post.holder = post.holder_id, holder
        post.save(update_fields=["holder"])
        # Who stood in until now stands in for nobody any more: nothing else moves by that.
        StandIn.objects.filter(post=post, ends_at=None, user=holder).update(ends_at=now)
        _record(
            "accounts.holder_changed",
            actor,
            post,
            now,
            reason,
            before=before,
            after=holder.pk if holder else None,
        )
    return post


@transaction.atomic
def set_deputies(*, actor: Actor, post: Post, deputies: Sequence[User], now: datetime) -> Post:
    """Name the deputies of a post in their order. A is never B; nobody stands twice in one line."""
    post = _lock_row(actor, post, now)
    before = list(post.deputies.order_by("rank").values_list("user", flat=True))
    if before == [user.pk for user in deputies]:
        return post
    _may_serve(actor, [user for user in deputies if user.pk not in before])
    _check_line(post.holder, deputies)
    with watched(cause="deputies", actor=actor, now=now, posts=[post.pk]):
        _write_deputies(post, deputies)
        _record(
            "accounts.deputies_set",
            actor,
            post,
            now,
            before=before,
            after=[user.pk for user in deputies],
        )
    return post


@transaction.atomic
def set_scope(*, actor: Actor, post: Post, grids: Sequence[Grid], now: datetime) -> Post:
    """Set the grids of a grid worker's post; the next request of its holder sees only them."""
    post = _lock_row(actor, post, now)
    _check_kind(Role(post.role), post.area, grids, post.place, post.team)
    before = set(post.grids.values_list("pk", flat=True))
    after = {grid.pk for grid in grids}
    if before != after:
        post.grids.set(grids)
        _record("accounts.scope_set", actor, post, now, before=sorted(before), after=sorted(after))
    return post


@transaction.atomic
def end_post(*, actor: Actor, post: Post, reason: str, now: datetime) -> Post:
    """End a post; its holder and deputies lose what it gave at this instant. The row stays.

    Packages above follow it in the same transaction: its open work goes elsewhere, people are told.
    """
    post = _lock_row(actor, post, now)
    if any(held.id == post.pk for held in actor.posts):
        raise RuleBroken("accounts.not_your_own_post")
    if not reason.strip():
        raise RuleBroken("accounts.reason_needed")
    held = queries.effective_holders([post.pk], now)[post.pk]
    post.ends_at = now
    post.save(update_fields=["ends_at"])
    StandIn.objects.filter(post=post, ends_at=None).update(ends_at=now)
    Team.objects.filter(leader_post=post).update(leader_post=None)
    move = followers.LineMove(post=post, before=held, after=None)
    followers.follow(followers.LineChange(cause="post_ended", actor=actor, posts=(move,), now=now))
    # The trail comes last: who works on a task holds the task and then waits for the trail.
    _record("accounts.post_ended", actor, post, now, reason, holder=post.holder_id)
    return post


def _code(role: Role, area: Area, grids: Sequence[Grid]) -> str:
    """Return a code nobody has had: 140109008001/grid-3, then grid-3b, grid-3c …"""
    stem = f"{area.pk}/{_SHORT[role]}"
    if role is Role.GRID_WORKER:
        stem = f"{stem}-{grids[0].number}"
        candidates = [stem, *(f"{stem}{letter}" for letter in "bcdefghjkmnpqrstuvwxyz")]
        used = set(Post.objects.filter(code__startswith=stem).values_list("code", flat=True))
        free = next((code for code in candidates if code not in used), None)
        return free or f"{stem}-{len(used) + 1}"
    number = Post.objects.filter(code__startswith=f"{stem}-").count() + 1
    return f"{stem}-{number}"


def _record(
    act: str, actor: Actor, post: Post, now: datetime, reason: str = "", **facts: Any
) -> None:
    record(act, actor=actor, community=post.area_id, subject=post, reason=reason, at=now, **facts)


def _in_range(actor: Actor, area: int) -> None:
    if not actor.may_manage_posts(area):
        raise NotVisible


def _lock_row(actor: Actor, post: Post, now: datetime) -> Post:
    hold(post.area_id)
    turn_absences(now=now)  # before the post: its locks come first, as in every act on lines
    fresh = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    _in_range(actor, fresh.area_id)
    if fresh.ends_at is not None and fresh.ends_at <= now:
        raise RuleBroken("accounts.post_ended", post=fresh.title)
    return fresh


def _may_serve(actor: Actor, people: Sequence[User]) -> None:
    """Refuse people the actor's pick lists do not hold, and accounts that are locked or ended."""
    wanted = {user.pk for user in people}
    if queries.users_of(actor).filter(pk__in=wanted).count() != len(wanted):
        raise NotVisible
    for user in people:
        if user.ended_at is not None:
            raise RuleBroken("accounts.user_ended", name=user.name)
        if not user.is_active:
            raise RuleBroken("accounts.user_locked", name=user.name)


def _check_line(holder: User | None, deputies: Sequence[User]) -> None:
    ids = [user.pk for user in deputies]
    refusal = deputies_refusal(holder.pk if holder else None, ids)
    if refusal == "accounts.deputy_is_holder" and holder is not None:
        raise RuleBroken(refusal, name=holder.name)
    if refusal:
        twice = next(user.name for user in deputies if ids.count(user.pk) > 1)
        raise RuleBroken(refusal, name=twice)


def _write_deputies(post: Post, deputies: Sequence[User]) -> None:
    post.deputies.all().delete()
    PostDeputy.objects.bulk_create(
        PostDeputy(post=post, user=user, rank=rank) for rank, user in enumerate(deputies, 1)
    )


def _check_kind(
    role: Role, area: Area, grids: Sequence[Grid], place: Place | None, team: Team | None
) -> None:
    """Refuse a post whose level, grids, place or group do not fit its role, or lie elsewhere."""
    kind = PlaceKind(place.kind) if place else None
    refusal = post_refusal(role, AreaLevel(area.level), len(grids), kind, team is not None)
    if refusal:
        raise RuleBroken(refusal, role=labels.ROLES[role.value], area=area.name)
    if any(grid.community_id != area.pk for grid in grids):
        raise RuleBroken("accounts.grid_elsewhere", area=area.name)
    if place is not None and place.community_id != area.pk:
        raise RuleBroken("accounts.place_elsewhere", area=area.name)
    if team is not None and team.area_id != area.pk:
        raise RuleBroken("accounts.team_elsewhere", area=area.name)
