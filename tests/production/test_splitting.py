"""Splitting a production order: numbers, dates, links, components, what is reported, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused, Stale
from linkage.drift import findings
from linkage.models import Demand, OrderLink, Provenance, Supply
from linkage.operations import add_provenance, like, link
from linkage.preview import preview
from linkage.queries.timeline import timeline
from production import operations
from production.models import Component, OrderStatus, ProductionOrder
from production.operations import NewPart
from production.timeline import histories
from tests.factories import CompanyFactory, WarehouseFactory
from tests.linkage.factories import TODAY, SupplyFactory, stock
from tests.production.factories import routing_of
from tests.production.making import bought, made, order_of, promise, released, report
from tests.production.test_routings import painting

pytestmark = pytest.mark.django_db
EARLY, LATE = date(2026, 3, 16), date(2026, 3, 27)


def parts(*quantities, finish=()):
    finish = [*finish, *[None] * len(quantities)]
    return [NewPart(quantity=Decimal(str(q)), finish_date=day) for q, day in zip(quantities, finish, strict=False)]


def drift():
    """What does not add up; rows of the test's own making need no owner."""
    return [str(finding) for finding in findings() if not finding.what.startswith("no row owns it")]


def line_of(order):
    return order.lines.select_related("order__document", "supply__part__unit").get()


def suggested_order(by):
    """What planning proposes is inserted as such: an order never goes back to being a suggestion."""
    planned = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=by)
    document = like(planned.document, number="M-77")
    document.save()
    order = like(planned, document_id=document.pk, status="suggested")
    order.save()
    supply = like(line_of(planned).supply, document_id=document.pk, status="suggested")
    supply.save()
    like(line_of(planned), order_id=order.pk, supply_id=supply.pk).save()
    return order


def split(order, *quantities, by, finish=(), reason="Capacity", **facts):
    return operations.split_order(
        line=line_of(order), parts=parts(*quantities, finish=finish), reason=reason, by=by, **facts
    )


def needs(order):
    """{component part: (needed, linked)} of an order."""
    demands = Demand.objects.filter(document=order.document).select_related("part")
    return {demand.part.number: (demand.quantity, demand.allocated) for demand in demands}


def held(order):
    """[(row, quantity)] of what an order is promised to, by row."""
    links = OrderLink.objects.open().filter(supply__document=order.document).order_by("demand")
    return list(links.values_list("demand", "open"))


def test_split_order_makes_orders_numbered_after_it(planner):
    order = order_of(
        made("BIKE", (bought("WHEEL"), 2)), 10, by=planner, note="Blue", project="Hall 3", employee=planner
    )

    orders = split(order, 4, 3, 3, by=planner)

    assert [str(part) for part in orders] == [f"{order}", f"{order}-1", f"{order}-2"]
    assert [line_of(part).supply.quantity for part in orders] == [4, 3, 3]
    assert {(part.status, part.note, part.project, part.employee, part.site) for part in orders} == {
        ("planned", "Blue", "Hall 3", planner, order.site)
    }
    assert [needs(part) for part in orders] == [{"WHEEL": (8, 0)}, {"WHEEL": (6, 0)}, {"WHEEL": (6, 0)}]
    assert drift() == []


def test_split_order_sorts_its_parts_between_it_and_the_next(planner):
    bike = made("BIKE", (bought("WHEEL"), 2))
    order = order_of(bike, 10, by=planner)
    following = order_of(bike, 10, warehouse=order.site, by=planner)

    [_, part] = split(order, 4, 6, by=planner)

    assert order.document.serial < part.document.serial < following.document.serial


def test_split_order_again_passes_over_numbers_that_are_taken(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)
    [_, first] = split(order, 8, 2, by=planner)
    [_, second] = split(order, 6, 2, by=planner)
    [_, third] = split(first, 1, 1, by=planner)

    assert [str(part) for part in (first, second, third)] == [f"{order}-1", f"{order}-2", f"{order}-1-1"]


def test_split_order_refuses_numbers_that_become_too_long(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)
    order.document.number = "M" * 39
    order.document.save(update_fields=["number"])

    with pytest.raises(Refused, match="a number has at most 40 characters"):
        split(order, 4, 6, by=planner)


