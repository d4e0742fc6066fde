"""Scenario E1: the sales of one day, exploded without stock, are AdventureWorks' own work orders of that day.

The files stay where they are; without them there is nothing to compare with.
"""

import json
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from erp.demo.adventureworks import files
from erp.demo.adventureworks.reading import Source
from production.models import ProductionOrder

DATA = Path(settings.BASE_DIR).parent / "shared" / "data" / "adventureworks"
SOLD_ON, STARTED_ON = "2013-08-02", date(2013, 8, 5)
# All that the day's orders need; the 72,591 work orders of the past are not part of it.
TABLES = "parts,boms,vendors,terms,customers,stock,sales_orders"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the files of AdventureWorks are not in {DATA}")


@pytest.fixture
def day_of_sales(db):
    options = ["--no-stock", "--sales", "history", "--from", SOLD_ON, "--to", SOLD_ON, "--only", TABLES]
    return run("load_adventureworks", str(DATA), *options)


def run(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def work_orders_of(started_on):
    source = Source(DATA)
    numbers = {row.id: row.number for row in source.rows(files.PRODUCTS)}
    sums = Counter()
    for row in source.rows(files.WORK_ORDERS):
        if row.started_on == started_on:
            sums[numbers[row.product]] += row.quantity
    return sums


def test_orders_for_a_day_of_sales_are_the_work_orders_of_that_day(day_of_sales):
    made = run("create_linked_orders", "--from", SOLD_ON, "--to", SOLD_ON)

    expected = work_orders_of(STARTED_ON)
    assert (len(expected), expected.total()) == (86, 924)
    assert (made["orders"], made["quantity"]) == (588, "924")
    assert made["by_part"] == {number: str(quantity) for number, quantity in expected.items()}


def test_a_second_run_makes_none(day_of_sales):
    run("create_linked_orders", "--from", SOLD_ON, "--to", SOLD_ON)

    again = run("create_linked_orders", "--from", SOLD_ON, "--to", SOLD_ON)

    assert (again["orders"], again["quantity"], again["by_part"]) == (0, "0", {})
    assert ProductionOrder.objects.count() == 588
