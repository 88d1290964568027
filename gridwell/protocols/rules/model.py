"""What a protocol (方案) says, as data: zone levels, lifting, rounds, isolation, leaving the city.

A `Protocol` is what holds on one day in one area: the national version in force with the local
overlays laid over it. Every part carries the id of the clause that it comes from, so that every
duty and every finding can cite it. Nothing here knows how the files are stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """Level of a risk zone (风险等级): high 高风险区, mid 中风险区, low 低风险区."""

    HIGH = "high"
    MID = "mid"
    LOW = "low"


class Unit(StrEnum):
    """How wide a zone is drawn (划定单元), from a single dwelling to a whole district.

    A village counts as a compound, a row of houses as a building, a shop or office as a dwelling.
    Compare with `width`, never with `<`: the codes are strings.
    """

    DWELLING = "dwelling"
    FLOOR = "floor"
    UNIT = "unit"
    BUILDING = "building"
    COMPOUND = "compound"
    COMMUNITY = "community"
    SUBDISTRICT = "subdistrict"
    DISTRICT = "district"


_WIDTHS = {unit: index for index, unit in enumerate(Unit)}

_UNIT_OF_KIND = {
    "dwelling": Unit.DWELLING,
    "site": Unit.DWELLING,
    "floor": Unit.FLOOR,
    "unit": Unit.UNIT,
    "building": Unit.BUILDING,
    "row": Unit.BUILDING,
    "lane": Unit.COMPOUND,
    "compound": Unit.COMPOUND,
    "village": Unit.COMPOUND,
    "community": Unit.COMMUNITY,
    "subdistrict": Unit.SUBDISTRICT,
    "district": Unit.DISTRICT,
}


def width(unit: Unit) -> int:
    """Return a number by which two units compare; wider is greater."""
    return _WIDTHS[unit]


def unit_of_kind(kind: str, *, has_floors: bool = False) -> Unit:
    """Return the unit that a place of the register (or a line limited to floors) stands for.

    An unknown kind counts as a compound: a doubt is rather asked about than overlooked.
    """
    if has_floors:
        return Unit.FLOOR
    return _UNIT_OF_KIND.get(kind, Unit.COMPOUND)


class Measure(StrEnum):
    """What a zone asks of the people in it (管控措施)."""

    STAY_HOME = "stay_home"  # 足不出户
    DOOR_SERVICE = "door_service"  # 上门服务: what the community owes, no restriction
    NOT_LEAVE_ZONE = "not_leave_zone"  # 人不出区
    STAGGERED_PICKUP = "staggered_pickup"  # 错峰取物
    NO_GATHERING = "no_gathering"  # 避免聚集
    PERSONAL_PROTECTION = "personal_protection"  # 个人防护


SEVERITY: Mapping[str, int] = {
    Measure.STAY_HOME: 3,
    Measure.NOT_LEAVE_ZONE: 2,
    Measure.STAGGERED_PICKUP: 1,
    Measure.NO_GATHERING: 1,
    Measure.PERSONAL_PROTECTION: 0,
    Measure.DOOR_SERVICE: 0,
}


class Wider(StrEnum):
    """When a zone may be wider than its default unit (适度扩大)."""

    NEVER = "never"
    IF_SPREAD_UNCLEAR = "if_spread_unclear"
    BY_ASSESSMENT = "by_assessment"


class StayKind(StrEnum):
    """Where and how strictly a person is kept or watched.

    Home isolation (居家隔离) and home monitoring (居家健康监测) are two different records: the
    first may not leave, the second only avoids going out.
    """

    FACILITY = "facility"  # 集中隔离点
    HOME = "home"  # 居家隔离
    HOSPITAL = "hospital"  # 方舱、医院
    MONITORING = "monitoring"  # 居家健康监测


STAY_SEVERITY: Mapping[str, int] = {
    StayKind.MONITORING: 0,
    StayKind.HOME: 1,
    StayKind.FACILITY: 2,
    StayKind.HOSPITAL: 2,
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a document (条款), told in our own words in both languages."""

    id: str
    document: str  # key in Protocol.documents
    place: str  # where in the document, as people cite it: "第八条"
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Document:
    """An official paper that a protocol file is made from (文件)."""

    id: str
    zh: str
    en: str
    number: str  # "" where it has none


@dataclass(frozen=True, slots=True)
class LiftRule:
    """When a zone comes down (解除条件), counted in days after day 0.

    `closing_day` is the first day on which the closing round may be held; None when the document
    asks for no such round. The two conditions are apart, because notices tend to print only one.
    """

    to: Level
    clean_days: int
    clause: str
    closing_day: int | None = None
    closing_clause: str = ""


