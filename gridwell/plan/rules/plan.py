"""What comes out of the plan (推演结果): duties of residents, work for the teams, states of places.

Everything is grouped: a `DutyGroup` is one duty on one basis in one window for many residents, so
that a whole community is a few dozen groups. Groups and their members are in one canonical order;
two plans of the same facts are equal, however the facts were ordered. `Plan.duties_of` and
`Plan.by_building` answer from small indexes built at the first question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from gridwell.orders.rules.lifecycle import Lifting


class DutyCode(StrEnum):
    """What is asked of a resident (居民应做)."""

    STAY_HOME = "stay_home"  # 足不出户: high-risk zone, home isolation
    STAY_ISOLATED = "stay_isolated"  # 集中隔离、住院: stays where he or she was taken
    NOT_LEAVE_ZONE = "not_leave_zone"  # 人不出区: mid-risk zone
    NOT_LEAVE_AREA = "not_leave_area"  # 静默区域不出
    AVOID_GOING_OUT = "avoid_going_out"  # 非必要不外出: home monitoring
    CARRY_NEGATIVE = "carry_negative"  # 离市须持核酸阴性证明
    BE_SAMPLED = "be_sampled"  # 应检
    REPORT_TEMPERATURE = "report_temperature"  # 早晚测温上报
    REPORT_SYMPTOMS = "report_symptoms"  # 有症状及时报告


RESTRICTING = frozenset(
    {
        DutyCode.STAY_HOME,
        DutyCode.STAY_ISOLATED,
        DutyCode.NOT_LEAVE_ZONE,
        DutyCode.NOT_LEAVE_AREA,
        DutyCode.AVOID_GOING_OUT,
        DutyCode.CARRY_NEGATIVE,
    }
)
"""Duties that limit where a person may go."""

ALWAYS_ALLOWED = ("hospital", "emergency")
"""What no duty ever forbids: urgent and regular care (九不准, item 6), and fleeing danger."""


class WorkCode(StrEnum):
    """Work for the teams (队伍工作). Other packages may register more in `WORK_CODES`."""

    DOOR_SERVICE = "door_service"  # 上门服务: see the household, take its needs
    DOOR_SAMPLING = "door_sampling"  # 上门采样
    RESAMPLE = "resample"  # 混阳单采复核
    GREETING = "greeting"  # 问候: call and ask
    DELIVERY = "delivery"  # 送菜送物到楼
    NOTICE_ON_DOOR = "notice_on_door"  # 张贴告知书
    DISINFECTION = "disinfection"  # 消毒
    RELEASE_NOTICE = "release_notice"  # 出具解除通知单


WORK_CODES: frozenset[str] = frozenset(code.value for code in WorkCode)
"""Every code that a plan may name as work."""


class SubjectKind(StrEnum):
    """What a piece of work is done for."""

    HOUSEHOLD = "household"
    BUILDING = "building"
    RESIDENT = "resident"
    PLACE = "place"  # a door behind which only people are who are not registered


class OrderKind(StrEnum):
    """What kind of order something rests on."""

    ZONE = "zone"
    LOW = "low"
    STANDSTILL = "standstill"
    ROUND_ORDER = "round_order"
    ISOLATION = "isolation"
    HOLD = "hold"


class Basis(NamedTuple):
    """Why something is so (依据): the order, the act in its life, and the clause of the rule.

    `change` is the zone change that put it there (0 for orders without a life), `clock` the one
    that set the present day 0, `notice` the paper as people call it, `version` the protocol's
    `ref` and `clause` the id of the clause in it.
    """

    order_kind: str
    order: int
    change: int
    clock: int
    notice: str
    version: str
    clause: str


class EndCode(StrEnum):
    """How a duty ends."""

    AT = "at"  # at `until_at`, by itself
    ZONE_LIFTED = "zone_lifted"  # when the zone's lifting conditions are met, earliest_on at best
    ORDER_ENDS = "order_ends"  # when the order is ended or the rule changes


class End(NamedTuple):
    """When something ends: an instant, or a condition with the earliest day and its clause."""

    code: str
    until_at: datetime | None = None
    earliest_on: date | None = None
    clause: str = ""


Facts = tuple[tuple[str, int | str], ...]
"""Further facts of a group for wording: sorted (name, value) pairs, ("day", 3), ("round", 2)."""


@dataclass(frozen=True, slots=True)
class DutyGroup:
    """One duty on one basis in one window, and the residents whose duty it is.

    The window is [from_at, until_at); `from_at` None: since before our records; `until_at` None:
    open, and `end` names the condition. `allows` is never empty for a restriction.
    """

    code: DutyCode
    residents: tuple[int, ...]
    basis: Basis
    from_at: datetime | None
    until_at: datetime | None
    end: End
    facts: Facts = ()
    allows: tuple[str, ...] = ALWAYS_ALLOWED

    def fact(self, name: str) -> int | str | None:
        """Return a fact by its name, or None."""
        return dict(self.facts).get(name)


@dataclass(frozen=True, slots=True)
class Duty:
    """One resident's duty: the group seen from one of its members."""

    resident: int
    code: DutyCode
    basis: Basis
    from_at: datetime | None
    until_at: datetime | None
    end: End
    facts: Facts
    allows: tuple[str, ...]

    @property
    def may_go_to_hospital(self) -> bool:
        """Return whether care outside stays open; it always does."""
        return "hospital" in self.allows


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """One kind of work on one basis, and for whom it is done (工作).

    `subjects` stand in the order in which to go about it: door services begin with those first who
    live alone, are very old, disabled or ill. `slot` is "day" for daily work and "once" otherwise;
    the task list keys tasks by (code, subject, basis order, slot).
    """

    code: str
    subject_kind: SubjectKind
    subjects: tuple[int, ...]
    basis: Basis
    from_at: datetime | None
    until_at: datetime | None
    slot: str
    facts: Facts = ()


