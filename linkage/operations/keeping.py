"""Demands without an order: goods kept for a customer until a date, and the minimum stock of a part."""

from erp.exceptions import Refused
from linkage.dates import business_date
from linkage.locks import lock, lock_chain
from linkage.models import Demand, DemandKind, Hold, OrderLink, Status, StockTarget
from linkage.models.links import LinkKind
from linkage.operation import operation, settle
from linkage.operations.links import add_links, promised
from linkage.operations.positions import change_demand, close_demand, cut_links
from linkage.refusals import NotEnough


@operation
def hold(*, supply, quantity, partner, until, by, reason=""):
    """Keep ``quantity`` (base unit) of a supply for a customer until a date; returns the Hold, which ends by itself.

    Raises NotEnough beyond what is free, Refused for a date that has passed.
    """
    [supply] = lock_chain(supply, supply)
    if not 0 < quantity <= supply.free:
        raise NotEnough(supply, wanted=quantity, left=supply.free)
    kept = new_hold(supply, quantity=quantity, partner=partner, until=until)
    add_links(
        [OrderLink(supply=supply, demand=kept.demand, quantity=quantity, kind=LinkKind.CLAIMED, reason=reason[:200])],
        by=by,
    )
    promised(supply)
    return kept


def new_hold(supply, *, quantity, partner, until):
    """The step: a hold that nothing is linked to yet, of the part and in the warehouse of a supply."""
    if partner is None or until is None:
        raise Refused("Say for which customer the goods are kept, and until when.")
    _check_to_come(until)
    demand = Demand.objects.create(
        kind=DemandKind.HOLD,
        part_id=supply.part_id,
        warehouse_id=supply.warehouse_id,
        quantity=quantity,
        need_date=until,
        status=Status.FIRM,
    )
    return Hold.objects.create(demand=demand, partner=partner, until=until)


def _check_to_come(until):
    if until < business_date():
        raise Refused(f"{until:%Y-%m-%d} has passed; a hold needs a date to come.")


@operation
def prolong_hold(*, hold, until, by, reason=""):
    """Keep a hold's goods until another day, earlier or later; one that has ended stays ended."""
    links = OrderLink.objects.open().filter(demand=hold.demand_id).select_related("supply")
    supplies = [link.supply for link in links]
    demand, *_ = lock_chain(supplies, hold.demand, *supplies)
    if demand.status == Status.CLOSED:
        raise Refused(f"This {hold} has ended already.")
    _check_to_come(until)
    hold.until = until
    hold.save(update_fields=["until"])
    change_demand(demand, need_date=until)
    return hold


def gave_from_hold(demand, quantity):
    """The step: a hold that gave goods away keeps less, and one that keeps nothing has ended. Other demands stay."""
    if demand.kind != DemandKind.HOLD:
        return
    settle()
    demand.refresh_from_db()
    demand.cancelled += quantity
    demand.status = Status.CLOSED if demand.open == 0 else demand.status
    demand.save(update_fields=["cancelled", "status"])


@operation
def end_hold(*, hold, by, reason="ended"):
    """End a hold: what it kept is free again."""
    links = list(OrderLink.objects.open().filter(demand=hold.demand_id).select_related("supply", "stock"))
    sources = {row.pk: row for link in links for row in (link.supply, link.stock) if row}
    demand, *_ = lock_chain([link.supply for link in links], hold.demand, *sources.values())
    if demand.status == Status.CLOSED:
        raise Refused(f"This {hold} has ended already.")
    close_demand(demand, reason=reason)
    return hold


def ended_holds(on):
    """Holds whose date has passed and that still keep something."""
    return (
        Hold.objects.filter(until__lt=on, demand__status=Status.FIRM).select_related("demand", "partner").order_by("pk")
    )


@operation
def set_minimum_stock(*, part, warehouse, minimum, by):
    """Set the minimum stock of a part in a warehouse (base unit, 0 ends it); returns the StockTarget.

    It is a demand needed today, so that it counts as short and can be linked like any other.
    """
    if minimum < 0:
        raise Refused("A minimum stock is at least 0.")
    target = StockTarget.objects.filter(part=part, warehouse=warehouse).select_related("demand").first()
    if target is None:
        return _new_target(part, warehouse, minimum)
    [demand] = lock(target.demand)
    cut_links(demand, to=minimum, reason="minimum stock lowered")
    change_demand(demand, quantity=minimum + demand.done + demand.cancelled)
    target.minimum = minimum
    target.save(update_fields=["minimum"])
    return target


def _new_target(part, warehouse, minimum):
    demand = Demand.objects.create(
        kind=DemandKind.SAFETY, part=part, warehouse=warehouse, quantity=minimum, need_date=business_date()
    )
    return StockTarget.objects.create(demand=demand, part=part, warehouse=warehouse, minimum=minimum)
