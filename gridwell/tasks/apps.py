from datetime import time
from typing import Any

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
        from gridwell.tasks.queries.names import names_in_trail
        from gridwell.tasks.standard import register_standard

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.TRAIL_ACTS)
        trail.register_subjects(labels.TRAIL_SUBJECTS)
        trail.register_facts(labels.TRAIL_FACTS)
        trail.register_names("tasks.task", names_in_trail)
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
        _show()


def _show() -> None:
    """Put the pages of tasks into the frame, and open work onto the pages of the register."""
    from django.utils.translation import gettext_lazy as _

    from gridwell.audit import labels as trail
    from gridwell.core import clock, frame
    from gridwell.tasks import labels, slots
    from gridwell.tasks.queries.mine import open_count

    def has_desk(actor: Any) -> bool:
        return bool(actor.posts)

    def gives_work(actor: Any) -> bool:
        return any(post.grids is None for post in actor.posts)

    def pending(actor: Any, _scope: Any) -> int:
        return open_count(actor, clock.now())

    trail.register_values("what", {"photo": _("a photo of proof")})
    trail.register_values("finding", labels.FINDINGS)
    trail.register_values("kind_of_task", labels.KINDS)
    trail.register_values("level", labels.LEVELS)
    trail.register_values("spread", labels.SPREADS)
    trail.register_values("why", {**labels.END_REASONS, **labels.CANNOT_REASONS})
    frame.register_page("work", _("My work"), "my_tasks", 10, count=pending)
    frame.register_page("work", _("Tasks"), "task_list", 20, has_desk, covers=("task", "tasks_"))
    frame.register_page(
        "work",
        _("Patrol findings"),
        "finding_list",
        30,
        has_desk,
        covers=("finding_",),
        only_lowest=True,
    )
    frame.register_page(
        "work",
        _("Task templates"),
        "template_list",
        40,
        gives_work,
        covers=("template_",),
        only_lowest=True,
    )
    frame.register_slot("household_panels", slots.household_panels, 5)
    frame.register_slot("board_head", slots.board_head, 20)
