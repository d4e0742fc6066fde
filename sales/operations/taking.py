"""Taking hold of an order: its document, its rows' demands, what they are linked to and the chain below, at once."""

from erp.exceptions import Gone, Refused, Stale
from erp.register.units import plain
from linkage.locks import hold, lock_chain
from linkage.models import Demand, Document, OrderLink, Supply
from linkage.operation import StartOver
from sales.models import SalesOrder, SalesOrderRow
from sales.operations.other_side import other_side, pairs_of, taken_by_box


def take_order(order, *, rows=(), also=(), too=(), held=()):
    """Lock an order and everything that the rows hold on to; return the order and the rows as they are now.

    ``also``: supplies that the operation may promise later. Supplies are locked before demands, so they come along now;
    so does whatever else is in ``too``, and the rows of another company that mirror rows of this order. ``held``
    (ids of demands) are locked with them, but not read.
    """
    across = other_side(order)
    own = {row.demand_id for row in rows} - {None}
    demands = own | across.demands
    links = _held_by(demands)
    promised = {row.pk for row in (*also, *too, *across.supplies) if isinstance(row, Supply)}
    supplies = [Supply(pk=pk) for pk in links | promised]
    documents = [Document(pk=pk) for pk in {order.document_id} | across.documents]
    try:
        if held:
            hold(*documents, *supplies, *(Demand(pk=pk) for pk in across.demands), *too, demands=held)
        lock_chain(supplies, *documents, *supplies, *(Demand(pk=pk) for pk in demands), *too)
    except Gone:
        if pairs_of(order) != across.pairs:  # somebody deleted a transferred row, maybe not one of ours
            raise StartOver from None
        raise
    if not _held_by(demands) <= links or pairs_of(order) != across.pairs:
        raise StartOver
    fresh = _fresh_rows(rows)
    if {row.demand_id for row in fresh} - {None} - own:
        raise StartOver
    return _fresh_order(order), fresh


def hold_orders(orders, *, too=()):
    """Lock whole orders with all that their rows hold on to, before the operations that change them one by one.

    Whatever else is in ``too`` comes along.
    """
    across = other_side(*orders)
    rows = SalesOrderRow.objects.filter(order__in=orders).exclude(demand=None)
    demands = across.demands.union(rows.values_list("demand", flat=True))
    taken = taken_by_box(rows.filter(order_box=True).select_related("part"))
    promised = {row.pk for row in (*taken, *across.supplies, *too) if isinstance(row, Supply)}
    links = _held_by(demands)
    supplies = [Supply(pk=pk) for pk in links | promised]
    documents = across.documents.union(order.document_id for order in orders)
    lock_chain(supplies, *(Document(pk=pk) for pk in documents), *supplies, *(Demand(pk=pk) for pk in demands), *too)
    if not _held_by(demands) <= links:
        raise StartOver


def take_row(row, *, also=(), too=()):
    """Lock one row with its order and links; return it as it is now."""
    order, [fresh] = take_order(row.order, rows=[row], also=also, too=too)
    fresh.order = order
    return fresh


def _held_by(demands):
    """The supplies and shelves that the open links of the demands hold on to."""
    if not demands:
        return set()
    ends = OrderLink.objects.open().filter(demand__in=demands).values_list("supply", "stock")
    return {supply for pair in ends for supply in pair if supply}


def _fresh_order(order):
    fresh = SalesOrder.objects.for_list().filter(pk=order.pk).first()
    if fresh is None:
        raise Gone(order)
    return fresh


def _fresh_rows(rows):
    found = {row.pk: row for row in SalesOrderRow.objects.for_list().filter(pk__in=[row.pk for row in rows])}
    if missing := [row for row in rows if row.pk not in found]:
        raise Gone(missing[0])
    return [found[row.pk] for row in rows]


def check_open(order):
    """A closed or cancelled order is a fact; it does not change."""
    if not order.is_open:
        raise Refused(f"{order} is {order.get_status_display().lower()} and cannot be changed.")


def check_row_open(row):
    check_open(row.order)
    if row.is_closed:
        raise Refused(f"{row} is finished and cannot be changed.")


def check_version(record, version, typed):
    """A form that was opened before somebody else saved is stale; show both values of what differs."""
    if version is None or version == record.version:
        return
    names = {
        str(record._meta.get_field(name).verbose_name).capitalize(): name
        for name, value in typed.items()
        if getattr(record, name) != value
    }
    theirs = {label: (_shown(getattr(record, name)), _shown(typed[name])) for label, name in names.items()}
    raise Stale(
        f"Somebody else changed {record} after you opened it. Look at both values and save again.",
        theirs=theirs,
        version=record.version,
        names=names,
    )


def _shown(value):
    return "" if value is None else plain(value) if hasattr(value, "as_tuple") else str(value)
