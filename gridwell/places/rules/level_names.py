"""Canonical names of the levels of an address (楼、单元、排、室): many spellings, one name each."""

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.numerals import parse_int

NUMBER: Final = r"(?:\d{1,4}|[一二三四五六七八九十百零〇]{1,4})"
#: A building's own number: 3, 12, A, B2, 甲3, 3A, 东, 综合.
#: A direction counts as part of it only where no name runs into it: 海西1号楼 is 1号楼 of 海西.
BUILDING_NUMBER: Final = (
    rf"(?:(?:[甲乙丙丁]|(?<![\u4e00-\u9fff])[东西南北中])?{NUMBER}[A-Za-z]?"
    r"|[A-Za-z]\d{0,3}|(?<![\u4e00-\u9fff])[甲乙丙丁东西南北中])"
)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u202a\u202c"))
_VILLAGE_ENDS: Final = ("村", "庄", "组", "社", "屯", "寨", "坡", "沟")
_LANE_ENDS: Final = ("巷", "弄", "胡同", "街", "路")


def arabic(text: str) -> str:
    """Return a number in Arabic figures, other text as it is."""
    value = parse_int(text)
    return text if value is None else str(value)


def folded(text: str) -> str:
    """Return half-width text with trimmed ends; Chinese letters stay as written."""
    return normalize("NFKC", text).translate(_INVISIBLE).strip()


@lru_cache(maxsize=16_384)
def building_name(text: str) -> str:
    """Return the canonical name of a building: 3, 3栋, 3#, 三号楼 -> 3号楼; A座 stays A座."""
    plain = folded(text).replace(" ", "")
    if not plain or plain in {"-", "/", "无"}:
        return ""
    found = re.fullmatch(
        rf"(?P<no>{BUILDING_NUMBER})(?P<word>号楼|号?[栋幢座]|#[楼栋幢座]?|号|楼)?", plain
    )
    if not found:
        return plain
    return numbered_building(found["no"], found["word"] or "")


def numbered_building(number: str, word: str) -> str:
    """Return the canonical name of a building by its number and the word behind it."""
    number = number.upper()
    plain = arabic(number)
    if plain.isdigit():
        return f"{int(plain)}号楼"
    head = re.fullmatch(rf"([甲乙丙丁东西南北中])({NUMBER})([A-Z]?)", number)
    if head:
        return f"{head[1]}{arabic(head[2])}{head[3]}号楼"
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
    number = arabic(plain)
    return f"{int(number)}单元" if number.isdigit() else f"{plain.upper()}单元"


@lru_cache(maxsize=4_096)
def row_name(text: str) -> str:
    """Return the canonical name of a row of houses: 3, 三排 -> 3排."""
    plain = re.sub(r"^第|排$", "", folded(text).replace(" ", ""))
    number = arabic(plain)
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
        return arabic(plain)
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
