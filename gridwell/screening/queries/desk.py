"""Reads of the sampling desk (采样台): who may sit at it, whom it may sample, what is in its tubes.

A sampler is a post of a desk of the round, or a member of a sampling group of the community: such
sees the desk's pages and nothing of the register. Officers and grid workers may sample as well,
grid workers whom they look after.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, CharField, F, Q, QuerySet, UUIDField

from gridwell.accounts.models import Team
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.facts import holds_at
from gridwell.core.ids import new_ref
from gridwell.core.numbers import whole_number
from gridwell.core.prepared import Prepared, PreparedIn
from gridwell.health.models import Sample, Tube
from gridwell.places.models import Place
from gridwell.places.queries import DOORS, LIVE
from gridwell.places.rules.naming import match_key
from gridwell.residents.models import Household, Membership, Resident, Stay
from gridwell.residents.queries.entries import entries_of, stands_alone
from gridwell.residents.rules.searching import doors_run_together
from gridwell.screening.models import Desk, Round, RoundMember
from gridwell.screening.rules.desk import Entry, EntryKind

MOST_DOORS = 8


@dataclass(frozen=True)
class Sampler:
    """Somebody at a desk of a round. `grids` None: may sample everybody of the community."""

    actor: Actor
    round: Round
    grids: frozenset[int] | None

    @property
    def community(self) -> int:
        """Return the community of the round."""
        return self.round.community_id


@dataclass(frozen=True)
class Person:
    """Somebody who can be put into a tube. `key` is "r:" or "g:" and the ref's hex."""

    key: str
    name: str
    door: str
    dwelling: int | None
    household: int | None
    resident: int | None
    guest: UUID | None
    is_due: bool = False
    at_door: bool = False
    exempt: str = ""
    tube: str = ""  # the code of the tube that holds a sample of this purpose already
    ref: UUID = field(default_factory=new_ref)  # of the sample that the page may make of it

    @property
    def is_sampled(self) -> bool:
        """Return whether this person is in a tube already."""
        return bool(self.tube)


def sampling_communities(actor: Actor) -> tuple[set[int], Q]:
    """Return the communities of the actor's sampling groups, and the condition for the whole reach."""
    ids = [post.id for post in actor.all_posts]
    groups = sampling_groups(actor)
    reach = Q(community_id__in=groups) | Q(desks__post_id__in=ids)
    for low, high in actor.spans_with(Right.RECORD_HEALTH):
        reach |= Q(community_id__gte=low, community_id__lt=high)
    return groups, reach


def sampling_groups(actor: Actor) -> set[int]:
    """Return the communities of the actor's sampling groups."""
    teams = {post.team for post in actor.duties if post.team is not None}
    return {area for (area,) in _GROUPS(sorted(teams))}


def desk_rounds(actor: Actor) -> QuerySet[Round]:
    """Return the rounds at whose desks the actor may sit: open ones, and those closed last."""
    _, reach = sampling_communities(actor)
    return (
        Round.objects.filter(reach)
        .exclude(state="planned")
        .select_related("order__zone", "community")
        .distinct()
        .order_by("-state", "-on", "pk")  # open ones first
    )


def access_desk(actor: Actor, round_id: int) -> Sampler:
    """Return the actor as a sampler of a round, or raise NotVisible."""
    row = _ROUND.first(pk=round_id)
    if row is None:
        raise NotVisible
    if actor.is_system and actor.covers(row.community_id):
        return Sampler(actor, row, None)
    held = [post.id for post in actor.all_posts]
    is_sampler = row.community_id in sampling_groups(actor) or (
        held and Desk.objects.filter(round=row, post_id__in=held).exists()
    )
    if is_sampler:
        return Sampler(actor, row, None)
    if actor.may(Right.RECORD_HEALTH, row.community_id):
        return Sampler(actor, row, actor.grids_at(row.community_id))
    raise NotVisible


def desks_of(row: Round) -> list[Desk]:
    """Return the desks of a round that work, in order of site and number."""
    rows = Desk.objects.filter(community_id=row.community_id, round=row, stopped_at=None)
    return list(rows.select_related("site").order_by("site__name", "number"))


def desk_code(sampler: Sampler, desks: Iterable[Desk], asked: str) -> str:
    """Return the code under which tubes are kept: the desk asked for, else the person's own."""
    codes = {desk.ref.hex for desk in desks}
    return asked if asked in codes else own_desk(sampler)


def desk_of_post(sampler: Sampler, desks: Iterable[Desk]) -> str:
    """Return the code of the desk at which the person's post stands; empty when it stands at none."""
    held = {post.id for post in sampler.actor.all_posts}
    return next((desk.ref.hex for desk in desks if desk.post_id in held), "")


