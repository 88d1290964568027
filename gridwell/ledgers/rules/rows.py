"""What a household ledger says once it has been read (台账读取结果): plain data, no database.

`gridwell.ledgers.rules.reading.read_ledger` makes it of a book; `matching.match` compares it with
the register; `report.summary` counts both. Codes of faults, gaps and questions are stable; their
wording is in `ledgers/labels.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from gridwell.core.tables.model import Cell
from gridwell.places.rules.address import DoorAddress
from gridwell.residents.rules.identity import DocumentKind, Sex


class Tenure(StrEnum):
    """How a household holds its dwelling (居住性质), as the register keeps it."""

    OWNED = "owned"
    RENTED = "rented"
    DORMITORY = "dormitory"
    UNKNOWN = "unknown"


class MemberKind(StrEnum):
    """Whether a member lives here or is only registered here (人户分离)."""

    LIVES = "lives"
    REGISTERED_ONLY = "registered_only"


@dataclass(frozen=True, slots=True)
class Source:
    """Where something stands: sheet and row, as the spreadsheet numbers rows (first row is 1)."""

    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in one cell that is wrong (差错); the person is taken without that field.

    `column` is the name path of the column ("人员基本信息/身份证号"), `letter` its spreadsheet letter;
    both are empty when the fault is of the whole line. `value` is the raw cell as text. `name` is
    the person's, so that a list of faults can be read. `is_held` marks a line that was held back.
    `facts` are values for the wording.
    """

    sheet: str
    row: int
    column: str
    letter: str
    value: str
    code: str
    name: str = ""
    is_held: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that ought to be there and is not (缺项): no fault, a list to fill in later.

    Codes: no_document, no_phone (of a household without any), no_room, no_birth.
    """

    code: str
    source: Source
    name: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two lines of the file that may be one person (疑似重复), for the officer to answer.

    `row` is the later line, `first` the earlier. `code` says why: same_document (same number, same
    name) or same_in_dwelling (same name and birth date in one dwelling, no number to tell) or
    same_name_in_dwelling (the same with a birth date on one side at most).
    """

    code: str
    row: Source
    first: Source
    row_key: str
    first_key: str
    name: str
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something about a sheet or column that a person should decide (待确认).

    Codes: no_header (a sheet where no header was found), hidden_sheet (not read), unknown_column
    (kept as a remark until it is mapped; `samples` are a few of its values), guest_sheet (`samples`:
    how many of it are guests; `column`: what the officer said of it), communities (`samples`: name and
    number of lines of each; `column`: the one chosen).
    """

    code: str
    sheet: str
    column: str = ""
    letter: str = ""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One identity document: kind and normalised number."""

    kind: DocumentKind
    number: str


