"""Serial numbers as people write them."""

import pytest

from erp.exceptions import Refused
from linkage.serials import counted_from, in_words, numbers_in


@pytest.mark.parametrize(
    ("first", "quantity", "numbers"),
    [
        pytest.param("A-001", 3, ["A-001", "A-002", "A-003"], id="zeros stay"),
        pytest.param("A-9", 2, ["A-9", "A-10"], id="one digit more"),
        pytest.param("7", 2, ["7", "8"], id="digits alone"),
        pytest.param("PROTO", 1, ["PROTO"], id="one needs no digits"),
        pytest.param(" 2026/5-08 ", 2, ["2026/5-08", "2026/5-09"], id="the last digits count"),
    ],
)
def test_counted_from_counts_the_last_digits_up(first, quantity, numbers):
    assert counted_from(first, quantity) == numbers


@pytest.mark.parametrize(
    ("first", "quantity", "sentence"),
    [
        ("PROTO", 2, "PROTO does not end with digits, so there is no number after it"),
        ("A-1", 0, "Enter a quantity from 1 to 10000"),
        ("A-1", 10_001, "Enter a quantity from 1 to 10000"),
        ("A" * 39 + "9", 2, "A serial number has at most 40 characters"),
    ],
)
def test_counted_from_refuses_what_cannot_be_counted(first, quantity, sentence):
    with pytest.raises(Refused, match=sentence):
        counted_from(first, quantity)


def test_in_words_puts_numbers_that_follow_each_other_together():
    numbers = ["A-001", "A-002", "A-003", "B-7", "A-004", "PROTO", "09", "10"]

    assert in_words(numbers) == "A-001..A-003, B-7, A-004, PROTO, 09..10"


def test_numbers_in_reads_intervals_and_single_numbers():
    assert numbers_in("A-008..A-010, B-7;PROTO") == ["A-008", "A-009", "A-010", "B-7", "PROTO"]


@pytest.mark.parametrize("text", ["A-3..A-1", "A-1..B-3", "A-01..A-3", "A..B", "A-1..A-99999999"])
def test_numbers_in_refuses_what_is_no_interval(text):
    with pytest.raises(Refused, match="is no interval of serial numbers"):
        numbers_in(text)
