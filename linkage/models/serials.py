"""Serial numbers: each piece by itself: what made it, what brought it, where it is, what took it away."""

from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from erp.register.models import NAMEABLE, Part, matches
from linkage.models.movements import MovementKind, StockMovement
from linkage.models.positions import Supply


class PieceState(models.TextChoices):
    """Where a piece is, from what is known of it."""

    AWAITED = "waiting", "Awaited"
    HERE = "in_stock", "On the shelf"
    DELIVERED = "delivered", "Delivered"
    USED = "used", "Used"
    LEFT = "left", "Taken off"
    UNKNOWN = "unknown", "Not found"


# What took it away; anything else is waste, a count or an adjustment.
STATE_OF_KIND = {MovementKind.DELIVERY: PieceState.DELIVERED, MovementKind.ISSUE: PieceState.USED}


class SerialNumberQuerySet(models.QuerySet):
    def in_state(self, state):
        if state == PieceState.LEFT:
            return self.filter(departure__isnull=False).exclude(departure__kind__in=STATE_OF_KIND)
        kinds = {left: kind for kind, left in STATE_OF_KIND.items()}
        if kind := kinds.get(state):
            return self.filter(departure__kind=kind)
        came = {PieceState.AWAITED: True, PieceState.UNKNOWN: False}
        if state in came:
            return self.filter(departure=None, shelf=None, arrival__isnull=came[state])
        return self.on_shelf()

    def on_shelf(self):
        """In the house, on the balance of its part in a warehouse."""
        return self.filter(shelf__isnull=False)

    def in_warehouse(self, part, warehouse):
        """The numbers of the pieces of a part in a warehouse (ids)."""
        here = self.on_shelf().filter(shelf__part=part, shelf__warehouse=warehouse)
        return list(here.order_by("number").values_list("number", flat=True))

    def awaited(self):
        """Known, and never here: an order is to bring them."""
        return self.filter(arrival=None, departure=None, shelf=None)


@tracked()
class SerialNumber(models.Model):
    """One piece of a part. Which sales row it is for stands there.

    ``shelf`` is the balance on which it lies, ``moved`` the move that put it there. A balance never has more
    pieces with a number than it has pieces, whoever writes (linkage/sql/piece_guard.sql).
    """

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
    shelf = models.ForeignKey(
        Supply, on_delete=models.PROTECT, null=True, blank=True, related_name="pieces", help_text="Where it lies."
    )
    moved = models.ForeignKey(
        StockMovement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The move that put it where it lies, if it came from another warehouse.",
    )
    departure = models.ForeignKey(
        StockMovement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="What took the piece away: a delivery, an issue, waste or a count.",
    )

    objects = SerialNumberQuerySet.as_manager()

    class Meta:
        ordering = ["part", "number"]
        constraints = [
            models.UniqueConstraint(fields=["part", "number"], name="serial_number_once"),
            matches("number", NAMEABLE, "serial_number_sane"),
            models.CheckConstraint(
                condition=Q(shelf=None) | Q(departure=None, arrival__isnull=False), name="serial_number_here_or_gone"
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def state(self):
        """A PieceState; lists read ``departure`` along."""
        if self.shelf_id:
            return PieceState.HERE
        if self.departure_id:
            return STATE_OF_KIND.get(self.departure.kind, PieceState.LEFT)
        return PieceState.UNKNOWN if self.arrival_id else PieceState.AWAITED
