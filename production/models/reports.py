"""What was reported on a line or one of its operations; a report is undone as a whole, it is never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from erp.register.fields import QUANTITY_LIMIT, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from linkage.models import OPEN_STATUSES, Demand
from production.models.operations import Operation
from production.models.orders import ProductionOrderLine


class ReportQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(undone_at=None)

    def moving(self):
        """Those that moved goods or cut links: of a line, or scrap of an operation."""
        return self.filter(Q(operation=None) | Q(scrapped__gt=0))


@tracked()
class Report(models.Model):
    """So many made and so many scrapped, at once: of a line, or good ones of one of its operations, in so long."""

    line = models.ForeignKey(ProductionOrderLine, on_delete=models.PROTECT, related_name="reports")
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, related_name="reports")
    quantity = QuantityField(default=0)
    scrapped = QuantityField(default=0)
    minutes = QuantityField(default=0)
    reason = models.CharField(max_length=200, blank=True, default="")
    effective_on = models.DateField()
    undone_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=between_zero_and_limit("quantity", "scrapped", "minutes")
                & (Q(quantity__gt=0) | Q(scrapped__gt=0) | Q(minutes__gt=0)),
                name="report_says_something",
            ),
            models.CheckConstraint(
                condition=Q(operation__isnull=False) | Q(minutes=0), name="report_minutes_of_an_operation"
            ),
            models.CheckConstraint(condition=Q(scrapped=0) | ~Q(reason=""), name="report_scrap_has_reason"),
        ]

    def __str__(self):
        return f"report {self.pk} on {self.line}"

    @property
    def reference(self):
        """How its stock movements name it."""
        return f"report {self.pk}"


class LossQuerySet(models.QuerySet):
    def undecided(self):
        """Losses that still hurt: not undone, not marked as seen, and the demand is short of them."""
        return self.filter(
            report__undone_at=None, seen_at=None, demand__status__in=OPEN_STATUSES, demand__uncovered__gt=0
        )

    def for_list(self):
        return self.select_related(
            "report__line__order__document",
            "report__line__supply",
            "demand__document__partner",
            "demand__for_supply",
            "demand__part__unit",
        )


@tracked()
class Loss(models.Model):
    """What a demand lost by scrap: somebody decides where it comes from now, or marks it as seen."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="losses")
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="losses")
    quantity = QuantityField()
    seen_at = models.DateTimeField(null=True)

    objects = LossQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "losses"
        constraints = [
            models.UniqueConstraint(fields=["report", "demand"], name="loss_once_per_demand"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lt=QUANTITY_LIMIT), name="loss_quantity_positive"
            ),
        ]

    def __str__(self):
        return f"{self.quantity} of {self.demand} lost with {self.report}"
