"""Scenario E1: the sales of one day, exploded without stock, are AdventureWorks' own work orders of that day.

The files stay where they are; without them there is nothing to compare with.
"""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from erp.demo.adventureworks import files
from erp.demo.adventureworks.loading import load
from erp.demo.adventureworks.reading import Source
from linkage.models import Demand
from production.operations import create_orders_for

DATA = Path(settings.BASE_DIR).parent / "shared" / "data" / "adventureworks"
SOLD_ON, STARTED_ON = date(2013, 8, 2), date(2013, 8, 5)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the files of AdventureWorks are not in {DATA}")


@pytest.fixture
def source(db, planner):
    source = Source(DATA)
    tables = ["parts", "boms", "customers", "stock", "sales_orders"]
    load(source, by=planner, only=tables, sales="history", first=SOLD_ON, last=SOLD_ON, is_counted=False)
    return source


def work_orders_of(source, started_on):
    numbers = {row.id: row.number for row in source.rows(files.PRODUCTS)}
    sums = Counter()
    for row in source.rows(files.WORK_ORDERS):
        if row.started_on == started_on:
            sums[numbers[row.product]] += row.quantity
    return sums


def test_orders_for_a_day_of_sales_are_the_work_orders_of_that_day(source, planner):
    demands = list(Demand.objects.filter(part__lot_sizing="LR"))

    orders = create_orders_for(demands=demands, by=planner, business_date=SOLD_ON)

    made = Counter()
    for order in orders:
        line = order.lines.select_related("supply__part").get()
        made[line.supply.part.number] += int(line.supply.quantity)
    expected = work_orders_of(source, STARTED_ON)
    assert (len(expected), expected.total()) == (86, 924)
    assert (len(demands), len(orders)) == (21, 588)
    assert made == expected
