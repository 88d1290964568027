from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "gridwell.orders"
    label = "orders"

    def ready(self) -> None:
        from gridwell.audit import labels as trail
        from gridwell.core import wording
        from gridwell.core.cli import noop as _
        from gridwell.core.recompute import register_recompute
        from gridwell.notify import hours
        from gridwell.orders.jobs import recompute_zones
        from gridwell.orders.labels import REFUSALS, TRAIL_ACTS, TRAIL_SUBJECTS
        from gridwell.orders.queries.modes import quiet_hours_of

        wording.register(REFUSALS)
        trail.register_acts(TRAIL_ACTS)
        trail.register_subjects(TRAIL_SUBJECTS)
        hours.register(quiet_hours_of)
        register_recompute(
            "zones", _("when each risk zone ended, from its dated changes"), recompute_zones
        )