@dataclass(frozen=True, slots=True)
class GuestStay:
    """How long somebody is here who is not registered (暂住): kind, and naive local times or None.

    `kind` is visitor, lodger or staff. No beginning means that the list does not say since when.
    """

    kind: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """One person as the ledger lists them (人员), with all that could be read.

    `dwelling_key` is equal for all who live behind one door; `household_key` is equal for one
    household and differs where a dwelling holds several. `relation` is as written (配偶, 子).
    `documents` has the ID card first; `id_number` is its number or "". `birth_on` and `sex` come
    from the ID when it is good, else from the columns. `traits` holds what the ledger affirms
    (code of `residents.rules.traits.TraitCode` -> value, "" where there is nothing to add), `denied`
    the codes it expressly denies; a blank cell says neither. `labels` are label words as written
    (粉, 独居老人). `last_sample_at` is naive local time; with only a day known it is 00:00 and
    `last_sample_is_day` is set.
    `last_sample_outcome` is negative, pending, or "" where no result stands beside it.
    `isolated_until` is the last day. `remark` holds every column nobody knows, and every value
    that could not be taken, by header. `extra` holds columns mapped to a field of the caller's own.
    `row_key` names this line in a mended workbook; it is the same as long as the line is unchanged,
    and a mended line carries it in its own column. `guest` is set for somebody who is here without
    being registered: such a line becomes a stay and no resident.
    """

    source: Source
    row_key: str
    place: DoorAddress
    dwelling_key: str
    household_key: str
    name: str
    relation: str = ""
    is_head: bool = False
    sex: Sex = Sex.UNKNOWN
    birth_on: date | None = None
    documents: tuple[Document, ...] = ()
    phones: tuple[str, ...] = ()
    kind: MemberKind = MemberKind.LIVES
    tenure: Tenure = Tenure.UNKNOWN
    traits: Mapping[str, str] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()
    labels: tuple[str, ...] = ()
    last_sample_at: datetime | None = None
    last_sample_is_day: bool = False
    last_sample_outcome: str = ""
    isolated_until: date | None = None
    remark: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    guest: GuestStay | None = None

    @property
    def id_number(self) -> str:
        """Return the normalised ID card number, or ""."""
        for document in self.documents:
            if document.kind is DocumentKind.ID_CARD:
                return document.number
        return ""


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One household as the ledger lists it (户), vacant dwellings included.

    `people` counts the residents found, `guests` those who only stay here; `declared` is the number
    the ledger states, or None.
    `phones` are those given for the household or its head. `traits` and `labels` are said of the
    household where it is not plain of whom ("有高龄老人"); in a household of one they are also on the
    person. `colour` is the household colour that the ledger names. `is_vacant` means listed without anybody.
    """

    source: Source
    place: DoorAddress
    dwelling_key: str
    household_key: str
    people: int = 0
    declared: int | None = None
    tenure: Tenure = Tenure.UNKNOWN
    is_vacant: bool = False
    phones: tuple[str, ...] = ()
    traits: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    colour: str = ""
    remark: Mapping[str, str] = field(default_factory=dict)
    guests: int = 0


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A line that was held back (搁置行), because it has no name or no address; its cells as text."""

    source: Source
    row_key: str
    name: str
    code: str
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetRead:
    """How one sheet was read: where its header is, what each column was taken for.

    `columns` is (letter, name path, field code or "" when kept as remark). `header_row` is the
    header's last row as the spreadsheet numbers it, or None when there was no header.
    `fields` are the field codes that the sheet has columns for: what is absent there was not said.
    `paths` is (zero-based column, header texts from the top down), to write the sheet out again.
    """

    name: str
    header_row: int | None
    titles: tuple[str, ...]
    columns: tuple[tuple[str, str, str], ...]
    lines: int
    is_household_lines: bool = False
    paths: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """Return the codes of the fields that this sheet has a column for."""
        return frozenset(code for _, _, code in self.columns if code)


@dataclass(frozen=True, slots=True)
class LedgerRead:
    """A whole ledger (台账): what it lists, what is wrong with it, what it leaves open.

    `faults` holds all faults in file order, those of held lines included. `raw` gives the cells of
    each line that has a fault or is held, for the workbook that goes back to be mended.
    """

    sheets: tuple[SheetRead, ...]
    households: tuple[HouseholdRow, ...]
    residents: tuple[ResidentRow, ...]
    faults: tuple[Fault, ...] = ()
    gaps: tuple[Gap, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    questions: tuple[Question, ...] = ()
    held: tuple[HeldRow, ...] = ()
    raw: Mapping[Source, tuple[Cell, ...]] = field(default_factory=dict)

    @property
    def dwellings(self) -> int:
        """Return how many dwellings are listed, vacant ones included."""
        return len({household.dwelling_key for household in self.households})

    @property
    def guests(self) -> int:
        """Return how many of those listed are here without being registered."""
        return sum(1 for row in self.residents if row.guest is not None)

    @property
    def people_listed(self) -> int:
        """Return how many people are listed: those read and those held back who have a name."""
        return len(self.residents) + sum(1 for row in self.held if row.name)
