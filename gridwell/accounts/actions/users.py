"""Acts on accounts: made at the desk, never by sign-up."""

import secrets
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from gridwell.accounts import queries
from gridwell.accounts.actions.moves import hold_lines, turn_absences, watched
from gridwell.accounts.models import Post, PostDeputy, ReserveCandidate, User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Area

# Without letters and digits that are mistaken for each other when read aloud or copied by hand.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Return a one-time password that can be read aloud: three groups of four, 58 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


@transaction.atomic
def create_user(
    *,
    actor: Actor,
    username: str,
    name: str,
    area: Area | None,
    telephone: str = "",
    language: str = "zh-hans",
    is_administrator: bool = False,
    password: str = "",
    hashed: str = "",
    now: datetime,
) -> tuple[User, str]:
    """Make an account kept at the desk of `area` and return it with its one-time password.

    The password is shown once and must be changed at the first sign-in; one that is given (by the
    installer, for the demo) needs no change; `hashed` is its hash where many accounts share one.
    `area` None is the installation's own desk.
    """
    if area is None or is_administrator:
        _only_installation(actor)
    elif not actor.may_manage_posts(area.pk):
        raise NotVisible
    if queries.user_by_name(username) is not None:
        raise RuleBroken("accounts.username_taken", username=username)
    once = password or new_password()
    user = User(
        username=username,
        name=name,
        telephone=telephone,
        language=language,
        area=area,
        is_administrator=is_administrator,
        must_change_password=not password,
        created_at=now,
    )
    if hashed:
        user.password = hashed
    else:
        user.set_password(once)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken("accounts.username_taken", username=username) from error
    _record("accounts.user_created", actor, user, now, administrator=is_administrator)
    return user, once


@transaction.atomic
def change_user(*, actor: Actor, user: User, name: str, telephone: str, now: datetime) -> User:
    """Correct the name or the work telephone of an account; a telephone is a contact, no identity."""
    user = _lock_row(actor, user, now)
    wanted = {"name": name, "telephone": telephone}
    changed = [field for field, value in wanted.items() if getattr(user, field) != value]
    if changed:
        user.name, user.telephone = name, telephone
        user.save(update_fields=["name", "telephone"])
        _record("accounts.user_changed", actor, user, now, fields=changed)
    return user


@transaction.atomic
def reset_password(*, actor: Actor, user: User, reason: str, now: datetime) -> str:
    """Give an account a new one-time password and return it; every session of it ends at once.

    A second step of sign-in (MFA) is taken off as well: whoever lost the password often lost the phone.
    """
    user = _lock_row(actor, user, now)
    _needs(reason)
    once = new_password()
    user.set_password(once)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    removed, _ = Authenticator.objects.filter(user=user).delete()
    _record("accounts.password_reset", actor, user, now, reason, second_step_removed=bool(removed))
    return once


@transaction.atomic
def lock_user(*, actor: Actor, user: User, reason: str, now: datetime) -> None:
    """Lock an account: its sessions end at once and its deputies step in."""
    user = _lock_row(actor, user, now)
    _not_self(actor, user)
    _needs(reason)
    if not user.is_active:
        raise RuleBroken("accounts.user_locked", name=user.name)
    with watched(cause="locked", actor=actor, now=now, users=[user.pk], user=user):
        user.is_active = False
        user.save(update_fields=["is_active"])
        _record("accounts.user_locked", actor, user, now, reason)


@transaction.atomic
def unlock_user(*, actor: Actor, user: User, now: datetime) -> None:
    """Open a locked account again; its posts are its own at once."""
    user = _lock_row(actor, user, now)
    if user.is_active:
        raise RuleBroken("accounts.user_not_locked", name=user.name)
    with watched(cause="unlocked", actor=actor, now=now, users=[user.pk], user=user):
        user.is_active = True
        user.save(update_fields=["is_active"])
        _record("accounts.user_unlocked", actor, user, now)


@transaction.atomic
def end_user(*, actor: Actor, user: User, reason: str, now: datetime) -> list[Post]:
    """End an account for good and return the posts that stand without A now.

    Work belongs to posts, so nothing is stranded: every post is freed, and both the account's trail
    and each post's say so. The row stays, because the trail names it.
    """
    user = _lock_row(actor, user, now)
    _not_self(actor, user)
    _needs(reason)
    with watched(cause="ended", actor=actor, now=now, users=[user.pk], user=user):
        return _end_row(actor, user, reason, now)


