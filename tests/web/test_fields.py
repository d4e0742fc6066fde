from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from erp.web.fields import AmountFormField, IsoDateField, PostingDateField, QuantityFormField, TextFormField
from tests.factories import PartFactory
from tests.web.samples import PromiseForm

SENTENCE = "Enter a quantity such as 12 or 12.5; at most six decimals."
KEY = "7a1f0c39-6d4b-4a53-9f0e-0d0b4cf24711"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        (" 12.5 ", "12.5"),
        ("12,5", "12.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+4", "4"),
        ("0.000001", "0.000001"),
        ("1.500000000", "1.5"),
        ("1,234.50", "1234.5"),
        ("1 234,50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("100", "100"),
        ("00012", "12"),
        ("99999999999.999999", "99999999999.999999"),
    ],
)
def test_quantity_takes_what_people_type(text, number):
    assert str(QuantityFormField().clean(text)) == number


@pytest.mark.parametrize(
    "text",
    [
        *["NaN", "Infinity", "-inf", "1e400", "1e3", "0x10", "1_000", "12a", "--1", ".", ",", "-", "1..2", "1,2,3"],
        *[
            "\uff11\uff12",
            "١٢",
            "1.234.567",
            "1.2345678",
            "0.0000001",
            "9" * 10_000,
            "½",
            "1,23.4",
            "<b>1</b>",
            "1.234.50",
        ],
    ],
)
def test_quantity_refuses_nonsense_with_a_sentence(text):
    with pytest.raises(ValidationError) as refusal:
        QuantityFormField().clean(text)

    assert refusal.value.messages == [SENTENCE]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a quantity."),
        (None, "Enter a quantity."),
        ("0", "Enter a quantity above zero."),
        ("-0", "Enter a quantity above zero."),
        ("-3", "Enter a quantity above zero."),
        ("100000000000", "That is too large: at most 11 digits before the decimals."),
        ("1,500", "“1,500” can be read in two ways. Write it without a sign for thousands."),
    ],
)
def test_quantity_says_what_is_wrong(text, sentence):
    with pytest.raises(ValidationError) as refusal:
        QuantityFormField().clean(text)

    assert refusal.value.messages == [sentence]


def test_quantity_reads_the_sign_of_the_language():
    with translation.override("sv"):
        assert QuantityFormField().clean("1,500") == Decimal("1.5")
        with pytest.raises(ValidationError, match="two ways"):
            QuantityFormField().clean("1.500")


def test_quantity_never_is_a_negative_zero():
    assert str(QuantityFormField(allow_negative=True).clean("-0.00")) == "0"


def test_quantity_may_allow_zero_or_less():
    assert AmountFormField().clean("0") == 0
    assert QuantityFormField(allow_negative=True).clean("\N{MINUS SIGN}2,5") == Decimal("-2.5")
    with pytest.raises(ValidationError, match="zero or more"):
        AmountFormField().clean("-1")


def test_text_is_composed_and_has_no_control_characters():
    assert TextFormField().clean(" Go\u0308ran ") == "G\u00f6ran"
    with pytest.raises(ValidationError):
        TextFormField().clean("a\x00b")
    with pytest.raises(ValidationError):
        TextFormField().clean("a\x1bb")
    with pytest.raises(ValidationError, match="at most 200"):
        TextFormField().clean("x" * 10_000)


@pytest.mark.parametrize("text", ["0001-01-01", "1989-12-31", "2200-01-01", "9999-12-31"])
def test_date_is_of_this_business(text):
    with pytest.raises(ValidationError, match="between 1990 and 2199"):
        IsoDateField().clean(text)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "tomorrow", "\uff12\uff10\uff12\uff16-03-01", "2026-03-01T10:00", "9" * 5000]
)
def test_date_refuses_nonsense_with_a_sentence(text):
    with pytest.raises(ValidationError, match="such as 2026-03-31"):
        IsoDateField().clean(text)


def test_posting_date_is_today_or_before():
    today = timezone.localdate()

    assert PostingDateField().clean(today.isoformat()) == today
    with pytest.raises(ValidationError, match="This day is still to come"):
        PostingDateField().clean((today + timedelta(days=1)).isoformat())


def test_date_is_iso():
    assert IsoDateField().clean("2026-03-31") == date(2026, 3, 31)


@pytest.mark.django_db
def test_lookup_takes_an_exact_number_of_any_case():
    part = PartFactory(number="BRG-1")

    form = PromiseForm({"part": " brg-1 ", "quantity": "1"})

    assert form.is_valid()
    assert form.cleaned_data["part"] == part


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["BRG", "%", "' or 1=1", "\uff11", "9" * 99])
def test_lookup_names_what_it_does_not_know(text):
    PartFactory(number="BRG-1")

    form = PromiseForm({"part": text, "quantity": "1"})

    assert form.errors["part"] == [f"There is no “{text}” to choose. Type an exact number or pick one from the list."]


@pytest.mark.django_db
def test_form_gives_the_arguments_of_its_operation_and_the_key_apart():
    form = PromiseForm({"operation_key": KEY, "quantity": "4", "version": "3", "firm": "on"})

    assert form.key == UUID(KEY)
    assert form.cleaned_data == {
        "part": None,
        "quantity": Decimal(4),
        "need_date": None,
        "note": "",
        "firm": True,
        "version": 3,
    }


def test_form_carries_a_fresh_key_and_keeps_it_while_shown():
    form, other = PromiseForm(), PromiseForm()

    assert str(form.key) in str(form)
    assert form.key != other.key


def test_form_with_a_broken_key_is_an_error_not_a_crash():
    form = PromiseForm({"operation_key": "x", "quantity": "1", "version": "9" * 400})

    assert not form.is_valid()
    assert form.key is not None


def test_form_tells_screen_readers_what_is_wrong():
    html = str(PromiseForm({"quantity": "x"})["quantity"])

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_quantity_helptext id_quantity_error"' in html
    assert "is-invalid" in html
    assert 'value="x"' in html
