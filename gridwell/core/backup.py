"""Backup and restore of a whole installation as one file.

A backup is a .tar.gz with the database, the uploads, the signed audit heads and a manifest of
hashes. The keys are never in it: a stolen backup opens no personal value. It names the key set
that it needs by a fingerprint.
"""

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from gridwell.core import crypto
from gridwell.core.errors import RuleBroken

FORMAT = 1
SQLITE, POSTGRES = "database.sqlite3", "database.dump"
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Kept:
    """A finished backup."""

    path: Path
    size: int
    files: int


def _key_fingerprint() -> str:
    path = Path(settings.GRIDWELL_KEY_FILE)
    if not path.exists():
        return ""
    return crypto.KeySet.load(path.read_text("ascii")).fingerprint


def _folders() -> dict[str, Path]:
    return {
        "files": Path(settings.GRIDWELL_FILES),
        "audit-heads": Path(settings.GRIDWELL_AUDIT_HEADS),
    }


def _hash(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"size": path.stat().st_size, "sha256": digest}


def postgres_tool(name: str) -> str:
    """Return the path of pg_dump or pg_restore, the newest where there are several."""
    beside = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    found = shutil.which(name) or next((str(path) for path in sorted(beside, reverse=True)), None)
    if found is None:
        raise RuleBroken("core.tool_missing", tool=name)
    return found


