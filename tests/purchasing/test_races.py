"""Two people at a purchase order at once, in real transactions."""

from decimal import Decimal

import pytest

from erp.exceptions import Refused
from linkage.operations import link
from linkage.refusals import NotEnough
from purchasing import operations
from purchasing.models import PurchaseOrder
from tests.factories import UserFactory
from tests.linkage.factories import TODAY, DemandFactory
from tests.purchasing.factories import again, bought, component_for, demand_of, linked_part, purchase_row
from tests.races import run_before_commit

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def receiving(row, quantity, by):
    return lambda: operations.receive(row=row, quantity=Decimal(quantity), by=by, effective_on=TODAY)


def linking(row, demand, quantity, by):
    return lambda: link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True)


def test_receive_waits_for_a_link_and_gives_it_its_goods():
    row, by = purchase_row(quantity=10, sent=True), UserFactory()
    demand = demand_of(row, quantity=10)

    had_to_wait, outcome = run_before_commit(linking(row, demand, 10, by), receiving(row, 10, by))

    demand.refresh_from_db()
    assert had_to_wait
    assert outcome.order.status == "received"
    assert [promise.on_shelf for promise in demand.links.all()] == [10]


def test_link_waits_for_a_receipt_and_finds_the_order_closed():
    row, by = purchase_row(quantity=10, sent=True), UserFactory()
    demand = demand_of(row, quantity=10)

    had_to_wait, outcome = run_before_commit(receiving(row, 10, by), linking(row, demand, 10, by))

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert "is closed and cannot be linked" in str(outcome)


def test_two_receipts_of_the_same_goods_are_not_both_posted():
    row, by = purchase_row(quantity=10, sent=True), UserFactory()

    had_to_wait, outcome = run_before_commit(receiving(row, 10, by), receiving(row, 10, by))

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert again(row).supply.done == 10


def test_two_buyers_do_not_order_for_the_same_demand():
    demand, by = bought(DemandFactory(part=linked_part(), quantity=10)), UserFactory()

    def ordering():
        return operations.create_orders_for(demands=[demand], by=by, business_date=TODAY)

    had_to_wait, outcome = run_before_commit(ordering, ordering)

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert PurchaseOrder.objects.count() == 1


def test_sending_waits_for_a_cancellation():
    row, by = purchase_row(), UserFactory()

    had_to_wait, outcome = run_before_commit(
        lambda: operations.cancel(order=row.order, by=by), lambda: operations.send(order=row.order, by=by)
    )

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert again(row).order.status == "cancelled"


def test_contract_link_waits_for_another_link_and_finds_too_little():
    row, by = purchase_row(quantity=10, sent=True), UserFactory()
    demand = demand_of(row, quantity=6)
    component = component_for(row, quantity=10)

    had_to_wait, outcome = run_before_commit(
        linking(row, demand, 6, by),
        lambda: operations.link_to_component(row=row, component=component, quantity=Decimal(5), by=by, wider=True),
    )

    assert had_to_wait
    assert isinstance(outcome, NotEnough)
    assert outcome.left == 4
