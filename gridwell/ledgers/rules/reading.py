"""Reads a book of sheets into what the ledger lists (台账读取).

One line a person, with merged or blank household cells filled; or one line a household with its
people in a cell. Both forms may stand in one book. Nothing is dropped: a fault of a field keeps the
person, a line without name or address is held back, an unknown column becomes a remark.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import blake2b
from typing import Final

from gridwell.core.tables.header import body_rows
from gridwell.core.tables.model import Book, Cell, cell_text
from gridwell.ledgers.rules.columns import NOTES, TOTALS, field_named
from gridwell.ledgers.rules.doors import (
    Door,
    DoorReader,
    place_in_titles,
    place_of_sheet,
    unit_alone,
)
from gridwell.ledgers.rules.fields import Field
from gridwell.ledgers.rules.guests import GuestReader, guest_rows
from gridwell.ledgers.rules.households import Households
from gridwell.ledgers.rules.leftovers import (
    id_columns,
    in_file_order,
    no_table,
    raw_lines,
    to_keep,
    unknown_columns,
)
from gridwell.ledgers.rules.line import Draft, LineReader
from gridwell.ledgers.rules.members import member_columns, people_beside, with_numbers
from gridwell.ledgers.rules.people import (
    HEAD_WORDS,
    TENANT_WORDS,
    PeopleCell,
    Person,
    is_people_cell,
    read_people,
)
from gridwell.ledgers.rules.persons import name_of, resident_row, share_of, split_name
from gridwell.ledgers.rules.rows import (
    Fault,
    HeldRow,
    LedgerRead,
    Question,
    ResidentRow,
    SheetRead,
    Source,
)
from gridwell.ledgers.rules.sheets import (
    Plan,
    group_names,
    is_example,
    is_explanation,
    is_title,
    joined,
    plan_sheets,
)
from gridwell.ledgers.rules.twins import find_twins
from gridwell.ledgers.rules.values import NO_NAME, clean_name, name_key
from gridwell.places.rules.address import DoorAddress, read_door
from gridwell.residents.rules import identity

_SAMPLES: Final = 5
_BUILDINGS: Final = frozenset({Field.BUILDING, Field.ROW, Field.ADDRESS})
_NUMBERED: Final = frozenset({Field.BUILDING, Field.ROW, Field.UNIT, Field.FLOOR})


def read_ledger(
    book: Book, *, today: date, mapping: Mapping[str, str] | None = None, name: str = ""
) -> LedgerRead:
    """Return what a book lists.

    `today` is the local day: no birth lies after it, and a date without a year is near it when
    neither titles nor other dates of the file say more. `mapping` is what officers decided about
    columns (header address or name -> field code). `name` is the file's name, which may carry a date.
    """
    plans, questions = plan_sheets(book, mapping or {}, today, name)
    households = Households()
    residents: list[ResidentRow] = []
    faults: list[Fault] = []
    held: list[HeldRow] = []
    sheets: list[SheetRead] = []
    keys: dict[str, int] = {}
    for sheet in book.sheets:
        if sheet.name not in plans:
            sheets.append(SheetRead(sheet.name, None, (), (), 0))
            continue
        parts = []
        for plan in plans[sheet.name]:
            reader = _SheetReader(plan, households, today, keys, mapping or {})
            residents.extend(reader.run())
            parts.append(reader.summary())
            faults += reader.faults
            held += reader.held
            questions += reader.questions()
        sheets.append(joined(parts))
    residents, twin_faults, duplicates = find_twins(residents, id_columns(plans))
    faults = in_file_order(book, [*faults, *twin_faults])
    if not plans:
        faults = no_table(book)
    rows, gaps = households.finish(residents, held)
    return LedgerRead(
        sheets=tuple(sheets),
        households=rows,
        residents=tuple(residents),
        faults=tuple(faults),
        gaps=gaps,
        duplicates=duplicates,
        questions=tuple(questions),
        held=tuple(held),
        raw=raw_lines(plans, to_keep(faults, residents, plans)),
    )


class _SheetReader:
    """Reads one sheet; residents come out line by line, the rest is collected."""

    def __init__(
        self,
        plan: Plan,
        households: Households,
        today: date,
        keys: dict[str, int],
        mapping: Mapping[str, str],
    ) -> None:
        self.plan = plan
        self.sheet = plan.sheet
        self.households = households
        self.keys = keys
        self.faults: list[Fault] = []
        self.held: list[HeldRow] = []
        self.lines = 0
        self.household_lines = 0
        self._samples: dict[int, list[str]] = {
            item.column.index: [] for item in plan.taken if item.is_unknown
        }
        self.line_reader = LineReader(
            plan.sheet.name,
            plan.taken,
            hint=plan.hint,
            today=today,
            unvalued=plan.sheet.unvalued,
        )
        columns = self.line_reader.by_field
        has_ground = any(f in columns for f in (Field.COMPOUND, Field.VILLAGE, Field.LANE))
        titles = (*plan.header.titles, *group_names(plan.header))
        within = place_in_titles(plan.sheet.name, titles, has_ground=has_ground)
        if not within.building and not columns.keys() & _BUILDINGS:
            sheet = place_of_sheet(plan.sheet.name)
            within = replace(within, building=sheet.building, unit=within.unit or sheet.unit)
        self.today = today
        self.guests = GuestReader(self.line_reader, plan.sheet.name, titles, mapping)
        self.members = member_columns(plan.taken)
        self.doors = DoorReader(self.line_reader, within)
        self._has_relation = Field.RELATION in columns
        named = columns.get(Field.NAME)
        self._names_heads = (
            named is not None
            and not self._has_relation
            and field_named(named.name)[0] is Field.HEAD_NAME
        )
        self._last_serial = ""

    def run(self) -> Iterator[ResidentRow]:
        """Yield the residents of the sheet, in order."""
        is_part = self.plan.part >= 0
        lines = list(body_rows(self.sheet, self.plan.header, totals=TOTALS, notes=NOTES))
        self.doors.is_said_each_time = self._says_each_door([values for _, values in lines])
        for number, values in lines:
            if number == self.plan.header.bottom + 2 and is_explanation(values):
                continue
            if is_part and not any(values[item.column.index] != "" for item in self.plan.taken):
                continue
            self.lines += 1
            for index, samples in self._samples.items():
                if len(samples) < _SAMPLES and values[index] != "":
                    samples.append(cell_text(values[index]))
            yield from self._line(number, values)

    def _line(self, number: int, values: list[Cell]) -> Iterator[ResidentRow]:
        text = self.line_reader.text
        name_cell = text(values, Field.NAME)
        people_cell = text(values, Field.PEOPLE)
        if not people_cell and not name_cell and Field.PEOPLE in self.line_reader.by_field:
            people_cell = text(values, Field.HEAD_NAME)  # a head who lives alone
        beside = people_beside(values, self.members)
        several = bool(people_cell or beside) or (bool(name_cell) and is_people_cell(name_cell))
        relation = text(values, Field.RELATION).replace(" ", "")
        if NO_NAME.match(name_cell) or is_example(name_cell or people_cell, values):
            return
        if self._is_section(values, is_name=bool(name_cell or people_cell)):
            return
        starts = self._starts_household(values, relation) or several
        door = self.doors.read(values, starts_household=starts)
        name = "" if several else name_of(name_cell)
        draft = self.line_reader.read(number, values, name or people_cell or name_cell)
        for what in self.doors.date_cells(values):
            column = self.line_reader.by_field[what]
            draft.faults.append(
                self.line_reader.fault(number, column, values[column.index], "address_date", name)
            )
        source = Source(self.sheet.name, number)
        key = self._row_key(values)
        cell = self._people(values, name_cell, people_cell) if several else PeopleCell()
        if beside:
            cell = replace(cell, people=(*cell.people, *beside), is_vacant=False)
        cell = with_numbers(cell, draft)
        if self.guests.is_elsewhere(values):
            return
        kind = self.guests.kind_of_line(draft, values, relation) if name or cell.people else ""
        if kind:
            people = cell.people or (Person(name, relation),)
            yield from self._guest_line(source, key, values, door, draft, people, kind)
            return
        self.guests.remark(draft, values)
        if several:
            listed = self.line_reader.by_field.get(Field.PEOPLE)
            if listed is not None and people_cell and not cell.people and not cell.is_vacant:
                draft.remark[listed.name] = people_cell  # 出租（房东电话…）: nobody is named
            yield from self._household_line(source, key, values, door, draft, cell)
        elif name:
            yield from self._person_line(source, key, values, door, draft, (name_cell, relation))
        else:
            self._nameless_line(source, key, values, door, draft)

    def _is_section(self, values: Sequence[Cell], *, is_name: bool) -> bool:
        """Take a line that only names a building as the title of the lines below it.

        Merged over the whole line it also stands in the column of names.
        """
        filled = [index for index, value in enumerate(values) if value != ""]
        said = {values[index] for index in filled}
        text = next(iter(said)) if len(said) == 1 else ""
        if not isinstance(text, str) or not text:
            return False
        is_wide = len(filled) > 1
        if is_name and not is_wide and not is_title(text):
            return False
        place = place_in_titles(text, (), has_ground=True)
        if place.building and not read_door(text).has_door:
            self.doors.enter(place)
            return True
        if (unit := unit_alone(text)) and Field.UNIT not in self.line_reader.by_field:
            self.doors.enter(DoorAddress(unit=unit))
            return True
        if is_name:
            return is_title(text)
        first = min(item.column.index for item in self.plan.taken)
        what = next((f for f, c in self.line_reader.by_field.items() if c.index == first), None)
        # Some other title: of a grid, of a page. It says nothing of a door or a person.
        if (
            what in _NUMBERED
            and len(text) > 3
            and not re.search(r"[\d一二三四五六七八九十楼院]", text)
        ):
            return values[first] != ""
        return values[first] != "" and what in (None, Field.SERIAL, Field.HOUSEHOLD_NO)

    def _says_each_door(self, lines: Sequence[Sequence[Cell]]) -> bool:
        """Return whether all lines of people but a stray one say their door.

        Where members are left without it, as below the first of a household, they are many; where
        the levels above a door are left blank, a whole door may be as well.
        """
        columns = self.line_reader.by_field
        named = columns.get(Field.NAME)
        if named is not None and self.guests.kind in ("visitor", "lodger"):
            doors = [any(self.doors.said_in(v)) for v in lines if v[named.index] != ""]
            return doors.count(False) * 5 <= len(doors)  # visitors are of different doors
        if named is None or self._has_relation or Field.HOUSEHOLD_NO in columns:
            return False
        people = [values for values in lines if values[named.index] != ""]
        said = [self.doors.said_in(values) for values in people]
        silent = sum(not any(cells) for cells in said)
        is_whole = len({cells for cells in said if any(cells)}) == 1
        return is_whole and 0 < silent <= max(1, len(said) // 20) and len(said) - silent >= 5

    def _starts_household(self, values: Sequence[Cell], relation: str) -> bool:
        if self._has_relation:
            return relation in HEAD_WORDS
        # A serial number may be of persons, so only a household's own number tells.
        serial = self.line_reader.text(values, Field.HOUSEHOLD_NO)
        starts = bool(serial) and serial != self._last_serial
        self._last_serial = serial or self._last_serial
        return starts

    def _people(self, values: Sequence[Cell], name_cell: str, people_cell: str) -> PeopleCell:
        """Return all people of a household line: its own name column's, then the cell's."""
        head = self.line_reader.text(values, Field.HEAD_NAME) or (name_cell if people_cell else "")
        cell = read_people(people_cell or name_cell)
        first = clean_name(head) if head and not is_people_cell(head) and name_of(head) else ""
        if not first or any(name_key(p.name) == name_key(first) for p in cell.people):
            return cell
        others = tuple(replace(p, relation="") if p.relation == "户主" else p for p in cell.people)
        return replace(cell, people=(Person(first, "户主"), *others))

    def _row_key(self, values: Sequence[Cell]) -> str:
        """Return what names this line: its own key column, else a digest of its cells."""
        given = self.line_reader.text(values, Field.ROW_KEY)
        if given:
            return given[:40] if self.plan.part <= 0 else f"{given[:36]}.b{self.plan.part}"
        part = self.plan.part
        cells = [values[i.column.index] for i in self.plan.taken] if part >= 0 else values
        body = "\x1f".join([self.sheet.name, *map(str, cells)])
        digest = blake2b(body.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()
        count = self.keys[digest] = self.keys.get(digest, 0) + 1
        return digest if count == 1 else f"{digest}-{count}"

    def _hold(
        self, source: Source, key: str, values: Sequence[Cell], draft: Draft, code: str, name: str
    ) -> None:
        """Hold a line back: the fault of the line, and those of its fields, all marked as held."""
        line = self.line_reader.fault(source.row, None, "", code, name)
        self.faults += [replace(fault, is_held=True) for fault in (line, *draft.faults)]
        cells = {
            item.column.address: cell_text(values[item.column.index])
            for item in self.plan.taken
            if values[item.column.index] != ""
        }
        self.held.append(HeldRow(source, key, name, code, cells))

    def _person_line(
        self,
        source: Source,
        key: str,
        values: Sequence[Cell],
        door: Door,
        draft: Draft,
        written: tuple[str, str],
    ) -> Iterator[ResidentRow]:
        name_cell, relation = written
        name, inner = split_name(name_cell)
        if inner and not relation and inner in HEAD_WORDS:
            relation = inner
        elif inner:
            draft.remark.setdefault(self.line_reader.by_field[Field.NAME].name, name_cell)
        if not door.key or door.place.is_empty:
            self._hold(source, key, values, draft, "no_address", name)
            return
        head_name = self.line_reader.text(values, Field.HEAD_NAME)
        is_head = (
            self._names_heads
            or relation in HEAD_WORDS
            or (not relation and bool(head_name) and name_key(head_name) == name_key(name))
        )
        household = self.households.take(
            source,
            door.place,
            door.key,
            number=self.line_reader.text(values, Field.HOUSEHOLD_NO),
            is_head=is_head,
            is_tenant=relation in TENANT_WORDS,
        )
        household.add_line(draft)
        self.faults += draft.faults
        phones = list(draft.phones)
        if is_head:
            phones += [number for number in draft.head_phones if number not in phones]
        yield resident_row(
            source, key, door, household.key, Person(name, relation), draft, is_head, phones
        )

    def _guest_line(
        self,
        source: Source,
        key: str,
        values: Sequence[Cell],
        door: Door,
        draft: Draft,
        people: Sequence[Person],
        kind: str,
    ) -> Iterator[ResidentRow]:
        """Take a line of people who only stay here; without a door or long before they come, hold it."""
        name = people[0].name
        stay = self.guests.stay(draft, source.row, values, name, kind, self.today)
        if stay is None or not door.key or door.place.is_empty:
            code = "no_address" if stay is not None else "stay_too_far"
            self._hold(source, key, values, draft, code, name)
            return
        self._check_people(source, draft, PeopleCell(tuple(people)))
        household = self.households.take(source, door.place, door.key, number="", is_head=False)
        self.faults += draft.faults
        self.guests.count += len(people)
        yield from guest_rows(source, key, door, household.key, people, draft, stay)

    def _household_line(
        self,
        source: Source,
        key: str,
        values: Sequence[Cell],
        door: Door,
        draft: Draft,
        cell: PeopleCell,
    ) -> Iterator[ResidentRow]:
        self.household_lines += 1
        first = cell.people[0].name if cell.people else ""
        if not door.key or door.place.is_empty:
            self._hold(source, key, values, draft, "no_address", first)
            return
        self._check_people(source, draft, cell)
        column = self.line_reader.by_field.get(Field.LAST_SAMPLE)
        if column is not None and len(cell.people) > 1 and values[column.index] != "":
            draft.remark[column.name] = cell_text(values[column.index])  # whose it is, is not said
        declared = cell.declared if cell.declared is not None else draft.declared
        if declared is not None and declared != len(cell.people):
            draft.faults.append(self._count_fault(source, values, declared, cell))
        household = self.households.take(
            source, door.place, door.key, number="", is_head=True, is_new_line=True
        )
        household.add_household_line(draft, declared)
        self.faults += draft.faults
        heads = [index for index, person in enumerate(cell.people) if person.relation in HEAD_WORDS]
        head = heads[0] if heads else 0
        for index, person in enumerate(cell.people):
            own = share_of(draft, person, is_head=index == head, is_alone=len(cell.people) == 1)
            phones = [*person.phones]
            if index == head:
                phones += [n for n in (*draft.phones, *draft.head_phones) if n not in phones]
            person_key = key if len(cell.people) == 1 else f"{key}.{index + 1}"
            yield resident_row(
                source, person_key, door, household.key, person, own, index == head, phones
            )

    def _count_fault(
        self, source: Source, values: Sequence[Cell], declared: int, cell: PeopleCell
    ) -> Fault:
        columns = self.line_reader.by_field
        column = columns.get(Field.PEOPLE) or columns.get(Field.NAME)
        return self.line_reader.fault(
            source.row,
            column,
            values[column.index] if column else "",
            "people_count",
            cell.people[0].name if cell.people else "",
            declared=declared,
            found=len(cell.people),
        )

    def _check_people(self, source: Source, draft: Draft, cell: PeopleCell) -> None:
        """Add the faults of the numbers that stand beside names in a cell."""
        column = self.line_reader.by_field.get(Field.PEOPLE) or self.line_reader.by_field.get(
            Field.NAME
        )
        for person in cell.people:
            reading = identity.read_document(person.document)
            if reading.fault is not None:
                draft.faults.append(
                    self.line_reader.fault(
                        source.row, column, person.document, reading.fault.value, person.name
                    )
                )
                draft.remark[person.name] = person.document

    def _nameless_line(
        self, source: Source, key: str, values: Sequence[Cell], door: Door, draft: Draft
    ) -> None:
        """A dwelling where nobody lives, or a line that lost its name, or a remark below a household."""
        if draft.has_personal_data:
            self._hold(source, key, values, draft, "no_name", "")
            return
        if not door.key or door.place.is_empty:
            if any(values[item.column.index] != "" for item in self.plan.taken):
                self._hold(source, key, values, draft, "no_name_no_address", "")
            return
        household = self.households.take(source, door.place, door.key, number="", is_head=False)
        household.add_household_line(draft, draft.declared)
        self.faults += draft.faults

    def summary(self) -> SheetRead:
        """Return how the sheet was read; call it after `run`."""
        return SheetRead(
            name=self.sheet.name,
            header_row=self.plan.header.bottom + 1 or None,
            titles=self.plan.header.titles,
            columns=tuple(
                (
                    item.column.letter,
                    item.column.address,
                    item.field.value if item.field else item.target,
                )
                for item in self.plan.taken
            ),
            lines=self.lines,
            is_household_lines=self.household_lines * 2 > self.lines,
            paths=tuple((item.column.index, item.column.path) for item in self.plan.taken),
        )

    def questions(self) -> list[Question]:
        """Return what a person may say of this sheet: its unknown columns, whether it lists guests."""
        return unknown_columns(self.plan, self._samples) + self.guests.questions(self.sheet.name)
