"""Notices, zones, standstills, ordered rounds and modes (指令)."""

from django.db import models

from gridwell.core import ids
from gridwell.core.fields import CommunityForeignKey
from gridwell.places.models import Area, Place
from gridwell.protocols.models import Event


class Notice(models.Model):
    """An official notice (通告); belongs to its issuer's area and exists once.

    Once: by (area, number), else by the hash of its normalised text. `reading` is the JSON of the
    reader (`rules.notice`), so that a past reading can be shown as it was.
    Personal data: none.
    """

    ref = models.UUIDField(default=ids.new_ref, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="notices")
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="notices")
    number = models.CharField(max_length=60, default="", blank=True)
    issuer = models.CharField(max_length=120, default="", blank=True)
    title = models.CharField(max_length=200, default="", blank=True)
    issued_on = models.DateField(null=True)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200, default="", blank=True)
    reading = models.JSONField()
    reader = models.CharField(max_length=20, default="1")  # version of the reader
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    entered_at = models.DateTimeField()
    entered_by = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "number"],
                condition=~models.Q(number=""),
                name="notice_number_once",
            ),
            models.UniqueConstraint(fields=["area", "text_hash"], name="notice_text_once"),
        ]
        indexes = [models.Index(fields=["issued_on"], name="notice_issued")]

    def __str__(self) -> str:
        return self.number or self.title or str(self.ref)


class NoticeItem(models.Model):
    """One item of a notice (通告条目), with its place in the text.

    Personal data: an address at most; kept with the notice.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="items")
    sequence = models.PositiveIntegerField()
    act = models.CharField(max_length=12)  # designate lift step restart shrink
    level_from = models.CharField(max_length=8, default="", blank=True)
    level_to = models.CharField(max_length=8, default="", blank=True)
    district_name = models.CharField(max_length=40, default="", blank=True)
    district = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    effective_at = models.DateTimeField(null=True)
    effective_precision = models.CharField(max_length=8, default="day")
    # The local day that counts as day 0; 24:00 of D counts as D though its instant is D+1 00:00.
    effective_on = models.DateField(null=True)
    text = models.CharField(max_length=400)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    places = models.JSONField(default=list)
    except_places = models.JSONField(default=list)
    boundary = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "sequence"], name="notice_item_once")
        ]

    def __str__(self) -> str:
        return self.text


class NoticePart(models.Model):
    """What one community does with a notice (本社区部分): waiting, approved, not ours, withdrawn.

    Personal data: none.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="parts")
    community = models.ForeignKey(Area, models.PROTECT)
    state = models.CharField(max_length=12, default="waiting")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_post = models.CharField(max_length=60, default="", blank=True)
    reason = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "notice"], name="notice_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} in {self.community_id}: {self.state}"


class ItemMatch(models.Model):
    """Which place of a community's register one place of an item is (匹配), and who says so.

    `index` is the position in the item's `places` (or in `except_places` when `is_exception`).
    `choice` numbers the candidates from 1, best first; rows of one choice belong together (the
    rooms of a range). `place` null with how = "outside" is the answer "outside our register".
    A decided row outweighs all proposals of its index.
    Personal data: none.
    """

    item = models.ForeignKey(NoticeItem, models.CASCADE, related_name="matches")
    community = models.ForeignKey(Area, models.PROTECT)
    index = models.PositiveSmallIntegerField()
    is_exception = models.BooleanField(default=False)
    choice = models.PositiveSmallIntegerField(default=1)
    place = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    floor_from = models.SmallIntegerField(null=True)
    floor_to = models.SmallIntegerField(null=True)
    how = models.CharField(max_length=12)  # exact alias fuzzy created by_hand outside
    confidence = models.PositiveSmallIntegerField(default=0)  # percent
    because = models.CharField(max_length=200, default="", blank=True)  # code of the reason
    decided_at = models.DateTimeField(
        null=True
    )  # null = proposed by the matcher, a person not asked yet
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "item", "index", "is_exception", "place"],
                condition=models.Q(place__isnull=False),
                name="item_match_once",
            ),
            models.UniqueConstraint(
                fields=["community", "item", "index", "is_exception"],
                condition=models.Q(place__isnull=True),
                name="item_outside_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}[{self.index}] -> {self.place_id}"


class NoticeAnswer(models.Model):
    """A person's answer to a question about a notice (答复), for one area.

    Questions of the reader (a declared count) are answered for the notice's own area; what to do
    about an item (restart its clock, leave it out, why it is wider than a building) is answered by
    each community. `sequence` is the item's, 0 for the whole notice; `start` tells two questions
    of one code apart.
    Personal data: none.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="answers")
    code = models.CharField(max_length=30)
    sequence = models.PositiveIntegerField(default=0)
    start = models.PositiveIntegerField(default=0)
    answer = models.CharField(max_length=30)
    remark = models.CharField(max_length=200, default="", blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "notice", "code", "sequence", "start"], name="notice_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.answer}"


class Zone(models.Model):
    """A risk zone inside one community (风险区). Its life is the list of its changes.

    Level, day count and range are computed from the changes (`rules.lifecycle`), never stored here;
    `closed_at` alone is stored, for fast lists, and recomputed by `gridwell recompute zones`.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="zones")
    name = models.CharField(max_length=200)
    boundary = models.CharField(max_length=400, default="", blank=True)
    spread_unclear = models.CharField(
        max_length=200, default="", blank=True
    )  # answer to "wider than a building: why?"
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "ref"], name="zone_ref_once")]
        indexes = [models.Index(fields=["community", "closed_at"], name="zone_open")]

    def __str__(self) -> str:
        return self.name


