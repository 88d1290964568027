"""Users, posts and their scope."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from gridwell.core import ids
from gridwell.places.models import Area, Grid


class UserManager(BaseUserManager["User"]):
    """Finds users by name; accounts are made by `actions.create_user`, never by sign-up."""

    use_in_migrations = False


class User(AbstractBaseUser):
    """A person who signs in (账号). What they may see and do comes from posts, never from here.

    Locked is `is_active` off without `ended_at`; neither acts, so deputies step in.
    Personal data: name and work telephone, kept until one year after the account ends.
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
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A duty with a name on it (岗位): role, scope, holder A, deputies, term.

    Scope is `area` (a range of codes) and, for grid workers, `grids` inside it. Work and tasks
    belong to the post, so that a person who leaves strands nothing.
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
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "role"], name="post_area_role")]

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

    Personal data: a reason code, kept one year.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    reason = models.CharField(max_length=20)
    source = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "starts_at"], name="absence_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.reason}"
