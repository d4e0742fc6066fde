"""Price breaks, discounts and their days: what a row costs, whoever makes or changes it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError
from tablib import Dataset

from erp.register.units import Conversions
from linkage.changes import Decisions
from purchasing import operations
from purchasing.admin import PriceBreakResource
from purchasing.models import PriceBreak, SupplierTerm
from purchasing.pricing import price_for, price_in
from tests.factories import UnitConversionFactory
from tests.linkage.factories import TODAY, DemandFactory
from tests.purchasing.factories import (
    PriceBreakFactory,
    SupplierTermFactory,
    again,
    linked_part,
    purchase_order,
    purchase_row,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    """2.50; from 100 on 2.20; from 500 on 2.20 less 10 %."""
    term = SupplierTermFactory(part=linked_part(), price=Decimal("2.5"))
    PriceBreakFactory(term=term, from_quantity=100, price=Decimal("2.2"))
    PriceBreakFactory(term=term, from_quantity=500, price=Decimal("2.2"), discount=10)
    return term


def priced(term):
    return SupplierTerm.objects.for_list().with_prices().get(pk=term.pk)


def cost(row):
    row = again(row)
    return row.price, row.discount, row.price_by_hand


@pytest.mark.parametrize(
    ("quantity", "price"),
    [
        pytest.param("0", ("2.5", "0"), id="nothing"),
        pytest.param("99.999999", ("2.5", "0"), id="just below the first break"),
        pytest.param("100", ("2.2", "0"), id="the break itself"),
        pytest.param("499", ("2.2", "0"), id="below the second"),
        pytest.param("500", ("2.2", "10"), id="the second"),
        pytest.param("100000", ("2.2", "10"), id="far above"),
    ],
)
def test_price_for_takes_the_largest_break_that_is_reached(term, quantity, price):
    assert price_for(priced(term), Decimal(quantity), TODAY) == tuple(map(Decimal, price))


def test_price_for_without_breaks_is_the_terms_own_with_its_discount():
    term = SupplierTermFactory(price=Decimal("4"), discount=Decimal("2.5"))

    assert price_for(priced(term), Decimal(1000), TODAY) == (Decimal("4"), Decimal("2.5"))


@pytest.mark.parametrize(
    ("day", "price"),
    [
        pytest.param(date(2026, 2, 28), "2.5", id="the day before"),
        pytest.param(date(2026, 3, 1), "2", id="the first day"),
        pytest.param(date(2026, 3, 14), "2", id="before the newer one"),
        pytest.param(date(2026, 3, 15), "1.9", id="the newer one goes before"),
        pytest.param(date(2026, 3, 31), "1.9", id="the last day"),
        pytest.param(date(2026, 4, 1), "2.5", id="the day after"),
    ],
)
def test_price_for_counts_a_break_on_its_days_only(day, price):
    term = SupplierTermFactory(price=Decimal("2.5"))
    ends = date(2026, 3, 31)
    PriceBreakFactory(term=term, from_quantity=10, price=Decimal(2), valid_from=date(2026, 3, 1), valid_until=ends)
    PriceBreakFactory(term=term, from_quantity=10, price=Decimal("1.9"), valid_from=date(2026, 3, 15), valid_until=ends)

    assert price_for(priced(term), Decimal(10), day) == (Decimal(price), 0)


def test_price_in_another_unit_is_that_of_what_it_is_in_purchase_units():
    box = UnitConversionFactory(numerator=12).unit
    term = SupplierTermFactory(unit=box, price=Decimal(24))
    PriceBreakFactory(term=term, from_quantity=10, price=Decimal(18))
    known = Conversions([term.part])

    pieces = term.part.unit
    prices = [price_in(pieces, term=priced(term), quantity=Decimal(n), on=TODAY, conversions=known) for n in (119, 120)]

    assert prices == [(Decimal(2), 0), (Decimal("1.5"), 0)]


def test_create_orders_for_takes_the_price_of_the_quantity_ordered(term, buyer):
    SupplierTerm.objects.filter(pk=term.pk).update(multiple=50)
    demand = DemandFactory(part=term.part, quantity=60)

    [row] = operations.create_orders_for(demands=[demand], by=buyer, business_date=TODAY)

    assert (row.quantity, *cost(row)) == (100, Decimal("2.2"), 0, False)


def test_create_orders_for_takes_the_price_of_the_day(buyer):
    term = SupplierTermFactory(part=linked_part())
    PriceBreakFactory(term=term, from_quantity=1, price=Decimal(1), valid_from=date(2026, 3, 3))
    demand = DemandFactory(part=term.part, quantity=60)

    [row] = operations.create_orders_for(demands=[demand], by=buyer, business_date=date(2026, 3, 2))

    assert cost(row) == (Decimal("2.5"), 0, False)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param({}, ("2.2", "0", False), id="nothing typed"),
        pytest.param({"price": Decimal(3)}, ("3", "0", True), id="a price"),
        pytest.param({"discount": Decimal(7)}, ("2.2", "7", True), id="a discount"),
        pytest.param({"price": Decimal("2.2")}, ("2.2", "0", False), id="the supplier's own"),
    ],
)
def test_add_row_takes_the_break_unless_a_price_is_typed(term, buyer, typed, expected):
    order = purchase_order(supplier=term.supplier)

    row = purchase_row(order=order, part=term.part, quantity=100, by=buyer, **typed)

    assert cost(row) == (Decimal(expected[0]), Decimal(expected[1]), expected[2])


def test_change_row_of_the_quantity_changes_the_price_with_it(term, buyer):
    row = purchase_row(order=purchase_order(supplier=term.supplier), part=term.part, quantity=40)

    facts = {"price": row.price, "discount": row.discount}  # the form posts what it showed
    changed = operations.change_row(row=row, by=buyer, quantity=Decimal(500), **facts)

    assert cost(changed) == (Decimal("2.2"), 10, False)


def test_change_row_keeps_a_price_typed_by_hand(term, buyer):
    row = purchase_row(order=purchase_order(supplier=term.supplier), part=term.part, quantity=40, price=Decimal(3))

    changed = operations.change_row(row=row, by=buyer, quantity=Decimal(500), price=Decimal(3), discount=Decimal(0))

    assert cost(changed) == (3, 0, True)


def test_change_row_follows_the_terms_again_once_their_price_is_typed(term, buyer):
    row = purchase_row(order=purchase_order(supplier=term.supplier), part=term.part, quantity=40, price=Decimal(3))

    row = operations.change_row(row=row, by=buyer, price=Decimal("2.5"))
    row = operations.change_row(row=row, by=buyer, quantity=Decimal(100))

    assert cost(row) == (Decimal("2.2"), 0, False)


def test_change_row_without_terms_keeps_its_price(buyer):
    row = purchase_row(quantity=40, price=Decimal(3))

    assert cost(operations.change_row(row=row, by=buyer, quantity=Decimal(90))) == (3, 0, True)


def test_change_row_keeps_the_price_of_terms_that_are_gone(term, buyer):
    row = purchase_row(order=purchase_order(supplier=term.supplier), part=term.part, quantity=40)
    SupplierTerm.objects.filter(pk=term.pk).delete()

    assert cost(operations.change_row(row=row, by=buyer, quantity=Decimal(90))) == (Decimal("2.5"), 0, False)


def test_change_that_follows_the_demand_changes_the_price_too(term, buyer):
    demand = DemandFactory(part=term.part, quantity=60)
    [row] = operations.create_orders_for(demands=[demand], by=buyer, business_date=TODAY)

    decisions = Decisions(by_person=True)
    row = operations.change_row(row=row, by=buyer, quantity=Decimal(120), decisions=decisions)

    assert (row.quantity, *cost(row)) == (120, Decimal("2.2"), 0, False)


def test_terms_with_their_breaks_cost_one_query_more(term, django_assert_num_queries):
    SupplierTermFactory.create_batch(2)

    with django_assert_num_queries(2):
        terms = list(SupplierTerm.objects.for_list().with_prices())

    assert [len(found.breaks) for found in terms] == [2, 0, 0]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"from_quantity": -1}, id="a quantity below 0"),
        pytest.param({"price": -1}, id="a price below 0"),
        pytest.param({"discount": 101}, id="more than all"),
        pytest.param({"valid_from": date(2026, 3, 2), "valid_until": date(2026, 3, 1)}, id="ends before it begins"),
    ],
)
def test_database_refuses_a_price_break_that_makes_no_sense(facts):
    with pytest.raises(IntegrityError):
        PriceBreakFactory(**facts)


def test_database_refuses_the_same_break_twice():
    step = PriceBreakFactory()

    with pytest.raises(IntegrityError):
        PriceBreakFactory(term=step.term, from_quantity=step.from_quantity)


HEADERS = ["part", "supplier", "from_quantity", "price", "discount", "valid_from", "valid_until"]


def test_import_of_price_breaks_finds_the_terms_and_changes_them_the_second_time():
    term = SupplierTermFactory()
    names = [term.part.number, term.supplier.number]

    for price in ("2.1", "1.9"):
        lines = Dataset([*names, "100", price, "5", "", "2026-12-31"], headers=HEADERS)
        assert not PriceBreakResource().import_data(lines).has_errors()

    facts = PriceBreak.objects.values_list("term", "from_quantity", "price", "discount", "valid_from", "valid_until")
    assert list(facts) == [(term.pk, 100, Decimal("1.9"), 5, None, date(2026, 12, 31))]


def test_import_of_price_breaks_names_a_line_without_terms():
    lines = Dataset(["NOWHERE", "20001", "100", "2", "0", "", ""], headers=HEADERS)

    [(_, [error])] = PriceBreakResource().import_data(lines).row_errors()

    assert str(error.error) == ("Supplier “20001” has no terms for part “NOWHERE”. Import the supplier terms first.")
    assert PriceBreak.objects.count() == 0


def test_export_of_price_breaks_can_be_imported_again():
    step = PriceBreakFactory(price=Decimal("2.1"))

    exported = PriceBreakResource().export()
    result = PriceBreakResource().import_data(exported)

    assert exported.dict[0]["part"] == step.term.part.number
    assert (result.has_errors(), result.totals["skip"]) == (False, 1)
