"""The priority of a row: its own, or that of its order."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage.changes import Decisions
from linkage.models import Demand
from sales import operations
from sales.deliverable import deliverable_rows
from sales.models import SalesOrderRow
from tests.factories import MadePartFactory, PartFactory, PhantomPartFactory
from tests.fixtures import client_of
from tests.production.factories import bom_of
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db


def priorities():
    return list(Demand.objects.order_by("position", "line", "pk").values_list("priority", flat=True))


def test_row_without_its_own_has_the_priority_of_its_order(seller):
    order = order_with(10, priority=3, by=seller)
    operations.add_row(order=order, part=PartFactory(), quantity=Decimal(1), priority=1, by=seller)

    assert priorities() == [3, 1]


def test_change_order_leaves_rows_with_a_priority_of_their_own(seller):
    order = order_with(10, 20, by=seller)
    operations.change_row(row=order.rows.get(position=10), priority=2, by=seller)

    operations.change_order(order=order, priority=7, by=seller)

    assert priorities() == [2, 7]


def test_change_row_goes_back_to_the_priority_of_the_order(seller):
    row = operations.change_row(row=row_with(10, priority=4, by=seller), priority=1, by=seller)
    own = priorities()

    operations.change_row(row=row, priority=None, by=seller)

    assert (own, priorities()) == ([1], [4])


def test_change_row_offers_its_priority_to_the_order_made_for_it(planner):
    bike = MadePartFactory(lot_sizing="LR")
    bom_of(bike, (PartFactory(), 1))
    row = row_with(10, part=bike, by=planner, row={"delivery_date": date(2027, 4, 1)})
    operations.create_production_orders(rows=[row], by=planner)
    decisions = Decisions({}, trial=True)

    operations.change_row(row=again(row), priority=1, decisions=decisions, by=planner)

    [question] = decisions.plan.questions
    assert (question.key, [option.label for option in question.options]) == (
        f"priority-{row.demand.links.get().supply_id}",
        ["Take it over: priority 5 → 1", "Leave priority 5 as it is"],
    )


def test_page_of_the_order_made_for_a_row_shows_its_priority(planner):
    bike = MadePartFactory(lot_sizing="LR")
    bom_of(bike, (PartFactory(), 1))
    row = row_with(10, part=bike, by=planner, row={"priority": 2, "delivery_date": date(2027, 4, 1)})
    [order] = operations.create_production_orders(rows=[row], by=planner)

    page = client_of(planner).get(reverse("production:order", args=[order.pk]))

    assertContains(page, "<dt>Priority</dt><dd>2</dd>")


def test_parts_of_a_fictitious_part_have_the_priority_of_its_row(seller):
    kit = PhantomPartFactory()
    bom_of(kit, (PartFactory(), 2))
    row = row_with(1, part=kit, by=seller, row={"priority": 2})
    before = priorities()

    operations.change_row(row=row, priority=8, by=seller)

    assert (before, priorities()) == ([2], [8])
    part = SalesOrderRow.objects.for_list().get(parent=row)
    with pytest.raises(Refused, match="has the priority of row 10: change it there"):
        operations.change_row(row=part, priority=1, by=seller)


def test_split_keeps_the_priority(seller):
    row = row_with(10, by=seller, row={"priority": 2})

    operations.split_row(
        row=row, parts=[operations.NewPart(quantity=Decimal(4)), operations.NewPart(quantity=Decimal(6))], by=seller
    )

    assert priorities() == [2, 2]


def test_rows_of_one_day_are_delivered_by_their_priority(seller):
    order = order_with(1, 2, by=seller)
    operations.change_row(row=order.rows.get(position=20), priority=1, by=seller)

    assert [row.position for row in deliverable_rows(order=order)] == [20, 10]


@pytest.mark.parametrize(("typed", "status", "saved"), [("2", 302, 2), ("", 302, None), ("10", 422, 5), ("0", 422, 5)])
def test_page_of_a_row_takes_a_priority_from_1_to_9(seller_client, seller, typed, status, saved):
    row = row_with(10, by=seller, row={"priority": 5})
    page = seller_client.get(reverse("sales:row", args=[row.pk])).context["form"]
    values = {name: page[name].value() for name in page.fields if page[name].value() is not None}

    answer = seller_client.post(reverse("sales:row", args=[row.pk]), values | {"priority": typed})

    assert (answer.status_code, again(row).priority) == (status, saved)
