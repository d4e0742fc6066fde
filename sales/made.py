"""Which orders were made for the rows of a sales order."""

from dataclasses import dataclass
from decimal import Decimal

from linkage.models import Provenance
from purchasing.models import PurchaseOrderRow
from sales.models import SalesOrderRow


@dataclass(frozen=True)
class Made:
    """A row and a purchase row that was made for so much (base quantity) of it."""

    row: SalesOrderRow
    purchase_row: PurchaseOrderRow
    quantity: Decimal

    @property
    def surplus(self):
        """What is bought beyond it (base unit)."""
        return max(self.purchase_row.supply.quantity - self.quantity, Decimal(0))


def purchases_made(order, *, first, last):
    """[Made] of the purchase rows with ids from ``first`` to ``last``, in the order of the sales rows."""
    made = Provenance.objects.filter(supply__purchase_row__pk__range=(first, last), demand__sales_row__order=order)
    facts = list(made.values_list("supply", "demand", "quantity").order_by("pk"))
    found = order.rows.for_list().filter(demand__in={demand for _supply, demand, _quantity in facts}).in_order()
    rows = {row.demand_id: row for row in found}
    if not facts:
        return []
    bought = PurchaseOrderRow.objects.for_list().in_bulk(
        list(made.values_list("supply__purchase_row", flat=True).distinct())
    )
    by_supply = {row.supply_id: row for row in bought.values()}
    made_of = [Made(rows[demand], by_supply[supply], quantity) for supply, demand, quantity in facts]
    places = {row.pk: place for place, row in enumerate(rows.values())}
    return sorted(made_of, key=lambda one: places[one.row.pk])


def rows_made_for(orders):
    """{production order id: the sales rows it was made for, by position}; those below another order are left out."""
    made = Provenance.objects.filter(
        supply__production_line__order__in=[order.pk for order in orders], demand__sales_row__isnull=False
    ).values_list("supply__production_line__order", "demand__sales_row")
    rows = SalesOrderRow.objects.for_list().filter(pk__in=[row for _order, row in made]).in_order()
    pairs = set(made)
    return {order.pk: found for order in orders if (found := [row for row in rows if (order.pk, row.pk) in pairs])}
