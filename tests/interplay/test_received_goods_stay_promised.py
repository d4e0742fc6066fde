"""Ten pieces came for one customer's row and lie on the shelf. Nobody else gets them, whichever way is tried."""

from datetime import date
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from psycopg.errors import CheckViolation, InsufficientPrivilege

from erp.exceptions import Refused
from erp.register.operations import change_setting
from linkage import operations as ledger
from linkage.models import OrderLink, StockMovement, Supply
from linkage.operations.counting import count_stock
from linkage.operations.stock import balance_of
from production.operations import add_to_inventory, finish, issue_component
from purchasing import operations as purchasing
from sales.operations import Picked, create_pick_lists, deliver, reverse_delivery
from tests.factories import WarehouseFactory
from tests.linkage.factories import TODAY
from tests.linkage.test_roles_in_database import app_session, as_app  # noqa: F401 - fixtures
from tests.production.making import bought, made, order_of, released
from tests.purchasing.factories import purchase_row
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db
TEN, ONE = Decimal(10), Decimal(1)


@pytest.fixture
def world(buyer, planner, warehouse_keeper, admin_user):
    """Received for ``ours``; ``theirs`` needs the same part, in the same warehouse, sooner."""
    part, warehouse = bought("RM"), WarehouseFactory()
    row = purchase_row(quantity=10, part=part, warehouse=warehouse, sent=True)
    facts = {"part": part, "warehouse": warehouse, "by": planner}
    ours = row_with(10, row={"delivery_date": date(2026, 4, 20)}, **facts)
    theirs = row_with(10, row={"delivery_date": date(2026, 3, 3)}, **facts)
    link = ledger.link(demand=ours.demand, supply=row.supply, quantity=TEN, by=planner, accept_warnings=True)
    purchasing.receive(row=row, quantity=TEN, by=warehouse_keeper, effective_on=TODAY)
    shelf = balance_of(part, warehouse)
    return SimpleNamespace(**locals())


@pytest.fixture(autouse=True)
def still_promised(world, request):
    """After every attempt: all ten lie on the shelf for our row, and our row can be delivered."""
    yield
    if request.node.get_closest_marker("django_db").kwargs.get("transaction"):
        return
    world.link.refresh_from_db()
    world.shelf.refresh_from_db()
    assert (world.link.demand_id, world.link.on_shelf) == (world.ours.demand_id, 10)
    assert (world.shelf.quantity, world.shelf.free) == (10, 0)
    deliver(row=world.ours, quantity=TEN, by=world.warehouse_keeper)


def test_not_by_delivering_another_row(world):
    with pytest.raises(Refused, match="Only 0"):
        deliver(row=world.theirs, quantity=ONE, by=world.warehouse_keeper)


def test_not_by_picking_for_another_row(world):
    with pytest.raises(Refused, match="Only 0"):
        create_pick_lists(lines=[Picked(row=world.theirs, quantity=ONE)], by=world.warehouse_keeper)


def test_not_by_taking_a_part_of_another_delivery_back(world):
    adjusted = Decimal(3)
    ledger.adjust_stock(
        part=world.part, warehouse=world.warehouse, quantity=adjusted, by=world.warehouse_keeper, effective_on=TODAY
    )
    row = deliver(row=world.theirs, quantity=adjusted, by=world.warehouse_keeper)
    reverse_delivery(delivered=row.delivery_rows.get(), quantity=ONE, by=world.warehouse_keeper)
    with pytest.raises(Refused, match="Only 1"):
        deliver(row=world.theirs, quantity=Decimal(2), by=world.warehouse_keeper)
    deliver(row=world.theirs, quantity=ONE, by=world.warehouse_keeper)


def test_not_by_issuing_to_another_demand(world):
    with pytest.raises(Refused, match="Only 0"):
        ledger.issue(demand=world.theirs.demand, quantity=ONE, by=world.warehouse_keeper, effective_on=TODAY)


def test_not_by_issuing_a_component(world):
    line = released(made("BIKE", (world.part, 1)), 5, warehouse=world.warehouse, by=world.planner)

    with pytest.raises(Refused, match="Only 0"):
        issue_component(component=line.components.get(), quantity=ONE, by=world.planner, effective_on=TODAY)


def test_not_by_completing_an_order(world):
    line = released(made("BIKE", (world.part, 1)), 5, warehouse=world.warehouse, by=world.planner)

    with pytest.raises(Refused, match=r"missing 5 of RM \(5 needed, 0 there\)"):
        finish(line=line, quantity=Decimal(5), by=world.planner, effective_on=TODAY)


def test_not_by_adding_to_inventory_from_a_bom(world):
    bike = made("BIKE", (world.part, 1))
    facts = {"by": world.planner, "business_date": TODAY}

    with pytest.raises(Refused):
        add_to_inventory(bom=bike.boms.get(), quantity=ONE, warehouse=world.warehouse, **facts)


