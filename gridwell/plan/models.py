"""The stored plan of a day; always recomputable, never edited."""

from django.db import models

from gridwell.core import ids
from gridwell.places.models import Area


class DayPlan(models.Model):
    """One community's plan of one day (当日推演), with the number of the last fact it saw.

    `last_fact` is the sequence of the community's audit chain at computing time. `body` is the
    compact JSON of `rules.plan.Plan` (duties grouped by basis, work, place states, late things).
    Personal data: ids of residents and duties; deleted 60 days after the day.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    day = models.DateField()
    ref = models.UUIDField(default=ids.new_ref)  # another one each time the row is computed
    last_fact = models.BigIntegerField()
    computed_at = models.DateTimeField()
    is_stale = models.BooleanField(default=False)
    body = models.JSONField()
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "day"], name="day_plan_once")]

    def __str__(self) -> str:
        return f"{self.community_id} {self.day}"
