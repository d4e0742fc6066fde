"""Where the goods of a receipt are now, and what a reversal would take back from where.

Pieces on a shelf carry no names. What is told is of the receipt's supply: what lies free, what lies on the shelf for
its links, and what left the shelf since.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Subquery

from erp.register.units import plain
from linkage.models import OrderLink, StockMovement
from linkage.models.movements import MovementKind

ZERO = Decimal(0)
MOST = 20
LEFT = {
    MovementKind.ISSUE: "issued to",
    MovementKind.DELIVERY: "delivered to",
    MovementKind.MOVE: "moved away",
    MovementKind.WASTE: "wasted",
}


@dataclass(frozen=True)
class Place:
    """So much lies here and so much of it would be taken back; ``link`` None is what lies free."""

    link: OrderLink | None
    held: Decimal
    takes: Decimal


@dataclass(frozen=True)
class Whereabouts:
    movement: StockMovement
    quantity: Decimal
    places: list
    elsewhere: list
    gone: list

    @property
    def most(self):
        """How much can be taken back at all."""
        return min(sum((place.held for place in self.places), ZERO), self.movement.quantity)

    @property
    def fits(self):
        return self.quantity <= self.most

    @property
    def standing(self):
        """What a page shows and a reversal checks: {link id: on the shelf}, and under 0 what is free."""
        return {place.link.pk if place.link else 0: place.held for place in self.places}

    @property
    def sentence(self):
        """Why so much cannot be taken back: what is there, and the path of the rest."""
        unit = self.movement.part.unit
        there = ", ".join(f"{plain(place.held)} {_where(place.link)}" for place in self.places if place.held)
        path = [f"{plain(link.on_shelf)} on the shelf for {link.demand}" for link in self.elsewhere]
        path += [left(movement) for movement in self.gone]
        rest = f" The rest: {'; '.join(path)}." if path else ""
        return (
            f"{plain(self.quantity)} {unit} of {self.movement.part} cannot be taken back: "
            f"{there or 'nothing is there'}.{rest} At most {plain(self.most)} can be."
        )


def _where(link):
    return f"on the shelf for {link.demand}" if link else "free"


def left(movement):
    """``20 issued to M-1001/1/10 on 2026-03-05 (report 7)``: where goods went."""
    words = LEFT.get(movement.kind, "taken out")
    whom = f" {movement.demand}" if movement.demand_id else ""
    note = f" ({movement.reference})" if movement.reference else ""
    return f"{plain(movement.quantity)} {words}{whom} on {movement.effective_on:%Y-%m-%d}{note}"


def whereabouts(movement, quantity=None, *, shelf=None):
    """Where the goods of a receipt are, and from where ``quantity`` of it (default: all) would be taken back.

    Free goods first, then those on the shelf for claimed links of its supply, then for bound ones, latest need first.
    """
    shelf = shelf or movement.to_stock
    quantity = movement.quantity if quantity is None else quantity
    links = OrderLink.objects.filter(supply=movement.supply_id, stock=shelf, on_shelf__gt=0).with_ends()
    held = [(None, max(shelf.free, ZERO)), *((link, link.on_shelf) for link in sorted(links, key=_reversal_order))]
    places, missing = [], quantity
    for link, there in held:
        takes = min(missing, there)
        places.append(Place(link, there, takes))
        missing -= takes
    promised = OrderLink.objects.filter(stock=shelf, on_shelf__gt=0).exclude(supply=movement.supply_id)
    return Whereabouts(
        movement, quantity, places, list(promised.with_ends().order_by("pk")[:MOST]), _gone(movement, shelf)
    )


def _reversal_order(link):
    need = link.demand.need_date
    return (link.kind == "bound", -(need.toordinal() if need else 10**7), -link.demand.priority, -link.demand_id)


def _gone(movement, shelf):
    """What left the shelf since the supply first came, for its own links or from what was free, latest first.

    Not since this movement: what stays of a receipt taken back in part is posted anew, after what left before.
    """
    came = StockMovement.objects.filter(supply=movement.supply_id, to_stock=shelf).order_by("pk")
    out = StockMovement.objects.filter(from_stock=shelf, reverses=None, reversed_by=None)
    out = out.filter(pk__gt=Subquery(came.values("pk")[:1]))
    out = out.filter(Q(link__supply=movement.supply_id) | Q(link=None))
    return list(out.select_related("demand__document", "demand__for_supply", "part__unit").order_by("-pk")[:MOST])
