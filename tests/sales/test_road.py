"""When goods leave and when they are at the customer: places, transport time, and the two dates of a row."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from erp.exceptions import Refused
from erp.register.calendar import WEEKDAYS, WorkDays
from erp.register.models import ExchangeRate
from erp.register.operations import change_setting
from sales import operations
from sales.dates import arrival, departure
from sales.forms.parts import RowDetailForm
from sales.models import CustomerTerm, SalesOrder, SalesOrderRow
from sales.operations import NewPart
from tests.factories import AddressFactory, PartFactory, PartnerFactory
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db

MONDAY_TO_FRIDAY = WorkDays(week=[True] * 5 + [False] * 2, exceptions={date(2026, 3, 19): False})


@pytest.mark.parametrize(
    ("leaves", "transport", "there"),
    [
        pytest.param(date(2026, 3, 16), 0, date(2026, 3, 16), id="next door"),
        pytest.param(date(2026, 3, 21), 0, date(2026, 3, 21), id="next door on a Saturday"),
        pytest.param(date(2026, 3, 16), 2, date(2026, 3, 18), id="Monday to Wednesday"),
        pytest.param(date(2026, 3, 18), 2, date(2026, 3, 23), id="over a holiday and a weekend"),
        pytest.param(date(2026, 3, 21), 1, date(2026, 3, 23), id="from a Saturday"),
        pytest.param(None, 2, None, id="no date"),
    ],
)
def test_arrival_counts_work_days(leaves, transport, there):
    assert arrival(leaves, transport=transport, days=MONDAY_TO_FRIDAY) == there


@pytest.mark.parametrize(
    ("there", "transport", "leaves"),
    [
        pytest.param(date(2026, 3, 16), 0, date(2026, 3, 16), id="next door"),
        pytest.param(date(2026, 3, 18), 2, date(2026, 3, 16), id="Wednesday from Monday"),
        pytest.param(date(2026, 3, 23), 2, date(2026, 3, 18), id="over a holiday and a weekend"),
        pytest.param(date(2026, 3, 22), 1, date(2026, 3, 18), id="to be there on a Sunday, after a holiday"),
        pytest.param(date(2026, 3, 15), 1, date(2026, 3, 12), id="to be there on a Sunday"),
        pytest.param(None, 2, None, id="no date"),
    ],
)
def test_departure_counts_work_days(there, transport, leaves):
    assert departure(there, transport=transport, days=MONDAY_TO_FRIDAY) == leaves


@pytest.mark.parametrize("transport", range(1, 5))
def test_what_leaves_as_late_as_it_may_is_there_in_time(transport):
    road = {"transport": transport, "days": MONDAY_TO_FRIDAY}
    for there in (date(2026, 3, day) for day in range(1, 29)):
        leaves = departure(there, **road)

        assert arrival(leaves, **road) <= there < arrival(MONDAY_TO_FRIDAY.add(leaves, 1), **road)


def test_create_order_takes_the_transport_time_of_the_customers_default_address(seller):
    customer = PartnerFactory()
    AddressFactory(partner=customer, transport_days=1)
    AddressFactory(partner=customer, transport_days=3, is_default=True)
    AddressFactory(partner=customer, kind="mailing", transport_days=9, is_default=True)

    order = order_with(10, customer=customer, by=seller)

    row = order.rows.get()
    assert (order.transport_days, row.delivery_date, row.at_customer_date) == (
        3,
        date(2026, 3, 20),
        date(2026, 3, 25),
    )


def test_create_order_takes_the_transport_time_of_its_own_place_first(seller):
    customer = PartnerFactory()
    AddressFactory(partner=customer, transport_days=3, is_default=True)
    far = AddressFactory(partner=customer, transport_days=5)

    assert order_with(customer=customer, delivery_place=far, by=seller).transport_days == 5


def test_create_order_without_an_address_is_next_door(seller):
    assert order_with(by=seller).transport_days == 0


def test_change_order_to_another_place_takes_its_transport_time(seller):
    customer = PartnerFactory()
    far = AddressFactory(partner=customer, transport_days=2)
    order = order_with(10, customer=customer, transport_days=1, by=seller)

    operations.change_order(order=order, delivery_place=far, transport_days=1, by=seller)

    row = order.rows.get()
    assert (SalesOrder.objects.get().transport_days, row.delivery_date, row.at_customer_date) == (
        2,
        date(2026, 3, 20),
        date(2026, 3, 24),
    )


def test_change_order_keeps_a_transport_time_that_is_typed_with_the_place(seller):
    customer = PartnerFactory()
    far = AddressFactory(partner=customer, transport_days=2)
    order = order_with(customer=customer, by=seller)

    operations.change_order(order=order, delivery_place=far, transport_days=4, by=seller)

    assert SalesOrder.objects.get().transport_days == 4


def test_change_order_with_an_emptied_transport_time_takes_that_of_the_address(seller):
    customer = PartnerFactory()
    AddressFactory(partner=customer, transport_days=2)
    order = order_with(customer=customer, transport_days=7, by=seller)

    operations.change_order(order=order, transport_days=None, by=seller)

    assert SalesOrder.objects.get().transport_days == 2


def test_change_order_to_somebody_elses_address_is_refused(seller):
    order = order_with(by=seller)

    with pytest.raises(Refused, match=r"^Choose an address of the order's own customer\.$"):
        operations.change_order(order=order, delivery_place=AddressFactory(), by=seller)


def test_database_refuses_somebody_elses_address():
    order, place = order_with(), AddressFactory()

    with pytest.raises(IntegrityError, match="The place of delivery is an address"), transaction.atomic():
        SalesOrder.objects.filter(pk=order.pk).update(delivery_place=place)


def test_customer_takes_deliveries_on_some_day():
    days = {f"delivers_{day}": False for day in WEEKDAYS}

    with pytest.raises(IntegrityError, match="customer_term_delivers_some_day"), transaction.atomic():
        CustomerTerm.objects.create(customer=PartnerFactory(), **days)


@pytest.fixture
def row(seller):
    """Leaves on Friday 20 March, two work days on the road."""
    return row_with(10, transport_days=2, by=seller)


@pytest.mark.parametrize(
    ("typed", "dates"),
    [
        pytest.param({"delivery_date": date(2026, 3, 23)}, (date(2026, 3, 23), date(2026, 3, 25)), id="leaves later"),
        pytest.param(
            {"at_customer_date": date(2026, 3, 23)}, (date(2026, 3, 19), date(2026, 3, 23)), id="must be there"
        ),
        pytest.param(
            {"delivery_date": date(2026, 3, 19), "at_customer_date": date(2026, 3, 30)},
            (date(2026, 3, 19), date(2026, 3, 30)),
            id="both typed",
        ),
        pytest.param({"at_customer_date": None}, (date(2026, 3, 20), date(2026, 3, 24)), id="emptied"),
        pytest.param({"delivery_date": None}, (None, None), id="unconfirmed"),
    ],
)
def test_change_row_moves_the_other_date(seller, row, typed, dates):
    changed = operations.change_row(row=row, **typed, by=seller)

    assert (changed.delivery_date, changed.at_customer_date) == dates
    assert changed.demand.need_date == dates[0]


def test_add_row_that_must_be_there_on_a_day_leaves_in_time(seller, row):
    added = operations.add_row(
        order=row.order, part=row.part, quantity=Decimal(1), at_customer_date=date(2026, 3, 31), by=seller
    )

    assert (added.delivery_date, added.demand.need_date) == (date(2026, 3, 27), date(2026, 3, 27))


def test_split_row_gives_each_part_its_arrival(seller, row):
    parts = [NewPart(quantity=Decimal(4)), NewPart(quantity=Decimal(6), delivery_date=date(2026, 3, 27))]

    rows = operations.split_row(row=row, parts=parts, by=seller)

    assert [(part.delivery_date, part.at_customer_date) for part in rows] == [
        (date(2026, 3, 20), date(2026, 3, 24)),
        (date(2026, 3, 27), date(2026, 3, 31)),
    ]


def test_row_has_an_order_date_of_its_own(seller):
    order = order_with(10, ordered_on=date(2026, 3, 2), by=seller)
    row = order.rows.get()

    before = SalesOrderRow.objects.with_ordered_on().get().counts_as_ordered_on
    changed = operations.change_row(row=row, ordered_on=date(2026, 3, 9), by=seller)

    after = SalesOrderRow.objects.with_ordered_on().get().counts_as_ordered_on
    assert (before, after, changed.demand.ordered_on) == (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 9))


def test_detail_form_leaves_out_what_only_the_register_can_say(seller, row):
    added = operations.add_row(order=row.order, row_type=2, name="Freight", quantity=Decimal(1), by=seller)

    forms = [RowDetailForm(row=again(each)) for each in (row, added)]

    assert set(forms[0].fields) - set(forms[1].fields) == {"revision", "goods_label", "priority"}


def test_detail_form_says_how_many_decimals_a_price_of_any_row_has(seller, admin_user, row):
    added = operations.add_row(order=row.order, row_type=2, name="Freight", quantity=Decimal(1), by=seller)
    change_setting(name="price_decimals", value=2, by=admin_user)

    form = RowDetailForm({"setup_price": "1.234"}, row=again(added))

    assert form.errors["setup_price"] == ["A price has at most 2 decimals here."]


@pytest.fixture
def order(seller):
    ExchangeRate.objects.create(currency="USD", into="EUR", valid_from=date(2026, 1, 1), rate=Decimal("0.9"))
    return order_with(
        currency="USD", exchange_rate=Decimal("0.8"), ordered_on=date(2026, 3, 2), part=PartFactory(), by=seller
    )


def test_emptied_rate_is_suggested_again(seller, order):
    operations.change_order(order=order, exchange_rate=None, by=seller)

    assert SalesOrder.objects.get().exchange_rate == Decimal("0.9")


def test_emptied_rate_without_one_in_the_table_is_refused(seller, order):
    ExchangeRate.objects.all().delete()

    with pytest.raises(Refused, match="There is no exchange rate from USD to EUR"):
        operations.change_order(order=order, exchange_rate=None, by=seller)


def test_another_currency_takes_its_own_rate(seller, order):
    operations.change_order(order=order, currency="EUR", exchange_rate=Decimal("0.8"), by=seller)

    assert SalesOrder.objects.get().exchange_rate == 1


def test_form_with_an_emptied_rate_saves_the_one_of_the_table(seller_client, order):
    page = reverse("sales:order_change", args=[order.pk])
    fields = seller_client.get(page).context["form"]
    typed = {name: fields[name].value() for name in fields.fields} | {"warehouse": order.warehouse.code}
    typed = {name: value for name, value in typed.items() if value is not None} | {"exchange_rate": ""}

    answer = seller_client.post(page, typed)

    assert (answer.status_code, SalesOrder.objects.get().exchange_rate) == (302, Decimal("0.9"))
