"""Phrases and signatures in text rows: what is offered to whom, and where it is written."""

import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse

from sales import operations
from sales.models import Phrase, RowType, Signature
from sales.phrases import texts_for
from tests.factories import PartnerFactory
from tests.sales.factories import order_with, row_with

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def phrases():
    """One for all, one in English and one in Swedish."""
    texts = [("", "Thank you."), ("en", "Kind regards"), ("sv", "Med vänlig hälsning")]
    return [Phrase.objects.create(code="END", language=language, text=text) for language, text in texts]


def text_data(**changes):
    return {"row_type": "4", "text": "", "on_confirmation": "on"} | changes


def test_phrases_are_offered_in_the_customers_language_with_ones_own_signature(phrases, seller, planner):
    order = order_with(by=seller, customer=PartnerFactory(language="sv"))
    for user in (seller, planner):
        operations.change_signature(text=f"Best, {user.username}", by=user)

    offered = texts_for(order, seller)

    assert list(offered.values()) == [
        ("END", "Thank you."),
        ("END (sv)", "Med vänlig hälsning"),
        ("My signature", f"Best, {seller.username}"),
    ]


@pytest.mark.parametrize(
    ("typed", "text"),
    [("See you soon.", "See you soon.\nThank you."), ("", "Thank you.")],
    ids=["below what is typed", "alone"],
)
def test_new_text_row_takes_a_phrase_without_javascript(seller_client, seller, phrases, typed, text):
    order = order_with(by=seller)

    seller_client.post(reverse("sales:row_new", args=[order.pk]), text_data(text=typed, insert=phrases[0].pk))

    assert order.rows.get().text == text


def test_text_that_is_edited_takes_the_signature(seller_client, seller):
    operations.change_signature(text="Ada", by=seller)
    order = order_with(by=seller)
    row = operations.add_row(order=order, row_type=RowType.TEXT, text="Greetings", by=seller)
    data = {"text": "Greetings", "insert": "signature", "version": row.version}

    seller_client.post(reverse("sales:row_edit", args=[row.pk]), data, headers=HTMX)

    row.refresh_from_db()
    assert row.text == "Greetings\nAda"


def test_text_below_a_row_takes_a_phrase(seller_client, seller, phrases):
    row = row_with(by=seller)

    seller_client.post(reverse("sales:text_below", args=[row.pk]), {"text": "Blue.", "insert": phrases[1].pk})

    assert row.sub_rows.get().text == "Blue.\nKind regards"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "This field is required."),
        ({"insert": "999999"}, "Select a valid choice."),
        ({"insert": "long", "text": "y" * 3995}, "at most 4000 characters"),
    ],
)
def test_text_row_says_what_is_wrong(seller_client, seller, phrases, changes, sentence):
    order = order_with(by=seller)
    if changes.get("insert") == "long":
        changes = changes | {"insert": phrases[0].pk}

    answer = seller_client.post(reverse("sales:row_new", args=[order.pk]), text_data(**changes), headers=HTMX)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_line_of_a_text_row_carries_the_phrases_for_the_page(seller_client, seller, phrases):
    order = order_with(by=seller)

    line = seller_client.get(f"{reverse('sales:row_new', args=[order.pk])}?row_type=4", headers=HTMX).content.decode()

    assert 'data-inserts="text"' in line
    assert 'data-text="Kind regards"' in line


def test_text_row_without_phrases_asks_for_none(seller_client, seller):
    order = order_with(by=seller)

    line = seller_client.get(f"{reverse('sales:row_new', args=[order.pk])}?row_type=4", headers=HTMX).content.decode()

    assert "data-inserts" not in line


def test_signature_page_keeps_and_takes_away_ones_own(seller_client, seller):
    url, kept = reverse("sales:signature"), []

    for text in ("Ada Berg", "A. Berg", ""):
        seller_client.post(url, {"text": text})
        kept.append(list(Signature.objects.filter(user=seller).values_list("text", flat=True)))

    assert kept == [["Ada Berg"], ["A. Berg"], []]


def test_phrase_stands_once_in_a_language(phrases):
    with pytest.raises(IntegrityError):
        Phrase.objects.create(code="END", language="sv", text="Hej")
