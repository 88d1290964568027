"""Rounds: ordered, planned, opened, watched against the targets of the day, closed."""

from datetime import datetime
from typing import Any
from uuid import uuid4, uuid5

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.orders.actions.rounds import end_round_order, order_round, order_round_below
from gridwell.orders.actions.zones import Basis
from gridwell.orders.labels import EXCESS, PURPOSES
from gridwell.orders.models import RoundOrder, Zone
from gridwell.orders.queries.rounds import access_round_order, round_orders_of
from gridwell.orders.queries.zones import zones_of
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.orders.rules.rounds import Purpose
from gridwell.places.queries import buildings_of, communities_of
from gridwell.plan.actions import recompute_after, up_to_date
from gridwell.protocols.queries import protocol_for
from gridwell.screening.actions import rounds as acts
from gridwell.screening.forms import RoundOrderForm
from gridwell.screening.models import Round
from gridwell.screening.presenters import rollup
from gridwell.screening.presenters import rounds as show
from gridwell.screening.presenters.steps import round_steps
from gridwell.screening.presenters.work import work_lines
from gridwell.screening.queries.left import asked_twice, left_in
from gridwell.screening.queries.lines import both_part_lines
from gridwell.screening.queries.members import members_of, total
from gridwell.screening.queries.proposals import excess_of, proposed
from gridwell.screening.queries.rounds import rounds_by_order, target_lines
from gridwell.screening.queries.watch import desk_summary
from gridwell.screening.views import back_to, is_community, needs, the_round

SHOWN = 60  # orders on the page; older ones are in the reports


@require_http_methods(["GET", "POST"])
@listing.offered("rounds")
def round_list(request: ActorRequest, area: int) -> HttpResponse:
    """The rounds of a community with what is proposed, and the form to order one; below, the roll-up."""
    now = clock.now()
    if not is_community(request):
        return _rollup(request, area, now)
    actor = request.actor
    plan = up_to_date(community=area, day=clock.day_of(now), now=now).plan
    proposals = proposed(area, plan, now)
    form = _order_form(request, area, now)
    flags: tuple[str, ...] = ()
    if request.method == "POST" and actor.may(Right.APPROVE_ORDERS, area) and form.is_valid():
        try:
            made, flags = _order(request, area, form.cleaned_data, now)
            if made:
                recompute_after(communities=[area], day=made[0].on, now=now)
                words = ngettext(
                    "%(count)s round is ordered.", "%(count)s rounds are ordered.", len(made)
                )
                messages.success(request, words % {"count": len(made)})
                if len(made) > 1:
                    return back_to("round_list", request)
                return back_to("round_file", request, round=made[0].pk)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    orders = list(round_orders_of(actor, area)[:SHOWN])
    context = {
        "rows": show.order_lines(actor, orders, rounds_by_order(orders)),
        "proposals": [show.proposal_line(row) for row in proposals],
        "form": form,
        "flags": [str(EXCESS[flag]) for flag in flags],
        "may_order": actor.may(Right.APPROVE_ORDERS, area),
    }
    return render(request, "screening/round_list.html", context)


def _order_form(request: ActorRequest, area: int, now: datetime) -> RoundOrderForm:
    """Return the form to order a round, filled with the proposal that was chosen."""
    zones = zones_of(request.actor, area).filter(closed_at=None).order_by("name")
    today = clock.day_of(now)
    asked = {
        k: request.GET[k] for k in ("purpose", "zone", "number", "on", "clause") if k in request.GET
    }
    initial: dict[str, Any] = {"ref": uuid4(), "on": today} | asked
    if "traits" in request.GET:
        initial["traits"] = request.GET.getlist("traits")
        initial["by_turn"] = "by_turn" in request.GET
    return RoundOrderForm(
        request.POST or None,
        initial=initial,
        zones=[(zone.pk, zone.name) for zone in zones],
        buildings=list(buildings_of(request.actor, area).values_list("pk", "full_name")),
    )


def _order(
    request: ActorRequest, area: int, data: dict[str, Any], now: datetime
) -> tuple[list[Round], tuple[str, ...]]:
    """Order a round on each day asked and plan it, all or none.

    Or return in what they go beyond the rule: then it is asked about first.
    """
    zone = zones_of(request.actor, area).filter(pk=data["zone"]).first() if data["zone"] else None
    each = [_of_day(data, number) for number in range(len(data["days"]))]
    for one in each:
        one["clause"] = data["clause"].strip() or _clause_of(area, one, zone, now)
    plan = up_to_date(community=area, day=clock.day_of(now), now=now).plan
    found = [flag for one in each for flag in excess_of(_draft(area, one, zone), plan, now)]
    flags = tuple(dict.fromkeys(found))
    if flags and request.POST.get("all_the_same") != "1":
        return [], flags
    with transaction.atomic():
        orders = [_order_day(request, area, one, zone, now) for one in each]
        made = [acts.plan_round(actor=request.actor, order=order, now=now) for order in orders]
    return made, flags


