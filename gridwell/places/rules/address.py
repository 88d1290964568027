"""Door addresses (门牌地址) as people write them: in columns, or in one cell in any spelling."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.naming import match_key
from gridwell.places.rules.numerals import parse_int

_N: Final = r"(?:\d{1,4}|[一二三四五六七八九十百零〇]{1,4})"
_SEP: Final = r"[-‐‑‒–—―－~～_/\\、.,·\s]"
#: A building's own number: 3, 12, A, B2, 甲3, 3A, 东, 综合.
#: A direction counts as part of it only where no name runs into it: 海西1号楼 is 1号楼 of 海西.
_BUILDING_NO: Final = (
    rf"(?:(?:[甲乙丙丁]|(?<![\u4e00-\u9fff])[东西南北中])?{_N}[A-Za-z]?"
    r"|[A-Za-z]\d{0,3}|(?<![\u4e00-\u9fff])[甲乙丙丁东西南北中])"
)
_BUILDING: Final = re.compile(
    rf"(?P<no>{_BUILDING_NO})\s*(?P<word>号\s*楼|号?[栋幢座]|#\s*[楼栋幢座]?|号(?=\s*{_N}\s*(?:单元|室|门)|\s*\d{{3,4}}(?!\d|号|弄))|楼(?!层))"
)
_NAMED_BUILDING: Final = re.compile(
    r"(?P<no>[^\W\d_]{0,6}?(?:综合|家属|宿舍|筒子|办公|职工|公寓|单身|商住|塔)楼)"
)
_ROW: Final = re.compile(rf"第?(?P<no>{_N})\s*排")
_UNIT: Final = re.compile(rf"(?P<no>{_N}|[A-Za-z甲乙丙丁东西南北中])\s*(?:单元|门(?!牌|面|市|店))")
_FLOOR: Final = re.compile(
    rf"(?P<no>-?{_N}|负{_N}|[Bb]\d)\s*(?:层|[Ff楼](?=\s*\d|\s*[东西南北中左右]|$))"
)
_ROOM: Final = re.compile(
    r"(?P<no>[东西南北中左右前后负]?[A-Za-z]{0,2}\d{1,5}(?:[A-Za-z]|-\d{1,2}(?!\d))?|[一二三四五六七八九十〇零]{1,5}"
    r"|[东西南北中左右](?:边|侧|面)?)\s*(?:室|号|户|房|#)?(?:\s*\((?:东|西|南|北|左|右|中|前|后)[^()]*\))?$"
)
_DASHED: Final = re.compile(
    rf"(?P<head>.*?)(?P<parts>[A-Za-z甲乙丙丁]?{_N}?[A-Za-z]?(?:号楼|[栋幢座#])?(?:{_SEP}+[A-Za-z]?{_N}[A-Za-z]?(?:单元|门)?){{1,3}})\s*(?:室|号|户)?$"
)
_LANE: Final = re.compile(rf"(?P<no>\S*?{_N}\s*弄)\s*(?P<house>{_N}\s*号)?")
_UNIT_AND_ROOM: Final = re.compile(rf"(?P<unit>{_N}){_SEP}+(?P<room>\d{{3,4}}[A-Za-z]?)[室号户]?")
_BUILDING_AND_UNIT: Final = re.compile(
    rf"(?P<building>{_N}(?:号楼|[栋幢#])?){_SEP}+(?P<unit>{_N})(?:单元|门)?"
)
_PARTS: Final = re.compile(rf"{_SEP}+")
_VILLAGE_ENDS: Final = ("村", "庄", "组", "社", "屯", "寨", "坡", "沟")
_LANE_ENDS: Final = ("巷", "弄", "胡同", "街", "路")
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


def _arabic(text: str) -> str:
    value = parse_int(text)
    return text if value is None else str(value)


def folded(text: str) -> str:
    """Return half-width text with trimmed ends; Chinese letters stay as written."""
    return normalize("NFKC", text).strip()


@lru_cache(maxsize=16_384)
def building_name(text: str) -> str:
    """Return the canonical name of a building: 3, 3栋, 3#, 三号楼 -> 3号楼; A座 stays A座."""
    plain = folded(text).replace(" ", "")
    if not plain or plain in {"-", "/", "无"}:
        return ""
    found = re.fullmatch(
        rf"(?P<no>{_BUILDING_NO})(?P<word>号楼|号?[栋幢座]|#[楼栋幢座]?|号|楼)?", plain
    )
    if not found:
        return plain
    return _building(found["no"], found["word"] or "")


