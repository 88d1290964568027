"""Events and the protocol versions in force."""

from django.db import models

from gridwell.core import ids
from gridwell.places.models import Area


class Event(models.Model):
    """An outbreak, a flood … (事件). Closing it ends every order and starts the retention clock.

    Personal data: none.
    """

    ref = models.UUIDField(default=ids.new_ref, unique=True)
    name = models.CharField(max_length=80)
    protocol = models.CharField(max_length=30)  # the protocol family: "covid19"
    area = models.ForeignKey(Area, models.PROTECT, related_name="events")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=400, default="", blank=True)

    def __str__(self) -> str:
        return self.name


class ProtocolVersion(models.Model):
    """One version of a protocol file (方案版本), stored as it was read and never changed.

    `area` null: national; otherwise a local overlay in force below that area.
    Personal data: none.
    """

    family = models.CharField(max_length=30)
    code = models.CharField(max_length=30)  # "P20", "TY-2022-11-20"
    title = models.CharField(max_length=200)
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    in_force_from = models.DateField()
    in_force_until = models.DateField(null=True)  # first day on which it no longer holds
    loaded_at = models.DateTimeField()
    loaded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family", "code", "sha256"], name="protocol_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.family} {self.code}"
