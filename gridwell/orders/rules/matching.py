"""How sure we are that a name in a notice is a place of the register (地名匹配), pure.

Two steps. The ground (小区、村、院、街巷) is compared by name: the same, a known alias, or a
near miss, each with a confidence in percent and a reason code. What lies below it (building, unit,
floors, rooms) is a number, so it is compared exactly: building 8 is never "almost" building 9.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from gridwell.places.rules.naming import match_key


class Because(StrEnum):
    """Why a place is proposed: the reason code that the page words."""

    SAME_NAME = "same_name"
    ALIAS = "alias"
    WITHOUT_ROAD = "without_road"  # the notice gives the road as well
    GENERIC_WORD = "generic_word"  # 漫香堤小区 and 漫香堤
    SAME_SOUND = "same_sound"  # pinyin equal
    ONE_CHARACTER = "one_character"  # 五门花园 and 玉门花园
    PART_OF_NAME = "part_of_name"  # 马庄丽都绿城 and 丽都绿城
    SIMILAR = "similar"
    NO_BUILDING = "no_building"  # the compound is there, this building of it is not
    NO_UNIT = "no_unit"
    NO_ROOM = "no_room"
    BY_HAND = "by_hand"


#: Confidence in percent of each reason for the ground; SIMILAR brings its own.
CONFIDENCE: Final[Mapping[Because, int]] = {
    Because.SAME_NAME: 100,
    Because.ALIAS: 98,
    Because.WITHOUT_ROAD: 97,
    Because.GENERIC_WORD: 96,
    Because.SAME_SOUND: 85,
    Because.ONE_CHARACTER: 80,
    Because.PART_OF_NAME: 75,
}
#: From here on a candidate that stands alone needs no question.
SURE: Final = 95
#: Below this a candidate is not worth a person's time.
LEAST: Final = 60
#: What a match is worth whose building, unit or room is not in the register: always a question.
INCOMPLETE: Final = 50

_GENERIC: Final = re.compile(
    r"(?:住宅小区|居民小区|小区|家属院|家属区|宿舍|公寓|社区|居民区|住宅区|村委会)$"
)
_DOOR: Final = re.compile(r"^(?:[0-9]+(?:-[0-9]+)?号(?:院)?)(?=.{2})")
_ROAD: Final = re.compile(
    r"^.{2,8}?(?:大街|大道|街|路|巷|道)(?:[东南西北](?:[一二三四五六七八九十0-9]+)?(?:条|巷|里))?"
)
_TAIL: Final = re.compile(r"(?:第?[0-9]+期|[a-z]区|[东南西北中]区|[东南西北]院|[0-9]+区)+$")


class Ground(NamedTuple):
    """A place of the register on which buildings stand, or a building, site or lane of its own."""

    id: int
    community: int
    kind: str
    key: str
    full_key: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one place of an item asks for: keys of the ground, then the numbers below it.

    `keys` are the spellings of the ground from the fullest to the shortest; the first is the name
    as printed. All are match keys.
    """

    keys: tuple[str, ...]
    whole: tuple[str, ...] = ()  # the ground with its building: 兴隆街12号楼 may stand alone
    building: str = ""
    unit: str = ""
    row: str = ""
    site: str = ""
    rooms: tuple[str, ...] = ()
    floors: tuple[int, int] | None = None
    subdistrict: str = ""
    community: str = ""

    @property
    def below(self) -> tuple[str, ...]:
        """Return the keys to walk down from the ground, outermost first."""
        return tuple(key for key in (self.row, self.building, self.unit) if key)


class Scored(NamedTuple):
    """A ground place that may be meant."""

    ground: Ground
    confidence: int
    because: Because
    is_building: bool = False  # the ground found is the building itself


