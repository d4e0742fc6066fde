"""Files that wait to be loaded, line by line as they were read, and what became of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from linkage.models import Document, JobRun

LONGEST_PROBLEM = 400


class ImportStatus(models.TextChoices):
    STAGED = "staged", "Ready"
    REFUSED = "refused", "Has bad lines"
    LOADED = "loaded", "Loaded"
    DISCARDED = "discarded", "Discarded"


class StagedImportQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related("created_by", "ended_by")


class StagedImport(models.Model):
    """One uploaded file. Its lines change nothing until somebody confirms it, and then all of them are loaded.

    ``digest`` is that of the bytes, ``content`` that of what was read: the same table saved in another format, or with
    another separator, is the same file.
    """

    kind = models.CharField(max_length=30)
    file_name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    how = models.CharField(max_length=200, help_text="How the file was read, in words.")
    digest = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    header = models.JSONField()
    decimal = models.CharField(max_length=1, blank=True, default="")
    first = models.CharField(max_length=5, blank=True, default="")
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.STAGED)
    line_count = models.PositiveIntegerField()
    bad_count = models.PositiveIntegerField(default=0, help_text="Lines with something wrong.")
    warned_count = models.PositiveIntegerField(default=0, help_text="Lines with something to look at.")
    effects = models.JSONField(default=list, help_text="What loading does: pairs of words and figures.")
    questions = models.JSONField(default=list, help_text="What somebody may decide: Choices of the kind.")
    answers = models.JSONField(default=dict, help_text="What was chosen, by the key of the question.")
    message = models.CharField(max_length=500, blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    run = models.ForeignKey(JobRun, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = StagedImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "content"], condition=Q(status="loaded"), name="staged_content_loaded_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "digest"], condition=Q(status="loaded"), name="staged_file_loaded_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["loaded", "discarded"], ended_by__isnull=False, ended_at__isnull=False)
                | Q(status__in=["staged", "refused"], ended_by__isnull=True, ended_at__isnull=True),
                name="staged_ended_whole",
            ),
            models.CheckConstraint(condition=~Q(status="loaded") | Q(bad_count=0), name="staged_loaded_without_bad"),
        ]

    def __str__(self):
        return f"{self.file_name} ({self.pk})"

    @property
    def is_waiting(self):
        return self.status in {ImportStatus.STAGED, ImportStatus.REFUSED}


class StagedRow(models.Model):
    """One line as it was read: texts, ``{"number": …}`` and ``{"date": …}``."""

    staged = models.ForeignKey(StagedImport, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staged", "line"], name="staged_line_once")]

    @property
    def texts(self):
        """The cells as the page shows them."""
        return [next(iter(cell.values())) if isinstance(cell, dict) else cell for cell in self.cells]

    def __str__(self):
        return f"{self.staged} line {self.line}"


class StagedProblem(models.Model):
    """Something to say of one line: in which column, what was read, and why it cannot be.

    A warning keeps nothing from being loaded; somebody should look at it first. A change is what loading the line does.
    """

    staged = models.ForeignKey(StagedImport, on_delete=models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=100, blank=True)
    read = models.CharField(max_length=100, blank=True)
    sentence = models.CharField(max_length=LONGEST_PROBLEM)
    is_warning = models.BooleanField(default=False)
    is_change = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["staged", "line"], name="staged_problem_line")]

    def __str__(self):
        return f"line {self.line}: {self.sentence}"


class LoadedDocument(models.Model):
    """An order that a load made or changed, and the sender's own number for it, which is loaded once."""

    staged = models.ForeignKey(StagedImport, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=30)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number"], condition=~Q(number=""), name="staged_number_loaded_once"
            ),
        ]

    def __str__(self):
        return f"{self.number or self.document}"
