"""The setup price of a row on invoice bases: billed once, as it is when the delivery with it is billed."""

from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.urls import reverse

from erp.register import operations as register
from sales import operations
from sales.models import AccountType, DeliveryRow, InvoiceLine, InvoicePosting
from tests.sales.factories import again
from tests.sales.test_invoicing import deliver, export, priced
from tests.sales.test_invoicing_kits import deliver as deliver_part
from tests.sales.test_invoicing_kits import row as kit_row
from tests.sales.test_posting import rule

pytestmark = pytest.mark.django_db
kit = kit_row


def with_setup(setup, by):
    """Ten for 10 each."""
    return priced("10", row={"setup_price": setup and Decimal(setup)}, by=by)


def change(row, by, **facts):
    return operations.change_row(row=again(row), **{name: Decimal(value) for name, value in facts.items()}, by=by)


def billed(row, quantity, seller, keeper):
    """The (quantity, amount, setup price) of what is exported after so much was delivered."""
    deliver(row, quantity, keeper)
    return exported(row, seller)


def exported(row, seller):
    return list(export(row, seller).lines.order_by("pk").values_list("quantity", "amount", "setup_price"))


def take_back(row, by, quantity=None, place=0):
    delivered = DeliveryRow.objects.standing().filter(row=row).order_by("pk")[place]
    operations.reverse_delivery(delivered=delivered, quantity=quantity and Decimal(quantity), by=by)


@pytest.mark.parametrize(
    ("before", "after", "first", "rest"),
    [
        pytest.param("5", {"setup_price": 8}, (4, 45, 5), (6, 60, 0), id="dearer after it was billed"),
        pytest.param("5", {"setup_price": 0}, (4, 45, 5), (6, 60, 0), id="none any more"),
        pytest.param("0", {"setup_price": 8}, (4, 40, 0), (6, 68, 8), id="agreed later"),
        pytest.param("5", {"setup_price": 8, "unit_price": 11}, (4, 45, 5), (6, 66, 0), id="with another price"),
        pytest.param("0", {"setup_price": 8, "unit_price": 11}, (4, 40, 0), (6, 74, 8), id="later, with another price"),
        pytest.param("5", {"setup_price": 5}, (4, 45, 5), (6, 60, 0), id="the same"),
    ],
)
def test_setup_price_is_billed_once_at_its_price_then(seller, warehouse_keeper, before, after, first, rest):
    row = with_setup(before, seller)
    found = billed(row, 4, seller, warehouse_keeper)
    change(row, seller, **after)
    found += billed(row, 6, seller, warehouse_keeper)

    assert found == [first, rest]


def test_what_stays_of_a_delivery_keeps_the_setup_price_that_it_had(seller, warehouse_keeper):
    row = with_setup("5", seller)
    billed(row, 4, seller, warehouse_keeper)
    change(row, seller, setup_price=8)

    take_back(row, warehouse_keeper, 1)
    found = exported(row, seller) + billed(row, 7, seller, warehouse_keeper)

    assert found == [(-4, -45, -5), (3, 35, 5), (7, 70, 0)]


def test_setup_price_that_was_taken_back_comes_with_the_next_delivery(seller, warehouse_keeper):
    row = with_setup("5", seller)
    billed(row, 4, seller, warehouse_keeper)
    billed(row, 6, seller, warehouse_keeper)

    take_back(row, warehouse_keeper)
    change(row, seller, setup_price=8)
    found = exported(row, seller) + billed(row, 4, seller, warehouse_keeper)

    assert found == [(-4, -45, -5), (4, 48, 8)]
    assert sum(lines_of(row)) == 108


def test_what_stays_of_another_delivery_does_not_bill_it_twice(seller, warehouse_keeper):
    row = with_setup("5", seller)
    billed(row, 4, seller, warehouse_keeper)
    billed(row, 6, seller, warehouse_keeper)

    take_back(row, warehouse_keeper, 2, place=1)
    change(row, seller, setup_price=8)
    found = exported(row, seller) + billed(row, 2, seller, warehouse_keeper)

    assert found == [(-6, -60, 0), (4, 40, 0), (2, 20, 0)]
    assert sum(lines_of(row)) == 105


def test_a_withdrawn_basis_has_billed_no_setup_price(seller, warehouse_keeper):
    row = with_setup("5", seller)
    deliver(row, 4, warehouse_keeper)
    operations.withdraw_invoice_basis(basis=export(row, seller), by=seller)
    change(row, seller, setup_price=8)

    assert exported(row, seller) == [(4, 48, 8)]


