"""Wording of residents: relations of state, traits, refusals, what happened."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SEX: dict[str, Promise] = {"male": _("male"), "female": _("female"), "unknown": _("not known")}
TENURE: dict[str, Promise] = {
    "owned": _("owner-occupied"),
    "rented": _("rented"),
    "dormitory": _("dormitory"),
    "unknown": _("not known"),
}
DOCUMENT_KINDS: dict[str, Promise] = {
    "id_card": _("ID card"),
    "passport": _("passport"),
    "hk_macao": _("Hong Kong or Macao permit"),
    "taiwan": _("Taiwan permit"),
    "other": _("other document"),
    "none": _("none yet"),
}
MEMBERSHIP_KINDS: dict[str, Promise] = {
    "lives": _("lives here"),
    "registered_only": _("only registered here"),
}
END_REASONS: dict[str, Promise] = {
    "moved_out": _("moved out"),
    "split": _("own household formed"),
    "merged": _("households or entries merged"),
    "died": _("died"),
    "corrected": _("corrected"),
    "": _("ended"),
}
TRAITS: dict[str, Promise] = {
    "pregnant": _("pregnant"),
    "disabled": _("disabled"),
    "cannot_walk": _("cannot walk"),
    "lives_alone": _("lives alone"),
    "low_allowance": _("low allowance"),
    "destitute": _("destitute"),
    "illness": _("ill"),
    "vaccine": _("vaccination"),
    "recovered": _("recovered from infection"),
    "party_member": _("party member"),
    "public_servant": _("public servant"),
    "employer": _("employer"),
    "needs_dialysis": _("needs dialysis or regular treatment"),
    "risk_post": _("works at a risk post"),
}
TRAIT_VALUES: dict[str, Promise] = {
    "stable": _("stable"),
    "unstable": _("not stable"),
    "full": _("complete"),
    "part": _("in part"),
    "none": _("none given"),
    "cold_chain": _("cold chain"),
    "courier": _("courier, delivery"),
    "medical": _("hospital, clinic"),
    "isolation_site": _("isolation site"),
    "market": _("market, supermarket"),
    "transport": _("bus, taxi, station"),
    "port": _("airport, port of entry"),
}
#: What nobody of the desk needs to see in a list: it stays in the file.
OBJECTION_ABOUT: dict[str, Promise] = {
    "label": _("a colour or mark"),
    "duty": _("a duty"),
    "data": _("an entry"),
}
OUTCOMES: dict[str, Promise] = {"upheld": _("upheld"), "rejected": _("rejected")}
CHANGES: dict[str, Promise] = {
    "trait_on": _("Add a circumstance"),
    "trait_off": _("End a circumstance"),
    "tenure": _("Set owned or rented"),
    "grid": _("Put into a grid"),
    "away": _("Mark as away"),
    "back": _("Mark as back home"),
}
COLOURS: dict[str, Promise] = {
    "green": _("green"),
    "blue": _("blue"),
    "yellow": _("yellow"),
    "orange": _("orange"),
    "red": _("red"),
    "pink": _("pink"),
    "rose": _("rose"),
    "violet": _("violet"),
    "teal": _("teal"),
    "brown": _("brown"),
    "grey": _("grey"),
}
FIELDS: dict[str, Promise] = {
    "name": _("name"),
    "sex": _("sex"),
    "birth_on": _("birth date"),
    "document_kind": _("kind of document"),
    "document": _("document number"),
    "died_on": _("day of death"),
}
FOUND_BY: dict[str, Promise] = {
    "name": _("name"),
    "pinyin": _("pinyin"),
    "document": _("end of the document number"),
    "phone": _("end of the phone number"),
    "door": _("door number"),
    "place": _("place"),
}
#: Fields of an entry whose former values are kept.
CORRECTED: dict[str, Promise] = {
    "name": pgettext_lazy("field", "name"),
    "sex": pgettext_lazy("field", "sex"),
    "birth_on": pgettext_lazy("field", "birth date"),
    "document_kind": pgettext_lazy("field", "kind of document"),
    "document": pgettext_lazy("field", "document number"),
    "phones": pgettext_lazy("field", "telephones"),
    "tenure": pgettext_lazy("field", "tenure"),
    "remark": pgettext_lazy("field", "remark"),
}

REFUSALS: dict[str, Promise] = {
    "residents.not_allowed": _("Your post does not give you the right to do this here."),
    "residents.no_reason": _("Give a reason; it is kept with the change."),
    "residents.changed_meanwhile": _("Somebody changed this meanwhile; look at it again."),
    "residents.no_name": _("The name is missing."),
    "residents.guest_has_number": _("Another document number is on record for this guest."),
    "residents.guest_registered_already": _(
        "This guest has been entered into the register before."
    ),
    "residents.guest_needs_door": _("Choose a door: a dwelling, a shop or another site."),
    "residents.guest_kind_unknown": _("Say what brings this person here."),
    "residents.guest_here_already": _(
        "%(name)s is on the list of this door already, and has not left."
    ),
    "residents.guest_ends_before": _("The stay cannot end before it begins."),
    "residents.guest_too_far_ahead": _(
        "This lies more than %(days)s days ahead. Enter it when the person arrives."
    ),
    "residents.guest_too_long": _(
        "Nobody stays a guest for more than %(days)s days: enter the person as a resident."
    ),
    "residents.guest_document": _("This is no document number: check the digits."),
    "residents.guest_phone": _("This is no telephone number: check the digits."),
    "residents.birth_in_future": _("The birth date %(day)s lies in the future."),
    "residents.birth_too_early": _("The birth date %(day)s lies before 1900: check the year."),
    "residents.bad_phone": _("%(number)s is not a telephone number: check the digits."),
    "residents.bad_document": _(
        "%(number)s is not a valid document number: check the digits and the last sign."
    ),
    "residents.birth_contradicts": _(
        "The birth date %(day)s contradicts the ID number, which says %(document_day)s."
    ),
    "residents.sex_contradicts": _("The sex contradicts the ID number."),
    "residents.document_taken": _(
        "Somebody in this community has this document number already; look for them and merge."
    ),
    "residents.death_in_future": _("The day of death lies in the future."),
    "residents.has_died": _("This person has died."),
    "residents.no_dwelling": _("A household needs a dwelling that is in use."),
    "residents.unknown_tenure": _("%(tenure)s is not a kind of tenure."),
    "residents.unknown_kind": _("%(kind)s is not a kind of membership."),
    "residents.household_ended": _("This household has ended."),
    "residents.lives_elsewhere": _("This person already lives in another household."),
    "residents.lives_here_already": _("This person already belongs to this household."),
    "residents.lives_nowhere": _("This person lives in no household here."),
    "residents.has_head": _("This household already has a head."),
    "residents.needs_head": _("Name the person who becomes head of the household."),
    "residents.in_future": _("The time lies in the future."),
    "residents.before_membership": _(
        "In the register they belong to this household only since %(day)s; choose a later day."
    ),
    "residents.before_trait": _("This holds only since %(day)s; choose a later day."),
    "residents.same_name_here": _(
        "Somebody of this name and birth date is entered in this dwelling already. If this is "
        "another person, tick it below and send again."
    ),
    "residents.nobody": _("Tick at least one person."),
    "residents.nobody_left": _("Nobody would stay; let them move instead."),
    "residents.not_a_member": _("This person does not belong to the household."),
    "residents.merge_itself": _("Only two different entries of one community can be one."),
    "residents.two_documents": _("The two have different document numbers: they are two people."),
    "residents.keep_who_lives_here": _(
        "Keep the entry that lives in a household, and merge the other into it."
    ),
    "residents.unknown_trait": _("%(trait)s is not a circumstance we know."),
    "residents.unknown_value": _("%(value)s is not a value of this circumstance."),
    "residents.ends_before_it_starts": _("The end lies before the start."),
    "residents.unknown_change": _("%(change)s is not a change we know."),
    "residents.no_such_grid": _("Choose a grid that is in use."),
    "residents.door_unclear": _("%(door)s is not one dwelling of yours: %(count)s found."),
    "residents.person_unclear": _(
        "Not exactly one person was found, but %(count)s. Give the whole number or name."
    ),
    "residents.still_lived_in": _("People who still live there: %(count)s. Let them move first."),
    "residents.no_words": _("Write down what was said."),
    "residents.unknown_subject": _("Say what the objection is about."),
    "residents.unknown_outcome": _("Say whether the objection is upheld or rejected."),
    "residents.no_end": _("A label given by hand needs an end that lies ahead."),
    "residents.wrong_subject": _("This label is for households, or for persons, not for this."),
    "residents.same_person": _("A second person has to approve: you proposed it yourself."),
    "residents.no_sign": _("A label needs a sign: a colour never stands alone."),
    "residents.bad_rule": _("The rule cannot be read: %(fault)s"),
    "residents.unknown_colour": _("%(colour)s is not a colour we have."),
}

#: What brings people here who are not registered.
GUESTS = {
    "visitor": _("visitor"),
    "lodger": _("lodger"),
    "staff": _("works here"),
}
#: What its acts are called in the audit trail.
TRAIL_ACTS = {
    "residents.guest_registered": pgettext_lazy("audit act", "guest entered"),
    "residents.guests_listed": pgettext_lazy("audit act", "guests of a list entered"),
    "residents.guests_changed": pgettext_lazy("audit act", "guests changed by a list"),
    "residents.guests_taken_back": pgettext_lazy("audit act", "guests of a list taken back"),
    "residents.guest_ended": pgettext_lazy("audit act", "end of a guest's stay"),
    "residents.guest_numbered": pgettext_lazy("audit act", "guest's document number entered"),
    "residents.guest_named": pgettext_lazy("audit act", "guest entered into the register"),
    "residents.household_opened": pgettext_lazy("audit act", "household opened"),
    "residents.household_ended": pgettext_lazy("audit act", "household ended"),
    "residents.household_split": pgettext_lazy("audit act", "household split"),
    "residents.households_merged": pgettext_lazy("audit act", "households merged"),
    "residents.household_merge_undone": pgettext_lazy("audit act", "merging of households undone"),
    "residents.head_changed": pgettext_lazy("audit act", "head of household changed"),
    "residents.tenure_set": pgettext_lazy("audit act", "tenure set"),
    "residents.registered": pgettext_lazy("audit act", "people registered"),
    "residents.corrected": pgettext_lazy("audit act", "entry corrected"),
    "residents.moved_in": pgettext_lazy("audit act", "moved in"),
    "residents.moved_out": pgettext_lazy("audit act", "moved out"),
    "residents.death_recorded": pgettext_lazy("audit act", "death recorded"),
    "residents.went_away": pgettext_lazy("audit act", "away"),
    "residents.came_back": pgettext_lazy("audit act", "back home"),
    "residents.trait_added": pgettext_lazy("audit act", "circumstance added"),
    "residents.trait_ended": pgettext_lazy("audit act", "circumstance ended"),
    "residents.merged": pgettext_lazy("audit act", "entries merged"),
    "residents.merge_undone": pgettext_lazy("audit act", "merging undone"),
    "residents.schemes_applied": pgettext_lazy("audit act", "label schemes started"),
    "residents.label_edited": pgettext_lazy("audit act", "label edited"),
    "residents.marks_refreshed": pgettext_lazy("audit act", "labels by rule brought up to date"),
    "residents.mark_given": pgettext_lazy("audit act", "label given by hand"),
    "residents.mark_proposed": pgettext_lazy("audit act", "label proposed"),
    "residents.mark_approved": pgettext_lazy("audit act", "label approved"),
    "residents.mark_refused": pgettext_lazy("audit act", "label turned down"),
    "residents.mark_ended": pgettext_lazy("audit act", "label ended"),
    "residents.objection_entered": pgettext_lazy("audit act", "objection entered"),
    "residents.objection_answered": pgettext_lazy("audit act", "objection answered"),
    "residents.looked_at": pgettext_lazy("audit act", "personal data looked at"),
}

TRAIL_SUBJECTS = {
    "residents.stay": pgettext_lazy("audit subject", "guest"),
    "residents.household": pgettext_lazy("audit subject", "household"),
    "residents.resident": pgettext_lazy("audit subject", "resident"),
    "residents.label": pgettext_lazy("audit subject", "label"),
    "residents.labelscheme": pgettext_lazy("audit subject", "label scheme"),
    "residents.labelmark": pgettext_lazy("audit subject", "label given"),
    "residents.objection": pgettext_lazy("audit subject", "objection"),
    "residents.trait": pgettext_lazy("audit subject", "circumstance"),
    "residents.dwellingnote": pgettext_lazy("audit subject", "note on a dwelling"),
}

TRAIL_FACTS = {
    "about": pgettext_lazy("audit fact", "about"),
    "code": pgettext_lazy("audit fact", "about what"),
    "head": pgettext_lazy("audit fact", "head, no."),
    "household": pgettext_lazy("audit fact", "household, no."),
    "into": pgettext_lazy("audit fact", "into household, no."),
    "label": pgettext_lazy("audit fact", "label, no."),
    "mark": pgettext_lazy("audit fact", "mark, no."),
    "proposed_by": pgettext_lazy("audit fact", "proposed by"),
    "residents": pgettext_lazy("audit fact", "residents"),
    "tenure": pgettext_lazy("audit fact", "tenure"),
    "trait": pgettext_lazy("audit fact", "circumstance"),
    "was_head": pgettext_lazy("audit fact", "was head of, no."),
}
