"""Naming people: areas of charge, the five of a key person, the four parties.

A change never overwrites: the row that held is superseded by one with its end, and a new row
begins. So who was in charge on any day can be shown.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from gridwell.accounts.models import Post
from gridwell.accounts.queries import live, users_of
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit.actions import record
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.organisation import queries
from gridwell.organisation.models import Charge, FourParty, Helper, NamedFact
from gridwell.organisation.rules.kinds import HelperRole, Party
from gridwell.organisation.rules.naming import Named
from gridwell.places.models import Area, Grid, Place
from gridwell.residents.models import Household, Resident

Fact = TypeVar("Fact", bound=NamedFact)


@transaction.atomic
def name_charge(
    *,
    actor: Actor,
    community: int,
    place: Place | None = None,
    grid: Grid | None = None,
    named: Named,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    source: str = "desk",
) -> Charge:
    """Put a person in charge of a place or a grid (包干); the same person again is refused."""
    area = _area(actor, community)
    if (place is None) == (grid is None):
        raise RuleBroken("organisation.place_or_grid")
    if any(row is not None and row.community_id != community for row in (place, grid)):
        raise RuleBroken("organisation.place_elsewhere", area=area.name)
    _check_named(actor, area, named, now)
    standing = Charge.objects.filter(
        queries.now_known(now), community=area, place=place, grid=grid, **_who(named)
    )
    if standing.exists():
        raise RuleBroken("organisation.same_charge", name=queries.name_of(standing[0], now))
    charge = Charge.objects.create(
        community=area,
        place=place,
        grid=grid,
        starts_at=starts_at or now,
        ends_at=ends_at,
        **_written(actor, named, now, source),
    )
    record("organisation.charge_named", actor=actor, community=community, subject=charge, at=now)
    return charge


@transaction.atomic
def end_charge(*, actor: Actor, charge: Charge, reason: str, now: datetime) -> Charge:
    """End a charge at this instant; the place is in nobody's charge until somebody is named."""
    _area(actor, charge.community_id)
    ended = _end(actor, charge, reason, now)
    record(
        "organisation.charge_ended",
        actor=actor,
        community=charge.community_id,
        subject=ended,
        reason=reason,
        at=now,
    )
    return ended


@transaction.atomic
def set_five(
    *,
    actor: Actor,
    about: Household | Resident,
    five: Mapping[HelperRole, Named],
    seen: str,
    reason: str = "",
    now: datetime,
    source: str = "desk",
) -> int:
    """Name the five of a household, or of one resident (五包一); return how many changed.

    An empty one ends its row. `seen` is `queries.five_token` of the page on which it was decided.
    """
    community = about.community_id
    _may_edit(actor, about)
    _hold(about)
    standing = queries.five_of(about, now)
    if seen != queries.five_token(standing):
        raise RuleBroken("organisation.changed_meanwhile")
    area = Area.objects.get(pk=community)
    changed = []
    for role, named in five.items():
        before = standing.get(role)
        if before is not None and queries.named_by(before) == named:
            continue
        if before is None and named.is_nobody:
            continue
        if not named.is_nobody:
            _check_named(actor, area, named, now)
        if before is not None:
            _end(actor, before, reason or "replaced", now)
        if not named.is_nobody:
            Helper.objects.create(
                **queries.is_about(about) | {"community": area},
                role=role.value,
                starts_at=now,
                **_written(actor, named, now, source),
            )
        changed.append(role.value)
    if changed:
        record(
            "organisation.five_set",
            actor=actor,
            community=community,
            subject=about,
            reason=reason,
            at=now,
            roles=changed,
        )
    return len(changed)


@transaction.atomic
def name_party(
    *,
    actor: Actor,
    about: queries.About,
    party: Party,
    named: Named,
    now: datetime,
    source: str = "desk",
) -> FourParty:
    """Write down one of the four parties that answer for a household, a resident or a site.

    One standing before ends.
    """
    community = about.community_id
    _may_edit(actor, about)
    area = Area.objects.get(pk=community)
    if named.is_nobody and not named.unit:
        raise RuleBroken("organisation.nobody_named")
    if not named.is_nobody:
        _check_named(actor, area, named, now)
    _hold(about)
    for before in FourParty.objects.filter(
        queries.now_known(now), **queries.is_about(about), party=party.value
    ):
        if queries.named_by(before) == named:
            return before
        _end(actor, before, "replaced", now)
    row = FourParty.objects.create(
        **queries.is_about(about) | {"community": area},
        party=party.value,
        starts_at=now,
        **_written(actor, named, now, source),
    )
    record("organisation.party_named", actor=actor, community=community, subject=row, at=now)
    return row


@transaction.atomic
def end_party(*, actor: Actor, party: FourParty, reason: str, now: datetime) -> FourParty:
    """End one of the four parties of a household, a resident or a site."""
    if not actor.may(Right.EDIT_REGISTER, party.community_id):
        raise NotVisible
    ended = _end(actor, party, reason, now)
    record(
        "organisation.party_ended",
        actor=actor,
        community=party.community_id,
        subject=ended,
        reason=reason,
        at=now,
    )
    return ended


def _area(actor: Actor, community: int) -> Area:
    if not actor.may_manage_posts(community):
        raise NotVisible
    return Area.objects.get(pk=community)


def _may_edit(actor: Actor, about: queries.About) -> None:
    if not actor.may(Right.EDIT_REGISTER, about.community_id):
        raise NotVisible
    if isinstance(about, Household) and about.ends_at is not None:
        raise RuleBroken("organisation.household_over")


def _hold(about: queries.About) -> None:
    """Lock what is answered for, so that of two desks the second sees what the first has named."""
    rows: Any = type(about)
    rows.objects.select_for_update(no_key=True).get(pk=about.pk, community=about.community_id)


def _check_named(actor: Actor, area: Area, named: Named, now: datetime) -> None:
    """Refuse nobody, two at once, and posts or accounts that the desk cannot name."""
    named.check()
    if named.post is not None:
        fits = Post.objects.filter(live(now), pk=named.post, area_id=area.pk).exists()
    elif named.user is not None:
        fits = queries.people_to_name(actor, area.pk).filter(pk=named.user).exists()
        fits = fits or users_of(actor).filter(pk=named.user, is_active=True).exists()
    else:
        fits = True
    if not fits:
        raise RuleBroken("organisation.person_elsewhere", area=area.name)


def _who(named: Named) -> dict[str, object]:
    return {"post_id": named.post, "user_id": named.user, "name": named.name}


def _written(actor: Actor, named: Named, now: datetime, source: str) -> dict[str, object]:
    return {
        **_who(named),
        "telephone": named.telephone,
        "unit": named.unit,
        "remark": named.remark,
        "recorded_at": now,
        "recorded_by": actor.user_id,
        "source": source,
    }


def _end(actor: Actor, row: Fact, reason: str, now: datetime) -> Fact:
    """Supersede an open row by one with its end, and return that one."""
    if not reason.strip():
        raise RuleBroken("organisation.reason_needed")
    table = type(row)
    taken = table.objects.filter(pk=row.pk, superseded_at=None)  # type: ignore[attr-defined]  # the base is abstract, every row's class is not
    if row.ends_at is not None and row.ends_at <= now:
        raise RuleBroken("organisation.already_ended")
    if not taken.update(superseded_at=now):
        raise RuleBroken("organisation.changed_meanwhile")
    row.pk = None
    row._state.adding = True
    row.ends_at = max(now, row.starts_at)
    row.ended_reason = reason
    row.recorded_at, row.recorded_by, row.superseded_at = now, actor.user_id, None
    row.save(force_insert=True)
    return row
