"""Key people with their turns (重点人群轮次): who is due on a day, who not yet, and why, for the actor's grids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gridwell.accounts.rules.actor import Actor
from gridwell.plan.queries.turns import key_turns
from gridwell.plan.rules.turns import KeyTurn
from gridwell.residents.models import Membership, Trait
from gridwell.residents.queries.people import living_of
from gridwell.residents.rules.traits import TraitCode


@dataclass(frozen=True)
class TurnLine:
    """Somebody of the key people as the list shows it; `posts` are values of the risk post."""

    turn: KeyTurn
    name: str
    door: str
    building: str
    posts: tuple[str, ...]
    household: int | None


def turn_lines(actor: Actor, community: int, day: date) -> list[TurnLine]:
    """Return the key people that the actor may see: whose turn it is first, then by door. Six queries."""
    turns = key_turns(community, day)
    people = living_of(actor, community).filter(pk__in=list(turns)).select_related("dwelling")
    rows = list(people.order_by("dwelling__path", "pk"))
    seen = [row.pk for row in rows]
    posts, homes = _posts(community, seen), _homes(community, seen)
    lines = [
        TurnLine(
            turn=turns[row.pk],
            name=row.name,
            door=row.dwelling.door if row.dwelling else "",
            building=row.dwelling.full_name if row.dwelling else "",
            posts=tuple(posts.get(row.pk, ())),
            household=homes.get(row.pk),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.turn.is_due)


def _homes(community: int, residents: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(residents), 800):
        rows = Membership.objects.filter(
            community_id=community,
            resident__in=residents[start : start + 800],
            kind="lives",
            superseded_at=None,
            ends_at=None,
        )
        found |= dict(rows.values_list("resident_id", "household_id"))
    return found


def _posts(community: int, residents: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for start in range(0, len(residents), 800):
        rows = Trait.objects.filter(
            community_id=community,
            resident__in=residents[start : start + 800],
            code=TraitCode.RISK_POST,
            superseded_at=None,
            ends_at=None,
        )
        for who, value in rows.order_by("pk").values_list("resident_id", "value"):
            found.setdefault(who, []).append(value)
    return found
