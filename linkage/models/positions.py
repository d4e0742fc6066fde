"""Documents and their positions: demands and supplies, each owned by one row of an order app.

``allocated``, ``done`` and the quantity of a stock balance are written by the database guard alone
(``linkage/sql/guard.sql``); whatever else writes them is put back.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from erp.register.fields import QuantityField, between_zero_and_limit, register_key
from erp.register.history import tracked
from erp.register.models import Company, Part, Partner, PartRevision, Warehouse


class Status(models.TextChoices):
    """What all positions have in common; each app has one table from its own statuses to these."""

    SUGGESTED = "suggested", "Suggested"
    PLANNED = "planned", "Planned"
    FIRM = "firm", "Firm"
    STARTED = "started", "Started"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


OPEN_STATUSES = (Status.PLANNED, Status.FIRM, Status.STARTED)


class DemandKind(models.TextChoices):
    SALES = "sales", "Sales order row"
    FORECAST = "forecast", "Forecast"
    COMPONENT = "component", "Component"
    SUBCONTRACT = "subcontract", "Subcontracted operation"
    SAFETY = "safety", "Minimum stock"
    HOLD = "hold", "Hold"


class SupplyKind(models.TextChoices):
    STOCK = "stock", "Stock"
    PRODUCTION = "production", "Production order"
    PURCHASE = "purchase", "Purchase order"


class DocumentKind(models.TextChoices):
    SALES = "sales", "Sales order"
    PRODUCTION = "production", "Production order"
    PURCHASE = "purchase", "Purchase order"


class Document(models.Model):
    """The header that positions of one order share."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=DocumentKind)
    number = models.CharField(max_length=40)
    serial = models.BigIntegerField(help_text="Sorts numbers as they were given, whatever their text.")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True)
    ordered_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "number"], name="document_number_once"),
        ]

    def __str__(self):
        return self.number


class PositionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN_STATUSES)

    def visible_to(self, user):
        """Everybody who works here sees all positions; suppliers get rows of their own with the portal."""
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("document", "part__unit", "warehouse")


class DemandQuerySet(PositionQuerySet):
    def uncovered(self):
        return self.open().filter(uncovered__gt=0)

    def linkable(self):
        """Demands that a supply may be promised to: open, not a forecast, something uncovered."""
        return self.uncovered().exclude(kind=DemandKind.FORECAST)

    def made_here(self):
        """Without those of which another company of ours has something to come or under way: no rule finds supply."""
        return self.exclude(elsewhere__quantity__gt=0)

    def for_list(self):
        return super().for_list().select_related("for_supply", "hold__partner")

    def by_need(self):
        """The order in which needs are served: need date, priority, row."""
        return self.order_by(F("need_date").asc(nulls_last=True), "priority", "id")


class SupplyQuerySet(PositionQuerySet):
    def stock(self):
        return self.filter(kind=SupplyKind.STOCK)

    def orders(self):
        return self.exclude(kind=SupplyKind.STOCK)

    def with_free(self):
        return self.open().filter(free__gt=0)

    def orphans(self):
        return self.open().filter(orphaned_at__isnull=False)

    def by_due(self):
        """Stock first (it is there), then by due date."""
        return self.order_by(F("due_date").asc(nulls_first=True), "id")


def _open_quantity():
    """What is still to be given or needed; never negative, also after an over-receipt."""
    return Greatest(F("quantity") - F("done") - F("cancelled"), 0, output_field=QuantityField())


def _position_constraints(name):
    return [
        models.CheckConstraint(
            condition=between_zero_and_limit("quantity", "done", "cancelled"), name=f"{name}_quantities_sane"
        ),
        models.CheckConstraint(
            condition=Q(allocated__gte=0, allocated__lte=_open_quantity()), name=f"{name}_allocated_within"
        ),
        models.CheckConstraint(
            condition=~Q(status__in=[Status.CLOSED, Status.CANCELLED]) | Q(allocated=0), name=f"{name}_closed_unlinked"
        ),
        models.CheckConstraint(
            condition=Q(over_tolerance__gte=0, over_tolerance__lte=1000), name=f"{name}_tolerance_sane"
        ),
        # What guard.sql's composite keys point at; plain, because a deferrable one cannot be referenced.
        models.UniqueConstraint(fields=["id", "part", "warehouse"], name=f"{name}_id_part_warehouse"),
    ]


def _done_within(name):
    return models.CheckConstraint(
        condition=Q(done__lte=(F("quantity") - F("cancelled")) * (100 + F("over_tolerance")) / 100),
        name=f"{name}_done_within",
    )


