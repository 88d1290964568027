"""What a desk needs to work without network (离线包): its people and doors, nothing more.

Numbers are not in it. An ID card is recognised by a keyed digest whose key is made for this one
package; telephones are left out. The package is encrypted before it leaves.
"""

import base64
import hashlib
import hmac
import os
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from gridwell.health.models import Sample
from gridwell.places.models import Place
from gridwell.places.queries import DOORS, LIVE
from gridwell.residents.models import Household, Resident, Stay
from gridwell.screening.models import Desk, Round, RoundMember, Slot
from gridwell.screening.queries.desk import Sampler
from gridwell.screening.rules.tubes import MOST, PoolSize

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


def bundle_of(
    sampler: Sampler, desk: Desk | None, now: datetime, expires_at: datetime
) -> dict[str, Any]:
    """Return the content of a package: the round, doors, people. Eight queries whatever the size."""
    row = sampler.round
    members = RoundMember.objects.filter(community_id=row.community_id, round=row, removed_at=None)
    buildings = buildings_of_desk(desk)
    doors = Place.objects.filter(LIVE, community_id=row.community_id, kind__in=DOORS)
    if buildings:
        members = members.filter(building__in=buildings)
        doors = doors.filter(building__in=buildings)
    if sampler.grids is not None:
        members = members.filter(grid__in=sampler.grids)
        doors = doors.filter(grid__in=sampler.grids)
    places = list(doors.order_by("path").values_list("pk", "ref", "door", "full_name"))
    at = {pk: index for index, (pk, *_rest) in enumerate(places)}
    key = os.urandom(32)
    return {
        "v": 1,
        "round": _round(row),
        "made_at": now.isoformat(),
        "expires_at": expires_at.isoformat(),
        "key": base64.b64encode(key).decode(),
        "doors": [[ref.hex, door, name] for _pk, ref, door, name in places],
        "people": _people(row, list(members.values_list(*_COLUMNS)), at, key),
    }


_COLUMNS = ("resident_id", "guest", "household_id", "dwelling_id", "at_door", "exempt")


def _round(row: Round) -> dict[str, Any]:
    pool = row.order.pool
    return {
        "id": row.pk,
        "ref": row.ref.hex,
        "on": row.on.isoformat(),
        "community": row.community.name,
        "pool": pool,
        "most": MOST[PoolSize(pool)],
    }


def _people(
    row: Round, members: list[tuple[Any, ...]], at: dict[int, int], key: bytes
) -> list[list[Any]]:
    """Return [key, name, door, household, digest, flags, tube] of each; flags: 1 at the door, 2 exempt."""
    community = row.community_id
    people = {
        pk: (ref, name, document)
        for pk, ref, name, document in Resident.objects.filter(
            community_id=community, pk__in=[member[0] for member in members if member[0]]
        ).values_list("pk", "ref", "name", "document")
    }
    guests = {
        ref: (name, document)
        for ref, name, document in Stay.objects.filter(
            community_id=community,
            ref__in=[member[1] for member in members if member[1]],
            superseded_at=None,
        ).values_list("ref", "name", "document")
    }
    homes = dict(
        Household.objects.filter(
            community_id=community, pk__in={member[2] for member in members if member[2]}
        ).values_list("pk", "ref")
    )
    tubes = {
        (resident, guest): code
        for resident, guest, code in Sample.objects.filter(
            Q(purpose="pool"), community_id=community, round=row.ref, superseded_at=None
        ).values_list("resident_id", "guest", "tube__code")
    }
    found = []
    for resident, guest, household, dwelling, at_door, exempt in members:
        if resident is not None:
            ref, name, document = people[resident]
            who = f"r:{ref.hex}"
        elif guest in guests:
            name, document = guests[guest]
            who = f"g:{guest.hex}"
        else:
            continue
        home = homes.get(household)
        found.append(
            [
                who,
                name,
                at.get(dwelling, -1),
                home.hex if home else "",
                document_digest(key, document) if document else "",
                int(at_door) + 2 * bool(exempt),
                tubes.get((resident, guest), ""),
            ]
        )
    return found
