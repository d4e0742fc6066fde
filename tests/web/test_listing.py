import csv
import io
from decimal import Decimal

import openpyxl
import pytest

from erp.web import listing
from tests.factories import PartFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.samples")]
HTMX = {"HX-Request": "true"}
URL = "/sample/parts/"


def numbers(response):
    return [row.record.number for row in response.context["table"].paginated_rows]


def test_list_is_the_table_alone_for_htmx(viewer_client):
    PartFactory(number="A-1")

    page, table = viewer_client.get(URL), viewer_client.get(URL, headers=HTMX)

    assert "<html" in page.content.decode()
    assert table.content.decode().lstrip().startswith('<section id="list"')
    assert table["Vary"].count("HX-Request") == 1


@pytest.mark.parametrize("row_count", [1, 3])
def test_list_query_count_does_not_grow(viewer_client, django_assert_num_queries, row_count):
    PartFactory.create_batch(row_count)

    with django_assert_num_queries(7):
        viewer_client.get(URL)


def test_list_sorts_and_keeps_the_filter(viewer_client):
    PartFactory(number="A", name="x one")
    PartFactory(number="B", name="x two")
    PartFactory(number="C", name="other")

    response = viewer_client.get(f"{URL}?name=X&sort=-number")

    assert numbers(response) == ["B", "A"]
    assert 'href="?name=X&amp;sort=number"' in response.content.decode()


def test_long_list_shows_the_page_that_a_short_one_would(viewer_client, monkeypatch):
    PartFactory.create_batch(60, name="long")
    asked = f"{URL}?name=long&sort=-number&per_page=25&page=2"
    short = numbers(viewer_client.get(asked))

    monkeypatch.setattr(listing, "LONG", 1)
    response = viewer_client.get(asked)

    assert numbers(response) == short == sorted(short, reverse=True)
    assert (len(short), response.context["table"].page.paginator.num_pages) == (25, 3)


def test_list_totals_all_filtered_rows(viewer_client):
    PartFactory.create_batch(60, minimum_stock=Decimal("1.5"), name="counted")
    PartFactory(minimum_stock=1000, name="not")

    response = viewer_client.get(f"{URL}?name=counted&per_page=25")

    assert len(numbers(response)) == 25
    assert '<td class="num">90.00</td>' in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "sort=nothing",
        "sort=-",
        "sort=?",
        "sort=unit__code",
        "sort=password",
        "sort=tick",
        "sort='",
        "sort=a&sort=b&sort=c&sort=d",
        "sort=" + "x" * 5000,
        "page=0",
        "page=-1",
        "page=x",
        "page=" + "9" * 5000,
        "per_page=0",
        "per_page=1000000",
        "per_page=x",
        "export=exe",
        "part_type=nothing",
        "_connector=OR",
        "name__regex=(a%2B)%2B",
        "name=" + "x" * 5000,
        "name=%27%22%3B--",
    ],
)
def test_list_takes_nonsense_in_its_url(viewer_client, query):
    PartFactory.create_batch(2)

    assert viewer_client.get(f"{URL}?{query}").status_code == 200


def test_list_page_beyond_the_end_is_the_last(viewer_client):
    PartFactory.create_batch(30)

    assert len(numbers(viewer_client.get(f"{URL}?per_page=25&page=99"))) == 5


def test_list_says_what_to_do_when_empty(viewer_client):
    assert "No part. Add one." in viewer_client.get(URL).content.decode()


def test_list_offers_its_actions_for_ticked_rows(viewer_client):
    part = PartFactory()

    html = viewer_client.get(URL).content.decode()

    assert 'formaction="/sample/retire/"' in html
    assert f'name="rows" value="{part.pk}"' in html


def test_list_exports_all_filtered_rows(viewer_client):
    PartFactory.create_batch(60, name="=1+1", minimum_stock=Decimal("2.5"))
    PartFactory(name="left out")

    answer = viewer_client.get(f"{URL}?name=1&export=csv&per_page=25&sort=number")
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert lines[0] == ["Number", "Name", "Part type", "Minimum stock"]
    assert len(lines) == 61
    assert lines[1][1:] == ["'=1+1", "Purchased", "2.500000"]


def test_list_exports_a_typed_spreadsheet(viewer_client):
    PartFactory(number="A-1", name="@x", minimum_stock=Decimal("2.5"))

    answer = viewer_client.get(f"{URL}?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active

    assert [cell.value for cell in sheet[2]] == ["A-1", "'@x", "Purchased", 2.5]
    assert {cell.data_type for row in sheet for cell in row} == {"s", "n"}
