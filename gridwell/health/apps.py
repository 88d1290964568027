from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "gridwell.health"
    label = "health"

    def ready(self) -> None:
        from gridwell.core import wording
        from gridwell.health.labels import REFUSALS

        wording.register(REFUSALS)
