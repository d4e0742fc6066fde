"""The stock pages: balances, movements, adjusting, moving, taking back."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from linkage.models import StockMovement, Supply
from tests.factories import PartFactory, ServicePartFactory, WarehouseFactory
from tests.linkage.factories import LinkFactory, stock

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
HOSTILE = ["", "NaN", "Infinity", "1e400", "\uff11\uff12", "1.2345678", "x" * 10_000, "1,2,3", "99999999999999"]


def text_of(response):
    return response.content.decode()


def balances():
    return {
        (row.part.number, row.warehouse.code): row.quantity
        for row in Supply.objects.stock().select_related("part", "warehouse")
    }


@pytest.fixture
def shelf():
    return stock(PartFactory(number="BELL"), WarehouseFactory(code="MAIN"), 10)


@pytest.mark.parametrize("row_count", [1, 3])
@pytest.mark.parametrize("page", ["stock_list", "movements"])
def test_stock_pages_query_count_does_not_grow(viewer_client, django_assert_num_queries, page, row_count):
    for _ in range(row_count):
        stock(PartFactory(), WarehouseFactory(), 5)

    # session, user, roles, count, rows, for balances also the totals
    with django_assert_num_queries(7 if page == "stock_list" else 6):
        response = viewer_client.get(reverse(f"linkage:{page}"))

    assert len(response.context["table"].page.object_list) == row_count


def test_stock_list_shows_on_hand_reserved_and_free(viewer_client):
    shelf = stock(PartFactory(number="BELL"), WarehouseFactory(code="MAIN"), 10)
    LinkFactory(supply=shelf, stock=shelf, quantity=Decimal(4), received=Decimal(4))
    stock(PartFactory(number="FORK"), shelf.warehouse, 3)

    response = viewer_client.get(reverse("linkage:stock_list"), {"part": "bell"})

    [row] = response.context["table"].paginated_rows
    figures = [str(row.get_cell(name)) for name in ("warehouse", "quantity", "free")]
    assert figures == ["MAIN", "10.00", "6.00"]
    assert "4.00" in str(row.get_cell("allocated"))


@pytest.mark.parametrize("query", ["first=nonsense", "kind=x", "sort=undo", "page=x", "warehouse=" + "x" * 500])
def test_movements_survive_nonsense_in_the_url(viewer_client, query, shelf):
    assert viewer_client.get(f"{reverse('linkage:movements')}?{query}").status_code in {200, 400}


def test_movements_are_filtered_by_order_and_date(viewer_client, shelf):
    def shown(**query):
        response = viewer_client.get(reverse("linkage:movements"), query)
        return response.context["table"].paginator.count

    assert shown() == 1
    assert (shown(first="2026-03-02"), shown(first="2026-03-03")) == (1, 0)
    assert (shown(kind="adjustment"), shown(kind="count"), shown(order="P-")) == (1, 0, 0)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_stock_lists_are_exported(viewer_client, shelf, kind):
    for page in ("stock_list", "movements"):
        response = viewer_client.get(reverse(f"linkage:{page}"), {"export": kind})
        assert len(b"".join(response)) > 50


@pytest.mark.parametrize(
    ("kind", "typed", "on_hand"),
    [
        pytest.param("adjustment", "2.5", Decimal("12.5"), id="adds"),
        pytest.param("adjustment", "-3", Decimal(7), id="takes off"),
        pytest.param("waste", "3", Decimal(7), id="waste is taken off"),
        pytest.param("count", "4", Decimal(4), id="a count is what is there"),
        pytest.param("count", "0", Decimal(0), id="nothing is there"),
        pytest.param("count", "10", Decimal(10), id="the count agrees"),
    ],
)
def test_adjust_changes_the_balance(warehouse_client, kind, typed, on_hand):
    part = PartFactory(number="OIL", unit__decimals=1, unit__code="l")
    stock(part, WarehouseFactory(code="MAIN"), 10)
    posted = {"part": "OIL", "warehouse": "main", "kind": kind, "quantity": typed, "reason": "counted"}

    response = warehouse_client.post(reverse("linkage:adjust"), posted)

    assert (response.status_code, response.url) == (302, reverse("linkage:stock_list"))
    assert balances() == {("OIL", "MAIN"): on_hand}


@pytest.mark.parametrize("typed", HOSTILE)
def test_adjust_says_what_is_wrong_with_a_quantity(warehouse_client, shelf, typed):
    posted = {"part": "BELL", "warehouse": "MAIN", "kind": "adjustment", "quantity": typed, "reason": "r"}

    response = warehouse_client.post(reverse("linkage:adjust"), posted, headers=HTMX)

    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert balances() == {("BELL", "MAIN"): 10}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"part": "NOTHING"}, "There is no “NOTHING” to choose"),
        ({"warehouse": "NOWHERE"}, "There is no “NOWHERE” to choose"),
        ({"kind": "magic"}, "Select a valid choice"),
        ({"quantity": "0"}, "other than zero"),
        ({"quantity": "1.5"}, "whole numbers only"),
        ({"kind": "waste", "quantity": "-1"}, "above zero"),
        ({"kind": "count", "quantity": "-1"}, "zero or more"),
        ({"reason": ""}, "This field is required"),
        ({"reason": "x" * 10_000}, "at most 200"),
        ({"part": "SERVICE"}, "There is no “SERVICE” to choose"),
    ],
)
def test_adjust_refuses_beside_the_field(warehouse_client, shelf, wrong, sentence):
    ServicePartFactory(number="SERVICE")
    posted = {"part": "BELL", "warehouse": "MAIN", "kind": "adjustment", "quantity": "1", "reason": "r"} | wrong

    response = warehouse_client.post(reverse("linkage:adjust"), posted)

    assert response.status_code == 422
    assert sentence in text_of(response)


def test_adjust_never_takes_reserved_goods(warehouse_client, shelf):
    LinkFactory(supply=shelf, stock=shelf, quantity=Decimal(4), received=Decimal(4))
    posted = {"part": "BELL", "warehouse": "MAIN", "kind": "waste", "quantity": "7", "reason": "r"}

    response = warehouse_client.post(reverse("linkage:adjust"), posted, headers=HTMX)

    assert response.status_code == 409
    assert "10 on hand, 4 reserved for" in text_of(response)
    assert balances() == {("BELL", "MAIN"): 10}


def test_adjust_sent_twice_has_one_effect(warehouse_client, shelf):
    posted = {"part": "BELL", "warehouse": "MAIN", "kind": "adjustment", "quantity": "1", "reason": "r"}
    posted["operation_key"] = "7f3f0e5a-52a5-4a19-8b0b-0a8c0c4b9f11"

    for _ in range(2):
        warehouse_client.post(reverse("linkage:adjust"), posted)

    assert balances() == {("BELL", "MAIN"): 11}


def test_move_takes_free_goods_to_another_warehouse(warehouse_client, shelf):
    WarehouseFactory(code="SHOP")
    posted = {"part": "BELL", "from_warehouse": "MAIN", "to_warehouse": "SHOP", "quantity": "4"}

    response = warehouse_client.post(reverse("linkage:move"), posted, headers=HTMX)

    assert response["HX-Redirect"] == reverse("linkage:stock_list")
    assert balances() == {("BELL", "MAIN"): 6, ("BELL", "SHOP"): 4}


def test_move_needs_two_warehouses(warehouse_client, shelf):
    posted = {"part": "BELL", "from_warehouse": "MAIN", "to_warehouse": "MAIN", "quantity": "4"}

    response = warehouse_client.post(reverse("linkage:move"), posted)

    assert response.status_code == 422
    assert "two different warehouses" in text_of(response)


def test_movement_reverse_asks_once_then_takes_back(warehouse_client, shelf):
    movement = StockMovement.objects.get()
    url = reverse("linkage:movement_reverse", args=[movement.pk])

    asked = warehouse_client.get(url, headers=HTMX)
    reversed_ = warehouse_client.post(url, {"reason": "typed wrong"}, headers=HTMX)
    again = warehouse_client.post(url, {"reason": "typed wrong"}, headers=HTMX)

    assert 'id="reverse"' in text_of(asked)
    assert "<html" not in text_of(asked)
    assert "close-dialog" in reversed_["HX-Trigger-After-Settle"]
    assert (again.status_code, balances()) == (409, {("BELL", "MAIN"): 0})


@pytest.mark.parametrize("page", ["adjust", "move"])
def test_only_the_warehouse_changes_stock(planner_client, viewer_client, warehouse_client, page):
    url = reverse(f"linkage:{page}")

    assert [client.get(url).status_code for client in (planner_client, viewer_client, warehouse_client)] == [
        403,
        403,
        200,
    ]
    assert Client().get(url).status_code == 302


def test_stock_forms_need_the_csrf_token(warehouse_keeper):
    client = Client(enforce_csrf_checks=True)
    client.force_login(warehouse_keeper, backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(reverse("linkage:adjust"), {}).status_code == 403
