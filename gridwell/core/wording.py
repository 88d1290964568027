"""Words for refusals: packages register theirs by code, pages and commands say them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.templatetags.core_tags import near_day

_WORDS: dict[str, Any] = {}


def register(words: Mapping[str, Any]) -> None:
    """Add a package's wordings: code -> lazy text with named placeholders."""
    _WORDS.update(words)


def say(error: RuleBroken) -> str:
    """Return the refusal in the language of the moment; the bare code when nobody worded it."""
    words = _WORDS.get(error.code)
    if words is None:
        return error.code
    return str(words) % {name: _said(value) for name, value in error.facts.items()}


def _said(value: object) -> object:
    """Return a fact as a sentence says it: instants in local time."""
    if isinstance(value, datetime):
        local = value.astimezone(clock.zone())
        return f"{near_day(local.date(), clock.today())} {local:%H:%M}"
    return value


def worded() -> frozenset[str]:
    """Return every code that has words; a test compares it with the codes that are raised."""
    return frozenset(_WORDS)
