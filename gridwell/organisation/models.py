"""Named people: areas of charge, the five of a key person, four parties; shifts; calendar feeds."""

from django.db import models

from gridwell.accounts.models import Post, User
from gridwell.core import ids
from gridwell.core.facts import DatedFact
from gridwell.core.fields import CommunityForeignKey, EncryptedTextField
from gridwell.places.models import Area, Grid, Place
from gridwell.residents.models import Household, Resident


class NamedFact(DatedFact):
    """Base of what lays a duty on a named person: a post, an account, or a name with a telephone.

    A post is named where there is one: whoever holds it effectively is meant, deputies included.
    """

    community = models.ForeignKey(Area, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=40, default="", blank=True)
    telephone = EncryptedTextField(default="", blank=True)
    unit = models.CharField(
        max_length=80, default="", blank=True
    )  # who sent them: an office, a firm
    remark = models.CharField(max_length=200, default="", blank=True)
    ended_reason = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        abstract = True

    @property
    def is_by_name_only(self) -> bool:
        """Return whether neither a post nor an account stands behind the name."""
        return self.post_id is None and self.user_id is None


class Charge(NamedFact):
    """An area of charge (分片包干): a place or a grid with the person who answers for it.

    What lies below a place is covered by it. A place may have several people in charge.
    Personal data: name and telephone of the person in charge; kept one year after the charge ends.
    """

    place = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="charges")
    grid = CommunityForeignKey(Grid, models.PROTECT, null=True, related_name="charges")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(place__isnull=True) ^ models.Q(grid__isnull=True),
                name="charge_of_place_or_grid",
            ),
        ]
        indexes = [models.Index(fields=["community", "superseded_at"], name="charge_community")]

    def __str__(self) -> str:
        return f"charge {self.pk}"

    @property
    def what(self) -> str:
        """Return the name of the place or the grid; read both along with the row."""
        if self.place is not None:
            return str(self.place.full_name)
        return str(self.grid.name) if self.grid is not None else ""


class Helper(NamedFact):
    """One of the five named people of a key person (五包一): cadre, grid worker, medic, police, volunteer.

    The key person is a whole household or one resident; each role stands once at a time.
    Personal data: that a household is looked after, and name and telephone of who does it; kept 60
    days after it ends.
    """

    household = CommunityForeignKey(Household, models.CASCADE, null=True, related_name="helpers")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="helpers")
    role = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(household__isnull=True) ^ models.Q(resident__isnull=True),
                name="helper_of_household_or_resident",
            ),
            models.UniqueConstraint(
                fields=["community", "household", "role"],
                condition=models.Q(superseded_at=None, ends_at=None, household__isnull=False),
                name="helper_once_household",
            ),
            models.UniqueConstraint(
                fields=["community", "resident", "role"],
                condition=models.Q(superseded_at=None, ends_at=None, resident__isnull=False),
                name="helper_once_resident",
            ),
        ]
        indexes = [models.Index(fields=["community", "superseded_at"], name="helper_community")]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class FourParty(NamedFact):
    """One of the four parties that answer (四方责任): territory, department, employer, the person.

    `unit` is the party itself (the community, the bureau, the firm), the named person answers for it.
    Personal data: where a person works or who oversees them, name and telephone; kept 60 days after it ends.
    """

    household = CommunityForeignKey(Household, models.CASCADE, null=True, related_name="parties")
    resident = CommunityForeignKey(Resident, models.CASCADE, null=True, related_name="parties")
    site = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="parties")
    party = models.CharField(max_length=12)

    class Meta:
        indexes = [models.Index(fields=["community", "superseded_at"], name="party_community")]

    def __str__(self) -> str:
        return f"{self.party} {self.pk}"


class Shift(models.Model):
    """A turn of duty on the roster (值班): who is on for a post, from when to when.

    `community` is the area of the post, which may be an upper one. `override_reason` says why two
    turns of one person may overlap; without it they may not. Cancelling keeps the row.
    Personal data: when an official is on duty; kept one year.
    """

    community = models.ForeignKey(Area, models.PROTECT, related_name="+")
    ref = models.UUIDField(default=ids.new_ref)
    post = models.ForeignKey(Post, models.PROTECT, related_name="shifts")
    user = models.ForeignKey(User, models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    remark = models.CharField(max_length=100, default="", blank=True)
    override_reason = models.CharField(max_length=200, default="", blank=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(
        default=0
    )  # of the calendar entry: goes up with each change

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="shift_ref_once"),
            models.UniqueConstraint(
                fields=["community", "post", "user", "starts_at", "ends_at"],
                condition=models.Q(cancelled_at=None),
                name="shift_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_forwards"
            ),
        ]
        indexes = [
            models.Index(fields=["community", "starts_at"], name="shift_community"),
            models.Index(fields=["user", "starts_at"], name="shift_user"),
        ]

    def __str__(self) -> str:
        return f"shift {self.pk}"


class CalendarFeed(models.Model):
    """A secret address under which a calendar program reads shifts (日历订阅): of a person or of a post.

    Only a digest of the secret is kept: the address is shown once. Revoking is final.
    Personal data: none of its own.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="calendar_feeds")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)  # written at most once a day
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(post__isnull=True),
                name="feed_of_user_or_post",
            ),
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"


class ImportTrace(models.Model):
    """What a ledger brings into the organisation (导入痕迹): looked over first, then written, undone as one.

    `lines` holds what was read until somebody decides; `made` the ids of posts, accounts, groups
    and charges that were written, for the undo.
    Personal data: names and telephones of officials, encrypted, until the import is decided.
    """

    community = models.ForeignKey(Area, models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    state = models.CharField(max_length=10, default="done")  # checked done undone dropped
    lines = EncryptedTextField(default="", blank=True)
    made = models.JSONField(default=dict)
    made_by = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["community", "source"], name="import_trace_source")]

    def __str__(self) -> str:
        return f"{self.source}: {self.pk}"
