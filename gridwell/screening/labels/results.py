"""Words of results, of holds after a positive pool, and of laboratories."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.notify.kinds import MessageKind

TUBE_RESULTS = {
    "negative": pgettext_lazy("result", "negative"),
    "positive": pgettext_lazy("result", "positive"),
    "unclear": pgettext_lazy("result", "unclear"),
    "spoilt": pgettext_lazy("result", "spoilt"),
}

#: How far a tube without a result is.
TUBE_STATES = {
    "closed": pgettext_lazy("tube", "closed"),
    "packed": pgettext_lazy("tube", "in a box"),
    "sent": pgettext_lazy("tube", "on the way"),
    "received": pgettext_lazy("tube", "at the laboratory"),
}

#: `rules.results.FaultCode`: what is wrong with a row.
FAULTS = {
    "unknown_tube": _("nobody of ours opened this tube"),
    "unknown_person": _("no sample of this person"),
    "ambiguous": _("two communities have a tube of this number"),
    "twice": _("said to be two different things in one delivery"),
    "contradiction": _("something else is on record"),
    "not_closed": _("the desk has the tube still open"),
    "bad_value": _("the result cannot be read"),
    "sampled_ahead": _("sampled in the future: the clock of a desk is off"),
    "empty_tube": _("nobody is in the tube"),
    "no_result": _("the laboratory has no result yet"),
    "late": _("taken, but its round was closed before"),
    "lab_clock": _("taken, but the laboratory's time cannot be right"),
}

#: What can be done about each, in one sentence.
ADVICE = {
    "unknown_tube": _(
        "A desk may not have sent yet: the row is tried again by itself. Else ask the laboratory."
    ),
    "unknown_person": _(
        "Tried again by itself when a desk sends or a guest's number is entered. Nobody is matched by "
        "name: say which guest it is, or ask the laboratory which tube it was."
    ),
    "ambiguous": _("Ask the laboratory from which community the tube came."),
    "twice": _("Ask the laboratory which of the two holds; nothing was taken."),
    "contradiction": _("Ask the laboratory. Then let the new result count, or put the row aside."),
    "not_closed": _("Have the desk close the tube; the row is tried again by itself."),
    "bad_value": _("Ask the laboratory and send the row again."),
    "sampled_ahead": _("Set the clock of the desk right; the row is tried again by itself."),
    "empty_tube": _("The people of this tube have not been sent, or were put into another one."),
    "no_result": _("Nothing to do if it comes with a later file. Else ask the laboratory."),
    "late": _("The outcome of the round was worked in. Send the corrected report on."),
    "lab_clock": _("The time of receipt was kept instead. Tell the laboratory."),
}

HOW = {
    "file": pgettext_lazy("delivery", "file"),
    "api": pgettext_lazy("delivery", "by its system"),
    "hand": pgettext_lazy("delivery", "by hand"),
}

REFUSALS = {
    "screening.results_none": _("There is no row with a result in it."),
    "screening.results_many": _("These are too many rows at once. Send them in parts."),
    "screening.results_no_columns": _(
        "No column of results, with one of tubes or ID numbers beside it, was found in the file."
    ),
    "screening.results_not_computed": _(
        "In %(cells)s (%(count)s cells) the workbook holds formulas that no program has computed, so "
        "there is no result to read. Open the file in Excel or WPS, save it, and choose it again. "
        "Nothing was taken."
    ),
    "screening.result_contradicts": _("Another result of this tube is on record."),
    "screening.fault_has_no_tube": _(
        "This row speaks of no tube of ours; it can only be put aside."
    ),
    "screening.faults_of_all": _(
        "Choose first which rows: what is wrong with them, or of which file."
    ),
    "screening.fault_names_nobody": _("This row names nobody by a document number."),
    "screening.fault_still_open": _(
        "The number is on record now, but the row cannot be taken yet: see what is wrong with it."
    ),
    "screening.key_gone": _("This key is void already."),
    "screening.key_overlap": _("An old key goes on for at most %(days)s days beside the new one."),
    "screening.too_many_keys": _(
        "%(most)s keys of this laboratory are valid already. Make one void first."
    ),
    "screening.laboratory_gone": _("This laboratory no longer sends results."),
    "screening.too_many_laboratories": _("There are %(most)s laboratories already."),
    "screening.hold_over": _("This hold is over; nobody is held by it any more."),
    "screening.hold_extended_before": _("A hold is extended once at most, and this one has been."),
    "screening.hold_needs_clause": _(
        "Say why, and by which clause: without both nobody is held longer."
    ),
    "screening.hold_too_long": _(
        "It can end at most as many hours later as it was meant to last, and not earlier than now set."
    ),
    "screening.time_missing": _("Say until when, with day and time."),
}

TRAIL_ACTS = {
    "screening.results_taken": pgettext_lazy("audit act", "results taken in"),
    "screening.results_matched": pgettext_lazy("audit act", "results matched later"),
    "screening.result_corrected": pgettext_lazy("audit act", "result of a tube corrected"),
    "screening.fault_settled": pgettext_lazy("audit act", "row of a laboratory settled"),
    "screening.faults_settled": pgettext_lazy("audit act", "rows of a laboratory put aside"),
    "screening.holds_begun": pgettext_lazy("audit act", "people held after a positive tube"),
    "screening.holds_ended": pgettext_lazy("audit act", "holds ended"),
    "screening.holds_confirmed": pgettext_lazy("audit act", "single samples positive"),
    "screening.hold_extended": pgettext_lazy("audit act", "hold extended"),
    "screening.laboratory_added": pgettext_lazy("audit act", "laboratory added"),
    "screening.laboratory_revoked": pgettext_lazy("audit act", "laboratory shut out"),
    "screening.key_revoked": pgettext_lazy("audit act", "key of a laboratory made void"),
    "screening.key_given": pgettext_lazy("audit act", "key given to a laboratory"),
}

TRAIL_SUBJECTS = {
    "screening.laboratory": pgettext_lazy("audit subject", "laboratory"),
    "screening.resultdelivery": pgettext_lazy("audit subject", "delivery of results"),
    "screening.resultfault": pgettext_lazy("audit subject", "row of a laboratory"),
    "health.hold": pgettext_lazy("audit subject", "hold"),
    "health.tube": pgettext_lazy("audit subject", "tube"),
}

TRAIL_FACTS = {
    "fault": pgettext_lazy("audit fact", "what was wrong"),
    "faults": pgettext_lazy("audit fact", "rows to look at"),
    "former": pgettext_lazy("audit fact", "result before"),
    "known": pgettext_lazy("audit fact", "known before"),
    "laboratory": pgettext_lazy("audit fact", "laboratory"),
    "taken": pgettext_lazy("audit fact", "tubes taken"),
}

#: What the lists that go out as a file are called in the audit trail.
LISTS = {
    "lab_results": pgettext_lazy("list", "laboratory results"),
    "lab_faults": pgettext_lazy("list", "rows of laboratories to look at"),
    "lab_waiting": pgettext_lazy("list", "tubes without a result"),
    "holds": pgettext_lazy("list", "positive pools"),
}

_OUTCOMES = {"outcome": TUBE_RESULTS}

MESSAGES = (
    MessageKind(
        "screening.positive_pool",
        _("Pooled tube %(outcome)s (people: %(count)s)"),
        _(
            "Tube %(tube)s is %(outcome)s. Whoever is in it (people: %(count)s) is held from now on "
            "and has to be sampled singly at once."
        ),
        outside=_("A pooled tube has to be looked at at once. Sign in."),
        values=_OUTCOMES,
    ),
    MessageKind(
        "screening.single_positive",
        _("Single samples positive: %(count)s"),
        _(
            "Single samples that are positive: %(count)s (%(tubes)s). Whoever was not held yet is held "
            "from now on. Look at what is proposed for them."
        ),
        outside=_("Single samples have to be looked at at once. Sign in."),
    ),
    MessageKind(
        "screening.hold_alarm",
        _("%(part)s of the time of a hold is over"),
        _(
            "People of tube %(tube)s still held: %(count)s; %(part)s of the time is over. It ends "
            "by itself at %(until)s."
        ),
        outside=_("A hold is running out. Sign in to see which."),
    ),
    MessageKind(
        "screening.holds_ran_out",
        _("Holds ended by themselves: %(count)s"),
        _(
            "Holds whose hours are over: %(count)s. Nobody is held by them any more. See whose single "
            "sample is still missing."
        ),
        outside=_("Holds have ended by themselves. Sign in to see which."),
    ),
    MessageKind(
        "screening.positive_unmatched",
        _("Positive, and nobody knows whose: %(count)s"),
        _(
            "Rows of a laboratory that say positive or unclear and match no tube of ours: %(count)s. "
            "Nobody is held by them. Ask the laboratory now which tube or person it was."
        ),
        outside=_("Results have to be looked at. Sign in."),
    ),
    MessageKind(
        "screening.results_contradict",
        _("Results contradict each other: %(count)s"),
        _(
            "Rows of a laboratory that say something else than what is on record: %(count)s. "
            "Nothing was changed; look at them now."
        ),
        outside=_("Results have to be looked at. Sign in."),
    ),
)
