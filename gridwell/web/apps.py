from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def _has_desk(actor: Any) -> bool:
    """At a desk all five words stand, always at the same place; others see those they can use."""
    return bool(actor.posts)


class WebConfig(AppConfig):
    name = "gridwell.web"
    label = "web"

    def ready(self) -> None:
        from gridwell.core import frame
        from gridwell.web import scope, slots

        frame.register_word("register", pgettext_lazy("navigation", "Register"), 10, _has_desk)
        frame.register_word("orders", pgettext_lazy("navigation", "Orders"), 20, _has_desk)
        frame.register_word("today", pgettext_lazy("navigation", "Today"), 30, _has_desk)
        frame.register_word("work", pgettext_lazy("navigation", "Work"), 40, _has_desk)
        frame.register_word("score", pgettext_lazy("navigation", "Score"), 50, _has_desk)
        frame.register_page("today", _("Today"), "today", 10, covers=("today",))
        frame.register_scope(scope.scope_of)
        frame.register_badges(scope.mode_badges, 10)
        frame.register_slot("board_marks", slots.board_marks, 10)
        frame.register_slot("board_tally", slots.board_tally, 10)
        frame.register_slot("board_head", slots.board_head, 10)
        frame.register_slot("file_people", slots.people_states, 10)
        frame.register_slot("side_people", slots.people_states, 10)
        frame.register_slot("side_panels", slots.side_panels, 10)
        frame.register_slot("household_panels", slots.household_panels, 10)
        frame.register_slot("household_timeline", slots.household_timeline, 10)
        frame.register_slot("ledger_columns", slots.ledger_columns, 10)