def test_split_order_keeps_dates_or_takes_new_ones(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2), lead_time=5), 10, by=planner, finish_date=LATE)
    line = line_of(order)

    orders = operations.split_order(
        line=line,
        parts=[
            NewPart(quantity=Decimal(4), finish_date=EARLY),
            NewPart(quantity=Decimal(3)),
            NewPart(quantity=Decimal(3), start_date=TODAY, finish_date=date(2026, 4, 1)),
        ],
        reason="Capacity",
        by=planner,
    )

    assert [(line_of(part).start_date, line_of(part).supply.due_date) for part in orders] == [
        (date(2026, 3, 9), EARLY),
        (line.start_date, LATE),
        (TODAY, date(2026, 4, 1)),
    ]
    assert drift() == []


def test_split_order_gives_the_earliest_need_to_the_earliest_part_and_leaves_links_whole(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner, finish_date=LATE)
    later = promise(line_of(order), 4, planner, need_date=date(2026, 4, 10))
    sooner = promise(line_of(order), 3, planner, need_date=date(2026, 3, 17))

    [original, part] = split(order, 5, 5, finish=[LATE, EARLY], by=planner)

    assert (held(original), held(part)) == ([(later.pk, 4)], [(sooner.pk, 3)])
    assert OrderLink.objects.count() == 2
    assert drift() == []


def test_split_order_divides_a_link_only_where_it_must(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)
    row = promise(line_of(order), 8, planner)
    add_provenance([(line_of(order).supply, row, Decimal(8))])
    OrderLink.objects.update(kind="bound", contract=True)

    [original, part] = split(order, 4, 6, by=planner)

    links = OrderLink.objects.order_by("pk").values_list("supply__document", "demand", "open", "kind", "contract")
    assert list(links) == [
        (original.document_id, row.pk, 4, "bound", True),
        (part.document_id, row.pk, 4, "bound", True),
    ]
    made_for = Provenance.objects.order_by("pk").values_list("supply__document", "quantity")
    assert set(made_for) == {(original.document_id, 4), (part.document_id, 4)}


def test_split_order_follows_the_grid(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)
    row = promise(line_of(order), 5, planner)
    own = OrderLink.objects.get()

    [original, part] = split(order, 5, 5, moves={(own.pk, 1): Decimal(2)}, by=planner)

    assert (held(original), held(part)) == ([(row.pk, 3)], [(row.pk, 2)])


def test_split_order_gives_the_earliest_component_supply_to_the_part_that_starts_first(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2), lead_time=1), 10, by=planner, finish_date=LATE)
    demand = Demand.objects.get(document=order.document)
    supplies = [
        SupplyFactory(part=demand.part, warehouse=demand.warehouse, quantity=12, due_date=day) for day in (LATE, EARLY)
    ]
    for supply in supplies:
        link(demand=demand, supply=supply, quantity=Decimal(10), accept_warnings=True, by=planner)

    orders = split(order, 6, 4, finish=[LATE, EARLY], by=planner)

    links = OrderLink.objects.open().order_by("demand", "supply").values_list("demand__document", "supply", "open")
    late, early = (supply.pk for supply in supplies)
    original, part = (order.document_id for order in orders)
    assert list(links) == [(original, late, 10), (original, early, 2), (part, early, 8)]
    assert [needs(order) for order in orders] == [{"WHEEL": (12, 12)}, {"WHEEL": (8, 8)}]
    assert drift() == []


def test_split_order_does_not_split_the_orders_below_but_their_needs_are_dated_anew(planner):
    frame = made("FRAME", (bought("TUBE"), 3), lead_time=2)
    order = order_of(made("BIKE", (frame, 1), lead_time=2), 10, by=planner, finish_date=LATE)
    below = ProductionOrder.objects.exclude(pk=order.pk).get()

    [original, part] = split(order, 4, 6, finish=[LATE, EARLY], by=planner)

    assert ProductionOrder.objects.count() == 3
    assert line_of(below).supply.quantity == 10
    links = OrderLink.objects.open().order_by("demand").values_list("demand__document", "open", "kind")
    assert list(links) == [(original.document_id, 4, "bound"), (part.document_id, 6, "bound")]
    assert Demand.objects.get(document=part.document).need_date == date(2026, 3, 12)
    assert Demand.objects.get(document=below.document).need_date == date(2026, 3, 10)
    assert drift() == []


