"""Short ways to parts, BOMs and orders for the tests of production."""

from decimal import Decimal

from linkage.models import OrderLink
from linkage.operations import link
from production import operations
from tests.factories import MadePartFactory, PartFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, DemandFactory, stock
from tests.production.factories import bom_of


def made(number, *rows, **facts):
    """A made, order-oriented part with a BOM of ``(component, quantity)`` rows, if any."""
    part = MadePartFactory(number=number, **facts)
    if rows:
        bom_of(part, *rows)
    return part


def bought(number, **facts):
    return PartFactory(number=number, **facts)


def row_of(part, quantity, **facts):
    """A sales row, the plainest: needed on Friday 2026-03-20."""
    if document := facts.get("document"):
        facts.setdefault("warehouse", WarehouseFactory(company=document.company))
    return DemandFactory(part=part, quantity=Decimal(quantity), **facts)


def order_of(part, quantity=10, *, warehouse=None, by=None, **facts):
    """A planned order for stock, from the part's BOM."""
    return operations.create_order(
        bom=part.boms.get(),
        quantity=Decimal(quantity),
        warehouse=warehouse or WarehouseFactory(),
        by=by or UserFactory(),
        business_date=TODAY,
        **facts,
    )


def released(part, quantity=10, *, on_hand=0, by=None, **facts):
    """The line of a released order for stock, with so much of each component on hand."""
    by = by or UserFactory()
    order = order_of(part, quantity, by=by, **facts)
    operations.release(order=order, by=by)
    line = order.lines.select_related("order__document", "supply").get()
    for component in line.components.select_related("demand__part", "demand__warehouse"):
        stock(component.demand.part, component.demand.warehouse, on_hand)
    return line


def report(line, quantity, by, **facts):
    return operations.finish(line=line, quantity=Decimal(quantity), by=by, effective_on=TODAY, **facts)


def promise(line, quantity, by, **facts):
    """A sales row that so much of the line is linked to."""
    row = row_of(line.supply.part, quantity, warehouse=line.supply.warehouse, **facts)
    link(demand=row, supply=line.supply, quantity=Decimal(quantity), by=by, accept_warnings=True)
    return row


def open_links(**which):
    return list(
        OrderLink.objects.filter(open__gt=0, **which).order_by("pk").values_list("quantity", "received", "kind")
    )
