"""The dates of rows: what a new one is suggested, one date for all, and the desired and initial date."""

import json
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from erp.exceptions import Refused
from erp.register.calendar import WorkDays
from erp.register.models import PartName
from erp.register.operations import change_setting
from linkage.changes.decisions import Decisions
from linkage.models import Demand, Supply
from sales import operations
from sales.above import above
from sales.cells import Look, input_cells, leave_out_hidden
from sales.columns import COLUMNS
from sales.dates import day_by_lead_time, first_delivery_day
from sales.forms.parts import NewRowForm, RowForm
from sales.models import CustomerLink, CustomerTerm, SalesOrderRow
from sales.operations import NewPart
from sales.statuses import CONFIRMED
from sales.suggesting import suggest_date
from tests.factories import (
    CalendarExceptionFactory,
    CompanyFactory,
    MadePartFactory,
    PartFactory,
    PartnerFactory,
    UserFactory,
    WarehouseFactory,
)
from tests.production.factories import bom_of
from tests.races import run_before_commit
from tests.sales.factories import DELIVERY, again, order_with, row_with

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)  # a Monday
LATER = date(2026, 4, 1)
MONDAY_TO_FRIDAY = WorkDays(week=[True] * 5 + [False] * 2, exceptions={date(2026, 3, 10): False})


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY):
        yield


def rows_of(order):
    return list(order.rows.order_by("position"))


def dates(rows):
    return [row.delivery_date for row in rows]


def as_shown(form):
    """What a form sends when nobody types anything."""
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


@pytest.mark.parametrize(
    ("day", "takes", "found"),
    [
        pytest.param(date(2026, 3, 3), {1, 3}, date(2026, 3, 3), id="such a day"),
        pytest.param(date(2026, 3, 4), {1, 3}, date(2026, 3, 5), id="the next such day"),
        pytest.param(date(2026, 3, 6), {1}, date(2026, 3, 17), id="the next one is a holiday"),
        pytest.param(date(2026, 3, 7), set(range(7)), date(2026, 3, 9), id="a Saturday"),
        pytest.param(date(2026, 3, 3), {5, 6}, date(2026, 3, 3), id="days that are never work days"),
    ],
)
def test_first_delivery_day_is_a_work_day_of_ours_too(day, takes, found):
    answer = first_delivery_day(day, days=MONDAY_TO_FRIDAY, delivers_on=lambda day: day.weekday() in takes)

    assert answer == found


def test_day_by_lead_time_counts_work_days_first():
    day = day_by_lead_time(TODAY, lead_time=6, days=MONDAY_TO_FRIDAY, delivers_on=lambda day: day.weekday() in {0, 4})

    assert day == date(2026, 3, 13)  # six work days after Monday 2 is Wednesday 11: Tuesday 10 is a holiday


@pytest.fixture
def by_lead_time(admin_user):
    change_setting(name="default_delivery_date", value="lead-time", by=admin_user)


def test_first_row_is_for_today_on_a_day_that_the_customer_and_we_work(seller):
    order = order_with(by=seller)
    before = suggest_date(order=order, dates=())
    CustomerTerm.objects.create(customer=order.customer, delivers_monday=False)
    CalendarExceptionFactory(calendar=order.document.company.calendar, date=date(2026, 3, 3))

    assert (before, suggest_date(order=order, dates=())) == (TODAY, date(2026, 3, 4))


def test_next_rows_take_the_date_of_the_row_above(seller):
    order = order_with(1, by=seller)

    assert suggest_date(order=order, dates=dates(rows_of(order)), part=PartFactory(lead_time_to_customer=3)) == DELIVERY


@pytest.mark.parametrize(
    ("agreed", "of_part", "day"),
    [
        pytest.param(2, 5, date(2026, 3, 4), id="the customer link first"),
        pytest.param(0, 5, TODAY, id="agreed: at once"),
        pytest.param(None, 5, date(2026, 3, 9), id="then the part"),
        pytest.param(None, None, TODAY, id="else today"),
    ],
)
def test_by_lead_time_each_part_has_its_own_date(seller, by_lead_time, agreed, of_part, day):
    part = PartFactory(lead_time_to_customer=of_part, lead_time=40)
    order = order_with(1, by=seller)
    CustomerLink.objects.create(customer=order.customer, part=part, unit=part.unit, lead_time=agreed)

    assert suggest_date(order=order, dates=dates(rows_of(order)), part=part) == day


