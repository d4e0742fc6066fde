"""The waiting demands of a purchase row: a box a demand, one save, all or nothing."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.models import Setting
from linkage.checks import NeedsConfirmation
from linkage.models import OrderLink, Tombstone
from linkage.operations import link
from linkage.refusals import NotEnough
from purchasing import operations
from purchasing.waiting import waiting_lines
from tests.linkage.factories import TODAY
from tests.purchasing.factories import again, component_for, demand_of, purchase_row

pytestmark = pytest.mark.django_db


def page(name, *args):
    return reverse(f"purchasing:{name}", args=args)


def promised(row):
    """{demand: what is to come for it} of a row."""
    links = OrderLink.objects.filter(supply=row.supply, to_come__gt=0).select_related("demand")
    return {link.demand: link.to_come for link in links}


def linked(row, demand, quantity, by, **facts):
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True, **facts)


def test_waiting_lines_are_the_oldest_orders_first():
    row = purchase_row(quantity=50)
    day = date(2026, 2, 1)
    young = demand_of(row, order={"serial": 9})
    second = demand_of(row, order={"serial": 2, "ordered_on": day}, position=20)
    first = demand_of(row, document=second.document, position=10)
    component = component_for(row)
    demand_of(row, cancelled=10)

    found = [line.demand for line in waiting_lines(row.supply)]

    assert [demand for demand in found if demand != component] == [first, second, young]
    assert found.index(component) > 1


def test_set_promises_takes_from_one_and_gives_to_another_in_one_go(buyer):
    row = purchase_row(quantity=10)
    first, second = demand_of(row, quantity=10), demand_of(row, quantity=8)
    linked(row, first, 10, buyer)

    operations.set_promises(row=row, quantities={first: Decimal(4), second: Decimal(6)}, by=buyer)

    assert promised(row) == {first: 4, second: 6}
    assert again(row).supply.free == 0
    assert list(Tombstone.objects.values_list("demand", flat=True)) == [first.pk]


def test_set_promises_to_nothing_disconnects(buyer):
    row = purchase_row(quantity=10)
    demand = demand_of(row)
    linked(row, demand, 7, buyer)

    operations.set_promises(row=row, quantities={demand: Decimal(0)}, by=buyer)

    assert (promised(row), again(row).supply.free) == ({}, 10)


def test_set_promises_cuts_claimed_links_before_bound_ones(buyer):
    row = purchase_row(quantity=10)
    demand = demand_of(row)
    bound = linked(row, demand, 4, buyer, kind="bound")
    claimed = linked(row, demand, 3, buyer)

    operations.set_promises(row=row, quantities={demand: Decimal(3)}, by=buyer)

    assert dict(OrderLink.objects.values_list("pk", "to_come")) == {bound.pk: 3, claimed.pk: 0}


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        pytest.param(4, 7, r"Only 6 of P-1001/10 is free; 7 was asked for\.", id="more than the row has"),
        pytest.param(0, 9, r"Only 8 of S-\d+/10 is uncovered; 9 was asked for\.", id="more than the demand lacks"),
    ],
)
def test_set_promises_refuses_with_the_figures_and_changes_nothing(buyer, first, second, sentence):
    row = purchase_row(quantity=10)
    one, two = demand_of(row, quantity=10), demand_of(row, quantity=8)
    linked(row, one, 10, buyer)

    with pytest.raises(NotEnough, match=sentence):
        operations.set_promises(row=row, quantities={one: Decimal(first), two: Decimal(second)}, by=buyer)

    assert promised(row) == {one: 10}


def test_set_promises_refuses_when_something_changed_since(buyer):
    row = purchase_row(quantity=10)
    demand = demand_of(row)
    linked(row, demand, 4, buyer)

    with pytest.raises(Refused, match=r"4 pcs of P-1001/10 are to come for S-\d+/10 now, not 0\. Reload the page\."):
        operations.set_promises(row=row, quantities={demand: Decimal(2)}, seen={demand.pk: Decimal(0)}, by=buyer)


def test_set_promises_warns_first(buyer):
    row = purchase_row(quantity=10, due_date=date(2026, 3, 18))
    demand = demand_of(row, need_date=date(2026, 3, 10))

    with pytest.raises(NeedsConfirmation):
        operations.set_promises(row=row, quantities={demand: Decimal(5)}, by=buyer)
    operations.set_promises(row=row, quantities={demand: Decimal(5)}, accept_warnings=True, by=buyer)

    assert promised(row) == {demand: 5}


def test_set_promises_leaves_contract_links_alone(buyer):
    row = purchase_row(quantity=10)
    component = component_for(row)
    operations.link_to_component(row=row, component=component, quantity=Decimal(4), by=buyer, wider=True)

    operations.set_promises(row=row, quantities={component: Decimal(0)}, by=buyer)

    assert promised(row) == {component: 4}


def test_set_promises_of_a_closed_row_is_refused(buyer):
    row = purchase_row(quantity=10)
    operations.cancel(order=row.order, by=buyer)

    with pytest.raises(Refused, match=r"P-1001/10 is cancelled\."):
        operations.set_promises(row=row, quantities={demand_of(row): Decimal(1)}, by=buyer)


# The tab


def tab(row, name="waiting"):
    return f"{page('row', row.pk)}?tab={name}"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("row", "Supplier"), ("promised", "Promised to"), ("waiting", "Save all"), ("receipts", "Nothing has arrived")],
)
def test_each_tab_of_a_row_has_its_address_and_the_ways_to_the_others(buyer_client, name, shown):
    row = purchase_row(quantity=10)
    demand_of(row)

    response = buyer_client.get(tab(row, name))

    assertContains(response, shown)
    current = [words for words in response.context["tabs"] if words == response.context["tab"]]
    assert (current, list(response.context["tabs"])) == ([name], ["row", "promised", "waiting", "receipts"])


def test_who_may_not_link_has_no_waiting_tab_and_an_unknown_one_is_the_first(warehouse_client):
    row = purchase_row(quantity=10)

    for name in ("waiting", "nonsense"):
        response = warehouse_client.get(tab(row, name))
        assert (response.context["tab"], list(response.context["tabs"])) == ("row", ["row", "promised", "receipts"])


def test_tab_of_receipts_has_those_of_the_row_alone(buyer_client, buyer):
    row = purchase_row(quantity=10, sent=True, by=buyer)
    operations.receive(row=row, quantity=Decimal(4), by=buyer, effective_on=TODAY)

    view = buyer_client.get(tab(row, "receipts")).context["view"]

    assert [movement.quantity for movement in view["receipts"]] == [4]


def test_waiting_tab_saves_all_boxes(buyer_client, buyer):
    row = purchase_row(quantity=10)
    first, second = demand_of(row, quantity=10), demand_of(row, quantity=8)
    linked(row, first, 10, buyer)

    assertContains(buyer_client.get(tab(row)), str(second))
    data = {f"quantity_{first.pk}": "4", f"seen_{first.pk}": "10", f"quantity_{second.pk}": "6"}
    response = buyer_client.post(page("set_promises", row.pk), data)

    assert (response.url, promised(row)) == (tab(row), {first: 4, second: 6})


def test_waiting_tab_keeps_what_was_typed_beside_its_error(buyer_client):
    row = purchase_row(quantity=10)
    demand = demand_of(row)

    response = buyer_client.post(page("set_promises", row.pk), {f"quantity_{demand.pk}": "many"})

    assertContains(response, 'value="many"', status_code=422)


def test_waiting_tab_shows_warnings_once_and_saves_then(buyer_client):
    row = purchase_row(quantity=10, due_date=date(2026, 3, 18))
    demand = demand_of(row, need_date=date(2026, 3, 10))
    data = {f"quantity_{demand.pk}": "5"}

    assertContains(buyer_client.post(page("set_promises", row.pk), data), "Save anyway", status_code=422)
    buyer_client.post(page("set_promises", row.pk), data | {"accept_warnings": "on"})

    assert promised(row) == {demand: 5}


@pytest.mark.parametrize(
    ("typed", "place", "sentence"),
    [
        pytest.param((10, 3), "__all__", "3 pcs more are asked for than now, and 0 of the row are free.", id="row"),
        pytest.param((4, 9), "second", "{second} needs 8 pcs from this row at most.", id="demand"),
        pytest.param((4, 0.5), "second", "0.5 pcs has too many decimals: pcs allows whole numbers only.", id="unit"),
    ],
)
def test_waiting_tab_says_at_its_box_what_is_too_much(buyer_client, buyer, typed, place, sentence):
    row = purchase_row(quantity=10)
    first, second = demand_of(row, quantity=10), demand_of(row, quantity=8)
    linked(row, first, 10, buyer)
    data = {f"quantity_{first.pk}": typed[0], f"quantity_{second.pk}": typed[1]}

    response = buyer_client.post(page("set_promises", row.pk), data)

    field = f"quantity_{second.pk}" if place == "second" else place
    assert (response.status_code, response.context["form"].errors) == (422, {field: [sentence.format(second=second)]})
    assertContains(response, f'value="{typed[0]}"', status_code=422)
    assert promised(row) == {first: 10}


@pytest.mark.parametrize("count", [1, 3])
def test_waiting_tab_query_count_does_not_grow(buyer_client, buyer, count, django_assert_max_num_queries):
    row = purchase_row(quantity=50)
    for _ in range(count):
        linked(row, demand_of(row), 2, buyer)

    with django_assert_max_num_queries(10):
        buyer_client.get(tab(row))


def test_sending_tells_the_buyer_what_was_linked(buyer_client):
    Setting.objects.create(name="backorder_linking", value=True)
    row = purchase_row(quantity=10)
    first = demand_of(row, quantity=7, order={"serial": 1})
    second = demand_of(row, quantity=7, order={"serial": 2})

    buyer_client.post(page("send", row.order_id), {"how": "other"})

    shown = buyer_client.get(page("order", row.order_id))
    told = f"Linked to backorders, oldest first: 7 pcs of {row} for {first}; 3 pcs of {row} for {second}."
    assertContains(shown, told)
    assertContains(shown, "Claimed (Backorder rule)")
    assertContains(buyer_client.get(reverse("linkage:demand", args=[first.pk])), "Claimed (Backorder rule)")
    assertContains(buyer_client.get(reverse("linkage:tracking", args=[row.supply_id])), "Backorder rule")


def test_sending_with_the_setting_off_tells_nothing(buyer_client):
    row = purchase_row(quantity=10)
    demand_of(row)

    buyer_client.post(page("send", row.order_id), {"how": "other"})

    shown = buyer_client.get(page("order", row.order_id))
    assertNotContains(shown, "Linked to backorders")
    assertContains(shown, "the setting “Link backorders to purchase orders” is off")
