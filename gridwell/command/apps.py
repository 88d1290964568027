from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "gridwell.command"
    label = "command"
