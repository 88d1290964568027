from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "gridwell.orders"
    label = "orders"

    def ready(self) -> None:
        from gridwell.core import wording
        from gridwell.orders.labels import REFUSALS

        wording.register(REFUSALS)