def wanted_of(place: Mapping[str, Any]) -> Wanted | None:
    """Return what to look for, from a place in the reader's JSON; None when it names no ground."""
    road = match_key(place.get("road") or "")
    compound = match_key(place.get("compound") or "")
    site = match_key(place.get("site") or "")
    building = match_key(place.get("building") or "")
    community = match_key(place.get("community") or "")
    if compound:
        names = [road + compound, community + compound, compound]
    elif site:
        names = [community + road + site, road + site, site]
    else:
        names = [community + road, road] if road else [community]
    keys = tuple(dict.fromkeys(n for n in (*names, *_without_door(names)) if len(n) >= 2))
    if not keys:
        return None
    whole = tuple(key + building for key in keys) if building else ()
    floors = place.get("floors")
    return Wanted(
        keys=keys,
        whole=whole,
        building=building,
        unit=match_key(place.get("unit") or ""),
        row=match_key(place.get("row") or ""),
        site=site,
        rooms=_rooms(place.get("rooms") or ()),
        floors=(int(floors[0]), int(floors[1])) if floors else None,
        subdistrict=match_key(place.get("subdistrict") or ""),
        community=community,
    )


def _without_door(names: Iterable[str]) -> list[str]:
    """Return names without a door number in front (6号中财大厦) or a road (解放南路6号中财大厦)."""
    shorter = []
    for name in names:
        bare = _DOOR.sub("", name)
        road = _ROAD.match(name)
        if bare != name:
            shorter.append(bare)
        if road and len(name) - road.end() >= 2:
            shorter.append(_DOOR.sub("", name[road.end() :]))
    return [name for name in shorter if len(name) >= 2]


def _rooms(printed: Iterable[str]) -> tuple[str, ...]:
    """Return door numbers one by one; a range on one floor is counted out (2201-2208)."""
    rooms: list[str] = []
    for entry in printed:
        text = match_key(str(entry)).removesuffix("室").removesuffix("户")
        low, _, high = text.partition("-")
        if low.isdigit() and high.isdigit() and 0 <= int(high) - int(low) <= 99:
            rooms.extend(str(n).zfill(len(low)) for n in range(int(low), int(high) + 1))
        elif text:
            rooms.append(text)
    return tuple(rooms)


@dataclass(frozen=True)
class Gazetteer:
    """The grounds of one district, ready to be looked up (地名册). Build once, ask many times."""

    grounds: tuple[Ground, ...]
    by_key: Mapping[str, tuple[Ground, ...]]
    by_alias: Mapping[str, tuple[Ground, ...]]

    @classmethod
    def of(cls, grounds: Iterable[Ground], aliases: Iterable[tuple[str, int]] = ()) -> "Gazetteer":
        """Return the gazetteer of these grounds; `aliases` are (key, place id)."""
        rows = tuple(grounds)
        by_id = {ground.id: ground for ground in rows}
        by_key: dict[str, list[Ground]] = {}
        for ground in rows:
            for key in {ground.key, ground.full_key}:
                by_key.setdefault(key, []).append(ground)
        by_alias: dict[str, list[Ground]] = {}
        for key, place in aliases:
            if place in by_id:
                by_alias.setdefault(key, []).append(by_id[place])
        return cls(
            rows,
            {key: tuple(found) for key, found in by_key.items()},
            {key: tuple(found) for key, found in by_alias.items()},
        )

    def find(self, wanted: Wanted, *, limit: int = 5) -> list[Scored]:
        """Return the grounds that may be meant, best first: the same, an alias, else near ones."""
        found: dict[int, Scored] = {}
        for key in wanted.whole:
            for ground in self.by_key.get(key, ()):
                found[ground.id] = Scored(
                    ground, CONFIDENCE[Because.SAME_NAME], Because.SAME_NAME, is_building=True
                )
        for position, key in enumerate(wanted.keys):
            reason = Because.WITHOUT_ROAD if position else Because.SAME_NAME
            for because, grounds in (
                (reason, self.by_key.get(key, ())),
                (Because.ALIAS, self.by_alias.get(key, ())),
            ):
                for ground in grounds:
                    found.setdefault(ground.id, Scored(ground, CONFIDENCE[because], because))
        if found:
            return sorted(found.values(), key=lambda s: (-s.confidence, s.ground.id))[:limit]
        return near(wanted.keys, self.grounds, limit=limit, bares=self.bares)

    @cached_property
    def bares(self) -> list[str]:
        """The names without their generic words, in the order of `grounds`."""
        return [bare(ground.key) for ground in self.grounds]


