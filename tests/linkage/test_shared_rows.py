"""Rows of an export share what they refer to, and are otherwise what ``select_related`` reads."""

from decimal import Decimal

import pytest
from django.urls import reverse

from erp.web import shared_rows
from erp.web.shared_rows import how_many, shared
from linkage.models import OrderLink
from linkage.operations import link
from linkage.queries.order_links import links_for_list
from tests.linkage.factories import DemandFactory, SupplyFactory, component_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def links(planner):
    """Of one supply to a sales row, of another to a component."""
    supply, other = SupplyFactory(quantity=10), SupplyFactory(quantity=5)
    facts = {"by": planner, "accept_warnings": True}
    row = DemandFactory(part=supply.part, warehouse=supply.warehouse, quantity=4)
    link(demand=row, supply=supply, quantity=Decimal(4), **facts)
    line = SupplyFactory(warehouse=other.warehouse)
    link(demand=component_of(line, part=other.part, quantity=5), supply=other, quantity=Decimal(1), **facts)
    return OrderLink.objects.all()


def told(one):
    """What a list may ask of a link."""
    demand, supply = one.demand, one.supply
    made = demand.for_supply
    partner = demand.document.partner if demand.document else None
    kept = demand._state.fields_cache["hold"]
    return (
        str(one),
        supply.part.unit.code,
        str(supply.warehouse),
        made and made.position,
        str(partner),
        kept,
        one.created_by.username,
    )


@pytest.mark.usefixtures("links")
def test_shared_rows_are_those_of_the_queryset_with_all_that_it_joins(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(shared_rows, "BATCH", 1)
    rows = links_for_list().order_by("pk")
    joined = [told(one) for one in rows]

    found = list(shared(rows))

    with django_assert_num_queries(0):
        assert [told(one) for one in found] == joined


@pytest.mark.usefixtures("links")
def test_export_gives_what_the_page_shows(planner_client):
    answer = planner_client.get(reverse("linkage:link_list"), {"export": "csv"})

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    first = OrderLink.objects.order_by("demand__need_date").first()
    assert str(first.supply) in lines[1]
    assert str(first.demand) in lines[1]


@pytest.mark.usefixtures("links")
def test_rows_are_counted_without_reading_them():
    rows = links_for_list()

    assert (how_many(rows), rows._result_cache, how_many([1, 2, 3])) == (2, None, 3)
