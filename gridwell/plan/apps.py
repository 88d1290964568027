from datetime import time

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "gridwell.plan"
    label = "plan"

    def ready(self) -> None:
        from gridwell.core.recompute import register_recompute
        from gridwell.core.worker import register_job, register_periodic
        from gridwell.plan import actions, jobs

        register_job(actions.JOB, jobs.recompute_one)
        register_job("plan.turn_of_day", jobs.turn_of_day)
        register_periodic("plan.turn_of_day", at=time(0, 1))
        register_recompute("plan", "Today's plan of each community", jobs.recompute_all)
