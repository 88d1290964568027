"""Levels of areas and kinds of places, pure."""

from enum import StrEnum


class AreaLevel(StrEnum):
    """Levels of the statistical division code (统计用区划代码): 2+2+2+3+3 digits."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"


#: How many codes one area of a level spans; the community's span is itself.
SPAN: dict[AreaLevel, int] = {
    AreaLevel.PROVINCE: 10**10,
    AreaLevel.CITY: 10**8,
    AreaLevel.DISTRICT: 10**6,
    AreaLevel.SUBDISTRICT: 10**3,
    AreaLevel.COMMUNITY: 1,
}


def level_of(code: int) -> AreaLevel:
    """Return the level of a 12-digit code, by its trailing zeros in the 2+2+2+3+3 frame."""
    for level in (AreaLevel.PROVINCE, AreaLevel.CITY, AreaLevel.DISTRICT, AreaLevel.SUBDISTRICT):
        if code % SPAN[level] == 0:
            return level
    return AreaLevel.COMMUNITY


def span_of(code: int) -> tuple[int, int]:
    """Return the half-open range [low, high) of codes that lie inside an area."""
    return code, code + SPAN[level_of(code)]


def parent_of(code: int) -> int | None:
    """Return the code one level up, or None for a province."""
    levels = list(AreaLevel)
    position = levels.index(level_of(code))
    if position == 0:
        return None
    step = SPAN[levels[position - 1]]
    return code // step * step


class PlaceKind(StrEnum):
    """Kinds of places inside a community; what may hang under what is `ALLOWED_PARENTS`."""

    COMPOUND = "compound"  # 小区、院
    VILLAGE = "village"  # 村
    LANE = "lane"  # 巷、弄、街
    BUILDING = "building"  # 楼、栋、幢、座
    ROW = "row"  # 排（平房）
    UNIT = "unit"  # 单元、门
    DWELLING = "dwelling"  # 户
    SITE = "site"  # 商铺、单位、学校、工地


_GROUND = frozenset({PlaceKind.COMPOUND, PlaceKind.VILLAGE, PlaceKind.LANE})
#: None stands for the community itself.
ALLOWED_PARENTS: dict[PlaceKind, frozenset[PlaceKind | None]] = {
    PlaceKind.COMPOUND: frozenset({None, *_GROUND}),
    PlaceKind.VILLAGE: frozenset({None, PlaceKind.VILLAGE}),
    PlaceKind.LANE: frozenset({None, *_GROUND}),
    PlaceKind.BUILDING: frozenset({None, *_GROUND}),
    PlaceKind.ROW: frozenset({None, *_GROUND}),
    PlaceKind.UNIT: frozenset({PlaceKind.BUILDING}),
    PlaceKind.DWELLING: frozenset(
        {PlaceKind.UNIT, PlaceKind.BUILDING, PlaceKind.ROW, None, *_GROUND}
    ),
    PlaceKind.SITE: frozenset({PlaceKind.UNIT, PlaceKind.BUILDING, PlaceKind.ROW, None, *_GROUND}),
}