class ZoneChange(models.Model):
    """One change in a zone's life (变更): designate, restart, range, step, lift, correct, withdraw.

    Never overwritten: a correction is a change that names the one it corrects. `effective_on` is
    day 0 for designate and restart. Without a notice, `ordered_by` and `ordered_how` say who and how.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    zone = CommunityForeignKey(Zone, models.CASCADE, related_name="changes")
    ref = models.UUIDField(default=ids.new_ref)
    act = models.CharField(max_length=12)
    level = models.CharField(max_length=8, default="", blank=True)
    effective_at = models.DateTimeField(null=True)  # null = before our records
    effective_on = models.DateField(null=True)
    corrects = CommunityForeignKey("self", models.PROTECT, null=True, related_name="corrected_by")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="zone_changes")
    item = models.ForeignKey(NoticeItem, models.PROTECT, null=True, related_name="zone_changes")
    ordered_by = models.CharField(max_length=120, default="", blank=True)
    ordered_how = models.CharField(max_length=120, default="", blank=True)
    protocol = models.CharField(max_length=30, default="", blank=True)  # version code cited
    clause = models.CharField(max_length=30, default="", blank=True)
    reason = models.CharField(max_length=400, default="", blank=True)
    times = models.PositiveSmallIntegerField(
        default=0
    )  # how often its item acted before, withdrawn
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="zone_change_ref_once"),
            models.UniqueConstraint(
                fields=["community", "zone", "item", "act", "times"],
                condition=models.Q(item__isnull=False, corrects=None),
                name="zone_change_once_an_item",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "zone", "recorded_at"], name="zone_change_when")
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.zone_id}"


class ZoneLine(models.Model):
    """A line of a zone's range (范围): a place, floors of it, in or out. Belongs to a change.

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    change = CommunityForeignKey(ZoneChange, models.CASCADE, related_name="lines")
    place = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    floor_from = models.SmallIntegerField(null=True)
    floor_to = models.SmallIntegerField(null=True)
    is_excepted = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{'except ' if self.is_excepted else ''}{self.place_id}"


class ZoneRound(models.Model):
    """The outcome of a zone's sampling round (轮次结果), entered by hand or by ledger.

    Latest `recorded_at` per (zone, day) counts; earlier rows stay. All negative when
    `positive` is 0 and `negative` equals `due`.
    Personal data: counts only.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    zone = CommunityForeignKey(Zone, models.CASCADE, related_name="rounds")
    on = models.DateField()
    due = models.PositiveIntegerField()
    sampled = models.PositiveIntegerField()
    negative = models.PositiveIntegerField()
    positive = models.PositiveIntegerField(default=0)
    last_result_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=120, default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["community", "zone", "on"], name="zone_round_day")]

    def __str__(self) -> str:
        return f"{self.zone_id} on {self.on}"


class Standstill(models.Model):
    """A standstill of a range (静默管理): people stay in, one person a household may leave by pass.

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="standstills")
    place = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")  # null = all
    boundary = models.CharField(max_length=400, default="", blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="standstills")
    ordered_by = models.CharField(max_length=120, default="", blank=True)
    ordered_how = models.CharField(max_length=120, default="", blank=True)
    clause = models.CharField(max_length=120, default="", blank=True)  # what the order itself cites
    reason = models.CharField(max_length=400, default="", blank=True)
    ended_reason = models.CharField(max_length=400, default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    ended_recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="standstill_ref_once")
        ]

    def __str__(self) -> str:
        return f"standstill {self.pk}"


