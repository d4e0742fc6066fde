"""Rows pasted from a spreadsheet: read line by line, added all or not at all."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from erp.register.models import Part
from erp.register.operations import change_setting
from sales import operations
from sales.models import CustomerLink
from tests.factories import PartFactory
from tests.sales.factories import order_with
from tests.sales.kits import below, tool_kit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def order(seller):
    """An order with a row of the 20th; P1 is agreed at 7."""
    order = order_with(1, part=PartFactory(number="P0"), by=seller)
    part = PartFactory(number="P1")
    CustomerLink.objects.create(customer=order.customer, part=part, unit=part.unit, price=7)
    PartFactory(number="P2")
    return order


def url(order):
    return reverse("sales:paste_rows", args=[order.pk])


def rows(order):
    facts = ("position", "part__number", "quantity", "delivery_date", "unit_price", "discount")
    return list(order.rows.order_by("position").values_list(*facts))[1:]


def test_pasted_lines_are_rows_and_take_what_their_cells_leave_out(order, seller_client):
    text = "Part\tQty\tDate\r\nP1\t2\r\n\r\nP2\t3\t2026-04-01\t12.50\t10\r\n"

    answer = seller_client.post(url(order), {"lines": text})

    first = order.rows.get(position=20)
    assert answer.url == f"{reverse('sales:order', args=[order.pk])}?row={first.pk}#row-{first.pk}"
    assert rows(order) == [
        (20, "P1", 2, date(2026, 3, 20), 7, 0),
        (30, "P2", 3, date(2026, 4, 1), Decimal("12.5"), 10),
    ]


def test_wrong_lines_are_named_and_nothing_is_added(order, seller_client):
    text = "P1\t2\nNONE\t2\nP2\t-1\nP2\t1\t2026-02-30"

    answer = seller_client.post(url(order), {"lines": text})

    assertContains(answer, "Line 2, Part: There is no “NONE” to choose.", status_code=422)
    assertContains(answer, "Line 3, Quantity: Enter a quantity above zero.", status_code=422)
    assertContains(answer, "Line 4, Delivery date: Enter a date such as 2026-03-31.", status_code=422)
    assertContains(answer, "NONE\t2", status_code=422)
    assert rows(order) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste at least one line."),
        ("\t\t\n \t", "Paste at least one line."),
        ("Part\tQty", "Paste at least one line."),
        ("P1\t1\n" * 101, "At most 100 rows are pasted at once."),
        ("P1\t\x01", "Remove the control characters from this text."),
        ("P1", "Line 1, Quantity: Enter a quantity."),
    ],
)
def test_paste_says_what_is_missing(order, seller_client, text, sentence):
    assertContains(seller_client.post(url(order), {"lines": text}), sentence, status_code=422)


def test_paste_rows_adds_none_where_one_is_refused(order, seller):
    part = PartFactory()
    lines = [{"part": part, "quantity": Decimal(1)}, {"part": part, "quantity": Decimal(0)}]

    with pytest.raises(Refused, match="Row 2 of 2: "):
        operations.paste_rows(order=order, lines=lines, by=seller)

    assert rows(order) == []


@pytest.mark.parametrize("text", ["P1\t2", "P1\t2\nP2\t3\t2026-04-01"])
def test_paste_twice_adds_once(order, seller_client, text):
    data = {"lines": text, "operation_key": "0b8ae3a4-6a3c-4b61-9d5f-6f4f5f6d8a11"}
    seller_client.post(url(order), data)
    added = rows(order)

    answer = seller_client.post(url(order), data)

    assert (answer.url, rows(order)) == (reverse("sales:order", args=[order.pk]), added)


def test_pasted_row_without_a_date_has_the_lead_time_of_its_part(order, seller_client, admin_user):
    change_setting(name="default_delivery_date", value="lead-time", by=admin_user)
    Part.objects.filter(number="P1").update(lead_time_to_customer=5)

    seller_client.post(url(order), {"lines": "P1\t2\nP2\t3\nP1\t2\t2026-04-01"})

    assert [row[3] for row in rows(order)] == [date(2026, 3, 9), date(2026, 3, 2), date(2026, 4, 1)]


def test_first_line_of_a_part_with_a_wrong_quantity_is_no_head(order, seller_client):
    answer = seller_client.post(url(order), {"lines": "P1\t#N/A\nP2\t3"})

    assertContains(answer, "Line 1, Quantity: Enter a quantity such as 12", status_code=422)
    assert rows(order) == []


def test_fictitious_part_that_is_pasted_gets_its_parts(order, seller, seller_client):
    tool_kit()

    seller_client.post(url(order), {"lines": "KIT\t2"})

    row = order.rows.get(position=20)
    assert below(row) == [("HAMMER", 4, ""), ("SCREW", 6, "SET"), ("BIT", 2, "SET")]


def test_closed_order_takes_no_pasted_rows(order, seller, seller_client):
    operations.cancel_order(order=order, by=seller)

    assert seller_client.post(url(order), {"lines": "P1\t2"}).status_code == 409
