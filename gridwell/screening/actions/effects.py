"""What the result of a tube does to the people in it (结果生效), and how it is taken back."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from gridwell.accounts.rules.actor import Actor
from gridwell.core.bulk import update_rows
from gridwell.health.actions.tubes import record_results_of_tubes
from gridwell.health.models import Result, Sample, Tube
from gridwell.screening.actions import holds
from gridwell.screening.actions.telling import desks_of, tell
from gridwell.screening.queries.holds import parts
from gridwell.screening.queries.results import put_aside, standing_samples
from gridwell.screening.rules.tubes import AGAIN, ASKS_SINGLE, TubeState


def put_results(*, community: int, tubes: Sequence[Tube], source: str, now: datetime) -> None:
    """Write the results that these tubes of one community carry, and what follows from them.

    Set-based; inside the caller's transaction. Only people of whom something has to be done singly
    are read: what a negative tube says is written inside the database.
    """
    update_rows(
        Tube,
        ("state", "resulted_at", "result_source"),
        ((tube.pk, tube.state, tube.resulted_at, tube.result_source) for tube in tubes),
    )
    by_kind: dict[tuple[str, str], list[Tube]] = defaultdict(list)
    for tube in tubes:
        by_kind[tube.purpose, tube.state].append(tube)
    negative, positive = TubeState.NEGATIVE.value, TubeState.POSITIVE.value
    cleared, found = by_kind["single", negative], by_kind["single", positive]
    decided = [*by_kind["pool", negative], *cleared, *found]
    _record(community, decided, source, now)
    confirmed = _inside(found)  # first: of two single samples of one person the positive one counts
    holds.confirm(community=community, samples=confirmed, now=now)
    holds.hold_alone(community=community, samples=confirmed, now=now)
    holds.release(community=community, samples=_inside(cleared), now=now)
    if len(decided) > len(found):
        holds.clear_later(community=community, now=now)
    pools = [tube for state in ASKS_SINGLE for tube in by_kind["pool", state.value]]
    held = _inside(pools)
    if pools:
        holds.begin_holds(community=community, tubes=pools, samples=held, now=now)
    spoilt = [
        *by_kind["pool", TubeState.SPOILT.value],
        *by_kind["single", TubeState.SPOILT.value],
        *by_kind["single", TubeState.UNCLEAR.value],
    ]
    _due_again(spoilt, now)
    _tell(community, pools, held, found, len(confirmed), now)


def _inside(tubes: Sequence[Tube]) -> list[Sample]:
    """Return the samples that stand in these tubes, in the order of tubes."""
    samples = standing_samples(tube.pk for tube in tubes)
    return [sample for tube in tubes for sample in samples.get(tube.pk, ())]


def _record(community: int, tubes: Sequence[Tube], source: str, now: datetime) -> None:
    """Put a result on record for everybody in tubes that decide; a pool that is positive never does."""
    if not tubes:
        return
    states = {tube.pk: tube.state for tube in tubes}
    record_results_of_tubes(
        actor=Actor.system(community),
        community=community,
        tubes=sorted(states),
        source=source,
        now=now,
    )


def _due_again(tubes: Sequence[Tube], now: datetime) -> None:
    """Let samples count no longer that decide nothing: their people are missing again."""
    by_reason: dict[str, list[int]] = defaultdict(list)
    for tube in tubes:
        by_reason[f"tube {tube.state}"].append(tube.pk)
    for reason, pks in by_reason.items():
        for part in parts(pks):
            Sample.objects.filter(tube__in=part, superseded_at=None).update(
                superseded_at=now, superseded_reason=reason
            )


def stand_again(tube: Tube) -> list[Sample]:
    """Let samples count again that a corrected result had put aside; return what stands in the tube.

    Who gave another one since stands in both tubes, and is counted once.
    """
    gone = list(put_aside(tube))
    others = Sample.objects.filter(
        Q(resident__in=[s.resident_id for s in gone if s.resident_id])
        | Q(guest__in=[s.guest for s in gone if s.guest]),
        community_id=tube.community_id,
        round=tube.round,
        superseded_at=None,
    )
    held = set(others.values_list("purpose", "resident", "guest"))
    back: dict[str, list[int]] = defaultdict(list)
    for sample in gone:
        who = (sample.resident_id, sample.guest)
        free = [one for one in (tube.purpose, AGAIN) if (one, *who) not in held]
        if free:
            back[free[0]].append(sample.pk)
    for purpose, pks in back.items():
        Sample.objects.filter(pk__in=pks).update(
            purpose=purpose, superseded_at=None, superseded_reason=""
        )
    return standing_samples([tube.pk]).get(tube.pk, [])


def _tell(
    community: int,
    pools: Sequence[Tube],
    held: Sequence[Sample],
    found: Sequence[Tube],
    confirmed: int,
    now: datetime,
) -> None:
    """Alarm the desk and the subdistrict: a message for each positive pool, one for single positives."""
    if not (pools or confirmed):
        return
    users = desks_of(community, now)
    people = Counter(sample.tube_id for sample in held)
    for tube in pools:
        tell(
            kind="screening.positive_pool",
            users=users,
            community=community,
            facts={"tube": tube.code, "count": people[tube.pk], "outcome": tube.state},
            page="hold_list",
            key=f"{tube.ref.hex}:{tube.state}",
            now=now,
            is_urgent=True,
        )
    if confirmed:
        tell(
            kind="screening.single_positive",
            users=users,
            community=community,
            facts={"count": confirmed, "tubes": sorted(t.code for t in found)[:5]},
            page="hold_list",
            key=":".join(sorted(t.ref.hex for t in found))[:100],
            now=now,
            is_urgent=True,
        )


def take_back_results(
    *, community: int, tube: Tube, samples: Sequence[Sample], told: TubeState, now: datetime
) -> None:
    """Take back all that a tube's result did: results superseded, holds withdrawn or opened again.

    `told` is what counts instead: from positive to unclear nobody's hours begin anew.
    """
    for part in parts(samples):
        Result.objects.filter(
            Q(resident__in={s.resident_id for s in part if s.resident_id})
            | Q(guest__in={s.guest for s in part if s.guest}),
            community_id=community,
            sampled_at__in={s.sampled_at for s in part},
            superseded_at=None,
        ).update(superseded_at=now)
    if told not in ASKS_SINGLE:
        holds.withdraw(community=community, tubes=[tube.pk], now=now)
    if tube.purpose == "single":
        holds.reopen(community=community, samples=samples, told=told, now=now)
