"""A partial delivery: planned, picked, reported in part, then the rest as final; the paper of the first is read."""

import io
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from linkage.operations import adjust_stock
from sales.models import DeliveryNote, SalesOrderRow
from tests.journeys.ordering import sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(shop):
    """A row of 50 light sets, 40 of them on hand."""
    demand = sold(shop, "LI-10", 50)
    facts = {"part": demand.part, "warehouse": demand.warehouse, "quantity": Decimal(40), "effective_on": shop.today}
    adjust_stock(**facts, reason="Counted", by=shop.people["warehouse"])
    return SalesOrderRow.objects.for_list().get(demand=demand)


def test_warehouse_plans_picks_and_delivers_in_two_goes(shop, row, at_desk):
    keeper = at_desk("warehouse")
    page = keeper.page
    keeper.open(f"/sales/picking/?until={shop.day(60)}")

    box = page.get_by_label(f"Quantity of {row}")
    expect(box).to_have_value("40")
    box.fill("30")
    page.get_by_role("button", name="Create pick list").click()
    expect(page.get_by_role("heading", name="Pick list PL-1001")).to_be_visible()
    keeper.look()

    page.get_by_label(f"Quantity of {row}").fill("20")
    page.get_by_role("button", name="Report the delivery").click()
    expect(page.get_by_text("Delivered: D-1001.")).to_be_visible()
    expect(page.get_by_label(f"Quantity of {row}")).to_have_value("10")
    keeper.look()

    page.get_by_label(f"Final delivery of {row}").check()
    page.get_by_role("button", name="Report the delivery").click()
    expect(page.get_by_text("Delivered: D-1002.")).to_be_visible()

    page.get_by_role("link", name="D-1001").click()
    expect(page.get_by_role("heading", name="Delivery note D-1001")).to_be_visible()
    keeper.look()
    note = DeliveryNote.objects.get(number="D-1001")
    pdf = page.request.get(f"/sales/deliveries/{note.pk}/paper/").body()
    text = " ".join(found.extract_text() for found in PdfReader(io.BytesIO(pdf)).pages)
    assert all(words in text for words in ["D-1001", str(row.order), "LI-10", "50", "20", "30"])
    fresh = SalesOrderRow.objects.for_list().get(pk=row.pk)
    assert (fresh.is_closed, fresh.demand.done) == (True, 30)
