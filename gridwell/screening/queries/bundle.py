"""What a desk needs to work without network (离线包): its people and doors, nothing more.

Numbers are not in it. An ID card is recognised by a keyed digest whose key is made for this one
package; telephones are left out. The package is encrypted before it leaves.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from gridwell.core.facts import holds_at
from gridwell.health.models import Sample, Tube
from gridwell.places.models import Area, Place
from gridwell.places.queries import DOORS, LIVE
from gridwell.residents.models import Household, Membership, Resident, Stay
from gridwell.screening.models import Desk, Round, RoundMember, Slot
from gridwell.screening.queries.desk import Sampler
from gridwell.screening.rules.tubes import MOST, PoolSize, TubeState

DIGEST_BYTES = 8


def document_digest(key: bytes, number: str) -> str:
    """Return the keyed digest by which a desk without network knows an ID number."""
    whole = hmac.new(key, number.upper().encode(), hashlib.sha256).digest()
    return base64.b64encode(whole[:DIGEST_BYTES]).decode()


def buildings_of_desk(desk: Desk | None) -> set[int]:
    """Return the buildings that are called to a desk's site; empty means all of the round."""
    if desk is None:
        return set()
    rows = Slot.objects.filter(community_id=desk.community_id, round=desk.round, site=desk.site)
    return set(
        rows.annotate(building=Coalesce("place__building_id", F("place_id"))).values_list(
            "building", flat=True
        )
    )


MemberRow = tuple[int | None, UUID | None, int | None, int | None, bool, str]
"""resident, guest, household, dwelling, is sampled at the door, why exempt."""
_COLUMNS = ("resident_id", "guest", "household_id", "dwelling_id", "at_door", "exempt")


def members_in(sampler: Sampler, buildings: Collection[int]) -> list[MemberRow]:
    """Return who belongs to a round that is open, of these buildings if there are any."""
    row = sampler.round
    members = RoundMember.objects.filter(community_id=row.community_id, round=row, removed_at=None)
    if buildings:
        members = members.filter(building__in=buildings)
    if sampler.grids is not None:
        members = members.filter(grid__in=sampler.grids)
    return list(members.values_list(*_COLUMNS))


def everyone_in(community: int, now: datetime) -> list[MemberRow]:
    """Return who lives or stays in a community now: for a round that nobody has ordered yet."""
    living = Membership.objects.filter(
        holds_at(now), community_id=community, kind="lives", superseded_at=None
    ).filter(resident__merged_into=None, resident__died_on=None)
    stays = Stay.objects.filter(holds_at(now), community_id=community, superseded_at=None)
    homes = living.order_by("dwelling__path", "household_id", "-is_head", "pk")
    return [
        (resident, None, household, dwelling, False, "")
        for resident, household, dwelling in homes.values_list(
            "resident_id", "household_id", "dwelling_id"
        )
    ] + [
        (None, ref, None, place, False, "")
        for ref, place in stays.order_by("pk").values_list("ref", "place_id")
    ]


def doors_in(sampler: Sampler, buildings: Collection[int]) -> QuerySet[Place]:
    """Return the doors that a desk may name."""
    doors = Place.objects.filter(LIVE, community_id=sampler.community, kind__in=DOORS)
    if buildings:
        doors = doors.filter(building__in=buildings)
    return doors if sampler.grids is None else doors.filter(grid__in=sampler.grids)


def open_tubes(sampler: Sampler, desk: str) -> list[list[Any]]:
    """Return the open tubes of a desk: [ref, code, pool, purpose, [[sample, person key]…]].

    Whoever sits down next, on this device or another, goes on with the tube that was left open.
    """
    tubes = Tube.objects.filter(
        community_id=sampler.community, round=sampler.round.ref, desk=desk, state=TubeState.OPEN
    ).order_by("opened_at", "pk")
    found: dict[int, list[Any]] = {
        tube.pk: [tube.ref.hex, tube.code, tube.pool, tube.purpose, []] for tube in tubes
    }
    samples = Sample.objects.filter(
        community_id=sampler.community, tube__in=found, superseded_at=None
    ).order_by("position", "pk")
    for tube, ref, resident, guest in samples.values_list(
        "tube_id", "ref", "resident__ref", "guest"
    ):
        who = f"r:{resident.hex}" if resident is not None else f"g:{guest.hex}"
        found[tube][-1].append([ref.hex, who])
    return list(found.values())


