"""Makes residents of what a line says (成员): names, and what of a household line is whose."""

from collections.abc import Sequence

from gridwell.ledgers.rules.doors import Door
from gridwell.ledgers.rules.line import Draft
from gridwell.ledgers.rules.people import Person
from gridwell.ledgers.rules.rows import Document, ResidentRow, Source
from gridwell.ledgers.rules.values import NO_NAME, VACANT, clean_name
from gridwell.residents.rules import identity
from gridwell.residents.rules.identity import DocumentKind


def name_of(cell: str) -> str:
    """Return the name in a name cell; words that say nobody lives there are no name."""
    name, _ = split_name(cell)
    return "" if VACANT.fullmatch(name) or NO_NAME.match(name) else name


def split_name(cell: str) -> tuple[str, str]:
    """Return the name and what stands in brackets behind it: 张三（户主）."""
    if cell[-1:] in (")", "）"):
        name, _, inner = cell.replace("（", "(").replace("）", ")").partition("(")
        return clean_name(name), inner.strip("() ")
    return clean_name(cell), ""


def share_of(draft: Draft, person: Person, *, is_head: bool, is_alone: bool) -> Draft:
    """Return what of a household line is true of one of its people.

    The number, birth date and sex are the head's; circumstances are anybody's, so only a person
    who lives alone takes them; isolation is of the whole household.
    """
    own = Draft(tenure=draft.tenure, kind=draft.kind, isolated_until=draft.isolated_until)
    if is_head:
        own.documents, own.sex, own.birth_on = draft.documents, draft.sex, draft.birth_on
        own.id_column, own.id_value = draft.id_column, draft.id_value
        own.extra = draft.extra
        own.faults = draft.faults
    if is_alone:
        own.traits, own.denied, own.labels = draft.traits, draft.denied, draft.labels
        own.last_sample_at = draft.last_sample_at
        own.last_sample_is_day = draft.last_sample_is_day
        own.last_sample_outcome = draft.last_sample_outcome
    if person.document:
        reading = identity.read_document(person.document)
        if reading.number:
            own.documents = [Document(DocumentKind.ID_CARD, reading.number)]
            own.sex, own.birth_on = reading.sex, reading.birth_on
    if person.words:
        own.remark = {"": "、".join(person.words)}
    return own


def resident_row(
    source: Source,
    key: str,
    door: Door,
    household: str,
    person: Person,
    draft: Draft,
    is_head: bool,
    phones: Sequence[str],
) -> ResidentRow:
    """Return one person of a line; `draft` is what the line says of that person alone."""
    return ResidentRow(
        source=source,
        row_key=key,
        place=door.place,
        dwelling_key=door.key,
        household_key=household,
        name=person.name,
        relation=person.relation,
        is_head=is_head,
        sex=draft.sex,
        birth_on=draft.birth_on,
        documents=tuple(draft.documents),
        phones=tuple(phones),
        kind=draft.kind,
        tenure=draft.tenure,
        traits=draft.traits,
        denied=frozenset(draft.denied),
        labels=tuple(dict.fromkeys(draft.labels)),
        last_sample_at=draft.last_sample_at,
        last_sample_is_day=draft.last_sample_is_day,
        last_sample_outcome=draft.last_sample_outcome,
        isolated_until=draft.isolated_until,
        remark=draft.remark,
        extra=draft.extra,
        faults=tuple(draft.faults),
    )
