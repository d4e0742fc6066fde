"""Labels of what was received: one for each demand, one for the free rest, printable again."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from linkage.models import StockMovement
from linkage.operations import link
from purchasing import operations
from purchasing.labels import labels_of, posted_with
from purchasing.printing import labels_of as pdf_of_labels
from tests.factories import PartnerFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import demand_of, purchase_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return purchase_row(sent=True)


def promise(row, by, quantity, **facts):
    demand = demand_of(row, quantity=quantity, need_date=date(2026, 4, 1), **facts)
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True)


def receive(row, quantity, by, *, reference="DN-1"):
    operations.receive(row=row, quantity=Decimal(quantity), reference=reference, by=by, effective_on=TODAY)


def texts(movement):
    return labels_of(posted_with(movement), absolute=lambda path: f"https://erp.test{path}")["labels"]


def test_labels_name_the_demand_the_customer_the_link_and_the_order(row, buyer):
    customer = PartnerFactory(number="4711", name="Next-Door Bikes")
    made = promise(row, buyer, 30, order={"partner": customer})
    receive(row, 40, buyer)

    for_demand, free = texts(StockMovement.objects.first())

    receipt = StockMovement.objects.get(link=made)
    assert for_demand == {
        "url": f"https://erp.test/purchasing/receipts/{receipt.pk}/",
        "whom": str(made.demand),
        "customer": str(customer),
        "part": row.supply.part.number,
        "name": row.supply.part.name,
        "quantity": "30 pcs",
        "needed": "needed 2026-04-01",
        "order": "P-1001/10",
        "link": f"link {made.pk}",
        "received": "2026-03-02",
        "supplier": str(row.order.supplier),
        "note": "DN-1",
    }
    assert (free["whom"], free["quantity"], free["link"]) == ("Free stock", "10 pcs", "")


def test_labels_are_of_one_posting_and_of_what_was_not_taken_back(row, buyer):
    receive(row, 10, buyer)
    receive(row, 20, buyer, reference="DN-2")
    first = StockMovement.objects.first()
    operations.reverse_receipt(row=row, movement=first, quantity=Decimal(4), by=buyer, effective_on=TODAY)

    assert [label["quantity"] for label in texts(StockMovement.objects.get(quantity=20))] == ["20 pcs"]
    assert [label["quantity"] for label in texts(StockMovement.objects.get(quantity=6))] == ["6 pcs"]


def test_labels_are_a_pdf_and_the_receipt_of_the_form_offers_them(row, buyer, warehouse_client, viewer_client):
    promise(row, buyer, 30)
    form = {"quantity": "40", "effective_on": "2026-03-02"}

    answer = warehouse_client.post(reverse("purchasing:receive", args=[row.pk]), form, follow=True)

    last = StockMovement.objects.last()
    sheet = reverse("purchasing:labels", args=[last.pk])
    assertContains(answer, f'<a href="{sheet}">Labels</a>')
    for address in (sheet, f"{sheet}?one=1"):
        pdf = viewer_client.get(address)
        assert (pdf["Content-Type"], b"".join(pdf.streaming_content)[:5]) == ("application/pdf", b"%PDF-")


def test_a_receipt_of_rejects_only_offers_no_labels_of_an_older_one(row, buyer, warehouse_client):
    receive(row, 10, buyer)
    form = {"quantity": "0", "rejected": "5", "code": "damaged", "owed": "yes", "effective_on": "2026-03-02"}

    answer = warehouse_client.post(reverse("purchasing:receive", args=[row.pk]), form, follow=True)

    sheet = reverse("purchasing:labels", args=[StockMovement.objects.get(quantity=10).pk])
    assertContains(answer, "5 pcs rejected.")
    assertNotContains(answer, f'<a href="{sheet}">Labels</a>')


def test_labels_are_a_page_each_however_long_their_texts(row, buyer):
    promise(row, buyer, 30, order={"partner": PartnerFactory(name="Long " * 20)})
    row.supply.part.name = "Tyre " * 18
    row.supply.part.save(update_fields=["name"])
    receive(row, 40, buyer, reference="N" * 60)

    pdf = pdf_of_labels({"labels": texts(StockMovement.objects.first())})

    assert b"/Count 2" in pdf


@pytest.mark.parametrize("name", ["<b>#panic(1)", "*bold* $x$ \\ #eval", "Ångström \N{BICYCLE}"])
def test_labels_never_read_a_name_as_markup(row, buyer, viewer_client, name):
    row.supply.part.name = name
    row.supply.part.save(update_fields=["name"])
    receive(row, 1, buyer)

    sheet = viewer_client.get(reverse("purchasing:labels", args=[StockMovement.objects.get().pk]))

    assert sheet.status_code == 200


def test_the_code_of_a_label_leads_to_whom_the_goods_are_for(row, buyer, viewer_client):
    made = promise(row, buyer, 30)
    receive(row, 40, buyer)

    of_demand, free = StockMovement.objects.order_by("pk")
    page = "purchasing:receipt"
    demand, balance = (
        reverse("linkage:demand", args=[made.demand_id]),
        reverse("linkage:supply", args=[free.to_stock_id]),
    )
    assertRedirects(viewer_client.get(reverse(page, args=[of_demand.pk])), demand)
    assertRedirects(viewer_client.get(reverse(page, args=[free.pk])), balance)
