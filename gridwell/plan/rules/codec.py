"""A plan as compact JSON and back (推演存档): type-driven, so that a new field needs no second place.

Long columns of ids become runs [start, count, …]; instants and days are ISO 8601; named rows are
lists of their fields. `from_json(to_json(plan)) == plan`.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from gridwell.plan.rules.plan import Plan

FORMAT = 1
_RUNS = "r"


class UnknownFormat(ValueError):
    """The stored plan was written by another version: derive it again."""


def to_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain lists, dicts, strings and numbers."""
    return {"format": FORMAT, "plan": _encode(plan)}


def from_json(stored: Mapping[str, Any]) -> Plan:
    """Return the plan that `to_json` wrote; raises UnknownFormat for any other."""
    if stored.get("format") != FORMAT:
        raise UnknownFormat(str(stored.get("format")))
    hints = _hints(Plan) or {}
    plan: Plan = _row_reader(Plan, list(hints.values()))(stored["plan"])
    return plan


def _encode(value: Any) -> Any:
    kind: Any = type(value)
    if value is None or kind in (int, str, bool):
        return value
    if kind is tuple:
        if len(value) > 8 and set(map(type, value)) == {int}:
            return {_RUNS: _runs(value)}
        return [_encode(item) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):  # a named row
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if names := _names(kind):
        return [_encode(getattr(value, name)) for name in names]
    raise TypeError(f"a plan holds no {kind.__name__}")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else ()


def _runs(values: tuple[int, ...]) -> list[int]:
    """Return [start, count, start, count …] of consecutive numbers, in the given order."""
    found: list[int] = []
    for value in values:
        if found and value == found[-2] + found[-1]:
            found[-1] += 1
        else:
            found += (value, 1)
    return found


_Read = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> _Read | None:
    """Return how to read a value of this type; None when JSON has it right already."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _optional(kind)
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    if origin is not None:  # Mapping[str, X]
        return _mapping_reader(get_args(kind)[1])
    if kind in (datetime, date):
        read: _Read = kind.fromisoformat
        return read
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    hints = _hints(kind)
    return _row_reader(kind, list(hints.values())) if hints is not None else None


def _optional(kind: Any) -> _Read | None:
    real = [k for k in get_args(kind) if k is not NoneType]
    inner = _reader(real[0]) if len(real) == 1 else None
    if inner is None:
        return None
    return lambda value: None if value is None else inner(value)


def _mapping_reader(kind: Any) -> _Read | None:
    inner = _reader(kind)
    if inner is None:
        return None
    return lambda value: {key: inner(item) for key, item in value.items()}


def _tuple_reader(kinds: tuple[Any, ...]) -> _Read:
    if len(kinds) != 2 or kinds[1] is not Ellipsis:
        return _row_reader(lambda *parts: parts, list(kinds))
    inner = _reader(kinds[0])

    def read(value: Any) -> tuple[Any, ...]:
        if isinstance(value, dict):
            runs = value[_RUNS]
            return tuple(
                number
                for start, count in zip(runs[::2], runs[1::2], strict=True)
                for number in range(start, start + count)
            )
        return tuple(value) if inner is None else tuple([inner(item) for item in value])

    return read


def _row_reader(make: Callable[..., Any], kinds: list[Any]) -> _Read:
    """Return a reader of fixed fields; only the fields that JSON has not right are touched."""
    readers = [_reader(kind) for kind in kinds]
    touched = [(number, read) for number, read in enumerate(readers) if read is not None]

    def read_row(value: Any) -> Any:
        if len(value) != len(kinds):
            raise UnknownFormat("fields")
        parts = list(value)
        for number, read in touched:
            parts[number] = read(parts[number])
        return make(*parts)

    return read_row


def _hints(kind: Any) -> dict[str, Any] | None:
    """Return the fields of a dataclass or named row with their types, in order; None otherwise."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {f.name: hints[f.name] for f in fields(kind)}
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        hints = get_type_hints(kind)
        return {name: hints[name] for name in kind._fields}
    return None
