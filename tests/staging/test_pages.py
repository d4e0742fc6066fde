"""The pages of imports: what a buyer sees between a file and its orders."""

import csv
import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.staging import operations
from erp.staging.models import StagedImport
from erp.staging.reading.files import MOST_BYTES
from erp.web.numbers import show_moment
from linkage.models import JobRun
from purchasing.models import PurchaseOrder
from sales.models import SalesOrder
from tests.factories import PartFactory, PartnerFactory
from tests.staging.files import csv_of, staged_from, with_part, xlsx_of

HEADER = ["Supplier", "Reference", "Part", "Quantity"]
LINE = ["20001", "R-1", "B-100", "5"]
BAD = ["20001", "R-1", "X-9", "5"]
UPLOAD = reverse("staging:upload")


def posted(data, *, name="orders.csv", kind="purchase-orders", **more):
    file = SimpleUploadedFile(name, data) if data is not None else ""
    return {"kind": kind, "file": file, "operation_key": str(uuid4()), **more}


def page_of(staged):
    return reverse("staging:import", args=[staged.pk])


def test_upload_leads_to_the_page_of_the_file(buyer_client, bolt):
    response = buyer_client.post(UPLOAD, posted(csv_of(HEADER, LINE), name="C:\\week 7\\orders.csv"))

    staged = StagedImport.objects.get()
    assertRedirects(response, page_of(staged))
    assert (staged.file_name, staged.kind, staged.status) == ("orders.csv", "purchase-orders", "staged")


def test_upload_twice_of_one_form_stages_one_file(buyer_client, bolt):
    form = posted(csv_of(HEADER, LINE))

    first = buyer_client.post(UPLOAD, form)
    second = buyer_client.post(UPLOAD, form | {"file": SimpleUploadedFile("orders.csv", csv_of(HEADER, LINE))})

    assert (first.url, StagedImport.objects.count()) == (second.url, 1)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(None, "Choose a file.", id="no file"),
        pytest.param(b"", "The file is empty.", id="empty"),
        pytest.param(b"\x00\x01\x02", "This is not a text file.", id="binary"),
        pytest.param(b"x" * (MOST_BYTES + 1), "at most 5 MB are taken", id="too large"),
        pytest.param(b"PK\x03\x04nothing", "This XLSX file is damaged or none at all.", id="damaged"),
        pytest.param(b"Supplier;Quantity;Qty\n1;2;3", "The file has two columns for “Quantity”.", id="column twice"),
        pytest.param(b"Name;Size\nA;1", "The file has no column “Supplier” and no “Quantity”.", id="other columns"),
        pytest.param(b"Supplier;Quantity\n" + b"1;2\n" * 100_000, "more than 20,000 lines", id="100,000 lines"),
        pytest.param(
            with_part(xlsx_of(["a"], ["b"]), "xl/worksheets/sheet1.xml", b" " * 101 * 1024 * 1024),
            "unpacks to more than 100 MB",
            id="bomb",
        ),
    ],
)
def test_upload_of_a_file_that_cannot_be_read_says_why_beside_the_box(buyer_client, data, sentence):
    response = buyer_client.post(UPLOAD, posted(data))

    assertContains(response, sentence, status_code=422)
    assert StagedImport.objects.count() == 0


def test_upload_page_names_the_columns_and_offers_templates(buyer_client):
    response = buyer_client.get(UPLOAD)

    assertContains(response, "Supplier&#x27;s part number")
    assertContains(response, f"{reverse('staging:template', args=['purchase-orders'])}?as=csv")


