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
        from gridwell.orders import labels
        from gridwell.orders.jobs import recompute_zones
        from gridwell.orders.queries.modes import quiet_hours_of

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        trail.register_facts(labels.TRAIL_FACTS)
        trail.register_values("basis", labels.ORDERS_NAMED)
        trail.register_values("sheet", labels.SHEETS)
        trail.register_values("how", labels.DELIVERED)
        trail.register_values("answer", labels.ANSWERS)
        trail.register_values("code", labels.ASKED_ABOUT)
        trail.register_values("purpose", labels.PURPOSES)
        trail.register_values("was", labels.PART_STATES)
        hours.register(quiet_hours_of)
        register_recompute(
            "zones", _("when each risk zone ended, from its dated changes"), recompute_zones
        )