def own_desk(sampler: Sampler) -> str:
    """Return the code of somebody who sits at none of the round's desks."""
    return f"user{sampler.actor.user_id or 0}"


def sent_from(sampler: Sampler, asked: str) -> str:
    """Return the desk that entries come from; asks the database only for a desk of the round."""
    own = own_desk(sampler)
    return own if asked in {"", own} else desk_code(sampler, desks_of(sampler.round), asked)


def tubes_of(row: Round) -> QuerySet[Tube]:
    """Return the tubes of a round."""
    return Tube.objects.filter(community_id=row.community_id, round=row.ref)


def open_tube_of(row: Round, desk: str) -> Tube | None:
    """Return the tube that stands open at a desk, the latest if there are several."""
    return tubes_of(row).filter(desk=desk, state="open").order_by("-opened_at", "-pk").first()


def last_tube_of(row: Round, desk: str) -> Tube | None:
    """Return the tube that a desk worked on last, open or closed."""
    return (
        open_tube_of(row, desk)
        or tubes_of(row).filter(desk=desk).order_by("-opened_at", "-pk").first()
    )


def samples_in(tube: Tube) -> list[Sample]:
    """Return the samples that stand in a tube, in order, with their people and doors."""
    rows = Sample.objects.filter(community_id=tube.community_id, tube=tube, superseded_at=None)
    return list(rows.select_related("resident", "dwelling").order_by("position", "pk"))


def names_of(samples: Collection[Sample]) -> dict[int, str]:
    """Return sample -> name; people who are not registered are named by their stay."""
    guests = {sample.guest for sample in samples if sample.guest is not None}
    stays = dict(Stay.objects.filter(ref__in=guests, superseded_at=None).values_list("ref", "name"))
    return {
        sample.pk: sample.resident.name
        if sample.resident is not None
        else (stays.get(sample.guest, "") if sample.guest else "")
        for sample in samples
    }


def access_tube(sampler: Sampler, tube_id: int) -> Tube:
    """Return a tube of the sampler's round, or raise NotVisible."""
    tube = tubes_of(sampler.round).filter(pk=tube_id).first()
    if tube is None:
        raise NotVisible
    return tube


def access_sample(sampler: Sampler, sample_id: int) -> Sample:
    """Return a sample of the sampler's round and people, or raise NotVisible."""
    rows = Sample.objects.filter(community_id=sampler.community, round=sampler.round.ref)
    if sampler.grids is not None:
        rows = rows.filter(dwelling__grid__in=sampler.grids)
    sample = rows.select_related("tube", "resident").filter(pk=sample_id).first()
    if sample is None:
        raise NotVisible
    return sample


def find_people(sampler: Sampler, entry: Entry, purpose: str, now: datetime) -> list[Person]:
    """Return whom an entry means, sampled or not. Raises a refusal that says why nobody is meant."""
    residents, stays = _meant(sampler, entry, now)
    found = _people(sampler, residents, stays, purpose, now)
    if not found:
        raise RuleBroken("screening.nobody_meant")
    return found


def _meant(sampler: Sampler, entry: Entry, now: datetime) -> tuple[set[int], list[Stay]]:
    community, kind = sampler.community, entry.kind
    if kind is EntryKind.DOCUMENT:
        rows = Resident.objects.filter(community_id=community, document=entry.value)
        guests = Stay.objects.filter(
            community_id=community, document=entry.value, superseded_at=None
        )
        return set(rows.filter(merged_into=None).values_list("pk", flat=True)), list(guests)
    if kind is EntryKind.PERSON:
        ref = UUID(entry.value)
        row = Resident.objects.filter(community_id=community, ref=ref).first()
        guests = Stay.objects.filter(community_id=community, ref=ref, superseded_at=None)
        return {row.pk} if row else set(), list(guests)
    if kind is EntryKind.CARD:
        home = Household.objects.filter(community_id=community, ref=UUID(entry.value)).first()
        if home is None:
            return set(), []
        members = _living(community, now).filter(household_id=home.merged_into_id or home.pk)
        return set(members.values_list("resident_id", flat=True)), []
    if kind is EntryKind.DOOR:
        return at_doors(sampler, doors_meant(sampler, entry.value), now)
    return set(), []


