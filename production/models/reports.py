"""What was reported on a line. A report is undone as a whole, by a second set of movements; it is never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from erp.register.fields import QuantityField, between_zero_and_limit
from erp.register.history import tracked
from production.models.orders import ProductionOrderLine


@tracked()
class Report(models.Model):
    """So many made and so many scrapped, at once."""

    line = models.ForeignKey(ProductionOrderLine, on_delete=models.PROTECT, related_name="reports")
    quantity = QuantityField(default=0)
    scrapped = QuantityField(default=0)
    reason = models.CharField(max_length=200, blank=True, default="")
    effective_on = models.DateField()
    undone_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=between_zero_and_limit("quantity", "scrapped") & (Q(quantity__gt=0) | Q(scrapped__gt=0)),
                name="report_says_something",
            ),
            models.CheckConstraint(condition=Q(scrapped=0) | ~Q(reason=""), name="report_scrap_has_reason"),
        ]

    def __str__(self):
        return f"report {self.pk} on {self.line}"

    @property
    def reference(self):
        """How its stock movements name it."""
        return f"report {self.pk}"
