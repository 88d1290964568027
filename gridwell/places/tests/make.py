"""Small makers of areas, places and grids for tests."""

from gridwell.places.models import Area, Grid, Place
from gridwell.places.rules.levels import PlaceKind, level_of, parent_of
from gridwell.places.rules.naming import match_key
from gridwell.places.rules.tree import key_of, position_of

COMMUNITY = 140109008001
OTHER_COMMUNITY = 140109008002


def make_area(*, code: int = COMMUNITY, name: str = "") -> Area:
    """Return an area with all its ancestors: where it is there, so are they."""
    area = Area.objects.filter(code=code).first()
    if area is None:
        above = parent_of(code)
        area = Area.objects.create(
            code=code,
            name=name or f"area {code}",
            level=level_of(code).value,
            parent=make_area(code=above) if above else None,
        )
    elif name and area.name != name:
        area.name = name
        area.save(update_fields=["name"])
    return area


def make_grid(*, community: int = COMMUNITY, number: str = "1", parent: Grid | None = None) -> Grid:
    area = make_area(code=community)
    return Grid.objects.get_or_create(
        community=area, number=number, defaults={"name": f"第{number}网格", "parent": parent}
    )[0]


def make_place(
    *,
    name: str,
    kind: PlaceKind,
    parent: Place | None = None,
    community: int = COMMUNITY,
    grid: Grid | None = None,
    floor: int | None = None,
    door: str = "",
) -> Place:
    """Return a place, with path and names written out as the actions write them."""
    if parent is None:
        make_area(code=community)  # else it is there with what stands in it
    same = {"community_id": community, "parent": parent, "kind": kind, "key": key_of(kind, name)}
    place = Place.objects.filter(**same, merged_into=None).first()
    if place is not None:
        return place
    full = (parent.full_name if parent else "") + name
    place = Place.objects.create(
        **same,
        name=name,
        full_name=full,
        full_key=match_key(full),
        position=position_of(kind, name),
        floor=floor,
        door=door,
        own_grid=grid,
        grid=grid or (parent.grid if parent else None),
        building=parent
        if parent and parent.kind == PlaceKind.BUILDING
        else getattr(parent, "building", None),
        unit=parent if parent and parent.kind == PlaceKind.UNIT else None,
    )
    place.path = (parent.path if parent else "/") + f"{place.pk}/"
    place.save(update_fields=["path"])
    return place


def make_dwelling(
    *,
    compound: str = "金桂苑",
    building: str = "1号楼",
    unit: str = "1单元",
    room: str = "101",
    community: int = COMMUNITY,
    grid: Grid | None = None,
) -> Place:
    """Return a dwelling with everything above it."""
    above = make_place(name=compound, kind=PlaceKind.COMPOUND, community=community)
    above = make_place(
        name=building, kind=PlaceKind.BUILDING, parent=above, community=community, grid=grid
    )
    above = make_place(name=unit, kind=PlaceKind.UNIT, parent=above, community=community)
    door = "-".join("".join(filter(str.isdigit, part)) for part in (building, unit, room))
    return make_place(
        name=room,
        kind=PlaceKind.DWELLING,
        parent=above,
        community=community,
        floor=int(room) // 100 or None,
        door=door,
    )
