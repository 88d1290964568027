"""Who may record the rounds of a zone (轮次结果谁来填)."""

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.orders.models import Zone
from gridwell.orders.queries.zones import covered, lives_of
from gridwell.places.models import Place


def may_record_rounds(actor: Actor, zone: Zone) -> bool:
    """Return whether an actor may record outcomes for a zone.

    Somebody whose posts here are narrowed to grids may for zones in which one of these has a door,
    by any range the zone has had.
    """
    if not actor.may(Right.RECORD_HEALTH, zone.community_id):
        return False
    grids = actor.grids_at(zone.community_id)
    if grids is None:
        return True
    dwellings = frozenset().union(*covered(lives_of([zone])[0].lines).values())
    own = Place.objects.filter(community_id=zone.community_id, grid__in=grids)
    return not dwellings.isdisjoint(own.values_list("pk", flat=True))
