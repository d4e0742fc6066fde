"""What a buyer does with one row."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused, Stale
from linkage.models import Supply
from linkage.operations import link
from purchasing import operations
from purchasing.models import PurchaseOrderRow
from tests.factories import (
    PartFactory,
    PhantomPartFactory,
    UnitConversionFactory,
    WarehouseFactory,
)
from tests.linkage.factories import TODAY, DemandFactory
from tests.purchasing.factories import (
    DUE,
    SupplierTermFactory,
    again,
    bought,
    component_for,
    demand_of,
    linked_part,
    purchase_order,
    purchase_row,
)

pytestmark = pytest.mark.django_db


def linked(row, demand, quantity, by, **options):
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True, **options)


def uncovered(demand):
    demand.refresh_from_db()
    return demand.uncovered


def test_add_row_takes_unit_price_and_date_from_the_terms(buyer, time_machine):
    time_machine.move_to("2026-03-02 08:00Z")
    box = UnitConversionFactory(numerator=12).unit
    part = PartFactory(default_warehouse=WarehouseFactory())
    order = purchase_order(company=part.default_warehouse.company)
    SupplierTermFactory(part=part, supplier=order.supplier, unit=box, price=Decimal("24.5"), over_tolerance=5)

    row = operations.add_row(order=order, part=part, quantity=Decimal(2), by=buyer)

    assert (row.position, row.quantity, row.unit, row.price) == (10, 2, box, Decimal("24.5"))
    assert (row.supply.quantity, row.supply.warehouse, row.supply.due_date, row.supply.over_tolerance) == (
        24,
        part.default_warehouse,
        date(2026, 3, 9),
        5,
    )


def test_add_row_numbers_in_tens(buyer):
    first = purchase_row()

    second = purchase_row(order=first.order)

    assert (first.position, second.position, second.supply.position) == (10, 20, 20)


def test_add_row_to_a_sent_order_is_firm(buyer):
    first = purchase_row(sent=True)

    assert purchase_row(order=first.order).supply.status == "firm"


def test_add_row_refuses_a_closed_order(buyer):
    row = purchase_row()
    operations.cancel(order=row.order, by=buyer)

    with pytest.raises(Refused, match=r"P-1001 is cancelled; no row can be added\."):
        purchase_row(order=row.order)


def test_add_row_refuses_a_fictitious_part(buyer):
    part = PhantomPartFactory()

    with pytest.raises(Refused, match=f"{part} is fictitious and never bought."):
        purchase_row(part=part)


def test_add_row_refuses_a_quantity_that_the_unit_does_not_have(buyer):
    with pytest.raises(Refused, match=r"0\.5 pcs has too many decimals"):
        purchase_row(quantity="0.5")


def test_add_row_asks_for_the_warehouse(buyer):
    order = purchase_order()
    part = PartFactory()

    with pytest.raises(Refused, match=f"{part} has no default warehouse. Choose the warehouse that it goes to."):
        operations.add_row(order=order, part=part, quantity=Decimal(1), by=buyer)


def test_change_row_changes_quantity_date_and_price(buyer):
    row = purchase_row()

    operations.change_row(
        row=row, by=buyer, version=row.version, quantity=Decimal(80), due_date=date(2026, 4, 1), price=Decimal(9)
    )

    row = again(row)
    assert (row.quantity, row.supply.quantity, row.price) == (80, 80, 9)
    assert (row.supply.due_date, row.wanted_on) == (date(2026, 4, 1), date(2026, 4, 1))


def test_change_row_of_a_linked_row_changes_quantity_price_discount_and_date_and_keeps_the_link(buyer):
    row = purchase_row(sent=True)
    own = linked(row, demand_of(row, quantity=60), 60, buyer)
    facts = {"quantity": Decimal(80), "price": Decimal(9), "discount": Decimal("12.5")}

    operations.change_row(row=row, by=buyer, due_date=date(2026, 4, 1), **facts)

    row = again(row)
    assert (row.quantity, row.price, row.discount, row.supply.due_date) == (80, 9, Decimal("12.5"), date(2026, 4, 1))
    own.refresh_from_db()
    assert (own.supply, own.open, row.supply.allocated, row.supply.free) == (row.supply, 60, 60, 20)


def test_change_row_of_a_sent_order_keeps_the_date_that_was_asked_for(buyer):
    row = purchase_row(sent=True)

    operations.change_row(row=row, by=buyer, due_date=date(2026, 4, 1))

    assert (again(row).wanted_on, again(row).supply.due_date) == (DUE, date(2026, 4, 1))


def test_change_row_refuses_a_stale_form(buyer):
    row = purchase_row()
    operations.change_row(row=row, by=buyer, version=row.version, quantity=Decimal(80))

    with pytest.raises(Stale) as refusal:
        operations.change_row(row=row, by=buyer, version=row.version, quantity=Decimal(70))

    assert str(refusal.value) == "P-1001/10 was changed by somebody else meanwhile."
    assert refusal.value.theirs == {"quantity": ("80", "70")}


def test_change_row_date_alone_makes_other_forms_stale(buyer):
    row = purchase_row()
    operations.change_row(row=row, by=buyer, version=row.version, due_date=date(2026, 4, 1))

    with pytest.raises(Stale):
        operations.change_row(row=row, by=buyer, version=row.version, due_date=date(2026, 4, 2))


def test_change_row_never_below_what_is_received_and_promised(buyer):
    row = purchase_row(sent=True)
    demand = demand_of(row, quantity=60)
    linked(row, demand, 60, buyer)
    operations.receive(row=row, quantity=Decimal(20), by=buyer, effective_on=TODAY)

    with pytest.raises(Refused) as refusal:
        operations.change_row(row=row, by=buyer, quantity=Decimal(59))

    assert str(refusal.value) == (
        f"P-1001/10 cannot go down to 59 pcs: 20 pcs received and 40 pcs promised to {demand} (40 pcs) make 60."
    )


def test_change_row_down_to_what_has_arrived_closes_it(buyer):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(20), by=buyer, effective_on=TODAY)

    operations.change_row(row=row, by=buyer, quantity=Decimal(20))

    assert (again(row).order.status, again(row).supply.status) == ("received", "closed")


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_change_row_refuses_nothing(buyer, quantity):
    row = purchase_row()

    with pytest.raises(Refused, match=r"Enter a quantity above 0\."):
        operations.change_row(row=row, by=buyer, quantity=Decimal(quantity))


def test_change_row_of_a_received_row_is_refused(buyer):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(100), by=buyer, effective_on=TODAY)

    with pytest.raises(Refused, match=r"P-1001/10 is closed\."):
        operations.change_row(row=row, by=buyer, price=Decimal(1))


def test_remove_row_deletes_it_with_its_supply(buyer):
    row = purchase_row()

    operations.remove_row(row=row, by=buyer)

    assert (PurchaseOrderRow.objects.count(), Supply.objects.count()) == (0, 0)


def test_remove_row_that_was_made_for_a_demand_is_cancelled(buyer):
    demand = bought(DemandFactory(part=linked_part(), quantity=10))
    [row] = operations.create_orders_for(demands=[demand], by=buyer, business_date=TODAY)

    operations.remove_row(row=row, by=buyer, release=True)

    assert (again(row).supply.status, uncovered(demand)) == ("cancelled", 10)


def test_remove_row_refuses_a_linked_row(buyer):
    row = purchase_row()
    demand = demand_of(row)
    linked(row, demand, 10, buyer)

    with pytest.raises(Refused, match=rf"P-1001/10 is linked to {demand} \(10 pcs\)\. Choose to leave"):
        operations.remove_row(row=row, by=buyer)


def test_remove_row_of_a_sent_order_is_refused(buyer):
    row = purchase_row(sent=True)

    with pytest.raises(Refused, match=r"P-1001 is sent; recall it first, or close the row short\."):
        operations.remove_row(row=row, by=buyer)


def test_short_close_opens_the_demands_again(buyer):
    row = purchase_row(sent=True)
    demand = demand_of(row, quantity=60)
    linked(row, demand, 60, buyer)
    operations.receive(row=row, quantity=Decimal(20), by=buyer, effective_on=TODAY)

    operations.short_close(row=row, by=buyer, reason="Sold out")

    row = again(row)
    assert (row.order.status, row.supply.status, row.supply.cancelled) == ("closed", "closed", 80)
    assert (row.short_closed, row.short_closed_reason, uncovered(demand)) == (True, "Sold out", 40)


def test_short_close_of_a_row_without_receipt_cancels_it(buyer):
    row = purchase_row(sent=True)
    other = purchase_row(order=row.order, warehouse=row.supply.warehouse)

    operations.short_close(row=row, by=buyer)

    assert (again(row).supply.status, again(other).supply.status) == ("cancelled", "firm")
    assert again(row).order.status == "sent"


def test_short_close_of_the_only_row_cancels_the_order(buyer):
    row = purchase_row(sent=True)

    operations.short_close(row=row, by=buyer)

    assert again(row).order.status == "cancelled"


def test_short_close_asks_before_a_contract_link_is_cut(buyer):
    row = purchase_row(sent=True)
    component = component_for(row, quantity=60)
    operations.link_to_component(row=row, component=component, quantity=Decimal(60), by=buyer, wider=True)

    with pytest.raises(Refused) as refusal:
        operations.short_close(row=row, by=buyer)

    assert str(refusal.value) == (
        f"P-1001/10 is contract-linked to {component} (60 pcs). Confirm that these links are cut, or disconnect them."
    )


def test_short_close_cuts_a_contract_link_after_the_question(buyer):
    row = purchase_row(sent=True)
    component = component_for(row, quantity=60)
    operations.link_to_component(row=row, component=component, quantity=Decimal(60), by=buyer, wider=True)

    operations.short_close(row=row, by=buyer, cut_contract=True)

    assert uncovered(component) == 60


def test_short_close_of_a_draft_is_refused(buyer):
    row = purchase_row()

    with pytest.raises(Refused, match=r"P-1001 is draft; only a row of a sent order is closed short\."):
        operations.short_close(row=row, by=buyer)


def test_change_row_takes_the_date_away_before_the_order_is_sent(buyer):
    row = purchase_row()

    operations.change_row(row=row, due_date=None, by=buyer)

    assert (again(row).supply.due_date, again(row).wanted_on) == (None, None)


def test_change_row_keeps_the_date_of_a_sent_row(buyer):
    row = purchase_row(sent=True)

    with pytest.raises(Refused, match="needs a date"):
        operations.change_row(row=row, due_date=None, by=buyer)
    operations.change_row(row=row, goods_label="rush", by=buyer)

    assert (again(row).supply.due_date, again(row).goods_label) == (DUE, "rush")
