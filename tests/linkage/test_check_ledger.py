"""check_ledger is silent when all adds up, and names each row that does not."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from linkage import operations
from linkage.models import Demand, DemandKind, Hold, StockTarget, Supply
from tests.factories import PartnerFactory
from tests.linkage.factories import DemandFactory, LinkFactory, MadeSupplyFactory, component_of, demand_for, stock
from tests.linkage.guarding import ledger, run
from tests.production.making import bought, made, order_of

pytestmark = pytest.mark.django_db


def check_ledger():
    """(lines printed, the closing sentence or '')"""
    out = StringIO()
    try:
        call_command("check_ledger", stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def lines_about(what):
    return [line for line in check_ledger()[0] if what in line]


def held_stock():
    """A hold, a minimum stock and a balance with a link: a ledger in which every position has its owner."""
    hold = Hold.objects.create(
        demand=DemandFactory(kind=DemandKind.HOLD, document=None), partner=PartnerFactory(), until=date(2026, 4, 1)
    )
    facts = {"part": hold.demand.part, "warehouse": hold.demand.warehouse}
    target = DemandFactory(kind=DemandKind.SAFETY, document=None, **facts)
    StockTarget.objects.create(demand=target, minimum=10, **facts)
    balance = stock(hold.demand.part, hold.demand.warehouse, 20)
    return LinkFactory(supply=balance, stock=balance, demand=hold.demand, quantity=4, received=4)


def test_check_ledger_prints_nothing_when_all_adds_up(planner):
    link = held_stock()
    operations.issue(demand=link.demand, quantity=Decimal(3), by=planner, effective_on=date(2026, 3, 10))

    assert check_ledger() == ([], "")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_check_ledger_reads_one_snapshot_and_writes_nothing():
    held_stock()

    assert check_ledger() == ([], "")


def test_check_ledger_names_sums_that_drifted():
    link = held_stock()
    run("alter table linkage_supply disable trigger guard_keep_derived")
    Supply.objects.filter(pk=link.supply_id).update(quantity=21, allocated=5)

    assert check_ledger() == (
        [
            f"supply {link.supply_id}: allocated supply 5.000000, counted 4.000000",
            f"supply {link.supply_id}: on hand 21.000000, counted 20.000000",
        ],
        "2 rows are not as they must be.",
    )


def test_check_ledger_names_positions_that_nobody_owns():
    link = LinkFactory()

    lines, sentence = check_ledger()

    assert lines == [
        f"demand {link.demand_id}: no row owns it (sales)",
        f"supply {link.supply_id}: no row owns it (purchase)",
    ]
    assert sentence == "2 rows are not as they must be."


def test_check_ledger_names_open_links_of_ended_rows():
    world = ledger()
    for table, row in (("supply", world.supply), ("demand", world.demand)):
        run(f"alter table linkage_{table} drop constraint {table}_closed_unlinked")
        run(f"update linkage_{table} set status = 'closed' where id = %s", row.pk)

    assert lines_about("link ") == [
        f"link {world.link.pk}: is open, but demand {world.demand.pk} is closed",
        f"link {world.link.pk}: is open, but supply {world.supply.pk} is closed",
    ]


def test_check_ledger_names_need_dates_that_are_not_recomputed():
    made = MadeSupplyFactory(due_date=date(2026, 3, 20), lead_time=2)
    LinkFactory(supply=made, demand=demand_for(made, need_date=date(2026, 3, 18)))
    right = component_of(made, need_date=date(2026, 3, 16))
    wrong = component_of(made, need_date=date(2026, 3, 17))
    component_of(made, need_date=None, status="closed")

    assert lines_about("need date") == [f"demand {wrong.pk}: need date 2026-03-17, counted 2026-03-16"]
    assert Demand.objects.get(pk=right.pk).need_date == date(2026, 3, 16)


def test_check_ledger_names_components_that_feed_another_line():
    order = order_of(made("FRAME", (bought("TUBE"), 2)))
    component = order.lines.get().components.get()
    silent = check_ledger()
    other = MadeSupplyFactory()

    Demand.objects.filter(pk=component.demand_id).update(for_supply=other)

    assert silent == ([], "")
    assert lines_about("component") == [
        f"component {component.pk}: its demand feeds supply {other.pk}, its line is {order.lines.get().supply_id}"
    ]
