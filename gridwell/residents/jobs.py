"""Periodic work of residents: marks by rule follow birthdays and facts that ended."""

from typing import Any

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.residents.actions.marks import refresh_rule_marks
from gridwell.residents.models import LabelScheme


def refresh_all_marks(job: Any) -> None:
    """Refresh the marks of every community that has schemes, one transaction each."""
    communities = list(
        LabelScheme.objects.order_by("community").values_list("community", flat=True).distinct()
    )
    for number, community in enumerate(communities, start=1):
        refresh_rule_marks(actor=Actor.system(community), community=community, now=clock.now())
        job.report(number, len(communities))
