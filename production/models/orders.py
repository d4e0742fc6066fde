"""Production orders. What a line brings and a component needs are positions of the ledger, stored there once."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from erp.register.fields import QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import Partner, Warehouse
from linkage.models import Demand, Document, Status, Supply
from production.models.boms import Bom, raised_by_people
from production.models.types import ProductionOrderType


class OrderStatus(models.TextChoices):
    SUGGESTED = "suggested", "Suggested"
    PLANNED = "planned", "Planned"
    RELEASED = "released", "Released"
    STARTED = "started", "Started"
    FINISHED = "finished", "Finished"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def position_status(self):
        """The common status of the order's positions."""
        return {
            self.SUGGESTED: Status.SUGGESTED,
            self.PLANNED: Status.PLANNED,
            self.RELEASED: Status.FIRM,
            self.STARTED: Status.STARTED,
            self.FINISHED: Status.CLOSED,
            self.CLOSED: Status.CLOSED,
            self.CANCELLED: Status.CANCELLED,
        }[self]


class Layout(models.TextChoices):
    """How an order is printed; each has a file in ``production/paper``."""

    SHOP = "shop", "Shop paper"
    PICKING = "picking", "Picking list"


# The only table of what may follow what; the database trigger and the operations both read it.
TRANSITIONS = [
    (OrderStatus.SUGGESTED, OrderStatus.PLANNED),
    (OrderStatus.PLANNED, OrderStatus.RELEASED),
    (OrderStatus.RELEASED, OrderStatus.PLANNED),
    (OrderStatus.RELEASED, OrderStatus.STARTED),
    (OrderStatus.STARTED, OrderStatus.RELEASED),
    (OrderStatus.STARTED, OrderStatus.FINISHED),
    (OrderStatus.FINISHED, OrderStatus.STARTED),
    (OrderStatus.FINISHED, OrderStatus.CLOSED),
    (OrderStatus.SUGGESTED, OrderStatus.CANCELLED),
    (OrderStatus.PLANNED, OrderStatus.CANCELLED),
    (OrderStatus.RELEASED, OrderStatus.CANCELLED),
]
OPEN_ORDER = (OrderStatus.SUGGESTED, OrderStatus.PLANNED, OrderStatus.RELEASED, OrderStatus.STARTED)


class ProductionOrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN_ORDER)

    def visible_to(self, user):
        """Everybody who works here sees all production orders; suppliers see none."""
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("document", "order_type", "site", "employee", "customer", "sales_document")


@tracked(exclude=["version"])
class ProductionOrder(models.Model):
    """The header of a production order: its status, where it is made, for whom."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="production_order")
    order_type = models.ForeignKey(
        ProductionOrderType, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.PLANNED)
    site = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Where it is made; components are taken here.",
    )
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    customer = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sales_document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="production_orders", db_index=False
    )
    project = models.CharField(max_length=60, blank=True, default="")
    goods_label = models.CharField(max_length=60, blank=True, default="")
    note = models.TextField(max_length=2000, blank=True, default="")
    layout = models.CharField(max_length=10, choices=Layout, default=Layout.SHOP)
    hold_reason = models.CharField(max_length=200, blank=True, default="", help_text="On hold, and why; empty = not.")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = ProductionOrderQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.FSM(name="production_status", field="status", transitions=TRANSITIONS),
            raised_by_people("production_version"),
        ]
        indexes = [
            models.Index(
                fields=["sales_document"], condition=Q(sales_document__isnull=False), name="production_for_sales"
            )
        ]

    def __str__(self):
        return self.document.number

    @property
    def is_on_hold(self):
        return bool(self.hold_reason)

    @property
    def is_open(self):
        return self.status in OPEN_ORDER

    @property
    def can_be_changed(self):
        """Quantity, dates and components are changed until it starts."""
        return self.status in OPEN_ORDER and self.status != OrderStatus.STARTED

    @property
    def can_be_split(self):
        return self.status in {OrderStatus.PLANNED, OrderStatus.RELEASED, OrderStatus.STARTED}

    @property
    def can_be_reported(self):
        return self.status in {OrderStatus.RELEASED, OrderStatus.STARTED} and not self.is_on_hold


class LineQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related(
            "order__document",
            "order__site",
            "bom__revision",
            "supply__part__unit",
            "supply__warehouse",
            "supply__document",
        ).order_by("order_id", "position")


@tracked()
class ProductionOrderLine(models.Model):
    """One item that the order makes. Part, quantity, warehouse and finish date are those of its supply."""

    order = models.ForeignKey(ProductionOrder, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    bom = models.ForeignKey(Bom, on_delete=models.PROTECT, related_name="+")
    supply = models.OneToOneField(Supply, on_delete=models.PROTECT, related_name="production_line")
    start_date = models.DateField(null=True)
    scrapped = QuantityField(default=0)

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"],
                name="production_line_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=between_zero_and_limit("scrapped"), name="production_line_scrapped_sane"),
        ]

    def __str__(self):
        return f"{self.order}/{self.position}"

    def starts_late(self, today):
        """Not started, and the day it should have started has passed."""
        waiting = self.order.status in {OrderStatus.SUGGESTED, OrderStatus.PLANNED, OrderStatus.RELEASED}
        return waiting and self.start_date is not None and self.start_date < today


class ComponentQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related("demand__part__unit", "demand__warehouse", "demand__document").order_by(
            "line_id", "position"
        )


@tracked()
class Component(models.Model):
    """What a line needs: a snapshot of its BOM row when it was exploded, or added by hand (no BOM row).

    Later edits of the BOM never reach it. Part, quantity and need date are those of its demand.
    """

    line = models.ForeignKey(ProductionOrderLine, on_delete=models.PROTECT, related_name="components", db_index=False)
    position = models.PositiveIntegerField()
    demand = models.OneToOneField(Demand, on_delete=models.PROTECT, related_name="component")
    bom_row = models.BigIntegerField(null=True, help_text="The id of the BOM row it came from; it may be gone.")
    quantity_per = models.DecimalField(max_digits=30, decimal_places=12)
    fixed_quantity = models.DecimalField(max_digits=30, decimal_places=12, default=0)
    scrap = models.DecimalField(max_digits=14, decimal_places=12, default=0)

    objects = ComponentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "position"],
                name="component_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=between_zero_and_limit("quantity_per", "fixed_quantity") & Q(scrap__gte=0, scrap__lt=1),
                name="component_snapshot_sane",
            ),
            models.CheckConstraint(
                condition=Q(quantity_per__gt=0) | Q(fixed_quantity__gt=0), name="component_needs_something"
            ),
        ]

    def __str__(self):
        return f"{self.line}/{self.position}"

    @property
    def added_by_hand(self):
        return self.bom_row is None
