"""What a cell means; no database."""

from datetime import date
from decimal import Decimal

import pytest

from erp.staging.reading.values import Habits, Wrong, date_of, habits_of, number_of, text_of

NOTHING_SHOWN = Habits()


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        (" 1 234,50 ", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1,234,567.891", "1234567.891"),
        ("0,125", "0.125"),
        ("1234.567", "1234.567"),
        ("\u22125", "-5"),
        (".5", "0.5"),
        (Decimal("3.25"), "3.25"),
    ],
)
def test_number_shows_by_itself_how_it_is_written(cell, number):
    assert number_of(cell, NOTHING_SHOWN) == Decimal(number)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "abc",
        "1e5",
        "NaN",
        "12a",
        "1.2.3",
        "1.234.5",
        "1,234,567,8",
        "1.234.567.8",
        "1.234,567,890",
        "1.234,567.890",
        "--1",
        "=1+1",
        "\uff11\uff12",
    ],
)
def test_number_that_is_none_is_wrong(cell):
    with pytest.raises(Wrong, match="not a number"):
        number_of(cell, NOTHING_SHOWN)


def test_number_that_can_be_read_in_two_ways_is_wrong_until_the_file_shows_its_sign():
    with pytest.raises(Wrong, match="in two ways, as thousands and as decimals"):
        number_of("1.234", NOTHING_SHOWN)

    assert number_of("1.234", Habits(decimal=".")) == Decimal("1.234")
    assert number_of("1.234", Habits(decimal=",")) == Decimal(1234)


def test_number_against_the_habit_of_its_file_is_wrong():
    with pytest.raises(Wrong, match="writes decimals with “,”, and this number does not"):
        number_of("12.5", Habits(decimal=","))


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-31",
        "2026/03/31",
        "20260331",
        "31.03.2026",
        "31/3/2026",
        "03/31/2026",
        "31-03-2026",
        "2026-03-31 00:00:00",
    ],
)
def test_date_is_read_in_every_usual_order(cell):
    assert date_of(cell, NOTHING_SHOWN) == date(2026, 3, 31)


def test_date_that_can_be_read_in_two_ways_is_wrong_until_the_file_shows_its_order():
    with pytest.raises(Wrong, match="in two ways"):
        date_of("03/04/2026", NOTHING_SHOWN)

    assert date_of("03/04/2026", Habits(first="day")) == date(2026, 4, 3)
    assert date_of("03/04/2026", Habits(first="month")) == date(2026, 3, 4)
    assert date_of("04/04/2026", NOTHING_SHOWN) == date(2026, 4, 4)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("2026-02-30", "There is no such day."),
        ("31.12.26", "This is not a date such as 2026-03-31 or 31.03.2026, with the year in four digits."),
        ("202612", "This is not a date such as 2026-03-31 or 31.03.2026, with the year in four digits."),
        ("2026123", "This is not a date such as 2026-03-31 or 31.03.2026, with the year in four digits."),
        ("2026-03/31", "This is not a date such as 2026-03-31 or 31.03.2026, with the year in four digits."),
        ("20260230", "There is no such day."),
        ("soon", "This is not a date such as 2026-03-31 or 31.03.2026, with the year in four digits."),
        ("0001-01-01", "Dates from 1990 to 2199 are taken."),
        (Decimal(46000), "This is a number, not a date. Format the column as a date, or write 2026-03-31."),
    ],
)
def test_date_that_is_none_is_wrong(cell, sentence):
    with pytest.raises(Wrong) as wrong:
        date_of(cell, NOTHING_SHOWN)

    assert str(wrong.value) == sentence


def test_habits_are_what_some_cell_shows_and_no_other_contradicts():
    assert habits_of(["1.234", "0,5", "7"], ["03/04/2026", "13/04/2026"], said=Habits()) == Habits(",", "day")
    assert habits_of(["0.5", "0,5"], ["04/13/2026", "13/04/2026"], said=Habits()) == Habits()
    assert habits_of(["0.5"], ["04/13/2026"], said=Habits(",", "day")) == Habits(",", "day")


@pytest.mark.parametrize(("cell", "text"), [("'=1+1", "=1+1"), ("'s-Hertogenbosch", "'s-Hertogenbosch"), (None, "")])
def test_the_apostrophe_of_an_export_is_taken_off(cell, text):
    assert text_of(cell) == text
