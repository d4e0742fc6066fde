"""Need dates go down the chain: deadline less lead time, in work days."""

from datetime import date
from decimal import Decimal

import pytest

from linkage import operations
from linkage.dates import refresh_need_dates, slack_between, work_days_of
from tests.linkage.factories import LinkFactory, MadeSupplyFactory, component_of, demand_for

pytestmark = pytest.mark.django_db


def need(demand):
    demand.refresh_from_db()
    return demand.need_date


@pytest.fixture
def tree():
    """A row of 20 March on an order of three days, whose component is made by an order of two days with a part."""
    top = MadeSupplyFactory(due_date=date(2026, 3, 19), lead_time=3)
    sub = MadeSupplyFactory(due_date=date(2026, 3, 12), lead_time=2, warehouse=top.warehouse)
    row = demand_for(top, need_date=date(2026, 3, 20))
    component = component_of(top, part=sub.part, need_date=date(2026, 3, 1))
    part = component_of(sub, need_date=date(2026, 3, 1))
    LinkFactory(supply=sub, demand=component, part=sub.part)
    return {"top": top, "sub": sub, "row": row, "component": component, "part": part}


def test_need_dates_come_from_the_earliest_demand_of_each_order(tree, planner):
    operations.link(demand=tree["row"], supply=tree["top"], quantity=Decimal(4), by=planner)

    assert need(tree["component"]) == date(2026, 3, 17)
    assert need(tree["part"]) == date(2026, 3, 13)


def test_need_dates_of_an_order_without_a_link_come_from_its_own_due_date(tree):
    refresh_need_dates([tree["top"].pk])

    assert need(tree["component"]) == date(2026, 3, 16)


def test_disconnect_gives_the_components_their_orders_own_date_again(tree, planner):
    link = operations.link(demand=tree["row"], supply=tree["top"], quantity=Decimal(4), by=planner)

    operations.disconnect(link=link, by=planner)

    assert need(tree["component"]) == date(2026, 3, 16)
    assert need(tree["part"]) == date(2026, 3, 12)


def test_a_new_date_on_the_row_goes_down_its_chain(tree, planner):
    operations.link(demand=tree["row"], supply=tree["top"], quantity=Decimal(4), by=planner)

    operations.change_demand(tree["row"], need_date=date(2026, 3, 27))

    assert need(tree["component"]) == date(2026, 3, 24)
    assert need(tree["part"]) == date(2026, 3, 20)


def test_a_row_without_a_date_leaves_the_orders_own_date(tree, planner):
    tree["row"].need_date = None
    tree["row"].save(update_fields=["need_date"])

    operations.link(demand=tree["row"], supply=tree["top"], quantity=Decimal(4), by=planner, accept_warnings=True)

    assert need(tree["component"]) == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("due", "need", "slack"),
    [
        pytest.param(date(2026, 3, 18), date(2026, 3, 20), 2, id="two days early"),
        pytest.param(date(2026, 3, 20), date(2026, 3, 20), 0, id="on the day"),
        pytest.param(date(2026, 3, 25), date(2026, 3, 20), -3, id="late over a weekend"),
        pytest.param(date(2026, 3, 21), date(2026, 3, 20), -1, id="due on Saturday, needed on Friday"),
        pytest.param(date(2026, 3, 20), date(2026, 3, 22), 0, id="due on Friday, needed on Sunday"),
    ],
)
def test_slack_counts_work_days(tree, due, need, slack):
    [calendar] = work_days_of([tree["top"].warehouse_id]).values()

    assert slack_between(calendar, due, need) == slack
