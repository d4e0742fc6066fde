"""A planner saves a list as it is, lets it open with that view, and a colleague finds what is shared."""

import re

import pytest
from playwright.sync_api import expect

from erp.register.models import SavedView

pytestmark = pytest.mark.django_db(transaction=True)


def test_planner_saves_a_view_and_the_seller_finds_it(shop, at_desk):
    planner = at_desk("planner")
    page = planner.page
    planner.open("/register/parts/")
    page.get_by_label("Number or name").fill("TY-")
    expect(page.get_by_text("BX-3").first).to_have_count(0)
    page.wait_for_url(re.compile("TY-"))
    page.locator(".views summary").click()
    page.get_by_role("link", name="Save or change views…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Tyres")
    dialog.get_by_label("Share it with everybody").check()
    planner.look()
    dialog.get_by_role("button", name="Save this view").click()
    expect(page.locator(".views summary")).to_contain_text("Tyres")
    planner.look()
    [view] = SavedView.objects.all()
    assert (view.name, view.is_shared, "TY-" in view.query) == ("Tyres", True, True)

    page.locator(".views summary").click()
    page.get_by_role("link", name="Save or change views…").click()
    page.get_by_role("button", name="Open the list with it").click()
    planner.open("/register/parts/")
    expect(page.locator(".views summary")).to_contain_text("Tyres")

    seller = at_desk("seller")
    seller.open("/register/parts/")
    seller.page.locator(".views summary").click()
    seller.page.get_by_role("link", name="Tyres").click()
    seller.page.wait_for_url(re.compile("TY-"))
    expect(seller.page.locator(".views summary")).to_contain_text("Tyres")
