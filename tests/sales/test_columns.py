"""The columns of the row grid: who sees which, how they are chosen, and what a row keeps that hides some."""

import re

import pytest
import time_machine
from django.urls import reverse

from erp.register.operations import choose_columns
from erp.web.columns import MOST_COLUMNS
from sales import cells, columns
from sales.cells import Look, with_cells
from sales.columns import PAGE, columns_for
from sales.columns.kinds import QUANTITY, GridColumn
from sales.grids import grid
from sales.models import RowType
from sales.operations import add_row
from tests.factories import PartFactory
from tests.sales.configured import configured_bike
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db
OWN = [
    "part_type",
    "part",
    "name",
    "quantity",
    "unit",
    "unit_price",
    "discount",
    "amount",
    "delivery_date",
    "warehouse",
]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def names(user, order=None):
    return [column.name for column in columns_for(user, order or order_with(by=user))]


def choose(user, *wanted):
    choose_columns(page=PAGE, columns=list(wanted), by=user)
    user.refresh_from_db()


def heads(response):
    return re.findall(r'<th scope="col"[^>]*>(?:<abbr[^>]*>)?([^<]+)', response.content.decode())


def test_grid_begins_with_its_own_columns(seller):
    assert names(seller)[:10] == OWN


def test_grid_shows_the_chosen_columns_in_their_order_and_those_that_always_stand_there(seller):
    choose(seller, "goods_label", "part", "no_such_column")

    assert names(seller) == ["goods_label", "part", "name", "quantity"]


def test_costs_are_no_column_of_a_viewer(seller, viewer):
    for user in (seller, viewer):
        choose(user, "part", "margin", "standard_price")

    assert [names(user) for user in (seller, viewer)] == [
        ["part", "margin", "standard_price", "name", "quantity"],
        ["part", "name", "quantity"],
    ]


def test_column_of_a_theme_is_hidden_where_its_order_has_nothing_for_it(seller, monkeypatch):
    empty = GridColumn("empty", "Empty", at_first=True, shown_if=lambda order: order.note != "")
    monkeypatch.setattr(columns, "COLUMNS", [*columns.COLUMNS, empty])

    orders = [order_with(by=seller, note=note) for note in ("", "Call first")]

    assert ["empty" in names(seller, order) for order in orders] == [False, True]


def test_column_loads_its_figures_once_for_all_rows(seller):
    asked = []

    def load(rows, order):
        asked.append([row.position for row in rows])
        return {row.pk: row.position * 2 for row in rows}

    order = order_with(1, 1, by=seller)
    look = Look(order, [GridColumn("double", "Double", kind=QUANTITY, load=load)], may_write=False)

    shown = with_cells(grid(order), look)

    assert ([[cell.html for cell in row.cells] for row in shown], asked) == ([["20.00"], ["40.00"]], [[10, 20]])


def test_columns_of_one_source_ask_it_once(seller):
    asked = []

    def places(rows):
        asked.append(len(rows))
        return {row.pk: row.position for row in rows}

    def column(name, times):
        facts = {"source": places, "load": lambda rows, found: {pk: place * times for pk, place in found.items()}}
        return GridColumn(name, name, kind=QUANTITY, **facts)

    order = order_with(1, 1, by=seller)
    look = Look(order, [column("double", 2), column("triple", 3)], may_write=False)

    shown = with_cells(grid(order), look)

    assert ([[cell.html for cell in row.cells] for row in shown], asked) == (
        [["20.00", "30.00"], ["40.00", "60.00"]],
        [2],
    )


def test_mark_about_a_hidden_column_stands_beside_the_name(seller, seller_client):
    order = order_with(10, by=seller, row={"delivery_date": None})
    choose(seller, "part", "name", "quantity")

    page = seller_client.get(reverse("sales:order", args=[order.pk])).content.decode()

    assert page.count("No date: planning leaves this row out") == 2


