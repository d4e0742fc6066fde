"""Comments on parts: which one a new row says below itself, and on which documents."""

from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse

from sales import operations
from sales.models import PartComment, RowType
from tests.factories import PartFactory
from tests.sales.factories import order_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def part():
    return PartFactory()


@pytest.fixture
def order(seller):
    return order_with(by=seller)


def below(row):
    return [(text.text, text.documents) for text in row.sub_rows.order_by("line")]


def test_new_row_says_the_customers_comment_before_the_general_one(seller, order, part):
    PartComment.objects.create(part=part, text="Keep dry.")
    own = PartComment.objects.create(part=part, customer=order.customer, text="As in 2025.", on_invoice=True)
    other = order_with(by=seller)

    rows = [operations.add_row(order=one, part=part, quantity=Decimal(1), by=seller) for one in (order, other)]

    assert own.customer == order.customer
    assert [below(row) for row in rows] == [
        [("As in 2025.", "quote and confirmation, invoice")],
        [("Keep dry.", "quote and confirmation")],
    ]


def test_customers_comment_that_is_not_for_the_confirmation_gives_way(seller, order, part):
    PartComment.objects.create(part=part, text="Keep dry.")
    PartComment.objects.create(part=part, customer=order.customer, text="Inside.", on_confirmation=False)

    row = operations.add_row(order=order, part=part, quantity=Decimal(1), by=seller)

    assert [text for text, _documents in below(row)] == ["Keep dry."]


def test_row_without_a_comment_says_nothing_below(seller, order, part):
    row = operations.add_row(order=order, part=part, quantity=Decimal(1), by=seller)
    freight = operations.add_row(
        order=order, row_type=RowType.ADDITIONAL, name="Freight", quantity=Decimal(1), by=seller
    )

    assert (below(row), below(freight)) == ([], [])


def test_grid_says_on_which_other_documents_the_comment_appears(seller, seller_client, order, part):
    PartComment.objects.create(part=part, text="See https://example.com/care", on_delivery_note=True)
    operations.add_row(order=order, part=part, quantity=Decimal(1), by=seller)

    page = seller_client.get(reverse("sales:order", args=[order.pk])).content.decode()

    assert "quote and confirmation, delivery note" in page
    assert '<a href="https://example.com/care" rel="nofollow">https://example.com/care</a>' in page


def test_part_has_one_comment_per_customer(part):
    PartComment.objects.create(part=part, text="Keep dry.")

    with pytest.raises(IntegrityError):
        PartComment.objects.create(part=part, text="Keep cool.")


def test_order_from_a_file_says_the_comments_below_its_rows_and_its_copy_says_them_once(seller, part):
    PartComment.objects.create(part=part, text="Keep dry.")

    order = order_with(1, 2, part=part, by=seller)
    copy = operations.copy_order(order=order, by=seller)

    said = [[text for text, _documents in below(row)] for one in (order, copy) for row in one.rows.main()]
    assert said == [["Keep dry."]] * 4
