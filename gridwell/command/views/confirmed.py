"""The page of a confirmed case (确诊处置): zone, contacts, restart proposed; a person decides each."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions import confirmed as acts
from gridwell.command.presenters.words import say as word
from gridwell.command.queries import confirmed as reads
from gridwell.command.views import back_to, for_right
from gridwell.command.views.health import people_of
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.health.labels import CASE_KINDS
from gridwell.health.models import Hold
from gridwell.health.queries import names_of
from gridwell.protocols.labels import STAYS, UNITS
from gridwell.screening.queries.holds import access_hold


@require_http_methods(["GET", "POST"])
@for_right(Right.RECORD_HEALTH)
def case_proposals(request: ActorRequest, area: int, hold: int) -> HttpResponse:
    """What the protocol proposes for somebody whose own sample is positive."""
    community, refusal = people_of(request), ""
    row = access_hold(request.actor, community, hold)
    if row.end != "confirmed":
        raise NotVisible
    if request.method == "POST":
        try:
            _act(request, row)
            return back_to("case_proposals", request, hold=row.pk)
        except RuleBroken as broken:
            refusal = say(broken)
    return render(request, "command/case_proposals.html", _context(request, row, refusal))


def _act(request: ActorRequest, row: Hold) -> None:
    now, posted = clock.now(), request.POST
    if posted.get("act") == "case":
        kind = posted.get("kind", "")
        if kind not in CASE_KINDS:
            raise RuleBroken("command.case_kind_missing")
        acts.record_case_of(actor=request.actor, hold=row, kind=kind, now=now)
        messages.success(request, _("The case is on record."))
        return
    case = reads.case_of(row)
    if case is None:
        raise RuleBroken("command.case_first")
    picked = [pk for pk in map(whole_number, posted.getlist("resident")) if pk is not None]
    count = acts.isolate_contacts(
        actor=request.actor,
        case=case,
        residents=picked,
        kind=posted.get("kind", ""),
        ordered_by=posted.get("ordered_by", ""),
        now=now,
    )
    said = ngettext(
        "Isolation began for %(count)s person.", "Isolation began for %(count)s people.", count
    )
    messages.success(request, said % {"count": count})


def _context(request: ActorRequest, row: Hold, refusal: str) -> dict[str, Any]:
    community, now = row.community_id, clock.now()
    home, may_order = row.dwelling, request.actor.may(Right.APPROVE_ORDERS, community)
    zone = reads.zone_proposal(community, home, now)
    protocol, rule = reads.contact_rule(community, now)
    clause = protocol.clause(rule.clause) if protocol and rule else None
    kinds = (
        [stage.kind.value for stage in rule.stages if stage.kind != "monitoring"] if rule else []
    )
    if rule and any(stage.or_home for stage in rule.stages) and "home" not in kinds:
        kinds.append("home")
    contacts = reads.contacts_of(community, row.resident_id or 0, home, now) if rule else []
    if request.actor.grids_at(community) is not None:
        contacts = [c for c in contacts if c.near == "household"]
    words = {"household": _("same household"), "floor": _("same floor"), "unit": _("same unit")}
    return {
        "hold": row,
        "who": names_of(community, [row])[0],
        "case": reads.case_of(row),
        "refusal": refusal,
        "case_kinds": list(CASE_KINDS.items()),
        "zone": zone,
        "zone_unit": word(UNITS, zone.unit) if zone.unit else "",
        "may_order": may_order,
        "rule": rule,
        "clause": clause,
        "kinds": [(kind, word(STAYS, kind)) for kind in dict.fromkeys(kinds)],
        "contacts": [(c, words[c.near]) for c in contacts],
    }
