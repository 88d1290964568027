"""Brings what a ledger says to the form in which the register keeps it (入册口径). Pure.

After this a line that was imported once compares equal with the register, however often the file
comes again: doors are written as the register knows them, what the register has no place for is a
remark, and what is said of a household is said alike by all its lines.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from gridwell.ledgers.rules.matching import Answer
from gridwell.ledgers.rules.rows import (
    HouseholdRow,
    LedgerRead,
    MemberKind,
    ResidentRow,
    Tenure,
)
from gridwell.places.rules.address import DoorAddress
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.tree import Steps, fault_of

NAME, RELATION, VALUE = 60, 20, 60
#: Under what a value is remarked that the register has no place for: data, alike in every language.
LABEL, DOCUMENT, SAMPLE, ISOLATED = "标签", "其他证件", "最近一次核酸", "隔离至"
FORMER_DOCUMENT: Final = "原证件号"
UNKNOWN_ROOM: Final = "房号不详"
"""The name of the dwelling of people whose room nobody wrote down; data, not a label."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What settling needs to know of the register and of the moment.

    `doors` maps a dwelling key of the ledger to the register's. `label_of` maps a label word to the
    code of a label, or "" when the community has none of that name. `now` is naive local time.
    """

    now: datetime
    doors: Mapping[str, str] = field(default_factory=dict)
    label_of: Callable[[str], str] = lambda word: ""
    answers: Mapping[str, Answer] = field(default_factory=dict)


def steps_of(place: DoorAddress, room_unknown: str) -> Steps:
    """Return the places from the ground down to the dwelling.

    An address without a room stands for one dwelling of unknown number; text that nobody could read
    as an address is a dwelling of that name, so that its people are in the register.
    """
    steps: Steps = place.chain
    if place.is_raw and steps:
        steps = (*steps[:-1], (PlaceKind.DWELLING, steps[-1][1]))
    if not place.has_door:
        steps = (*steps, (PlaceKind.DWELLING, room_unknown))
    if fault_of(steps) is None:
        return steps
    ground = steps[:1] if place.ground else ()
    rest = "".join(name for _, name in steps[len(ground) :]) or room_unknown
    return (*ground, (PlaceKind.DWELLING, rest[:80]))


def settle(read: LedgerRead, terms: Terms) -> LedgerRead:
    """Return the ledger as the register would keep it. Rows that are so already stay the same."""
    homes = {row.household_key: row for row in read.households}
    settler = _Settler(read, terms, homes)
    residents = [settler.person(row) for row in read.residents]
    households = tuple(settler.household(row) for row in read.households)
    return replace(
        read,
        residents=tuple(_with_phones_of_home(residents, households)),
        households=households,
    )


def _key(key: str, doors: Mapping[str, str]) -> str:
    """Return a dwelling or household key ("…|501" or "…|501~2") with the register's door."""
    door, mark, number = key.rpartition("~")
    if mark and number.isdigit() and door in doors:
        return f"{doors[door]}~{number}"
    return doors.get(key, key)


class _Settler:
    def __init__(self, read: LedgerRead, terms: Terms, homes: Mapping[str, HouseholdRow]) -> None:
        self.terms = terms
        self.homes = homes
        self.doors = {key: door for key, door in terms.doors.items() if key != door}
        self.twins = {twin.row_key for twin in read.duplicates}
        self.headed: set[str] = set()

    def household(self, row: HouseholdRow) -> HouseholdRow:
        if not self.doors:
            return row
        return replace(
            row,
            dwelling_key=_key(row.dwelling_key, self.doors),
            household_key=_key(row.household_key, self.doors),
        )

    def person(self, row: ResidentRow) -> ResidentRow:
        changes: dict[str, object] = {}
        if self.doors and (
            row.dwelling_key in self.doors or row.household_key.partition("~")[0] in self.doors
        ):
            changes["dwelling_key"] = _key(row.dwelling_key, self.doors)
            changes["household_key"] = _key(row.household_key, self.doors)
        if len(row.name) > NAME:
            changes["name"] = row.name[:NAME]
        if len(row.relation) > RELATION:
            changes["relation"] = row.relation[:RELATION]
        if row.is_head:
            if row.kind is not MemberKind.LIVES or row.household_key in self.headed:
                changes["is_head"] = False
            self.headed.add(row.household_key)
        if any(len(value) > VALUE for value in row.traits.values()):
            changes["traits"] = {code: value[:VALUE] for code, value in row.traits.items()}
        home = self.homes.get(row.household_key)
        if home is not None and row.tenure is not home.tenure is not Tenure.UNKNOWN:
            changes["tenure"] = home.tenure
        remark = dict(row.remark)
        self._documents(row, changes, remark)
        self._health(row, changes, remark)
        self._labels(row, changes, remark)
        if remark != dict(row.remark):
            changes["remark"] = remark
        return replace(row, **changes) if changes else row  # type: ignore[arg-type]  # fields by name

    def _documents(
        self, row: ResidentRow, changes: dict[str, object], remark: dict[str, str]
    ) -> None:
        """Keep one document; the register holds one, further numbers are a remark."""
        answer = self.terms.answers.get(row.row_key)
        if row.row_key in self.twins and (answer == "new" or isinstance(answer, int)):
            # A number is one person's: as somebody else, the line goes without it.
            changes["documents"] = ()
        elif len(row.documents) > 1:
            changes["documents"] = row.documents[:1]
            more = "、".join(document.number for document in row.documents[1:])
            remark.setdefault(DOCUMENT, more)

    def _health(self, row: ResidentRow, changes: dict[str, object], remark: dict[str, str]) -> None:
        """A sample in the future and an isolation that is over are remarks, no facts."""
        now = self.terms.now
        if row.last_sample_at is not None and row.last_sample_at > now:
            changes["last_sample_at"] = None
            written = row.last_sample_at.strftime("%Y-%m-%d %H:%M")
            remark.setdefault(SAMPLE, written)
        if row.isolated_until is not None and row.isolated_until < now.date():
            changes["isolated_until"] = None
            remark.setdefault(ISOLATED, row.isolated_until.isoformat())

    def _labels(self, row: ResidentRow, changes: dict[str, object], remark: dict[str, str]) -> None:
        """Label words that name a label are that label; the others are a remark."""
        if (
            not row.labels or row.guest is not None
        ):  # a guest carries no labels: they are words of his note
            return
        known = {word: self.terms.label_of(word) for word in row.labels}
        changes["labels"] = tuple(dict.fromkeys(code for code in known.values() if code))
        unknown = [word for word, code in known.items() if not code]
        if unknown:
            remark.setdefault(LABEL, "、".join(unknown))


def _with_phones_of_home(
    residents: list[ResidentRow], households: Iterable[HouseholdRow]
) -> list[ResidentRow]:
    """Give the numbers of a household that nobody of it carries to its head, else its first."""
    homes = {row.household_key: row for row in households}
    spare = {key: set(row.phones) for key, row in homes.items() if row.phones and row.people}
    bearer: dict[str, int] = {}
    for index, row in enumerate(residents):
        key = row.household_key
        if key not in spare:
            continue
        spare[key] -= set(row.phones)
        if row.is_head or key not in bearer:
            bearer[key] = index
    out = list(residents)
    for key, numbers in spare.items():
        if numbers and key in bearer:
            row = out[bearer[key]]
            more = [number for number in homes[key].phones if number in numbers]
            out[bearer[key]] = replace(row, phones=(*row.phones, *more))
    return out
