"""The gate, on a phone with a scanner that types: scan, scan, post, next."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from linkage.models import StockMovement, Supply
from linkage.operations import link
from tests.journeys.ordering import bought, sold

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def ordered(shop):
    """A hundred tyres, sixty of them for a sales row, and fifty tubes, each ordered and sent."""
    tyres, tubes = bought(shop, "TY-28", 100, supplier="20005"), bought(shop, "IT-28", 50, supplier="20005")
    demand = sold(shop, "TY-28", 60)
    link(demand=demand, supply=tyres.supply, quantity=Decimal(60), by=shop.people["planner"], accept_warnings=True)
    return tyres, tubes


def shelf(shop, part):
    return Supply.objects.stock().values_list("quantity", "free").get(part=shop.parts[part], warehouse=shop.works)


def test_warehouse_takes_in_a_delivery_by_scanner_and_keyboard_on_a_phone(shop, ordered, at_desk):
    keeper = at_desk("warehouse", **PHONE)
    page = keeper.page
    keeper.open("/purchasing/arrivals/")
    expect(page.get_by_role("textbox", name="Scan or type")).to_be_focused()

    keeper.type("TY-28")
    keeper.press("Enter")
    expect(page.get_by_text("60.00 pcs for S-1001/10")).to_be_visible()
    expect(page.get_by_role("textbox", name="Scan or type")).to_be_focused()
    keeper.type("IT-28")
    keeper.press("Enter")
    box = page.get_by_role("textbox", name="Quantity of P-1002/10")
    expect(box).to_have_value("50")
    keeper.look()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_role("textbox", name="Quantity of P-1001/10").fill("80")
    page.get_by_role("textbox", name="Delivery note").fill("DN-4711")
    page.get_by_role("button", name="Post the delivery").focus()
    keeper.press("Enter")
    expect(page.get_by_text("Received: P-1001/10, P-1002/10. Delivery note DN-4711.")).to_be_visible()
    expect(page.get_by_role("link", name="Labels")).to_be_visible()
    expect(page.get_by_role("textbox", name="Scan or type")).to_be_focused()
    keeper.look()

    assert (shelf(shop, "TY-28"), shelf(shop, "IT-28")) == ((80, 20), (50, 50))
    assert set(StockMovement.objects.values_list("reference", flat=True)) == {"DN-4711"}


def test_no_scan_is_lost_that_comes_before_the_answer_to_the_last_one(shop, ordered, at_desk):
    bought(shop, "SD-10", 20, supplier="20007")
    keeper = at_desk("warehouse", **PHONE)
    page = keeper.page
    keeper.open("/purchasing/arrivals/")

    for code in ("TY-28", "IT-28", "NOTHING", "SD-10"):
        keeper.type(code)
        keeper.press("Enter")
    keeper.type("IT-")

    expect(page.get_by_text("is called NOTHING.")).to_be_visible()
    expect(page.get_by_text("Scanned and waiting: 1.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Quantity of")).to_have_count(2)
    expect(page.get_by_role("textbox", name="Scan or type")).to_have_value("IT-")
    page.get_by_role("button", name="Post the delivery").click()
    expect(page.get_by_text("Nothing is posted: still scanned and waiting: 1.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Scan or type")).to_be_focused()
    keeper.look()
    page.get_by_role("textbox", name="Scan or type").fill("")
    keeper.press("Enter")
    expect(page.get_by_role("textbox", name="Quantity of")).to_have_count(3)
    expect(page.get_by_text("Scanned and waiting")).to_be_hidden()
    page.get_by_role("button", name="Post the delivery").click()
    expect(page.get_by_text("Received: P-1001/10, P-1002/10, P-1003/10.")).to_be_visible()


def test_post_says_that_a_code_is_still_being_looked_up(shop, ordered, at_desk):
    keeper = at_desk("warehouse", **PHONE)
    page = keeper.page
    keeper.open("/purchasing/arrivals/")
    keeper.type("TY-28")
    keeper.press("Enter")
    expect(page.get_by_role("textbox", name="Quantity of")).to_have_count(1)
    held = []
    page.route("**/purchasing/arrivals/", lambda route: held.append(route))

    keeper.type("IT-28")
    keeper.press("Enter")
    page.get_by_role("button", name="Post the delivery").click()
    expect(page.get_by_text("Nothing is posted: a code is still being looked up.")).to_be_visible()
    held.pop().continue_()
    page.unroute("**/purchasing/arrivals/")

    expect(page.get_by_role("textbox", name="Quantity of")).to_have_count(2)
    expect(page.get_by_text("Look at what it brought, then post.")).to_be_visible()
    page.get_by_role("button", name="Post the delivery").click()
    expect(page.get_by_text("Received: P-1001/10, P-1002/10.")).to_be_visible()


def test_warehouse_takes_in_a_delivery_without_javascript(shop, ordered, at_desk):
    keeper = at_desk("warehouse", java_script_enabled=False, **PHONE)
    page = keeper.page
    keeper.open("/purchasing/arrivals/")

    for code in ("P-1001", "P-1002/10"):
        page.get_by_role("textbox", name="Scan or type").fill(code)
        page.get_by_role("textbox", name="Scan or type").press("Enter")
    page.get_by_role("textbox", name="Quantity of P-1001/10").fill("1000")
    page.get_by_role("button", name="Post the delivery").click()
    expect(page.get_by_text("Ask a buyer on the row.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Quantity of P-1001/10")).to_have_value("1000")
    page.get_by_role("textbox", name="Quantity of P-1001/10").fill("10")
    page.get_by_role("button", name="Post the delivery").click()
    expect(page.get_by_text("Received: P-1001/10, P-1002/10.")).to_be_visible()

    assert (shelf(shop, "TY-28"), shelf(shop, "IT-28")) == ((10, 0), (50, 50))


def test_receiver_sees_the_sums_follow_and_takes_a_part_back(shop, ordered, at_desk):
    keeper = at_desk("warehouse")
    page = keeper.page
    keeper.open(f"/purchasing/orders/{ordered[0].order_id}/")
    page.get_by_role("link", name="Receive").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Accepted").fill("70")
    keeper.press("Tab")
    expect(dialog.locator("#receive-sums")).to_contain_text("70.00")
    dialog.get_by_role("textbox", name="For S-1001/10").fill("50")
    keeper.press("Tab")
    expect(dialog.locator("#receive-sums")).to_contain_text("S-1001/10 10.00")
    keeper.look()
    dialog.get_by_role("button", name="Post the receipt").click()
    expect(page.get_by_text("70 pcs of P-1001/10 received.")).to_be_visible()

    page.get_by_role("row").filter(has_text="free stock").get_by_role("link", name="Reverse").click()
    dialog.get_by_role("textbox", name="Quantity").fill("5")
    keeper.press("Tab")
    expect(dialog.locator("#whereabouts")).to_contain_text("Free on the shelf")
    keeper.look()
    dialog.get_by_role("button", name="Reverse").click()
    expect(page.get_by_text("The receipt on P-1001/10 is reversed.")).to_be_visible()

    assert shelf(shop, "TY-28") == (65, 15)
