"""A notice as communities have it on their desk (通告台): items, places, what is still open."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from gridwell.orders.models import ItemMatch, Notice, NoticeItem
from gridwell.orders.queries.notices import items_of
from gridwell.orders.queries.zones import floors_of
from gridwell.orders.rules.changes import ItemLines
from gridwell.orders.rules.desk import MatchState, PlaceState, Row, state_of
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.orders.rules.matching import SURE
from gridwell.places.models import Place
from gridwell.protocols.rules.model import Level

_OURS = (MatchState.SURE, MatchState.CHOSEN)


@dataclass(frozen=True)
class DeskPlace:
    """One place of an item: as printed, and how it stands in the community."""

    index: int
    is_exception: bool
    printed: dict[str, object]
    state: PlaceState
    is_unknown: bool = False  # no community has anything like it

    @property
    def asks(self) -> bool:
        return self.state.state is MatchState.ASK


@dataclass(frozen=True)
class DeskItem:
    """An item of a notice in one community."""

    item: NoticeItem
    places: tuple[DeskPlace, ...]

    @cached_property
    def is_ours(self) -> bool:
        """Whether anything of it is, or may be, in this community."""
        return self.is_rest or any(p.state.state in (*_OURS, MatchState.ASK) for p in self.places)

    @cached_property
    def is_outside(self) -> bool:
        """Whether a person has said that it is outside our register."""
        return not self.is_ours and any(p.state.state is MatchState.OUTSIDE for p in self.places)

    @cached_property
    def is_rest(self) -> bool:
        """Whether it lifts all zones but those it names (除以下区域外其他解除)."""
        item = self.item
        whole = [place.get("kind") for place in item.places] == ["district"]
        return item.act == "lift" and whole and bool(item.except_places or item.boundary)

    @cached_property
    def asks_place(self) -> bool:
        """Whether a person must say which place it is."""
        return any(p.asks for p in self.places)

    @cached_property
    def lines(self) -> tuple[ScopeLine, ...]:
        """The scope lines that are certain or chosen; an exception is a line that takes out."""
        return tuple(
            ScopeLine(
                place=row.place,
                floors=row.floors,
                is_except=place.is_exception and self.item.act != "shrink" and not self.is_rest,
            )
            for place in self.places
            if place.state.state in _OURS and not (place.is_exception and self._is_shrink)
            for row in place.state.rows
        )

    @property
    def _is_shrink(self) -> bool:
        # Of a shrink, `places` are what remains and the exceptions what is let go.
        return self.item.act == "shrink"

    @property
    def _unknown(self) -> tuple[str, ...]:
        return tuple(
            "".join(
                str(place.printed.get(part) or "")
                for part in (
                    "subdistrict",
                    "community",
                    "road",
                    "compound",
                    "building",
                    "unit",
                    "site",
                )
            )
            for place in self.places
            if place.is_exception and place.is_unknown
        )

    @property
    def as_lines(self) -> ItemLines:
        """Return the item as the rules of changes take it."""
        item = self.item
        return ItemLines(
            item=item.pk,
            sequence=item.sequence,
            act=item.act,
            level_from=Level(item.level_from) if item.level_from else None,
            level_to=Level(item.level_to) if item.level_to else None,
            effective_at=item.effective_at,
            effective_on=item.effective_on,
            text=item.text,
            lines=self.lines,
            is_rest=self.is_rest,
            unknown=self._unknown if self.is_rest else (),
        )


def desks_of(notice: Notice, communities: Sequence[int]) -> dict[int, list[DeskItem]]:
    """Return every item of a notice as each community has it: two queries for all."""
    items = items_of(notice)
    by_place: dict[tuple[int, int, int, bool], list[Row]] = {}
    certain: Counter[tuple[int, int, bool]] = Counter()
    matches = ItemMatch.objects.filter(item__notice=notice).order_by(
        "choice", "-confidence", "place_id"
    )
    seen: set[tuple[int, int, int, bool]] = set()
    for match in matches:
        key = (match.community_id, match.item_id, match.index, match.is_exception)
        by_place.setdefault(key, []).append(_row(match))
        is_certain = match.confidence >= SURE or match.decided_at is not None
        if is_certain and match.place_id is not None and key not in seen:
            seen.add(key)
            certain[key[1:]] += 1
    return {
        community: [
            DeskItem(item, tuple(_places(item, community, by_place, certain))) for item in items
        ]
        for community in communities
    }


def _row(match: ItemMatch) -> Row:
    return Row(
        choice=match.choice,
        place=match.place_id,
        floors=floors_of(match.floor_from, match.floor_to),
        how=match.how,
        confidence=match.confidence,
        because=match.because,
        is_decided=match.decided_at is not None,
    )


def _places(
    item: NoticeItem,
    community: int,
    by_place: dict[tuple[int, int, int, bool], list[Row]],
    certain: Counter[tuple[int, int, bool]],
) -> Iterable[DeskPlace]:
    boundary = [{"kind": "boundary", "boundary": item.boundary}] if item.boundary else []
    for is_exception, printed in ((False, item.places or boundary), (True, item.except_places)):
        for index, place in enumerate(printed):
            rows = by_place.get((community, item.pk, index, is_exception), [])
            elsewhere = certain[item.pk, index, is_exception] > 1
            unknown = not rows and not certain[item.pk, index, is_exception]
            state = state_of(rows, is_elsewhere=elsewhere)
            yield DeskPlace(index, is_exception, place, state, unknown)


def names_of(desks: Iterable[Iterable[DeskItem]]) -> dict[int, Place]:
    """Return the places that any row names, by id: one query."""
    ids = {
        row.place
        for desk in desks
        for entry in desk
        for place in entry.places
        for row in (*place.state.rows, *place.state.others)
        if row.place is not None
    }
    return Place.objects.only("pk", "full_name", "kind", "community_id").in_bulk(ids)
