"""Writes of matching (匹配): proposals kept, places chosen, made and remembered."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require
from gridwell.orders.models import ItemMatch, Notice, NoticeItem, NoticePart
from gridwell.orders.queries.matching import GROUND_KINDS, Candidate, asked_of, candidates
from gridwell.orders.queries.zones import ids_of_path
from gridwell.orders.rules.matching import wanted_of
from gridwell.places.actions import add_alias, create_place
from gridwell.places.models import Place
from gridwell.places.rules.levels import AreaLevel, PlaceKind, level_of
from gridwell.places.rules.tree import key_of


def propose(
    notice: Notice,
    items: Sequence[NoticeItem],
    *,
    communities: Sequence[int] | None = None,
    extra: Iterable[int] = (),
) -> int:
    """Match items to the register, keep the proposals, and give each community concerned a part.

    Decisions of people stay. Runs again whenever the register has changed. Returns the number of
    communities with a part.
    """
    found = candidates(asked_of(items, notice.area_id), communities=communities)
    old = ItemMatch.objects.filter(item__notice=notice, decided_at=None)
    if communities is not None:
        old = old.filter(community_id__in=communities)
    old.delete()
    decided = set(
        ItemMatch.objects.filter(item__notice=notice).values_list(
            "community_id", "item_id", "index", "is_exception"
        )
    )
    rows: list[ItemMatch] = []
    for (item, index, is_exception), proposals in found.items():
        rows += _proposals(item, index, is_exception, proposals, decided)
    ItemMatch.objects.bulk_create(rows)
    concerned = {row.community_id for row in rows}
    concerned |= {code for code in extra if level_of(code) is AreaLevel.COMMUNITY}
    known = set(notice.parts.values_list("community_id", flat=True))
    NoticePart.objects.bulk_create(
        NoticePart(notice=notice, community_id=code) for code in sorted(concerned - known)
    )
    return len(concerned | known)


def _proposals(
    item: int,
    index: int,
    is_exception: bool,
    proposals: Sequence[Candidate],
    decided: set[tuple[int, int, int, bool]],
) -> list[ItemMatch]:
    choices: dict[int, int] = {}
    seen: set[tuple[int, int]] = set()
    rows = []
    for candidate in proposals:
        if (candidate.community, item, index, is_exception) in decided:
            continue
        choice = choices[candidate.community] = choices.get(candidate.community, 0) + 1
        for place in candidate.places:
            if (candidate.community, place) in seen:
                continue
            seen.add((candidate.community, place))
            floors = candidate.floors or (None, None)
            rows.append(
                ItemMatch(
                    item_id=item,
                    community_id=candidate.community,
                    index=index,
                    is_exception=is_exception,
                    choice=choice,
                    place_id=place,
                    floor_from=floors[0],
                    floor_to=floors[1],
                    how=_how(candidate),
                    confidence=candidate.confidence,
                    because=candidate.because.value,
                )
            )
    return rows


def _how(candidate: Candidate) -> str:
    if candidate.because.value == "alias":
        return "alias"
    return "exact" if candidate.confidence == 100 else "fuzzy"


@transaction.atomic
def choose_place(
    *,
    actor: Actor,
    item: NoticeItem,
    community: int,
    index: int,
    is_exception: bool,
    places: Sequence[Place],
    now: datetime,
    floors: tuple[int, int] | None = None,
    how: str = "by_hand",
) -> None:
    """Say which place of the register a place of an item is (认定地点). None = outside our register.

    An earlier choice is replaced. Refused once the community has approved its part.
    """
    require(actor, Right.ENTER_NOTICES, community)
    check_waiting(item.notice_id, community)
    if how == "by_hand":
        _remember(actor, item, index, is_exception, places, now)
    if any(p.community_id != community or p.merged_into_id or p.ended_at for p in places):
        raise RuleBroken("orders.place_not_here")
    rows = ItemMatch.objects.filter(
        item=item, community_id=community, index=index, is_exception=is_exception
    )
    if not places:
        rows.filter(place=None).delete()
        rows.update(decided_at=None, decided_by=None)
        _decide(actor, item, community, index, is_exception, None, None, "outside", now)
    else:
        rows.filter(place=None).delete()
        rows.update(decided_at=None, decided_by=None)
        for place in places:
            _decide(actor, item, community, index, is_exception, place, floors, how, now)
    audit.record(
        "orders.place_chosen",
        actor=actor,
        community=community,
        subject=item,
        at=now,
        index=index,
        places=[place.pk for place in places],
    )


def _remember(
    actor: Actor,
    item: NoticeItem,
    index: int,
    is_exception: bool,
    places: Sequence[Place],
    now: datetime,
) -> None:
    """Keep the printed name as an alias of the ground that was meant (记住别名).

    Only when what lies below agrees: whoever takes building 9 for a printed building 8 has said
    nothing about the compound's name.
    """
    printed = item.except_places if is_exception else item.places
    wanted = wanted_of(printed[index]) if index < len(printed) else None
    if wanted is None or len(places) != 1:
        return
    above = {p.pk: p for p in Place.objects.filter(pk__in=ids_of_path(places[0].path))}
    chain = [above[pk] for pk in ids_of_path(places[0].path) if pk in above]
    keys = {p.key for p in chain}
    if not all(key in keys for key in wanted.below):
        return
    grounds = [p for p in chain if p.kind in GROUND_KINDS] or chain[:1]
    if not grounds or {grounds[-1].key, grounds[-1].full_key} & set(wanted.keys):
        return
    part = printed[index]
    name = "".join(part.get(k) or "" for k in ("road", "compound")) or part.get("site") or ""
    if name:
        add_alias(
            actor=actor, place=grounds[-1], name=name, now=now, source=f"notice:{item.notice_id}"
        )


@transaction.atomic
def create_place_for(
    *,
    actor: Actor,
    item: NoticeItem,
    community: int,
    index: int,
    is_exception: bool,
    ground: Place | None,
    now: datetime,
) -> Place:
    """Enter a place into the register that a notice names and nobody knew (新建地点), and choose it.

    `ground` None makes the compound, village or site as well. Needs the right to edit the register.
    """
    require(actor, Right.EDIT_REGISTER, community)
    check_waiting(item.notice_id, community)
    printed = (item.except_places if is_exception else item.places)[index]
    steps: list[tuple[PlaceKind, str]] = []
    if ground is None:
        name = printed.get("compound") or printed.get("road") or printed.get("site") or item.text
        kind = {"village": PlaceKind.VILLAGE, "site": PlaceKind.SITE}.get(
            printed.get("kind", ""), PlaceKind.COMPOUND
        )
        steps.append((kind, name))
    for part, kind in (
        ("row", PlaceKind.ROW),
        ("building", PlaceKind.BUILDING),
        ("unit", PlaceKind.UNIT),
    ):
        if printed.get(part):
            steps.append((kind, printed[part]))
    place = ground
    for kind, name in steps:
        known = Place.objects.filter(
            community_id=community,
            parent=place,
            kind=kind,
            key=key_of(kind, name),
            merged_into=None,
            ended_at=None,
        ).first()
        place = known or create_place(
            actor=actor, community=community, kind=kind, name=name, parent=place, now=now
        )
    if place is None:
        raise RuleBroken("orders.zone_without_range")
    floors = printed.get("floors")
    choose_place(
        actor=actor,
        item=item,
        community=community,
        index=index,
        is_exception=is_exception,
        places=[place],
        floors=(floors[0], floors[1]) if floors else None,
        how="created",
        now=now,
    )
    propose(item.notice, list(item.notice.items.order_by("sequence")), communities=[community])
    return place


def _decide(
    actor: Actor,
    item: NoticeItem,
    community: int,
    index: int,
    is_exception: bool,
    place: Place | None,
    floors: tuple[int, int] | None,
    how: str,
    now: datetime,
) -> None:
    key = {
        "item": item,
        "community_id": community,
        "index": index,
        "is_exception": is_exception,
        "place": place,
    }
    done = ItemMatch.objects.filter(**key).update(decided_at=now, decided_by=actor.user_id)
    if done:
        return
    ItemMatch.objects.create(
        **key,
        choice=0,
        floor_from=floors[0] if floors else None,
        floor_to=floors[1] if floors else None,
        how=how,
        confidence=100 if place is not None else 0,
        because="by_hand",
        decided_at=now,
        decided_by=actor.user_id,
    )


def check_waiting(notice: int, community: int) -> None:
    """Refuse once the community has decided its part."""
    part = NoticePart.objects.filter(notice_id=notice, community_id=community).first()
    if part is not None and part.state != "waiting":
        raise RuleBroken("orders.part_decided")


@transaction.atomic
def rematch(*, actor: Actor, part: NoticePart) -> None:
    """Match a community's open part again with the register as it is now (重新匹配)."""
    require(actor, Right.ENTER_NOTICES, part.community_id)
    if part.state not in ("waiting", "none"):
        raise RuleBroken("orders.part_decided")
    NoticePart.objects.get_or_create(notice=part.notice, community=part.community)
    items = list(part.notice.items.order_by("sequence"))
    propose(part.notice, items, communities=[part.community_id])