def doors_meant(sampler: Sampler, text: str) -> list[Place]:
    """Return the doors that a typed text means: 2-1-1501, 211501, or a part of the name."""
    rows = Place.objects.filter(LIVE, community_id=sampler.community, kind__in=DOORS)
    if sampler.grids is not None:
        rows = rows.filter(grid__in=sampler.grids)
    rows = rows.order_by("path")
    asked = (text, *doors_run_together(text)) if whole_number(text) is not None else (text,)
    found = list(rows.filter(door__in=asked)[:MOST_DOORS])
    if found:
        return found
    if whole_number(text.replace("-", "")) is not None:
        return list(rows.filter(door__endswith=f"-{text}")[:MOST_DOORS])
    key = match_key(text)
    if not key:
        return []
    return list(rows.filter(full_key=key)[:MOST_DOORS]) or list(
        rows.filter(full_key__contains=key)[:MOST_DOORS]
    )


def _living(community: int, now: datetime) -> QuerySet[Membership]:
    return Membership.objects.filter(
        holds_at(now), community_id=community, kind="lives", superseded_at=None
    ).filter(resident__merged_into=None, resident__died_on=None)


def at_doors(
    sampler: Sampler, doors: Collection[Place], now: datetime
) -> tuple[set[int], list[Stay]]:
    """Return who lives and who stays behind these doors."""
    ids = [door.pk for door in doors]
    lives = _living(sampler.community, now).filter(dwelling_id__in=ids)
    stays = Stay.objects.filter(
        holds_at(now), community_id=sampler.community, place_id__in=ids, superseded_at=None
    )
    return set(lives.values_list("resident_id", flat=True)), list(stays)


def _people(
    sampler: Sampler, residents: set[int], stays: list[Stay], purpose: str, now: datetime
) -> list[Person]:
    """Return people with what the round knows of all their entries; seven queries for any number."""
    row = sampler.round
    entries = entries_of(row.community_id)
    residents = {entries.survivors.get(resident, resident) for resident in residents}
    homes = {
        home.resident_id: home
        for home in _living(row.community_id, now)
        .filter(resident_id__in=residents)
        .select_related("dwelling")
    }
    guests = {stay.ref for stay in stays}
    theirs = Q(resident__in=entries.all_of(residents)) | Q(guest__in=guests)
    members = RoundMember.objects.filter(theirs, community_id=row.community_id, round=row)
    by_key: dict[tuple[int | None, UUID | None], RoundMember] = {
        (member.resident_id, member.guest): member for member in members
    }
    standing = _tubes_with(row, theirs, purpose)
    tubes = {(entries.person(who), guest): code for (who, guest), code in standing.items()}
    found = []
    for resident in Resident.objects.filter(pk__in=residents).select_related("dwelling"):
        home = homes.get(resident.pk)
        place = home.dwelling if home else resident.dwelling
        if not _is_inside(sampler, place):
            continue
        member = by_key.get((resident.pk, None))
        found.append(
            _person(
                f"r:{resident.ref.hex}", resident.name, place, member, resident=resident.pk,
                household=home.household_id if home else None,
                tube=tubes.get((resident.pk, None), ""),
            )
        )  # fmt: skip
    places = {place.pk: place for place in Place.objects.filter(pk__in=[s.place_id for s in stays])}
    for stay in stays:
        place = places[stay.place_id]
        if _is_inside(sampler, place):
            member = by_key.get((None, stay.ref))
            found.append(
                _person(
                    f"g:{stay.ref.hex}", stay.name, place, member, guest=stay.ref,
                    household=member.household_id if member else None,
                    tube=tubes.get((None, stay.ref), ""),
                )
            )  # fmt: skip
    return sorted(
        found, key=lambda person: (person.door, person.resident is None, person.resident or 0)
    )


def _tubes_with(row: Round, theirs: Q, purpose: str) -> dict[tuple[int | None, UUID | None], str]:
    """Return whoever is in a tube of this purpose, or in one of another that is still open -> its code."""
    return _that_count(_standing(row.community_id, row.ref, _purposes(purpose), theirs), purpose)


def _purposes(purpose: str) -> list[str]:
    return sorted({"pool", "single", purpose})  # named one by one: the index has them


#: Resident, guest, code, purpose and state of the tube of a sample.
_Standing = tuple[int | None, UUID | None, str, str, str]


def _standing(
    community: int, round: UUID, purposes: Sequence[str], theirs: Q
) -> QuerySet[Sample, _Standing]:
    """Return the tubes of these people's samples that stand."""
    samples = Sample.objects.filter(
        theirs,
        community_id=community,
        round=round,
        purpose__in=purposes,
        superseded_at=None,
    )
    return samples.values_list("resident_id", "guest", "tube__code", "purpose", "tube__state")


def _that_count(
    rows: Iterable[_Standing], purpose: str
) -> dict[tuple[int | None, UUID | None], str]:
    return {
        (resident, guest): code
        for resident, guest, code, kind, state in sorted(
            rows, key=lambda found: found[3] == purpose
        )
        if kind == purpose or state == "open"
    }


