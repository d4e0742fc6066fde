"""The pictures of the manual, taken from the served demo company: ``./dev shots`` runs ``python -m tests.shots URL``.

Each line of SHOTS is one picture in docs/manual/images: who looks, at what, and how wide and how bright it is.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from erp.demo.logins import PASSWORD
from tests.chromium import chromium

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "manual" / "images"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True, kw_only=True)
class Shot:
    """``path`` is opened, then the links or buttons in ``then`` are clicked in turn, then ``keys`` are typed."""

    name: str
    login: str
    path: str
    then: tuple = ()
    keys: tuple = ()  # what is typed; Enter and Tab are pressed
    dark: bool = False
    width: int = 1280
    height: int = 720


SHOTS = [
    Shot(name="home", login="planner", path="/"),
    Shot(name="home-dark", login="planner", path="/", dark=True),
    Shot(name="sales-order", login="seller", path="/sales/", then=("S-1003",)),
    Shot(name="sales-new-row", login="seller", path="/sales/", then=("S-1012", "New row")),
    Shot(name="fictitious-part", login="seller", path="/sales/", then=("S-1015",)),
    Shot(
        name="structure",
        login="seller",
        path="/sales/",
        then=("S-1017", "New row"),
        keys=("KT-TOUR", "Enter", "Tab", "Tab", "3", "Enter"),
    ),
    Shot(name="complete-ones", login="warehouse", path="/sales/", then=("S-1015", "Deliver", "Deliver complete ones")),
    Shot(
        name="configuration",
        login="seller",
        path="/sales/",
        then=("S-1016", "20", "Configure", "What does it come to?"),
    ),
    Shot(name="alloy-cost", login="seller", path="/sales/", then=("S-1016",)),
    Shot(name="variants", login="planner", path="/production/boms/", then=("TR-40",)),
    Shot(
        name="transfer-new-row",
        login="seller",
        path="/sales/",
        then=("SE-1001", "New row"),
        keys=("CB-100", "Enter", "Tab"),
        width=1440,
    ),
    Shot(name="between-companies", login="seller", path="/sales/", then=("SE-1001", "10"), height=1150),
    Shot(name="made-elsewhere", login="planner", path="/worklists/elsewhere/"),
    Shot(name="import-changes", login="seller", path="/imports/", then=("2",)),
    Shot(name="make-orders", login="seller", path="/sales/", then=("S-1012", "Create production order")),
    Shot(name="split-row", login="seller", path="/sales/", then=("S-1003", "20", "Split row")),
    Shot(name="disconnect", login="seller", path="/sales/", then=("S-1010", "10", "Disconnect linked order")),
    Shot(name="production-order", login="planner", path="/production/orders/", then=("M-1013",)),
    Shot(name="split-order", login="planner", path="/production/orders/", then=("M-1013", "Split")),
    Shot(name="routing", login="planner", path="/production/routings/", then=("FR-300",)),
    Shot(name="chain", login="planner", path="/production/orders/", then=("M-1013", "Chain"), height=860),
    Shot(name="orphans", login="planner", path="/worklists/orphans/"),
    Shot(
        name="tracking",
        login="planner",
        path="/worklists/orphans/",
        then=("M-1025/1", "Order link tracking lines", "New"),
    ),
    Shot(name="purchase-order", login="buyer", path="/purchasing/orders/", then=("P-1005",)),
    Shot(name="receive", login="warehouse", path="/purchasing/orders/", then=("P-1009", "Receive")),
    Shot(name="purchase-targets", login="buyer", path="/purchasing/targets/"),
    Shot(name="arrivals", login="warehouse", path="/purchasing/arrivals/"),
    Shot(name="delivery-planning", login="warehouse", path="/sales/picking/", height=480),
    Shot(name="pick-list", login="warehouse", path="/sales/pick-lists/", then=("PL-1001",), height=480),
    Shot(name="delivery-note", login="warehouse", path="/sales/deliveries/", then=("D-1001",), height=480),
    Shot(
        name="row-vat", login="seller", path="/sales/", then=("S-1003", "20", "VAT, account and references"), height=860
    ),
    Shot(name="row-serials", login="seller", path="/sales/", then=("S-1003", "20", "Serial numbers"), height=600),
    Shot(name="import", login="buyer", path="/imports/new/", height=600),
    Shot(name="waiting-for-invoice", login="seller", path="/sales/invoice-bases/waiting/", height=480),
    Shot(name="part", login="planner", path="/sales/", then=("S-1009", "TY-28"), height=1000),
    Shot(
        name="receive-phone",
        login="warehouse",
        path="/purchasing/orders/",
        then=("P-1009", "Receive"),
        width=390,
        height=844,
    ),
]


def main(url, *names):
    """Takes all pictures, or only those that are named."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        cookies = {}
        for shot in SHOTS:
            if not names or shot.name in names:
                take(browser, url, shot, cookies)
        browser.close()


def take(browser, url, shot, cookies):
    context = browser.new_context(
        base_url=url,
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    page = context.new_page()
    if shot.login not in cookies:
        cookies[shot.login] = log_in(page, shot.login)
    context.add_cookies(cookies[shot.login])
    page.goto(shot.path)
    for name in shot.then:
        click(page, name)
    for text in shot.keys:
        press(page, text)
    page.wait_for_load_state("networkidle")
    target = IMAGES / f"{shot.name}.png"
    page.screenshot(path=target, animations="disabled", caret="hide")
    context.close()
    shrink(target)
    sys.stdout.write(f"{target.name} {target.stat().st_size // 1000} kB\n")


def log_in(page, login):
    page.goto("/login/")
    page.get_by_label("Username").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")
    return page.context.cookies()


def click(page, name):
    dialog = page.locator("dialog[open]")
    main_part = dialog if dialog.count() else page.locator("main")
    exact = main_part.get_by_role("link", name=name, exact=True).or_(
        main_part.get_by_role("button", name=name, exact=True)
    )
    found = exact if exact.count() else main_part.get_by_role("link", name=name)
    found.first.click()
    page.wait_for_timeout(500)  # htmx swaps after the answer, and a chart is drawn after that
    page.wait_for_load_state("networkidle")


def press(page, text):
    type_it = page.keyboard.press if text in {"Enter", "Tab"} else page.keyboard.type
    type_it(text)
    page.wait_for_timeout(500)
    page.wait_for_load_state("networkidle")


def shrink(target):
    """Sixty-four colours are plenty for a page; without Pillow the picture stays as it is."""
    try:
        from PIL import Image  # noqa: PLC0415 - not a requirement of the project
    except ImportError:
        return
    with Image.open(target) as picture:
        small = picture.convert("RGB").quantize(colors=64, dither=Image.Dither.NONE)
    small.save(target, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