def test_setup_price_of_a_fictitious_part_is_billed_once(kit, seller, warehouse_keeper):
    change(kit, seller, setup_price=5)
    half_of(kit, warehouse_keeper)
    found = exported(kit, seller)
    change(kit, seller, setup_price=8)
    half_of(kit, warehouse_keeper)
    found += exported(kit, seller)

    assert found == [(1, 15, 5), (1, 10, 0)]


def test_setup_price_is_posted_where_its_line_carries_it(seller, warehouse_keeper, admin_user):
    register.change_setting(name="posting_setup", value=True, by=admin_user)
    rule("3000")
    rule("3500", account_type=AccountType.SETUP)
    row = with_setup("5", seller)
    billed(row, 4, seller, warehouse_keeper)
    change(row, seller, setup_price=8)
    billed(row, 6, seller, warehouse_keeper)
    take_back(row, warehouse_keeper, 1)
    exported(row, seller)

    found = InvoicePosting.objects.order_by("pk").values_list("account__number", "amount")
    assert list(found) == [
        ("3000", 40),
        ("3500", 5),
        ("3000", 60),
        ("3000", -40),
        ("3500", -5),
        ("3000", 30),
        ("3500", 5),
    ]


def test_basis_page_shows_the_setup_price_of_a_line(seller, seller_client, warehouse_keeper):
    row = with_setup("5", seller)
    deliver(row, 4, warehouse_keeper)

    page = seller_client.get(reverse("sales:basis", args=[export(row, seller).pk]))

    assert [line.get_cell_value("setup_price") for line in page.context["table"].rows] == ["5.00"]


def half_of(kit, by):
    deliver_part(kit, "HAMMER", by, quantity=2)
    deliver_part(kit, "SCREW", by, quantity=3)


def lines_of(row):
    return row.invoice_lines.standing().values_list("amount", flat=True)


migrated = import_module("sales.migrations.0021_setup_prices_that_were_billed")


def billed_before(*lines, quantity=10, rounding=0):
    """The setup price of each line, (delivery, quantity, amount), of a row for 10 each."""
    order = SimpleNamespace(currency="EUR")
    row = SimpleNamespace(quantity=Decimal(quantity), rounding=Decimal(rounding), setup_price=Decimal(8), order=order)
    made = [
        SimpleNamespace(
            pk=pk,
            row=row,
            delivered_id=delivered,
            is_credit=delivered is not None and count < 0,
            quantity=Decimal(count),
            unit_price=Decimal(10),
            discount=Decimal(0),
            amount=Decimal(amount),
            setup_price=Decimal(0),
        )
        for pk, (delivered, count, amount) in enumerate(lines, start=1)
    ]
    migrated.carrying(made)
    return [line.setup_price for line in made]


@pytest.mark.parametrize(
    ("lines", "setups"),
    [
        pytest.param([(1, 4, 45), (2, 6, 60)], [5, 0], id="on the first"),
        pytest.param([(1, 4, 40), (2, 6, 60)], [0, 0], id="none"),
        pytest.param([(1, 10, "105.3")], [5], id="on the whole, with the rounding of the row"),
        pytest.param([(1, 4, 45), (2, 6, 60), (1, -4, -45), (3, 4, 45)], [5, 0, -5, 5], id="taken back and anew"),
        pytest.param([(None, 4, 45), (None, -4, -45), (None, 3, 38)], [5, -5, 8], id="of a fictitious part"),
        pytest.param([(None, 4, 45), (None, 6, 60), (None, -6, -60)], [5, 0, 0], id="its last line back"),
        pytest.param([(None, 3, "30.01"), (None, 7, "69.99")], [0, 0], id="its cents are none"),
        pytest.param([(1, 4, 40), (2, 6, "68.01")], [0, 8], id="agreed later"),
    ],
)
def test_setup_price_of_lines_from_before_is_what_they_billed(lines, setups):
    found = billed_before(*lines, rounding="0.3" if len(lines) == 1 else 0)

    assert found == [Decimal(setup) for setup in setups]


def test_setup_prices_from_before_stay_when_the_row_has_none_any_more(seller, warehouse_keeper):
    row = with_setup("5", seller)
    found = billed(row, 4, seller, warehouse_keeper)
    change(row, seller, setup_price=0)
    InvoiceLine.objects.update(setup_price=0)

    migrated.say_what_was_billed(apps, None)

    assert list(row.invoice_lines.values_list("quantity", "amount", "setup_price")) == found