@dataclass(frozen=True, slots=True)
class RoundRule:
    """Rounds of samples inside a zone (核酸轮次): the days after day 0 on which one is due.

    `then` says what follows: "by_result" (set by the results) or "none".
    """

    days: tuple[int, ...]
    then: str
    clause: str


@dataclass(frozen=True, slots=True)
class ExitRule:
    """What to carry when leaving the city (离开所在城市须持核酸阴性证明).

    `on_days` > 1 asks for the negatives to lie on as many different days.
    """

    negatives: int
    within_hours: int
    clause: str
    on_days: int = 1


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What holds in a zone of one level.

    `unit` is the default unit; None where the level is not drawn but is "all the rest".
    `after_step` is the lifting rule of a zone that was stepped down to this level, where the
    document shortens it (ninth edition: mid after high needs three more days, no round).
    """

    level: Level
    unit: Unit | None
    wider: Wider
    unit_clause: str
    measures: tuple[str, ...]
    measures_clause: str
    lift: LiftRule | None = None
    after_step: LiftRule | None = None
    rounds: RoundRule | None = None
    exit: ExitRule | None = None

    def lifting(self, *, is_stepped: bool) -> LiftRule | None:
        """Return the lifting rule for a zone designated at this level or stepped down to it."""
        return self.after_step if is_stepped and self.after_step is not None else self.lift


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of what a class of people goes through: so many days of one kind.

    `sample_days` count from the first day of the stage, day 1. A stage with `or_home` may be done at
    home instead.
    """

    kind: StayKind
    days: int
    sample_days: tuple[int, ...]
    clause: str
    or_home: bool = False


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a class of people goes through (人员类别): close contacts, from a high-risk zone …

    `is_determined` is False where the document says that the class is no longer determined; it
    then has no stages and keeping anybody under it is excess.
    """

    code: str
    stages: tuple[Stage, ...]
    clause: str
    is_determined: bool = True

    @property
    def total_days(self) -> int:
        """Return the days of all stages together."""
        return sum(stage.days for stage in self.stages)

    def stage(self, kind: str) -> Stage | None:
        """Return the first stage of `kind`, counting a stage that may be done at home as home."""
        for stage in self.stages:
            if stage.kind == kind or (stage.or_home and kind == StayKind.HOME):
                return stage
        return None


@dataclass(frozen=True, slots=True)
class Counting:
    """How days are counted (起算日).

    Zones: day 0 is the local day of effect. Isolation: "next_day" makes the day after arrival day
    1 (到达次日起算), "same_day" the day of arrival.
    """

    isolation: str = "next_day"


@dataclass(frozen=True)
class AreaRounds:
    """When rounds of a whole area pause and stop (区域核酸频次).

    A round a day until `clean` in a row found no case in the community, `pause_days` without one,
    one more, and stop when it is clean too.
    """

    clean: int
    pause_days: int
    clause: str


@dataclass(frozen=True)
class Frequency:
    """How often people in a kind of post are sampled (风险岗位检测频次): so many times in so many days.

    `who` are words of circumstances; somebody with several goes by the shortest `gap`.
    """

    who: tuple[str, ...]
    times: int
    days: int
    clause: str

    @property
    def gap(self) -> int:
        """Return after how many days it is their turn again: twice in 7 days is every third day."""
        return max(1, self.days // self.times)


@dataclass(frozen=True)
class Protocol:
    """What holds on `day` in one area (当日适用方案). Made by `resolve`, never by hand in code.

    `ref` names the version with its overlays and is what duties store: "P20-T4+taiyuan-2".
    `levels` lists only the levels that exist in this version; an empty one means that no zones are
    drawn any more. `overlay_clauses` are the ids of clauses that came from an overlay.
    """

    family: str
    version: str
    overlays: tuple[str, ...]
    day: date
    in_force_until: date | None  # first day on which it no longer holds; None: still open
    levels: Mapping[str, LevelRule]
    classes: Mapping[str, ClassRule]
    clauses: Mapping[str, Clause]
    documents: Mapping[str, Document]
    counting: Counting = field(default_factory=Counting)
    hold_hours: int | None = None
    hold_clause: str = ""
    result_hours: int | None = None
    result_clause: str = ""
    standstill: str = "by_order"  # "by_order" or "never"
    standstill_clause: str = ""
    area_rounds: AreaRounds | None = None
    key_people: tuple[str, ...] = ()  # circumstances of whom it asks to sample where no area is
    key_people_clause: str = ""
    key_people_every: tuple[Frequency, ...] = ()
    hospital_clause: str = ""  # the clause by which care is never refused
    overlay_clauses: frozenset[str] = frozenset()

    @property
    def ref(self) -> str:
        """Return the version and its overlays in one word."""
        return "+".join((self.version, *self.overlays))

    def clause(self, clause_id: str) -> Clause | None:
        """Return a clause by its id, or None."""
        return self.clauses.get(clause_id)
