"""Words of the audit trail: what an act is called, and what a finding means."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_ACTS: dict[str, Any] = {}

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


def act_words(act: str) -> str:
    """Return what an act is called, or its bare code when nobody named it."""
    return str(_ACTS.get(act, act))


def known_acts() -> dict[str, Any]:
    """Return every act that has a name; a test compares it with the acts that are recorded."""
    return dict(_ACTS)
