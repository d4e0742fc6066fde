"""Links by the ten thousand: COPY instead of INSERT, through the same guard and into the same history."""

from django.db import connection

from linkage.models import OrderLink
from linkage.operations.inserting import copy

COLUMNS = (
    "supply_id",
    "demand_id",
    "part_id",
    "warehouse_id",
    "quantity",
    "received",
    "issued",
    "released",
    "kind",
    "contract",
    "rule",
    "reason",
    "created_by_id",
)


def copy_links(promises, *, kind, rule, by, reason=""):
    """Insert links of order supplies from (supply id, demand id, part id, warehouse id, quantity) each.

    A step for operations that hold the locks and know that none of the pairs has an open link of this kind. Links from
    stock go through ``add_links``: they have a shelf.
    """
    rest = (0, 0, 0, kind, False, rule, reason[:200], by.pk)
    with connection.cursor() as cursor:
        # COPY passes by the statement that carries the history's context, so one that changes nothing goes first.
        cursor.execute("update linkage_orderlink set reason = reason where false")
    copy(OrderLink._meta.db_table, COLUMNS, ((*promise, *rest) for promise in promises))


def open_pairs(supply_ids, *, kind):
    """{(supply id, demand id): link} of the open links of a kind."""
    found = OrderLink.objects.open().filter(supply__in=supply_ids, kind=kind).select_related("supply", "demand")
    return {(link.supply_id, link.demand_id): link for link in found}
