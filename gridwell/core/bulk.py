"""Writing very many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

About eight times faster than `bulk_create`, because no model instance is made for a row. Ids are
reserved first, so that rows of several tables can refer to each other before any is written. Only
`actions` call it, inside their transaction.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models

from gridwell.core.fields import EncryptedTextField


def reserve_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Return `count` fresh ids of a table, in ascending order. Must run inside a transaction.

    On SQLite the immediate transaction keeps other writers out; on PostgreSQL the sequence does.
    """
    table = model._meta.db_table
    key = model._meta.pk.column
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [quote(table), key, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # AUTOINCREMENT remembers the highest id ever given, rows deleted since included.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last = row[0] if row else 0
        return range(last + 1, last + count + 1)


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Insert rows whose values stand in the order of the field names; return how many.

    Values are Python values as for a model; `pk` is named like any field ("id"). Every field
    without a database default must be named: model defaults are not applied here.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    prepare = [_preparer(field) for field in fields]
    changed = [(column, make) for column, make in enumerate(prepare) if make is not _same]
    prepared = (_prepared(row, changed, len(fields)) for row in rows)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            count = 0
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for values in prepared:
                    copy.write_row(values)
                    count += 1
            return count
        marks = ", ".join(["%s"] * len(fields))
        values_list = list(prepared)
        if values_list:
            # Names come from the models, values are parameters.
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 - names of models, values are parameters
                values_list,
            )
        return len(values_list)


def _prepared(
    row: Sequence[Any], changed: Sequence[tuple[int, Callable[[Any], Any]]], width: int
) -> list[Any]:
    """Return the values of a row as the database takes them."""
    values = list(row)
    if len(values) != width:
        raise ValueError(f"{len(values)} values for {width} fields")
    for column, make in changed:
        values[column] = make(values[column])
    return values


def _preparer(field: Any) -> Callable[[Any], Any]:
    """Return how a value is made ready for the database; few distinct values are made once."""
    if isinstance(field, EncryptedTextField):
        return lambda value: field.get_db_prep_save(value, connection)
    # What a reference holds is a value of the field it refers to: nearly each row another one.
    target = getattr(field, "target_field", field) if field.is_relation else field
    if isinstance(target, models.CharField | models.BigIntegerField):
        return _same
    if isinstance(target, models.UUIDField):
        return _same if connection.features.has_native_uuid_field else _hex
    seen: dict[Any, Any] = {}

    def make(value: Any) -> Any:
        try:
            return seen[value]
        except KeyError:
            seen[value] = found = field.get_db_prep_save(value, connection)
            return found
        except TypeError:  # a list or dict of a JSON field
            return field.get_db_prep_save(value, connection)

    return make


def _same(value: Any) -> Any:
    return value


def _hex(value: Any) -> Any:
    """Return a UUID as SQLite keeps it."""
    return value if value is None else value.hex


def update_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Give rows new values: each is (id, values in the order of the field names).

    For values that differ from row to row; `bulk_update` writes a CASE that costs thirty times as
    much. Only `actions` call it, inside their transaction.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    prepare = [_same, *(_preparer(field) for field in fields)]
    ready = [[make(value) for make, value in zip(prepare, row, strict=True)] for row in rows]
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), [quote(str(field.column)) for field in fields]
    if not ready:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            given = ", ".join(f"{column} = given.{column}" for column in columns)
            types = ["bigint", *(str(field.db_type(connection)) for field in fields)]
            lists = ", ".join(f"%s::{kind}[]" for kind in types)
            cursor.execute(
                f"UPDATE {table} SET {given} FROM unnest({lists}) "  # noqa: S608 - names of models, values are parameters
                f"AS given(id, {', '.join(columns)}) WHERE {table}.id = given.id",
                [list(values) for values in zip(*ready, strict=True)],
            )
            return
        marks = ", ".join(f"{column} = %s" for column in columns)
        cursor.executemany(
            f"UPDATE {table} SET {marks} WHERE id = %s",  # noqa: S608 - names of models, values are parameters
            [(*values[1:], values[0]) for values in ready],
        )


def new_ref_sql() -> tuple[str, list[int]]:
    """Return an expression for `core.ids.new_ref`, new for each row, and its parameters.

    Ordered by time like those made here, so that the unique index stays compact.
    """
    milliseconds = time.time_ns() // 1_000_000
    if connection.vendor == "postgresql":
        return (
            "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())"
            " placing substring(int8send(%s) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid",
            [milliseconds],
        )
    return (
        "lower(printf('%%012x', %s) || '7' || substr(hex(randomblob(2)), 2) || '8'"
        " || substr(hex(randomblob(2)), 2) || hex(randomblob(6)))",
        [milliseconds],
    )
