"""How sure it is that a supply comes. One word for it everywhere: a supply that is overdue is never safe."""

from types import SimpleNamespace

from linkage.dates import business_date
from linkage.models import OPEN_STATUSES
from linkage.models.positions import Status, SupplyKind
from linkage.owners import unconfirmed

OVERDUE, UNCONFIRMED, CONFIRMED = "overdue", "unconfirmed", "confirmed"


def certainties(supplies, *, today=None):
    """{supply id: word}; no word (empty) for what lies on the shelf, has come, or is only planned."""
    today = today or business_date()
    waiting = [supply for supply in supplies if supply.kind != SupplyKind.STOCK and supply.status in OPEN_STATUSES]
    unsure = unconfirmed(waiting)
    return {supply.pk: _word(supply, unsure, today) for supply in waiting}


def with_certainty(supplies, *, today=None):
    """The supplies as a list, each with its word as ``certainty``."""
    supplies = list(supplies)
    words = certainties(supplies, today=today)
    for supply in supplies:
        supply.certainty = words.get(supply.pk, "")
    return supplies


def certainties_of_edges(edges, *, today=None):
    """The same for the edges of a chain, by supply id."""
    seen = {
        edge.supply_id: SimpleNamespace(
            pk=edge.supply_id, kind=edge.supply_kind, status=edge.supply_status, due_date=edge.due_date
        )
        for edge in edges
        if edge.supply_id and edge.to_come
    }
    return certainties(seen.values(), today=today)


def _word(supply, unsure, today):
    if supply.due_date is not None and supply.due_date < today:
        return OVERDUE
    if supply.pk in unsure:
        return UNCONFIRMED
    ordered = supply.kind == SupplyKind.PURCHASE and supply.status in {Status.FIRM, Status.STARTED}
    return CONFIRMED if ordered else ""
