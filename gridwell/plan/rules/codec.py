"""A plan as compact JSON and back (推演存档): type-driven, so that a new field needs no second place.

Long columns of ids become runs [start, count, …]; instants and days are ISO 8601; named rows are
lists of their fields. `from_json(to_json(plan)) == plan`.
"""

from collections.abc import Mapping
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
    plan: Plan = _decode(Plan, stored["plan"])
    return plan


def _encode(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return str(value) if isinstance(value, StrEnum) else value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if is_dataclass(value):
        return [_encode(getattr(value, f.name)) for f in fields(value)]
    if isinstance(value, tuple):
        if len(value) > 8 and all(type(item) is int for item in value):
            return {_RUNS: _runs(value)}
        return [_encode(item) for item in value]
    raise TypeError(f"a plan holds no {type(value).__name__}")


def _runs(values: tuple[int, ...]) -> list[int]:
    """Return [start, count, start, count …] of consecutive numbers, in the given order."""
    found: list[int] = []
    for value in values:
        if found and value == found[-2] + found[-1]:
            found[-1] += 1
        else:
            found += (value, 1)
    return found


def _decode(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _decode_union(get_args(kind), value)
    if origin is tuple:
        return _decode_tuple(get_args(kind), value)
    if origin is not None:  # Mapping[str, X]
        return {key: _decode(get_args(kind)[1], item) for key, item in value.items()}
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if hints := _hints(kind):
        parts = zip(hints.values(), value, strict=True)
        return kind(*(_decode(hint, item) for hint, item in parts))
    return value


def _decode_union(kinds: tuple[Any, ...], value: Any) -> Any:
    if value is None:
        return None
    real = [k for k in kinds if k is not NoneType]
    return _decode(real[0], value) if len(real) == 1 else value


def _decode_tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if isinstance(value, dict):
        runs = value[_RUNS]
        return tuple(
            number
            for start, count in zip(runs[::2], runs[1::2], strict=True)
            for number in range(start, start + count)
        )
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_decode(kinds[0], item) for item in value)
    return tuple(_decode(k, item) for k, item in zip(kinds, value, strict=True))


@cache
def _hints(kind: Any) -> dict[str, Any] | None:
    """Return the fields of a dataclass or named row with their types, in order; None otherwise."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {f.name: hints[f.name] for f in fields(kind)}
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        hints = get_type_hints(kind)
        return {name: hints[name] for name in kind._fields}
    return None
