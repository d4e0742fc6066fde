"""What a customer's file asked for, and the answers to it: one document per confirmed version, kept as its texts."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from erp.register.fields import PriceField, QuantityField
from sales.models.orders import SalesOrder
from sales.models.rows import SalesOrderRow


class Ended(models.TextChoices):
    """How a later file of the customer ended a line: by asking for something else, or for nothing."""

    CHANGED = "changed", "Changed"
    CANCELLED = "cancelled", "Cancelled"


class AskedLine(models.Model):
    """One line of a customer's file as it came; answers compare with it. Its row may be gone since.

    A later file that changes the order ends the line, and what it asks for instead is a line of its own.
    """

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="asked_lines")
    row = models.OneToOneField(SalesOrderRow, on_delete=models.SET_NULL, null=True, related_name="asked_line")
    place = models.PositiveIntegerField(help_text="Where it stood in the order, from 1.")
    position = models.CharField("customer's row position", max_length=15, blank=True, default="")
    part_number = models.CharField(max_length=40, blank=True, default="")
    customer_part_number = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    quantity = QuantityField()
    unit = models.CharField(max_length=10)
    desired_date = models.DateField(null=True)
    price = PriceField(null=True)
    ended = models.CharField(max_length=10, choices=Ended, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "place"], name="asked_line_place_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="asked_line_quantity_positive"),
        ]
        triggers = [pgtrigger.ReadOnly(name="asked_stays", exclude=["row", "ended"])]

    def __str__(self):
        return f"{self.order}, asked line {self.place}"


class OrderAnswer(models.Model):
    """What we answered to a customer's order: the texts that its files are made of. They never change."""

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="answers")
    version = models.PositiveIntegerField()
    texts = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "version"], name="order_answer_version_once")]
        triggers = [
            pgtrigger.ReadOnly(name="answer_stays"),
            pgtrigger.Protect(name="answer_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return f"{self.order}-{self.version}"
