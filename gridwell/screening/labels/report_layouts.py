"""Words of the forms that offices keep of a round's report."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.screening.labels.rounds import DOOR_REASONS, EXEMPT_REASONS, STATUSES
from gridwell.screening.rules.report_layouts import (
    BY_BUILDING,
    OWN,
    PEOPLE,
    RESULTS,
    TIMES,
    WHYS,
    WORDS,
    Rows,
)

_EXEMPT, _AT_DOOR = _("Exempt"), _("At the door")
#: What a figure or word of a report is called; a slash makes two levels of header.
FIELDS = {
    "serial": pgettext_lazy("column", "No."),
    "subdistrict": _("Subdistrict"),
    "community": _("Community"),
    "community_code": _("Code of the community"),
    "grid": _("Grid"),
    "building": _("Building"),
    "day": _("Day"),
    "round": _("Round"),
    "purpose": _("What for"),
    "basis": _("Basis"),
    "pool": _("People a tube"),
    "due": pgettext_lazy("in a round", "Due"),
    "sampled": _("Sampled"),
    "percent": _("Covered"),
    "missing": pgettext_lazy("in a round", "Missing"),
    **{field: STATUSES[status] for field, status in WHYS.items()},
    "missing_why": _("Missing, by why"),
    "exempt": _EXEMPT,
    **{
        f"exempt.{reason}": format_lazy("{}/{}", _EXEMPT, words)
        for reason, words in EXEMPT_REASONS.items()
    },
    "exempt_why": _("Exempt, by reason"),
    "at_door": _AT_DOOR,
    **{
        f"at_door.{reason}": format_lazy("{}/{}", _AT_DOOR, words)
        for reason, words in DOOR_REASONS.items()
    },
    "added": _("Added later"),
    "removed": _("Taken out"),
    "tubes": _("Tubes"),
    "positive_tubes": _("Tubes positive or unclear"),
    "negative": _("Negative people"),
    "positive": _("Positive people"),
    "waiting": _("Without a result"),
    "first_sample": _("First sample"),
    "last_sample": _("Last sample"),
    "last_result": _("Last result"),
    "text": _("The same words in each line"),
    "blank": _("Empty, to be filled in by hand"),
}

#: In which groups the contents of a column are offered.
GROUPS = (
    (_("Which line"), WORDS),
    (_("People"), PEOPLE),
    (_("Results"), RESULTS),
    (_("Times"), tuple(TIMES)),
    (_("Of one's own"), OWN),
)

ROWS = {
    Rows.ROUND.value: pgettext_lazy("one line for", "each round"),
    Rows.COMMUNITY.value: pgettext_lazy("one line for", "each community"),
    Rows.GRID.value: pgettext_lazy("one line for", "each grid"),
    Rows.BUILDING.value: pgettext_lazy("one line for", "each building"),
}

#: Forms that nobody had to keep.
BUILT_IN = {
    "full": _("all figures"),
    "daily": _("daily form"),
    "results": _("results form"),
    BY_BUILDING: _("by grid and building"),
}

REFUSALS = {
    "screening.layout_needs_name": _("Give the layout a name, so that others find it."),
    "screening.layout_no_columns": _("A layout needs at least one column with content."),
    "screening.layout_too_wide": _("A layout has at most %(most)s columns."),
    "screening.layout_field_unknown": _(
        "A column asks for something that a report does not hold. Choose its content again."
    ),
    "screening.layout_says_nothing": _(
        "All columns are empty or hold the same words in each line. Add at least one of the report."
    ),
    "screening.layout_name_taken": _(
        "This office keeps a layout named “%(name)s” already. Choose another name."
    ),
    "screening.layout_changed": _(
        "Somebody changed this layout while you were at it. Nothing was written over."
    ),
    "screening.layout_removed": _("This layout was removed meanwhile. It can be put back."),
    "screening.layout_of_another": _(
        "This layout belongs to %(office)s. Copy it to make one of your own."
    ),
    "screening.too_many_layouts": _(
        "An office keeps at most %(most)s layouts. Remove one that nobody uses."
    ),
}

TRAIL_ACTS = {
    "screening.report_layout_saved": pgettext_lazy("audit act", "report layout saved"),
    "screening.report_layout_removed": pgettext_lazy("audit act", "report layout removed"),
    "screening.report_layout_restored": pgettext_lazy("audit act", "report layout put back"),
}

TRAIL_SUBJECTS = {"screening.reportlayout": pgettext_lazy("audit subject", "report layout")}

TRAIL_FACTS = {
    "columns": pgettext_lazy("audit fact", "columns"),
}

#: The files of these forms in the audit trail.
LISTS = {
    "round-form": pgettext_lazy("a list", "form of a round's report"),
    "round-layouts": pgettext_lazy("a list", "layouts of the report"),
}
