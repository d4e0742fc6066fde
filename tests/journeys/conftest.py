"""Journeys run in the machine's Chromium; without one they are skipped, in CI they fail."""

import os
from pathlib import Path

import pytest

from erp.demo.company.load import build
from erp.demo.company.people import ensure_people
from erp.register.models import User
from linkage.dates import business_date
from tests.chromium import INSTALL, chromium
from tests.fixtures import client_of
from tests.journeys.desk import Desk
from tests.standing import standing

JOURNEYS = Path(__file__).parent


def pytest_collection_modifyitems(items):
    journeys = [item for item in items if JOURNEYS in item.path.parents]
    for journey in journeys:
        journey.add_marker(pytest.mark.browser)
        if not chromium() and not os.environ.get("CI"):
            journey.add_marker(pytest.mark.skip(reason=f"no Chromium: {INSTALL}"))
    if journeys:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread of the test


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    silent = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return browser_type_launch_args | {"executable_path": chromium(), "args": quiet + silent}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "timezone_id": "UTC"}


@pytest.fixture
def shop(transactional_db):
    """The demo company's register with empty order books and shelves."""
    return standing(open_shop, business_date())


def open_shop(today):
    return build(ensure_people(), today)


@pytest.fixture
def at_desk(live_server, browser, browser_context_args):
    """``at_desk("seller")``: the demo's seller in a window of their own; options are those of a browser context."""
    contexts = []

    def sit_down(login, **options):
        context = browser.new_context(
            **browser_context_args | {"base_url": live_server.url, "reduced_motion": "reduce"} | options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        client = client_of(User.objects.get(username=login))
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return Desk(context.new_page(), looks=options.get("java_script_enabled", True))

    yield sit_down
    for context in contexts:
        context.close()
