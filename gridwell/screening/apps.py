from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "gridwell.screening"
    label = "screening"

    def ready(self) -> None:
        from gridwell.audit import labels as trail
        from gridwell.core import wording
        from gridwell.screening import labels

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
