"""Any history of a line A, B, …, played beside a model of its own that knows nothing of the code."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gridwell.accounts import actions, followers, queries
from gridwell.accounts.models import Post, PostDeputy, StandIn, User
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.places.tests.make import COMMUNITY

NOW = datetime(2022, 11, 23, 4, tzinfo=UTC)
HALF = timedelta(minutes=30)
HOUR = timedelta(hours=1)
SYSTEM, ROOT = Actor.system(COMMUNITY), Actor.system(0)
NAMES = ("a", "b", "c", "d")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["away", "away_for", "away_from", "back", "lock", "unlock", "line", "hand", "clock"]
        ),
        st.sampled_from(NAMES),
        st.integers(0, 5),
    ),
    min_size=4,
    max_size=12,
)


@dataclass
class Model:
    """Who stands in the line and who is away when: all that decides who acts."""

    line: list[str] = field(
        default_factory=lambda: ["a", "b", "c"]
    )  # A first; "" for an empty chair
    away: dict[str, list[tuple[datetime, datetime | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    locked: set[str] = field(default_factory=set)

    def is_there(self, name: str, now: datetime) -> bool:
        gone = any(
            start <= now and (end is None or now < end) for start, end in self.away.get(name, ())
        )
        return bool(name) and name not in self.locked and not gone

    def acting(self, now: datetime) -> str:
        return next((name for name in self.line if self.is_there(name, now)), "")


class Played:
    """One history, in the database and in the model."""

    def __init__(self) -> None:
        self.model, self.now = Model(), NOW
        self.people = {name: make_user(username=name) for name in NAMES}
        self.post = make_post(holder=self.people["a"])
        PostDeputy.objects.bulk_create(
            PostDeputy(post=self.post, user=self.people[name], rank=rank)
            for rank, name in enumerate("bc", 1)
        )
        self.told: dict[str, str] = {"acting": "a"}

    def follow(self, change: followers.LineChange) -> None:
        """Keep who was told last to act.

        Where the clock turned several absences before anybody looked, the moves in between are of
        the past: only where they lead is compared.
        """
        for move in change.posts:
            assert move.before != move.after
            self.told["acting"] = self.name(move.after)

    def name(self, user: int | None) -> str:
        return next((name for name, one in self.people.items() if one.pk == user), "")

    def play(self, step: str, name: str, hours: int) -> None:
        self.now += HALF
        person = User.objects.get(username=name)
        getattr(self, step)(person, name, hours)
        actions.turn_absences(now=self.now)

    def _away(self, person: User, start: datetime, end: datetime | None) -> None:
        actions.record_absence(
            actor=SYSTEM, user=person, reason="leave", starts_at=start, ends_at=end, now=self.now
        )
        self.model.away[person.username].append((start, end))

    def away(self, person: User, name: str, hours: int) -> None:
        self._away(person, self.now, None)

    def away_for(self, person: User, name: str, hours: int) -> None:
        start = self.now + hours * HALF
        self._away(person, start, start + (hours + 1) * HOUR)

    def away_from(self, person: User, name: str, hours: int) -> None:
        self._away(person, self.now + hours * HOUR, None)

    def back(self, person: User, name: str, hours: int) -> None:
        for absence in queries.absences_of(person, self.now):
            actions.end_absence(actor=SYSTEM, absence=absence, now=self.now)
        ended = []
        for start, end in self.model.away[name]:
            if start < self.now:
                ended.append((start, self.now if end is None else min(end, self.now)))
        self.model.away[name] = ended

    def lock(self, person: User, name: str, hours: int) -> None:
        if name not in self.model.locked:
            actions.lock_user(actor=ROOT, user=person, reason="试", now=self.now)
            self.model.locked.add(name)

    def unlock(self, person: User, name: str, hours: int) -> None:
        if name in self.model.locked:
            actions.unlock_user(actor=ROOT, user=person, now=self.now)
            self.model.locked.remove(name)

    def line(self, person: User, name: str, hours: int) -> None:
        """Name or remove a deputy: those who are there already may stay though they are locked."""
        holder, deputies = self.model.line[0], self.model.line[1:]
        if name in deputies:
            deputies.remove(name)
        elif name != holder and name not in self.model.locked:
            deputies.insert(hours % (len(deputies) + 1), name)
        actions.set_deputies(
            actor=ROOT,
            post=self.post,
            deputies=[self.people[one] for one in deputies],
            now=self.now,
        )
        self.model.line = [holder, *deputies]

    def hand(self, person: User, name: str, hours: int) -> None:
        """Hand the post to somebody, or to nobody."""
        if name in self.model.locked:
            return
        holder = None if hours == 0 else person
        before = Post.objects.get(pk=self.post.pk)
        actions.change_holder(
            actor=ROOT, post=before, holder=holder, seen=before.holder_id, now=self.now
        )
        new = name if holder else ""
        self.model.line = [new, *(one for one in self.model.line[1:] if one != new)]

    def clock(self, person: User, name: str, hours: int) -> None:
        self.now += hours * HOUR

    def check(self) -> None:
        expected = self.model.acting(self.now)
        held = queries.effective_holders([self.post.pk], self.now)[self.post.pk]
        assert self.name(held) == expected
        alarms = queries.nobody_acts(((COMMUNITY, COMMUNITY + 1),), self.now)
        assert [row.id for row in alarms] == ([] if expected else [self.post.pk])
        standing = StandIn.objects.filter(post=self.post, ends_at=None).first()
        is_deputy = bool(expected) and expected != self.model.line[0]
        assert (self.name(standing.user_id) if standing else "") == (expected if is_deputy else "")
        assert self.told["acting"] == expected

    def check_rights(self) -> None:
        """Exactly who acts has the rights of the post, whoever signs in."""
        expected = self.model.acting(self.now)
        acting = [
            name
            for name, person in self.people.items()
            if queries.actor_of(User.objects.get(pk=person.pk), self.now).posts
        ]
        assert acting == ([expected] if expected else [])


@pytest.mark.django_db
@settings(max_examples=45, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(steps=STEPS)
def test_there_is_always_the_first_who_is_there_or_an_alarm(
    steps: list[tuple[str, str, int]],
) -> None:
    """Whatever happens: one acts and nobody before them could; stand-ins and what is told say the same."""
    kept = list(followers._followers)
    try:
        with transaction.atomic():
            played = Played()
            followers._followers[:] = [played.follow]
            for step in steps:
                played.play(*step)
                played.check()
            played.check_rights()
            transaction.set_rollback(True)
    finally:
        followers._followers[:] = kept
