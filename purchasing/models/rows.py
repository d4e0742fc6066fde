"""The rows of purchase orders: so much of one part, as the supplier reads it.

A purchase row owns one supply of the ledger. Part, warehouse, revision, base quantity, due date and what has arrived
live there and are not repeated here; the row keeps what the supplier reads: unit, quantity in that unit, price.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.query import ModelIterable

from erp.register.fields import QUANTITY_LIMIT, PriceField, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import Unit
from erp.register.versions import raised_by_edits
from linkage.models import Status, Supply
from purchasing.models.orders import PurchaseOrder
from purchasing.statuses import AT_SUPPLIER, PurchaseStatus


class PurchaseOrderRowQuerySet(models.QuerySet):
    def open(self):
        return self.filter(supply__status__in=[Status.SUGGESTED, Status.PLANNED, Status.FIRM, Status.STARTED])

    def confirmed(self):
        """Rows whose present date and quantity are what the supplier confirmed."""
        enough = Q(agreed_quantity=None) | Q(agreed_quantity__gte=F("quantity"))
        return self.filter(enough, confirmed_on=F("supply__due_date"))

    def untold(self):
        """Rows of sent orders that are not what the supplier knows of them (``purchasing.differences``)."""
        open_rows = Q(order__status__in=AT_SUPPLIER, supply__status__in=[Status.FIRM, Status.STARTED])
        same = Q(agreed_quantity=F("quantity"), agreed_price=F("price"), agreed_discount=F("discount"))
        same &= Q(agreed_on=F("supply__due_date"))
        gone = Q(supply__status=Status.CANCELLED, agreed_quantity__isnull=False, order__sent_at__isnull=False)
        gone &= Q(order__status__in=[*AT_SUPPLIER, PurchaseStatus.CANCELLED])
        return self.filter(gone | open_rows & (Q(agreed_quantity=None) | ~same))

    def visible_to(self, user):
        return self if user.is_active else self.none()

    def for_list(self):
        """With their orders, which rows share, and all that a page says of their supplies."""
        orders = models.Prefetch("order", PurchaseOrder.objects.for_list())
        return self.select_related(
            "supply__part__unit", "supply__warehouse", "supply__revision", "unit"
        ).prefetch_related(orders)

    def _fetch_all(self):
        is_read = self._result_cache is None and issubclass(self._iterable_class, ModelIterable)
        super()._fetch_all()
        for row in self._result_cache if is_read else ():
            row.share_what_was_read()


@tracked(exclude=["version"])
class PurchaseOrderRow(models.Model):
    """So much of one part, in the unit and at the price that the supplier reads."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    supply = models.OneToOneField(Supply, on_delete=models.PROTECT, related_name="purchase_row")
    quantity = QuantityField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    price = PriceField(default=0)
    discount = models.DecimalField("discount %", max_digits=5, decimal_places=2, default=0)
    price_by_hand = models.BooleanField(default=False, help_text="A new quantity leaves price and discount alone.")
    supplier_part_number = models.CharField(max_length=60, blank=True, default="")
    goods_label = models.CharField(max_length=60, blank=True, default="")
    project = models.CharField(max_length=60, blank=True, default="")
    priority = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of the demand that the row was made for; 1 goes first."
    )
    wanted_on = models.DateField(null=True, help_text="The date that was asked for; the supply has the one expected.")
    wanted_quantity = QuantityField(null=True, help_text="The quantity that was asked for; null until it is sent.")
    confirmed_on = models.DateField(null=True, help_text="The date that the supplier confirmed.")
    agreed_quantity = QuantityField(
        null=True, help_text="What the supplier knows; null where it never heard of the row."
    )
    agreed_on = models.DateField(null=True)
    agreed_price = PriceField(null=True)
    agreed_discount = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    under_tolerance = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    short_closed = models.BooleanField(default=False)
    short_closed_reason = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=0)

    objects = PurchaseOrderRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="purchase_row_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lt=QUANTITY_LIMIT), name="purchase_row_quantity_positive"
            ),
            models.CheckConstraint(condition=between_zero_and_limit("price"), name="purchase_row_price_sane"),
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=100, under_tolerance__gte=0, under_tolerance__lte=100),
                name="purchase_row_percentages_sane",
            ),
            models.CheckConstraint(
                condition=Q(agreed_quantity=None, agreed_on=None, agreed_price=None, agreed_discount=None)
                | Q(*((f"{name}__isnull", False) for name in ["agreed_quantity", "agreed_price", "agreed_discount"]))
                & Q(agreed_on__isnull=False, agreed_discount__gte=0, agreed_discount__lte=100)
                & between_zero_and_limit("agreed_quantity", "agreed_price"),
                name="purchase_row_agreed_whole",
            ),
            models.CheckConstraint(
                condition=Q(wanted_quantity=None) | Q(wanted_quantity__gt=0, wanted_quantity__lt=QUANTITY_LIMIT),
                name="purchase_row_wanted_quantity_positive",
            ),
        ]
        triggers = [raised_by_edits()]

    def __str__(self):
        return self.supply.label

    def share_what_was_read(self):
        """Its supply has the document of its order: what was read is not read once more."""
        supply, order = (self._state.fields_cache.get(name) for name in ("supply", "order"))
        document = order and order._state.fields_cache.get("document")
        if supply and document and supply.document_id == document.pk:
            supply.document = document

    @property
    def is_open(self):
        return self.supply.status not in {Status.CLOSED, Status.CANCELLED}

    @property
    def keeps_more(self):
        """More than was ordered is free stock: a service and what goes straight to the customer have none."""
        return self.supply.part.is_stock_updated and not self.order.drop_shipment

    @property
    def is_confirmed(self):
        """The supplier confirmed the date and no less than the quantity that the row has now."""
        enough = self.agreed_quantity is None or self.agreed_quantity >= self.quantity
        return enough and self.confirmed_on is not None and self.confirmed_on == self.supply.due_date
