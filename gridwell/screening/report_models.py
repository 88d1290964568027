"""Forms of a round's report that an office keeps (报告版式)."""

from django.db import models

from gridwell.places.models import Area


class ReportLayout(models.Model):
    """A form of a round's report that an office keeps (报告版式), offered to all areas below it.

    `columns` = [{"header", "field", "text"}]; `version` grows with each change, so that two who
    change it at once are told. A removed one is put back as it was.
    Personal data: none.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="report_layouts")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=120, default="", blank=True)
    rows = models.CharField(max_length=10)  # rules.report_layouts.Rows
    has_total = models.BooleanField(default=False)
    columns = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "name"],
                condition=models.Q(removed_at=None),
                name="report_layout_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
