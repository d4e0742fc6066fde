"""A buyer loads orders from a file: two bad lines are named, the mended file is loaded, the same file is refused."""

import re

import pytest
from playwright.sync_api import expect

from erp.staging import running
from purchasing.models import PurchaseOrder, PurchaseOrderRow, SupplierTerm

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "Supplier;Reference;Part;Qty;Due;Colour"


def upload(desk, path):
    desk.open("/imports/")
    desk.page.get_by_role("link", name="New import").first.click()
    desk.page.get_by_label("What it holds").select_option("Purchase orders")
    desk.page.get_by_label("File", exact=True).set_input_files(path)
    desk.look()
    desk.page.get_by_role("button", name="Upload and check").click()


def file_of(tmp_path, name, *lines):
    path = tmp_path / name
    path.write_text("\n".join([HEADER, *lines]))
    return path


@pytest.mark.parametrize("scripts", [pytest.param(True, id="with JavaScript"), pytest.param(False, id="without")])
def test_buyer_mends_a_file_loads_it_and_cannot_load_it_twice(shop, at_desk, tmp_path, scripts):
    terms = SupplierTerm.objects.filter(is_default=True).select_related("part", "supplier").order_by("pk")
    first, second = terms.filter(supplier__name="Karhukumi Oy")[:2]
    good = [f"{term.supplier.number};REQ-1;{term.part.number};24;18.12.2026;red" for term in (first, second)]
    wrong = ["Nobody;REQ-2;XX-1;24;18.12.2026;", f"{first.supplier.number};REQ-2;{first.part.number};many;soon;"]
    buyer = at_desk("buyer", java_script_enabled=scripts)
    page = buyer.page

    upload(buyer, file_of(tmp_path, "week.csv", *good, *wrong))
    expect(page.get_by_role("heading", name="2 lines are wrong, so nothing can be loaded")).to_be_visible()
    for line, column, read in [("4", "Supplier", "Nobody"), ("4", "Part", "XX-1"), ("5", "Quantity", "many")]:
        expect(page.get_by_role("row", name=f"{line} {column} {read}")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Load"))).to_have_count(0)
    buyer.look()

    mended = file_of(tmp_path, "mended.csv", *good)
    upload(buyer, mended)
    expect(page.get_by_role("heading", name="Every line can be loaded")).to_be_visible()
    buyer.look()
    assert PurchaseOrder.objects.count() == 0
    page.get_by_role("button", name="Load all 2 lines").click()
    expect(page.get_by_role("heading", name="Orders of this import")).to_be_visible()
    [order] = PurchaseOrder.objects.all()
    expect(page.get_by_role("link", name=str(order), exact=True)).to_be_visible()
    buyer.look()

    upload(buyer, mended)
    expect(page.get_by_text("This file was loaded on")).to_be_visible()
    buyer.look()
    assert PurchaseOrderRow.objects.filter(quantity=24).count() == 2


def test_buyer_watches_a_large_file_being_loaded(shop, at_desk, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 100)
    term = SupplierTerm.objects.filter(is_default=True).select_related("part", "supplier").first()
    lines = [f"{term.supplier.number};R-{number};{term.part.number};24;;" for number in range(400)]
    buyer = at_desk("buyer")

    upload(buyer, file_of(tmp_path, "large.csv", *lines))
    buyer.page.get_by_role("button", name="Load all 400 lines").click()

    expect(buyer.page.get_by_role("heading", name="Orders of this import")).to_be_visible(timeout=30_000)
    buyer.look()
    assert PurchaseOrder.objects.count() == 400
