"""Who acts: a user with effective posts, and what each role may do. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Roles a post can have."""

    CITY_OFFICER = "city_officer"
    DISTRICT_OFFICER = "district_officer"
    SUBDISTRICT_OFFICER = "subdistrict_officer"
    COMMUNITY_OFFICER = "community_officer"
    GRID_WORKER = "grid_worker"
    BUILDING_HEAD = "building_head"
    UNIT_HEAD = "unit_head"
    TEAM_MEMBER = "team_member"


#: Roles without a desk: they see their own tasks and nothing of the register.
DUTY_ROLES = frozenset({Role.BUILDING_HEAD, Role.UNIT_HEAD, Role.TEAM_MEMBER})


class Right(StrEnum):
    """What a role may do inside its scope."""

    SEE_COUNTS = "see_counts"
    SEE_NAMES = "see_names"  # names of residents without giving a reason each time
    UNMASK = "unmask"  # whole numbers, with a reason, logged
    EDIT_REGISTER = "edit_register"
    DRAW_GRIDS = "draw_grids"
    IMPORT_LEDGERS = "import_ledgers"
    EXPORT_LEDGERS = "export_ledgers"
    APPROVE_LABELS = "approve_labels"
    ENTER_NOTICES = "enter_notices"
    APPROVE_ORDERS = "approve_orders"  # for the own community
    APPROVE_ORDERS_BELOW = "approve_orders_below"  # for all communities below
    RECORD_HEALTH = "record_health"
    MANAGE_PROTOCOLS = "manage_protocols"
    MANAGE_POSTS = "manage_posts"  # users and posts inside the scope
    READ_AUDIT = "read_audit"


_UPPER = frozenset(
    {
        Right.SEE_COUNTS,
        Right.UNMASK,
        Right.ENTER_NOTICES,
        Right.APPROVE_ORDERS,
        Right.APPROVE_ORDERS_BELOW,
        Right.MANAGE_PROTOCOLS,
        Right.MANAGE_POSTS,
        Right.READ_AUDIT,
    }
)
_ALL_IN_COMMUNITY = frozenset(
    {
        Right.SEE_COUNTS,
        Right.SEE_NAMES,
        Right.UNMASK,
        Right.EDIT_REGISTER,
        Right.DRAW_GRIDS,
        Right.IMPORT_LEDGERS,
        Right.EXPORT_LEDGERS,
        Right.APPROVE_LABELS,
        Right.ENTER_NOTICES,
        Right.APPROVE_ORDERS,
        Right.RECORD_HEALTH,
        Right.MANAGE_POSTS,
        Right.READ_AUDIT,
    }
)
#: What each role may do. A table, so that a test can print and compare it.
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CITY_OFFICER: _UPPER,
    Role.DISTRICT_OFFICER: _UPPER,
    Role.SUBDISTRICT_OFFICER: _UPPER,
    Role.COMMUNITY_OFFICER: _ALL_IN_COMMUNITY,
    Role.GRID_WORKER: frozenset(
        {
            Right.SEE_COUNTS,
            Right.SEE_NAMES,
            Right.UNMASK,
            Right.EDIT_REGISTER,
            Right.RECORD_HEALTH,
            Right.EXPORT_LEDGERS,
        }
    ),
    Role.BUILDING_HEAD: frozenset(),
    Role.UNIT_HEAD: frozenset(),
    Role.TEAM_MEMBER: frozenset(),
}


@dataclass(frozen=True)
class HeldPost:
    """A post that the actor effectively holds now. [low, high) is its range of area codes.

    `grids` None means the whole range; a set of grid ids (micro-grids included) narrows it.
    `place` is the building or unit in charge, `team` the group, both by id.
    """

    id: int
    code: str
    role: Role
    title: str
    low: int
    high: int
    grids: frozenset[int] | None = None
    is_deputy: bool = False
    place: int | None = None
    team: int | None = None

    def covers(self, area: int) -> bool:
        """Return whether an area lies inside the post's range."""
        return self.low <= area < self.high


@dataclass(frozen=True)
class Actor:
    """Someone who reads or acts. Every read starts from one; there is no other way in.

    `posts` are those with a desk: only they cover areas and give rights. `duties` are the others
    (building and unit heads, members of groups): who holds only such sees their own tasks.
    `post_code_at` is the post under which an act is recorded.
    """

    user_id: int | None
    display_name: str
    posts: tuple[HeldPost, ...] = ()
    is_administrator: bool = False
    is_system: bool = False
    system_area: int | None = None
    duties: tuple[HeldPost, ...] = ()

    @classmethod
    def system(cls, community: int) -> "Actor":
        """Return the actor of background work in one community (0 = the installation)."""
        return cls(user_id=None, display_name="system", is_system=True, system_area=community)

    @property
    def all_posts(self) -> tuple[HeldPost, ...]:
        """Return every post effectively held, with a desk or without: whose tasks are one's own."""
        return self.posts + self.duties

    def posts_at(self, area: int) -> tuple[HeldPost, ...]:
        """Return the posts whose range covers an area."""
        return tuple(post for post in self.posts if post.covers(area))

    def covers(self, area: int) -> bool:
        """Return whether the actor may look at an area at all."""
        if self.is_system:
            return self.system_area in {0, area}
        return bool(self.posts_at(area))

    def may(self, right: Right, area: int) -> bool:
        """Return whether any post that covers the area gives the right."""
        if self.is_system:
            return self.covers(area)
        return any(right in RIGHTS[post.role] for post in self.posts_at(area))

    def grids_at(self, community: int) -> frozenset[int] | None:
        """Return the grids to which reads in a community are narrowed; None = the whole of it."""
        posts = self.posts_at(community)
        if self.is_system or any(post.grids is None for post in posts):
            return None
        return frozenset().union(*(post.grids or frozenset() for post in posts))

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Return the ranges of area codes of all posts, each [low, high)."""
        if self.is_system:
            area = self.system_area or 0
            return ((area, area + 1),) if area else ((0, 10**12),)
        return tuple(sorted({(post.low, post.high) for post in self.posts}))

    def spans_with(self, right: Right) -> tuple[tuple[int, int], ...]:
        """Return the ranges of area codes in which the actor has a right, each [low, high)."""
        if self.is_system:
            return self.spans
        return tuple(
            sorted({(post.low, post.high) for post in self.posts if right in RIGHTS[post.role]})
        )

    def may_anywhere(self, right: Right) -> bool:
        """Return whether any post gives the right, wherever: for the navigation."""
        return bool(self.spans_with(right))

    def may_manage_posts(self, area: int) -> bool:
        """Return whether the actor may make users and posts at an area.

        Inside their range, or anywhere for an administrator of the installation, who sees no residents.
        """
        return self.runs_installation or self.may(Right.MANAGE_POSTS, area)

    @property
    def runs_installation(self) -> bool:
        """Return whether the actor keeps the installation: an administrator, or its own commands."""
        return self.is_administrator or (self.is_system and self.system_area == 0)

    @property
    def manages_posts(self) -> bool:
        """Return whether the pages of users and posts are open to the actor."""
        return self.runs_installation or self.may_anywhere(Right.MANAGE_POSTS)

    def post_code_at(self, area: int) -> str:
        """Return the code of the post under which an act at an area is recorded; empty for none.

        The first post that covers the area, one with a desk before others; where none does, as in
        the installation, the first.
        """
        held = self.all_posts
        return next((post.code for post in held if post.covers(area)), held[0].code if held else "")
