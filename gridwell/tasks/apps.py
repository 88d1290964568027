from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "gridwell.tasks"
    label = "tasks"

    def ready(self) -> None:
        from django.core import checks as django_checks

        from gridwell.audit import labels as trail
        from gridwell.core import wording
        from gridwell.plan import followers
        from gridwell.tasks import checks, labels
        from gridwell.tasks.actions.sync import follow_plan
        from gridwell.tasks.standard import register_standard

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        register_standard()
        followers.register(follow_plan)
        django_checks.register(checks.every_work_has_a_kind)
