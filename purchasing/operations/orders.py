"""What a buyer does with a whole purchase order."""

import pghistory
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.history import because
from erp.register.rates import rate_on
from linkage.dates import business_date
from linkage.models.positions import DocumentKind
from linkage.operation import operation
from linkage.operations import auto_link_supplies, cancel_supply, date_document, open_document
from linkage.operations.changing import also_locked
from purchasing.headers import header_now
from purchasing.models import How, PurchaseOrder, order_type_of
from purchasing.operations.agreeing import forget_agreed, note_sent
from purchasing.operations.courses import end_rows
from purchasing.operations.dispatching import dispatch, next_version
from purchasing.operations.over_receipts import decline_waiting
from purchasing.operations.rows import give_up
from purchasing.operations.steps import (
    carry_status,
    check_released,
    check_version,
    lock_order,
    move,
    words,
)
from purchasing.papers import paper_of
from purchasing.statuses import TRANSITIONS, PurchaseStatus

HEADER_FACTS = ["order_type", "buyer", "supplier_reference", "goods_label", "terms"]
HEADER_FACTS += ["delivery_address", "drop_shipment", "note"]


@operation
def create_order(
    *,
    company,
    supplier,
    ordered_on,
    by,
    buyer=None,
    order_type=None,
    goods_label="",
    delivery_address="",
    drop_shipment=False,
    terms="",
    note="",
    reason="",
):
    """Open a draft for a supplier, without rows; of the order type of ``by`` unless another is given."""
    if not (supplier.is_supplier and supplier.is_active):
        raise Refused(f"{supplier} is not an active supplier.")
    check_address(drop_shipment, delivery_address)

    document = open_document(company=company, kind=DocumentKind.PURCHASE, ordered_on=ordered_on, partner=supplier)
    return PurchaseOrder.objects.create(
        document=document,
        currency=supplier.currency,
        buyer=buyer or by,
        order_type=order_type or order_type_of(by),
        goods_label=goods_label,
        delivery_address=delivery_address,
        drop_shipment=drop_shipment,
        terms=terms,
        note=note,
    )


@operation
def change_order(*, order, by, version=None, reason="", ordered_on=None, currency=None, **facts):
    """Change what the header says: order type, supplier's reference, goods label, delivery address, note.

    What the supplier reads of it may change after sending too, and is then told as a change (``send_changes``); where
    the goods go not once something has arrived, the currency never.
    """
    order, rows = lock_order(order)
    check_version(order, version, _changes(order, facts, ordered_on))
    if facts.get("drop_shipment", order.drop_shipment) != order.drop_shipment and any(row.supply.done for row in rows):
        raise Refused(f"Something of {order} has arrived; where its goods go cannot be changed any more.")
    check_place_stays(order, facts)
    _check_currency(order, currency)

    if order.is_at_supplier and order.told is None:
        order.told = header_now(order)  # sent before this was kept
    if ordered_on and ordered_on != order.document.ordered_on:
        _date_anew(order, ordered_on, reason=reason)
    for name in HEADER_FACTS:
        setattr(order, name, facts.get(name, getattr(order, name)))
    check_address(order.drop_shipment, order.delivery_address)
    order.save(update_fields=[*HEADER_FACTS, "told", "version"])
    order.refresh_from_db(fields=["version"])
    return order


def _changes(order, facts, ordered_on):
    """{fact in words: (its value, what a form wants)}; an empty order date leaves it as it is."""
    changes = {name.replace("_", " "): (getattr(order, name), facts[name]) for name in facts}
    return changes | ({"order date": (order.document.ordered_on, ordered_on)} if ordered_on else {})


def _date_anew(order, ordered_on, *, reason):
    """The date lives on the document, which has no history of its own: the order's timeline and version tell of it."""
    because(": ".join(filter(None, [f"order date {order.document.ordered_on} → {ordered_on}", reason])))
    date_document(order.document, ordered_on)
    order.version += 1
    pghistory.create_event(order, label="update")


def _check_currency(order, currency):
    if currency and currency != order.currency:
        raise Refused(
            f"{order} is in {order.currency}, which {order.supplier} is paid in and its prices were agreed in; it "
            f"stays so. For {currency} change the supplier's currency and order anew."
        )


