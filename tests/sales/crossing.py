"""Rows of a company that sells, and those that mirror them in the company that makes."""

from datetime import date

from sales.models import SalesOrderRow
from tests.sales.factories import order_with

DAY, LATER = date(2026, 12, 18), date(2027, 1, 8)


def sold(part, shop, by, *quantities, **facts):
    """An order of the seller; its rows and those that mirror them."""
    facts.setdefault("row", {"delivery_date": DAY})
    order = order_with(*(quantities or (10,)), part=part, warehouse=shop, by=by, **facts)
    rows = list(SalesOrderRow.objects.for_list().filter(order=order).order_by("position"))
    return order, rows, [mirror_of(row) for row in rows]


def mirror_of(row):
    return SalesOrderRow.objects.for_list().filter(transferred_from__row=row).first()
