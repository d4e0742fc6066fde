"""The plainest valid sales rows, made by the operations, so that their demands are there."""

from datetime import date
from decimal import Decimal

from linkage.dates import business_date
from sales.models import SalesOrderRow
from sales.operations import NewRow, create_order
from sales.statuses import REGISTERED
from tests.factories import PartFactory, PartnerFactory, UserFactory, WarehouseFactory

DELIVERY = date(2026, 3, 20)


def order_with(*quantities, status=REGISTERED, part=None, by=None, row=None, **facts):
    """An order with a row of so many pieces for each quantity; ``row`` holds facts of every row."""
    part = part or PartFactory()
    facts.setdefault("warehouse", part.default_warehouse or WarehouseFactory())
    facts.setdefault("ordered_on", business_date())
    row = {"delivery_date": DELIVERY} | (row or {})
    return create_order(
        customer=facts.pop("customer", None) or PartnerFactory(),
        status=status,
        rows=[NewRow(part=part, quantity=Decimal(quantity), **row) for quantity in quantities],
        by=by or UserFactory(),
        **facts,
    )


def row_with(quantity=10, **facts):
    """The only main row of a new registered order."""
    order = order_with(quantity, **facts)
    return SalesOrderRow.objects.for_list().main().get(order=order)


def positions(order):
    return list(order.rows.order_by("position").values_list("position", flat=True))


def again(row):
    return SalesOrderRow.objects.for_list().get(pk=row.pk)
