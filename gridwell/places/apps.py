from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "gridwell.places"
    label = "places"
