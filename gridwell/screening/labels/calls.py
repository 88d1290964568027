"""Words of calling: how people are called, what is said, refusals, acts of the trail."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.notify.kinds import MessageKind

#: How people were called; "head" is written when whoever is in charge of the house says it is done.
HOW = {
    "loudspeaker": pgettext_lazy("how called", "by loudspeaker"),
    "group": pgettext_lazy("how called", "in the WeChat group"),
    "phone": pgettext_lazy("how called", "by telephone"),
    "door": pgettext_lazy("how called", "by knocking at the door"),
    "head": pgettext_lazy("how called", "by the building head"),
    "told": pgettext_lazy("how called", "those in charge were told to call"),
}
#: Those in charge were told by a message of the kind CALL_NOW.
TOLD: Final = "told"
CALL_NOW: Final = "screening.call_now"
#: How far that message is with each, and its tone.
TOLD_STATES = {
    "seen": (pgettext_lazy("message to those in charge", "read"), "ok"),
    "sent": (pgettext_lazy("message to those in charge", "sent, not read here yet"), ""),
    "waiting": (
        pgettext_lazy("message to those in charge", "not out yet, tried again by itself"),
        "",
    ),
    "failed": (pgettext_lazy("message to those in charge", "could not be sent: ring them"), "bad"),
    "none": (pgettext_lazy("message to those in charge", "not read yet, no other channel"), "warn"),
}
#: What somebody can write down; the rest is written by the program.
CHOSEN = ("loudspeaker", "group", "phone", "door")
#: These count as a call of the people.
COUNTS = (*CHOSEN, "head")

REFUSALS = {
    "screening.call_unknown": _("Choose how they were called."),
    "screening.call_nobody": _("Nobody is left to be called there: all are sampled or exempt."),
    "screening.call_in_the_future": _("The time of the call lies in the future."),
    "screening.call_before_opening": _(
        "The time of the call lies before the day on which the round opened."
    ),
    "screening.call_time_odd": _("Enter the time as hours and minutes, such as 08:30."),
    "screening.call_gone": _("This call was taken back already, or does not count."),
    "screening.call_too_old": _("A call can be taken back for an hour; this one is older."),
    "screening.nobody_in_charge": _(
        "Nobody is in charge of these houses: give the posts of building heads and grids a name first."
    ),
    "screening.tick_something": _("Tick at least one line."),
}

TRAIL_ACTS = {
    "screening.called": pgettext_lazy("audit act", "people called to be sampled"),
    "screening.call_taken_back": pgettext_lazy("audit act", "call taken back"),
    "screening.heads_told": pgettext_lazy("audit act", "those in charge told to call"),
    "screening.visits_asked": pgettext_lazy("audit act", "visits asked for"),
}
TRAIL_SUBJECTS = {"screening.call": pgettext_lazy("audit subject", "call")}
TRAIL_FACTS = {
    "how": pgettext_lazy("audit fact", "how"),
    "people": pgettext_lazy("audit fact", "people"),
}
LISTS = {
    "calls": pgettext_lazy("list", "who is to be called when"),
    "call-log": pgettext_lazy("list", "calls of a round"),
}

#: Work that rounds make, with the hint of what to do.
KINDS = {
    "call_building": _("call the building to be sampled"),
    "visit_missing": _("look for whoever is missing in the round"),
    "transport_box": _("bring a box of samples to the laboratory"),
}
HINTS = {
    "call_building": _(
        "Call everybody of the building down at its time: loudspeaker, telephone, group. Say that it is "
        "done, and the round knows that they were called."
    ),
    "visit_missing": _(
        "Ring, ask the neighbours, telephone. Whoever is there is sampled at the door or brought down; "
        "write down who refuses or is away."
    ),
    "transport_box": _(
        "Take the box over, count the tubes against the paper, bring it to the laboratory at once."
    ),
}
WHY = _("A round of sampling is open (no. %(number)s).")
WHY_BOX = _("A box of samples is packed (round no. %(number)s).")
#: What a step of such a task says.
STEPS = {
    "called": _("everybody here has been called"),
    "box_sent": _("the box was handed over"),
    "single_taken": _("the single sample was taken"),
    "missing_again": _("somebody here is missing again"),
    "came": _("nobody is missing here any more"),
}

MESSAGES = (
    MessageKind(
        CALL_NOW,
        _("Please call. People: %(count)s"),
        _("%(round)s. Please call them down: %(places)s."),
        outside=_("Please call your building down to be sampled: %(places)s."),
    ),
)
