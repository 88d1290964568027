"""Boxes of a round (转运箱): filled, counted against the system, handed over, received."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.wording import say
from gridwell.screening.actions import boxes as acts
from gridwell.screening.actions.desk import close_tube
from gridwell.screening.desk_forms import BoxForm, PackForm, SettleForm, WhoForm
from gridwell.screening.labels.desk import BOX_STATES, TUBE_STATES
from gridwell.screening.models import Box
from gridwell.screening.queries import boxes as reads
from gridwell.screening.queries.desk import Sampler, access_desk, access_tube


@require_http_methods(["GET", "POST"])
@listing.offered("boxes")
def box_list(request: ActorRequest, round: int) -> HttpResponse:
    """The boxes of a round, and the field that starts one."""
    sampler = access_desk(request.actor, round)
    form = BoxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            box = acts.start_box(sampler=sampler, code=form.cleaned_data["code"], now=clock.now())
            return redirect("box_page", round=round, box=box.pk)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    loose, still_open = reads.loose_tubes(sampler)
    open_tubes = reads.open_tubes(sampler) if still_open else []
    lines = [(line, BOX_STATES[line.state]) for line in reads.boxes_of(sampler)]
    context = {
        "row": sampler.round,
        "form": form,
        "lines": lines,
        "loose": loose,
        "still_open": still_open,
        "open_tubes": open_tubes,
    }
    return render(request, "screening/box_list.html", context)


@require_POST
def tube_close(request: ActorRequest, round: int, tube: int) -> HttpResponse:
    """Close a tube that a desk left open, so that it can be packed and its result taken."""
    sampler = access_desk(request.actor, round)
    row = access_tube(sampler, tube)
    try:
        close_tube(sampler=sampler, tube=row, now=clock.now())
        messages.success(request, _("Tube %(tube)s is closed.") % {"tube": row.code})
    except RuleBroken as refusal:
        messages.error(request, say(refusal))
    return redirect("box_list", round=round)


def _put(sampler: Sampler, box: Box, data: dict[str, Any]) -> str:
    tube = acts.put_tube(sampler=sampler, box=box, code=data["code"], now=clock.now())
    return _("Tube %(tube)s is in the box.") % {"tube": tube.code}


def _take_out(sampler: Sampler, box: Box, data: dict[str, Any]) -> str:
    tube = acts.take_out(sampler=sampler, box=box, code=data["code"], now=clock.now())
    return _("Tube %(tube)s is out of the box.") % {"tube": tube.code}


def _put_all(sampler: Sampler, box: Box, data: dict[str, Any]) -> str:
    count = acts.put_all(sampler=sampler, box=box, now=clock.now())
    words = ngettext("%(count)s tube put in.", "%(count)s tubes put in.", count)
    return words % {"count": count}


def _pack(sampler: Sampler, box: Box, data: dict[str, Any]) -> str:
    acts.pack_box(
        sampler=sampler,
        box=box,
        counted=data["counted"],
        reason=data["reason"],
        now=clock.now(),
    )
    return _("Counted and packed.")


def _open(sampler: Sampler, box: Box, data: dict[str, Any]) -> str:
    acts.open_box(sampler=sampler, box=box, reason=data["how"], now=clock.now())
    return _("Taken up again.")


def _send(sampler: Sampler, box: Box, data: dict[str, Any]) -> str:
    acts.send_box(sampler=sampler, box=box, who=data["who"], now=clock.now())
    return _("Handed over.")


def _receive(sampler: Sampler, box: Box, data: dict[str, Any]) -> str:
    acts.receive_box(sampler=sampler, box=box, who=data["who"], now=clock.now())
    return _("Received.")


class TubeForm(forms.Form):
    """A tube by its code."""

    code = forms.CharField(max_length=40)


_ACTS: dict[str, tuple[type[forms.Form], Callable[[Sampler, Box, dict[str, Any]], str]]] = {
    "put": (TubeForm, _put),
    "take_out": (TubeForm, _take_out),
    "put_all": (forms.Form, _put_all),
    "pack": (PackForm, _pack),
    "open": (SettleForm, _open),
    "send": (WhoForm, _send),
    "receive": (WhoForm, _receive),
}


@require_http_methods(["GET"])
@listing.offered("box_tubes")
def box_page(request: ActorRequest, round: int, box: int) -> HttpResponse:
    """A box with its tubes and the next step."""
    sampler = access_desk(request.actor, round)
    return _page(request, sampler, reads.access_box(sampler, box))


def _page(request: ActorRequest, sampler: Sampler, box: Box, status: int = 200) -> HttpResponse:
    tubes = reads.tubes_in(sampler, box)
    line = reads.BoxLine(box, len(tubes), sum(getattr(tube, "people", 0) for tube in tubes))
    context = {
        "row": sampler.round,
        "box": box,
        "line": line,
        "state": BOX_STATES[line.state],
        "tubes": [(tube, TUBE_STATES[tube.state]) for tube in tubes],
        "pack_form": PackForm(),
        "who_form": WhoForm(),
        "open_form": SettleForm(),
        "loose": reads.loose_tubes(sampler)[0],
    }
    return render(request, "screening/box_page.html", context, status=status)


@require_POST
def box_act(request: ActorRequest, round: int, box: int, act: str) -> HttpResponse:
    """Do one step with a box."""
    sampler = access_desk(request.actor, round)
    row = reads.access_box(sampler, box)
    if act not in _ACTS:
        return redirect("box_page", round=round, box=box)
    kind, do = _ACTS[act]
    form = kind(request.POST)
    if not form.is_valid():
        for faults in form.errors.values():
            messages.error(request, " ".join(str(fault) for fault in faults))
        return _page(request, sampler, row, status=409)
    try:
        messages.success(request, do(sampler, row, form.cleaned_data))
    except RuleBroken as refusal:
        messages.error(request, say(refusal))
        return _page(request, sampler, row, status=409)
    return redirect("box_page", round=round, box=box)