def _of_day(data: dict[str, Any], number: int) -> dict[str, Any]:
    """Return what is asked of the n-th day: its own number, and a ref that the same form gives again."""
    day = data["days"][number]
    ref = uuid5(data["ref"], day.isoformat()) if number else data["ref"]
    return data | {"on": day, "number": data["number"] + number, "ref": ref}


def _draft(area: int, data: dict[str, Any], zone: Zone | None) -> RoundOrder:
    return RoundOrder(
        community_id=area,
        zone=zone,
        purpose=data["purpose"],
        number=data["number"],
        on=data["on"],
        pool=data["pool"],
        traits=data.get("traits", []),
        by_turn=data.get("by_turn", False),
        clause=data["clause"],
    )


def _order_day(
    request: ActorRequest, area: int, data: dict[str, Any], zone: Zone | None, now: datetime
) -> RoundOrder:
    protocol = protocol_for(area, data["on"])
    return order_round(
        actor=request.actor,
        community=area,
        purpose=data["purpose"],
        number=data["number"],
        on=data["on"],
        pool=data["pool"],
        zone=zone,
        lines=[ScopeLine(place=place, community=area) for place in data["places"]],
        traits=data.get("traits", []),
        by_turn=data.get("by_turn", False),
        basis=Basis(
            ordered_by=data["ordered_by"],
            ordered_how=data["ordered_how"],
            protocol=protocol.ref if protocol else "",
            clause=data["clause"],
            reason=data["reason"],
        ),
        ref=data["ref"],
        now=now,
    )


def _clause_of(area: int, data: dict[str, Any], zone: Zone | None, now: datetime) -> str:
    """Return the clause by which the protocol knows such a round on that day; empty when it does not."""
    if zone is None:
        rules = protocol_for(area, data["on"])
        is_key = data["purpose"] == Purpose.KEY_PEOPLE
        return rules.key_people_clause if rules is not None and is_key else ""
    plan = up_to_date(community=area, day=clock.day_of(now), now=now).plan
    for row in proposed(area, plan, now):
        if (row.zone, row.on) == (zone.pk, data["on"]):
            return row.clause
    protocol, level = protocol_for(area, data["on"]), None
    level = next((row.level for row in plan.zones if row.zone == zone.pk), None)
    rule = protocol.levels.get(level) if protocol and level else None
    return rule.rounds.clause if rule and rule.rounds else rule.measures_clause if rule else ""


