from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gridwell.core"
    label = "core"
