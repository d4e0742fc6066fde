"""From stored lines to values: columns found by their names, each cell read as its column holds it.

Every wrong cell is noted, not the first one only: a person mends a file once.
"""

import hashlib
import json
import unicodedata
from datetime import date
from decimal import Decimal

from erp.register.fields import QUANTITY_LIMIT
from erp.staging.kinds import NUMBERS, Holds, Line, plain_name
from erp.staging.reading.files import LONGEST_CELL, Unreadable, short
from erp.staging.reading.values import Habits, Wrong, date_of, habits_of, number_of, text_of
from erp.web.fields import CONTROL

YES = {"yes", "y", "ja", "j", "true", "1", "x", "final"}
NO = {"", "no", "n", "nej", "nein", "false", "0"}
DECIMALS, MOST_PERCENT = 6, 100


def columns_of(kind, header):
    """{place in the file: column} of the columns that the kind knows; refused if one is missing or stands twice."""
    known = {name: column for column in kind.columns for name in column.names}
    found = {}
    for place, title in enumerate(header):
        column = known.get(plain_name(text_of(title)))
        if column is None:
            continue
        if column in found.values():
            raise Unreadable(f"The file has two columns for “{column.title}”. Delete or rename one of them.")
        found[place] = column
    if missing := [column.title for column in kind.columns if column.required and column not in found.values()]:
        read = ", ".join(f"“{short(title)}”" for title in header if title) or "none"
        raise Unreadable(
            f"The file has no column {_in_words(missing)}. Its columns are {read}. The template shows the names."
        )
    return found


def _in_words(titles):
    return " and no ".join(f"“{title}”" for title in titles)


def stored(cell):
    """A cell as it is kept in a staged row."""
    if isinstance(cell, Decimal):
        return {"number": f"{cell:f}"}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    return (cell or "")[: LONGEST_CELL + 1]


def restored(cell):
    if not isinstance(cell, dict):
        return cell
    return Decimal(cell["number"]) if "number" in cell else date.fromisoformat(cell["date"])


def content_of(kind, header, lines):
    """The digest of what a kind reads of a file, whatever its format: the same table again is found by it."""
    places = columns_of(kind, header)
    table = sorted((column.name, place) for place, column in places.items())
    read = [[text_of(cells[place] if place < len(cells) else "") for _, place in table] for _, cells in lines]
    text = json.dumps([kind.name, [name for name, _ in table], read], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def lines_of(kind, header, rows, *, said):
    """A ``Line`` for each (number, cells), with what is wrong in its cells; and the habits that the file shows."""
    places = columns_of(kind, header)
    numbers = [place for place, column in places.items() if column.holds in NUMBERS]
    dates = [place for place, column in places.items() if column.holds == Holds.DATE]
    habits = habits_of(_cells(rows, numbers), _cells(rows, dates), said=said)
    return [_line(number, cells, places, len(header), habits) for number, cells in rows], habits


def said_of(staged):
    return Habits(decimal=staged.decimal, first=staged.first)


def _cells(rows, places):
    return (cells[place] for _, cells in rows for place in places if place < len(cells))


def _line(number, cells, places, width, habits):
    line = Line(number, {})
    if more := [cell for cell in cells[width:] if cell not in (None, "")]:
        line.wrong("", f"The line has {len(cells)} cells, the header {width}.", read=text_of(more[0]))
    for place, column in places.items():
        cell = cells[place] if place < len(cells) else ""
        try:
            line.values[column.name] = _value(cell, column, habits)
        except Wrong as wrong:
            line.wrong(column.title, str(wrong), read=text_of(cell))
    return line


def _value(cell, column, habits):
    text = text_of(cell)
    if len(text) > LONGEST_CELL:
        raise Wrong(f"A cell has at most {LONGEST_CELL:,} characters.")
    if not text:
        if column.required:
            raise Wrong("This must not be empty.")
        return None
    return READERS[column.holds](cell, column, habits)


def _text(cell, column, _habits):
    text = unicodedata.normalize("NFC", text_of(cell))
    if len(text) > column.longest:
        raise Wrong(f"At most {column.longest} characters are taken; this has {len(text)}.")
    if CONTROL.search(text):
        raise Wrong("Remove the control characters from this text.")
    return text


def _quantity(cell, column, habits):
    number = number_of(cell, habits)
    if abs(number) >= QUANTITY_LIMIT:
        raise Wrong("This is too large: at most 11 digits before the decimals.")
    if number != number.quantize(Decimal(1).scaleb(-DECIMALS)):
        raise Wrong("At most six decimals are taken.")
    if number < 0 or (number == 0 and not column.zero):
        raise Wrong("Zero or more is taken." if column.zero else "This must be above zero.")
    return number


def _percent(cell, column, habits):
    text = text_of(cell)
    number = _quantity(text.removesuffix("%").strip() if isinstance(cell, str) else cell, column, habits)
    if number > MOST_PERCENT or number != number.quantize(Decimal("0.01")):
        raise Wrong("A percentage from 0 to 100 with at most two decimals is taken.")
    return number


def _date(cell, _column, habits):
    return date_of(cell, habits)


def _yes_no(cell, _column, _habits):
    text = text_of(cell).casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise Wrong("Write yes or no.")


READERS = {
    Holds.TEXT: _text,
    Holds.QUANTITY: _quantity,
    Holds.AMOUNT: _quantity,
    Holds.PERCENT: _percent,
    Holds.DATE: _date,
    Holds.YES_NO: _yes_no,
}