def test_by_lead_time_without_a_link_the_part_decides(seller, by_lead_time):
    part = PartFactory(lead_time_to_customer=1)
    CustomerLink.objects.create(customer=PartnerFactory(), part=part, unit=part.unit, lead_time=9)

    assert suggest_date(order=order_with(by=seller), dates=(), part=part) == date(2026, 3, 3)


def test_without_partial_delivery_a_row_before_the_first_has_its_date(seller):
    order = order_with(1, 1, partial_delivery_allowed=False, by=seller)

    found = above(order, rows_of(order)[0])

    assert (found.dates, suggest_date(order=order, dates=found.dates)) == ((DELIVERY, DELIVERY), DELIVERY)


def test_without_partial_delivery_it_is_the_first_rows_date(seller, by_lead_time):
    order = order_with(1, partial_delivery_allowed=False, by=seller)

    assert suggest_date(order=order, dates=dates(rows_of(order)), part=PartFactory(lead_time_to_customer=3)) == DELIVERY


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        pytest.param(TODAY, date(2026, 3, 9), id="left as suggested"),
        pytest.param(LATER, LATER, id="typed"),
        pytest.param("", None, id="unconfirmed"),
    ],
)
def test_form_gives_an_untouched_date_to_its_part(seller, by_lead_time, typed, saved):
    part, order = PartFactory(lead_time_to_customer=5), order_with(by=seller)
    posted = {"part": part.number, "quantity": "1", "row_status": "fixed", "delivery_date": typed}

    form = NewRowForm(posted | {"suggested_date": TODAY}, order=order)

    assert form.is_valid()
    assert form.cleaned_data["delivery_date"] == saved
    assert "suggested_date" not in form.cleaned_data


def test_page_suggests_the_date_once_the_part_is_chosen(seller_client, seller, by_lead_time):
    part, order = PartFactory(lead_time_to_customer=5), order_with(by=seller)
    url = reverse("sales:row_date", args=[order.pk])

    left = seller_client.get(url, {"part": part.number, "delivery_date": TODAY, "suggested_date": TODAY})
    typed = seller_client.get(url, {"part": part.number, "delivery_date": LATER, "suggested_date": TODAY})

    values = [answer.context["form"]["delivery_date"].value() for answer in (left, typed)]
    assert [str(value) for value in values] == ["2026-03-09", "2026-04-01"]


def test_page_suggests_an_inserted_row_the_date_of_the_row_above_it(seller_client, seller):
    order = order_with(1, 2, by=seller)
    first, second = order.rows.for_list().order_by("position")
    operations.change_row(row=second, delivery_date=date(2026, 5, 4), by=seller)
    url, part = reverse("sales:row_date", args=[order.pk]), PartFactory()

    answer = seller_client.get(url, {"part": part.number, "before": second.pk})

    assert answer.context["form"]["delivery_date"].value() == first.delivery_date


@pytest.mark.parametrize(("setting", "is_swapped"), [("today", False), ("lead-time", True)])
def test_suggestion_is_swapped_only_where_dates_go_by_part(seller_client, seller, admin_user, setting, is_swapped):
    change_setting(name="default_delivery_date", value=setting, by=admin_user)
    order, part = order_with(by=seller), PartFactory()

    answer = seller_client.get(reverse("sales:row_date", args=[order.pk]), {"part": part.number})

    assert ("hx-swap-oob" in answer.content.decode()) == is_swapped
    assert 'suggested_date,before"' in seller_client.get(reverse("sales:row_new", args=[order.pk])).content.decode()


def test_page_shows_what_a_new_row_gets_from_its_part(seller_client, seller):
    part = PartFactory(name="Saddle")
    order = order_with(by=seller)

    answer = seller_client.get(reverse("sales:row_date", args=[order.pk]), {"part": part.number, "quantity": "x"})

    assert json.loads(answer["HX-Trigger"]) == {
        "part-chosen": {
            "name": "Saddle",
            "unit": part.unit.code,
            "unit_price": "0.00",
            "discount": "0.00",
            "warehouse": order.warehouse.code,
        }
    }


