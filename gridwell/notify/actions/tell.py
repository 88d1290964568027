"""Telling people: rows now, deliveries by the worker later."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.http import url_has_allowed_host_and_scheme

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.actions import enqueue
from gridwell.notify import queries
from gridwell.notify.hours import Hours, hours_of
from gridwell.notify.kinds import kind_of
from gridwell.notify.models import Channel, Delivery, Message
from gridwell.notify.rules.quiet import next_allowed

JOB = "notify.deliver"
KEPT = timedelta(days=90)
AT_ONCE = 1000


@transaction.atomic
def tell(
    *,
    users: Collection[int],
    kind: str,
    community: int,
    facts: dict[str, Any],
    link: str = "",
    is_urgent: bool = False,
    key: str,
    now: datetime,
    each: Mapping[int, dict[str, Any]] | None = None,
) -> int:
    """Tell people one thing, each once for ever (`key`); return how many had not been told.

    Call it inside the transaction of the act: it writes rows, and the worker sends them after the
    commit. `community` is an area of any level. `facts` are counts, places, times, titles of posts;
    never a name or number of a resident; `each` holds, by user, facts that are not the same for all.
    `link` is a path of this site. What can wait is sent
    after the quiet hours of each; here on the page it stands at once. People whose account is
    locked or has ended are left out. Six queries for a thousand people.
    """
    known = kind_of(kind)
    if known is None:
        raise LookupError(f"no kind of message is called {kind!r}")
    if link and not (link.startswith("/") and url_has_allowed_host_and_scheme(link, None)):
        raise ValueError("a link of a message is a path of this site")
    facts = _plain_facts(facts)
    own = {user: facts | _plain_facts((each or {}).get(user, {})) for user in set(users)}
    for said in own.values():
        known.say(said)  # a missing fact fails here, with the act, and not in the night
    told = 0
    for some in _chunks(sorted(own)):
        told += _tell_some(some, kind, community, own, link, is_urgent, key[:160], now)
    return told


def _tell_some(
    users: list[int],
    kind: str,
    community: int,
    facts: Mapping[int, dict[str, Any]],
    link: str,
    is_urgent: bool,
    key: str,
    now: datetime,
) -> int:
    had = set(
        Message.objects.filter(community=community, key=key, user__in=users).values_list(
            "user", flat=True
        )
    )
    there = User.objects.filter(pk__in=set(users) - had, is_active=True, ended_at=None)
    new = sorted(there.values_list("pk", flat=True))
    Message.objects.bulk_create(
        (
            Message(
                community_id=community,
                user_id=user,
                kind=kind,
                facts=facts[user],
                link=link,
                is_urgent=is_urgent,
                key=key,
                created_at=now,
            )
            for user in new
        ),
        ignore_conflicts=True,  # another act may be telling the same at this moment
    )
    _queue(Message.objects.filter(community=community, key=key, user__in=new), is_urgent, now)
    return len(new)


def _queue(messages: Iterable[Message], is_urgent: bool, now: datetime) -> None:
    """Write the deliveries of new messages, due now or after the quiet hours of each person."""
    by_user = {message.user_id: message for message in messages}
    channels = Channel.objects.filter(user__in=by_user, is_on=True).order_by("pk")
    quiet = {} if is_urgent else queries.quiet_hours_of(by_user)
    usual: dict[int, Hours | None] = {}
    local = now.astimezone(clock.zone())
    deliveries = []
    for channel in channels:
        message = by_user[channel.user_id]
        hours = None if is_urgent else quiet.get(channel.user_id)
        if hours is None and not is_urgent:
            area = message.community_id
            if area not in usual:
                usual[area] = hours_of(area, now)
            hours = usual[area]
        deliveries.append(
            Delivery(
                community_id=message.community_id,
                message=message,
                channel=channel,
                kind=channel.kind,
                due_at=now if hours is None else next_allowed(local, *hours),
            )
        )
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    wake({delivery.due_at for delivery in deliveries}, now)


def wake(instants: Iterable[datetime], now: datetime) -> None:
    """Queue the worker's look at each of these instants; later ones once a minute."""
    for at in sorted(set(instants)):
        if at <= now:
            enqueue(JOB, now=now)
        else:
            # At the full minute after, so that thousands who wake at seven need one job.
            minute = at.replace(second=0, microsecond=0)
            minute += timedelta(minutes=0 if minute == at else 1)
            enqueue(JOB, now=now, subject=f"{minute:%Y%m%dT%H%M%z}", run_after=minute)


def mark_seen(*, actor: Actor, message_ids: Collection[int] | None, now: datetime) -> int:
    """Mark the actor's own messages as seen, all of them for None; return how many were not yet.

    Not an act of the trail: the message itself keeps when it was seen.
    """
    mine = Message.objects.filter(user=actor.user_id, seen_at__isnull=True)
    if message_ids is not None:
        mine = mine.filter(pk__in=message_ids)
    return mine.update(seen_at=now)


def purge(*, now: datetime) -> int:
    """Delete messages after their time, with their deliveries; return how many."""
    old = Message.objects.filter(created_at__lt=now - KEPT)
    count = old.count()
    old.delete()
    return count


def _plain_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: object) -> Any:
    """Return a fact as JSON keeps it: instants as the local minute, wordings not at all.

    A list stays one: it is put together when it is read, in the reader's language.
    """
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.zone()):%Y-%m-%d %H:%M}"
    if isinstance(value, str | int | float) or value is None:
        return value
    return str(value)


def _chunks(users: list[int]) -> Iterator[list[int]]:
    rest = iter(users)
    while some := list(islice(rest, AT_ONCE)):
        yield some
