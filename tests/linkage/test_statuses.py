"""The status x change table, and that whoever shows it shows the same."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from linkage.statuses import ASK, BY_SUPPLY_STATUS, FOLLOW, REFUSE, Change, table
from production.models import OrderStatus
from purchasing.statuses import COMMON

MANUAL = Path(__file__).parents[2] / "docs/manual/changes.md"


def cells(row):
    status, allows, disconnect = row
    return [status, *map(str, allows), disconnect]


def test_table_knows_every_status_of_production_and_purchase_orders():
    used = {OrderStatus(status).position_status for status in OrderStatus} | set(COMMON.values())

    assert used <= set(BY_SUPPLY_STATUS)


def test_a_status_further_on_never_allows_more():
    order = [FOLLOW, ASK, REFUSE]
    for change in Change:
        steps = [order.index(rule.of(change)) for rule in BY_SUPPLY_STATUS.values()]
        assert steps == sorted(steps), change


def test_manual_shows_the_table_of_the_code():
    lines = re.findall(r"^\| (.+) \|$", MANUAL.read_text(), flags=re.MULTILINE)
    table_of_statuses = [line.split(" | ") for line in lines if len(line.split(" | ")) == len(Change) + 2]
    shown = table_of_statuses[1:]  # below its heading

    assert shown == [cells(row) for row in table()]


@pytest.mark.django_db
def test_help_page_shows_the_table_of_the_code(viewer_client):
    page = viewer_client.get(reverse("linkage:status_help")).content.decode()

    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, flags=re.DOTALL)
    shown = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in rows]
    assert shown == [[cells(row)[0].capitalize(), *cells(row)[1:]] for row in table()]
