"""A seller loads a customer's EDIFACT order, looks at its warning, confirms it and answers the customer."""

import pytest
from playwright.sync_api import expect

from erp.register.models import Company, Part, Partner
from erp.staging.reading.edifact import read_edifact
from sales.models import SalesOrder
from tests.staging.messages import BUYER, OURS, interchange, order

pytestmark = pytest.mark.django_db(transaction=True)


def test_seller_loads_an_edifact_order_and_answers_it(shop, at_desk, tmp_path):
    Company.objects.update(gln=OURS)
    customer = Partner.objects.filter(is_customer=True).order_by("pk").first()
    Partner.objects.filter(pk=customer.pk).update(gln=BUYER)
    part = Part.objects.filter(is_active=True, part_type="purchased").exclude(default_warehouse=None).first()
    lines = ["LIN+1", f"PIA+5+{part.number}:SA", f"QTY+21:3:{part.unit.code}", "PRI+AAB:77777"]
    path = tmp_path / "orders.edi"
    path.write_bytes(interchange(order("PO-77", lines=lines)))
    seller = at_desk("seller")
    page = seller.page

    seller.open("/imports/")
    page.get_by_role("link", name="New import").first.click()
    page.get_by_label("What it holds").select_option("Customer orders")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Every line can be loaded")).to_be_visible()
    expect(page.get_by_text("no, a warning")).to_be_visible()
    seller.look()
    page.get_by_role("button", name="Load 1 line").click()
    made = SalesOrder.objects.get(customer_order_number="PO-77")
    page.get_by_role("link", name=str(made), exact=True).click()
    page.get_by_role("button", name="Confirm").first.click()
    page.get_by_role("link", name="Answers 0").click()
    page.get_by_role("button", name="Answer as it stands").click()
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    seller.look()
    with page.expect_download() as download:
        page.get_by_role("link", name="EDIFACT").click()

    [message] = read_edifact(download.value.path().read_bytes()).messages
    assert (message.type, message.segments[2].value(0, 1)) == ("ORDRSP", "PO-77")
