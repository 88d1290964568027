"""Results, cases, isolation and monitoring."""

from datetime import datetime, timedelta

from django.db import models

from gridwell.core import ids
from gridwell.core.facts import DatedFact
from gridwell.core.fields import CommunityForeignKey, EncryptedTextField
from gridwell.places.models import Area, Place
from gridwell.protocols.models import Event
from gridwell.residents.models import Resident


def _one_of_both(name: str) -> models.CheckConstraint:
    """Return the constraint that a row is of a resident or of a guest, never of both or of nobody."""
    return models.CheckConstraint(
        condition=models.Q(resident__isnull=False, guest__isnull=True)
        | models.Q(resident__isnull=True, guest__isnull=False),
        name=name,
    )


class Result(models.Model):
    """A screening result of one person (核酸结果). A negative never adds a restriction.

    Of somebody who is not registered `guest` holds the `ref` of the stay (`residents.Stay`), which
    lasts through its corrections, and `resident` is null.
    Personal data: health; kept 60 days, or 30 days after its event closes.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="results")
    guest = models.UUIDField(null=True)
    ref = models.UUIDField(default=ids.new_ref)
    sampled_at = models.DateTimeField()
    outcome = models.CharField(max_length=10)  # negative positive unclear pending
    resulted_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=60, default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="result_ref_once"),
            models.UniqueConstraint(
                fields=["community", "resident", "sampled_at"],
                condition=models.Q(superseded_at=None),
                name="result_once_a_sample",
            ),
            models.UniqueConstraint(
                fields=["community", "guest", "sampled_at"],
                condition=models.Q(superseded_at=None, guest__isnull=False),
                name="guest_result_once_a_sample",
            ),
            _one_of_both("result_of_one"),
        ]
        indexes = [
            models.Index(fields=["community", "sampled_at"], name="result_when"),
            # Guests are few: the day's plan finds theirs without reading everybody's.
            models.Index(
                fields=["community", "sampled_at"],
                condition=models.Q(guest__isnull=False),
                name="result_of_guests",
            ),
        ]

    def __str__(self) -> str:
        return f"result {self.pk}"


class Case(models.Model):
    """A confirmed infection (感染者), of a resident, of a guest by the stay's `ref`, or only of a place.

    Personal data: health; kept 60 days, or 30 days after its event closes.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="cases")
    guest = models.UUIDField(null=True)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="cases")
    ref = models.UUIDField(default=ids.new_ref)
    found_at = models.DateTimeField()
    kind = models.CharField(max_length=12, default="confirmed")  # confirmed asymptomatic
    was_isolated = models.BooleanField(default=False)  # found in isolation, not in the community
    left_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=120, default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "ref"], name="case_ref_once")]
        indexes = [models.Index(fields=["community", "found_at"], name="case_when")]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Isolation(DatedFact):
    """An isolation (隔离): may not leave; never the same thing as monitoring.

    `person_class` names the protocol's class (close_contact, zone_outflow, inbound …). `ends_at` is
    set from the protocol when it begins; `ended_at` only when a person has lifted it, with reason.
    Personal data: health; kept 60 days, or 30 days after its event closes.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, related_name="isolations")
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="isolations")
    ref = models.UUIDField(default=ids.new_ref)
    person_class = models.CharField(max_length=30)
    place_kind = models.CharField(max_length=10, default="home")  # home facility hospital
    place_name = models.CharField(max_length=120, default="", blank=True)
    protocol = models.CharField(max_length=30, default="", blank=True)
    clause = models.CharField(max_length=30, default="", blank=True)
    ordered_by = models.CharField(max_length=120, default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["community", "resident"], name="isolation_resident")]

    def __str__(self) -> str:
        return f"isolation {self.pk}"


class Monitoring(DatedFact):
    """Health monitoring at home (居家健康监测): does not go out without need.

    Personal data: health; kept 60 days, or 30 days after its event closes.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, related_name="monitorings")
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="monitorings")
    ref = models.UUIDField(default=ids.new_ref)
    person_class = models.CharField(max_length=30)
    protocol = models.CharField(max_length=30, default="", blank=True)
    clause = models.CharField(max_length=30, default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=400, default="", blank=True)
    remark = EncryptedTextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["community", "resident"], name="monitoring_resident")]

    def __str__(self) -> str:
        return f"monitoring {self.pk}"


