"""What a task made by hand is for: found by building and door (派单对象)."""

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import RuleBroken
from gridwell.places.models import Place
from gridwell.places.queries import dwellings_of
from gridwell.residents.queries import households_of
from gridwell.tasks.kinds import Kind


def subject_at(
    actor: Actor, community: int, kind: Kind, building: Place | None, door: str
) -> tuple[str, int]:
    """Return (kind of subject, id) of what a person named by a building and a door number.

    Raises RuleBroken where the kind needs more, or where a door does not lead to one household.
    """
    door = door.strip()
    if door and building is None:
        raise RuleBroken("tasks.building_needed")
    if kind.subject_kind == "household":
        if building is None or not door:
            raise RuleBroken("tasks.door_needed")
        return "household", _household(actor, community, _door(actor, community, building, door))
    if kind.subject_kind == "building":
        if building is None:
            raise RuleBroken("tasks.building_needed")
        return "building", building.pk
    if kind.subject_kind == "resident":
        raise RuleBroken("tasks.from_the_file")
    if building is None:
        return ("area", community) if kind.subject_kind == "place" else ("none", 0)
    place = _door(actor, community, building, door) if door else building
    return "place", place.pk


def _door(actor: Actor, community: int, building: Place, door: str) -> Place:
    found = dwellings_of(actor, community).filter(building=building, door=door)
    place = found.first()
    if place is None:
        raise RuleBroken("tasks.door_unknown", door=door, building=building.full_name)
    return place


def _household(actor: Actor, community: int, place: Place) -> int:
    homes = list(
        households_of(actor, community).filter(dwelling=place).values_list("pk", flat=True)[:2]
    )
    if len(homes) != 1:
        code = "tasks.door_several" if homes else "tasks.door_empty"
        raise RuleBroken(code, door=place.full_name)
    return homes[0]
