"""Messages, where they are sent, and how far each delivery is."""

from django.db import models

from gridwell.accounts.models import User
from gridwell.core.fields import CommunityForeignKey, EncryptedTextField
from gridwell.places.models import Area


class Channel(models.Model):
    """Where one person wants to be told besides the desk (通知渠道): a robot of a group, a mail box.

    Only that person sees it. The address is a secret: whoever has it can write to the group.
    Personal data: the address, encrypted; deleted with the channel or the account.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=12)
    address = EncryptedTextField()
    secret = EncryptedTextField(default="", blank=True)  # signs what robots of some services take
    label = models.CharField(max_length=40, default="", blank=True)
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"


class QuietTime(models.Model):
    """The hours in which one person is told of urgent things only (免打扰时段).

    Without a row the hours of the area hold (its mode). `starts` equal to `ends` means never quiet.
    Personal data: none of its own; deleted with the account.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="quiet_time")
    starts = models.TimeField()
    ends = models.TimeField()

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}-{self.ends:%H:%M}"


class Message(models.Model):
    """One thing one person is told (消息), in the words of its kind. Telling twice is once.

    `facts` fill the words; they are counts, places, times, titles of posts. `link` is a path of
    this site. Seen is when the person opened it here.
    Personal data: that the user was told, and when; no value of a resident. Kept 90 days.
    """

    community = models.ForeignKey(Area, models.PROTECT, related_name="+")  # of any level
    user = models.ForeignKey(User, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    link = models.CharField(max_length=300, default="", blank=True)
    is_urgent = models.BooleanField(default=False)
    key = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "user", "key"], name="message_once")
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="message_of_user"),
            models.Index(
                fields=["user"], name="message_unseen", condition=models.Q(seen_at__isnull=True)
            ),
            models.Index(fields=["community", "key"], name="message_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"


class Delivery(models.Model):
    """A message on its way through one channel (送达情况): waiting, sending, sent, failed, seen, dropped.

    `seen`: the person opened it here before it was sent. `dropped`: the channel was turned off.
    A delivery that was begun and not ended is begun again: better twice than never.
    Personal data: none of its own; kept as long as its message.
    """

    community = models.ForeignKey(Area, models.PROTECT, related_name="+")
    message = CommunityForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, models.SET_NULL, null=True, related_name="deliveries")
    kind = models.CharField(max_length=12)  # of the channel, which may be gone
    state = models.CharField(max_length=10, default="waiting")
    due_at = models.DateTimeField()
    claim = models.UUIDField(null=True)  # of the run that is sending it
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=20, default="", blank=True)
    fault_detail = models.CharField(max_length=120, default="", blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "message", "channel"], name="delivery_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="delivery_open",
                condition=models.Q(state__in=["waiting", "sending"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
