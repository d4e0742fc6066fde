"""An order on its way: sent by mail, confirmed for less and later, changed, asked for, declined."""

from decimal import Decimal

import pytest
from django.core import mail
from playwright.sync_api import expect

from linkage.models import Supply
from linkage.operations import link
from purchasing.models import ChangeRequest, PurchaseOrderRow
from tests.journeys.ordering import bought, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hubs(shop):
    """A draft of a hundred hubs from Nordhub, all promised to a sales row."""
    row = bought(shop, "HB-9C", 100, supplier="20003", sent=False, due=20)
    demand = sold(shop, "HB-9C", 100)
    link(demand=demand, supply=row.supply, quantity=Decimal(100), by=shop.people["planner"], accept_warnings=True)
    return row


def test_buyer_sends_confirms_changes_and_hears_no(shop, hubs, at_desk):
    buyer = at_desk("buyer")
    page = buyer.page
    buyer.open(f"/purchasing/orders/{hubs.order_id}/")

    page.get_by_role("link", name="Send", exact=True).click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("E-mail address")).to_have_value("orders@20003.example")
    buyer.look()
    dialog.get_by_role("button", name="Send").click()
    expect(page.get_by_text("P-1001 is sent to orders@20003.example.")).to_be_visible()
    buyer.look()
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        (["orders@20003.example"], "Inköpsorder P-1001 - Aurala Cycles Oy")
    ]

    page.get_by_role("link", name="Confirm", exact=True).click()
    dialog.get_by_label("Quantity of P-1001/10").fill("80")
    dialog.get_by_label("Supplier's reference").fill("OC-7")
    buyer.look()
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog.get_by_text("lose P-1001/10")).to_be_visible()
    dialog.get_by_label("Leave 20 of S-1001/10 uncovered").check()
    buyer.look()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("P-1001 is confirmed.")).to_be_visible()
    expect(page.get_by_text("(asked 100.00)")).to_be_visible()
    assert Supply.objects.get(pk=hubs.supply_id).allocated == 80

    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator("tr[data-editing] input[name=quantity]").fill("120")
    page.locator("tr[data-editing]").get_by_role("button", name="Save").click()
    expect(page.locator("tr[data-row]").first).to_contain_text("Changed: quantity")
    expect(page.locator("tr[data-row]").first).to_contain_text("Changed: quantity")
    page.get_by_role("link", name="Send the changes").click()
    dialog.get_by_role("button", name="Send the changes").click()
    expect(page.get_by_text("P-1001, change 1 waits for the supplier's answer")).to_be_visible()
    buyer.look()
    assert mail.outbox[-1].subject == "Orderändring P-1001/1 - Aurala Cycles Oy"

    page.get_by_role("link", name="Note the answer").first.click()
    dialog.get_by_label("Declined").check()
    buyer.look()
    dialog.get_by_role("button", name="Note the answer").click()
    expect(page.get_by_text("P-1001, change 1 is noted: declined.")).to_be_visible()
    assert PurchaseOrderRow.objects.get(pk=hubs.pk).quantity == 80
    assert ChangeRequest.objects.get().status == "declined"
