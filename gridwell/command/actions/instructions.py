"""Instructions down (工作指令) and their receipts (签收)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gridwell.accounts.models import Post
from gridwell.accounts.queries import effective_holders
from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.command.actions import require_desk
from gridwell.command.actions.telling import desks_of_many
from gridwell.command.models import Instruction, InstructionReceipt
from gridwell.command.queries.instructions import access_receipt, receipts_alike
from gridwell.command.rules.instructions import OPEN, Receipt, may_move
from gridwell.core.errors import RuleBroken
from gridwell.notify import actions as notify
from gridwell.orders.actions import require_reason
from gridwell.places.models import Area
from gridwell.places.rules.levels import span_of

MOST_RECEIVERS = 5000


@transaction.atomic
def send_instruction(
    *,
    actor: Actor,
    area: int,
    title: str,
    text: str,
    to_areas: Collection[int],
    to_posts: Collection[Post],
    client_ref: UUID,
    now: datetime,
    due_at: datetime | None = None,
    is_urgent: bool = False,
) -> Instruction:
    """Send an instruction to the desks of areas below and to posts; sent twice is once.

    Everybody gets a receipt of their own; one message to all who hold a receiving desk or post now.
    """
    require_desk(actor, area)
    title, text = title.strip(), text.strip()
    if not title or not text:
        raise RuleBroken("command.instruction_empty")
    if due_at is not None and due_at <= now:
        raise RuleBroken("command.instruction_due_past")
    Area.objects.select_for_update(no_key=True).get(pk=area)
    seen = Instruction.objects.filter(area_id=area, ref=client_ref).first()
    if seen is not None:
        return seen
    areas = sorted(set(to_areas) - {area})
    posts = {post.pk: post for post in to_posts}
    places = [*areas, *(post.area_id for post in posts.values())]
    _check_places(area, places)
    row = Instruction.objects.create(
        ref=client_ref,
        area_id=area,
        title=title[:80],
        text=text,
        is_urgent=is_urgent,
        sent_at=now,
        due_at=due_at,
        sent_by=actor.user_id,
        post=actor.post_code_at(area),
    )
    InstructionReceipt.objects.bulk_create(
        [
            *(InstructionReceipt(instruction=row, area_id=code) for code in areas),
            *(
                InstructionReceipt(instruction=row, area_id=post.area_id, receiver=post)
                for post in posts.values()
            ),
        ]
    )
    _tell(row, areas, list(posts), now)
    audit.record(
        "command.instruction_sent", actor=actor, community=area, subject=row, at=now,
        count=len(places), due_at=due_at,
    )  # fmt: skip
    return row


def _check_places(area: int, places: Collection[int]) -> None:
    """Refuse receivers outside the sender's area, none at all, and too many."""
    low, high = span_of(area)
    if not all(low <= code < high for code in places):
        raise RuleBroken("command.instruction_outside")
    if not places:
        raise RuleBroken("command.instruction_to_nobody")
    if len(places) > MOST_RECEIVERS:
        raise RuleBroken("command.instruction_to_many", most=MOST_RECEIVERS)


def _tell(
    row: Instruction, areas: Collection[int], posts: Collection[int], now: datetime, again: str = ""
) -> int:
    holders = effective_holders(posts, now).values()
    users = desks_of_many(areas, now) | {user for user in holders if user is not None}
    return notify.tell(
        users=users,
        kind="command.instruction",
        community=row.area_id,
        facts={"area": Area.objects.get(pk=row.area_id).name, "title": row.title},
        link="/instructions/",
        is_urgent=row.is_urgent or bool(again),
        key=f"instruction:{row.pk}{again}",
        now=now,
    )


@transaction.atomic
def answer(
    *, actor: Actor, receipt_id: int, state: str, now: datetime, remark: str = ""
) -> InstructionReceipt:
    """Move one's receipt on (签收): read, accepted, done, refused with a reason.

    Whoever was asked at several posts of an area answers for all of them that are as far. The same
    state again changes nothing. Refused when a colleague of the same desk has answered otherwise
    meanwhile, so that no answer is lost.
    """
    row = access_receipt(actor, receipt_id)
    alike = receipts_alike(actor, row).values_list("pk", flat=True)
    locked = InstructionReceipt.objects.select_for_update().filter(pk__in={row.pk, *alike})
    rows = {found.pk: found for found in locked.order_by("pk")}
    row = rows.pop(row.pk)
    others = [other for other in rows.values() if other.state == row.state]
    if row.instruction.withdrawn_at is not None:
        raise RuleBroken("command.instruction_withdrawn")
    if state not in set(Receipt):
        raise RuleBroken("command.receipt_unknown")
    if row.state == state or (state == Receipt.READ and row.state != Receipt.UNREAD):
        return row
    if not may_move(row.state, state):
        raise RuleBroken("command.receipt_closed")
    if state == Receipt.REFUSED:
        remark = require_reason(remark)
    for one in (row, *others):
        _move(actor, one, state, remark.strip(), now)
    return row


def _move(actor: Actor, row: InstructionReceipt, state: str, remark: str, now: datetime) -> None:
    row.state, row.answered_by, row.post = state, actor.user_id, actor.post_code_at(row.area_id)
    row.read_at = row.read_at or now
    row.remark = remark[:400] or row.remark
    if state in {Receipt.ACCEPTED, Receipt.DONE}:
        row.accepted_at = row.accepted_at or now
    row.closed_at = now if state in {Receipt.DONE, Receipt.REFUSED} else None
    row.save()
    audit.record(
        "command.instruction_answered", actor=actor, community=row.area_id, subject=row, at=now,
        state=state,
    )  # fmt: skip


@transaction.atomic
def remind(*, actor: Actor, instruction: Instruction, now: datetime) -> int:
    """Remind all who have not finished; return how many were told. Once in a quarter of an hour."""
    require_desk(actor, instruction.area_id)
    row = Instruction.objects.select_for_update().get(pk=instruction.pk)
    if row.withdrawn_at is not None:
        raise RuleBroken("command.instruction_withdrawn")
    if row.reminded_at is not None and (now - row.reminded_at).total_seconds() < 900:
        raise RuleBroken("command.reminded_just_now")
    left = row.receipts.filter(state__in=[state.value for state in OPEN])
    areas = list(left.filter(receiver=None).values_list("area_id", flat=True))
    posts = [pk for pk in left.values_list("receiver", flat=True) if pk is not None]
    row.reminded_at = now
    row.save(update_fields=["reminded_at"])
    told = _tell(row, areas, posts, now, again=f":again:{now:%Y%m%dT%H%M}")
    audit.record(
        "command.instruction_reminded", actor=actor, community=row.area_id, subject=row, at=now,
        count=len(areas) + len(posts),
    )  # fmt: skip
    return told


@transaction.atomic
def withdraw_instruction(
    *, actor: Actor, instruction: Instruction, reason: str, now: datetime
) -> Instruction:
    """Withdraw an instruction with a reason; receivers see it no more, the list keeps it."""
    require_desk(actor, instruction.area_id)
    reason = require_reason(reason)
    row = Instruction.objects.select_for_update().get(pk=instruction.pk)
    if row.withdrawn_at is not None:
        raise RuleBroken("command.instruction_withdrawn")
    row.withdrawn_at, row.withdrawn_reason = now, reason
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    audit.record(
        "command.instruction_withdrawn", actor=actor, community=row.area_id, subject=row,
        reason=reason, at=now,
    )  # fmt: skip
    return row
