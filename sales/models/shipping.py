"""What a delivery takes up on the road, how parts are packed, and where they lie."""

from django.db import models
from django.db.models import Q

from erp.register.fields import QUANTITY_LIMIT, QuantityField, between_zero_and_limit
from erp.register.history import tracked
from erp.register.models import NAMEABLE, Part, PartType, Warehouse, matches
from sales.models.orders import SalesOrder

PACKAGING = {"part_type": PartType.PACKAGING}


@tracked()
class ShippingLine(models.Model):
    """Packages of one kind of an order: how many, and what they weigh and measure together."""

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="shipping_lines")
    line = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField(default=1)
    goods_type = models.CharField(max_length=60, blank=True, default="")
    package_type = models.CharField(max_length=60, blank=True, default="")
    packaging = models.ForeignKey(
        Part,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="packaging part",
        limit_choices_to=PACKAGING,
    )
    weight = QuantityField(default=0, help_text="Of all packages of the line, in kg.")
    volume = QuantityField(default=0, help_text="Of all packages of the line, in m³.")
    loading_metres = QuantityField(default=0)
    length = QuantityField(default=0, help_text="Of one package, in cm.")
    width = QuantityField(default=0, help_text="Of one package, in cm.")
    height = QuantityField(default=0, help_text="Of one package, in cm.")
    follows_rows = models.BooleanField(default=False, help_text="Its weight is that of the order's rows.")

    class Meta:
        ordering = ["order", "line"]
        constraints = [
            models.UniqueConstraint(fields=["order", "line"], name="shipping_line_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(follows_rows=True), name="shipping_line_one_follows_rows"
            ),
            models.CheckConstraint(
                condition=between_zero_and_limit("weight", "volume", "loading_metres", "length", "width", "height")
                & Q(quantity__gt=0),
                name="shipping_line_figures_sane",
            ),
        ]

    def __str__(self):
        return f"{self.order}: {self.quantity} {self.package_type or self.goods_type}"


@tracked()
class PartPackaging(models.Model):
    """What a part is packed in, and how many base units of it one package holds."""

    part = models.OneToOneField(Part, on_delete=models.CASCADE, related_name="packaging")
    packaging = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", limit_choices_to=PACKAGING)
    per_package = QuantityField("quantity per package", help_text="In the base unit of the part.")

    class Meta:
        ordering = ["part"]
        verbose_name = "packaging of a part"
        verbose_name_plural = "packaging of parts"
        constraints = [
            models.CheckConstraint(
                condition=Q(per_package__gt=0, per_package__lt=QUANTITY_LIMIT),
                name="part_packaging_quantity_sane",
                violation_error_message="A package holds more than 0.",
            ),
        ]

    def __str__(self):
        return f"{self.part} in {self.packaging}"


@tracked()
class PartPlace(models.Model):
    """Where a part lies in a warehouse: pick lists go by it."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="places")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    bin = models.CharField(max_length=20)

    class Meta:
        ordering = ["warehouse", "bin", "part"]
        verbose_name = "place of a part"
        verbose_name_plural = "places of parts"
        constraints = [
            models.UniqueConstraint(fields=["part", "warehouse"], name="part_place_once"),
            matches("bin", NAMEABLE, "part_place_bin_sane"),
        ]

    def __str__(self):
        return f"{self.part} in {self.warehouse} {self.bin}"
