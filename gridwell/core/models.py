"""Background work: rows that the worker claims (see `core/worker.py`)."""

from django.db import models

from gridwell.core import ids


class Job(models.Model):
    """A piece of background work (后台任务), claimed by conditional update, resumable or undone.

    `subject` names what it works on, so that the same thing is never queued twice while open.
    Personal data: none; payloads hold ids only. Kept 90 days.
    """

    ref = models.UUIDField(default=ids.new_ref, unique=True)
    kind = models.CharField(max_length=60)
    community = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=120, default="", blank=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="queued")  # queued running done failed stopped
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=400, default="", blank=True)
    result = models.JSONField(default=dict)
    stop_asked = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    run_after = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "run_after"], name="job_claim")]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "kind", "subject"],
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(subject=""),
                name="job_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