def _building(number: str, word: str) -> str:
    number = number.upper()
    plain = _arabic(number)
    if plain.isdigit():
        return f"{int(plain)}号楼"
    head = re.fullmatch(rf"([甲乙丙丁东西南北中])({_N})([A-Z]?)", number)
    if head:
        return f"{head[1]}{_arabic(head[2])}{head[3]}号楼"
    word = word.replace(" ", "")
    if re.fullmatch(r"[A-Z]\d*", number):
        return f"{number}{'座' if '座' in word else '栋' if word[-1:] in {'栋', '幢'} else '号楼' if word else '座'}"
    return f"{number}{word or '楼'}" if not re.fullmatch(r"\d+[A-Z]", number) else f"{number}号楼"


@lru_cache(maxsize=4_096)
def unit_name(text: str) -> str:
    """Return the canonical name of a unit: 2, 二单元, 2门, 2.0 -> 2单元."""
    plain = folded(text).replace(" ", "")
    if not plain or plain in {"-", "/", "无"}:
        return ""
    plain = re.sub(r"(?:单元|门|#)$", "", plain) or plain
    number = _arabic(plain)
    return f"{int(number)}单元" if number.isdigit() else f"{plain.upper()}单元"


@lru_cache(maxsize=4_096)
def row_name(text: str) -> str:
    """Return the canonical name of a row of houses: 3, 三排 -> 3排."""
    plain = re.sub(r"^第|排$", "", folded(text).replace(" ", ""))
    number = _arabic(plain)
    return f"{int(number)}排" if number.isdigit() else (f"{plain}排" if plain else "")


@lru_cache(maxsize=65_536)
def room_name(text: str) -> str:
    """Return the canonical name of a room: 501室, 501号, 501.0 -> 501; 五零一 -> 501."""
    plain = folded(text).replace(" ", "").upper()
    if plain in {"-", "/", "无"}:
        return ""
    plain = re.sub(r"(?<=.)(?:室|号|户|房|#)$", "", plain)
    plain = re.sub(r"^(\d+)\.0$", r"\1", plain)
    plain = re.sub(r"^0+(?=[1-9]\d{2}$)", "", plain)  # 0101 is 101
    if re.fullmatch(r"[一二三四五六七八九十〇零]+", plain):
        return _arabic(plain)
    return plain


@lru_cache(maxsize=16_384)
def floor_of(room: str) -> int | None:
    """Return the floor that a room number tells: 501 -> 5, 1201 -> 12, 负101 -> -1, else None."""
    found = re.fullmatch(r"(负|-|B)?(\d{1,2})(\d{2})(?:[A-Z]|-\d{1,2})?", room)
    if not found:
        high = re.match(r"(-?\d{1,2})层", room)
        return int(high.group(1)) if high else None
    floor = int(found[2])
    if found[1] == "B":
        return None  # a basement in one compound, block B in the next
    if floor == 0:
        return None
    return -floor if found[1] else floor


def floor_number(text: str) -> int | None:
    """Return the floor a cell of a floor column names: 5, 五层, 5F, 负一层, B1."""
    plain = re.sub(r"(?:层|楼|F|f)$", "", folded(text).replace(" ", ""))
    negative = plain.startswith(("负", "-", "B", "b"))
    value = parse_int(plain.lstrip("负-Bb")) if plain else None
    if value is None or value == 0 or value > 200:
        return None
    return -value if negative else value


def ground_kind_of(name: str) -> PlaceKind:
    """Return what a name of ground is by its ending: village, lane, else compound."""
    if name.endswith(_VILLAGE_ENDS) and not name.endswith(("新村", "小区", "山庄", "别庄")):
        return PlaceKind.VILLAGE
    return PlaceKind.LANE if name.endswith(_LANE_ENDS) else PlaceKind.COMPOUND


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
    number = floor_number(floor) if floor else None
    plain = room_name(room) if room else ""
    if plain and not _is_simple_room(plain):
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
            _building(found["no"], re.sub(r"\s", "", found["word"])),
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
    if len(parts) == 4:
        head, parts = f"{head}{parts[0]}", parts[1:]
    ground = DoorAddress(ground=head, ground_kind=ground_kind_of(head))
    if head and re.fullmatch(_BUILDING_NO, head) and len(parts) == 2:
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
            building = f"{_arabic(found['no'])}号"
        else:
            building = _building(found["no"], word)
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
