"""Where a page is: the area of its address, else the area the person works at."""

from django.db.models import BigIntegerField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.frame import Badge, Scope
from gridwell.core.joining import joined
from gridwell.core.prepared import PreparedIn
from gridwell.orders.labels import MODES
from gridwell.orders.queries.modes import mode_of
from gridwell.orders.queries.notices import areas_above
from gridwell.places.models import Area, Grid
from gridwell.places.rules.levels import AreaLevel, level_of

_NAMES = PreparedIn(
    lambda these: Area.objects.filter(pk__in=these).values_list("pk", "name"), BigIntegerField()
)
TONES = {"routine": "ok", "alert": "warn", "emergency": "bad"}


def home_area(request: HttpRequest) -> int | None:
    """Return the area a person works at: the last one looked at, else that of the first post."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return None
    last = request.session.get("area")
    if isinstance(last, int) and actor.covers(last):
        return last
    narrow = sorted(actor.posts, key=lambda post: post.high - post.low)
    return narrow[0].low if narrow else None


def scope_of(request: HttpRequest) -> Scope:
    """Return the scope of a request with its crumbs: one query, two for a grid worker."""
    actor: Actor | None = getattr(request, "actor", None)
    area = getattr(request, "area", None)
    code = area.pk if area is not None else home_area(request)
    if actor is None or code is None:
        return Scope()
    chain = [above for above in areas_above(code) if level_of(above) is not AreaLevel.PROVINCE]
    names = dict(_NAMES(chain))
    crumbs = [
        (names[above], reverse("today", args=[above]) if actor.covers(above) else None)
        for above in reversed(chain)
        if above in names
    ]
    # The city says nothing to somebody who works in one community of it.
    if len(crumbs) > 2 and not actor.covers(chain[-1]):
        crumbs = crumbs[1:]
    grids = actor.grids_at(code) if level_of(code) is AreaLevel.COMMUNITY else None
    if grids:
        own = Grid.objects.filter(community_id=code, pk__in=grids, parent=None, ended_at=None)
        own_names = list(own.order_by("number").values_list("name", flat=True))
        if own_names:  # side by side, not one inside the other
            crumbs.append((joined(own_names), None))
    is_lowest = level_of(code) is AreaLevel.COMMUNITY
    return Scope(kwargs={"area": code}, crumbs=tuple(crumbs), is_lowest=is_lowest)


def mode_badges(request: HttpRequest) -> list[Badge]:
    """Return the badge of the mode (平战) of the page's area."""
    area = getattr(request, "area", None)
    code = area.pk if area is not None else home_area(request)
    if code is None:
        return []
    mode = mode_of(code, clock.now())
    return [Badge(MODES[mode], tone=TONES.get(mode, ""), hint=_("Mode of this area"))]
