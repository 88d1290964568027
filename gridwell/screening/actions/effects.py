"""What the result of a tube does to the people in it (结果生效), and how it is taken back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from gridwell.accounts.rules.actor import Actor
from gridwell.health.actions import ResultRow, record_results
from gridwell.health.models import GuestSample, Result, Sample, Tube
from gridwell.screening.actions import holds
from gridwell.screening.actions.telling import desks_of, tell
from gridwell.screening.queries.holds import parts
from gridwell.screening.queries.results import place_of_guests
from gridwell.screening.rules.tubes import ASKS_SINGLE, TubeState

FEW = 1000  # up to so many different instants are written one update each: cheaper than CASE


def put_results(
    *,
    community: int,
    tubes: Sequence[Tube],
    samples: Mapping[int, Sequence[Sample]],
    source: str,
    now: datetime,
) -> None:
    """Write the results that these tubes of one community carry, and what follows from them.

    `samples` are those that stand in each tube. Set-based; inside the caller's transaction.
    """
    _save(tubes)
    by_kind: dict[tuple[str, str], list[Tube]] = defaultdict(list)
    for tube in tubes:
        by_kind[tube.purpose, tube.state].append(tube)

    def inside(*keys: tuple[str, str]) -> list[tuple[Tube, Sample]]:
        return [(t, s) for key in keys for t in by_kind.get(key, ()) for s in samples[t.pk]]

    negative, positive = TubeState.NEGATIVE.value, TubeState.POSITIVE.value
    clear = inside(("pool", negative), ("single", negative))
    found = inside(("single", positive))
    _record(community, [*clear, *found], source, now)
    holds.release(
        community=community, samples=[s for _, s in inside(("single", negative))], now=now
    )
    holds.confirm(community=community, samples=[s for _, s in found], now=now)
    holds.clear_later(community=community, samples=[s for _, s in clear], now=now)
    pools = [t for state in ASKS_SINGLE for t in by_kind.get(("pool", state.value), ())]
    if pools:
        held = [s for t in pools for s in samples[t.pk]]
        holds.begin_holds(community=community, tubes=pools, samples=held, now=now)
    spoilt = inside(
        ("pool", TubeState.SPOILT.value),
        ("single", TubeState.SPOILT.value),
        ("single", TubeState.UNCLEAR.value),
    )
    _due_again(spoilt, now)
    _tell(community, pools, samples, found, now)


def _save(tubes: Sequence[Tube]) -> None:
    """Write state and time of tubes: one update for each result and instant while these are few."""
    groups: dict[tuple[str, datetime | None, str], list[int]] = defaultdict(list)
    for tube in tubes:
        groups[tube.state, tube.resulted_at, tube.result_source].append(tube.pk)
    if len(groups) > FEW:
        Tube.objects.bulk_update(tubes, ["state", "resulted_at", "result_source"], batch_size=200)
        return
    for (state, at, source), pks in groups.items():
        for part in parts(pks):
            Tube.objects.filter(pk__in=part).update(
                state=state, resulted_at=at, result_source=source
            )


def _record(
    community: int, found: Sequence[tuple[Tube, Sample]], source: str, now: datetime
) -> None:
    """Put a result on record for everybody in tubes that decide; a pool that is positive never does."""
    rows = [
        ResultRow(s.resident_id, s.dwelling_id, s.sampled_at, t.state, t.resulted_at)
        for t, s in found
        if s.resident_id is not None
    ]
    if rows:
        record_results(
            actor=Actor.system(community), community=community, rows=rows, source=source, now=now
        )
    guests = [(t, s) for t, s in found if s.guest is not None]
    if not guests:
        return
    _supersede_guests(community, [s for _, s in guests], now)
    places = place_of_guests(community, {s.guest for _, s in guests if s.guest})
    GuestSample.objects.bulk_create(
        [
            GuestSample(
                community_id=community,
                guest=s.guest,
                place_id=s.dwelling_id or places[s.guest],
                sampled_at=s.sampled_at,
                outcome=t.state,
                recorded_at=now,
            )
            for t, s in guests
            if s.guest is not None and (s.dwelling_id or s.guest in places)
        ],
        batch_size=500,
    )


def _supersede_guests(community: int, samples: Sequence[Sample], now: datetime) -> None:
    for part in parts(samples):
        GuestSample.objects.filter(
            community_id=community,
            guest__in={s.guest for s in part},
            sampled_at__in={s.sampled_at for s in part},
            superseded_at=None,
        ).update(superseded_at=now)


def _due_again(found: Sequence[tuple[Tube, Sample]], now: datetime) -> None:
    """Let samples count no longer that decide nothing: their people are missing again."""
    by_reason: dict[str, list[int]] = defaultdict(list)
    for tube, sample in found:
        by_reason[f"tube {tube.state}"].append(sample.pk)
    for reason, pks in by_reason.items():
        for part in parts(pks):
            Sample.objects.filter(pk__in=part, superseded_at=None).update(
                superseded_at=now, superseded_reason=reason
            )


def _tell(
    community: int,
    pools: Sequence[Tube],
    samples: Mapping[int, Sequence[Sample]],
    found: Sequence[tuple[Tube, Sample]],
    now: datetime,
) -> None:
    """Alarm the desk and the subdistrict: a message for each positive pool, one for single positives."""
    if not (pools or found):
        return
    users = desks_of(community, now)
    for tube in pools:
        tell(
            kind="screening.positive_pool",
            users=users,
            community=community,
            facts={"tube": tube.code, "count": len(samples[tube.pk]), "outcome": tube.state},
            page="hold_list",
            key=f"{tube.ref.hex}:{tube.state}",
            now=now,
            is_urgent=True,
        )
    if found:
        tell(
            kind="screening.single_positive",
            users=users,
            community=community,
            facts={"count": len(found), "tubes": ", ".join(sorted(t.code for t, _ in found)[:5])},
            page="hold_list",
            key=":".join(sorted(t.ref.hex for t, _ in found))[:100],
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
            community_id=community,
            resident__in={s.resident_id for s in part if s.resident_id},
            sampled_at__in={s.sampled_at for s in part},
            superseded_at=None,
        ).update(superseded_at=now)
    _supersede_guests(community, [s for s in samples if s.guest], now)
    if told not in ASKS_SINGLE:
        holds.withdraw(community=community, tubes=[tube.pk], now=now)
    if tube.purpose == "single":
        holds.reopen(community=community, samples=samples, now=now)
