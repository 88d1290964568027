from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "gridwell.orders"
    label = "orders"
