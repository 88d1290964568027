from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


def _has_desk(actor: Any) -> bool:
    return bool(actor.posts)


class OrganisationConfig(AppConfig):
    name = "gridwell.organisation"
    label = "organisation"

    def ready(self) -> None:
        from gridwell.audit import labels as trail
        from gridwell.core import frame, wording
        from gridwell.organisation import labels, slots

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        frame.register_page(
            "register",
            _("Organisation"),
            "organisation",
            70,
            _has_desk,
            covers=("organisation", "group_", "groups_", "head_name", "charge_"),
        )
        frame.register_page(
            "work", _("Roster"), "roster", 60, _has_desk, covers=("roster", "shift_", "week_copy")
        )
        frame.register_link("person", _("My turns of duty"), "my_shifts", 15)
        frame.register_slot("household_panels", slots.household_panels, 30)
        frame.register_slot("side_panels", slots.side_panels, 30)
