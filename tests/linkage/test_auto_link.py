"""The backorder rule: matching, the operations and the command."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from erp.register.operations import change_setting
from linkage import operations
from linkage.models import JobRun, OrderLink, Status
from tests.factories import PartFactory, WarehouseFactory
from tests.linkage.factories import DemandFactory, LinkFactory, SupplyFactory, demand_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def linking_on(admin_user):
    change_setting(name="backorder_linking", value=True, by=admin_user)


def run(**options):
    out = StringIO()
    call_command("auto_link", business_date=date(2026, 3, 2), stdout=out, **options)
    return out.getvalue()


def links():
    return list(OrderLink.objects.order_by("pk").values_list("supply", "demand", "quantity", "kind", "rule"))


def test_auto_link_says_that_it_is_off_and_does_nothing():
    supply = SupplyFactory()
    demand_for(supply)

    said = run()

    assert "is off" in said
    assert links() == []


def test_auto_link_serves_the_oldest_sales_row_first(linking_on):
    supply = SupplyFactory(quantity=15)
    young = demand_for(supply, document__ordered_on=date(2026, 2, 20), need_date=date(2026, 3, 3))
    old = demand_for(supply, document__ordered_on=date(2026, 1, 5), need_date=date(2026, 5, 3))

    run()

    assert links() == [
        (supply.pk, old.pk, Decimal(10), "claimed", "backorder"),
        (supply.pk, young.pk, Decimal(5), "claimed", "backorder"),
    ]


def test_auto_link_orders_rows_of_a_day_by_serial_then_position(linking_on):
    supply = SupplyFactory(quantity=10)
    by_serial = demand_for(supply, document__serial=7, position=10, quantity=4)
    by_position = demand_for(supply, document=by_serial.document, position=20, quantity=4)
    last = demand_for(supply, document__serial=9, quantity=4)

    run()

    assert [(row[1], row[2]) for row in links()] == [(by_serial.pk, 4), (by_position.pk, 4), (last.pk, 2)]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"need_date": None}, id="without a date"),
        pytest.param({"kind": "forecast"}, id="a forecast"),
        pytest.param({"firm": False}, id="not fixed"),
        pytest.param({"status": Status.PLANNED}, id="not registered"),
        pytest.param({"status": Status.CLOSED}, id="closed"),
    ],
)
def test_auto_link_passes_over_what_is_not_backordered(linking_on, facts):
    supply = SupplyFactory()
    demand_for(supply, **facts)

    run()

    assert links() == []


def test_auto_link_leaves_drafts_tombstones_and_links_alone(linking_on, planner):
    draft = SupplyFactory(status=Status.PLANNED)
    demand_for(draft)
    parted = LinkFactory(quantity=4)
    operations.disconnect(link=parted, by=planner)
    kept = LinkFactory(quantity=10)

    run()

    assert [row[:3] for row in links()] == [
        (parted.supply_id, parted.demand_id, 4),
        (kept.supply_id, kept.demand_id, 10),
    ]


def test_auto_link_keeps_to_the_horizon(linking_on, admin_user):
    change_setting(name="backorder_horizon", value=2, by=admin_user)
    supply = SupplyFactory(due_date=date(2026, 3, 18))
    near = demand_for(supply, need_date=date(2026, 3, 20))
    demand_for(supply, need_date=date(2026, 3, 23))

    run()

    assert [row[1] for row in links()] == [near.pk]


def test_auto_link_twice_changes_nothing_the_second_time(linking_on):
    supply = SupplyFactory(quantity=15)
    demand_for(supply)
    run()
    first = links()

    second = json.loads(run(json=True))

    assert (links(), second["links"], JobRun.objects.filter(succeeded=True).count()) == (first, 0, 2)


def test_auto_link_dry_run_links_nothing(linking_on):
    supply = SupplyFactory()
    demand_for(supply, quantity=6)

    facts = json.loads(run(dry_run=True, json=True))

    assert (facts["links"], facts["quantity"], links()) == (1, "6", [])


def test_auto_link_of_one_part_leaves_the_others(linking_on):
    warehouse = WarehouseFactory()
    one, other = (SupplyFactory(part=PartFactory(), warehouse=warehouse) for _ in range(2))
    demand_for(one)
    demand_for(other)

    run(part=one.part.number)

    assert [row[0] for row in links()] == [one.pk]


def test_auto_link_of_an_unknown_part_says_so(linking_on):
    with pytest.raises(CommandError, match="no part NOPE"):
        run(part="NOPE")


def test_auto_link_adds_to_a_link_of_the_rule(linking_on, planner):
    link = LinkFactory(quantity=4, supply__quantity=20, demand__quantity=9)

    operations.auto_link_supplies(supplies=[link.supply], by=planner)

    assert [(row[0], row[2]) for row in links()] == [(link.supply_id, 9)]


def test_auto_link_of_many_parts_adds_to_a_link_of_the_rule(linking_on):
    link = LinkFactory(quantity=4, supply__quantity=20, demand__quantity=9)
    other = demand_for(link.supply, quantity=3)

    run()

    assert [row[:3] for row in links()] == [(link.supply_id, link.demand_id, 9), (link.supply_id, other.pk, 3)]


def test_auto_link_names_the_command_in_the_history(linking_on):
    supply = SupplyFactory()
    demand_for(supply)

    run()

    context = OrderLink.objects.get().events.get().pgh_context.metadata
    assert (context["operation"], context["command"]) == ("linkage.auto_link_parts", "auto_link")


def test_auto_link_needs_free_goods_and_a_waiting_row(linking_on):
    DemandFactory()
    SupplyFactory()

    assert json.loads(run(json=True))["links"] == 0
