"""Words of rounds, of who is due and of the missing list."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ROUND_STATES = {
    "planned": pgettext_lazy("round", "planned"),
    "open": pgettext_lazy("round", "open"),
    "closed": pgettext_lazy("round", "closed"),
}

#: What is known of a person in a round: `rules.coverage.Status`.
STATUSES = {
    "sampled": pgettext_lazy("in a round", "sampled"),
    "exempt": pgettext_lazy("in a round", "exempt"),
    "refused": pgettext_lazy("in a round", "refuses"),
    "away": pgettext_lazy("in a round", "away"),
    "not_found": pgettext_lazy("in a round", "not found"),
    "called": pgettext_lazy("in a round", "called, not come"),
    "due": pgettext_lazy("in a round", "not called yet"),
}

#: What can be written down when somebody was looked for.
OUTCOMES = {
    "refused": STATUSES["refused"],
    "away": STATUSES["away"],
    "not_found": STATUSES["not_found"],
}

#: The same as the audit trail has it: taken back, or a remark alone.
TRAIL_OUTCOMES = {
    **OUTCOMES,
    "": pgettext_lazy("outcome in the trail", "taken back"),
    "remark": pgettext_lazy("outcome in the trail", "remark only"),
}

EXEMPT_REASONS = {
    "recovered": _("recovered lately"),
    "cannot_be_sampled": _("cannot be sampled"),
    "away": pgettext_lazy("exempt", "away"),
    "elsewhere": _("isolated elsewhere"),
    "other": _("other reason"),
}

DOOR_REASONS = {
    "isolated": _("isolated at home"),
    "zone": _("stays at home: high-risk zone"),
    "cannot_walk": _("walks badly or lies in bed"),
    "old_alone": _("80 or older and alone"),
    "by_hand": _("put on the list by hand"),
}

#: Why somebody was added to an open round without anybody typing a reason.
ADDED = {
    "came to the desk": _("came to the desk"),
    "sample taken back": _("came to the desk by mistake; the sample was taken back"),
    "on the paper sheet": _("on the paper sheet"),
    "due in another round": _("was due in another round of the day"),
    "entered into the register": _("entered into the register"),
}

REFUSALS = {
    "screening.not_allowed": _("Your post does not give you the right to do this here."),
    "screening.reason_missing": _("Say why in a few words."),
    "screening.order_ended": _("The order of this round has been ended; it asks nothing any more."),
    "screening.too_early": _("A round opens on its day or on the day before."),
    "screening.nobody_due": _(
        "Nobody is due: the order covers nobody who is here, or no protocol is in force on that day."
    ),
    "screening.round_not_open": _("The round is not open."),
    "screening.round_closed": _("The round is closed; what it found stays as it was sent."),
    "screening.too_late_to_reopen": _(
        "A round is opened again until the end of the day after its own; order another one."
    ),
    "screening.round_runs": _("This round is open or closed already: close it on its own page."),
    "screening.changed_meanwhile": _("Somebody changed this a moment ago. Look again."),
    "screening.not_of_this_round": _("This person does not live or stay in this community."),
    "screening.guest_sampled_thrice": _(
        "This person gave two samples in one round under the register's entry already, and one more as "
        "a guest. Have one of them corrected at the desk first."
    ),
    "screening.sampled_already": _("This person has been sampled in this round."),
    "screening.outcome_unknown": _("Choose what was found: refuses, away or not found."),
    "screening.exempt_reason_unknown": _("Choose why this person need not be sampled."),
    "screening.exempt_needs_end": _("Say until when: an exemption always has an end."),
    "screening.still_missing": _(
        "People still missing: %(missing)s. Say why the round is closed all the same."
    ),
    "screening.targets_odd": _(
        "Targets are times of the day in order with a share between 1 and 100, the shares growing."
    ),
    "screening.sheet_odd": _(
        "%(done)s done is more than the %(due)s who are due behind this door."
    ),
    "screening.sheet_exempt": _(
        "%(done)s done, but only %(due)s are due behind this door. Tick who is exempt and was "
        "sampled all the same."
    ),
    "screening.sheet_less": _(
        "%(done)s done is fewer than the %(sampled)s in the system; ask the desk who is wrong."
    ),
    "screening.sheet_who": _("Not all behind this door are done: tick the %(wanted)s who are."),
    "screening.sheet_door_unknown": _("%(door)s is no door of this building in the register."),
    "screening.sheet_door_several": _(
        "%(door)s may be several doors of this building: type the unit too, such as 1-101."
    ),
    "screening.sheet_registered": _(
        "%(name)s is registered behind %(door)s: tick the name in the row of the door."
    ),
    "screening.sheet_no_number": _("“%(typed)s” is no number: type how many are done, such as 2."),
    "screening.sheet_other_tube": _(
        "Already in tube %(known)s, not in %(tube)s: one of the two was misread. "
        "Look at the tubes; a wrong person is corrected at the desk."
    ),
    "screening.sheet_no_tube": _("Type the tube's code: a sample without its tube has no result."),
    "screening.census_too_many": _(
        "More than %(most)s people behind one door: bring a dormitory in as a ledger."
    ),
    "screening.census_line": _("%(name)s: %(words)s Nothing of this door was entered."),
    "screening.census_unread": _(
        "%(name)s: “%(text)s” was not understood, nothing of this door was entered. One person a line; "
        "an ID number has 18 digits, a mobile number 11; an unusual relation stands in brackets."
    ),
    "screening.census_other_door": _(
        "%(door)s names another building or another unit than this form. Type the room alone, such as 1202."
    ),
    "screening.census_which_unit": _(
        "This building has units: type the unit of %(door)s too, or the whole door such as 4-1202."
    ),
    "screening.census_nobody": _("Enter at least one name."),
}

TRAIL_ACTS = {
    "screening.round_planned": pgettext_lazy("audit act", "round planned"),
    "screening.targets_set": pgettext_lazy("audit act", "targets of a round set"),
    "screening.round_opened": pgettext_lazy("audit act", "round opened"),
    "screening.round_updated": pgettext_lazy("audit act", "who is due brought up to date"),
    "screening.member_added": pgettext_lazy("audit act", "person added to a round"),
    "screening.member_removed": pgettext_lazy("audit act", "person taken out of a round"),
    "screening.member_exempted": pgettext_lazy("audit act", "exempted in a round"),
    "screening.outcome_set": pgettext_lazy("audit act", "outcome of a visit in a round"),
    "screening.at_door_set": pgettext_lazy("audit act", "sampling at the door set"),
    "screening.round_closed": pgettext_lazy("audit act", "round closed"),
    "screening.round_reopened": pgettext_lazy("audit act", "round opened again"),
}

TRAIL_SUBJECTS = {
    "screening.round": pgettext_lazy("audit subject", "round of sampling"),
    "screening.roundmember": pgettext_lazy("audit subject", "person in a round"),
}

#: The lists of these pages that go out as files.
LISTS = {
    "rounds": pgettext_lazy("a list", "rounds of sampling"),
    "round": pgettext_lazy("a list", "round by grid and building"),
    "key-people": pgettext_lazy("a list", "key people and their turns"),
    "rounds-compared": pgettext_lazy("a list", "rounds compared"),
    "missing": pgettext_lazy("a list", "missing list of a round"),
}