@pytest.mark.parametrize("kind", ["adjustment", "waste"])
def test_not_by_adjusting_or_wasting(world, kind):
    facts = {"part": world.part, "warehouse": world.warehouse, "by": world.warehouse_keeper, "effective_on": TODAY}

    with pytest.raises(Refused, match=rf"10 reserved for {world.ours.demand}"):
        ledger.adjust_stock(quantity=-ONE, kind=kind, **facts)


def test_not_by_counting(world):
    facts = {"part": world.part, "warehouse": world.warehouse, "by": world.warehouse_keeper, "effective_on": TODAY}

    with pytest.raises(Refused, match="reserved for"):
        count_stock(counted=Decimal(9), **facts)


def test_not_by_moving_to_another_warehouse(world):
    with pytest.raises(Refused, match="reserved for"):
        ledger.move_stock(
            part=world.part,
            from_warehouse=world.warehouse,
            to_warehouse=WarehouseFactory(),
            quantity=ONE,
            by=world.warehouse_keeper,
            effective_on=TODAY,
        )


@pytest.mark.parametrize("source", ["shelf", "row"])
def test_not_by_linking_them_again(world, source):
    supply = world.shelf if source == "shelf" else world.row.supply

    with pytest.raises(Refused):
        ledger.link(demand=world.theirs.demand, supply=supply, quantity=ONE, by=world.planner, accept_warnings=True)


def test_not_by_a_swap_that_gives_nothing_back(world):
    """A swap exchanges: who has nothing to give gets nothing, and what is given covers our row as well as before."""
    later = purchase_row(quantity=10, part=world.part, warehouse=world.warehouse, sent=True)
    facts = {"by": world.planner, "accept_warnings": True}
    theirs = ledger.link(demand=world.theirs.demand, supply=later.supply, quantity=Decimal(4), **facts)

    with pytest.raises(Refused):
        ledger.swap(link=theirs, other=world.link, quantity=Decimal(5), by=world.planner)


def test_not_by_the_backorder_rule(world):
    change_setting(name="backorder_linking", value=True, by=world.admin_user)

    call_command("auto_link", business_date=TODAY, stdout=StringIO())

    assert not OrderLink.objects.filter(demand=world.theirs.demand).exists()


def test_not_by_planning_another_order(world):
    """A tree that needs the part sees nothing free of it and takes nothing."""
    order = order_of(made("BIKE", (world.part, 1)), 5, warehouse=world.warehouse, by=world.planner)

    assert not OrderLink.objects.filter(demand__component__line__order=order).exists()


def test_not_by_the_commands_of_the_night(world):
    for command in ("find_swaps", "end_holds"):
        call_command(command, business_date=TODAY, stdout=StringIO())

    assert OrderLink.objects.get().demand_id == world.ours.demand_id


def test_not_by_the_administration(world, admin_client):
    admin_client.post(f"/admin/linkage/orderlink/{world.link.pk}/change/", {"demand": world.theirs.demand_id})
    deleted = admin_client.post(f"/admin/linkage/orderlink/{world.link.pk}/delete/", {"post": "yes"})
    facts = {"kind": "delivery", "quantity": "1", "from_stock": world.shelf.pk, "demand": world.theirs.demand_id}
    added = admin_client.post("/admin/linkage/stockmovement/add/", facts)
    changed = admin_client.post(f"/admin/linkage/supply/{world.shelf.pk}/change/", {"quantity": "0", "allocated": "0"})

    assert [answer.status_code for answer in (deleted, added, changed)] == [403, 403, 403]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_not_by_raw_sql_as_the_role_of_the_application(world, app_session):  # noqa: F811 - the fixture
    into = "insert into linkage_stockmovement (kind, part_id, quantity, from_stock_id, demand_id, effective_on, "
    into += "created_by_id, reason, reference) values ('delivery', %s, 1, %s, %s, '2026-03-02', %s, '', '')"
    ends = (world.part.pk, world.shelf.pk, world.theirs.demand_id, world.planner.pk)

    with pytest.raises(CheckViolation):
        app_session.execute(into, ends)
    with pytest.raises(InsufficientPrivilege):
        app_session.execute("delete from linkage_orderlink where id = %s", (world.link.pk,))
    with pytest.raises(InsufficientPrivilege):
        app_session.execute("alter table linkage_supply drop constraint supply_allocated_within")
    app_session.execute("update linkage_supply set quantity = 0, allocated = 0 where id = %s", (world.shelf.pk,))

    assert Supply.objects.values_list("quantity", "allocated").get(pk=world.shelf.pk) == (10, 10)
    assert StockMovement.objects.filter(demand=world.theirs.demand).count() == 0
