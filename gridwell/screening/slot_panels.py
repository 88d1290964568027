"""What slots show on the household's file: to which site its people are called, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.residents.models import Household
from gridwell.screening.models import RoundMember
from gridwell.screening.presenters.rounds import round_name
from gridwell.screening.queries.called_to import DoorSlot, slots_of_door


@dataclass(frozen=True)
class Line:
    """A round of the panel: its name, the slot, and how many of the household are sampled at the door."""

    name: str
    at: DoorSlot
    at_door: int
    coming: int


@dataclass(frozen=True)
class SlotPanel:
    """The panel of the household file; nothing is shown of a household that is in no slot."""

    template: str
    area: int
    lines: list[Line]


def household_panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[SlotPanel]:
    """Say where each household is called in the rounds of today and the days to come."""
    homes = Household.objects.filter(pk__in=ids, ends_at=None).select_related("dwelling")
    for home in homes:
        lines = [_line(home, found) for found in slots_of_door(home.dwelling, clock.today())]
        if lines:
            yield SlotPanel("screening/parts/slot_panel.html", home.community_id, lines)


def _line(home: Household, found: DoorSlot) -> Line:
    members = RoundMember.objects.filter(
        community_id=home.community_id,
        round=found.round,
        household=home,
        removed_at=None,
        exempt="",
    )
    at_door = list(members.values_list("at_door", flat=True))
    return Line(
        name=round_name(found.round),
        at=found,
        at_door=sum(at_door),
        coming=len(at_door) - sum(at_door) if at_door else -1,
    )
