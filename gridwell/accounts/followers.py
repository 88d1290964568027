"""Packages above accounts follow here who acts for which post: to tell people, to move work.

A follower is called inside the transaction of the act, once for all posts it moved. It must be
quick, set-based, and must not write accounts.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from gridwell.accounts.models import Absence, Post, User
from gridwell.accounts.rules.actor import Actor


@dataclass(frozen=True)
class LineMove:
    """One post whose effective holder changed: user ids before and after, None for nobody.

    `absence` is the one that began or was over, where it was one.
    """

    post: Post
    before: int | None
    after: int | None
    absence: Absence | None = None


@dataclass(frozen=True)
class LineChange:
    """What moved posts from one person to another.

    `cause`: absence, return, locked, unlocked, ended, handed_over, deputies, stood_up, stood_down,
    post_ended (the post itself is over: nobody acts for it, and nobody need).
    `user` is the person it is about, None where it is about a post, or about many people at once.
    `posts` holds only the posts that moved.
    """

    cause: str
    actor: Actor
    posts: tuple[LineMove, ...]
    now: datetime
    user: User | None = None

    @property
    def began(self) -> bool:
        """Return whether somebody dropped out (else came back, or a post changed hands)."""
        return self.cause in {"absence", "locked", "ended"}


Follower = Callable[[LineChange], None]
_followers: list[Follower] = []


def register(function: Follower) -> None:
    """Call `function` after each act that moved posts, inside its transaction; at start-up."""
    if function not in _followers:
        _followers.append(function)


def follow(change: LineChange) -> None:
    """Tell everyone who follows."""
    for function in _followers:
        function(change)


HomeFollower = Callable[[Collection[int], datetime], None]
_home_followers: list[HomeFollower] = []


def register_home(function: HomeFollower) -> None:
    """Call `function(communities, now)` when somebody of the staff gets another home there."""
    if function not in _home_followers:
        _home_followers.append(function)


def follow_home(communities: Collection[int], now: datetime) -> None:
    """Tell everyone who follows where the staff lives."""
    for function in _home_followers:
        function(communities, now)
