"""The demo's Taiyuan: which communities there are, what stands in them, and when. Pure data.

Districts carry their official codes. Codes of subdistricts and communities that we do not know are
invented with a 9 as their first digit (140109 9xx 9xx), and the rows say `is_invented`.
What is real: names of districts, of the communities named in the practice, of compounds that two
notices name, and the sizes that newspapers printed. All people are invented.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from gridwell.demo.people import sizes

ZONE = ZoneInfo("Asia/Shanghai")
#: When the registers were built, and the evening on which the demo stands.
REGISTERED_AT = datetime(2022, 9, 1, 9, 0, tzinfo=ZONE)
STANDS_AT = datetime(2022, 11, 23, 20, 0, tzinfo=ZONE)
MODEL = 140109901901  # the community whose day is told in full: 金香都


@dataclass(frozen=True)
class Block:
    """Buildings of one shape: names, units, floors, dwellings a floor. `units` 0: rows of houses.

    `households` and `residents` are said where the block's own figures are known.
    """

    buildings: tuple[str, ...]
    units: int
    floors: int
    doors: int
    households: int = 0
    residents: int = 0


@dataclass(frozen=True)
class Compound:
    """A compound or village with its blocks and sites."""

    name: str
    blocks: tuple[Block, ...]
    kind: str = "compound"
    road: str = ""
    sites: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Community:
    """A community of the demo; `residents` 0 means about 2.6 people a household."""

    code: int
    name: str
    compounds: tuple[Compound, ...]
    grids: int
    micro_by_building: bool = False
    households: int = 0
    residents: int = 0
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dwelling:
    """A dwelling as its address; `unit` and `building` may be empty."""

    compound: str
    building: str
    unit: str
    room: str
    floor: int | None


def numbered(low: int, high: int) -> tuple[str, ...]:
    """Return the names of buildings low to high."""
    return tuple(f"{n}号楼" for n in range(low, high + 1))


CITY = (140100000000, "太原市")
PROVINCE = (140000000000, "山西省")
SUBDISTRICTS: dict[int, str] = {
    140105901000: "小店街道",
    140105902000: "坞城街道",
    140106901000: "庙前街道",
    140108901000: "古城街道",
    140108902000: "柴村街道",
    140109901000: "千峰街道",
    140109902000: "小井峪街道",
    140109903000: "和平街道",
    140110901000: "义井街道",
    140122901000: "黄寨镇",
    140181901000: "西曲街道",
}

COMMUNITIES: tuple[Community, ...] = (
    Community(
        140109901901,
        "金香都社区",
        (Compound("金香都小区", (Block(numbered(1, 6), 3, 16, 2),)),),
        grids=3,
        households=552,
        residents=1431,
        accounts=("jinxiangdu",),
    ),
    Community(
        140105901901,
        "鼎新社区",
        (
            Compound("鼎新苑", (Block(numbered(1, 14), 3, 11, 2),)),
            Compound("龙兴小区", (Block(numbered(1, 14), 4, 6, 2),)),
            Compound("唐槐家园", (Block(numbered(1, 8), 2, 18, 3),)),
            Compound("富士公寓", (Block(numbered(1, 4), 1, 20, 7),)),
        ),
        grids=8,
        households=2912,
        residents=8097,
        accounts=("dingxin",),
    ),
    Community(
        140105902901,
        "海西社区",
        (
            Compound(
                "海西小区",
                (Block(("1号楼",), 11, 10, 3, 325, 923), Block(numbered(2, 3), 2, 11, 2)),
                aliases=("海西",),
            ),
        ),
        grids=2,
        accounts=("haixi",),
    ),
    Community(
        140105902902,
        "白云社区",
        (Compound("白云小区", (Block(numbered(1, 9), 4, 6, 2),)),),
        grids=2,
    ),
    Community(
        140106901901,
        "宝佳社区",
        (
            Compound(
                "宝佳丽景",
                (Block(("综合楼",), 4, 12, 2), Block(numbered(1, 3), 2, 11, 2)),
                road="并州西街",
                aliases=("并州西街宝佳丽景",),
            ),
        ),
        grids=2,
    ),
    Community(
        140108901901,
        "龙康社区",
        (
            Compound("龙康青年城", (Block(numbered(1, 5), 2, 18, 2),)),
            Compound("三给村", (Block(("1排", "2排", "3排"), 0, 1, 8),), kind="village",
                     sites=(("三给小学", "school"),)),
        ),
        grids=2,
    ),
    Community(
        140108902901,
        "鸿昇社区",
        (Compound("鸿昇大城小院", (Block(numbered(1, 6), 3, 11, 2),)),),
        grids=2,
    ),
    Community(
        140109901902,
        "漫香堤社区",
        (Compound("漫香堤小区", (Block(numbered(1, 5), 2, 18, 2),)),),
        grids=2,
        accounts=("manxiangdi",),
    ),
    Community(
        140109901903,
        "西华苑社区",
        (
            Compound("西华苑三期北区", (Block(numbered(1, 3), 3, 6, 2),)),
            Compound("西华苑三期南区", (Block(("12号楼", "21号楼"), 3, 6, 2),)),
            Compound("西华苑四期", (Block(numbered(1, 3), 2, 17, 2),)),
            Compound("西华苑", (Block(("19号楼", "26号楼"), 4, 6, 2),)),
            Compound("西华苑高层小区", (Block(numbered(1, 2), 2, 24, 3),)),
        ),
        grids=3,
        accounts=("xihuayuan",),
    ),
    Community(
        140109903901,
        "奥林匹克花园社区",
        (Compound("奥林匹克花园", (Block(numbered(1, 12), 2, 11, 2),)),),
        grids=2,
    ),
    Community(
        140109903902,
        "南寒圣都社区",
        (Compound("南寒圣都", (Block(numbered(1, 8), 4, 6, 2),)),),
        grids=2,
    ),
    Community(
        140109903903,
        "玉门社区",
        (
            Compound("玉门花园A区", (Block(numbered(1, 12), 2, 6, 2),)),
            Compound("玉门花园B区", (Block(numbered(1, 3), 2, 6, 2),)),
        ),
        grids=2,
    ),
    Community(
        140109902901,
        "光华街社区",
        tuple(
            Compound(name, (Block(numbered(1, 3), 3, 6, 2),))
            for name in (
                "煤气化宿舍", "光华街8号院", "光华街10号院", "玻璃厂宿舍", "重机东院", "重机西院",
                "铁三局小区", "水泥厂宿舍", "光华里", "福利小区", "供销宿舍",
            )
        ),
        grids=6,
        accounts=("guanghua",),
    ),
    Community(
        140110901901,
        "蓝湾社区",
        (
            Compound("万科金城蓝湾一期", (Block(numbered(1, 6), 4, 11, 2),)),
            Compound("绿地世纪城四期", (Block(("30号楼", "31号楼"), 2, 17, 2),)),
        ),
        grids=2,
    ),
    Community(
        140110901902,
        "龙源社区",
        (Compound("龙源小区", (Block(numbered(15, 18), 3, 11, 2),)),),
        grids=1,
    ),
    Community(
        140122901901,
        "西龙庄村委会",
        (
            Compound(
                "西龙庄村",
                (Block(tuple(f"{n}排" for n in range(1, 13)), 0, 1, 10),),
                kind="village",
                sites=(("黄寨边坡施工项目部", "works"),),
            ),
        ),
        grids=2,
    ),
    Community(
        140181901901,
        "西塔社区",
        (Compound("西塔小区", (Block(numbered(1, 47), 2, 6, 2),)),),
        grids=6,
        micro_by_building=True,
        accounts=("xita",),
    ),
)  # fmt: skip


def dwellings_of(community: Community) -> Iterator[Dwelling]:
    """Return every dwelling that the blocks describe."""
    for compound in community.compounds:
        for block in compound.blocks:
            yield from _in_block(compound, block)


def _in_block(compound: Compound, block: Block) -> Iterator[Dwelling]:
    for building in block.buildings:
        yield from _in_building(compound, block, building)


def _in_building(compound: Compound, block: Block, building: str) -> Iterator[Dwelling]:
    if block.units == 0:
        for door in range(1, block.doors + 1):
            yield Dwelling(compound.name, building, "", f"{door}户", None)
        return
    for unit in range(1, block.units + 1):
        for storey in range(1, block.floors + 1):
            for door in range(1, block.doors + 1):
                room = f"{storey}{door:02d}"
                yield Dwelling(compound.name, building, f"{unit}单元", room, storey)


def people_of(community: Community, random: Random) -> list[int]:
    """Return how many live in each dwelling, in the order of `dwellings_of`; 0 is a vacant one.

    Sums are exactly the community's and its blocks' own figures; where none are said, about 4 %
    stand empty and 2.58 people live in a home.
    """
    known: list[tuple[Block, range]] = []
    others: list[int] = []
    start = 0
    for compound in community.compounds:
        for block in compound.blocks:
            mine = range(start, start := start + sum(1 for _ in _in_block(compound, block)))
            if block.households:
                known.append((block, mine))
            else:
                others += mine
    found = [0] * start
    households = community.households - sum(block.households for block, _ in known)
    residents = community.residents - sum(block.residents for block, _ in known)
    if not community.households:
        households = round(len(others) * 0.96)
    if not community.residents:
        residents = round(households * 2.58)
    parts = [(list(doors), block.households, block.residents) for block, doors in known]
    for doors, homes, people in [*parts, (others, households, residents)]:
        lived = sorted(random.sample(doors, homes))
        for door, size in zip(lived, sizes(random, homes, people), strict=True):
            found[door] = size
    return found
