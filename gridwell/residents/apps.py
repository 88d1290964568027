from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "gridwell.residents"
    label = "residents"
