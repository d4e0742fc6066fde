from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from erp.web.numbers import show_amount, show_input, show_quantity
from erp.web.templatetags.pegboard import badge, percent, slack, undo_url, workdays

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("12"), "12.00"),
        (Decimal("12.500000"), "12.50"),
        (Decimal("0.123456"), "0.123456"),
        (Decimal("0.1234567"), "0.123457"),
        (Decimal("1234567.5"), "1,234,567.50"),
        (Decimal("-0.0000001"), "0.00"),
        (Decimal("1E+3"), "1,000.00"),
        (0, "0.00"),
        (None, ""),
        ("", ""),
        ("nonsense", ""),
        (Decimal("NaN"), ""),
    ],
)
def test_quantity_shows_two_to_six_decimals(value, shown):
    assert show_quantity(value) == shown


def test_quantity_follows_the_language():
    with translation.override("de"):
        assert show_quantity(Decimal("1234.5")) == "1.234,50"
        assert show_input(Decimal("1234.500000")) == "1234,5"


def test_amount_has_two_decimals():
    assert show_amount(Decimal("1234.567")) == "1,234.57"


def test_percent_has_no_needless_decimals():
    assert (percent(Decimal("100.00")), percent(Decimal("12.5"))) == (f"100{NBSP}%", f"12.5{NBSP}%")


def test_work_days_and_slack_are_words():
    shown = [workdays(1), workdays(3), slack(-6), slack(0), slack(2), slack(None)]

    assert shown == [
        "1 work day",
        "3 work days",
        "late by 6 work days",
        "on the day",
        "2 work days to spare",
        "no date",
    ]


def test_badge_says_the_word_and_escapes_it():
    assert "badge-bad" in badge("short")
    assert "&lt;b&gt;" in badge("<b>")


def test_querystring_keeps_other_parameters(rf):
    template = Template("{% load pegboard %}{% querystring_for page=2 sort=None %}")

    shown = template.render(Context({"request": rf.get("/?name=a%20b&sort=-x&page=9")}))

    assert shown == "?name=a+b&amp;page=2"


@pytest.mark.parametrize("tags", ["", "undo https://evil.example/", "undo", "other /x/"])
def test_undo_of_a_message_stays_on_this_site(tags):
    message = type("Message", (), {"extra_tags": tags})

    assert undo_url(message) == ""
