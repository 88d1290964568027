"""Codes of the organisation: the five of a key person, the four parties, work groups. Pure."""

from enum import StrEnum


class HelperRole(StrEnum):
    """The five named people of one key person (五包一), in the order in which lists show them."""

    CADRE = "cadre"
    GRID_WORKER = "grid_worker"
    MEDIC = "medic"
    POLICE = "police"
    VOLUNTEER = "volunteer"


class Party(StrEnum):
    """The four parties that answer for a person, a household or a site (四方责任)."""

    TERRITORY = "territory"
    DEPARTMENT = "department"
    EMPLOYER = "employer"
    PERSON = "person"


class GroupKind(StrEnum):
    """Kinds of groups: the leading group, and the three work groups of every grid (P16)."""

    LEADING = "leading"
    SAMPLING = "sampling"
    CONTROL = "control"
    LOGISTICS = "logistics"
    SPECIAL = "special"


#: What every grid must have.
WORK_GROUPS = (GroupKind.SAMPLING, GroupKind.CONTROL, GroupKind.LOGISTICS)


class GapKind(StrEnum):
    """Where no name stands: what the list of gaps is sorted by."""

    LEADING = "leading"
    GRID = "grid"
    GROUP = "group"
    GROUP_EMPTY = "group_empty"
    BUILDING = "building"
    POST = "post"
    CHARGE = "charge"
    KEY_PERSON = "key_person"