def test_page_shows_the_warehouse_and_the_name_that_the_row_will_have(seller_client, seller):
    part = PartFactory(name="Saddle", default_warehouse=WarehouseFactory(code="FAR", company=CompanyFactory()))
    PartName.objects.create(part=part, language="sv", name="Sadel")
    order = order_with(customer=PartnerFactory(language="sv"), by=seller)

    answer = seller_client.get(reverse("sales:row_date", args=[order.pk]), {"part": part.number})

    shown = json.loads(answer["HX-Trigger"])["part-chosen"]
    assert (shown["name"], shown["warehouse"]) == ("Sadel", order.warehouse.code)


def test_page_shows_nothing_of_a_part_that_is_not_there(seller_client, seller):
    answer = seller_client.get(reverse("sales:row_date", args=[order_with(by=seller).pk]), {"part": "none"})

    assert "HX-Trigger" not in answer


def test_order_page_says_when_the_customer_takes_deliveries(seller_client, seller):
    order = order_with(1, transport_days=2, by=seller)
    days = {f"delivers_{day}": False for day in ("monday", "wednesday", "friday", "saturday", "sunday")}
    CustomerTerm.objects.create(customer=order.customer, **days)

    page = seller_client.get(reverse("sales:order", args=[order.pk])).content.decode()

    assert "The customer takes deliveries: Tuesday, Thursday." in page
    assert "Transport time: 2 work days." in page


@pytest.fixture
def order(seller):
    return order_with(10, 20, 30, partial_delivery_allowed=False, by=seller)


def test_row_on_another_day_is_not_added(seller, order):
    with pytest.raises(Refused) as refusal:
        operations.add_row(order=order, part=PartFactory(), quantity=Decimal(1), delivery_date=LATER, by=seller)

    assert str(refusal.value) == (
        "Partial delivery is not allowed, so it leaves with row 10 on 2026-03-20. Date of all rows changes all of them."
    )


@pytest.mark.parametrize(("position", "other"), [(10, 20), (20, 10)])
def test_row_is_not_changed_to_another_day(seller, order, position, other):
    row = order.rows.get(position=position)

    with pytest.raises(Refused, match=f"S-1001/{position}: .* it leaves with row {other} on 2026-03-20"):
        operations.change_row(row=row, delivery_date=LATER, by=seller)

    assert dates(rows_of(order)) == [DELIVERY] * 3


def test_row_is_not_split_over_two_days(seller, order):
    parts = [NewPart(quantity=Decimal(4)), NewPart(quantity=Decimal(6), delivery_date=LATER)]

    with pytest.raises(Refused, match="need the same delivery date as the first: change 15"):
        operations.split_row(row=order.rows.get(position=10), parts=parts, by=seller)


def test_order_of_two_days_is_not_opened(seller):
    part = PartFactory()
    rows = [{"part": part, "quantity": Decimal(1), "delivery_date": day} for day in (DELIVERY, LATER)]

    with pytest.raises(Refused, match="need the same delivery date as the first: change 20"):
        operations.create_order(
            customer=PartnerFactory(),
            warehouse=order_with(part=part, by=seller).warehouse,
            partial_delivery_allowed=False,
            rows=[operations.NewRow(**row) for row in rows],
            by=seller,
        )


def test_only_row_leaves_on_any_day(seller):
    row = row_with(10, partial_delivery_allowed=False, by=seller)

    assert operations.change_row(row=row, delivery_date=LATER, by=seller).delivery_date == LATER


def test_delivered_rows_do_not_count(seller, order):
    order.rows.filter(position__in=[10, 20]).update(closed_at="2026-03-01T12:00Z")

    row = operations.change_row(row=order.rows.get(position=30), delivery_date=LATER, by=seller)

    assert row.delivery_date == LATER


def test_form_says_it_in_the_cell(order):
    row = again(order.rows.get(position=20))

    form = RowForm(as_shown(RowForm(row=row)) | {"delivery_date": LATER}, row=row)

    assert form.errors["delivery_date"] == [
        "Partial delivery is not allowed, so it leaves with row 10 on 2026-03-20. Date of all rows changes all of them."
    ]