def _postgres_call(tool: str, *arguments: str) -> None:
    """Run pg_dump or pg_restore; the password goes by the environment, not by the command line."""
    program = postgres_tool(tool)
    facts = connection.settings_dict
    env = os.environ | {
        "PGHOST": str(facts["HOST"] or ""),
        "PGPORT": str(facts["PORT"] or ""),
        "PGUSER": str(facts["USER"] or ""),
        "PGPASSWORD": str(facts["PASSWORD"] or ""),
        "PGDATABASE": str(facts["NAME"]),
    }
    env = {name: value for name, value in env.items() if value}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with our own arguments
        [program, *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuleBroken("core.tool_failed", tool=tool, reason=done.stderr.strip()[-400:])


def _copy_database(folder: Path, report: Report) -> Path:
    """Write a consistent copy of the database into a folder while others go on working."""
    if connection.vendor == "postgresql":
        target = folder / POSTGRES
        # What an earlier restore has set aside is no part of the installation.
        apart = ("--exclude-schema=before_*", "--no-owner", "--no-privileges")
        _postgres_call("pg_dump", "--format=custom", *apart, f"--file={target}")
        return target
    target = folder / SQLITE
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(
            copy, pages=4096, progress=lambda _, left, total: report(total - left, total)
        )
        # A single file that needs nothing beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    return target


def _members(database: Path) -> Iterator[tuple[str, Path]]:
    yield database.name, database
    for name, folder in _folders().items():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield f"{name}/{path.relative_to(folder).as_posix()}", path


def backup(target: Path, *, now: datetime, report: Report = lambda *_: None) -> Kept:
    """Write a backup to `target`, readable by its owner only; whole or not at all."""
    if target.exists():
        raise RuleBroken("core.backup_exists", path=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.part")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": version("gridwell"),
        "made_at": now.isoformat(),
        "database": connection.vendor,
        "keys": _key_fingerprint(),
        "files": {},
    }
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with (
            tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as work,
            os.fdopen(descriptor, "wb") as raw,
            gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            for name, path in _members(_copy_database(Path(work), report)):
                manifest["files"][name] = _hash(path)
                archive.add(path, arcname=name, recursive=False)
            listing = Path(work) / "manifest.json"
            listing.write_text(json.dumps(manifest, indent=1, ensure_ascii=False), "utf-8")
            archive.add(listing, arcname="manifest.json")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return Kept(target, target.stat().st_size, len(manifest["files"]))


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one plain file below `folder`; links, devices and ways out of it are refused."""
    target = (folder / member.name).resolve()
    content = archive.extractfile(member) if member.isreg() else None
    if content is None or not target.is_relative_to(folder.resolve()):
        raise ValueError(member.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(content, out)


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack an archive and compare everything with its manifest, or refuse it."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                _extract(archive, member, folder)
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        expected = manifest["files"]
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError) as error:
        raise RuleBroken("core.backup_broken", path=str(source)) from error
    if manifest.get("format") != FORMAT:
        raise RuleBroken("core.backup_newer", version=manifest.get("version", "?"))
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path != folder / "manifest.json"
    }
    wrong = [name for name in expected if name not in found or _hash(found[name]) != expected[name]]
    wrong += [name for name in found if name not in expected]
    if wrong:
        raise RuleBroken("core.backup_changed", path=str(source), member=sorted(wrong)[0])
    return manifest


def _has_database() -> bool:
    if connection.vendor == "postgresql":
        return bool(connection.introspection.table_names())
    return Path(str(connection.settings_dict["NAME"])).exists()


def restore(source: Path, *, force: bool, now: datetime) -> dict[str, Any]:
    """Put a backup in place of the installation's data and return its manifest.

    Nothing is touched before the whole archive has been verified. What was there is set aside, not
    deleted: "gridwell.sqlite3.before-20221123T120000", or the schema "before_20221123t120000".
    Stop the server and the worker first.
    """
    home = Path(settings.HOME)
    if not force and (
        _has_database() or any(f.exists() and any(f.iterdir()) for f in _folders().values())
    ):
        raise RuleBroken("core.restore_over", path=str(home))
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as work:
        manifest = _unpack(source, Path(work))
        if manifest["database"] != connection.vendor:
            raise RuleBroken("core.restore_kind", kind=manifest["database"], ours=connection.vendor)
        ours = _key_fingerprint()
        if ours and manifest["keys"] != ours and not force:
            raise RuleBroken("core.restore_keys", path=settings.GRIDWELL_KEY_FILE)
        aside = f".before-{now:%Y%m%dT%H%M%S}"
        _put_database(Path(work), aside)
        for name, folder in _folders().items():
            if folder.exists():
                folder.replace(folder.with_name(folder.name + aside))
            unpacked = Path(work) / name
            if unpacked.exists():
                shutil.move(unpacked, folder)
            else:
                folder.mkdir(parents=True)
    return manifest


def _put_database(work: Path, aside: str) -> None:
    if connection.vendor == "postgresql":
        _put_postgres(work / POSTGRES, aside)
        return
    connections.close_all()
    target = Path(str(connection.settings_dict["NAME"]))
    target.parent.mkdir(parents=True, exist_ok=True)
    _refuse_if_used(target)
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            beside = target.with_name(target.name + ending)
            beside.replace(target.with_name(target.name + aside + ending))
    shutil.move(work / SQLITE, target)
    target.chmod(0o600)


def _put_postgres(dump: Path, aside: str) -> None:
    """Restore a dump into a schema of its own; tables that were there are set aside with theirs.

    Whole or not at all: where it fails, the former schema is the database's again.
    """
    from psycopg import sql

    former = sql.Identifier(aside.strip(".").replace("-", "_").lower())
    put_aside = sql.SQL("ALTER SCHEMA public RENAME TO {}").format(former)
    put_back = sql.SQL("ALTER SCHEMA {} RENAME TO public").format(former)
    is_full = _has_database()
    with connection.cursor() as cursor:
        if is_full:
            cursor.execute(put_aside)
            cursor.execute("CREATE SCHEMA public")
    connections.close_all()
    name = str(connection.settings_dict["NAME"])
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    try:
        _postgres_call("pg_restore", *options, f"--dbname={name}", str(dump))
    except BaseException:
        if is_full:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute(put_back)
        raise
    connections.close_all()


def _refuse_if_used(target: Path) -> None:
    """Refuse while another process writes, and fold the write-ahead log into the file."""
    if not target.exists():
        return
    with closing(sqlite3.connect(target, timeout=1)) as held:
        try:
            held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            held.execute("BEGIN EXCLUSIVE")
            held.rollback()
        except sqlite3.OperationalError as error:
            raise RuleBroken("core.database_in_use", path=str(target)) from error
        except sqlite3.DatabaseError:
            return  # a broken file is a good reason to restore
