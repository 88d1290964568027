"""The row of steps on top of a round's pages: how far it is, and in a word what is left of each."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gridwell.accounts.rules.actor import Actor
from gridwell.core.components import Step
from gridwell.screening.models import Round
from gridwell.screening.queries.results import may_handle
from gridwell.screening.rules.steps import BEFORE, Left, RoundStep, step_now, steps_done


def round_steps(
    actor: Actor, row: Round, left: Left, *, has_desks: bool, has_slots: bool
) -> list[Step]:
    """Return the steps of a round: what is done, where it stands, what is left, each with its page."""
    done = steps_done(row.state, has_desks=has_desks, has_slots=has_slots, left=left)
    now = step_now(row.state, has_desks=has_desks, has_slots=has_slots, left=left)
    notes, urls = _notes(row, left, now), _urls(row, left)
    if not may_handle(actor, row.community_id):
        urls[RoundStep.RESULTS] = ""
    return [
        Step(
            name,
            "now" if step is now else "done" if done[step] else "",
            (urls[step] or None) if row.state != "planned" or step in BEFORE else None,
            notes.get(step, ""),
        )
        for step, name in _names().items()
    ]


def _names() -> dict[RoundStep, str]:
    return {
        RoundStep.ORDERED: _("Ordered"),
        RoundStep.DESKS: _("Sites and desks"),
        RoundStep.SLOTS: _("Slots"),
        RoundStep.OPEN: pgettext("step of a round", "Open"),
        RoundStep.CALLS: _("Calls"),
        RoundStep.SAMPLING: _("Sampling"),
        RoundStep.RESULTS: pgettext("step of a round", "Results"),
        RoundStep.CLOSE: pgettext("step of a round", "Closing and report"),
    }


def _urls(row: Round, left: Left) -> dict[RoundStep, str]:
    """Return the page of each step: where there is something left, the list of it."""
    at = [row.community_id, row.pk]
    slots, calls = reverse("slot_page", args=at), reverse("call_list", args=at)
    owed = reverse("hold_list" if left.single and not left.tubes else "lab_waiting", args=at[:1])
    file = reverse("round_file", args=at)
    return {
        RoundStep.ORDERED: file,
        RoundStep.DESKS: f"{slots}#desks",
        RoundStep.SLOTS: f"{slots}#timetable",
        RoundStep.OPEN: file,
        RoundStep.CALLS: f"{calls}?show=todo" if left.uncalled else calls,
        RoundStep.SAMPLING: reverse("round_missing", args=at),
        RoundStep.RESULTS: owed if left.results else reverse("lab_results", args=at[:1]),
        RoundStep.CLOSE: reverse("round_report", args=at)
        if row.state == "closed"
        else f"{file}#close",
    }


def _notes(row: Round, left: Left, now: RoundStep | None) -> dict[RoundStep, str]:
    """Return in a word what is left of a step."""
    if row.state == "planned":
        return {}
    found: dict[RoundStep, str] = {}
    if row.state == "open":
        if left.uncalled:
            words = ngettext("%(n)s not called", "%(n)s not called", left.uncalled)
            found[RoundStep.CALLS] = words % {"n": left.uncalled}
        if left.missing:
            words = ngettext("%(n)s missing", "%(n)s missing", left.missing)
            found[RoundStep.SAMPLING] = words % {"n": left.missing}
    if left.tubes:
        words = ngettext("%(n)s tube without a result", "%(n)s tubes without a result", left.tubes)
        found[RoundStep.RESULTS] = words % {"n": left.tubes}
    elif left.single:
        words = ngettext("%(n)s held after a pool", "%(n)s held after a pool", left.single)
        found[RoundStep.RESULTS] = words % {"n": left.single}
    if now is RoundStep.CLOSE:
        found[RoundStep.CLOSE] = _("ready to close")
    return found
