"""Many rows at once: what a small number gives, a large one gives too."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps

from erp.exceptions import Refused
from linkage.models import Demand, DemandKind, Document
from linkage.models.positions import DocumentKind
from linkage.operation import operation
from linkage.operations import insert
from linkage.operations.inserting import MANY
from tests.factories import CompanyFactory, PartFactory, WarehouseFactory

pytestmark = pytest.mark.django_db

few_and_many = pytest.mark.parametrize("count", [3, MANY])


@operation
def insert_all(*, rows, by):
    return insert(rows)


def new_demands(count):
    part, warehouse = PartFactory(), WarehouseFactory()
    facts = {"kind": DemandKind.HOLD, "part": part, "warehouse": warehouse, "need_date": date(2026, 3, 20)}
    return [Demand(quantity=Decimal(number), **facts) for number in range(1, count + 1)]


@few_and_many
def test_insert_writes_the_rows(planner, count):
    rows = insert_all(rows=new_demands(count), by=planner)

    expected = [(row.pk, Decimal(number), Decimal(number)) for number, row in enumerate(rows, start=1)]
    assert list(Demand.objects.order_by("pk").values_list("pk", "quantity", "uncovered")) == expected
    assert [row.uncovered for row in rows[:2]] == [1, 2]


@few_and_many
def test_insert_keeps_the_history(planner, count):
    rows = insert_all(rows=new_demands(count), by=planner)

    events = apps.get_model("linkage", "DemandEvent").objects.filter(pgh_obj__in=rows)
    told = {(event.pgh_label, event.pgh_context.metadata["user"]) for event in events.select_related("pgh_context")}
    assert (events.count(), told) == (count, {("insert", planner.pk)})


@few_and_many
def test_insert_refuses_what_the_database_refuses(planner, count):
    company = CompanyFactory()
    facts = {"company": company, "kind": DocumentKind.SALES, "ordered_on": date(2026, 3, 2), "number": "S-1"}

    with pytest.raises(Refused):
        insert_all(rows=[Document(serial=number, **facts) for number in range(count)], by=planner)


def test_insert_of_nothing_is_nothing():
    assert insert([]) == []
