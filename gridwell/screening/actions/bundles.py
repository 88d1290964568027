"""Packages for desks without network (离线包): made, signed, encrypted; the key is handed out apart.

The content is encrypted with AES-256-GCM under a key of this one package, which is derived from the
installation's secret and never stored. What is signed (Ed25519) is the encrypted file, so that a
device can tell a package of this installation from another without opening it.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from gridwell.audit import actions as audit
from gridwell.core import ids
from gridwell.core.errors import NotVisible
from gridwell.core.fields import vault
from gridwell.plan.actions import up_to_date
from gridwell.screening.models import Bundle, Desk
from gridwell.screening.queries.bundle import (
    MemberRow,
    buildings_of_desk,
    doors_in,
    members_in,
    open_tubes,
    package_of,
    round_facts,
)
from gridwell.screening.queries.desk import Sampler, desks_of
from gridwell.screening.queries.due import due_of

LASTS: Final = timedelta(hours=16)
NONCE: Final = 12


def bundle_key(ref: UUID) -> bytes:
    """Return the key that opens a package."""
    return hmac.new(vault().signing_seed, b"desk bundle" + ref.bytes, hashlib.sha256).digest()


def _signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(vault().signing_seed)


def public_key() -> bytes:
    """Return the public key that proves a package to be of this installation."""
    return _signer().public_key().public_bytes_raw()


def content_of(
    sampler: Sampler, desk: Desk | None, now: datetime, expires_at: datetime
) -> dict[str, Any]:
    """Return what a desk needs of a round; of one that is not open yet, who will be due by the plan."""
    row, buildings = sampler.round, buildings_of_desk(desk)
    is_planned = row.state == "planned"
    members = _planned(sampler, buildings, now) if is_planned else members_in(sampler, buildings)
    return package_of(
        community=row.community_id,
        round=round_facts(row),
        members=members,
        doors=doors_in(sampler, buildings),
        desks=desks_of(row),
        now=now,
        expires_at=expires_at,
    )


def _planned(sampler: Sampler, buildings: Collection[int], now: datetime) -> list[MemberRow]:
    row = sampler.round
    people = due_of(row.order, up_to_date(community=row.community_id, day=row.on, now=now))
    return [
        (due.resident, due.guest, due.household, due.dwelling, bool(due.door_reason), due.exempt)
        for due in people
        if (not buildings or due.building in buildings)
        and (sampler.grids is None or due.grid in sampler.grids)
    ]


@transaction.atomic
def make_bundle(
    *,
    sampler: Sampler,
    desk: Desk | None,
    now: datetime,
    lasts: timedelta = LASTS,
    code: str = "",
) -> dict[str, Any]:
    """Return a package for a desk (制作离线包), signed and encrypted, and keep that it was made.

    `code` is the desk's as tubes name it: those it left open are in the package.
    """
    expires_at = now + lasts
    content = content_of(sampler, desk, now, expires_at)
    content["tubes"] = open_tubes(sampler, code) if code else []
    ref = ids.new_ref()
    nonce = os.urandom(NONCE)
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = nonce + AESGCM(bundle_key(ref)).encrypt(nonce, plain, ref.bytes)
    row = Bundle.objects.create(
        community_id=sampler.community,
        ref=ref,
        round=sampler.round,
        desk=desk,
        kind="desk",
        people=len(content["people"]),
        made_at=now,
        made_by=sampler.actor.user_id,
        expires_at=expires_at,
    )
    audit.record(
        "screening.bundle_made",
        actor=sampler.actor,
        community=sampler.community,
        subject=row,
        at=now,
        people=row.people,
    )
    return {
        "ref": ref.hex,
        "now": now.isoformat(),
        "expires_at": expires_at.isoformat(),
        "sealed": base64.b64encode(sealed).decode(),
        "signature": base64.b64encode(_signer().sign(sealed)).decode(),
        "public_key": base64.b64encode(public_key()).decode(),
    }


def key_of_bundle(*, sampler: Sampler, ref: UUID, now: datetime) -> str:
    """Return the key of a package of this round, to who may sit at its desk, while it may be used.

    Who samples some grids only gets the key of the packages made for him or her: others hold more.
    """
    row = Bundle.objects.filter(
        community_id=sampler.community, round=sampler.round, ref=ref
    ).first()
    if row is None or row.expires_at <= now:
        raise NotVisible
    if sampler.grids is not None and row.made_by != sampler.actor.user_id:
        raise NotVisible
    return base64.b64encode(bundle_key(row.ref)).decode()
