from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "gridwell.demo"
    label = "demo"
