"""Emptying the database after a test that committed: only tables that have rows.

Django truncates every table and then writes the rows about models anew, which on PostgreSQL takes
longer than most of these tests. What migrating wrote stays as it is here; no test changes it.
"""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction


def empty() -> None:
    """Delete the rows of all tables that have any; references are checked at the end of it."""
    kept = {model._meta.db_table for model in (ContentType, Permission)}
    names = sorted(set(connection.introspection.django_table_names()) - kept)
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})"  # noqa: S608 - names of our tables
                for name in names
            )
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(name)}")  # noqa: S608 - names of our tables