def test_date_rows_moves_all_rows_their_demands_and_their_arrival(seller, order):
    operations.change_order(order=order, transport_days=2, by=seller)

    moved = operations.date_rows(order=order, delivery_date=LATER, by=seller)

    rows = rows_of(order)
    assert [row.position for row in moved] == [10, 20, 30]
    assert {(row.delivery_date, row.at_customer_date, row.desired_date, row.initial_date) for row in rows} == {
        (LATER, date(2026, 4, 3), LATER, LATER)
    }
    assert set(Demand.objects.values_list("need_date", flat=True)) == {LATER}


def test_date_rows_takes_the_orders_made_for_the_rows_along(planner):
    part = MadePartFactory()
    bom_of(part, (PartFactory(), 1))
    order = order_with(10, 20, part=part, by=planner)
    operations.create_production_orders(rows=rows_of(order), by=planner)

    operations.date_rows(order=order, delivery_date=LATER, decisions=Decisions({}), by=planner)

    assert set(Supply.objects.values_list("due_date", flat=True)) == {LATER}


def test_date_rows_leaves_what_is_delivered(seller, order):
    order.rows.filter(position=10).update(closed_at="2026-03-01T12:00Z")

    operations.date_rows(order=order, delivery_date=LATER, by=seller)

    assert dates(rows_of(order)) == [DELIVERY, LATER, LATER]


def test_date_rows_of_a_closed_order_is_refused(seller, order):
    operations.cancel_order(order=order, by=seller)

    with pytest.raises(Refused, match="S-1001 is cancelled and cannot be changed"):
        operations.date_rows(order=order, delivery_date=LATER, by=seller)


def test_date_rows_takes_the_dates_away(seller, order):
    operations.date_rows(order=order, delivery_date=None, by=seller)

    assert dates(rows_of(order)) == [None] * 3
    assert set(Demand.objects.values_list("need_date", flat=True)) == {None}


def test_date_rows_asks_the_database_as_often_for_one_row_as_for_three(seller):
    asked = []
    for order in [order_with(*[10] * count, by=seller) for count in (1, 3)]:
        with CaptureQueriesContext(connection) as queries:
            operations.date_rows(order=order, delivery_date=LATER, by=seller)
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_dialog_gives_all_rows_one_date(seller_client, order):
    url = reverse("sales:order_dates", args=[order.pk])

    shown = seller_client.get(url)
    answer = seller_client.post(url, {"delivery_date": "2026-04-01"})

    assert shown.context["form"]["delivery_date"].value() == DELIVERY
    assert answer.status_code == 302
    assert dates(rows_of(order)) == [LATER] * 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_row_that_is_added_meanwhile_waits_and_must_leave_with_the_others():
    order, by, part = order_with(10, partial_delivery_allowed=False), UserFactory(), PartFactory()

    had_to_wait, outcome = run_before_commit(
        lambda: operations.date_rows(order=order, delivery_date=LATER, by=by),
        lambda: operations.add_row(order=order, part=part, quantity=Decimal(1), delivery_date=DELIVERY, by=by),
    )

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert dates(rows_of(order)) == [LATER]


@pytest.fixture
def row(seller):
    return row_with(10, status=CONFIRMED, by=seller, row={"desired_date": date(2026, 3, 18)})


@pytest.fixture
def setting(request, admin_user):
    change_setting(name="dates_after_freezing", value=request.param, by=admin_user)


def test_new_row_is_desired_today_and_its_first_date_is_the_initial_one(seller):
    row = row_with(10, by=seller)

    assert (row.desired_date, row.initial_date) == (TODAY, DELIVERY)


def test_row_without_a_date_has_no_initial_one_until_it_gets_one(seller):
    row = row_with(10, status=CONFIRMED, by=seller, row={"delivery_date": None})
    before = row.initial_date

    row = operations.change_row(row=row, delivery_date=LATER, by=seller)

    assert (before, row.desired_date, row.initial_date) == (None, TODAY, LATER)


def test_until_confirmed_they_follow_except_one_that_is_typed(seller):
    row = row_with(10, by=seller)

    row = operations.change_row(row=row, delivery_date=LATER, desired_date=date(2026, 3, 25), by=seller)

    assert (row.desired_date, row.initial_date) == (date(2026, 3, 25), LATER)


