"""That family cards were printed (打印家庭卡)."""

from datetime import datetime

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit


def note_cards_printed(*, actor: Actor, community: int, count: int, now: datetime) -> None:
    """Record that cards went to paper."""
    audit.record("screening.cards_printed", actor=actor, community=community, at=now, count=count)
