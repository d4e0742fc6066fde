"""Splitting a purchase row: what has not arrived, in the row's own unit, links and all."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused, Stale
from linkage.drift import findings
from linkage.models import OrderLink, Provenance, Status, Supply
from linkage.operations import add_provenance, link
from linkage.queries.timeline import timeline
from purchasing import operations
from purchasing.models import PurchaseOrder, PurchaseOrderRow
from purchasing.operations import NewPart
from purchasing.timeline import histories
from tests.factories import PartFactory, UnitConversionFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import DUE, again, component_for, demand_of, purchase_order, purchase_row

pytestmark = pytest.mark.django_db
EARLY, LATE = date(2026, 3, 12), date(2026, 3, 30)


def parts(*quantities, due=()):
    due = [*due, *[None] * len(quantities)]
    return [NewPart(quantity=Decimal(str(q)), due_date=day) for q, day in zip(quantities, due, strict=False)]


def split(row, *quantities, by, due=(), **facts):
    return operations.split_row(row=row, parts=parts(*quantities, due=due), by=by, **facts)


def promised(row, quantity, by, **facts):
    demand = demand_of(row, quantity=quantity, **facts)
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), accept_warnings=True, by=by)


def held(row):
    return dict(OrderLink.objects.open().filter(supply=row.supply_id).values_list("demand", "open"))


def received(row, quantity, by):
    return operations.receive(row=row, quantity=Decimal(quantity), effective_on=TODAY, by=by)


def drift():
    return [str(finding) for finding in findings() if not finding.what.startswith("no row owns it")]


def test_split_row_makes_rows_right_after_it_that_say_what_the_supplier_knows(buyer):
    facts = {"price": Decimal("2.5"), "discount": Decimal(10), "goods_label": "Hall 3"}
    row = purchase_row(quantity=100, by=buyer, **facts)
    purchase_row(quantity=5, order=row.order, part=row.supply.part, warehouse=row.supply.warehouse, by=buyer)

    rows = split(row, 40, 35, 25, due=[None, LATE], by=buyer)

    assert [(r.position, r.supply.position, r.quantity, r.supply.quantity) for r in rows] == [
        (10, 10, 40, 40),
        (15, 15, 35, 35),
        (17, 17, 25, 25),
    ]
    assert [(r.supply.due_date, r.wanted_on) for r in rows] == [(DUE, DUE), (LATE, LATE), (DUE, DUE)]
    assert {(r.price, r.discount, r.goods_label, r.unit) for r in rows} == {(Decimal("2.5"), 10, "Hall 3", row.unit)}
    assert {r.supply.status for r in rows} == {Status.PLANNED}


def test_split_row_goes_to_the_end_where_no_number_is_free(buyer):
    row = purchase_row(quantity=100, by=buyer)
    following = purchase_row(order=row.order, part=row.supply.part, warehouse=row.supply.warehouse, by=buyer)
    PurchaseOrderRow.objects.filter(pk=following.pk).update(position=11)

    rows = split(row, 40, 35, 25, by=buyer)

    assert [r.position for r in rows] == [10, 20, 30]


def test_split_row_gives_the_earliest_need_the_earliest_supply(buyer, planner):
    row = purchase_row(quantity=10, sent=True, by=buyer)
    later = promised(row, 4, planner, need_date=LATE)
    sooner = promised(row, 5, planner, need_date=DUE)

    first, second = split(again(row), 4, 6, due=[LATE, EARLY], by=buyer)

    assert held(second) == {sooner.demand_id: 5, later.demand_id: 1}
    assert held(first) == {later.demand_id: 3}
    assert drift() == []


def test_split_row_keeps_kind_and_contract_with_the_links_and_the_provenance(buyer):
    row = purchase_row(quantity=10, by=buyer)
    component = component_for(row, quantity=8)
    operations.link_to_component(row=row, component=component, quantity=Decimal(8), wider=True, by=buyer)
    add_provenance([(row.supply, component, Decimal(8))])

    first, second = split(row, 4, 6, by=buyer)

    links = OrderLink.objects.order_by("pk").values_list("supply", "open", "kind", "contract")
    assert list(links) == [(first.supply_id, 4, "bound", True), (second.supply_id, 4, "bound", True)]
    assert dict(Provenance.objects.values_list("supply", "quantity")) == {first.supply_id: 4, second.supply_id: 4}


def test_split_row_follows_the_grid(buyer, planner):
    row = purchase_row(quantity=10, by=buyer)
    own = promised(row, 5, planner)

    first, second = split(again(row), 5, 5, moves={(own.pk, 1): Decimal(2)}, by=buyer)

    assert (held(first), held(second)) == ({own.demand_id: 3}, {own.demand_id: 2})


def test_split_row_in_another_unit_gives_the_last_part_what_rounding_leaves(buyer):
    part = PartFactory(unit__code="kg", unit__decimals=6)
    third = UnitConversionFactory(part=part, unit__decimals=1, base=part.unit, numerator=1, denominator=3).unit
    row = purchase_row(quantity=10, part=part, unit=third, by=buyer)

    rows = split(row, "3.3", "3.4", "3.3", by=buyer)

    bases = [r.supply.quantity for r in rows]
    assert bases == [Decimal("1.1"), Decimal("1.133333"), Decimal("1.1")]
    assert sum(bases) == row.supply.quantity


def test_split_row_refuses_a_part_that_is_no_whole_number_of_base_units(buyer):
    box = UnitConversionFactory(unit__decimals=1).unit
    row = purchase_row(quantity=2, unit=box, by=buyer)

    with pytest.raises(Refused, match=r"0.3 box of .* is 3.6 pcs, but pcs allows whole numbers only"):
        split(row, "0.3", "1.7", by=buyer)


def test_split_row_of_a_confirmed_order_is_firm_and_keeps_the_confirmed_date_where_it_still_holds(buyer):
    row = purchase_row(quantity=10, sent=True, by=buyer)
    operations.confirm(order=row.order, by=buyer)
    PurchaseOrderRow.objects.filter(pk=row.pk).update(confirmed_on=DUE)

    rows = split(again(row), 5, 3, 2, due=[None, None, LATE], by=buyer)

    assert [(r.confirmed_on, r.wanted_on, r.supply.status) for r in rows] == [
        (DUE, DUE, "firm"),
        (DUE, DUE, "firm"),
        (None, DUE, "firm"),
    ]


def test_split_row_leaves_what_has_arrived_with_the_row(buyer, planner):
    row = purchase_row(quantity=10, sent=True, by=buyer)
    own = promised(row, 8, planner)
    received(again(row), 4, buyer)

    first, second = split(again(row), 7, 3, due=[None, LATE], by=buyer)

    assert (first.supply.done, first.supply.open, first.supply.status) == (4, 3, "started")
    assert (second.supply.done, second.supply.open, second.supply.status) == (0, 3, "firm")
    assert (held(first), held(second)) == ({own.demand_id: 7}, {own.demand_id: 1})
    assert PurchaseOrder.objects.get().status == "partly_received"


def test_split_row_may_take_all_that_is_left_and_the_row_is_received(buyer):
    row = purchase_row(quantity=10, sent=True, by=buyer)
    received(again(row), 4, buyer)

    first, second = split(again(row), 4, 6, due=[None, LATE], by=buyer)

    assert (first.supply.status, first.supply.open, first.short_closed) == ("closed", 0, False)
    assert (second.supply.status, second.quantity, PurchaseOrder.objects.get().status) == ("firm", 6, "partly_received")
    received(second, 6, buyer)
    assert PurchaseOrder.objects.get().status == "received"
    assert drift() == []


def test_split_row_tells_the_timeline_what_became_of_it(buyer):
    row = purchase_row(quantity=10, by=buyer)

    split(row, 4, 6, reason="two lorries", by=buyer)

    entry = timeline(histories(row.order, costs=True)).entries[0]
    assert (entry.what, entry.reason) == ("Split row", f"two lorries: {row} split: 10 pcs = 4 + 6")
    assert {"Row 10: quantity 10 → 4", "Row 20: 6"} <= set(entry.changes)


@pytest.mark.parametrize(
    ("quantities", "sentence"),
    [
        pytest.param([10], "Split into at least 2 parts.", id="one part"),
        pytest.param([10, 0], "Each part must be above 0.", id="nothing"),
        pytest.param([4, 5], "The parts add up to 9, but there are 10 to divide.", id="too little"),
        pytest.param([9.5, 0.5], "9.5 pcs has too many decimals: pcs allows whole numbers only.", id="half a piece"),
    ],
)
def test_split_row_refuses_parts_that_are_not_the_whole(buyer, quantities, sentence):
    row = purchase_row(quantity=10, by=buyer)

    with pytest.raises(Refused) as refusal:
        split(row, *quantities, by=buyer)

    assert str(refusal.value) == sentence
    assert Supply.objects.count() == 1


def test_split_row_refuses_less_than_has_arrived(buyer):
    row = purchase_row(quantity=10, sent=True, by=buyer)
    received(row, 4, buyer)

    with pytest.raises(Refused, match=r"4 pcs of .* have arrived and stay with it: .* at least that much, 3 is less"):
        split(again(row), 3, 7, by=buyer)


def test_split_row_refuses_a_row_that_is_here(buyer):
    row = purchase_row(quantity=10, sent=True, by=buyer)
    received(row, 10, buyer)

    with pytest.raises(Refused, match="is received; its rows cannot be split"):
        split(again(row), 4, 6, by=buyer)


def test_split_row_refuses_a_row_that_is_cancelled(buyer):
    row = purchase_row(quantity=10, by=buyer)
    operations.cancel(order=row.order, by=buyer)

    with pytest.raises(Refused, match="is cancelled; its rows cannot be split"):
        split(again(row), 4, 6, by=buyer)


def test_split_row_refuses_one_closed_row_of_an_open_order(buyer):
    row = purchase_row(quantity=10, by=buyer)
    purchase_row(order=row.order, part=row.supply.part, warehouse=row.supply.warehouse, by=buyer)
    operations.send(order=row.order, by=buyer)
    operations.short_close(row=again(row), by=buyer)

    with pytest.raises(Refused, match=f"{row} is cancelled"):
        split(again(row), 4, 6, by=buyer)


def test_split_row_refuses_what_is_only_suggested(buyer):
    order = purchase_order(by=buyer)
    row = purchase_row(quantity=10, order=order, by=buyer)
    document = order.document
    document.pk, document.number = None, "P-77"
    document.save()
    suggested = PurchaseOrder.objects.create(document=document, status="suggested")
    PurchaseOrderRow.objects.filter(pk=row.pk).update(order=suggested)

    with pytest.raises(Refused, match="P-77 is suggested; make it a draft before its rows are split"):
        split(again(row), 4, 6, by=buyer)


def test_split_row_refuses_a_stale_form(buyer):
    row = purchase_row(quantity=10, by=buyer)
    operations.change_row(row=row, price=Decimal(3), by=buyer)

    with pytest.raises(Stale, match="was changed by somebody else meanwhile"):
        split(row, 4, 6, version=row.version, by=buyer)
