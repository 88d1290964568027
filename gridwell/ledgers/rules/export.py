"""What can stand in a column of an exported list, and how it is masked (导出字段). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from gridwell.core.tables.model import Cell
from gridwell.ledgers.rules.fields import Field
from gridwell.residents.rules.masking import mask_document, mask_phone, masked_text

F = Field
#: In the order in which they are offered.
EXPORT_FIELDS: Final = tuple(
    known.value
    for known in (
        F.SERIAL, F.HOUSEHOLD_NO, F.COMPOUND, F.VILLAGE, F.BUILDING, F.ROW, F.UNIT, F.FLOOR, F.ROOM,
        F.ADDRESS, F.NAME, F.RELATION, F.HEAD_NAME, F.PEOPLE, F.COUNT, F.SEX, F.ID_NUMBER, F.BIRTH,
        F.AGE, F.PHONE, F.HEAD_PHONE, F.TENURE, F.RENTED, F.REGISTERED_ONLY, F.PARTY_MEMBER,
        F.PREGNANT, F.DISABLED, F.LOW_ALLOWANCE, F.DESTITUTE, F.ILLNESS, F.LIVES_ALONE,
        F.CANNOT_WALK, F.EMPLOYER, F.VACCINE, F.LABELS, F.ISOLATED_UNTIL, F.LAST_SAMPLE, F.REMARK,
    )
)  # fmt: skip
_TRAITS: Final = frozenset(
    {
        F.PARTY_MEMBER.value, F.PREGNANT.value, F.DISABLED.value, F.LOW_ALLOWANCE.value,
        F.DESTITUTE.value, F.LIVES_ALONE.value, F.CANNOT_WALK.value,
    }
)  # fmt: skip
_VALUED: Final = frozenset({F.ILLNESS.value, F.EMPLOYER.value, F.VACCINE.value})


@dataclass(frozen=True, slots=True)
class Words:
    """Words of an exported list, in the language of who exports."""

    yes: str = "是"
    sexes: Mapping[str, str] = field(default_factory=dict)
    tenures: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    registered_only: str = "人户分离"
    head: str = "户主"


@dataclass(frozen=True, slots=True)
class Line:
    """A person, or a household as one of its people with the others in `people`."""

    household: int
    steps: Mapping[str, str]
    dwelling: int = 0
    floor: int | None = None
    address: str = ""
    name: str = ""
    relation: str = ""
    is_head: bool = False
    sex: str = ""
    birth_on: date | None = None
    age: int | None = None
    document: str = ""
    phones: Sequence[str] = ()
    head_name: str = ""
    head_phones: Sequence[str] = ()
    kind: str = "lives"
    tenure: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
    labels: Sequence[str] = ()
    isolated_until: date | None = None
    last_sample_at: datetime | None = None
    remark: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[tuple[str, str]] = ()


def cell_of(line: Line, code: str, serial: int, words: Words, *, is_masked: bool) -> Cell | None:
    """Return what stands in a column for a line; an unknown code is an empty cell."""
    if code.startswith("remark."):
        text = line.remark.get(code.removeprefix("remark."), "")
        return masked_text(text) if is_masked else text
    if code in _TRAITS:
        return words.yes if code in line.traits else ""
    if code in _VALUED:
        if code not in line.traits:
            return ""
        value = line.traits[code]
        return words.values.get(f"{code}:{value}", value) or words.yes
    found = _plain_cell(line, code, serial, words)
    if found is not _NONE:
        return found  # type: ignore[return-value]  # no cell is the mark
    return _personal_cell(line, code, words, is_masked=is_masked)


_NONE: Final = object()


def _plain_cell(line: Line, code: str, serial: int, words: Words) -> object:
    """Return cells without numbers that identify anybody; `_NONE` for another code."""
    if code in line.steps:
        return line.steps[code]
    plain: dict[str, object] = {
        F.SERIAL: serial,
        F.HOUSEHOLD_NO: line.household,
        F.FLOOR: line.floor,
        F.ADDRESS: line.address,
        F.NAME: line.name,
        F.RELATION: line.relation or (words.head if line.is_head else ""),
        F.HEAD_NAME: line.head_name,
        F.COUNT: len(line.people),
        F.SEX: words.sexes.get(line.sex, ""),
        F.BIRTH: line.birth_on,
        F.AGE: line.age,
        F.TENURE: words.tenures.get(line.tenure, ""),
        F.RENTED: words.yes if line.tenure == "rented" else "",
        F.REGISTERED_ONLY: words.yes if line.kind == "registered_only" else "",
        F.LABELS: "、".join(line.labels),
        F.ISOLATED_UNTIL: line.isolated_until,
        F.LAST_SAMPLE: line.last_sample_at,
    }
    return plain.get(code, _NONE)


def _personal_cell(line: Line, code: str, words: Words, *, is_masked: bool) -> Cell | None:
    if code == F.ID_NUMBER:
        return mask_document(line.document) if is_masked else line.document
    if code in (F.PHONE, F.HEAD_PHONE):
        numbers = line.phones if code == F.PHONE else line.head_phones
        return "、".join(mask_phone(n) if is_masked else n for n in numbers)
    if code == F.PEOPLE:
        names = [f"{n}（{r}）" if r else n for n, r in line.people]
        return "、".join(names)
    if code == F.REMARK:
        text = "；".join(f"{k}：{v}" if k else v for k, v in line.remark.items())
        return masked_text(text) if is_masked else text
    return None
