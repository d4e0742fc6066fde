"""Stock movements: append-only, one row per effect. ``done`` and on hand are their sums, kept by the guard."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from erp.register.fields import QUANTITY_LIMIT, QuantityField
from erp.register.models import Part
from linkage.models.links import OrderLink
from linkage.models.positions import Demand, Supply


class MovementKind(models.TextChoices):
    RECEIPT = "receipt", "Receipt"
    FINISH = "finish", "Finished production"
    ISSUE = "issue", "Issue to production"
    DELIVERY = "delivery", "Delivery"
    MOVE = "move", "Move"
    ADJUSTMENT = "adjustment", "Adjustment"
    WASTE = "waste", "Waste"
    COUNT = "count", "Count"
    SERVICE = "service", "Service"


class StockMovement(models.Model):
    """So much of a part from one place to another; a reversal is a negative row that names what it reverses, once."""

    kind = models.CharField(max_length=12, choices=MovementKind)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    supply = models.ForeignKey(Supply, on_delete=models.PROTECT, null=True, related_name="movements")
    from_stock = models.ForeignKey(Supply, on_delete=models.PROTECT, null=True, related_name="movements_out")
    to_stock = models.ForeignKey(Supply, on_delete=models.PROTECT, null=True, related_name="movements_in")
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, null=True, related_name="movements")
    link = models.ForeignKey(OrderLink, on_delete=models.PROTECT, null=True, related_name="movements")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    effective_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True, default="")
    reference = models.CharField(
        max_length=60, blank=True, default="", help_text="Delivery note, report or count it came from."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(quantity=0) & Q(quantity__lt=QUANTITY_LIMIT, quantity__gt=-QUANTITY_LIMIT),
                name="movement_quantity_sane",
            ),
            models.CheckConstraint(
                condition=(Q(quantity__lt=0) & Q(reverses__isnull=False))
                | (Q(quantity__gt=0) & Q(reverses__isnull=True)),
                name="movement_negative_only_reverses",
            ),
            models.CheckConstraint(
                condition=(
                    Q(supply__isnull=False, from_stock__isnull=True)
                    & (
                        Q(to_stock__isnull=False, demand__isnull=True) & ~Q(supply=F("to_stock"))
                        | Q(to_stock__isnull=True, demand__isnull=False)
                    )
                    | Q(supply__isnull=True, demand__isnull=False, from_stock__isnull=False, to_stock__isnull=True)
                    | Q(supply__isnull=True, demand__isnull=True)
                    & (
                        Q(from_stock__isnull=False, to_stock__isnull=True)
                        | Q(from_stock__isnull=True, to_stock__isnull=False)
                        | Q(from_stock__isnull=False, to_stock__isnull=False) & ~Q(from_stock=F("to_stock"))
                    )
                ),
                name="movement_sides_fit",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.quantity.normalize():f} {self.part}"
