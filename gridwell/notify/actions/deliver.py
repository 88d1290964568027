"""Delivering: claims what is due, sends outside any transaction, keeps how it ended."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import translation

from gridwell.core.actions import enqueue
from gridwell.notify import queries, sending
from gridwell.notify.actions.tell import JOB, wake
from gridwell.notify.models import Delivery
from gridwell.notify.rules.quiet import next_try
from gridwell.notify.sending import Outcome, Parcel, send

BATCH = 40
SENDERS = 8
#: A run gives way to other background work after so many seconds.
TURN = 30.0
#: After so long a delivery that was begun counts as broken off.
BROKEN_OFF = timedelta(minutes=10)

Sender = Callable[[Parcel], Outcome]


@dataclass
class Delivered:
    """What a run did: for the job's row."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    skipped: int = 0


def deliver_due(*, now: datetime, sender: Sender = send) -> Delivered:
    """Send what is due, and queue the next look for what is due later.

    Two workers never send the same delivery, but one that was killed while sending may have sent it.
    Must not be called inside a transaction: sending may take seconds.
    """
    done = Delivered()
    began = monotonic()
    Delivery.objects.filter(state="sending", due_at__lt=now - BROKEN_OFF).update(
        state="waiting", claim=None, due_at=now
    )
    while claimed := _claim(now):
        _deliver(claimed, done, now, sender)
        if monotonic() - began > TURN:
            enqueue(JOB, now=now)
            return done
    return done


def _claim(now: datetime) -> list[Delivery]:
    """Take some due deliveries for this run alone."""
    claim = uuid4()
    due = Delivery.objects.filter(state="waiting", due_at__lte=now).order_by("due_at", "pk")
    picked = list(due.values_list("pk", flat=True)[:BATCH])
    Delivery.objects.filter(pk__in=picked, state="waiting").update(
        state="sending", claim=claim, due_at=now
    )
    mine = Delivery.objects.filter(claim=claim, state="sending")
    return list(mine.select_related("message", "channel", "message__user").order_by("pk"))


def _deliver(claimed: list[Delivery], done: Delivered, now: datetime, sender: Sender) -> None:
    parcels: list[tuple[Delivery, Parcel]] = []
    for delivery in claimed:
        state = _needless(delivery)
        if state:
            done.skipped += 1
            _end(delivery, state, now)
        else:
            parcels.append((delivery, _parcel(delivery, now)))
    sending.prepare()
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="notify") as pool:
        outcomes = list(pool.map(sender, [parcel for _, parcel in parcels]))
    with transaction.atomic():
        for (delivery, _), outcome in zip(parcels, outcomes, strict=True):
            _keep(delivery, outcome, done, now)


def _needless(delivery: Delivery) -> str:
    """Return the state of a delivery that must not be sent any more, empty when it must."""
    if delivery.message.seen_at is not None:
        return "seen"
    channel = delivery.channel
    if channel is None or not channel.is_on or not delivery.message.user.is_active:
        return "dropped"
    return ""


def _parcel(delivery: Delivery, now: datetime) -> Parcel:
    """Return what is sent: in the person's language, with where to look."""
    message, channel = delivery.message, delivery.channel
    if channel is None:
        raise ValueError("a delivery without a channel was dropped before")
    with translation.override(message.user.language):
        title, text = queries.words_of(message, is_outside=True)
    if settings.NOTIFY_ADDRESS:
        text = f"{text}\n{settings.NOTIFY_ADDRESS.rstrip('/')}/messages/{message.pk}/"
    return Parcel(channel.kind, channel.address, channel.secret, title, text, now)


def _keep(delivery: Delivery, outcome: Outcome, done: Delivered, now: datetime) -> None:
    """Write down how sending ended; try again later where that may help."""
    if not outcome.fault:
        done.sent += 1
        _end(delivery, "sent", now)
        return
    tries = delivery.tries + 1
    again = None if outcome.is_lasting else next_try(tries, now)
    Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim).update(
        state="waiting" if again else "failed",
        due_at=again or delivery.due_at,
        ended_at=None if again else now,
        tries=tries,
        fault=outcome.fault,
        fault_detail=outcome.detail,
        claim=None,
    )
    if again:
        done.later += 1
        wake([again], now)
    else:
        done.failed += 1


def _end(delivery: Delivery, state: str, now: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim).update(
        state=state, ended_at=now, claim=None, fault="", fault_detail="", tries=delivery.tries + 1
    )
