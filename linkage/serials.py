"""Serial numbers as people write them: A-001..A-010 are ten, one after the other."""

import re

from erp.exceptions import Refused

COUNTER = re.compile(r"(.*?)([0-9]{1,18})", re.ASCII | re.DOTALL)
SANE = re.compile(r"[^\r\n\t]+")
MOST = 10_000
LONGEST = 40


def counted_from(first, quantity):
    """``quantity`` numbers from ``first`` on: its last digits count up, zeros before them stay.

    Refused: none or too many, no digits at the end to count with, longer than a number may be.
    """
    first = first.strip()
    if not 1 <= quantity <= MOST:
        raise Refused(f"Enter a quantity from 1 to {MOST}.")
    if quantity == 1:
        return [first]
    found = COUNTER.fullmatch(first)
    if not found:
        raise Refused(f"{first} does not end with digits, so there is no number after it.")
    stem, digits = found.groups()
    numbers = [f"{stem}{int(digits) + step:0{len(digits)}d}" for step in range(quantity)]
    if len(numbers[-1]) > LONGEST:
        raise Refused(f"A serial number has at most {LONGEST} characters.")
    return numbers


def in_words(numbers):
    """Numbers that follow each other as intervals: A-001..A-010, B-7."""
    return ", ".join(first if first == last else f"{first}..{last}" for first, last, _count in intervals(numbers))


def intervals(numbers):
    """[(first, last, how many)] of numbers that follow each other, in their order."""
    found = []
    for number in numbers:
        if found and _follows(found[-1][1], number):
            found[-1] = (found[-1][0], number, found[-1][2] + 1)
        else:
            found.append((number, number, 1))
    return found


def _follows(before, number):
    one, two = COUNTER.fullmatch(before), COUNTER.fullmatch(number)
    if not (one and two) or one[1] != two[1]:
        return False
    return number == f"{one[1]}{int(one[2]) + 1:0{len(one[2])}d}"


def numbers_in(text):
    """The numbers of a text such as ``A-001..A-010, B-7``."""
    numbers = []
    for piece in filter(None, (piece.strip() for piece in text.replace(";", ",").split(","))):
        first, _dots, last = (side.strip() for side in piece.partition(".."))
        numbers += [first] if not last else _between(first, last)
        if len(numbers) > MOST:
            raise Refused(f"Name at most {MOST} serial numbers at once.")
    if wrong := next((number for number in numbers if len(number) > LONGEST or not SANE.fullmatch(number)), None):
        raise Refused(f"{wrong[:LONGEST]} is no serial number: at most {LONGEST} characters of one line.")
    return numbers


def _between(first, last):
    one, two = COUNTER.fullmatch(first), COUNTER.fullmatch(last)
    count = int(two[2]) - int(one[2]) + 1 if one and two and one[1] == two[1] else 0
    if not 1 <= count <= MOST or counted_from(first, count)[-1] != last:
        raise Refused(f"{first}..{last} is no interval of serial numbers.")
    return counted_from(first, count)
