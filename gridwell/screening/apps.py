from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "gridwell.screening"
    label = "screening"

    def ready(self) -> None:
        from gridwell.audit import labels as trail
        from gridwell.core import wording
        from gridwell.screening import call_setup, desk_setup, labels, result_setup, slot_setup
        from gridwell.screening.labels.desk import CHOICE_WORDS
        from gridwell.screening.labels.trail import ENDS, LISTS, TRAIL_FACTS

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        trail.register_facts(TRAIL_FACTS)
        trail.register_values("end", ENDS)
        trail.register_values("list", LISTS)
        trail.register_values("choice", CHOICE_WORDS)
        _show_rounds()
        _follow_grids()
        result_setup.register()
        desk_setup.register()
        call_setup.register()
        slot_setup.register()


def _follow_grids() -> None:
    """Let the people of open rounds follow their doors into another grid."""
    from gridwell.places import followers
    from gridwell.screening.actions.rounds import follow_grids

    followers.register(follow_grids)


def _show_rounds() -> None:
    """Put rounds and the census into the frame."""
    from typing import Any

    from django.utils.translation import gettext_lazy as _

    from gridwell.accounts.rules.actor import Right
    from gridwell.audit import labels as trail
    from gridwell.core import frame
    from gridwell.screening.labels import report_layouts, rounds

    trail.register_values("list", rounds.LISTS)
    trail.register_values("list", report_layouts.LISTS)
    trail.register_facts(report_layouts.TRAIL_FACTS)
    trail.register_values("outcome", rounds.TRAIL_OUTCOMES)

    def has_desk(actor: Any) -> bool:
        return bool(actor.posts)

    def counts_doors(actor: Any) -> bool:
        return bool(actor.may_anywhere(Right.EDIT_REGISTER))

    frame.register_page("work", _("Rounds"), "round_list", 15, has_desk, covers=("round_", "slot_"))
    frame.register_page(
        "register", _("Door-to-door census"), "census", 95, counts_doors, covers=("census",)
    )
