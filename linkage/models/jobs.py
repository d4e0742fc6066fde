"""What was asked and what ran: operation keys (one effect per form) and runs of night jobs."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Operation(models.Model):
    """One form that was sent. Its key is taken first in the transaction; a second post answers as the first did."""

    key = models.UUIDField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    payload = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="operation_key_once")]

    def __str__(self):
        return f"{self.name} {self.key}"


class JobRun(models.Model):
    """One run of a night job."""

    name = models.CharField(max_length=40)
    business_date = models.DateField()
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    succeeded = models.BooleanField(null=True)
    message = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["name", "-started_at"], name="job_run_latest")]

    def __str__(self):
        return f"{self.name} {self.business_date}"