def test_choose_columns_of_the_grid_holds_on_every_order(seller_client, seller):
    order, other = order_with(10, by=seller), order_with(10, by=seller)
    url = reverse("sales:row_columns", args=[order.pk])
    offered = [choice.name for choice in columns.choices_for(seller)]
    data = {
        "page": url,
        "name": offered,
        "place": range(1, len(offered) + 1),
        "shown": ["quantity", "part", "amount", "name"],
    }

    answer = seller_client.post(url, data)

    assert answer.url == reverse("sales:order", args=[order.pk])
    assert heads(seller_client.get(reverse("sales:order", args=[other.pk]))) == [
        "Pos.",
        "Part",
        "Name",
        "Qty",
        "Amount",
    ]
    seller_client.post(url, {"page": url, "reset": "1"})
    seller.refresh_from_db()
    assert seller.list_columns == {}


def test_every_column_of_the_grid_can_be_chosen_at_once(seller_client, seller):
    url = reverse("sales:row_columns", args=[order_with(10, by=seller).pk])
    offered = [choice.name for choice in columns.choices_for(seller)]
    data = {"page": url, "name": offered, "place": range(1, len(offered) + 1), "shown": offered}

    seller_client.post(url, data)

    seller.refresh_from_db()
    assert seller.list_columns[PAGE] == offered
    assert len(columns.COLUMNS) <= MOST_COLUMNS


@pytest.mark.parametrize(
    "data", [{}, {"name": ["a b"], "place": ["1"], "shown": ["a b"]}, {"name": "part", "place": "0"}]
)
def test_choose_columns_of_the_grid_says_what_is_wrong(seller_client, seller, data):
    url = reverse("sales:row_columns", args=[order_with(by=seller).pk])

    assert seller_client.post(url, {"page": url, **data}).status_code == 409


def test_dialog_of_the_columns_offers_no_costs_to_a_viewer(viewer_client, seller_client, seller):
    url = reverse("sales:row_columns", args=[order_with(by=seller).pk])

    offers = ["Contribution margin" in client.get(url).content.decode() for client in (seller_client, viewer_client)]

    assert offers == [True, False]


def test_edit_keeps_what_hidden_columns_say(seller_client, seller):
    row = row_with(10, by=seller)
    choose(seller, "part", "name", "quantity")
    url = reverse("sales:row_edit", args=[row.pk])

    assert b'name="delivery_date"' not in seller_client.get(url, headers=HTMX).content
    answer = seller_client.post(url, {"name": "Frame", "quantity": "7", "version": row.version}, headers=HTMX)

    kept = again(row)
    assert answer.status_code == 200
    assert (kept.name, kept.quantity, kept.delivery_date, kept.warehouse) == (
        "Frame",
        7,
        row.delivery_date,
        row.warehouse,
    )


def test_new_row_takes_the_date_of_the_row_above_though_its_column_is_hidden(seller_client, seller):
    row = row_with(10, by=seller)
    choose(seller, "part", "name", "quantity")
    url = reverse("sales:row_new", args=[row.order_id])
    line = seller_client.get(url, headers=HTMX).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', line))

    seller_client.post(url, hidden | {"part": PartFactory().number, "quantity": "2", "row_type": "1"}, headers=HTMX)

    assert [other.delivery_date for other in row.order.rows.order_by("position")] == [row.delivery_date] * 2


def test_every_column_has_a_name_of_its_own():
    every = [column.name for column in columns.COLUMNS]

    assert len(every) == len(set(every))
    assert {"name", "quantity", "part"} <= {column.name for column in columns.COLUMNS if column.always}
    assert cells.NAME in every


def test_configuration_stands_beside_the_part(seller):
    order = order_with(by=seller)

    shown = names(seller, order_with(1, part=configured_bike(), by=seller))

    assert "configuration" not in names(seller, order)
    assert shown[shown.index("part") + 1] == "configuration"


@pytest.mark.parametrize("chosen", [("part",), ("amount",), ("amount", "part"), ("part", "amount", "made")])
def test_total_row_is_as_wide_as_the_others(seller, seller_client, chosen):
    order = row_with(1, by=seller).order
    total = add_row(order=order, row_type=RowType.TOTAL, name="Total", by=seller)
    choose(seller, *chosen)

    page = seller_client.get(reverse("sales:order", args=[order.pk])).content.decode()

    [cells] = re.findall(rf'<tr id="row-{total.pk}".*?</tr>', page, re.DOTALL)
    spans = [int(span or 1) for span in re.findall(r'<td(?: class="[^"]*")?(?: colspan="([^"]*)")?>', cells)]
    assert sum(spans) == len(names(seller, order)) + 3
