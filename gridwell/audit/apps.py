from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gridwell.audit"
    label = "audit"
