"""System checks of tasks: every piece of work that the plan may name has a kind."""

from typing import Any

from django.core.checks import CheckMessage, Error

from gridwell.plan.rules.plan import WORK_CODES
from gridwell.tasks.kinds import kinds


def every_work_has_a_kind(**_: Any) -> list[CheckMessage]:
    """Return an error for each code of the plan that no package registered."""
    return [
        Error(
            f"No kind of task is registered for the plan's work {code!r}.",
            hint="Register one with gridwell.tasks.kinds.register in AppConfig.ready.",
            id="tasks.E001",
        )
        for code in sorted(WORK_CODES - set(kinds()))
    ]
