"""What a sitting folds away or leaves out of the row grid, marks of deliveries, and boxes in the column head."""

import re
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.register.models import PartType
from sales import folding, operations, pages
from sales.columns import columns_for, shows
from sales.folding import Folding
from sales.grids import grid
from sales.models import RowType
from tests.factories import MadePartFactory, PartFactory
from tests.linkage.factories import stock
from tests.sales.factories import order_with, row_with
from tests.sales.kits import part_below, tool_kit

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def order(seller):
    """Two rows, each with a text below it."""
    order = order_with(10, 20, by=seller)
    for row in order.rows.order_by("position"):
        operations.add_sub_row(row=row, row_type=RowType.TEXT, text=f"Text {row.position}", by=seller)
    return order


def url(name, order):
    return reverse(f"sales:{name}", args=[order.pk])


def row_at(order, position):
    return order.rows.for_list().get(position=position)


def texts(answer):
    return re.findall(r"Text \d+", answer.content.decode())


def fold(client, order, **data):
    return client.post(url("row_fold", order), data, headers=HTMX)


def test_row_folds_away_what_stands_below_it_and_opens_it_again(seller_client, order):
    first = row_at(order, 10).pk

    folded = texts(fold(seller_client, order, row=first))
    kept = texts(seller_client.get(url("order", order)))
    opened = texts(fold(seller_client, order, row=first))

    assert (folded, kept, opened) == (["Text 20"], ["Text 20"], ["Text 10", "Text 20"])


def test_all_rows_fold_away_but_one_that_is_opened(seller_client, order):
    answers = [
        texts(fold(seller_client, order, all="fold")),
        texts(fold(seller_client, order, row=row_at(order, 20).pk)),
        texts(fold(seller_client, order, all="open")),
    ]

    assert answers == [[], ["Text 20"], ["Text 10", "Text 20"]]


def test_order_of_very_many_sub_rows_begins_folded(seller_client, monkeypatch, order):
    monkeypatch.setattr(folding, "MOST_BELOW", 1)

    begins = texts(seller_client.get(url("order", order)))
    one = texts(fold(seller_client, order, row=row_at(order, 20).pk))
    every = texts(fold(seller_client, order, all="open"))

    assert (begins, one, every) == ([], ["Text 20"], ["Text 10", "Text 20"])


@pytest.mark.parametrize(
    ("most", "later", "shown", "left"), [(2, 1, "open", ["Text 10"]), (1, 2, "folded", ["Text 20"])]
)
def test_click_does_what_the_page_showed_though_sub_rows_came_or_went(
    seller_client, monkeypatch, order, most, later, shown, left
):
    monkeypatch.setattr(folding, "MOST_BELOW", most)
    page = seller_client.get(url("order", order))
    monkeypatch.setattr(folding, "MOST_BELOW", later)

    assertContains(page, f'<input type="hidden" name="shown" value="{shown}">', count=1)
    assert texts(fold(seller_client, order, row=row_at(order, 20).pk, shown=shown)) == left


def test_row_that_somebody_asks_for_is_shown_though_it_is_folded_away(seller_client, order):
    fold(seller_client, order, all="fold")
    text = order.rows.get(text="Text 20").pk

    assert texts(seller_client.get(url("order", order), {"row": text})) == ["Text 20"]


def test_folding_is_of_one_session(seller_client, planner_client, order):
    fold(seller_client, order, all="fold")

    assert texts(planner_client.get(url("order", order))) == ["Text 10", "Text 20"]


def test_folding_works_without_htmx(seller_client, order):
    first = row_at(order, 10).pk

    answer = seller_client.post(url("row_fold", order), {"row": first})

    assert answer.url == f"{url('order', order)}?row={first}#row-{first}"


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_folding_ends_when_the_browser_is_closed(seller_client, order, headers):
    seller_client.post(url("row_fold", order), {"all": "fold"}, headers=headers)
    while_open = texts(seller_client.get(url("order", order)))

    close_browser(seller_client)

    assert (while_open, texts(seller_client.get(url("order", order)))) == ([], ["Text 10", "Text 20"])


def test_cookie_of_a_sitting_has_no_end(seller_client, order):
    fold(seller_client, order, all="fold")

    cookie = seller_client.cookies["sitting"]
    assert (cookie["expires"], cookie["max-age"], bool(cookie["httponly"]), cookie["samesite"]) == ("", "", True, "Lax")


@pytest.mark.parametrize("value", ["", "x", "å" * 5000])
def test_folding_of_another_sitting_is_not_taken_over(seller_client, order, value):
    fold(seller_client, order, all="fold")
    seller_client.cookies["sitting"] = value

    shown = texts(seller_client.get(url("order", order)))
    folded = texts(fold(seller_client, order, row=row_at(order, 10).pk))

    assert (shown, folded) == (["Text 10", "Text 20"], ["Text 20"])


def close_browser(client):
    """The session goes on for hours; cookies without an end are gone."""
    ends = {name for name, cookie in client.cookies.items() if cookie["max-age"] == cookie["expires"] == ""}
    for name in ends - {"sessionid"}:
        del client.cookies[name]


def test_a_session_remembers_the_latest_orders_only(order, monkeypatch, rf):
    monkeypatch.setattr(folding, "MOST_ORDERS", 1)
    request = rf.get("/")
    request.session = {}

    for _turn in range(2):
        folding.keep_folding(request, order, Folding(is_all=True, but=frozenset([7])))
    other = order_with()
    folding.keep_folding(request, other, Folding(is_all=True))

    assert request.session["sitting"]["facts"] == {"sales_folded": {str(other.pk): [True, []]}}


