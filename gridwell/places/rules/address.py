"""Door addresses (门牌地址) as people write them: in columns, or in one cell in any spelling."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from gridwell.places.rules.level_names import (
    BUILDING_NUMBER,
    NUMBER,
    arabic,
    building_name,
    floor_number,
    floor_of,
    folded,
    ground_kind_of,
    numbered_building,
    room_name,
    row_name,
    unit_name,
)
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.naming import match_key

_SEP: Final = r"[-‐‑‒–—―－~～_/\\、.,·\s]"
_BUILDING: Final = re.compile(
    rf"(?P<no>{BUILDING_NUMBER})\s*(?P<word>号\s*楼|号?[栋幢座]|#\s*[楼栋幢座]?|号(?=\s*{NUMBER}\s*(?:单元|室|门)|\s*\d{{3,4}}(?!\d|号|弄))|楼(?!层))"
)
_NAMED_BUILDING: Final = re.compile(
    r"(?P<no>[^\W\d_]{0,6}?(?:综合|家属|宿舍|筒子|办公|职工|公寓|单身|商住|塔)楼)"
)
_ROW: Final = re.compile(rf"第?(?P<no>{NUMBER})\s*排")
_UNIT: Final = re.compile(
    rf"(?P<no>{NUMBER}|[A-Za-z甲乙丙丁东西南北中])\s*(?:单元|门(?!牌|面|市|店))"
)
_FLOOR: Final = re.compile(
    rf"(?P<no>-?{NUMBER}|负{NUMBER}|[Bb]\d)\s*(?:层|[Ff楼](?=\s*\d|\s*[东西南北中左右]|$))"
)
_ROOM: Final = re.compile(
    r"(?P<no>[东西南北中左右前后负]?[A-Za-z]{0,2}\d{1,5}(?:[A-Za-z]|-\d{1,2}(?!\d))?|[一二三四五六七八九十〇零]{1,5}"
    r"|[东西南北中左右](?:边|侧|面)?)\s*(?:室|号|户|房|#)?(?:\s*\((?:东|西|南|北|左|右|中|前|后)[^()]*\))?$"
)
_DASHED: Final = re.compile(
    rf"(?P<head>.*?)(?P<parts>[A-Za-z甲乙丙丁]?{NUMBER}?[A-Za-z]?(?:号楼|[栋幢座#])?(?:{_SEP}+(?:[A-Za-z]?{NUMBER}[A-Za-z]?|[东西南北中左右](?=户|$))(?:单元|门)?){{1,3}})\s*(?:室|号|户)?$"
)
_LANE: Final = re.compile(rf"(?P<no>\S*?{NUMBER}\s*弄)\s*(?P<house>{NUMBER}\s*号)?")
_UNIT_AND_ROOM: Final = re.compile(
    rf"(?P<unit>{NUMBER}){_SEP}+(?P<room>\d{{3,4}}[A-Za-z]?)[室号户]?"
)
_BUILDING_AND_UNIT: Final = re.compile(
    rf"(?P<building>{NUMBER}(?:号楼|[栋幢#])?){_SEP}+(?P<unit>{NUMBER})(?:单元|门)?"
)
_PARTS: Final = re.compile(rf"{_SEP}+")
#: A room cell that says floor and door: 1层02, 三层东户.
_FLOOR_AND_DOOR: Final = re.compile(
    rf"(?P<floor>负?{NUMBER}|-\d)层[-—]?(?P<door>\d{{1,2}}|[东西南北中左右])(?:户|室|号|边|侧)?"
)
_SITE_WORDS: Final = (
    "商铺",
    "底商",
    "门面",
    "门市",
    "超市",
    "饭店",
    "店铺",
    "商店",
    "摊位",
    "车库",
    "厂房",
)
_SHOP_CELL: Final = re.compile(
    rf"(?:沿街|临街)?(?:底商|商铺|门面房?|门市房?|店铺|车库)(?:第?{NUMBER}(?:[-—~至]{NUMBER})?(?:号|室|间)?)?"
)
_TRAILING: Final = re.compile(r"[\s\-,，、。.;；:：]+$")


@dataclass(frozen=True, slots=True)
class DoorAddress:
    """Where a door is (门牌): canonical names from the ground down to the room; "" is not said.

    Buildings with a number are "3号楼" whatever they were written as (3栋, 3#, 三号楼, 3), units
    "2单元", rows "3排"; rooms carry no 室 or 号. `ground_kind` says what `ground` is: compound,
    village or lane. `site` is a shop or the like instead of a room, or text that could not be read
    as an address (then `is_raw`). `floor` is given or follows from the room.
    """

    ground: str = ""
    ground_kind: PlaceKind = PlaceKind.COMPOUND
    building: str = ""
    row: str = ""
    unit: str = ""
    room: str = ""
    floor: int | None = None
    site: str = ""
    is_raw: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether nothing at all is said."""
        return not (self.ground or self.building or self.row or self.unit or self.room or self.site)

    @property
    def has_door(self) -> bool:
        """Return whether it names one door, not only a compound, building or unit."""
        return bool(self.room or self.site)

    @property
    def chain(self) -> tuple[tuple[PlaceKind, str], ...]:
        """Return the places from the root down: (kind, name), the dwelling or site last.

        Without a room the last is what is known; the caller decides whether that is a dwelling.
        """
        parts = [
            (self.ground_kind, self.ground),
            (PlaceKind.BUILDING, self.building),
            (PlaceKind.ROW, self.row),
            # A compound of one building has units only: they stand where its buildings would.
            (PlaceKind.UNIT if self.building else PlaceKind.BUILDING, self.unit),
            (PlaceKind.SITE if self.site else PlaceKind.DWELLING, self.site or self.room),
        ]
        return tuple((kind, name) for kind, name in parts if name)

    @property
    def key(self) -> str:
        """Return the key by which two spellings of one door compare equal."""
        return address_key(self)

    @property
    def door(self) -> str:
        """Return the door as people say it: 3-2-501."""
        short = [
            re.sub(r"(?:号楼|单元|排)$", "", part)
            for part in (self.building, self.row, self.unit, self.room or self.site)
            if part
        ]
        return "-".join(short)

    def written(self) -> str:
        """Return the whole address as it is written: 鼎新苑3号楼2单元501."""
        return f"{self.ground}{self.building}{self.row}{self.unit}{self.room or self.site}"


@lru_cache(maxsize=65_536)
def address_key(address: DoorAddress) -> str:
    """Return the match keys of all levels, joined; levels that are not said stay empty."""
    return "|".join(
        match_key(part)
        for part in (
            address.ground,
            address.building,
            address.row,
            address.unit,
            address.site or address.room,
        )
    )


def door_address(
    *,
    ground: str = "",
    building: str = "",
    row: str = "",
    unit: str = "",
    floor: str = "",
    room: str = "",
) -> DoorAddress:
    """Return the address that separate columns give, each in any spelling.

    A room cell may hold more than the room (2-501, 2单元501): what the other columns leave open is
    taken from it.
    """
    base = _from_columns(ground, building, row, unit)
    if base.site:  # 底商 beside 4 is 底商4; a shop has no rooms
        return replace(base, site=f"{base.site}{folded(room)}") if room else base
    number = floor_number(floor) if floor else None
    plain = room_name(room) if room else ""
    found = _FLOOR_AND_DOOR.fullmatch(plain)
    if found:
        number, plain = floor_number(found["floor"]), room_name(found["door"])
        if plain.isdigit() and number is not None and number > 0:
            plain = f"{number}{int(plain):02d}"  # 1层02 is 102
    if plain and not found and not _is_simple_room(plain):
        inner = read_door(room, within=base)
        if inner.has_door and not inner.is_raw:
            return replace(inner, floor=number if number is not None else inner.floor)
    if number is None and plain:
        return replace(base, room=plain, floor=floor_of(plain))
    return replace(base, room=_on_floor(plain, number), floor=number)


def _on_floor(room: str, floor: int | None) -> str:
    """Name a room that only its floor makes unique: 东 on floor 3 is 3层东, 2 is 3层2."""
    if not room or floor is None or len(room) >= 3:
        return room
    return f"{floor}层{room}"


@lru_cache(maxsize=16_384)
def _from_columns(ground: str, building: str, row: str, unit: str) -> DoorAddress:
    name = folded(ground)
    base = DoorAddress(ground=name, ground_kind=ground_kind_of(name))
    if building:
        pair = _BUILDING_AND_UNIT.fullmatch(folded(building)) if not unit else None
        if pair:
            building, unit = pair["building"], pair["unit"]
        inner = read_place(building)
        if inner.unit or (inner.ground and inner.building):  # 鼎新苑1号楼, 1号楼2单元 in one cell
            base = replace(
                base,
                ground=base.ground or inner.ground,
                ground_kind=base.ground_kind if base.ground else inner.ground_kind,
                building=inner.building,
                unit=inner.unit,
            )
        else:
            base = replace(base, building=building_name(building))
    if base.building.endswith("排") and not row:
        base, row = replace(base, building=""), base.building
    if row:
        base = replace(base, row=row_name(row))
    if unit and (shop := _SHOP_CELL.fullmatch(folded(unit))):
        return replace(base, site=shop.group())  # 底商3 in the column of units
    return replace(base, unit=unit_name(unit)) if unit else base


def _is_simple_room(room: str) -> bool:
    return bool(re.fullmatch(r"[A-Z]{0,2}\d{1,5}[A-Z]?", room))


@lru_cache(maxsize=65_536)
def read_place(text: str) -> DoorAddress:
    """Return the ground, building and unit that a title or sheet name says: 海西1号楼."""
    plain = folded(text)
    found = _BUILDING.search(plain)
    named = None if found else _NAMED_BUILDING.search(plain)
    if not found and not named:
        return DoorAddress()
    if found:
        building, start, rest = (
            numbered_building(found["no"], re.sub(r"\s", "", found["word"])),
            found.start(),
            plain[found.end() :],
        )
    else:
        assert named is not None  # noqa: S101 - one of the two is set here
        building, start, rest = named["no"], named.start(), plain[named.end() :]
    unit = _UNIT.match(rest.lstrip(" -"))
    ground = _TRAILING.sub("", plain[:start]).strip()
    return DoorAddress(
        ground=ground,
        ground_kind=ground_kind_of(ground),
        building=building,
        unit=unit_name(unit["no"]) if unit else "",
    )


_NOWHERE: Final = DoorAddress()


@lru_cache(maxsize=65_536)
def read_door(text: str, *, within: DoorAddress = _NOWHERE) -> DoorAddress:
    """Return the address that one cell names: 3-2-501, 3号楼2单元501室, 西龙庄村3排5户, 平房12号.

    `within` is what is known from elsewhere (a title, other columns): it fills what the cell leaves
    open and decides whether 1-201 is unit and room (building known) or building and room. Text that
    is no address comes back as `site` with `is_raw`: kept, never dropped.
    """
    plain = re.sub(r"\s+", " ", folded(text))
    plain = re.sub(r"(?<=\D) | (?=\D)", "", plain).strip(" -,.;:、")
    if not plain:
        return within
    found = _dashed(plain, within) or _worded(plain)
    if found is None:
        return replace(within, site=plain, is_raw=True, room="", floor=None)
    return _merged(found, within)


def _merged(found: DoorAddress, within: DoorAddress) -> DoorAddress:
    building = found.building or within.building
    # Another building named in the cell is not in the unit that a title speaks of.
    unit = found.unit or (within.unit if building == within.building else "")
    return replace(
        found,
        ground=found.ground or within.ground,
        ground_kind=found.ground_kind if found.ground else within.ground_kind,
        building=building,
        row=found.row or within.row,
        unit=unit,
        floor=found.floor if found.floor is not None else floor_of(found.room),
    )


def _dashed(plain: str, within: DoorAddress) -> DoorAddress | None:
    """Read 3-2-501, 2#-3-1201, A-1201, 1-201, 鼎新苑1-1-101."""
    found = _DASHED.fullmatch(plain)
    if not found:
        return None
    head = found["head"].strip(" -")
    parts = [part for part in _PARTS.split(found["parts"]) if part]
    if re.search(r"[弄排层]", head) or _BUILDING.search(head):
        return None
    if len(parts) == 2 and re.fullmatch(r"\d{3,4}", parts[0]) and re.fullmatch(r"\d", parts[1]):
        return None  # 501-2 is the second door of room 501
    if len(parts) < 2:
        return None
    if len(parts) == 4 and re.fullmatch(r"\d{3,4}", parts[2]) and len(parts[3]) <= 2:
        parts = [*parts[:2], f"{parts[2]}-{parts[3]}"]  # the second door of 501
    if len(parts) == 4:
        head, parts = f"{head}{parts[0]}", parts[1:]
    ground = DoorAddress(ground=head, ground_kind=ground_kind_of(head))
    if head and re.fullmatch(BUILDING_NUMBER, head) and len(parts) == 2:
        ground, parts = DoorAddress(), [head, *parts]
    room = room_name(parts[-1])
    if len(parts) == 3:
        return replace(
            ground, building=building_name(parts[0]), unit=unit_name(parts[1]), room=room
        )
    first = parts[0]
    says_building = bool(re.search(r"[楼栋幢座#]", first))
    if not says_building and (within.building or first.endswith(("单元", "门"))):
        return replace(ground, unit=unit_name(first), room=room)
    return replace(ground, building=building_name(first), room=room)


def _worded(plain: str) -> DoorAddress | None:
    """Read what has words for its levels, from the ground down to the door."""
    out, rest = _ground_and_building(plain)
    row = _ROW.search(rest)
    if row and not out.building:
        ground = out.ground or rest[: row.start()].strip(" -")
        out = replace(out, ground=ground, ground_kind=ground_kind_of(ground))
        out = replace(out, row=row_name(row["no"]))
        rest = rest[row.end() :]
    unit = _UNIT.search(rest)
    if unit and not rest[: unit.start()].strip(" -,"):
        out, rest = replace(out, unit=unit_name(unit["no"])), rest[unit.end() :]
    elif unit and not out.building and not out.row:
        ground = rest[: unit.start()].strip(" -,")
        out = replace(out, ground=ground, ground_kind=ground_kind_of(ground))
        out, rest = replace(out, unit=unit_name(unit["no"])), rest[unit.end() :]
    rest = rest.strip(" -,，、_/")
    pair = _UNIT_AND_ROOM.fullmatch(rest) if out.building and not out.unit else None
    if pair:
        return replace(out, unit=unit_name(pair["unit"]), room=room_name(pair["room"]))
    return _door_of(out, rest)


def _door_of(out: DoorAddress, rest: str) -> DoorAddress | None:
    """Read the last part: a floor, a room, a shop; what is before it is ground."""
    anchored = bool(out.building or out.row or out.unit)
    floor = _FLOOR.match(rest) if anchored else None
    if floor:
        number = floor_number(floor["no"])
        tail = rest[floor.end() :].strip(" -")
        side = _ROOM.fullmatch(tail) if tail else None
        if tail and not side:
            return replace(out, floor=number, site=tail)
        room = room_name(side["no"]) if side else ""
        return replace(out, floor=number, room=_on_floor(room, number))
    if not rest:
        return out if anchored or out.ground else None
    room_found = _ROOM.search(rest)
    if not room_found:
        return replace(out, site=rest) if anchored or rest.endswith(_SITE_WORDS) else None
    before = rest[: room_found.start()].strip(" -,第")
    name = room_name(room_found["no"])
    if not before:
        return replace(out, room=name) if anchored or out.ground else _lone_room(out, rest, name)
    if any(word in before for word in _SITE_WORDS):
        return replace(out, site=rest)
    if anchored:
        return replace(out, site=rest)
    if before in {"平房", "自建房", "别墅"}:
        return replace(out, building=before, room=name)
    if not name[:1].isdigit() and not rest.endswith(("室", "号", "户")):
        return None
    return replace(out, ground=before, ground_kind=ground_kind_of(before), room=name)


def _lone_room(out: DoorAddress, rest: str, name: str) -> DoorAddress | None:
    """A number alone is a room, if it is one: 101, 101室; a lone word is not."""
    return replace(out, room=name) if any(c.isdigit() for c in rest) else None


def _ground_and_building(plain: str) -> tuple[DoorAddress, str]:
    lane = _LANE.match(plain)
    if lane and lane["no"]:
        house = lane["house"] or ""
        base = DoorAddress(ground=lane["no"], ground_kind=PlaceKind.LANE, building=house)
        return base, plain[lane.end() :]
    found = _BUILDING.search(plain)
    if found:
        word = re.sub(r"\s", "", found["word"])
        if word == "楼" and not found["no"].isdigit():
            found = None
        elif word == "号":
            building = f"{arabic(found['no'])}号"
        else:
            building = numbered_building(found["no"], word)
    if found:
        ground = plain[: found.start()].strip(" -,")
        base = DoorAddress(ground=ground, ground_kind=ground_kind_of(ground), building=building)
        return base, plain[found.end() :]
    named = _NAMED_BUILDING.search(plain)
    if named:
        ground = plain[: named.start()].strip(" -,")
        base = DoorAddress(ground=ground, ground_kind=ground_kind_of(ground), building=named["no"])
        return base, plain[named.end() :]
    return DoorAddress(), plain


def key_of_chain(chain: Iterable[tuple[str, str]]) -> str:
    """Return the key that `address_key` gives, from the (kind, match key) pairs of a stored place.

    From the root down. Several levels of ground (a compound in a village) are one, as in a ledger.
    """
    ground = building = row = unit = door = ""
    for kind, key in chain:
        if kind == PlaceKind.BUILDING:
            building = key
        elif kind == PlaceKind.ROW:
            row = key
        elif kind == PlaceKind.UNIT:
            unit = key
        elif kind in (PlaceKind.DWELLING, PlaceKind.SITE):
            door = key
        else:
            ground += key
    if building.endswith("单元") and not unit:
        building, unit = "", building
    return "|".join((ground, building, row, unit, door))
