"""Work centres, routings, and the operations that orders take over from them."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.exceptions import Refused, Stale
from linkage.models import Demand, OrderLink, Supply
from production import operations
from production.models import Operation, Routing, RoutingOperation, WorkCentre
from production.operations import create_orders_for
from purchasing.models import PurchaseOrderRow, SupplierTerm
from purchasing.operations import receive, send
from tests.factories import (
    MadePartFactory,
    PartFactory,
    PartRevisionFactory,
    ServicePartFactory,
    SupplierFactory,
    WarehouseFactory,
)
from tests.linkage.factories import TODAY
from tests.production.factories import WorkCentreFactory, routing_of
from tests.production.making import bought, made, order_of, row_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(name, *args):
    return reverse(f"production:{name}", args=args)


def bike():
    return made("BIKE", (bought("WHEEL"), 2))


def painting(by=None):
    """A service that one supplier sells."""
    service = ServicePartFactory(number="PAINTING", standard_price=7)
    supplier = SupplierFactory()
    SupplierTerm.objects.create(part=service, supplier=supplier, unit=service.unit, price=8, lead_time=1)
    return service


def steps_of(line):
    return list(
        Operation.objects.filter(line=line)
        .order_by("position")
        .values_list("position", "name", "work_centre__code", "demand__part__number")
    )


def test_save_work_centre_opens_and_changes(planner):
    centre = operations.save_work_centre(
        code="WELD", name="Welding", hourly_rate=Decimal(60), is_active=True, by=planner
    )

    operations.save_work_centre(
        centre=centre, code="WELD", name="Welding", hourly_rate=Decimal(65), is_active=False, by=planner
    )

    assert list(WorkCentre.objects.values_list("code", "hourly_rate", "is_active")) == [("WELD", 65, False)]


def test_save_work_centre_refuses_a_code_twice_and_a_negative_rate(planner):
    WorkCentreFactory(code="WELD")
    facts = {"name": "x", "is_active": True, "by": planner}

    with pytest.raises(Refused, match="There is a work centre weld already"):
        operations.save_work_centre(code="weld", hourly_rate=Decimal(1), **facts)
    with pytest.raises(Refused, match="at least 0"):
        operations.save_work_centre(code="B", hourly_rate=Decimal(-1), **facts)


def test_create_routing_refuses_what_is_not_made_and_a_second_one(planner):
    part = MadePartFactory(number="BIKE")
    operations.create_routing(part=part, by=planner)

    with pytest.raises(Refused, match="BIKE has an active routing already"):
        operations.create_routing(part=part, by=planner)
    with pytest.raises(Refused, match="only what is made has a routing"):
        operations.create_routing(part=PartFactory(), by=planner)
    with pytest.raises(Refused, match="is no revision of BIKE"):
        operations.create_routing(part=part, revision=PartRevisionFactory(code="B"), by=planner)


def test_add_operation_counts_in_tens_and_takes_a_number(planner):
    routing, centre = routing_of(MadePartFactory()), WorkCentreFactory()
    facts = {"routing": routing, "work_centre": centre, "by": planner}

    operations.add_operation(name="Saw", **facts)
    operations.add_operation(name="Weld", **facts)
    operations.add_operation(name="Grind", position=15, **facts)

    assert list(routing.operations.order_by("position").values_list("position", "name")) == [
        (10, "Saw"),
        (15, "Grind"),
        (20, "Weld"),
    ]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "Choose a work centre, or the service part"),
        ({"work_centre": "x", "service_part": "service"}, "Choose a work centre, or the service part"),
        ({"service_part": "bought"}, "is purchased, not a service"),
        ({"work_centre": "x", "run_minutes": Decimal(-1)}, "at least 0"),
        ({"service_part": "service", "run_minutes": Decimal(1)}, "no minutes of ours"),
        ({"work_centre": "x", "position": 10}, "Operation 10 is there already"),
    ],
)
def test_add_operation_refuses(planner, facts, sentence):
    routing = routing_of(MadePartFactory(), (WorkCentreFactory(),))
    real = {"x": WorkCentreFactory, "service": ServicePartFactory, "bought": PartFactory}
    facts = {name: real[value]() if value in real else value for name, value in facts.items()}

    with pytest.raises(Refused, match=sentence):
        operations.add_operation(routing=routing, name="Saw", by=planner, **facts)


def test_change_and_remove_operation(planner):
    routing = routing_of(MadePartFactory(), (WorkCentreFactory(),), (WorkCentreFactory(),))
    first, second = routing.operations.order_by("position")

    operations.change_operation(step=first, position=30, name="Last", service_part=ServicePartFactory(), by=planner)
    operations.remove_operation(step=second, by=planner)

    [left] = routing.operations.all()
    assert (left.position, left.name, left.work_centre, left.service_part.part_type) == (30, "Last", None, "service")


def test_a_routing_changed_meanwhile_is_refused(planner):
    routing = routing_of(MadePartFactory(), (WorkCentreFactory(),))
    step, centre = routing.operations.get(), WorkCentreFactory()
    operations.add_operation(routing=routing, name="Saw", work_centre=centre, by=planner)

    with pytest.raises(Stale, match="was changed meanwhile"):
        operations.change_operation(step=step, name="Weld", work_centre=centre, version=routing.version, by=planner)


def test_the_database_refuses_an_operation_that_is_neither_inside_nor_outside():
    routing = routing_of(MadePartFactory())

    with pytest.raises(IntegrityError, match="routing_operation_inside_or_out"), transaction.atomic():
        RoutingOperation.objects.create(routing=routing, position=10, name="Saw")


def test_set_routing_active_allows_one_per_revision(planner):
    part = MadePartFactory()
    old = operations.set_routing_active(routing=routing_of(part), is_active=False, by=planner)
    routing_of(part)

    with pytest.raises(Refused, match="has an active routing already"):
        operations.set_routing_active(routing=old, is_active=True, by=planner)


def test_a_new_order_copies_the_operations_and_what_an_hour_costs(planner):
    part, saw = bike(), WorkCentreFactory(code="SAW", hourly_rate=60)
    routing_of(part, (saw, 15, Decimal("2.5")), (WorkCentreFactory(code="WELD"), 0, 4))

    line = order_of(part, 10, by=planner).lines.get()
    WorkCentre.objects.update(hourly_rate=99)
    Routing.objects.get().operations.all().delete()

    first = Operation.objects.get(line=line, position=10)
    assert steps_of(line) == [(10, "Step 1", "SAW", None), (20, "Step 2", "WELD", None)]
    assert (first.hourly_rate, first.planned_minutes(line.supply.quantity)) == (60, 40)


def test_a_revision_takes_its_own_routing_where_it_has_one(planner):
    part = bike()
    revision = PartRevisionFactory(part=part, code="B")
    part.boms.update(revision=revision)
    routing_of(part, (WorkCentreFactory(code="ALL"),))
    common = order_of(part, 1, by=planner).lines.get()
    routing_of(part, (WorkCentreFactory(code="OWN"),), revision=revision)

    own = order_of(part, 1, by=planner).lines.get()

    assert [steps_of(line)[0][2] for line in (common, own)] == ["ALL", "OWN"]


def test_a_subcontracted_operation_is_a_demand_for_its_service(planner):
    part = bike()
    routing_of(part, (WorkCentreFactory(),), (painting(),))

    line = order_of(part, 10, by=planner).lines.get()

    demand = Demand.objects.get(kind="subcontract")
    assert (demand.label, demand.quantity, demand.uncovered, demand.for_supply) == (
        "M-1001/1/op20",
        10,
        10,
        line.supply,
    )
    assert demand.need_date == Demand.objects.get(kind="component").need_date
    assert call_command("check_ledger") is None


def test_buying_a_subcontracted_operation_and_receiving_it_reports_it(planner, buyer):
    part = bike()
    routing_of(part, (painting(),))
    order = order_of(part, 10, by=planner)

    operations.create_purchase_orders(order=order, quantities=_all_short(order), by=planner, business_date=TODAY)
    row = PurchaseOrderRow.objects.for_list().get(supply__part__number="PAINTING")
    send(order=row.order, by=buyer)
    receive(row=row, quantity=Decimal(4), by=buyer, effective_on=TODAY)

    demand = Demand.objects.get(kind="subcontract")
    assert list(OrderLink.objects.filter(demand=demand).values_list("kind", "quantity", "issued")) == [("bound", 10, 4)]
    assert (demand.done, demand.open) == (4, 6)
    with pytest.raises(Refused, match="M-1001 is started and cannot be cancelled"):
        operations.cancel(order=order, by=planner)


def _all_short(order):
    found = operations.short_bought_components(order, today=TODAY)
    return {demand.pk: quantity for demand, quantity in found if demand.kind == "subcontract"}


def test_create_orders_for_buys_the_subcontracted_operation_along(planner):
    part = bike()
    routing_of(part, (painting(),))
    wheel = part.boms.get().rows.get().component
    SupplierTerm.objects.create(part=wheel, supplier=SupplierFactory(), unit=wheel.unit, price=1)

    create_orders_for(demands=[row_of(part, 3)], by=planner, business_date=TODAY, buy=True)

    assert sorted(Supply.objects.filter(kind="purchase").values_list("part__number", "quantity")) == [
        ("PAINTING", 3),
        ("WHEEL", 6),
    ]


def test_another_order_quantity_needs_another_quantity_of_the_service(planner):
    part = bike()
    routing_of(part, (painting(),))
    line = order_of(part, 10, by=planner).lines.get()

    operations.change_line(line=line, quantity=Decimal(7), by=planner)

    assert Demand.objects.get(kind="subcontract").quantity == 7


def test_cancel_cancels_the_demand_of_the_operation(planner):
    part = bike()
    routing_of(part, (painting(),))
    order = order_of(part, 10, by=planner)

    operations.cancel(order=order, by=planner)

    assert Demand.objects.get(kind="subcontract").status == "cancelled"


def test_re_explode_takes_over_the_routing_as_it_is_now(planner):
    part, service = bike(), painting()
    routing = routing_of(part, (WorkCentreFactory(code="SAW"),), (service,))
    line = order_of(part, 10, by=planner).lines.get()
    saw, paint = routing.operations.order_by("position")
    operations.change_operation(step=saw, name="Saw twice", work_centre=saw.work_centre, by=planner)
    operations.remove_operation(step=paint, by=planner)
    operations.add_operation(
        routing=routing, position=20, name="Pack", work_centre=WorkCentreFactory(code="PACK"), by=planner
    )

    operations.re_explode(line=line, by=planner)

    [first, second, removed] = steps_of(line)
    assert (first, second) == ((10, "Saw twice", "SAW", None), (20, "Pack", "PACK", None))
    assert removed[3] == "PAINTING"
    assert Demand.objects.get(kind="subcontract").status == "cancelled"


def test_re_explode_refuses_to_drop_an_operation_on_hold(planner):
    part = bike()
    routing = routing_of(part, (WorkCentreFactory(), 0, 5), (WorkCentreFactory(), 0, 5))
    line = order_of(part, 10, by=planner).lines.get()
    step = Operation.objects.select_related("line__order__document").get(position=20)
    operations.hold_operation(step=step, reason="Spindle broken", by=planner)
    operations.remove_operation(step=routing.operations.get(position=20), by=planner)

    with pytest.raises(Refused, match=f"^{step} is on hold: Spindle broken$"):
        operations.re_explode(line=line, by=planner)

    assert [position for position, *_ in steps_of(line)] == [10, 20]


def test_re_explode_keeps_the_links_of_an_operation_that_stays(planner):
    part = bike()
    routing_of(part, (painting(),))
    order = order_of(part, 10, by=planner)
    operations.create_purchase_orders(order=order, quantities=_all_short(order), by=planner, business_date=TODAY)

    operations.re_explode(line=order.lines.get(), by=planner)

    assert list(OrderLink.objects.open().values_list("demand__kind", "open")) == [("subcontract", 10)]


def test_order_page_shows_the_operations_and_who_does_the_subcontracted_one(planner_client, planner):
    part = bike()
    routing_of(part, (WorkCentreFactory(code="SAW", name="Sawing"), 15, 2), (painting(),))
    order = order_of(part, 10, by=planner)
    operations.create_purchase_orders(order=order, quantities=_all_short(order), by=planner, business_date=TODAY)

    response = planner_client.get(page("order", order.pk))

    for text in ("SAW Sawing", "35.00", "PAINTING", "P-1001/10"):
        assertContains(response, text)


def test_order_page_query_count_does_not_grow_with_operations(planner_client, planner):
    few, many = made("FEW", (bought("A"), 1)), made("MANY", (bought("B"), 1))
    routing_of(few, (WorkCentreFactory(),), (painting(),))
    routing_of(many, *[(WorkCentreFactory(),)] * 3, *[(ServicePartFactory(),)] * 3)
    counts, warehouse = [], WarehouseFactory()
    for part in (few, many):
        order = order_of(part, warehouse=warehouse, by=planner)
        planner_client.get(page("order", order.pk))
        with CaptureQueriesContext(connection) as captured:
            planner_client.get(page("order", order.pk))
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_planner_keeps_a_routing_in_the_grid(planner_client):
    MadePartFactory(number="BIKE")
    WorkCentreFactory(code="SAW")

    planner_client.post(page("routing_create"), {"part": "BIKE"})
    routing = Routing.objects.get()
    new = {"name": "Saw", "work_centre": "SAW", "setup_minutes": "15", "run_minutes": "2.5", "version": routing.version}
    added = planner_client.post(page("add_operation", routing.pk), new)
    step = routing.operations.get()
    routing.refresh_from_db()
    changed = planner_client.post(
        page("edit_operation", step.pk), new | {"name": "Saw tubes", "version": routing.version}, headers=HTMX
    )

    assertRedirects(added, page("routing", routing.pk))
    assertContains(changed, "Saw tubes")
    assert (step.position, step.setup_minutes, step.run_minutes) == (10, 15, Decimal("2.5"))
    assertRedirects(planner_client.post(page("remove_operation", step.pk)), page("routing", routing.pk))
    assert not routing.operations.exists()


def test_routing_grid_says_what_is_wrong(planner_client):
    routing = routing_of(MadePartFactory())

    response = planner_client.post(page("add_operation", routing.pk), {"name": "Saw", "version": routing.version})

    assertContains(response, "Choose a work centre, or a service part", status_code=422)
    assertContains(response, 'value="Saw"', status_code=422)


def test_work_centre_list_hides_what_an_hour_costs_from_viewers(viewer_client, seller_client):
    WorkCentreFactory(code="SAW", hourly_rate=4711)

    assertNotContains(viewer_client.get(page("work_centre_list")), "4711")
    assertContains(seller_client.get(page("work_centre_list")), "4,711")


def test_work_centre_is_kept_in_a_form(planner_client):
    facts = {"code": "SAW", "name": "Sawing", "hourly_rate": "60", "is_active": "on"}

    planner_client.post(page("work_centre_create"), facts)
    centre = WorkCentre.objects.get()
    response = planner_client.post(page("work_centre", centre.pk), facts | {"hourly_rate": "61.50"}, follow=True)

    assertContains(response, "Work centre SAW is saved.")
    assert WorkCentre.objects.get().hourly_rate == Decimal("61.5")


def test_lookup_finds_work_centres(planner_client):
    WorkCentreFactory(code="SAW", name="Sawing")

    response = planner_client.get(reverse("web:lookup", args=["work-centres"]), {"q": "saw"})

    assertContains(response, "Sawing")


def test_split_order_gives_each_part_the_operations_and_its_share_of_the_service(planner):
    part = bike()
    routing_of(part, (WorkCentreFactory(code="SAW"), 10, 2), (painting(),))
    order = order_of(part, 10, by=planner)
    operations.create_purchase_orders(order=order, quantities=_all_short(order), by=planner, business_date=TODAY)
    parts = [operations.NewPart(quantity=Decimal(6)), operations.NewPart(quantity=Decimal(4))]

    _first, second = operations.split_order(line=order.lines.get(), parts=parts, reason="batch size", by=planner)

    assert steps_of(second.lines.get()) == [(10, "Step 1", "SAW", None), (20, "Step 2", None, "PAINTING")]
    services = Demand.objects.filter(kind="subcontract").order_by("pk")
    assert [(demand.label, demand.quantity, demand.uncovered) for demand in services] == [
        ("M-1001/1/op20", 6, 0),
        ("M-1001-1/1/op20", 4, 0),
    ]
    assert call_command("check_ledger") is None


def test_split_order_without_routing_copies_no_operation(planner):
    order = order_of(bike(), 10, by=planner)
    parts = [operations.NewPart(quantity=Decimal(5)), operations.NewPart(quantity=Decimal(5))]

    operations.split_order(line=order.lines.get(), parts=parts, reason="batch size", by=planner)

    assert not Operation.objects.exists()
