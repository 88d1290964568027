"""System checks: settings that must not go together, secrets that are missing or open to others.

Errors stop `gridwell serve`; warnings are said and it goes on.
"""

import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from gridwell.core.sqlite.turn import HAS_FILE_LOCKS

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})
LEAST_SECRET = 32


def _is_loopback_only() -> bool:
    return set(settings.ALLOWED_HOSTS) <= LOOPBACK


@register(Tags.security)
def secret_is_there(**_: Any) -> list[CheckMessage]:
    """core.E001, core.E002: without a secret nothing signed can be trusted."""
    if settings.SECRET_KEY == "not-initialised":
        return [
            Error(
                "There is no secret key: sessions could be forged.",
                hint="`gridwell init` makes one, and `gridwell restore` for a copy; or set "
                "GRIDWELL_SECRET_KEY.",
                id="core.E001",
            )
        ]
    if len(settings.SECRET_KEY) < LEAST_SECRET:
        return [Error(f"The secret key has fewer than {LEAST_SECRET} letters.", id="core.E002")]
    return []


@register(Tags.security)
def key_file_is_safe(**_: Any) -> list[CheckMessage]:
    """core.E003, core.E004: personal data can be read only with the key file, and only by us."""
    path = Path(settings.GRIDWELL_KEY_FILE)
    if not path.exists():
        return [
            Error(
                f"The key file {path} is missing: personal data can be neither read nor written.",
                hint="Put back the copy that is kept apart from the backups; `gridwell init` makes "
                "one for a new installation.",
                id="core.E003",
            )
        ]
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [
            Error(
                f"Others on this machine can read the key file {path}.",
                hint=f"chmod 600 {path}",
                id="core.E004",
            )
        ]
    return []


@register(Tags.security)
def debug_stays_home(**_: Any) -> list[CheckMessage]:
    """core.E005: debug pages show values and settings to whoever asks."""
    if settings.DEBUG and not _is_loopback_only():
        return [
            Error(
                "GRIDWELL_DEBUG is on and GRIDWELL_HOSTS names more than this machine.",
                id="core.E005",
            )
        ]
    return []


@register(Tags.security)
def demo_stays_home(**_: Any) -> list[CheckMessage]:
    """core.E006: the demo's passwords are printed, and its clock can be moved by anyone."""
    if settings.DEMO and not _is_loopback_only():
        return [
            Error(
                "The demo answers this machine only; GRIDWELL_HOSTS names more.",
                id="core.E006",
            )
        ]
    return []


@register(Tags.security)
def plain_http_stays_home(**_: Any) -> list[CheckMessage]:
    """core.W007: over plain http everyone on the way reads names and passwords."""
    if not settings.HTTPS and not _is_loopback_only():
        return [
            Warning(
                "GRIDWELL_HOSTS names other machines, and GRIDWELL_HTTPS is off.",
                hint="Put a proxy with a certificate in front and set GRIDWELL_HTTPS=1.",
                id="core.W007",
            )
        ]
    return []


@register(Tags.database)
def keys_lie_apart(**_: Any) -> list[CheckMessage]:
    """core.E008: whoever fetches an upload must never be able to fetch the keys."""
    files = Path(settings.GRIDWELL_FILES).resolve()
    wrong = [
        path
        for path in (Path(settings.GRIDWELL_KEY_FILE), Path(settings.GRIDWELL_AUDIT_HEADS))
        if path.resolve().is_relative_to(files)
    ]
    return [
        Error(f"{path} lies in the folder of uploads {files}.", id="core.E008") for path in wrong
    ]


def server_mix(*, host: str, processes: int) -> list[CheckMessage]:
    """core.E009, core.E010, core.W011: what is known only when a server starts."""
    found: list[CheckMessage] = []
    sqlite = str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite")
    loopback = host in {"127.0.0.1", "::1", "localhost"}
    if settings.DEMO and not loopback:
        found.append(Error(f"The demo refuses to listen on {host}.", id="core.E009"))
    if settings.DEBUG and not loopback:
        found.append(Error(f"GRIDWELL_DEBUG is on; refusing to listen on {host}.", id="core.E010"))
    if sqlite and processes > 1 and not HAS_FILE_LOCKS:
        found.append(
            Warning(
                f"{processes} server processes share one SQLite file on a system without file "
                "locks: a process that writes may keep others waiting for long. More threads do "
                "better, or PostgreSQL through DATABASE_URL.",
                id="core.W011",
            )
        )
    return found
