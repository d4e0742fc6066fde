"""Configured parts: an order waits until somebody confirms; price, components and cost follow what was chosen."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.exceptions import Refused
from erp.register.operations import change_setting
from linkage.changes import Decisions
from linkage.models import Demand, Status, Supply
from production.explosion import fits
from sales import operations
from sales.grids import grid_row
from sales.models import (
    Calculation,
    ConfigurationGroup,
    ConfigurationOption,
    ConfigurationQuestion,
    CustomerTerm,
    ListedOption,
    PriceList,
    SalesOrderRow,
)
from sales.models.terms import ListedPrice
from sales.statuses import QUOTE, REGISTERED
from tests.factories import PartnerFactory
from tests.sales.configured import configure, configured_bike, options
from tests.sales.factories import DELIVERY, again, order_with, row_with
from tests.sales.kits import kit_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bike():
    return configured_bike()


@pytest.fixture
def row(planner, bike):
    return row_with(10, part=bike, by=planner)


def needs():
    found = Demand.objects.filter(for_supply__kind="production").exclude(status=Status.CANCELLED).order_by("pk")
    return {demand.part.number: int(demand.quantity) for demand in found.select_related("part")}


@pytest.mark.parametrize(
    ("variants", "variant", "is_in"),
    [
        ("BELL", "RED+BELL", True),
        ("BELL", "RED+NONE", False),
        ("-RED", "RED+BELL", False),
        ("-RED", "BLUE+BELL", True),
        ("BELL, -RED", "BLUE+BELL", True),
        ("BELL, -RED", "RED+BELL", False),
    ],
)
def test_options_choose_rows_and_keep_rows_out(variants, variant, is_in):
    assert fits(variants, variant) == is_in


def test_default_configuration_is_there_and_waits_to_be_confirmed(planner, row):
    assert (row.variant, row.configured_at) == ("RED+NONE", None)


def test_order_with_an_unconfigured_row_is_not_registered_and_nothing_is_made(planner, bike):
    order = order_with(2, part=bike, status=QUOTE, by=planner)
    row = order.rows.for_list().get()
    with pytest.raises(Refused, match=f"Configure {row} first"):
        operations.register_order(order=order, by=planner)

    configure(row, planner, "RED", "NONE")

    assert operations.register_order(order=order, by=planner).status == REGISTERED


def test_no_order_is_made_of_an_unconfigured_row(planner, row):
    with pytest.raises(Refused, match="configure it first; nobody has confirmed"):
        operations.create_production_orders(rows=[row], by=planner)


def test_order_is_made_as_configured(planner, row):
    configure(row, planner, "BLUE", "BELL")

    operations.create_production_orders(rows=[again(row)], by=planner)

    assert Supply.objects.get(kind="production").variant == "BLUE+BELL"
    assert needs() == {"STEEL": 30, "BLUE-FR": 10, "BELL": 10}


def test_another_configuration_of_a_linked_row_changes_its_order_as_decided(planner, row):
    configure(row, planner, "RED", "NONE")
    operations.create_production_orders(rows=[again(row)], by=planner)
    supply = Supply.objects.get(kind="production")

    take = Decisions({f"revision-{supply.pk}": "follow"})
    configure(row, planner, "BLUE", "BELL", decisions=take)

    supply.refresh_from_db()
    assert (again(row).variant, supply.variant) == ("BLUE+BELL", "BLUE+BELL")
    assert needs() == {"STEEL": 30, "BLUE-FR": 10, "BELL": 10}


def test_price_is_that_of_the_part_and_its_options(planner, bike):
    customer = PartnerFactory()
    prices = PriceList.objects.create(name="Shops")
    ListedPrice.objects.create(price_list=prices, part=bike, unit=bike.unit, price=100)
    CustomerTerm.objects.create(customer=customer, price_list=prices, discount=10)
    row = row_with(10, part=bike, customer=customer, by=planner)

    configure(row, planner, "RED", "BELL")
    assert (again(row).unit_price, again(row).discount, again(row).price_source) == (108, 10, "configuration")

    ListedOption.objects.create(price_list=prices, option=options("BELL")[0], price=7)
    configure(row, planner, "RED", "BELL")
    assert again(row).unit_price == 112
    operations.change_row(row=again(row), quantity=Decimal(20), by=planner)
    assert again(row).unit_price == 112


def test_net_price_has_no_discount(planner, admin_user, bike):
    customer = PartnerFactory()
    CustomerTerm.objects.create(customer=customer, discount=10)
    change_setting(name="configuration_price", value="net", by=admin_user)
    row = row_with(10, part=bike, customer=customer, by=planner)

    configure(row, planner, "RED", "BELL")

    assert (again(row).unit_price, again(row).discount) == (8, 0)

    operations.change_row(row=again(row), discount=Decimal(4), by=planner)
    operations.unlock_price(row=again(row), discount=True, by=planner)
    assert (again(row).discount, again(row).discount_locked) == (0, False)


def test_another_price_takes_the_rounding_of_a_typed_total_away(planner, row):
    SalesOrderRow.objects.filter(pk=row.pk).update(rounding=Decimal("0.01"))

    configure(row, planner, "RED", "BELL")

    assert (again(row).unit_price, again(row).rounding) == (8, 0)


def test_price_that_makes_the_amount_too_large_is_refused(planner, bike):
    ConfigurationOption.objects.filter(code="BELL").update(price=9_000_000_000)
    row = row_with(100, part=bike, by=planner)

    with pytest.raises(Refused, match=f"{row}: its amount of 900000000500 is too large"):
        configure(row, planner, "RED", "BELL")


def test_typed_price_stays(planner, row):
    operations.change_row(row=row, unit_price=Decimal(50), by=planner)

    configure(row, planner, "RED", "BELL")

    assert again(row).unit_price == 50


def test_cost_is_reckoned_for_the_quantity_and_again_for_another(planner, row):
    configure(row, planner, "RED", "BELL")
    made = Calculation.objects.get()
    assert (made.quantity, made.material, made.time, made.outside) == (10, 500, 20, 0)
    assert again(row).standard_price == 52

    operations.change_row(row=again(row), quantity=Decimal(20), by=planner)

    made = Calculation.objects.get()
    assert (made.quantity, made.material, made.time, made.total) == (20, 1000, 30, 1030)


def test_typed_standard_price_stays_when_it_is_reckoned_again_until_its_padlock_is_taken_off(planner, row):
    configure(row, planner, "RED", "NONE")
    typed = operations.change_row(row=again(row), standard_price=Decimal(60), by=planner)
    operations.change_row(row=again(row), quantity=Decimal(20), by=planner)
    assert (typed.standard_price_locked, again(row).standard_price, again(row).calculation.quantity) == (True, 60, 20)
    assert grid_row(again(row)).money.standard == 20 * 60

    operations.unlock_price(row=again(row), standard=True, by=planner)
    reckoned = again(row).calculation.total / 20
    assert (again(row).standard_price, again(row).standard_price_locked) == (reckoned, False)

    operations.change_row(row=again(row), standard_price=Decimal(60), by=planner)
    operations.change_row(row=again(row), standard_price=None, by=planner)
    assert (again(row).standard_price, again(row).standard_price_locked) == (reckoned, False)


def test_configuration_asks_for_one_option_of_each_question(planner, row):
    with pytest.raises(Refused, match="Choose an option for: Bell"):
        configure(row, planner, "RED")
    with pytest.raises(Refused, match="Choose one option for each question"):
        configure(row, planner, "RED", "BLUE", "BELL")
    with pytest.raises(Refused, match="is of a part that is not configured"):
        configure(row_with(1, by=planner), planner, "RED")


def test_variant_typed_by_hand_has_to_be_confirmed_again(planner, row):
    configure(row, planner, "RED", "BELL")

    operations.change_row(row=again(row), variant="GREEN", by=planner)

    assert again(row).configured_at is None


def test_split_and_copy_stay_configured(planner, row):
    configure(row, planner, "RED", "BELL")

    halves = [operations.NewPart(quantity=Decimal(5)), operations.NewPart(quantity=Decimal(5))]
    parts = operations.split_row(row=again(row), parts=halves, by=planner)
    copy = operations.copy_order(order=row.order, by=planner)

    found = [*parts, *copy.rows.for_list()]
    assert {(one.variant, one.configured_at is not None) for one in found} == {("RED+BELL", True)}


def test_grid_shows_the_column_only_where_something_is_configured(planner, planner_client, row):
    page = planner_client.get(reverse("sales:order", args=[row.order_id]))
    assertContains(page, "Not configured yet")
    assertContains(page, "needs nothing before it is configured")
    assertContains(page, reverse("sales:row_configuration", args=[row.pk]))

    other = planner_client.get(reverse("sales:order", args=[row_with(1, by=planner).order_id]))
    assertNotContains(other, "Conf.")


def test_part_of_a_fictitious_part_that_waits_for_its_configuration_leads_to_it(planner, planner_client, row):
    kit = kit_of((row.part, 1))
    part = row_with(1, part=kit, by=planner).sub_rows.get()

    order = planner_client.get(reverse("sales:order", args=[part.order_id]))
    page = planner_client.get(reverse("sales:row", args=[part.pk]))

    for shown in (order, page):
        assertContains(shown, reverse("sales:row_configuration", args=[part.pk]))


@pytest.mark.parametrize(("price_from", "prices"), [("parts", (8, 16)), ("part", (0, 0))])
def test_fictitious_part_costs_its_configured_parts_where_the_setting_says_so(
    planner, admin_user, bike, price_from, prices
):
    change_setting(name="kit_price_from", value=price_from, by=admin_user)
    kit = row_with(1, part=kit_of((bike, 2)), by=planner)
    part = kit.sub_rows.get()

    configure(part, planner, "RED", "BELL")

    assert (again(part).unit_price, again(kit).unit_price) == prices


def test_part_of_a_fictitious_part_with_a_price_of_its_own_gets_none_by_another_quantity(planner, bike):
    kit = row_with(1, part=kit_of((bike, 2)), by=planner)
    part = configure(kit.sub_rows.get(), planner, "RED", "BELL")

    operations.change_row(row=again(part), quantity=Decimal(3), by=planner)

    assert again(part).unit_price == 0


def test_dialog_configures_the_row(planner_client, row):
    address = reverse("sales:row_configuration", args=[row.pk])
    form = planner_client.get(address).context["form"]
    [colour, bell] = [name for name in form.fields if name.startswith("question-")]
    assert [form[name].value() for name in (colour, bell)] == [str(one.pk) for one in options("RED", "NONE")]

    wrong = planner_client.post(address, {colour: "0", "version": row.version})
    assertContains(wrong, "Choose one of these.", status_code=422)
    assertContains(wrong, "Choose an option.", status_code=422)
    [blue, ring] = options("BLUE", "BELL")
    page = planner_client.post(address, {colour: blue.pk, bell: ring.pk, "version": row.version})

    assertRedirects(page, f"{reverse('sales:order', args=[row.order_id])}#row-{row.pk}")
    assert (again(row).variant, again(row).configured_at is not None) == ("BLUE+BELL", True)


def test_configuration_of_a_linked_row_is_previewed(planner, planner_client, row):
    configure(row, planner, "RED", "NONE")
    operations.create_production_orders(rows=[again(row)], by=planner)
    form = planner_client.get(reverse("sales:row_configuration", args=[row.pk])).context["form"]
    [colour, bell] = [name for name in form.fields if name.startswith("question-")]
    [blue, none] = options("BLUE", "NONE")

    page = planner_client.post(
        reverse("sales:row_configuration", args=[row.pk]),
        {colour: blue.pk, bell: none.pk, "version": again(row).version},
    )

    assertContains(page, "Take it over: variant RED+NONE → BLUE+NONE")
    assert again(row).variant == "RED+NONE"


def test_new_row_opens_its_configuration_where_the_group_says_so(planner, planner_client, bike):
    ConfigurationGroup.objects.update(opens_automatically=True)
    order = order_with(by=planner)
    data = {"part": "BIKE", "quantity": "2", "row_status": "fixed", "delivery_date": DELIVERY.isoformat()}

    page = planner_client.post(reverse("sales:row_new", args=[order.pk]), data)

    assertRedirects(page, reverse("sales:row_configuration", args=[order.rows.get().pk]))


@pytest.mark.parametrize("facts", [{"code": "a+b"}, {"code": "A B"}, {"price": Decimal(10**11)}])
def test_database_refuses_an_option_that_is_none(bike, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfigurationOption.objects.filter(code="RED").update(**facts)


def test_question_has_one_default(bike):
    with pytest.raises(IntegrityError, match="configuration_option_one_default"), transaction.atomic():
        ConfigurationOption.objects.filter(code="BLUE").update(is_default=True)


def test_two_questions_may_have_an_option_of_the_same_code(planner, planner_client, bike):
    bell = ConfigurationQuestion.objects.get(text="Bell")
    red_bell = ConfigurationOption.objects.create(question=bell, code="RED", name="Red bell", price=50)
    row = row_with(10, part=bike, by=planner)
    [red_frame] = ConfigurationOption.objects.select_related("question").filter(code="RED").exclude(pk=red_bell.pk)

    configured = [(red_frame, *options("BELL")), (*options("BLUE"), red_bell), (red_frame, red_bell)]
    found = []
    for chosen in configured:
        operations.configure_row(row=again(row), options=chosen, by=planner)
        page = planner_client.get(reverse("sales:row_configuration", args=[row.pk]))
        form = page.context["form"]
        picked = [form[name].value() for name in form.fields if name.startswith("question-")]
        found.append((picked, again(row).unit_price))

    assert found == [
        ([str(one.pk) for one in chosen], price) for chosen, price in zip(configured, [8, 50, 55], strict=True)
    ]