class StandstillLine(models.Model):
    """A line of a standstill's range (静默范围): a place, floors of it, in or out; none = `place`, else all.

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    standstill = CommunityForeignKey(Standstill, models.CASCADE, related_name="lines")
    place = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    floor_from = models.SmallIntegerField(null=True)
    floor_to = models.SmallIntegerField(null=True)
    is_excepted = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{'except ' if self.is_excepted else ''}{self.place_id}"


class ModeChange(models.Model):
    """A change of an area's mode (平战转换): routine, alert, emergency.

    The act and its effects come with `command`. The mode of an area is the strictest of its own
    latest row and those of the areas above it (`rules.modes.strictest`).
    Personal data: none.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="mode_changes")
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="mode_changes")
    mode = models.CharField(max_length=10)
    effective_at = models.DateTimeField()
    reason = models.CharField(max_length=400)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    recorded_post = models.CharField(max_length=60, default="", blank=True)
    client_ref = models.UUIDField(null=True)  # of the form that sent it: sent twice is once

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "client_ref"], name="mode_change_once")
        ]
        indexes = [models.Index(fields=["area", "effective_at"], name="mode_when")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.mode}"


class ModeProfile(models.Model):
    """What a mode sets in one area (状态参数), laid over the standard table (`rules.modes`).

    Null keeps the standard. The nearest area's row counts; a new row ends the one before it.
    Personal data: none.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="mode_profiles")
    mode = models.CharField(max_length=10)
    time_percent = models.PositiveSmallIntegerField(null=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    reports_at = models.JSONField(null=True)  # ["08:00", "14:00"]
    manual = models.JSONField(null=True)  # codes of rules.modes.Manual
    reason = models.CharField(max_length=400)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "mode"],
                condition=models.Q(ends_at=None),
                name="mode_profile_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.mode} since {self.starts_at:%Y-%m-%d}"


class SheetDelivery(models.Model):
    """That a printed sheet reached a dwelling (送达): which, when, how, by whom.

    `source` says what wrote it ("task:REF"), empty when it was entered by hand. One that turned out
    wrong is withdrawn with a reason and stays as it was: then the sheet has not reached the door.
    Personal data: who received it is not stored; kept with the order.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    sheet = models.CharField(max_length=20)  # zone_notice isolation release
    basis = models.CharField(max_length=80)  # "zone:12/change:40", "isolation:7"
    how = models.CharField(max_length=12)  # handed posted refused nobody_home
    delivered_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    remark = models.CharField(max_length=200, default="", blank=True)
    source = models.CharField(max_length=60, default="", blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)
    withdrawn_reason = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "dwelling", "sheet", "basis", "delivered_at"],
                name="sheet_delivery_once",
                condition=models.Q(withdrawn_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet} to {self.dwelling_id}"


class RoundOrder(models.Model):
    """That a round of sampling is ordered in one community (轮次要求): where, on which day, how pooled.

    An upper level orders for many communities: one row each, told apart by `community`, together by
    `ref`. Without a zone and without lines it is for the whole community. `traits` narrow a round of
    key people to whoever has one of them ("risk_post:courier", "pregnant"), with `by_turn` to
    those whose turn it is by the protocol's frequencies. Ended with a reason before its round is
    closed, it asks nothing of anybody any more.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="round_orders")
    zone = CommunityForeignKey(Zone, models.PROTECT, null=True, related_name="round_orders")
    purpose = models.CharField(max_length=16)  # rules.rounds.Purpose
    number = models.PositiveSmallIntegerField(default=1)  # of its kind: zone day, city round
    on = models.DateField()
    pool = models.CharField(max_length=10)  # single household 5 10 20
    traits = models.JSONField(default=list)  # words of residents.rules.traits, for key people
    by_turn = models.BooleanField(default=False)  # of key people only whose turn it is that day
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="round_orders")
    ordered_by = models.CharField(max_length=120, default="", blank=True)
    ordered_how = models.CharField(max_length=120, default="", blank=True)
    protocol = models.CharField(max_length=30, default="", blank=True)
    clause = models.CharField(max_length=60, default="", blank=True)
    reason = models.CharField(max_length=400, default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="round_order_ref_once")
        ]
        indexes = [models.Index(fields=["community", "on"], name="round_order_day")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number} on {self.on}"


class RoundOrderLine(models.Model):
    """A line of an ordered round's range (轮次范围): a place, floors of it, in or out.

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    order = CommunityForeignKey(RoundOrder, models.CASCADE, related_name="lines")
    place = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    floor_from = models.SmallIntegerField(null=True)
    floor_to = models.SmallIntegerField(null=True)
    is_excepted = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{'except ' if self.is_excepted else ''}{self.place_id}"
