"""One line of a ledger, field by field (逐行读取): what can be taken is taken, what is wrong is a fault."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from gridwell.core.tables.header import Column
from gridwell.core.tables.model import Cell, cell_text
from gridwell.ledgers.rules import values as words
from gridwell.ledgers.rules.columns import Taken
from gridwell.ledgers.rules.fields import Field
from gridwell.ledgers.rules.rows import Document, Fault, MemberKind, Tenure
from gridwell.residents.rules import dates, identity, phones
from gridwell.residents.rules.identity import DocumentKind, Sex
from gridwell.residents.rules.traits import TraitCode

#: Columns that say yes or no of a circumstance.
_TRAITS: Final = {
    Field.PARTY_MEMBER: TraitCode.PARTY_MEMBER,
    Field.PREGNANT: TraitCode.PREGNANT,
    Field.DISABLED: TraitCode.DISABLED,
    Field.LOW_ALLOWANCE: TraitCode.LOW_ALLOWANCE,
    Field.DESTITUTE: TraitCode.DESTITUTE,
    Field.LIVES_ALONE: TraitCode.LIVES_ALONE,
    Field.CANNOT_WALK: TraitCode.CANNOT_WALK,
}
_VERY_OLD_LABEL: Final = "高龄老人"
_LONGEST_VALUE: Final = 60
_NOT_OF_PARTY: Final = re.compile(r"群众|团员|无党派|民革|民盟|民建|民进|农工|致公|九三|台盟")


@dataclass(slots=True)
class Draft:
    """What one line says of its person or household, before it is known who that is."""

    documents: list[Document] = field(default_factory=list)
    sex: Sex = Sex.UNKNOWN
    birth_on: date | None = None
    phones: list[str] = field(default_factory=list)
    head_phones: list[str] = field(default_factory=list)
    tenure: Tenure = Tenure.UNKNOWN
    kind: MemberKind = MemberKind.LIVES
    says_vacant: bool = False
    declared: int | None = None
    traits: dict[str, str] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    labels: list[str] = field(default_factory=list)
    colour: str = ""
    last_sample_at: datetime | None = None
    last_sample_is_day: bool = False
    last_sample_outcome: str = ""
    isolated_until: date | None = None
    remark: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    says_guest: bool = False
    id_column: Column | None = None
    id_value: str = ""
    has_personal_data: bool = False


class LineReader:
    """Reads the lines of one sheet; knows which column holds which field."""

    def __init__(
        self,
        sheet: str,
        taken: Sequence[Taken],
        *,
        hint: dates.YearHint | None,
        today: date,
        unvalued: frozenset[tuple[int, int]] = frozenset(),
    ) -> None:
        self.sheet = sheet
        self.hint = hint
        self.today = today
        self.unvalued = unvalued
        self.by_field: dict[Field, Column] = {}
        self._traits: list[tuple[int, Column, TraitCode]] = []
        self._phones: list[tuple[int, Column, bool]] = []
        self._labels: list[tuple[int, Column]] = []
        self._documents: list[tuple[int, Column]] = []
        self._remarks: list[tuple[int, Column, bool]] = []
        self._targets: list[tuple[int, str]] = []
        self._used: dict[int, Column] = {}
        for item in taken:
            self._place(item)

    def _place(self, item: Taken) -> None:
        column, what = item.column, item.field
        index = column.index
        if item.is_member:
            return
        if item.target:
            self._targets.append((index, item.target))
        elif what is None or what is Field.REMARK:
            self._remarks.append((index, column, what is Field.REMARK))
        else:
            self._used[index] = column
            self.by_field.setdefault(what, column)
        if what in (Field.PHONE, Field.HEAD_PHONE):
            self._phones.append((index, column, what is Field.HEAD_PHONE))
        elif what is Field.LABELS:
            self._labels.append((index, column))
        elif what is Field.DOCUMENT:
            self._documents.append((index, column))
        elif what in _TRAITS:
            self._traits.append((index, column, _TRAITS[what]))

    def text(self, values: Sequence[Cell], what: Field) -> str:
        """Return the text of a field's cell, "" when the sheet has no such column."""
        column = self.by_field.get(what)
        if column is None:
            return ""
        value = values[column.index]
        return value.strip() if isinstance(value, str) else cell_text(value)

    def fault(
        self, row: int, column: Column | None, value: Cell, code: str, name: str, **facts: object
    ) -> Fault:
        """Return a fault of one cell, or of the whole line when there is no column."""
        raw = value if isinstance(value, str) else cell_text(value)
        return Fault(
            self.sheet,
            row,
            column.address if column else "",
            column.letter if column else "",
            raw,
            code,
            name,
            facts=facts,
        )

    def read(self, row: int, values: Sequence[Cell], name: str) -> Draft:
        """Return what the line says; `name` is for the list of faults only."""
        draft = Draft()
        if self.unvalued:
            for index, column in self._used.items():
                if (row - 1, index) in self.unvalued:
                    draft.faults.append(self.fault(row, column, "", "formula_without_value", name))
        self._read_document(draft, row, values, name)
        self._read_person(draft, row, values, name)
        self._read_phones(draft, row, values, name)
        self._read_living(draft, values)
        self._read_circumstances(draft, values)
        self._read_dates(draft, row, values, name)
        for index, target in self._targets:
            if values[index] != "":
                draft.extra[target] = cell_text(values[index])
        for index, column, is_ours in self._remarks:
            if values[index] != "":
                self._read_remark(draft, column, cell_text(values[index]), is_ours=is_ours)
        return draft

    def _keep(self, draft: Draft, column: Column, value: Cell) -> None:
        """Keep a raw value that could not be taken."""
        text = cell_text(value)
        if text:
            draft.remark[column.name or column.address] = text

    def _wrong(
        self,
        draft: Draft,
        row: int,
        column: Column,
        value: Cell,
        code: str,
        name: str,
        **facts: object,
    ) -> None:
        draft.faults.append(self.fault(row, column, value, code, name, **facts))
        self._keep(draft, column, value)

    def _read_document(self, draft: Draft, row: int, values: Sequence[Cell], name: str) -> None:
        column = self.by_field.get(Field.ID_NUMBER)
        if column is not None:
            value = values[column.index]
            if value != "":
                draft.id_column, draft.id_value = column, cell_text(value)
                self._take_reading(
                    draft, row, column, value, self._document_reading(values, value), name
                )
        for index, other in self._documents:
            if values[index] != "":
                reading = identity.read_document(values[index], DocumentKind.OTHER)
                self._take_reading(draft, row, other, values[index], reading, name)
        if len(draft.documents) > 1:
            draft.documents.sort(key=lambda document: document.kind is not DocumentKind.ID_CARD)

    def _document_reading(self, values: Sequence[Cell], value: Cell) -> identity.Reading:
        kind_words = self.text(values, Field.DOCUMENT_KIND)
        if not kind_words or "身份证" in kind_words:
            return identity.read_document(value)
        reading = identity.read_document(value, DocumentKind.OTHER)
        if reading.kind is DocumentKind.OTHER:
            for sign, kind in (
                ("护照", DocumentKind.PASSPORT),
                ("台", DocumentKind.TAIWAN),
                ("港", DocumentKind.HK_MACAO),
            ):
                if sign in kind_words:
                    return identity.Reading(kind, reading.number)
        return reading

    def _take_reading(
        self,
        draft: Draft,
        row: int,
        column: Column,
        value: Cell,
        reading: identity.Reading,
        name: str,
    ) -> None:
        if reading.fault is not None:
            self._wrong(draft, row, column, value, reading.fault.value, name)
        elif reading.birth_on is not None and reading.birth_on > self.today:
            self._wrong(draft, row, column, value, identity.IdFault.DATE.value, name)
            return
        elif reading.number:
            document = Document(reading.kind, reading.number)
            if document not in draft.documents:
                draft.documents.append(document)
        if reading.fault is not None or reading.number:
            draft.has_personal_data = True
        draft.birth_on = draft.birth_on or reading.birth_on
        if draft.sex is Sex.UNKNOWN:
            draft.sex = reading.sex

    def _read_person(self, draft: Draft, row: int, values: Sequence[Cell], name: str) -> None:
        """Sex and birth date: the number's own go before the columns'; a contradiction is a fault."""
        column = self.by_field.get(Field.SEX)
        if column is not None and values[column.index] != "":
            sex = identity.read_sex(values[column.index])
            draft.has_personal_data = draft.has_personal_data or sex not in (None, Sex.UNKNOWN)
            if sex is None:
                self._wrong(draft, row, column, values[column.index], "sex_form", name)
            elif draft.sex is Sex.UNKNOWN:
                draft.sex = sex
            elif sex is not Sex.UNKNOWN and sex is not draft.sex:
                self._wrong(draft, row, column, values[column.index], "sex_contradicts_id", name)
        column = self.by_field.get(Field.BIRTH)
        if column is None or values[column.index] == "":
            return
        value = values[column.index]
        reading = dates.read_date(value, self.hint, past=True)
        if reading.fault is not None:
            # A month is as good as a list of old has it: kept, and no fault beside a good number.
            if not (reading.fault is dates.DateFault.INCOMPLETE and draft.birth_on):
                self._wrong(draft, row, column, value, reading.fault.value, name)
            return
        if reading.day is None:
            return
        draft.has_personal_data = True
        if reading.day > self.today:
            self._wrong(draft, row, column, value, "birth_in_future", name)
        elif draft.birth_on is None:
            draft.birth_on = reading.day
        elif draft.birth_on != reading.day:
            self._wrong(
                draft, row, column, value, "birth_contradicts_id", name, id_says=draft.birth_on
            )

    def _read_phones(self, draft: Draft, row: int, values: Sequence[Cell], name: str) -> None:
        for index, column, is_heads in self._phones:
            value = values[index]
            if value == "":
                continue
            reading = phones.read_phones(value)
            into = draft.head_phones if is_heads else draft.phones
            into.extend(number for number in reading.numbers if number not in into)
            for piece, why in reading.faults:
                self._wrong(draft, row, column, value, why.value, name, piece=piece)

    def _read_living(self, draft: Draft, values: Sequence[Cell]) -> None:
        column = self.by_field.get(Field.TENURE)
        if column is not None and values[column.index] != "":
            living = words.living_of(cell_text(values[column.index]))
            draft.tenure = living.tenure
            draft.says_vacant = living.is_vacant
            draft.kind = living.kind or draft.kind
            if not living.is_understood:
                self._keep(draft, column, values[column.index])
        column = self.by_field.get(Field.RENTED)
        if column is not None and values[column.index] != "":
            says, _ = words.yes_or_no(cell_text(values[column.index]))
            if says:
                draft.tenure = Tenure.RENTED
        column = self.by_field.get(Field.REGISTERED_ONLY)
        if column is not None and values[column.index] != "":
            says, _ = words.yes_or_no(cell_text(values[column.index]))
            if says:
                draft.kind = MemberKind.REGISTERED_ONLY
        column = self.by_field.get(Field.COUNT)
        if column is not None and values[column.index] != "":
            found = re.search(r"\d{1,3}", cell_text(values[column.index]))
            draft.declared = int(found.group()) if found else None

    def _read_circumstances(self, draft: Draft, values: Sequence[Cell]) -> None:
        for index, column, code in self._traits:
            value = values[index]
            if value == "":
                continue
            text = cell_text(value)
            says, detail = words.yes_or_no(text)
            if code is TraitCode.PARTY_MEMBER and detail:
                says, detail = ("党员" in detail and not _NOT_OF_PARTY.search(detail)), ""
            self._say(draft, column, code, says, detail)
        self._read_illness(draft, values)
        column_of = self.by_field.get
        column_ = column_of(Field.VACCINE)
        if column_ is not None and values[column_.index] != "":
            text = cell_text(values[column_.index])
            draft.traits[TraitCode.VACCINE] = words.vaccine_state(text)[:_LONGEST_VALUE]
            self._keep(draft, column_, text)
        column_ = column_of(Field.EMPLOYER)
        if column_ is not None and values[column_.index] != "":
            text = cell_text(values[column_.index])
            if words.yes_or_no(text)[1]:
                draft.traits[TraitCode.EMPLOYER] = text[:_LONGEST_VALUE]
        column_ = column_of(Field.VERY_OLD)
        if column_ is not None and words.yes_or_no(cell_text(values[column_.index]))[0]:
            draft.labels.append(_VERY_OLD_LABEL)
        column_ = column_of(Field.HOME_COLOUR)
        if column_ is not None and values[column_.index] != "":
            text = cell_text(values[column_.index])
            draft.colour = words.home_colour(text)
            if not draft.colour:
                draft.labels.extend(words.label_words(text))
        for index, _ in self._labels:
            if values[index] != "":
                draft.labels.extend(words.label_words(cell_text(values[index])))

    def _say(
        self, draft: Draft, column: Column, code: TraitCode, says: bool | None, detail: str
    ) -> None:
        if says:
            draft.traits[code.value] = detail[:_LONGEST_VALUE]
            if len(detail) > _LONGEST_VALUE:
                self._keep(draft, column, detail)
        elif says is False:
            draft.denied.add(code.value)

    def _read_illness(self, draft: Draft, values: Sequence[Cell]) -> None:
        column = self.by_field.get(Field.ILLNESS)
        if column is None or values[column.index] == "":
            return
        text = cell_text(values[column.index])
        says, detail = words.yes_or_no(text)
        state_text = self.text(values, Field.ILLNESS_STATE)
        state = words.illness_state(f"{text} {state_text}")
        if not state and state_text:
            stable, _ = words.yes_or_no(state_text)
            state = (
                {True: "stable", False: "unstable"}.get(stable, "") if stable is not None else ""
            )
        if says and state:
            draft.traits[TraitCode.ILLNESS.value] = state
            self._keep(draft, column, text)
        else:
            self._say(draft, column, TraitCode.ILLNESS, says, detail)

    def _read_dates(self, draft: Draft, row: int, values: Sequence[Cell], name: str) -> None:
        column = self.by_field.get(Field.LAST_SAMPLE)
        if column is not None and values[column.index] != "":
            value = values[column.index]
            reading = dates.read_date(value, self.hint)
            if reading.fault is not None:
                self._wrong(draft, row, column, value, reading.fault.value, name)
            elif reading.day is not None:
                draft.last_sample_is_day = reading.at is None
                draft.last_sample_at = reading.at or datetime.combine(
                    reading.day, datetime.min.time()
                )
        self._read_result(draft, row, values, name)
        column = self.by_field.get(Field.ISOLATED_UNTIL)
        if column is not None and values[column.index] != "":
            value = values[column.index]
            reading = dates.read_date(value, self.hint)
            if reading.fault is not None:
                self._wrong(draft, row, column, value, reading.fault.value, name)
            elif (
                reading.at is not None
                and reading.day is not None
                and reading.at.date() > reading.day
            ):
                draft.isolated_until = reading.at.date() - timedelta(
                    days=1
                )  # 24:00 is that day's end
            else:
                draft.isolated_until = reading.day

    def _read_result(self, draft: Draft, row: int, values: Sequence[Cell], name: str) -> None:
        """Take the result beside a sample; a positive one is no matter of a list."""
        column = self.by_field.get(Field.SAMPLE_RESULT)
        if column is None or values[column.index] == "":
            return
        outcome = words.sample_result(cell_text(values[column.index]))
        if outcome == "positive":
            self._wrong(draft, row, column, values[column.index], "positive_in_ledger", name)
        elif outcome and draft.last_sample_at is not None:
            draft.last_sample_outcome = outcome
        else:
            self._keep(draft, column, values[column.index])

    def _read_remark(self, draft: Draft, column: Column, text: str, *, is_ours: bool) -> None:
        if not text:
            return
        name = column.name if column.name and column.name not in draft.remark else column.address
        draft.remark[name] = text
        if is_ours:
            draft.says_guest = draft.says_guest or words.says_guest(text)
            codes, labels = words.said_in_remark(text)
            for code in codes:
                draft.traits.setdefault(code, "")
            draft.labels.extend(label for label in labels if label not in draft.labels)
