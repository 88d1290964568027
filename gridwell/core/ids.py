"""Identifiers that leave the database: in QR codes, JSON and file names."""

import os
import time
from uuid import UUID


def new_ref() -> UUID:
    """Return a UUID version 7 (RFC 9562): ordered by time, so that indexes stay compact."""
    milliseconds = time.time_ns() // 1_000_000
    value = int.from_bytes(milliseconds.to_bytes(6, "big") + os.urandom(10), "big")
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=value | (0x7 << 76) | (0x2 << 62))
