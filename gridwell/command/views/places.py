"""Suggestions for a field that chooses places (选地点)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gridwell.accounts.middleware import ActorRequest
from gridwell.command.picking import suggestion_rows
from gridwell.command.views import community_of
from gridwell.orders.queries.matching import offered


@require_GET
def place_suggest(request: ActorRequest, area: int) -> HttpResponse:
    """The places that a few typed characters may mean: only those that the actor may see."""
    community = community_of(request)
    field = request.GET.get("field", "")
    lines = request.GET.get(field, "").split("\n")
    words = lines[-1].strip().removeprefix("除")[:60]
    found = offered(request.actor, community, words, doors_only=bool(request.GET.get("doors")))
    context = {"rows": suggestion_rows(found), "words": words}
    return render(request, "command/widgets/place_suggest.html", context)
