"""What supplier terms make of a need."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused
from erp.register.calendar import WEEKDAYS, work_days
from erp.register.units import Conversions
from purchasing.arithmetic import OrderQuantity, amount, delivery_date, first_delivery_date, order_quantity, share_of
from tests.factories import PartFactory, UnitConversionFactory, UnitFactory, WorkCalendarFactory
from tests.purchasing.factories import SupplierTermFactory

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("need", "multiple", "minimum", "ordered"),
    [
        pytest.param("7", 0, 0, "7", id="any quantity"),
        pytest.param("7", 0, 10, "10", id="minimum"),
        pytest.param("7", 5, 0, "10", id="multiple"),
        pytest.param("12", 5, 12, "15", id="minimum and multiple"),
        pytest.param("15", 5, 0, "15", id="fits"),
    ],
)
def test_order_quantity_rounds_up(need, multiple, minimum, ordered):
    term = SupplierTermFactory(multiple=multiple, minimum=minimum)

    got = order_quantity(need=Decimal(need), term=term, conversions=Conversions([term.part]))

    assert got == OrderQuantity(quantity=Decimal(ordered), base=Decimal(ordered))


def test_order_quantity_is_in_the_purchase_unit():
    box = UnitConversionFactory(numerator=12).unit
    term = SupplierTermFactory(unit=box)

    got = order_quantity(need=Decimal(30), term=term, conversions=Conversions([term.part]))

    assert got == OrderQuantity(quantity=Decimal(3), base=Decimal(36))


def test_order_quantity_is_never_less_than_the_need_after_rounding():
    kilo = UnitFactory(code="kg", decimals=6)
    bag = UnitFactory(code="bag", decimals=6)
    part = PartFactory(unit=kilo)
    UnitConversionFactory(part=part, unit=bag, base=kilo, numerator=1, denominator=3)
    term = SupplierTermFactory(part=part, unit=bag)

    got = order_quantity(need=Decimal("0.333334"), term=term, conversions=Conversions([part]))

    assert got.base >= Decimal("0.333334")


def test_delivery_date_goes_back_by_the_safety_time_to_a_delivery_day():
    term = SupplierTermFactory(delivers_tuesday=False, delivers_monday=False)
    days = work_days(WorkCalendarFactory())

    got = delivery_date(need_date=WEDNESDAY, safety_time=1, term=term, days=days)

    assert got == date(2026, 3, 13)


def test_delivery_date_on_a_day_off_is_the_work_day_before():
    term = SupplierTermFactory()
    days = work_days(WorkCalendarFactory())

    assert delivery_date(need_date=date(2026, 3, 22), safety_time=0, term=term, days=days) == date(2026, 3, 20)


def test_delivery_date_that_never_comes_is_refused():
    only_sunday = {f"delivers_{day}": day == "sunday" for day in WEEKDAYS}
    term = SupplierTermFactory(**only_sunday)
    days = work_days(WorkCalendarFactory())

    with pytest.raises(Refused, match=r"on Sunday, which is never a work day\."):
        delivery_date(need_date=WEDNESDAY, safety_time=0, term=term, days=days)


def test_first_delivery_date_counts_the_lead_time_in_work_days():
    term = SupplierTermFactory(lead_time=3, delivers_monday=False)
    days = work_days(WorkCalendarFactory())

    assert first_delivery_date(ordered_on=WEDNESDAY, term=term, days=days) == date(2026, 3, 24)


@pytest.mark.parametrize(("currency", "rounded"), [("EUR", "2.84"), ("JPY", "3"), ("KWD", "2.835")])
def test_amount_is_rounded_half_up_to_the_currency_after_the_discount(currency, rounded):
    facts = {"quantity": Decimal(3), "price": Decimal("1.05"), "discount": Decimal(10)}

    assert amount(**facts, currency=currency) == Decimal(rounded)


def test_share_of_nothing_is_nothing():
    assert (share_of(Decimal(60), Decimal(100)), share_of(Decimal(0), Decimal(0))) == (60, 0)
