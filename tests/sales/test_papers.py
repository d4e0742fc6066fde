"""What quotes, confirmations, delivery notes and pick lists say, in whose language, and how they are sent."""

import io
from decimal import Decimal

import pytest
from django.core import mail
from django.db import ProgrammingError, transaction
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from erp.register.models import Address, PartName
from purchasing.models import How, Outcome
from sales import operations
from sales.models import CustomerLink, CustomerTerm, DocumentText, PartPlace, RowType, SalesDispatch
from sales.operations import Delivered, Picked
from sales.papers import note_paper, order_paper
from sales.pick_papers import pick_paper
from sales.printing import pdf_of
from sales.statuses import CONFIRMED, QUOTE, REGISTERED
from sales.sums import totals_of
from tests.factories import PartFactory, PartnerFactory
from tests.linkage.factories import stock
from tests.sales.factories import DELIVERY, again, order_with, row_with
from tests.sales.kits import kit_of, part_below, tool_kit
from tests.sales.test_vat import full, vat_group

pytestmark = pytest.mark.django_db

PRICED = {"unit_price": Decimal("12.5"), "discount": Decimal(0), "delivery_date": DELIVERY}


def words_of(pdf):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def money_of(texts, *names):
    return [tuple(row.get(name, "") for name in names) for row in texts["rows"]]


def priced_order(by, *quantities, row=None, **facts):
    return order_with(*quantities, row=PRICED | (row or {}), by=by, **facts)


def test_confirmation_says_price_discount_amount_and_date(seller):
    order = priced_order(seller, 4, row={"discount": Decimal(10)})

    texts = order_paper(order)

    assert (texts["title"], texts["total"]) == ("Order confirmation S-1001", "45.00 EUR")
    assert money_of(texts, "price", "discount", "amount", "date") == [("12.50", "10", "45.00", "2026-03-20")]


def test_quote_is_called_one_and_is_in_the_language_of_the_mailing_address(seller):
    customer = PartnerFactory(language="de")
    Address.objects.create(partner=customer, kind="mailing", lines="Hamnen 1", city="Malmö", language="sv")

    texts = order_paper(priced_order(seller, 4, status=QUOTE, customer=customer))

    assert (texts["title"], texts["language"], texts["rows"][0]["price"]) == ("Offert S-1001", "sv", "12,50")


def test_names_are_translated_unless_they_were_typed(seller):
    part = PartFactory(name="Hammer")
    PartName.objects.create(part=part, language="de", name="Hammer aus Stahl")
    order = priced_order(seller, 1, 1, part=part, customer=PartnerFactory(language="de"))
    order.rows.filter(position=20).update(name="Our hammer")

    assert [row["name"] for row in order_paper(order)["rows"]] == ["Hammer aus Stahl", "Our hammer"]


def test_standard_texts_stand_above_and_below_the_rows(seller):
    DocumentText.objects.create(document="confirmation", language="en", header="Thank you!", footer="Net 30 days.")

    texts = order_paper(priced_order(seller, 1))

    assert (texts["header"], texts["footer"]) == ("Thank you!", "Net 30 days.")


@pytest.mark.parametrize(
    ("row", "standard", "price", "date"),
    [
        ({"show_price": False}, {}, "Price as agreed", "2026-03-20"),
        ({"show_price": False}, {"price_text": "By contract"}, "By contract", "2026-03-20"),
        ({"show_price": False, "price_text": "Free"}, {"price_text": "By contract"}, "Free", "2026-03-20"),
        ({"show_date": False}, {}, "12.50", "Date to be confirmed"),
        ({"show_date": False, "date_text": "In May"}, {"date_text": "Soon"}, "12.50", "In May"),
        ({"delivery_date": None}, {"date_text": "Soon"}, "12.50", "Soon"),
    ],
)
def test_a_row_shows_a_text_in_place_of_its_price_or_date(seller, row, standard, price, date):
    """S4-128, S4-226 and S4-227."""
    if standard:
        DocumentText.objects.create(document="confirmation", language="en", **standard)
    order = priced_order(seller, 1, row=row)

    texts = order_paper(order)

    assert money_of(texts, "price", "date") == [(price, date)]
    assert bool(texts["total"]) == (price == "12.50")


