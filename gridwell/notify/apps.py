from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "gridwell.notify"
    label = "notify"
