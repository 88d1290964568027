"""Signs of life of a running job that pass beside its transaction.

A job often does its whole work in one transaction. Nobody outside sees what it writes before the
end, and on SQLite nobody else can write meanwhile; but its progress must be seen, a stop must
reach it, and its heart-beat tells a living job from a killed one. On SQLite, where all processes
share a machine, these pass through small files beside the database; on PostgreSQL, where they may
not, through a connection of their own.
"""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection


@dataclass(frozen=True)
class Sign:
    """The last sign of a job. `age` is in seconds of the machine's time; None = never heard of."""

    done: int = 0
    total: int = 0
    message: str = ""
    stop_asked: bool = False
    age: float | None = None


class FileChannel:
    """Signs as files in the installation's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, ref: UUID, ending: str) -> Path:
        return self._folder / f"{ref}.{ending}"

    def beat(self, ref: UUID) -> None:
        """Say that the job lives."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(ref, "beat").touch()

    def report(self, ref: UUID, done: int, total: int, message: str) -> None:
        """Say how far the job is; replaces the former report as a whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._path(ref, f"draft{os.getpid()}")
        draft.write_text(json.dumps([done, total, message]), "utf-8")
        draft.replace(self._path(ref, "json"))
        self._path(ref, "beat").touch()

    def ask_stop(self, ref: UUID) -> None:
        """Ask the job to stop at its next report."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(ref, "stop").touch()

    def read(self, ref: UUID) -> Sign:
        """Return the last sign."""
        done, total, message, age = 0, 0, "", None
        with suppress(FileNotFoundError):
            age = time.time() - self._path(ref, "beat").stat().st_mtime
        with suppress(FileNotFoundError):
            done, total, message = json.loads(self._path(ref, "json").read_text("utf-8"))
        return Sign(done, total, message, self._path(ref, "stop").exists(), age)

    def clear(self, ref: UUID) -> None:
        """Forget the job's signs."""
        for ending in ("beat", "json", "stop"):
            self._path(ref, ending).unlink(missing_ok=True)


class RowChannel:
    """Signs in the job's row; inside a transaction written through a connection of their own.

    Reading needs none: under READ COMMITTED each statement sees what others have committed.
    """

    def _write(self, sql: str, *values: Any) -> None:
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
            return
        side = connection.copy()
        try:
            with side.cursor() as cursor:
                cursor.execute(sql, values)
        finally:
            side.close()

    def beat(self, ref: UUID) -> None:
        """Say that the job lives."""
        self._write("UPDATE core_job SET beat_at = clock_timestamp() WHERE ref = %s", ref)

    def report(self, ref: UUID, done: int, total: int, message: str) -> None:
        """Say how far the job is."""
        self._write(
            "UPDATE core_job SET done = %s, total = %s, message = %s, beat_at = clock_timestamp()"
            " WHERE ref = %s",
            done,
            total,
            message,
            ref,
        )

    def ask_stop(self, ref: UUID) -> None:
        """Ask the job to stop at its next report."""
        self._write("UPDATE core_job SET stop_asked = true WHERE ref = %s", ref)

    def read(self, ref: UUID) -> Sign:
        """Return the last sign."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT done, total, message, stop_asked,"
                " extract(epoch FROM clock_timestamp() - beat_at)::float8"
                " FROM core_job WHERE ref = %s",
                [ref],
            )
            row = cursor.fetchone()
        return Sign(*row) if row else Sign()

    def clear(self, ref: UUID) -> None:
        """Forget that somebody asked to stop an earlier try."""
        self._write("UPDATE core_job SET stop_asked = false WHERE ref = %s", ref)


def channel() -> FileChannel | RowChannel:
    """Return the channel that fits the database."""
    if connection.vendor == "sqlite":
        return FileChannel(Path(settings.HOME) / "jobs")
    return RowChannel()
