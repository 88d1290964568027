"""What a row of the table of URL × role says, and who the roles are.

A row is one line in `tests/access/rows/<package>.py`:

    ROW("household_list", area=COMMUNITY, officer=200, grid_worker=200, district="look_reason"),
    ROW("post_file", {"post": a_post}, officer=200, grid_worker=404, district=200),

Values of the address may be functions of the cast, which make what the page is about. An expected
answer is a status, or the url name that the person is led to. What is not said: the anonymous are
led to sign-in, a stranger of another community and an administrator without posts get 404, the
subdistrict and the city see what the district sees. `data={}` posts instead of asking.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_user
from gridwell.core import clock
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_grid

DISTRICT = 140109000000
SIGN_IN = "account_login"
ROLES = (
    "anonymous",
    "stranger",
    "officer",
    "grid_worker",
    "subdistrict",
    "district",
    "city",
    "admin",
)

Answer = int | str


@dataclass
class Cast:
    """One person of each role; the officer and the grid worker are of COMMUNITY."""

    actors: dict[str, Actor]
    _cookies: dict[str, SimpleCookie] = field(default_factory=dict)

    @property
    def officer(self) -> Actor:
        return self.actors["officer"]

    @property
    def grid_worker(self) -> Actor:
        return self.actors["grid_worker"]

    def client(self, role: str) -> Client:
        """Return a browser in which this role is signed in."""
        client = Client(raise_request_exception=True)
        client.cookies.load(self._cookies.get(role, SimpleCookie()))
        return client

    def sign_in(self) -> None:
        """Sign everybody in, once for all browsers that `client` returns."""
        for role, actor in self.actors.items():
            client = Client()
            client.force_login(User.objects.get(pk=actor.user_id))
            self._cookies[role] = client.cookies


def make_cast() -> Cast:
    """Make the people of all roles."""
    now = clock.now()
    admin = make_user(username="admin", is_administrator=True)
    return Cast(
        {
            "stranger": make_actor(username="stranger", area=OTHER_COMMUNITY, now=now),
            "officer": make_actor(username="officer", now=now),
            "grid_worker": make_actor(
                username="grid_worker", role=Role.GRID_WORKER, grids=(make_grid(),), now=now
            ),
            "subdistrict": make_actor(
                username="subdistrict", role=Role.SUBDISTRICT_OFFICER, area=140109008000, now=now
            ),
            "district": make_actor(
                username="district", role=Role.DISTRICT_OFFICER, area=DISTRICT, now=now
            ),
            "city": make_actor(username="city", role=Role.CITY_OFFICER, area=140100000000, now=now),
            "admin": actor_of(admin, now),
        }
    )


Value = int | str | Callable[[Cast], Any]


@dataclass(frozen=True)
class Row:
    """What each role gets at one address."""

    name: str
    kwargs: Mapping[str, Value]
    answers: Mapping[str, Answer]
    data: Mapping[str, Any] | None = None
    query: str = ""
    case: str = field(default="")

    @property
    def title(self) -> str:
        return f"{self.name}{'-' if self.case else ''}{self.case}"


def ROW(
    name: str,
    kwargs: Mapping[str, Value] | None = None,
    *,
    officer: Answer,
    grid_worker: Answer,
    district: Answer,
    subdistrict: Answer | None = None,
    city: Answer | None = None,
    stranger: Answer = 404,
    admin: Answer = 404,
    anonymous: Answer = SIGN_IN,
    area: int | None = None,
    data: Mapping[str, Any] | None = None,
    query: str = "",
    case: str = "",
) -> Row:
    """Return a row; `case` tells two rows of one url name apart."""
    return Row(
        name,
        {**({"area": area} if area is not None else {}), **(kwargs or {})},
        {
            "anonymous": anonymous,
            "stranger": stranger,
            "officer": officer,
            "grid_worker": grid_worker,
            "subdistrict": district if subdistrict is None else subdistrict,
            "district": district,
            "city": district if city is None else city,
            "admin": admin,
        },
        data,
        query,
        case,
    )


def EVERYBODY(
    name: str,
    kwargs: Mapping[str, Value] | None = None,
    *,
    to: Answer = 200,
    anonymous: Answer = SIGN_IN,
    data: Mapping[str, Any] | None = None,
    query: str = "",
    **but: Answer,
) -> Row:
    """Return a row of a page that is the same for all who are signed in, `but` for some roles."""
    answers = {**dict.fromkeys(ROLES, to), "anonymous": anonymous, **but}
    return Row(name, kwargs or {}, answers, data, query)


__all__ = ["COMMUNITY", "DISTRICT", "EVERYBODY", "OTHER_COMMUNITY", "ROW", "SIGN_IN", "Cast", "Row"]
