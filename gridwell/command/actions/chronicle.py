"""The only act on the chronicle (大事记): that it was taken out of the house."""

from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit


@transaction.atomic
def note_exported(*, actor: Actor, area: int, now: datetime) -> None:
    """Record that somebody took the chronicle of an area out as a file."""
    audit.record("command.chronicle_exported", actor=actor, community=area, at=now)
