from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "gridwell.ledgers"
    label = "ledgers"

    def ready(self) -> None:
        from gridwell.audit.labels import register_acts
        from gridwell.core import wording
        from gridwell.ledgers import labels

        wording.register(labels.REFUSALS)
        register_acts(labels.ACTS)
