"""Messages of the person who is signed in, and where they are sent besides."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.notify import actions, labels, queries, sending
from gridwell.notify.forms import ChannelForm, QuietForm
from gridwell.notify.hours import hours_of
from gridwell.notify.models import Delivery, Message
from gridwell.notify.rules.addresses import ChannelKind, masked


@listing.offered("messages")
@never_cache
@require_GET
def message_list(request: ActorRequest) -> HttpResponse:
    """List what the person was told; new ones first and told apart."""
    only = request.GET.get("only", "")
    found = queries.messages_of(request.actor)
    if only == "unseen":
        found = found.filter(seen_at__isnull=True)
    elif only == "urgent":
        found = found.filter(is_urgent=True)
    page = page_of(request, queries.with_deliveries(found), 30)
    context = {
        "page": page,
        "rows": [_row(message) for message in page],
        "shown": only,
        "unseen": queries.unseen_count(request.actor.user_id),
    }
    return render(request, "notify/message_list.html", context)


def _row(message: Message) -> dict[str, Any]:
    title, text = queries.words_of(message)
    deliveries = [_said(delivery) for delivery in message.deliveries.all()]
    return {"message": message, "title": title, "text": text, "deliveries": deliveries}


def _said(delivery: Delivery) -> dict[str, Any]:
    tone = {"sent": "ok", "failed": "bad", "waiting": "info", "sending": "info"}
    fault = labels.FAULTS.get(delivery.fault, "")
    return {
        "kind": labels.KINDS.get(delivery.kind, delivery.kind),
        "state": labels.STATES[delivery.state],
        "tone": tone.get(delivery.state, ""),
        "why": f"{fault} {delivery.fault_detail}".strip(),
        "is_open": delivery.state in {"waiting", "sending"},
        "due_at": delivery.due_at if delivery.state == "waiting" else None,
        "ended_at": delivery.ended_at,
    }


@never_cache
@require_GET
def message_open(request: ActorRequest, message: int) -> HttpResponse:
    """Open what a message is about; it counts as seen from now on."""
    found = queries.access_message(request.actor, message)
    actions.mark_seen(actor=request.actor, message_ids=[found.pk], now=clock.now())
    return redirect(found.link or "message_list")


@require_POST
def messages_seen(request: ActorRequest) -> HttpResponse:
    """Mark everything as seen."""
    actions.mark_seen(actor=request.actor, message_ids=None, now=clock.now())
    return redirect("message_list")


@never_cache
@require_http_methods(["GET", "POST"])
def channel_list(request: ActorRequest) -> HttpResponse:
    """Show the person's channels with their last delivery, and add one."""
    posted = request.POST if request.method == "POST" else None
    form = ChannelForm(posted, offered=sending.offered())
    if posted is not None and form.is_valid():
        try:
            actions.add_channel(actor=request.actor, now=clock.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error("address", say(refusal))
        else:
            messages.success(
                request, _("The channel is there. Send a test to see whether it works.")
            )
            return redirect("channel_list")
    return render(request, "notify/channel_list.html", _channels(request) | {"form": form})


def _channels(request: ActorRequest) -> dict[str, Any]:
    own = list(queries.channels_of(request.actor))
    last = queries.last_deliveries([channel.pk for channel in own])
    mine = queries.quiet_hours_of([request.actor.user_id or 0]).get(request.actor.user_id or 0)
    rows: list[dict[str, Any]] = [
        {
            "channel": channel,
            "kind": labels.KINDS.get(channel.kind, channel.kind),
            "address": masked(ChannelKind(channel.kind), channel.address),
            "last": _said(last[channel.pk]) if channel.pk in last else None,
        }
        for channel in own
    ]
    starts, ends = mine or (None, None)
    home = getattr(request.user, "area_id", None)
    return {
        "rows": rows,
        "usual": hours_of(home, clock.now()) if home else None,
        "has_own_hours": mine is not None,
        "quiet": QuietForm(initial={"starts": starts, "ends": ends}),
        "is_pending": any(row["last"] and row["last"]["is_open"] for row in rows),
    }


@require_POST
def channel_test(request: ActorRequest, channel: int) -> HttpResponse:
    """Send a test; the worker does it, and the list shows how it went."""
    found = queries.access_channel(request.actor, channel)
    try:
        actions.test_channel(actor=request.actor, channel=found, now=clock.now())
    except RuleBroken as refusal:
        messages.error(request, say(refusal))
    return redirect("channel_list")


@require_POST
def channel_set(request: ActorRequest, channel: int) -> HttpResponse:
    """Turn a channel on or off."""
    found = queries.access_channel(request.actor, channel)
    is_on = request.POST.get("on") == "1"
    actions.set_channel(actor=request.actor, channel=found, is_on=is_on, now=clock.now())
    return redirect("channel_list")


@require_POST
def channel_remove(request: ActorRequest, channel: int) -> HttpResponse:
    """Remove a channel."""
    found = queries.access_channel(request.actor, channel)
    actions.remove_channel(actor=request.actor, channel=found, now=clock.now())
    messages.success(request, _("The channel and its address are gone."))
    return redirect("channel_list")


@require_POST
def quiet_set(request: ActorRequest) -> HttpResponse:
    """Set one's own quiet hours."""
    form = QuietForm(request.POST)
    if not form.is_valid():
        context = _channels(request) | {"form": ChannelForm(offered=sending.offered())}
        return render(request, "notify/channel_list.html", context | {"quiet": form})
    actions.set_quiet_time(actor=request.actor, now=clock.now(), **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("channel_list")
