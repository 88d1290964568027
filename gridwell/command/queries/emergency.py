"""Finding and reading one household outside one's scope in an emergency (应急查阅)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit.models import AuditEntry
from gridwell.command.models import EmergencyAccess
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.places.models import Area, Place
from gridwell.places.queries import DOORS
from gridwell.places.rules.levels import AreaLevel
from gridwell.places.rules.naming import match_key
from gridwell.plan.queries.days import stored_day
from gridwell.residents.models import Household, Resident
from gridwell.residents.queries import household_file, household_of_resident
from gridwell.residents.queries.files import HouseholdFile
from gridwell.residents.rules.identity import read_document
from gridwell.residents.rules.searching import read_question

HOLDS = timedelta(minutes=60)
#: How many questions one person may put in an hour, found or not: so that nobody tries doors in turn.
MOST_AN_HOUR = 6
MISSED = "command.emergency_missed"
#: How many letters or figures a number must have at least to be a whole one.
WHOLE = 7


def may_ask(actor: Actor) -> bool:
    """Return whether the actor may look at unmasked data anywhere, and so ask for a look elsewhere."""
    return actor.user_id is not None and actor.may_anywhere(Right.UNMASK)


def asked_lately(actor: Actor, now: datetime) -> int:
    """Return how many questions the actor has put in the last hour, found or not; two queries."""
    since = now - timedelta(hours=1)
    missed = AuditEntry.objects.filter(
        community=0, user=actor.user_id, act=MISSED, at__gte=since
    ).count()
    return missed + EmergencyAccess.objects.filter(user=actor.user_id, starts_at__gte=since).count()


def find_by_number(number: str) -> Household | None:
    """Return the household of whoever has this whole document number, or None. Tails find nothing."""
    plain = "".join(number.split()).upper()
    if len(plain) < WHOLE:
        return None
    read = read_document(plain)
    numbers = {plain, read.number} - {""}
    people = Resident.objects.filter(document__in=numbers, merged_into=None).order_by("-changed_at")
    for resident in people[:5]:
        household = household_of_resident(resident)
        if household is not None and household.ends_at is None:
            return household
    return None


def community_named(words: str) -> Area | None:
    """Return the one community that a code or a name means, or None."""
    plain = words.strip()
    areas = Area.objects.filter(level=AreaLevel.COMMUNITY, replaced_by=None)
    code = whole_number(plain)
    if code is not None and len(plain) == 12:
        return areas.filter(pk=code).first()
    if len(plain) < 2:
        return None
    short = plain.removesuffix("社区").removesuffix("村委会").removesuffix("居委会")
    found = list(areas.filter(Q(name=plain) | Q(name__startswith=short or plain))[:2])
    exact = [area for area in found if area.name == plain]
    if len(exact) == 1:
        return exact[0]
    return found[0] if len(found) == 1 else None


def find_by_door(community: int, words: str) -> Household | None:
    """Return the household behind a door said in whole: 金香都小区1号楼2单元501, or 1-2-501.

    A door number that several compounds have finds nothing: the compound must be said.
    """
    asked = read_question(words)
    key = match_key(words)
    where = Q(full_key=key) if key else Q(pk__in=[])
    if asked.doors:
        where |= Q(door__in=asked.doors)
    live = Place.objects.filter(
        where, community=community, kind__in=DOORS, merged_into=None, ended_at=None
    )
    doors = list(live[:2])
    if len(doors) != 1:
        return None
    return (
        Household.objects.filter(community=community, dwelling=doors[0], ends_at=None)
        .order_by("pk")
        .first()
    )


def own_accesses(actor: Actor) -> QuerySet[EmergencyAccess]:
    """Return the actor's own looks, newest first."""
    rows = EmergencyAccess.objects.filter(user=actor.user_id)
    return rows.select_related("community", "household__dwelling").order_by("-starts_at")


def accesses_at(actor: Actor, area: int) -> QuerySet[EmergencyAccess]:
    """Return the looks at households of a community, for the officer in charge, newest first."""
    if not actor.may(Right.READ_AUDIT, area):
        raise NotVisible
    rows = EmergencyAccess.objects.filter(community=area)
    return rows.select_related("user", "household__dwelling").order_by("-starts_at")


def access_own(actor: Actor, ref: Any) -> EmergencyAccess:
    """Return one of the actor's own looks, ended ones included, or raise NotVisible."""
    row = own_accesses(actor).filter(ref=ref).first()
    if row is None or not may_ask(actor):
        raise NotVisible
    return row


@dataclass(frozen=True)
class EmergencyFile:
    """What an emergency look shows: everybody behind the door, and what is asked of them today."""

    files: tuple[HouseholdFile, ...]
    duties: dict[int, list[Any]]

    @property
    def residents(self) -> list[Resident]:
        """Return everybody the page names; each of them finds the look in their file."""
        return [member.resident for file in self.files for member in file.members]


def emergency_file(access: EmergencyAccess, now: datetime) -> EmergencyFile:
    """Return what a look that is open shows. RuleBroken when its time is over.

    Reads this one door and no other; the reader's own scope stays what it was.
    """
    if not access.starts_at <= now < access.ends_at:
        raise RuleBroken("command.emergency_over")
    households = Household.objects.filter(
        community=access.community_id, dwelling=access.household.dwelling_id, ends_at=None
    ).select_related("dwelling__building")
    files = tuple(household_file(row, now) for row in households.order_by("pk"))
    day = stored_day(access.community_id, clock.day_of(now))
    duties: dict[int, list[Any]] = {}
    if day is not None:
        for file in files:
            for member in file.members:
                duties[member.resident.pk] = list(day.plan.duties_of(member.resident.pk))
    return EmergencyFile(files, duties)
