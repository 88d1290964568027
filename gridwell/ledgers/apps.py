from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "gridwell.ledgers"
    label = "ledgers"