def test_rows_priced_by_edit_total_show_no_price_of_their_own(seller):
    """S4-061."""
    order = priced_order(seller, 2, 2)
    total = operations.add_row(order=order, row_type=RowType.TOTAL, name="Both", by=seller)
    operations.edit_total(row=again(total), total=Decimal(40), by=seller)

    texts = order_paper(order)

    assert money_of(texts, "price", "amount") == [("", ""), ("", ""), ("", "40.00")]
    assert texts["total"] == "40.00 EUR"


def test_texts_are_printed_on_the_documents_that_they_choose(seller, warehouse_keeper):
    """S4-006."""
    order = priced_order(seller, 2)
    row = order.rows.for_list().get()
    for name in ("confirmation", "pick_list", "delivery_note"):
        operations.add_sub_row(row=row, row_type=RowType.TEXT, text=name, **{f"on_{name}": True}, by=seller)
    stock(row.part, row.warehouse, 2)
    [picks] = operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(2))], by=warehouse_keeper)
    printed = [order_paper(order), pick_paper(picks, language="en")]
    line = Delivered(row=again(row), quantity=Decimal(2), pick_row=picks.rows.get())
    [note] = operations.deliver_rows(lines=[line], pick_list=picks, by=warehouse_keeper)

    said = [[row["text"] for row in texts["rows"] if row["type"] == "text"] for texts in [*printed, note_paper(note)]]

    assert said == [["confirmation"], ["pick_list"], ["delivery_note"]]


def test_delivery_note_says_ordered_delivered_and_remaining_as_it_was(seller, warehouse_keeper):
    row = row_with(10, by=seller, customer_order_number="PO 7", row={"customer_row_position": "3"})
    CustomerLink.objects.create(customer=row.order.customer, part=row.part, unit=row.unit, customer_part_number="X-9")
    stock(row.part, row.warehouse, 10)
    [first] = operations.deliver_rows(lines=[Delivered(row=row, quantity=Decimal(4))], by=warehouse_keeper)
    operations.deliver(row=again(row), quantity=Decimal(6), by=warehouse_keeper)

    texts = note_paper(first)

    assert money_of(texts, "ordered", "quantity", "remaining") == [("10 pcs", "4 pcs", "6 pcs")]
    assert texts["rows"][0]["details"] == ["your part: X-9", "your pos.: 3"]
    assert ["Your order", "PO 7"] in texts["facts"]


def test_pick_list_goes_by_place_in_the_language_of_who_prints_it(seller, warehouse_keeper):
    order = order_with(1, by=seller)
    rows = [again(order.rows.get()), again(operations.add_row(order=order, part=PartFactory(), **ONE, by=seller))]
    for row, place in zip(rows, ("B-2", "A-1"), strict=True):
        stock(row.part, row.warehouse, 1)
        PartPlace.objects.create(part=row.part, warehouse=row.warehouse, bin=place)
    lines = [Picked(row=row, quantity=Decimal(1)) for row in rows]
    [picks] = operations.create_pick_lists(lines=lines, by=warehouse_keeper)

    texts = pick_paper(picks, language="sv")

    assert texts["title"] == "Plocklista PL-1001"
    assert money_of(texts, "place", "quantity") == [("A-1", "1 st"), ("B-2", "1 st")]


ONE = {"quantity": Decimal(1), "delivery_date": DELIVERY}


def test_every_paper_is_a_pdf_with_its_words(seller, warehouse_keeper):
    order = priced_order(seller, 2, customer=PartnerFactory(language="da", name="#set text ][ & Søn"))
    row = order.rows.for_list().get()
    stock(row.part, row.warehouse, 2)
    [picks] = operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(1))], by=warehouse_keeper)
    [note] = operations.deliver_rows(lines=[Delivered(row=again(row), quantity=Decimal(1))], by=warehouse_keeper)

    said = [
        words_of(pdf_of(texts)) for texts in (order_paper(order), note_paper(note), pick_paper(picks, language="de"))
    ]

    assert all(
        words in text
        for words, text in zip(
            ["Ordrebekræftelse S-1001", "Følgeseddel D-1001", "Kommissionierliste"], said, strict=True
        )
    )
    assert "#set text ][ & Søn" in said[0]


