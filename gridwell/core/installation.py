"""The installation: its folder, its secrets, its tables."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gridwell.core import crypto, upkeep


def write_secret(path: Path) -> None:
    """Write a fresh secret that only its owner can read; refuses to replace one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(60) + "\n")


def lay_folder() -> list[Path]:
    """Make the installation's folder and its secrets where they are missing; return the new files.

    A key that was made for an earlier database is never replaced: without it nothing can be read.
    """
    settings.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for folder in (settings.GRIDWELL_FILES, settings.GRIDWELL_AUDIT_HEADS):
        Path(folder).mkdir(parents=True, exist_ok=True)
    key_file = Path(settings.GRIDWELL_KEY_FILE)
    if not key_file.exists():
        crypto.write_keys(key_file, crypto.KeySet.generate())
        made.append(key_file)
    return [*made, *lay_secret()]


def lay_secret() -> list[Path]:
    """Make the secret that sessions are signed with where there is none; return the new files.

    With another one everybody signs in anew, and nothing else is lost: no backup needs to hold it.
    """
    if settings.SECRET_KEY != "not-initialised":
        return []
    secret_file = settings.HOME / "secret-key"
    made = [] if secret_file.exists() else [secret_file]
    if made:
        write_secret(secret_file)
    settings.SECRET_KEY = secret_file.read_text("ascii").strip()
    return made


def migrate() -> int:
    """Bring the tables up to date, run the packages' upkeep; return how many changes were made."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    upkeep.run_all()
    return len(plan)


def has_accounts() -> bool:
    """Return whether anybody can sign in already; False as well before there is a database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and ":memory:" not in name and not Path(name).exists():
        return False
    user = get_user_model()
    if user._meta.db_table not in connection.introspection.table_names():
        return False
    return user._default_manager.exists()
