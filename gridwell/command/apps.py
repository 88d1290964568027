from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


def _sees_names(actor: Any) -> bool:
    """Return whether any of the actor's posts may see names without a reason each time."""
    from gridwell.accounts.rules.actor import RIGHTS, Right

    return any(Right.SEE_NAMES in RIGHTS[post.role] for post in actor.posts)


class CommandConfig(AppConfig):
    name = "gridwell.command"
    label = "command"

    def ready(self) -> None:
        from gridwell.accounts import followers as accounts
        from gridwell.audit import labels as trail
        from gridwell.command import duty, messages
        from gridwell.command.actions import absences
        from gridwell.command.labels import REFUSALS, TRAIL_ACTS
        from gridwell.command.presenters import lines
        from gridwell.command.presenters.confirmed import hold_follows
        from gridwell.command.presenters.guests import exempt_states
        from gridwell.core import frame, wording
        from gridwell.notify import kinds
        from gridwell.plan import followers as plan

        for kind in messages.POSTS:
            kinds.register(kind)
        accounts.register(absences.tell_both_sides)
        accounts.register_home(absences.follow_home)
        plan.register(absences.follow_plan)
        frame.register_slot("hand_back_work", lines.hand_back_work, 10)
        frame.register_slot("user_panels", lines.user_panels, 10)
        frame.register_slot("today_panels", lines.today_alarms, 5)
        wording.register(REFUSALS)
        trail.register_acts(TRAIL_ACTS)
        frame.register_page("orders", _("Notice desk"), "notice_list", 10, covers=("notice_",))
        frame.register_page("orders", _("Risk zones"), "zone_list", 20, covers=("zone_",))
        frame.register_page(
            "orders",
            _("Standstill"),
            "standstill_list",
            30,
            covers=("standstill_",),
            only_lowest=True,
        )
        frame.register_page(
            "orders",
            _("Isolation and monitoring"),
            "stay_list",
            40,
            _sees_names,
            covers=("stay_", "case_", "result_", "exemption_"),
        )
        frame.register_page(
            "register", _("Visitors and staff"), "guest_list", 35, _sees_names, covers=("guest_",)
        )
        frame.register_slot("file_people", exempt_states, 20)
        frame.register_slot("side_people", exempt_states, 20)
        frame.register_slot("hold_follows", hold_follows, 10)
        frame.register_page("orders", _("Events"), "event_list", 60, covers=("event_",))
        duty.register()
