"""Households, residents, what is known of them, and their colours (一户一档)."""

from django.db import models

from gridwell.core import ids
from gridwell.core.facts import DatedFact
from gridwell.core.fields import CommunityForeignKey, EncryptedTextField
from gridwell.places.models import Area, Place


class Household(models.Model):
    """People who keep house together in a dwelling (户); a dwelling may hold several.

    Personal data: tenure. Kept while anyone of it lives here, then five years.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, related_name="households")
    ref = models.UUIDField(default=ids.new_ref)
    tenure = models.CharField(max_length=12, default="unknown")  # owned rented dormitory unknown
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    remark = EncryptedTextField(default="", blank=True)
    # Indexed where it is set only (`Meta`): nearly no row is merged, and without statistics SQLite
    # would look for the others, "not merged", by an index of it: among those of all communities.
    merged_into = CommunityForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="household_ref_once")
        ]
        indexes = [
            models.Index(fields=["community", "dwelling"], name="household_dwelling"),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="household_merged",
            ),
        ]

    def __str__(self) -> str:
        return f"household {self.pk}"


class Resident(models.Model):
    """A person in the register (居民). `dwelling` is where they belong now, for fast lists.

    Numbers are normalised, then encrypted; tails are keyed digests. Masked on every screen until
    asked for with a reason. Merging sets `merged_into`; facts stay and reads resolve to the survivor.
    Personal data: name, sex, birth, document, remarks; kept five years after leaving.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="residents")
    ref = models.UUIDField(default=ids.new_ref)
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=120, default="", blank=True)  # "zhangxiaohua"
    initials = models.CharField(max_length=30, default="", blank=True)  # "zxh"
    sex = models.CharField(max_length=7, default="unknown")  # male female unknown
    birth_on = models.DateField(null=True, blank=True)
    document_kind = models.CharField(
        max_length=12, default="none"
    )  # id_card passport hk_macao taiwan other none
    document = EncryptedTextField(default="", blank=True)
    document_tail = models.CharField(max_length=16, default="", blank=True)
    remark = EncryptedTextField(default="", blank=True)  # JSON of the columns nobody mapped
    died_on = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # Indexed where it is set only (`Meta`): nearly no row is merged, and without statistics SQLite
    # would look for the others, "not merged", by an index of it: among those of all communities.
    merged_into = CommunityForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="resident_ref_once"),
            # The same document twice in a community is one person, or a fault.
            models.UniqueConstraint(
                fields=["community", "document"],
                condition=models.Q(merged_into=None) & ~models.Q(document=""),
                name="resident_document_once",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "dwelling"], name="resident_dwelling"),
            models.Index(fields=["community", "name"], name="resident_name"),
            models.Index(fields=["community", "pinyin"], name="resident_pinyin"),
            models.Index(fields=["community", "initials"], name="resident_initials"),
            models.Index(fields=["community", "document_tail"], name="resident_document_tail"),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="resident_merged",
            ),
        ]

    def __str__(self) -> str:
        return f"resident {self.pk}"


class Correction(models.Model):
    """What an entry said before it was changed (更正留痕): one row a field, never edited.

    The entry said `former` from `recorded_at` until `superseded_at`, when `made_by` (None: the system
    or a ledger, see `source`) changed it. What it says now stands in the entry itself. `former` is the
    value as text; phones are joined by a comma.
    Personal data: former values, encrypted; kept as long as the entry.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="corrections")
    household = CommunityForeignKey(
        Household, models.CASCADE, null=True, related_name="corrections"
    )
    field = models.CharField(max_length=20)  # name sex birth_on document phones tenure remark …
    former = EncryptedTextField(default="", blank=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=60, default="", blank=True)
    reason = EncryptedTextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(household__isnull=True) ^ models.Q(resident__isnull=True),
                name="correction_of_household_or_person",
            )
        ]
        indexes = [
            models.Index(fields=["community", "resident"], name="correction_resident"),
            models.Index(fields=["community", "household"], name="correction_household"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.resident_id or self.household_id}"


class DwellingNote(DatedFact):
    """What is known of a dwelling that is of nobody in it (户情备注): the owner's phone of an empty one.

    One open row a dwelling; what comes later supersedes it. `phones` are joined by a comma.
    Personal data: telephone numbers and words about owners, encrypted; kept one year after it ended.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    phones = EncryptedTextField(default="", blank=True)
    words = EncryptedTextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "dwelling"],
                condition=models.Q(ends_at=None, superseded_at=None),
                name="one_open_note_a_dwelling",
            )
        ]

    def __str__(self) -> str:
        return f"note on {self.dwelling_id}"


class Phone(models.Model):
    """A telephone number of a resident (电话): a contact, never an identity.

    Personal data: the number; kept as long as the resident.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, related_name="phones")
    number = EncryptedTextField()
    tail = models.CharField(max_length=16)
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "resident", "number"], name="phone_once")
        ]
        indexes = [models.Index(fields=["community", "tail"], name="phone_tail")]

    def __str__(self) -> str:
        return f"phone {self.pk}"


class Membership(DatedFact):
    """That a resident belongs to a household (成员), with the relation to its head.

    `kind`: lives (住在这里), registered_only (人户分离：户口在，人不在). One live `lives` row a resident.
    Personal data: who lives with whom; kept five years after it ended.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    household = CommunityForeignKey(Household, models.CASCADE, related_name="memberships")
    resident = CommunityForeignKey(Resident, models.CASCADE, related_name="memberships")
    relation = models.CharField(max_length=20, default="", blank=True)  # as written: 配偶、子、母亲
    is_head = models.BooleanField(default=False)
    kind = models.CharField(max_length=16, default="lives")
    end_reason = models.CharField(
        max_length=20, default="", blank=True
    )  # moved_out split merged died corrected

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "resident"],
                condition=models.Q(ends_at=None, superseded_at=None, kind="lives"),
                name="lives_in_one_household",
            ),
            models.UniqueConstraint(
                fields=["community", "household"],
                condition=models.Q(ends_at=None, superseded_at=None, is_head=True),
                name="one_head_a_household",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "household"], name="membership_household"),
            models.Index(fields=["community", "resident"], name="membership_resident"),
            models.Index(fields=["community", "dwelling"], name="membership_dwelling"),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} in {self.household_id}"


