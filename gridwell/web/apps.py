from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gridwell.web"
    label = "web"
