"""Total rows: what each sums, and a total that is typed, to the cent."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused, Stale
from sales import operations
from sales.grids import grid
from sales.models import RowType
from sales.operations.totals import discount_for
from sales.sums import totals_of
from tests.linkage.factories import stock
from tests.sales.factories import again, order_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(seller):
    """Three rows of 10, 20 and 70, and their total."""
    order = order_with(1, 2, 7, row={"unit_price": Decimal(10)}, by=seller)
    operations.add_row(order=order, row_type=RowType.TOTAL, name="Total", by=seller)
    return order


def row_at(order, position):
    return order.rows.for_list().get(position=position)


def total_of(order, position=40):
    return next(line.total for line in grid(order) if line.row.position == position)


def amounts(order):
    return [line.money.amount for line in grid(order) if line.money]


def edit(order, total, *, by, position=40, first=None):
    """``first``: the rows from this position on are included; else all."""
    included = first and list(order.rows.for_list().goods().filter(position__gte=first, position__lt=position))
    return operations.edit_total(row=row_at(order, position), total=total, included=included, by=by)


def pks(order, *positions):
    return [row_at(order, position).pk for position in positions]


def test_total_row_sums_the_rows_above_it(order):
    assert total_of(order) == 100


def test_second_total_row_sums_what_the_first_does_not(order, seller):
    facts = {"part": row_at(order, 10).part, "quantity": Decimal(1), "unit_price": Decimal(3)}
    operations.add_row(order=order, **facts, by=seller)
    operations.add_row(order=order, row_type=RowType.TOTAL, name="Rest", by=seller)
    operations.add_row(order=order, **facts, by=seller)

    assert (total_of(order), total_of(order, 60)) == (100, 3)
    assert totals_of(order).amount == 106


def test_row_inserted_above_a_total_is_summed_by_it(order, seller):
    facts = {"part": row_at(order, 10).part, "quantity": Decimal(1), "unit_price": Decimal(3)}

    operations.add_row(order=order, before=row_at(order, 20), **facts, by=seller)

    assert total_of(order) == 103


def test_texts_are_not_summed(order, seller):
    operations.add_row(order=order, before=row_at(order, 20), row_type=RowType.TEXT, text="Hello", by=seller)

    assert total_of(order) == 100


def test_edit_total_gives_all_rows_the_same_discount(order, seller):
    edit(order, Decimal(90), by=seller)

    assert [line.row.discount for line in grid(order) if line.money] == [10, 10, 10]
    assert (amounts(order), total_of(order)) == ([9, 18, 63], 90)


def test_edit_total_ignores_the_discounts_before(order, seller):
    operations.change_row(row=row_at(order, 10), discount=Decimal(50), by=seller)

    edit(order, Decimal(90), by=seller)

    assert amounts(order) == [9, 18, 63]


def test_edit_total_leaves_setup_prices_alone(order, seller):
    operations.change_row(row=row_at(order, 10), setup_price=Decimal(10), by=seller)

    edit(order, Decimal(60), by=seller)

    assert (amounts(order), total_of(order)) == ([15, 10, 35], 60)


def test_a_total_above_the_rows_is_a_discount_below_0(order, seller):
    edit(order, Decimal(120), by=seller)

    assert row_at(order, 10).discount == -20


def test_what_rounding_leaves_goes_to_the_row_with_the_largest_amount(seller):
    order = order_with(1, 1, 1, row={"unit_price": Decimal(10)}, by=seller)
    operations.change_row(row=row_at(order, 30), unit_price=Decimal("10.01"), by=seller)
    operations.add_row(order=order, row_type=RowType.TOTAL, name="Total", by=seller)

    edit(order, Decimal(10), by=seller)

    assert [line.row.discount for line in grid(order) if line.money] == [Decimal("66.677774")] * 3
    assert (amounts(order), total_of(order)) == ([Decimal("3.33"), Decimal("3.33"), Decimal("3.34")], 10)


def test_rounding_difference_is_dropped_when_its_row_is_changed(seller):
    order = order_with(1, 1, 1, row={"unit_price": Decimal(10)}, by=seller)
    operations.add_row(order=order, row_type=RowType.TOTAL, name="Total", by=seller)
    edit(order, Decimal(10), by=seller)
    [off] = [line.row for line in grid(order) if line.row.rounding]

    operations.change_row(row=off, name="Only another name", by=seller)
    kept = again(off).rounding
    operations.change_row(row=again(off), quantity=Decimal(2), by=seller)

    assert (off.rounding, kept, again(off).rounding) == (Decimal("0.01"), Decimal("0.01"), 0)


def test_rows_are_left_out_from_the_first_on(order, seller):
    edit(order, Decimal(81), first=20, by=seller)

    assert (amounts(order), total_of(order)) == ([10, 18, 63], 81)


def test_without_a_total_only_what_is_summed_changes(order, seller):
    edit(order, None, first=30, by=seller)
    edit(order, None, first=20, by=seller)

    assert (amounts(order), total_of(order)) == ([10, 20, 70], 90)


def test_rows_that_a_total_leaves_out_are_summed_by_the_next(order, seller):
    edit(order, None, first=20, by=seller)
    operations.add_row(order=order, row_type=RowType.TOTAL, name="Rest", by=seller)

    assert (total_of(order), total_of(order, 50)) == (90, 10)


def test_deleting_a_total_row_leaves_its_rows_as_they_are(order, seller):
    edit(order, Decimal(90), by=seller)

    operations.delete_row(row=row_at(order, 40), by=seller)

    assert amounts(order) == [9, 18, 63]


@pytest.mark.parametrize(
    ("total", "sentence"),
    [
        (Decimal(-1), "This total would need a discount of 101.00 %"),
        (Decimal(1200), "This total would need a discount of -1100.00 %"),
    ],
)
def test_edit_total_refuses_what_no_discount_makes(order, seller, total, sentence):
    with pytest.raises(Refused, match=sentence):
        edit(order, total, by=seller)


def test_edit_total_refuses_rows_that_are_worth_nothing(seller):
    order = order_with(1, by=seller)
    total = operations.add_row(order=order, row_type=RowType.TOTAL, name="Total", by=seller)

    with pytest.raises(Refused, match="The rows above are worth nothing, so no discount makes this total"):
        operations.edit_total(row=total, total=Decimal(5), by=seller)


def test_edit_total_refuses_other_rows(order, seller):
    with pytest.raises(Refused, match="/10 is not a total row"):
        operations.edit_total(row=row_at(order, 10), total=Decimal(5), by=seller)


def test_edit_total_refuses_a_first_row_that_it_cannot_sum(order, seller):
    later = operations.add_row(order=order, part=row_at(order, 10).part, quantity=Decimal(1), by=seller)

    with pytest.raises(Refused, match="is not among the rows that this total row can sum"):
        operations.edit_total(row=row_at(order, 40), total=None, included=[later], by=seller)


@pytest.mark.parametrize(
    ("positions", "sentence"),
    [
        ((10, 30), "Rows are left out from the first one on: row 20 is not included, and row 10 above it is."),
        ((10, 20), "Rows are left out from the first one on: row 30 is not included, and row 10 above it is."),
        ((), "Include at least one row."),
    ],
)
def test_edit_total_refuses_rows_with_a_gap(order, seller, positions, sentence):
    included = [row_at(order, position) for position in positions]

    with pytest.raises(Refused) as refusal:
        operations.edit_total(row=row_at(order, 40), total=None, included=included, by=seller)

    assert str(refusal.value) == sentence


def test_edit_total_refuses_where_a_row_was_put_in_meanwhile(order, seller):
    seen = [row_at(order, position) for position in (10, 20, 30)]
    facts = {"part": seen[0].part, "quantity": Decimal(1), "unit_price": Decimal(3)}
    operations.add_row(order=order, before=row_at(order, 30), **facts, by=seller)

    with pytest.raises(Refused, match="row 25 is not included, and row 10 above it is"):
        operations.edit_total(row=order.rows.get(row_type=RowType.TOTAL), total=Decimal(5), included=seen, by=seller)


def test_edit_total_refuses_a_stale_form(order, seller):
    opened = row_at(order, 40)
    operations.change_row(row=opened, name="Sum", by=seller)

    with pytest.raises(Stale):
        operations.edit_total(row=opened, total=Decimal(5), version=opened.version, by=seller)


def test_discount_has_six_decimals():
    assert discount_for(Decimal("99.99"), gross=Decimal(300), setup=Decimal(0)) == Decimal("66.67")
    assert discount_for(Decimal(1), gross=Decimal(3), setup=Decimal(0)) == Decimal("66.666667")


HTMX = {"HX-Request": "true"}


def asked_of(order):
    return reverse("sales:row_total", args=[row_at(order, 40).pk])


def lines_in(answer):
    """[(position, amount now, then, whether it is included)] and the two sums of the dialog."""
    page = answer.content.decode()
    rows = re.findall(r"<tr><td class=\"tick\">.*?</tr>", page, re.DOTALL)
    lines = [(*re.findall(r'class="num">([^<]*)<', row), " checked" in row) for row in rows]
    [foot] = re.findall(r"<tfoot>.*?</tfoot>", page, re.DOTALL)
    return lines, tuple(re.findall(r'class="num"[^>]*>([^<]*)<', foot))


def test_dialog_edits_the_total(order, seller_client):
    data = {"total": "81", "included": pks(order, 20, 30), "version": row_at(order, 40).version}

    asked = seller_client.get(asked_of(order))
    wrong = seller_client.post(asked_of(order), data | {"total": "much"})
    seller_client.post(asked_of(order), data)

    every = [("10", "10.00", "", True), ("20", "20.00", "", True), ("30", "70.00", "", True)]
    assert lines_in(asked) == (every, ("100.00", ""))
    assertContains(wrong, "Enter a price such as 12 or 12.50", status_code=422)
    assert (amounts(order), total_of(order)) == ([10, 18, 63], 81)


def test_dialog_shows_what_the_ticked_rows_come_to_before_it_saves(order, seller_client):
    data = {"total": "81", "included": pks(order, 20, 30), "version": row_at(order, 40).version, "look": "1"}

    plain, fragment = (seller_client.post(asked_of(order), data, headers=how) for how in ({}, HTMX))

    lines = [("10", "10.00", "", False), ("20", "20.00", "18.00", True), ("30", "70.00", "63.00", True)]
    assert [lines_in(answer) for answer in (plain, fragment)] == [(lines, ("90.00", "81.00"))] * 2
    assertContains(fragment, "each gets a discount of 10\N{NO-BREAK SPACE}%")
    assert fragment.content.decode().count("<html") == 0
    assert (amounts(order), total_of(order)) == ([10, 20, 70], 100)


def test_row_that_is_ticked_twice_counts_once(order, seller_client):
    data = {"total": "81", "included": [*pks(order, 20, 30), *pks(order, 30)], "version": row_at(order, 40).version}

    seller_client.post(asked_of(order), data)

    assert (amounts(order), total_of(order)) == ([10, 18, 63], 81)


def test_dialog_includes_all_from_a_row_on(order, seller_client):
    data = {"included": pks(order, 10), "version": row_at(order, 40).version, "from": pks(order, 20)[0]}

    answer = seller_client.post(asked_of(order), data)

    lines = [("10", "10.00", "", False), ("20", "20.00", "", True), ("30", "70.00", "", True)]
    assert lines_in(answer) == (lines, ("90.00", ""))


@pytest.mark.parametrize(
    ("typed", "positions", "sentence"),
    [
        ("", (10, 30), "row 20 is not included, and row 10 above it is."),
        ("", (), "Include at least one row."),
        ("-1", (10, 20, 30), "This total would need a discount of 101.00 %: at most 100 %, and more than -1000 %."),
    ],
)
def test_dialog_says_what_is_wrong_with_boxes_and_total(order, seller_client, typed, positions, sentence):
    data = {"total": typed, "included": pks(order, *positions), "version": row_at(order, 40).version}

    answer = seller_client.post(asked_of(order), data)

    assertContains(answer, sentence, status_code=422)
    assert amounts(order) == [10, 20, 70]


@pytest.mark.parametrize("sent", [{"included": "x"}, {"included": str(10**30)}, {"from": "x"}, {"from": "-1"}])
def test_dialog_takes_no_row_that_it_did_not_offer(order, seller_client, sent):
    answer = seller_client.post(asked_of(order), {"version": row_at(order, 40).version} | sent)

    assertContains(answer, "A row is not above this total any more.", status_code=422)


@pytest.mark.parametrize("row_count", [1, 3])
def test_dialog_query_count_does_not_grow(seller, seller_client, django_assert_num_queries, row_count):
    order = order_with(*[1] * row_count, row={"unit_price": Decimal(10)}, by=seller)
    total = operations.add_row(order=order, row_type=RowType.TOTAL, name="Total", by=seller)
    seller_client.get(reverse("sales:row_total", args=[total.pk]))

    with django_assert_num_queries(6):
        seller_client.get(reverse("sales:row_total", args=[total.pk]))


def test_dialog_refuses_a_total_row_with_nothing_above(seller, seller_client):
    total = operations.add_row(order=order_with(by=seller), row_type=RowType.TOTAL, name="Total", by=seller)

    answer = seller_client.get(reverse("sales:row_total", args=[total.pk]))

    assertContains(answer, "has nothing to sum: no row with a price stands above it", status_code=409)


def test_page_says_when_a_typed_total_is_not_true_any_more(order, seller, seller_client):
    edit(order, Decimal(90), by=seller)
    before = seller_client.get(reverse("sales:order", args=[order.pk]))
    operations.change_row(row=row_at(order, 10), quantity=Decimal(2), by=seller)

    after = seller_client.get(reverse("sales:order", args=[order.pk]))

    sentence = "A row it sums was changed since 90.00 was typed."
    assert (sentence in before.content.decode(), sentence in after.content.decode()) == (False, True)


def test_edit_total_leaves_delivered_rows_their_price(order, seller, warehouse_keeper):
    row = row_at(order, 10)
    stock(row.part, row.warehouse, 1)
    operations.deliver(row=row, quantity=Decimal(1), by=warehouse_keeper)

    with pytest.raises(Refused, match="/10 delivered already and keeps its price: sum from a later row"):
        edit(order, Decimal(50), by=seller)
    edit(order, Decimal(81), first=20, by=seller)

    assert amounts(order) == [10, 18, 63]


def test_row_inserted_among_rows_that_are_left_out_is_left_out(order, seller):
    edit(order, None, first=20, by=seller)
    facts = {"part": row_at(order, 10).part, "quantity": Decimal(1), "unit_price": Decimal(3)}

    operations.add_row(order=order, before=row_at(order, 10), **facts, by=seller)
    operations.add_row(order=order, before=row_at(order, 40), **facts, by=seller)

    assert total_of(order) == 93


@pytest.mark.parametrize("end", ["empty", "delete"])
def test_rows_drop_the_cent_of_a_total_that_is_not_typed_any_more(seller, end):
    order = order_with(1, 1, 1, row={"unit_price": Decimal(10)}, by=seller)
    total = operations.add_row(order=order, row_type=RowType.TOTAL, name="Total", by=seller)
    edit(order, Decimal(10), by=seller)

    if end == "empty":
        edit(order, None, by=seller)
    else:
        operations.delete_row(row=again(total), by=seller)

    assert [line.row.rounding for line in grid(order) if line.money] == [0, 0, 0]


def test_saving_a_row_brings_the_sums_of_the_total_rows_along(order, seller_client):
    row = row_at(order, 10)
    data = {"name": row.name, "quantity": "1", "unit": row.unit.code, "unit_price": "50", "version": row.version}
    data |= {"warehouse": row.warehouse.code, "row_status": "fixed", "delivery_date": "2026-03-20"}

    answer = seller_client.post(reverse("sales:row_edit", args=[row.pk]), data, headers={"HX-Request": "true"})

    total = order.rows.get(row_type=RowType.TOTAL)
    assertContains(answer, f'<tr id="row-{total.pk}" data-row tabindex="0" hx-swap-oob="true"')
    assertContains(answer, '<td class="num aside">140.00</td>')