def test_sending_a_confirmation_confirms_the_order_and_mails_it_once(seller, django_capture_on_commit_callbacks):
    order = priced_order(seller, 4, customer=PartnerFactory(language="sv"))

    with django_capture_on_commit_callbacks(execute=True):
        sent = operations.send_order(order=order, how=How.EMAIL, address="kund@example.com", by=seller)

    [message] = mail.outbox
    sent.refresh_from_db()
    order.refresh_from_db()
    assert (order.status, sent.outcome, sent.version) == (CONFIRMED, Outcome.SENT, 1)
    assert message.subject.startswith("Orderbekräftelse S-1001")
    assert [name for name, *_ in message.attachments] == ["s-1001.pdf", "s-1001.csv"]


def test_a_document_is_kept_as_it_went_and_the_next_says_what_it_replaces(seller):
    order = priced_order(seller, 4)
    first = operations.send_order(order=order, how=How.FILE, by=seller)
    operations.change_row(row=again(order.rows.get()), quantity=Decimal(5), by=seller)

    second = operations.send_order(order=order, how=How.OTHER, by=seller)

    first.refresh_from_db()
    assert [sent.texts["rows"][0]["quantity"] for sent in (first, second)] == ["4 pcs", "5 pcs"]
    assert (first.texts["mark"], second.texts["mark"]) == ("Version 1", "Version 2, replaces version 1")


def test_a_mail_that_failed_is_sent_again(seller, settings, django_capture_on_commit_callbacks):
    order = priced_order(seller, 4)
    settings.EMAIL_BACKEND = "no.such.backend"
    with django_capture_on_commit_callbacks(execute=True):
        sent = operations.send_order(order=order, how=How.EMAIL, address="kund@example.com", by=seller)
    sent.refresh_from_db()
    failed = sent.outcome
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    with django_capture_on_commit_callbacks(execute=True):
        operations.send_paper_again(dispatch=sent, how=How.EMAIL, address="other@example.com", by=seller)

    sent.refresh_from_db()
    assert (failed, sent.outcome, mail.outbox[0].to) == (Outcome.FAILED, Outcome.SENT, ["other@example.com"])
    with pytest.raises(Refused, match="is sent"):
        operations.send_paper_again(dispatch=sent, how=How.OTHER, by=seller)


def test_a_mail_without_an_address_is_refused_and_confirms_nothing(seller):
    order = priced_order(seller, 4)

    with pytest.raises(Refused, match="There is no e-mail address to send it to"):
        operations.send_order(order=order, how=How.EMAIL, by=seller)

    order.refresh_from_db()
    assert (order.status, SalesDispatch.objects.count()) == (REGISTERED, 0)


def test_pages_send_and_show_documents(seller_client, warehouse_client, seller, warehouse_keeper):
    row = row_with(2, by=seller)
    stock(row.part, row.warehouse, 2)
    [note] = operations.deliver_rows(lines=[Delivered(row=row, quantity=Decimal(1))], by=warehouse_keeper)
    url = reverse("sales:order_send", args=[row.order_id])

    asked = seller_client.get(url)
    wrong = seller_client.post(url, {"how": "email", "address": "nobody"})
    seller_client.post(url, {"how": "file"})
    warehouse_client.post(reverse("sales:note_send", args=[note.pk]), {"how": "other"})

    page = seller_client.get(reverse("sales:order_documents", args=[row.order_id]))
    assertContains(asked, "Look at the document")
    assertContains(wrong, "Enter the customer&#x27;s e-mail address", status_code=422)
    assertContains(page, "Order confirmation S-1001")
    assertContains(page, "Delivery note D-1001")
    for name, pk in (("order_print", row.order_id), ("note_print", note.pk)):
        assertContains(seller_client.get(reverse(f"sales:{name}", args=[pk])), "S-1001")
    for name, pk in (("order_pdf", row.order_id), ("note_pdf", note.pk)):
        assert seller_client.get(reverse(f"sales:{name}", args=[pk]))["Content-Type"] == "application/pdf"


