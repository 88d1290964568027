from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "gridwell.places"
    label = "places"

    def ready(self) -> None:
        from gridwell.core import wording
        from gridwell.places import labels

        wording.register(labels.REFUSALS)
