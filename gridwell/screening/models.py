"""Rounds, who is due in them, sites, desks and slots, calls, boxes, laboratories (核酸筛查)."""

import json

from django.db import models

from gridwell.accounts.models import Post
from gridwell.core import ids
from gridwell.core.fields import CommunityForeignKey, EncryptedTextField
from gridwell.orders.models import RoundOrder
from gridwell.places.models import Area, Grid, Place
from gridwell.residents.models import Household, Resident
from gridwell.screening.report_models import ReportLayout as ReportLayout


class Round(models.Model):
    """A round of sampling in one community (轮次): planned, open, closed.

    `ref` is what tubes and samples name. Who is due is derived while it is planned and frozen
    (`RoundMember`) when it opens. `targets` are [["12:00", 50], ["16:00", 100]]: local time and
    percent. `report` is kept when it is closed, so that past rounds compare as they were sent.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    order = CommunityForeignKey(RoundOrder, models.PROTECT, related_name="rounds")
    on = models.DateField()
    state = models.CharField(max_length=8, default="planned")  # planned open closed
    slot_minutes = models.PositiveSmallIntegerField(default=30)
    desk_rate = models.PositiveSmallIntegerField(default=80)  # people an hour, 100 at most
    targets = models.JSONField(default=list)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    report = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="round_ref_once"),
            models.UniqueConstraint(fields=["community", "order"], name="round_once_an_order"),
        ]
        indexes = [models.Index(fields=["community", "on"], name="round_day")]

    def __str__(self) -> str:
        return f"round {self.pk} on {self.on}"


class RoundMember(models.Model):
    """Somebody who is, or was, due in a round (应检人员). Frozen when the round opens.

    What came later is dated: `added_at` with a reason, or `removed_at` with a reason. `resident` is
    null for somebody who is not registered; `guest` is then the `ref` of the stay. `exempt` names
    why somebody due is not counted as missing. `outcome` is what was found when called or visited:
    refused, away, not_found. Whether somebody is sampled is a join with `health.Sample`, never
    stored here. `is_by_hand` and `exempt_by_hand` say that somebody decided it for this round: what
    the register says later is not worked in over that.
    Personal data: health (due, exempt, refused); kept 60 days.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    round = CommunityForeignKey(Round, models.CASCADE, related_name="members")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="+")
    guest = models.UUIDField(null=True)
    household = CommunityForeignKey(Household, models.CASCADE, null=True, related_name="+")
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    building = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    unit = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    grid = CommunityForeignKey(Grid, models.PROTECT, null=True, related_name="+")
    at_door = models.BooleanField(default=False)  # sampled at the door, not called down
    door_reason = models.CharField(max_length=20, default="", blank=True)
    exempt = models.CharField(max_length=20, default="", blank=True)
    exempt_until = models.DateTimeField(null=True)
    exempt_reason = models.CharField(max_length=200, default="", blank=True)
    exempt_by_hand = models.BooleanField(default=False)  # exempted or made due by somebody
    outcome = models.CharField(max_length=12, default="", blank=True)
    outcome_at = models.DateTimeField(null=True)
    outcome_by = models.BigIntegerField(null=True)
    outcome_remark = EncryptedTextField(default="", blank=True)
    calls = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField(null=True)  # null = due when the round opened
    added_reason = models.CharField(max_length=200, default="", blank=True)
    removed_at = models.DateTimeField(null=True)
    removed_reason = models.CharField(max_length=200, default="", blank=True)
    is_by_hand = models.BooleanField(default=False)  # added or taken out by somebody

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "round", "resident"],
                condition=models.Q(resident__isnull=False),
                name="round_resident_once",
            ),
            models.UniqueConstraint(
                fields=["community", "round", "guest"],
                condition=models.Q(guest__isnull=False),
                name="round_guest_once",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "round", "building"], name="round_member_building"),
            models.Index(fields=["community", "round", "household"], name="round_member_household"),
        ]

    def __str__(self) -> str:
        return f"member {self.pk} of round {self.round_id}"


