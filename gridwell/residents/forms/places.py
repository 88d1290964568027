"""Forms of grids, places and the community's settings."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridwell.core.choices import offer
from gridwell.places import labels as place_labels
from gridwell.places.models import Grid, Place


class MergeForm(forms.Form):
    """A merge: the reason."""

    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea({"rows": 2}))


class GridForm(forms.Form):
    """Number and name of a grid, and the grid it is a part of."""

    number = forms.CharField(label=_("Number"), max_length=12)
    name = forms.CharField(label=_("Called"), max_length=60)
    parent = forms.TypedChoiceField(
        label=_("Part of"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, grids: Iterable[Grid] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(grid.pk, f"{grid.number} {grid.name}") for grid in grids]
        offer(self, "parent", [("", _("nothing: a whole grid")), *choices])


_whole = partial(forms.IntegerField, min_value=1)


class SettingsForm(forms.Form):
    """How a community has set up its desk: size bands, answer time, telephone."""

    grid_low = _whole(label=_("Households in a grid: at least"), max_value=100_000)
    grid_high = _whole(label=_("Households in a grid: at most"), max_value=100_000)
    micro_grid_low = _whole(label=_("Households in a micro-grid: at least"), max_value=100_000)
    micro_grid_high = _whole(label=_("Households in a micro-grid: at most"), max_value=100_000)
    objection_days = _whole(label=_("Days in which an objection is answered"), max_value=60)
    telephone = forms.CharField(
        label=_("Telephone of the desk, printed on notices"), max_length=40, required=False
    )


class PlaceForm(forms.Form):
    """A new place under a known one."""

    kind = forms.ChoiceField(label=_("Kind"), choices=lambda: list(place_labels.KINDS.items()))
    name = forms.CharField(label=_("Called"), max_length=80)


class PlaceEditForm(forms.Form):
    """Name of a place; floor and vacancy of a dwelling."""

    name = forms.CharField(label=_("Called"), max_length=80)
    floor = forms.IntegerField(label=_("Floor"), required=False, min_value=-9, max_value=200)
    is_vacant = forms.BooleanField(label=_("Stands empty"), required=False)

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if place.kind != "dwelling":
            del self.fields["floor"], self.fields["is_vacant"]


class AliasForm(forms.Form):
    """Another name of a place."""

    name = forms.CharField(label=_("Another name"), max_length=120)


class PlaceMergeForm(MergeForm):
    """The entry that this place is merged into."""

    into = forms.TypedChoiceField(label=_("Keep this one"), coerce=int)

    def __init__(self, *args: Any, places: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "into", [(p.pk, p.full_name) for p in places])