@pytest.fixture
def delivered(seller, warehouse_keeper):
    """The first row is delivered in full, the second in part, the third not at all."""
    part = PartFactory()
    order = order_with(10, 20, 30, part=part, by=seller)
    stock(part, order.warehouse, 15)
    for position, quantity in ((10, 10), (20, 5)):
        operations.deliver(row=row_at(order, position), quantity=Decimal(quantity), by=warehouse_keeper)
    return order


def test_delivered_rows_are_shown_until_the_sitting_leaves_them_out(seller_client, delivered):
    def shown(answer):
        return re.findall(r'<tr id="row-(\d+)"', answer.content.decode())

    every, first = [str(row.pk) for row in delivered.rows.order_by("position")], str(row_at(delivered, 10).pk)
    answers = [
        shown(seller_client.get(url("order", delivered))),
        shown(seller_client.post(url("row_delivered", delivered), {"delivered": "hide"}, headers=HTMX)),
        shown(seller_client.get(url("order", delivered))),
        shown(seller_client.post(url("row_delivered", delivered), {"delivered": "show"}, headers=HTMX)),
    ]

    assert answers == [every, every[1:], every[1:], every]
    assert first not in answers[1]


def test_delivered_rows_are_shown_again_when_the_browser_is_closed(seller_client, delivered):
    seller_client.post(url("row_delivered", delivered), {"delivered": "hide"})
    first = f'<tr id="row-{row_at(delivered, 10).pk}"'
    hidden = first not in seller_client.get(url("order", delivered)).content.decode()

    close_browser(seller_client)

    assert (hidden, first in seller_client.get(url("order", delivered)).content.decode()) == (True, True)


def test_delivery_marks_say_partial_and_final_and_nothing(seller_client, delivered):
    page = seller_client.get(url("order", delivered)).content.decode()

    marks = re.findall(r'<span title="((?:Partial|Final) delivery made)">', page)
    assert marks == ["Final delivery made", "Partial delivery made"]


def test_delivery_column_is_hidden_while_nothing_is_delivered(seller, order, delivered):
    shows = ["delivery" in [column.name for column in columns_for(seller, one)] for one in (order, delivered)]

    assert shows == [False, True]


def test_boxes_in_the_column_head_tick_rows_without_an_order(seller_client, seller):
    order = order_with(1, part=MadePartFactory(lot_sizing="LR"), by=seller)
    for part in (PartFactory(lot_sizing="LR"), PartFactory(lot_sizing="LL", part_type=PartType.PURCHASED)):
        operations.add_row(order=order, part=part, quantity=Decimal(1), by=seller)

    page = seller_client.get(url("order", order)).content.decode()

    assert re.findall(r'data-box="(.)"', page) == ["M", "P"]
    assert re.findall(r'data-tick-boxes="(.)"', page) == ["M", "P"]


def test_fictitious_part_is_marked_as_delivered_in_part_with_the_first_of_its_parts(
    seller, seller_client, warehouse_keeper
):
    row = row_with(1, part=tool_kit(), by=seller)
    hammer = part_below(row, "HAMMER")
    stock(hammer.part, hammer.warehouse, 1)
    operations.deliver(row=hammer, quantity=Decimal(1), by=warehouse_keeper)

    page = seller_client.get(url("order", row.order)).content.decode()

    assert re.findall(r'title="((?:Partial|Final) delivery made)"', page) == ["Partial delivery made"] * 2


@pytest.mark.parametrize(
    ("part_type", "rule", "words"),
    [
        (PartType.PURCHASED, "LR", ["Purchased", '<abbr title="Linked requirement">LR</abbr>']),
        (PartType.MANUFACTURED, "LL", ["Manufactured", '<abbr title="Lot for lot">LL</abbr>']),
        (PartType.FICTITIOUS, "LR", ["Fictitious", '<abbr title="Linked requirement">LR</abbr>']),
        (PartType.SERVICE, "", ["Service"]),
        (PartType.PACKAGING, "LL", ["Packaging", '<abbr title="Lot for lot">LL</abbr>']),
    ],
)
def test_part_type_is_a_symbol_and_lot_sizing_two_letters(seller, part_type, rule, words):
    stocked = {"is_stock_updated": False} if part_type == PartType.SERVICE else {}
    order = order_with(1, part=PartFactory(part_type=part_type, lot_sizing=rule, **stocked), by=seller)

    [row] = grid(order)

    assert f'<span title="{words[0]}">' in shows.part_type(row)
    assert [shows.lot_sizing(row)] == (words[1:] or [""])


@pytest.mark.parametrize(("name", "data"), [("row_fold", {"all": "fold"}), ("row_delivered", {"delivered": "show"})])
def test_fold_and_hide_stay_on_the_page_that_is_shown(seller_client, order, monkeypatch, name, data):
    monkeypatch.setattr(pages, "ROWS_A_PAGE", 1)
    shown = seller_client.get(f"{url('order', order)}?page=2").content.decode()

    grid = seller_client.post(url(name, order), data | {"page": "2"}, headers=HTMX).content.decode()
    page = seller_client.post(url(name, order), data | {"page": "2"})

    assert '<input type="hidden" name="page" value="2">' in shown
    assert [f'id="row-{row_at(order, position).pk}"' in grid for position in (10, 20)] == [False, True]
    assert page.url == f"{url('order', order)}?page=2"
