"""Which door a line of a ledger is about (行的门牌): columns, one cell, what is merged or left blank."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gridwell.core.tables.model import Cell, cell_text
from gridwell.ledgers.rules.fields import PLACE_FIELDS, Field
from gridwell.ledgers.rules.line import LineReader
from gridwell.places.rules.address import (
    DoorAddress,
    address_key,
    door_address,
    read_door,
    read_place,
)
from gridwell.places.rules.level_names import ground_kind_of

_ADMINISTRATIVE: Final = re.compile(r"^.*(?:省|市|区(?!$)|县|街道|镇|社区|居委会)(?=.)")
#: What stands before the name of a compound in a full address.
_UPPER: Final = re.compile(
    r"(?:.{2,5}?(?:省|自治区))?(?:.{2,5}?市)?(?:.{2,5}?(?:区|县|市))?"
    r"(?:.{2,8}?(?:街道|镇|乡)(?:办事处)?)?(?:.{2,8}?(?:社区|居委会))?(?=.)"
)
_DITTO: Final = frozenset(["〃", "″", '"', "''", "同上", "同前", "上同"])
#: Words that stand where a door should, and name none.
_UNKNOWN: Final = frozenset(
    ["不详", "不明", "未知", "不清楚", "待查", "待核实", "待定", "暂无", "无", "/", "-", "—", "——"]
)
_UNIT_ALONE: Final = re.compile(r"\s*第?([0-9一二三四五六七八九十]{1,3}单元)(?:住户)?\s*")
_SEVERAL: Final = re.compile(r"\d\s*[-—~至到、,，和及]\s*\d+\s*(?:号楼|[栋幢座#])")
_GROUND_NAME: Final = re.compile(
    r".{1,12}(?:小区|苑|院|园|家园|公寓|宿舍|花园|村|庄|府|湾|居|庭|城|里|新区|别墅|大厦|社区|坊|寓|郡|都|堡|巷)"
)


@dataclass(frozen=True, slots=True)
class Door:
    """A line's door; `is_said` when the line itself says anything of it, merged cells included."""

    place: DoorAddress
    key: str
    is_said: bool


_NO_PLACE: Final = DoorAddress()
_NOWHERE: Final = Door(DoorAddress(), "", is_said=False)


def place_in_titles(sheet_name: str, titles: Sequence[str], *, has_ground: bool) -> DoorAddress:
    """Return what the sheet's name and titles say of the place: 海西1号楼摸排登记表.

    A building only when exactly one is named; a sheet named after a compound gives the compound
    when no column does.
    """
    best = DoorAddress()
    for text in (sheet_name, *titles):
        if _SEVERAL.search(text):
            continue
        found = read_place(text)
        if found.building:
            best = found
            break
    ground = _ADMINISTRATIVE.sub("", best.ground) if best.ground else ""
    if len(ground) > 15 or re.search(r"[年月日:()（）]", ground):
        ground = ""
    if not ground and not has_ground and _GROUND_NAME.fullmatch(sheet_name.strip()):
        ground = sheet_name.strip()
    unit = best.unit
    if not unit and len(alone := set(filter(None, map(unit_alone, titles)))) == 1:
        unit = alone.pop()
    kind = best.ground_kind if ground == best.ground else read_door(f"{ground}1号").ground_kind
    return DoorAddress(ground=ground, ground_kind=kind, building=best.building, unit=unit)


def unit_alone(title: str) -> str:
    """Return the unit that a title names and nothing else (1单元), or ""."""
    found = _UNIT_ALONE.fullmatch(title)
    return door_address(unit=found[1]).unit if found else ""


def place_of_sheet(name: str) -> DoorAddress:
    """Return the place of a sheet named by figures alone: 3-2 is 3号楼2单元, 5 is 5号楼."""
    found = re.fullmatch(r"\s*(\d{1,3})(?:\s*[-－—]\s*([1-9]))?\s*", name)
    if not found:
        return _NO_PLACE
    return door_address(building=found[1], unit=found[2] or "")


def ground_below(ground: str) -> str:
    """Return a compound's name without the city, district and subdistrict it lies in.

    What names a part of a compound (阳光小区三区) stays: something above a district must be named.
    """
    found = _UPPER.match(ground)
    upper = found.group() if found else ""
    if not re.search(r"省|市|街道|[镇乡](?=.)|社区|居委会|自治区", upper):
        return ground
    return ground[len(upper) :]


