"""Who commands a place (提级指挥): taking over, giving back, and the list of both."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions.takeovers import give_back, take_over
from gridwell.command.duty_forms import TakeOverForm
from gridwell.command.forms import ReasonForm
from gridwell.command.queries import takeovers as queries
from gridwell.command.views import back_to, for_right, is_community
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.paging import page_of
from gridwell.core.wording import say


@listing.offered("takeovers")
@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS, to_send=True)
def takeover_list(request: ActorRequest, area: int) -> HttpResponse:
    """The take-overs that touch an area; an upper area takes command of one below here."""
    now = clock.now()
    may_take = request.actor.may(Right.APPROVE_ORDERS, area) and not is_community(request)
    places = list(queries.areas_to_take(request.actor, area)) if may_take else []
    form = TakeOverForm(request.POST or None, places=[(place.pk, place.name) for place in places])
    if request.method == "POST" and may_take and form.is_valid():
        data = dict(form.cleaned_data)
        chosen = data.pop("place")
        place = next(one for one in places if one.pk == chosen)
        try:
            take_over(actor=request.actor, area=place, by_area=area, now=now, **data)
            messages.success(request, _("%(place)s is under your command.") % {"place": place.name})
            return back_to("takeover_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    page = page_of(request, queries.takeovers_of(request.actor, area), 100)
    rows = [
        (
            row,
            row.ends_at is None or row.ends_at > now,
            request.actor.may(Right.APPROVE_ORDERS, row.by_area_id),
        )
        for row in page
    ]
    context = {"rows": rows, "page": page, "form": form, "may_take": may_take}
    return render(request, "command/takeover_list.html", context)


@require_POST
@for_right(Right.APPROVE_ORDERS)
def takeover_end(request: ActorRequest, area: int, takeover: int) -> HttpResponse:
    """Give the command back, with a reason."""
    row = queries.access_takeover(request.actor, takeover)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why."))
        return back_to("takeover_list", request)
    give_back(
        actor=request.actor, takeover=row, reason=form.cleaned_data["reason"], now=clock.now()
    )
    messages.success(request, _("%(place)s decides for itself again.") % {"place": row.area.name})
    return back_to("takeover_list", request)
