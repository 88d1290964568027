from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "gridwell.residents"
    label = "residents"

    def ready(self) -> None:
        from gridwell.core import wording
        from gridwell.residents import labels

        wording.register(labels.REFUSALS)
