"""Writes of notices (通告): entered once, read, matched to the register, answered by people."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.clock import day_of, start_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_reason
from gridwell.orders.actions.matching import check_waiting, propose
from gridwell.orders.models import Notice, NoticeAnswer, NoticeItem, NoticePart
from gridwell.orders.queries.low import (
    communities_of_areas,
    communities_with_zones,
    rest_areas,
)
from gridwell.orders.queries.notices import issuing_area
from gridwell.orders.rules import notice as reader
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel, level_of
from gridwell.places.rules.naming import fold
from gridwell.protocols.models import Event

#: The states from which a part can be put back on the desk.
REOPENED_FROM = frozenset({"not_ours", "withdrawn"})
LONGEST = 60_000  # characters; the longest notices of a whole city have some 30,000


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
    text = text.replace("\0", "")  # some programs leave it behind; PostgreSQL cannot keep it
    if not text.strip():
        raise RuleBroken("orders.notice_empty")
    if len(text) > LONGEST:
        raise RuleBroken("orders.notice_too_long", most=LONGEST)
    reading = reader.read_notice(text).to_json()
    if not _orders_something(reading):
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
            low = [issuing.districts.get(name) for name in reading["rest_low"]]
            reached = communities_of_areas(one for one in low if one is not None)
            open_there = communities_with_zones(rest_areas(items, issuing.area.pk))
            count = propose(notice, items, extra=[area.pk, *reached, *open_there])
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


def _orders_something(reading: Mapping[str, Any]) -> bool:
    """Return whether a reading has anything for the desk: zones, a standstill, an emergency's measure."""
    if reading["groups"] or reading["rest_low"] or reading.get("emergencies"):
        return True
    return any(question["code"] == "standstill" for question in reading["questions"])


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
        check_waiting(notice.pk, area)
    NoticeAnswer.objects.update_or_create(
        area_id=area,
        notice=notice,
        code=code[:30],
        sequence=sequence,
        start=start,
        defaults={
            "answer": answer[:30],
            "remark": remark.replace("\0", "")[:200],
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
        decided_post=actor.post_code_at(part.community_id)[:60],
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
    """Open a part again that was called "not ours" or whose approval was withdrawn (重新核对).

    It waits as on the first day: answers and chosen places stay, nothing takes effect by it. An
    approved part is refused; its approval is withdrawn first.
    """
    require(actor, Right.APPROVE_ORDERS, part.community_id)
    was = part.state
    if was not in REOPENED_FROM or not decide_part(
        actor=actor, part=part, state="waiting", now=now, was=was
    ):
        raise RuleBroken("orders.part_decided")
    audit.record(
        "orders.part_reopened",
        actor=actor,
        community=part.community_id,
        subject=part,
        at=now,
        was=was,
    )
