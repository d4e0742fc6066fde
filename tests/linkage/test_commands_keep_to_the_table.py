"""Commands keep to the status x change table: they add, they follow, and what is asked waits for a person."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from erp.register.operations import change_setting
from linkage import operations as ledger
from linkage.changes import Decisions
from linkage.models import OrderLink, Status, Supply, Tombstone, UndecidedChange
from linkage.statuses import ASK, BY_SUPPLY_STATUS, FOLLOW, Change
from production import operations as production
from production.models import ProductionOrder
from purchasing import operations as purchasing
from sales import operations as sales
from tests.factories import PartFactory
from tests.fixtures import user_with
from tests.production.making import bought, made, report
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db
TODAY, NEED, LATER = date(2026, 3, 2), date(2026, 3, 20), date(2026, 3, 27)
COMMANDS = {
    "create_linked_orders": {"date_from": TODAY, "date_to": TODAY},
    "auto_link": {"business_date": TODAY},
    "night": {"business_date": TODAY},
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def commands_on(admin_user):
    for name in ("backorder_linking", "create_linked_orders_at_night"):
        change_setting(name=name, value=True, by=admin_user)


@pytest.fixture
def both(db):
    """Somebody who plans and buys: every order may be theirs to change."""
    return user_with("planner", "buyer")


def run(command):
    call_command(command, **COMMANDS[command], stdout=StringIO(), stderr=StringIO())


def boat():
    return made("BOAT", (bought("PLANK"), 1))


def planned(row, by):
    return sales.create_production_orders(rows=[row], by=by)[0]


def released(row, by):
    order = planned(row, by)
    production.release(order=order, by=by)
    return order


def started(row, by):
    order = released(row, by)
    production.start(order=order, by=by)
    return order


ORDERED = {Status.PLANNED: planned, Status.FIRM: released, Status.STARTED: started}


def canvas():
    part = PartFactory(number="CANVAS", lot_sizing="LR")
    SupplierTermFactory(part=part, unit=part.unit)
    return part


def sent_purchase(by, **facts):
    """A row of a bought part and the sent purchase order that was made for it."""
    row = row_with(10, by=by, **facts or {"part": canvas()})
    [purchase] = sales.create_purchase_orders(rows=[row], by=by)
    purchasing.send(order=purchase.order, by=by)
    return row


def positions():
    """{supply: what a person would see changed}."""
    columns = ("quantity", "due_date", "status", "warehouse", "revision", "cancelled")
    return {values[0]: values[1:] for values in Supply.objects.values_list("pk", *columns)}


def links():
    columns = ("supply", "demand", "quantity", "received", "issued", "released", "kind", "warehouse")
    return {values[0]: values[1:] for values in OrderLink.objects.values_list("pk", *columns)}


def kept(before, after):
    """What is left of the rows there were before."""
    return {pk: after.get(pk) for pk in before}


@pytest.mark.parametrize("command", COMMANDS)
def test_command_changes_no_order_and_no_link_that_is_there(command, both, commands_on):
    part = boat()
    for make in ORDERED.values():
        row = row_with(10, part=part, by=both)
        make(row, both)
        sales.change_row(row=again(row), quantity=Decimal(14), by=both)  # four are short since
    short = sent_purchase(both)
    sales.change_row(row=again(short), quantity=Decimal(14), by=both)
    parted = sent_purchase(both, part=short.part, warehouse=short.warehouse)
    ledger.disconnect(link=OrderLink.objects.get(demand=parted.demand_id), by=both)  # ten are free since
    row_with(2, part=part, by=both)
    orders, promises = positions(), links()

    run(command)

    assert (kept(orders, positions()), kept(promises, links())) == (orders, promises)
    assert (len(positions()) - len(orders), len(links()) - len(promises)) == {
        "create_linked_orders": (1, 1),
        "auto_link": (0, 1),
        "night": (1, 2),
    }[command]


@pytest.mark.parametrize("command", COMMANDS)
def test_command_leaves_a_disconnected_pair_apart(command, both, commands_on):
    made_row = row_with(10, part=boat(), by=both)
    released(made_row, both)
    bought_row = sent_purchase(both)
    for link in OrderLink.objects.all():
        ledger.disconnect(link=link, by=both)
    orders, promises = positions(), links()
    parted = set(Tombstone.objects.values_list("supply", "demand"))

    run(command)

    assert (positions(), links(), OrderLink.objects.open().count()) == (orders, promises, 0)
    assert set(Tombstone.objects.values_list("supply", "demand")) == parted
    assert {demand for _, demand in parted} == {made_row.demand_id, bought_row.demand_id}


def test_night_serves_the_other_row_of_a_disconnected_purchase(both, commands_on):
    parted = sent_purchase(both)
    ledger.disconnect(link=OrderLink.objects.get(), by=both)
    other = row_with(4, part=parted.part, warehouse=parted.warehouse, by=both)

    run("night")

    assert list(OrderLink.objects.open().values_list("demand", "open", "rule")) == [(other.demand_id, 4, "backorder")]


CHANGES = {
    Change.MORE: {"quantity": Decimal(15)},
    Change.LESS: {"quantity": Decimal(4)},
    Change.DATE: {"delivery_date": LATER},
    Change.CANCEL: None,
}
FOLLOWED = {
    Change.MORE: (15, NEED, False),
    Change.LESS: (4, NEED, False),
    Change.DATE: (10, LATER, False),
    Change.CANCEL: (10, NEED, True),
}
LEFT = {Change.MORE: (5, None), Change.LESS: (4, None), Change.DATE: (None, LATER), Change.CANCEL: (0, None)}


def by_command(row, changes, by):
    decisions = Decisions(by_person=False)
    if changes is None:
        return sales.delete_row(row=again(row), decisions=decisions, by=by)
    return sales.change_row(row=again(row), decisions=decisions, by=by, **changes)


def figures(order):
    supply = order.lines.get().supply
    return supply.quantity, supply.due_date, supply.status == Status.CANCELLED


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("status", ORDERED)
def test_command_does_what_follows_and_leaves_what_is_asked_on_the_worklist(status, change, planner):
    row = row_with(10, part=boat(), by=planner)
    order = ORDERED[status](row, planner)
    rule = BY_SUPPLY_STATUS[status].of(change)

    by_command(row, CHANGES[change], planner)

    left = list(UndecidedChange.objects.waiting().values_list("change", "quantity", "date"))
    assert figures(ProductionOrder.objects.get(pk=order.pk)) == (
        FOLLOWED[change] if rule == FOLLOW else (10, NEED, False)
    )
    assert left == ([(change, *LEFT[change])] if rule == ASK else [])


def test_command_never_takes_back_what_is_reported(planner):
    row = row_with(10, part=boat(), by=planner)
    order = started(row, planner)
    line = order.lines.select_related("order__document", "supply").get()
    component = line.components.select_related("demand__part", "demand__warehouse").get().demand
    ledger.adjust_stock(
        part=component.part, warehouse=component.warehouse, quantity=Decimal(6), by=planner, effective_on=TODAY
    )
    report(line, 6, planner)

    by_command(row, {"quantity": Decimal(4)}, planner)

    supply = Supply.objects.get(pk=line.supply_id)
    assert (supply.quantity, supply.done, supply.status) == (10, 6, Status.STARTED)
    assert again(row).demand.allocated == 4
