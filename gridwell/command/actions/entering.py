"""A guest who is entered into the register (访客转为居民), with all that was known of the guest."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.command.actions.plan import recompute_after
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.actions.guests import move_results
from gridwell.places.models import Place
from gridwell.residents.actions.guests import name_resident
from gridwell.residents.actions.households import open_household
from gridwell.residents.actions.people import Person, register_resident
from gridwell.residents.models import Household, Membership, Resident, Stay
from gridwell.screening.actions.guests import move_guest


@dataclass(frozen=True)
class Entry:
    """Who is entered: a new person of a household that is there, or of one of his or her own at a door."""

    person: Person
    ref: UUID
    household: Household | None = None
    door: Place | None = None
    relation: str = ""


@transaction.atomic
def enter_guest(*, actor: Actor, stay: Stay, entry: Entry, now: datetime) -> Resident:
    """Enter a guest into the register (登记为居民) and return the resident; sent twice it is once.

    The stay ends. Samples, results, holds, open work and the lines of rounds go with the person: who
    is held stays held for the same hours, who was sampled is, and no list counts anybody twice.
    """
    known = _known(stay, entry)
    if known is not None:
        return known
    household = entry.household or _own_household(actor, entry, now)
    resident = register_resident(
        actor=actor,
        household=household,
        person=entry.person,
        relation=entry.relation,
        is_head=entry.household is None,
        now=now,
        source="guest",
        ref=entry.ref,
    )
    _go_with(actor, stay, resident, now)
    return resident


def _known(stay: Stay, entry: Entry) -> Resident | None:
    """Return who this form entered before."""
    community = stay.community_id
    known = Resident.objects.filter(community_id=community, ref=entry.ref).first()
    stands = Stay.objects.filter(community_id=community, registered_as=known, ref=stay.ref)
    return known if known is not None and stands.exists() else None


def _own_household(actor: Actor, entry: Entry, now: datetime) -> Household:
    if entry.door is None:
        raise RuleBroken("command.guest_lives_where")
    return open_household(actor=actor, dwelling=entry.door, now=now, ref=entry.ref)


@transaction.atomic
def link_guest(*, actor: Actor, stay: Stay, resident: Resident, now: datetime) -> None:
    """Say that a guest is somebody of the register (访客并入居民): nobody new, all goes with the person."""
    if resident.community_id != stay.community_id:
        raise NotVisible
    audit.hold(stay.community_id)
    _go_with(actor, stay, resident, now)


def _go_with(actor: Actor, stay: Stay, resident: Resident, now: datetime) -> None:
    guest, community = stay.ref, stay.community_id
    name_resident(actor=actor, stay=stay, resident=resident, now=now)
    live = Membership.objects.filter(
        community_id=community, resident=resident, kind="lives", ends_at=None, superseded_at=None
    )
    home = live.select_related("dwelling").first()
    moved = move_guest(
        guest=guest,
        resident=resident,
        household=home.household_id if home else None,
        place=home.dwelling if home else None,
        now=now,
    )
    results = move_results(community=community, guest=guest, resident=resident.pk, now=now)
    audit.record(
        "command.guest_entered",
        actor=actor,
        community=community,
        subject=resident,
        at=now,
        stay=stay.pk,
        results=results,
        samples=moved["samples"],
        holds=moved["holds"],
        rounds=moved["rounds"],
        tasks=moved["tasks"],
    )
    recompute_after([community], now)
