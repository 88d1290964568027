"""Addresses of the built front-end, from the manifest that Vite writes."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

DIST = Path(__file__).parent.parent / "static" / "dist"


class FrontEndNotBuilt(RuntimeError):
    """The built style sheet and script are not there: a fresh clone before `make setup`."""


def _read(manifest: Path, _changed: int) -> dict[str, str]:
    entries = json.loads(manifest.read_text("utf-8"))
    return {name.removeprefix("src/"): entry["file"] for name, entry in entries.items()}


_read_once = cache(_read)


def asset_url(name: str, manifest: Path | None = None) -> str:
    """Return the address of an entry such as "desk.ts", or raise FrontEndNotBuilt."""
    manifest = manifest or DIST / "manifest.json"
    try:
        files = _read_once(manifest, manifest.stat().st_mtime_ns)
    except (FileNotFoundError, json.JSONDecodeError) as error:
        if getattr(settings, "ASSETS_OPTIONAL", False):
            return static(f"dist/{name}")
        raise FrontEndNotBuilt(
            f"The front-end is not built ({manifest} is missing). Run `make frontend`."
        ) from error
    if name not in files:
        known = ", ".join(sorted(files))
        raise FrontEndNotBuilt(f"The front-end has no entry {name!r}; it has {known}.")
    return static(f"dist/{files[name]}")
