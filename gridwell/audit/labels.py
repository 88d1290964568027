"""Words of the audit trail: what an act is called, and what a finding means."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gridwell.core.sources import SOURCES

_ACTS: dict[str, Any] = {
    "audit.backup_made": pgettext_lazy("audit act", "backup made"),
    "audit.keys_rotated": pgettext_lazy("audit act", "keys changed"),
}
_SUBJECTS: dict[str, Any] = {}
#: How the rows of a model are called in the trail: ids -> names without any personal value.
Namer = Callable[[Collection[int]], Mapping[int, str]]
_NAMERS: dict[str, Namer] = {}
_VALUES: dict[str, dict[str, Any]] = {
    "source": dict(SOURCES),
    "what": {
        "file": pgettext_lazy("seen", "the file"),
        "names": pgettext_lazy("seen", "names"),
        "numbers": pgettext_lazy("seen", "whole numbers"),
        "export": pgettext_lazy("seen", "a file taken out"),
        "print": pgettext_lazy("seen", "a print"),
        "emergency": pgettext_lazy("seen", "a door in an emergency"),
    },
}

#: What stands in the facts of many acts. A key without words is shown as it is; a test finds it.
_FACTS: dict[str, Any] = {
    "count": _("number"),
    "what": pgettext_lazy("audit fact", "what was seen"),
    "before": pgettext_lazy("audit fact", "before"),
    "after": pgettext_lazy("audit fact", "after"),
    "source": pgettext_lazy("audit fact", "source"),
    "starts_at": pgettext_lazy("audit fact", "from"),
    "ends_at": pgettext_lazy("audit fact", "until"),
    "fields": pgettext_lazy("audit fact", "fields"),
    "added": pgettext_lazy("audit fact", "added"),
    "answer": pgettext_lazy("audit fact", "answer"),
    "began": pgettext_lazy("audit fact", "began"),
    "begun": pgettext_lazy("audit fact", "begun"),
    "by": pgettext_lazy("audit fact", "by"),
    "changed": pgettext_lazy("audit fact", "changed"),
    "changes": pgettext_lazy("audit fact", "changes"),
    "counts": pgettext_lazy("audit fact", "numbers"),
    "created": pgettext_lazy("audit fact", "made"),
    "day": pgettext_lazy("audit fact", "day"),
    "due_at": pgettext_lazy("audit fact", "due"),
    "ended": pgettext_lazy("audit fact", "ended"),
    "faults": pgettext_lazy("audit fact", "faults"),
    "from": pgettext_lazy("audit fact", "from whom"),
    "gone": pgettext_lazy("audit fact", "entry given up, no."),
    "how": pgettext_lazy("audit fact", "how"),
    "index": pgettext_lazy("audit fact", "place in the item"),
    "items": pgettext_lazy("audit fact", "items"),
    "kept": pgettext_lazy("audit fact", "kept"),
    "key": pgettext_lazy("audit fact", "key"),
    "late": pgettext_lazy("audit fact", "late"),
    "level": pgettext_lazy("audit fact", "level"),
    "lines": pgettext_lazy("audit fact", "lines"),
    "list": pgettext_lazy("audit fact", "list"),
    "masked": pgettext_lazy("audit fact", "masked"),
    "missing": pgettext_lazy("audit fact", "missing"),
    "new": pgettext_lazy("audit fact", "new"),
    "old": pgettext_lazy("audit fact", "old"),
    "on": pgettext_lazy("audit fact", "day"),
    "outcome": pgettext_lazy("audit fact", "outcome"),
    "post": pgettext_lazy("audit fact", "post"),
    "purpose": pgettext_lazy("audit fact", "purpose"),
    "removed": pgettext_lazy("audit fact", "taken out"),
    "replaced": pgettext_lazy("audit fact", "replaced"),
    "restored": pgettext_lazy("audit fact", "put back"),
    "result": pgettext_lazy("audit fact", "result"),
    "sequence": pgettext_lazy("audit fact", "item"),
    "sha256": pgettext_lazy("audit fact", "file"),
    "to": pgettext_lazy("audit fact", "to"),
    "unchanged": pgettext_lazy("audit fact", "unchanged"),
    "user": pgettext_lazy("audit fact", "person"),
    "users": pgettext_lazy("audit fact", "persons"),
    "values": pgettext_lazy("audit fact", "values"),
    "was": pgettext_lazy("audit fact", "was"),
}
#: Keys that prove something and say nothing to a reader.
HIDDEN = frozenset({"ids", "digest", "kind"})
_DIGEST = re.compile(r"[0-9a-f]{32}([0-9a-f]{32})?")

FINDINGS = {
    "changed": _("The entry is not what was written."),
    "missing": _("Entries are missing."),
    "cut_off": _("The end of the trail is cut off."),
    "rewritten": _("The trail was written anew: it does not fit the signed head."),
    "head_differs": _("The stored end of the trail is not its last entry."),
    "heads_broken": _("The file of signed heads was changed."),
    "subjects": _("The list of the people looked at is not what was written."),
}


def register_acts(words: Mapping[str, Any]) -> None:
    """Add a package's names of acts: "residents.moved_out" -> lazy text. Call it in `apps.ready`."""
    _ACTS.update(words)


