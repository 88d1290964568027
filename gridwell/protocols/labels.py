"""Words of protocols: refusals, mistakes in files, findings of the excess check."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REFUSALS = {
    "protocols.not_allowed": _("Your post does not give you the right to do this here."),
    "protocols.file_refused": _("Mistakes in the file: %(count)s. It was not taken."),
    "protocols.area_unknown": _("The area %(area)s of the file is not in this installation."),
    "protocols.area_not_yours": _(
        "The file is for the area %(area)s, which is not in your charge."
    ),
    "protocols.event_without_name": _("Give the event a name."),
    "protocols.family_unknown": _("There is no protocol of the kind %(family)s."),
    "protocols.reason_missing": _("Say why the event is closed."),
    "protocols.event_closed_already": _("The event has been closed already."),
}

#: What a protocol is against, by its family's code; a file of another family shows its code.
FAMILIES = {"covid19": _("COVID-19")}

FILE_ERRORS = {
    "syntax": _("The line cannot be read: %(reason)s"),
    "too_long": _("The file is longer than %(most)s characters."),
    "too_deep": _("The file is nested too deeply."),
    "missing_key": _("“%(key)s” is missing."),
    "unknown_key": _("This key is not known."),
    "wrong_type": _("The value is of the wrong type."),
    "not_one_of": _("The value is not one of those allowed."),
    "out_of_range": _("The number is out of range."),
    "bad_word": _("Only letters, digits, dots and hyphens are allowed here."),
    "empty_text": _("The text is empty."),
    "unknown_clause": _("The clause named here does not exist."),
    "unknown_document": _("The document named here does not exist."),
    "unknown_level": _("There is no such level."),
    "duplicate_id": _("This id stands twice."),
    "not_a_lower_level": _("A zone can only go down to a lower level."),
    "until_before_from": _("It would end before it begins."),
    "not_an_area": _("This is not a 12-digit area code."),
    "overlay_needs_area_and_over": _("A local file names its area and the versions it lies over."),
    "more_days_than_negatives": _("There are more days than negatives."),
    "stages_of_no_class": _("A class that is not determined has no stages."),
    "not_rising": _("The days must rise."),
}

FINDINGS = {
    "unit_wider": _("Drawn by %(unit)s; the rule draws by %(default)s."),
    "level_abolished": _("This level of risk no longer exists."),
    "clean_days_longer": _("Clean days asked: %(days)s, the rule asks %(most)s."),
    "measure_harsher": _("Measures harsher than the rule: %(measures)s."),
    "no_lift_rule": _("No condition for lifting is stated."),
    "half_lift_rule": _(
        "Only the clean days are printed; the closing round of day %(day)s is asked as well."
    ),
    "past_end": _("Past its end since %(since)s (days: %(days)s)."),
    "no_end": _("No end is stated."),
    "standstill_not_allowed": _("Standstills are not allowed any more."),
    "class_abolished": _("People of this class are no longer to be kept."),
    "stay_longer": _("Days ordered: %(days)s, the rule says %(most)s."),
    "stay_harsher": _("Stricter than the rule, which says %(most)s."),
    "hold_longer": _("Held for %(hours)s hours, at most %(most)s."),
    "exit_stricter": _(
        "Negatives asked to leave the city: %(negatives)s within %(hours)s hours; the rule asks "
        "%(most_negatives)s within %(most_hours)s."
    ),
}

UNITS = {
    "dwelling": _("dwelling"),
    "floor": _("floor"),
    "unit": _("unit"),
    "building": _("building"),
    "compound": _("compound"),
    "community": _("community"),
    "subdistrict": _("subdistrict"),
    "district": _("district"),
}

STAYS = {
    "home": _("isolation at home"),
    "facility": _("isolation in a facility"),
    "hospital": _("hospital"),
    "monitoring": _("health monitoring"),
}

CLASSES = {
    "close_contact": _("close contact"),
    "secondary_contact": _("contact of a close contact"),
    "zone_outflow": _("came from a high-risk zone"),
    "mid_zone_outflow": _("came from a medium-risk zone"),
    "inbound": _("came from abroad"),
    "closed_loop_worker": _("left a closed-loop post"),
    "case": _("infected person"),
}

#: What its acts are called in the audit trail.
TRAIL_ACTS = {
    "protocols.event_opened": pgettext_lazy("audit act", "event opened"),
    "protocols.event_closed": pgettext_lazy("audit act", "event closed"),
    "protocols.shipped_loaded": pgettext_lazy("audit act", "shipped protocols stored"),
    "protocols.version_uploaded": pgettext_lazy("audit act", "protocol uploaded"),
}

TRAIL_SUBJECTS = {
    "protocols.event": pgettext_lazy("audit subject", "event"),
    "protocols.protocolversion": pgettext_lazy("audit subject", "protocol version"),
}
