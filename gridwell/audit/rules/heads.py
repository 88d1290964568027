"""Signed daily heads: the ends of all chains, outside the database. Pure.

A line is JSON with its number, the instant, the ends of all chains, the SHA-256 of the line before
and an Ed25519 signature (RFC 8032) over all of that. One file a day; the lines of all files form one
chain, so a line taken out or changed is found.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass
class Signed:
    """What the signed lines say: per community sequence -> digest, and what is wrong with them."""

    heads: dict[int, dict[int, str]] = field(default_factory=dict)
    number: int = 0
    at: datetime | None = None
    last_line: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def latest(self) -> dict[int, tuple[int, str]]:
        """Return the last signed end of each chain."""
        return {community: max(ends.items()) for community, ends in self.heads.items() if ends}


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def line_digest(line: str) -> str:
    """Return the digest by which the next line names this one; empty for none."""
    return hashlib.sha256(line.encode()).hexdigest() if line else ""


def sign_line(
    seed: bytes, *, before: Signed, at: datetime, heads: Mapping[int, tuple[int, str]]
) -> str:
    """Return the next line, without its line break."""
    body = {
        "number": before.number + 1,
        "at": at.isoformat(),
        "previous": line_digest(before.last_line),
        "heads": {str(community): list(head) for community, head in sorted(heads.items())},
    }
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_text(body).encode())
    return _text({**body, "signature": base64.b64encode(signature).decode()})


def read_lines(seed: bytes, lines: Iterable[str]) -> Signed:
    """Return what the lines prove. A line whose signature does not fit proves nothing."""
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    found = Signed()
    for line in lines:
        try:
            body = json.loads(line)
            signature = base64.b64decode(body.pop("signature"))
            key.verify(signature, _text(body).encode())
            number, previous = int(body["number"]), body["previous"]
        except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
            found.faults.append(f"line after {found.number}: not signed by this installation")
            continue
        if number != found.number + 1 or previous != line_digest(found.last_line):
            found.faults.append(f"line {number}: does not follow line {found.number}")
        for community, (sequence, digest) in body["heads"].items():
            found.heads.setdefault(int(community), {})[int(sequence)] = digest
        found.number, found.last_line = number, line
        found.at = datetime.fromisoformat(body["at"])
    return found
