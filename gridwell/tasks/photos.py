"""Photos of proof at rest (照片凭证): encoded anew, without metadata, encrypted, outside the web root.

Only pixels survive: place, device and time of taking that a camera writes into the file are gone.
Each photo has a key of its own, which stands encrypted in its row. A photo whose transaction fails
leaves a file that no row names; `sweep` throws such files away.
"""

import hashlib
import io
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from gridwell.core.errors import RuleBroken
from gridwell.core.ids import new_ref

MOST_MB = 12
#: A bomb of pixels is refused before it is unpacked.
MOST_PIXELS = 60_000_000
LONGEST = 1600
QUALITY = 80
_FORMATS = ("JPEG", "PNG", "WEBP")
_NONCE = bytes(12)  # the key is used once


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo that was stored: where, under which key (hex), its digest and size."""

    path: str = ""
    key: str = ""
    digest: str = ""
    size: int = 0
    width: int = 0
    height: int = 0


NONE = Kept()


def encode(data: bytes) -> tuple[bytes, int, int]:
    """Return the photo as a JPEG of pixels alone, at most LONGEST wide or high, upright.

    Raises RuleBroken: tasks.photo_too_large, tasks.photo_is_no_photo.
    """
    if len(data) > MOST_MB * 1024 * 1024:
        raise RuleBroken("tasks.photo_too_large", most=MOST_MB)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise RuleBroken("tasks.photo_too_large", most=MOST_MB)
            image.load()
            upright = ImageOps.exif_transpose(image)
            flat = _on_white(upright)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        raise RuleBroken("tasks.photo_is_no_photo") from error
    flat.thumbnail((LONGEST, LONGEST))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue(), flat.width, flat.height


def _on_white(image: Image.Image) -> Image.Image:
    """Return a new picture of the pixels alone; what was see-through is white."""
    if image.mode in {"RGBA", "LA", "P"}:
        solid = image.convert("RGBA")
        flat = Image.new("RGB", solid.size, "white")
        flat.paste(solid, mask=solid.getchannel("A"))
        return flat
    flat = Image.new("RGB", image.size)
    flat.paste(image.convert("RGB"))
    return flat


def keep(data: bytes) -> Kept:
    """Store a photo and return where and under which key."""
    plain, width, height = encode(data)
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = AESGCM.generate_key(256)
    name = f"{new_ref()}.bin"
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(AESGCM(key).encrypt(_NONCE, plain, name.encode()))
        out.flush()
        os.fsync(out.fileno())
    digest = hashlib.sha256(plain).hexdigest()
    return Kept(f"tasks/{name}", key.hex(), digest, len(plain), width, height)


def read(path: str, key: str) -> bytes:
    """Return a stored photo as JPEG; RuleBroken tasks.photo_gone when it is not there or changed."""
    source = Path(settings.GRIDWELL_FILES) / path
    try:
        return AESGCM(bytes.fromhex(key)).decrypt(_NONCE, source.read_bytes(), source.name.encode())
    except (OSError, InvalidTag, ValueError) as error:
        raise RuleBroken("tasks.photo_gone") from error


def _folder() -> Path:
    return Path(settings.GRIDWELL_FILES) / "tasks"


def stored(before: datetime | None = None) -> set[str]:
    """Return the paths of the files there are, named by a row or not; those written before an instant."""
    folder = _folder()
    files = folder.glob("*.bin") if folder.exists() else ()
    latest = before.timestamp() if before is not None else None
    return {f"tasks/{p.name}" for p in files if latest is None or p.stat().st_mtime < latest}


def throw_away(path: str) -> None:
    """Delete a stored photo; one that is gone already is no error."""
    (Path(settings.GRIDWELL_FILES) / path).unlink(missing_ok=True)
