"""Movements: goods arrive, are used, moved, adjusted, and any of it is taken back.

Goods follow their promise: what arrives for a link stays promised on the shelf until it is delivered or issued.
``done`` and on hand are sums of movements that the database guard keeps; nothing here writes them.
"""

from datetime import date

from erp.exceptions import Refused
from erp.register.models import Part
from erp.register.units import check_fits, plain
from linkage.dates import refresh_need_dates
from linkage.locks import lock, lock_chain
from linkage.models import OrderLink, Status, StockMovement, Supply, SupplyKind
from linkage.models.movements import MovementKind
from linkage.operation import StartOver, operation
from linkage.operations.numbering import name_pieces
from linkage.operations.pieces import check_count, pieces_go, pieces_leaving, pieces_move
from linkage.operations.releasing import ZERO, mark_orphans, release
from linkage.refusals import NotEnough
from linkage.serials import numbers_in


def balances(pairs):
    """{(part id, warehouse id): stock balance}, made where there is none yet."""
    Supply.objects.bulk_create(
        [
            Supply(kind=SupplyKind.STOCK, part_id=part, warehouse_id=warehouse, quantity=0, status=Status.FIRM)
            for part, warehouse in sorted(set(pairs))
        ],
        ignore_conflicts=True,
    )
    found = Supply.objects.stock().filter(
        part__in={part for part, _ in pairs}, warehouse__in={warehouse for _, warehouse in pairs}
    )
    return {(row.part_id, row.warehouse_id): row for row in found if (row.part_id, row.warehouse_id) in set(pairs)}


def balance_of(part, warehouse):
    """The stock balance of a part in a warehouse, made if there is none yet; services have none."""
    if not part.is_stock_updated:
        raise Refused(f"{part} is not stock-updated and has no balance.")
    return balances([(part.pk, warehouse.pk)])[part.pk, warehouse.pk]


def check_quantity(part, quantity):
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    check_fits(part.unit, quantity)


@operation
def issue(*, demand, quantity, by, effective_on, serials="", kind=MovementKind.ISSUE, reference="", reason=""):
    """Use ``quantity`` (base unit) for a demand: its own shelf first, then free stock; returns the movements.

    ``serials`` names the pieces that are used, such as A-001..A-005, where some there have a number.

    What is taken from free stock releases as much of what is to come for the demand, latest supply first, where
    nothing of it is uncovered. Raises NotEnough when own shelf and free stock do not suffice.
    """
    part = Part.objects.get(pk=demand.part_id)
    shelf = balance_of(part, demand.warehouse)
    ends = list(OrderLink.objects.open().filter(demand=demand).select_related("supply", "stock"))
    sources = [link.supply for link in ends] + [link.stock for link in ends if link.stock]
    demand, shelf, *_ = lock_chain([link.supply for link in ends], demand, shelf, *sources)
    links = list(OrderLink.objects.open().filter(demand=demand).select_related("supply"))
    if {link.supply_id for link in links} - {link.supply_id for link in ends}:
        raise StartOver  # linked to a further supply while we waited, and that one is not locked
    own = from_shelf(links, quantity)
    rest = quantity - sum(own.values())
    check_issue(demand, part, shelf, quantity, rest)
    pieces = pieces_leaving(shelf, quantity, serials)

    facts = {
        "kind": kind,
        "part": part,
        "demand": demand,
        "effective_on": effective_on,
        "reference": reference,
        "reason": reason[:200],
        "created_by": by,
    }
    movements = [StockMovement(**facts, quantity=x, link=link, from_stock_id=link.stock_id) for link, x in own.items()]
    if rest > 0:
        movements.append(StockMovement(**facts, quantity=rest, from_stock=shelf))
    freed = make_room(links, rest - demand.uncovered)
    for link, used in own.items():
        OrderLink.objects.filter(pk=link.pk).update(issued=link.issued + used)
    made = StockMovement.objects.bulk_create(movements)
    pieces_go(pieces, made)
    mark_orphans(freed)
    refresh_need_dates([link.supply_id for link in links])
    return made


def from_shelf(links, quantity):
    """{link: what is used} of what lies on the shelf for a demand."""
    taken = {}
    for link in sorted(links, key=lambda link: link.pk):
        if (take := min(quantity, link.on_shelf)) > 0:
            taken[link] = take
            quantity -= take
    return taken


