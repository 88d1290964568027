"""Who in a ledger is who in the register (人员比对).

By ID; else dwelling + name + birth date; else dwelling + name where that is unique; else asked. The
same ID under another name is a fault, never a merge. Dictionaries only: the cost is linear.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from gridwell.ledgers.rules.fields import Field
from gridwell.ledgers.rules.rows import (
    Fault,
    LedgerRead,
    MemberKind,
    ResidentRow,
    Tenure,
)
from gridwell.ledgers.rules.stays import ExistingStay, StayMatcher, stay_changes
from gridwell.ledgers.rules.values import name_key
from gridwell.residents.rules.identity import Sex


class Outcome(StrEnum):
    """What becomes of a line (比对结果)."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ASK = "ask"  # a person decides: same, new, later


class Basis(StrEnum):
    """By what a line was taken to be a resident, or why it is asked about."""

    DOCUMENT = "document"
    DWELLING_NAME_BIRTH = "dwelling_name_birth"
    DWELLING_NAME = "dwelling_name"
    ANSWER = "answer"  # an officer said so
    TWICE_IN_FILE = "twice_in_file"
    SEVERAL = "several"  # more than one of that name behind the door
    CONTRADICTION = "contradiction"  # name and door agree, birth date or number do not
    ELSEWHERE = "elsewhere"  # name and birth date agree, the door does not
    TAKEN = "taken"  # another line of the file is already that resident
    IS_RESIDENT = "is_resident"  # a guest of a resident's number, or name behind the same door
    STAYS_ELSEWHERE = "stays_elsewhere"  # a guest who is registered as one behind another door
    WAS_HERE = "was_here"  # a guest who has left; the list does not say since when he is here
    ANOTHER_NUMBER = "another_number"  # a guest of that name is here with another number
    STAY = "stay"  # by door, name and time
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Existing:
    """A resident of the register, as far as a ledger can be compared with it.

    `dwelling_key` as `places.rules.address.key_of_chain` makes it. `documents` are normalised
    numbers. What the caller leaves at its default is compared as "not known".
    """

    id: int
    dwelling_key: str
    name: str
    birth_on: date | None = None
    documents: frozenset[str] = frozenset()
    sex: Sex = Sex.UNKNOWN
    relation: str = ""
    is_head: bool = False
    phones: frozenset[str] = frozenset()
    kind: MemberKind = MemberKind.LIVES
    tenure: Tenure = Tenure.UNKNOWN
    traits: Mapping[str, str] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    last_sample_at: datetime | None = None
    is_last_pending: bool = False
    isolated_until: date | None = None
    remark: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What one line of the ledger is: `resident` is set when it is (or changes) somebody.

    `changes` is field -> (before, after) for a changed one; `candidates` are the ids asked about.
    For TWICE_IN_FILE, `first_key` is the row key of the other line. `stay` is the stay that a guest's
    line is, changes, or may be.
    """

    row: ResidentRow
    outcome: Outcome
    basis: Basis = Basis.NONE
    resident: int | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    candidates: tuple[int, ...] = ()
    first_key: str = ""
    stay: ExistingStay | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """All decisions in file order, who of the listed dwellings is not in the file, new faults."""

    decisions: tuple[Decision, ...]
    missing: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """Return how many lines came out so."""
        return sum(1 for decision in self.decisions if decision.outcome is outcome)


#: An answer to a question: the id of the resident it is, "same" (line of the file), "new", "later".
Answer = int | str


def match(
    read: LedgerRead,
    existing: Iterable[Existing],
    *,
    answers: Mapping[str, Answer] | None = None,
    with_labels: bool = True,
    stays: StayMatcher | None = None,
) -> Matching:
    """Compare what a ledger lists with the register.

    `existing` should hold the residents of the listed dwellings and everyone with one of the listed
    numbers; whoever shares name and birth date with a line makes a better question. `answers` maps
    row keys to a resident's id, "new" or "later"; "same" for a line listed twice in the file, which
    then counts as unchanged and writes nothing. An unanswered question stays ASK and writes nothing.
    Decisions carry the row as it should be written: a number of another resident is taken off it.
    Lines of guests are compared with `stays`.
    """
    matcher = _Matcher(read, list(existing), answers or {}, with_labels=with_labels)
    matcher.stays = stays or matcher.stays
    return matcher.run()


class _Matcher:
    def __init__(
        self,
        read: LedgerRead,
        existing: list[Existing],
        answers: Mapping[str, Answer],
        *,
        with_labels: bool,
    ) -> None:
        self.read = read
        self.answers = answers
        self.stays = StayMatcher((), None)
        self.with_labels = with_labels
        self.existing = existing
        self.by_id = {person.id: person for person in existing}
        self.by_document: dict[str, Existing] = {}
        self.by_door: dict[tuple[str, str], list[Existing]] = defaultdict(list)
        self.by_birth: dict[tuple[str, date], list[Existing]] = defaultdict(list)
        for person in existing:
            key = name_key(person.name)
            for number in person.documents:
                self.by_document[number] = person
            self.by_door[person.dwelling_key, key].append(person)
            if person.birth_on is not None:
                self.by_birth[key, person.birth_on].append(person)
        self.twice = {twin.row_key: twin.first_key for twin in read.duplicates}
        self.lines_at_door: dict[tuple[str, str], int] = defaultdict(int)
        for row in read.residents:
            if row.row_key not in self.twice and row.guest is None:
                self.lines_at_door[row.dwelling_key, name_key(row.name)] += 1
        self.taken: dict[int, str] = {}
        self.asked: set[int] = set()
        self.faults: list[Fault] = []
        self.id_columns = {
            sheet.name: (address, letter)
            for sheet in read.sheets
            for letter, address, code in sheet.columns
            if code == Field.ID_NUMBER
        }

    def run(self) -> Matching:
        rows = list(self.read.residents)
        found: list[Decision | None] = [
            self._guest(row) if row.guest is not None else None for row in rows
        ]
        # The surest go first, so that a line without a number cannot take the resident of another's.
        for by in (self._by_answer, self._by_document, self._by_birth, self._by_name):
            for index, row in enumerate(rows):
                if found[index] is None:
                    found[index] = by(row)
                    if by == self._by_document and found[index] is None:
                        rows[index] = self._without_numbers_of_others(row)
        decisions = tuple(
            decision if decision is not None else Decision(row, Outcome.NEW)
            for row, decision in zip(rows, found, strict=True)
        )
        return Matching(decisions, self._missing(), tuple(self.faults))

    def _guest(self, row: ResidentRow) -> Decision:
        """Return what a guest's line is: a stay, a new one, or a question."""
        answer = self.answers.get(row.row_key)
        first = self.twice.get(row.row_key)
        if first is not None and answer != "new":
            outcome = Outcome.UNCHANGED if answer == "same" else Outcome.ASK
            return Decision(row, outcome, Basis.TWICE_IN_FILE, first_key=first)
        if isinstance(answer, int):
            self.asked.add(answer)  # the resident himself: he is listed, and nothing is written
            return Decision(row, Outcome.UNCHANGED, Basis.ANSWER)
        own, other, why = self.stays.find(row)
        if own is not None:
            self.stays.taken.add(own.id)
            changes = stay_changes(row, own)
            outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
            return Decision(row, outcome, Basis.STAY, changes=changes, stay=own)
        if answer == "new":
            return Decision(row, Outcome.NEW, Basis.ANSWER)
        if other is not None:
            outcome = Outcome.UNCHANGED if answer == "same" else Outcome.ASK
            return Decision(row, outcome, Basis(why), stay=other)
        people = self._residents_like(row)
        return self._ask(row, Basis.IS_RESIDENT, people) if people else Decision(row, Outcome.NEW)

    def _residents_like(self, row: ResidentRow) -> list[Existing]:
        key = name_key(row.name)
        numbers = [self.by_document.get(document.number) for document in row.documents]
        found = [person for person in numbers if person is not None]
        there = self.by_door.get((row.dwelling_key, key), [])
        born = self.by_birth.get((key, row.birth_on), []) if row.birth_on is not None else []
        found += [p for p in (*there, *born) if not _numbers_differ(row, p)]
        return list({person.id: person for person in found}.values())

    def _missing(self) -> tuple[int, ...]:
        listed = {
            household.dwelling_key
            for household in self.read.households
            if household.people or not household.guests  # a list of guests lists no residents
        }
        return tuple(
            person.id
            for person in self.existing
            if person.dwelling_key in listed
            and person.id not in self.taken
            and person.id not in self.asked
        )

    def _same(self, row: ResidentRow, person: Existing, basis: Basis) -> Decision:
        if person.id in self.taken:
            return self._ask(row, Basis.TAKEN, [person])
        self.taken[person.id] = row.row_key
        changes = changes_of(row, person, with_labels=self.with_labels)
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
        return Decision(row, outcome, basis, person.id, changes)

    def _ask(self, row: ResidentRow, basis: Basis, people: Sequence[Existing]) -> Decision:
        ids = tuple(person.id for person in people)
        self.asked.update(ids)
        return Decision(row, Outcome.ASK, basis, candidates=ids)

    def _by_answer(self, row: ResidentRow) -> Decision | None:
        answer = self.answers.get(row.row_key)
        if isinstance(answer, int):
            person = self.by_id.get(answer)
            return None if person is None else self._same(row, person, Basis.ANSWER)
        first = self.twice.get(row.row_key)
        if answer == "new":
            # A number is one person's: as somebody new, the line goes without it.
            bare = row if first is None else replace(row, documents=())
            return Decision(bare, Outcome.NEW, Basis.ANSWER)
        if answer == "same" and first is not None:
            return Decision(row, Outcome.UNCHANGED, Basis.ANSWER, first_key=first)
        if first is not None:
            return Decision(row, Outcome.ASK, Basis.TWICE_IN_FILE, first_key=first)
        return None

    def _by_document(self, row: ResidentRow) -> Decision | None:
        for document in row.documents:
            person = self.by_document.get(document.number)
            if person is None:
                continue
            if name_key(person.name) == name_key(row.name):
                return self._same(row, person, Basis.DOCUMENT)
        return None

    def _without_numbers_of_others(self, row: ResidentRow) -> ResidentRow:
        """Take away the numbers that the register has under another name, each with a fault."""
        column, letter = self.id_columns.get(row.source.sheet, ("", ""))
        for document in row.documents:
            person = self.by_document.get(document.number)
            if person is None:
                continue
            fault = Fault(
                row.source.sheet,
                row.source.row,
                column,
                letter,
                document.number,
                "id_of_resident",
                row.name,
                facts={"other_name": person.name, "resident": person.id},
            )
            self.faults.append(fault)
            row = replace(
                row,
                documents=tuple(d for d in row.documents if d != document),
                remark={**row.remark, column.rpartition("/")[2] or "ID": document.number},
                faults=(*row.faults, fault),
            )
        return row

    def _by_birth(self, row: ResidentRow) -> Decision | None:
        if row.birth_on is None:
            return None
        there = [
            person
            for person in self.by_door.get((row.dwelling_key, name_key(row.name)), ())
            if person.birth_on == row.birth_on and not _numbers_differ(row, person)
        ]
        if len(there) == 1:
            return self._same(row, there[0], Basis.DWELLING_NAME_BIRTH)
        return self._ask(row, Basis.SEVERAL, there) if there else None

    def _by_name(self, row: ResidentRow) -> Decision | None:
        key = name_key(row.name)
        there = [p for p in self.by_door.get((row.dwelling_key, key), ()) if p.id not in self.taken]
        if not there:
            return self._elsewhere(row, key)
        if len(there) > 1 or self.lines_at_door[row.dwelling_key, key] > 1:
            return self._ask(row, Basis.SEVERAL, there)
        person = there[0]
        births_differ = None not in (row.birth_on, person.birth_on) and (
            row.birth_on != person.birth_on
        )
        if births_differ or _numbers_differ(row, person):
            return self._ask(row, Basis.CONTRADICTION, there)
        return self._same(row, person, Basis.DWELLING_NAME)

    def _elsewhere(self, row: ResidentRow, key: str) -> Decision | None:
        """Ask about whoever has this name and birth date behind another door, and no other number."""
        if row.birth_on is None:
            return None
        others = [
            person
            for person in self.by_birth.get((key, row.birth_on), ())
            if person.id not in self.taken and not _numbers_differ(row, person)
        ]
        return self._ask(row, Basis.ELSEWHERE, others) if others else None


