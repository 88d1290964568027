"""The file of a night's kit (应急包): one encrypted file that opens with a passphrase, without the server.

A zip, encrypted with AES-256-GCM under a key made from the passphrase by scrypt. No Django here, so
that `gridwell open-kit` works on a computer that has no installation.
"""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gridwell.core.errors import RuleBroken

MAGIC = b"GRIDWELL KIT 1\n"
SALT, NONCE = 16, 12
LEAST_PHRASE = 12


def _key(phrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(phrase.encode())


def seal_kit(files: Mapping[str, str], phrase: str) -> bytes:
    """Return the encrypted file that holds these texts by name."""
    if len(phrase) < LEAST_PHRASE:
        raise RuleBroken("screening.kit_passphrase")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            out.writestr(name, text)
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    sealed = AESGCM(_key(phrase, salt)).encrypt(nonce, packed.getvalue(), MAGIC)
    return MAGIC + salt + nonce + sealed


def open_kit(content: bytes, phrase: str) -> dict[str, str]:
    """Return the texts of a kit by name; a wrong passphrase or a damaged file is refused alike."""
    head, rest = content[: len(MAGIC)], content[len(MAGIC) :]
    salt, nonce, sealed = rest[:SALT], rest[SALT : SALT + NONCE], rest[SALT + NONCE :]
    if head != MAGIC or not sealed:
        raise RuleBroken("screening.kit_wrong")
    try:
        packed = AESGCM(_key(phrase, salt)).decrypt(nonce, sealed, MAGIC)
    except InvalidTag as wrong:
        raise RuleBroken("screening.kit_wrong") from wrong
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        return {name: files.read(name).decode() for name in files.namelist()}


def write_kit(files: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the texts of a kit into a folder and return their paths; only plain names are written."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for name, text in files.items():
        path = folder / Path(name).name
        path.write_text(text, "utf-8")
        written.append(path)
    return written
