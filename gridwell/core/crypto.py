"""Encryption of personal values at rest.

One key set per installation, in a file outside the database (`gridwell init` writes it, mode
0600). Values are encrypted with AES-SIV (RFC 5297), deterministically, so that a whole number can
be looked up; tails are found by a keyed HMAC over community and last four characters, so that the
tails of two communities cannot be joined. A stored value starts with the number of its key:
`"1:" + base64`. Old keys stay in the file until `gridwell rotate-keys` has rewritten all values.
"""

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class KeysMissing(RuntimeError):
    """The key file is not there or cannot decrypt this value."""


@dataclass(frozen=True)
class KeySet:
    """All keys of an installation; `current` encrypts, the others only decrypt."""

    current: int
    encryption: dict[int, bytes]
    tail: bytes
    signing: bytes

    def dump(self) -> str:
        """Return the file's text."""
        body = {
            "current": self.current,
            "encryption": {
                str(k): base64.b64encode(v).decode() for k, v in self.encryption.items()
            },
            "tail": base64.b64encode(self.tail).decode(),
            "signing": base64.b64encode(self.signing).decode(),
        }
        return json.dumps(body, indent=1) + "\n"

    @classmethod
    def load(cls, text: str) -> "KeySet":
        """Read the file's text."""
        body = json.loads(text)
        return cls(
            current=body["current"],
            encryption={int(k): base64.b64decode(v) for k, v in body["encryption"].items()},
            tail=base64.b64decode(body["tail"]),
            signing=base64.b64decode(body["signing"]),
        )

    def with_new_key(self) -> "KeySet":
        """Return the set with one more key, which encrypts from now on; the others still open."""
        number = max(self.encryption) + 1
        keys = self.encryption | {number: AESSIV.generate_key(512)}
        return KeySet(number, keys, self.tail, self.signing)

    def without_old_keys(self) -> "KeySet":
        """Return the set with the current key alone, for when no value is left under another."""
        keys = {self.current: self.encryption[self.current]}
        return KeySet(self.current, keys, self.tail, self.signing)

    @property
    def fingerprint(self) -> str:
        """Return a name of the set that gives nothing away: a backup says which keys open it."""
        return hashlib.sha256(b"gridwell keys" + self.tail + self.signing).hexdigest()[:16]

    @classmethod
    def generate(cls) -> "KeySet":
        """Return a fresh key set."""
        return cls(
            current=1,
            encryption={1: AESSIV.generate_key(512)},
            tail=os.urandom(32),
            signing=os.urandom(32),
        )


def write_keys(path: Path, keys: KeySet) -> None:
    """Write the key file so that only its owner can read it; whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(keys.dump())
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


class Vault:
    """Encrypts and decrypts with one key set; cheap to call a million times."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys
        self._ciphers = {number: AESSIV(key) for number, key in keys.encryption.items()}
        self._prefix = f"{keys.current}:"
        self._current = self._ciphers[keys.current]

    @property
    def signing_seed(self) -> bytes:
        """Return the 32-byte Ed25519 seed that signs audit heads and passes."""
        return self._keys.signing

    def encrypt(self, value: str) -> str:
        """Return the stored form of a value; the empty string stays empty."""
        if not value:
            return ""
        sealed = self._current.encrypt(value.encode(), None)
        return self._prefix + base64.b64encode(sealed).decode()

    def decrypt(self, stored: str) -> str:
        """Return the value, or raise KeysMissing when no key of this set opens it."""
        if not stored:
            return ""
        number, _, body = stored.partition(":")
        cipher = self._ciphers.get(int(number)) if number.isdigit() else None
        if cipher is None:
            raise KeysMissing(number)
        try:
            return cipher.decrypt(base64.b64decode(body), None).decode()
        except InvalidTag as error:
            raise KeysMissing(number) from error

    def lookups(self, value: str) -> list[str]:
        """Return every stored form that `value` may have, the current key first."""
        rest = [n for n in self._ciphers if n != self._keys.current]
        return [
            f"{n}:" + base64.b64encode(self._ciphers[n].encrypt(value.encode(), None)).decode()
            for n in [self._keys.current, *rest]
        ]

    def tail(self, community: int, value: str) -> str:
        """Return the keyed digest of a number's last four characters within one community."""
        if len(value) < 4:
            return ""
        message = f"{community}:{value[-4:].upper()}".encode()
        return hmac.new(self._keys.tail, message, hashlib.sha256).hexdigest()[:16]


#: Seconds after which a process looks whether the key file has changed (see `core/rotation.py`).
KEYS_KNOWN_FOR = 5.0
_vaults: dict[str, tuple[float, int, Vault]] = {}


def vault_at(path: str) -> Vault:
    """Return the vault of a key file; a changed file is noticed within `KEYS_KNOWN_FOR`.

    Called for every value: one look into a dictionary and one at the clock of the machine.
    """
    known = _vaults.get(path)
    if known is not None and monotonic() < known[0]:
        return known[2]
    try:
        changed = Path(path).stat().st_mtime_ns
        if known is None or known[1] != changed:
            known = (0.0, changed, Vault(KeySet.load(Path(path).read_text("ascii"))))
    except FileNotFoundError as error:
        raise KeysMissing(path) from error
    _vaults[path] = (monotonic() + KEYS_KNOWN_FOR, known[1], known[2])
    return known[2]


def forget_vaults() -> None:
    """Read the key files anew at the next use; for the process that has just written one."""
    _vaults.clear()
