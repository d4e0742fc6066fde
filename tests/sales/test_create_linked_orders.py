"""``manage.py create_linked_orders``."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from erp.register.operations import change_setting
from linkage.models import JobRun
from production.models import ProductionOrder
from sales.operations import deliver
from tests.factories import MadePartFactory, PartFactory
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.sales.factories import order_with

pytestmark = pytest.mark.django_db
DAY = ("--from", "2026-03-02", "--to", "2026-03-02")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command("create_linked_orders", *arguments, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def as_json(*arguments):
    """The one object that was printed, without the time it took."""
    told = json.loads(run(*arguments, "--json")[0])
    return {name: value for name, value in told.items() if name != "seconds"}


def ordered(planner, *quantities):
    """Rows of a bicycle with an order-oriented frame below it."""
    bicycle, frame = MadePartFactory(number="BICYCLE"), MadePartFactory(number="FRAME")
    bom_of(frame, (PartFactory(), 1))
    bom_of(bicycle, (frame, 2))
    return order_with(*quantities, part=bicycle, by=planner)


def test_create_linked_orders_tells_what_it_made_as_json(planner):
    ordered(planner, 3, 4)

    told = as_json(*DAY)

    assert told == {"orders": 4, "quantity": "21", "by_part": {"BICYCLE": "7", "FRAME": "14"}}
    assert JobRun.objects.values_list("name", "succeeded", "message").get() == (
        "create_linked_orders",
        True,
        "4 orders, 0 rows without",
    )


def test_create_linked_orders_makes_none_the_second_time(planner):
    ordered(planner, 3)
    as_json(*DAY)

    assert as_json(*DAY) == {"orders": 0, "quantity": "0", "by_part": {}}


def test_create_linked_orders_takes_the_other_rows_of_an_order_of_which_one_has_left(planner):
    order = ordered(planner, 3, 4)
    row = order.rows.for_list().get(position=10)
    stock(row.part, row.warehouse, 3)
    deliver(row=row, quantity=Decimal(3), by=planner)

    assert as_json(*DAY) == {"orders": 2, "quantity": "12", "by_part": {"BICYCLE": "4", "FRAME": "8"}}


def test_create_linked_orders_dry_run_says_which_component_cannot_be_made_and_why(planner):
    bicycle, frame = MadePartFactory(number="BICYCLE"), MadePartFactory(number="FRAME")
    bom_of(bicycle, (frame, 2))
    order_with(3, part=bicycle, by=planner)

    told, why = run(*DAY, "--dry-run")

    assert told.startswith("1 orders, 3 pieces of 1 parts would be made")
    assert why == "FRAME has no active BOM."


def test_create_linked_orders_dry_run_tells_the_same_and_makes_nothing(planner):
    ordered(planner, 3, 4)

    told = as_json(*DAY, "--dry-run")

    assert told == {"orders": 4, "quantity": "21", "by_part": {"BICYCLE": "7", "FRAME": "14"}}
    assert (ProductionOrder.objects.count(), JobRun.objects.count()) == (0, 0)


def test_create_linked_orders_takes_both_days_and_no_other(planner):
    ordered(planner, 3)

    told = [
        as_json("--from", first, "--to", last)["orders"]
        for first, last in [("2026-03-03", "2026-03-31"), ("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-03-02")]
    ]

    assert told == [0, 0, 2]


def test_create_linked_orders_names_rows_without_an_order(planner):
    order_with(1, part=MadePartFactory(number="FRAME"), by=planner)

    said, why = run(*DAY)

    assert said.startswith("0 orders, 0 pieces of 0 parts made in")
    assert "S-1001/10: " in why
    assert "FRAME" in why


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--from", "2026-03-02", "--to", "2026-03-01"), "The last day 2026-03-01 lies before the first 2026-03-02."),
        (("--from", "yesterday", "--to", "2026-03-01"), "yesterday is not a date like 2013-08-02"),
        (("--from", "2026-03-02"), "the following arguments are required: --to"),
    ],
)
def test_create_linked_orders_says_what_is_wrong(arguments, sentence):
    with pytest.raises(CommandError) as error:
        run(*arguments)

    assert sentence in str(error.value)


def run_at_night():
    out = StringIO()
    call_command("create_linked_orders_at_night", business_date=date(2026, 3, 2), stdout=out)
    return out.getvalue().strip()


def test_create_linked_orders_at_night_makes_nothing_where_the_setting_is_off(planner):
    ordered(planner, 2)

    assert run_at_night() == "The setting “Make linked production orders at night” is off: nothing is made."
    assert not ProductionOrder.objects.exists()


def test_create_linked_orders_at_night_makes_what_is_missing_once(planner, admin_user):
    change_setting(name="create_linked_orders_at_night", value=True, by=admin_user)
    ordered(planner, 2)

    said = [run_at_night(), run_at_night()]

    assert said == ["2 orders, 6 pieces; 0 rows without.", "0 orders, 0 pieces; 0 rows without."]
