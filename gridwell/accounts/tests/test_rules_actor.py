"""Under which post an act is recorded."""

from datetime import UTC, datetime

import pytest

from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, HeldPost, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.audit.actions import record
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY

NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)


def post(code: str, low: int, high: int) -> HeldPost:
    return HeldPost(1, code, Role.COMMUNITY_OFFICER, code, low, high)


@pytest.mark.parametrize(
    ("area", "code"),
    [(15, "first"), (25, "second"), (19, "first"), (20, "second"), (99, "first"), (0, "first")],
)
def test_the_first_post_that_covers_the_area(area: int, code: str) -> None:
    actor = Actor(1, "x", posts=(post("first", 10, 20), post("second", 14, 30)))
    assert actor.post_code_at(area) == code


def test_nobody_and_the_system_have_none() -> None:
    assert Actor(1, "x").post_code_at(10) == ""
    assert Actor.system(10).post_code_at(10) == ""


@pytest.mark.django_db
def test_the_trail_names_the_post_of_the_community() -> None:
    user = make_user(username="two")
    for area in (COMMUNITY, OTHER_COMMUNITY):
        make_post(holder=user, area=area, code=f"post-{area}")
    actor = actor_of(user, NOW)
    for area in (OTHER_COMMUNITY, COMMUNITY):
        entry = record("core.tried", actor=actor, community=area)
        assert entry.post == f"post-{area}"
