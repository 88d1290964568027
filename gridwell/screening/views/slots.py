"""Slots: what the round needs, the timetable, moves by hand and back, what changed."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries import effective_holders
from gridwell.accounts.queries.users import names_of
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.plan.actions import up_to_date
from gridwell.screening.actions import desks as desk_acts
from gridwell.screening.actions import slots as acts
from gridwell.screening.hours import hour, hour_at_end, span
from gridwell.screening.labels.slots import BECAUSE
from gridwell.screening.models import Round, Slot
from gridwell.screening.presenters import slots as show
from gridwell.screening.presenters.rounds import round_name, state_words
from gridwell.screening.presenters.steps import round_steps
from gridwell.screening.queries.left import left_in
from gridwell.screening.queries.sites import desk_posts, open_sites
from gridwell.screening.queries.slots import (
    Facts,
    Stage,
    changes_of,
    facts_of,
    last_changes,
    last_move,
    stage_of,
)
from gridwell.screening.rules.moves import WITH_REASON
from gridwell.screening.rules.sites import need
from gridwell.screening.slot_forms import DesksForm, MoveForm, PaceForm
from gridwell.screening.views import back_to, needs, the_round


@require_GET
def slot_page(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Sites, desks and the timetable of a round; as a workbook, or on paper a sheet a site."""
    row, now = the_round(request, round), clock.now()
    if listing.is_asked(request):
        return _file(request, row, stage_of(row, now))
    if request.GET.get("print"):
        return _paper(request, row, stage_of(row, now))
    return render(request, "screening/slots.html", page_of_slots(request, row, now))


def _only(request: ActorRequest, stage: Stage) -> int | None:
    """Return the site that the timetable is narrowed to; None for all."""
    asked = whole_number(request.GET.get("site"))
    return asked if asked in {site.pk for site in stage.sites} else None


def page_of_slots(
    request: ActorRequest,
    row: Round,
    now: datetime,
    *,
    desks: DesksForm | None = None,
    pace: PaceForm | None = None,
) -> dict[str, Any]:
    """Return what the page shows; a form with faults is shown as it was sent."""
    day = up_to_date(community=row.community_id, day=row.on, now=now)
    facts = facts_of(row, day, now)
    stage = facts.stage
    may_run = row.state != "closed" and request.actor.may(Right.APPROVE_ORDERS, row.community_id)
    sites = open_sites(row.community_id)
    undo = last_move(row) if may_run else None
    only = _only(request, stage)
    return {
        "round": row,
        "title": round_name(row),
        "state": state_words(row),
        "steps": round_steps(
            request.actor,
            row,
            left_in(row),
            has_desks=bool(stage.desks),
            has_slots=bool(stage.slots),
        ),
        "figures": show.figures(facts),
        "facts": facts,
        "sites": sites,
        "only": only,
        "heads": show.heads(stage, only),
        "rows": show.timetable(stage, may_run=may_run, only=only),
        "legend": show.legend(),
        "desks": show.desk_lines(stage, holders_of(stage, now)),
        "shortage": show.shortage(facts),
        "differing": len(facts.differing),
        "changes": bool(last_changes(row)),
        "undo": show.change_line(undo, row.on) if undo is not None else None,
        "undo_id": undo.pk if undo is not None else None,
        "ref": uuid4(),
        "may_run": may_run,
        "desk_form": desks or _desks_form(row, facts, sites, now),
        "pace_form": pace or PaceForm(initial={"minutes": row.slot_minutes, "rate": row.desk_rate}),
    }


