"""What is commanded: rehearsals, closing reports, take-overs, instructions, reports, emergency looks."""

from django.db import models

from gridwell.accounts.models import Post, User
from gridwell.core import ids
from gridwell.core.fields import CommunityForeignKey
from gridwell.orders.models import ModeChange
from gridwell.places.models import Area
from gridwell.residents.models import Household


class ModeRehearsal(models.Model):
    """A change of mode that was only played through (演练): its effects as they would have been.

    Personal data: none.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="mode_rehearsals")
    mode = models.CharField(max_length=10)
    reason = models.CharField(max_length=400)
    figures = models.JSONField(default=dict)
    rehearsed_at = models.DateTimeField()
    rehearsed_by = models.BigIntegerField(null=True)
    post = models.CharField(max_length=60, default="", blank=True)
    client_ref = models.UUIDField(default=ids.new_ref)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "client_ref"], name="mode_rehearsal_once")
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.mode}"


class ClosingReport(models.Model):
    """The report with which an area goes back to an easier mode (结束报告): figures of that time.

    Made from the data as they stood at the return; never computed again.
    Personal data: none; counts only.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="closing_reports")
    change = models.OneToOneField(ModeChange, models.PROTECT, related_name="closing_report")
    mode = models.CharField(max_length=10)  # the mode that ended
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    figures = models.JSONField(default=dict)
    remark = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return f"{self.area_id} {self.mode}"


class TakeOver(models.Model):
    """An upper level's command of a place (提级指挥): who decides there until it is given back.

    One standing row for a place and a level. While it stands only posts of `by_area` or above
    decide orders and modes there; everything else goes on.
    Personal data: none.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="takeovers")
    by_area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    telephone = models.CharField(
        max_length=40, default="", blank=True
    )  # of the command: whom to call
    starts_at = models.DateTimeField()
    started_by = models.BigIntegerField(null=True)
    started_post = models.CharField(max_length=60, default="", blank=True)
    ends_at = models.DateTimeField(null=True)  # null = until it is given back
    end_reason = models.CharField(max_length=400, default="", blank=True)
    ended_by = models.BigIntegerField(null=True)
    ended_post = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "by_area"],
                condition=models.Q(ends_at=None),
                name="takeover_one_standing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.area_id} by {self.by_area_id}"


class Instruction(models.Model):
    """An instruction sent down (工作指令): what, by when, to whom; each receiver acknowledges it.

    Never changed once sent; withdrawn with a reason.
    Personal data: none is meant to be in the text.
    """

    ref = models.UUIDField(default=ids.new_ref)
    area = models.ForeignKey(Area, models.PROTECT, related_name="instructions")
    title = models.CharField(max_length=80)
    text = models.TextField()
    is_urgent = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_by = models.BigIntegerField(null=True)
    post = models.CharField(max_length=60, default="", blank=True)
    reminded_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "ref"], name="instruction_once")]
        indexes = [models.Index(fields=["area", "sent_at"], name="instruction_when")]

    def __str__(self) -> str:
        return self.title


class InstructionReceipt(models.Model):
    """What one receiver has done with an instruction (签收): unread, read, accepted, done, refused.

    The receiver is the desk of an area, or one post.
    Personal data: none of its own.
    """

    instruction = models.ForeignKey(Instruction, models.CASCADE, related_name="receipts")
    area = models.ForeignKey(Area, models.PROTECT, related_name="instruction_receipts")
    receiver = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, default="unread")
    read_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # done or refused
    remark = models.CharField(max_length=400, default="", blank=True)
    answered_by = models.BigIntegerField(null=True)
    post = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instruction", "area"],
                condition=models.Q(receiver=None),
                name="receipt_area_once",
            ),
            models.UniqueConstraint(
                fields=["instruction", "receiver"],
                condition=models.Q(receiver__isnull=False),
                name="receipt_post_once",
            ),
        ]
        indexes = [models.Index(fields=["area", "state"], name="receipt_state")]

    def __str__(self) -> str:
        return f"{self.instruction_id} at {self.area_id}: {self.state}"


class Report(models.Model):
    """A report sent up (信息上报): the figures of an area as they were at that moment.

    `due_at` is the set time that it answers, null for one sent on its own; what was sent is never
    changed, a correction is another report.
    Personal data: none; counts only.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="reports")
    to_area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10)
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField()
    figures = models.JSONField()
    remark = models.CharField(max_length=400, default="", blank=True)
    sent_by = models.BigIntegerField(null=True)  # null = by itself at the set time
    post = models.CharField(max_length=60, default="", blank=True)
    client_ref = models.UUIDField(default=ids.new_ref)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "client_ref"], name="report_once"),
            models.UniqueConstraint(
                fields=["area", "due_at"],
                condition=models.Q(due_at__isnull=False),
                name="report_due_once",
            ),
        ]
        indexes = [models.Index(fields=["area", "sent_at"], name="report_when")]

    def __str__(self) -> str:
        return f"{self.area_id} at {self.sent_at:%Y-%m-%d %H:%M}"


class EmergencyAccess(models.Model):
    """A look at a household outside one's scope in an emergency (应急查阅): reason, end, told to whom.

    Opens one read-only page and nothing else. Never deleted: the officer in charge sees all of them.
    Personal data: which household was looked at by whom; kept as long as the audit trail.
    """

    ref = models.UUIDField(default=ids.new_ref)
    community = models.ForeignKey(Area, models.PROTECT)
    household = CommunityForeignKey(Household, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="emergency_accesses")
    post = models.CharField(max_length=60, default="", blank=True)
    reason = models.CharField(max_length=400)
    found_by = models.CharField(max_length=10)  # number door
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    looks = models.PositiveSmallIntegerField(default=0)
    told = models.PositiveSmallIntegerField(default=0)  # how many officers in charge were told

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="emergency_access_once")
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="emergency_access_user")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.household_id}"
