"""How a change moves the days of a zone, before it is made (更正前看日序变化)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gridwell.core.clock import day_of
from gridwell.health.queries import cases_in
from gridwell.orders.models import Zone
from gridwell.orders.queries.zones import ZoneLife, covered, lives_of
from gridwell.orders.rules.lifecycle import Change, ZoneCase, lifting_of, state_at
from gridwell.protocols.queries import protocol_for
from gridwell.protocols.rules.model import Protocol


@dataclass(frozen=True)
class Days:
    """How a zone counts: its day 0 and the earliest day on which it can be lifted."""

    day0: date | None
    earliest: date | None


@dataclass(frozen=True)
class Shift:
    """The days of a zone before and after a change that nobody has made yet (日序变化)."""

    before: Days
    after: Days

    @property
    def is_none(self) -> bool:
        return self.before == self.after


def shift_of(zone: Zone, change: Change, now: datetime) -> Shift:
    """Return how a further change moves day 0 and the earliest lift of a zone."""
    life = lives_of([zone])[0]
    rules = protocol_for(zone.community_id, day_of(now))
    sides = [
        _days(life, changes, rules, now) for changes in (life.changes, (*life.changes, change))
    ]
    return Shift(*sides)


def _days(life: ZoneLife, changes: Sequence[Change], rules: Protocol | None, now: datetime) -> Days:
    """Return the days of a zone as these changes make them; one that begins later as it will be."""
    ahead = [c.effective_at for c in changes if c.effective_at is not None and c.effective_at > now]
    state = state_at(changes, now)
    if state.span is None and ahead:
        state = state_at(changes, max(ahead))
    span = state.span
    if span is None or not state.is_open:
        return Days(None, None)
    rule = rules.levels.get(span.level) if rules is not None else None
    cover = covered({life.zone.pk: span.scope})[life.zone.pk]
    cases = [
        ZoneCase(case.pk, case.found_at, case.recorded_at)
        for case in cases_in([life.zone.community_id], now)
        if case.dwelling_id in cover
    ]
    lifting = lifting_of(span, rule, day_of(now), rounds=life.rounds, cases=cases)
    return Days(span.day0, lifting.earliest_on)
