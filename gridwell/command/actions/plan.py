"""The one place from which acts have the plan computed again (重新推演)."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from gridwell.core.clock import day_of
from gridwell.plan import actions as plan

log = logging.getLogger(__name__)


def recompute_after(communities: Iterable[int], now: datetime) -> None:
    """Have today's plan of these communities computed again once the act is committed.

    At once for a few, by the worker for more. The act stands even if this fails: the stored plan is
    then older than the act, which every page that reads it notices.
    """
    touched = sorted(set(communities))

    def compute() -> None:
        try:
            plan.recompute_after(communities=touched, day=day_of(now), now=now)
        except Exception:
            log.exception("plan not recomputed for %s communities", len(touched))

    transaction.on_commit(compute)