def test_the_parts_of_a_fictitious_part_are_paid_for_once(seller):
    part, kit = PartFactory(number="NAIL"), kit_of(number="BOX")
    parts = (operations.new_part(part, Decimal(4), unit_price=Decimal(10)),)
    priced = {"part": kit, "quantity": Decimal(2), "sub_rows": parts, "unit_price": Decimal(20)}
    order = order_with(by=seller)
    row = operations.add_row(order=order, **priced, by=seller)
    row.sub_rows.update(unit_price=10)

    texts = order_paper(order)

    assert (texts["total"], totals_of(order).amount) == ("40.00 EUR", 40)
    assert money_of(texts, "price", "discount", "amount") == [("20.00", "", "40.00"), ("", "", "")]
    assert [(line["price"], line["amount"]) for line in texts["data"]] == [("20", "40"), ("", "")]


def test_a_total_row_does_not_give_a_hidden_price_away(seller):
    """S4-226."""
    order = priced_order(seller, 2, 2)
    operations.add_row(order=order, row_type=RowType.TOTAL, name="Both", by=seller)
    operations.change_row(row=again(order.rows.get(position=10)), show_price=False, by=seller)

    assert money_of(order_paper(order), "amount") == [("",), ("25.00",), ("",)]


def test_data_of_rows_priced_by_edit_total_has_no_prices(seller):
    """S4-061."""
    order = priced_order(seller, 2, 2)
    total = operations.add_row(order=order, row_type=RowType.TOTAL, name="Both", by=seller)
    operations.edit_total(row=again(total), total=Decimal(40), by=seller)

    assert {(row["price"], row["discount"], row["amount"]) for row in order_paper(order)["data"]} == {("", "", "")}


@pytest.mark.parametrize(("shown", "details", "data"), [(True, ["Setup price: 30.00"], "30"), (False, [], "")])
def test_confirmation_says_the_setup_price_where_it_shows_prices(seller, shown, details, data):
    order = priced_order(seller, 2, row={"setup_price": Decimal(30), "show_price": shown})

    texts = order_paper(order)

    assert texts["rows"][0]["details"] == details
    assert texts["data"][0]["setup_price"] == data


def test_texts_below_a_fictitious_part_go_along_with_its_parts(seller, warehouse_keeper):
    row = row_with(1, part=tool_kit(), by=seller)
    printed = {"on_pick_list": True, "on_delivery_note": True}
    operations.add_sub_row(row=row, row_type=RowType.TEXT, text="Fragile", **printed, by=seller)
    hammer, screw = part_below(row, "HAMMER"), part_below(row, "SCREW")
    for part in (hammer, screw):
        stock(part.part, part.warehouse, 10)
    lines = [Picked(row=hammer, quantity=Decimal(2)), Picked(row=screw, quantity=Decimal(3))]
    [picks] = operations.create_pick_lists(lines=lines, by=warehouse_keeper)
    printed = pick_paper(picks, language="en")
    line = Delivered(row=again(hammer), quantity=Decimal(2), pick_row=picks.rows.get(row=hammer))
    [note] = operations.deliver_rows(lines=[line], pick_list=picks, by=warehouse_keeper)

    assert [row["type"] for row in printed["rows"]] == ["text", "text", "row", "row"]
    assert [row.get("text") for row in note_paper(note)["rows"]] == [None, "Fragile"]


def test_confirmation_says_the_vat_of_each_rate_and_both_together(seller):
    vat_group(full())
    order = priced_order(seller, 4, 2)

    texts = order_paper(order)

    assert (texts["total"], texts["vat"]) == (
        "75.00 EUR",
        [["VAT 25 %", "18.75 EUR"], ["Total incl. VAT", "93.75 EUR"]],
    )
    assert "Total incl. VAT 93.75 EUR" in " ".join(words_of(pdf_of(texts)).split())


def test_confirmation_of_a_private_customer_says_prices_with_vat(seller):
    vat_group(full())
    customer = PartnerFactory()
    CustomerTerm.objects.create(customer=customer, is_private=True)

    [row] = order_paper(priced_order(seller, 4, customer=customer))["rows"]

    assert row["details"] == ["Price incl. VAT: 15.625"]


