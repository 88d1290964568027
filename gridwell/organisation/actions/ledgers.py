"""What a ledger of residents brings into the organisation (导入目标): the five of a key person, heads.

A line of a resident may name the five of their household (干部、网格员、医务人员、民警、志愿者, each with a
telephone), and say that the resident is the head of a building or a unit.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from gridwell.accounts import actions as accounts
from gridwell.accounts.actions import duties
from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import live
from gridwell.accounts.rules.actor import Actor, Right, Role
from gridwell.audit.actions import digest_ids, record
from gridwell.core.errors import NotVisible
from gridwell.ledgers.targets import TargetRow
from gridwell.organisation.actions.groups import head_title
from gridwell.organisation.models import Helper, ImportTrace
from gridwell.organisation.queries.importing import Book, head_place
from gridwell.organisation.queries.naming import now_known
from gridwell.organisation.rules import importing as rules
from gridwell.organisation.rules.kinds import HelperRole
from gridwell.places.models import Area, Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.residents.models import Membership, Phone, Resident
from gridwell.residents.rules.phones import read_phones

Said = dict[tuple[int, str], tuple[str, str]]  # (household, role) -> (name, telephone)


@transaction.atomic
def write_five(
    actor: Actor, community: int, rows: Sequence[TargetRow], now: datetime, source: str
) -> int:
    """Name the five of the households of a ledger's people and return how many were named anew.

    One household's lines agree or the first that says something counts. The same ledger again
    changes nothing. Whoever was named before is kept as history.
    """
    if not actor.may(Right.EDIT_REGISTER, community):
        raise NotVisible
    said = _said(community, rows)
    standing = {
        (row.household_id, row.role): row
        for row in Helper.objects.filter(
            now_known(now), community=community, household__in={pk for pk, _role in said}
        )
    }
    new: list[Helper] = []
    replaced: list[Helper] = []
    for (household, role), (name, telephone) in said.items():
        before = standing.get((household, role))
        if before is not None and (before.name, before.telephone) == (name, telephone):
            continue
        if before is not None:
            replaced.append(before)
        new.append(_helper(actor, community, household, role, name, telephone, now, source))
    _supersede(actor, replaced, now, f"{source}: replaced")
    Helper.objects.bulk_create(new)
    if new:
        record(
            "organisation.five_imported",
            actor=actor,
            community=community,
            at=now,
            count=len(new),
            replaced=len(replaced),
            ids=digest_ids([row.pk for row in new]),
        )
    return len(new)


@transaction.atomic
def undo_five(actor: Actor, community: int, source: str, now: datetime) -> None:
    """End the five that a ledger named, and name again whom it replaced."""
    if not actor.may(Right.EDIT_REGISTER, community):
        raise NotVisible
    mine = list(Helper.objects.filter(now_known(now), community=community, source=source))
    if not mine:
        return
    _supersede(actor, mine, now, f"{source}: undone")
    before = Helper.objects.filter(
        community=community, superseded_at=None, ended_reason=f"{source}: replaced"
    )
    keys = {(row.household_id, row.role) for row in mine}
    again = [
        _helper(
            actor, community, row.household_id or 0, row.role, row.name, row.telephone, now, row.source,
            post=row.post_id, user=row.user_id,
        )
        for row in before
        if (row.household_id, row.role) in keys
    ]  # fmt: skip
    Helper.objects.bulk_create(again)
    record(
        "organisation.five_import_undone",
        actor=actor,
        community=community,
        at=now,
        count=len(mine),
        again=len(again),
    )


def _said(community: int, rows: Sequence[TargetRow]) -> Said:
    """Return who is named for which household; residents without a household are left out."""
    homes = dict(
        Membership.objects.filter(
            community=community,
            resident__in=[row.resident for row in rows],
            ends_at=None,
            superseded_at=None,
        )
        .order_by("kind")
        .values_list("resident_id", "household_id")
    )
    said: Said = {}
    for row in rows:
        household = homes.get(row.resident)
        if household is None:
            continue
        for role in HelperRole:
            name = rules.helper_name(row.values.get(role.value, ""))
            if name:
                numbers = read_phones(row.values.get(f"{role.value}_telephone", "")).numbers
                said.setdefault((household, role.value), (name, numbers[0] if numbers else ""))
    return said


def _helper(
    actor: Actor,
    community: int,
    household: int,
    role: str,
    name: str,
    telephone: str,
    now: datetime,
    source: str,
    *,
    post: int | None = None,
    user: int | None = None,
) -> Helper:
    return Helper(
        community_id=community,
        household_id=household,
        role=role,
        name=name,
        telephone=telephone,
        post_id=post,
        user_id=user,
        starts_at=now,
        recorded_at=now,
        recorded_by=actor.user_id,
        source=source,
    )


def _supersede(actor: Actor, rows: Sequence[Helper], now: datetime, reason: str) -> None:
    """Supersede open rows by rows with their end, in two writes."""
    Helper.objects.filter(pk__in=[row.pk for row in rows]).update(superseded_at=now)
    for row in rows:
        row.pk = None
        row._state.adding = True
        row.ends_at, row.ended_reason = max(now, row.starts_at), reason
        row.recorded_at, row.recorded_by, row.superseded_at = now, actor.user_id, None
    Helper.objects.bulk_create(rows)


# ---- heads -----------------------------------------------------------------------------------


@transaction.atomic
def write_heads(
    actor: Actor, community: int, rows: Sequence[TargetRow], now: datetime, source: str
) -> int:
    """Make residents of a ledger heads of buildings and units and return how many were made.

    "1号楼楼院长" names the building; "楼院长" alone means the one the resident lives in. Where a
    head stands already nothing is changed: handing over is an act of its own. What was not
    understood is kept, and said on the page of the import.
    """
    if not actor.may_manage_posts(community):
        # Who may import residents but manages no posts brings the residents alone; the page says so.
        said = [row for row in rows if rules.said(row.values.get("duty", ""))]
        if said:
            _note(actor, community, source, now, {"withheld": len(said)}, [])
        return 0
    area = Area.objects.get(pk=community)
    places, unread = _head_places(community, rows)
    heads = {
        post.place_id: post
        for post in Post.objects.filter(
            live(now), area=area, place__in=[place.pk for _row, place in places]
        ).order_by("pk")
    }
    wanted: dict[int, tuple[TargetRow, Place]] = {}
    for row, place in places:
        post = heads.get(place.pk)
        if post is None or post.holder_id is None:
            wanted.setdefault(place.pk, (row, place))  # the first line counts, as the check says
    users, made = _enrolled(actor, area, [row for row, _place in wanted.values()], now)
    holders = dict(zip(wanted, users, strict=True))
    posts, filled = _seated(actor, area, wanted, heads, holders, source, now)
    standing = [place.pk for _row, place in places if place.pk in heads.keys() - wanted.keys()]
    if wanted or unread or standing:
        made_now = {
            "posts": [[p.pk, p.holder_id] for p in posts],
            "users": [u.pk for u in made],
            "filled": [[post.pk, holders[post.place_id or 0].pk] for post in filled],
            "standing": standing,
        }
        _note(actor, community, source, now, made_now, unread)
    return len(wanted)


def _seated(
    actor: Actor,
    area: Area,
    wanted: Mapping[int, tuple[TargetRow, Place]],
    heads: Mapping[int | None, Post],
    holders: Mapping[int, User],
    source: str,
    now: datetime,
) -> tuple[list[Post], list[Post]]:
    """Make the posts of heads that are missing, and fill those that stand empty; return both."""
    posts = duties.create_duties(
        actor=actor,
        area=area,
        duties=[
            duties.NewDuty(_role(place), head_title(place), holders[pk], place=place)
            for pk, (_row, place) in wanted.items()
            if pk not in heads
        ],
        now=now,
    )
    filled = [heads[pk] for pk in wanted if pk in heads]
    for post in filled:  # an empty post is filled, not doubled; there are few
        accounts.change_holder(
            actor=actor,
            post=post,
            holder=holders[post.place_id or 0],
            seen=None,
            reason=source,
            now=now,
        )
    return posts, filled


def _enrolled(
    actor: Actor, area: Area, rows: Sequence[TargetRow], now: datetime
) -> tuple[list[User], list[User]]:
    """Return the accounts of residents in their order, and those of them that were made."""
    names = dict(
        Resident.objects.filter(community=area, pk__in=[row.resident for row in rows]).values_list(
            "pk", "name"
        )
    )
    phones: dict[int, str] = {}
    for resident, number in Phone.objects.filter(community=area, resident__in=names).values_list(
        "resident_id", "number"
    ):
        phones.setdefault(resident, number)
    people = [
        duties.NewPerson(names[row.resident], phones.get(row.resident, ""), row.dwelling)
        for row in rows
    ]
    return duties.enrol_people(actor=actor, area=area, people=people, now=now)


def _note(
    actor: Actor,
    community: int,
    source: str,
    now: datetime,
    made: dict[str, Any],
    unread: Sequence[str],
) -> None:
    """Keep what a ledger made of heads, for its undo, and what was not understood, for its page."""
    ImportTrace.objects.create(
        community_id=community,
        source=source,
        made={"posts": [], "users": [], **made},
        lines=json.dumps(list(unread), ensure_ascii=False),
        made_by=actor.user_id,
        at=now,
    )


def _role(place: Place) -> Role:
    return Role.UNIT_HEAD if place.kind == PlaceKind.UNIT else Role.BUILDING_HEAD


def _head_places(
    community: int, rows: Sequence[TargetRow]
) -> tuple[list[tuple[TargetRow, Place]], list[str]]:
    """Return the place each head answers for, and the duties that were not understood."""
    book = Book(community)
    homes = Place.objects.filter(
        community=community, pk__in=[row.dwelling for row in rows if row.dwelling is not None]
    ).select_related("building", "unit")
    by_home = {home.pk: home for home in homes}
    found, unread = [], []
    for row in rows:
        text = rules.said(row.values.get("duty", ""))
        if not text:
            continue
        home = by_home.get(row.dwelling or 0)
        own = {
            rules.BUILDING_HEAD: home.building if home is not None else None,
            rules.UNIT_HEAD: home.unit if home is not None else None,
        }
        place, _why = head_place(book, text, own)
        if place is not None:
            found.append((row, place))
        else:
            unread.append(f"{text[:60]}（{home.full_name}）" if home is not None else text[:60])
    return found, unread


@transaction.atomic
def undo_heads(actor: Actor, community: int, source: str, now: datetime) -> None:
    """End the posts of heads that a ledger brought."""
    area = Area.objects.get(pk=community)
    for trace in ImportTrace.objects.select_for_update().filter(
        community=area, source=source, state="done"
    ):
        made: Mapping[str, list[Any]] = trace.made
        filled = dict(made.get("filled", ()))
        for post in Post.objects.filter(live(now), pk__in=filled):
            if post.holder_id == filled[post.pk]:
                accounts.change_holder(
                    actor=actor, post=post, holder=None, seen=post.holder_id, reason=source, now=now
                )
        duties.end_duties(
            actor=actor,
            area=area,
            posts=dict(made["posts"]),
            holders=made["users"],
            reason=source,
            now=now,
        )
        trace.state, trace.undone_at = "undone", now
        trace.save(update_fields=["state", "undone_at"])
