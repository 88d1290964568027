from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "gridwell.screening"
    label = "screening"
