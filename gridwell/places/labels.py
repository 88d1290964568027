"""Wording of places: kinds, levels and refusals."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
