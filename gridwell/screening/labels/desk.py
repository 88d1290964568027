"""Words of the sampling desk, of boxes and of packages for work without network."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REFUSALS = {
    "screening.tube_closed": _("This tube is closed. Scan a new tube."),
    "screening.already_in_tube": _("%(name)s is in this tube already; counted once."),
    "screening.tube_full": _("This tube is full. Scan a new tube."),
    "screening.other_household": _(
        "This tube is for one household; %(name)s belongs to another. Scan a new tube."
    ),
    "screening.tube_unknown": _("This tube was not opened in this round."),
    "screening.tube_used": _("Tube %(tube)s has been used already, at %(at)s."),
    "screening.tube_code_odd": _("A tube's code has 5 to 40 signs. Scan it again."),
    "screening.tube_empty": _("Nobody is in tube %(tube)s."),
    "screening.tube_cannot_move": _(
        "Tube %(tube)s has gone on already and cannot be changed here."
    ),
    "screening.tube_has_result": _(
        "Tube %(tube)s has its result; who was in it cannot be changed any more."
    ),
    "screening.in_other_tube": _("%(name)s is in tube %(tube)s already."),
    "screening.purpose_unknown": _("A tube is for a pool or for single samples."),
    "screening.not_the_last": _(
        "Only the person who was put in last can be undone; correct others."
    ),
    "screening.nobody_meant": _("Nobody was found. Try the door, or add the person."),
    "screening.several_meant": _("%(count)s people are meant. Say the name as well."),
    "screening.who_instead": _("Say who it was, or that it was nobody."),
    "screening.no_tube_open": _("Scan a tube first."),
    "screening.bad_document": _("The ID number has a wrong digit. Scan it again."),
    "screening.bad_code": _("The code was not read well. Scan it again."),
    "screening.entry_unknown": _("This is no tube, code, ID number or door."),
    "screening.entry_odd": _("The entry cannot be read."),
    "screening.refused_before": _("This was refused before and waits to be looked at."),
    "screening.not_open_here": _(
        "The round of %(on)s is not open on the server yet. Everything waits on this device until it is."
    ),
    "screening.choice_odd": _("Choose how it is settled."),
    "screening.not_settled": _("It cannot be settled so: %(words)s"),
    "screening.tube_elsewhere": _(
        "Tube %(tube)s belongs to another round. Choose that its number was read wrong, and type the right one."
    ),
    "screening.batch_odd": _("What was sent cannot be read."),
    "screening.batch_too_large": _("At most %(most)s entries can be sent at once."),
    "screening.door_unknown": _("There is no such door here."),
    "screening.box_code_odd": _("A box's code has 2 to 40 signs."),
    "screening.box_packed": _("Box %(box)s is packed; take it up again before adding tubes."),
    "screening.box_empty": _("No tube is in box %(box)s."),
    "screening.box_differs": _(
        "Tubes in the system: %(in_system)s, counted by hand: %(counted)s. Find the difference or say why."
    ),
    "screening.box_not_packed": _("Count and pack box %(box)s first."),
    "screening.box_not_sent": _("Box %(box)s has not been handed over yet."),
    "screening.box_who": _("Say who takes it."),
    "screening.tube_in_box": _("Tube %(tube)s is in box %(box)s already."),
    "screening.tube_not_closed": _("Tube %(tube)s is not closed yet."),
    "screening.kit_passphrase": _("The passphrase needs at least 12 signs."),
    "screening.kit_wrong": _("The passphrase does not fit, or the file is damaged."),
    "screening.kit_none": _("No kit has been made yet."),
}

TRAIL_ACTS = {
    "screening.tube_opened": pgettext_lazy("audit act", "tube opened"),
    "screening.tube_closed": pgettext_lazy("audit act", "tube closed"),
    "screening.sample_added": pgettext_lazy("audit act", "person put into a tube"),
    "screening.sample_undone": pgettext_lazy("audit act", "last person of a tube undone"),
    "screening.sample_corrected": pgettext_lazy("audit act", "wrong person in a tube corrected"),
    "screening.batch_taken": pgettext_lazy("audit act", "entries of a desk taken"),
    "screening.case_settled": pgettext_lazy("audit act", "what two desks said settled"),
    "screening.device_given_up": pgettext_lazy("audit act", "device of a desk given up"),
    "screening.box_started": pgettext_lazy("audit act", "box started"),
    "screening.box_filled": pgettext_lazy("audit act", "tubes put into a box"),
    "screening.box_emptied": pgettext_lazy("audit act", "tube taken out of a box"),
    "screening.box_packed": pgettext_lazy("audit act", "box counted and packed"),
    "screening.box_opened": pgettext_lazy("audit act", "box taken up again"),
    "screening.box_sent": pgettext_lazy("audit act", "box handed over"),
    "screening.box_received": pgettext_lazy("audit act", "box received by the laboratory"),
    "screening.bundle_made": pgettext_lazy("audit act", "package for a desk without network made"),
    "screening.kit_made": pgettext_lazy("audit act", "nightly kit made"),
    "screening.kit_taken": pgettext_lazy("audit act", "nightly kit taken out"),
    "screening.cards_printed": pgettext_lazy("audit act", "family cards printed"),
}

TRAIL_SUBJECTS = {
    "health.tube": pgettext_lazy("audit subject", "tube"),
    "screening.box": pgettext_lazy("audit subject", "transport box"),
    "screening.bundle": pgettext_lazy("audit subject", "package for work without network"),
    "screening.deskcontact": pgettext_lazy("audit subject", "device of a desk"),
    "screening.deskentry": pgettext_lazy("audit subject", "entry of a desk"),
}

TUBE_STATES = {
    "open": pgettext_lazy("tube", "open"),
    "closed": pgettext_lazy("tube", "closed"),
    "packed": pgettext_lazy("tube", "in a box"),
    "sent": pgettext_lazy("tube", "handed over"),
    "received": pgettext_lazy("tube", "at the laboratory"),
    "negative": pgettext_lazy("tube", "negative"),
    "positive": pgettext_lazy("tube", "positive"),
    "unclear": pgettext_lazy("tube", "unclear"),
    "spoilt": pgettext_lazy("tube", "spoilt"),
}

DESK_ACTS = {
    "open": _("tube opened"),
    "add": _("person put in"),
    "undo": _("last one undone"),
    "correct": _("wrong person corrected"),
    "close": _("tube closed"),
    "guest": _("person added on the spot"),
}

POOLS = {
    "single": _("one person a tube"),
    "household": _("one household a tube"),
    "5": _("5 people a tube"),
    "10": _("10 people a tube"),
    "20": _("20 people a tube"),
}

BOX_STATES = {
    "filling": pgettext_lazy("box", "being filled"),
    "packed": pgettext_lazy("box", "packed"),
    "sent": pgettext_lazy("box", "handed over"),
    "received": pgettext_lazy("box", "at the laboratory"),
}

#: How a conflict is settled: what the button says, and what it does in a few words.
CHOICES = {
    "other_tube": (
        _("Another tube"),
        _("Its number was read wrong. Type the right one; these people go into it."),
    ),
    "same_tube": (
        _("One tube"),
        _("Both desks put people into it. Everybody is in the tube that stands, each once."),
    ),
    "again": (_("Take it now"), _("What stood in the way is gone.")),
    "all_the_same": (
        _("Put in all the same"),
        _("The person is in this tube, though it was full or closed."),
    ),
    "stands": (_("Leave as it stands"), _("This entry was a mistake; nothing changes.")),
    "here": (_("In this tube only"), _("The other entry was wrong and is taken back.")),
    "both": (
        _("In both tubes"),
        _("Gave a sample twice. Counted once; a positive result of either tube holds the person."),
    ),
    "who": (_("Somebody else"), _("Say who it was: code, ID number or door.")),
    "void": (_("No sample"), _("None was given, or it is lost. They are due again.")),
}

CHOICE_WORDS = {code: words for code, (words, _effect) in CHOICES.items()}
