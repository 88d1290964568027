"""What a notice says of standstills, as one community has it on its desk (通告里的静默)."""

from collections.abc import Iterable
from dataclasses import dataclass

from gridwell.orders.models import Notice, Standstill
from gridwell.orders.queries.notices import areas_above
from gridwell.orders.rules.standstills import StandstillText, standstills_in
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel, span_of

_LEVELS = (AreaLevel.COMMUNITY, AreaLevel.SUBDISTRICT, AreaLevel.DISTRICT, AreaLevel.CITY)


@dataclass(frozen=True)
class NamedStandstill:
    """A sentence on a standstill. `is_ours` unless it names only other places of a like level."""

    said: StandstillText
    is_ours: bool
    entered: int | None = None  # the standstill that was entered for it


def named_standstills(notice: Notice, community: int) -> list[NamedStandstill]:
    """Return the sentences of a notice on standstills: no query when there are none, else three."""
    if not standstills_in(notice.text, notice.issued_on):
        return []
    chain = areas_above(community)
    low, high = span_of(notice.area_id)
    near = Area.objects.filter(code__gte=low, code__lt=high, replaced_by=None)
    rows = {a.pk: a for a in (*near, *Area.objects.filter(pk__in=chain))}.values()
    level_of = {row.name: row.level for row in rows if row.level in _LEVELS}
    ours = {row.name for row in rows if row.pk in chain}
    known = Standstill.objects.filter(community_id=community, notice=notice).order_by("pk")
    starts = {row.starts_at: row.pk for row in known if row.starts_at}
    return [
        NamedStandstill(
            one,
            _is_ours(one.names, level_of, ours),
            starts.get(one.from_at) if one.from_at else None,
        )
        for one in standstills_in(notice.text, notice.issued_on, level_of)
    ]


def _is_ours(names: Iterable[str], level_of: dict[str, str], ours: set[str]) -> bool:
    """Return whether the narrowest names of a sentence are ours; no name at all is everybody's."""
    named = set(names)
    for level in _LEVELS:
        narrow = {name for name in named if level_of[name] == level}
        if narrow:
            return bool(narrow & ours)
    return True


def named_at(notice: Notice, community: int, start: int) -> NamedStandstill | None:
    """Return the sentence that begins at a place of the text, or None."""
    found = named_standstills(notice, community)
    return next((one for one in found if one.said.start == start), None)
