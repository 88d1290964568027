"""Sampling at the door is done when everybody due there was sampled, whoever took the sample (采样销号)."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef

from gridwell.core.clock import end_of, start_of
from gridwell.health.models import Result
from gridwell.health.queries import guests_sampled_between
from gridwell.plan.rules.facts import guest_id
from gridwell.plan.rules.plan import DutyCode, Plan, WorkCode
from gridwell.residents.models import Membership, Stay
from gridwell.tasks.actions.journal import write_events
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.queries.responsible import chunks
from gridwell.tasks.rules.states import ACTIVE


def close_sampled(community: int, plan: Plan, now: datetime) -> int:
    """Close the door samplings of the plan's day at which nobody due is left; set-based.

    A household with one person missing stays open; one in which nobody is due any more is left to
    the plan. Of a visit that a round asked for, or opened again because somebody is missing in it,
    the round alone says when it is done: a sample of another round of the day is none of it.
    """
    by_round = TaskEvent.objects.filter(task=OuterRef("pk"), act="reopen", reason="missing_again")
    tasks = Task.objects.filter(
        ~Exists(by_round),
        community_id=community,
        kind=WorkCode.DOOR_SAMPLING.value,
        slot=plan.day.isoformat(),
        state__in=ACTIVE,
    ).exclude(origin="round")
    rows = list(tasks.values_list("pk", "subject_kind", "subject"))
    if not rows:
        return 0
    sampled = set(
        Result.objects.filter(
            community_id=community,
            superseded_at=None,
            resident__isnull=False,
            sampled_at__gte=start_of(plan.day),
            sampled_at__lt=end_of(plan.day),
            sampled_at__lte=now,
        ).values_list("resident_id", flat=True)
    )
    guests = guests_sampled_between(community, start_of(plan.day), end_of(plan.day))
    sampled |= {guest_id(pk) for pk in guests}
    due = plan.residents_with(DutyCode.BE_SAMPLED)
    if not sampled & due:
        return 0
    came = _subjects(community, sampled & due)
    missing = _subjects(community, due - sampled)
    closed = [
        pk
        for pk, kind, subject in rows
        if subject in came.get(kind, ()) and subject not in missing.get(kind, ())
    ]
    for part in chunks(closed):
        tasks.filter(pk__in=part).update(
            state="done", done_at=now, taken_by=None, taken_at=None, changed_at=now
        )
    write_events(community, closed, "do", now=now, reason="sampled")
    return len(closed)


def _subjects(community: int, people: Collection[int]) -> dict[str, set[int]]:
    """Return what a sampling can be for, of these people: the person, the household, the door.

    Who is here without being registered counts for the household of the door, and for the door.
    """
    guests = [-one for one in people if one < 0]
    places: set[int] = set()
    for part in chunks(guests):
        stays = Stay.objects.filter(community_id=community, pk__in=part)
        places.update(stays.values_list("place_id", flat=True))
    homes = _homes(community, [one for one in people if one > 0])
    for part in chunks(places):
        live = Membership.objects.filter(
            community_id=community,
            dwelling__in=part,
            ends_at=None,
            superseded_at=None,
            kind="lives",
        )
        homes.update(live.values_list("household_id", flat=True))
    return {"household": homes, "resident": set(people), "place": places}


def _homes(community: int, residents: Collection[int]) -> set[int]:
    found: set[int] = set()
    for part in chunks(residents):
        live = Membership.objects.filter(
            community_id=community,
            resident__in=part,
            ends_at=None,
            superseded_at=None,
            kind="lives",
        )
        found.update(live.values_list("household_id", flat=True))
    return found
