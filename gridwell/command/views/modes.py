"""Modes (平战转换): where an area stands, what a change would do, the change, its rehearsal."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions.modes import rehearse_mode, switch_mode
from gridwell.command.duty_forms import ModeForm, ProfileForm, RehearsalForm
from gridwell.command.labels import CLOSING_FIGURES
from gridwell.command.presenters.modes import effect_context, profile_rows
from gridwell.command.queries import modes as queries
from gridwell.command.queries.takeovers import decider_of
from gridwell.command.views import back_to, for_right
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.wording import say
from gridwell.orders.actions.modes import set_profile
from gridwell.orders.labels import MODES
from gridwell.orders.queries.modes import changes_of, own_changes_below, profiles_of, stand_of


@require_GET
@for_right(Right.APPROVE_ORDERS)
def mode_page(request: ActorRequest, area: int) -> HttpResponse:
    """Where the area stands, how it came, what each mode sets, and what was rehearsed."""
    now = clock.now()
    stand = stand_of(area, now)
    context = {
        "stand": stand,
        "mode": MODES[stand.mode],
        "own": MODES[stand.own],
        "choices": [
            (code, MODES[code]) for code in queries.open_modes(stand, queries.mode_above(area, now))
        ],
        "changes": [(row, MODES[row.mode]) for row in changes_of(request.actor, area)],
        "stricter": [(row, MODES[row.mode]) for row in own_changes_below(area, now)],
        "profiles": profile_rows(profiles_of(area, now)),
        "rehearsals": [
            (row, MODES[row.mode]) for row in queries.rehearsals_of(request.actor, area)
        ],
        "closings": [(row, MODES[row.mode]) for row in queries.closings_of(request.actor, area)],
        "taken": decider_of(area, now),
    }
    return render(request, "command/mode_page.html", context)


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def mode_change(request: ActorRequest, area: int, mode: str) -> HttpResponse:
    """Show what a change of mode would do; the same page carries it out, or writes a rehearsal."""
    if mode not in MODES:
        raise Http404
    now, refused = clock.now(), ""
    effect = queries.mode_effect(area, mode, now)
    form = _form(effect, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _switched(request, form, now)
        except RuleBroken as refusal:
            # What was written stays; what is shown, and sent next, is the effect of this moment.
            refused = say(refusal)
            form = _form(effect, None, form.cleaned_data)
    closed = queries.change_refusal(area, mode, now)
    context = {
        **effect_context(effect),
        "form": form,
        "refused": refused or (say(closed) if closed else ""),
        "is_open": closed is None,
        "rehearsal": RehearsalForm(initial={"mode": mode}),
        "taken": decider_of(area, now),
    }
    return render(request, "command/mode_change.html", context)


def _form(effect: queries.ModeEffect, data: Any, written: dict[str, Any] | None = None) -> ModeForm:
    return ModeForm(
        data,
        has_below=bool(effect.keep) and effect.is_return,
        is_return=effect.is_return,
        initial={**(written or {}), "mode": effect.mode, "seen": effect.version},
    )


def _switched(request: ActorRequest, form: ModeForm, now: datetime) -> HttpResponse:
    """Carry the change out and lead on; RuleBroken when it is refused."""
    done = switch_mode(actor=request.actor, area=request.area.pk, now=now, **form.cleaned_data)
    holds = stand_of(request.area.pk, now).mode
    facts = {
        "own": MODES[done.change.mode],
        "mode": MODES[holds],
        "posts": done.posts,
        "told": done.told,
    }
    if holds == done.change.mode:
        words = _(
            "The area is in the mode %(mode)s. Posts changed: %(posts)s, people told: %(told)s."
        )
    else:
        words = _(
            "Of itself the area is in the mode %(own)s; from above it stays in %(mode)s. "
            "Posts changed: %(posts)s, people told: %(told)s."
        )
    messages.success(request, words % facts)
    if done.closing is not None:
        return back_to("mode_closing", request, closing=done.closing.pk)
    return back_to("mode_page", request)


@require_POST
@for_right(Right.APPROVE_ORDERS)
def mode_rehearse(request: ActorRequest, area: int) -> HttpResponse:
    """Write down that a change of mode was played through; nothing else changes."""
    form = RehearsalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what is rehearsed."))
        return back_to("mode_page", request)
    rehearse_mode(actor=request.actor, area=area, now=clock.now(), **form.cleaned_data)
    messages.success(request, _("The rehearsal is on record. Nothing has changed."))
    return back_to("mode_page", request, fragment="rehearsals")


@require_GET
@for_right(Right.APPROVE_ORDERS)
def mode_closing(request: ActorRequest, area: int, closing: int) -> HttpResponse:
    """Show the closing report of a time in a mode, for screen and paper."""
    row = queries.access_closing(request.actor, area, closing)
    figures = [(words, row.figures.get(code, 0)) for code, words in CLOSING_FIGURES.items()]
    context = {"row": row, "mode": MODES[row.mode], "figures": figures}
    return render(request, "command/mode_closing.html", context)


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def mode_profile(request: ActorRequest, area: int, mode: str) -> HttpResponse:
    """Change what a mode sets in this area."""
    if mode not in MODES:
        raise Http404
    now = clock.now()
    profile = profiles_of(area, now)[mode]
    initial: dict[str, Any] = {
        "time_percent": profile.time_percent,
        "quiet_from": profile.quiet[0] if profile.quiet else None,
        "quiet_until": profile.quiet[1] if profile.quiet else None,
        "reports_at": " ".join(f"{at:%H:%M}" for at in profile.reports_at),
        "manual": sorted(profile.manual),
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        quiet = (data["quiet_from"], data["quiet_until"]) if data["quiet_from"] else None
        try:
            set_profile(
                actor=request.actor,
                area=area,
                mode=mode,
                reason=data["reason"],
                now=now,
                time_percent=data["time_percent"],
                quiet=quiet,
                reports_at=data["reports_at"],
                manual=frozenset(data["manual"]),
            )
            messages.success(request, _("Saved. It holds from now on."))
            return back_to("mode_page", request, fragment="profiles")
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    context = {"form": form, "mode": MODES[mode]}
    return render(request, "command/mode_profile.html", context)
