"""What happened to a purchase order: the histories of its header, rows and links."""

from erp.register.units import plain
from linkage.models import OrderLink, SupplyEvent
from linkage.queries.timeline import History, link_history
from purchasing.models import (
    ChangeRequest,
    ChangeRequestEvent,
    Dispatch,
    DispatchEvent,
    OverReceipt,
    OverReceiptEvent,
    PurchaseOrderEvent,
    PurchaseOrderRowEvent,
    Reject,
    RejectEvent,
)

HEADER = ("status", "order_type", "buyer", "supplier_reference", "goods_label", "terms", "delivery_address")
HEADER += ("drop_shipment", "note")
ROW = ("quantity", "goods_label", "confirmed_on", "short_closed_reason")
COSTS = ("price", "discount")


def histories(order, *, costs):
    """What a page of ``linkage.queries.timeline.timeline`` is made of; without ``costs`` prices stay out."""
    rows = dict(order.rows.values_list("pk", "position"))
    supplies = dict(order.rows.values_list("supply", "position"))

    def called(positions):
        return lambda ids: {pk: f"Row {positions[pk]}" for pk in ids}

    def link_name(link):
        return f"Row {supplies[link.supply_id]} for {link.demand}"

    return [
        History(
            PurchaseOrderEvent.objects.filter(pgh_obj=order.pk), lambda _: {order.pk: "Order"}, HEADER, new=_silent
        ),
        History(DispatchEvent.objects.filter(order=order.pk), _versions, ("outcome", "address", "error"), new=_how),
        History(
            ChangeRequestEvent.objects.filter(order=order.pk), _numbers, ("status", "supplier_reference"), new=_asked
        ),
        History(_of(PurchaseOrderRowEvent, rows), called(rows), ROW + COSTS if costs else ROW),
        History(
            RejectEvent.objects.filter(row__order=order.pk), _rejected_rows(rows), ("taken_back_at",), new=_rejected
        ),
        History(
            OverReceiptEvent.objects.filter(row__order=order.pk), _over_receipts(rows), ("status", "verdict"), new=_over
        ),
        History(_of(SupplyEvent, supplies), called(supplies), ("due_date", "cancelled"), new=_silent),
        link_history(OrderLink.objects.filter(supply__in=supplies), link_name),
    ]


def _of(events, ids):
    return events.objects.filter(pgh_obj__in=list(ids))


def _rejected_rows(positions):
    """What a reject is called: its row."""

    def called(ids):
        rows = Reject.objects.filter(pk__in=ids).values_list("pk", "row")
        return {pk: f"Row {positions[row]}" for pk, row in rows}

    return called


def _over_receipts(positions):
    """What a receipt beyond the tolerance is called: its row."""

    def called(ids):
        rows = OverReceipt.objects.filter(pk__in=ids).values_list("pk", "row")
        return {pk: f"Row {positions[row]}" for pk, row in rows}

    return called


def _over(event):
    return f"{plain(event.quantity)} came, a buyer was asked: {event.reason}"


def _rejected(event):
    why = ": ".join(filter(None, [event.get_code_display(), event.note]))
    return f"{plain(event.quantity)} rejected: {why}"


def _silent(event):
    return ""


def _versions(ids):
    versions = Dispatch.objects.filter(pk__in=ids).values_list("pk", "version")
    return {pk: f"Document {version}" for pk, version in versions}


def _how(event):
    return f"{event.get_how_display().lower()} {event.address}".strip()


def _numbers(ids):
    numbers = ChangeRequest.objects.filter(pk__in=ids).values_list("pk", "number")
    return {pk: f"Change request {number}" for pk, number in numbers}


def _asked(event):
    return "asked"
