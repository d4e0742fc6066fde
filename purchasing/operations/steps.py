"""What the operations of purchase orders have in common: the lock, the status, the stale form.

Steps, not operations: the caller has opened one.
"""

from collections import defaultdict

from erp.exceptions import Refused, Stale
from erp.register import settings_registry
from erp.register.units import plain
from linkage.locks import lock_unread
from linkage.models import OrderLink, Status, Supply
from linkage.operations import close_supply
from linkage.operations.receiving import write_states
from linkage.queries.sql import among
from purchasing.models import PurchaseOrder, PurchaseOrderRow
from purchasing.statuses import COMMON, TRANSITIONS, PurchaseStatus

STARTED = Status.STARTED
UNTOUCHED = {PurchaseStatus.SENT, PurchaseStatus.CONFIRMED}


def lock_order(order, *more):
    """Lock an order's document, its supplies, the demands promised and ``more``; order and rows as they are now."""
    return lock_orders([order], *more)[0]


def lock_orders(orders, *more):
    """The same for several orders in one call; [(order, its rows)] in their order."""
    hold_orders(orders, *more)
    return read_orders([order.pk for order in orders])


def hold_orders(orders, *more):
    """The same locks, where nobody asks for the orders yet."""
    documents = [order.document for order in orders]
    supplies = list(Supply.objects.filter(document__in=documents).values_list("pk", flat=True))
    promised = OrderLink.objects.open().filter(supply__in=among(supplies))
    demands = promised.order_by().values_list("demand", flat=True).distinct()
    lock_unread(*documents, *more, supplies=supplies, demands=demands)


def read_orders(ids):
    """[(order, its rows)] as they are now, in the order of the ids."""
    fresh, rows = PurchaseOrder.objects.for_list().in_bulk(ids), defaultdict(list)
    for row in PurchaseOrderRow.objects.for_list().prefetch_related(None).filter(order__in=ids).order_by("position"):
        row.order = fresh[row.order_id]
        row.share_what_was_read()
        rows[row.order_id].append(row)
    return [(fresh[pk], rows[pk]) for pk in ids]


def lock_row(row, *more):
    """The same for one row's order; the row as it is now, with its order."""
    _, rows = lock_order(row.order, *more)
    return next((fresh for fresh in rows if fresh.pk == row.pk), None) or _gone(row)


def _gone(row):
    raise Refused(f"{row} no longer exists.")


def move(order, status, **facts):
    """Change an order's status along the table, with the facts that come with it; refused off the table."""
    move_all([order], status, **facts)


def move_all(orders, status, **facts):
    """The same for several orders, in one statement."""
    for order in orders:
        if status == order.status:
            raise Refused(f"{order} is {words(order)} already.")
        if status not in TRANSITIONS[PurchaseStatus(order.status)]:
            raise Refused(f"{order} is {words(order)}; it cannot become {PurchaseStatus(status).label.lower()}.")
        for name, value in {"status": status, **facts}.items():
            setattr(order, name, value)
    if orders:
        PurchaseOrder.objects.filter(pk__in=[order.pk for order in orders]).update(status=status, **facts)


def carry_status(order, rows):
    """Give the rows that are still open the common status of their order."""
    carry_statuses([(order, rows)])


def carry_statuses(orders):
    """The same for several (order, rows), in one statement."""
    moved = []
    for order, rows in orders:
        status = COMMON[PurchaseStatus(order.status)]
        moved += [(row.supply, status) for row in rows if row.is_open and row.supply.status not in {STARTED, status}]
    for supply, status in moved:
        supply.status = status
    write_states([supply for supply, _ in moved])


def status_from_rows(order, rows):
    """Let what has arrived on the rows decide the order's status, once it is at the supplier."""
    statuses_from_rows([(order, rows)])


def statuses_from_rows(orders):
    """The same for several (order, rows), in a statement for each new status."""
    becomes = defaultdict(list)
    for order, rows in orders:
        live = [row for row in rows if row.supply.status != Status.CANCELLED]
        if (status := _status_from(order, rows, live)) != order.status:
            becomes[status].append(order)
    untouched = [order for order in becomes[PurchaseStatus.CLOSED] if order.status in UNTOUCHED]
    move_all(untouched, PurchaseStatus.PARTLY_RECEIVED)  # the last receipt and the short close in one go
    for status, moved in becomes.items():
        move_all(moved, status)


def _status_from(order, rows, live):
    if not live:
        return PurchaseStatus.CANCELLED
    if all(row.supply.status == Status.CLOSED for row in live):
        short = any(row.short_closed for row in rows)
        return PurchaseStatus.CLOSED if short else PurchaseStatus.RECEIVED
    if any(row.supply.done > 0 for row in live):
        return PurchaseStatus.PARTLY_RECEIVED
    return PurchaseStatus.CONFIRMED if order.confirmed_at else PurchaseStatus.SENT


def close_arrived(orders):
    """Close the rows of which nothing is to come after their quantity went down; the orders' statuses follow."""
    moved = []
    for order, rows in orders:
        full = [row for row in rows if row.is_open and row.supply.done and row.supply.open == 0]
        for row in full:
            row.supply = close_supply(row.supply)
        moved += [(order, rows)] if full else []
    statuses_from_rows(moved)


def words(order):
    return order.get_status_display().lower()


def check_open(row):
    if not row.is_open:
        raise Refused(f"{row} is {row.supply.get_status_display().lower()}.")


def check_version(row, version, changes):
    """Refuse a form that was filled in before somebody else changed the row; both values of what differs are shown."""
    if version is None or version == row.version:
        return
    theirs = {label: tuple(map(_shown, values)) for label, values in changes.items() if values[0] != values[1]}
    raise Stale(f"{row} was changed by somebody else meanwhile.", theirs=theirs)


def _shown(value):
    return "" if value is None else plain(value) if hasattr(value, "as_tuple") else str(value)


def links_to_come(supplies):
    """The links that still wait for goods of these supplies, with their demands."""
    return list(OrderLink.objects.filter(supply__in=supplies, to_come__gt=0).with_ends().order_by("pk"))


def in_words(links):
    """``S-1001/10 (60 pcs), S-1004/20 (40 pcs)``: to whom a supply is promised."""
    return ", ".join(f"{link.demand} ({plain(link.to_come)} {link.supply.part.unit})" for link in links)


def check_released(supplies, what, *, release):
    """Refuse to end supplies that are promised to somebody, as the setting ``link_deletion_policy`` says."""
    policy = settings_registry.get("link_deletion_policy")
    links = links_to_come(supplies)
    if not links or policy == "auto-close":
        return
    if policy == "prevent":
        raise Refused(f"{what} is linked to {in_words(links)}. Disconnect it first.")
    if not release:
        raise Refused(f"{what} is linked to {in_words(links)}. Choose to leave these demands uncovered first.")
