"""What a buyer does with a whole order."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models.expressions import RawSQL

from erp.exceptions import Refused, Stale
from erp.register.calendar import WEEKDAYS
from erp.register.models import Setting
from linkage.operations import link
from linkage.queries.timeline import timeline
from purchasing import operations, queries
from purchasing.models import PurchaseOrder
from purchasing.statuses import COMMON, TRANSITIONS, PurchaseStatus
from purchasing.timeline import histories
from tests.factories import CompanyFactory, PartFactory, PartnerFactory, SupplierFactory
from tests.linkage.factories import TODAY, DocumentFactory
from tests.purchasing.factories import (
    SupplierTermFactory,
    again,
    component_for,
    demand_of,
    purchase_order,
    purchase_row,
)

pytestmark = pytest.mark.django_db


def state(row):
    row = again(row)
    return row.order.status, row.supply.status


def linked(row, demand, quantity, by):
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True)


def test_every_status_has_a_line_in_both_tables():
    assert set(TRANSITIONS) == set(COMMON) == set(PurchaseStatus)


def test_create_order_opens_a_draft(buyer):
    company, supplier = CompanyFactory(), SupplierFactory(currency="USD")

    order = operations.create_order(company=company, supplier=supplier, ordered_on=TODAY, by=buyer, goods_label="C-7")

    assert (order.status, order.currency, order.buyer, order.goods_label) == ("draft", "USD", buyer, "C-7")
    assert (order.document.number, order.document.partner) == ("P-1001", supplier)


def test_create_order_refuses_a_customer(buyer):
    with pytest.raises(Refused, match=r"Partner \d+ is not an active supplier\."):
        operations.create_order(company=CompanyFactory(), supplier=PartnerFactory(), ordered_on=TODAY, by=buyer)


def test_change_order_writes_the_header(buyer):
    order = purchase_order(by=buyer)

    operations.change_order(order=order, by=buyer, version=0, note="Ring first.")

    order.refresh_from_db()
    assert (order.note, order.version) == ("Ring first.", 1)


def test_change_order_refuses_a_stale_form(buyer):
    order = purchase_order(by=buyer)
    operations.change_order(order=order, by=buyer, version=0, note="Ring first.")

    with pytest.raises(Stale) as refusal:
        operations.change_order(order=order, by=buyer, version=0, note="Fax first.")

    assert refusal.value.theirs == {"note": ("Ring first.", "Fax first.")}


def test_changed_order_date_makes_an_open_form_stale(buyer):
    order = purchase_order(by=buyer)
    operations.change_order(order=order, by=buyer, version=0, ordered_on=date(2026, 3, 4))

    with pytest.raises(Stale) as refusal:
        operations.change_order(order=order, by=buyer, version=0, ordered_on=date(2026, 3, 5))

    assert refusal.value.theirs == {"order date": ("2026-03-04", "2026-03-05")}


def test_changed_order_date_stands_in_the_timeline(buyer):
    order = purchase_order(by=buyer)

    changed = operations.change_order(order=order, by=buyer, ordered_on=date(2026, 3, 4), reason="as agreed")

    assert (changed.document.ordered_on, changed.version) == (date(2026, 3, 4), 1)
    told = next(iter(timeline(histories(order, costs=True))))
    assert (told.what, told.reason) == ("Change order", "order date 2026-03-02 → 2026-03-04: as agreed")


def test_place_stays_once_goods_have_arrived(buyer):
    row = purchase_row(by=buyer, sent=True)
    operations.receive(row=row, quantity=Decimal(40), by=buyer, effective_on=TODAY)

    with pytest.raises(Refused, match=r"Something of P-1001 has arrived; where its goods go cannot be changed"):
        operations.change_order(order=row.order, delivery_address="Turku", by=buyer)


def test_note_of_a_sent_order_is_changed_beside_the_same_address(buyer):
    order = purchase_order(by=buyer, delivery_address="Dock 2\nTurku")
    purchase_row(order=order, by=buyer, sent=True)

    operations.change_order(order=order, delivery_address="Dock 2\r\nTurku", note="Ring first.", by=buyer)

    order.refresh_from_db()
    assert order.note == "Ring first."


def test_send_makes_the_rows_firm(buyer):
    row = purchase_row()

    operations.send(order=row.order, by=buyer)

    assert state(row) == ("sent", "firm")
    assert again(row).order.sent_at is not None


def test_send_refuses_an_order_without_rows(buyer):
    order = purchase_order(by=buyer)

    with pytest.raises(Refused, match=r"P-1001 has no rows to send\."):
        operations.send(order=order, by=buyer)


def test_send_refuses_a_row_without_a_date(buyer):
    row = purchase_row(due_date=None)

    with pytest.raises(Refused, match=r"Give a date to P-1001/10 first\."):
        operations.send(order=row.order, by=buyer)


def test_send_twice_is_refused(buyer):
    row = purchase_row(sent=True)

    with pytest.raises(Refused, match=r"P-1001 is sent already\."):
        operations.send(order=row.order, by=buyer)


def test_confirm_takes_the_confirmed_dates(buyer):
    row = purchase_row(sent=True)

    operations.confirm(order=row.order, by=buyer, dates={row.pk: date(2026, 4, 1)}, supplier_reference="OC-88")

    row = again(row)
    assert (row.order.status, row.order.supplier_reference) == ("confirmed", "OC-88")
    assert (row.confirmed_on, row.supply.due_date, row.wanted_on) == (
        date(2026, 4, 1),
        date(2026, 4, 1),
        date(2026, 3, 18),
    )


def test_confirm_of_a_draft_is_refused(buyer):
    row = purchase_row()

    with pytest.raises(Refused, match=r"P-1001 is draft; it cannot become confirmed\."):
        operations.confirm(order=row.order, by=buyer)


def test_recall_makes_a_draft_and_keeps_the_links(buyer):
    row = purchase_row(sent=True)
    promise = linked(row, demand_of(row), 10, buyer)
    operations.confirm(order=row.order, by=buyer)

    operations.recall(order=row.order, by=buyer)

    promise.refresh_from_db()
    assert (state(row), promise.open) == (("draft", "planned"), 10)
    assert (again(row).order.sent_at, again(row).confirmed_on) == (None, None)


def test_recall_after_a_receipt_is_refused(buyer):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(1), by=buyer, effective_on=TODAY)

    with pytest.raises(Refused, match=r"P-1001 is partly received; it cannot become draft\."):
        operations.recall(order=row.order, by=buyer)


def test_make_draft_takes_over_a_suggestion(buyer):
    row = suggestion()

    operations.make_draft(order=row.order, by=buyer)

    assert state(row) == ("draft", "planned")


def test_link_to_component_of_a_suggestion_makes_it_a_draft_first(buyer):
    row = suggestion()
    component = component_for(row, quantity=5)

    operations.link_to_component(row=row, component=component, quantity=Decimal(5), by=buyer, wider=True)

    assert (state(row), again(row).supply.allocated) == (("draft", "planned"), 5)


def suggestion():
    """A row of an order that planning suggested: such an order is inserted, no transition leads there."""
    document = DocumentFactory(kind="purchase", number="P-900", partner=SupplierFactory())
    order = PurchaseOrder.objects.create(document=document, status=PurchaseStatus.SUGGESTED)
    return purchase_row(order=order, quantity=10)


def test_cancel_ends_every_row(buyer):
    row = purchase_row()

    operations.cancel(order=row.order, by=buyer, reason="Too dear")

    assert (state(row), again(row).supply.cancelled) == (("cancelled", "cancelled"), 100)


def test_cancel_refuses_a_linked_row_and_names_the_demands(buyer):
    row = purchase_row(sent=True)
    demand = demand_of(row, quantity=60)
    linked(row, demand, 60, buyer)

    with pytest.raises(Refused) as refusal:
        operations.cancel(order=row.order, by=buyer)

    assert str(refusal.value) == (
        f"P-1001 is linked to {demand} (60 pcs). Choose to leave these demands uncovered first."
    )


def test_cancel_with_release_leaves_the_demands_uncovered(buyer):
    row = purchase_row(sent=True)
    demand = demand_of(row, quantity=60)
    linked(row, demand, 60, buyer)

    operations.cancel(order=row.order, by=buyer, release=True)

    demand.refresh_from_db()
    assert (state(row), demand.uncovered) == (("cancelled", "cancelled"), 60)


@pytest.mark.parametrize(
    ("policy", "release", "status"), [("auto-close", False, "cancelled"), ("prevent", True, "refused")]
)
def test_cancel_of_a_linked_order_follows_the_setting(buyer, policy, release, status):
    Setting.objects.create(name="link_deletion_policy", value=policy)
    row = purchase_row()
    linked(row, demand_of(row), 5, buyer)

    try:
        operations.cancel(order=row.order, by=buyer, release=release)
        got = state(row)[0]
    except Refused as refusal:
        got = "refused" if "Disconnect it first." in str(refusal) else str(refusal)

    assert got == status


def test_cancel_after_a_receipt_is_refused(buyer):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(1), by=buyer, effective_on=TODAY)

    with pytest.raises(Refused, match=r"P-1001 is partly received; it cannot become cancelled\."):
        operations.cancel(order=row.order, by=buyer)


def test_close_of_a_received_order(buyer):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(100), by=buyer, effective_on=TODAY)

    operations.close(order=row.order, by=buyer)

    assert (state(row), again(row).short_closed) == (("closed", "closed"), False)


def test_close_of_a_partly_received_order_closes_its_rows_short(buyer):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(40), by=buyer, effective_on=TODAY)

    operations.close(order=row.order, by=buyer, reason="Mill burnt down")

    row = again(row)
    assert (row.order.status, row.supply.cancelled, row.short_closed_reason) == ("closed", 60, "Mill burnt down")


def test_close_of_a_sent_order_is_refused(buyer):
    row = purchase_row(sent=True)

    with pytest.raises(Refused, match=r"P-1001 is sent; only a received order can be closed\."):
        operations.close(order=row.order, by=buyer)


def test_link_to_component_is_bound_and_under_contract(buyer):
    row = purchase_row()
    component = component_for(row, quantity=60)

    made = operations.link_to_component(row=row, component=component, quantity=Decimal(60), by=buyer, wider=True)

    assert (made.kind, made.contract, made.open, again(row).supply.free) == ("bound", True, 60, 40)


def test_link_to_component_of_an_order_that_it_belongs_to(buyer):
    row = purchase_row()
    first = component_for(row, quantity=60)
    operations.link_to_component(row=row, component=first, quantity=Decimal(10), by=buyer, wider=True)
    sister = component_for(row, line=first.for_supply, position=20, quantity=30)

    made = operations.link_to_component(row=row, component=sister, quantity=Decimal(30), by=buyer)

    assert made.demand_id == sister.pk


def test_link_to_component_refuses_strangers(buyer):
    row = purchase_row()
    component = component_for(row)

    with pytest.raises(Refused) as refusal:
        operations.link_to_component(row=row, component=component, quantity=Decimal(1), by=buyer)

    assert str(refusal.value) == (
        f"{component} is no component of a production order that P-1001 belongs to. "
        f"Show every component of {row.supply.part} to link it all the same."
    )


@pytest.mark.parametrize(
    ("facts", "quantity", "sentence"),
    [
        pytest.param({"quantity": 60}, 61, r"Only 60 of M-\d+/10/10 is uncovered; 61 was asked for\.", id="need"),
        pytest.param({"quantity": 600}, 101, r"Only 100 of P-1001/10 is free; 101 was asked for\.", id="free"),
        pytest.param({"cancelled": 10}, 1, r"M-\d+/10/10 is already fully linked\.", id="full"),
        pytest.param({}, 0, r"Enter a quantity above 0\.", id="zero"),
    ],
)
def test_link_to_component_refuses_too_much(buyer, facts, quantity, sentence):
    row = purchase_row()
    component = component_for(row, **facts)

    with pytest.raises(Refused, match=sentence):
        operations.link_to_component(row=row, component=component, quantity=Decimal(quantity), by=buyer, wider=True)


def test_link_to_component_refuses_another_part(buyer):
    row = purchase_row()
    component = component_for(row)
    component.part = PartFactory(number="OTHER")
    component.save(update_fields=["part"])

    with pytest.raises(Refused, match=rf"P-1001/10 is {row.supply.part}; M-\d+/10/10 needs OTHER\."):
        operations.link_to_component(row=row, component=component, quantity=Decimal(1), by=buyer, wider=True)


def test_link_to_component_refuses_a_sales_row(buyer):
    row = purchase_row()

    with pytest.raises(Refused, match=r"is a sales order row, not a component\."):
        operations.link_to_component(row=row, component=demand_of(row), quantity=Decimal(1), by=buyer, wider=True)


def test_contract_linked_quantity_goes_to_nobody_else(buyer):
    row = purchase_row(quantity=60)
    component = component_for(row, quantity=60)
    operations.link_to_component(row=row, component=component, quantity=Decimal(60), by=buyer, wider=True)

    with pytest.raises(Refused, match=r"Only 0 of P-1001/10 is free; 1 was asked for\."):
        linked(row, demand_of(row), 1, buyer)


def test_status_moves_only_along_the_table():
    order = purchase_order()

    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        PurchaseOrder.objects.filter(pk=order.pk).update(status=PurchaseStatus.RECEIVED)


def test_one_default_supplier_per_part():
    term = SupplierTermFactory()

    with pytest.raises(IntegrityError, match="supplier_term_one_default"), transaction.atomic():
        SupplierTermFactory(part=term.part)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"price": -1}, "supplier_term_figures_sane"),
        ({"over_tolerance": 101}, "supplier_term_tolerances_sane"),
        ({f"delivers_{day}": False for day in WEEKDAYS}, "supplier_term_delivers_some_day"),
    ],
)
def test_senseless_terms_are_refused_by_the_database(facts, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SupplierTermFactory(**facts)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"quantity": 0}, "purchase_row_quantity_positive"),
        ({"quantity": RawSQL("'NaN'::numeric", [])}, "purchase_row_quantity_positive"),
        ({"price": -1}, "purchase_row_price_sane"),
        ({"discount": 101}, "purchase_row_percentages_sane"),
    ],
)
def test_senseless_rows_are_refused_by_the_database(facts, constraint):
    row = purchase_row()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.__class__.objects.filter(pk=row.pk).update(**facts)


def test_position_is_given_once():
    first = purchase_row()
    second = purchase_row(order=first.order)

    second.__class__.objects.filter(pk=second.pk).update(position=10)

    with pytest.raises(IntegrityError, match="purchase_row_position_once"), transaction.atomic():
        connection.check_constraints()
    second.__class__.objects.filter(pk=second.pk).update(position=20)


def test_history_names_the_operation(buyer):
    row = purchase_row()

    operations.send(order=row.order, by=buyer)

    event = row.order.events.last()
    assert (event.status, event.pgh_context.metadata["operation"]) == ("sent", "purchasing.send")


def test_orders_for_list_adds_up_amounts_rounded_by_row():
    order = purchase_order()
    for _ in range(2):
        purchase_row(order=order, quantity=1, price=Decimal("0.125"))

    [listed] = queries.orders_for_list(today=TODAY)

    assert listed.amount == queries.order_view(listed).amount == Decimal("0.26")
