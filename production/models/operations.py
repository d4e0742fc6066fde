"""The operations of a production order: a snapshot of the routing when the order was made."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from erp.register.fields import QUANTITY_LIMIT, PriceField, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from linkage.models import Demand, Status
from production.models.orders import ProductionOrderLine
from production.models.routings import WorkCentre, in_house_or_subcontracted


class OperationQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related("work_centre", "demand__part__unit", "demand__document").order_by(
            "line_id", "position"
        )

    def on_hold(self):
        return self.exclude(hold_reason="")

    def in_house(self):
        return self.filter(demand=None)

    def subcontracted(self):
        return self.filter(demand__isnull=False)


@tracked()
class Operation(models.Model):
    """One step of making a line, in a work centre or by a subcontractor.

    Later edits of the routing, or of what an hour costs, never reach it. A subcontracted one owns a demand for its
    service part: what is received of that is what is done.
    """

    line = models.ForeignKey(ProductionOrderLine, on_delete=models.PROTECT, related_name="operations")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    work_centre = models.ForeignKey(WorkCentre, on_delete=models.PROTECT, null=True, related_name="+")
    demand = models.OneToOneField(Demand, on_delete=models.PROTECT, null=True, related_name="operation")
    setup_minutes = QuantityField(default=0)
    run_minutes = QuantityField(default=0)
    hourly_rate = PriceField(default=0)
    routing_operation = models.BigIntegerField(null=True, help_text="The id it was copied from; it may be gone.")
    started_at = models.DateTimeField(null=True)
    hold_reason = models.CharField(max_length=200, blank=True, default="", help_text="On hold, and why; empty = not.")

    objects = OperationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "position"],
                name="operation_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=between_zero_and_limit("setup_minutes", "run_minutes")
                & Q(hourly_rate__gte=0, hourly_rate__lt=QUANTITY_LIMIT),
                name="operation_snapshot_sane",
            ),
            in_house_or_subcontracted("operation_inside_or_out", "demand"),
        ]

    def __str__(self):
        return f"{self.line}/op{self.position}"

    # A subcontracted one is divided like a component: once for each piece, nothing whatever the quantity.
    quantity_per, fixed_quantity = Decimal(1), Decimal(0)

    @property
    def is_subcontracted(self):
        return self.demand_id is not None

    @property
    def is_on_hold(self):
        return bool(self.hold_reason)

    @property
    def is_removed(self):
        """Subcontracted, and taken off the order again; the demand tells what became of it."""
        return self.is_subcontracted and self.demand.status == Status.CANCELLED

    def planned_minutes(self, quantity):
        """Set-up and run time of so many pieces."""
        return self.setup_minutes + self.run_minutes * quantity