class Presence(DatedFact):
    """That a resident is away, and where (外出). Without a row a member is at home.

    Personal data: whereabouts; kept 60 days after the return.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, related_name="presences")
    whereabouts = EncryptedTextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["community", "resident"], name="presence_resident")]

    def __str__(self) -> str:
        return f"{self.resident_id} away"


class Stay(DatedFact):
    """Someone who is here without being registered (暂住、访客、店员).

    `registered_as` says who that is since it was entered into the register: the stay has ended then,
    and all that was known of the guest stands under the resident.

    `note` is what a list said beside: where from, whose employee, a remark.
    Personal data: name, document, phone, note; kept 60 days after the stay.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    place = CommunityForeignKey(Place, models.PROTECT, related_name="stays")
    ref = models.UUIDField(default=ids.new_ref)
    name = models.CharField(max_length=60)
    document = EncryptedTextField(default="", blank=True)
    phone = EncryptedTextField(default="", blank=True)
    kind = models.CharField(max_length=12, default="visitor")  # visitor lodger staff
    note = EncryptedTextField(default="", blank=True)
    registered_as = CommunityForeignKey(Resident, models.SET_NULL, null=True, related_name="stays")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "ref"], name="stay_ref_once")]

    def __str__(self) -> str:
        return f"stay {self.pk}"


class Trait(DatedFact):
    """A circumstance of a person (情况): see `rules.traits` for the codes and what they hold.

    Personal data: partly sensitive (health, poverty); `delete_after` is its own end of keeping.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, related_name="traits")
    code = models.CharField(max_length=30)
    value = models.CharField(
        max_length=60, default="", blank=True
    )  # "stable", "2 doses", employer's name
    delete_after = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "resident", "code"],
                condition=models.Q(ends_at=None, superseded_at=None),
                name="trait_open_once",
            )
        ]
        indexes = [models.Index(fields=["community", "code"], name="trait_code")]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.code}"


class LabelScheme(models.Model):
    """A community's set of colours (标识方案); colours mean different things in two communities.

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    code = models.CharField(
        max_length=30
    )  # five_colours warm_hearts elder_score, or the community's own
    name = models.CharField(max_length=60)
    subject = models.CharField(max_length=10)  # household | person
    is_exclusive = models.BooleanField(default=True)  # only the highest label that applies
    is_board_scheme = models.BooleanField(
        default=False
    )  # gives the edge colour on the building board
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "code"], name="scheme_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """One colour of a scheme (标识): colour, sign, name, what it calls for, and its rule if any.

    `rule` is the mini-language of `rules.labels`; null means by hand only. Higher `rank` wins.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    scheme = CommunityForeignKey(LabelScheme, models.CASCADE, related_name="labels")
    code = models.CharField(max_length=30)
    colour = models.CharField(max_length=12)
    sign = models.CharField(max_length=4)
    name = models.CharField(max_length=60, default="", blank=True)
    rule = models.JSONField(null=True, blank=True)
    care = models.JSONField(default=list, blank=True)  # work codes it calls for
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "scheme", "code"], name="label_once")
        ]

    def __str__(self) -> str:
        return self.name or self.code


class LabelMark(DatedFact):
    """That a household or person carries a label (打标): by rule, or by hand with reason and end.

    A manual household colour needs a second person: until `approved_by` it is only proposed.
    Personal data: a judgement about people; kept one year after it ended.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    household = CommunityForeignKey(Household, models.CASCADE, null=True, related_name="marks")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="marks")
    label = CommunityForeignKey(Label, models.PROTECT, related_name="marks")
    is_manual = models.BooleanField(default=False)
    because = models.JSONField(default=dict, blank=True)  # the facts that gave it (codes, ids)
    reason = models.CharField(max_length=200, default="", blank=True)
    approved_by = models.BigIntegerField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(household__isnull=True) ^ models.Q(resident__isnull=True),
                name="mark_on_household_or_person",
            )
        ]
        indexes = [
            models.Index(fields=["community", "household"], name="mark_household"),
            models.Index(fields=["community", "resident"], name="mark_resident"),
            models.Index(fields=["community", "label"], name="mark_label"),
        ]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.household_id or self.resident_id}"


class Objection(models.Model):
    """A resident's objection to a colour or a duty (异议), entered at the desk, answered in time.

    Personal data: what the resident says; kept one year after the answer.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    dwelling = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="objections")
    household = CommunityForeignKey(Household, models.CASCADE, null=True, related_name="objections")
    ref = models.UUIDField(default=ids.new_ref)
    about = models.CharField(max_length=20)  # label | duty | data
    about_code = models.CharField(
        max_length=80, default="", blank=True
    )  # label code, or duty basis
    words = EncryptedTextField()
    entered_by = models.BigIntegerField(null=True)
    entered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, default="", blank=True)  # upheld rejected
    answer = EncryptedTextField(default="", blank=True)
    answered_by = models.BigIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="objection_ref_once")
        ]
        indexes = [
            models.Index(fields=["community", "answered_at", "due_at"], name="objection_open")
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"
