"""Orders that journeys begin with, made by the operations behind the pages."""

from decimal import Decimal

from purchasing.operations import add_row, create_order, send
from sales.operations import NewRow
from sales.operations import create_order as take_order


def sold(shop, part, quantity):
    """The demand of a registered row of so many."""
    order = take_order(
        customer=shop.partners["10002"],
        warehouse=shop.works,
        rows=[NewRow(part=shop.parts[part], quantity=Decimal(quantity), delivery_date=shop.day(40))],
        by=shop.people["seller"],
    )
    return order.rows.get().demand


def bought(shop, part, quantity, *, supplier, sent=True, due=5):
    """The row of a purchase order for so many, due in so many work days."""
    buyer = shop.people["buyer"]
    order = create_order(company=shop.company, supplier=shop.partners[supplier], ordered_on=shop.today, by=buyer)
    row = add_row(order=order, part=shop.parts[part], quantity=Decimal(quantity), due_date=shop.day(due), by=buyer)
    if sent:
        send(order=order, by=buyer)
    return row
