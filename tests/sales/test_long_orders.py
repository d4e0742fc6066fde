"""Long orders: pages of rows, totals of all of them, and changes that cost the same whatever the number of rows."""

import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linkage.dates import business_date
from sales import operations, pages
from sales.grids import grid
from sales.models import RowType
from sales.operations import NewRow
from sales.pages import asked_page, page_of, page_with
from sales.statuses import QUOTE, REGISTERED
from sales.sums import totals_of
from tests.factories import PartFactory, PartnerFactory, UnitConversionFactory, UnitFactory, WarehouseFactory
from tests.sales.factories import again, order_with, positions

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def _pages_of_two(monkeypatch):
    monkeypatch.setattr(pages, "ROWS_A_PAGE", 2)


def url(name, *args):
    return reverse(f"sales:{name}", args=args)


def shown(answer):
    return re.findall(r'<tr id="row-(\w+)"', answer.content.decode())


def row_data(row, **changes):
    facts = {"name": row.name, "quantity": "10", "unit": row.unit.code, "unit_price": "0", "row_status": "fixed"}
    return facts | {"delivery_date": "2026-03-20", "warehouse": row.warehouse.code, "version": row.version} | changes


@pytest.mark.usefixtures("_pages_of_two")
@pytest.mark.parametrize(
    ("query", "position"),
    [
        ("", 10),
        ("?page=2", 30),
        ("?page=9", 50),
        ("?page=0", 10),
        ("?page=x&row=-1&position=y", 10),
        ("?position=35", 30),
        ("?position=40", 30),
        ("?position=999999999999999999", 50),
        ("?row=1", 10),
        ("?new=1", 50),
    ],
)
def test_order_opens_with_the_page_that_is_asked_for(seller_client, seller, query, position):
    order = order_with(1, 2, 3, 4, 5, by=seller)

    answer = seller_client.get(url("order", order.pk) + query)

    first = order.rows.get(position=position)
    assert shown(answer)[0] == str(first.pk)


@pytest.mark.usefixtures("_pages_of_two")
def test_page_shows_rows_with_what_stands_below_them_and_the_totals_of_all(seller_client, seller):
    order = order_with(1, 2, 3, row={"unit_price": Decimal(10)}, by=seller)
    third = order.rows.get(position=30)
    below = operations.add_sub_row(row=third, row_type=RowType.TEXT, text="Blue", by=seller)

    answer = seller_client.get(f"{url('order', order.pk)}?row={below.pk}")

    assert shown(answer) == [str(third.pk), str(below.pk), "add"]
    assert re.search(r"Rows 3.3 of 3", answer.content.decode())
    assert "60.00" in answer.content.decode()


@pytest.mark.usefixtures("_pages_of_two")
def test_pages_of_an_order(seller):
    order = order_with(1, 2, 3, by=seller)
    last = order.rows.get(position=30)

    page = page_with(order, last)

    assert (page.number, page.pages, page.count, page.ids, page.previous, page.next) == (2, 2, 3, [last.pk], 1, None)
    assert page_of(order_with(by=seller)).ids == []
    assert asked_page(order, {"row": str(last.pk)}) == page


def test_row_of_another_order_opens_the_first_page(seller):
    order, other = order_with(1, by=seller), order_with(1, by=seller)

    assert asked_page(order, {"row": str(other.rows.get().pk)}) == page_of(order)


def count_of(client, page, data=None):
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(page, data, headers=HTMX) if data else client.get(page, headers=HTMX)
    assert answer.status_code == 200
    return len(captured)


ONCE = ["register_setting", "register_unitconversion", "sales_customerterm", "register_calendarexception"]


@pytest.mark.parametrize("before", [False, True], ids=["at the end", "in front"])
def test_added_row_asks_the_register_once(seller_client, seller, before):
    order = order_with(1, 2, by=seller)
    first = order.rows.order_by("position").first()
    new = {"part": PartFactory().number, "quantity": "1", "row_status": "fixed", "page": "1"}

    with CaptureQueriesContext(connection) as asked:
        answer = seller_client.post(
            url("row_new", order.pk), new | ({"before": first.pk} if before else {}), headers=HTMX
        )

    assert answer.status_code == 200
    assert {table: sum(f'FROM "{table}"' in query["sql"] for query in asked) for table in ONCE} == dict.fromkeys(
        ONCE, 1
    )


def test_edit_and_new_row_ask_as_often_with_one_row_as_with_thirty(seller_client, seller):
    part = PartFactory()
    counts = []
    for length in (1, 3, 30):
        order = order_with(*[1] * length, part=part, by=seller)
        last = order.rows.for_list().order_by("position").last()
        new = {"part": part.number, "quantity": "1", "row_status": "fixed", "page": "1"}
        seller_client.get(url("row_read", last.pk), headers=HTMX)
        counts.append(
            (
                count_of(seller_client, url("row_edit", last.pk)),
                count_of(seller_client, url("row_edit", last.pk), row_data(last, quantity="7")),
                count_of(seller_client, url("row_new", order.pk), new),
                count_of(seller_client, url("row_read", last.pk)),
            )
        )

    assert counts[1] == counts[2]
    assert counts[0][:2] == counts[1][:2]


