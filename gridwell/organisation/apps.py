from datetime import time
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
        from gridwell.core.worker import register_job, register_periodic
        from gridwell.organisation import jobs, labels, slots

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        trail.register_facts(labels.TRAIL_FACTS)
        trail.register_values("roles", labels.HELPERS)
        trail.register_values("counts", labels.IMPORT_KINDS)
        frame.register_page(
            "register",
            _("Organisation"),
            "organisation",
            70,
            _has_desk,
            covers=(
                "organisation",
                "group_",
                "groups_",
                "head_name",
                "charge_",
                "party_of_site",
            ),
        )
        frame.register_page(
            "work", _("Roster"), "roster", 60, _has_desk, covers=("roster", "shift_", "week_copy")
        )
        frame.register_link("person", _("My turns of duty"), "my_shifts", 15)
        _register_targets()
        register_job("organisation.purge", jobs.run_purge)
        register_periodic("organisation.purge", at=time(3, 25))
        frame.register_slot("household_panels", slots.household_panels, 30)
        frame.register_slot("side_panels", slots.side_panels, 30)
        frame.register_slot("import_panels", slots.import_panels, 10)
        frame.register_slot("import_list_panels", slots.import_list_panels, 10)


def _register_targets() -> None:
    """Let a ledger of residents bring the five of a household, and heads of buildings and units."""
    from gridwell.ledgers import targets
    from gridwell.organisation import labels
    from gridwell.organisation.actions import ledgers
    from gridwell.organisation.queries import checking
    from gridwell.organisation.rules.kinds import HelperRole

    targets.register(
        targets.Target(
            "five",
            _("Five-to-one"),
            tuple(
                pair
                for role in HelperRole
                for pair in (
                    (role.value, labels.FIVE_COLUMNS[role.value][0]),
                    (f"{role.value}_telephone", labels.FIVE_COLUMNS[role.value][1]),
                )
            ),
            ledgers.write_five,
            ledgers.undo_five,
            checking.five_flaws,
            labels.FIVE_FLAWS,
        )
    )
    targets.register(
        targets.Target(
            "head",
            _("Heads of buildings and units"),
            (("duty", _("Duty (head of a building or unit)")),),
            ledgers.write_heads,
            ledgers.undo_heads,
            checking.head_flaws,
            labels.HEAD_FLAWS,
        )
    )
