"""Columns of many plain rows changed at once: the same rules as for one row, in a fixed number of statements."""

from collections import defaultdict

from django.db.models import Q

from erp.exceptions import Refused
from linkage.changes import DemandWant
from linkage.dates import refresh_need_dates
from linkage.models import Demand, OrderLink
from linkage.operation import settle
from linkage.operations.updating import update
from sales.models import PickRow, RowSerial, SalesOrderRow, Transfer
from sales.operations.dates import FROZEN_DATES, Following, dates_of
from sales.operations.rows import checked_base, locks_of, unrounded
from sales.operations.taking import check_row_open
from sales.operations.types import check_row
from sales.pricing import TAKEN, price_row, prices_for
from sales.units import UnitsOfRows, parts_of

# What a customer's change may say of a row.
SAID = ["quantity", "unit_price", "discount", "goods_label", "delivery_date", "at_customer_date", *FROZEN_DATES]
WRITTEN = [*SAID, *TAKEN[1:], "price_locked", "discount_locked", "priced_in", "rounding"]


def special_of(rows):
    """The ids of rows that more hangs on than a demand and its links: they are changed one by one."""
    ids = [row.pk for row in rows]
    special = {row.pk for row in rows if row.is_kit or row.parent_id or row.configured_at or row.order_box}
    special |= {row.pk for row in rows if not row.is_part}
    crossing = Transfer.objects.filter(Q(row__in=ids) | Q(there__in=ids)).values_list("row", "there")
    special |= {pk for pair in crossing for pk in pair}
    special |= set(RowSerial.objects.filter(row__in=ids).values_list("row", flat=True))
    special |= set(PickRow.objects.open().filter(row__in=ids).values_list("row", flat=True))
    below = SalesOrderRow.objects.filter(parent__in=ids).exclude(role="")
    return special | set(below.values_list("parent", flat=True))


class ChangingRows:
    """Rows (locked) with what becomes of them: (place, row, changes) each. ``refused`` takes (place, refusal)."""

    def __init__(self, pairs, refused):
        rows = [row for _place, row, _changes in pairs]
        self.units, self._following = UnitsOfRows(parts_of(rows)), _following(rows)
        self._prices = prices_for([row for row in rows if not row.price_locked])
        self.rows, self.wants, self._demands = [], [], []
        for place, row, changes in pairs:
            try:
                self._change(row, changes)
            except Refused as refusal:
                refused.append((place, refusal))

    def _change(self, row, changes):
        check_row_open(row)
        quantity, dates = row.quantity, dates_of(row)
        changes = changes | locks_of(row, changes) | unrounded(row, changes)
        for name, value in changes.items():
            setattr(row, name, value)
        check_row(row, units=self.units)
        if row.quantity != quantity and self._prices:
            price_row(row, self._prices, discount=False)
        self._following[row.order_id].write(row, dates)
        check_row(row, units=self.units)
        self.rows.append(row)
        if row.demand:
            self._want(row)

    def _want(self, row):
        base, demand = checked_base(row, self.units), row.demand
        if (base, row.delivery_date) == (demand.quantity, demand.need_date):
            return
        facts = {"need": row.delivery_date, "warehouse": row.warehouse, "revision": row.revision}
        facts |= {"variant": row.variant, "priority": row.demand_priority}
        self.wants.append(DemandWant(demand.pk, quantity=base, **facts))
        self._demands.append(Demand(pk=demand.pk, quantity=base, need_date=row.delivery_date))

    def write(self, *, by, reason):
        """Once the chains have followed: the rows, then their demands, which settle before they shrink."""
        update(self.rows, WRITTEN)
        if self._demands:
            settle()
            update(self._demands, ["quantity", "need_date"])
            ids = [demand.pk for demand in self._demands]
            refresh_need_dates(set(OrderLink.objects.open().filter(demand__in=ids).values_list("supply", flat=True)))


def _following(rows):
    by_order = defaultdict(list)
    for row in rows:
        by_order[row.order_id].append(row)
    return {pk: Following(mine[0].order, mine) for pk, mine in by_order.items()}
