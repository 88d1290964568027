"""Where a fact comes from (来源), in words: "desk", "import:12", or what somebody wrote."""

from typing import Any

from django.utils.translation import pgettext_lazy

#: By the part in front of the colon; what stands behind it (an id) says nothing to a reader.
SOURCES: dict[str, Any] = {
    "desk": pgettext_lazy("source", "entered here"),
    "by hand": pgettext_lazy("source", "entered here"),
    "demo": pgettext_lazy("source", "demonstration"),
    "import": pgettext_lazy("source", "ledger"),
    "import undone": pgettext_lazy("source", "import taken back"),
    "table": pgettext_lazy("source", "table"),
    "notice": pgettext_lazy("source", "notice"),
    "rule": pgettext_lazy("source", "rule of the label"),
    "plan": pgettext_lazy("source", "plan of the day"),
    "task": pgettext_lazy("source", "task"),
    "round": pgettext_lazy("source", "screening round"),
    "split": pgettext_lazy("source", "household divided"),
    "merge": pgettext_lazy("source", "households merged"),
    "merge undone": pgettext_lazy("source", "merge taken back"),
}


def source_words(code: str) -> str:
    """Return what a source is called; words that somebody wrote stay as they are."""
    return str(SOURCES.get(code) or SOURCES.get(code.partition(":")[0]) or code)