def check_place_stays(order, facts):
    """What has arrived went where the document says."""
    drop_shipment = facts.get("drop_shipment", order.drop_shipment)
    address = facts.get("delivery_address", order.delivery_address)
    # Word by word: a form breaks lines otherwise than they are kept.
    same = (drop_shipment, address.split()) == (order.drop_shipment, order.delivery_address.split())
    if not same and order.status == PurchaseStatus.PARTLY_RECEIVED:
        raise Refused(f"Something of {order} has arrived; where its goods go cannot be changed any more.")


def check_address(drop_shipment, address):
    if drop_shipment and not address:
        raise Refused("Enter the customer's delivery address: the goods go straight there.")


@operation
def make_draft(*, order, by, reason=""):
    """Take over a suggested order: it becomes a draft, and its rows may be linked."""
    order, rows = lock_order(order)

    move(order, PurchaseStatus.DRAFT)
    carry_status(order, rows)
    return order


@operation
def send(*, order, by, how=How.OTHER, address="", reason=""):
    """Send the order to the supplier, by mail to ``address``, as a file or otherwise; every open row needs a date.

    With the setting *Link backorders to purchase orders* the free quantity of its rows goes to backordered sales rows.
    """
    order, rows = lock_order(order)
    live = [row for row in rows if row.is_open]
    if not live:
        raise Refused(f"{order} has no rows to send.")
    if undated := [str(row) for row in live if row.supply.due_date is None]:
        raise Refused(f"Give a date to {', '.join(undated)} first.")

    into = order.document.company.currency
    rate = rate_on(business_date(), currency=order.currency, into=into)
    move(order, PurchaseStatus.SENT, sent_at=timezone.now(), rate=rate, told=header_now(order))
    carry_status(order, live)
    note_sent(live)
    version = next_version(order)
    dispatch(order, paper_of(order, rows, version=version), version=version, how=how, address=address, by=by)
    auto_link_supplies(supplies=[row.supply for row in live], by=by)
    return order


@operation
def recall(*, order, by, reason=""):
    """Take a sent or confirmed order back to draft; links stay. Not once something has arrived.

    Receipts that wait for a buyer are declined: nothing of a draft is taken in.
    """
    order, rows = lock_order(order)

    move(order, PurchaseStatus.DRAFT, sent_at=None, confirmed_at=None, rate=None, told=None)
    forget_agreed(order)
    decline_waiting(order, by=by, verdict=f"{order} was recalled")
    carry_status(order, rows)
    return order


@operation
def cancel(*, order, by, release=False, reason="", decisions=None):
    """Cancel an order before anything has arrived.

    A linked row refuses and says to whom it is promised, unless ``release``: then its links are given up and the
    demands are left uncovered. The setting *Cancelling an order that is linked* decides whether that is asked at all.
    With ``decisions`` each link goes where they say.
    """
    order, rows = lock_order(order, *also_locked(decisions))
    live = [row for row in rows if row.is_open]
    if PurchaseStatus.CANCELLED in TRANSITIONS[PurchaseStatus(order.status)]:
        supplies = [row.supply for row in live]
        give_up(supplies, decisions=decisions, by=by, reason=reason or f"{order} cancelled")
    check_released([row.supply for row in live], order, release=release)

    move(order, PurchaseStatus.CANCELLED)
    for row in live:
        cancel_supply(row.supply, reason=reason or f"{order} cancelled")
    return order


@operation
def close(*, order, by, cut_contract=False, reason=""):
    """Close an order that has been received; what is still open of a partly received one is closed short."""
    order, rows = lock_order(order)
    if order.status not in {PurchaseStatus.PARTLY_RECEIVED, PurchaseStatus.RECEIVED}:
        raise Refused(f"{order} is {words(order)}; only a received order can be closed.")

    end_rows([row for row in rows if row.is_open], cut_contract=cut_contract, reason=reason)
    if order.status != PurchaseStatus.CLOSED:
        move(order, PurchaseStatus.CLOSED)
    return order