def bare(key: str) -> str:
    """Return a ground key without its generic last word (漫香堤小区 → 漫香堤), two characters at least."""
    shorter = _GENERIC.sub("", key)
    return shorter if len(shorter) >= 2 else key


def near(
    wanted: Sequence[str],
    grounds: Sequence[Ground],
    *,
    limit: int = 5,
    bares: Sequence[str] | None = None,
) -> list[Scored]:
    """Return grounds whose names are close to the wanted keys, best first.

    Numbers, letters, phases and directions must agree: 西华苑三期 is not 西华苑四期, A区 is not C区.
    """
    from rapidfuzz import fuzz, process

    best: dict[int, Scored] = {}
    keys = bares if bares is not None else [bare(ground.key) for ground in grounds]
    for name in wanted:
        short = bare(name)
        signs = _signs(short)
        for _, score, index in process.extract(
            short, keys, scorer=fuzz.ratio, limit=40, score_cutoff=55
        ):
            ground = grounds[index]
            found = _score(short, keys[index], score, signs)
            if found is None:
                continue
            scored = Scored(ground, *found)
            if ground.id not in best or best[ground.id].confidence < scored.confidence:
                best[ground.id] = scored
    ordered = sorted(best.values(), key=lambda s: (-s.confidence, s.ground.id))
    return ordered[:limit]


def _score(
    short: str, other: str, score: float, signs: tuple[str, ...]
) -> tuple[int, Because] | None:
    if short == other:
        return CONFIDENCE[Because.GENERIC_WORD], Because.GENERIC_WORD
    if _signs(other) != signs:
        return None
    if sounds_alike(short, other):
        return CONFIDENCE[Because.SAME_SOUND], Because.SAME_SOUND
    shortest = min(len(short), len(other))
    if _is_one_off(short, other) and shortest >= 3:
        return CONFIDENCE[Because.ONE_CHARACTER] - (
            5 if shortest == 3 else 0
        ), Because.ONE_CHARACTER
    if shortest >= 3 and (short.endswith(other) or other.endswith(short)):
        return CONFIDENCE[Because.PART_OF_NAME], Because.PART_OF_NAME
    if score >= 75 and shortest >= 4:
        return max(LEAST, round(score * 0.8)), Because.SIMILAR
    return None


@lru_cache(maxsize=65_536)
def _signs(key: str) -> tuple[str, ...]:
    """Return what must not differ between two names of one place: numbers, letters, directions.

    A number counts only before something that is counted: the 5 of 五门花园 is a misprint as any.
    """
    tail = _TAIL.search(key)
    return (
        *re.findall(r"[0-9]+(?=期|区|号|巷|条|弄|里|院|队|社|村|街|路|组|#|$)|[a-z]+", key),
        *(re.findall(r"[东南西北中](?=区|院)", tail.group()) if tail else ()),
    )


def _is_one_off(one: str, other: str) -> bool:
    """Return whether two names differ by one character changed, added, left out or swapped."""
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other, score_cutoff=1) == 1


@lru_cache(maxsize=8_192)
def _sounds(character: str) -> frozenset[str]:
    """Return the readings of one character without tones; none for what is no Chinese character."""
    from pypinyin.pinyin_dict import pinyin_dict  # one by one: the phrases take half a second

    marked = pinyin_dict.get(ord(character), "")
    plain = unicodedata.normalize("NFD", marked)
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return frozenset(filter(None, kept.split(",")))


def sounds_alike(one: str, other: str) -> bool:
    """Return whether two names of one length are read alike (同音), at most two characters apart."""
    if len(one) != len(other):
        return False
    apart = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return 0 < len(apart) <= 2 and all(_sounds(a) & _sounds(b) for a, b in apart)
