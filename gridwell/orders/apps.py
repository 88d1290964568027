from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "gridwell.orders"
    label = "orders"

    def ready(self) -> None:
        from gridwell.core import wording
        from gridwell.core.cli import noop as _
        from gridwell.core.recompute import register_recompute
        from gridwell.orders.jobs import recompute_zones
        from gridwell.orders.labels import REFUSALS

        wording.register(REFUSALS)
        register_recompute(
            "zones", _("when each risk zone ended, from its dated changes"), recompute_zones
        )
