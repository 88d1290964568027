"""Who looks after and answers for a household, one of its people, or a site (五包一、四方责任)."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.organisation.models import FourParty, Helper, NamedFact
from gridwell.organisation.queries.naming import Person, now_known, persons_of
from gridwell.organisation.rules.kinds import HelperRole, Party
from gridwell.places.models import Place
from gridwell.places.queries import LIVE, places_of
from gridwell.places.rules.levels import PlaceKind
from gridwell.residents.models import Household, Resident

#: What somebody can answer for; the five are of a household or of one person.
About = Household | Resident | Place
HISTORY = 20


def is_about(about: About) -> dict[str, Any]:
    """Return what finds the rows about a household, a resident or a site."""
    names: dict[type, str] = {Household: "household", Resident: "resident", Place: "site"}
    return {"community": about.community_id, names[type(about)]: about}


def five_of(about: Household | Resident, now: datetime) -> dict[HelperRole, Helper]:
    """Return who of the five is named for a household, or for one resident alone."""
    rows = Helper.objects.filter(now_known(now), **is_about(about))
    return {HelperRole(row.role): row for row in rows}


def five_token(five: Mapping[HelperRole, Helper]) -> str:
    """Return a short text that changes whenever one of the five does: for the second of two editors."""
    ids = ",".join(str(row.pk) for row in sorted(five.values(), key=lambda row: row.pk))
    return hashlib.sha256(ids.encode()).hexdigest()[:12]


def with_helpers(community: int, households: Collection[int], now: datetime) -> dict[int, int]:
    """Return how many of the five each household has; those with none are left out. One query."""
    found: dict[int, set[str]] = {}
    rows = Helper.objects.filter(
        now_known(now), community=community, household__in=households
    ).values_list("household_id", "role")
    for household, role in rows:
        found.setdefault(household, set()).add(role)
    return {household: len(roles) for household, roles in found.items()}


def parties_of(about: About, now: datetime) -> dict[Party, FourParty]:
    """Return which of the four parties are named for a household, a resident or a site."""
    rows = FourParty.objects.filter(now_known(now), **is_about(about))
    return {Party(row.party): row for row in rows}


def access_party(actor: Actor, community: int, party_id: int) -> FourParty:
    """Return one of the four parties of what the actor sees, or raise NotVisible."""
    found = FourParty.objects.filter(pk=party_id, community=community)
    if actor.covers(community):
        grids = actor.grids_at(community)
        if grids is not None:
            found = found.filter(
                Q(household__dwelling__grid__in=grids)
                | Q(resident__dwelling__grid__in=grids)
                | Q(site__grid__in=grids)
            )
        row = found.select_related("household", "resident", "site").first()
        if row is not None:
            return row
    raise NotVisible


@dataclass
class Answering:
    """What is named about one household, person or site now, and what was named before."""

    five: dict[HelperRole, Helper] = field(default_factory=dict)
    parties: dict[Party, FourParty] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Return whether nobody is named."""
        return not self.five and not self.parties


@dataclass(frozen=True)
class HouseholdAnswering:
    """Who looks after and answers for a household, its people and its site."""

    own: Answering
    people: Mapping[int, Answering]
    site: Answering
    before: Sequence[NamedFact]  # over, of any of them, the latest first
    persons: Mapping[NamedFact, Person]


def answering_for(
    household: Household, residents: Collection[int], now: datetime
) -> HouseholdAnswering:
    """Return everybody named about a household, its people and its site; two queries and the names'."""
    community = household.community_id
    own = Q(household=household) | Q(resident__in=list(residents))
    helpers = list(Helper.objects.filter(own, community=community, superseded_at=None))
    parties = list(
        FourParty.objects.filter(
            own | Q(site=household.dwelling_id), community=community, superseded_at=None
        )
    )
    rows: list[NamedFact] = [*helpers, *parties]
    over = [row for row in rows if row.ends_at is not None and row.ends_at <= now]
    ended = {id(row) for row in over}
    before = sorted(over, key=lambda row: row.ends_at or now, reverse=True)[:HISTORY]
    home, site = Answering(), Answering()
    people: dict[int, Answering] = {}
    for helper in helpers:
        if id(helper) not in ended:
            whose = home if helper.resident_id is None else _of(people, helper.resident_id)
            whose.five[HelperRole(helper.role)] = helper
    for party in parties:
        if id(party) not in ended:
            whose = site if party.site_id is not None else home
            if party.resident_id is not None:
                whose = _of(people, party.resident_id)
            whose.parties[Party(party.party)] = party
    live = [row for row in rows if id(row) not in ended]
    return HouseholdAnswering(home, people, site, before, _persons([*live, *before], now))


def _of(people: dict[int, Answering], resident: int) -> Answering:
    return people.setdefault(resident, Answering())


def _persons(rows: Iterable[NamedFact], now: datetime) -> dict[NamedFact, Person]:
    """Return the person behind each row of several tables; the rows themselves are the keys."""
    every = list(rows)
    if not every:
        return {}
    found: dict[NamedFact, Person] = {}
    for table in {type(row) for row in every}:
        some = [row for row in every if type(row) is table]
        people = persons_of(some, now)
        found.update({row: people[row.pk] for row in some})
    return found


def sites_at(actor: Actor, community: int) -> QuerySet[Place]:
    """Return the shops, offices, schools and works of the actor's in a community."""
    return places_of(actor, community).filter(LIVE, kind=PlaceKind.SITE).order_by("full_name", "pk")


def access_site(actor: Actor, community: int, site: int) -> Place:
    """Return a site of the actor's, or raise NotVisible."""
    found = sites_at(actor, community).filter(pk=site).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True)
class SiteLine:
    """A site with who answers for it, by party; None where nobody does."""

    site: Place
    parties: Mapping[str, tuple[FourParty, Person] | None]

    @property
    def lacking(self) -> int:
        """Return how many of the four are not named."""
        return sum(found is None for found in self.parties.values())


def site_lines(sites: Iterable[Place], now: datetime) -> list[SiteLine]:
    """Return sites with who answers for each; one query and those of the names."""
    places = list(sites)
    rows = list(
        FourParty.objects.filter(
            now_known(now),
            community__in={place.community_id for place in places},
            site__in=[place.pk for place in places],
        )
    )
    people = persons_of(rows, now) if rows else {}
    by_site: dict[int, dict[str, tuple[FourParty, Person]]] = {}
    for row in rows:
        by_site.setdefault(row.site_id or 0, {})[row.party] = (row, people[row.pk])
    return [
        SiteLine(
            place, {party.value: by_site.get(place.pk, {}).get(party.value) for party in Party}
        )
        for place in places
    ]
