"""Writes that only the demo needs: what desks did in a morning, at once and not scan by scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gridwell.audit import actions as audit
from gridwell.health.models import Sample, Tube
from gridwell.screening.models import RoundMember
from gridwell.screening.queries.desk import Sampler
from gridwell.screening.rules.tubes import PoolSize, TubeState


@dataclass(frozen=True)
class Filled:
    """A tube as a desk filled and closed it: who went into it in which order, and when."""

    code: str
    people: tuple[tuple[RoundMember, datetime], ...]
    desk: str
    purpose: str = "pool"
    at_door: bool = False


@transaction.atomic
def fill_tubes(*, sampler: Sampler, tubes: Sequence[Filled]) -> list[Tube]:
    """Write closed tubes with their samples (演示采样): two inserts and one trail entry for all.

    Nothing is checked: the caller takes people who are due, each once.
    """
    pool = sampler.round.order.pool
    made = Tube.objects.bulk_create(
        Tube(
            community_id=sampler.community,
            code=tube.code,
            round=sampler.round.ref,
            purpose=tube.purpose,
            pool=PoolSize.SINGLE.value if tube.purpose == "single" else pool,
            state=TubeState.CLOSED.value,
            desk=tube.desk,
            opened_at=tube.people[0][1],
            closed_at=tube.people[-1][1],
            recorded_at=tube.people[-1][1],
            recorded_by=sampler.actor.user_id,
        )
        for tube in tubes
    )
    samples = [
        Sample(
            community_id=sampler.community,
            dwelling_id=member.dwelling_id,
            tube=row,
            round=sampler.round.ref,
            purpose=tube.purpose,
            resident_id=member.resident_id,
            guest=member.guest,
            position=position,
            sampled_at=at,
            at_door=tube.at_door,
            recorded_at=at,
            recorded_by=sampler.actor.user_id,
        )
        for row, tube in zip(made, tubes, strict=True)
        for position, (member, at) in enumerate(tube.people, start=1)
    ]
    Sample.objects.bulk_create(samples)
    if made:
        audit.record(
            "screening.batch_taken",
            actor=sampler.actor,
            community=sampler.community,
            subject=sampler.round,
            at=max(tube.people[-1][1] for tube in tubes),
            count=len(samples) + 2 * len(made),
        )
    return made
