"""Model fields: encrypted text, and foreign keys that stay inside one community."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.sql.where import AND, WhereNode

from gridwell.core import crypto


def vault() -> crypto.Vault:
    """Return the installation's vault."""
    return crypto.vault_at(Path(settings.GRIDWELL_KEY_FILE))


class EncryptedTextField(models.TextField):
    """Text that is encrypted at rest and plain in Python.

    Filter by whole value only (`filter(number=value)` and `__in`); every key of the set is tried.
    `.values_list()` decrypts as well. `bulk_create` pays about 3 µs a value.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return text if text is None else vault().encrypt(text)

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return value if value is None else vault().decrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in {"exact", "in", "isnull"}:
            return None
        return super().get_lookup(lookup_name)


@EncryptedTextField.register_lookup
class _ExactUnderAnyKey(models.lookups.In):
    """`exact` on an encrypted field: equal under any key that may still be in use."""

    lookup_name = "exact"

    def get_prep_lookup(self) -> Any:
        return vault().lookups(str(self.rhs)) if self.rhs else [""]


class CommunityForeignKey(models.ForeignKey):
    """A foreign key to a row of the same community; joins carry `community = community` as well.

    So that a city's database can be sharded by community, and a wrong id can never reach across.
    Both models must have a `community` foreign key.
    """

    def get_extra_restriction(self, alias: str, related_alias: str | None) -> Any:
        if related_alias is None:
            return None
        ours = self.model._meta.get_field("community")
        theirs = self.remote_field.model._meta.get_field("community")
        lookup = ours.get_lookup("exact")(ours.get_col(alias), theirs.get_col(related_alias))
        return WhereNode([lookup], connector=AND)