class Exemption(DatedFact):
    """A reason for which someone is not due to be sampled (免检), with an end.

    Personal data: health; kept 60 days after its end.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, related_name="exemptions")
    reason = models.CharField(max_length=20)  # recovered cannot_be_sampled other
    remark = EncryptedTextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["community", "resident"], name="exemption_resident")]

    def __str__(self) -> str:
        return f"exemption {self.pk}"


class Tube(models.Model):
    """A sampling tube (采样管): one person or a pool. Its way is `screening.rules.tubes.TubeState`.

    `round` is the `ref` of the screening round. A tube is opened by a desk, which may have been
    without network: `ref` is made there, so that sending it again changes nothing.
    Personal data: none of its own; who is in it are its samples. Kept 60 days.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    code = models.CharField(max_length=40)  # as printed on the tube
    round = models.UUIDField()
    purpose = models.CharField(max_length=8, default="pool")  # pool, or single after a positive one
    pool = models.CharField(max_length=10)  # screening.rules.tubes.PoolSize
    state = models.CharField(max_length=10, default="open")
    desk = models.CharField(max_length=40, default="", blank=True)
    box = models.CharField(max_length=40, default="", blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    resulted_at = models.DateTimeField(null=True, blank=True)
    result_source = models.CharField(max_length=60, default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="tube_ref_once"),
            models.UniqueConstraint(fields=["community", "code"], name="tube_code_once"),
        ]
        indexes = [
            models.Index(fields=["code"], name="tube_code"),  # a laboratory knows no community
            models.Index(fields=["community", "round", "state"], name="tube_of_round"),
            # Of sixty days' tubes those of the day at most have no result yet.
            models.Index(
                fields=["community", "closed_at"],
                condition=models.Q(resulted_at=None),
                name="tube_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Sample(models.Model):
    """That a person gave a sample into a tube (采样). The most frequent write of a round.

    `ref` is made by the desk: the same sample sent five times is one. A person is in one tube of a
    round and purpose at a time; a wrong person is superseded with a reason, never deleted. For
    somebody who is not registered `guest` holds the `ref` of the stay and `resident` is null.
    Personal data: health (that somebody was sampled); kept 60 days.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    tube = CommunityForeignKey(Tube, models.PROTECT, related_name="samples")
    ref = models.UUIDField(default=ids.new_ref)
    round = models.UUIDField()
    purpose = models.CharField(max_length=8, default="pool")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="samples")
    guest = models.UUIDField(null=True)
    position = models.PositiveSmallIntegerField()  # order in the tube, from 1
    sampled_at = models.DateTimeField()  # by the server's clock
    device_at = models.DateTimeField(null=True, blank=True)  # as the device said, when it differed
    at_door = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="sample_ref_once"),
            models.UniqueConstraint(
                fields=["community", "round", "purpose", "resident"],
                condition=models.Q(superseded_at=None, resident__isnull=False),
                name="sample_resident_once",
            ),
            models.UniqueConstraint(
                fields=["community", "round", "purpose", "guest"],
                condition=models.Q(superseded_at=None, guest__isnull=False),
                name="sample_guest_once",
            ),
            _one_of_both("sample_of_one"),
        ]
        indexes = [models.Index(fields=["community", "round", "sampled_at"], name="sample_round")]

    def __str__(self) -> str:
        return f"sample {self.pk}"


class Hold(models.Model):
    """That a member of a positive pool stays where he or she is until a single sample decides (留置).

    Ends by itself after `hours` (`screening.rules.holds`); extended once at most, by a named officer
    with reason and clause. `end` says what became of it: while it is "confirmed" without `ended_at`
    it lasts on for its own hours; a single result that comes after the hours were over still decides
    it (`decided_at`), and a positive one then begins a hold of its own tube. One open row a member
    and tube: when a correction opens it again that is a new row, and the old one keeps what was known
    then.
    Personal data: health; kept 60 days.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    ref = models.UUIDField(default=ids.new_ref)
    tube = CommunityForeignKey(Tube, models.PROTECT, related_name="holds")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="holds")
    guest = models.UUIDField(null=True)
    starts_at = models.DateTimeField()
    hours = models.PositiveSmallIntegerField(default=24)
    clause = models.CharField(max_length=30, default="", blank=True)
    protocol = models.CharField(max_length=30, default="", blank=True)
    extended_until = models.DateTimeField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by = models.BigIntegerField(null=True)
    extended_reason = models.CharField(max_length=400, default="", blank=True)
    extended_clause = models.CharField(max_length=60, default="", blank=True)
    alarms = models.PositiveSmallIntegerField(default=0)  # how many have been given
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, default="", blank=True)  # rules.holds.HoldEnd
    # By a result, of the person or the tube.
    decided_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="hold_ref_once"),
            models.UniqueConstraint(
                fields=["community", "tube", "resident"],
                condition=models.Q(resident__isnull=False, ended_at=None),
                name="hold_resident_once",
            ),
            models.UniqueConstraint(
                fields=["community", "tube", "guest"],
                condition=models.Q(guest__isnull=False, ended_at=None),
                name="hold_guest_once",
            ),
            _one_of_both("hold_of_one"),
        ]
        indexes = [models.Index(fields=["community", "ended_at"], name="hold_open")]

    def __str__(self) -> str:
        return f"hold {self.pk}"

    @property
    def ends_at(self) -> datetime:
        """Return when it ended or, while it lasts, when it ends by itself at the latest."""
        return self.ends_at_as_known(None)

    def ends_at_as_known(self, known_at: datetime | None) -> datetime:
        """Return its end as it was known at an instant: later extensions and releases left out."""

        def is_known(at: datetime | None) -> bool:
            return at is not None and (known_at is None or at <= known_at)

        end = self.starts_at + timedelta(hours=self.hours)
        if self.extended_until is not None and is_known(self.extended_at):
            end = self.extended_until
        if self.ended_at is not None and is_known(self.ended_at):
            end = min(end, self.ended_at)
        return end
