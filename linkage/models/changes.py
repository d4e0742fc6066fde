"""Changes that nobody has decided on: what a command, or a person without the right, left to somebody else."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from erp.register.fields import QuantityField, between_zero_and_limit
from linkage.models.positions import Demand, Supply


class UndecidedChangeQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(decided_at__isnull=True)

    def for_list(self):
        return self.select_related(
            "supply__document",
            "supply__part__unit",
            "supply__warehouse",
            "supply__revision",
            "demand__document",
            "demand__part__unit",
            "demand__for_supply",
            "created_by",
        )


class UndecidedChange(models.Model):
    """One order that would change, and does not before a person says so."""

    change = models.CharField(max_length=20)
    supply = models.ForeignKey(Supply, on_delete=models.CASCADE, null=True, related_name="undecided")
    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, null=True, related_name="undecided")
    quantity = QuantityField(null=True)
    date = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, blank=True, default="")

    objects = UndecidedChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(supply__isnull=False) | Q(demand__isnull=False), name="undecided_has_subject"
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | between_zero_and_limit("quantity"), name="undecided_quantity_sane"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, decision="")
                | Q(decided_at__isnull=False, decided_by__isnull=False, decision__in=["done", "left"]),
                name="undecided_is_decided_whole",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(decided_at__isnull=True), name="undecided_waiting")]

    def __str__(self):
        return f"{self.change} of {self.supply or self.demand}"
