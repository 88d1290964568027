"""The audit trail: who saw and did what, one hash chain per community."""

from django.db import models


class AuditEntry(models.Model):
    """One act or one look (留痕); append-only, chained within its community.

    `community` 0 is the chain of the installation. `digest` = SHA-256 over the previous digest and
    this row's canonical JSON, so a changed, missing or inserted row is found by `verify-audit`; the
    cut-off end is proved by the signed daily head outside the database.
    Personal data: none; plain ids and post codes, no names, no foreign keys. Kept as long as the law asks.
    """

    community = models.BigIntegerField()
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=80)
    user = models.BigIntegerField(null=True)
    post = models.CharField(max_length=60, default="", blank=True)
    subject_kind = models.CharField(max_length=60, default="", blank=True)
    subject = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=400, default="", blank=True)
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "sequence"], name="audit_sequence_once")
        ]
        indexes = [
            models.Index(
                fields=["community", "subject_kind", "subject", "at"], name="audit_subject"
            ),
            models.Index(fields=["community", "at", "id"], name="audit_when"),
            # Of many communities at once, newest first: no index that begins with one helps there.
            models.Index(fields=["at", "id"], name="audit_time"),
            models.Index(fields=["community", "act", "sequence"], name="audit_act"),
            models.Index(fields=["community", "user", "sequence"], name="audit_user"),
        ]

    def __str__(self) -> str:
        return f"{self.community}/{self.sequence} {self.act}"


class AuditSubject(models.Model):
    """One of the many that one entry is about (涉及对象): finds the looks at a person.

    Proved by the digest of the ids inside the entry. Only for looks; other bulk acts need none.
    Personal data: none; plain ids. Kept as long as the entry.
    """

    community = models.BigIntegerField()
    subject_kind = models.CharField(max_length=60)
    subject = models.BigIntegerField()
    sequence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "subject_kind", "subject", "sequence"],
                name="audit_subject_once",
            )
        ]
        indexes = [models.Index(fields=["community", "sequence"], name="audit_subjects_of")]

    def __str__(self) -> str:
        return f"{self.community}/{self.sequence}: {self.subject_kind} {self.subject}"


class AuditHead(models.Model):
    """The end of one community's chain (链头); the row that a writer locks.

    Personal data: none.
    """

    community = models.BigIntegerField(primary_key=True)
    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.community} at {self.sequence}"
