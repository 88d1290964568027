"""Who effectively holds 10,000 posts, with A and two deputies each and one in ten away."""

import random
import sys
from datetime import timedelta
from time import perf_counter

from bench import data
from bench.harness import SEED, Bench, Measured

POSTS = 10_000
NAME = "holders"


def _lay() -> None:
    home = data.enter(NAME)
    if data.ready(home):
        return
    print(f"making {home}", file=sys.stderr)
    from gridwell.accounts.models import Absence, Post, PostDeputy, User
    from gridwell.accounts.rules.actor import Role
    from gridwell.core import clock, installation
    from gridwell.demo import building, register
    from gridwell.places.models import Area
    from gridwell.places.rules.levels import AreaLevel

    installation.lay_folder()
    installation.migrate()
    clock.move_to(building.STANDS_AT)
    now = building.STANDS_AT
    register.build_areas(now)
    area = Area.objects.filter(level=AreaLevel.DISTRICT).order_by("pk")[0]
    pick = random.Random(SEED)
    users = User.objects.bulk_create(
        User(username=f"u{n}", name=f"u{n}", created_at=now, is_active=n % 50 != 0)
        for n in range(2 * POSTS)
    )
    posts = Post.objects.bulk_create(
        Post(
            code=f"{area.pk}/bench-{n}",
            role=Role.DISTRICT_OFFICER,
            title=f"post {n}",
            area=area,
            holder=users[n] if n % 100 else None,
            starts_at=now,
        )
        for n in range(POSTS)
    )
    PostDeputy.objects.bulk_create(
        PostDeputy(post=post, user=users[POSTS + (n * 2 + rank) % POSTS], rank=rank + 1)
        for n, post in enumerate(posts)
        for rank in range(2)
    )
    Absence.objects.bulk_create(
        Absence(
            user=user,
            reason="isolation",
            source="bench",
            starts_at=now - timedelta(days=pick.randrange(3)),
            ends_at=now + timedelta(days=pick.randrange(-1, 4)) if pick.random() < 0.8 else None,
            recorded_at=now,
        )
        for user in pick.sample(users, len(users) // 10)
    )
    data.finish(home)


def _holders() -> Measured:
    data.enter(NAME)
    from django.db import connection

    from gridwell.accounts.models import Post
    from gridwell.accounts.queries import effective_holders
    from gridwell.demo.building import STANDS_AT

    ids = list(Post.objects.order_by("pk").values_list("pk", flat=True))
    connection.ensure_connection()
    begun = perf_counter()
    held = effective_holders(ids, STANDS_AT)
    taken = (perf_counter() - begun) * 1000
    assert len(held) == POSTS
    assert POSTS // 2 < sum(user is not None for user in held.values()) < POSTS
    return Measured(taken)


BENCHES = [Bench("holders", "ms", _holders, bar=200, prepare=_lay)]