class DoorReader:
    """Gives each line of one sheet its door; remembers the line above for cells left blank."""

    def __init__(self, lines: LineReader, within: DoorAddress) -> None:
        self._lines = lines
        self._columns: dict[Field, int] = {
            what: column.index for what, column in lines.by_field.items() if what in PLACE_FIELDS
        }
        self._order = [self._columns.get(what) for what in PLACE_FIELDS]
        self._within = within
        self._known: dict[tuple[str, ...], DoorAddress] = {}
        self._last: tuple[str, ...] = ("",) * len(PLACE_FIELDS)
        self._last_door = _NOWHERE
        #: Every line says its door itself, so that one left blank has lost it.
        self.is_said_each_time = False

    def enter(self, place: DoorAddress) -> None:
        """Take a title between the lines (2号楼) as what the lines below leave unsaid.

        It stands in the compound that the title before it named.
        """
        above = self._within
        if not place.ground:
            place = replace(place, ground=above.ground, ground_kind=above.ground_kind)
        if place.unit and not place.building:
            place = replace(place, building=above.building)
        self._within = place
        self._known.clear()
        self._last = ("",) * len(PLACE_FIELDS)
        self._last_door = _NOWHERE

    def said_in(self, values: Sequence[Cell]) -> tuple[bool, ...]:
        """Return which of the place columns a line's own cells fill."""
        return tuple([values[index] != "" for index in self._columns.values()])

    @property
    def has_columns(self) -> bool:
        """Return whether the sheet has any column for places."""
        return bool(self._columns)

    def date_cells(self, values: Sequence[Cell]) -> list[Field]:
        """Return the place fields whose cell a spreadsheet has turned into a date (3-2 -> 2 March)."""
        return [
            what
            for what, index in self._columns.items()
            if not isinstance(values[index], (str, int, float))
        ]

    def read(self, values: Sequence[Cell], *, starts_household: bool) -> Door:
        """Return the door of the next line.

        Levels left blank above the first one given are those of the line above. A line that says
        nothing belongs to the line above, unless it starts a household of its own.
        """
        raw = tuple(
            [
                ""
                if index is None
                else value.strip()
                if isinstance(value := values[index], str)
                else cell_text(value)
                for index in self._order
            ]
        )
        wrong = {self._columns[what] for what in self.date_cells(values)}
        if wrong and any(c for i, c in zip(self._order, raw, strict=True) if i not in wrong):
            # A door that a spreadsheet has turned into a date is none beside other columns.
            raw = tuple(["" if i in wrong else c for i, c in zip(self._order, raw, strict=True)])
            starts_household = True
        if not _DITTO.isdisjoint(raw):
            raw = tuple(
                [
                    last if cell in _DITTO else cell
                    for cell, last in zip(raw, self._last, strict=True)
                ]
            )
        if not _UNKNOWN.isdisjoint(raw):
            raw = tuple(["" if cell in _UNKNOWN else cell for cell in raw])
            if not any(raw):
                return _NOWHERE
        if not any(raw):
            alone = starts_household or self.is_said_each_time
            if alone and self._last_door.place.has_door:
                return _NOWHERE
            return Door(self._last_door.place, self._last_door.key, is_said=False)
        full = self._filled(raw, starts_household=starts_household)
        place = self._known.get(full)
        if place is None:
            place = self._known.setdefault(full, self._place(full))
        self._last = full
        self._last_door = Door(place, address_key(place), is_said=True)
        return self._last_door

    def _filled(self, raw: tuple[str, ...], *, starts_household: bool) -> tuple[str, ...]:
        if raw[0] and raw[-2]:
            return raw
        last = self._last
        levels = ((0, 1, 2), (3, 4), (5,), (6, 7, 8))  # ground; building, row; unit; the door
        given = [any(raw[i] for i in level) for level in levels]
        first = given.index(True)
        full = list(raw)
        for level in levels[:first]:
            for i in level:
                full[i] = last[i]
        if given[3] and not given[2] and last[5] and raw[3] and full[:5] == list(last[:5]):
            full[5] = last[5]  # the building is written each time, its unit only once
        has_door_column = any(PLACE_FIELDS[i] in self._columns for i in levels[3])
        if not given[3] and has_door_column and not starts_household:
            above = [i for level in levels[:3] for i in level]
            if all(full[i] == last[i] for i in above):
                for i in levels[3]:
                    full[i] = last[i]
        return tuple(full)

    def _place(self, raw: tuple[str, ...]) -> DoorAddress:
        compound, village, lane, building, row, unit, floor, room, address = raw
        ground = f"{village}{compound if compound != village else ''}{lane}" or self._within.ground
        if not (building or row):
            building = "" if self._has(Field.BUILDING, Field.ROW) else self._within.building
        if not unit and not self._has(Field.UNIT) and not row:
            unit = self._within.unit if building == self._within.building else ""
        base = door_address(
            ground=ground, building=building, row=row, unit=unit, floor=floor, room=room
        )
        if not address:
            return base
        if base.room:  # the address column then only says where the building is
            return base
        place = read_door(address, within=base)
        below = ground_below(place.ground)
        if below == place.ground:
            return place
        return replace(place, ground=below, ground_kind=ground_kind_of(below))

    def _has(self, *what: Field) -> bool:
        return any(item in self._columns for item in what)
