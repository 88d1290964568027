"""Puts the lines of a ledger together into households (归户)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from gridwell.ledgers.rules.line import Draft
from gridwell.ledgers.rules.rows import Gap, HeldRow, HouseholdRow, ResidentRow, Source, Tenure
from gridwell.places.rules.address import DoorAddress


class _Household:
    """One household while its lines come in."""

    __slots__ = (
        "colour",
        "declared",
        "dwelling_key",
        "has_head",
        "has_household_line",
        "is_tenants",
        "key",
        "labels",
        "number",
        "phones",
        "place",
        "remark",
        "says_vacant",
        "source",
        "tenure",
        "traits",
    )

    def __init__(self, source: Source, place: DoorAddress, dwelling_key: str, key: str) -> None:
        self.source = source
        self.place = place
        self.dwelling_key = dwelling_key
        self.key = key
        self.number = ""
        self.has_head = False
        self.has_household_line = False
        self.is_tenants = False
        self.declared: int | None = None
        self.tenure = Tenure.UNKNOWN
        self.phones: list[str] = []
        self.traits: dict[str, str] = {}
        self.labels: list[str] = []
        self.colour = ""
        self.remark: dict[str, str] = {}
        self.says_vacant = False

    def add_line(self, draft: Draft) -> None:
        """Take from a person's line what is true of the household."""
        if self.tenure is Tenure.UNKNOWN:
            self.tenure = draft.tenure
        self.colour = self.colour or draft.colour
        if draft.declared is not None:
            self.declared = draft.declared
        if draft.head_phones:
            self.phones += [n for n in draft.head_phones if n not in self.phones]

    def add_household_line(self, draft: Draft, declared: int | None) -> None:
        """Take a household's own line."""
        self.add_line(draft)
        self.has_household_line = True
        self.declared = declared if declared is not None else self.declared
        self.phones += [n for n in draft.phones if n not in self.phones]
        self.traits.update(draft.traits)
        self.labels += [label for label in draft.labels if label not in self.labels]
        self.remark.update(draft.remark)
        self.says_vacant = self.says_vacant or draft.says_vacant


class Households:
    """All households of a ledger, by dwelling, in the order of their first line."""

    def __init__(self) -> None:
        self._by_dwelling: dict[str, list[_Household]] = {}

    def take(
        self,
        source: Source,
        place: DoorAddress,
        dwelling_key: str,
        *,
        number: str,
        is_head: bool,
        is_new_line: bool = False,
        is_tenant: bool = False,
    ) -> _Household:
        """Return the household that a line belongs to, a new one where one begins.

        A second head behind one door, another household number, or a second household line begins
        another household; else all behind one door are one. Tenants (租户) beside a head are a
        household of their own, and so is a head beside tenants.
        """
        there = self._by_dwelling.setdefault(dwelling_key, [])
        if number:
            for household in there:
                if household.number == number:
                    household.has_head = household.has_head or is_head
                    return household
        current = there[-1] if there else None
        begins = current is None or (
            (number and current.number and number != current.number)
            or (is_head and (current.has_head or current.is_tenants))
            or (is_tenant and current.has_head and not current.is_tenants)
            or (is_new_line and current.has_household_line and current.has_head)
        )
        if begins or current is None:
            key = dwelling_key if not there else f"{dwelling_key}~{len(there) + 1}"
            current = _Household(source, place, dwelling_key, key)
            current.is_tenants = is_tenant
            there.append(current)
        if current.is_tenants and current.tenure is Tenure.UNKNOWN:
            current.tenure = Tenure.RENTED
        current.number = current.number or number
        current.has_head = current.has_head or is_head
        return current

    def finish(
        self, residents: Sequence[ResidentRow], held: Iterable[HeldRow]
    ) -> tuple[tuple[HouseholdRow, ...], tuple[Gap, ...]]:
        """Return the households with their numbers of people, and what is missing in file order."""
        people: dict[str, int] = defaultdict(int)
        guests: dict[str, int] = defaultdict(int)
        can_be_called: set[str] = set()
        gaps: list[Gap] = []
        for row in residents:
            if row.guest is not None:
                guests[row.household_key] += 1
                continue
            people[row.household_key] += 1
            if row.phones:
                can_be_called.add(row.household_key)
            if not row.documents and not any(f.code.startswith("id_") for f in row.faults):
                gaps.append(Gap("no_document", row.source, row.name))
            if row.birth_on is None:
                gaps.append(Gap("no_birth", row.source, row.name))
        rows: list[HouseholdRow] = []
        for household in (h for there in self._by_dwelling.values() for h in there):
            count = people[household.key]
            if count and not household.phones and household.key not in can_be_called:
                gaps.append(Gap("no_phone", household.source, ""))
            if not household.place.has_door:
                gaps.append(Gap("no_room", household.source, ""))
            rows.append(_row(household, count, guests[household.key]))
        return tuple(rows), tuple(gaps)


def _row(household: _Household, count: int, guests: int) -> HouseholdRow:
    return HouseholdRow(
        source=household.source,
        place=household.place,
        dwelling_key=household.dwelling_key,
        household_key=household.key,
        people=count,
        declared=household.declared,
        tenure=household.tenure,
        is_vacant=count == 0 and (household.says_vacant or guests == 0),
        phones=tuple(household.phones),
        traits=household.traits,
        labels=tuple(household.labels),
        colour=household.colour,
        remark=household.remark,
        guests=guests,
    )
