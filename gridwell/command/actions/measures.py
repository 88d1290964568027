"""Work made of what a notice asks in an emergency (应急派单): transfers, visits, notices at the doors."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.command.queries.measures import ORIGIN, basis_of
from gridwell.command.queries.reach import Reach, census_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require
from gridwell.orders.models import Notice
from gridwell.orders.queries.zones import covered
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.places.models import Place
from gridwell.plan.rules.crowd import NO_HOUSEHOLD
from gridwell.tasks import actions as tasks
from gridwell.tasks.actions.bulk import Wanted, create_many

#: The kinds of work that a measure may be turned into.
WORK = ("evacuate", "care_visit", "notice_on_door")


@dataclass(frozen=True)
class Given:
    """What would be made: whom it reaches, and for which subjects a task each."""

    reach: Reach
    subjects: tuple[tuple[str, int], ...]

    @property
    def first(self) -> int:
        """Return how many of the households are served first."""
        return self.reach.first


def work_of(
    *, community: int, lines: Collection[ScopeLine], kind: str, is_first: bool, now: datetime
) -> Given:
    """Return what work of a kind in a range would be, without making it. No lines: the community.

    `is_first` narrows it to households with somebody who lives alone, is very old, disabled or ill. A
    door behind which only people are who are not registered is visited as a door.
    """
    doors = _doors(community, lines)
    census = census_of(doors, now)
    reach = census.of(doors)
    if kind == "notice_on_door":
        return Given(
            reach, tuple(("building", pk) for pk in sorted(set(census.buildings.values())))
        )
    subjects: list[tuple[str, int]] = []
    for door in sorted(doors):
        homes = {household for household, _resident in census.people.get(door, ())}
        known = homes - {NO_HOUSEHOLD}
        subjects += [
            ("household", pk) for pk in sorted(known & census.first if is_first else known)
        ]
        if homes and not known and not is_first:
            subjects.append(("place", door))
    return Given(reach, tuple(dict.fromkeys(subjects)))


def _doors(community: int, lines: Collection[ScopeLine]) -> frozenset[int]:
    if lines:
        return covered({0: list(lines)})[0]
    rows = Place.objects.filter(
        community_id=community, kind__in=("dwelling", "site"), merged_into=None, ended_at=None
    )
    return frozenset(rows.values_list("pk", flat=True))


@transaction.atomic
def give_work(
    *,
    actor: Actor,
    community: int,
    notice: Notice,
    start: int,
    lines: Collection[ScopeLine],
    kind: str,
    is_first: bool,
    due_at: datetime,
    words: str,
    now: datetime,
) -> int:
    """Make a task for each household, or building, of a range and return how many are new.

    Sent twice is once: a measure has one task of a kind for a household. Nothing is made of nobody.
    """
    require(actor, Right.APPROVE_ORDERS, community)
    if kind not in WORK:
        raise RuleBroken("tasks.unknown_kind", kind=kind)
    if due_at <= now:
        raise RuleBroken("tasks.due_in_the_past")
    given = work_of(community=community, lines=lines, kind=kind, is_first=is_first, now=now)
    if not given.subjects:
        raise RuleBroken("command.measure_reaches_nobody")
    basis = basis_of(notice, start)
    made = create_many(
        actor=actor,
        community=community,
        kind=kind,
        wanted=[
            Wanted(
                subject_kind,
                subject,
                now,
                due_at,
                basis,
                facts={"notice": str(notice)},
                words=words,
            )
            for subject_kind, subject in given.subjects
        ],
        origin=ORIGIN,
        now=now,
    )
    audit.record(
        "command.measure_given",
        actor=actor,
        community=community,
        subject=notice,
        at=now,
        kind_of_task=kind,
        count=made,
    )
    return made


@transaction.atomic
def end_work(
    *, actor: Actor, community: int, notice: Notice, start: int, reason: str, now: datetime
) -> int:
    """End the open tasks of a measure, because it is over; return how many."""
    require(actor, Right.APPROVE_ORDERS, community)
    ended = tasks.end_for_basis(
        community=community, basis=basis_of(notice, start), reason="basis_ended", now=now
    )
    audit.record(
        "command.measure_ended",
        actor=actor,
        community=community,
        subject=notice,
        reason=reason,
        at=now,
        count=ended,
    )
    return ended
