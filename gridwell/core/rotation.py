"""A new encryption key for all personal values (`gridwell rotate-keys`).

First the new key joins the key file, beside the old one; every process notices within seconds, so
that a value under either key is found. Then all values are rewritten in batches, each one
transaction. Last, the old key leaves the file; a copy with it stays beside, since older backups
need it. Interrupted anywhere, the same command goes on where it stopped: a stored value says which
key it is under. The keys of number tails and of signatures stay.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast

from gridwell.core import crypto
from gridwell.core.fields import EncryptedTextField

BATCH = 500


@dataclass(frozen=True)
class Rotation:
    """What a rotation did. `retired` is the copy of the key file that older backups need."""

    key: int
    values: int
    retired: Path


def encrypted_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Return every encrypted column of every table."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field.name


def _under_old_key(model: type[models.Model], name: str, key: int) -> models.QuerySet[models.Model]:
    stored = Cast(models.F(name), models.TextField())
    rows: models.QuerySet[models.Model] = model._base_manager.annotate(stored=stored)
    return rows.exclude(stored="").exclude(stored=None).exclude(stored__startswith=f"{key}:")


def rotate_keys(report: Callable[[int, int], None], *, settle: float | None = None) -> Rotation:
    """Give all values a new key, or go on with a rotation that was interrupted.

    `settle` is how long to wait until all processes know the new key.
    """
    path = Path(settings.GRIDWELL_KEY_FILE)
    keys = crypto.KeySet.load(path.read_text("ascii"))
    if len(keys.encryption) == 1:
        keys = keys.with_new_key()
        crypto.write_keys(path, keys)
        sleep(crypto.KEYS_KNOWN_FOR + 1 if settle is None else settle)
    crypto.forget_vaults()
    total = sum(_under_old_key(m, name, keys.current).count() for m, name in encrypted_fields())
    done = 0
    for model, name in encrypted_fields():
        while changed := _rewrite_batch(model, name, keys.current):
            done += changed
            report(done, total)
    retired = path.with_name(f"{path.stem}-before-{keys.current}{path.suffix}")
    crypto.write_keys(retired, keys)
    crypto.write_keys(path, keys.without_old_keys())
    crypto.forget_vaults()
    return Rotation(keys.current, done, retired)


@transaction.atomic
def _rewrite_batch(model: type[models.Model], name: str, key: int) -> int:
    """Rewrite up to 500 values of one column; the rows are locked from reading to writing."""
    rows = list(
        _under_old_key(model, name, key).select_for_update().only("pk", name).order_by("pk")[:BATCH]
    )
    if rows:
        model._base_manager.bulk_update(rows, [name])  # encrypts with the current key
    return len(rows)
