from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "gridwell.organisation"
    label = "organisation"
