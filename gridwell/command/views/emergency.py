"""Emergency access (应急查阅): asking, the one read-only page, and the list for the officer in charge."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions.emergency import end_access, look, open_access
from gridwell.command.duty_forms import EmergencyForm
from gridwell.command.presenters.emergency import people_rows
from gridwell.command.queries import emergency as queries
from gridwell.command.queries.reports import titles_of
from gridwell.command.views import back_to, community_of, for_right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.paging import page_of
from gridwell.core.wording import say

PAGE = 50


@listing.offered("own-looks")
@require_http_methods(["GET", "POST"])
@never_cache
def emergency_list(request: ActorRequest) -> HttpResponse:
    """Ask for a look at one household; below, the looks one has opened."""
    if not queries.may_ask(request.actor):
        raise NotVisible
    now = clock.now()
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = open_access(actor=request.actor, now=now, **form.cleaned_data)
            return redirect("emergency_file", ref=row.ref)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    page = page_of(request, queries.own_accesses(request.actor), PAGE)
    rows = [(row, row.ends_at > now) for row in page]
    context = {
        "form": form,
        "rows": rows,
        "page": page,
        "left": max(queries.MOST_AN_HOUR - queries.asked_lately(request.actor, now), 0),
        "most": queries.MOST_AN_HOUR,
    }
    return render(request, "command/emergency_list.html", context)


@require_GET
@never_cache
def emergency_file(request: ActorRequest, ref: UUID) -> HttpResponse:
    """The one page that a look opens: who lives behind the door and what applies to them today."""
    row, now = queries.access_own(request.actor, ref), clock.now()
    context = {"row": row}
    try:
        file = look(actor=request.actor, access=row, now=now)
    except RuleBroken as refusal:
        return render(
            request, "command/emergency_over.html", {**context, "words": say(refusal)}, status=410
        )
    return render(request, "command/emergency_file.html", {**context, "people": people_rows(file)})


@require_POST
def emergency_end(request: ActorRequest, ref: UUID) -> HttpResponse:
    """End one's own look before its time."""
    row = queries.access_own(request.actor, ref)
    end_access(actor=request.actor, access=row, now=clock.now())
    messages.success(request, _("The look is ended."))
    return redirect("emergency_list")


@listing.offered("emergency-looks")
@require_http_methods(["GET", "POST"])
@for_right(Right.READ_AUDIT)
def emergency_log(request: ActorRequest, area: int) -> HttpResponse:
    """Who looked at households of this community in an emergency; the officer in charge may end it."""
    community, now = community_of(request), clock.now()
    found = queries.accesses_at(request.actor, community)
    if request.method == "POST":
        ref = _uuid(request.POST.get("ref", ""))
        row = found.filter(ref=ref).first() if ref is not None else None
        if row is None:
            raise NotVisible
        end_access(actor=request.actor, access=row, now=now)
        messages.success(request, _("The look is ended."))
        return back_to("emergency_log", request)
    page = page_of(request, found, PAGE)
    titles = titles_of(row.post for row in page)
    rows = [(row, titles.get(row.post, row.post), row.ends_at > now) for row in page]
    return render(request, "command/emergency_log.html", {"rows": rows, "page": page})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
