"""Taking a movement back: what had arrived leaves again, what was used lies on the shelf again."""

from erp.exceptions import Refused
from erp.register.units import check_fits, plain
from linkage.dates import refresh_need_dates
from linkage.locks import lock_chain
from linkage.models import OrderLink, StockMovement, Supply
from linkage.operation import operation
from linkage.operations.numbering import numbers_go_back
from linkage.operations.releasing import ZERO
from linkage.operations.stock import reserved_sentence
from linkage.queries.whereabouts import whereabouts

COPIED = ("kind", "part_id", "supply_id", "from_stock_id", "to_stock_id", "demand_id", "link_id")


@operation
def reverse(*, movement, by, effective_on, quantity=None, reason=""):
    """Take a movement back, once, with a negative row that names it; returns that row, and as its ``stays`` the rest.

    A receipt takes free quantity first, then that of claimed links of the same supply, then bound ones, latest need
    first; what was issued or promised from elsewhere meanwhile is refused with its path. ``quantity`` takes back only
    so much: the rest is posted anew as it was.
    """
    link = movement.link
    feeding = [link.supply] if link else []
    stocks = [row for row in (movement.from_stock, movement.to_stock, movement.supply) if row]
    demand = [movement.demand] if movement.demand_id else []
    locked = lock_chain(feeding, *stocks, *demand, *feeding, *([link] if link else []))
    if movement.reverses_id or StockMovement.objects.filter(reverses=movement).exists():
        raise Refused(f"{movement} is already reversed.")
    quantity = movement.quantity if quantity is None else quantity
    _check_quantity(movement, quantity)
    _take_from_shelf(movement, quantity, {row.pk: row for row in locked if isinstance(row, Supply)})
    _give_back_to_link(movement, quantity)
    refresh_need_dates([supply.pk for supply in feeding])
    return _post(movement, quantity, by=by, effective_on=effective_on, reason=reason)


def _check_quantity(movement, quantity):
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    if quantity != movement.quantity:  # the whole can go back, whatever the unit allows by now
        check_fits(movement.part.unit, quantity)
    if quantity > movement.quantity:
        raise Refused(f"{movement} is {plain(movement.quantity)}; {plain(quantity)} cannot be taken back.")


def _post(movement, quantity, *, by, effective_on, reason):
    """The reversal of the whole, and what stays posted anew: a movement is reversed once."""
    facts = {name: getattr(movement, name) for name in COPIED}
    stays = None
    back = StockMovement.objects.create(
        **facts,
        quantity=-movement.quantity,
        reverses=movement,
        effective_on=effective_on,
        reason=reason[:200],
        created_by=by,
    )
    if quantity < movement.quantity:
        kept = {name: getattr(movement, name) for name in ("effective_on", "reference", "reason", "created_by_id")}
        stays = StockMovement.objects.create(**facts, **kept, quantity=movement.quantity - quantity)
    numbers_go_back(movement, movement.quantity - quantity, stays)
    back.stays = stays
    return back


def _take_from_shelf(movement, quantity, supplies):
    """Goods that had arrived on a balance leave it again: free ones first, then those on links of the same supply."""
    if movement.to_stock_id is None:
        return
    shelf = supplies[movement.to_stock_id]
    if movement.supply_id is None:
        if quantity > shelf.free:
            raise Refused(reserved_sentence(shelf, movement.part, quantity))
        return
    found = whereabouts(movement, quantity, shelf=shelf)
    if not found.fits:
        raise Refused(found.sentence)
    for place in found.places:
        if place.link and place.takes:
            OrderLink.objects.filter(pk=place.link.pk).update(received=place.link.received - place.takes)


def _give_back_to_link(movement, quantity):
    """Goods that come back from a demand lie on the shelf of the link they were used from.

    When the pair was linked anew meanwhile, the open link takes them: a pair has one open link of a kind.
    """
    if movement.demand_id is None or movement.link_id is None:
        return
    used = OrderLink.objects.get(pk=movement.link_id)
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
