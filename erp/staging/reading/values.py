"""What a cell means: numbers with comma or point, dates in several orders. Pure, without a database.

Nothing is guessed. Where a file shows by one cell how it is written, the others are read so; where it does not, a
cell that may mean two things is wrong until the person says how the file is written.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.staging.reading.files import short
from erp.web.exports import RISKY
from erp.web.fields import EARLIEST, LATEST

SPACES = str.maketrans("", "", " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}'\N{RIGHT SINGLE QUOTATION MARK}")
PLAIN = re.compile(r"[+-]?[0-9]+(?:([.,])[0-9]*)?|[+-]?([.,])[0-9]+", re.ASCII)
GROUPED = re.compile(r"[+-]?[0-9]{1,3}([.,])[0-9]{3}(?:\1[0-9]{3})*(?:(?!\1)([.,])[0-9]+)?", re.ASCII)
THREE = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})", re.ASCII)
EIGHT_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})", re.ASCII)
MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?Z?$", re.ASCII)
LONGEST_NUMBER = 40


class Wrong(Exception):
    """A cell cannot be what its column holds; the message is the sentence for the person."""


@dataclass(frozen=True)
class Habits:
    """How a file writes numbers and dates: "." or ",", "day" or "month" first; empty where nothing shows it."""

    decimal: str = ""
    first: str = ""


def text_of(cell):
    """A cell as text, without the apostrophe that an export puts before what a spreadsheet might run."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    text = cell.isoformat() if isinstance(cell, date) else str(cell).strip()
    return text[1:] if text.startswith("'") and RISKY.match(text[1:]) else text


def habits_of(numbers, dates, *, said):
    """The habits of a file: what the person said, else what its own cells show without a doubt."""
    signs = {sign for cell in numbers if isinstance(cell, str) and (sign := _sign_shown(cell))}
    firsts = {first for cell in dates if isinstance(cell, str) and (first := _first_shown(cell))}
    return Habits(
        decimal=said.decimal or (signs.pop() if len(signs) == 1 else ""),
        first=said.first or (firsts.pop() if len(firsts) == 1 else ""),
    )


def _compact(text):
    return text.replace("\N{MINUS SIGN}", "-").translate(SPACES)


def _sign_shown(text):
    """The decimal sign that a number shows without a doubt; None where it shows nothing or contradicts itself."""
    compact = _compact(text)
    if THREE.fullmatch(compact):
        return None
    grouped = GROUPED.fullmatch(compact)
    if not grouped:
        plain = PLAIN.fullmatch(compact)
        return (plain[1] or plain[2]) if plain else None
    last = grouped[2] or grouped[1]
    other = {".": ",", ",": "."}[last]
    return last if compact.count(last) == 1 else other


def _first_shown(text):
    parts = YEAR_LAST.fullmatch(MIDNIGHT.sub("", text.strip()))
    if not parts:
        return None
    if parts[2] == "." or int(parts[1]) > 12:
        return "day"
    return "month" if int(parts[3]) > 12 else None


def number_of(cell, habits):
    """The number in a cell, exact."""
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, date):
        raise Wrong("This is a date, not a number.")
    compact = _compact(text_of(cell))
    if len(compact) > LONGEST_NUMBER:
        raise Wrong("This number is too long.")
    grouped, plain = GROUPED.fullmatch(compact), PLAIN.fullmatch(compact)
    if not (grouped or plain):
        raise Wrong("This is not a number such as 12 or 12.5.")
    decimal = _decimal_sign(compact, habits)
    thousands = "," if decimal == "." else "."
    if thousands in compact and not grouped:
        raise Wrong(f"The file writes decimals with “{decimal}”; “{thousands}” stands where no thousands end.")
    return Decimal(compact.replace(thousands, "").replace(decimal, "."))


def _decimal_sign(compact, habits):
    if not THREE.fullmatch(compact):
        shown = _sign_shown(compact)
        if shown and habits.decimal and shown != habits.decimal:
            raise Wrong(f"The file writes decimals with “{habits.decimal}”, and this number does not.")
        return shown or habits.decimal or "."
    if not habits.decimal:
        raise Wrong("This can be read in two ways, as thousands and as decimals. Say how the file writes decimals.")
    return habits.decimal


def date_of(cell, habits):
    """The date in a cell: 2026-03-31, 31.03.2026, 31/03/2026, 03/31/2026, 20260331."""
    if isinstance(cell, Decimal) and not 19900101 <= cell <= 21991231:
        raise Wrong("This is a number, not a date. Format the column as a date, or write 2026-03-31.")
    if not isinstance(cell, date):
        cell = _date_in(MIDNIGHT.sub("", text_of(cell)), habits)
    if not EARLIEST <= cell <= LATEST:
        raise Wrong("Dates from 1990 to 2199 are taken.")
    return cell


def _date_in(text, habits):
    if parts := YEAR_FIRST.fullmatch(text):
        return _date(parts[1], parts[3], parts[4])
    if parts := EIGHT_DIGITS.fullmatch(text):
        return _date(*parts.groups())
    parts = YEAR_LAST.fullmatch(text)
    if not parts:
        raise Wrong("This is not a date such as 2026-03-31 or 31.03.2026, with the year in four digits.")
    first = _first_shown(text) or habits.first
    if not first and parts[1] != parts[3]:
        raise Wrong("This can be read in two ways. Say whether the day or the month comes first.")
    if first == "month":
        return _date(parts[4], parts[1], parts[3])
    return _date(parts[4], parts[3], parts[1])


def _date(year, month, day):
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Wrong("There is no such day.") from None


def quoted(cell):
    """A cell as the page shows what was read."""
    return short(text_of(cell))
