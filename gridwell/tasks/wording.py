"""Sentences about tasks: why one exists, and what a line of its history says."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridwell.core.frame import Label
from gridwell.tasks.labels import CANNOT_REASONS, END_REASONS, LEVELS
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.rules.sync import order_of

#: Why a task exists, by the first word of its basis; facts of the task fill the gaps.
_WHY: dict[str, Label] = {
    "zone": gettext_lazy("%(name)s was made a risk zone by %(notice)s."),
    "zone_lifted": gettext_lazy("%(name)s was lifted by %(notice)s."),
    "isolation": gettext_lazy("Somebody here is in isolation or under monitoring (%(notice)s)."),
    "standstill": gettext_lazy("A standstill is in force here, by %(notice)s."),
    "round_order": gettext_lazy("A round of sampling was ordered here, by %(notice)s."),
    "measure": gettext_lazy("It was asked for in an emergency, by %(notice)s."),
    "template": gettext_lazy("It comes back by itself, from a template of the community."),
    "patrol": gettext_lazy("A patrol found it."),
    "person": gettext_lazy("Somebody created it by hand."),
}
_MOVES: dict[str, Label] = {
    "merged": gettext_lazy("the entry it was for was merged into this one"),
    "post_gone": gettext_lazy("its post was gone, or nobody had it"),
    "asked_again": gettext_lazy("asked for again"),
    "line": gettext_lazy("the holder changed"),
    "sampled": gettext_lazy("everybody here was sampled"),
}


def register_why(prefix: str, words: Label) -> None:
    """Say why tasks of a basis exist: ("patrol", lazy text with facts of the task). At start-up."""
    _WHY[prefix] = words


def register_step(reason: str, words: Label) -> None:
    """Say what a step's reason means in a task's history: ("sampled", lazy text). At start-up."""
    _MOVES[reason] = words


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return _("an order without a notice") if key == "notice" else "—"


def why_words(task: Task) -> str:
    """Return why a task exists, as one sentence."""
    prefix = order_of(task.basis).partition(":")[0]
    if prefix == "zone" and task.facts.get("act") == "lift":
        prefix = "zone_lifted"
    words = str(_WHY.get(prefix) or task.basis)
    facts: Mapping[str, object] = {k: v for k, v in task.facts.items() if v != ""}
    return words % _Facts(facts)


def event_words(event: TaskEvent) -> str:
    """Return what a step adds in words: the reason, the level it climbed to."""
    if event.act == "raise":
        return str(LEVELS.get(str(event.facts.get("level", "")), ""))
    for words in (CANNOT_REASONS, END_REASONS, _MOVES):
        if event.reason in words:
            return str(words[event.reason])
    return ""
