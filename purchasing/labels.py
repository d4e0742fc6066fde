"""What stands on the labels of a receipt: one for each demand that got goods, one for the free rest."""

from django.urls import reverse
from django.utils.translation import gettext as _

from erp.register.units import plain
from linkage.models import StockMovement
from linkage.models.movements import MovementKind

MOST = 200
ENDS = ("part__unit", "supply__document__partner", "supply__purchase_row", "link__demand__document__partner")
MORE_ENDS = ("link__demand__for_supply__document", "link__demand__hold__partner", "to_stock__warehouse")


def receipts():
    """What arrived on purchase rows and was not taken back."""
    arrived = StockMovement.objects.filter(supply__purchase_row__isnull=False, quantity__gt=0, reversed_by=None)
    kinds = [MovementKind.RECEIPT, MovementKind.SERVICE]
    return arrived.filter(kind__in=kinds).select_related(*ENDS, *MORE_ENDS)


def posted_with(movement):
    """The receipts of one posting, this one included: same moment, same person, same delivery note."""
    facts = {name: getattr(movement, name) for name in ("created_at", "created_by", "reference")}
    return receipts().filter(**facts).order_by("supply__document__serial", "supply__position", "pk")[:MOST]


def labels_of(movements, *, absolute):
    """The texts of labels; ``absolute`` makes a whole address of a path."""
    return {"labels": [_label(movement, absolute) for movement in movements]}


def _label(movement, absolute):
    link, supply = movement.link, movement.supply
    demand = link.demand if link else None
    return {
        "url": absolute(reverse("purchasing:receipt", args=[movement.pk])),
        "whom": str(demand) if demand else _("Free stock"),
        "customer": str(whom(demand) or "") if demand else str(supply.warehouse),
        "part": movement.part.number,
        "name": movement.part.name,
        "quantity": f"{plain(movement.quantity)} {movement.part.unit}",
        "needed": _("needed %s") % demand.need_date.isoformat() if demand and demand.need_date else "",
        "order": str(supply),
        "link": _("link %s") % link.pk if link else "",
        "received": movement.effective_on.isoformat(),
        "supplier": str(supply.document.partner or ""),
        "note": movement.reference,
    }


def whom(demand):
    """The customer of a demand, or whoever it is kept for; None for a component or a minimum stock."""
    hold = getattr(demand, "hold", None)
    return hold.partner if hold else demand.document and demand.document.partner
