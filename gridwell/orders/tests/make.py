"""Small makers for tests of orders: a register with names of a district, notices, zones."""

from datetime import UTC, date, datetime

from gridwell.accounts.rules.actor import Actor
from gridwell.core.clock import start_of
from gridwell.orders.actions.notices import Entered, enter_notice
from gridwell.orders.actions.zones import Basis, designate_zone
from gridwell.orders.models import Zone
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.places.models import Area, Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area, make_dwelling
from gridwell.protocols.actions import load_shipped
from gridwell.protocols.rules.model import Level
from gridwell.residents.tests.make import make_household, make_resident

NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)  # 20:00 in Taiyuan
TODAY = date(2022, 11, 23)

NOTICE = """太原市新冠肺炎疫情防控工作领导小组办公室通告

（2022年第{number}号）

根据有关规定，经专家组研判，即日起我市新增高风险区{up}个，调整为低风险区{down}个。具体为：

一、新增高风险区

万柏林区（{up}个）：{designated}。

高风险区内实行“足不出户，上门服务”封控措施。高风险区连续5天无新增感染者降为低风险区。

二、调整为低风险区

万柏林区（{down}个）：{lifted}。

太原市疫情防控领导小组办公室
2022年11月23日
"""


def notice_text(
    *,
    number: str = "178",
    designated: tuple[str, ...] = ("金桂苑1号楼",),
    lifted: tuple[str, ...] = ("金桂苑9号楼",),
) -> str:
    return NOTICE.format(
        number=number,
        up=len(designated),
        down=len(lifted),
        designated="，".join(designated),
        lifted="，".join(lifted),
    )


def make_district() -> None:
    """Name the areas above the test communities, and load the protocols."""
    make_area(code=140000000000, name="山西省")
    make_area(code=140100000000, name="太原市")
    make_area(code=140109000000, name="万柏林区")
    make_area(code=140109008000, name="千峰街道")
    make_area(code=COMMUNITY, name="金桂苑社区")
    make_area(code=OTHER_COMMUNITY, name="玉门花园社区")
    load_shipped(actor=Actor.system(0), now=datetime(2022, 1, 1, tzinfo=UTC))


def make_building(
    *,
    compound: str = "金桂苑",
    building: str = "1号楼",
    community: int = COMMUNITY,
    rooms: tuple[str, ...] = ("101", "201", "301"),
    people: int = 2,
) -> Place:
    """Return a building with a household of `people` in each room."""
    for room in rooms:
        dwelling = make_dwelling(
            compound=compound, building=building, room=room, community=community
        )
        household = make_household(dwelling=dwelling)
        for n in range(people):
            make_resident(household=household, name=f"住户{room}{n}")
    return Place.objects.get(
        community_id=community, kind=PlaceKind.BUILDING, name=building, parent__name=compound
    )


def make_notice(actor: Actor, *, community: int = COMMUNITY, text: str = "", **facts) -> Entered:
    """Return a notice entered at a community."""
    return enter_notice(
        actor=actor,
        area=Area.objects.get(pk=community),
        text=text or notice_text(**facts),
        now=NOW,
    )


def make_zone(
    actor: Actor,
    *,
    place: Place,
    since: date = date(2022, 11, 18),
    level: Level = Level.HIGH,
    before_records: bool = False,
    recorded: datetime | None = None,
    now: datetime | None = None,
) -> Zone:
    """Return a zone over one place, entered by hand."""
    at = None if before_records else start_of(since)
    return designate_zone(
        actor=actor,
        community=place.community_id,
        name=place.full_name,
        level=level,
        lines=[ScopeLine(place=place.pk)],
        effective_at=at,
        effective_on=None if before_records else since,
        basis=Basis(ordered_by="区指挥部", ordered_how="电话"),
        now=recorded or now or start_of(since),
    )
