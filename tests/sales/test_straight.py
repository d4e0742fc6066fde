"""Drop shipment: bought for a sales row, delivered by the supplier, and delivered in the books as it is taken in."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import LinesRefused, Refused
from erp.register.models import Address, Setting
from linkage.models import OrderLink, SerialNumber, StockMovement, Supply
from linkage.operations import link
from purchasing import operations as purchasing
from purchasing.imports import order_rows
from purchasing.models import PurchaseOrder, PurchaseOrderRow
from purchasing.operations import steps
from sales import operations
from sales.models import DeliveryNote
from tests.factories import PartFactory
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import again, order_with, row_with
from tests.sales.test_leaving import left

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
HAMBURG = "Velo Nord\nHamburg"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def to_customer(db):
    Setting.objects.create(name="purchase_delivery_address", value="customer")


def bought_part(**facts):
    part = PartFactory(**{"lot_sizing": "LR"} | facts)
    SupplierTermFactory(part=part, unit=part.unit)
    return part


def straight_row(by, quantity=10, **facts):
    """A sales row and its purchase row, sent to the supplier of a drop shipment."""
    row = row_with(quantity, part=bought_part(), by=by, **{"delivery_address": HAMBURG} | facts)
    [bought] = operations.create_purchase_orders(rows=[row], by=by)
    purchasing.send(order=bought.order, by=by)
    return again(row), fresh(bought)


def fresh(bought):
    return PurchaseOrderRow.objects.for_list().get(pk=bought.pk)


def receive(bought, quantity, by, **facts):
    return purchasing.receive(row=bought, quantity=Decimal(quantity), by=by, effective_on=TODAY, **facts)


@pytest.mark.usefixtures("to_customer")
def test_order_goes_to_the_sales_orders_address(planner):
    _row, bought = straight_row(planner)

    assert (bought.order.drop_shipment, bought.order.delivery_address) == (True, HAMBURG)


def test_order_comes_to_us_where_the_setting_says_so(planner):
    _row, bought = straight_row(planner)

    assert (bought.order.drop_shipment, bought.order.delivery_address) == (False, "")


@pytest.mark.usefixtures("to_customer")
def test_order_goes_to_the_customers_address_where_the_sales_order_has_none(planner):
    row = row_with(10, part=bought_part(), by=planner)
    customer = row.order.document.partner
    Address.objects.create(
        partner=customer, kind="delivery", lines="Dock 2", postal_code="20097", city="Hamburg", country="DE"
    )

    [bought] = operations.create_purchase_orders(rows=[row], by=planner)

    assert bought.order.delivery_address == f"{customer.name}\nDock 2\n20097 Hamburg\nDE"


@pytest.mark.usefixtures("to_customer")
def test_row_without_an_address_is_refused_with_its_sentence(planner):
    row = row_with(10, part=bought_part(), by=planner)

    with pytest.raises(Refused, match=rf"{row}: enter the delivery address of {row.order} first"):
        operations.create_purchase_orders(rows=[row], by=planner)


@pytest.mark.usefixtures("to_customer")
def test_each_sales_order_gets_its_own_order_and_stock_comes_to_us(planner):
    part = bought_part()
    pool = bought_part(lot_sizing="LL")
    term = part.supplier_terms.get()
    pool.supplier_terms.update(supplier=term.supplier)
    first = row_with(10, part=part, by=planner, delivery_address=HAMBURG)
    rows = [first]
    for other in (part, pool):
        order = order_with(by=planner, delivery_address="Turku", warehouse=first.warehouse)
        rows.append(operations.add_row(order=order, part=other, quantity=Decimal(3), warehouse=first.warehouse,
                                       delivery_date=first.delivery_date, by=planner))  # fmt: skip

    operations.create_purchase_orders(rows=rows, by=planner)

    assert sorted(PurchaseOrder.objects.values_list("drop_shipment", "delivery_address")) == [
        (False, ""),
        (True, "Turku"),
        (True, HAMBURG),
    ]


@pytest.mark.usefixtures("to_customer")
def test_receipt_delivers_the_row_with_both_movements(planner):
    row, bought = straight_row(planner)

    receive(bought, 10, planner, reference="DN-7")

    row = again(row)
    assert list(StockMovement.objects.order_by("pk").values_list("kind", "quantity", "reference")) == [
        ("receipt", 10, "DN-7"),
        ("delivery", 10, "DN-7"),
    ]
    assert (row.is_closed, row.demand.done, row.order.get_status_display()) == (True, 10, "Delivered")
    assert (fresh(bought).order.status, Supply.objects.stock().get(part=row.part).quantity) == ("received", 0)
    assert OrderLink.objects.get().issued == 10


@pytest.mark.usefixtures("to_customer")
def test_part_of_it_delivers_a_part_of_the_row(planner):
    row, bought = straight_row(planner)

    receive(bought, 4, planner)

    assert (again(row).demand.done, OrderLink.objects.get().to_come, again(row).is_closed) == (4, 6, False)


@pytest.mark.usefixtures("to_customer")
def test_more_than_the_customer_ordered_is_refused(planner):
    row, bought = straight_row(planner)
    other = row_with(5, part=row.part, by=planner)
    purchasing.change_row(row=bought, quantity=Decimal(15), by=planner)

    with pytest.raises(
        Refused, match=r"goes straight to the customer: 5 pcs of P-1001/10 are linked to no sales row\."
    ):
        receive(fresh(bought), 15, planner)

    assert not StockMovement.objects.exists()
    assert other.demand.done == 0


@pytest.mark.usefixtures("to_customer")
def test_row_that_may_not_be_delivered_in_parts_refuses_a_part(planner):
    _row, bought = straight_row(planner, partial_delivery_allowed=False)

    with pytest.raises(Refused, match=r"may not be delivered in parts"):
        receive(bought, 4, planner)

    assert not StockMovement.objects.exists()


@pytest.mark.usefixtures("to_customer")
def test_receipt_goes_back_after_its_delivery(planner):
    row, bought = straight_row(planner)
    receive(bought, 10, planner)
    came = StockMovement.objects.get(kind="receipt")
    with pytest.raises(Refused):
        purchasing.reverse_receipt(row=fresh(bought), movement=came, by=planner, effective_on=TODAY)

    operations.reverse_delivery(delivered=row.delivery_rows.get(), by=planner)
    purchasing.reverse_receipt(row=fresh(bought), movement=came, by=planner, effective_on=TODAY)

    assert (again(row).demand.done, fresh(bought).supply.done, fresh(bought).order.status) == (0, 0, "sent")


def test_order_is_made_a_drop_shipment_by_hand(planner):
    row, bought = straight_row(planner)
    purchasing.recall(order=bought.order, by=planner)

    with pytest.raises(Refused, match=r"Enter the customer's delivery address"):
        purchasing.change_order(order=bought.order, drop_shipment=True, by=planner)
    purchasing.change_order(order=bought.order, drop_shipment=True, delivery_address=HAMBURG, by=planner)
    purchasing.send(order=bought.order, by=planner)
    receive(fresh(bought), 10, planner)

    assert again(row).demand.done == 10
    with pytest.raises(Refused, match=r"Something of P-1001 has arrived"):
        purchasing.change_order(order=bought.order, drop_shipment=False, by=planner)
    with pytest.raises(IntegrityError, match="drop_shipment_has_address"), transaction.atomic():
        PurchaseOrder.objects.update(delivery_address="")


@pytest.mark.usefixtures("to_customer")
def test_pages_and_paper_say_where_the_goods_go(planner, planner_client):
    row, bought = straight_row(planner)
    kept = row_with(1, part=bought_part(), by=planner)

    assertContains(planner_client.get(reverse("purchasing:order", args=[bought.order_id])), "Drop shipment")
    assertContains(planner_client.get(reverse("sales:order", args=[row.order_id])), "Straight to the customer")
    assertNotContains(planner_client.get(reverse("sales:order", args=[kept.order_id])), "Straight to the customer")
    sent = bought.order.dispatches.get()
    assert sent.texts["deliver_to"] == HAMBURG


@pytest.mark.usefixtures("to_customer")
def test_goods_linked_to_another_row_are_delivered_to_that_row(planner):
    row, bought = straight_row(planner)
    other = row_with(5, part=row.part, by=planner, warehouse=row.warehouse)
    purchasing.change_row(row=bought, quantity=Decimal(15), by=planner)
    link(demand=other.demand, supply=bought.supply, quantity=Decimal(5), by=planner, accept_warnings=True)

    receive(fresh(bought), 15, planner)

    assert (again(row).demand.done, again(other).demand.done) == (10, 5)


@pytest.mark.usefixtures("to_customer")
def test_pieces_for_two_rows_leave_once_each_and_none_that_was_put_elsewhere(planner):
    row, bought = straight_row(planner, 2)
    other = row_with(1, part=row.part, by=planner, warehouse=row.warehouse)
    purchasing.change_row(row=bought, quantity=Decimal(3), by=planner)
    link(demand=other.demand, supply=bought.supply, quantity=Decimal(1), by=planner, accept_warnings=True)

    receive(fresh(bought), 3, planner, serials="X-1..X-3")

    assert (left(row), left(other)) == ("X-1..X-2", "X-3")


@pytest.mark.usefixtures("to_customer")
def test_many_drop_shipments_at_once_deliver_what_each_delivers_alone(planner):
    alone = [straight_row(planner) for _ in range(2)]
    together = [straight_row(planner) for _ in range(2)]

    for (_row, bought), quantity in zip(alone, (10, 4), strict=True):
        receive(bought, quantity, planner)
    purchasing.receive_all(lines=[arriving(b, n) for (_, b), n in zip(together, (10, 4), strict=True)], by=planner)

    assert [delivered(*pair) for pair in together] == [delivered(*pair) for pair in alone]
    assert [delivered(*pair) for pair in together] == [
        (10, True, "Delivered", "received", [("receipt", 10), ("delivery", 10)]),
        (4, False, "Partly delivered", "partly_received", [("receipt", 4), ("delivery", 4)]),
    ]


@pytest.mark.usefixtures("to_customer")
def test_a_delivery_that_the_customers_order_refuses_names_its_line(planner):
    _row, bought = straight_row(planner)
    _other, whole = straight_row(planner, partial_delivery_allowed=False)

    with pytest.raises(LinesRefused) as refusal:
        purchasing.receive_all(lines=[arriving(bought, 10), arriving(whole, 4)], by=planner)

    [(place, why)] = refusal.value.refusals
    assert (place, "may not be delivered in parts" in str(why)) == (1, True)


@pytest.mark.usefixtures("to_customer")
def test_every_delivery_that_is_refused_is_named_and_nothing_is_posted(planner):
    _row, bought = straight_row(planner)
    wholes = [straight_row(planner, partial_delivery_allowed=False)[1] for _ in range(2)]

    with pytest.raises(LinesRefused) as refusal:
        purchasing.receive_all(lines=[arriving(wholes[0], 4), arriving(bought, 10), arriving(wholes[1], 3)], by=planner)

    assert [place for place, _why in refusal.value.refusals] == [0, 2]
    assert StockMovement.objects.count() == 0


@pytest.mark.usefixtures("to_customer")
def test_what_came_on_one_note_is_one_delivery_and_one_note_of_each_customer(planner):
    order = order_with(2, 5, part=bought_part(), by=planner, delivery_address=HAMBURG)
    bought = operations.create_purchase_orders(rows=list(order.rows.for_list()), by=planner)
    purchasing.send(order=bought[0].order, by=planner)
    _other, elsewhere = straight_row(planner)
    rows = [fresh(one) for one in (*bought, elsewhere)]

    purchasing.receive_all(lines=[arriving(row, row.quantity, reference="D1") for row in rows], by=planner)

    notes = DeliveryNote.objects.order_by("pk")
    assert sorted(note.rows.count() for note in notes) == [1, 2]
    assert all(note.reference == "D1" for note in notes)


@pytest.mark.usefixtures("to_customer")
def test_parts_of_a_row_on_two_notes_are_two_deliveries(planner):
    row, bought = straight_row(planner)

    lines = [arriving(bought, 4, reference="D1"), arriving(bought, 6, reference="D2")]
    purchasing.receive_all(lines=lines, by=planner)

    assert list(DeliveryNote.objects.order_by("pk").values_list("reference", flat=True)) == ["D1", "D2"]
    assert (again(row).demand.done, again(row).is_closed) == (10, True)


def arriving(bought, quantity, **facts):
    return purchasing.Arriving(row=bought, quantity=Decimal(quantity), effective_on=TODAY, **facts)


def delivered(row, bought):
    row = again(row)
    moved = StockMovement.objects.filter(part=row.part).order_by("pk").values_list("kind", "quantity")
    status = row.order.get_status_display()
    return row.demand.done, row.is_closed, status, fresh(bought).order.status, list(moved)


class Line(dict):
    number = 2


@pytest.mark.usefixtures("to_customer")
def test_a_delivery_locks_the_customers_order_with_the_rest(planner, monkeypatch):
    row, bought = straight_row(planner)
    locked = noted(monkeypatch, steps, "lock_unread")

    purchasing.receive_delivery(lines=[arriving(bought, 10)], by=planner)

    assert row.order.document in locked[0][0]
    assert len(locked) == 1


@pytest.mark.usefixtures("to_customer")
def test_a_file_of_receipts_locks_the_customers_order_with_the_rest(planner, monkeypatch):
    row, bought = straight_row(planner)
    locked = noted(monkeypatch, steps, "lock_unread")

    with transaction.atomic():
        order_rows.lock_named([Line(row=str(bought), order=None)])

    [(rows, _positions)] = locked
    assert {row.order.document, bought.order.document} <= set(rows)


def noted(monkeypatch, module, name):
    """The calls of a function of a module, as they come."""
    calls, real = [], getattr(module, name)

    def noting(*args, **kwargs):
        calls.append((args, kwargs))
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, noting)
    return calls


@pytest.mark.usefixtures("to_customer")
def test_the_pieces_that_came_leave_before_those_that_were_reserved(planner):
    row, bought = straight_row(planner, 2)
    operations.give_serials(row=row, first="A-1", quantity=2, by=planner)

    receive(bought, 2, planner, serials="X-1..X-2")

    assert (left(row), SerialNumber.objects.on_shelf().count()) == ("X-1..X-2", 0)
    assert not SerialNumber.objects.filter(number__startswith="A-").exists()


@pytest.mark.usefixtures("to_customer")
def test_named_pieces_come_back_though_most_of_the_delivery_has_no_numbers(planner):
    row, bought = straight_row(planner, 5)
    operations.give_serials(row=row, first="A-1", quantity=2, by=planner)
    receive(bought, 5, planner)

    facts = {"quantity": Decimal(2), "serials": "A-1..A-2", "by": planner}
    operations.reverse_delivery(delivered=row.delivery_rows.get(), **facts)

    assert (left(row), again(row).delivered) == ("", 3)
