"""check_ledger looks at picks and deliveries too, and names what does not add up."""

from decimal import Decimal

import pytest

from linkage.operation import settle
from sales import operations
from sales.drift import findings
from sales.models import DeliveryRow, PickList, PickRow
from sales.operations import Delivered, Picked
from tests.linkage.factories import DemandFactory, stock
from tests.linkage.guarding import run
from tests.linkage.test_check_ledger import check_ledger
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db


def unguard(table):
    """As after a restore from somewhere else: no trigger looks, until the test is rolled back."""
    settle()
    run(f"alter table {table} disable trigger user")


@pytest.fixture
def pick(seller, warehouse_keeper):
    """Six of a row on a pick list, four of them delivered and one of these taken back."""
    row = row_with(10, by=seller)
    stock(row.part, row.warehouse, 10)
    lines = [Picked(row=row, quantity=Decimal(6))]
    [pick_list] = operations.create_pick_lists(lines=lines, by=warehouse_keeper)
    gone = Delivered(row=again(row), quantity=Decimal(4), pick_row=pick_list.rows.get())
    operations.deliver_rows(lines=[gone], by=warehouse_keeper, pick_list=pick_list)
    delivered = DeliveryRow.objects.get()
    operations.reverse_delivery(delivered=delivered, quantity=Decimal(1), by=warehouse_keeper)
    return pick_list.rows.get()


def test_check_ledger_prints_nothing_of_picks_that_add_up(pick):
    assert check_ledger() == ([], "")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"quantity": 30}, "demand {pick.demand_id}: picked 26.000000, on the shelf for it "),
        ({"delivered": 5, "released": 0}, "pick {pick.pk}: delivered 5.000000, on delivery notes 3.000000"),
        ({"released": 3}, "pick list {pick.pick_list_id}: is open with 0 open rows"),
    ],
)
def test_check_ledger_names_picks_that_do_not_add_up(pick, wrong, sentence):
    unguard("sales_pickrow")
    PickRow.objects.filter(pk=pick.pk).update(**wrong)

    printed, closing = check_ledger()

    assert [line for line in printed if line.startswith(sentence.format(pick=pick))]
    assert "not as they must be" in closing


def test_check_ledger_names_a_delivery_that_moved_something_else(pick):
    standing = DeliveryRow.objects.standing().get()
    unguard("sales_deliveryrow")
    DeliveryRow.objects.filter(pk=standing.pk).update(base_quantity=9)

    assert str(next(iter(findings()))) == f"delivery row {standing.pk}: quantity 9.000000, moved 3.000000"


def test_check_ledger_names_a_list_that_ended_with_open_rows(pick):
    PickList.objects.filter(pk=pick.pick_list_id).update(status="cancelled")

    assert [str(found) for found in findings()] == [f"pick list {pick.pick_list_id}: is cancelled with 1 open rows"]


def test_check_ledger_names_a_pick_of_a_demand_that_ended(pick):
    ended = DemandFactory(part=pick.demand.part, warehouse=pick.demand.warehouse, status="closed")
    unguard("sales_pickrow")
    PickRow.objects.filter(pk=pick.pk).update(demand=ended)

    named = f"pick {pick.pk}: {pick.open} are open, but demand {ended.pk} is closed"
    assert named in [str(found) for found in findings()]
