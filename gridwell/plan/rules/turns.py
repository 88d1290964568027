"""Whose turn it is to be sampled among key people (轮到采样). Pure; the frequencies are the protocol's.

第九版 (2022-06): posts in contact with arrivals once a day, posts among many people twice a week. Before
it is somebody's turn again nobody asks: to sample more often is to go beyond the rule.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gridwell.protocols.rules.model import Frequency


@dataclass(frozen=True, slots=True)
class KeyTurn:
    """Somebody of the key people on a day: by which frequency, sampled last when, due or not yet."""

    resident: int
    every: Frequency
    last_on: date | None
    day: date

    @property
    def next_on(self) -> date:
        """Return the day on which it is his or her turn; who was never sampled is due at once."""
        if self.last_on is None:
            return self.day
        return max(self.day, self.last_on + timedelta(days=self.every.gap))

    @property
    def is_due(self) -> bool:
        """Return whether it is his or her turn on the day."""
        return self.next_on <= self.day


def frequency_of(words: Collection[str], every: Sequence[Frequency]) -> Frequency | None:
    """Return how often somebody with these circumstances is sampled: the shortest gap of those that fit."""
    fitting = [one for one in every if not set(one.who).isdisjoint(words)]
    return min(fitting, key=lambda one: one.gap, default=None)


def key_turn(
    resident: int,
    words: Collection[str],
    last_on: date | None,
    day: date,
    every: Sequence[Frequency],
) -> KeyTurn | None:
    """Return somebody's turn on a day, or None for whom the rule names no frequency.

    `last_on` is the day of the last sample before `day`: what is sampled on the day itself is this turn.
    """
    frequency = frequency_of(words, every)
    return None if frequency is None else KeyTurn(resident, frequency, last_on, day)