def _is_inside(sampler: Sampler, place: Place | None) -> bool:
    return sampler.grids is None or (place is not None and place.grid_id in sampler.grids)


def _person(
    key: str,
    name: str,
    place: Place | None,
    member: RoundMember | None,
    *,
    household: int | None,
    tube: str,
    resident: int | None = None,
    guest: UUID | None = None,
) -> Person:
    is_in = member is not None and member.removed_at is None
    return Person(
        key=key,
        name=name,
        door=(place.door or place.full_name) if place else "",
        dwelling=place.pk if place else None,
        household=household,
        resident=resident,
        guest=guest,
        is_due=is_in,
        at_door=bool(member and member.at_door),
        exempt=member.exempt if member and is_in else "",
        tube=tube,
    )


def person_by_key(sampler: Sampler, key: str, purpose: str, now: datetime) -> Person:
    """Return the person of a key that the desk sent, or raise the refusal.

    Two queries for somebody who is in the round and lives where he or she did when it opened, which
    is nearly everybody: a desk asks for each person it samples.
    """
    letter, _, text = key.partition(":")
    try:
        ref = UUID(text)
    except ValueError as odd:
        raise RuleBroken("screening.nobody_meant") from odd
    residents: set[int] = set()
    stays: list[Stay] = []
    if letter == "r":
        member = _member_by_ref(sampler, ref, purpose)
        if member is not None:
            return member
        row = Resident.objects.filter(community_id=sampler.community, ref=ref).first()
        residents = {row.pk} if row else set()
    elif letter == "g":
        stays = list(
            Stay.objects.filter(community_id=sampler.community, ref=ref, superseded_at=None)
        )
        if stays and (known := stays[0].registered_as) is not None:
            # Entered into the register while a desk still has the guest's key.
            residents, stays = {known.pk}, []
    found = _people(sampler, residents, stays, purpose, now)
    if not found:
        raise RuleBroken("screening.nobody_meant")
    return found[0]


def _member_by_ref(sampler: Sampler, ref: UUID, purpose: str) -> Person | None:
    """Return a resident who is in the round and has not moved since; None = look with more care."""
    found = _MEMBER(community=sampler.community, round=sampler.round.pk, ref=ref)
    for who, name, dwelling, door, full_name, grid, household, at_door, exempt in found:
        if sampler.grids is not None and grid not in sampler.grids:
            return None
        tube = _tube_of(sampler.round, who, purpose)
        return Person(
            key=f"r:{ref.hex}",
            name=name,
            door=door or full_name or "",
            dwelling=dwelling,
            household=household,
            resident=who,
            guest=None,
            is_due=True,
            at_door=at_door,
            exempt=exempt,
            tube=tube,
        )
    return None


def _tube_of(row: Round, resident: int, purpose: str) -> str:
    """Return the code of the tube a resident is in, as `_tubes_with` finds it; empty for none."""
    found = _TUBES(_purposes(purpose), community=row.community_id, round=row.ref, resident=resident)
    return _that_count(found, purpose).get((resident, None), "")


def _member(community: int, round: int, ref: UUID) -> QuerySet[RoundMember, tuple[Any, ...]]:
    """Return the member of a round by a resident's ref, who has not moved and is one entry alone."""
    rows = RoundMember.objects.filter(
        stands_alone("resident_id"),
        community_id=community,
        round_id=round,
        removed_at=None,
        resident__ref=ref,
        resident__community_id=community,
        resident__merged_into=None,
        resident__dwelling_id=F("dwelling_id"),
    )
    return rows.values_list(
        "resident_id",
        "resident__name",
        "dwelling_id",
        "dwelling__door",
        "dwelling__full_name",
        "dwelling__grid_id",
        "household_id",
        "at_door",
        "exempt",
    )[:1]


# Asked for each sample of each desk.
_GROUPS = PreparedIn(
    lambda these: Team.objects.filter(pk__in=these, kind="sampling").values_list("area_id"),
    BigIntegerField(),
)
_ROUND = Prepared(
    lambda pk: Round.objects.select_related("order", "community").filter(pk=pk),
    pk=BigIntegerField(),
)
_MEMBER = Prepared(_member, community=BigIntegerField(), round=BigIntegerField(), ref=UUIDField())
_TUBES = PreparedIn(
    lambda these, community, round, resident: _standing(
        community, round, these, Q(resident_id=resident)
    ),
    CharField(),
    community=BigIntegerField(),
    round=UUIDField(),
    resident=BigIntegerField(),
)
