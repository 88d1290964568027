"""Wording of codes on the pages of orders."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gridwell.orders import labels
from gridwell.orders.rules.lifecycle import Lack, Lifting
from gridwell.protocols import labels as protocol_labels
from gridwell.protocols.rules.excess import Finding
from gridwell.protocols.rules.model import Protocol
from gridwell.protocols.templatetags.protocol_tags import said

_TONE = {"flag": "bad", "ask": "warn", "remark": "info"}


def say(words: Mapping[str, Any], code: str, facts: Mapping[str, Any] | None = None) -> str:
    """Return the wording of a code with its facts; the code itself when it has none."""
    text = words.get(str(code))
    if text is None:
        return str(code)
    return str(text) % dict(facts) if facts else str(text)


def finding_words(finding: Finding, protocol: Protocol | None) -> dict[str, str]:
    """Return a finding as a page shows it: words, tone, clause with its text, the overlay."""
    facts = dict(finding.facts)
    for name in ("unit", "default"):
        if name in facts:
            facts[name] = say(protocol_labels.UNITS, str(facts[name]))
    clause = protocol.clause(finding.clause) if protocol is not None else None
    return {
        "words": say(protocol_labels.FINDINGS, finding.code, facts),
        "tone": _TONE[finding.weight],
        "clause": finding.clause,
        "clause_text": said(clause) if clause is not None else "",
        "overlay": f"{finding.overlay} {finding.overlay_clause}".strip(),
    }


def lack_words(lack: Lack) -> str:
    """Return what a zone still waits for, in words."""
    return say(labels.LACKS, lack.code, dict(lack.facts))


def lifting_words(lifting: Lifting | None) -> list[str]:
    """Return what is still missing for lifting, one line each; empty when nothing is."""
    if lifting is None:
        return []
    return [lack_words(lack) for lack in lifting.lacks if lack.blocks]


def question_words(code: str, facts: Mapping[str, Any]) -> str:
    """Return a reader's question in words."""
    known = {"district": _("the notice"), "declared": "—", "found": "—", **facts}
    return say(labels.QUESTIONS, code, {k: v if v is not None else "—" for k, v in known.items()})
