"""Serial numbers: each piece of a traced part by itself, with what made it, what brought it and what took it away."""

from django.db import models

from erp.register.history import tracked
from erp.register.models import NAMEABLE, Part, matches
from linkage.models.movements import StockMovement
from linkage.models.positions import Supply


class SerialNumberQuerySet(models.QuerySet):
    def on_shelf(self):
        """In the house: brought by a movement that stands, and not delivered."""
        return self.filter(arrival__isnull=False, delivery=None)

    def awaited(self):
        """Known, and neither here nor delivered: an order is to bring them."""
        return self.filter(arrival=None, delivery=None)


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
    arrival = models.ForeignKey(
        StockMovement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="What brought the piece to the shelf.",
    )
    delivery = models.ForeignKey(StockMovement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = SerialNumberQuerySet.as_manager()

    class Meta:
        ordering = ["part", "number"]
        constraints = [
            models.UniqueConstraint(fields=["part", "number"], name="serial_number_once"),
            matches("number", NAMEABLE, "serial_number_sane"),
        ]

    def __str__(self):
        return self.number
