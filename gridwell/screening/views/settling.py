"""What desks sent and nobody could take: both sides beside each other, one choice each (采样台冲突处理)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_numbers
from gridwell.core.paging import page_of
from gridwell.screening.actions.devices import give_up_device
from gridwell.screening.actions.settling import Decision, settle_case
from gridwell.screening.labels.desk import CHOICE_WORDS, CHOICES, DESK_ACTS
from gridwell.screening.models import DeskEntry
from gridwell.screening.queries.cases import MOST, Case, body_of, cases_of, entries_of, hex_of
from gridwell.screening.queries.desk import Sampler, access_desk, find_people, tubes_of
from gridwell.screening.queries.seats import as_door
from gridwell.screening.queries.watch import access_contact, buildings_in, watched_desks
from gridwell.screening.rules.desk import read_entry
from gridwell.screening.rules.settling import Choice


@dataclass(frozen=True)
class Option:
    """A choice as the page offers it."""

    code: str
    words: str
    effect: str
    asks: str  # "code", "entry" or nothing


_ASKS = {Choice.OTHER_TUBE: "code", Choice.WHO: "entry"}


def _options(case: Case) -> list[Option]:
    return [
        Option(
            one.value, str(CHOICES[one.value][0]), str(CHOICES[one.value][1]), _ASKS.get(one, "")
        )
        for one in case.choices
    ]


@require_GET
@listing.offered("desk_entries")
def desk_entries(request: ActorRequest, round: int) -> HttpResponse:
    """What desks sent and could not be taken: side by side while it waits, as a list for good."""
    return _entries(request, access_desk(request.actor, round))


def _entries(request: ActorRequest, sampler: Sampler, status: int = 200) -> HttpResponse:
    shown = request.GET.get("show", "open")
    rows = entries_of(sampler).exclude(code="").order_by("-recorded_at", "-pk")
    is_list = shown != "open" or listing.is_asked(request)
    page = page_of(request, rows if shown != "open" else rows.filter(settled_at=None))
    context: dict[str, Any] = {
        "row": sampler.round,
        "shown": shown,
        "page": page,
        "lines": [
            {
                "row": row,
                "act": DESK_ACTS.get(row.act, row.act),
                "words": row.words_kept,
                "how": CHOICE_WORDS.get(row.settled_how, row.settled_how),
            }
            for row in (page.object_list if is_list else ())
        ],
        "cases": [] if is_list else [(case, _options(case)) for case in cases_of(sampler)],
        "waiting": rows.filter(settled_at=None).count(),
    }
    return render(request, "screening/desk_entries.html", context, status=status)


@require_POST
def desk_settle(request: ActorRequest, round: int) -> HttpResponse:
    """Settle entries that hang together by the choice that was made."""
    sampler = access_desk(request.actor, round)
    now = clock.now()
    rows = _asked(request, sampler)
    decision = _decision(request, sampler, rows)
    done, left = settle_case(sampler=sampler, rows=rows, decision=decision, now=now)
    words = ngettext("%(count)s entry settled.", "%(count)s entries settled.", done)
    messages.success(request, words % {"count": done})
    if left:
        words = ngettext(
            "%(count)s is still open, with its reason.",
            "%(count)s are still open, with their reasons.",
            left,
        )
        messages.warning(request, words % {"count": left})
    return redirect("desk_entries", round=round)


def _asked(request: ActorRequest, sampler: Sampler) -> list[DeskEntry]:
    asked = whole_numbers(request.POST.getlist("entry_id"))[:MOST]
    return list(entries_of(sampler).filter(pk__in=asked))


def _purpose(rows: Sequence[DeskEntry], sampler: Sampler) -> str:
    """Return what the tube of these entries is for: of one for single samples a pool says nothing."""
    refs = [ref for row in rows if (ref := hex_of(body_of(row).get("tube")))]
    found = tubes_of(sampler.round).filter(ref__in=refs).values_list("purpose", flat=True)
    return found.first() or "pool"


def _decision(request: ActorRequest, sampler: Sampler, rows: Sequence[DeskEntry]) -> Decision:
    try:
        choice = Choice(request.POST.get("choice", ""))
    except ValueError as odd:
        raise RuleBroken("screening.choice_odd") from odd
    person = ""
    if choice is Choice.WHO:
        typed, name = request.POST.get("entry", "")[:80], request.POST.get("name", "").strip()
        entry = as_door(sampler, read_entry(typed), "")
        found = find_people(sampler, entry, _purpose(rows, sampler), clock.now())
        meant = [one for one in found if not one.is_sampled and name in {"", one.name}]
        if len(meant) != 1:
            raise RuleBroken("screening.several_meant", count=len(meant))
        person = meant[0].key
    return Decision(
        choice,
        how=request.POST.get("how", "")[:200],
        code=request.POST.get("code", "")[:40],
        person=person,
    )


@require_GET
@listing.offered("desk_devices")
def desk_watch(request: ActorRequest, round: int) -> HttpResponse:
    """The desks of a round: what stands, what each device still holds as it said last, who is silent."""
    sampler = access_desk(request.actor, round)
    rows = watched_desks(sampler, clock.now())
    context = {
        "row": sampler.round,
        "rows": rows,
        "waiting": sum(one.contact.people for one in rows if one.contact),
        "silent": sum(1 for one in rows if one.is_silent),
        "buildings": buildings_in(sampler),
    }
    return render(request, "screening/desk_watch.html", context)


@require_http_methods(["POST"])
def desk_give_up(request: ActorRequest, round: int, contact: int) -> HttpResponse:
    """Say that nothing more will come from a device."""
    sampler = access_desk(request.actor, round)
    row = access_contact(sampler, contact)
    reason = request.POST.get("reason", "")
    give_up_device(sampler=sampler, contact=row, reason=reason, now=clock.now())
    messages.success(request, _("On record."))
    return redirect("desk_watch", round=round)
