"""Words of orders: codes to wording."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REFUSALS = {
    "orders.not_allowed": _("Your post does not give you the right to do this here."),
    "orders.reason_missing": _("Say why: an act that holds or frees people needs a reason."),
    "orders.notice_empty": _("There is no text. Paste the notice, or choose its file."),
    "orders.notice_too_long": _(
        "The text is longer than %(most)s characters; the longest notice of a whole city has half of "
        "that. Enter one notice at a time, and leave out what does not belong to it."
    ),
    "orders.nothing_read": _(
        "No order was found in this text: nothing is designated, lifted or changed in it. Check that "
        "it is the notice itself, or enter the zone by hand."
    ),
    "orders.place_not_here": _("This place is not, or no longer, in the community's register."),
    "orders.place_unclear": _(
        "“%(words)s” is no place of the register, or there are several. Choose it from the suggestions."
    ),
    "orders.only_exceptions": _("Say what is inside, too: only exceptions are named."),
    "orders.part_decided": _("This community has decided its part already."),
    "orders.zone_without_range": _("Say what the zone covers: a place, or its boundary in words."),
    "orders.zone_without_basis": _("Say who ordered it, or name the notice."),
    "orders.zone_open_already": _(
        "An open zone has exactly this range already: %(name)s. Open that one, and restart or change it."
    ),
    "orders.too_far_ahead": _(
        "This lies more than %(days)s days ahead. Check the year and the month; orders are entered "
        "when they come."
    ),
    "orders.round_in_the_future": _("A round that lies in the future has no outcome yet."),
    "orders.round_in_the_past": _("A round is ordered for today or for a day to come."),
    "orders.round_purpose_unknown": _("Choose what the round is for."),
    "orders.round_pool_unknown": _("Choose how many people share a tube."),
    "orders.round_without_clause": _(
        "Name the clause on which the round rests: without one nobody can be asked to come."
    ),
    "orders.round_needs_zone": _(
        "A zone's round needs its zone; a round of the area or of key people has none."
    ),
    "orders.round_order_ended": _("This order has been ended already."),
    "orders.not_your_grid": _(
        "No door of this zone is in your grid; its own grid worker records it."
    ),
    "orders.zone_not_open": _("The zone is not open at that time."),
    "orders.floors_upside_down": _(
        "The floors are the wrong way round: the lower one comes first."
    ),
    "orders.not_correctable": _(
        "A correction or withdrawal cannot itself be corrected; correct the act."
    ),
    "orders.withdrawn_already": _("This change has been withdrawn already."),
    "orders.notice_attached_already": _("A notice is attached to this change already."),
    "orders.round_does_not_add_up": _(
        "The figures do not add up: of %(due)s due, %(sampled)s sampled, and fewer results than that."
    ),
    "orders.round_needs_traits": _(
        "A round of key people says by which circumstances they are known; other rounds do not."
    ),
    "orders.round_trait_unknown": _("Choose circumstances that the register knows."),
    "orders.round_run_here": _(
        "The round of %(on)s is run here: its figures come from the samples and results themselves. "
        "Open the round and put it right there."
    ),
    "orders.ends_before_it_begins": _("It would end before it begins."),
    "orders.standstill_ended_already": _("This standstill has been ended already."),
    "orders.unknown_mode": _("There is no such mode."),
    "orders.mode_already": _("The area is in this mode already."),
    "orders.mode_held_above": _(
        "%(above)s holds a stricter mode, and the stricter one counts. Ask there to change it."
    ),
    "orders.time_percent_odd": _("The time allowed lies between %(low)s and %(high)s percent."),
    "orders.reports_too_many": _("Between one and %(most)s reports a day can be asked for."),
    "orders.delivered_in_the_future": _("The time of delivery lies in the future."),
    "orders.file_kind": _(
        "Files of the kind %(kind)s cannot be read. Open it, save it as .docx, .txt or a PDF with text, "
        "or copy its text and paste it here."
    ),
    "orders.file_table": _(
        "This is a spreadsheet; a notice is text. A ledger is imported: on the page of the ledgers, or "
        "with gridwell import-ledger."
    ),
    "orders.file_image": _(
        "There is no text in this file, only a picture. Ask for the text of the notice, or type the "
        "items and paste them here."
    ),
    "orders.file_broken": _("The file is damaged or cut off and cannot be opened. Get it again."),
    "orders.file_encrypted": _("The file is locked with a password. Save it without one."),
    "orders.file_missing": _("There is no file %(name)s that can be opened."),
    "orders.file_empty": _("The file is empty."),
    "orders.file_too_large": _(
        "The file is larger than %(most)s MB; a notice is never that large."
    ),
}

ACTS = {
    "designate": _("designate"),
    "lift": _("lift"),
    "step": pgettext_lazy("of a zone", "change level"),
    "restart": _("restart the days"),
    "shrink": _("change the range"),
    "change_range": _("change the range"),
    "correct": _("correct"),
    "withdraw": _("withdraw"),
}

LEVELS = {
    "high": _("high risk"),
    "mid": _("medium risk"),
    "low": _("low risk"),
}

PART_STATES = {
    "waiting": pgettext_lazy("part of a notice", "waiting"),
    "approved": pgettext_lazy("part of a notice", "approved"),
    "not_ours": pgettext_lazy("part of a notice", "not ours"),
    "withdrawn": pgettext_lazy("part of a notice", "withdrawn"),
}

BECAUSE = {
    "same_name": _("same name"),
    "alias": pgettext_lazy("of a place", "alias"),
    "without_road": _("same name, the road left out"),
    "generic_word": _("same name, “compound” aside"),
    "same_sound": _("sounds the same: is it this one?"),
    "one_character": _("one character differs: is it this one?"),
    "part_of_name": _("part of the name: is it this one?"),
    "similar": _("similar name: is it this one?"),
    "no_building": _("the compound is there, this building is not"),
    "no_unit": _("the building is there, this unit is not"),
    "no_room": _("the building is there, this room is not"),
    "by_hand": _("chosen by hand"),
    "elsewhere": _("the same name stands in another community too"),
    "outside": _("not in our register"),
}

LACKS = {
    "start_unknown": _("the first day is not known"),
    "clean_days": _("%(left)s of %(of)s days without a new case"),
    "closing_round": _("the closing round, from day %(day)s on"),
    "closing_results": _(
        "the closing round: results missing: %(missing)s, not sampled: %(unsampled)s, positive: %(positive)s"
    ),
    "rounds": _("rounds of day %(days)s"),
    "no_rule": _("the protocol in force has no rule for lifting this level"),
}

PROPOSES = {
    "lift": _("can be lifted"),
    "step": _("can go down one level"),
    "restart": _("new case: restart the days?"),
}

ASKS = {
    "already_open": _("It is high risk already (%(basis)s). Start counting its days again?"),
    "overlaps": _(
        "A part of it lies in an open zone: %(zone)s (%(basis)s). What about the days of that zone?"
    ),
    "raises": _(
        "A part of it lies in an open zone of a lower level: %(zone)s (%(basis)s). What becomes of that zone?"
    ),
    "items_overlap": _("Another item of this notice has the same doors: %(zone)s. Whose are they?"),
    "lifted_too": _("This notice lifts the same doors as well: %(zone)s. What counts?"),
    "never_designated": _("It is to be lifted, but was never designated here."),
    "spread_unclear": _("It is wider than a unit or building. Why is the spread unclear?"),
    "kept_in_part": _(
        "Only a part of this open zone is among what stays: %(zone)s. What becomes of the zone?"
    ),
    "kept_unknown": _(
        "Nobody's register knows what stays here: %(zone)s. If it is one of our zones under another name, "
        "choose its place first; else that zone would be lifted."
    ),
    "no_level": _("The notice prints no level here. Which one is meant?"),
    "place": _("Which place of the register is it?"),
}

ANSWERS = {
    "restart": _("start the days again"),
    "keep": _("leave the days as they are"),
    "restart_and_rest": _("start them again; the rest becomes a new zone"),
    "only_rest": _("leave them; only what it does not cover becomes a zone"),
    "step_up": _("these doors go up and leave it; its days stay"),
    "restart_lower": _("these doors go up and leave it; the days of its rest start again"),
    "keep_both": _("keep both; the stricter one counts"),
    "first_counts": _("the other's; this one gets what is left"),
    "as_printed": _("lifted first, then designated"),
    "whole_stays": _("the whole zone stays"),
    "only_named": _("only what is named stays"),
    "not_ours": _("none of it is ours"),
    "as_high": _("high risk"),
    "as_mid": _("medium risk"),
    "before_records": _("it was designated before our records"),
    "leave_out": _("leave it out"),
    "explained": _("explained"),
    "agreed": _("checked, it is right as read"),
    "asked": _("asked the issuer"),
}

MODES = {
    "routine": pgettext_lazy("mode", "routine"),
    "alert": pgettext_lazy("mode", "alert"),
    "emergency": pgettext_lazy("mode", "emergency"),
}

DELIVERED = {
    "handed": pgettext_lazy("sheet", "handed over"),
    "posted": _("put up at the door"),
    "refused": _("refused"),
    "nobody_home": _("nobody at home"),
}

QUESTIONS = {
    "no_order": _("No order was found in this text."),
    "unread": _("This part could not be read."),
    "count_group": _("%(district)s declares %(declared)s; found: %(found)s."),
    "count_total": _("The notice declares %(declared)s in total; found: %(found)s."),
    "count_district": _("Changes that %(district)s declares: %(declared)s; found: %(found)s."),
    "issued_on_missing": _("The date of issue is not in the text."),
    "issued_on_damaged": _("The year of the date of issue is lost."),
    "number_damaged": _("The number of the notice is damaged."),
    "effective_missing": _("When this takes effect is not stated."),
    "effective_damaged": _("The time of effect is stated but cannot be made a date."),
    "district_missing": _("Which district this belongs to is not stated."),
    "lost_separator": _("Two places seem to have run together here."),
    "odd_split": _(
        "The declared count fits only when the parts of one building or estate count singly."
    ),
    "damaged_text": _("Characters are masked or lost here."),
    "incomplete_name": _("The name of the place seems cut off."),
    "odd_place": _("This does not look like a place."),
    "duplicate_item": _("This place stands twice in the same list."),
    "empty_group": _("Places declared here: %(declared)s; none is listed."),
    "cut_off": _("The text ends in the middle of a list."),
    "range_widened": _("The range becomes wider than before."),
    "heading_lost": _("The list begins anew here; a heading may be lost."),
    "number_gap": _("The numbering jumps from %(before)s to %(after)s."),
    "level_missing": _(
        "No level is printed here: it is taken from the zones that run in the community, where they are "
        "all of one level; else it is asked at each item."
    ),
    "both_ways": _("The same place is named in two contrary acts."),
    "standstill": _(
        "A standstill or temporary control is ordered or ended here; it is entered by hand."
    ),
    "emergency": _(
        "A measure in an emergency is ordered or ended here; work is made of it by hand."
    ),
    "corrected": _("An earlier notice is corrected here: %(before)s becomes %(after)s."),
    "struck_out": _("An earlier notice is corrected here: %(before)s is wrong or left out."),
}

COUNTED = {
    "designate": _("designated"),
    "lift": _("lifted"),
    "step": _("level changed"),
    "restart": _("days restarted"),
    "shrink": _("range changed"),
}

ANSWERS_TO = {
    "already_open": ("restart", "keep"),
    "overlaps": ("restart_and_rest", "only_rest"),
    "raises": ("step_up", "restart_lower", "keep_both"),
    "items_overlap": ("first_counts", "keep_both"),
    "lifted_too": ("as_printed", "leave_out"),
    "never_designated": ("before_records", "leave_out"),
    "kept_in_part": ("whole_stays", "only_named"),
    "kept_unknown": ("not_ours",),
    "no_level": ("as_high", "as_mid", "leave_out"),
    "spread_unclear": ("explained",),
    "place": (),
}

ROUND_STATES = {
    "done": pgettext_lazy("round", "done"),
    "today": pgettext_lazy("round", "today"),
    "ahead": pgettext_lazy("round", "ahead"),
    "missed": pgettext_lazy("round", "not held"),
}

MEASURES = {
    "stay_home": _("Stay at home; do not go out of the door."),
    "door_service": _("Food, medicine and rubbish are looked after at your door."),
    "not_leave_zone": _("Do not leave the zone."),
    "staggered_pickup": _("Pick up goods at the time given to you."),
    "no_gathering": _("Do not gather."),
    "personal_protection": _("Wear a mask and keep a distance."),
}

#: What its acts are called in the audit trail.
PURPOSES = {
    "city_round": _("round of everybody"),
    "zone_day": _("round of a zone"),
    "closing_round": _("closing round of a zone"),
    "key_people": _("round of key people"),
}

POOLS = {
    "single": _("one person a tube"),
    "household": _("one household a tube"),
    "5": _("5 people a tube"),
    "10": _("10 people a tube"),
    "20": _("20 people a tube"),
}

EXCESS = {
    "no_case": _("No case was found here outside isolation in the last days."),
    "after_stop": _("The rule says: stop. The round after the pause was clean."),
    "in_pause": _("The rule asks for a pause of three days after three clean rounds."),
    "twice_a_day": _("There is an order for this day already; the rule knows one round a day."),
    "day_not_asked": _("The protocol asks no round of this zone on this day."),
    "pool_too_large": _("In a high-risk zone people are sampled singly or by household."),
    "too_often": _("It asks key people whose turn it is not yet; the protocol says how often."),
    "no_clause": _("The protocol in force has no such clause; check what the order cites."),
}

TRAIL_ACTS = {
    "orders.round_ordered": pgettext_lazy("audit act", "round ordered"),
    "orders.round_order_ended": pgettext_lazy("audit act", "ordered round ended"),
    "orders.notice_entered": pgettext_lazy("audit act", "notice entered"),
    "orders.place_chosen": pgettext_lazy("audit act", "place of a notice chosen"),
    "orders.question_answered": pgettext_lazy("audit act", "question of a notice answered"),
    "orders.part_not_ours": pgettext_lazy("audit act", "notice is not ours"),
    "orders.part_reopened": pgettext_lazy("audit act", "notice checked again"),
    "orders.zone_designate": pgettext_lazy("audit act", "zone designated"),
    "orders.zone_restart": pgettext_lazy("audit act", "days of a zone restarted"),
    "orders.zone_change_range": pgettext_lazy("audit act", "range of a zone changed"),
    "orders.zone_step": pgettext_lazy("audit act", "level of a zone changed"),
    "orders.zone_lift": pgettext_lazy("audit act", "zone lifted"),
    "orders.zone_correct": pgettext_lazy("audit act", "zone corrected"),
    "orders.zone_withdraw": pgettext_lazy("audit act", "change of a zone withdrawn"),
    "orders.notice_attached": pgettext_lazy("audit act", "notice attached to a zone"),
    "orders.spread_explained": pgettext_lazy("audit act", "unclear spread explained"),
    "orders.round_recorded": pgettext_lazy("audit act", "round recorded"),
    "orders.sheets_delivered": pgettext_lazy("audit act", "sheets delivered"),
    "orders.sheets_withdrawn": pgettext_lazy("audit act", "delivery of sheets withdrawn"),
    "orders.standstill_begun": pgettext_lazy("audit act", "standstill entered"),
    "orders.standstill_ended": pgettext_lazy("audit act", "standstill ended"),
    "orders.mode_changed": pgettext_lazy("audit act", "mode changed"),
    "orders.modes_eased_below": pgettext_lazy("audit act", "modes below eased"),
    "orders.mode_profile_set": pgettext_lazy("audit act", "parameters of a mode set"),
}

TRAIL_SUBJECTS = {
    "orders.roundorder": pgettext_lazy("audit subject", "ordered round"),
    "orders.notice": pgettext_lazy("audit subject", "notice"),
    "orders.noticeitem": pgettext_lazy("audit subject", "item of a notice"),
    "orders.noticepart": pgettext_lazy("audit subject", "part of a notice"),
    "orders.zone": pgettext_lazy("audit subject", "zone"),
    "orders.zonechange": pgettext_lazy("audit subject", "change of a zone"),
    "orders.standstill": pgettext_lazy("audit subject", "standstill"),
    "orders.modechange": pgettext_lazy("audit subject", "mode"),
    "orders.modeprofile": pgettext_lazy("audit subject", "parameters of a mode"),
}

#: What needs a person's yes in some modes.
MANUAL = {
    "reports": _("An officer looks at each report before it goes up."),
    "task_check": _("Work that is done is checked by a second person."),
}

TRAIL_FACTS = {
    "basis": pgettext_lazy("audit fact", "basis"),
    "change": pgettext_lazy("audit fact", "change, no."),
    "freed": pgettext_lazy("audit fact", "people freed"),
    "held": pgettext_lazy("audit fact", "people held"),
    "low": pgettext_lazy("audit fact", "low risk"),
    "notice": pgettext_lazy("audit fact", "notice, no."),
    "positive": pgettext_lazy("audit fact", "positive"),
    "sheet": pgettext_lazy("audit fact", "sheet"),
    "spread": pgettext_lazy("audit fact", "spread"),
    "zone": pgettext_lazy("audit fact", "zone, no."),
}

SHEETS = {
    "zone_notice": pgettext_lazy("sheet", "notice of the zone"),
    "isolation": pgettext_lazy("sheet", "notice of isolation"),
    "release": pgettext_lazy("sheet", "release from isolation"),
}
ORDERS_NAMED = {
    "zone": pgettext_lazy("basis", "risk zone"),
    "isolation": pgettext_lazy("basis", "isolation"),
    "monitoring": pgettext_lazy("basis", "monitoring"),
    "standstill": pgettext_lazy("basis", "standstill"),
    "round": pgettext_lazy("basis", "screening round"),
}
#: What a question on a notice was about, in a word.
ASKED_ABOUT = {
    "already_open": pgettext_lazy("asked about", "high risk already"),
    "overlaps": pgettext_lazy("asked about", "overlaps an open zone"),
    "raises": pgettext_lazy("asked about", "raises an open zone"),
    "items_overlap": pgettext_lazy("asked about", "overlaps another item"),
    "lifted_too": pgettext_lazy("asked about", "lifted as well"),
    "never_designated": pgettext_lazy("asked about", "never designated here"),
    "spread_unclear": pgettext_lazy("asked about", "why the spread is unclear"),
    "kept_in_part": pgettext_lazy("asked about", "stays in part"),
    "kept_unknown": pgettext_lazy("asked about", "unknown among what stays"),
    "no_level": pgettext_lazy("asked about", "which level"),
    "place": pgettext_lazy("asked about", "which place"),
}
