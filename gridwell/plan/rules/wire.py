"""A plan as compact JSON and back (推演结果的存储形式). `from_wire(to_wire(plan)) == plan`.

Records become arrays in the order of their fields, so a stored day is small; `FORMAT` is raised
when a field is added or moved, and a body of another format is simply computed again.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from gridwell.plan.rules.plan import Plan

FORMAT = 1
Decoder = Callable[[Any], Any]


class OtherFormat(ValueError):
    """The body was written by another version; compute the day anew."""


def to_wire(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON values."""
    return {"format": FORMAT, "plan": _encode(plan)}


def from_wire(body: Mapping[str, Any]) -> Plan:
    """Return the plan of a body, or raise OtherFormat."""
    if body.get("format") != FORMAT:
        raise OtherFormat(str(body.get("format")))
    plan = _decoder(Plan)(body["plan"])
    assert isinstance(plan, Plan)  # noqa: S101 - for the type checker
    return plan


def _encode(value: Any) -> Any:
    if value is None or isinstance(value, int | str):
        return str(value) if isinstance(value, StrEnum) else value
    if isinstance(value, date):  # datetimes too
        return value.isoformat()
    if is_dataclass(value):
        return [_encode(getattr(value, f.name)) for f in fields(value)]
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if value and all(type(item) is int for item in value):
        return list(value)  # ids by the thousand
    return [_encode(item) for item in value]


def _same(value: Any) -> Any:
    return value


@cache
def _decoder(hint: Any) -> Decoder:
    """Return the function that makes a value of a type from its JSON form."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional(hint)
    if origin is tuple:
        return _tuple(get_args(hint))
    if origin is not None and issubclass(origin, Mapping):
        inner = _decoder(get_args(hint)[1])
        return lambda value: {key: inner(item) for key, item in value.items()}
    if hint is datetime:
        return datetime.fromisoformat
    if hint is date:
        return date.fromisoformat
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if is_dataclass(hint):
        return _record(hint, [f.name for f in fields(hint)])
    if isinstance(hint, type) and issubclass(hint, tuple):
        return _record(hint, list(getattr(hint, "_fields", ())))
    return _same


def _optional(hint: Any) -> Decoder:
    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    if len(kinds) != 1:
        return _same  # int | str: JSON keeps them apart
    inner = _decoder(kinds[0])
    return lambda value: None if value is None else inner(value)


def _tuple(kinds: tuple[Any, ...]) -> Decoder:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        inner = _decoder(kinds[0])
        return tuple if inner is _same else (lambda value: tuple(map(inner, value)))
    parts = [_decoder(kind) for kind in kinds]
    return lambda value: tuple(part(item) for part, item in zip(parts, value, strict=True))


def _record(kind: Any, names: list[str]) -> Decoder:
    hints = get_type_hints(kind)
    parts = [_decoder(hints[name]) for name in names]
    return lambda value: kind(*(part(item) for part, item in zip(parts, value, strict=True)))
