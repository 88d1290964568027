"""A guest who is entered into the register (访客转为居民): samples, holds, rounds and work go with the person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from gridwell.core.errors import RuleBroken
from gridwell.health.models import Hold, Sample
from gridwell.places.models import Place
from gridwell.residents.models import Resident
from gridwell.screening.actions import work
from gridwell.screening.models import RoundMember
from gridwell.screening.rules.holds import HoldEnd
from gridwell.screening.rules.tubes import AGAIN
from gridwell.tasks.models import Task
from gridwell.tasks.rules.states import ACTIVE

#: Why the guest's own line left a round; `labels.rounds.ADDED` has it in words.
REGISTERED = "entered into the register"


def move_guest(
    *, guest: UUID, resident: Resident, household: int | None, place: Place | None, now: datetime
) -> dict[str, int]:
    """Let all that screening knows of a guest stand under the resident; return how much of each.

    Inside the caller's transaction, which writes the trail and has taken its end first. Nobody is
    held twice by one tube, freed, or listed twice: where the resident has a row, that one counts.
    """
    work_moved = _move_work(guest, resident, now)
    return {
        "samples": _move_samples(guest, resident),
        "holds": _move_holds(guest, resident, now),
        "rounds": _move_members(guest, resident, household, place, now),
        "tasks": work_moved,
    }


def _move_samples(guest: UUID, resident: Resident) -> int:
    """Move samples. Who gave one in the round as a resident too gave two: counted once, held by either."""
    community = resident.community_id
    theirs = Sample.objects.filter(community_id=community, guest=guest)
    own = Sample.objects.filter(community_id=community, resident=resident, superseded_at=None)
    taken = set(own.values_list("round", "purpose"))
    for sample in theirs.filter(superseded_at=None).order_by("pk"):
        if (sample.round, sample.purpose) in taken:
            if (sample.round, AGAIN) in taken:
                raise RuleBroken("screening.guest_sampled_thrice")
            Sample.objects.filter(pk=sample.pk).update(purpose=AGAIN)
            taken.add((sample.round, AGAIN))
    return theirs.update(resident=resident, guest=None)


def _move_holds(guest: UUID, resident: Resident, now: datetime) -> int:
    """Move holds, each with its hours; of two that one tube gave the first stays."""
    community = resident.community_id
    theirs = Hold.objects.filter(community_id=community, guest=guest)
    own = Hold.objects.filter(community_id=community, resident=resident, ended_at=None)
    twice = theirs.filter(ended_at=None, tube__in=own.values("tube"))
    for pk in list(twice.values_list("pk", flat=True)):
        Hold.objects.filter(pk=pk).update(end=HoldEnd.WITHDRAWN.value, ended_at=now, decided_at=now)
    return theirs.update(resident=resident, guest=None)


def _move_members(
    guest: UUID, resident: Resident, household: int | None, place: Place | None, now: datetime
) -> int:
    """Move the lines of rounds. Where the resident has one, that stays and the guest's leaves the round."""
    rows = RoundMember.objects.filter(community_id=resident.community_id, guest=guest)
    count = 0
    for row in rows.select_related("round"):
        count += 1
        own = RoundMember.objects.filter(
            community_id=row.community_id, round_id=row.round_id, resident=resident
        ).first()
        if own is None:
            where = _where(household, place) if row.round.state == "open" else {}
            RoundMember.objects.filter(pk=row.pk).update(resident=resident, guest=None, **where)
        elif row.removed_at is None:
            RoundMember.objects.filter(pk=row.pk).update(removed_at=now, removed_reason=REGISTERED)
            if own.removed_at is not None:
                RoundMember.objects.filter(pk=own.pk).update(
                    removed_at=None, removed_reason="", added_at=now, added_reason=REGISTERED
                )
        if row.round.state == "open":
            for home in {row.household_id, household}:
                work.at_door_changed(round=row.round, household=home, now=now)
    return count


def _where(household: int | None, place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    return {
        "household_id": household,
        "dwelling_id": place.pk,
        "building_id": place.building_id or place.parent_id,
        "unit_id": place.unit_id,
        "grid_id": place.grid_id,
    }


def _move_work(guest: UUID, resident: Resident, now: datetime) -> int:
    """Let open re-sampling of a guest, which stands at the household or door, be of the person."""
    held = Hold.objects.filter(community_id=resident.community_id, guest=guest)
    bases = [f"hold:{pk}:0" for pk in held.values_list("pk", flat=True)]
    open_tasks = Task.objects.filter(
        community_id=resident.community_id, kind=work.SINGLE, basis__in=bases, state__in=ACTIVE
    )
    return open_tasks.update(subject_kind="resident", subject=resident.pk, changed_at=now)
