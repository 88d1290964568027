"""Paper and files for when the server is gone: the night's kit (应急包) and family cards (家庭卡)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.places.queries import buildings_of
from gridwell.places.rules.levels import AreaLevel
from gridwell.screening.actions import kits
from gridwell.screening.actions.cards import note_cards_printed
from gridwell.screening.desk_forms import KitForm
from gridwell.screening.queries.kit import cards_of
from gridwell.screening.rules.desk import card_code
from gridwell.screening.square_codes import svg_of


def _require_whole(request: ActorRequest, area: int, right: Right) -> None:
    """Let in who has the right in the whole of this community; else it is not there."""
    actor = request.actor
    is_community = request.area.level == AreaLevel.COMMUNITY
    if not is_community or not actor.may(right, area) or actor.grids_at(area) is not None:
        raise NotVisible


@require_http_methods(["GET", "POST"])
def kit_page(request: ActorRequest, area: int) -> HttpResponse:
    """The kits of the last nights, and the button that makes one now."""
    _require_whole(request, area, Right.EXPORT_LEDGERS)
    form = KitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            phrase = form.cleaned_data["phrase"]
            kits.make_kit(actor=request.actor, community=area, phrase=phrase, now=clock.now())
            messages.success(request, _("The kit is made. Take it out and keep it apart."))
            return redirect("kit_page", area=area)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    rows = kits.kits_of(area)
    context = {
        "form": form,
        "rows": rows,
        "has_file": bool(rows) and kits.kit_path(rows[0]).is_file(),
    }
    return render(request, "screening/kit_page.html", context)


@require_http_methods(["POST"])
def kit_file(request: ActorRequest, area: int) -> HttpResponse:
    """The latest kit as a file; encrypted, so that it may lie on a stick."""
    _require_whole(request, area, Right.EXPORT_LEDGERS)
    now = clock.now()
    content = kits.take_kit(actor=request.actor, community=area, now=now)
    answer = HttpResponse(content, content_type="application/octet-stream")
    name = f"gridwell-{area}-{clock.day_of(now):%Y%m%d}.kit.html"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
def card_print(request: ActorRequest, area: int) -> HttpResponse:
    """Family cards of a building on paper. Their code holds a random number, no name."""
    _require_whole(request, area, Right.SEE_NAMES)
    buildings = list(buildings_of(request.actor, area))
    asked = request.GET.get("building", "")
    chosen = next((one for one in buildings if str(one.pk) == asked), None)
    cards = cards_of(area, [chosen.pk], clock.now()) if chosen else []
    if cards:
        note_cards_printed(actor=request.actor, community=area, count=len(cards), now=clock.now())
    codes = [(card, card_code(card.ref)) for card in cards]
    context = {
        "buildings": buildings,
        "chosen": chosen,
        "cards": [(card, code, svg_of(code)) for card, code in codes],
        "back": reverse("desk_list"),
    }
    return render(request, "screening/card_print.html", context)
