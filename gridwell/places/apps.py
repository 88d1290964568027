from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "gridwell.places"
    label = "places"

    def ready(self) -> None:
        from gridwell.audit import labels as trail
        from gridwell.core import wording
        from gridwell.core.cli import noop as _
        from gridwell.core.recompute import register_recompute
        from gridwell.places import jobs, labels

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        trail.register_facts(labels.TRAIL_FACTS)
        trail.register_values("fields", labels.PROFILE_FIELDS)
        register_recompute("grids", _("the grid of every place"), jobs.recompute_all_grids)