def register_subjects(words: Mapping[str, Any]) -> None:
    """Add names of what acts are about: "residents.household" -> lazy text."""
    _SUBJECTS.update(words)


def register_names(kind: str, namer: Namer) -> None:
    """Add how the rows of a model are called, so that the trail shows no bare numbers of them.

    `namer` is called once a page with all ids; what it leaves out keeps its number. A name must say
    nothing about a person: the trail is read by levels that see no names.
    """
    _NAMERS[kind] = namer


class HasSubject(Protocol):
    """What naming needs of an entry."""

    @property
    def subject_kind(self) -> str: ...
    @property
    def subject(self) -> int | None: ...


def subject_names(entries: Iterable[HasSubject]) -> dict[tuple[str, int], str]:
    """Return what the rows that entries are about are called; one call a kind that has a namer."""
    ids: dict[str, set[int]] = {}
    for entry in entries:
        if entry.subject is not None and entry.subject_kind in _NAMERS:
            ids.setdefault(entry.subject_kind, set()).add(entry.subject)
    return {
        (kind, pk): name
        for kind, wanted in ids.items()
        for pk, name in _NAMERS[kind](wanted).items()
    }


def register_facts(words: Mapping[str, Any]) -> None:
    """Add names of facts: "grids" -> lazy text. Values stay as they are."""
    _FACTS.update(words)


def register_values(fact: str, words: Mapping[str, Any]) -> None:
    """Add words for the codes that a fact may hold: ("role", {"grid_worker": lazy text})."""
    _VALUES.setdefault(fact, {}).update(words)


def value_words(fact: str, code: str) -> str:
    """Return what a code is called in this fact, or the code itself.

    "zone:12" is called what "zone" is, with a short number behind it; a digest says only that it
    is there: it proves which rows an act touched, to those who have the rows.
    """
    words = _VALUES.get(fact, {})
    if code in words:
        return str(words[code])
    if _DIGEST.fullmatch(code):
        return gettext("kept as a fingerprint")
    head, colon, rest = code.partition(":")
    if colon and head in words:
        return f"{words[head]} {rest}" if rest.isdecimal() and len(rest) < 9 else str(words[head])
    return code


def subject_words(kind: str) -> str:
    """Return what a subject is called, or the bare name of its model."""
    return str(_SUBJECTS.get(kind) or kind.partition(".")[2])


def fact_words(key: str) -> str:
    """Return what a fact is called, or its bare key."""
    return str(_FACTS.get(key, key))


def act_words(act: str) -> str:
    """Return what an act is called, or its bare code when nobody named it."""
    return str(_ACTS.get(act, act))


def known_facts() -> frozenset[str]:
    """Return every fact that has a name or is never shown; a test compares it with what is recorded."""
    return HIDDEN.union(_FACTS)


def known_acts() -> dict[str, Any]:
    """Return every act that has a name; a test compares it with the acts that are recorded."""
    return dict(_ACTS)