def test_template_is_a_file_that_is_taken(buyer_client, bolt):
    url = reverse("staging:template", args=["purchase-orders"])

    sheet = buyer_client.get(f"{url}?as=xlsx").content
    text = buyer_client.get(f"{url}?as=csv").content

    titles = [cell.value for cell in load_workbook(io.BytesIO(sheet)).active[1]]
    assert titles == next(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    for data in (sheet, text):
        buyer_client.post(UPLOAD, posted(data))
    assert [staged.bad_count for staged in StagedImport.objects.all()] == [0, 0]
    assert buyer_client.get(reverse("staging:template", args=["nothing"])).status_code == 404


def test_page_names_every_bad_line_and_offers_no_load(buyer, buyer_client, bolt):
    staged = staged_from(csv_of(HEADER, LINE, BAD, [*LINE[:3], "many"]), by=buyer)

    response = buyer_client.get(page_of(staged))

    assertContains(response, "2 lines are wrong, so nothing can be loaded")
    assertContains(response, "There is no part with this number or name.")
    assertContains(response, "This is not a number such as 12 or 12.5.")
    assertContains(response, "Part (1), Quantity (1).")
    assertNotContains(response, reverse("staging:load", args=[staged.pk]))


def test_bad_lines_can_be_taken_along_as_a_file(buyer, buyer_client, bolt):
    staged = staged_from(csv_of(HEADER, BAD), by=buyer)

    text = b"".join(buyer_client.get(f"{page_of(staged)}?export=csv").streaming_content).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(text)))[1:] == [
        ["2", "Part", "X-9", "There is no part with this number or name.", "yes"]
    ]


def test_page_of_good_lines_says_what_loading_makes_and_how_the_file_was_read(buyer, buyer_client, bolt):
    data = csv_of(["Vendor", "Item", "Qty", "Colour"], ["20001", "B-100", "5", "red"])

    response = buyer_client.get(page_of(staged_from(data, by=buyer)))

    assertContains(response, "1 draft order, 1 row, 12.50 EUR")
    assertContains(response, "Vendor → Supplier, Item → Part, Qty → Quantity")
    assertContains(response, "<dt>Not used</dt><dd>Colour</dd>", html=True)
    assertContains(response, "Load 1 line")


def test_load_shows_the_orders_that_were_made(buyer, buyer_client, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)

    response = buyer_client.post(reverse("staging:load", args=[staged.pk]), follow=True)

    [order] = PurchaseOrder.objects.all()
    assertContains(response, "orders.csv is loaded: 1 draft order, 1 row, 12.50 EUR.")
    assertContains(response, f'<a href="{reverse("purchasing:order", args=[order.pk])}">{order}</a>', html=True)
    assert [(run.name, run.succeeded, run.message) for run in JobRun.objects.all()] == [
        ("import", True, "orders.csv: 1 draft order, 1 row, 12.50 EUR")
    ]


def test_load_pressed_twice_makes_the_orders_once(buyer, buyer_client, bolt):
    url, key = reverse("staging:load", args=[staged_from(csv_of(HEADER, LINE), by=buyer).pk]), str(uuid4())

    answers = [buyer_client.post(url, {"operation_key": key}).status_code for _ in range(2)]
    other = buyer_client.post(url, {"operation_key": str(uuid4())})

    assert (answers, PurchaseOrder.objects.count()) == ([302, 302], 1)
    assertContains(other, "orders.csv was loaded on", status_code=409)


def test_load_of_lines_that_no_longer_fit_notes_them_on_the_page(buyer, buyer_client, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)
    type(bolt).objects.update(is_active=False)

    refused = buyer_client.post(reverse("staging:load", args=[staged.pk]))

    assertContains(refused, "Nothing was loaded: 1 line is wrong.", status_code=409)
    page = buyer_client.get(page_of(staged))
    assertContains(page, "B-100 is not active and not bought.")
    assertContains(page, "Nothing was loaded: 1 line is wrong. Each is named on the page of the import.")


def test_upload_of_a_loaded_file_is_refused_with_when_and_by_whom(buyer, buyer_client, bolt):
    first = operations.load(staged=staged_from(csv_of(HEADER, LINE), by=buyer), by=buyer)

    response = buyer_client.post(UPLOAD, posted(csv_of(HEADER, LINE)))

    when = show_moment(first.ended_at)
    assertContains(response, f"This file was loaded on {when} by {buyer}, as import {first.pk}.", status_code=422)


