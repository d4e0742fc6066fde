"""The dates of the orders made from a row: the row's date less safety time, on the days that count for them."""

from datetime import date

import pytest
import time_machine

from linkage.models import Supply
from sales import operations
from tests.factories import CalendarExceptionFactory, MadePartFactory, PartFactory
from tests.production.factories import bom_of
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.mark.parametrize(
    ("delivery", "safety_time", "finish"),
    [
        pytest.param(date(2026, 3, 20), 0, date(2026, 3, 20), id="on the day"),
        pytest.param(date(2026, 3, 20), 2, date(2026, 3, 17), id="safety time over the holiday on Thursday 19"),
        pytest.param(date(2026, 3, 24), 3, date(2026, 3, 18), id="over a weekend and the holiday"),
        pytest.param(date(2026, 3, 22), 0, date(2026, 3, 20), id="a Sunday goes back"),
    ],
)
def test_production_order_finishes_the_safety_time_before_the_row(planner, delivery, safety_time, finish):
    part = MadePartFactory(safety_time=safety_time, lead_time=1)
    bom_of(part, (PartFactory(), 1))
    row = row_with(10, part=part, by=planner, row={"delivery_date": delivery})
    CalendarExceptionFactory(calendar=row.order.document.company.calendar, date=date(2026, 3, 19))

    operations.create_production_orders(rows=[row], by=planner)

    assert Supply.objects.get().due_date == finish


@pytest.mark.parametrize(
    ("safety_time", "days", "due"),
    [
        pytest.param(0, "friday", date(2026, 3, 20), id="on the day"),
        pytest.param(2, "wednesday", date(2026, 3, 18), id="safety time"),
        pytest.param(1, "tuesday", date(2026, 3, 17), id="back to the supplier's day"),
        pytest.param(0, "thursday", date(2026, 3, 12), id="the supplier's day is our holiday: a week earlier"),
    ],
)
def test_purchase_order_comes_on_a_day_of_the_supplier_and_ours(seller, safety_time, days, due):
    part = PartFactory(lot_sizing="LR", safety_time=safety_time)
    ticks = {f"delivers_{day}": False for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
    weekend = {"delivers_saturday": False, "delivers_sunday": False}
    SupplierTermFactory(part=part, **ticks | weekend | {f"delivers_{days}": True})
    row = row_with(10, part=part, by=seller)
    if days == "thursday":
        CalendarExceptionFactory(calendar=row.order.document.company.calendar, date=date(2026, 3, 19))

    operations.create_purchase_orders(rows=[row], by=seller)

    assert Supply.objects.get().due_date == due
