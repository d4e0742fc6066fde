"""Serial numbers: each piece of a traced part by itself, with the order that makes it and the delivery that took it."""

from django.db import models

from erp.register.history import tracked
from erp.register.models import NAMEABLE, Part, matches
from linkage.models.movements import StockMovement
from linkage.models.positions import Supply


@tracked()
class SerialNumber(models.Model):
    """One piece of a part. Which sales row it is for stands there."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    remark = models.CharField(max_length=200, blank=True, default="")
    supply = models.ForeignKey(
        Supply,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="serial_numbers",
        help_text="What makes the piece.",
    )
    delivery = models.ForeignKey(StockMovement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["part", "number"]
        constraints = [
            models.UniqueConstraint(fields=["part", "number"], name="serial_number_once"),
            matches("number", NAMEABLE, "serial_number_sane"),
        ]

    def __str__(self):
        return self.number