def _numbers_differ(row: ResidentRow, person: Existing) -> bool:
    numbers = {document.number for document in row.documents}
    return bool(numbers and person.documents and numbers.isdisjoint(person.documents))


def changes_of(
    row: ResidentRow, person: Existing, *, with_labels: bool = True
) -> dict[str, tuple[Any, Any]]:
    """Return field -> (before, after) for all that the ledger says otherwise than the register.

    A blank cell says nothing and erases nothing; phones, documents, labels and remarks are added to.
    """
    changes: dict[str, tuple[Any, Any]] = {}

    def differ(name: str, before: object, after: object) -> None:
        if before != after:
            changes[name] = (before, after)

    differ("dwelling_key", person.dwelling_key, row.dwelling_key)
    if row.relation:
        differ("relation", person.relation, row.relation)
        differ("is_head", person.is_head, row.is_head)
    if row.sex is not Sex.UNKNOWN:
        differ("sex", person.sex, row.sex)
    if row.birth_on is not None:
        differ("birth_on", person.birth_on, row.birth_on)
    differ("kind", person.kind, row.kind)
    if row.tenure is not Tenure.UNKNOWN:
        differ("tenure", person.tenure, row.tenure)
    for name, before, said in (
        ("documents", person.documents, frozenset(d.number for d in row.documents)),
        ("phones", person.phones, frozenset(row.phones)),
        ("labels", person.labels, frozenset(row.labels) if with_labels else frozenset()),
    ):
        if not said <= before:
            changes[name] = (before, before | said)
    kept = {code: value for code, value in person.traits.items() if code not in row.denied}
    said_traits = {code: value or kept.get(code, "") for code, value in row.traits.items()}
    differ("traits", dict(person.traits), {**kept, **said_traits})
    is_back = person.is_last_pending and row.last_sample_outcome == "negative"
    if row.last_sample_at is not None and (
        person.last_sample_at is None
        or row.last_sample_at > person.last_sample_at
        or (is_back and row.last_sample_at == person.last_sample_at)
    ):
        changes["last_sample_at"] = (person.last_sample_at, row.last_sample_at)
    if row.isolated_until is not None:
        differ("isolated_until", person.isolated_until, row.isolated_until)
    if row.remark:
        differ("remark", dict(person.remark), {**person.remark, **row.remark})
    return changes
