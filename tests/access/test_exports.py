"""Every list of the demo company, taken along as a file: all rows, the words of the page, no costs for viewers."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.matrix import MATRIX
from tests.access.test_matrix import LETTERS, client_of
from tests.access.world import arguments

LISTS = [
    name
    for name, (get, _post) in sorted(MATRIX.items())
    if get not in {"-", "*"} and (name.endswith("_list") or name in {"linkage:movements", "purchasing:part_terms"})
]
# A planner, or whoever may open the list, and a viewer.
ASKED = sorted(
    {
        (name, role)
        for name in LISTS
        for cell in [MATRIX[name][0]]
        for role in (min(cell, key="PSBWFAV".index), "V")
        if role in cell
    }
)
TYPED = re.compile(r"-?\d+(\.\d+)?|\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?|True|False|")
# What a page says of a cell whose export is empty, and of what is only for the screen.
NOTHING = {"—", "-", "", "the surplus above"}
COSTS = {"Price", "Standard price", "Amount", "In our currency", "An hour costs", "Value", "Price breaks"}
SELLING = {"sales:order_list", "sales:row_list"}  # what customers pay is no cost


class Grid(HTMLParser):
    """The texts of a page's list: ``header`` and ``rows``."""

    def __init__(self, page):
        super().__init__()
        self.header, self.rows, self._cell, self._inside = [], [], None, False
        self.feed(page[page.index('<section id="list"') :])

    def handle_starttag(self, tag, attrs):
        classes = dict(attrs).get("class") or ""
        if tag == "table":
            self._inside = "grid" in classes
        elif tag == "tr" and self._inside:
            self.rows.append([])
        elif tag in {"th", "td"} and self._inside:
            self._cell = []

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag):
        if tag in {"th", "td"} and self._cell is not None:
            text = " ".join("".join(self._cell).split())
            (self.header if tag == "th" and not self.rows[1:] else self.rows[-1]).append(text)
            self._cell = None
        elif tag == "table":
            self._inside = False


def exported(client, url):
    response = client.get(url, {"export": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    for close in response._resource_closers:
        close()
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize(("name", "role"), ASKED)
def test_export_has_all_rows_and_says_what_the_page_says(name, role, company):
    client, url = client_of(LETTERS[role]), reverse(name, kwargs=arguments(name))
    page = client.get(url, {"per_page": 500}).content.decode()
    if "export=csv" not in page:
        return
    shown = Grid(page)

    with CaptureQueriesContext(connection) as asked:
        header, *rows = exported(client, url)

    assert len(asked) < 30, (len(rows), [query["sql"][:300] for query in asked.captured_queries][-3:])
    count = int(re.search(r"<span>(\d+) rows?</span>", page)[1])
    assert len(rows) == count
    assert [title for title in header if title not in shown.header] == []
    assert differences(shown, header, rows) == []
    assert role != "V" or name in SELLING or COSTS.isdisjoint(header)


def differences(shown, header, rows):
    """(column, shown, exported) where a text differs; figures, dates and truths are shown in another form."""
    places = [(title, shown.header.index(title)) for title in header]
    found = set()
    for cells, row in zip([cells for cells in shown.rows if len(cells) == len(shown.header)], rows, strict=False):
        for (title, place), text in zip(places, row, strict=True):
            there = cells[place]
            if not TYPED.fullmatch(text) and " ".join(text.removeprefix("'").split()) != there:
                found.add((title, there, text))
            if not text and there not in NOTHING:
                found.add((title, there, text))
    return sorted(found)
