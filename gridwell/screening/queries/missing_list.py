"""The missing list of a whole round (全轮未检名单), which is asked for while the desks write.

The same as `lines.door_list` and `lines.lines_at` give for any reach, with statements that are written
once and with no more walking than the page needs.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, overload

from django.db.models import BigIntegerField, F, Min, Q, QuerySet, UUIDField

from gridwell.core.prepared import Prepared, PreparedIn
from gridwell.places.models import Place
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.lines import (
    COLUMNS,
    ROUTE,
    Door,
    HomeLine,
    door_list,
    homes_of,
    lines_at,
)
from gridwell.screening.queries.members import missing, with_status


class MissingDoors(Sequence[Door]):
    """The doors behind which somebody of a whole round is missing, in walking order: `door_list`.

    Counted by building at once; walked are only the buildings of the page that is asked for, since
    walking all of them costs as much as everything else on the page. Who has no door or stands in no
    building comes last.
    """

    def __init__(self, row: Round) -> None:
        self._of = {"community": row.community_id, "round": row.pk, "ref": row.ref}
        self._at: dict[Door, int] = {}
        has_loose = False
        for building, dwelling, household in _MISSING_DOORS(**self._of):
            if building and dwelling:
                self._at.setdefault((dwelling, household or 0), building)
            else:
                has_loose = True
        self._counts = Counter(self._at.values())
        buildings = sorted(self._counts)
        self._order = [pk for (pk,) in _IN_ORDER(buildings, community=row.community_id)]
        self._loose = _loose_doors(row) if has_loose else []

    def __len__(self) -> int:
        return len(self._at) + len(self._loose)

    @overload
    def __getitem__(self, wanted: int) -> Door: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Door]: ...
    def __getitem__(self, wanted: int | slice) -> Door | list[Door]:
        if isinstance(wanted, int):
            number = range(len(self))[wanted]  # from the end, too, and not beyond it
            return self[number : number + 1][0]
        start, stop, _step = wanted.indices(len(self))
        walked: list[int] = []
        before = first = 0
        for building in self._order:
            end = before + self._counts[building]
            if before < stop and start < end:
                first = first if walked else before
                walked.append(building)
            before = end
        doors = [
            (dwelling, household or 0)
            for building, dwelling, household in _DOORS_OF(walked, **self._of)
            if self._at.get((dwelling, household or 0)) == building
        ]
        if stop > before:
            first = first if walked else before
            doors += self._loose
        return doors[start - first : stop - first]


def lines_of_all(row: Round, doors: Sequence[Door]) -> list[HomeLine]:
    """Return the lines of a page of doors, with everyone of the round behind them: `lines_at`."""
    ids = sorted({dwelling for dwelling, _household in doors})
    if 0 in ids:  # of people without a door
        return lines_at(row, _everyone(row), doors)
    people = _PEOPLE_AT(ids, community=row.community_id, round=row.pk, ref=row.ref)
    found = {(line.dwelling, line.household or 0): line for line in homes_of(people)}
    return [found[door] for door in doors if door in found]


def _everyone(row: Round) -> QuerySet[RoundMember]:
    return RoundMember.objects.filter(
        community_id=row.community_id, round_id=row.pk, removed_at=None
    )


def _loose_doors(row: Round) -> list[Door]:
    loose = _everyone(row).filter(Q(dwelling=None) | Q(building=None))
    return door_list(missing(loose, row))


def _missing_doors(community: Any, round: Any, ref: Any) -> QuerySet[Any, tuple[Any, ...]]:
    row = Round(pk=round, community_id=community, ref=ref)
    rows = missing(_everyone(row), row).order_by()
    return rows.values_list("building_id", "dwelling_id", "household_id").distinct()


def _doors_of(
    these: Sequence[Any], community: Any, round: Any, ref: Any
) -> QuerySet[Any, tuple[Any, ...]]:
    """Return the doors of some buildings with somebody who is missing, in walking order."""
    row = Round(pk=round, community_id=community, ref=ref)
    inside = _everyone(row).filter(building__in=these, dwelling__isnull=False)
    door = ("building_id", "dwelling_id", "household_id")
    first = missing(inside, row).order_by().values(*door).annotate(first=Min("pk"))
    found = RoundMember.objects.filter(pk__in=first.values("first"))
    return found.order_by(*ROUTE).values_list(*door)


def _in_order(these: Sequence[Any], community: Any) -> QuerySet[Place, tuple[int]]:
    """Return buildings as `ROUTE` has them."""
    places = Place.objects.filter(community_id=community, pk__in=these)
    order = (F("parent__position").asc(nulls_last=True), F("position").asc(nulls_last=True))
    return places.order_by(*order, "full_name", "pk").values_list("pk")


def _people_at(
    these: Sequence[Any], community: Any, round: Any, ref: Any
) -> QuerySet[Any, tuple[Any, ...]]:
    row = Round(pk=round, community_id=community, ref=ref)
    rows = with_status(_everyone(row).filter(dwelling__in=these), row)
    return rows.order_by(*ROUTE).values_list(*COLUMNS)


# The missing list of a whole community is asked for while the desks write.
_PLACES: Final[dict[str, Any]] = {
    "community": BigIntegerField(), "round": BigIntegerField(), "ref": UUIDField(),
}  # fmt: skip
_MISSING_DOORS = Prepared(_missing_doors, **_PLACES)
_DOORS_OF = PreparedIn(_doors_of, BigIntegerField(), **_PLACES)
_IN_ORDER = PreparedIn(_in_order, BigIntegerField(), most=64, community=BigIntegerField())
_PEOPLE_AT = PreparedIn(_people_at, BigIntegerField(), most=64, **_PLACES)
