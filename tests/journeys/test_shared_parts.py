"""What JavaScript adds to every page, in a real browser: keys, ticks, lookups, charts, and no complaint from it."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.factories import PartFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.web.samples")]
AXE = Path(settings.BASE_DIR, "tests", "vendor", "axe-core", "axe.min.js").read_text()
PAGES = ["/sample/parts/", "/sample/promise/", "/sample/charts/", "/keys/", "/search/?q=BRG", "/nowhere/"]


@pytest.fixture
def troubles(page):
    """What the browser complained about: script errors and violations of the content security policy."""
    found = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if "Content Security Policy" in line.text else None)
    return found


@pytest.fixture
def shown(page, live_server, settings, troubles):
    """Opens pages as a logged-in user."""
    settings.SEARCH_PROVIDERS = ["tests.web.samples.find_parts"]
    settings.LOOKUPS = {"parts": "tests.web.samples.lookup_parts"}
    user = UserFactory(username="ada")
    user.set_password("a long passphrase")
    user.save(update_fields=["password"])
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("a long passphrase")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{live_server.url}/")
    return lambda path: page.goto(live_server.url + path)


def findings(page):
    """WCAG A and AA findings of axe on the page as it is now."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE})
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    report = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in report["violations"]]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_every_shared_page_is_accessible_and_quiet(page, shown, troubles, scheme, width):
    PartFactory.create_batch(3)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})

    found = {}
    for path in PAGES:
        shown(path)
        found[path] = findings(page)

    assert found == {path: [] for path in PAGES}
    assert troubles == []


def test_keys_reach_the_search_and_the_help(page, shown):
    shown("/sample/parts/")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")

    expect(page.locator("#search")).to_be_focused()


def test_list_filters_and_sorts_in_place_and_in_the_url(page, shown, troubles):
    PartFactory(number="A", name="wanted one")
    PartFactory(number="B", name="wanted two")
    PartFactory(number="C", name="other")
    shown("/sample/parts/")

    page.get_by_label("Name contains").fill("wanted")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Number").click()
    expect(page.locator("tbody tr").first).to_contain_text("wanted two")

    assert "name=wanted" in page.url
    assert "sort=-number" in page.url
    assert troubles == []


def test_ticked_rows_show_their_actions(page, shown):
    PartFactory.create_batch(3)
    shown("/sample/parts/")
    expect(page.get_by_role("button", name="Retire")).to_be_hidden()

    page.get_by_label("All rows of this page").check()

    expect(page.get_by_role("button", name="Retire")).to_be_visible()
    expect(page.locator("[data-tick-count]")).to_have_text("3")


def test_lookup_offers_matches_and_posts_the_number(page, shown, troubles):
    PartFactory(number="BRG-1", name="Bearing")
    shown("/sample/promise/")

    page.get_by_role("combobox", name="Part").press_sequentially("brg")
    page.get_by_role("option", name="BRG-1 Bearing").click()

    expect(page.locator("[name=part]")).to_have_value("BRG-1")
    assert troubles == []


def test_message_offers_undo(page, shown):
    shown("/sample/promise/")

    page.get_by_label("Quantity").fill("4")
    page.locator("main button.btn").click()

    expect(page.get_by_role("status")).to_contain_text("Promised.")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_charts_are_drawn_even_with_a_circle(page, shown, troubles):
    shown("/sample/charts/")

    expect(page.locator("#stock canvas")).to_be_visible()
    expect(page.locator("#chain canvas")).to_be_visible()
    assert troubles == []


def test_theme_is_chosen_in_the_menu_and_stays(page, shown):
    shown("/keys/")

    page.locator(".user summary").click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.url.endswith("/keys/")


def test_back_after_logout_shows_nothing(page, shown):
    PartFactory(name="Secret bearing")
    shown("/sample/parts/")
    page.locator(".user summary").click()
    page.get_by_role("button", name="Log out").click()

    page.go_back()

    expect(page.get_by_text("Secret bearing")).to_have_count(0)
    expect(page.get_by_label("Password")).to_be_visible()


def test_row_is_edited_in_place_by_keys(page, shown, troubles):
    first, second = PartFactory(number="A", name="one"), PartFactory(number="B", name="two")
    shown("/sample/grid/")
    box = page.get_by_role("textbox", name="Name")

    page.locator(f"#row-{first.pk}").focus()
    page.keyboard.press("F2")
    expect(box).to_be_focused()
    box.fill("changed")
    page.keyboard.press("Enter")

    expect(page.locator(f"#row-{first.pk}")).to_have_text("Achanged")
    expect(page.locator(f"#row-{second.pk} input[name=name]")).to_be_focused()
    box.fill("")
    page.keyboard.press("Enter")
    expect(page.locator(f"#row-{second.pk}")).to_contain_text("Enter a name.")
    page.keyboard.press("Escape")
    expect(page.locator(f"#row-{second.pk}")).to_have_text("Btwo")
    expect(page.locator(f"#row-{second.pk}")).to_be_focused()
    assert troubles == []
