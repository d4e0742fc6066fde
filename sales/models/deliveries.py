"""Delivery notes: what left the house for one order at one time, kept as it was."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from erp.register.fields import QUANTITY_LIMIT, QuantityField
from erp.register.history import tracked
from erp.register.models import Company
from linkage.models import StockMovement
from sales.models.orders import SalesOrder
from sales.models.picking import PickList, PickRow
from sales.models.rows import Role, SalesOrderRow
from sales.statuses import LIVE


class DeliveryNoteQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_active else self.none()

    def for_list(self):
        return self.select_related("order__document__partner", "order__document__company", "pick_list", "created_by")


@tracked()
class DeliveryNote(models.Model):
    """One delivery of one order: its number, day and rows."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="delivery_notes")
    pick_list = models.ForeignKey(PickList, on_delete=models.PROTECT, null=True, related_name="delivery_notes")
    number = models.CharField(max_length=40)
    serial = models.BigIntegerField()
    delivered_on = models.DateField()
    reference = models.CharField(max_length=60, blank=True, default="", help_text="Of the carrier, or of ours.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = DeliveryNoteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="delivery_note_number_once")]
        triggers = [pgtrigger.ReadOnly(name="note_stays", fields=["company", "order", "number", "delivered_on"])]

    def __str__(self):
        return self.number


class DeliveryRowQuerySet(models.QuerySet):
    def standing(self):
        """What was not taken back."""
        return self.filter(reversed_at=None)

    def for_list(self):
        return self.select_related("note__created_by", "pick_row__pick_list", "reversed_by").prefetch_related(
            models.Prefetch("row", SalesOrderRow.objects.for_list()),
            models.Prefetch("note__order", SalesOrder.objects.for_list()),
        )


@tracked()
class DeliveryRow(models.Model):
    """So much of a sales row on a delivery note, in the row's unit and in the base unit; a text has none.

    Where a part of it is taken back it is reversed, and what stays delivered is a row anew.

    ``invoiced_at``: it is on an invoice basis, and stands from then on.
    """

    note = models.ForeignKey(DeliveryNote, on_delete=models.PROTECT, related_name="rows")
    row = models.ForeignKey(SalesOrderRow, on_delete=models.PROTECT, related_name="delivery_rows")
    pick_row = models.ForeignKey(PickRow, on_delete=models.PROTECT, null=True, related_name="delivery_rows")
    packs = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="packed_in", help_text="What is packed in it."
    )
    rest_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="rests",
        help_text="What left at first, where a part of it was taken back.",
    )
    quantity = QuantityField(default=0)
    base_quantity = QuantityField(default=0)
    final = models.BooleanField(default=False, help_text="Nothing more comes of the row.")
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField("why it was taken back", max_length=200, blank=True, default="")
    invoiced_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "row"], condition=Q(reversed_at=None), name="delivery_row_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=-QUANTITY_LIMIT, quantity__lt=QUANTITY_LIMIT)
                & Q(base_quantity__gte=0, base_quantity__lt=QUANTITY_LIMIT),
                name="delivery_row_quantities_sane",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at=None) | Q(invoiced_at=None), name="delivery_row_invoiced_stands"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="delivered_stays", fields=["note", "row", "quantity", "base_quantity", "pick_row", "rest_of"]
            )
        ]

    def __str__(self):
        return f"{self.note}: {self.row}"

    @property
    def is_reversed(self):
        return self.reversed_at is not None

    @property
    def may_go_back(self):
        """Whether taking it back can work: what an alloy costs comes back with its row, an invoiced one stands."""
        row = self.row
        stands = not self.is_reversed and self.invoiced_at is None
        return stands and row.order.status in LIVE and row.is_goods and row.role != Role.ALLOY and not row.is_cancelled


class DeliveryMovement(models.Model):
    """A movement of goods that a delivery row made; each names the link it used."""

    delivery_row = models.ForeignKey(DeliveryRow, on_delete=models.PROTECT, related_name="movements")
    movement = models.OneToOneField(StockMovement, on_delete=models.PROTECT, related_name="delivery")

    def __str__(self):
        return f"{self.delivery_row}: {self.movement}"
