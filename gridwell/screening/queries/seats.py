"""Who has something to do at a sampling desk (采样台), and what was scanned there before it is read as a tube."""

from gridwell.accounts.rules.actor import Actor
from gridwell.places.models import Place
from gridwell.places.queries import DOORS, LIVE
from gridwell.residents.rules.searching import doors_run_together
from gridwell.screening.models import Desk
from gridwell.screening.queries.desk import Sampler, sampling_groups
from gridwell.screening.rules.desk import Entry, EntryKind, may_be_door


def has_desk(actor: Actor) -> bool:
    """Return whether a duty of the actor's is a sampling group's, or stands at a desk of a round not over."""
    held = [duty.id for duty in actor.duties]
    if not held:
        return False
    return bool(sampling_groups(actor)) or (
        Desk.objects.filter(post_id__in=held).exclude(round__state="closed").exists()
    )


def as_door(sampler: Sampler, entry: Entry, before: str) -> Entry:
    """Return a tube's figures as a door when one is written so without its dashes, else the entry."""
    if entry.kind is not EntryKind.TUBE or not may_be_door(entry.value, before):
        return entry
    rows = Place.objects.filter(LIVE, community_id=sampler.community, kind__in=DOORS)
    if sampler.grids is not None:
        rows = rows.filter(grid__in=sampler.grids)
    is_door = rows.filter(door__in=doors_run_together(entry.value)).exists()
    return Entry(EntryKind.DOOR, entry.value) if is_door else entry