def _rollup(request: ActorRequest, area: int, now: datetime) -> HttpResponse:
    """Show the rounds of a day of all communities below: figures that open."""
    day = show.asked_day(request.GET.get("day", ""), clock.day_of(now))
    communities = list(communities_of(request.actor, area).order_by("pk"))
    may_order = bool(communities) and request.actor.may(Right.APPROVE_ORDERS_BELOW, area)
    form = RoundOrderForm(
        request.POST or None, initial={"ref": uuid4(), "on": day}, zones=[], buildings=[]
    )
    if request.method == "POST" and may_order and form.is_valid():
        try:
            below = [row.pk for row in communities]
            data = form.cleaned_data
            with transaction.atomic():
                for number in range(len(data["days"])):
                    made = _order_below(request, below, _of_day(data, number), now)
            words = ngettext(
                "Ordered in %(count)s community.", "Ordered in %(count)s communities.", made
            )
            messages.success(request, words % {"count": made})
            return back_to("round_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    lines = rollup.community_lines(request.actor, area, communities, day)
    code = request.GET.get("show", "")
    parts = rollup.by_next_level(area, lines, day)
    context = {
        "lines": rollup.shown(parts, code),
        "total": len(parts),
        "shows": rollup.SHOWS.items(),
        "show": code,
        "figures": rollup.rollup_figures(lines, day),
        "day": day,
        "is_today": day == clock.day_of(now),
        "form": form,
        "may_order": may_order,
    }
    return render(request, "screening/rollup.html", context)


def _order_below(
    request: ActorRequest, communities: list[int], data: dict[str, Any], now: datetime
) -> int:
    """Order a round of everybody in all these communities, and return in how many."""
    protocol = protocol_for(communities[0], data["on"])
    orders = order_round_below(
        actor=request.actor,
        communities=communities,
        on=data["on"],
        pool=data["pool"],
        number=data["number"],
        basis=Basis(
            ordered_by=data["ordered_by"],
            ordered_how=data["ordered_how"],
            protocol=protocol.ref if protocol else "",
            clause=data["clause"].strip(),
            reason=data["reason"],
        ),
        ref=data["ref"],
        now=now,
    )
    recompute_after(communities=communities, day=data["on"], now=now)
    return len(orders)


@require_POST
def round_order_end(request: ActorRequest, area: int, order: int) -> HttpResponse:
    """End an ordered round, with a reason."""
    community, now = needs(request, Right.APPROVE_ORDERS), clock.now()
    row = access_round_order(request.actor, community, order)
    if Round.objects.filter(community_id=community, order=row).exclude(state="planned").exists():
        raise RuleBroken("screening.round_runs")
    end_round_order(actor=request.actor, order=row, reason=request.POST.get("reason", ""), now=now)
    recompute_after(communities=[community], day=row.on, now=now)
    messages.success(request, _("Ended: it asks nothing of anybody any more."))
    return back_to("round_list", request)


@require_POST
def round_plan(request: ActorRequest, area: int, order: int) -> HttpResponse:
    """Make the round of an order that came from above."""
    community = needs(request, Right.APPROVE_ORDERS)
    row = access_round_order(request.actor, community, order)
    made = acts.plan_round(actor=request.actor, order=row, now=clock.now())
    return back_to("round_file", request, round=made.pk)


@listing.offered("round")
def round_file(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """A round at this minute: how it stands, against the targets, by grid and by building."""
    row, now = the_round(request, round), clock.now()
    return render(request, "screening/round_file.html", _file(request, row, now))


def _file(request: ActorRequest, row: Round, now: datetime) -> dict[str, Any]:
    buildings, grids = both_part_lines(row, members_of(request.actor, row))
    whole = show.sum_of(line.part for line in buildings)
    flags: tuple[str, ...] = ()
    changes = None
    may_record = row.state != "planned" and request.actor.may(Right.RECORD_HEALTH, row.community_id)
    if row.state != "closed":  # what is over is read, not worked out again
        day = up_to_date(community=row.community_id, day=row.on, now=now)
        flags = excess_of(row.order, day.plan, now)
        changes = show.changes(request.actor, row, day)
    return {
        "round": row,
        "title": show.round_name(row),
        "state": show.state_words(row),
        "steps": round_steps(
            request.actor,
            row,
            left_in(row, whole if request.actor.grids_at(row.community_id) is None else None),
            has_desks=row.desks.exists(),
            has_slots=row.slots.exists(),
        ),
        "figures": show.figures(row, whole),
        "whole": whole,
        "pace": show.pace_of(row, whole, now),
        "grids": grids,
        "buildings": buildings,
        "targets": target_lines(row),
        "may_run": request.actor.may(Right.APPROVE_ORDERS, row.community_id),
        "purpose": PURPOSES.get(row.order.purpose, row.order.purpose),
        "changes": changes,
        "twice": asked_twice(row),
        "work": work_lines(row) if row.state != "planned" else [],
        "excess": [str(EXCESS[flag]) for flag in flags],
        "desks": desk_summary(row, now) if may_record else None,
        "may_reopen": row.state == "closed" and clock.day_of(now) <= row.on + acts.LATE,
        "since": show.since_closed(request.actor, row, whole),
    }


@require_POST
def round_open(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Open a round: who is due is frozen now."""
    needs(request, Right.APPROVE_ORDERS)
    row = acts.open_round(actor=request.actor, round=the_round(request, round), now=clock.now())
    due = total(row).due
    words = ngettext("Open: %(due)s person is due.", "Open: %(due)s people are due.", due)
    messages.success(request, words % {"due": due})
    return back_to("round_file", request, round=row.pk)


@require_POST
def round_targets(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Set the targets of the day."""
    needs(request, Right.APPROVE_ORDERS)
    row = the_round(request, round)
    pairs = zip(request.POST.getlist("at"), request.POST.getlist("percent"), strict=False)
    targets = [(at, whole_number(share) or 0) for at, share in pairs if at.strip() or share.strip()]
    acts.set_targets(actor=request.actor, round=row, targets=targets, now=clock.now())
    return back_to("round_file", request, round=row.pk, fragment="targets")


@require_POST
def round_update(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Work in who has come and gone since the round opened."""
    needs(request, Right.APPROVE_ORDERS)
    row = the_round(request, round)
    said = acts.bring_up_to_date(
        actor=request.actor, round=row, reason=request.POST.get("reason", ""), now=clock.now()
    )
    words = _("%(added)s added, %(removed)s taken out, %(altered)s changed.") % said._asdict()
    messages.success(request, words)
    return back_to("round_file", request, round=row.pk)


@require_POST
def round_close(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Close a round; its report is kept as it is now."""
    needs(request, Right.APPROVE_ORDERS)
    row = acts.close_round(
        actor=request.actor,
        round=the_round(request, round),
        reason=request.POST.get("reason", ""),
        now=clock.now(),
    )
    recompute_after(communities=[row.community_id], day=row.on, now=clock.now())
    messages.success(request, _("Closed. The report is kept as it stands."))
    return back_to("round_report", request, round=row.pk)


@require_POST
def round_reopen(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Open a round again that was closed too early, with a reason."""
    needs(request, Right.APPROVE_ORDERS)
    now = clock.now()
    row = acts.reopen_round(
        actor=request.actor,
        round=the_round(request, round),
        reason=request.POST.get("reason", ""),
        now=now,
    )
    recompute_after(communities=[row.community_id], day=row.on, now=now)
    messages.success(request, _("Open again: what is sampled stays, the report is made anew."))
    return back_to("round_file", request, round=row.pk)
