"""Instructions (工作指令): sent, received, acknowledged, and who is how far."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions import instructions as acts
from gridwell.command.duty_forms import InstructionForm, ReceiptForm
from gridwell.command.forms import ReasonForm
from gridwell.command.labels import RECEIPT_TONES, RECEIPTS
from gridwell.command.queries import instructions as queries
from gridwell.command.rules.instructions import MOVES, Receipt, tally
from gridwell.command.views import back_to, for_right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.paging import page_of
from gridwell.core.wording import say


@listing.offered("instructions")
@require_GET
@for_right(Right.APPROVE_ORDERS)
def instruction_list(request: ActorRequest, area: int) -> HttpResponse:
    """What the area has sent, with how far its receivers are."""
    page = page_of(request, queries.sent_from(request.actor, area), queries.PAGE)
    context = {
        "rows": queries.with_tallies(list(page), clock.now()),
        "page": page,
        "waiting": queries.open_receipts(request.actor),
    }
    return render(request, "command/instruction_list.html", context)


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def instruction_new(request: ActorRequest, area: int) -> HttpResponse:
    """Write an instruction and send it."""
    below = list(queries.next_areas(area))
    is_lowest = queries.is_lowest(area)
    form = InstructionForm(
        request.POST or None,
        areas=[(row.pk, row.name) for row in below],
        is_lowest=is_lowest,
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = _send(request, form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
        else:
            messages.success(request, _("The instruction is sent."))
            return back_to("instruction_file", request, instruction=row.pk)
    return render(request, "command/instruction_new.html", {"form": form})


def _send(request: ActorRequest, data: dict[str, Any]) -> Any:
    now, area = clock.now(), request.area.pk
    areas = list(data.get("areas") or [])
    if data.get("is_to_communities"):
        areas += queries.communities_in(area).values_list("code", flat=True)
    roles = data.get("roles") or []
    return acts.send_instruction(
        actor=request.actor,
        area=area,
        title=data["title"],
        text=data["text"],
        to_areas=areas,
        to_posts=list(queries.posts_with_roles(area, roles, now)) if roles else [],
        client_ref=data["client_ref"],
        due_at=data["due_at"],
        is_urgent=data["is_urgent"],
        now=now,
    )


@listing.offered("receivers")
@require_GET
@for_right(Right.APPROVE_ORDERS)
def instruction_file(request: ActorRequest, area: int, instruction: int) -> HttpResponse:
    """One instruction with the matrix of its receivers, for screen and paper."""
    row, now = queries.access_instruction(request.actor, area, instruction), clock.now()
    rows = queries.matrix_of(row, now)
    shown = request.GET.get("state", "")
    context = {
        "row": row,
        "tally": tally([one.receipt.state for one in rows], row.due_at, now),
        "rows": [
            (one, RECEIPTS[one.receipt.state], RECEIPT_TONES[one.receipt.state])
            for one in rows
            if shown not in RECEIPTS or one.receipt.state == shown
        ],
        "states": RECEIPTS.items(),
        "shown": shown,
    }
    return render(request, "command/instruction_file.html", context)


@require_POST
@for_right(Right.APPROVE_ORDERS)
def instruction_remind(request: ActorRequest, area: int, instruction: int) -> HttpResponse:
    """Remind those who have not finished."""
    row = queries.access_instruction(request.actor, area, instruction)
    told = acts.remind(actor=request.actor, instruction=row, now=clock.now())
    messages.success(request, _("People reminded: %(told)s.") % {"told": told})
    return back_to("instruction_file", request, instruction=row.pk)


@require_POST
@for_right(Right.APPROVE_ORDERS)
def instruction_withdraw(request: ActorRequest, area: int, instruction: int) -> HttpResponse:
    """Withdraw an instruction with a reason."""
    row = queries.access_instruction(request.actor, area, instruction)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why."))
        return back_to("instruction_file", request, instruction=row.pk)
    acts.withdraw_instruction(
        actor=request.actor, instruction=row, reason=form.cleaned_data["reason"], now=clock.now()
    )
    messages.success(request, _("The instruction is withdrawn."))
    return back_to("instruction_file", request, instruction=row.pk)


@listing.offered("received")
@require_GET
def receipt_list(request: ActorRequest) -> HttpResponse:
    """What the person's desks and posts were asked, open ones first: for everybody with a post."""
    if not request.actor.all_posts:
        raise NotVisible
    page = page_of(request, queries.received_by(request.actor), queries.PAGE)
    now = clock.now()
    asked = queries.together(request.actor, list(page))
    rows = [
        (
            row,
            asked[row.pk],
            RECEIPTS[row.state],
            RECEIPT_TONES[row.state],
            row.instruction.due_at is not None
            and row.instruction.due_at <= now
            and row.state not in {Receipt.DONE, Receipt.REFUSED},
        )
        for row in page
    ]
    return render(request, "command/receipt_list.html", {"rows": rows, "page": page})


@require_http_methods(["GET", "POST"])
def receipt_page(request: ActorRequest, receipt: int) -> HttpResponse:
    """One instruction as its receiver sees it; opening it says that it is read."""
    row, now = queries.access_receipt(request.actor, receipt), clock.now()
    error = ""
    if request.method == "POST":
        form = ReceiptForm(request.POST)
        try:
            if not form.is_valid():
                raise RuleBroken("command.receipt_unknown")
            acts.answer(
                actor=request.actor,
                receipt_id=row.pk,
                state=form.cleaned_data["state"],
                remark=form.cleaned_data["reason"],
                now=now,
            )
            messages.success(request, _("Your answer has gone out."))
            return redirect("receipt_list")
        except RuleBroken as refusal:
            error = say(refusal)
    elif row.instruction.withdrawn_at is None:
        row = acts.answer(actor=request.actor, receipt_id=row.pk, state=Receipt.READ, now=now)
        row = queries.access_receipt(request.actor, row.pk)
    context = {
        "row": row,
        "posts": queries.together(request.actor, [row])[row.pk],
        "state": RECEIPTS[row.state],
        "tone": RECEIPT_TONES[row.state],
        "moves": MOVES[Receipt(row.state)] - {Receipt.READ},
        "error": error,
        "reason": request.POST.get("reason", "")[:400],
    }
    return render(request, "command/receipt_page.html", context)
