"""One's own turns of duty, and the secret address a calendar program reads (日历订阅)."""

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST, require_safe

from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.organisation import queries
from gridwell.organisation.actions import feeds
from gridwell.organisation.models import CalendarFeed, Shift
from gridwell.organisation.views.common import manages
from gridwell.organisation.views.roster import _post

#: Calendar programs ask every few minutes; more than this of one computer is guessing.
PER_MINUTE = 30


@require_GET
def my_shifts(request: ActorRequest) -> HttpResponse:
    """Show a person's own turns, and whether a calendar reads them."""
    now = clock.now()
    user = request.actor.user_id or 0
    context = {
        "shifts": queries.own_shifts(user, now - timedelta(days=1), now + timedelta(days=62)),
        "feeds": queries.feeds_of(user),
        "now": now,
    }
    return render(request, "organisation/my_shifts.html", context)


@require_POST
def feed_new(request: ActorRequest) -> HttpResponseBase:
    """Make the secret address of one's own turns and show it once."""
    feed, token = feeds.make_feed(actor=request.actor, now=clock.now())
    return _shown_once(request, feed, token, reverse("my_shifts"))


@require_POST
@manages
def post_feed_new(request: ActorRequest, area: int, post: int) -> HttpResponseBase:
    """Make the secret address of a post's turns and show it once; it carries no names."""
    found = _post(request, post)
    feed, token = feeds.make_feed(actor=request.actor, post=found, now=clock.now())
    return _shown_once(request, feed, token, reverse("roster", args=[request.area.pk]))


def _shown_once(request: ActorRequest, feed: CalendarFeed, token: str, back: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("calendar_feed", args=[token]))
    answer = render(
        request, "organisation/feed_once.html", {"feed": feed, "address": address, "back": back}
    )
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def feed_revoke(request: ActorRequest, feed: int) -> HttpResponseBase:
    """Close one's own address."""
    found = queries.access_own_feed(request.actor.user_id, feed)
    feeds.revoke_feed(actor=request.actor, feed=found, now=clock.now())
    return redirect("my_shifts")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give a calendar program the turns of one person or post; 404 for a revoked or unknown address.

    The address is the secret: nothing of it is written to a log, also when it is not found.
    """
    if _asks_too_often(request):
        return _silent(HttpResponse(status=429, headers={"Retry-After": "60"}))
    feed = queries.feed_by_token(token)
    if feed is None:
        return _silent(HttpResponseNotFound())
    now = clock.now()
    feeds.note_read(feed, now)
    language = feed.user.language if feed.user is not None else "zh-hans"
    with override(language):
        body = calendar_of(queries.feed_shifts(feed, now), _("Turns of duty"), now)
    return HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="shifts.ics"',
            "X-Robots-Tag": "noindex",
            "Referrer-Policy": "no-referrer",
        },
    )


def _silent(answer: HttpResponse) -> HttpResponse:
    """Keep Django from writing the address of a refused request to its log."""
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark, not in its stubs
    return answer


def _asks_too_often(request: HttpRequest) -> bool:
    key = f"calendar:{request.META.get('REMOTE_ADDR', '')}"
    if cache.add(key, 1, 60):
        return False
    try:
        return int(cache.incr(key)) > PER_MINUTE
    except ValueError:  # it ran out between the two
        return False


def calendar_of(shifts: list[Shift], name: str, now: datetime) -> bytes:
    """Return turns as an iCalendar file: what, where, when; no name, no telephone, no remark."""
    from icalendar import Calendar, Event  # slow to load, and few processes are ever asked for one

    calendar = Calendar()
    calendar.add("prodid", "-//Gridwell//roster//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(clock.zone()))
    for shift in shifts:
        event = Event()
        event.add("uid", f"{shift.ref}@gridwell")
        event.add("dtstamp", now)
        event.add("last-modified", shift.changed_at)
        event.add("sequence", shift.sequence)
        event.add("dtstart", shift.starts_at)
        event.add("dtend", shift.ends_at)
        event.add("summary", shift.post.title)
        event.add("location", shift.post.area.name)
        event.add("status", "CANCELLED" if shift.cancelled_at else "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
