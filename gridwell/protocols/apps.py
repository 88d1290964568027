from django.apps import AppConfig


class ProtocolsConfig(AppConfig):
    name = "gridwell.protocols"
    label = "protocols"

    def ready(self) -> None:
        from gridwell.core import wording
        from gridwell.protocols.labels import REFUSALS

        wording.register(REFUSALS)
