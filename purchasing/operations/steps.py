"""What the operations of purchase orders have in common: the lock, the status, the stale form.

Steps, not operations: the caller has opened one.
"""

from erp.exceptions import Refused, Stale
from erp.register import settings_registry
from erp.register.units import plain
from linkage.locks import lock
from linkage.models import Demand, OrderLink, Status, Supply
from linkage.operations import change_supply, close_supply
from purchasing.models import PurchaseOrder
from purchasing.statuses import COMMON, TRANSITIONS, PurchaseStatus


def lock_order(order, *more):
    """Lock an order's document, its supplies, the demands promised and ``more``; order and rows as they are now."""
    supplies = list(Supply.objects.filter(document=order.document_id))
    demands = Demand.objects.filter(links__supply__in=supplies, links__open__gt=0).distinct()
    lock(order.document, *supplies, *demands, *more)
    order = PurchaseOrder.objects.for_list().get(pk=order.pk)
    rows = list(order.rows.for_list().order_by("position"))
    for row in rows:
        row.order = order
    return order, rows


def lock_row(row, *more):
    """The same for one row's order; the row as it is now, with its order."""
    _, rows = lock_order(row.order, *more)
    return next((fresh for fresh in rows if fresh.pk == row.pk), None) or _gone(row)


def _gone(row):
    raise Refused(f"{row} no longer exists.")


def move(order, status, **facts):
    """Change an order's status along the table, with the facts that come with it; refused off the table."""
    if status not in TRANSITIONS[PurchaseStatus(order.status)]:
        raise Refused(f"{order} is {words(order)}; it cannot become {PurchaseStatus(status).label.lower()}.")
    for name, value in {"status": status, **facts}.items():
        setattr(order, name, value)
    order.save(update_fields=["status", *facts])


def carry_status(order, rows):
    """Give the rows that are still open the common status of their order."""
    for row in rows:
        if row.is_open and row.supply.status != Status.STARTED:
            row.supply = change_supply(row.supply, status=COMMON[PurchaseStatus(order.status)])


def status_from_rows(order, rows):
    """Let what has arrived on the rows decide the order's status, once it is at the supplier."""
    live = [row for row in rows if row.supply.status != Status.CANCELLED]
    status = _status_from(order, rows, live)
    if status == PurchaseStatus.CLOSED and order.status in {PurchaseStatus.SENT, PurchaseStatus.CONFIRMED}:
        move(order, PurchaseStatus.PARTLY_RECEIVED)  # the last receipt and the short close in one go
    if status != order.status:
        move(order, status)


def _status_from(order, rows, live):
    if not live:
        return PurchaseStatus.CANCELLED
    if all(row.supply.status == Status.CLOSED for row in live):
        short = any(row.short_closed for row in rows)
        return PurchaseStatus.CLOSED if short else PurchaseStatus.RECEIVED
    if any(row.supply.done > 0 for row in live):
        return PurchaseStatus.PARTLY_RECEIVED
    return PurchaseStatus.CONFIRMED if order.confirmed_at else PurchaseStatus.SENT


def close_arrived(order, rows):
    """Close the rows of which nothing is to come after their quantity went down; the order's status follows."""
    full = [row for row in rows if row.is_open and row.supply.done and row.supply.open == 0]
    for row in full:
        row.supply = close_supply(row.supply)
    if full:
        status_from_rows(order, rows)


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
