"""The row grid of an order: what is marked beside a date."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from erp.register.operations import change_setting
from sales import operations
from sales.cells import Look
from sales.columns import COLUMNS, shows
from sales.forms.parts import NewRowForm, RowDetailForm, RowForm, box_of
from sales.grids import grid
from sales.models import CustomerTerm, RowType
from sales.statuses import RowStatus
from sales.views.panels import new_row_form
from tests.factories import MadePartFactory, PartFactory
from tests.sales.factories import order_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.mark.parametrize(
    ("row", "warnings"),
    [
        pytest.param({"delivery_date": date(2026, 3, 20)}, [], id="in time"),
        pytest.param({"delivery_date": date(2026, 2, 27)}, ["The date is in the past."], id="past"),
        pytest.param(
            {"delivery_date": date(2026, 3, 4)},
            ["The date is inside the lead time of 5 work days: 2026-03-09 at the earliest."],
            id="too soon",
        ),
        pytest.param(
            {"delivery_date": date(2026, 3, 21)},
            ["The date is not a work day; the next one is 2026-03-23."],
            id="Saturday",
        ),
        pytest.param(
            {"delivery_date": None}, ["No date: planning leaves this row out, and no order is made for it."], id="none"
        ),
        pytest.param(
            {"delivery_date": date(2026, 3, 20), "row_status": RowStatus.MANUFACTURED},
            ["May be made, but not delivered yet."],
            id="manufactured",
        ),
    ],
)
def test_grid_warns_of_a_date(seller, row, warnings):
    order = order_with(10, part=PartFactory(lead_time=5), by=seller, row=row)

    [shown] = grid(order)

    assert shown.warnings == warnings


def test_grid_warns_of_a_day_on_which_the_customer_takes_nothing(seller):
    order = order_with(10, by=seller)
    CustomerTerm.objects.create(customer=order.customer, delivers_friday=False, delivers_saturday=False)

    [shown] = grid(order)

    assert shown.warnings == ["The customer takes deliveries on Monday, Tuesday, Wednesday, Thursday, Sunday only."]


def test_grid_marks_dates_that_differ_without_partial_delivery(seller):
    order = order_with(10, 10, by=seller, partial_delivery_allowed=False)

    order.rows.filter(position=20).update(delivery_date=date(2026, 4, 1))

    assert [(shown.row.delivery_date, shown.error) for shown in grid(order)] == [
        (date(2026, 3, 20), ""),
        (date(2026, 4, 1), "Without partial delivery this date must be that of the first row, 2026-03-20."),
    ]


@pytest.mark.parametrize(
    ("setting", "part"),
    [("m_order_box_default", MadePartFactory), ("p_order_box_default", PartFactory)],
)
def test_new_row_is_ticked_where_the_setting_says_so(admin_user, setting, part):
    part = part(lot_sizing="LR")
    before = box_of(part, "")
    change_setting(name=setting, value=True, by=admin_user)

    assert (before, box_of(part, ""), box_of(part, "no")) == (False, True, False)


def test_new_row_takes_date_and_row_status_of_the_row_above(seller):
    order = order_with(10, by=seller, row={"row_status": RowStatus.BUY_MATERIAL})

    after = new_row_form(Look(order, COLUMNS, may_write=True))
    first = new_row_form(Look(order_with(by=seller), COLUMNS, may_write=True))

    assert [(form.initial["delivery_date"], form.initial["row_status"]) for form in (after, first)] == [
        (date(2026, 3, 20), RowStatus.BUY_MATERIAL),
        (date(2026, 3, 2), RowStatus.FIXED),
    ]


def test_additional_row_has_a_row_status_and_hands_it_on(seller):
    order = order_with(by=seller)
    facts = {"row_type": RowType.ADDITIONAL, "name": "Freight", "quantity": Decimal(1), "by": seller}
    operations.add_row(order=order, row_status=RowStatus.FORECAST, **facts)

    after = new_row_form(Look(order, COLUMNS, may_write=True), asked={"row_type": "2"})

    assert (after.kind, after.initial["row_status"]) == ("additional", RowStatus.FORECAST)
    assert shows.status(grid(order)[0]) == "Additional: Forecast"


@pytest.mark.parametrize(("typed", "saved"), [({}, RowStatus.FIXED), ({"row_status": "forecast"}, RowStatus.FORECAST)])
def test_additional_row_is_a_fixed_order_unless_somebody_says_another_status(seller_client, seller, typed, saved):
    order = order_with(by=seller)
    data = {"row_type": "2", "name": "Freight", "quantity": "1"} | typed

    seller_client.post(reverse("sales:row_new", args=[order.pk]), data)

    assert order.rows.get().row_status == saved


def test_position_is_never_typed():
    assert "position" not in {*NewRowForm.base_fields, *RowForm.base_fields, *RowDetailForm.base_fields}
