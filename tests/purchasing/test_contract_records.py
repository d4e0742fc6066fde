"""The record of a contract link: listed, filtered, exported, and with its badge in the chain."""

import csv
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from purchasing import operations
from tests.purchasing.factories import component_for, demand_of, purchase_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(buyer):
    """Sixty of a hundred under contract for a component, ten for a sales row without one."""
    row = purchase_row(quantity=100)
    component = component_for(row, quantity=60, position=30)
    made = operations.link_to_component(row=row, component=component, quantity=Decimal(60), by=buyer, wider=True)
    operations.set_promises(row=row, quantities={demand_of(row): Decimal(10)}, by=buyer, accept_warnings=True)
    return made


def test_contract_records_are_filtered_and_exported_with_their_references(record, buyer_client):
    asked = {"contract": "1", "export": "csv"}

    answer = b"".join(buyer_client.get(reverse("linkage:link_list"), asked)).decode("utf-8-sig")

    [line] = csv.DictReader(answer.splitlines())
    names = ["Purchase order", "Production order", "Component line", "Quantity", "Status", "Contract"]
    assert [line[name] for name in names] == [
        "P-1001/10", str(record.demand.document), "10/30", "60.000000", "Planned", "True",
    ]  # fmt: skip


def test_chain_of_a_contract_linked_component_shows_the_badge(record, buyer_client):
    shown = buyer_client.get(reverse("linkage:chain_demand", args=[record.demand_id]))

    assertContains(shown, "Contract-linked", count=1)
