"""Wording of places: kinds, levels and refusals."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.places.rules.levels import AreaLevel, PlaceKind

LEVELS: dict[str, Promise] = {
    AreaLevel.PROVINCE.value: _("province"),
    AreaLevel.CITY.value: _("city"),
    AreaLevel.DISTRICT.value: _("district"),
    AreaLevel.SUBDISTRICT.value: _("subdistrict"),
    AreaLevel.COMMUNITY.value: _("community"),
}
KINDS: dict[str, Promise] = {
    PlaceKind.COMPOUND.value: _("compound"),
    PlaceKind.VILLAGE.value: _("village"),
    PlaceKind.LANE.value: _("lane"),
    PlaceKind.BUILDING.value: _("building"),
    PlaceKind.ROW.value: _("row of houses"),
    PlaceKind.UNIT.value: _("unit"),
    PlaceKind.DWELLING.value: _("dwelling"),
    PlaceKind.SITE.value: _("shop or office"),
}
REFUSALS: dict[str, Promise] = {
    "places.not_allowed": _("Your post does not give you the right to do this here."),
    "places.no_name": _("A name is missing."),
    "places.no_reason": _("Give a reason; it is kept with the change."),
    "places.no_dwelling": _("The address does not end at a dwelling, shop or office."),
    "places.wrong_parent": _("A place of this kind cannot stand there."),
    "places.name_taken": _("There is already a place named %(name)s there."),
    "places.inside_itself": _("A place cannot be moved below itself."),
    "places.changed_meanwhile": _("Somebody changed this meanwhile; look at it again."),
    "places.grid_number_taken": _("There is already a grid with the number %(number)s."),
    "places.grid_too_deep": _("A micro-grid cannot be divided further."),
    "places.grid_ended": _("This grid has ended."),
    "places.band_upside_down": _("The lower bound is above the upper one."),
    "places.merge_unlike": _("Only two places of one kind in one community can be one."),
    "places.merge_itself": _("A place cannot be merged with itself or with what stands in it."),
    "places.merged_since": _("One of these places was merged again since; undo that first."),
    "places.bad_area_line": _("Line %(line)s is not “code,name” with 12 digits: %(text)s"),
    "places.parent_missing": _("The area %(parent)s above %(area)s is not known; list it as well."),
    "places.no_such_area": _("There is no area with the code %(area)s."),
    "places.other_level": _("%(old)s and %(new)s are codes of different levels."),
    "places.code_taken": _("The code %(area)s is already in use."),
}

#: What its acts are called in the audit trail.
TRAIL_ACTS = {
    "places.areas_loaded": pgettext_lazy("audit act", "areas loaded"),
    "places.recoded": pgettext_lazy("audit act", "area code changed"),
    "places.profile_set": pgettext_lazy("audit act", "community set up"),
    "places.tree_extended": pgettext_lazy("audit act", "places added in bulk"),
    "places.created": pgettext_lazy("audit act", "place added"),
    "places.renamed": pgettext_lazy("audit act", "place renamed"),
    "places.moved": pgettext_lazy("audit act", "place moved"),
    "places.dwelling_set": pgettext_lazy("audit act", "dwelling changed"),
    "places.alias_added": pgettext_lazy("audit act", "other name added"),
    "places.ended": pgettext_lazy("audit act", "place ended"),
    "places.merged": pgettext_lazy("audit act", "places merged"),
    "places.merge_undone": pgettext_lazy("audit act", "merging of places undone"),
    "places.grid_created": pgettext_lazy("audit act", "grid made"),
    "places.grid_renamed": pgettext_lazy("audit act", "grid edited"),
    "places.grid_drawn": pgettext_lazy("audit act", "grid drawn"),
    "places.grid_assigned": pgettext_lazy("audit act", "put into a grid"),
    "places.grid_ended": pgettext_lazy("audit act", "grid ended"),
}

TRAIL_SUBJECTS = {
    "places.place": pgettext_lazy("audit subject", "place"),
    "places.grid": pgettext_lazy("audit subject", "grid"),
    "places.area": pgettext_lazy("audit subject", "area"),
    "places.placemerge": pgettext_lazy("audit subject", "merging of places"),
}

TRAIL_FACTS = {
    "alias": pgettext_lazy("audit fact", "other name, no."),
    "below": pgettext_lazy("audit fact", "names below"),
    "dwellings": pgettext_lazy("audit fact", "dwellings"),
    "floor": pgettext_lazy("audit fact", "floor"),
    "grid": pgettext_lazy("audit fact", "grid, no."),
    "places": pgettext_lazy("audit fact", "places, no."),
    "under": pgettext_lazy("audit fact", "under, no."),
    "vacant": pgettext_lazy("audit fact", "vacant"),
}

PROFILE_FIELDS = {
    "grid_low": pgettext_lazy("setting", "fewest households of a grid"),
    "grid_high": pgettext_lazy("setting", "most households of a grid"),
    "micro_grid_low": pgettext_lazy("setting", "fewest households of a micro-grid"),
    "micro_grid_high": pgettext_lazy("setting", "most households of a micro-grid"),
}
