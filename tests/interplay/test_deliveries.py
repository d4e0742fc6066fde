"""Random programs of planning, delivering and taking back, on three rows that share one balance.

After each step the ledger is true, what is picked lies on the shelf for its row, and what left the house is what the
delivery notes say.
"""

from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from erp.exceptions import Refused
from linkage import drift
from linkage.models import OrderLink
from linkage.operations import disconnect, link
from linkage.operations.reserving import on_shelf_of
from sales import operations
from sales.models import DeliveryRow, PickRow, PickStatus, SalesOrderRow
from sales.operations import Delivered, Picked
from tests.factories import UserFactory
from tests.interplay.test_programs import PROFILE
from tests.linkage.factories import stock
from tests.sales.factories import order_with

ON_HAND = 20


class World:
    """Three rows of 10, 6 and 4 pieces in two orders, and 20 pieces on hand: enough for all, not for all at once."""

    def __init__(self):
        self.by = UserFactory()
        self.order = order_with(10, 6, by=self.by)
        part = self.order.rows.first().part
        self.other = order_with(4, part=part, warehouse=self.order.warehouse, by=self.by)
        self.balance = stock(part, self.order.warehouse, ON_HAND)

    def rows(self):
        return list(SalesOrderRow.objects.for_list().filter(order__in=[self.order, self.other]).order_by("pk"))

    def picks(self):
        return list(PickRow.objects.for_list().filter(open__gt=0).order_by("pk"))

    def delivered(self):
        return list(DeliveryRow.objects.for_list().standing().order_by("pk"))

    def links(self):
        return list(OrderLink.objects.open().order_by("pk"))


def one(rows, pick):
    return rows[pick % len(rows)] if rows else None


def pick(world, chosen, quantity):
    line = Picked(row=one(world.rows(), chosen), quantity=quantity)
    operations.create_pick_lists(lines=[line], by=world.by)


def change_pick(world, chosen, quantity):
    if picked := one(world.picks(), chosen):
        operations.change_pick(pick_row=picked, quantity=quantity - 1, by=world.by)


def cancel(world, chosen, quantity):
    if picked := one(world.picks(), chosen):
        operations.cancel_pick_list(pick_list=picked.pick_list, by=world.by)


def deliver_picked(world, chosen, quantity):
    if picked := one(world.picks(), chosen):
        line = Delivered(row=picked.row, quantity=quantity, pick_row=picked, final=chosen % 7 == 0)
        operations.deliver_rows(lines=[line], pick_list=picked.pick_list, by=world.by)


def deliver(world, chosen, quantity):
    line = Delivered(row=one(world.rows(), chosen), quantity=quantity, final=chosen % 7 == 0)
    operations.deliver_rows(lines=[line], by=world.by)


def take_back(world, chosen, quantity):
    if delivered := one(world.delivered(), chosen):
        operations.reverse_delivery(delivered=delivered, by=world.by)


def take_a_part_back(world, chosen, quantity):
    if delivered := one(world.delivered(), chosen):
        operations.reverse_delivery(delivered=delivered, quantity=quantity, by=world.by)


def promise(world, chosen, quantity):
    row = one(world.rows(), chosen)
    facts = {"quantity": quantity, "accept_warnings": True, "by": world.by}
    link(demand=row.demand, supply=world.balance, **facts)


def part(world, chosen, quantity):
    if own := one(world.links(), chosen):
        disconnect(link=own, quantity=min(quantity, own.open), by=world.by)


def change_row(world, chosen, quantity):
    operations.change_row(row=one(world.rows(), chosen), quantity=quantity, by=world.by)


DEEDS = [pick, pick, deliver_picked, deliver_picked, change_pick, cancel, deliver]
DEEDS += [take_back, take_a_part_back, promise, part, change_row]
steps = st.tuples(st.sampled_from(DEEDS), st.integers(0, 99), st.integers(1, 9).map(Decimal))


def check(world):
    assert list(drift.findings()) == []
    rows = world.rows()
    lying = on_shelf_of([row.demand for row in rows])
    for row in rows:
        picked = PickRow.objects.filter(row=row).aggregate(open=Sum("open"))["open"] or 0
        assert picked <= lying.get(row.demand_id, 0), f"{row}: {picked} picked"
        noted = row.delivery_rows.standing().aggregate(went=Sum("base_quantity"))["went"] or 0
        assert noted == row.demand.done, f"{row}: {noted} noted"
    world.balance.refresh_from_db()
    assert world.balance.quantity + sum(row.demand.done for row in rows) == ON_HAND
    for pick_list in {found.pick_list for found in PickRow.objects.select_related("pick_list")}:
        assert (pick_list.status == PickStatus.OPEN) == pick_list.rows.open().exists(), str(pick_list)


@pytest.mark.slow
@pytest.mark.django_db
@settings(PROFILE, phases=[Phase.explicit, Phase.generate])
@given(program=st.lists(steps, min_size=8, max_size=14))
def test_what_is_picked_lies_there_and_what_left_is_noted(program):
    with time_machine.travel("2026-03-02", tick=False), transaction.atomic():
        world = World()
        for deed, chosen, quantity in program:
            try:
                with transaction.atomic():
                    deed(world, chosen, quantity)
            except Refused:
                pass
            check(world)
        transaction.set_rollback(True)