def test_check_again_and_discard_answer_with_the_page(buyer, buyer_client, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)

    checked = buyer_client.post(reverse("staging:check_again", args=[staged.pk]))
    discarded = buyer_client.post(reverse("staging:discard", args=[staged.pk]), follow=True)

    assertRedirects(checked, page_of(staged))
    assertContains(discarded, "orders.csv is discarded; nothing of it was loaded.")


def test_a_load_that_was_broken_off_is_told_and_can_be_confirmed_again(buyer, buyer_client, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)
    staged.run = JobRun.objects.create(name="import", business_date="2026-11-02")
    staged.save(update_fields=["run"])

    response = buyer_client.get(page_of(staged))

    assertContains(response, "was broken off. Nothing was loaded.")
    assertContains(response, "Load 1 line")


def test_progress_of_a_load_that_is_over_leads_to_its_page(buyer, buyer_client, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)

    response = buyer_client.get(reverse("staging:progress", args=[staged.pk]), headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == page_of(staged)


def test_lines_are_shown_as_they_were_read(buyer, buyer_client, bolt):
    staged = staged_from(xlsx_of(HEADER, ["20001", "R-1", "<b>", 1.5]), by=buyer)

    response = buyer_client.get(reverse("staging:line_list", args=[staged.pk]))

    assertContains(response, "&lt;b&gt;")
    assertContains(response, "1.5")


@pytest.mark.parametrize("count", [1, 3])
def test_import_list_query_count_does_not_grow(buyer, buyer_client, bolt, count, django_assert_num_queries):
    for number in range(count):
        staged_from(csv_of(HEADER, [*LINE[:3], number + 1]), by=buyer)
    buyer_client.get(reverse("staging:import_list"))

    with django_assert_num_queries(6):
        buyer_client.get(reverse("staging:import_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_import_page_query_count_does_not_grow(buyer, buyer_client, bolt, count, django_assert_num_queries):
    lines = [["20001", f"R-{number}", "B-100", 1] for number in range(count)]
    staged = operations.load(staged=staged_from(csv_of(HEADER, *lines), by=buyer), by=buyer)
    buyer_client.get(page_of(staged))

    with django_assert_num_queries(9):
        buyer_client.get(page_of(staged))


def test_others_neither_see_nor_load_what_buyers_stage(buyer, warehouse_client, planner_client, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=buyer)

    assertNotContains(warehouse_client.get(reverse("staging:import_list")), "orders.csv")
    assert warehouse_client.get(page_of(staged)).status_code == 403
    assert planner_client.post(reverse("staging:load", args=[staged.pk])).status_code == 403
    refused = warehouse_client.post(UPLOAD, posted(csv_of(HEADER, LINE)))
    assertContains(refused, "Select a valid choice", status_code=422)


def test_page_of_good_lines_with_warnings_shows_them_and_can_be_loaded(seller, seller_client, warehouse):
    customer, part = PartnerFactory(), PartFactory(default_warehouse=warehouse)
    lines = [[customer.number, "PO-1", part.number, 5, 3.5], [customer.number, "PO-1", part.number, 5, ""]]
    data = csv_of(["Customer", "Order", "Part", "Quantity", "Price"], *lines)
    staged = staged_from(data, by=seller, kind="customer-orders")

    response = seller_client.get(page_of(staged))
    loaded = seller_client.post(reverse("staging:load", args=[staged.pk]), follow=True)

    assertContains(response, "Look at 1 line first: what is said of it below keeps nothing from being loaded.")
    assertContains(response, f"Ours for {part} is 0.00 EUR (no price).")
    assertContains(response, "no, a warning")
    [order] = SalesOrder.objects.all()
    assertContains(loaded, f'<a href="{reverse("sales:order", args=[order.pk])}">{order}</a>', html=True)
