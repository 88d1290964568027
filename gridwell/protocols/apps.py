from django.apps import AppConfig


class ProtocolsConfig(AppConfig):
    name = "gridwell.protocols"
    label = "protocols"
