"""Which posts there can be: at what level, with what scope. Pure."""

from gridwell.accounts.rules.actor import Role
from gridwell.places.rules.levels import AreaLevel

#: The level of area at which each role stands.
LEVEL_OF: dict[Role, AreaLevel] = {
    Role.CITY_OFFICER: AreaLevel.CITY,
    Role.DISTRICT_OFFICER: AreaLevel.DISTRICT,
    Role.SUBDISTRICT_OFFICER: AreaLevel.SUBDISTRICT,
    Role.COMMUNITY_OFFICER: AreaLevel.COMMUNITY,
    Role.GRID_WORKER: AreaLevel.COMMUNITY,
}

#: What an absence is for; who writes it is its source.
ABSENCE_REASONS = ("leave", "illness", "isolation", "closed_building", "silent", "other")


def post_refusal(role: Role, level: AreaLevel, grids: int) -> str | None:
    """Return why a post of this role cannot stand at this level with so many grids, or None."""
    if LEVEL_OF[role] is not level:
        return "accounts.role_not_at_level"
    if role is Role.GRID_WORKER and not grids:
        return "accounts.grids_needed"
    if role is not Role.GRID_WORKER and grids:
        return "accounts.grids_not_for_role"
    return None


def roles_at(level: AreaLevel) -> tuple[Role, ...]:
    """Return the roles that can stand at a level."""
    return tuple(role for role, at in LEVEL_OF.items() if at is level)
