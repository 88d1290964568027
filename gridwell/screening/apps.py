from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "gridwell.screening"
    label = "screening"

    def ready(self) -> None:
        from gridwell.audit import labels as trail
        from gridwell.core import wording
        from gridwell.screening import labels
        from gridwell.screening.labels.trail import ENDS, TRAIL_FACTS

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        trail.register_facts(TRAIL_FACTS)
        trail.register_values("end", ENDS)
