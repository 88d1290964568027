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
    from gridwell.screening.queries.sites import AT_DESKS

    def may_sample(actor: Any) -> bool:
        """A head of a building or unit never sits at a desk; a member of a group may be sent to one."""
        is_sent = any(duty.role in AT_DESKS for duty in actor.duties)
        return is_sent or bool(actor.may_anywhere(Right.RECORD_HEALTH))

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
