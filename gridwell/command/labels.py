"""Words of acts across packages."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: What a notice asks in an emergency.
MEASURES = {
    "transfer": pgettext_lazy("measure", "transfer to safety"),
    "shelter": pgettext_lazy("measure", "stay indoors"),
    "outage": pgettext_lazy("measure", "supply cut"),
    "warning": pgettext_lazy("measure", "warning"),
    "visit": pgettext_lazy("measure", "visits"),
    "response": pgettext_lazy("measure", "emergency response"),
}
REFUSALS = {
    "command.measure_needs_range": _(
        "Choose the places, or tick “the whole community”: nothing is done for a range that nobody named."
    ),
    "command.measure_reaches_nobody": _("Nobody is in this range: there is nothing to do."),
    "command.guest_lives_where": _("Choose the door behind which this person lives."),
    "command.chronicle_too_long": _(
        "The chronicle has %(rows)s lines; a workbook holds %(most)s at most. Narrow it by kind, day "
        "or place, or take it out as csv: that file is whole, whatever its length."
    ),
    "command.not_confirmed": _("No sample of this person alone is positive: there is no case."),
    "command.case_kind_missing": _("Choose what kind of case it is."),
    "command.case_first": _("Record the case first."),
    "command.nobody_picked": _("Tick who was determined to be a close contact."),
    "command.contact_order_missing": _("Say where they are isolated and who determined it."),
    "command.changed_meanwhile": _(
        "Something has changed since you looked: the effect would be another one. Look at it again."
    ),
    "command.decided_by_other": _(
        "%(who)s decided this part before you (%(when)s): %(state)s. Nothing was done twice."
    ),
    "command.corrected_already": _(
        "The correction of this notice is approved already: %(notice)s. Withdraw that first."
    ),
    "command.no_such_home": _(
        "No dwelling at %(area)s is called “%(words)s”. Write the address in full."
    ),
    "command.several_homes": _(
        "“%(words)s” names several dwellings: %(names)s. Write the address in full."
    ),
    "command.no_such_entry": _(
        "Not exactly one %(name)s is registered at %(place)s. Look at the household file."
    ),
    "command.names_not_yours": _("Only the desk of %(area)s can link an entry of its register."),
    "command.time_unclear": _("The time cannot be read. Leave it empty for now."),
    "command.questions_open": _("Questions still open: %(count)s. Answer them first."),
    "command.not_approved": _("This part is not approved, so there is nothing to withdraw."),
    "command.no_step": _(
        "The protocol in force has no level to which this zone could go down; it is lifted instead."
    ),
    "command.cannot_be_lifted": _(
        "The conditions for lifting are not met yet. Say on whose order it is lifted all the same."
    ),
    "command.mode_changed_meanwhile": _(
        "A colleague has changed the mode since you looked. Look at the effect again."
    ),
    "command.taken_over": _(
        "%(by)s has taken command here and decides orders and modes. Telephone: %(telephone)s."
    ),
    "command.takeover_not_below": _("Command can be taken only of an area below your own."),
    "command.given_back_already": _("The command has been given back already."),
    "command.instruction_empty": _("An instruction needs a title and a text."),
    "command.instruction_due_past": _("The time by which it is to be done has passed already."),
    "command.instruction_outside": _("A receiver lies outside your area."),
    "command.instruction_to_nobody": _("Nobody would receive it. Choose areas or posts."),
    "command.instruction_to_many": _("An instruction goes to %(most)s receivers at most."),
    "command.instruction_withdrawn": _("This instruction has been withdrawn."),
    "command.receipt_unknown": _("There is no such answer."),
    "command.receipt_closed": _(
        "This has been answered otherwise meanwhile. Look at it again before you answer."
    ),
    "command.reminded_just_now": _("All of them were reminded less than 15 minutes ago."),
    "command.report_to_nobody": _("No area above this one is in the system to report to."),
    "command.emergency_not_found": _(
        "No household was found. Give the whole number, or the community and the whole door: "
        "compound, building, unit and room."
    ),
    "command.emergency_too_many": _(
        "You have asked %(most)s times within an hour. Call the community, or wait."
    ),
    "command.emergency_over": _("This look has ended. Ask again, with the reason, if you must."),
}

#: What its acts are called in the audit trail.
TRAIL_ACTS = {
    "command.guest_entered": pgettext_lazy(
        "audit act", "guest's samples and holds put under the resident"
    ),
    "command.measure_given": pgettext_lazy("audit act", "work made of a measure"),
    "command.measure_ended": pgettext_lazy("audit act", "work of a measure ended"),
    "command.part_approved": pgettext_lazy("audit act", "notice approved"),
    "command.part_withdrawn": pgettext_lazy("audit act", "approval withdrawn"),
    "command.event_orders_ended": pgettext_lazy("audit act", "orders of an event ended"),
    "command.mode_effected": pgettext_lazy("audit act", "effects of the mode carried out"),
    "command.mode_rehearsed": pgettext_lazy("audit act", "change of mode rehearsed"),
    "command.taken_over": pgettext_lazy("audit act", "command taken over"),
    "command.given_back": pgettext_lazy("audit act", "command given back"),
    "command.instruction_sent": pgettext_lazy("audit act", "instruction sent"),
    "command.instruction_answered": pgettext_lazy("audit act", "instruction answered"),
    "command.instruction_reminded": pgettext_lazy("audit act", "reminded of an instruction"),
    "command.instruction_withdrawn": pgettext_lazy("audit act", "instruction withdrawn"),
    "command.report_sent": pgettext_lazy("audit act", "report sent"),
    "command.reports_sent": pgettext_lazy("audit act", "reports sent by themselves"),
    "command.emergency_opened": pgettext_lazy("audit act", "emergency access opened"),
    "command.emergency_ended": pgettext_lazy("audit act", "emergency access ended"),
    "command.emergency_missed": pgettext_lazy("audit act", "emergency access found nothing"),
    "command.chronicle_exported": pgettext_lazy("audit act", "chronicle exported"),
}

TRAIL_SUBJECTS = {
    "command.moderehearsal": pgettext_lazy("audit subject", "rehearsal"),
    "command.takeover": pgettext_lazy("audit subject", "take-over"),
    "command.instruction": pgettext_lazy("audit subject", "instruction"),
    "command.instructionreceipt": pgettext_lazy("audit subject", "receipt"),
    "command.report": pgettext_lazy("audit subject", "report"),
    "command.emergencyaccess": pgettext_lazy("audit subject", "emergency access"),
}

TRAIL_FACTS = {
    "stay": pgettext_lazy("audit fact", "stay, no."),
    "resident": pgettext_lazy("audit fact", "resident, no."),
    "samples": pgettext_lazy("audit fact", "samples"),
    "holds": pgettext_lazy("audit fact", "holds"),
    "rounds": pgettext_lazy("audit fact", "lines of rounds"),
    "tasks": pgettext_lazy("audit fact", "tasks"),
    "results": pgettext_lazy("audit fact", "results"),
    "mode": pgettext_lazy("audit fact", "mode"),
    "posts": pgettext_lazy("audit fact", "posts"),
    "told": pgettext_lazy("audit fact", "people told"),
    "communities": pgettext_lazy("audit fact", "communities"),
    "keep": pgettext_lazy("audit fact", "areas that stay stricter"),
    "state": pgettext_lazy("audit fact", "state"),
    "zones": pgettext_lazy("audit fact", "zones"),
    "households": pgettext_lazy("audit fact", "households"),
    "people": pgettext_lazy("audit fact", "people"),
    "buildings": pgettext_lazy("audit fact", "buildings"),
    "due": pgettext_lazy("audit fact", "due"),
    "sampled": pgettext_lazy("audit fact", "sampled"),
    "negative": pgettext_lazy("audit fact", "negative"),
}

RECEIPTS = {
    "unread": pgettext_lazy("receipt", "unread"),
    "read": pgettext_lazy("receipt", "read"),
    "accepted": pgettext_lazy("receipt", "accepted"),
    "done": pgettext_lazy("receipt", "done"),
    "refused": pgettext_lazy("receipt", "refused"),
}
RECEIPT_TONES = {"unread": "bad", "read": "warn", "accepted": "info", "done": "ok", "refused": ""}

FIGURES = {
    "zones_high": pgettext_lazy("figure", "high-risk zones"),
    "zones_mid": pgettext_lazy("figure", "medium-risk zones"),
    "stay_home": pgettext_lazy("figure", "people who must stay at home"),
    "stay_home_households": pgettext_lazy("figure", "households of theirs"),
    "isolated": pgettext_lazy("figure", "people isolated away from home"),
    "to_sample": pgettext_lazy("figure", "due to be sampled today"),
    "door_services": pgettext_lazy("figure", "door services"),
    "tasks_open": pgettext_lazy("figure", "tasks open"),
    "tasks_done": pgettext_lazy("figure", "tasks done today"),
    "tasks_late": pgettext_lazy("figure", "tasks late"),
    "late": pgettext_lazy("figure", "orders overdue"),
    "vacant_posts": pgettext_lazy("figure", "posts that nobody holds now"),
}

CLOSING_FIGURES = {
    "days": pgettext_lazy("closing report", "days"),
    "tasks": pgettext_lazy("closing report", "tasks"),
    "done": pgettext_lazy("closing report", "tasks done"),
    "late": pgettext_lazy("closing report", "tasks late"),
    "open": pgettext_lazy("closing report", "tasks still open"),
    "zones_lifted": pgettext_lazy("closing report", "zones lifted"),
    "zones_open": pgettext_lazy("closing report", "zones still open"),
    "people": pgettext_lazy("closing report", "people on duty"),
    "instructions": pgettext_lazy("closing report", "receipts of instructions"),
    "instructions_done": pgettext_lazy("closing report", "of these done"),
    "reports": pgettext_lazy("closing report", "reports sent"),
}

CHRONICLE = {
    "modes": pgettext_lazy("chronicle", "modes and command"),
    "notices": pgettext_lazy("chronicle", "notices"),
    "zones": pgettext_lazy("chronicle", "zones and standstills"),
    "instructions": pgettext_lazy("chronicle", "instructions"),
    "reports": pgettext_lazy("chronicle", "reports"),
    "posts": pgettext_lazy("chronicle", "posts and absences"),
    "health": pgettext_lazy("chronicle", "isolation and results"),
    "tasks": pgettext_lazy("chronicle", "tasks"),
    "register": pgettext_lazy("chronicle", "ledgers and grids"),
}

#: What people are told: code -> (title, text). The words carry no personal value.
MESSAGES = {
    "command.mode_changed": (
        _("%(area)s: mode %(mode)s"),
        _("%(area)s is in the mode %(mode)s from now on. Look at your posts and tasks. %(reason)s"),
    ),
    "command.taken_over": (
        _("%(by)s has taken command of %(area)s"),
        _(
            "%(by)s decides orders and modes in %(area)s from now on; everything else goes on. "
            "Telephone: %(telephone)s."
        ),
    ),
    "command.given_back": (
        _("%(by)s has given the command of %(area)s back"),
        _("%(area)s decides its orders and modes itself again."),
    ),
    "command.instruction": (
        _("Instruction from %(area)s: %(title)s"),
        _("%(area)s asks: %(title)s. Open it, and say whether you accept it."),
    ),
    "command.report_received": (
        _("%(area)s has reported"),
        _("The report of %(area)s has come in."),
    ),
    "command.emergency_opened": (
        _("Emergency look at a household in %(area)s"),
        _(
            "%(post)s has opened an emergency look at a household in %(area)s, until %(until)s. "
            "The list says why."
        ),
    ),
}
#: Messages that say less where they leave the house.
OUTSIDE = {
    "command.mode_changed": _("%(area)s is in the mode %(mode)s from now on."),
}
