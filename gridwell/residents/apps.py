from datetime import time
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


def _has_post(actor: Any) -> bool:
    return bool(actor.posts)


def _draws_grids(actor: Any) -> bool:
    from gridwell.accounts.rules.actor import Right

    return bool(actor.may_anywhere(Right.DRAW_GRIDS))


class ResidentsConfig(AppConfig):
    name = "gridwell.residents"
    label = "residents"

    def ready(self) -> None:
        from gridwell.audit import labels as trail
        from gridwell.core import frame, wording
        from gridwell.core.worker import register_job, register_periodic
        from gridwell.places.actions import register_recode
        from gridwell.residents import jobs, labels
        from gridwell.residents.actions import recode_tails

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        trail.register_facts(labels.TRAIL_FACTS)
        trail.register_values("about", labels.OBJECTION_ABOUT)
        trail.register_values("outcome", labels.OUTCOMES)
        trail.register_values("fields", labels.CORRECTED)
        trail.register_values("tenure", labels.TENURE)
        trail.register_values("trait", labels.TRAITS)
        frame.register_page(
            "register",
            _("Buildings and grids"),
            "buildings",
            10,
            _has_post,
            covers=("building", "board", "grid_draw", "grid_gaps", "grid_new", "grid_e", "place_"),
        )
        frame.register_page(
            "register",
            _("Households and residents"),
            "household_list",
            20,
            _has_post,
            covers=("household_", "resident_", "trait_", "bulk_edit", "duplicates", "mark_new"),
        )
        frame.register_page(
            "register", _("Grid ledgers"), "grid_ledgers", 30, _has_post, covers=("grid_ledger",)
        )
        frame.register_page(
            "register", _("Labels"), "label_schemes", 40, _has_post, covers=("label_",)
        )
        frame.register_page(
            "register", _("Objections"), "objection_list", 50, _has_post, covers=("objection_",)
        )
        frame.register_page("register", _("Settings"), "community_settings", 90, _draws_grids)
        frame.register_search("search")
        register_recode(recode_tails)
        register_job("residents.refresh_marks", jobs.refresh_all_marks)
        register_periodic("residents.refresh_marks", at=time(0, 5))
