"""Words of the organisation: kinds of groups, roles of helpers, parties, refusals, acts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.organisation.rules.kinds import GapKind, GroupKind, HelperRole, Party

#: As a card of the chart has room for.
GROUPS_SHORT = {
    GroupKind.SAMPLING.value: pgettext_lazy("group, short", "Sampling"),
    GroupKind.CONTROL.value: pgettext_lazy("group, short", "Control"),
    GroupKind.LOGISTICS.value: pgettext_lazy("group, short", "Logistics"),
}

HELPERS = {
    HelperRole.CADRE.value: pgettext_lazy("five-to-one", "Cadre"),
    HelperRole.GRID_WORKER.value: pgettext_lazy("five-to-one", "Grid worker"),
    HelperRole.MEDIC.value: pgettext_lazy("five-to-one", "Medic"),
    HelperRole.POLICE.value: pgettext_lazy("five-to-one", "Police officer"),
    HelperRole.VOLUNTEER.value: pgettext_lazy("five-to-one", "Volunteer"),
}

#: Columns of a ledger: who, and the telephone.
FIVE_COLUMNS = {
    HelperRole.CADRE.value: (_("Five-to-one: cadre"), _("Five-to-one: cadre, telephone")),
    HelperRole.GRID_WORKER.value: (
        _("Five-to-one: grid worker"),
        _("Five-to-one: grid worker, telephone"),
    ),
    HelperRole.MEDIC.value: (_("Five-to-one: medic"), _("Five-to-one: medic, telephone")),
    HelperRole.POLICE.value: (_("Five-to-one: police"), _("Five-to-one: police, telephone")),
    HelperRole.VOLUNTEER.value: (
        _("Five-to-one: volunteer"),
        _("Five-to-one: volunteer, telephone"),
    ),
}

PARTIES = {
    Party.TERRITORY.value: pgettext_lazy("four parties", "Territory"),
    Party.DEPARTMENT.value: pgettext_lazy("four parties", "Department"),
    Party.EMPLOYER.value: pgettext_lazy("four parties", "Employer"),
    Party.PERSON.value: pgettext_lazy("four parties", "The person"),
}

GAPS = {
    GapKind.LEADING.value: _("No leading group"),
    GapKind.GRID.value: _("Grids without a grid worker"),
    GapKind.GROUP.value: _("Grids without a work group"),
    GapKind.GROUP_EMPTY.value: _("Groups without a leader"),
    GapKind.BUILDING.value: _("Buildings without a head"),
    GapKind.POST.value: _("Posts without anyone"),
    GapKind.CHARGE.value: _("Places in nobody's charge"),
    GapKind.KEY_PERSON.value: _("Isolated at home without the five"),
}

REFUSALS = {
    "organisation.nobody_named": _("Name somebody: choose a post or an account, or write a name."),
    "organisation.named_twice": _(
        "Name one: a post, an account, or a written name, not two of them."
    ),
    "organisation.changed_meanwhile": _(
        "Somebody changed this meanwhile. Look again, then decide."
    ),
    "organisation.already_ended": _("This has ended already."),
    "organisation.place_or_grid": _("Choose a place or a grid, one of the two."),
    "organisation.place_elsewhere": _("The chosen place or grid does not belong to %(area)s."),
    "organisation.same_charge": _("%(name)s has this charge already."),
    "organisation.reason_needed": _("Give the reason in a few words; it is kept with the act."),
    "organisation.person_elsewhere": _("The chosen post or account does not belong to %(area)s."),
    "organisation.household_over": _(
        "This household has ended. Open the one its people live in now."
    ),
    "organisation.shift_backwards": _("The turn would end before it begins."),
    "organisation.shift_too_long": _("A turn of duty lasts three days at most. Check the days."),
    "organisation.shift_overlaps": _(
        "%(name)s is on duty for “%(post)s” at that time already (%(when)s). Choose somebody else, or say why "
        "both are possible."
    ),
    "organisation.shift_same": _("This very turn stands on the roster already."),
    "organisation.shift_over": _("This turn was cancelled."),
    "organisation.not_of_post": _("Only A and the deputies of a post stand on its roster."),
    "organisation.post_elsewhere": _("This post does not belong to %(area)s."),
    "organisation.head_exists": _("%(place)s has a head already. Hand that post over instead."),
    "organisation.import_decided": _("This table was written or thrown away already."),
    "organisation.too_many_lines": _("The table has more than %(most)s lines. Cut it in parts."),
    "organisation.import_undone": _("This import was undone already."),
    "organisation.file_unread": _("The file could not be read as a spreadsheet."),
    "organisation.no_header": _("No row with the columns “Duty” and “Name” was found in the file."),
}

TRAIL_ACTS = {
    "organisation.charge_named": _("Area of charge given to a person"),
    "organisation.charge_ended": _("Area of charge ended"),
    "organisation.five_set": _("Five-to-one team set"),
    "organisation.five_imported": _("Five-to-one teams imported"),
    "organisation.five_import_undone": _("Import of five-to-one teams undone"),
    "organisation.party_named": _("One of the four parties named"),
    "organisation.party_ended": _("One of the four parties ended"),
    "organisation.shift_made": _("Turn of duty entered"),
    "organisation.shift_changed": _("Turn of duty changed"),
    "organisation.shift_cancelled": _("Turn of duty cancelled"),
    "organisation.week_copied": _("Week of the roster copied"),
    "organisation.feed_made": _("Calendar address made"),
    "organisation.feed_revoked": _("Calendar address revoked"),
    "organisation.imported": _("Organisation imported from a ledger"),
    "organisation.import_undone": _("Import of the organisation undone"),
}

TRAIL_SUBJECTS = {
    "organisation.charge": _("Area of charge"),
    "organisation.fourparty": _("Four-party responsibility"),
    "organisation.shift": _("Turn of duty"),
    "organisation.calendarfeed": _("Calendar address"),
    "organisation.importtrace": _("Import of the organisation"),
}

#: Why a line of a table cannot be written, and what to do.
IMPORT_FAULTS = {
    "no_name": _("no name: add it, or remove the line"),
    "duty_unknown": _(
        "the duty was not understood: write leading group, sampling, control, logistics, building "
        "head, unit head or in charge"
    ),
    "grid_unknown": _("there is no grid “%(said)s” here: write its number as on the page of grids"),
    "place_unknown": _(
        "there is no “%(said)s” of this kind here: write its name as the register has it"
    ),
    "place_many": _("several places are called “%(said)s”: write the compound as well"),
    "place_needed": _("say for which building, unit or grid"),
    "place_twice": _("row %(row)s names %(name)s for the same place: name the second as deputy"),
    "telephone": _("“%(said)s” is no telephone number: ask for it again, or leave it empty"),
    "deputy_telephones": _("as many telephone numbers as deputies are needed, in the same order"),
    "not_a_name": _("a number stands where a name should"),
    "name_many": _("several people here are called %(name)s: add the telephone number"),
    "deputy_is_holder": _("%(name)s cannot be their own deputy: name somebody else"),
    "deputy_twice": _("one person stands twice in the line of deputies: remove one"),
    "no_deputies_here": _("whoever is in charge of an area has no deputy: use a line of their own"),
    "twice": _("stands in the table twice: remove one of the lines"),
}

#: What should be looked at although the line is written.
IMPORT_NOTES = {
    "same_household": _("A and deputy live in one household: an isolation takes both"),
    "same_building": _("A and deputy live in one building: closing it takes both"),
    "second_leader": _("the group has a leader already: becomes a member"),
}

#: Of a ledger of residents: a short name, and the sentence that says why and what to do.
HEAD_FLAWS = {
    "duty_unknown": (
        _("Duty not understood"),
        _(
            "“%(value)s” names no head of a building or unit, so nobody is named by it. Write it as "
            "“building head of building 1”, or leave the cell empty."
        ),
    ),
    "place_unknown": (
        _("Duty: no such building or unit"),
        _(
            "There is no building or unit as “%(value)s” names it. Write its name as the register has "
            "it, or add the building first."
        ),
    ),
    "place_many": (
        _("Duty: several buildings called so"),
        _(
            "Several buildings or units are called as “%(value)s” says. Write the compound before it."
        ),
    ),
    "place_needed": (
        _("Duty: building or unit missing"),
        _(
            "The door of this line lies in no building or unit. Write which one “%(value)s” is about."
        ),
    ),
    "second": (
        _("Duty: second head"),
        _(
            "Row %(other_row)s already names %(other_name)s as head of %(place)s, who is taken. A "
            "second person can be named as deputy on the page of the post."
        ),
    ),
    "taken": (
        _("Duty: has a head already"),
        _(
            "%(place)s has %(holder)s as its head, which stays so. Hand the post over on its page if "
            "%(name)s is to take it."
        ),
    ),
}

FIVE_FLAWS = {
    "no_name": (
        _("Five-to-one: not a name"),
        _("“%(value)s” is not a name. Write the name here and the number in the column beside it."),
    ),
    "telephone": (
        _("Five-to-one: telephone"),
        _("%(value)s is not a telephone number. The person is named without it; ask for it again."),
    ),
    "nobody": (
        _("Five-to-one: number without a name"),
        _("The number %(value)s has no name beside it, so nobody is named. Add the name."),
    ),
    "differs": (
        _("Five-to-one: two names for one household"),
        _(
            "Row %(other_row)s of the same household already names %(other_name)s, who is taken. Write "
            "the same name in both lines."
        ),
    ),
}

IMPORT_OUTCOMES = {
    "new": _("new"),
    "change": _("takes over the post"),
    "same": _("stands already"),
    "deputies": _("gets other deputies"),
    "leads": _("leads the group from now on"),
}

IMPORT_KINDS = {
    "leading": _("Leading group"),
    "sampling": _("Sampling group"),
    "control": _("Control and isolation group"),
    "logistics": _("Logistics group"),
    "special": _("Special group"),
    "building_head": _("Building head"),
    "unit_head": _("Unit head"),
    "charge": _("Area of charge"),
}

IMPORT_STATES = {
    "checked": _("waits for a decision"),
    "done": _("written"),
    "undone": _("undone"),
}

TRAIL_FACTS = {
    "again": pgettext_lazy("audit fact", "entered again"),
    "clashing": pgettext_lazy("audit fact", "clashing turns"),
    "roles": pgettext_lazy("audit fact", "roles"),
}