def test_split_order_keeps_a_fixed_quantity_with_the_first_part(planner):
    bike = made("BIKE", (bought("PAINT"), 1, {"fixed_quantity": 2}), (bought("WHEEL"), 2))

    [original, part] = split(order_of(bike, 10, by=planner), 5, 5, by=planner)

    assert (needs(original)["PAINT"], needs(part)["PAINT"]) == ((7, 0), (5, 0))
    fixed = Component.objects.filter(demand__part__number="PAINT").order_by("pk")
    assert list(fixed.values_list("fixed_quantity", flat=True)) == [2, 0]


def test_split_order_can_repeat_the_fixed_quantity_on_each_part(planner):
    bike = made("BIKE", (bought("PAINT"), 1, {"fixed_quantity": 2}), (bought("WHEEL"), 2))

    orders = split(order_of(bike, 9, by=planner), 3, 3, 3, repeat_fixed=True, by=planner)

    assert [needs(part)["PAINT"] for part in orders] == [(5, 0), (5, 0), (5, 0)]
    assert [needs(part)["WHEEL"] for part in orders] == [(6, 0), (6, 0), (6, 0)]


def test_split_order_leaves_what_is_needed_once_with_the_first_part_alone(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)
    operations.add_component(line=line_of(order), part=bought("BOX"), fixed_quantity=Decimal(3), by=planner)

    [original, part] = split(order, 5, 5, by=planner)

    assert (needs(original), needs(part)) == ({"WHEEL": (10, 0), "BOX": (3, 0)}, {"WHEEL": (10, 0)})


def test_split_order_of_a_started_order_leaves_the_reported_with_it(planner):
    line = released(made("BIKE", (bought("WHEEL"), 2)), 10, on_hand=30, by=planner)
    row = promise(line, 10, planner)
    report(line, 3, planner)
    report(line, 0, planner, scrapped=Decimal(1), reason="cracked")

    [original, part] = split(line.order, 6, 4, by=planner)

    first, second = line_of(original).supply, line_of(part).supply
    assert (original.status, part.status) == ("started", "released")
    assert (first.quantity, first.done, first.cancelled, first.open) == (6, 3, 1, 2)
    assert (second.quantity, second.done, second.open, second.status) == (4, 0, 4, "firm")
    assert (needs(original)["WHEEL"][0], needs(part)["WHEEL"][0]) == (12, 8)
    assert held(original) == [(row.pk, 5)]  # 3 on the shelf, 2 to come
    assert held(part) == [(row.pk, 4)]
    assert drift() == []


def test_split_order_may_take_all_that_is_left_and_finish_the_started_one(planner):
    line = released(made("BIKE", (bought("WHEEL"), 2)), 10, on_hand=30, by=planner)
    report(line, 4, planner)

    [original, part] = split(line.order, 4, 6, by=planner)

    assert (original.status, part.status) == ("finished", "released")
    assert (needs(original)["WHEEL"], needs(part)["WHEEL"]) == ((8, 0), (12, 0))
    report(line_of(part), 6, planner)
    assert ProductionOrder.objects.get(pk=part.pk).status == OrderStatus.FINISHED
    assert drift() == []


def test_split_order_leaves_what_was_issued_with_the_started_part(planner):
    line = released(made("BIKE", (bought("WHEEL"), 2)), 10, on_hand=20, by=planner)
    component = line.components.get()
    operations.issue_component(component=component, quantity=Decimal(16), by=planner, effective_on=TODAY)

    [original, part] = split(line.order, 5, 5, by=planner)

    assert (needs(original)["WHEEL"][0], needs(part)["WHEEL"][0]) == (16, 4)


def test_split_order_takes_goods_on_the_shelf_to_the_part_that_starts_first(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 1), lead_time=1), 10, by=planner, finish_date=LATE)
    demand = Demand.objects.get(document=order.document)
    shelf = stock(demand.part, demand.warehouse, 4)
    link(demand=demand, supply=shelf, quantity=Decimal(4), by=planner)

    [original, part] = split(order, 5, 5, finish=[LATE, EARLY], by=planner)

    assert (needs(original)["WHEEL"], needs(part)["WHEEL"]) == ((5, 0), (5, 4))
    moved = OrderLink.objects.get()
    assert (moved.on_shelf, moved.stock, moved.demand.document) == (4, shelf, part.document)


