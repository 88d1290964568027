"""Packages above places follow here when doors come into another grid: who sees their people changes.

A follower is called inside the transaction of the act. It must be set-based and quick, and it must
not write places.
"""

from collections.abc import Callable

Follower = Callable[[int], object]
_followers: list[Follower] = []


def register(function: Follower) -> None:
    """Call `function(community)` after places there came into another grid; at start-up."""
    if function not in _followers:
        _followers.append(function)


def follow(community: int) -> None:
    """Tell everyone who follows."""
    for function in _followers:
        function(community)
