"""On which terms a part is bought: price, breaks, unit, quantities, delivery days and tolerances."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Value
from django.db.models.functions import Mod, NullIf
from django.db.models.lookups import Exact

from erp.register.delivery_days import DeliveryDays, some_day
from erp.register.fields import PriceField, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import Part, Partner, Unit

NOTHING = Value(Decimal(0), QuantityField())


class SupplierTermQuerySet(models.QuerySet):
    def active(self):
        return self.filter(supplier__is_active=True, supplier__is_supplier=True)

    def chosen(self):
        """The default term of each part, or the only one of an active supplier."""
        others = SupplierTerm.objects.active().filter(part=OuterRef("part")).exclude(pk=OuterRef("pk"))
        return self.active().filter(Q(is_default=True) | ~Exists(others))

    def for_list(self):
        return self.select_related("part__unit", "supplier", "unit").order_by("part__number", "supplier__number")

    def with_prices(self):
        """Each term with its price breaks as ``breaks``, in one more query."""
        return self.prefetch_related(Prefetch("price_breaks", PriceBreak.objects.in_order(), to_attr="breaks"))


@tracked()
class SupplierTerm(DeliveryDays):
    """What a supplier asks for a part, and how it delivers it. Quantities are in the purchase unit."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="supplier_terms")
    supplier = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="supplier_terms")
    supplier_part_number = models.CharField("supplier's part number", max_length=60, blank=True, default="")
    price = PriceField(default=0, help_text="Of one purchase unit.")
    discount = models.DecimalField("discount %", max_digits=5, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="EUR")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="purchase unit")
    multiple = QuantityField(default=0, help_text="Sold in multiples of this; 0 means any quantity.")
    minimum = QuantityField(default=0, help_text="The smallest quantity of an order row.")
    maximum = QuantityField(
        default=0, help_text="The largest quantity of an order row, more is ordered in several; 0 means any quantity."
    )
    lead_time = models.PositiveSmallIntegerField(default=0, help_text="Work days from the order to the delivery.")
    is_default = models.BooleanField("default supplier", default=False)
    over_tolerance = models.DecimalField(
        "over-delivery tolerance %", max_digits=5, decimal_places=2, default=0, help_text="Taken in without approval."
    )
    under_tolerance = models.DecimalField(
        "under-delivery tolerance %",
        max_digits=5,
        decimal_places=2,
        default=0,
        help_text="A final receipt within it closes the row as received.",
    )

    objects = SupplierTermQuerySet.as_manager()

    class Meta:
        ordering = ["part", "supplier"]
        constraints = [
            models.UniqueConstraint(fields=["part", "supplier"], name="supplier_term_once"),
            models.UniqueConstraint(fields=["part"], condition=Q(is_default=True), name="supplier_term_one_default"),
            models.CheckConstraint(
                condition=between_zero_and_limit("price", "multiple", "minimum", "maximum"),
                name="supplier_term_figures_sane",
            ),
            models.CheckConstraint(
                condition=Q(maximum=0) | Q(maximum__gte=F("minimum")),
                name="supplier_term_maximum_not_below_minimum",
                violation_error_message="The maximum lies below the minimum.",
            ),
            models.CheckConstraint(
                condition=Q(maximum=0) | Q(multiple=0) | Q(Exact(Mod("maximum", NullIf("multiple", NOTHING)), NOTHING)),
                name="supplier_term_maximum_in_multiples",
                violation_error_message="The maximum is no multiple of the multiple.",
            ),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=100), name="supplier_term_discount_sane"),
            models.CheckConstraint(
                condition=Q(over_tolerance__gte=0, over_tolerance__lte=100, under_tolerance__gte=0)
                & Q(under_tolerance__lte=100),
                name="supplier_term_tolerances_sane",
            ),
            some_day("supplier_term_delivers_some_day"),
        ]

    def __str__(self):
        return f"{self.part} from {self.supplier}"

    def clean(self):
        """An order is written in one currency: the supplier's."""
        if self.supplier_id and self.currency != self.supplier.currency:
            raise ValidationError({"currency": f"{self.supplier} is paid in {self.supplier.currency}."})


class PriceBreakQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("from_quantity", "valid_from", "pk")


@tracked()
class PriceBreak(models.Model):
    """From so many purchase units on, another price or discount; the day decides which of them count."""

    term = models.ForeignKey(SupplierTerm, on_delete=models.CASCADE, related_name="price_breaks")
    from_quantity = QuantityField(help_text="In the purchase unit.")
    price = PriceField(help_text="Of one purchase unit.")
    discount = models.DecimalField("discount %", max_digits=5, decimal_places=2, default=0)
    valid_from = models.DateField(null=True, blank=True, help_text="Empty: since ever.")
    valid_until = models.DateField(null=True, blank=True, help_text="The last day. Empty: for good.")

    objects = PriceBreakQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["term", "from_quantity", "valid_from"], name="price_break_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=between_zero_and_limit("from_quantity", "price"), name="price_break_figures_sane"
            ),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=100), name="price_break_discount_sane"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="price_break_ends_after_it_begins",
                violation_error_message="The last day lies before the first one.",
            ),
        ]

    def __str__(self):
        return f"{self.term} from {self.from_quantity.normalize():f}"

    def counts_on(self, day: date):
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)
