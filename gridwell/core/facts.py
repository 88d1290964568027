"""Dated facts: when they hold, when they were recorded, when a correction replaced them.

A fact holds in [starts_at, ends_at) and is known in [recorded_at, superseded_at). A correction, or
the end of an open fact, is a new row that supersedes the old one, so that any day can be replayed
as it was known then.
"""

from datetime import datetime

from django.db import models
from django.db.models import Q


def known_at(instant: datetime | None, prefix: str = "") -> Q:
    """Return the condition "was known at `instant`"; None means known now."""
    if instant is None:
        return Q(**{f"{prefix}superseded_at": None})
    return Q(**{f"{prefix}recorded_at__lte": instant}) & (
        Q(**{f"{prefix}superseded_at": None}) | Q(**{f"{prefix}superseded_at__gt": instant})
    )


def holds_in(start: datetime, end: datetime, prefix: str = "") -> Q:
    """Return the condition "overlaps the half-open window [start, end)"."""
    return Q(**{f"{prefix}starts_at__lt": end}) & (
        Q(**{f"{prefix}ends_at": None}) | Q(**{f"{prefix}ends_at__gt": start})
    )


def holds_at(instant: datetime, prefix: str = "") -> Q:
    """Return the condition "holds at this instant"; the end instant is outside."""
    return Q(**{f"{prefix}starts_at__lte": instant}) & (
        Q(**{f"{prefix}ends_at": None}) | Q(**{f"{prefix}ends_at__gt": instant})
    )


class DatedFact(models.Model):
    """Base of every dated fact. `recorded_by` is a user id; None means the system."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.BigIntegerField(null=True, blank=True)
    source = models.CharField(
        max_length=60, default="", blank=True
    )  # "import:12", "desk", "notice:178"

    class Meta:
        abstract = True
