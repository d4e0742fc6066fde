"""Why a row is late, what covered it before, who changed it; and taking the change back."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from linkage import operations
from tests.journeys.ordering import bought, sold

pytestmark = pytest.mark.django_db(transaction=True)


def test_planner_sees_why_a_row_is_late_what_changed_and_takes_it_back(shop, at_desk):
    demand = sold(shop, "TY-28", 10)
    late = bought(shop, "TY-28", 40, supplier="20003", due=60)
    link = operations.link(
        demand=demand, supply=late.supply, quantity=Decimal(4), accept_warnings=True, by=shop.people["planner"]
    )
    planner = at_desk("planner")
    page = planner.page

    planner.open("/worklists/late/")
    cell = page.locator(".cover").first
    cell.focus()
    sentence = page.locator("[data-sentence]").first
    expect(sentence).to_contain_text(re.compile(r"No supply by the need date for 6 of 10\. Next limit: P-1001/10"))
    assert sentence.bounding_box()["height"] > 20
    planner.look()

    then = timezone.localtime() + timedelta(seconds=1)
    page.wait_for_timeout(1500)
    operations.change_link(link=link, quantity=Decimal(7), accept_warnings=True, by=shop.people["planner"])
    planner.open(f"/demands/{demand.pk}/chain/?at={then:%Y-%m-%dT%H:%M:%S}&compare=on")
    expect(page.get_by_role("status").filter(has_text="For looking only")).to_be_visible()
    expect(page.get_by_text("uncovered 6 → 3, linked 4 → 7")).to_be_visible()
    planner.look()
    page.get_by_role("link", name="Back to now").click()
    expect(page.get_by_text("For looking only")).to_have_count(0)

    planner.open(f"/demands/{demand.pk}/?events=links")
    change = page.get_by_role("row").filter(has_text="quantity 4 → 7")
    expect(change).to_contain_text("by hand")
    planner.look()
    change.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row").filter(has_text="released 0 → 3")).to_be_visible()
