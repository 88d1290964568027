"""Reads of messages, channels and deliveries. Everybody reads their own only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import BigIntegerField, Count, Max, Prefetch, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.core.prepared import Prepared
from gridwell.notify.kinds import kind_of
from gridwell.notify.models import Channel, Delivery, Message, QuietTime


def messages_of(actor: Actor) -> QuerySet[Message]:
    """Return what the actor was told, newest first."""
    return Message.objects.filter(user=actor.user_id).order_by("-created_at", "-pk")


def with_deliveries(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Return messages with their deliveries; one query more, whatever their number."""
    return messages.prefetch_related(
        Prefetch("deliveries", Delivery.objects.order_by("pk").select_related("channel"))
    )


def access_message(actor: Actor, message_id: int) -> Message:
    """Return one of the actor's messages."""
    found = messages_of(actor).filter(pk=message_id).first()
    if found is None:
        raise NotVisible
    return found


def unseen_count(user_id: int | None) -> int:
    """Return how many messages a person has not opened; one query on a small index."""
    return sum(count for (count,) in _UNSEEN(user=user_id)) if user_id is not None else 0


_UNSEEN = Prepared(
    lambda user: (
        Message.objects.filter(user=user, seen_at__isnull=True)
        .order_by()
        .values("user")
        .annotate(count=Count("pk"))
        .values_list("count")
    ),
    user=BigIntegerField(),
)


def channels_of(actor: Actor) -> QuerySet[Channel]:
    """Return the actor's own channels."""
    return Channel.objects.filter(user=actor.user_id).order_by("pk")


def access_channel(actor: Actor, channel_id: int) -> Channel:
    """Return one of the actor's own channels."""
    found = channels_of(actor).filter(pk=channel_id).first()
    if found is None:
        raise NotVisible
    return found


def last_deliveries(channel_ids: Collection[int]) -> dict[int, Delivery]:
    """Return the newest delivery of each channel."""
    newest = (
        Delivery.objects.filter(channel__in=channel_ids).values("channel").annotate(last=Max("pk"))
    )
    rows = Delivery.objects.filter(pk__in=[row["last"] for row in newest])
    return {delivery.channel_id or 0: delivery for delivery in rows}


def quiet_hours_of(user_ids: Collection[int]) -> dict[int, tuple[time, time]]:
    """Return the quiet hours of those who set their own; those of the area hold for the others."""
    rows = QuietTime.objects.filter(user__in=user_ids).values_list("user", "starts", "ends")
    return {user: (starts, ends) for user, starts, ends in rows}


@dataclass(frozen=True)
class Receipt:
    """How far one message of one person is: seen here, and what its channels say.

    `telephone` is the way out where nothing arrived.
    """

    name: str
    telephone: str
    told_at: datetime
    facts: Mapping[str, Any]
    seen_at: datetime | None
    sent: int
    failed: int
    waiting: int

    @property
    def state(self) -> str:
        """Return the state that counts for the sender: "none" stands in the messages only, unread."""
        if self.seen_at is not None:
            return "seen"
        found = (("sent", self.sent), ("waiting", self.waiting), ("failed", self.failed))
        return next((state for state, count in found if count), "none")


def receipts(community: int, kind: str, told_at: Collection[datetime]) -> list[Receipt]:
    """Return how far the messages of a kind are that were told at these instants; two queries.

    Their keys must begin with the kind: by these they are found.
    """
    messages = Message.objects.filter(
        community=community, key__startswith=kind, kind=kind, created_at__in=list(told_at)
    )
    found = []
    for message in messages.select_related("user").prefetch_related("deliveries").order_by("pk"):
        states = [delivery.state for delivery in message.deliveries.all()]
        found.append(
            Receipt(
                name=message.user.name,
                telephone=message.user.telephone,
                told_at=message.created_at,
                facts=message.facts,
                seen_at=message.seen_at,
                sent=states.count("sent"),
                failed=states.count("failed"),
                waiting=states.count("waiting") + states.count("sending"),
            )
        )
    return found


def words_of(message: Message, *, is_outside: bool = False) -> tuple[str, str]:
    """Return title and text of a message in the language of the moment.

    A kind that this version no longer knows, or whose words ask for more than was kept, shows its
    code: the message itself is never lost.
    """
    kind = kind_of(message.kind)
    if kind is None:
        return message.kind, ""
    try:
        return kind.say(message.facts, is_outside=is_outside)
    except (KeyError, ValueError, TypeError):
        return message.kind, "" if is_outside else _bare(message.facts)


def _bare(facts: dict[str, Any]) -> str:
    return " · ".join(str(value) for value in facts.values())
