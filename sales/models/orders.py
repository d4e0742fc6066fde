"""Sales orders: what one customer ordered at one time."""

import pgtrigger
from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from erp.register.models import CURRENCY, Address, Warehouse, matches
from erp.register.versions import raised_by_edits
from linkage.models import Document
from sales.models.terms import OrderType
from sales.statuses import LIVE, OPEN, PAIRS, OrderStatus

LONGEST_TRANSPORT = 1000  # work days


def place_is_the_customers():
    """The place of delivery is an address of the order's own customer, whoever writes it."""
    return pgtrigger.Trigger(
        name="place_is_the_customers",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("delivery_place_id"),
        when=pgtrigger.Before,
        func="""
            IF EXISTS (SELECT FROM register_address place, linkage_document document
                       WHERE place.id = NEW.delivery_place_id AND document.id = NEW.document_id
                       AND place.partner_id IS DISTINCT FROM document.partner_id) THEN
                RAISE EXCEPTION 'The place of delivery is an address of the customer.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'sales_order_place_is_the_customers';
            END IF;
            RETURN NEW;
        """,
    )


class SalesOrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def visible_to(self, user):
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related(
            "document__partner", "document__company__calendar", "warehouse", "order_type", "delivery_place"
        )


@tracked(exclude=["version"])
class SalesOrder(models.Model):
    """What one customer ordered at one time. Company, customer, number and order date are its document's."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="sales_order")
    status = models.CharField(max_length=20, choices=OrderStatus, default=OrderStatus.QUOTE)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    customer_order_number = models.CharField("customer's order number", max_length=30, blank=True, default="")
    our_reference = models.CharField(max_length=60, blank=True, default="")
    goods_label = models.CharField(max_length=60, blank=True, default="")
    project = models.CharField(max_length=60, blank=True, default="")
    priority = models.SmallIntegerField(default=5)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    partial_delivery_allowed = models.BooleanField(default=True)
    delivery_place = models.ForeignKey(
        Address,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="One of the customer's addresses; empty: its default one.",
    )
    delivery_address = models.TextField(
        max_length=400, blank=True, default="", help_text="Typed here, it stands instead of the place."
    )
    transport_days = models.PositiveSmallIntegerField(
        "transport time", default=0, help_text="Work days from our door to the customer's."
    )
    order_type = models.ForeignKey(OrderType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    currency = models.CharField(max_length=3, default="EUR")
    exchange_rate = models.DecimalField(
        max_digits=18,
        decimal_places=8,
        default=1,
        help_text="What one unit of the order's currency is in the company's.",
    )
    note = models.TextField(max_length=2000, blank=True, default="")
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = SalesOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=9), name="sales_order_priority_sane"),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="sales_order_status_known"),
            models.CheckConstraint(
                condition=Q(exchange_rate__gt=0, exchange_rate__lt=10**9), name="sales_order_exchange_rate_sane"
            ),
            matches("currency", CURRENCY, "sales_order_currency_sane"),
            models.CheckConstraint(
                condition=Q(transport_days__lte=LONGEST_TRANSPORT), name="sales_order_transport_sane"
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="status_follows_the_table", field="status", transitions=PAIRS),
            raised_by_edits(),
            place_is_the_customers(),
        ]

    def __str__(self):
        return str(self.document)

    @property
    def customer(self):
        return self.document.partner

    @property
    def company_currency(self):
        return self.document.company.currency

    @property
    def has_demands(self):
        """Whether rows of it own demands: from registered on."""
        return self.status in LIVE

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def before_delivery(self):
        """The status the order goes back to when nothing of it is delivered any more."""
        return OrderStatus.CONFIRMED if self.confirmed_at else OrderStatus.REGISTERED
