"""Which entries of the register are one person (合并居民): facts stay where they are, reads ask here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from gridwell.residents.models import Resident
from gridwell.residents.queries.people import survivors_of


@dataclass(frozen=True)
class Entries:
    """Merged entry -> the one that lives on, for the entries of one community."""

    survivors: Mapping[int, int] = field(default_factory=dict)

    def person(self, resident: int | None) -> int | None:
        """Return the entry under which this one is counted; None for nobody, a guest."""
        return None if resident is None else self.survivors.get(resident, resident)

    def all_of(self, residents: Iterable[int | None]) -> set[int]:
        """Return these entries with all others of the same people."""
        named = {resident for resident in residents if resident is not None}
        people = {self.survivors.get(resident, resident) for resident in named}
        merged = {gone for gone, kept in self.survivors.items() if kept in people}
        return named | people | merged


def entries_of(community: int) -> Entries:
    """Return which entries of a community are one person: one query, mostly with no row."""
    return Entries(survivors_of(community))


def stands_alone(column: str) -> Q:
    """Return the condition that nobody was merged into the resident of a column."""
    return Q(~Exists(Resident.objects.filter(merged_into=OuterRef(column)).order_by()))