def round_facts(row: Round) -> dict[str, Any]:
    """Return what a package says of its round."""
    pool = row.order.pool
    return {
        "id": row.pk,
        "ref": row.ref.hex,
        "on": row.on.isoformat(),
        "community": row.community.name,
        "pool": pool,
        "most": MOST[PoolSize(pool)],
    }


def no_round(community: Area, on: date, pool: str) -> dict[str, Any]:
    """Return the facts of a package for a round that is ordered while the server is gone."""
    return {
        "id": 0,
        "ref": "",
        "on": on.isoformat(),
        "community": community.name,
        "pool": pool,
        "most": MOST[PoolSize(pool)],
    }


def package_of(
    *,
    community: int,
    round: Mapping[str, Any],
    members: Sequence[MemberRow],
    doors: QuerySet[Place],
    desks: Iterable[Desk],
    now: datetime,
    expires_at: datetime,
) -> dict[str, Any]:
    """Return the content of a package: the round, doors, people, numbers of tubes that are used.

    Seven queries whatever the size.
    """
    places = list(doors.order_by("path").values_list("pk", "ref", "door", "full_name"))
    at = {pk: index for index, (pk, *_rest) in enumerate(places)}
    key = os.urandom(32)
    return {
        "v": 1,
        "round": dict(round),
        "made_at": now.isoformat(),
        "expires_at": expires_at.isoformat(),
        "key": base64.b64encode(key).decode(),
        "doors": [[ref.hex, door, name] for _pk, ref, door, name in places],
        "desks": [[desk.ref.hex, f"{desk.site.name} {desk.number}"] for desk in desks],
        "people": _people(community, str(round["ref"]), members, at, key),
        "codes": _codes(community, str(round["ref"])),
    }


def _codes(community: int, round_ref: str) -> list[str]:
    """Return the numbers of the round's tubes: what is used at another desk is refused at once."""
    if not round_ref:
        return []
    rows = Tube.objects.filter(community_id=community, round=UUID(round_ref))
    return sorted(rows.values_list("code", flat=True))


def _people(
    community: int, round_ref: str, members: Sequence[MemberRow], at: dict[int, int], key: bytes
) -> list[list[Any]]:
    """Return [key, name, door, household, digest, flags, tube] of each; flags: 1 at the door, 2 exempt."""
    residents = Resident.objects.filter(community_id=community, merged_into=None)
    people = {
        pk: (ref, name, document)
        for pk, ref, name, document in residents.values_list("pk", "ref", "name", "document")
    }
    stays = Stay.objects.filter(community_id=community, superseded_at=None)
    guests = {
        ref: (name, document)
        for ref, name, document in stays.values_list("ref", "name", "document")
    }
    homes = dict(Household.objects.filter(community_id=community).values_list("pk", "ref"))
    standing = Sample.objects.filter(community_id=community, purpose="pool", superseded_at=None)
    standing = standing.filter(round=UUID(round_ref)) if round_ref else standing.none()
    tubes: dict[tuple[int | None, UUID | None], str] = {
        (resident, guest): code
        for resident, guest, code in standing.values_list("resident_id", "guest", "tube__code")
    }
    found = []
    for resident, guest, household, dwelling, at_door, exempt in members:
        if resident in people:
            ref, name, document = people[resident]
            who = f"r:{ref.hex}"
        elif guest in guests:
            name, document = guests[guest]
            who = f"g:{guest.hex}"
        else:
            continue
        home = homes.get(household or 0)
        found.append(
            [
                who,
                name,
                at.get(dwelling or 0, -1),
                home.hex if home else "",
                document_digest(key, document) if document else "",
                int(at_door) + 2 * bool(exempt),
                tubes.get((resident, guest), ""),
            ]
        )
    return found
