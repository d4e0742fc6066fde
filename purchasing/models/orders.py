"""Purchase orders: one supplier, one document."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Now, Replace
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from erp.register.history import tracked
from erp.register.versions import raised_by_edits
from linkage.models import Document
from purchasing.models.types import PurchaseOrderType
from purchasing.statuses import AT_SUPPLIER, NOT_SENT, OPEN, TRANSITION_PAIRS, TRANSITIONS, PurchaseStatus


class HeaderFact(models.TextChoices):
    """What of the header the supplier reads; where the goods go is one fact."""

    ORDERED_ON = "ordered_on", _("Order date")
    BUYER = "buyer", _("Our reference")
    GOODS_LABEL = "goods_label", _("Goods label")
    TERMS = "terms", _("Terms")
    PLACE = "delivery_address", _("Deliver to")
    NOTE = "note", _("Note")


def _text(what):
    """As ``purchasing.headers`` keeps it: nothing is an empty text."""
    text = models.TextField()
    return Coalesce(Cast(what, text), Value("", text))


class PurchaseOrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def untold(self):
        """Orders at suppliers whose header is not what these know of it (``purchasing.headers``)."""
        now = {HeaderFact.ORDERED_ON: "document__ordered_on", HeaderFact.BUYER: "buyer_id"}
        same = Q()
        for name in HeaderFact.values:
            known = _text(KT(f"told__{name}"))
            same &= Q(Exact(known, Replace(_text(now.get(name, name)), Value("\r"), Value(""))))
        return self.filter(~same, told__isnull=False, status__in=AT_SUPPLIER)

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
    terms = models.CharField(
        max_length=200, blank=True, default="", help_text="Of delivery and payment, as they stand on the document."
    )
    note = models.TextField(max_length=2000, blank=True, default="")
    told = models.JSONField(null=True, help_text="What the supplier knows of the header; null until it is sent.")
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=0)

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.FSM(name="status_moves", field="status", transitions=TRANSITION_PAIRS),
            raised_by_edits(),
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
