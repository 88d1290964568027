"""What is noted of dwellings (户情备注): the owner's telephone of an empty one."""

from collections.abc import Sequence

from gridwell.residents.models import DwellingNote

PART = 800


def notes_of(community: int, dwellings: Sequence[int]) -> dict[int, DwellingNote]:
    """Return what is noted of dwellings, by dwelling; a query for each 800."""
    found: dict[int, DwellingNote] = {}
    for start in range(0, len(dwellings), PART):
        rows = DwellingNote.objects.filter(
            community=community,
            dwelling__in=dwellings[start : start + PART],
            ends_at=None,
            superseded_at=None,
        )
        found.update({row.dwelling_id: row for row in rows})
    return found
