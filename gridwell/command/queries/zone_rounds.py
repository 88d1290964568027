"""The rounds that were run here for a zone (本系统开展的轮次), beside outcomes entered by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gridwell.accounts.rules.actor import Actor
from gridwell.orders.models import Zone
from gridwell.orders.rules.lifecycle import Round as Outcome
from gridwell.orders.rules.rounds import RUN_HERE
from gridwell.screening.models import Round
from gridwell.screening.queries.members import Progress
from gridwell.screening.queries.rollup import standings
from gridwell.screening.queries.rounds import rounds_of


@dataclass(frozen=True)
class HeldRound:
    """A round of a zone that is run here, with how it stands; no figures before it opens."""

    round: Round
    part: Progress | None


@dataclass(frozen=True)
class OutcomeLine:
    """An outcome as the zone's page shows it, and the round that wrote it, None for one by hand."""

    outcome: Outcome
    round: Round | None


def held_rounds(actor: Actor, zone: Zone) -> list[HeldRound]:
    """Return the rounds run here for a zone, the latest day first: two queries."""
    rows = list(rounds_of(actor, zone.community_id).filter(order__zone=zone, order__ended_at=None))
    standing = standings(actor, [row for row in rows if row.state != "planned"])
    return [HeldRound(row, standing.get(row.pk)) for row in rows]


def outcome_lines(outcomes: Iterable[Outcome], held: Iterable[HeldRound]) -> list[OutcomeLine]:
    """Return outcomes with the round that wrote each."""
    by_source = {f"{RUN_HERE}{row.round.ref}": row.round for row in held}
    return [OutcomeLine(outcome, by_source.get(outcome.source)) for outcome in outcomes]


def is_run_here(zone: Zone, day: date) -> bool:
    """Return whether a round of the zone's day is or was run here."""
    return Round.objects.filter(
        community_id=zone.community_id,
        order__zone=zone,
        on=day,
        state__in=("open", "closed"),
    ).exists()
