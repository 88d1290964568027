"""Choosing places on a form (选地点): suggestions while typing, each choice a chip; text without script.

A choice is a place of the register, perhaps some floors of it, in or out of the range. What is left
in the text field counts too, one place a line, so that the form works without script.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.orders.queries.matching import place_named, places_by_id
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.orders.rules.zones import line_words
from gridwell.places.labels import KINDS
from gridwell.places.models import Place
from gridwell.places.rules.levels import PlaceKind

MOST = 60  # more places than any order names for one community
_FLOORS = re.compile(r"(-?\d{1,3})(?:\s*[-—–~～至到]\s*(-?\d{1,3}))?")
_WORDS = re.compile(
    r"(?P<out>除)?(?P<name>.+?)(?:(?P<low>-?\d{1,3})(?:[-—–~～至到](?P<high>-?\d{1,3}))?层)?"
)
HAS_FLOORS = frozenset({PlaceKind.BUILDING.value, PlaceKind.UNIT.value})


@dataclass(frozen=True)
class Picked:
    """One choice: a place by id or in words, some floors of it, taken in or out."""

    place: int | None = None
    words: str = ""
    floors: tuple[int, int] | None = None
    is_except: bool = False


def picked_lines(lines: Iterable[ScopeLine]) -> list[Picked]:
    """Return the lines of a range as choices, to begin a form with."""
    return [
        Picked(place=line.place, floors=line.floors, is_except=line.is_except)
        for line in lines
        if line.place is not None
    ]


def read_words(text: str) -> list[Picked]:
    """Return the places that a text names, one a line: “除…外” takes out, “…1-3层” are floors."""
    found = []
    for line in re.split(r"[\n;；]+", text):
        words = "".join(line.split())
        shape = _WORDS.fullmatch(words.removesuffix("外") if words.startswith("除") else words)
        if shape is None:
            continue
        low, high = shape["low"], shape["high"] or shape["low"]
        found.append(
            Picked(
                words=shape["name"],
                floors=(int(low), int(high)) if low else None,
                is_except=bool(shape["out"]),
            )
        )
    return found


def read_floors(text: str) -> tuple[int, int] | None:
    """Return the floors written on a chip (3, 1-6), None when none are; refused when unclear."""
    plain = text.strip().removesuffix("层")
    if not plain:
        return None
    shape = _FLOORS.fullmatch(plain)
    if shape is None:
        raise forms.ValidationError(
            _("“%(text)s” are no floors: write 3, or 1-6.") % {"text": text}
        )
    return int(shape[1]), int(shape[2] or shape[1])


def place_of(community: int, picked: Picked) -> Place:
    """Return the place that was chosen or is named; refused when it is none or not clear which."""
    if picked.place is not None:
        place = places_by_id(community, [picked.place]).get(picked.place)
        if place is None:
            raise RuleBroken("orders.place_not_here")
        return place
    named = place_named(community, picked.words)
    if named is None:
        raise RuleBroken("orders.place_unclear", words=picked.words)
    return named


def lines_of(community: int, picked: Iterable[Picked]) -> list[tuple[Place, ScopeLine]]:
    """Return the choices as lines of a range with their places; refused when all take something out."""
    rows: list[tuple[Place, ScopeLine]] = []
    for one in picked:
        place = place_of(community, one)
        line = ScopeLine(place=place.pk, floors=one.floors, is_except=one.is_except)
        if all(line != known for _place, known in rows):
            rows.append((place, line))
    if rows and all(line.is_except for _place, line in rows):
        raise RuleBroken("orders.only_exceptions")
    return rows


def range_name(rows: Iterable[tuple[Place, ScopeLine]]) -> str:
    """Return a range in words: 金桂苑1号楼1-6层、2号楼，除…外."""
    rows = list(rows)
    taken = "、".join(line_words(p.full_name, line) for p, line in rows if not line.is_except)
    left = "、".join(line_words(p.full_name, line) for p, line in rows if line.is_except)
    return f"{taken}（{left}）" if left else taken


class PlacePicker(forms.Widget):
    """The widget: chips, a text field with suggestions. `community` is set by the form."""

    template_name = "command/widgets/place_picker.html"

    def __init__(
        self,
        *,
        with_exceptions: bool = False,
        with_floors: bool = False,
        doors_only: bool = False,
        is_single: bool = False,
    ) -> None:
        super().__init__()
        self.community = 0
        self.with_exceptions, self.with_floors = with_exceptions, with_floors
        self.doors_only, self.is_single = doors_only, is_single

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        def all_of(suffix: str) -> list[str]:
            key = f"{name}_{suffix}"
            return list(data.getlist(key)) if hasattr(data, "getlist") else list(data.get(key, ()))

        return {
            "words": (data.get(name) or "").replace("\0", ""),
            "chosen": all_of("chosen")[: MOST + 1],
            "how": all_of("how"),
            "floors": all_of("floors"),
        }

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, dict(attrs or {}))
        words, chips = self._shown(value)
        names = places_by_id(self.community, [pk for pk, _how, _floors in chips])
        query = f"?field={name}" + ("&doors=1" if self.doors_only else "")
        context["widget"] |= {
            "words": words,
            "chips": [
                {
                    "id": pk,
                    "text": names[pk].full_name,
                    "how": how,
                    "floors": floors,
                    "has_floors": self.with_floors and names[pk].kind in HAS_FLOORS,
                }
                for pk, how, floors in chips
                if pk in names
            ],
            "with_exceptions": self.with_exceptions,
            "with_floors": self.with_floors,
            "is_single": self.is_single,
            "url": reverse("place_suggest", kwargs={"area": self.community}) + query,
        }
        return context

    def _shown(self, value: Any) -> tuple[str, list[tuple[int, str, str]]]:
        if isinstance(value, dict):
            rows = _chips(value)
            return value["words"], [(pk, how, floors) for pk, how, floors in rows if pk]
        chosen = value if isinstance(value, list) else []
        return "", [
            (
                one.place,
                "out" if one.is_except else "in",
                f"{one.floors[0]}-{one.floors[1]}" if one.floors else "",
            )
            for one in chosen
            if one.place
        ]


def _chips(value: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    """Return the chips as they were sent; lists of unequal length are filled up."""
    rows = []
    for n, text in enumerate(value["chosen"]):
        how = value["how"][n] if n < len(value["how"]) else "in"
        floors = value["floors"][n] if n < len(value["floors"]) else ""
        rows.append((whole_number(text) or 0, how, floors[:12]))
    return rows


class PlacesField(forms.Field):
    """A field for places: cleaned to a list of `Picked`."""

    widget = PlacePicker

    def to_python(self, value: Any) -> list[Picked]:
        if not value:
            return []
        chosen = []
        for pk, how, floors in _chips(value):
            if not pk:
                raise forms.ValidationError(_("Choose the place from the suggestions again."))
            chosen.append(Picked(pk, "", read_floors(floors), is_except=how == "out"))
        chosen += read_words(value["words"])
        if len(chosen) > MOST:
            raise forms.ValidationError(
                _("At most %(most)s places can be chosen at once.") % {"most": MOST}
            )
        if getattr(self.widget, "is_single", False) and len(chosen) > 1:
            raise forms.ValidationError(_("Choose one place."))
        return chosen


def places_field(
    label: Any, *, required: bool = False, help_text: Any = "", **how: bool
) -> PlacesField:
    """Return a field for places. `how`: with_exceptions, with_floors, doors_only, is_single."""
    return PlacesField(
        label=label, required=required, help_text=help_text, widget=PlacePicker(**how)
    )


def set_community(form: forms.Form, community: int) -> None:
    """Tell the pickers of a form in which community they look."""
    for field in form.fields.values():
        if isinstance(field.widget, PlacePicker):
            field.widget.community = community


HELP = gettext_lazy("Type a part of its name and choose. Several can be chosen.")


def suggestion_rows(places: Iterable[Place]) -> list[dict[str, Any]]:
    """Return suggestions as the list shows them: the name, what it is, where it stands."""
    return [
        {
            "id": place.pk,
            "text": place.full_name,
            "kind": KINDS.get(place.kind, place.kind),
            "door": place.door,
            "grid": place.grid.name if place.grid is not None else "",
            "has_floors": place.kind in HAS_FLOORS,
        }
        for place in places
    ]
