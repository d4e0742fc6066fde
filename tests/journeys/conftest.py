"""Journeys run in the machine's Chromium; without one they are skipped, in CI they fail."""

import os
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
JOURNEYS = Path(__file__).parent


def pytest_collection_modifyitems(items):
    journeys = [item for item in items if JOURNEYS in item.path.parents]
    for journey in journeys:
        journey.add_marker(pytest.mark.browser)
        if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
            journey.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium, or set CHROMIUM"))
    if journeys:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread of the test


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    silent = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": quiet + silent}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "timezone_id": "UTC"}
