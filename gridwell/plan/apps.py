from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "gridwell.plan"
    label = "plan"
