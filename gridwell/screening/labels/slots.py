"""Words of sites, desks and slots: why a slot stands where it stands, and what stands against a move."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: Why a slot stands where it stands: `rules.slots.Because`.
BECAUSE = {
    "nearest": _("nearest site"),
    "nearest_full": _("nearest site is full"),
    "walks_badly": _("walk badly: nearest site"),
    "high_risk": _("high-risk: alone"),
    "by_hand": _("put there by hand"),
}

#: The same as a sign on the timetable.
SIGNS = {
    "nearest": pgettext_lazy("sign of a slot", "n"),
    "nearest_full": pgettext_lazy("sign of a slot", "f"),
    "walks_badly": pgettext_lazy("sign of a slot", "w"),
    "high_risk": pgettext_lazy("sign of a slot", "r"),
    "by_hand": pgettext_lazy("sign of a slot", "h"),
}

#: How a slot came to stand elsewhere: `SlotChange.how`.
CHANGED = {
    "moved": pgettext_lazy("slot", "moved by hand"),
    "again": pgettext_lazy("slot", "made again"),
}

REFUSALS = {
    "screening.site_nameless": _("Say how the site is called."),
    "screening.site_named_so": _("There is a site called %(name)s already; choose another name."),
    "screening.site_elsewhere": _("This place is not in this community."),
    "screening.site_ended": _("%(name)s has been ended; nobody is sampled there any more."),
    "screening.site_has_desks": _(
        "%(name)s has desks in a round that goes on. Take them away or close the round first."
    ),
    "screening.desk_count_odd": _("Set up between 1 and %(most)s desks at once."),
    "screening.desk_hours_odd": _("A desk closes after it opens: at least ten minutes later."),
    "screening.desk_other_day": _("The desk must open on the day of the round, %(day)s."),
    "screening.desk_too_late": _(
        "A desk that closes before it opens works past midnight, until 06:00 at the latest. Is one of "
        "the two times mistyped?"
    ),
    "screening.desk_post_twice": _(
        "%(post)s would stand at two desks at once. Choose another post, or leave it open."
    ),
    "screening.desk_post_elsewhere": _("%(post)s is no post of this community."),
    "screening.desk_has_worked": _(
        "Tubes have been opened at this desk. It can be stopped, with a reason, not taken away."
    ),
    "screening.slot_length_odd": _("A slot lasts between 5 and %(most)s minutes."),
    "screening.desk_rate_odd": _(
        "A desk takes at most %(most)s people an hour, and at least one in each slot."
    ),
    "screening.no_desks": _("No desk is set up yet. Enter sites and desks with their hours first."),
    "screening.nobody_comes": _("Nobody is to come to a site in this round."),
    "screening.slot_begun": _("This slot has begun or is over; it stays as it is."),
    "screening.slot_no_desk": _("No desk of that site works through this slot."),
    "screening.slot_mixed": _(
        "High-risk buildings never share a slot with others. Choose a slot of their own."
    ),
    "screening.slot_rate": _(
        "People: %(people)s. Desks: %(desks)s, which cannot take so many in %(minutes)s minutes, even at best."
    ),
    "screening.slot_waiting": _(
        "People in this slot: %(people)s. The last would wait about %(wait)s minutes. Say why if it has to be."
    ),
    "screening.slot_farther": _(
        "These people walk badly and would not go to their nearest site. Say why if it has to be."
    ),
    "screening.move_not_last": _(
        "This is no longer the last move, or the slot stands elsewhere by now. Look again."
    ),
}

TRAIL_ACTS = {
    "screening.site_opened": pgettext_lazy("audit act", "sampling site opened"),
    "screening.site_changed": pgettext_lazy("audit act", "sampling site changed"),
    "screening.site_code_renewed": pgettext_lazy("audit act", "place code renewed"),
    "screening.site_ended": pgettext_lazy("audit act", "sampling site ended"),
    "screening.desks_added": pgettext_lazy("audit act", "desks set up"),
    "screening.desk_changed": pgettext_lazy("audit act", "desk changed"),
    "screening.desk_removed": pgettext_lazy("audit act", "desk taken away"),
    "screening.desk_stopped": pgettext_lazy("audit act", "desk dropped out"),
    "screening.desk_resumed": pgettext_lazy("audit act", "desk works again"),
    "screening.pace_set": pgettext_lazy("audit act", "length of slots and pace set"),
    "screening.slots_made": pgettext_lazy("audit act", "slots made"),
    "screening.slot_moved": pgettext_lazy("audit act", "slot moved by hand"),
    "screening.slot_move_undone": pgettext_lazy("audit act", "move of a slot taken back"),
    "screening.slots_released": pgettext_lazy("audit act", "slots left to the planner again"),
}

TRAIL_SUBJECTS = {
    "screening.site": pgettext_lazy("audit subject", "sampling site"),
    "screening.desk": pgettext_lazy("audit subject", "sampling desk"),
}

TRAIL_FACTS = {
    "desk": pgettext_lazy("audit fact", "desk, no."),
    "minutes": pgettext_lazy("audit fact", "minutes a slot"),
    "place": pgettext_lazy("audit fact", "place, no."),
    "rate": pgettext_lazy("audit fact", "people an hour a desk"),
    "site": pgettext_lazy("audit fact", "site, no."),
    "slots": pgettext_lazy("audit fact", "slots"),
    "unplaced": pgettext_lazy("audit fact", "without a slot"),
    "version": pgettext_lazy("audit fact", "version"),
}

LISTS = {
    "sites": pgettext_lazy("a list", "sampling sites"),
    "slots": pgettext_lazy("a list", "timetable of a round"),
    "slot-changes": pgettext_lazy("a list", "slots before and after"),
}
