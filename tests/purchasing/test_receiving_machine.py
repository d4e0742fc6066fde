"""Random programs of receipts, rejects, reversals, short closes and cancellations against a model of whole numbers.

After every step every sum on every level is the model's, and ``check_ledger`` finds nothing. PEGBOARD_STEPS=2000 (or
more) makes other and longer programs.
"""

import os
from datetime import date, timedelta
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
from linkage.drift import findings
from linkage.models import OrderLink, StockMovement, Supply
from linkage.operations import disconnect, issue, link
from purchasing import operations
from purchasing.models import PurchaseOrder, PurchaseOrderRow, Reject
from tests.factories import PartFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, DemandFactory
from tests.purchasing.factories import SupplierTermFactory, purchase_order, purchase_row
from tests.purchasing.receiving_model import Model, Row

STEPS = int(os.environ.get("PEGBOARD_STEPS", "0"))
CI = settings(max_examples=12, stateful_step_count=12, derandomize=True)
LONG = settings(max_examples=max(STEPS // 50, 1), stateful_step_count=50, derandomize=False, print_blob=True)
PROFILE = settings(
    LONG if STEPS else CI,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
few, picks, either = st.integers(0, 6), st.integers(0, 99), st.booleans()
ENDED = {"received", "closed"}


class Receiving(RuleBasedStateMachine):
    """An order of two rows of one part, one of them with a tolerance, and three demands: one bound, two claimed."""

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @initialize()
    def begin(self):
        self.by = UserFactory()
        warehouse, part = WarehouseFactory(), PartFactory()
        order = purchase_order(company=warehouse.company)
        strict = purchase_row(order=order, quantity=10, part=part, warehouse=warehouse)
        SupplierTermFactory(part=part, supplier=order.supplier, over_tolerance=50)
        loose = purchase_row(order=order, quantity=8, part=part, warehouse=warehouse)
        operations.send(order=order, by=self.by)
        self.order, self.part, self.warehouse = order, part, warehouse
        days = [date(2026, 4, 1) + timedelta(days=7 * place) for place in range(3)]
        facts = {"part": part, "warehouse": warehouse, "quantity": 9}
        self.demands = [DemandFactory(need_date=day, **facts) for day in days]
        rows = {strict.pk: Row(10), loose.pk: Row(8, tolerance=50)}
        self.model = Model(rows=rows, demands=dict.fromkeys(range(3), 9))
        for place in range(3):
            self.do_link(strict.pk, place, 3)
            self.do_link(loose.pk, place, 2)

    def row(self, pick):
        return sorted(self.model.rows)[pick % 2]

    def attempt(self, allowed, act, **arguments):
        """The ledger does what the model allows and refuses the rest."""
        if allowed:
            return act(**arguments, by=self.by)
        with pytest.raises(Refused):
            act(**arguments, by=self.by)
        return None

    def stored(self, pk, demand):
        supply = again_by(pk).supply_id
        return OrderLink.objects.filter(supply=supply, demand=self.demands[demand], open__gt=0).first()

    @rule(row=picks, demand=picks, quantity=st.integers(1, 6))
    def link(self, row, demand, quantity):
        self.do_link(self.row(row), demand % 3, quantity)

    def do_link(self, pk, demand, quantity):
        allowed = self.model.link(pk, demand, quantity)
        facts = {"kind": "bound" if demand == 0 else "claimed", "accept_warnings": True}
        supply, taker = again_by(pk).supply, self.demands[demand]
        taker.refresh_from_db()
        self.attempt(allowed, link, supply=supply, demand=taker, quantity=Decimal(quantity), **facts)

    @rule(row=picks, demand=picks, quantity=st.integers(1, 6))
    def disconnect(self, row, demand, quantity):
        pk, demand = self.row(row), demand % 3
        if found := self.stored(pk, demand):
            allowed = self.model.disconnect(pk, demand, quantity)
            self.attempt(allowed, disconnect, link=found, quantity=Decimal(quantity))

    @rule(row=picks, quantity=few, rejected=few, owed=either, final=st.sampled_from([False, False, True]))
    def receive(self, row, quantity, rejected, owed, final):
        pk = self.row(row)
        bad = operations.Rejected(Decimal(rejected), code="damaged", owed=owed) if rejected else None
        allowed = self.model.receive(pk, quantity, rejected=rejected, owed=owed, final=final)
        facts = {"rejected": bad, "final": final, "effective_on": TODAY}
        self.attempt(allowed, operations.receive, row=again_by(pk), quantity=Decimal(quantity), **facts)

    @precondition(lambda self: receipts().exists())
    @rule(pick=picks, quantity=st.integers(1, 6))
    def reverse(self, pick, quantity):
        found = list(receipts())
        movement = found[pick % len(found)]
        quantity = min(quantity, int(movement.quantity))
        pk = movement.supply.purchase_row.pk
        allowed = self.model.reverse(pk, quantity)
        facts = {"movement": movement, "quantity": Decimal(quantity), "effective_on": TODAY}
        self.attempt(allowed, operations.reverse_receipt, row=again_by(pk), **facts)

    @precondition(lambda self: Reject.objects.standing().exists())
    @rule(pick=picks)
    def take_back_reject(self, pick):
        found = list(Reject.objects.standing().order_by("pk"))
        reject = found[pick % len(found)]
        allowed = self.model.take_back(reject.row_id, int(reject.given_up))
        self.attempt(allowed, operations.take_back_reject, row=again_by(reject.row_id), reject=reject)

    @rule(row=picks)
    def short_close(self, row):
        pk = self.row(row)
        self.attempt(self.model.short_close(pk), operations.short_close, row=again_by(pk))

    @rule(often=st.integers(0, 3))
    def cancel(self, often):
        if often == 0:
            order = PurchaseOrder.objects.get(pk=self.order.pk)
            self.attempt(self.model.cancel(), operations.cancel, order=order, release=True)

    @rule(demand=picks, quantity=st.integers(1, 6))
    def deliver(self, demand, quantity):
        demand = demand % 3
        there = sum(promise.on_shelf for promise in self.model.of(demand))
        if quantity := min(quantity, there):
            self.model.deliver(demand, quantity)
            taker = self.demands[demand]
            taker.refresh_from_db()
            issue(demand=taker, quantity=Decimal(quantity), by=self.by, effective_on=TODAY)

    @invariant()
    def ledger_is_the_model(self):
        if not hasattr(self, "model"):
            return
        assert {pk: self.figures(pk) for pk in self.model.rows} == {
            pk: (row.quantity, row.done, row.cancelled, row.promised, row.ended) for pk, row in self.model.rows.items()
        }
        assert self.promises() == {
            (pk, demand): (promise.to_come, promise.on_shelf)
            for pk, row in self.model.rows.items()
            for demand, promise in row.promises.items()
            if promise.open
        }
        shelf = Supply.objects.stock().filter(part=self.part, warehouse=self.warehouse).first()
        assert (
            (shelf.quantity, shelf.free) == (self.model.on_hand, self.model.free) if shelf else not self.model.on_hand
        )
        status = PurchaseOrder.objects.get(pk=self.order.pk).status
        assert ("ended" if status in ENDED else status) == self.model.status
        assert [finding for finding in findings() if "no row owns it" not in finding.what] == []

    def figures(self, pk):
        supply = again_by(pk).supply
        return (
            int(supply.quantity), int(supply.done), int(supply.cancelled), int(supply.allocated),
            supply.status in {"closed", "cancelled"},
        )  # fmt: skip

    def promises(self):
        numbers = {demand.pk: place for place, demand in enumerate(self.demands)}
        return {
            (made.supply.purchase_row.pk, numbers[made.demand_id]): (int(made.to_come), int(made.on_shelf))
            for made in OrderLink.objects.filter(open__gt=0).select_related("supply__purchase_row")
        }


def again_by(pk):
    return PurchaseOrderRow.objects.for_list().get(pk=pk)


def receipts():
    found = StockMovement.objects.filter(supply__isnull=False, quantity__gt=0, reversed_by=None)
    return found.select_related("supply__purchase_row", "to_stock", "part__unit", "link__supply").order_by("pk")


@pytest.mark.django_db
def test_random_receipts_are_what_the_model_says():
    run_state_machine_as_test(Receiving, settings=PROFILE)
