"""Uploaded ledgers at rest: encrypted files in the installation's folder (台账原件).

Each file has a key of its own, which stands encrypted in its import's row, so that a change of the
installation's key rewrites rows only. AES-GCM in parts of 1 MB; the number of a part and whether it
is the last are authenticated, so that none can be left out, moved or cut off.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from gridwell.core.errors import RuleBroken, UnreadableFile

PART = 1 << 20
_TAG = 16
#: A name keeps its ending, which tells csv from others to people, not to us.
_NAME = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was stored: where, under which key (hex), its digest and size."""

    path: str
    key: str
    digest: str
    size: int


def _folder() -> Path:
    return Path(settings.GRIDWELL_FILES) / "ledgers"


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def keep(ref: UUID, parts: Iterable[bytes]) -> Kept:
    """Store a file encrypted; refuses one larger than the installation takes, leaving nothing."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = AESGCM.generate_key(256)
    target = folder / f"{ref}.bin"
    digest, size = hashlib.sha256(), 0
    limit = settings.MAX_UPLOAD_BYTES
    try:
        with target.open("xb") as out:
            cipher, number = AESGCM(key), 0
            held: bytes | None = None
            for part in _cut(parts):
                size += len(part)
                if size > limit:
                    raise UnreadableFile("tables.too_large", size=size, limit=limit)
                digest.update(part)
                if held is not None:
                    out.write(cipher.encrypt(_nonce(number, is_last=False), held, None))
                    number += 1
                held = part
            out.write(cipher.encrypt(_nonce(number, is_last=True), held or b"", None))
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Kept(f"ledgers/{ref}.bin", key.hex(), digest.hexdigest(), size)


def _cut(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Return the same bytes in parts of PART."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


@contextmanager
def opened(path: str, key: str, name: str) -> Iterator[Path]:
    """Give a readable copy for as long as the body runs; it lies in a folder of its own user's."""
    source = Path(settings.GRIDWELL_FILES) / path
    if not path or not source.exists():
        raise RuleBroken("ledgers.file_gone")
    with tempfile.TemporaryDirectory(prefix="gridwell-") as folder:
        copy = Path(folder) / (Path(name).name[-80:] or "ledger")
        with source.open("rb") as sealed, copy.open("wb") as out:
            _unseal(sealed, source.stat().st_size, AESGCM(bytes.fromhex(key)), out)
        yield copy


def _unseal(sealed: BinaryIO, size: int, cipher: AESGCM, out: BinaryIO) -> None:
    number, left = 0, size
    while left > 0:
        part = sealed.read(PART + _TAG)
        left -= len(part)
        try:
            out.write(cipher.decrypt(_nonce(number, is_last=left == 0), part, None))
        except InvalidTag as error:
            raise RuleBroken("ledgers.file_gone") from error
        number += 1


def throw_away(path: str) -> None:
    """Delete a stored file; one that is gone already is no error."""
    if path:
        with suppress(FileNotFoundError):
            (Path(settings.GRIDWELL_FILES) / path).unlink()


def short_name(name: str) -> str:
    """Return a file's own name, without folders, as it is kept."""
    plain = name.replace("\\", "/").rpartition("/")[2].strip()
    return plain[-_NAME:] or "ledger"
