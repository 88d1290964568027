"""A district of 100 communities goes into an emergency: posts, messages, trail, in one act."""

import sys
from time import perf_counter
from uuid import UUID

from bench import data
from bench.harness import Bench, Measured

NAME = "mode"
DISTRICT = 140109000000
COMMUNITIES = 100
#: Posts of one community: a desk, grid workers, building heads, and what is prepared.
DESKS, WORKERS, HEADS, PREPARED = 1, 8, 40, 6


def _lay() -> None:
    home = data.enter(NAME)
    if data.ready(home):
        return
    print(f"making {home}", file=sys.stderr)
    from gridwell.accounts.models import Post, User
    from gridwell.accounts.rules.actor import Role
    from gridwell.core import clock, installation
    from gridwell.demo import building, register
    from gridwell.places.models import Area
    from gridwell.places.rules.levels import AreaLevel
    from gridwell.tasks.models import TaskTemplate

    installation.lay_folder()
    installation.migrate()
    clock.move_to(building.STANDS_AT)
    now = building.STANDS_AT
    register.build_areas(now)
    street = Area.objects.create(
        code=140109990000, name="街道", level=AreaLevel.SUBDISTRICT.value, parent_id=DISTRICT
    )
    areas = Area.objects.bulk_create(
        Area(
            code=street.pk + 1 + n,
            name=f"社区{n}",
            level=AreaLevel.COMMUNITY.value,
            parent=street,
        )
        for n in range(COMMUNITIES)
    )
    kinds = (
        [(Role.COMMUNITY_OFFICER, "")] * DESKS
        + [(Role.GRID_WORKER, "")] * WORKERS
        + [(Role.BUILDING_HEAD, "")] * HEADS
        + [(Role.TEAM_MEMBER, "alert")] * (PREPARED // 2)
        + [(Role.TEAM_MEMBER, "emergency")] * (PREPARED - PREPARED // 2)
    )
    wanted = [(area, role, mode) for area in areas for role, mode in kinds]
    users = User.objects.bulk_create(
        User(username=f"u{n}", name=f"u{n}", created_at=now) for n in range(len(wanted) + 1)
    )
    Post.objects.bulk_create(
        Post(
            code=f"{area.pk}/{n}",
            role=role,
            title=role,
            area=area,
            holder=users[n],
            starts_at=now,
            activates_in=mode,
            is_standby=bool(mode),
        )
        for n, (area, role, mode) in enumerate(wanted)
    )
    Post.objects.create(
        code="district",
        role=Role.DISTRICT_OFFICER,
        title="district",
        area_id=DISTRICT,
        holder=users[-1],
        starts_at=now,
    )
    TaskTemplate.objects.bulk_create(
        TaskTemplate(community=area, kind="patrol", modes=["emergency"], starts_at=now)
        for area in areas
        for _ in range(3)
    )
    data.finish(home)


class _Undone(Exception):
    """Ends the transaction, so that the next measurement finds what this one found."""


def _switch() -> Measured:
    data.enter(NAME)
    from django.db import transaction
    from django.urls import get_resolver

    from gridwell.accounts.models import User
    from gridwell.accounts.queries import actor_of
    from gridwell.command.actions.modes import switch_mode
    from gridwell.command.queries.modes import mode_effect
    from gridwell.demo.building import STANDS_AT

    now = STANDS_AT
    chief = actor_of(User.objects.get(posts_held__code="district"), now)
    taken = 0.0
    assert get_resolver().url_patterns  # as in a server, which has them at hand
    try:
        with transaction.atomic():
            begun = perf_counter()
            effect = mode_effect(DISTRICT, "emergency", now)
            done = switch_mode(
                actor=chief,
                area=DISTRICT,
                mode="emergency",
                reason="bench",
                seen=effect.version,
                client_ref=UUID(int=7),
                now=now,
            )
            taken = perf_counter() - begun
            assert effect.communities >= COMMUNITIES
            assert done.posts == COMMUNITIES * PREPARED
            assert done.told > COMMUNITIES * (DESKS + WORKERS + HEADS)
            raise _Undone
    except _Undone:
        pass
    return Measured(taken)


BENCHES = [Bench("mode", "s", _switch, bar=5, prepare=_lay)]
