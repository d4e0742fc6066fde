"""Purchase orders: one supplier, one document; and the version that every change of theirs raises."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from erp.register.history import tracked
from linkage.models import Document
from purchasing.models.types import PurchaseOrderType
from purchasing.statuses import AT_SUPPLIER, NOT_SENT, OPEN, TRANSITION_PAIRS, TRANSITIONS, PurchaseStatus


def rising_version():
    """Every change of the row raises its version, whoever writes it, so that a stale form is found out."""
    return pgtrigger.Trigger(
        name="version_rises",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.AnyChange(),
        func="NEW.version := OLD.version + 1; RETURN NEW;",
    )


class PurchaseOrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def visible_to(self, user):
        """Everybody who works here; suppliers get their own rows with the portal."""
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("document__partner", "document__company", "buyer", "order_type")


@tracked(exclude=["version"])
class PurchaseOrder(models.Model):
    """An order to one supplier; who that is, its number and its date stand in its document."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="purchase_order")
    status = models.CharField(max_length=16, choices=PurchaseStatus, default=PurchaseStatus.DRAFT)
    order_type = models.ForeignKey(
        PurchaseOrderType, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    currency = models.CharField(max_length=3, default="EUR")
    rate = models.DecimalField(
        max_digits=18,
        decimal_places=8,
        null=True,
        help_text="What one unit of it was worth in the company's currency when the order was sent.",
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", help_text="Our reference."
    )
    supplier_reference = models.CharField(max_length=60, blank=True, default="")
    goods_label = models.CharField(max_length=60, blank=True, default="")
    delivery_address = models.TextField(
        max_length=400, blank=True, default="", help_text="Empty: the address of our warehouse."
    )
    drop_shipment = models.BooleanField(
        default=False, help_text="The goods go straight to the customer: receiving delivers them."
    )
    note = models.TextField(max_length=2000, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=0)

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.FSM(name="status_moves", field="status", transitions=TRANSITION_PAIRS),
            rising_version(),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__gt=0, rate__lt=10**9), name="purchase_order_rate_positive"
            ),
            models.CheckConstraint(
                condition=Q(drop_shipment=False) | ~Q(delivery_address=""),
                name="purchase_order_drop_shipment_has_address",
            ),
        ]
        indexes = [models.Index(fields=["status"], name="purchase_order_status")]

    def __str__(self):
        return str(self.document)

    @property
    def supplier(self):
        return self.document.partner

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def is_at_supplier(self):
        return self.status in AT_SUPPLIER

    @property
    def is_not_sent(self):
        return self.status in NOT_SENT

    @property
    def can_be_cancelled(self):
        return PurchaseStatus.CANCELLED in TRANSITIONS[PurchaseStatus(self.status)]
