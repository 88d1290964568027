"""Writes of notices (通告): entered once, read, matched to the register, answered by people."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.clock import day_of, start_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_reason
from gridwell.orders.models import ItemMatch, Notice, NoticeAnswer, NoticeItem, NoticePart
from gridwell.orders.queries.matching import GROUND_KINDS, Candidate, asked_of, candidates
from gridwell.orders.queries.notices import issuing_area
from gridwell.orders.queries.zones import ids_of_path
from gridwell.orders.rules import notice as reader
from gridwell.orders.rules.matching import wanted_of
from gridwell.places.actions import add_alias, create_place
from gridwell.places.models import Area, Place
from gridwell.places.rules.levels import AreaLevel, PlaceKind, level_of
from gridwell.places.rules.naming import fold
from gridwell.places.rules.tree import key_of
from gridwell.protocols.models import Event

LONGEST = 200_000  # characters; the longest notices of a whole city have some 30,000


@dataclass(frozen=True)
class Entered:
    """What entering gave: the notice, whether it is new, whether a known one reads otherwise."""

    notice: Notice
    is_new: bool
    differs: bool = False


def text_hash(text: str) -> str:
    """Return the hash by which the same text is known again: spelling and white space aside."""
    return hashlib.sha256("".join(fold(text).text.split()).encode()).hexdigest()


def enter_notice(
    *,
    actor: Actor,
    area: Area,
    text: str,
    now: datetime,
    file_name: str = "",
    event: Event | None = None,
    is_correction: bool = False,
) -> Entered:
    """Read a notice and keep it once (录入通告); pasting it again returns the one that is there.

    `area` is where it was entered; the notice belongs to the area of its issuer. A text without a
    single order is refused with `orders.nothing_read`. `is_correction` keeps a text of a known
    number as a correction of it (更正); otherwise the known notice comes back with `differs`.
    """
    require(actor, Right.ENTER_NOTICES, area.pk)
    if not text.strip():
        raise RuleBroken("orders.notice_empty")
    if len(text) > LONGEST:
        raise RuleBroken("orders.notice_too_long", most=LONGEST)
    reading = reader.read_notice(text).to_json()
    if not reading["groups"] and not reading["rest_low"]:
        raise RuleBroken("orders.nothing_read")
    names = [g["district"] for g in reading["groups"] if g["district"]] + reading["rest_low"]
    issuing = issuing_area(reading["issuer"] or "", names, area.pk)
    hashed = text_hash(text)
    known = _known(issuing.area, reading["number"] or "", hashed)
    if known is not None and known.text_hash == hashed:
        _join(known, area, now)
        return Entered(known, is_new=False)
    if known is not None and not is_correction:
        _join(known, area, now)
        return Entered(known, is_new=False, differs=True)
    try:
        with transaction.atomic():
            notice = _store(
                actor, area, text, hashed, reading, issuing.area, file_name, event, known, now
            )
            items = _store_items(notice, reading, issuing.districts)
            count = propose(notice, items, extra=[area.pk])
            audit.record(
                "orders.notice_entered",
                actor=actor,
                community=issuing.area.pk,
                subject=notice,
                at=now,
                items=len(items),
                communities=count,
            )
    except IntegrityError:  # somebody else entered it in the same moment
        known = _known(issuing.area, reading["number"] or "", hashed)
        if known is None:
            raise
        return Entered(known, is_new=False, differs=known.text_hash != hashed)
    return Entered(notice, is_new=True)


def _known(area: Area, number: str, hashed: str) -> Notice | None:
    same_text = Notice.objects.filter(area=area, text_hash=hashed).first()
    if same_text is not None or not number:
        return same_text
    return Notice.objects.filter(area=area, number=number[:60]).first()


def _join(notice: Notice, area: Area, now: datetime) -> None:
    """Give the community that asks a part of its own, even when nothing in the text is its."""
    if level_of(area.pk) is AreaLevel.COMMUNITY:
        NoticePart.objects.get_or_create(notice=notice, community=area)


def _store(
    actor: Actor,
    area: Area,
    text: str,
    hashed: str,
    reading: Mapping[str, Any],
    home: Area,
    file_name: str,
    event: Event | None,
    corrects: Notice | None,
    now: datetime,
) -> Notice:
    number = (reading["number"] or "")[:60]
    if corrects is not None:
        times = Notice.objects.filter(area=home, corrects=corrects).count() + 1
        number = f"{number[:50]} 更正{times}"
    title = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return Notice.objects.create(
        area=home,
        event=event,
        number=number,
        issuer=(reading["issuer"] or "")[:120],
        title=title[:200],
        issued_on=date.fromisoformat(reading["issued_on"]) if reading["issued_on"] else None,
        text=text,
        text_hash=hashed,
        file_name=file_name[:200],
        reading=dict(reading),
        corrects=corrects,
        entered_at=now,
        entered_by=actor.user_id,
    )


def _store_items(
    notice: Notice, reading: Mapping[str, Any], districts: Mapping[str, Area]
) -> list[NoticeItem]:
    rows: list[NoticeItem] = []
    for group in reading["groups"]:
        at = group["effective_at"]
        effective_at = datetime.fromisoformat(at) if at else None
        precision = group["effective_precision"] or "day"
        for item in group["items"]:
            rows.append(
                NoticeItem(
                    notice=notice,
                    sequence=len(rows) + 1,
                    act=group["act"],
                    level_from=group["from"] or "",
                    level_to=group["to"] or "",
                    district_name=(group["district"] or "")[:40],
                    district=districts.get(group["district"] or ""),
                    effective_at=effective_at,
                    effective_precision=precision,
                    effective_on=day_zero(effective_at, precision),
                    text=item["text"][:400],
                    start=item["start"],
                    end=item["end"],
                    places=item["places"],
                    except_places=item["except"],
                    boundary=(item["boundary"] or "")[:400],
                )
            )
    NoticeItem.objects.bulk_create(rows)
    return list(notice.items.order_by("sequence"))


def day_zero(effective_at: datetime | None, precision: str) -> date | None:
    """Return the local day that counts as day 0: 24:00 of a day counts as that day."""
    if effective_at is None:
        return None
    day = day_of(effective_at)
    if precision == "minute" and effective_at == start_of(day):
        return day - timedelta(days=1)
    return day


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
    _check_waiting(item.notice_id, community)
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
    _check_waiting(item.notice_id, community)
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


def _check_waiting(notice: int, community: int) -> None:
    part = NoticePart.objects.filter(notice_id=notice, community_id=community).first()
    if part is not None and part.state != "waiting":
        raise RuleBroken("orders.part_decided")


@transaction.atomic
def answer_question(
    *,
    actor: Actor,
    notice: Notice,
    area: int,
    code: str,
    sequence: int,
    start: int,
    answer: str,
    now: datetime,
    remark: str = "",
) -> None:
    """Answer a question about a notice (答复疑问), for one area; the last answer counts."""
    require(actor, Right.ENTER_NOTICES, area)
    if level_of(area) is AreaLevel.COMMUNITY and sequence:
        _check_waiting(notice.pk, area)
    NoticeAnswer.objects.update_or_create(
        area_id=area,
        notice=notice,
        code=code[:30],
        sequence=sequence,
        start=start,
        defaults={
            "answer": answer[:30],
            "remark": remark[:200],
            "answered_at": now,
            "answered_by": actor.user_id,
        },
    )
    audit.record(
        "orders.question_answered",
        actor=actor,
        community=area,
        subject=notice,
        at=now,
        code=code,
        sequence=sequence,
        answer=answer,
    )


@transaction.atomic
def decide_part(
    *,
    actor: Actor,
    part: NoticePart,
    state: str,
    now: datetime,
    reason: str = "",
    was: str = "waiting",
) -> bool:
    """Set a part's state if it is still `was` (本社区部分); return whether this call did it.

    Two officers at once: one gets True, the other False and reads who was first.
    """
    done = NoticePart.objects.filter(pk=part.pk, state=was).update(
        state=state,
        decided_at=now,
        decided_by=actor.user_id,
        decided_post=actor.post_code[:60],
        reason=reason[:400],
    )
    if done:
        part.refresh_from_db()
    return bool(done)


@transaction.atomic
def mark_not_ours(*, actor: Actor, part: NoticePart, reason: str, now: datetime) -> None:
    """Say that nothing of a notice is this community's (不涉及本社区), with a reason."""
    require(actor, Right.APPROVE_ORDERS, part.community_id)
    reason = require_reason(reason)
    if not decide_part(actor=actor, part=part, state="not_ours", now=now, reason=reason):
        raise RuleBroken("orders.part_decided")
    audit.record(
        "orders.part_not_ours",
        actor=actor,
        community=part.community_id,
        subject=part,
        reason=reason,
        at=now,
    )


@transaction.atomic
def reopen_part(*, actor: Actor, part: NoticePart, now: datetime) -> None:
    """Open a part again that was called "not ours" (重新核对)."""
    require(actor, Right.APPROVE_ORDERS, part.community_id)
    if not decide_part(actor=actor, part=part, state="waiting", now=now, was="not_ours"):
        raise RuleBroken("orders.part_decided")
    audit.record(
        "orders.part_reopened", actor=actor, community=part.community_id, subject=part, at=now
    )


@transaction.atomic
def rematch(*, actor: Actor, part: NoticePart) -> None:
    """Match a community's open part again with the register as it is now (重新匹配)."""
    require(actor, Right.ENTER_NOTICES, part.community_id)
    if part.state not in ("waiting", "none"):
        raise RuleBroken("orders.part_decided")
    NoticePart.objects.get_or_create(notice=part.notice, community=part.community)
    items = list(part.notice.items.order_by("sequence"))
    propose(part.notice, items, communities=[part.community_id])
