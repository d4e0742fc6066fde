"""The purchase order on paper: in the supplier's language, with its numbers, dates and units."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from erp.register.models import Address
from purchasing import operations, paper_words
from purchasing.models import Dispatch
from purchasing.papers import paper_of
from tests.factories import CompanyFactory, PartFactory, SupplierFactory, WarehouseFactory
from tests.purchasing.factories import SupplierTermFactory, purchase_order, purchase_row

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "sv", "da", "de"]


def order_for(language, *, by, **facts):
    """One row of 1,200 pieces of a gear hub at 1,118.5 less 2.5 %."""
    supplier = SupplierFactory(name="Nordhub AB", language=language)
    Address.objects.create(
        partner=supplier, kind="mailing", lines="Verkstadsgatan 9", city="Jönköping", is_default=True
    )
    company = CompanyFactory(name="Aurala Cycles", address="Linnankatu 41\nTurku")
    warehouse = WarehouseFactory(company=company, address="Teollisuuskatu 9\nTurku")
    part = PartFactory(number="HB-7G", name="Gear hub #7 *")
    SupplierTermFactory(part=part, supplier=supplier, supplier_part_number="NH-7")
    order = purchase_order(by=by, supplier=supplier, company=company, goods_label="S-1", **facts)
    money = {"price": Decimal("1118.5"), "discount": Decimal("2.5")}
    purchase_row(quantity=1200, part=part, warehouse=warehouse, order=order, due_date=date(2026, 3, 18), by=by, **money)
    return order


def pdf_text(client, order):
    response = client.get(reverse("purchasing:paper", args=[order.pk]))
    assert response["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(b"".join(response.streaming_content)))
    return "\n".join(page.extract_text() for page in reader.pages).replace("\xa0", " ")


def test_every_word_is_there_in_every_language():
    missing = [
        (key, language) for key, words in paper_words.WORDS.items() for language in LANGUAGES if not words.get(language)
    ]

    assert missing == []


@pytest.mark.parametrize(
    ("language", "title", "quantity", "price", "amount", "day"),
    [
        ("en", "Purchase order P-1001", "1,200 pcs", "1,118.50", "1,308,645.00", "2026-03-18"),
        ("sv", "Inköpsorder P-1001", "1 200 st", "1 118,50", "1 308 645,00", "2026-03-18"),
        ("da", "Indkøbsordre P-1001", "1.200 stk.", "1.118,50", "1.308.645,00", "18.03.2026"),
        ("de", "Bestellung P-1001", "1.200 Stk.", "1.118,50", "1.308.645,00", "18.03.2026"),
    ],
)
def test_paper_is_written_as_the_supplier_writes(buyer, language, title, quantity, price, amount, day):
    texts = paper_of(order_for(language, by=buyer))

    [row] = texts["rows"]
    shown = [value.replace("\xa0", " ") for value in (row["quantity"], row["price"], row["amount"], row["date"])]
    assert (texts["title"], *shown) == (title, quantity, price, amount, day)


def test_paper_says_who_what_and_where(buyer, buyer_client):
    text = pdf_text(buyer_client, order_for("de", by=buyer, note="Bitte *nicht* stapeln."))

    for words in (
        "Bestellung P-1001", "Entwurf, nicht bestellt", "Aurala Cycles", "Linnankatu 41", "Nordhub AB",
        "Verkstadsgatan 9", "Teollisuuskatu 9", "NH-7", "HB-7G", "Gear hub #7 *", "1.308.645,00 EUR", str(buyer), "S-1",
        "Bitte *nicht* stapeln.",
    ):  # fmt: skip
        assert words in text


def test_paper_for_who_sees_no_costs_has_no_prices(buyer, viewer_client):
    order = order_for("en", by=buyer)
    operations.send(order=order, by=buyer)
    sent = Dispatch.objects.get()

    text = pdf_text(viewer_client, order)
    rows = viewer_client.get(reverse("purchasing:dispatch_rows", args=[sent.pk]))

    assert ("HB-7G" in text, "1,118.50" in text, "Total" in text) == (True, False, False)
    assert b"1118.5" not in rows.content


def test_paper_goes_to_the_orders_own_address(buyer):
    order = order_for("en", by=buyer, delivery_address="Velo Nord\nHamburg")

    assert paper_of(order)["deliver_to"] == "Velo Nord\nHamburg"


def test_paper_leaves_cancelled_rows_out(buyer):
    order = order_for("en", by=buyer)
    row = purchase_row(order=order, by=buyer)
    operations.send(order=order, by=buyer)
    operations.short_close(row=row, by=buyer)

    assert [line["pos"] for line in paper_of(order)["rows"]] == ["10"]


def test_rows_for_a_program_have_plain_numbers_and_dates(buyer):
    [row] = paper_of(order_for("de", by=buyer))["data"]

    assert row == {
        "order": "P-1001", "position": 10, "supplier_part": "NH-7", "part": "HB-7G", "name": "Gear hub #7 *",
        "quantity": "1200", "unit": "pcs", "price": "1118.5", "discount": "2.5", "amount": "1308645", "currency": "EUR",
        "date": "2026-03-18", "goods_label": "S-1",
    }  # fmt: skip


def test_paper_query_count_does_not_grow(buyer, django_assert_num_queries):
    order = order_for("en", by=buyer)
    with django_assert_num_queries(2):
        paper_of(order)
    for _more in range(2):
        purchase_row(order=order, by=buyer)

    with django_assert_num_queries(2):
        paper_of(order)
