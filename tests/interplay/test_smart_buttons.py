"""Every smart button of every order page of the demo company counts what stands behind it."""

import html
import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from production.models import ProductionOrder
from purchasing.models import PurchaseOrder
from sales.models import SalesOrder

pytestmark = pytest.mark.django_db
KINDS = [("sales", SalesOrder), ("production", ProductionOrder), ("purchasing", PurchaseOrder)]
BUTTON = re.compile(r'<a href="([^"]+)"[^>]*>\s*([^<]*?)\s*<b>(\d+)</b>')
DIRECTIONS = {"Supplies", "Supplied by", "Links to what it supplies", "Links to what supplies it"}


@pytest.fixture
def company(db):
    call_command("load_demo", verbosity=0)


def buttons(text):
    """[(href, label, number)] of a page's smart buttons that count something."""
    [bar] = re.findall(r'<nav class="smart.*?</nav>', text, re.DOTALL)
    return [(html.unescape(href), label, int(number)) for href, label, number in BUTTON.findall(bar)]


def rows_below(text, name):
    """How many rows the tables below a heading of a page have, or below this name in each of its lines."""
    bodies = re.findall(rf'id="{name}(?:-\d+)?".*?<tbody[^>]*>(.*?)</tbody>', text, re.DOTALL)
    assert bodies, name
    return sum(count_rows(body) for body in bodies)


def count_rows(body):
    """Rows of a table without the sentence of an empty one, the line that adds one, and what stands below a row."""
    return len([row for row in re.findall(r"<tr[^>]*>", body) if not re.search('"empty"|row-add|sub-row', row)])


def rows_of_list(client, href):
    page = client.get(href)
    assert page.status_code == 200, href
    if "table" in page.context:
        return page.context["table"].paginator.count
    bodies = re.findall(r"<tbody>(.*?)</tbody>", page.content.decode(), re.DOTALL)
    assert len(bodies) < 2, href
    return count_rows("".join(bodies))


def test_every_button_counts_the_rows_behind_it_in_both_directions(company, planner_client):
    """On every fourth order: the demo company has all kinds of them, and a page of each of their buttons takes time."""
    wrong, seen = {}, set()
    for app, model in KINDS:
        for order in model.objects.select_related("document").order_by("pk")[::4]:
            text = planner_client.get(reverse(f"{app}:order", args=[order.pk])).content.decode()
            found = buttons(text)
            assert {label for _href, label, _number in found} >= DIRECTIONS
            for href, label, number in found:
                rows = rows_below(text, href[1:]) if href[0] == "#" else rows_of_list(planner_client, href)
                wrong |= {(str(order), label): (number, rows)} if number != rows else {}
                seen |= {(app, label)} if number else set()

    assert wrong == {}
    assert len(seen) > 12
