"""Taking a movement back, once and whole: what had arrived leaves again, what was used lies on the shelf again."""

from erp.exceptions import Refused
from linkage.dates import refresh_need_dates
from linkage.locks import lock_chain
from linkage.models import OrderLink, StockMovement, Supply
from linkage.operation import operation
from linkage.operations.releasing import ZERO
from linkage.operations.stock import reserved_sentence


@operation
def reverse(*, movement, by, effective_on, reason=""):
    """Take a movement back, once and whole, with a negative row that names it.

    A receipt takes free quantity first, then that of claimed links of the same supply, then bound ones, latest need
    first; what was issued or promised from elsewhere meanwhile is refused with the figures.
    """
    link = movement.link
    feeding = [link.supply] if link else []
    stocks = [row for row in (movement.from_stock, movement.to_stock, movement.supply) if row]
    demand = [movement.demand] if movement.demand_id else []
    locked = lock_chain(feeding, *stocks, *demand, *feeding, *([link] if link else []))
    if movement.reverses_id or StockMovement.objects.filter(reverses=movement).exists():
        raise Refused(f"{movement} is already reversed.")
    _take_from_shelf(movement, {row.pk: row for row in locked if isinstance(row, Supply)})
    _give_back_to_link(movement)
    refresh_need_dates([supply.pk for supply in feeding])
    return StockMovement.objects.create(
        kind=movement.kind,
        part_id=movement.part_id,
        quantity=-movement.quantity,
        supply_id=movement.supply_id,
        from_stock_id=movement.from_stock_id,
        to_stock_id=movement.to_stock_id,
        demand_id=movement.demand_id,
        link_id=movement.link_id,
        reverses=movement,
        effective_on=effective_on,
        reason=reason[:200],
        created_by=by,
    )


def _take_from_shelf(movement, supplies):
    """Goods that had arrived on a balance leave it again: free ones first, then those on links of the same supply."""
    if movement.to_stock_id is None:
        return
    shelf = supplies[movement.to_stock_id]
    missing = movement.quantity - shelf.free
    if missing <= 0:
        return
    links = OrderLink.objects.filter(supply=movement.supply_id, stock=shelf, on_shelf__gt=0).select_related("demand")
    links = [] if movement.supply_id is None else sorted(links, key=_reversal_order)
    if missing > sum(link.on_shelf for link in links):
        raise Refused(reserved_sentence(shelf, movement.part, movement.quantity))
    for link in links:
        take = min(missing, link.on_shelf)
        OrderLink.objects.filter(pk=link.pk).update(received=link.received - take)
        missing -= take


def _reversal_order(link):
    need = link.demand.need_date
    return (link.kind == "bound", -(need.toordinal() if need else 10**7), -link.demand.priority, -link.demand_id)


def _give_back_to_link(movement):
    """Goods that come back from a demand lie on the shelf of the link they were used from.

    When the pair was linked anew meanwhile, the open link takes them: a pair has one open link of a kind.
    """
    if movement.demand_id is None or movement.link_id is None:
        return
    used = OrderLink.objects.get(pk=movement.link_id)
    quantity = movement.quantity
    lies = ZERO if movement.from_stock_id is None else quantity
    used.issued -= quantity
    used.received -= quantity - lies
    again = OrderLink.objects.open().filter(supply=used.supply_id, demand=used.demand_id, kind=used.kind)
    if again := again.exclude(pk=used.pk).first():
        used.received -= lies
        used.released += quantity
        again.quantity += quantity
        again.received += lies
        again.stock_id = again.stock_id or used.stock_id
        again.save(update_fields=["quantity", "received", "stock"])
    used.save(update_fields=["received", "issued", "released"])
