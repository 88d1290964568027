"""Which posts there can be: at what level, with what scope. Pure."""

from gridwell.accounts.rules.actor import Role
from gridwell.places.rules.levels import AreaLevel, PlaceKind

#: The level of area at which each role stands.
LEVEL_OF: dict[Role, AreaLevel] = {
    Role.CITY_OFFICER: AreaLevel.CITY,
    Role.DISTRICT_OFFICER: AreaLevel.DISTRICT,
    Role.SUBDISTRICT_OFFICER: AreaLevel.SUBDISTRICT,
    Role.COMMUNITY_OFFICER: AreaLevel.COMMUNITY,
    Role.GRID_WORKER: AreaLevel.COMMUNITY,
    Role.BUILDING_HEAD: AreaLevel.COMMUNITY,
    Role.UNIT_HEAD: AreaLevel.COMMUNITY,
    Role.TEAM_MEMBER: AreaLevel.COMMUNITY,
}

#: What a building or unit head is in charge of.
PLACE_OF: dict[Role, frozenset[PlaceKind]] = {
    Role.BUILDING_HEAD: frozenset({PlaceKind.BUILDING, PlaceKind.ROW}),
    Role.UNIT_HEAD: frozenset({PlaceKind.UNIT}),
}

#: Kinds of groups (P16): the leading group, three work groups in each grid, and special ones.
TEAM_KINDS = ("leading", "sampling", "control", "logistics", "special")

#: How a rehearsal of stepping in went.
REHEARSAL_RESULTS = ("smooth", "faults", "failed")

#: Modes from the calmest on; a prepared post holds from its mode on.
MODES = ("routine", "alert", "emergency")

#: What an absence is for; who writes it is its source.
ABSENCE_REASONS = ("leave", "illness", "isolation", "closed_building", "silent", "other")


def post_refusal(
    role: Role, level: AreaLevel, grids: int, place: PlaceKind | None = None, has_team: bool = False
) -> str | None:
    """Return why a post of this role cannot stand so, or None: level, grids, place and group fit."""
    kinds = PLACE_OF.get(role)
    checks = (
        (LEVEL_OF[role] is not level, "accounts.role_not_at_level"),
        (role is Role.GRID_WORKER and not grids, "accounts.grids_needed"),
        (role is not Role.GRID_WORKER and bool(grids), "accounts.grids_not_for_role"),
        (kinds is None and place is not None, "accounts.place_not_for_role"),
        (kinds is not None and place not in kinds, "accounts.place_needed"),
        (has_team != (role is Role.TEAM_MEMBER), "accounts.team_for_members"),
    )
    return next((code for is_wrong, code in checks if is_wrong), None)


def modes_up_to(mode: str) -> tuple[str, ...]:
    """Return the modes in which a prepared post holds when `mode` is in force."""
    return MODES[1 : MODES.index(mode) + 1]


def roles_at(level: AreaLevel) -> tuple[Role, ...]:
    """Return the roles that can stand at a level."""
    return tuple(role for role, at in LEVEL_OF.items() if at is level)
