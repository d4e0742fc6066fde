"""Pick lists: what the warehouse is to take from the shelf for customers.

A pick reserves: what is picked of a demand lies on the shelf for it, and no other pick list can take it. The sum is
kept by ``sales/sql/pick_guard.sql``, whoever writes.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from erp.register.fields import QUANTITY_LIMIT, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import Company, Warehouse
from linkage.models import Demand
from sales.models.rows import SalesOrderRow


class PickStatus(models.TextChoices):
    OPEN = "open", "Open"
    DELIVERED = "delivered", "Delivered"
    CANCELLED = "cancelled", "Cancelled"


class PickListQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=PickStatus.OPEN)

    def visible_to(self, user):
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("company", "warehouse__company__calendar", "created_by")


@tracked()
class PickList(models.Model):
    """What is to leave one warehouse until a day."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    serial = models.BigIntegerField()
    until = models.DateField(null=True, blank=True, help_text="The last delivery date it was planned for.")
    note = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=10, choices=PickStatus, default=PickStatus.OPEN)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = PickListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="pick_list_number_once"),
            models.CheckConstraint(condition=Q(status__in=PickStatus.values), name="pick_list_status_known"),
        ]
        indexes = [models.Index(fields=["warehouse"], condition=Q(status="open"), name="pick_list_open")]

    def __str__(self):
        return self.number

    @property
    def is_open(self):
        return self.status == PickStatus.OPEN


class PickPrintQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("pick_list", "created_by")


@tracked(exclude=["texts"])
class PickPrint(models.Model):
    """A pick list as it was printed, kept as the texts it was set from; printed again it says the same."""

    pick_list = models.ForeignKey(PickList, on_delete=models.PROTECT, related_name="prints")
    version = models.PositiveIntegerField()
    texts = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = PickPrintQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pick_list", "version"], name="pick_print_version_once")]
        triggers = [pgtrigger.ReadOnly(name="printed_stays", fields=["pick_list", "version", "texts", "created_at"])]

    def __str__(self):
        return f"{self.pick_list}, version {self.version}"


class PickRowQuerySet(models.QuerySet):
    def open(self):
        return self.filter(open__gt=0)

    def for_list(self):
        rows = models.Prefetch("row", SalesOrderRow.objects.for_list())
        return self.select_related("pick_list__warehouse").prefetch_related(rows)


@tracked(exclude=["open"])
class PickRow(models.Model):
    """So much of a sales row to be picked, in the part's base unit; a row without stock is picked whole.

    ``taken`` is what was free on the shelf and is promised to the row since; it is let go with the pick.
    """

    pick_list = models.ForeignKey(PickList, on_delete=models.PROTECT, related_name="rows")
    row = models.ForeignKey(SalesOrderRow, on_delete=models.CASCADE, related_name="picks")
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, null=True, related_name="+")
    quantity = QuantityField()
    delivered = QuantityField(default=0)
    released = QuantityField(default=0)
    taken = QuantityField(default=0)
    open = models.GeneratedField(
        expression=F("quantity") - F("delivered") - F("released"), output_field=QuantityField(), db_persist=True
    )

    objects = PickRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pick_list", "row"], name="pick_row_once"),
            models.CheckConstraint(
                condition=between_zero_and_limit("delivered", "released", "taken")
                & Q(quantity__gt=0, quantity__lt=QUANTITY_LIMIT)
                & Q(quantity__gte=F("delivered") + F("released"), taken__lte=F("quantity")),
                name="pick_row_quantities_sane",
            ),
            models.UniqueConstraint(
                fields=["row"], condition=Q(demand=None, open__gt=0), name="pick_row_without_stock_once"
            ),
        ]
        indexes = [models.Index(fields=["demand"], condition=Q(open__gt=0), name="pick_row_open")]

    def __str__(self):
        return f"{self.pick_list}: {self.row}"