def test_split_order_tells_the_reason_on_the_timelines_of_all(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)

    orders = split(order, 4, 6, reason="Batch size", by=planner)

    told = f"Batch size: 10 pcs of {order} split into {order} 4, {order}-1 6"
    entries = [timeline(histories(part)).entries[0] for part in orders]
    assert [(entry.what, entry.reason, entry.who) for entry in entries] == [("Split order", told, str(planner))] * 2
    assert "Line 1: quantity 10 → 4" in entries[0].changes
    assert "Line 1: 6" in entries[1].changes


def test_split_order_splits_one_line_of_an_order_on_hold_and_holds_the_part_too(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)
    operations.hold(order=order, reason="no steel", by=planner)

    [original, part] = split(order, 4, 6, by=planner)

    assert (original.hold_reason, part.hold_reason) == ("no steel", "no steel")


@pytest.mark.parametrize(
    ("quantities", "sentence"),
    [
        pytest.param([10], "Split into at least 2 parts.", id="one part"),
        pytest.param([10, 0], "Each part must be above 0.", id="nothing"),
        pytest.param([12, -2], "Each part must be above 0.", id="less than nothing"),
        pytest.param([4, 5], "The parts add up to 9, but there are 10 to divide.", id="too little"),
        pytest.param([4, 7], "The parts add up to 11, but there are 10 to divide.", id="too much"),
        pytest.param([9.5, 0.5], "9.5 pcs has too many decimals: pcs allows whole numbers only.", id="half a piece"),
    ],
)
def test_split_order_refuses_parts_that_are_not_the_whole(planner, quantities, sentence):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)

    with pytest.raises(Refused) as refusal:
        split(order, *quantities, by=planner)

    assert str(refusal.value) == sentence
    assert ProductionOrder.objects.count() == 1


def _finished(line, by):
    report(line, 10, by)


def _closed(line, by):
    report(line, 10, by)
    operations.close(order=line.order, by=by)


def _cancelled(line, by):
    operations.cancel(order=line.order, by=by)


@pytest.mark.parametrize("end", [_finished, _closed, _cancelled])
def test_split_order_refuses_what_is_over(planner, end):
    line = released(made("BIKE", (bought("WHEEL"), 2)), 10, on_hand=30, by=planner)
    end(line, planner)

    with pytest.raises(Refused, match=f"{line.order} is {end.__name__[1:]} and cannot be split"):
        split(line.order, 4, 6, by=planner)


def test_split_order_refuses_what_is_only_suggested(planner):
    order = suggested_order(planner)

    with pytest.raises(Refused, match=f"{order} is suggested and cannot be split"):
        split(order, 4, 6, by=planner)


def test_split_order_refuses_less_than_is_reported(planner):
    line = released(made("BIKE", (bought("WHEEL"), 2)), 10, on_hand=30, by=planner)
    report(line, 3, planner, scrapped=Decimal(1), reason="cracked")

    with pytest.raises(Refused) as refusal:
        split(line.order, 3, 7, by=planner)

    assert str(refusal.value) == (
        f"4 pcs of {line} are reported and stay with it; its part must be at least that much, 3 is less."
    )


def test_split_order_wants_a_reason(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)

    with pytest.raises(Refused, match="Say why the order is split"):
        split(order, 4, 6, reason=" ", by=planner)


def test_split_order_refuses_a_start_after_the_finish(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner, finish_date=EARLY)

    with pytest.raises(Refused, match="The start date 2026-03-27 lies after the finish date 2026-03-16"):
        operations.split_order(
            line=line_of(order),
            parts=[NewPart(quantity=Decimal(4)), NewPart(quantity=Decimal(6), start_date=LATE)],
            reason="Capacity",
            by=planner,
        )


def test_split_order_refuses_a_stale_form_also_after_another_split(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)
    version = order.version
    split(order, 4, 6, version=version, by=planner)

    with pytest.raises(Stale, match="was changed meanwhile"):
        split(order, 2, 2, version=version, by=planner)


