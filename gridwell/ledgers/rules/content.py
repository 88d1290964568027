"""What a column without a known name holds, by its values (按内容认列): numbers, doors, names."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gridwell.core.tables.header import Header
from gridwell.core.tables.model import Cell, Sheet, cell_text
from gridwell.ledgers.rules.columns import Taken
from gridwell.ledgers.rules.fields import PLACE_FIELDS, Field
from gridwell.ledgers.rules.values import SURNAMES, clean_name
from gridwell.places.rules.address import read_door
from gridwell.residents.rules import identity
from gridwell.residents.rules.phones import read_phones

_LOOKED_AT: Final = 40
_SURE: Final = 0.8
_NAME: Final = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff·]{1,12}"
)
_KIN: Final = frozenset(
    ["配偶", "儿子", "女儿", "母亲", "父亲", "户主", "本人", "自住", "常住", "租住", "租户"]
)


def fields_by_content(
    sheet: Sheet, header: Header, taken: tuple[Taken, ...], *, least_rows: int = 1
) -> tuple[Taken, ...]:
    """Return the columns, those that nobody knows by name and whose values are plain with a field.

    Only what the table still lacks is looked for: a number, a telephone, a door, a name.
    """
    fields = {item.field for item in taken}
    wanted = [
        (what, is_it)
        for what, is_it, there in (
            (Field.ID_NUMBER, _is_id, {Field.ID_NUMBER}),
            (Field.PHONE, _is_phone, {Field.PHONE, Field.HEAD_PHONE}),
            (Field.ADDRESS, _is_door, {*PLACE_FIELDS} - {Field.COMPOUND, Field.VILLAGE}),
            (Field.NAME, _is_name, {Field.NAME, Field.PEOPLE, Field.HEAD_NAME}),
        )
        if not fields & there
    ]
    out = list(taken)
    for what, is_it in wanted:
        for index, item in enumerate(out):
            if item.field is None and item.is_unknown and not item.target:
                values = _values(sheet, header, item.column.index)
                good = sum(is_it(value) for value in values)
                if len(values) >= least_rows and values and good >= _SURE * len(values):
                    out[index] = replace(item, field=what, is_unknown=False)
                    break
    return tuple(out)


def _values(sheet: Sheet, header: Header, index: int) -> Sequence[Cell]:
    found: list[Cell] = []
    for row in sheet.rows[header.bottom + 1 :]:
        if index < len(row) and row[index] != "":
            found.append(row[index])
            if len(found) >= _LOOKED_AT:
                break
    return found


def _is_id(value: Cell) -> bool:
    return bool(identity.read_document(value).number)


def _is_phone(value: Cell) -> bool:
    if cell_text(value).strip() in ("无", "没有", "无电话", "暂无", "-", "/"):
        return True
    reading = read_phones(value)
    return bool(reading.numbers) and not reading.faults and len(reading.numbers[0]) > 8


def _is_door(value: Cell) -> bool:
    if not isinstance(value, str):
        return False
    door = read_door(value)
    return door.has_door and not door.is_raw and bool(door.building or door.row or door.unit)


def _is_name(value: Cell) -> bool:
    text = clean_name(cell_text(value))
    return bool(_NAME.fullmatch(text)) and text[0] in SURNAMES and text not in _KIN
