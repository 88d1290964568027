"""Statements that Django writes once and the database gets many times (预编译查询).

Building a query and turning it into SQL costs Django three to ten times what SQLite needs to answer
it. Where one act is done twenty times a second, its queries are written with named places instead of
values, kept as SQL for each connection, and only filled in:

    _OPEN = Prepared(
        lambda desk: Tube.objects.filter(desk=desk, state="open"), desk=models.CharField()
    )
    tubes = _OPEN(desk="d1")

The rows are those of the queryset: models, with what `select_related` names, or tuples of
`values_list`. The function is called once a connection, with places in place of values: it must not
look at them, nor at anything else that changes. `None` fits no place, as `= NULL` is never true.
For a short list of values there is `PreparedIn`. Everything else, encrypted fields too, is the ORM's: this
is for the few statements of the hot paths, and a test compares each with the query it stands for.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models import query as query_module
from django.db.models.expressions import Value
from django.db.models.query import ModelIterable, ValuesListIterable
from django.db.models.sql import InsertQuery, UpdateQuery

Row = TypeVar("Row")
_Row = TypeVar("_Row", bound=models.Model)
_KEPT: Final = "_gridwell_prepared"
_POPULATORS: Final = getattr(query_module, "get_related_populators")  # noqa: B009 - not in the stubs


class _Mark:
    """Where a value goes; stands among a statement's parameters."""

    def __init__(self, name: str, field: "models.Field[Any, Any]") -> None:
        self.name, self.field = name, field


