"""A copy of one row: right behind it, the same content and sub-rows, and nothing of what is promised or delivered."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from erp.exceptions import Refused
from linkage.models import OrderLink
from sales import operations
from sales.models import RowType
from sales.statuses import QUOTE
from tests.factories import PartFactory
from tests.linkage.factories import LinkFactory, stock
from tests.sales.factories import DELIVERY, again, order_with, positions, row_with
from tests.sales.kits import tool_kit

pytestmark = pytest.mark.django_db


def rows_of(order):
    return [(row.place, row.name, row.quantity) for row in order.rows.for_list().in_order()]


def test_copy_row_stands_right_behind_with_the_same_content(seller):
    part = PartFactory(name="Bell")
    order = order_with(4, 7, part=part, row={"unit_price": Decimal("12.5"), "goods_label": "L-1"}, by=seller)
    row = order.rows.for_list().get(position=10)

    copy = operations.copy_row(row=row, by=seller)

    assert positions(order) == [10, 15, 20]
    facts = ("position", "part", "quantity", "unit_price", "price_locked", "goods_label", "delivery_date", "order_box")
    assert [getattr(copy, name) for name in facts] == [15, part, 4, Decimal("12.5"), True, "L-1", DELIVERY, False]
    assert copy.demand.quantity == 4


def test_copy_row_on_a_quote_numbers_all_rows_anew(seller):
    order = order_with(1, 2, status=QUOTE, by=seller)

    operations.copy_row(row=order.rows.for_list().get(position=10), by=seller)

    assert [quantity for _place, _name, quantity in rows_of(order)] == [1, 1, 2]
    assert positions(order) == [10, 20, 30]


def test_copy_row_takes_texts_below_along_and_asks_for_no_comment(seller):
    row = row_with(3, by=seller)
    operations.add_sub_row(row=row, row_type=RowType.TEXT, text="Blue", on_pick_list=True, by=seller)

    copy = operations.copy_row(row=again(row), by=seller)

    assert [(text.text, text.on_pick_list) for text in copy.sub_rows.all()] == [("Blue", True)]


def test_copy_row_of_a_fictitious_part_has_its_parts_as_they_were_changed(seller):
    row = row_with(2, part=tool_kit(), by=seller)
    part = row.sub_rows.for_list().of_kits().order_by("line").first()
    operations.change_row(row=part, quantity=part.quantity + 1, by=seller)

    copy = operations.copy_row(row=again(row), by=seller)

    wanted = list(row.sub_rows.order_by("line").values_list("part", "quantity", "role"))
    made = copy.sub_rows.for_list().order_by("line")
    assert [(one.part_id, one.quantity, one.role) for one in made] == wanted
    assert all(one.demand.quantity == one.quantity for one in made)


def test_copy_row_has_no_link_and_no_serial_number(planner):
    row = row_with(3, by=planner)
    supply = stock(row.part, row.warehouse, 3)
    LinkFactory(demand=row.demand, supply=supply, quantity=3)
    operations.give_serials(row=row, first="A-001", quantity=3, by=planner)

    copy = operations.copy_row(row=again(row), by=planner)

    assert not OrderLink.objects.filter(demand=copy.demand).exists()
    assert not copy.serials.exists()


def test_copy_row_counts_to_the_total_below_as_the_row_does(seller):
    order = order_with(1, by=seller)
    total = operations.add_row(order=order, row_type=RowType.TOTAL, name="Sum", by=seller)

    copy = operations.copy_row(row=order.rows.for_list().get(position=10), by=seller)

    assert copy.total_row_id == total.pk


def test_copy_row_refuses_a_sub_row(seller):
    row = row_with(3, by=seller)
    text = operations.add_sub_row(row=row, row_type=RowType.TEXT, text="Blue", by=seller)

    with pytest.raises(Refused, match="stands below row 10: copy that row"):
        operations.copy_row(row=text, by=seller)


def test_copy_row_refuses_on_a_cancelled_order(seller):
    row = row_with(3, by=seller)
    operations.cancel_order(order=row.order, by=seller)

    with pytest.raises(Refused, match="is cancelled and cannot be changed"):
        operations.copy_row(row=again(row), by=seller)


def test_copy_button_answers_with_the_grid_and_the_cursor_on_the_copy(seller, seller_client):
    row = row_with(3, by=seller)

    url = reverse("sales:row_copy", args=[row.order_id])
    answer = seller_client.post(url, {"row": row.pk}, headers={"HX-Request": "true"})

    copy = row.order.rows.get(position=20)
    assertContains(answer, f'<tr id="row-{copy.pk}" data-row tabindex="0" autofocus')


def test_copy_button_works_without_javascript_and_copies_once_for_one_key(seller, seller_client):
    row = row_with(3, by=seller)
    posted = {"row": row.pk, "operation_key": "5b1f4f0e-6b1c-4d7c-9c0a-3a8a5a5d1111"}
    url = reverse("sales:row_copy", args=[row.order_id])

    first, again_ = seller_client.post(url, posted), seller_client.post(url, posted)

    copy = row.order.rows.get(position=20)
    for answer in (first, again_):
        assertRedirects(answer, f"/sales/{row.order_id}/?row={copy.pk}#row-{copy.pk}", fetch_redirect_response=False)


def test_copy_of_a_row_of_another_order_is_not_found(seller, seller_client):
    row, other = row_with(3, by=seller), row_with(3, by=seller)

    answer = seller_client.post(reverse("sales:row_copy", args=[other.order_id]), {"row": row.pk})

    assert answer.status_code == 404
