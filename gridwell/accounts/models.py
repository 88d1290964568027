"""Users, posts and their scope."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from gridwell.core import ids
from gridwell.core.fields import EncryptedTextField
from gridwell.places.models import Area, Grid, Place


class UserManager(BaseUserManager["User"]):
    """Finds users by name; accounts are made by `actions.create_user`, never by sign-up."""

    use_in_migrations = False


class User(AbstractBaseUser):
    """A person who signs in (账号). What they may see and do comes from posts, never from here.

    Locked is `is_active` off without `ended_at`; neither acts, so deputies step in. `home` is the
    dwelling the person lives in, where it stands in the register: an isolation there or a closed
    building makes them absent, unless `lives_elsewhere` was said by hand. `resident` is the person's
    own entry in the register, linked by hand where the name does not tell; residents lie above, so
    it is a plain id.
    Personal data: name, work telephone, home; kept until one year after the account ends.
    """

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    telephone = models.CharField(max_length=40, default="", blank=True)
    email = models.EmailField(default="", blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField(
        default=False
    )  # of the installation: accounts, not residents
    must_change_password = models.BooleanField(default=False)
    # Whose desk keeps the account: with the posts it decides who may change it. None = the installation.
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="users")
    home = models.ForeignKey(Place, models.SET_NULL, null=True, related_name="+")
    lives_elsewhere = models.BooleanField(default=False)
    resident = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]  # Django declares it on the instance

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A leading group or work group (领导小组、工作组) of an area, or of one grid in it.

    Its members are posts that name it; a leading group has no grid. An ended one keeps its row.
    Personal data: none of its own.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="teams")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="teams")
    ref = models.UUIDField(default=ids.new_ref, unique=True)
    kind = models.CharField(max_length=12)  # leading sampling control logistics special
    name = models.CharField(max_length=60)
    leader_post = models.ForeignKey("Post", models.SET_NULL, null=True, related_name="leads")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "kind"], name="team_area_kind")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A duty with a name on it (岗位): role, scope, holder A, deputies, term.

    Scope is `area` (a range of codes) and, for grid workers, `grids` inside it; building and unit
    heads have a `place`, members of a group a `team`. A prepared post names in `activates_in` the
    mode from which it holds; while `is_standby` it gives nobody anything. Work and tasks belong to
    the post, so that a person who leaves strands nothing.
    Personal data: none of its own.
    """

    ref = models.UUIDField(default=ids.new_ref, unique=True)
    code = models.CharField(
        max_length=60, unique=True
    )  # "140109008001/grid-3": read aloud and audited
    role = models.CharField(max_length=20)
    title = models.CharField(max_length=60)
    area = models.ForeignKey(Area, models.PROTECT, related_name="posts")
    grids = models.ManyToManyField(Grid, related_name="posts", blank=True)
    holder = models.ForeignKey(User, models.PROTECT, null=True, related_name="posts_held")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="posts")
    activates_in = models.CharField(max_length=12, default="", blank=True)  # alert emergency
    is_standby = models.BooleanField(default=False)
    stood_up_at = models.DateTimeField(null=True)  # of a prepared post: since when it holds
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["area", "role"], name="post_area_role"),
            models.Index(fields=["activates_in", "area"], name="post_prepared"),
        ]

    def __str__(self) -> str:
        return self.title


class PostDeputy(models.Model):
    """A deputy of a post (B角), in order.

    Personal data: none of its own.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="deputies")
    user = models.ForeignKey(User, models.PROTECT, related_name="deputy_of")
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "user"], name="deputy_once"),
            models.UniqueConstraint(fields=["post", "rank"], name="deputy_rank_once"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.user_id}"


class Absence(models.Model):
    """A time in which a holder cannot serve (缺岗): leave, illness, isolation, silence.

    Who acts follows from the row alone; `told_start_at` and `told_end_at` say when the packages
    above were told that it began and that it was over.
    Personal data: a reason code, kept one year.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    reason = models.CharField(max_length=20)
    source = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    told_start_at = models.DateTimeField(null=True)
    told_end_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "starts_at"], name="absence_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.reason}"


class StandIn(models.Model):
    """A time in which a deputy acted for A of a post (补位), until A takes the work back (交回).

    Written when the effective holder changes hands, never edited but for its end and the hand-back.
    `absent` is A at that time, None for an empty chair. Confirmed by A, or by the desk for A.
    Personal data: none of its own.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="stand_ins")
    user = models.ForeignKey(User, models.PROTECT, related_name="stand_ins")
    absent = models.ForeignKey(User, models.PROTECT, null=True, related_name="stood_in_for")
    reason = models.CharField(max_length=20, default="", blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)
    remark = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=models.Q(ends_at=None), name="one_stands_in"
            )
        ]
        indexes = [
            models.Index(fields=["absent", "confirmed_at"], name="stand_in_absent"),
            models.Index(fields=["user", "ends_at"], name="stand_in_user"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.user_id} for {self.absent_id}"


class ReserveCandidate(models.Model):
    """Somebody kept in reserve for posts of an area (候补人选): a user, or a name with a telephone.

    `roles` are the roles they could take at once; `ended_at` set when they were taken off the list.
    Personal data: name and telephone (encrypted), kept until one year after taken off.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="reserves")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="reserve_in")
    name = models.CharField(max_length=40)
    telephone = EncryptedTextField(default="", blank=True)
    roles = models.JSONField(default=list)
    skills = models.CharField(max_length=200, default="", blank=True)
    added_at = models.DateTimeField()
    added_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "user"],
                condition=models.Q(ended_at=None, user__isnull=False),
                name="reserve_once",
            )
        ]
        indexes = [models.Index(fields=["area", "ended_at"], name="reserve_area")]

    def __str__(self) -> str:
        return self.name


class PostRehearsal(models.Model):
    """That stepping in for A of a post was rehearsed on a day (岗位演练), and how it went.

    Personal data: none of its own.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="rehearsals")
    held_on = models.DateField()
    stood_in = models.ForeignKey(User, models.PROTECT, related_name="rehearsed")
    result = models.CharField(max_length=12)  # smooth faults failed
    remark = models.CharField(max_length=400, default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "held_on"], name="rehearsed_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.held_on}"