def check_issue(demand, part, shelf, quantity, rest):
    check_quantity(part, quantity)
    if demand.status in {Status.CLOSED, Status.CANCELLED}:
        raise Refused(f"{demand} is {demand.get_status_display().lower()}.")
    check_within(demand, quantity)
    if rest > shelf.free:
        held = held_for(shelf)
        others = f" {plain(shelf.allocated)} on hand are reserved for {held}." if held else ""
        raise NotEnough(f"{shelf} of {demand.part} for {demand}", wanted=rest, left=shelf.free, others=others)


def check_within(demand, quantity):
    """Refuse more than a demand still needs, within its tolerance."""
    most = (demand.quantity - demand.cancelled) * (100 + demand.over_tolerance) / 100 - demand.done
    if quantity > most:
        raise NotEnough(demand, wanted=quantity, left=max(most, ZERO), of="open")


def make_room(links, surplus):
    """Release what is to come, latest supply first, as far as free goods took its place; returns the supplies' ids."""
    freed = []
    for link in sorted(links, key=lambda link: link.supply.due_date or date.max, reverse=True):
        if surplus > 0 and (take := min(surplus, link.to_come)) > 0:
            release(link, take, reason="delivered from free stock")
            freed.append(link.supply_id)
            surplus -= take
    return freed


@operation
def adjust_stock(*, part, warehouse, quantity, by, effective_on, serials="", kind=MovementKind.ADJUSTMENT, reason=""):
    """Raise (above 0) or lower (below 0) a balance by ``quantity``; reserved goods are never taken.

    ``serials`` names the pieces that come or leave; what comes can be named later.
    """
    shelf, *_ = lock(balance_of(part, warehouse))
    if quantity == 0:
        raise Refused("Enter a quantity other than 0.")
    check_fits(part.unit, quantity)
    if -quantity > shelf.free:
        raise Refused(reserved_sentence(shelf, part, -quantity))
    pieces = pieces_leaving(shelf, -quantity, serials) if quantity < 0 else []

    side = {"to_stock": shelf} if quantity > 0 else {"from_stock": shelf}
    made = StockMovement.objects.create(
        kind=kind,
        part=part,
        quantity=abs(quantity),
        effective_on=effective_on,
        reason=reason[:200],
        created_by=by,
        **side,
    )
    pieces_go(pieces, [made])
    if quantity > 0 and serials:
        check_count(shelf, quantity, numbers_in(serials))
        name_pieces(made, serials)
    return made


def held_for(shelf):
    """Whom the goods on a shelf are reserved for and how much for each; of many the first five."""
    holders = OrderLink.objects.filter(stock=shelf, on_shelf__gt=0).with_ends()[:5]
    return ", ".join(f"{link.demand} ({plain(link.on_shelf)})" for link in holders)


def reserved_sentence(shelf, part, wanted):
    names = held_for(shelf)
    reserved = f", {plain(shelf.allocated)} reserved for {names}" if names else ""
    return (
        f"{plain(wanted)} of {part} cannot leave {shelf.warehouse}: {plain(shelf.quantity)} on hand{reserved}, "
        f"{plain(shelf.free)} free."
    )


@operation
def move_stock(*, part, from_warehouse, to_warehouse, quantity, by, effective_on, serials="", reason=""):
    """Move free stock from one warehouse to another as one movement; reserved goods must be disconnected first.

    ``serials`` names the pieces that move, where some there have a number.
    """
    if from_warehouse == to_warehouse:
        raise Refused("Choose two different warehouses.")
    check_quantity(part, quantity)
    source, target = lock(balance_of(part, from_warehouse), balance_of(part, to_warehouse))
    if quantity > source.free:
        raise Refused(reserved_sentence(source, part, quantity))
    pieces = pieces_leaving(source, quantity, serials)

    made = StockMovement.objects.create(
        kind=MovementKind.MOVE,
        part=part,
        quantity=quantity,
        from_stock=source,
        to_stock=target,
        effective_on=effective_on,
        reason=reason[:200],
        created_by=by,
    )
    pieces_move(pieces, made)
    return made
