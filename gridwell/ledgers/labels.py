"""Words of ledgers: what is wrong in a cell and what to do about it, gaps, questions, fields."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.ledgers import targets
from gridwell.ledgers.rules.fields import Field

FAULTS = {
    "id_length": _("The ID number %(value)s does not have 18 digits. Check it against the card."),
    "id_characters": _("%(value)s is not an ID number. Check it against the card."),
    "id_date": _("The birth date inside the ID number %(value)s does not exist. Check it."),
    "id_check_digit": _(
        "The check digit of the ID number %(value)s is wrong: one digit is mistyped. "
        "Check it against the card."
    ),
    "id_digits_lost": _(
        "The ID number was kept as a figure and its last digits are lost (%(value)s). "
        "Set the column to text and type the number again."
    ),
    "id_of_another": _(
        "The ID number %(value)s also stands in row %(other_row)s under the name %(other_name)s. "
        "One of the two is wrong."
    ),
    "id_of_resident": _(
        "The ID number %(value)s belongs to %(other_name)s in the register. One of the two is wrong."
    ),
    "same_person_twice": _(
        "%(name)s with the same ID number already stands in row %(other_row)s. "
        "Say whether it is one person, and remove the line that is too many."
    ),
    "phone_short": _("The telephone number %(value)s has too few digits. Ask for it again."),
    "phone_long": _("The telephone number %(value)s has too many digits. Ask for it again."),
    "phone_form": _("%(value)s is not a telephone number. Ask for it again."),
    "phone_digits_lost": _(
        "The telephone number was shortened by the spreadsheet (%(value)s). "
        "Set the column to text and type it again."
    ),
    "no_such_date": _("There is no such date: %(value)s."),
    "date_form": _("%(value)s is not a date. Write it like 2022-11-23."),
    "date_incomplete": _("The date %(value)s lacks its day or month. Write it like 2022-11-23."),
    "date_ambiguous": _("%(value)s can be read as different days. Write it like 2022-11-23."),
    "date_no_year": _("The date %(value)s has no year. Write it like 2022-11-23."),
    "birth_in_future": _("The birth date %(value)s lies in the future."),
    "birth_contradicts_id": _(
        "The birth date %(value)s contradicts the ID number, which says %(id_says)s. "
        "The ID number's was taken."
    ),
    "sex_form": _("%(value)s is not a sex. Write 男 or 女."),
    "sex_contradicts_id": _(
        "The sex %(value)s contradicts the ID number. The ID number's was taken."
    ),
    "people_count": _(
        "People by the number in the line: %(declared)s; by name: %(found)s. Check who is missing."
    ),
    "address_date": _(
        "The spreadsheet has turned a door number into a date (%(value)s). "
        "Set the column to text and type it again."
    ),
    "formula_without_value": _(
        "The cell holds a formula that was never computed. "
        "Open the file in a spreadsheet program, save it, and import it again."
    ),
    "entered_as_dead": _(
        "%(name)s is entered as dead in the register, so nothing was changed. Check the entry."
    ),
    "positive_in_ledger": _(
        "The list says that the sample is positive. It was taken as a sample without its result: enter "
        "the case by hand, with its source."
    ),
    "no_table": _(
        "There is no table of households here: no line names columns such as name and door. Choose "
        "the ledger itself, or add a line of column names above the people."
    ),
    "floor_chart": _(
        "The sheet draws a building, one cell a household, and cannot be taken as a list. Write one "
        "line for each household, with columns for building, unit, room, name and telephone."
    ),
    "stay_ends_before": _(
        "The stay would end before it begins (%(value)s). It was taken without its end: check the days."
    ),
    "stay_too_far": _(
        "This guest comes more than a week from now, so the line was held back. Import it in the week "
        "before, or correct the day."
    ),
    "no_name": _("The line has no name, so it was held back. Add the name."),
    "no_address": _("The line has no address, so it was held back. Add building, unit and room."),
    "no_name_no_address": _("The line has neither name nor address, so it was held back."),
}

DUPLICATES = {
    "same_document": _(
        "%(name)s in row %(row)s has the same ID number as in row %(other_row)s. Is it one person?"
    ),
    "same_in_dwelling": _(
        "%(name)s in row %(row)s has the same name and birth date as in row %(other_row)s, "
        "behind the same door. Is it one person?"
    ),
    "same_name_in_dwelling": _(
        "%(name)s in row %(row)s has the same name as in row %(other_row)s, behind the same door, and "
        "no number or birth date tells them apart. Is it one person?"
    ),
    "several": _("Several people named %(name)s are registered behind this door. Which one is it?"),
    "contradiction": _(
        "A %(name)s is registered behind this door with another birth date or number. "
        "Is it the same person?"
    ),
    "elsewhere": _(
        "A %(name)s with the same birth date is registered behind another door. Did the person move?"
    ),
    "taken": _("Another line of the file is already this %(name)s. Is it the same person?"),
    "is_resident": _(
        "%(name)s is listed as a guest, and a resident of that name or number is registered. Is it the "
        "same person? Then nothing is written."
    ),
    "stays_elsewhere": _(
        "%(name)s is on record as a guest behind another door at that time. Is it the same stay?"
    ),
    "was_here": _(
        "%(name)s was here as a guest and has left; the list does not say since when. Is it that stay? "
        "“Somebody new” means: here again."
    ),
    "another_number": _(
        "A guest named %(name)s is on record here with another number. Is it the same person?"
    ),
    "twice_in_file": _("%(name)s is listed twice. Is it one person?"),
}

GAPS = {
    "no_document": _("No ID number"),
    "no_phone": _("No telephone in the household"),
    "no_room": _("No room number"),
    "no_birth": _("No birth date"),
}

QUESTIONS = {
    "no_header": _("No header was found on sheet “%(sheet)s”, so it was not read."),
    "hidden_sheet": _(
        "Sheet “%(sheet)s” is hidden, so it was not read. Show it if it belongs here."
    ),
    "guessed_header": _(
        "Sheet “%(sheet)s” has no line of column names. What its columns hold was taken from earlier "
        "answers or from their values; look at it before you import."
    ),
    "counts_only": _(
        "Sheet “%(sheet)s” lists buildings and figures but neither doors nor people, so it was not read."
    ),
    "unknown_column": _("What does the column “%(column)s” mean? It is kept as a remark."),
}

FIELDS = {
    Field.SERIAL.value: _("Serial number"),
    Field.ROW_KEY.value: _("Row key"),
    Field.REASON.value: _("Reason for return"),
    Field.HOUSEHOLD_NO.value: _("Household number"),
    Field.COMPOUND.value: _("Compound"),
    Field.VILLAGE.value: _("Village"),
    Field.LANE.value: _("Lane"),
    Field.BUILDING.value: _("Building"),
    Field.ROW.value: _("Row of houses"),
    Field.UNIT.value: _("Unit"),
    Field.FLOOR.value: _("Floor"),
    Field.ROOM.value: _("Room"),
    Field.ADDRESS.value: _("Address in one cell"),
    Field.NAME.value: _("Name"),
    Field.HEAD_NAME.value: _("Name of the head of household"),
    Field.PEOPLE.value: _("Residents in one cell"),
    Field.COUNT.value: _("Number of people"),
    Field.RELATION.value: _("Relation to head"),
    Field.SEX.value: _("Sex"),
    Field.ID_NUMBER.value: _("ID number"),
    Field.DOCUMENT.value: _("Other document"),
    Field.DOCUMENT_KIND.value: _("Kind of document"),
    Field.BIRTH.value: _("Birth date"),
    Field.AGE.value: _("Age"),
    Field.PHONE.value: _("Telephone"),
    Field.HEAD_PHONE.value: _("Telephone of the head"),
    Field.TENURE.value: _("Tenure"),
    Field.RENTED.value: _("Rented"),
    Field.REGISTERED_ONLY.value: _("Only registered here"),
    Field.PARTY_MEMBER.value: _("Party member"),
    Field.PREGNANT.value: _("Pregnant"),
    Field.DISABLED.value: _("Disabled"),
    Field.LOW_ALLOWANCE.value: _("On low allowance"),
    Field.DESTITUTE.value: _("Destitute"),
    Field.ILLNESS.value: _("Illness"),
    Field.ILLNESS_STATE.value: _("Illness stable or not"),
    Field.LIVES_ALONE.value: _("Lives alone"),
    Field.VERY_OLD.value: _("Very old"),
    Field.CANNOT_WALK.value: _("Cannot walk"),
    Field.EMPLOYER.value: _("Employer"),
    Field.VACCINE.value: _("Vaccination"),
    Field.LABELS.value: _("Labels"),
    Field.ISOLATED_UNTIL.value: _("Isolated until"),
    Field.LAST_SAMPLE.value: _("Last sample"),
    Field.SAMPLE_RESULT.value: _("Result of the last sample"),
    Field.HOME_COLOUR.value: _("Colour of the household"),
    Field.COMMUNITY.value: _("Community"),
    Field.LOCAL.value: _("Registered here with the police"),
    Field.ORIGIN.value: _("Where from or why here"),
    Field.STAY_FROM.value: _("Here since"),
    Field.STAY_UNTIL.value: _("Stays until"),
    Field.REMARK.value: _("Remark"),
}

REASON_HEADER = _("Reason for return")
KEY_HEADER = _("Row key (do not change)")


def finding(code: str, facts: Mapping[str, object]) -> str:
    """Return the sentence for a fault, duplicate or question; the bare code when nobody worded it."""
    for words in (FAULTS, DUPLICATES, QUESTIONS):
        if code in words:
            return str(words[code]) % facts
    flaws = targets.flaw_words()
    return str(flaws[code][1]) % facts if code in flaws else code


REFUSALS = {
    "ledgers.not_allowed": _("Your post does not include importing ledgers here."),
    "ledgers.nothing_to_import": _(
        "This file lists no household and no person; nothing was written."
    ),
    "ledgers.nothing_to_mend": _("No line of this file can be mended: choose the ledger itself."),
    "ledgers.not_open": _(
        "This import was finished or dropped meanwhile. Nothing was done; look at the list of imports."
    ),
    "ledgers.register_changed": _(
        "The register has changed since the check. The file was checked again: "
        "look at the figures once more, then import."
    ),
    "ledgers.another_running": _(
        "Another ledger of this community is being imported right now. Wait until it is finished."
    ),
    "ledgers.file_gone": _("The uploaded file is no longer kept. Choose the file again to go on."),
    "ledgers.answer_needs_person": _("Say which resident %(name)s is the same as."),
    "ledgers.undo_too_late": _(
        "What stood here before this import is no longer kept, so it cannot be undone."
    ),
    "ledgers.no_columns": _("Choose at least one column for the layout."),
    "ledgers.layout_name_taken": _("There is a layout called “%(name)s” already."),
    "ledgers.export_not_allowed": _("Your post does not include exporting lists here."),
    "ledgers.export_short": _(
        "The export stopped at %(written)s of %(expected)s rows, so it was thrown away. Try again."
    ),
}

ACTS = {
    "ledgers.uploaded": _("Ledger uploaded"),
    "ledgers.duplicates_answered": _("Possible duplicates answered"),
    "ledgers.columns_mapped": _("Columns of a ledger explained"),
    "ledgers.applied": _("Ledger imported"),
    "ledgers.undone": _("Import undone"),
    "ledgers.dropped": _("Import dropped"),
    "ledgers.layout_saved": _("Layout saved"),
    "ledgers.layout_removed": _("Layout removed"),
    "ledgers.exported": _("List exported"),
}

STATES = {
    "reading": _("being read"),
    "checked": _("waiting for you"),
    "applying": _("being imported"),
    "done": _("imported"),
    "undone": _("undone"),
    "dropped": _("dropped"),
    "failed": _("not readable"),
}

CHANGES = {
    "dwelling_key": _("Dwelling"),
    "relation": _("Relation to head"),
    "is_head": _("Head of household"),
    "sex": _("Sex"),
    "birth_on": _("Birth date"),
    "kind": _("Lives here or only registered here"),
    "tenure": _("Tenure"),
    "documents": _("ID number"),
    "phones": _("Telephone"),
    "labels": _("Labels"),
    "traits": _("Circumstances"),
    "last_sample_at": _("Last sample"),
    "isolated_until": _("Isolated until"),
    "remark": _("Remark"),
    "starts_at": _("Here since"),
    "ends_at": _("Until"),
    "phone": _("Telephone"),
    "document": _("ID number"),
    "note": _("Remark"),
}

#: What undoing an import means for a person.
FATES = {
    "goes": _("leaves the register"),
    "restored": _("stands as before the import"),
    "stays": _("stays as it is now"),
}

BASES = {
    "document": _("by ID number"),
    "dwelling_name_birth": _("by dwelling, name and birth date"),
    "dwelling_name": _("by dwelling and name"),
    "answer": _("by your answer"),
    "stay": _("by door, name and time"),
}

#: Short names of the kinds of faults, for the filter of their list.
FAULT_NAMES = {
    "id_length": _("ID number: wrong length"),
    "id_characters": _("ID number: not a number"),
    "id_date": _("ID number: no such birth date"),
    "id_check_digit": _("ID number: mistyped"),
    "id_digits_lost": _("ID number: digits lost"),
    "id_of_another": _("ID number of somebody else in the file"),
    "id_of_resident": _("ID number of somebody else in the register"),
    "same_person_twice": _("The same person twice"),
    "phone_short": _("Telephone: too short"),
    "phone_long": _("Telephone: too long"),
    "phone_form": _("Telephone: not a number"),
    "phone_digits_lost": _("Telephone: digits lost"),
    "no_such_date": _("No such date"),
    "date_form": _("Not a date"),
    "date_incomplete": _("Incomplete date"),
    "date_ambiguous": _("Ambiguous date"),
    "date_no_year": _("Date without a year"),
    "birth_in_future": _("Birth date in the future"),
    "birth_contradicts_id": _("Birth date contradicts the ID number"),
    "sex_form": _("Not a sex"),
    "sex_contradicts_id": _("Sex contradicts the ID number"),
    "people_count": _("Number of people differs"),
    "address_date": _("Door number turned into a date"),
    "formula_without_value": _("Formula without a value"),
    "entered_as_dead": _("Entered as dead"),
    "no_table": _("No table of households"),
    "floor_chart": _("A chart of a building"),
    "positive_in_ledger": _("Positive sample"),
    "stay_ends_before": _("Stay ends before it begins"),
    "stay_too_far": _("Held back: comes later"),
    "no_name": _("Held back: no name"),
    "no_address": _("Held back: no address"),
    "no_name_no_address": _("Held back: no name, no address"),
}

TRAIL_FACTS = {
    "layout": pgettext_lazy("audit fact", "layout, no."),
}
