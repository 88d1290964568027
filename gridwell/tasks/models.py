"""Tasks, what happened to them, their proof, and templates that make them (闭环)."""

from django.db import models
from django.db.models import Q

from gridwell.accounts.models import Post, User
from gridwell.core import ids
from gridwell.core.fields import CommunityForeignKey, EncryptedTextField
from gridwell.places.models import Area, Grid, Place
from gridwell.tasks.rules.states import ACTIVE


class Task(models.Model):
    """One piece of work (任务), whoever asked for it: the plan, a person or a template.

    Unique over community, kind, subject, basis and slot, so that asking twice makes one. It belongs
    to a post, never to a person; `post` null is "no name on it". `subject` is the id of the
    household, building, resident or place (0 for none); `place` is where one goes for it, and
    `building` the house it stands in, for the walking order. `basis` says why: "zone:12:34",
    "isolation:7:0", "person:UUID", "template:3". `slot` is the day of daily work, else "once".
    `facts` holds what the wording needs (notice, clause, version, name of the zone). `asked_at`
    is since when the post has had it, for the silence of urgent ones; `ends_at` when the basis is
    known to end. `needs_check` is set when it is done: a second person has to look at it before it
    counts as finished.
    Personal data: what people wrote into `words`; kept one year after the task ended.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    kind = models.CharField(max_length=30)
    subject_kind = models.CharField(max_length=10, default="none")
    subject = models.BigIntegerField(default=0)
    place = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    building = CommunityForeignKey(Place, models.PROTECT, null=True, related_name="+")
    grid = CommunityForeignKey(Grid, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="tasks")
    title = models.CharField(max_length=120, default="", blank=True)  # of a free task
    words = EncryptedTextField(default="", blank=True)  # what is to be done, for a free task
    facts = models.JSONField(default=dict)
    origin = models.CharField(max_length=10)  # plan person template
    basis = models.CharField(max_length=80)
    slot = models.CharField(max_length=12, default="once")
    state = models.CharField(max_length=10, default="open")
    is_urgent = models.BooleanField(default=False)
    rank = models.PositiveSmallIntegerField(default=100)  # order of service: lower first
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    needs_check = models.BooleanField(default=False, db_default=False)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, default="", blank=True)
    level = models.CharField(max_length=12, default="", blank=True)  # how far a late one climbed
    raised_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "kind", "subject_kind", "subject", "basis", "slot"],
                name="task_once",
            ),
            models.UniqueConstraint(fields=["community", "ref"], name="task_ref_once"),
        ]
        indexes = [
            models.Index(
                fields=["community", "due_at"], name="task_open", condition=Q(state__in=ACTIVE)
            ),
            models.Index(
                fields=["post", "due_at"], name="task_post_open", condition=Q(state__in=ACTIVE)
            ),
            models.Index(fields=["community", "slot", "kind"], name="task_slot"),
            models.Index(fields=["community", "building"], name="task_building"),
            models.Index(fields=["community", "subject_kind", "subject"], name="task_subject"),
            models.Index(fields=["community", "done_at"], name="task_done"),
            models.Index(
                fields=["community"],
                name="task_to_check",
                condition=Q(state="done", needs_check=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject} {self.slot}"


class TaskEvent(models.Model):
    """One step in a task's life (任务经过): who did what under which post, and what was said.

    `key` is the sender's own key of the act: sent twice, it is one step. `user` null is the system.
    Personal data: the note; kept as long as the task.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    task = CommunityForeignKey(Task, models.CASCADE, related_name="events")
    act = models.CharField(max_length=12)
    at = models.DateTimeField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=20, default="", blank=True)
    note = EncryptedTextField(default="", blank=True)
    facts = models.JSONField(default=dict)  # from, to, level
    key = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "task", "key"],
                condition=~Q(key=""),
                name="task_event_key_once",
            )
        ]
        indexes = [
            models.Index(fields=["community", "task", "at"], name="task_event_when"),
            models.Index(fields=["user", "at"], name="task_event_user"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.task_id}"


class TaskProof(models.Model):
    """What shows that a task was done (凭证): a photo, a number, when and where in words.

    The photo is encoded anew without its metadata and lies encrypted outside the web root under a
    key of its own; `path` is empty without one.
    Personal data: the photo and the words; kept as long as the task.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    task = CommunityForeignKey(Task, models.CASCADE, related_name="proofs")
    event = CommunityForeignKey(TaskEvent, models.CASCADE, related_name="proofs")
    ref = models.UUIDField(default=ids.new_ref)
    path = models.CharField(max_length=120, default="", blank=True)
    file_key = EncryptedTextField(default="", blank=True)
    digest = models.CharField(max_length=64, default="", blank=True)
    size = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    count = models.PositiveIntegerField(null=True)
    happened_at = models.DateTimeField()
    where = EncryptedTextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "ref"], name="proof_ref_once")]

    def __str__(self) -> str:
        return f"proof of {self.task_id}"


class TaskTemplate(models.Model):
    """Work that comes back by itself (任务模板): daily or on days of the week, in chosen modes.

    `spread` says for what one task each is made: area, grid or building. `post` null gives each to
    whoever is in charge there. `hour` is when it is due.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=120, default="", blank=True)
    rhythm = models.CharField(max_length=8, default="daily")  # daily weekly
    weekdays = models.JSONField(default=list)  # 0 = Monday, for weekly ones
    hour = models.PositiveSmallIntegerField(default=18)
    modes = models.JSONField(default=list)  # empty = in every mode
    spread = models.CharField(max_length=10, default="area")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    created_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "ref"], name="task_template_ref_once")
        ]

    def __str__(self) -> str:
        return self.title or self.kind
