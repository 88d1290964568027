"""Which entry a merged subject of a task lives on as (合并后的对象)."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from gridwell.places.models import Place
from gridwell.residents.models import Household, Resident
from gridwell.tasks.queries.responsible import Subject, chunks

_TABLES: dict[str, Any] = {
    "household": Household,
    "resident": Resident,
    "building": Place,
    "place": Place,
}


def survivors_of_subjects(community: int, subjects: Collection[Subject]) -> dict[Subject, int]:
    """Return the last survivor of each subject that was merged; the others are left out.

    One query a kind and thousand, and one more for each link of a chain of merges.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, pk in subjects:
        if kind in _TABLES:
            wanted[kind].add(pk)
    found: dict[Subject, int] = {}
    for kind, ids in wanted.items():
        found.update({(kind, pk): kept for pk, kept in _ends(community, kind, ids).items()})
    return found


def _ends(community: int, kind: str, ids: Collection[int]) -> dict[int, int]:
    links: dict[int, int] = {}
    ask = set(ids)
    while ask:
        step: dict[int, int] = {}
        for part in chunks(ask):
            rows = _TABLES[kind].objects.filter(
                community_id=community, pk__in=part, merged_into__isnull=False
            )
            step.update(rows.values_list("pk", "merged_into_id"))
        ask = set(step.values()) - set(links) - set(step)
        links.update(step)
    ends: dict[int, int] = {}
    for pk in links.keys() & set(ids):
        kept, seen = pk, {pk}
        while kept in links and links[kept] not in seen:
            kept = links[kept]
            seen.add(kept)
        ends[pk] = kept
    return ends