def test_confirmation_without_vat_codes_or_with_a_hidden_price_says_no_vat(seller):
    without = priced_order(seller, 4)
    vat_group(full())
    hidden = priced_order(seller, 4, row={"show_price": False})

    assert (order_paper(without)["vat"], order_paper(hidden)["vat"]) == ([], [])


def printed_list(by, quantity=6):
    row = row_with(10, by=by)
    stock(row.part, row.warehouse, 10)
    [pick_list] = operations.create_pick_lists(lines=[Picked(row=row, quantity=Decimal(quantity))], by=by)
    return pick_list


def test_printed_pick_list_is_kept_as_it_was(planner, warehouse_client, warehouse_keeper):
    pick_list = printed_list(warehouse_keeper)
    url = reverse("sales:pick_keep", args=[pick_list.pk])

    warehouse_client.post(url)
    warehouse_client.post(url)
    operations.change_pick(pick_row=pick_list.rows.get(), quantity=Decimal(4), by=warehouse_keeper)
    warehouse_client.post(url)
    first, second = pick_list.prints.order_by("version")
    again_printed = warehouse_client.get(reverse("sales:pick_printed", args=[first.pk]))
    page = warehouse_client.get(reverse("sales:pick_list", args=[pick_list.pk]))

    quantities = [kept.texts["rows"][0]["quantity"] for kept in (first, second)]
    assert [(kept.version, kept.texts["mark"]) for kept in (first, second)] == [
        (1, "Version 1"),
        (2, "Version 2, replaces version 1"),
    ]
    assert quantities[0].startswith("6 ")
    assert quantities[1].startswith("4 ")
    assert quantities[0] in words_of(again_printed.getvalue())
    assertContains(page, "version 2, ")


def test_pick_list_printed_in_two_languages_in_turn_makes_no_new_versions(warehouse_keeper):
    pick_list = printed_list(warehouse_keeper)

    kept = [
        operations.print_pick_list(pick_list=pick_list, language=language, by=warehouse_keeper)
        for language in ("en", "de", "en", "de")
    ]
    operations.change_pick(pick_row=pick_list.rows.get(), quantity=Decimal(4), by=warehouse_keeper)
    kept.append(operations.print_pick_list(pick_list=pick_list, language="en", by=warehouse_keeper))

    assert [(one.version, one.texts["language"]) for one in kept] == [
        (1, "en"),
        (2, "de"),
        (1, "en"),
        (2, "de"),
        (3, "en"),
    ]


def test_pick_list_with_nothing_left_is_not_printed(warehouse_keeper):
    pick_list = printed_list(warehouse_keeper)
    operations.cancel_pick_list(pick_list=pick_list, by=warehouse_keeper)

    with pytest.raises(Refused, match="is left to pick"):
        operations.print_pick_list(pick_list=pick_list, language="en", by=warehouse_keeper)


def test_database_keeps_what_was_printed(warehouse_keeper):
    kept = operations.print_pick_list(pick_list=printed_list(warehouse_keeper), language="en", by=warehouse_keeper)

    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        type(kept).objects.filter(pk=kept.pk).update(texts={})


def links_of(pdf):
    found = [note.get_object() for page in PdfReader(io.BytesIO(pdf)).pages for note in page.get("/Annots", ())]
    return [note["/A"]["/URI"] for note in found if "/URI" in note.get("/A", ())]


def test_address_in_a_plain_text_is_a_link_on_the_print_view_and_in_the_pdf(seller, seller_client):
    order = order_with(2, by=seller)
    text = "See http://example.com/a?b=1&c=2 (or https://example.com/d)."
    operations.add_row(order=order, row_type=RowType.TEXT, text=text, on_confirmation=True, by=seller)

    page = seller_client.get(reverse("sales:order_print", args=[order.pk]))
    pdf = pdf_of(order_paper(order))

    assertContains(page, 'href="http://example.com/a?b=1&amp;c=2"')
    assert links_of(pdf) == ["http://example.com/a?b=1&c=2", "https://example.com/d"]
    assert text in " ".join(words_of(pdf).split())
