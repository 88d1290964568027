"""Words of the audit trail: what an act is called, and what a finding means."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_ACTS: dict[str, Any] = {
    "audit.backup_made": pgettext_lazy("audit act", "backup made"),
    "audit.keys_rotated": pgettext_lazy("audit act", "keys changed"),
}
_SUBJECTS: dict[str, Any] = {}
_VALUES: dict[str, dict[str, Any]] = {}

#: What stands in the facts of many acts. A key without words is shown as it is.
_FACTS: dict[str, Any] = {
    "count": _("number"),
    "what": pgettext_lazy("audit fact", "what was seen"),
    "before": pgettext_lazy("audit fact", "before"),
    "after": pgettext_lazy("audit fact", "after"),
    "source": pgettext_lazy("audit fact", "source"),
    "starts_at": pgettext_lazy("audit fact", "from"),
    "ends_at": pgettext_lazy("audit fact", "until"),
    "fields": pgettext_lazy("audit fact", "fields"),
}
#: Keys that prove something and say nothing to a reader.
HIDDEN = frozenset({"ids", "digest", "kind"})

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


def register_facts(words: Mapping[str, Any]) -> None:
    """Add names of facts: "grids" -> lazy text. Values stay as they are."""
    _FACTS.update(words)


def register_values(fact: str, words: Mapping[str, Any]) -> None:
    """Add words for the codes that a fact may hold: ("role", {"grid_worker": lazy text})."""
    _VALUES.setdefault(fact, {}).update(words)


def value_words(fact: str, code: str) -> str:
    """Return what a code is called in this fact, or the code itself."""
    return str(_VALUES.get(fact, {}).get(code, code))


def subject_words(kind: str) -> str:
    """Return what a subject is called, or the bare name of its model."""
    return str(_SUBJECTS.get(kind) or kind.partition(".")[2])


def fact_words(key: str) -> str:
    """Return what a fact is called, or its bare key."""
    return str(_FACTS.get(key, key))


def act_words(act: str) -> str:
    """Return what an act is called, or its bare code when nobody named it."""
    return str(_ACTS.get(act, act))


def known_acts() -> dict[str, Any]:
    """Return every act that has a name; a test compares it with the acts that are recorded."""
    return dict(_ACTS)
