"""Packages above the plan follow each stored day here: to turn its work into tasks.

A follower is called inside the transaction that stores the day, so that what is stored and what
follows from it are never apart. It must be set-based, idempotent and quick, and it must not write
what plans are derived from.
"""

from collections.abc import Callable
from datetime import date, datetime

from gridwell.plan.rules.plan import Plan

Follower = Callable[[int, date, Plan, datetime], object]
_followers: list[Follower] = []


def register(function: Follower) -> None:
    """Call `function(community, day, plan, now)` after each stored recompute; at start-up."""
    if function not in _followers:
        _followers.append(function)


def follow(community: int, day: date, plan: Plan, now: datetime) -> None:
    """Tell everyone who follows."""
    for function in _followers:
        function(community, day, plan, now)