class Place(Value):
    """A named place for a value in a query."""

    def __init__(self, mark: _Mark) -> None:
        super().__init__(mark, output_field=mark.field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the placeholder with the mark itself, whatever the field would make of it."""
        return "%s", [self.value]


class Places(Value):
    """Places for the values of a list; stands right of `__in`."""

    def __init__(self, marks: tuple[_Mark, ...]) -> None:
        super().__init__(marks, output_field=marks[0].field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the placeholders in brackets, with their marks."""
        return f"({', '.join(['%s'] * len(self.value))})", list(self.value)


def _kept(owner: object, write: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Return the thread's connection, and what `write` made for it the first time."""
    connection = connections[DEFAULT_DB_ALIAS]
    known: dict[object, Any] = connection.__dict__.setdefault(_KEPT, {})
    if owner not in known:
        known[owner] = write(connection)
    return connection, known[owner]


class _Filled:
    """SQL with the places of its values."""

    def __init__(self, sql: str, parameters: Sequence[Any]) -> None:
        self.sql = sql
        self._fixed = list(parameters)
        self._marks = [
            (number, one.name, one.field)
            for number, one in enumerate(self._fixed)
            if isinstance(one, _Mark)
        ]

    def with_values(self, values: dict[str, Any], connection: Any) -> list[Any]:
        """Return the parameters, each value as its field gives it to the database."""
        parameters = self._fixed.copy()
        for number, name, field in self._marks:
            parameters[number] = field.get_db_prep_value(values[name], connection)
        return parameters


class _Reading(_Filled):
    """A SELECT and how its rows become what the queryset would give."""

    def __init__(self, queryset: models.QuerySet[Any], connection: Any) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        super().__init__(*compiler.as_sql())
        select: Any = compiler.select
        self._converters = list(compiler.get_converters([one[0] for one in select]).items())
        self._model: Any = None
        if compiler.annotation_col_map and queryset._iterable_class is ModelIterable:
            raise TypeError("prepared models cannot be annotated")
        if queryset._iterable_class is ModelIterable:
            info: Any = compiler.klass_info
            self._model, columns = info["model"], info["select_fields"]
            self._start, self._end = columns[0], columns[-1] + 1
            self._names = [one[0].target.attname for one in select[self._start : self._end]]
            self._related = _POPULATORS(info, select, connection.alias)
        elif queryset._iterable_class is not ValuesListIterable:
            raise TypeError("prepared queries give models or tuples of values_list()")

    def rows(self, found: Sequence[Sequence[Any]], connection: Any) -> list[Any]:
        """Return what the queryset would give for these rows of the database."""
        if self._model is None and not self._converters:
            return list(found)
        rows = [list(row) for row in found]
        if self._converters:
            for number, (functions, expression) in self._converters:
                for row in rows:
                    value = row[number]
                    for function in functions:
                        value = function(value, expression, connection)
                    row[number] = value
        if self._model is None:
            return [tuple(row) for row in rows]
        made = []
        for row in rows:
            one = self._model.from_db(connection.alias, self._names, row[self._start : self._end])
            for populator in self._related:
                populator.populate(row, one)
            made.append(one)
        return made


class Prepared(Generic[Row]):
    """A SELECT that is written once; called with its values it gives the rows.

    `places` are the names the function takes and the fields by which values go to the database.
    """

    def __init__(self, query: Callable[..., models.QuerySet[Any, Row]], **places: Any) -> None:
        self._query, self._places = query, places

    def _write(self, connection: Any) -> _Reading:
        marks = {name: Place(_Mark(name, field)) for name, field in self._places.items()}
        return _Reading(self._query(**marks), connection)

    def __call__(self, **values: Any) -> list[Row]:
        """Return the rows for these values."""
        connection, reading = _kept(self, self._write)
        parameters = reading.with_values(values, connection)
        with connection.cursor() as cursor:
            cursor.execute(reading.sql, parameters)
            found = cursor.fetchall()
        made: list[Row] = reading.rows(found, connection)
        return made

    def first(self, **values: Any) -> Row | None:
        """Return the first row for these values, None when there is none."""
        return next(iter(self(**values)), None)


class PreparedIn(Generic[Row]):
    """A SELECT over a short list of values (`IN`), written once for 1, 2, 4, 8 … values.

    The function takes the list as `these`; the last value fills it up, twice being as good as once.
    A list of more than `most` is the ORM's.
    """

    def __init__(
        self,
        query: Callable[..., models.QuerySet[Any, Row]],
        field: "models.Field[Any, Any]",
        most: int = 8,
        **places: Any,
    ) -> None:
        self.most = most
        self._query, self._field, self._places = query, field, places
        self._by_length: dict[int, Prepared[Row]] = {}

    def _of_length(self, length: int) -> Prepared[Row]:
        names = [f"in{number}" for number in range(length)]

        def query(**places: Any) -> models.QuerySet[Any, Row]:
            marks = tuple(places.pop(name).value for name in names)
            return self._query(these=Places(marks), **places)

        return Prepared(query, **dict.fromkeys(names, self._field), **self._places)

    def __call__(self, these: Sequence[Any], **values: Any) -> list[Row]:
        """Return the rows for these values; nothing for an empty list."""
        last = len(these) - 1
        if last < 0:
            return []
        if last >= self.most:
            return list(self._query(these=these, **values))
        length = 1 << last.bit_length()
        if length not in self._by_length:
            self._by_length[length] = self._of_length(length)
        named = {f"in{number}": these[min(number, last)] for number in range(length)}
        return self._by_length[length](**named, **values)


class PreparedUpdate:
    """An UPDATE of one table that is written once. Called it returns how many rows were matched.

    The function returns the queryset and what to set: {field: place}.
    """

    def __init__(
        self, query: Callable[..., tuple[models.QuerySet[Any], dict[str, Any]]], **places: Any
    ) -> None:
        self._query, self._places = query, places

    def _write(self, connection: Any) -> _Filled:
        marks = {name: Place(_Mark(name, field)) for name, field in self._places.items()}
        queryset, changes = self._query(**marks)
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(changes)
        return _Filled(*query.get_compiler(connection=connection).as_sql())

    def __call__(self, **values: Any) -> int:
        """Write, and return how many rows there were."""
        connection, filled = _kept(self, self._write)
        with (
            transaction.mark_for_rollback_on_error(connection.alias),
            connection.cursor() as cursor,
        ):
            cursor.execute(filled.sql, filled.with_values(values, connection))
            return int(cursor.rowcount)


class _Writing:
    """An INSERT of one row of a model."""

    def __init__(self, row: models.Model, connection: Any) -> None:
        meta = row._meta
        self.fields = [one for one in meta.concrete_fields if one is not meta.auto_field]
        query: Any = InsertQuery(type(row))
        query.insert_values(self.fields, [row])
        compiler = query.get_compiler(connection=connection)
        self.returns = bool(connection.features.can_return_columns_from_insert)
        compiler.returning_fields = meta.db_returning_fields if self.returns else None
        ((self.sql, parameters),) = compiler.as_sql()
        if len(parameters) < len(self.fields):
            raise TypeError(f"{meta.label} has a column that is computed by the database")
        self.extra = list(parameters[len(self.fields) :])  # of RETURNING, where it takes any


def insert(row: _Row) -> _Row:
    """Write a new row as `save(force_insert=True)` would and return it with its key.

    For models without parents, files and signals. An error marks the block around it, as a save's.
    """
    connection, writing = _kept(type(row), lambda connection: _Writing(row, connection))
    parameters = [
        field.get_db_prep_save(field.pre_save(row, True), connection) for field in writing.fields
    ]
    with transaction.mark_for_rollback_on_error(connection.alias), connection.cursor() as cursor:
        cursor.execute(writing.sql, [*parameters, *writing.extra])
        if row._meta.auto_field is not None:
            row.pk = (
                cursor.fetchone()[0]
                if writing.returns
                else connection.ops.last_insert_id(cursor, row._meta.db_table, row._meta.pk.column)
            )
    row._state.adding, row._state.db = False, connection.alias
    return row
