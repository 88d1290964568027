"""Imports of ledgers, what they changed, and saved layouts."""

from django.db import models

from gridwell.core import ids
from gridwell.core.fields import CommunityForeignKey, EncryptedTextField
from gridwell.places.models import Area


class LedgerImport(models.Model):
    """One import of a ledger file (台账导入): dry run, questions, then one transaction; undo is one act.

    `report` holds figures without personal values; faults, questions and changes are encrypted in
    `findings`. The file itself is kept encrypted, under a key of its own in `file_key`, while lines of it
    may have to go back to be mended.
    Personal data: the uploaded rows, encrypted; deleted 30 days after the import is finished.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    file_path = models.CharField(max_length=200, default="", blank=True)
    file_key = EncryptedTextField(default="", blank=True)
    state = models.CharField(
        max_length=12, default="reading"
    )  # reading checked applying done undone dropped failed
    mapping = models.JSONField(
        default=dict, blank=True
    )  # column -> field, where the officer said so
    report = models.JSONField(default=dict, blank=True)
    findings = EncryptedTextField(default="", blank=True)
    error = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "ref"], name="import_ref_once")]
        indexes = [models.Index(fields=["community", "created_at"], name="import_when")]

    def __str__(self) -> str:
        return self.file_name


class DuplicateAnswer(models.Model):
    """An officer's answer about two that may be one person (重复判定): same, new, later.

    `question` is the key of the line, so that the same line of a later file is not asked about again;
    `resident` is who it turned out to be.
    Personal data: none; ids and digests.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ledger_import = CommunityForeignKey(LedgerImport, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=64)
    answer = models.CharField(max_length=6)  # same new later
    resident = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField()
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "ledger_import", "question"], name="duplicate_answer_once"
            )
        ]

    def __str__(self) -> str:
        return self.answer


class ImportChange(models.Model):
    """What an import did (变更记录), for undo: one row a table for all created ids, one a changed person.

    `kind` created: `payload` = {"ids": [...]}; replaced: likewise, dated facts that were superseded;
    changed: {"before": {...}, "after": {...}} of `row`, encrypted because it holds former values.
    Personal data: former values, encrypted; deleted with the import.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ledger_import = CommunityForeignKey(LedgerImport, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=8)  # created replaced changed
    table = models.CharField(max_length=40)
    row = models.BigIntegerField(null=True)
    payload = EncryptedTextField()

    class Meta:
        indexes = [models.Index(fields=["community", "ledger_import"], name="import_change")]

    def __str__(self) -> str:
        return f"{self.kind} {self.table}"


class ColumnMemory(models.Model):
    """What a community's officer said a column means (列名对应), remembered for the next file.

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    header = models.CharField(max_length=120)
    field = models.CharField(max_length=40)
    set_at = models.DateTimeField()
    set_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "header"], name="column_memory_once")
        ]

    def __str__(self) -> str:
        return f"{self.header} = {self.field}"


class Layout(models.Model):
    """A saved form of the same data (版式): the columns one office wants, in its order and words.

    `columns` = [{"header": …, "field": …}]; made from an import ("the layout it came in") or by hand.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    name = models.CharField(max_length=80)
    columns = models.JSONField(default=list)
    title = models.CharField(max_length=120, default="", blank=True)
    rows = models.CharField(max_length=10, default="person")  # person | household
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="layout_once")]

    def __str__(self) -> str:
        return self.name


class ExportLog(models.Model):
    """An export that was made (导出记录): rows, layout, masked or not; what changed since is counted.

    Personal data: none; counts.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    layout = models.CharField(max_length=80)
    rows = models.PositiveIntegerField()
    is_masked = models.BooleanField(default=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["community", "made_at"], name="export_when")]

    def __str__(self) -> str:
        return self.layout
