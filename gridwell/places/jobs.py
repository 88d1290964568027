"""Stored values of places, computed anew."""

from collections.abc import Callable

from gridwell.places.actions import recompute_grids
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel


def recompute_all_grids(community: int | None, report: Callable[[int, int], None]) -> int:
    """Resolve the grids of one community, or of all; return how many places were wrong."""
    everyone = Area.objects.filter(level=AreaLevel.COMMUNITY, replaced_by=None)
    codes = [community] if community else list(everyone.order_by("pk").values_list("pk", flat=True))
    changed = 0
    for done, code in enumerate(codes, start=1):
        changed += recompute_grids(community=code)
        report(done, len(codes))
    return changed
