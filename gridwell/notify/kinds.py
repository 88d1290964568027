"""Kinds of messages: upper packages register theirs at start-up, with the words in both languages."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gridwell.core import clock
from gridwell.core.joining import joined
from gridwell.core.templatetags.core_tags import plain_day
from gridwell.notify.rules.addresses import without_numbers

_KINDS: dict[str, "MessageKind"] = {}
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")


@dataclass(frozen=True)
class MessageKind:
    """A kind of message: its title and text are lazy wordings with named placeholders.

    `outside` is said instead of `text` where a message leaves the house, if the text says more than
    strangers who look at a telephone may read. `values` gives words to facts that are codes:
    {"mode": {"alert": _("Alert")}}. Long numbers in facts are hidden where a message leaves the
    house, for people type them; `numbers` names the facts that hold an office's own telephone.
    """

    code: str
    title: Any
    text: Any
    outside: Any = ""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()

    def worded(self, facts: Mapping[str, Any], *, is_outside: bool = False) -> dict[str, Any]:
        """Return the facts as a sentence says them, in the language of the moment."""
        said = {
            name: str(self.values.get(name, {}).get(str(value), _said(value)))
            for name, value in facts.items()
        }
        if not is_outside:
            return said
        return {
            name: words if name in self.numbers else without_numbers(words)
            for name, words in said.items()
        }

    def say(self, facts: Mapping[str, Any], *, is_outside: bool = False) -> tuple[str, str]:
        """Return title and text in the language of the moment. Raises KeyError for a missing fact."""
        worded = self.worded(facts, is_outside=is_outside)
        text = self.outside if is_outside and self.outside else self.text
        return str(self.title) % worded, str(text) % worded


def _said(value: object) -> object:
    """Return an instant as `tell` keeps it (2022-11-23 22:00) as people say it, a list as a text.

    Not 今天: a message is read days later as well.
    """
    if isinstance(value, list):
        return joined(value)
    if not isinstance(value, str) or not _STAMP.fullmatch(value):
        return value
    return f"{plain_day(date.fromisoformat(value[:10]), clock.today())} {value[11:]}"


def register(kind: MessageKind) -> None:
    """Add a kind, from `AppConfig.ready`; its code is "package.what"."""
    _KINDS[kind.code] = kind


def kind_of(code: str) -> MessageKind | None:
    """Return a kind, None for one that no package of this version knows any more."""
    return _KINDS.get(code)


def known() -> Iterator[MessageKind]:
    """Yield all kinds; a test words each in both languages."""
    yield from _KINDS.values()
