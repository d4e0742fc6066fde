"""Taking a receipt back: where its goods are, what goes back in which order, and what is refused with its path."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from erp.exceptions import Refused, Stale
from linkage.drift import findings
from linkage.models import StockMovement
from linkage.operations import disconnect, issue, link
from linkage.operations.stock import balance_of, move_stock
from linkage.queries.whereabouts import whereabouts
from purchasing import operations
from sales.operations import create_purchase_orders
from tests.factories import WarehouseFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import SupplierTermFactory, again, demand_of, linked_part, purchase_row
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db
KEY = "11111111-1111-4111-8111-111111111111"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def row():
    return purchase_row(sent=True)


def promise(row, by, quantity, *, kind="claimed", **facts):
    demand = demand_of(row, quantity=quantity, **facts)
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, kind=kind, accept_warnings=True)


def receive(row, quantity, by, **options):
    return operations.receive(row=row, quantity=Decimal(quantity), by=by, effective_on=TODAY, **options)


def take_back(row, by, **options):
    movement = options.pop("movement", None) or StockMovement.objects.filter(supply=row.supply, reverses=None).last()
    return operations.reverse_receipt(row=row, movement=movement, by=by, effective_on=TODAY, **options)


def on_shelf(*links):
    for made in links:
        made.refresh_from_db()
    return tuple(made.on_shelf for made in links)


def page(movement):
    return reverse("purchasing:reverse", args=[movement.pk])


def adds_up():
    return [finding for finding in findings() if "no row owns it" not in finding.what] == []


def test_receipt_of_an_order_is_taken_back_after_its_sales_row_is_disconnected(buyer):
    sold = row_with(10, part=linked_part(), by=buyer)
    SupplierTermFactory(part=sold.part, unit=sold.part.unit)
    [row] = create_purchase_orders(rows=[sold], by=buyer)
    operations.send(order=row.order, by=buyer)
    receive(again(row), 10, buyer)

    disconnect(link=sold.demand.links.get(), by=buyer)
    take_back(again(row), buyer)

    sold.demand.refresh_from_db()
    assert (again(row).supply.done, again(row).supply.open, sold.demand.uncovered) == (0, 10, 10)
    assert adds_up()


def test_reverse_part_of_a_receipt_leaves_the_rest_as_a_receipt_of_its_own(row, buyer):
    receive(row, 40, buyer, reference="DN-1")

    row = take_back(row, buyer, quantity=Decimal(15))

    assert (row.supply.done, balance_of(row.supply.part, row.supply.warehouse).quantity) == (25, 25)
    assert list(StockMovement.objects.order_by("pk").values_list("quantity", "reference", "reverses__quantity")) == [
        (40, "DN-1", None), (-40, "", 40), (25, "DN-1", None),
    ]  # fmt: skip
    row = take_back(row, buyer)
    assert (row.supply.done, row.order.status) == (0, "sent")
    assert adds_up()


def test_reverse_takes_free_then_claimed_then_bound_latest_need_first(row, buyer):
    bound = promise(row, buyer, 20, kind="bound", need_date=date(2026, 6, 1))
    early = promise(row, buyer, 20, need_date=date(2026, 4, 1))
    late = promise(row, buyer, 20, need_date=date(2026, 5, 1))
    receive(row, 100, buyer)
    free = StockMovement.objects.get(link=None)

    found = whereabouts(StockMovement.objects.get(link=bound), Decimal(20))
    take_back(row, buyer, movement=free)
    take_back(row, buyer, movement=StockMovement.objects.get(link=bound))

    assert [(place.link, place.takes) for place in found.places] == [(None, 20), (late, 0), (early, 0), (bound, 0)]
    assert on_shelf(bound, early, late) == (20, 20, 0)
    assert adds_up()


@pytest.mark.parametrize(("quantity", "sentence"), [(0, "above 0"), (-1, "above 0"), (41, "is 40; 41 cannot be taken")])
def test_reverse_refuses_a_quantity_that_was_not_received(row, buyer, quantity, sentence):
    receive(row, 40, buyer)

    with pytest.raises(Refused, match=sentence):
        take_back(row, buyer, quantity=Decimal(quantity))


def test_reverse_refuses_what_left_with_its_path(row, buyer):
    made = promise(row, buyer, 30)
    receive(row, 50, buyer)
    issue(demand=made.demand, quantity=Decimal(25), by=buyer, effective_on=TODAY, kind="delivery", reference="DN-88")
    there = WarehouseFactory()
    move_stock(
        part=row.supply.part, from_warehouse=row.supply.warehouse, to_warehouse=there, quantity=Decimal(18), by=buyer,
        effective_on=TODAY,
    )  # fmt: skip

    with pytest.raises(Refused) as refusal:
        take_back(row, buyer, movement=StockMovement.objects.get(link=made, supply=row.supply))

    part = row.supply.part
    assert str(refusal.value) == (
        f"30 pcs of {part} cannot be taken back: 2 free, 5 on the shelf for {made.demand}. "
        f"The rest: 18 moved away on 2026-03-02; 25 delivered to {made.demand} on 2026-03-02 (DN-88). "
        "At most 7 can be."
    )


def test_reverse_of_what_stays_of_a_receipt_tells_what_left_before_and_who_received_it(row, buyer, planner):
    made = promise(row, buyer, 30)
    receive(row, 50, buyer)
    issue(demand=made.demand, quantity=Decimal(25), by=buyer, effective_on=TODAY, kind="delivery", reference="DN-88")
    take_back(row, planner, movement=StockMovement.objects.get(link=None, demand=None), quantity=Decimal(5))

    kept = StockMovement.objects.get(link=None, quantity=15)

    assert [gone.reference for gone in whereabouts(kept).gone] == ["DN-88"]
    assert kept.created_by == buyer


def test_reverse_of_the_surplus_leaves_the_row_received(row, buyer):
    receive(row, 104, buyer, approve_over=True, reason="Full pallet")

    row = take_back(row, buyer, quantity=Decimal(4))

    assert (row.order.status, row.supply.status, row.supply.done) == ("received", "closed", 100)


def test_reverse_refuses_what_moved_since_it_was_shown(row, buyer):
    made = promise(row, buyer, 30)
    receive(row, 30, buyer)
    movement = StockMovement.objects.get()
    shown = whereabouts(movement).standing
    issue(demand=made.demand, quantity=Decimal(5), by=buyer, effective_on=TODAY)

    with pytest.raises(Stale) as refusal:
        take_back(row, buyer, movement=movement, quantity=Decimal(10), seen=shown)

    assert refusal.value.theirs == {str(made.demand): ("25", "30")}


def test_reverse_page_shows_where_the_goods_are(row, buyer, warehouse_client):
    made = promise(row, buyer, 30)
    receive(row, 50, buyer)
    issue(demand=made.demand, quantity=Decimal(25), by=buyer, effective_on=TODAY, kind="delivery", reference="DN-88")

    response = warehouse_client.get(page(StockMovement.objects.get(link=made, supply=row.supply)))

    assertContains(response, "Free on the shelf")
    assertContains(response, f"On the shelf for {made.demand}")
    assertContains(response, "DN-88")
    assertContains(response, "At most 25 can be.")


def test_reverse_page_counts_for_another_quantity(row, buyer, warehouse_client):
    receive(row, 40, buyer)
    form = {"quantity": "15", "effective_on": "2026-03-02", "count": "1"}

    response = warehouse_client.post(page(StockMovement.objects.get()), form, headers=HTMX)

    assertContains(response, '<td class="num">15.00</td>', html=True)
    assert again(row).supply.done == 40


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_reverse_page_refuses_a_stale_form_and_keeps_what_was_typed(row, buyer, warehouse_client, headers):
    made = promise(row, buyer, 30)
    receive(row, 30, buyer)
    movement = StockMovement.objects.get()
    shown = warehouse_client.get(page(movement)).context["seen"]
    issue(demand=made.demand, quantity=Decimal(5), by=buyer, effective_on=TODAY)
    form = {"quantity": "12", "effective_on": "2026-03-02", "reason": "Wrong crate", "seen": shown}

    response = warehouse_client.post(page(movement), form, headers=headers)

    assertContains(response, f"{made.demand}: 25 now, 30 shown", status_code=409)
    assertContains(response, 'value="Wrong crate"', status_code=409)
    assert again(row).supply.done == 30


def test_a_reversal_whose_answer_was_lost_is_not_called_a_move(row, buyer, warehouse_client):
    receive(row, 40, buyer)
    movement = StockMovement.objects.get()
    form = {"quantity": "15", "effective_on": "2026-03-02", "seen": "0=40", "operation_key": KEY}
    warehouse_client.post(page(movement), form)

    response = warehouse_client.post(page(movement), form)

    assertRedirects(response, reverse("purchasing:order", args=[row.order_id]), fetch_redirect_response=False)
    assert again(row).supply.done == 25


@pytest.mark.parametrize(("typed", "sentence"), [("31", "30 pcs came."), ("0.5", "0.5 pcs has too many decimals: pcs")])
def test_reverse_page_says_at_its_field_what_cannot_go_back(row, buyer, warehouse_client, typed, sentence):
    operations.receive(row=row, quantity=Decimal(30), by=buyer, effective_on=TODAY)

    shown = warehouse_client.post(page(StockMovement.objects.get()), {"quantity": typed, "effective_on": "2026-03-02"})

    [(field, [words])] = shown.context["form"].errors.items()
    assert (shown.status_code, field, words.startswith(sentence)) == (422, "quantity", True)


def test_reverse_page_posts_a_part(row, buyer, warehouse_client):
    receive(row, 40, buyer)
    movement = StockMovement.objects.get()
    shown = warehouse_client.get(page(movement)).context["seen"]

    warehouse_client.post(page(movement), {"quantity": "15", "effective_on": "2026-03-02", "seen": shown})

    assert again(row).supply.done == 25


@pytest.mark.parametrize("count", [1, 3])
def test_reverse_page_query_count_does_not_grow(row, buyer, warehouse_client, count, django_assert_num_queries):
    links = [promise(row, buyer, 10) for _ in range(count)]
    receive(row, 100, buyer)
    for made in links:
        issue(demand=made.demand, quantity=Decimal(2), by=buyer, effective_on=TODAY)

    with django_assert_num_queries(10):
        warehouse_client.get(page(StockMovement.objects.get(link=None)))
