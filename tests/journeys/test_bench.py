"""The planner links many demands with many supplies on the bench, seeing the sums and the pairs first."""

import pytest
from playwright.sync_api import expect

from linkage.models import OrderLink
from tests.journeys.ordering import bought, sold

pytestmark = pytest.mark.django_db(transaction=True)


def test_planner_links_many_to_many_on_the_bench(shop, at_desk):
    for quantity in (10, 20, 30):
        sold(shop, "TY-28", quantity)
    for quantity in (25, 25):
        bought(shop, "TY-28", quantity, supplier="20005")
    planner = at_desk("planner")
    page = planner.page
    planner.open("/")
    page.get_by_role("navigation", name="Main").get_by_text("Linkage").click()
    page.get_by_role("link", name="Link bench").click()
    page.get_by_label("Part", exact=True).fill("TY-28")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/bench/?part=TY-28**")

    sums = page.locator("#bench-sums")
    page.get_by_role("checkbox", name="All rows of this page: Uncovered demands").check()
    expect(sums).to_contain_text("demand 60.00 · supply 0.00 · difference -60.00 pcs")
    page.get_by_role("checkbox", name="P-1001/10").check()
    expect(sums).to_contain_text("supply 25.00 · difference -35.00 pcs")
    page.get_by_role("checkbox", name="P-1002/10").check()
    expect(sums).to_contain_text("supply 50.00 · difference -10.00 pcs")
    planner.look()

    page.get_by_role("button", name="Link in order…").click()
    expect(page.get_by_text("4 links over 50.00.")).to_be_visible()
    planner.look()
    assert OrderLink.objects.count() == 0
    page.get_by_role("button", name="Link 4 pairs").click()
    expect(page.get_by_text("4 links over 50 are made.")).to_be_visible()
    planner.look()
    assert sorted(OrderLink.objects.open().values_list("open", flat=True)) == [5, 10, 15, 20]
    expect(page.get_by_text("Nothing is free here.")).to_be_visible()
