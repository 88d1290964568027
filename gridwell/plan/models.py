"""The stored plan of a day; always recomputable, never edited."""

from django.db import models

from gridwell.core.fields import CommunityForeignKey
from gridwell.places.models import Area, Place
from gridwell.residents.models import Resident


class DayPlan(models.Model):
    """One community's plan of one day (当日推演), with the number of the last fact it saw.

    `last_fact` is the sequence of the community's audit chain at computing time. `body` is the
    compact JSON of `rules.plan.Plan` (duties grouped by basis, work, place states, late things).
    Personal data: ids of residents and duties; deleted 60 days after the day.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    day = models.DateField()
    last_fact = models.BigIntegerField()
    computed_at = models.DateTimeField()
    is_stale = models.BooleanField(default=False)
    body = models.JSONField()
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "day"], name="day_plan_once")]

    def __str__(self) -> str:
        return f"{self.community_id} {self.day}"


class PlannedDuty(models.Model):
    """One resident's duty on a day (个人义务), for joins with samples and for lists by building.

    Personal data: a restriction on a person; deleted 60 days after the day.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    day = models.DateField()
    dwelling = CommunityForeignKey(Place, models.CASCADE, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, related_name="+")
    code = models.CharField(max_length=30)
    basis = models.CharField(max_length=80)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "day", "resident", "code", "basis"], name="planned_duty_once"
            )
        ]
        indexes = [
            models.Index(fields=["community", "day", "code", "dwelling"], name="planned_duty_list")
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.code} on {self.day}"
