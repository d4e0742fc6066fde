"""Two buyers on the purchase target list at once, in real transactions; and what happens without the locks."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused
from purchasing import operations
from purchasing.models import PurchaseOrderRow
from tests.factories import PartFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, DemandFactory
from tests.purchasing.factories import SupplierTermFactory, linked_part
from tests.races import run_before_commit, without_locks

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KEY = "22222222-2222-4222-8222-222222222222"


def pool(*needs, part=None, multiple=0):
    part = part or PartFactory()
    SupplierTermFactory(part=part, multiple=multiple)
    warehouse = WarehouseFactory()
    days = [date(2026, 3, 20 + n) for n in range(len(needs))]
    return [
        DemandFactory(part=part, warehouse=warehouse, quantity=need, need_date=day)
        for need, day in zip(needs, days, strict=True)
    ]


def ordering(demand, *, by=None, **options):
    by = by or UserFactory()
    return lambda: operations.order_targets(demands=[demand], by=by, business_date=TODAY, **options)


def ordered():
    return sorted(PurchaseOrderRow.objects.values_list("quantity", flat=True))


@pytest.mark.parametrize("part", [PartFactory, linked_part], ids=["stock-driven", "order-oriented"])
def test_two_buyers_do_not_order_for_the_same_demand(part):
    [sale] = pool(10, part=part())

    had_to_wait, outcome = run_before_commit(ordering(sale), ordering(sale))

    assert (had_to_wait, ordered()) == (True, [10])
    assert isinstance(outcome, Refused)
    assert "is no longer short of" in str(outcome)


def test_without_the_locks_two_buyers_buy_twice(monkeypatch):
    [sale] = pool(10)

    with without_locks(monkeypatch):
        run_before_commit(ordering(sale), ordering(sale))

    assert ordered() == [10, 10]


def test_a_second_buyer_of_the_part_knows_the_first_ones_surplus():
    first, second = pool(3, 12, multiple=5)

    had_to_wait, _ = run_before_commit(ordering(first), ordering(second))

    assert (had_to_wait, ordered()) == (True, [5, 10])


def test_a_second_buyer_is_told_when_less_is_short_than_the_page_showed():
    first, second = pool(3, 12, multiple=5)

    _, outcome = run_before_commit(ordering(first), ordering(second, seen={second.pk: Decimal(12)}))

    assert str(outcome) == f"{second} is short of 10 pcs of {second.part} now, not of 12. Reload the list."
    assert ordered() == [5]


def test_one_buyer_who_presses_twice_orders_once():
    [sale] = pool(10)
    by = UserFactory()

    had_to_wait, again = run_before_commit(ordering(sale, by=by, key=KEY), ordering(sale, by=by, key=KEY))

    assert (had_to_wait, ordered()) == (True, [10])
    assert [row.pk for row in again] == [PurchaseOrderRow.objects.get().pk]
