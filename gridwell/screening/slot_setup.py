"""What sites, desks and slots register at start-up."""

from typing import Any


def register() -> None:
    """Put words, pages and panels of sites, desks and slots into the house."""
    from django.utils.translation import gettext_lazy as _

    from gridwell.accounts.rules.actor import Right
    from gridwell.audit import labels as trail
    from gridwell.core import frame, wording
    from gridwell.screening import slot_panels
    from gridwell.screening.labels import slots

    wording.register(slots.REFUSALS)
    trail.register_acts(slots.TRAIL_ACTS)
    trail.register_subjects(slots.TRAIL_SUBJECTS)
    trail.register_facts(slots.TRAIL_FACTS)
    trail.register_values("list", slots.LISTS)

    def runs_rounds(actor: Any) -> bool:
        return bool(actor.may_anywhere(Right.RECORD_HEALTH)) or bool(
            actor.may_anywhere(Right.APPROVE_ORDERS)
        )

    frame.register_page(
        "work",
        _("Sampling sites"),
        "site_list",
        59,
        runs_rounds,
        covers=("site_",),
        only_lowest=True,
    )
    frame.register_slot("household_panels", slot_panels.household_panels, 8)
