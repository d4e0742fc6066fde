"""What a configuration comes to: over all levels of the BOM, before and after somebody confirms it."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.models import ExchangeRate
from production.queries.calculations import calculate
from sales import operations
from sales.configuring import answers_of
from sales.models import (
    Calculation,
    ConfigurationOption,
    ConfigurationQuestion,
    CustomerTerm,
    ListedOption,
    PriceList,
    SalesOrderRow,
)
from sales.reckoning import reckon
from tests.factories import MadePartFactory, PartFactory, PartnerFactory, PhantomPartFactory, ServicePartFactory
from tests.production.factories import WorkCentreFactory, bom_of, routing_of
from tests.sales.configured import configure, configured_bike, options
from tests.sales.factories import again, row_with

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def bike():
    return configured_bike()


@pytest.fixture
def row(planner, bike):
    return row_with(10, part=bike, by=planner)


def cost(part, quantity, **facts):
    found = calculate(part.pk, Decimal(quantity), on=TODAY, **facts).cost
    return found.material, found.time, found.outside


def test_cost_is_that_of_all_levels():
    """10 bikes of 2 wheels, of 36 spokes for 0.10 and 30 minutes each; what has no BOM is bought."""
    centre = WorkCentreFactory(hourly_rate=60)
    spoke, frame = PartFactory(standard_price=Decimal("0.1")), MadePartFactory(standard_price=50)
    wheel, bike = MadePartFactory(standard_price=999), MadePartFactory()
    bom_of(wheel, (spoke, 36))
    bom_of(bike, (wheel, 2), (frame, 1))
    routing_of(wheel, (centre, 20, 30))
    routing_of(bike, (centre, 10, 60))

    assert cost(bike, 10) == (10 * 50 + 720 * Decimal("0.1"), (20 + 600) + (10 + 600), 0)


def test_part_that_stands_on_two_levels_is_made_once():
    """The bolt stands below the frame and the bike: one set-up for all of them."""
    bolt, frame, bike = MadePartFactory(), MadePartFactory(), MadePartFactory()
    bom_of(bolt, (PartFactory(standard_price=2), 1))
    bom_of(frame, (bolt, 4))
    bom_of(bike, (frame, 1), (bolt, 2))
    routing_of(bolt, (WorkCentreFactory(hourly_rate=60), 15, 0))

    assert cost(bike, 10) == (60 * 2, 15, 0)


def test_variant_counts_through_fictitious_parts_and_not_below_what_is_made():
    red, blue = PartFactory(standard_price=1), PartFactory(standard_price=10)
    limited = [(red, 1, {"variants": "RED"}), (blue, 1, {"variants": "-RED"})]
    kit, wheel, bike = PhantomPartFactory(), MadePartFactory(), MadePartFactory()
    bom_of(kit, *limited)
    bom_of(wheel, *limited)
    bom_of(bike, (kit, 1), (wheel, 1))

    assert cost(bike, 1, variant="RED") == (1 + 10, 0, 0)


def test_scrap_fixed_quantities_and_work_outside_are_in_it():
    """8 frames with 20 % scrap and one for the start are 11; coating is 5 each."""
    frame, bike = PartFactory(standard_price=3), MadePartFactory()
    bom_of(bike, (frame, 1, {"scrap": Decimal("0.2"), "fixed_quantity": 1}))
    routing_of(bike, (ServicePartFactory(standard_price=5),))

    assert cost(bike, 8) == (11 * 3, 0, 8 * 5)


def test_part_without_a_bom_is_not_reckoned(planner):
    assert calculate(PartFactory().pk, Decimal(1), on=TODAY) is None


def test_confirming_saves_the_cost_of_all_levels(planner, row):
    frame = bike_part("RED-FR")
    type(frame).objects.filter(pk=frame.pk).update(part_type="manufactured")
    bom_of(frame, (PartFactory(standard_price=7), 2))

    configure(row, planner, "RED", "NONE")

    made = Calculation.objects.get()
    assert (made.quantity, made.material, made.time) == (10, 10 * (30 + 14), 20)
    assert again(row).standard_price == 46


def bike_part(number):
    return MadePartFactory._meta.model.objects.get(number=number)


def test_cost_that_no_column_holds_is_refused(planner, bike):
    type(bike).objects.filter(number="STEEL").update(standard_price=10_000_000_000)
    row = row_with(10, part=bike, by=planner)

    with pytest.raises(Refused, match=f"What {row} costs us is too large"):
        configure(row, planner, "RED", "NONE")


def test_reckoning_says_price_cost_and_other_components_and_writes_nothing(planner, row):
    operations.change_row(row=row, discount=Decimal(10), by=planner)
    row = again(row)

    found = reckon(row, options("BLUE", "BELL"))

    assert (found.variant, found.unit_price, found.discount, found.amount) == ("BLUE+BELL", 3, 10, 27)
    assert (found.cost.material, found.cost.time) == (10 * (30 + 10 + 10), 0)
    assert [(part.number, before, now) for part, before, now in found.changes] == [
        ("RED-FR", 10, 0),
        ("BLUE-FR", 0, 10),
        ("BELL", 0, 10),
    ]
    assert (again(row).variant, again(row).configured_at, Calculation.objects.count()) == ("RED+NONE", None, 0)


def test_what_is_reckoned_is_what_is_confirmed(planner, row):
    found = reckon(again(row), options("BLUE", "BELL"))

    made = configure(row, planner, "BLUE", "BELL")

    cost = Calculation.objects.get()
    assert (made.variant, made.unit_price, made.discount) == (found.variant, found.unit_price, found.discount)
    assert (cost.material, cost.time, cost.outside) == (found.cost.material, found.cost.time, found.cost.outside)


def test_dialog_reckons_without_saving(planner_client, row):
    address = reverse("sales:row_configuration", args=[row.pk])
    form = planner_client.get(address).context["form"]
    [colour, bell] = [name for name in form.fields if name.startswith("question-")]
    [blue, ring] = options("BLUE", "BELL")
    data = {colour: blue.pk, bell: ring.pk, "version": row.version, "reckon": "1"}

    page = planner_client.post(address, data, headers={"HX-Request": "true"})

    assertContains(page, f"with 10.00 pcs BELL {bike_part('BELL').name}")
    assertContains(page, "without RED-FR")
    assertContains(page, "500.00")
    assert page.context["form"][colour].value() == str(blue.pk)
    assert again(row).configured_at is None


def test_viewer_of_prices_alone_sees_no_cost_of_the_configuration(viewer_client, planner, row):
    configure(row, planner, "RED", "NONE")

    page = viewer_client.get(reverse("sales:row", args=[row.pk]))

    assertContains(page, "Colour")
    assertNotContains(page, "Pre-calculation")


def test_page_of_the_row_says_what_was_chosen_and_what_it_costs(planner, planner_client, row):
    address = reverse("sales:row", args=[row.pk])
    assertContains(planner_client.get(address), "Not configured yet: nobody has confirmed what is wanted.")

    configure(row, planner, "BLUE", "BELL")

    page = planner_client.get(address)
    assert [(question.text, option.code) for question, option in page.context["answers"]] == [
        ("Colour", "BLUE"),
        ("Bell", "BELL"),
    ]
    assertContains(page, "for 10.00 pcs: material 500.00, time 0.00, outside 0.00")
    assertNotContains(page, "Not configured yet")


def test_options_are_shown_at_the_price_of_the_customer_in_its_currency(planner, planner_client, bike):
    customer, prices = PartnerFactory(currency="GBP"), PriceList.objects.create(name="Shops", currency="GBP")
    CustomerTerm.objects.create(customer=customer, price_list=prices)
    ListedOption.objects.create(price_list=prices, option=options("BELL")[0], price=7)
    ExchangeRate.objects.create(currency="GBP", into="EUR", valid_from=date(2026, 1, 1), rate=Decimal("1.25"))
    row = row_with(10, part=bike, customer=customer, by=planner)

    form = planner_client.get(reverse("sales:row_configuration", args=[row.pk])).context["form"]

    [colour, bell] = [field.choices for name, field in form.fields.items() if name.startswith("question-")]
    assert [label for _pk, label in (*colour, *bell)] == ["Red (+4 GBP)", "Blue", "Bell (+7 GBP)", "None"]
    configure(row, planner, "RED", "BELL")
    assert SalesOrderRow.objects.get(pk=row.pk).unit_price == 11


def test_codes_that_are_too_long_together_are_refused(planner, row):
    [(colour, _red), _bell] = answers_of(row)
    for number in range(8):
        question = ConfigurationQuestion.objects.create(group=colour.group, position=10 + number, text=f"Q{number}")
        ConfigurationOption.objects.create(question=question, code=f"{number}" * 15, name="x", is_default=True)
    chosen = [*options("RED", "BELL"), *ConfigurationOption.objects.filter(name="x").select_related("question")]

    with pytest.raises(Refused, match="at most 120 characters"):
        operations.configure_row(row=again(row), options=chosen, by=planner)


def test_default_configuration_that_is_too_long_is_refused(planner, bike):
    group = bike.configured.group
    for number in range(8):
        question = ConfigurationQuestion.objects.create(group=group, position=10 + number, text=f"Q{number}")
        ConfigurationOption.objects.create(question=question, code=f"{number}" * 15, name="x", is_default=True)

    with pytest.raises(Refused, match="at most 120 characters"):
        row_with(1, part=bike, by=planner)


def test_option_that_is_gone_leaves_the_confirmed_row_as_it_is(planner, planner_client, row):
    configure(row, planner, "RED", "BELL")
    ConfigurationOption.objects.get(code="BELL").delete()

    page = planner_client.get(reverse("sales:row", args=[row.pk]))

    assert [option and option.code for _question, option in page.context["answers"]] == ["RED", None]
    assert (again(row).variant, again(row).unit_price) == ("RED+BELL", 8)


def test_stale_configuration_is_refused_and_writes_nothing(planner, planner_client, row):
    address = reverse("sales:row_configuration", args=[row.pk])
    form = planner_client.get(address).context["form"]
    [colour, bell] = [name for name in form.fields if name.startswith("question-")]
    operations.change_row(row=again(row), quantity=Decimal(12), by=planner)
    [blue, ring] = options("BLUE", "BELL")

    page = planner_client.post(address, {colour: blue.pk, bell: ring.pk, "version": row.version})

    assert (page.status_code, again(row).variant, again(row).configured_at) == (409, "RED+NONE", None)
