"""A planner accepts what is suggested for a purchase row, looks at what became of it and takes it back."""

import pytest
from playwright.sync_api import expect

from linkage.models import OrderLink
from tests.journeys.ordering import bought, sold

pytestmark = pytest.mark.django_db(transaction=True)


def test_planner_accepts_suggestions_and_takes_them_back(shop, at_desk):
    row = bought(shop, "TY-28", 100, supplier="20005", due=35)
    for quantity in (10, 20, 30):
        sold(shop, "TY-28", quantity)
    planner = at_desk("planner")
    page = planner.page
    planner.open(f"/supplies/{row.supply_id}/tracking/")
    page.get_by_role("link", name="Link suggestions").click()
    page.wait_for_url("**/suggestions/")
    rows = page.get_by_role("row").filter(has_text="It comes 5 work days before the need.")
    expect(rows).to_have_count(3)
    planner.look()

    rows.nth(0).get_by_role("checkbox").check()
    rows.nth(2).get_by_role("checkbox").check()
    page.get_by_role("textbox", name="Reason").fill("spring campaign")
    page.get_by_role("button", name="Accept ticked").click()
    expect(page.get_by_text("2 links over 40 are made.")).to_be_visible()
    expect(rows).to_have_count(1)
    planner.look()
    assert sorted(OrderLink.objects.open().values_list("open", "rule", "reason")) == [
        (10, "suggestion", "spring campaign"),
        (30, "suggestion", "spring campaign"),
    ]

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 2 links.")).to_be_visible()
    assert OrderLink.objects.open().count() == 0
    expect(page.get_by_text("Passed over")).to_have_count(0)  # an undo is no disconnect: the pairs are offered again
    expect(rows).to_have_count(3)
