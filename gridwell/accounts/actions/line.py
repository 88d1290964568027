"""Acts around the line of a post: hand-backs, rehearsals, the reserve list, where staff live."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from gridwell.accounts import queries
from gridwell.accounts.followers import follow_home
from gridwell.accounts.models import Post, PostRehearsal, ReserveCandidate, StandIn, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.rules.posts import REHEARSAL_RESULTS
from gridwell.audit.actions import hold, record
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Area, Place
from gridwell.places.rules.levels import PlaceKind


@transaction.atomic
def take_back(*, actor: Actor, stand_in: StandIn, remark: str = "", now: datetime) -> StandIn:
    """Confirm that what a deputy did meanwhile was handed back (交回); a second time changes nothing.

    A of the post confirms, or whoever manages its posts, with a remark. Refused while the deputy
    still acts.
    """
    hold(stand_in.post.area_id)
    row = StandIn.objects.select_for_update().select_related("post").get(pk=stand_in.pk)
    is_mine = actor.user_id is not None and row.post.holder_id == actor.user_id
    if not is_mine and not actor.may_manage_posts(row.post.area_id):
        raise NotVisible
    if row.ends_at is None:
        raise RuleBroken("accounts.still_stands_in", name=row.user.name)
    if row.confirmed_at is not None:
        return row
    if not is_mine and not remark.strip():
        raise RuleBroken("accounts.reason_needed")
    row.confirmed_at, row.confirmed_by, row.remark = now, actor.user_id, remark.strip()
    row.save(update_fields=["confirmed_at", "confirmed_by", "remark"])
    record(
        "accounts.taken_back",
        actor=actor,
        community=row.post.area_id,
        subject=row.post,
        reason=remark,
        at=now,
        stand_in=row.pk,
        by=row.user_id,
    )
    return row


@transaction.atomic
def record_rehearsal(
    *,
    actor: Actor,
    post: Post,
    held_on: date,
    stood_in: User,
    result: str,
    remark: str = "",
    now: datetime,
) -> PostRehearsal:
    """Record that stepping in for A was tried on a day; once a day and post."""
    if not actor.may_manage_posts(post.area_id):
        raise NotVisible
    if result not in REHEARSAL_RESULTS:
        raise RuleBroken("accounts.rehearsal_result_unknown", result=result)
    if held_on > clock.day_of(now):
        raise RuleBroken("accounts.rehearsal_to_come")
    if not post.deputies.filter(user=stood_in).exists():
        raise RuleBroken("accounts.rehearsal_by_deputy", name=stood_in.name)
    if result != "smooth" and not remark.strip():
        raise RuleBroken("accounts.rehearsal_remark_needed")
    try:
        with transaction.atomic():
            row = PostRehearsal.objects.create(
                post=post,
                held_on=held_on,
                stood_in=stood_in,
                result=result,
                remark=remark.strip(),
                recorded_at=now,
                recorded_by=actor.user_id,
            )
    except IntegrityError as error:
        raise RuleBroken("accounts.rehearsed_already", post=post.title) from error
    record(
        "accounts.rehearsed",
        actor=actor,
        community=post.area_id,
        subject=post,
        at=now,
        held_on=held_on.isoformat(),
        result=result,
        by=stood_in.pk,
    )
    return row


@transaction.atomic
def add_reserve(
    *,
    actor: Actor,
    area: Area,
    user: User | None = None,
    name: str = "",
    telephone: str = "",
    roles: Sequence[Role] = (),
    skills: str = "",
    now: datetime,
) -> ReserveCandidate:
    """Put somebody on the reserve list of an area: a user, or a name with a telephone."""
    if not actor.may_manage_posts(area.pk):
        raise NotVisible
    if user is None and not name.strip():
        raise RuleBroken("accounts.reserve_needs_name")
    if user is not None and not queries.active_users_of(actor).filter(pk=user.pk).exists():
        raise NotVisible
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    listed = ReserveCandidate.objects.filter(area=area, ended_at=None)
    twice = listed.filter(user=user) if user else listed.filter(user=None, name=name.strip())
    if twice.exists():
        raise RuleBroken("accounts.reserve_twice", name=user.name if user else name.strip())
    row = ReserveCandidate.objects.create(
        area=area,
        user=user,
        name=user.name if user else name.strip(),
        telephone=user.telephone if user else telephone.strip(),
        roles=[role.value for role in roles],
        skills=skills.strip(),
        added_at=now,
        added_by=actor.user_id,
    )
    record("accounts.reserve_added", actor=actor, community=area.pk, subject=row, at=now)
    return row


@transaction.atomic
def end_reserve(*, actor: Actor, candidate: ReserveCandidate, now: datetime) -> None:
    """Take somebody off the reserve list; twice changes nothing."""
    if not actor.may_manage_posts(candidate.area_id):
        raise NotVisible
    rows = ReserveCandidate.objects.filter(pk=candidate.pk, ended_at=None)
    if rows.update(ended_at=now):
        record(
            "accounts.reserve_ended",
            actor=actor,
            community=candidate.area_id,
            subject=candidate,
            at=now,
        )


@transaction.atomic
def set_home(
    *,
    actor: Actor,
    user: User,
    home: Place | None,
    lives_elsewhere: bool,
    resident: int | None = None,
    now: datetime,
) -> User:
    """Say where somebody of the staff lives, by the register or by hand.

    A home makes a person absent while it is closed or they are isolated in it; "lives elsewhere"
    says that a closed building does not keep them. `resident` links their own entry by hand.
    """
    fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if actor.user_id != fresh.pk and not queries.may_change(actor, fresh, now):
        raise RuleBroken("accounts.user_above_you", name=fresh.name)
    if home is not None and home.kind != PlaceKind.DWELLING:
        raise RuleBroken("accounts.home_is_dwelling", place=home.full_name)
    wanted = (home.pk if home else None, lives_elsewhere, resident)
    if wanted == (fresh.home_id, fresh.lives_elsewhere, fresh.resident):
        return fresh
    before = fresh.home
    fresh.home, fresh.lives_elsewhere, fresh.resident = home, lives_elsewhere, resident
    fresh.save(update_fields=["home", "lives_elsewhere", "resident"])
    record(
        "accounts.home_set",
        actor=actor,
        community=fresh.area_id or 0,
        subject=fresh,
        at=now,
        home=fresh.home_id,
        elsewhere=lives_elsewhere,
    )
    follow_home({place.community_id for place in (before, home) if place is not None}, now)
    return fresh