def _desks_form(row: Round, facts: Facts, sites: list[Any], now: datetime) -> DesksForm:
    """Return the form for desks with the number that the guide asks of each site."""
    wanted = need(facts.people).desks[0] - sum(d.stopped_at is None for d in facts.stage.desks)
    each = max(1, -(-wanted // len(sites))) if sites else 1
    return DesksForm(
        initial={"count": each}, sites=sites, posts=post_choices(row.community_id, now)
    )


def post_choices(community: int, now: datetime) -> list[tuple[int, str]]:
    """Return the posts that can stand at a desk, with who holds them."""
    posts = list(desk_posts(community, now))
    held = effective_holders([post.pk for post in posts], now)
    names = names_of(held.values())
    return [
        (post.pk, f"{post.title} · {names[user]}" if (user := held.get(post.pk)) else post.title)
        for post in posts
    ]


def holders_of(stage: Stage, now: datetime) -> dict[int, str]:
    """Return the names of who effectively holds the posts at the desks."""
    posts = [desk.post_id for desk in stage.desks if desk.post_id is not None]
    held = effective_holders(posts, now)
    names = names_of(held.values())
    return {post: names[user] for post, user in held.items() if user is not None}


def _file(request: ActorRequest, row: Round, stage: Stage) -> HttpResponse:
    parts, only = show.parts_of(stage.slots), _only(request, stage)
    return listing.as_workbook(
        request,
        area=row.community_id,
        code="slots",
        title=f"{round_name(row)} {row.on:%Y-%m-%d}",
        header=[
            pgettext("sampling", "Site"), _("From"), _("To"), _("Building or unit"), _("Doors"), _("People"),
            _("Longest wait, minutes"), _("Why here"), _("By hand"),
        ],
        rows=[
            [
                slot.site.name, hour(slot.starts_at, row.on), hour_at_end(slot.ends_at, row.on),
                show.who(slot.place, walks_badly=slot.walks_badly), parts.get(slot.pk, ""),
                slot.people, stage.waits.get((slot.site_id, stage.start_of(slot)), 0),
                str(BECAUSE.get(slot.because, slot.because)), slot.is_by_hand,
            ]
            for slot in sorted(stage.slots, key=lambda one: (one.site.name, one.starts_at))
            if only in {None, slot.site_id}
        ],
    )  # fmt: skip


def _paper(request: ActorRequest, row: Round, stage: Stage) -> HttpResponse:
    parts = show.parts_of(stage.slots)
    sheets = [
        (
            head,
            [
                (
                    span(slot.starts_at, slot.ends_at, row.on),
                    show.who(slot.place, walks_badly=slot.walks_badly),
                    parts.get(slot.pk, ""),
                    slot.people,
                )
                for slot in stage.slots
                if slot.site_id == head.site.pk
            ],
        )
        for head in show.heads(stage, _only(request, stage))
    ]
    back = reverse("slot_page", args=[row.community_id, row.pk])
    context = {"round": row, "title": round_name(row), "sheets": sheets, "back": back}
    return render(request, "screening/slots_print.html", context)


@require_POST
def slot_make(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Make the slots, or make them again."""
    needs(request, Right.APPROVE_ORDERS)
    row = the_round(request, round)
    made = acts.make_slots(actor=request.actor, round=row, now=clock.now())
    return after_making(request, row, made)


def after_making(request: ActorRequest, row: Round, made: acts.Made) -> HttpResponse:
    """Say what came of making slots, and lead to what changed, or to the timetable."""
    words = ngettext("%(people)s person has a slot.", "%(people)s people have a slot.", made.people)
    messages.success(request, words % {"people": made.people})
    if made.people_unplaced:
        left = ngettext(
            "%(people)s person found none; below stands why, and what would help.",
            "%(people)s people found none; below stands why, and what would help.",
            made.people_unplaced,
        )
        messages.warning(request, left % {"people": made.people_unplaced})
        return back_to("slot_page", request, round=row.pk, fragment="shortage")
    if made.changed:
        return back_to("slot_changes", request, round=row.pk)
    return back_to("slot_page", request, round=row.pk, fragment="timetable")


@require_POST
def slot_pace(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Set how long slots last and how many people a desk takes."""
    needs(request, Right.APPROVE_ORDERS)
    row, now = the_round(request, round), clock.now()
    form = PaceForm(request.POST)
    if form.is_valid():
        try:
            desk_acts.set_pace(actor=request.actor, round=row, now=now, **form.cleaned_data)
            messages.success(request, _("Set. Make the slots again to use it."))
            return back_to("slot_page", request, round=row.pk, fragment="pace")
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    context = page_of_slots(request, row, now, pace=form)
    return render(request, "screening/slots.html", context, status=409)


@require_http_methods(["GET", "POST"])
def slot_file(request: ActorRequest, area: int, round: int, slot: int) -> HttpResponse:
    """A slot: why it stands where it stands, what was done with it, and the form to move it."""
    row, now = the_round(request, round), clock.now()
    stage = stage_of(row, now)
    found = next((one for one in stage.slots if one.pk == slot), None)
    if found is None:
        raise NotVisible
    form = _move_form(request, stage, found)
    fault = ""
    if request.method == "POST":
        needs(request, Right.APPROVE_ORDERS)
        if form.is_valid():
            try:
                moved = _move(request, row, found, form, now)
                messages.success(request, _("Moved. It stays there when slots are made again."))
                return back_to("slot_page", request, round=row.pk, fragment=f"slot-{moved.pk}")
            except RuleBroken as refusal:
                fault = say(refusal)
    context = _slot_context(request, stage, found) | {"form": form, "fault": fault}
    return render(request, "screening/slot_file.html", context, status=409 if fault else 200)


def _slot_context(request: ActorRequest, stage: Stage, slot: Slot) -> dict[str, Any]:
    row = stage.round
    wait = stage.waits.get((slot.site_id, stage.start_of(slot)), 0)
    near = acts.near_of(slot, stage)
    sites = {site.pk: site for site in stage.sites}
    may_run = row.state != "closed" and request.actor.may(Right.APPROVE_ORDERS, row.community_id)
    changes = [one for one in changes_of(row, [slot]) if one.piece == slot.piece]
    return {
        "round": row,
        "title": round_name(row),
        "slot": slot,
        "who": show.who(slot.place, walks_badly=slot.walks_badly),
        "part": show.parts_of([slot]).get(slot.pk, ""),
        "when": span(slot.starts_at, slot.ends_at, row.on),
        "why": show.why_sentences(stage, slot, [sites[pk].name for pk in near]),
        "wait": wait,
        "changes": [(one, show.change_line(one, row.on)) for one in changes],
        "may_move": may_run and not stage.has_begun(slot),
        "has_begun": stage.has_begun(slot),
    }


def _move_form(request: ActorRequest, stage: Stage, slot: Slot) -> MoveForm:
    """Return the form to move a slot: every slot that could take it, with what speaks against it."""
    near = acts.near_of(slot, stage)
    spots: list[tuple[str, str]] = []
    with_reason: list[tuple[str, str]] = []
    for site, start in sorted(stage.grid.room, key=lambda spot: (spot[1], spot[0])):
        if (site, start) == (slot.site_id, stage.start_of(slot)):
            continue
        found = stage.hitches(slot, site, start, near)
        if all(hitch in WITH_REASON for hitch in found):
            words = show.spot_words(stage, site, start, slot, found)
            (with_reason if found else spots).append((f"{site}:{start}", words))
    spots += with_reason
    seen = f"{slot.site_id}@{slot.starts_at.isoformat()}"
    initial = {"ref": uuid4(), "seen": seen, "spot": request.GET.get("spot", "")}
    if request.method != "POST":
        return MoveForm(initial=initial, spots=spots)
    asked = request.POST.get("spot", "")
    if asked and asked not in {value for value, _words in spots} and _is_spot(asked):
        spots.append((asked, "—"))  # refused by the act, in words
    return MoveForm(request.POST, initial=initial, spots=spots)


def _is_spot(text: str) -> bool:
    site, _colon, minute = text.partition(":")
    return whole_number(site) is not None and (whole_number(minute) or 10**6) < 24 * 60


def _move(request: ActorRequest, row: Round, slot: Slot, form: MoveForm, now: datetime) -> Slot:
    site, start = form.target()
    ref: UUID = form.cleaned_data["ref"]
    move = acts.Move(site=site, start=start, ref=ref, seen=_seen(form.cleaned_data["seen"]))
    return acts.move_slot(
        actor=request.actor,
        round=row,
        slot=slot.pk,
        move=move,
        now=now,
        reason=form.cleaned_data["reason"],
    )


def _seen(text: str) -> tuple[int, datetime] | None:
    """Return where the page showed the slot; None when it does not say so."""
    site, _at, instant = text.partition("@")
    number = whole_number(site)
    try:
        at = parse_datetime(instant)
    except ValueError:
        at = None
    return (number, at) if number is not None and at is not None else None


@require_POST
def slot_undo(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Take back the last move by hand."""
    needs(request, Right.APPROVE_ORDERS)
    row = the_round(request, round)
    change = whole_number(request.POST.get("change")) or 0
    acts.undo_move(actor=request.actor, round=row, change=change, now=clock.now())
    messages.success(request, _("Taken back."))
    return back_to("slot_page", request, round=row.pk, fragment="timetable")


@require_POST
def slot_release(request: ActorRequest, area: int, round: int, slot: int) -> HttpResponse:
    """Let a slot that was put somewhere by hand be planned again."""
    needs(request, Right.APPROVE_ORDERS)
    row = the_round(request, round)
    acts.release_slots(actor=request.actor, round=row, slots=[slot], now=clock.now())
    messages.success(request, _("Made again, the slots may put it elsewhere now."))
    return back_to("slot_page", request, round=row.pk, fragment=f"slot-{slot}")


@require_GET
@listing.offered("slot-changes")
def slot_changes(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """What stands elsewhere since slots were made again: before and after."""
    row = the_round(request, round)
    changes = last_changes(row)
    slots = stage_of(row, clock.now()).slots if changes else []
    lines = show.again_lines(changes, slots, row.on)
    context = {
        "round": row,
        "title": round_name(row),
        "lines": lines,
        "at": changes[0].changed_at if changes else None,
        "by": names_of([changes[0].changed_by]).get(changes[0].changed_by or 0, "")
        if changes
        else "",
        "people": sum(line.people for line in lines),
        "moves": [
            (change, show.change_line(change, row.on), change.undone_at)
            for change in changes_of(row)
            if change.how == "moved"
        ],
    }
    return render(request, "screening/slot_changes.html", context)
