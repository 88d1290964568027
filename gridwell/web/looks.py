"""Looks at people by those whose daily work it is not: each is written down with its reason."""

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record_look
from gridwell.residents.models import Household, Resident
from gridwell.residents.queries import members_of
from gridwell.web.queries.lists import DayList


def note_list(actor: Actor, community: int, found: DayList, reason: str) -> None:
    """Write down who was named on a list of the day."""
    ids = [person.resident for b in found.buildings for row in b.rows for person in row.people]
    record_look(actor, community, Resident, reason, what="names", ids=ids)


def note_household(actor: Actor, community: int, household: Household, reason: str) -> None:
    """Write down who was named when a household's duties were explained."""
    members = members_of([household.pk], community).get(household.pk, [])
    record_look(actor, community, [row.resident for row in members], reason, what="names")