@pytest.mark.parametrize(
    ("setting", "follow", "after"),
    [
        pytest.param("keep", None, (date(2026, 3, 18), DELIVERY), id="stay"),
        pytest.param("follow", None, (LATER, LATER), id="change with it"),
        pytest.param("ask", None, (date(2026, 3, 18), DELIVERY), id="ask: nobody answered"),
        pytest.param("ask", True, (LATER, LATER), id="ask: yes"),
        pytest.param("ask", False, (date(2026, 3, 18), DELIVERY), id="ask: no"),
    ],
    indirect=["setting"],
)
def test_once_frozen_the_setting_says(seller, row, setting, follow, after):
    row = operations.change_row(row=row, delivery_date=LATER, follow=follow, by=seller)

    assert (row.desired_date, row.initial_date) == after


@pytest.mark.parametrize("setting", ["keep", "follow", "ask"], indirect=True)
def test_frozen_dates_can_be_typed_until_the_final_delivery(seller, row, setting):
    row = operations.change_row(row=row, desired_date=LATER, initial_date=LATER, by=seller)
    after = row.desired_date, row.initial_date
    SalesOrderRow.objects.filter(pk=row.pk).update(closed_at="2026-03-01T12:00Z")

    with pytest.raises(Refused, match="is finished and cannot be changed"):
        operations.change_row(row=row, desired_date=DELIVERY, by=seller)

    assert after == (LATER, LATER)


@pytest.mark.parametrize("setting", ["ask"], indirect=True)
@pytest.mark.parametrize(("choice", "valid"), [("", False), ("yes", True), ("no", True)])
def test_form_asks(row, setting, choice, valid):
    form = RowForm(as_shown(RowForm(row=row)) | {"delivery_date": LATER, "follow": choice}, row=row)

    assert (form.is_valid(), form.asks_to_follow) == (valid, True)
    assert valid or form.errors["delivery_date"] == [
        "Desired 2026-03-18 and initial 2026-03-20 are frozen. Change them too? Choose and save again."
    ]


@pytest.mark.parametrize("setting", ["ask"], indirect=True)
def test_grid_asks_in_the_cell_and_saves_the_answer(seller_client, row, setting):
    url = reverse("sales:row_edit", args=[row.pk])
    typed = as_shown(RowForm(row=row)) | {"delivery_date": LATER}

    asks = seller_client.post(url, typed, headers={"HX-Request": "true"})
    saved = seller_client.post(url, typed | {"follow": "yes"}, headers={"HX-Request": "true"})

    assert (asks.status_code, 'name="follow"' in asks.content.decode()) == (422, True)
    assert (saved.status_code, again(row).desired_date, again(row).initial_date) == (200, LATER, LATER)


@pytest.mark.parametrize("setting", ["ask"], indirect=True)
@pytest.mark.parametrize("hidden", [["delivery_date"], []])
def test_grid_asks_once_beside_the_date_at_the_customer_too(seller_client, admin_user, row, setting, hidden):
    change_setting(name="at_customer_shown", value=True, by=admin_user)
    look = Look(row.order, [column for column in COLUMNS if column.name not in hidden], may_write=True)
    typed = as_shown(RowForm(row=row)) | {"at_customer_date": LATER}
    typed = {name: value for name, value in typed.items() if name not in hidden and name != "follow"}

    form = leave_out_hidden(RowForm(typed, row=row), look)
    cells = "".join(cell.html for cell in input_cells(form, look))

    assert (form.is_valid(), form.asks_to_follow, cells.count('name="follow"')) == (False, True, 1)


def test_grid_shows_the_date_at_the_customer_beside_the_delivery_date_where_it_is_shown(
    seller_client, seller, admin_user
):
    order = order_with(10, transport_days=2, by=seller)
    url = reverse("sales:order", args=[order.pk])
    before = [column.name for column in seller_client.get(url).context["look"].columns]
    change_setting(name="at_customer_shown", value=True, by=admin_user)

    page = seller_client.get(url)
    names = [column.name for column in page.context["look"].columns]

    assert "at_customer_date" not in before
    assert names[names.index("delivery_date") + 1] == "at_customer_date"
    assert "2026-03-24" in page.content.decode()


@pytest.mark.parametrize("setting", ["follow"], indirect=True)
def test_date_of_all_rows_lets_them_follow(seller, row, setting):
    operations.date_rows(order=row.order, delivery_date=LATER, by=seller)

    assert (again(row).desired_date, again(row).initial_date) == (LATER, LATER)