@tracked(exclude=["allocated", "done", "uncovered", "position", "line", "document"])
class Demand(models.Model):
    """So much of one part, needed in one warehouse by a date."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="demands")
    position = models.PositiveIntegerField(default=0)
    line = models.PositiveSmallIntegerField(default=0, help_text="Of a sub-row: where it stands below the position.")
    kind = models.CharField(max_length=12, choices=DemandKind)
    part = register_key(Part)
    warehouse = register_key(Warehouse)
    revision = register_key(PartRevision, null=True)
    variant = models.CharField("variant code", max_length=120, blank=True, default="")
    quantity = QuantityField()
    done = QuantityField(default=0, editable=False)
    cancelled = QuantityField(default=0)
    allocated = QuantityField(default=0, editable=False)
    need_date = models.DateField(null=True)
    ordered_on = models.DateField(null=True, help_text="The row's own order date; the document's where empty.")
    priority = models.SmallIntegerField(default=5)
    firm = models.BooleanField(default=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.FIRM)
    over_tolerance = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    for_supply = models.ForeignKey(
        "Supply", on_delete=models.PROTECT, null=True, related_name="components", db_index=False
    )
    uncovered = models.GeneratedField(
        expression=_open_quantity() - F("allocated"), output_field=QuantityField(), db_persist=True
    )

    objects = DemandQuerySet.as_manager()

    class Meta:
        constraints = [
            *_position_constraints("demand"),
            _done_within("demand"),
            models.CheckConstraint(
                condition=~Q(kind=DemandKind.FORECAST) | Q(allocated=0), name="demand_forecast_unlinked"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[DemandKind.COMPONENT, DemandKind.SUBCONTRACT]) | Q(for_supply__isnull=False),
                name="demand_component_feeds_supply",
            ),
        ]
        indexes = [
            models.Index(fields=["part", "warehouse", "need_date"], name="demand_by_need"),
            models.Index(fields=["for_supply", "id"], condition=Q(for_supply__isnull=False), name="demand_for_supply"),
            models.Index(fields=["document"], condition=Q(done__gt=0), name="demand_served"),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """What people call it: S-1001/20, S-1001/20.1 of its sub-row, M-1042/1/30 and M-1042/1/op20 for a component and
        an operation of line 1.
        """
        if self.document_id is None:
            kept = self._state.fields_cache.get("hold")  # read along with lists; never asked for here
            return str(kept) if kept else f"{self.get_kind_display()} {self.part_id}"
        if self.kind == DemandKind.SUBCONTRACT:
            return f"{self.document}/{self.for_supply.position}/op{self.position}"
        if self.for_supply_id is not None:
            return f"{self.document}/{self.for_supply.position}/{self.position}"
        return f"{self.document}/{self.place}"

    @property
    def place(self):
        """Its position in its order or line, as people write it."""
        return f"{self.position}.{self.line}" if self.line else f"{self.position}"

    @property
    def open(self):
        return max(self.quantity - self.done - self.cancelled, 0)


@tracked(exclude=["allocated", "done", "free", "position", "document"])
class Supply(models.Model):
    """So much of one part that exists (a stock balance) or will (an order line)."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="supplies")
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=12, choices=SupplyKind)
    part = register_key(Part)
    warehouse = register_key(Warehouse)
    revision = register_key(PartRevision, null=True)
    variant = models.CharField("variant code", max_length=120, blank=True, default="")
    quantity = QuantityField(help_text="On hand, for a stock balance.")
    done = QuantityField(default=0, editable=False)
    cancelled = QuantityField(default=0)
    allocated = QuantityField(default=0, editable=False)
    due_date = models.DateField(null=True)
    lead_time = models.PositiveSmallIntegerField(default=0, help_text="Work days from its material to its due date.")
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    over_tolerance = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    orphaned_at = models.DateTimeField(null=True)
    free = models.GeneratedField(
        expression=_open_quantity() - F("allocated"), output_field=QuantityField(), db_persist=True
    )

    objects = SupplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "supplies"
        constraints = [
            *_position_constraints("supply"),
            _done_within("supply"),
            models.UniqueConstraint(
                fields=["part", "warehouse"],
                condition=Q(kind=SupplyKind.STOCK),
                name="supply_one_balance_per_warehouse",
            ),
            models.CheckConstraint(
                condition=~Q(kind=SupplyKind.STOCK)
                | Q(document__isnull=True, cancelled=0, status=Status.FIRM, due_date__isnull=True),
                name="supply_balance_is_plain",
            ),
            models.CheckConstraint(
                condition=Q(kind=SupplyKind.STOCK) | Q(document__isnull=False), name="supply_order_has_document"
            ),
        ]
        indexes = [
            models.Index(fields=["part", "warehouse", "due_date"], name="supply_by_due"),
            models.Index(fields=["orphaned_at"], condition=Q(orphaned_at__isnull=False), name="supply_orphans"),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """What people call it: P-4711/2, M-1042/1, or the stock of a warehouse."""
        if self.kind == SupplyKind.STOCK:
            return f"stock {self.warehouse}"
        return f"{self.document}/{self.position}"

    @property
    def is_stock(self):
        return self.kind == SupplyKind.STOCK

    @property
    def open(self):
        return max(self.quantity - self.done - self.cancelled, 0)


@tracked()
class StockTarget(models.Model):
    """The minimum stock of a part in a warehouse; owns a demand of kind safety."""

    demand = models.OneToOneField(Demand, on_delete=models.PROTECT, related_name="stock_target")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    minimum = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "warehouse"], name="stock_target_once"),
            models.CheckConstraint(condition=between_zero_and_limit("minimum"), name="stock_target_minimum_sane"),
        ]

    def __str__(self):
        return f"minimum stock of {self.part} in {self.warehouse}"


@tracked()
class Hold(models.Model):
    """Goods kept for a customer until a date; owns a demand of kind hold and ends by itself."""

    demand = models.OneToOneField(Demand, on_delete=models.PROTECT, related_name="hold")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    until = models.DateField()

    def __str__(self):
        return f"hold for {self.partner} until {self.until}"
