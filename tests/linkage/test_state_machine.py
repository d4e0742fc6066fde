"""Random programs of ledger operations against a small model of quantities (ledger_model.py).

After each step everything is read with SQL of its own, written without the product's queries. The runs are the same
each time; PEGBOARD_STEPS=2000 (or more) makes other and longer ones before a release.
"""

import os
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from erp.exceptions import Refused
from linkage import operations
from linkage.models import Demand, OrderLink, StockMovement, Supply
from linkage.operation import operation
from linkage.operations.positions import cut_supply_links
from tests.factories import UserFactory, WarehouseFactory
from tests.linkage.factories import DemandFactory, DocumentFactory, SupplyFactory
from tests.linkage.guarding import run
from tests.linkage.ledger_model import Model, Pair, Row

DAY = date(2026, 3, 10)
SHELF = Model.SHELF
STEPS = int(os.environ.get("PEGBOARD_STEPS", "0"))
CI = settings(max_examples=20, stateful_step_count=20, derandomize=True)
LONG = settings(max_examples=max(STEPS // 50, 1), stateful_step_count=50, derandomize=False, print_blob=True)
PROFILE = settings(
    LONG if STEPS else CI,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
quantities = st.integers(1, 6)
picks = st.integers(0, 99)

LINKS = """
select l.supply_id, l.demand_id, sum(l.quantity - l.received - l.released), sum(l.received - l.issued),
  sum(l.quantity - l.issued - l.released)
from linkage_orderlink l group by 1, 2
"""
SUPPLIES = """
select s.id, s.quantity, s.done, s.cancelled, s.allocated, s.free,
  (select coalesce(sum(quantity), 0) from linkage_stockmovement where supply_id = s.id),
  (select coalesce(sum(quantity), 0) from linkage_stockmovement where to_stock_id = s.id)
    - (select coalesce(sum(quantity), 0) from linkage_stockmovement where from_stock_id = s.id)
from linkage_supply s
"""
DEMANDS = """
select d.id, d.quantity, d.done, d.cancelled, d.allocated, d.uncovered,
  (select coalesce(sum(quantity), 0) from linkage_stockmovement where demand_id = d.id)
from linkage_demand d
"""


@operation
def split(*, position, quantity, by):
    names = ["document", "kind", "part", "warehouse", "status", "need_date", "due_date"]
    facts = {name: getattr(position, name) for name in names if hasattr(position, name)}
    part = type(position)(**facts, position=20, quantity=quantity)
    divide = operations.split_demand if isinstance(position, Demand) else operations.split_supply
    return divide(position, [part], by=by)


@operation
def shrink_demand(*, demand, quantity, by):
    if quantity < demand.done:
        raise Refused("Less than what was delivered.")
    operations.cut_links(demand, to=quantity - demand.done)
    return operations.change_demand(demand, quantity=quantity)


@operation
def shrink_supply(*, supply, quantity, by):
    if quantity < supply.done:
        raise Refused("Less than what has arrived.")
    cut_supply_links(supply, to=quantity - supply.done)
    return operations.change_supply(supply, quantity=quantity)


@operation
def end(*, position, how, by):
    return getattr(operations, how)(position)


class Ledger(RuleBasedStateMachine):
    """One part in one warehouse, a few demands and supplies, and everything that can be done with them."""

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.model = Model()

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @initialize()
    def begin(self):
        self.by = UserFactory()
        first = SupplyFactory(quantity=10)
        company = first.warehouse.company
        self.document = DocumentFactory(company=company)
        self.part, self.here, self.there = first.part, first.warehouse, WarehouseFactory(company=company)
        facts = {"part": self.part, "warehouse": self.here}
        supplies = [first, SupplyFactory(quantity=8, **facts)]
        demands = [DemandFactory(quantity=quantity, **facts) for quantity in (10, 7)]
        self.shelf = operations.balance_of(self.part, self.here)
        self.away = operations.balance_of(self.part, self.there)
        self.model.supplies = {row.pk: Row(int(row.quantity)) for row in supplies}
        self.model.demands = {row.pk: Row(row.quantity) for row in demands}
        self.stock_and_promise([row.pk for row in supplies], [row.pk for row in demands])

    def stock_and_promise(self, supplies, demands):
        """Six on hand, and links of every sort, so that short programs have something to do."""
        [large, small], [one, two] = supplies, demands
        self.do_adjust(6)
        for supply, demand, quantity in ((large, one, 6), (large, two, 3), (small, one, 2), (SHELF, two, 3)):
            self.do_link(supply, demand, quantity)
        self.do_receive(large, 4)

    # Choosing and comparing

    def demand(self, pick):
        return sorted(self.model.demands)[pick % len(self.model.demands)]

    def order(self, pick):
        return sorted(self.model.supplies)[pick % len(self.model.supplies)]

    def source(self, pick):
        return ([SHELF, *sorted(self.model.supplies)])[pick % (len(self.model.supplies) + 1)]

    def open_pair(self, pick):
        """(supply, demand) of an open pair and its link."""
        pairs = sorted((key for key, pair in self.model.pairs.items() if pair.open), key=str)
        supply, demand = pairs[pick % len(pairs)]
        return supply, demand, OrderLink.objects.get(supply=self.pk(supply), demand=demand, open__gt=0)

    def has_pair(self):
        return any(pair.open for pair in self.model.pairs.values())

    def pk(self, supply):
        return self.shelf.pk if supply == SHELF else supply

    def attempt(self, allowed, act, **arguments):
        """The ledger must do what the model allows and refuse the rest."""
        if allowed:
            return act(**arguments, by=self.by)
        with pytest.raises(Refused):
            act(**arguments, by=self.by)
        return None

    def stored_pairs(self):
        return {
            (SHELF if supply == self.shelf.pk else supply, demand): Pair(int(to_come), int(on_shelf))
            for supply, demand, to_come, on_shelf, is_open in run(LINKS)
            if is_open
        }

    def adopt(self):
        """Take the ledger's choice of links; what the model knows for sure is compared by the caller."""
        self.model.pairs = self.stored_pairs()

    def adopt_demand(self, demand, to_come, on_shelf):
        others = {key: pair for key, pair in self.model.pairs.items() if key[1] != demand and pair.open}
        self.adopt()
        mine = self.model.of_demand(demand)
        assert (sum(pair.to_come for pair in mine), sum(pair.on_shelf for pair in mine)) == (to_come, on_shelf)
        assert {key: pair for key, pair in self.model.pairs.items() if key[1] != demand} == others

    # Links

    @rule(supply=picks, demand=picks, quantity=quantities)
    def link(self, supply, demand, quantity):
        self.do_link(self.source(supply), self.demand(demand), quantity)

    def do_link(self, supply, demand, quantity):
        self.attempt(
            self.model.link(supply, demand, quantity),
            operations.link,
            supply=Supply.objects.get(pk=self.pk(supply)),
            demand=Demand.objects.get(pk=demand),
            quantity=Decimal(quantity),
            accept_warnings=True,
        )

    @precondition(has_pair)
    @rule(pick=picks, quantity=quantities)
    def change(self, pick, quantity):
        supply, demand, link = self.open_pair(pick)
        allowed = self.model.change(supply, demand, quantity)
        self.attempt(allowed, operations.change_link, link=link, quantity=Decimal(quantity))

    @precondition(has_pair)
    @rule(pick=picks, quantity=quantities)
    def disconnect(self, pick, quantity):
        supply, demand, link = self.open_pair(pick)
        allowed = self.model.disconnect(supply, demand, quantity)
        self.attempt(allowed, operations.disconnect, link=link, quantity=Decimal(quantity))

    @precondition(has_pair)
    @rule(pick=picks, taker=picks, quantity=quantities)
    def hand_over(self, pick, taker, quantity):
        supply, giver, link = self.open_pair(pick)
        taker = self.demand(taker)
        self.attempt(
            self.model.hand_over(supply, giver, taker, quantity),
            operations.hand_over,
            link=link,
            demand=Demand.objects.get(pk=taker),
            quantity=Decimal(quantity),
        )

    # Goods

    @rule(supply=picks, quantity=quantities)
    def receive(self, supply, quantity):
        self.do_receive(self.order(supply), quantity)

    def do_receive(self, supply, quantity):
        row = Supply.objects.get(pk=supply)
        allowed = self.model.receive(supply, quantity)
        self.attempt(allowed, operations.receive, supply=row, quantity=Decimal(quantity), effective_on=DAY)

    @rule(demand=picks, quantity=quantities)
    def issue(self, demand, quantity):
        demand = self.demand(demand)
        row = Demand.objects.get(pk=demand)
        stays = self.model.issue(demand, quantity)
        self.attempt(stays is not None, operations.issue, demand=row, quantity=Decimal(quantity), effective_on=DAY)
        if stays is not None:
            self.adopt_demand(demand, *stays)

    @rule(quantity=st.sampled_from([-4, -1, 2, 5]))
    def adjust(self, quantity):
        self.do_adjust(quantity)

    def do_adjust(self, quantity):
        facts = {"part": self.part, "warehouse": self.here, "quantity": Decimal(quantity), "effective_on": DAY}
        self.attempt(self.model.adjust(quantity), operations.adjust_stock, **facts)

    @rule(quantity=st.sampled_from([-2, -1, 1, 2]))
    def move(self, quantity):
        here, there = (self.here, self.there) if quantity > 0 else (self.there, self.here)
        facts = {"part": self.part, "from_warehouse": here, "to_warehouse": there, "effective_on": DAY}
        self.attempt(self.model.move(quantity), operations.move_stock, quantity=Decimal(abs(quantity)), **facts)

    @precondition(lambda self: StockMovement.objects.filter(reverses=None, reversed_by=None).exists())
    @rule(pick=picks)
    def reverse(self, pick):
        movements = list(StockMovement.objects.filter(reverses=None, reversed_by=None).order_by("pk"))
        movement = movements[pick % len(movements)]
        quantity = int(movement.quantity)
        if movement.supply_id:
            self.reverse_receipt(movement, quantity)
        elif movement.demand_id:
            self.reverse_issue(movement, quantity)
        elif movement.from_stock_id and movement.to_stock_id:
            self.take_back(self.model.move(-quantity if movement.to_stock_id == self.away.pk else quantity), movement)
        else:
            self.take_back(self.model.adjust(-quantity if movement.to_stock_id else quantity), movement)

    def take_back(self, allowed, movement):
        return self.attempt(allowed, operations.reverse, movement=movement, effective_on=DAY)

    def reverse_receipt(self, movement, quantity):
        """Free goods first, then those on the shelf for links of the same order, which are to come again."""
        missing = max(quantity - self.model.free(SHELF), 0)
        pairs = self.model.of_supply(movement.supply_id)
        row = self.model.supplies[movement.supply_id]
        allowed = missing <= sum(pair.on_shelf for pair in pairs) and not (missing and row.ended)
        self.take_back(allowed, movement)
        if allowed:
            before = {key: pair for key, pair in self.model.pairs.items() if key[0] != movement.supply_id and pair.open}
            to_come, on_shelf = (sum(getattr(pair, name) for pair in pairs) for name in ("to_come", "on_shelf"))
            self.adopt()
            pairs = self.model.of_supply(movement.supply_id)
            assert sum(pair.to_come for pair in pairs) == to_come + missing
            assert sum(pair.on_shelf for pair in pairs) == on_shelf - missing
            assert {key: pair for key, pair in self.model.pairs.items() if key[0] != movement.supply_id} == before
            row.done -= quantity
            self.model.on_hand -= quantity

    def reverse_issue(self, movement, quantity):
        """The goods lie on the shelf again: for their link, or free."""
        row = self.model.demands[movement.demand_id]
        allowed = movement.link_id is None or not row.ended
        self.take_back(allowed, movement)
        if allowed:
            row.done -= quantity
            self.model.on_hand += quantity
            if movement.link_id:
                supply = movement.link.supply_id
                self.model.pair(SHELF if supply == self.shelf.pk else supply, movement.demand_id).on_shelf += quantity

    # Rows

    @precondition(lambda self: len(self.model.demands) < 6)
    @rule(demand=picks, quantity=quantities)
    def split_demand(self, demand, quantity):
        demand = self.demand(demand)
        row, position = self.model.demands[demand], Demand.objects.get(pk=demand)
        allowed = quantity < row.open
        made = self.attempt(allowed, split, position=position, quantity=Decimal(quantity))
        if made:
            before = self.by_end(0)
            row.quantity -= quantity
            self.model.demands[made[0].pk] = Row(quantity)
            self.adopt()
            assert self.by_end(0) == before

    @precondition(lambda self: len(self.model.supplies) < 6)
    @rule(supply=picks, quantity=quantities)
    def split_supply(self, supply, quantity):
        supply = self.order(supply)
        row, position = self.model.supplies[supply], Supply.objects.get(pk=supply)
        allowed = quantity < row.open or quantity == row.open < row.quantity - row.cancelled
        made = self.attempt(allowed, split, position=position, quantity=Decimal(quantity))
        if made:
            before = self.by_end(1)
            row.quantity -= quantity
            self.model.supplies[made[0].pk] = Row(quantity)
            self.adopt()
            assert self.by_end(1) == before

    def by_end(self, end):
        """{supply (0) or demand (1): (to come, on the shelf)} of open pairs; a split changes only the other end."""
        sums = {}
        for key, pair in self.model.pairs.items():
            if pair.open:
                to_come, on_shelf = sums.get(key[end], (0, 0))
                sums[key[end]] = to_come + pair.to_come, on_shelf + pair.on_shelf
        return sums

    @rule(demand=picks, quantity=quantities)
    def shrink_demand(self, demand, quantity):
        demand = self.demand(demand)
        if self.model.demands[demand].ended or quantity > self.model.demands[demand].quantity:
            return
        stays = self.model.shrink_demand(demand, quantity)
        position = Demand.objects.get(pk=demand)
        self.attempt(stays is not None, shrink_demand, demand=position, quantity=Decimal(quantity))
        if stays is not None:
            self.adopt_demand(demand, *stays)

    @rule(supply=picks, quantity=quantities)
    def shrink_supply(self, supply, quantity):
        supply = self.order(supply)
        row = self.model.supplies[supply]
        if row.ended or quantity > row.quantity:
            return
        position = Supply.objects.get(pk=supply)
        allowed = quantity >= row.done
        self.attempt(allowed, shrink_supply, supply=position, quantity=Decimal(quantity))
        if allowed:
            row.quantity = quantity
            expected = min(self.model.promised(supply), row.open)
            self.adopt()
            assert self.model.promised(supply) == expected

    @rule(demand=picks, how=st.sampled_from(["close_demand", "cancel_demand"]), really=st.integers(0, 3))
    def end_demand(self, demand, how, really):
        demand = self.demand(demand)
        if really == 0 and not self.model.demands[demand].ended:
            self.model.end_demand(demand)
            end(position=Demand.objects.get(pk=demand), how=how, by=self.by)

    @rule(supply=picks, how=st.sampled_from(["close_supply", "cancel_supply"]), really=st.integers(0, 3))
    def end_supply(self, supply, how, really):
        supply = self.order(supply)
        if really == 0 and not self.model.supplies[supply].ended:
            self.model.end_supply(supply)
            end(position=Supply.objects.get(pk=supply), how=how, by=self.by)

    # What must be true after each step

    @invariant()
    def the_ledger_is_the_model(self):
        assert self.stored_pairs() == {key: pair for key, pair in self.model.pairs.items() if pair.open}
        for pk, quantity, done, cancelled, allocated, free, arrived, on_hand in run(SUPPLIES):
            if pk in self.model.supplies:
                row = self.model.supplies[pk]
                assert (quantity, done, cancelled) == (row.quantity, row.done, row.cancelled)
                assert (done, allocated, free) == (arrived, self.model.promised(pk), self.model.free(pk))
            else:
                shelf = pk == self.shelf.pk
                expected = self.model.on_hand if shelf else self.model.far
                assert (quantity, on_hand, allocated) == (
                    expected,
                    expected,
                    self.model.promised(SHELF) if shelf else 0,
                )
        for pk, quantity, done, cancelled, allocated, uncovered, used in run(DEMANDS):
            row = self.model.demands[pk]
            assert (quantity, done, cancelled, used) == (row.quantity, row.done, row.cancelled, row.done)
            assert (allocated, uncovered) == (self.model.linked(pk), self.model.uncovered(pk))

    @invariant()
    def nothing_is_promised_twice(self):
        assert all(self.model.free(supply) >= 0 for supply in [SHELF, *self.model.supplies])
        assert all(self.model.uncovered(demand) >= 0 for demand in self.model.demands)
        assert not any(self.model.linked(pk) for pk, row in self.model.demands.items() if row.ended)


@pytest.mark.slow
@pytest.mark.django_db
def test_ledger_follows_the_model():
    run_state_machine_as_test(Ledger, settings=PROFILE)
