"""Goods that arrive stay with the demand that they were bought for; a chain shows what hangs on what."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from linkage.models import Supply
from linkage.operations import link
from production.models import ProductionOrder
from production.operations import create_orders_for
from tests.journeys.ordering import bought, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tyres(shop):
    """A hundred tyres ordered, sixty of them promised to a sales row."""
    row = bought(shop, "TY-28", 100, supplier="20005")
    demand = sold(shop, "TY-28", 60)
    link(demand=demand, supply=row.supply, quantity=Decimal(60), by=shop.people["planner"], accept_warnings=True)
    return row


def shelf(shop, part):
    """(on hand, free) of a part in the works."""
    return Supply.objects.stock().values_list("quantity", "free").get(part=shop.parts[part], warehouse=shop.works)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)], ids=["desk", "phone"])
def test_warehouse_receives_and_the_goods_stay_with_their_demand(shop, tyres, at_desk, width, height):
    keeper = at_desk("warehouse", viewport={"width": width, "height": height})
    page = keeper.page
    keeper.open(f"/purchasing/orders/{tyres.order_id}/")
    page.get_by_role("link", name="Receive").click()
    page.get_by_role("textbox", name="Accepted").fill("40")
    page.get_by_role("button", name="Share out").click()
    expect(page.get_by_label("For S-1001/10")).to_have_value("40")
    keeper.look()
    page.get_by_role("button", name="Post the receipt").click()
    expect(page.get_by_text("40 pcs of P-1001/10 received.")).to_be_visible()
    expect(page.get_by_text("Partly received", exact=True)).to_be_visible()
    keeper.look()

    assert shelf(shop, "TY-28") == (40, 0)
    keeper.open(f"/parts/{shop.parts['TY-28'].pk}/")
    keeper.open(f"/supplies/{tyres.supply_id}/")
    expect(page.get_by_role("row").filter(has_text="S-1001/10").first).to_contain_text("40")


def test_planner_follows_a_chain_down_and_up(shop, at_desk):
    demand = sold(shop, "CB-110", 3)
    create_orders_for(demands=[demand], by=shop.people["planner"], business_date=shop.today)
    order = ProductionOrder.objects.get(document__number="M-1001")
    planner = at_desk("planner")
    page = planner.page

    planner.open(f"/production/orders/{order.pk}/")
    page.get_by_role("link", name="Chain").click()
    page.wait_for_url("**/chain/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("M-1001/1")
    planner.look()
    for made in ("FR-100", "FW-100", "WH-F28", "WH-R3", "FK-10"):
        expect(page.get_by_role("link", name=made).first).to_be_visible()
    page.get_by_role("row").filter(has=page.get_by_role("link", name="FW-100")).get_by_role("link").last.click()
    page.wait_for_url("**/production/orders/**")
    page.get_by_role("link", name="Chain").click()
    expect(page.get_by_role("link", name="S-1001/10")).to_be_visible()
    planner.look()


def test_planner_contract_links_a_purchase_row_to_a_component(shop, at_desk):
    demand = sold(shop, "TB-200", 4)
    create_orders_for(demands=[demand], by=shop.people["planner"], business_date=shop.today)
    hubs = bought(shop, "HB-9C", 10, supplier="20003")
    planner = at_desk("planner")
    page = planner.page

    planner.open(f"/purchasing/orders/{hubs.order_id}/")
    page.get_by_role("link", name="Link to production component").click()
    page.get_by_role("link", name="Every open component of the part").click()
    page.get_by_role("dialog").get_by_role("link", name="Link", exact=True).click()
    page.get_by_role("dialog").get_by_role("textbox", name="Quantity").fill("3")
    planner.look()
    page.get_by_role("button", name="Link under contract").click()
    expect(page.get_by_text("Contract-linked 3 of 10").first).to_be_visible()
    planner.look()


def test_buyer_reads_a_refusal_inside_the_dialog_it_belongs_to(shop, tyres, at_desk):
    buyer = at_desk("buyer")
    page = buyer.page
    buyer.open(f"/purchasing/orders/{tyres.order_id}/")
    page.get_by_role("link", name="Receive").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Accepted").fill("1000")
    dialog.get_by_role("button", name="Post the receipt").click()

    expect(
        dialog.get_by_text("900 pcs more than ordered; 5 are allowed. Approve it below, with a reason.")
    ).to_be_visible()
    buyer.look()
    dialog.get_by_role("link", name="Back").click()
    expect(dialog).to_be_hidden()
    expect(
        page.get_by_text("900 pcs more than ordered; 5 are allowed. Approve it below, with a reason.")
    ).to_be_hidden()
    page.get_by_role("link", name="Receive").click()
    dialog.get_by_role("button", name="Post the receipt").click()
    expect(page.get_by_text("100 pcs of P-1001/10 received.")).to_be_visible()


def test_planner_leaves_a_new_tracking_line_with_escape(shop, tyres, at_desk):
    planner = at_desk("planner")
    page = planner.page
    planner.open(f"/supplies/{tyres.supply_id}/tracking/")
    planner.press("Control+Insert")
    expect(page.get_by_role("combobox", name="Downstream order")).to_be_focused()
    planner.type("S-1")
    planner.press("Escape")

    expect(page.locator("#line-new")).to_have_count(0)
    expect(page.get_by_role("link", name="New")).to_be_focused()
    planner.look()
