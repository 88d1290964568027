"""Household colours that a ledger names and the rules do not give (户色差异)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gridwell.core.facts import holds_at
from gridwell.places.models import Place
from gridwell.residents.models import Label, LabelMark

PART = 800


def colour_differences(
    community: int,
    homes: Iterable[tuple[int, int, str]],
    now: datetime,
) -> list[dict[str, Any]]:
    """Return where a ledger's colour is not the one a household carries, in the order given.

    `homes` are (household, dwelling, colour). A colour that no label of the community has is left out:
    it can be neither given nor asked for. Three queries, more only for many households.
    """
    wanted = list(homes)
    labels = _labels(community)
    if not (wanted and labels):
        return []
    carried: dict[int, tuple[int, bool]] = {}
    doors: dict[int, str] = {}
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        marks = LabelMark.objects.filter(
            holds_at(now),
            community=community,
            household__in=[home for home, _door, _colour in part],
            label__in=[label.pk for label in labels.values()],
            superseded_at=None,
        ).order_by("label__rank")
        for home, label, is_manual, approved in marks.values_list(
            "household_id", "label_id", "is_manual", "approved_by"
        ):
            if not is_manual or approved is not None:
                carried[home] = (label, is_manual)
        places = Place.objects.filter(pk__in=[door for _home, door, _colour in part])
        doors.update(places.values_list("pk", "full_name"))
    out = []
    for home, door, colour in wanted:
        said = labels.get(colour)
        now_is = carried.get(home, (0, False))[0]
        if said is not None and said.pk != now_is:
            out.append(
                {
                    "household": home,
                    "door": doors.get(door, ""),
                    "said": said.pk,
                    "is": now_is or None,
                }
            )
    return out


def _labels(community: int) -> Mapping[str, Label]:
    """Return the label of each colour in the community's scheme of household colours."""
    rows = Label.objects.filter(
        community=community, scheme__subject="household", scheme__is_exclusive=True
    ).order_by("-scheme__is_board_scheme", "scheme__rank", "-rank")
    found: dict[str, Label] = {}
    for label in rows:
        found.setdefault(label.colour, label)
    return found
