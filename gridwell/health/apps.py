from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "gridwell.health"
    label = "health"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from gridwell.audit import labels as trail
        from gridwell.core import wording
        from gridwell.health.labels import OUTCOMES, REFUSALS, TRAIL_ACTS, TRAIL_SUBJECTS
        from gridwell.protocols.labels import CLASSES

        wording.register(REFUSALS)
        trail.register_acts(TRAIL_ACTS)
        trail.register_subjects(TRAIL_SUBJECTS)
        trail.register_facts({"person_class": _("Class")})
        trail.register_values("person_class", CLASSES)
        trail.register_values("outcome", OUTCOMES)
