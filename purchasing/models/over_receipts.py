"""Receipts beyond the tolerance that wait for a buyer: wishes, not goods; nothing of them is counted anywhere."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from erp.register.fields import QUANTITY_LIMIT, QuantityField
from erp.register.history import tracked


class Verdict(models.TextChoices):
    WAITING = "waiting", "Waiting for a buyer"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class OverReceiptQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(status=Verdict.WAITING)

    def visible_to(self, user):
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related(
            "row__order__document__partner",
            "row__supply__document",
            "row__supply__part__unit",
            "row__unit",
            "created_by",
            "decided_by",
        )


@tracked()
class OverReceipt(models.Model):
    """So much (row's unit) of a purchase row came, more than its supplier may send; somebody asked to take it in."""

    row = models.ForeignKey("purchasing.PurchaseOrderRow", on_delete=models.PROTECT, related_name="over_receipts")
    quantity = QuantityField()
    effective_on = models.DateField()
    reference = models.CharField(max_length=60, blank=True, default="")
    final = models.BooleanField(default=False)
    reason = models.CharField(max_length=200)
    seen = models.JSONField(help_text="What was to come for each link, and what was free (0), when it was asked.")
    status = models.CharField(max_length=10, choices=Verdict, default=Verdict.WAITING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=200, blank=True, default="", help_text="Why it was declined or approved.")

    objects = OverReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lt=QUANTITY_LIMIT), name="over_receipt_quantity_positive"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="over_receipt_has_a_reason"),
            models.CheckConstraint(
                condition=Q(status="waiting", decided_by=None, decided_at=None)
                | Q(status__in=["approved", "withdrawn"], decided_by__isnull=False, decided_at__isnull=False)
                | Q(status="declined", decided_by__isnull=False, decided_at__isnull=False) & ~Q(verdict=""),
                name="over_receipt_decided_whole",
            ),
            models.UniqueConstraint(fields=["row"], condition=Q(status="waiting"), name="over_receipt_one_waits"),
        ]

    def __str__(self):
        return f"receipt of {self.quantity.normalize():f} {self.row.unit} on {self.row}"

    @property
    def is_waiting(self):
        return self.status == Verdict.WAITING

    @property
    def standing(self):
        """``seen`` as a rehearsal has it: {link id: quantity}."""
        return {int(pk): type(self.quantity)(quantity) for pk, quantity in self.seen.items()}