def test_split_order_can_be_previewed_and_nothing_is_kept(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner)
    promise(line_of(order), 8, planner)
    arguments = {"line": line_of(order), "parts": parts(4, 6), "reason": "Site", "by": planner}

    seen = preview(operations.split_order, **arguments)
    assert (ProductionOrder.objects.count(), Supply.objects.get(document=order.document).quantity) == (1, 10)
    saved = operations.split_order(**arguments)

    assert [str(part) for part in seen.result] == [str(part) for part in saved]
    assert sorted(change.after["quantity"] for change in seen.of("supply") if change.after["quantity"] < 10) == [4, 6]


# Another site


def at(*sites):
    """Parts of four, three and three pieces made there."""
    return [NewPart(quantity=Decimal(q), site=site) for q, site in zip((4, 3, 3), sites, strict=False)]


def split_at(line, *sites, by):
    quantities = at(*sites)
    if len(quantities) == 2:
        quantities[0] = NewPart(quantity=Decimal(7), site=sites[0])
    return operations.split_order(line=line, parts=quantities, reason="Site", by=by)


def test_split_order_gives_a_part_its_site_and_needs_its_components_there(planner):
    wheel = bought("WHEEL")
    line = line_of(order_of(made("BIKE", (wheel, 2)), 10, by=planner))
    here, there = line.order.site, WarehouseFactory(company=line.order.site.company)
    component = Demand.objects.get(part=wheel)
    supply = SupplyFactory(part=wheel, warehouse=here, quantity=20)
    link(demand=component, supply=supply, quantity=Decimal(20), by=planner, accept_warnings=True)

    first, second, third = split_at(line, None, here, there, by=planner)

    assert [order.site for order in (first, second, third)] == [here, here, there]
    assert [needs(order)["WHEEL"] for order in (first, second, third)] == [(8, 8), (6, 6), (6, 0)]
    assert Demand.objects.get(document=third.document).warehouse == there
    assert Supply.objects.get(pk=supply.pk).free == 6
    assert Supply.objects.get(document=third.document).warehouse == line.supply.warehouse
    assert drift() == []


def test_split_order_to_another_site_says_so_on_the_timelines_of_all_parts(planner):
    line = line_of(order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner))
    there = WarehouseFactory(code="TURKU", company=line.order.site.company)

    orders = split_at(line, None, there, by=planner)

    for order in orders:
        reasons = [entry.reason for entry in timeline(histories(order))]
        assert "Site: 10 pcs of M-1001 split into M-1001 7, M-1001-1 3 at TURKU" in reasons


def test_split_order_to_another_site_takes_the_service_of_an_operation_along(planner):
    part = made("BIKE", (bought("WHEEL"), 2))
    routing_of(part, (painting(),))
    line = line_of(order_of(part, 10, by=planner))
    there = WarehouseFactory(company=line.order.site.company)

    _first, second = split_at(line, None, there, by=planner)

    services = Demand.objects.filter(kind="subcontract").order_by("pk").values_list("quantity", "warehouse")
    assert list(services) == [(7, line.order.site_id), (3, there.pk)]
    assert second.lines.get().operations.count() == 1
    assert drift() == []


def test_split_order_refuses_sites_that_make_no_sense(planner):
    line = line_of(order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner))
    here = line.order.site
    there, closed = (WarehouseFactory(company=here.company, is_active=active) for active in (True, False))

    with pytest.raises(Refused, match=f"The first part stays M-1001 and is made at {here}"):
        split_at(line, there, None, by=planner)
    for site in (closed, WarehouseFactory(company=CompanyFactory())):
        with pytest.raises(Refused, match=f"Nothing of M-1001 can be made at {site}"):
            split_at(line, None, site, by=planner)


def test_split_orders_at_two_sites_are_not_merged_again(planner):
    line = line_of(order_of(made("BIKE", (bought("WHEEL"), 2)), 10, by=planner))
    orders = split_at(line, None, WarehouseFactory(company=line.order.site.company), by=planner)

    with pytest.raises(Refused, match="is made in"):
        operations.merge_orders(orders=orders, by=planner)