def test_edited_row_is_answered_alone_with_the_totals(seller_client, seller):
    order = order_with(1, 1, 1, row={"unit_price": Decimal(5)}, by=seller)
    row = order.rows.for_list().get(position=20)

    answer = seller_client.post(url("row_edit", row.pk), row_data(row, quantity="4", unit_price="5"), headers=HTMX)

    assert shown(answer) == [str(row.pk)]
    assert 'id="totals" class="facts totals" hx-swap-oob="true"' in answer.content.decode()
    assert "30.00" in answer.content.decode()


def test_new_row_is_answered_with_the_line_for_the_next_one(seller_client, seller):
    order = order_with(1, by=seller)
    data = {"part": PartFactory().number, "quantity": "1", "row_status": "fixed", "page": "1"}

    answer = seller_client.post(url("row_new", order.pk), data, headers=HTMX)

    assert shown(answer) == [str(order.rows.get(position=20).pk), "new"]
    assert "HX-Retarget" not in answer


@pytest.mark.parametrize("place", [{"page": "2"}, {"page": ""}], ids=["from another page", "from nowhere"])
def test_new_row_of_another_page_brings_its_page(seller_client, seller, place):
    order = order_with(1, by=seller)
    data = {"part": PartFactory().number, "quantity": "1", "row_status": "fixed", **place}

    answer = seller_client.post(url("row_new", order.pk), data, headers=HTMX)

    assert answer["HX-Retarget"] == "#rows"


def test_inserted_row_leaves_the_next_line_in_the_same_place(seller_client, seller):
    order = order_with(1, 1, by=seller)
    second = order.rows.get(position=20)
    data = {"part": PartFactory().number, "quantity": "1", "row_status": "fixed", "page": "1", "before": second.pk}

    answer = seller_client.post(url("row_new", order.pk), data, headers=HTMX)

    assert shown(answer) == [str(order.rows.get(position=15).pk), "new"]
    assert f'name="before" value="{second.pk}"' in answer.content.decode()


def test_row_that_numbers_all_anew_brings_the_whole_page(seller_client, seller):
    order = order_with(1, 1, status=QUOTE, by=seller)
    second = order.rows.get(position=20)
    data = {"part": PartFactory().number, "quantity": "1", "row_status": "fixed", "page": "1", "before": second.pk}

    answer = seller_client.post(url("row_new", order.pk), data, headers=HTMX)

    assert answer["HX-Retarget"] == "#rows"
    assert (positions(order), again(second).position) == ([10, 20, 30], 30)


def test_rows_are_put_before_one_again_and_again_and_all_keep_their_order(seller):
    order = order_with(1, 1, by=seller)
    first, second = order.rows.order_by("position")
    names = [f"Part {number}" for number in range(20)]

    for name in names:
        operations.add_row(order=order, before=second, part=first.part, name=name, quantity=Decimal(1), by=seller)

    rows = list(order.rows.order_by("position").values_list("name", flat=True))
    assert rows == [first.name, *names, second.name]
    told = order.rows.values_list("position", "demand__position")
    assert all(position == demand for position, demand in told)


def test_copy_of_a_long_order_is_as_long(seller):
    order = order_with(*[1] * 120, by=seller)

    copy = operations.copy_order(order=order, by=seller)

    assert page_of(copy).pages == 2
    assert len(page_of(copy, number=2).ids) == 20


@pytest.mark.parametrize("status", [QUOTE, REGISTERED])
def test_totals_of_the_database_are_the_sums_of_what_the_grid_shows(seller, status):
    unit, part = UnitFactory(decimals=6), PartFactory(unit=UnitFactory(decimals=6), standard_price=Decimal("3.333333"))
    box = UnitConversionFactory(part=part, numerator=7, denominator=3).unit
    plain = PartFactory(unit=unit, standard_price=Decimal("0.777777"))
    facts = [(part, "7.333333", box), (plain, "0.000123", unit), (part, "19.999999", part.unit), (plain, "3", unit)]
    rows = [
        NewRow(
            part=part,
            quantity=Decimal(quantity),
            unit=unit,
            unit_price=Decimal("13.131313") * number,
            discount=Decimal("33.333333"),
            setup_price=Decimal("0.005"),
        )
        for number, (part, quantity, unit) in enumerate(facts, start=1)
    ]
    rows.append(
        NewRow(row_type=RowType.ADDITIONAL, name="Taken off", quantity=Decimal(-1), unit_price=Decimal("0.335"))
    )
    order = operations.create_order(
        customer=PartnerFactory(), warehouse=WarehouseFactory(), ordered_on=business_date(), status=status,
        rows=rows, by=seller, currency="SEK", exchange_rate=Decimal("0.0937"),
    )  # fmt: skip

    found, shown = totals_of(order), [row.money for row in grid(order)]

    assert (found.amount, found.remaining, found.amount_in_company, found.standard_in_company) == (
        sum(money.amount for money in shown),
        sum(money.remaining for money in shown),
        sum(money.in_company for money in shown),
        sum(money.standard for money in shown),
    )
    assert found.amount > 100
