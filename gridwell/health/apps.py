from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "gridwell.health"
    label = "health"