class Priority(NamedTuple):
    """Why a household is served first (优先): lower `rank` first, reasons strongest first."""

    household: int
    rank: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZonePlace:
    """The state of the places of a zone on the day (场所状态).

    `level` None when the zone ended during the day. Counts are of this community. `until_at` is
    set when it ended or is known to end; `lifting` says what is still missing.
    """

    zone: int
    name: str
    level: str | None
    day_number: int | None
    day0: date | None
    from_at: datetime | None
    until_at: datetime | None
    basis: Basis
    dwellings: tuple[int, ...]
    buildings: tuple[int, ...]
    households: int
    people: int
    lifting: Lifting | None


class BuildingToday(NamedTuple):
    """What a building has today (一楼一图的当日标记)."""

    building: int
    level: str
    households: int
    people: int
    stay_home: int
    to_sample: int
    isolated: int
    door_services: int


class LateCode(StrEnum):
    """What is late (逾期)."""

    OVERDUE_LIFT = "overdue_lift"
    CLOSING_ROUND = "closing_round"
    ISOLATION_PAST_END = "isolation_past_end"


class Late(NamedTuple):
    """Something late: since which day, with the subject to open and its basis."""

    code: str
    basis: Basis
    since_on: date
    subject: int  # the zone, or the resident in isolation
    facts: Facts = ()


class Proposal(NamedTuple):
    """What the rules propose for a zone (建议): lift, step, restart. A person decides."""

    code: str
    basis: Basis
    zone: int
    facts: Facts = ()


class UnfoundedCode(StrEnum):
    """Why an order has no effect in the plan."""

    NO_CLAUSE = "no_clause"
    NO_END = "no_end"
    NO_RULE = "no_rule"  # the version in force knows no such level or class
    POSITIVE_WITHOUT_CASE = "positive_without_case"


class Unfounded(NamedTuple):
    """A fact that a person has to look at, because nothing could be derived from it."""

    code: str
    order_kind: str
    order: int
    facts: Facts = ()


class ActToday(NamedTuple):
    """An act that took effect on the day: what changes from yesterday are explained by."""

    order_kind: str
    order: int
    change: int
    act: str
    at: datetime | None
    notice: str
    name: str


class Count(NamedTuple):
    """How many people, households and buildings a duty touches."""

    people: int
    households: int
    buildings: int


@dataclass(frozen=True)
class Plan:
    """A community's day (当日推演). Made by `derive`; equal when derived from equal facts."""

    community: int
    day: date
    known_at: datetime
    version: str  # the protocol's ref, "" when none is in force
    last_fact: int
    duties: tuple[DutyGroup, ...]
    work: tuple[WorkGroup, ...]
    priorities: tuple[Priority, ...]
    zones: tuple[ZonePlace, ...]
    buildings: tuple[BuildingToday, ...]
    late: tuple[Late, ...]
    proposals: tuple[Proposal, ...]
    unfounded: tuple[Unfounded, ...]
    acts: tuple[ActToday, ...]
    counts: Mapping[str, Count]

    @cached_property
    def _groups_of(self) -> dict[int, list[int]]:
        """Return for each resident the numbers of the groups that hold him or her."""
        index: dict[int, list[int]] = {}
        for number, group in enumerate(self.duties):
            for resident in group.residents:
                index.setdefault(resident, []).append(number)
        return index

    @cached_property
    def _by_building(self) -> dict[int, BuildingToday]:
        return {row.building: row for row in self.buildings}

    @cached_property
    def priority_of(self) -> Mapping[int, Priority]:
        """Return the households that are served first, by id."""
        return {row.household: row for row in self.priorities}

    def duties_of(self, resident: int) -> tuple[Duty, ...]:
        """Return one resident's duties of the day, restrictions first."""
        return tuple(
            Duty(
                resident=resident,
                code=group.code,
                basis=group.basis,
                from_at=group.from_at,
                until_at=group.until_at,
                end=group.end,
                facts=group.facts,
                allows=group.allows,
            )
            for group in (self.duties[number] for number in self._groups_of.get(resident, ()))
        )

    def residents_with(self, code: DutyCode) -> frozenset[int]:
        """Return everyone who has a duty of this code on the day."""
        return frozenset(r for group in self.duties if group.code is code for r in group.residents)

    def by_building(self, building: int) -> BuildingToday | None:
        """Return what a building has today, None when nothing applies to it."""
        return self._by_building.get(building)

    def may_go_to_hospital(self, resident: int) -> bool:
        """Return whether every duty of the resident leaves care open; it always does."""
        return all(duty.may_go_to_hospital for duty in self.duties_of(resident))

    def count(self, code: str) -> Count:
        """Return how many people, households and buildings a duty code touches today."""
        return self.counts.get(code, Count(0, 0, 0))
