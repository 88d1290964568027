"""A person's own channels and quiet hours."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.notify import sending
from gridwell.notify.actions.tell import wake
from gridwell.notify.models import Channel, Delivery, Message, QuietTime
from gridwell.notify.rules.addresses import ChannelKind, canonical
from gridwell.places.models import Area

MOST = 5
TEST = "notify.test"


def add_channel(
    *, actor: Actor, kind: str, address: str, secret: str = "", label: str = "", now: datetime
) -> Channel:
    """Add a channel to which the actor's own messages go from now on.

    The address is looked at before it is kept; a name that leads inside the house network later is
    refused again when something is sent.
    """
    chosen = ChannelKind(kind)
    if chosen not in sending.offered():
        raise RuleBroken("notify.kind_not_offered")
    kept = canonical(chosen, address, settings.NOTIFY_HOSTS)
    if chosen is ChannelKind.GENERIC:
        sending.check_host(kept)  # asks the network, so before the transaction
    with transaction.atomic():
        return _added(actor, kind, kept, secret, label, now)


def _added(actor: Actor, kind: str, kept: str, secret: str, label: str, now: datetime) -> Channel:
    user = User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)
    own = Channel.objects.filter(user=user)
    if own.count() >= MOST:
        raise RuleBroken("notify.too_many_channels", count=MOST)
    if own.filter(kind=kind, address=kept).exists():
        raise RuleBroken("notify.channel_twice")
    channel = Channel.objects.create(
        user=user,
        kind=kind,
        address=kept,
        secret=secret.strip(),
        label=label.strip(),
        created_at=now,
    )
    _record("notify.channel_added", actor, channel, user.area_id, now)
    return channel


@transaction.atomic
def set_channel(*, actor: Actor, channel: Channel, is_on: bool, now: datetime) -> None:
    """Turn a channel on or off; what waits for one that is off is dropped when its time comes."""
    if Channel.objects.filter(pk=channel.pk, is_on=not is_on).update(is_on=is_on):
        act = "notify.channel_turned_on" if is_on else "notify.channel_turned_off"
        _record(act, actor, channel, channel.user.area_id, now)


@transaction.atomic
def remove_channel(*, actor: Actor, channel: Channel, now: datetime) -> None:
    """Remove a channel with its address; how earlier messages went stays with them."""
    _record("notify.channel_removed", actor, channel, channel.user.area_id, now)
    channel.delete()


@transaction.atomic
def set_quiet_time(*, actor: Actor, starts: time | None, ends: time | None, now: datetime) -> None:
    """Set the actor's own quiet hours; None for both goes back to those of the area."""
    user = User.objects.get(pk=actor.user_id or 0)
    if starts is None or ends is None:
        QuietTime.objects.filter(user=user).delete()
    else:
        QuietTime.objects.update_or_create(user=user, defaults={"starts": starts, "ends": ends})
    audit.record("notify.quiet_time_set", actor=actor, community=user.area_id or 0, at=now)


@transaction.atomic
def test_channel(*, actor: Actor, channel: Channel, now: datetime) -> Delivery:
    """Send a test through one channel, at once even in quiet hours; once a minute at most."""
    waiting = Delivery.objects.filter(
        channel=channel, message__kind=TEST, message__created_at__gt=now - timedelta(minutes=1)
    )
    if waiting.exists():
        raise RuleBroken("notify.test_too_soon")
    area = channel.user.area_id or Area.objects.order_by("pk").values_list("pk", flat=True).first()
    if area is None:
        raise RuleBroken("notify.no_area")
    message = Message.objects.create(
        community_id=area,
        user=channel.user,
        kind=TEST,
        key=f"test:{channel.pk}:{now.isoformat()}",
        created_at=now,
    )
    delivery = Delivery.objects.create(
        community_id=area, message=message, channel=channel, kind=channel.kind, due_at=now
    )
    wake([now], now)
    return delivery


def _record(act: str, actor: Actor, channel: Channel, area: int | None, now: datetime) -> None:
    audit.record(
        act, actor=actor, community=area or 0, subject=channel, at=now, channel_kind=channel.kind
    )