class Site(models.Model):
    """A place where people are sampled (采样点), with its place code (场所码).

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    name = models.CharField(max_length=60)
    place = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")  # stands by it
    where = models.CharField(max_length=120, default="", blank=True)  # in words
    code_version = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "ref"], name="site_ref_once")]

    def __str__(self) -> str:
        return self.name


class Desk(models.Model):
    """A desk of a site in a round (采样台): its hours and the post that works there.

    `stopped_at` says that it dropped out; slots are then made again for what is left of the day.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    round = CommunityForeignKey(Round, models.CASCADE, related_name="desks")
    site = CommunityForeignKey(Site, models.PROTECT, related_name="desks")
    ref = models.UUIDField(default=ids.new_ref)
    number = models.PositiveSmallIntegerField()
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stopped_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="desk_ref_once"),
            models.UniqueConstraint(
                fields=["community", "round", "site", "number"], name="desk_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"desk {self.number} of {self.site_id}"


class Slot(models.Model):
    """When and where a building or unit is called down (时段). `place` with `piece` of a large unit.

    Made by `rules.timetable`; `is_by_hand` rows stay when it is made again. `doors` are the ids of
    the doors of a piece, empty where the whole place comes at once. `walks_badly` rows are the
    people of a building who walk badly.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    round = CommunityForeignKey(Round, models.CASCADE, related_name="slots")
    site = CommunityForeignKey(Site, models.PROTECT, related_name="slots")
    place = CommunityForeignKey(Place, models.PROTECT, related_name="+")  # unit or building
    walks_badly = models.BooleanField(default=False)
    piece = models.PositiveSmallIntegerField(default=1)
    people = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    because = models.CharField(max_length=16)
    is_high_risk = models.BooleanField(default=False)
    is_by_hand = models.BooleanField(default=False)
    doors = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "round", "place", "walks_badly", "piece"], name="slot_once"
            )
        ]
        indexes = [models.Index(fields=["community", "round", "starts_at"], name="slot_when")]

    def __str__(self) -> str:
        return f"{self.place_id} at {self.starts_at:%H:%M}"


class SlotChange(models.Model):
    """That a slot came to stand elsewhere (时段变动): moved by hand, or made again after a change.

    All changes of one act share `ref`. A side without site is "in no slot". `was_by_hand` and
    `was_because` are what a move by hand takes back when it is undone.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    round = CommunityForeignKey(Round, models.CASCADE, related_name="slot_changes")
    ref = models.UUIDField()
    how = models.CharField(max_length=8)  # moved again undone
    place = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    walks_badly = models.BooleanField(default=False)
    piece = models.PositiveSmallIntegerField(default=1)
    people = models.PositiveIntegerField()
    from_site = CommunityForeignKey(Site, models.PROTECT, null=True, related_name="+")
    from_at = models.DateTimeField(null=True)
    to_site = CommunityForeignKey(Site, models.PROTECT, null=True, related_name="+")
    to_at = models.DateTimeField(null=True)
    was_by_hand = models.BooleanField(default=False)
    was_because = models.CharField(max_length=16, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "ref", "place", "walks_badly", "piece"],
                name="slot_change_once",
            )
        ]
        indexes = [models.Index(fields=["community", "round", "changed_at"], name="slot_changed")]

    def __str__(self) -> str:
        return f"{self.how} {self.place_id}"


class Call(models.Model):
    """That a building, unit or household was called (喊楼、通知): by whom, how, when.

    `how` "told" is that those in charge of the place were told to call; it counts for nobody as a
    call. One entered by mistake is taken back: the row stays, nobody counts as called by it.
    Personal data: none of its own; the place may be one dwelling. Kept 60 days.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    round = CommunityForeignKey(Round, models.CASCADE, related_name="calls")
    ref = models.UUIDField(default=ids.new_ref)
    place = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    how = models.CharField(max_length=12)  # labels.calls.HOW
    people = models.PositiveIntegerField(default=0)  # not sampled then
    called_at = models.DateTimeField()
    called_by = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "ref"], name="call_ref_once")]
        indexes = [models.Index(fields=["community", "round", "place"], name="call_of_round")]

    def __str__(self) -> str:
        return f"call {self.pk}"


class Box(models.Model):
    """A transport box (转运箱): tubes as the system has them against tubes counted by hand.

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    round = CommunityForeignKey(Round, models.CASCADE, related_name="boxes")
    ref = models.UUIDField(default=ids.new_ref)
    code = models.CharField(max_length=40)
    counted = models.PositiveIntegerField(null=True)  # by hand
    in_system = models.PositiveIntegerField(null=True)  # when it was closed
    difference_reason = models.CharField(max_length=200, default="", blank=True)
    packed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_with = models.CharField(max_length=60, default="", blank=True)  # who carries it
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="box_ref_once"),
            models.UniqueConstraint(fields=["community", "round", "code"], name="box_code_once"),
        ]

    def __str__(self) -> str:
        return self.code


