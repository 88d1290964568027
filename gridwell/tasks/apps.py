from datetime import time

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "gridwell.tasks"
    label = "tasks"

    def ready(self) -> None:
        from django.core import checks as django_checks

        from gridwell.accounts import followers as line
        from gridwell.audit import labels as trail
        from gridwell.core import wording
        from gridwell.core.worker import register_job, register_often, register_periodic
        from gridwell.notify.kinds import register as register_message
        from gridwell.plan import followers
        from gridwell.tasks import actions, checks, jobs, labels
        from gridwell.tasks.actions.sync import follow_plan
        from gridwell.tasks.standard import register_standard

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        register_standard()
        followers.register(follow_plan)
        line.register(actions.follow_line)
        for message in labels.MESSAGES:
            register_message(message)
        register_job("tasks.escalate", jobs.escalate)
        register_often("tasks.escalate", minutes=5)
        register_job("tasks.run_templates", jobs.run_templates)
        register_periodic("tasks.run_templates", at=time(0, 10))
        django_checks.register(checks.every_work_has_a_kind)