def _end_row(actor: Actor, user: User, reason: str, now: datetime) -> list[Post]:
    freed = list(Post.objects.select_for_update(no_key=True).filter(queries.live(now), holder=user))
    for post in freed:
        post.holder = None
        record(
            "accounts.holder_changed",
            actor=actor,
            community=post.area_id,
            subject=post,
            reason=reason,
            at=now,
            before=user.pk,
            after=None,
        )
    Post.objects.bulk_update(freed, ["holder"])
    left, _ = PostDeputy.objects.filter(user=user).delete()
    user.is_active, user.ended_at = False, now
    user.set_unusable_password()
    user.save(update_fields=["is_active", "ended_at", "password"])
    Authenticator.objects.filter(user=user).delete()
    ReserveCandidate.objects.filter(user=user, ended_at=None).update(ended_at=now)
    _record(
        "accounts.user_ended",
        actor,
        user,
        now,
        reason,
        posts=[post.code for post in freed],
        deputy_posts=left,
    )
    return freed


@transaction.atomic
def change_own_password(*, user: User, password: str, now: datetime) -> None:
    """Set the password its owner chose; the duty to change it is done."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _record("accounts.password_changed", queries.actor_of(user, now), user, now)


def set_language(*, user: User, language: str) -> None:
    """Keep the language a user chose. Not an official act: no audit row."""
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language


def note_sign_in(*, user: User, now: datetime, second_step: bool = False) -> None:
    """Record that a person signed in, at the house's own time (Django stamps the machine's)."""
    User.objects.filter(pk=user.pk).update(last_login=now)
    user.last_login = now
    _record("accounts.signed_in", queries.actor_of(user, now), user, now, second_step=second_step)


def note_sign_out(*, user: User, now: datetime, is_switch: bool = False) -> None:
    """Record that a person signed out, or left a shared computer to a colleague."""
    _record("accounts.signed_out", queries.actor_of(user, now), user, now, switch=is_switch)


def note_failed_sign_in(*, username: str, now: datetime) -> None:
    """Record a failed sign-in under a name that exists; others leave no row, nor a hint."""
    user = queries.user_by_name(username)
    if user is not None:
        nobody = Actor.system(user.area_id or 0)
        _record("accounts.sign_in_failed", nobody, user, now)


def note_look_granted(
    *, actor: Actor, area: int, reason: str, ends_at: datetime, now: datetime
) -> None:
    """Record that somebody gave a reason to see personal data of an area, and until when."""
    record(
        "accounts.look_granted",
        actor=actor,
        community=area,
        reason=reason,
        at=now,
        ends_at=ends_at.isoformat(),
    )


def note_trail_exported(*, actor: Actor, community: int, now: datetime, **filters: Any) -> None:
    """Record that somebody took the audit trail out as a file."""
    record("accounts.trail_exported", actor=actor, community=community, at=now, **filters)


def note_second_step(*, user: User, is_on: bool, now: datetime) -> None:
    """Record that the second step of sign-in was switched on or off by its owner."""
    act = "accounts.second_step_added" if is_on else "accounts.second_step_removed"
    _record(act, queries.actor_of(user, now), user, now)


def _record(
    act: str, actor: Actor, user: User, now: datetime, reason: str = "", **facts: Any
) -> None:
    record(
        act,
        actor=actor,
        community=user.area_id or 0,
        subject=user,
        reason=reason,
        at=now,
        **facts,
    )


def _only_installation(actor: Actor) -> None:
    if not actor.runs_installation:
        raise NotVisible


def _lock_row(actor: Actor, user: User, now: datetime) -> User:
    """Return the row locked and fresh, when the actor may change it and it has not ended."""
    hold_lines([user.pk], now)
    turn_absences(now=now)
    fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not queries.may_change(actor, fresh, now):
        raise RuleBroken("accounts.user_above_you", name=fresh.name)
    if fresh.ended_at is not None:
        raise RuleBroken("accounts.user_ended", name=fresh.name)
    return fresh


def _not_self(actor: Actor, user: User) -> None:
    if actor.user_id == user.pk:
        raise RuleBroken("accounts.not_yourself")


def _needs(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken("accounts.reason_needed")
