"""Small makers of tasks and plans for tests."""

from datetime import UTC, date, datetime
from typing import Any

from gridwell.accounts.models import Post
from gridwell.core.ids import new_ref
from gridwell.places.tests.make import COMMUNITY, make_area
from gridwell.plan.rules.plan import (
    Basis,
    DutyCode,
    DutyGroup,
    End,
    EndCode,
    OrderKind,
    Plan,
    Priority,
    SubjectKind,
    WorkGroup,
    ZonePlace,
)
from gridwell.tasks.models import Task

NOW = datetime(2022, 11, 23, 2, tzinfo=UTC)  # 10:00 in the morning
DAY = date(2022, 11, 23)


def make_task(
    *, post: Post | None = None, kind: str = "free", community: int = COMMUNITY, **values: Any
) -> Task:
    make_area(code=community)
    given = {
        "origin": "person",
        "basis": f"person:{new_ref()}",
        "starts_at": NOW,
        "due_at": NOW.replace(hour=10),
        "asked_at": NOW,
        "created_at": NOW,
        "changed_at": NOW,
    }
    return Task.objects.create(community_id=community, kind=kind, post=post, **(given | values))


def make_basis(*, order: int = 1, change: int = 1, kind: OrderKind = OrderKind.ZONE) -> Basis:
    return Basis(kind, order, change, change, "第1号通告", "p9/1", "c1")


def make_work(
    *subjects: int,
    code: str = "door_service",
    subject_kind: SubjectKind = SubjectKind.HOUSEHOLD,
    basis: Basis | None = None,
    slot: str = "day",
    until_at: datetime | None = None,
    facts: tuple[tuple[str, int | str], ...] = (),
) -> WorkGroup:
    return WorkGroup(
        code, subject_kind, subjects, basis or make_basis(), None, until_at, slot, facts
    )


def make_zone(
    *, order: int = 1, level: str | None = "high", until_at: datetime | None = None
) -> ZonePlace:
    return ZonePlace(
        zone=order,
        name="1号楼",
        level=level,
        day_number=1,
        day0=DAY,
        from_at=None,
        until_at=until_at,
        basis=make_basis(order=order),
        dwellings=(),
        buildings=(),
        households=0,
        people=0,
        lifting=None,
    )


def make_duty(
    *residents: int,
    basis: Basis,
    until_at: datetime | None = None,
    code: DutyCode = DutyCode.STAY_HOME,
) -> DutyGroup:
    return DutyGroup(code, residents, basis, None, until_at, End(EndCode.ORDER_ENDS))


def make_plan(
    *work: WorkGroup,
    day: date = DAY,
    zones: tuple[ZonePlace, ...] = (),
    duties: tuple[DutyGroup, ...] = (),
    priorities: tuple[Priority, ...] = (),
    community: int = COMMUNITY,
) -> Plan:
    return Plan(
        community=community,
        day=day,
        known_at=NOW,
        version="p9/1",
        last_fact=1,
        duties=duties,
        work=work,
        priorities=priorities,
        zones=zones,
        buildings=(),
        late=(),
        proposals=(),
        unfounded=(),
        acts=(),
        counts={},
    )
