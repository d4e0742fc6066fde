"""What changes with rows in another company of ours, so that it is locked with them, in the one call."""

from dataclasses import dataclass

from django.db.models import Q

from linkage.queries.sql import rows
from production.operations import supplies_to_take
from sales.models import SalesOrderRow


@dataclass(frozen=True)
class OtherSide:
    """The mirrored rows: ids of transfers, documents and demands, and supplies that they may take.

    The demands of our own transferred rows are among them: what a date changes there comes back by the other order,
    which locks all of its pairs.
    """

    pairs: frozenset = frozenset()
    documents: frozenset = frozenset()
    demands: frozenset = frozenset()
    supplies: tuple = ()


PAIRS = """
select t.row_id, t.there_id from sales_transfer t join sales_salesorderrow r on r.id = t.row_id
where t.there_id is not null and r.order_id = any(%(orders)s)
union
select t.row_id, t.there_id from sales_transfer t join sales_salesorderrow r on r.id = t.there_id
where r.order_id = any(%(orders)s)
"""


def pairs_of(*orders):
    """The (row, mirrored row) of all transferred rows of these orders, on either side."""
    return frozenset(rows(PAIRS, {"orders": [order.pk for order in orders]}))


def other_side(*orders):
    """The OtherSide of all transferred rows of these orders, whichever company they are of; empty for most."""
    pairs = pairs_of(*orders)
    if not pairs:
        return OtherSide()
    ids = {pk for pair in pairs for pk in pair}
    both = list(SalesOrderRow.objects.filter(Q(pk__in=ids) | Q(parent__in=ids)).select_related("order", "part"))
    own = {order.pk for order in orders}
    theirs = [row for row in both if row.order_id not in own]
    return OtherSide(
        pairs=pairs,
        documents=frozenset(row.order.document_id for row in theirs),
        demands=frozenset({row.demand_id for row in both} - {None}),
        supplies=tuple(taken_by_box([row for row in theirs if row.order_box])),
    )


def taken_by_box(ticked):
    """What the orders of ticked rows may take below them."""
    made = [row for row in ticked if row.part_id and row.part.is_made]
    if not made:
        return []
    return supplies_to_take(parts=[row.part_id for row in made], warehouses=[row.warehouse_id for row in made])
