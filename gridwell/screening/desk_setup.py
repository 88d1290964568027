"""What the desk, boxes and kits register at start-up."""

from datetime import time
from typing import Any


def register() -> None:
    """Put the pages of the desk into the frame, and the night's kit among the jobs."""
    from django.utils.translation import gettext_lazy as _

    from gridwell.accounts.rules.actor import Right
    from gridwell.core import frame
    from gridwell.core.worker import register_job, register_periodic
    from gridwell.screening import desk_jobs
    from gridwell.screening.queries.seats import has_desk

    def may_sample(actor: Any) -> bool:
        """A member of a group is of the sampling group or sent to a desk, else has nothing there."""
        return bool(actor.may_anywhere(Right.RECORD_HEALTH)) or has_desk(actor)

    def may_export(actor: Any) -> bool:
        return any(
            post.grids is None and actor.may(Right.EXPORT_LEDGERS, post.low) for post in actor.posts
        )

    frame.register_page(
        "work", _("Sampling desk"), "desk_list", 16, may_sample, covers=("desk_", "box_")
    )
    frame.register_page("work", _("Nightly kit"), "kit_page", 60, may_export, covers=("kit_",))
    register_job("screening.nightly_kits", desk_jobs.nightly_kits)
    register_periodic("screening.nightly_kits", at=time(2, 30))
