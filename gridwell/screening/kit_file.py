"""The file of a night's kit (应急包): one encrypted text that opens with a passphrase, without the server.

The text stands in a page that opens itself in any browser; the desk reads it from the same file,
and so does `gridwell open-kit`. The texts of the kit are JSON, packed by gzip and encrypted with
AES-256-GCM under a key made from the passphrase by PBKDF2-HMAC-SHA256, which every browser has
(frontend/src/screening/kit.ts is held to the same file: contracts/vectors/screening/kit.json).
No Django here, so that the command works on a computer that has no installation.
"""

import base64
import binascii
import gzip
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from gridwell.core.errors import RuleBroken

SALT: Final = 16
NONCE: Final = 12
LEAST_PHRASE: Final = 12
TIMES: Final = 600_000  # what OWASP asks of PBKDF2 with SHA-256 since 2023
_SEALED: Final = re.compile(rb"GRIDWELL-KIT-2:(\d{6,7}):([\w+/]+=*):([\w+/]+=*)")


def _key(phrase: str, salt: bytes, times: int) -> bytes:
    return PBKDF2HMAC(SHA256(), 32, salt, times).derive(phrase.encode())


def _head(times: int, salt: bytes) -> str:
    return f"GRIDWELL-KIT-2:{times}:{base64.b64encode(salt).decode()}"


def seal_kit(files: Mapping[str, str], phrase: str) -> str:
    """Return the encrypted text that holds these texts by name."""
    if len(phrase) < LEAST_PHRASE:
        raise RuleBroken("screening.kit_passphrase")
    packed = gzip.compress(json.dumps(dict(files), ensure_ascii=False).encode(), mtime=0)
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    head = _head(TIMES, salt)
    sealed = nonce + AESGCM(_key(phrase, salt, TIMES)).encrypt(nonce, packed, head.encode())
    return f"{head}:{base64.b64encode(sealed).decode()}"


def open_kit(content: bytes, phrase: str) -> dict[str, str]:
    """Return the texts of a kit by name; a wrong passphrase or a damaged file is refused alike."""
    found = _SEALED.search(content)
    try:
        if found is None:
            raise RuleBroken("screening.kit_wrong")
        times, salt, sealed = int(found[1]), base64.b64decode(found[2]), base64.b64decode(found[3])
        key = _key(phrase, salt, times)
        plain = AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _head(times, salt).encode())
        return {str(name): str(text) for name, text in json.loads(gzip.decompress(plain)).items()}
    except (InvalidTag, binascii.Error, ValueError) as wrong:
        raise RuleBroken("screening.kit_wrong") from wrong


def write_kit(files: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the texts of a kit into a folder and return their paths; only plain names are written."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for name, text in files.items():
        path = folder / Path(name).name
        path.write_text(text, "utf-8")
        written.append(path)
    return written
