"""What was sent to suppliers, how, to whom and with which outcome; kept as it was."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from erp.register.history import tracked
from purchasing.models.orders import PurchaseOrder


class How(models.TextChoices):
    EMAIL = "email", "By e-mail"
    FILE = "file", "As a file to download"
    OTHER = "other", "Sent otherwise"


class Outcome(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"


class DispatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_active else self.none()

    def undone(self):
        """Mails that have not gone out and have no later version: who was sent that misses nothing."""
        later = Dispatch.objects.filter(order=OuterRef("order"), version__gt=OuterRef("version"))
        return self.exclude(outcome=Outcome.SENT).exclude(Exists(later))

    def for_list(self):
        return self.select_related("order__document__partner", "order__document__company", "created_by")


class Dispatched(models.Model):
    """How a document went out, and what became of it."""

    how = models.CharField(max_length=8, choices=How)
    address = models.EmailField(blank=True, default="")
    texts = models.JSONField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    error = models.CharField(max_length=300, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    @property
    def is_sent(self):
        return self.outcome == Outcome.SENT


def dispatch_constraints(name):
    """A mail has an address, and what is sent knows when."""
    return [
        models.CheckConstraint(condition=~Q(how="email") | ~Q(address=""), name=f"{name}_mail_has_an_address"),
        models.CheckConstraint(
            condition=Q(how__in=How.values)
            & (
                Q(outcome="sent", sent_at__isnull=False) | Q(outcome__in=["waiting", "sending", "failed"], sent_at=None)
            ),
            name=f"{name}_outcome_sane",
        ),
    ]


@tracked(exclude=["texts"])
class Dispatch(Dispatched):
    """One document that went to the supplier, kept as the texts it was set from; they never change."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="dispatches")
    version = models.PositiveIntegerField()

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "dispatches"
        constraints = [
            models.UniqueConstraint(fields=["order", "version"], name="dispatch_version_once"),
            *dispatch_constraints("dispatch"),
        ]
        indexes = [
            models.Index(fields=["order"], condition=~Q(outcome="sent"), name="dispatch_undone"),
        ]
        triggers = [pgtrigger.ReadOnly(name="document_stays", fields=["order", "version", "texts", "created_at"])]

    def __str__(self):
        return f"{self.order}, version {self.version}"
