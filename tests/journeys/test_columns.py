"""A planner chooses the columns of a list with the mouse and with typed places, and finds them again."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)
PARTS = "/register/parts/"


def heads(page):
    return [head.strip() for head in page.locator("#list thead th").all_inner_texts()]


def test_planner_chooses_columns_and_their_places(shop, at_desk):
    planner = at_desk("planner")
    page = planner.page
    planner.open(PARTS)
    before = heads(page)
    assert before[:3] == ["Number", "Name", "Type"]

    page.get_by_role("link", name="Columns", exact=True).click()
    dialog = page.get_by_role("dialog")
    planner.look()
    dialog.get_by_label("Unit", exact=True).uncheck()
    dialog.get_by_role("button", name="Number: one place down").click()
    dialog.get_by_label("Place of Type").fill("1")
    planner.press("Tab")
    dialog.get_by_role("button", name="Show these columns").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert heads(page)[:3] == ["Type", "Name", "Number"]
    assert set(before) - set(heads(page)) == {"Unit"}
    planner.look()

    planner.open(PARTS)
    assert heads(page)[:3] == ["Type", "Name", "Number"]
    page.get_by_role("link", name="Columns", exact=True).click()
    dialog.get_by_role("button", name="Back to the list's own").click()
    page.wait_for_url("**view=")
    assert heads(page) == before
