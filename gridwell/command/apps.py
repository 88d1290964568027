from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "gridwell.command"
    label = "command"

    def ready(self) -> None:
        from gridwell.command.labels import REFUSALS
        from gridwell.core import wording

        wording.register(REFUSALS)