class Bundle(models.Model):
    """A signed package of a desk or of a night (离线包): what it held, until when it may be used.

    Personal data: none here; the file itself is encrypted and holds names of its buildings.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    round = CommunityForeignKey(Round, models.CASCADE, null=True, related_name="bundles")
    desk = CommunityForeignKey(Desk, models.CASCADE, null=True, related_name="bundles")
    kind = models.CharField(max_length=8)  # desk night
    people = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "ref"], name="bundle_ref_once")]

    def __str__(self) -> str:
        return f"bundle {self.ref}"


class Laboratory(models.Model):
    """A laboratory that sends results (检测机构), by file or with keys of its own (`LaboratoryKey`).

    Personal data: none.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="laboratories")
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class LaboratoryKey(models.Model):
    """A key with which a laboratory's system sends results (接口密钥). The key itself is not stored, only its hash.

    It is valid until `ends_at`, which a newer key sets so that both work while the system is changed
    over; `revoked_at` ends it at once.
    Personal data: none.
    """

    laboratory = models.ForeignKey(Laboratory, models.CASCADE, related_name="keys")
    name = models.CharField(max_length=40)
    key_hash = models.CharField(max_length=64, unique=True)
    tail = models.CharField(max_length=6)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the hour

    def __str__(self) -> str:
        return self.name


class ResultDelivery(models.Model):
    """A file or call with results (结果批次). The same content twice is one delivery.

    `communities` are those whose rows are taken already: a delivery for many is taken portion by
    portion, and where it broke off (`finished_at` empty) the same content goes on from there.
    Personal data: none of its own.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    laboratory = models.ForeignKey(Laboratory, models.PROTECT, null=True, related_name="deliveries")
    ref = models.UUIDField(default=ids.new_ref, unique=True)
    digest = models.CharField(max_length=64)
    how = models.CharField(max_length=4)  # file api hand
    file_name = models.CharField(max_length=200, default="", blank=True)
    rows = models.PositiveIntegerField()
    taken = models.PositiveIntegerField()
    known = models.PositiveIntegerField(default=0)  # said the same before
    received_at = models.DateTimeField()
    communities = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "digest"], name="result_delivery_once")
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class ResultFault(models.Model):
    """A row of a delivery that somebody has to look at (结果待核): unmatched, contradictory, late.

    Personal data: health; what the laboratory sent is encrypted. Kept 60 days.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    delivery = models.ForeignKey(ResultDelivery, models.CASCADE, related_name="faults")
    community = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    tube_id = models.BigIntegerField(null=True)  # plain: the row may belong to no community of ours
    row = models.PositiveIntegerField()
    code = models.CharField(
        max_length=24
    )  # unknown_tube contradiction late twice not_closed bad_value
    sent = EncryptedTextField(default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.BigIntegerField(null=True)
    settled_how = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["area", "settled_at"], name="result_fault_open")]

    def __str__(self) -> str:
        return f"{self.code} in row {self.row}"


class DeskEntry(models.Model):
    """What a desk sent and what became of it (采样台记录): taken, or refused and waiting to be looked at.

    One row an entry and `ref`, so that sending again changes nothing. `code` is empty for what was
    taken; what was refused keeps its words in `body` until somebody has settled it. `device_ahead`
    are the seconds by which the device's clock was ahead of ours when it sent.
    Personal data: health (who was sampled), encrypted, only in what was refused; kept 60 days.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    round = CommunityForeignKey(Round, models.CASCADE, related_name="entries")
    ref = models.UUIDField()
    act = models.CharField(max_length=8)  # open add undo correct close guest
    desk = models.CharField(max_length=40, default="", blank=True)
    device = models.UUIDField(null=True)
    code = models.CharField(max_length=40, default="", blank=True)
    body = EncryptedTextField(default="", blank=True)
    at = models.DateTimeField()  # by the server's clock
    device_ahead = models.IntegerField(default=0)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.BigIntegerField(null=True)
    settled_how = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref", "act"], name="desk_entry_once")
        ]
        indexes = [models.Index(fields=["community", "round", "code"], name="desk_entry_refused")]

    def __str__(self) -> str:
        return f"{self.act} {self.ref}"

    @property
    def words_kept(self) -> str:
        """Return why it was refused, as the desk was told; empty once it is settled."""
        return str(json.loads(self.body).get("words", "")) if self.body else ""


class DeskContact(models.Model):
    """What a device of a desk said when it was last heard (采样台联络): so much done, so much unsent.

    One row a round and device; `made` and `waiting` are entries by the device's own count, `people`
    how many of the waiting are people in tubes. A battery that dies afterwards leaves these numbers:
    what is expected against what has arrived (`DeskEntry.device`).
    Personal data: none; who sat at the desk.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    round = CommunityForeignKey(Round, models.CASCADE, related_name="contacts")
    device = models.UUIDField()
    desk = models.CharField(max_length=40, default="", blank=True)
    user = models.BigIntegerField(null=True)
    made = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    ahead = models.IntegerField(default=0)  # seconds by which its clock was ahead of ours
    heard_at = models.DateTimeField()
    given_up_at = models.DateTimeField(null=True)  # somebody has said that nothing more will come
    given_up_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "round", "device"], name="desk_contact_once"
            )
        ]

    def __str__(self) -> str:
        return f"device {self.device}"
