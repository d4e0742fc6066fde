"""Rows with an error are kept as typed, and held: not needed, not delivered, and their order does not go out."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.operations import change_setting
from linkage.models import Demand
from purchasing.models import How
from sales import operations
from sales.deliverable import deliverable, deliverable_rows
from sales.errors import NOT_CONFIGURED, errors_in
from sales.models import ConfigurationGroup, ConfigurationOption, ConfigurationQuestion, ConfiguredPart
from sales.operations import Delivered, Picked
from sales.statuses import CONFIRMED, QUOTE
from tests.factories import MadePartFactory
from tests.linkage.factories import stock
from tests.sales.factories import DELIVERY, again, order_with, row_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def coat():
    """A coat that is red or blue, and nobody knows which before somebody says so."""
    coat = MadePartFactory(number="COAT", lot_sizing="LR")
    group = ConfigurationGroup.objects.create(code="COATS", name="Coats")
    question = ConfigurationQuestion.objects.create(group=group, position=1, text="Colour")
    for code in ("RED", "BLUE"):
        ConfigurationOption.objects.create(question=question, code=code, name=code.title(), price=0)
    ConfiguredPart.objects.create(part=coat, group=group)
    return coat


def configure(row, by):
    red = ConfigurationOption.objects.select_related("question").get(code="RED")
    return operations.configure_row(row=again(row), options=[red], by=by)


def with_numbers(quantity, count, by, **facts):
    row = row_with(quantity, by=by, **facts)
    operations.give_serials(row=row, first="A-001", quantity=count, by=by)
    return again(row)


def test_row_that_is_not_configured_needs_nothing_until_it_is(seller, coat):
    row = row_with(3, part=coat, by=seller)
    before = Demand.objects.filter(document=row.order.document).count()

    row = configure(row, seller)

    assert (before, row.demand.quantity, row.demand.variant) == (0, Decimal(3), "RED")


def test_row_added_to_a_registered_order_waits_for_its_configuration_too(seller, coat):
    order = order_with(1, by=seller)

    row = operations.add_row(order=order, part=coat, quantity=Decimal(2), delivery_date=DELIVERY, by=seller)

    assert (row.demand, errors_in(order)) == (None, [(row, NOT_CONFIGURED)])


def test_ticked_row_gets_its_order_once_it_is_configured(planner, coat):
    row = row_with(3, part=coat, by=planner)
    told = {}
    operations.change_row(row=row, order_box=True, refused=told, by=planner)

    row = configure(row, planner)

    assert list(told.values()) == [f"{row}: configure it first; nobody has confirmed what is wanted of it."]
    assert row.order_box


def test_deliver_refuses_a_row_with_an_error(seller, warehouse_keeper):
    row = with_numbers(3, 2, seller)
    stock(row.part, row.warehouse, 5)

    with pytest.raises(Refused) as refusal:
        operations.deliver_rows(lines=[Delivered(row=row, quantity=Decimal(3))], by=warehouse_keeper)

    assert str(refusal.value) == f"{row}: 2 serial numbers for 3 {row.part.unit}."


def test_pick_list_refuses_a_row_that_is_not_configured(seller, coat):
    row = row_with(3, part=coat, by=seller)

    with pytest.raises(Refused, match="Not configured yet"):
        operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(3))], by=seller)


def test_delivery_planning_offers_nothing_of_a_row_with_an_error_and_says_why(seller, coat):
    row_with(3, part=coat, by=seller)

    [line] = deliverable(deliverable_rows())

    assert (line.can, line.why) == (0, NOT_CONFIGURED)


def test_confirmed_order_with_an_error_is_not_sent_again(seller, coat):
    order = order_with(1, status=CONFIRMED, by=seller)
    row = operations.add_row(order=order, part=coat, quantity=Decimal(2), delivery_date=DELIVERY, by=seller)

    with pytest.raises(Refused, match=f"Configure {row} first"):
        operations.send_order(order=order, how=How.OTHER, by=seller)


def test_order_with_an_error_is_not_printed(seller, seller_client, coat):
    order = order_with(1, part=coat, status=QUOTE, by=seller)

    answer = seller_client.get(reverse("sales:order_pdf", args=[order.pk]))

    assertContains(answer, f"Configure {order}/10 first", status_code=409)


def test_missing_account_holds_the_row_where_accounts_are_mandatory(seller, admin_user, warehouse_keeper):
    row = row_with(3, by=seller)
    change_setting(name="sales_account_mandatory", value=True, by=admin_user)

    with pytest.raises(Refused, match=f"{row}: Give the row a sales account."):
        operations.deliver(row=row, quantity=Decimal(3), by=warehouse_keeper)


def test_quantity_is_changed_only_to_as_many_as_serial_numbers(seller):
    row = with_numbers(3, 3, seller)

    with pytest.raises(Refused, match=f"3 serial numbers for 4 {row.part.unit}."):
        operations.change_row(row=row, quantity=Decimal(4), by=seller)

    operations.give_serials(row=row, first="A-004", quantity=1, by=seller)
    assert operations.change_row(row=again(row), quantity=Decimal(4), by=seller).quantity == 4


def test_quantity_that_does_not_fit_the_numbers_stays_in_its_cell(seller, seller_client):
    row = with_numbers(3, 3, seller)
    typed = {
        "name": row.name,
        "quantity": "4",
        "unit": row.unit.code,
        "unit_price": "0",
        "warehouse": row.warehouse.code,
        "row_status": row.row_status,
        "delivery_date": "2026-03-20",
        "version": row.version,
    }

    answer = seller_client.post(reverse("sales:row_edit", args=[row.pk]), typed, headers={"HX-Request": "true"})

    words = f"3 serial numbers for 4 {row.part.unit}. Give or take away numbers first, then as many pieces."
    assertContains(answer, words, status_code=422)
    assertContains(answer, 'value="4"', status_code=422)


def test_order_page_names_the_rows_with_errors_above_the_grid(seller, seller_client, coat):
    order = order_with(1, 1, part=coat, by=seller)

    answer = seller_client.get(reverse("sales:order", args=[order.pk]))

    assertContains(answer, f"?row={order.rows.get(position=20).pk}#row-")
    assertContains(answer, NOT_CONFIGURED)
    configure(order.rows.get(position=10), seller)
    configure(order.rows.get(position=20), seller)
    assertNotContains(seller_client.get(reverse("sales:order", args=[order.pk])), "Until these rows are mended")


def test_errors_of_an_order_name_dates_that_stopped_fitting(seller):
    order = order_with(1, 1, by=seller)
    _first, second = order.rows.order_by("position")
    operations.change_row(row=second, delivery_date=DELIVERY.replace(day=23), by=seller)
    type(order).objects.filter(pk=order.pk).update(partial_delivery_allowed=False)
    order.refresh_from_db()

    assert [row.pk for row, _words in errors_in(order)] == [second.pk]


def test_errors_of_an_order_cost_the_same_whatever_their_number(seller, coat):
    counts = []
    for count in (1, 3):
        order = order_with(*[1] * count, part=coat, by=seller)
        with CaptureQueriesContext(connection) as asked:
            errors_in(order)
        counts.append(len(asked))

    assert counts[0] == counts[1]
