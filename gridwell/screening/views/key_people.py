"""Key people and their turns (重点人群): whom a day asks, who was sampled lately, by which frequency."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import names_need_reason
from gridwell.accounts.rules.actor import Right
from gridwell.audit.actions import record_look
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.joining import joined
from gridwell.core.paging import page_of
from gridwell.places.rules.levels import AreaLevel, level_of
from gridwell.protocols.templatetags.protocol_tags import clause_cited
from gridwell.residents.models import Resident
from gridwell.screening.call_texts import trait_words
from gridwell.screening.presenters.rounds import asked_day, how_often
from gridwell.screening.queries.key_people import TurnLine, turn_lines

SHOWS = ("due", "later", "all")


@require_GET
@listing.offered("key-people")
@names_need_reason
def key_people(request: ActorRequest, area: int) -> HttpResponse:
    """Whose turn it is on a day, and why; who is not due yet stands below with the day of the next time."""
    if level_of(area) is not AreaLevel.COMMUNITY:
        raise NotVisible
    now = clock.now()
    day = asked_day(request.GET.get("day", ""), clock.day_of(now))
    everyone = turn_lines(request.actor, area, day)
    show = request.GET.get("show", "due")
    show = show if show in SHOWS else "due"
    lines = [line for line in everyone if show == "all" or line.turn.is_due is (show == "due")]
    page = page_of(request, lines)
    if request.look_reason:
        seen = [line.turn.resident for line in page.object_list]
        record_look(request.actor, area, Resident, request.look_reason, what="names", ids=seen)
    due = sum(1 for line in everyone if line.turn.is_due)
    context = {
        "day": day,
        "show": show,
        "page": page,
        "rows": [_row(line) for line in page.object_list],
        "counts": {"due": due, "later": len(everyone) - due, "all": len(everyone)},
        "may_order": request.actor.may(Right.APPROVE_ORDERS, area),
    }
    return render(request, "screening/key_people.html", context)


def _row(line: TurnLine) -> dict[str, object]:
    posts = [trait_words(f"risk_post:{value}" if value else "risk_post") for value in line.posts]
    return {
        "line": line,
        "posts": joined(posts),
        "how_often": how_often(line.turn.every),
        "clause": clause_cited(line.turn.every.clause),
    }
