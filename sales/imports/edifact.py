"""ORDERS and ORDCHG of EDIFACT (D.96A) as lines of customer orders and of their changes.

A line has the number of its LIN segment in the file.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from erp.register.fields import QUANTITY_LIMIT
from erp.staging.reading.files import MOST_LINES, Unreadable, short
from sales.imports import columns as named

# Codes of recommendation 20 that everybody uses, by the codes that units have here.
UNITS = {"PCE": "pcs", "C62": "pcs", "H87": "pcs", "EA": "pcs", "NAR": "pcs", "KGM": "kg", "GRM": "g", "TNE": "t"}
UNITS |= {"MTR": "m", "CMT": "cm", "MMT": "mm", "LTR": "l", "MTK": "m2", "MTQ": "m3", "HUR": "h", "BX": "box"}
DESIRED = ("2", "69", "358", "63", "64")  # asked for delivery; the first of these that a line or order says
SHIPPED = "10"  # asked for shipment; counts where nothing is said of the delivery
ORDERED, PIECES = "137", "21"
OURS, THEIRS = ("SA",), ("BP", "IN")
NET, GROSS = "AAA", "AAB"
# Of these, only what begins with one of the codes is read.
CODES = {"NAD": ("BY", "SU", "DP"), "CUX": ("2",), "DTM": (*DESIRED, SHIPPED, ORDERED), "CNT": ("2",)}
CODES |= {"QTY": (PIECES,), "PRI": (NET, GROSS)}
MOST_NAMED = 8
NO_NUMBER = {
    "ORDERS": "The order has no BGM with its number.",
    "ORDCHG": "The change does not say which order it is of: RFF+ON is missing.",
}
NUMBER = re.compile(r"[+-]?[0-9]{1,20}([.,][0-9]{0,20})?|[+-]?[.,][0-9]{1,20}", re.ASCII)


@dataclass(frozen=True)
class Dialect:
    """What is read of one type of message: which functions of BGM and actions of LIN it may have, and as what."""

    type: str
    columns: tuple
    number: object  # the column of the number in BGM
    functions: tuple
    function_words: str
    actions: dict  # {code of LIN: what the column Action says}
    action_words: str


ORDERS = Dialect(
    type="ORDERS",
    columns=named.COLUMNS,
    number=named.NUMBER,
    functions=("", "9"),
    function_words="only new orders (9) are taken",
    actions={"": None, "1": None},
    action_words="only new lines (1) are taken",
)
CANCELS, REPLACES = "1", "5"
ORDCHG = Dialect(
    type="ORDCHG",
    columns=named.CHANGE_COLUMNS,
    number=named.CHANGE,
    functions=("", "4", CANCELS, REPLACES),
    function_words="changes (4), cancellations (1) and replacements (5) are taken",
    actions={"1": "add", "2": "cancel", "3": "change", "4": "keep", "5": "keep"},
    action_words="1 (added), 2 (deleted), 3 (changed) and 4 (no action) are taken",
)
# Of a message that replaces an order each line is one that it has then, but for those that are said to go.
REPLACING = dict.fromkeys(("", *ORDCHG.actions), "replace") | {"2": "cancel"}
ELSEWHERE = {
    "ORDERS": "a new order: load it as Customer orders",
    "ORDCHG": "a change: load it as Changes of customer orders",
}


@dataclass
class Found:
    """What a message, or one LIN of it, says: {column: value}, and dates and texts that are gathered first.

    ``actions``: what the codes of LIN say, which the function of the message decides.
    """

    dialect: Dialect
    actions: dict
    facts: dict = field(default_factory=dict)
    dates: dict = field(default_factory=dict)
    texts: list = field(default_factory=list)
    references: list = field(default_factory=list)
    function: object = None  # the BGM, of a message
    priced: object = None  # the PRI that the price is of


def table_of(interchange, dialect=ORDERS):
    """(header, lines) of all orders in an interchange, and in words what was not read."""
    if interchange.is_test:
        raise interchange.header.wrong("The interchange is marked as a test. Nothing of it is loaded.")
    if not interchange.messages:
        raise interchange.header.wrong("There is no message in it.")
    lines = _all_lines(interchange, dialect)
    titles = [column.title for column in dialect.columns]
    rows = [(number, [facts.get(column.name) for column in dialect.columns]) for number, facts in lines]
    return titles, rows, _not_read(interchange, dialect)


def changes_of(interchange):
    """The same of all order changes."""
    return table_of(interchange, ORDCHG)


def _all_lines(interchange, dialect):
    """The lines of all messages. Two with one number of one buyer would be one order of twice as much."""
    lines, seen = [], {}
    for message in interchange.messages:
        for line in _lines(message, dialect):
            lines.append(line)
            if len(lines) > MOST_LINES:
                raise Unreadable(f"The file has more than {MOST_LINES:,} lines. Divide it.")
        facts = lines[-1][1]
        number = facts[named.NUMBER.name]
        first = seen.setdefault((facts[named.CUSTOMER.name], number), message)
        if first is not message:
            raise message.header.wrong(
                f"The order {short(number)} of this buyer is in segment {first.header.number} too."
            )
    return lines


def _not_read(interchange, dialect):
    """In words, what the messages say and nobody reads; a file with very many of them names the first."""
    names = list(dict.fromkeys(name for message in interchange.messages for name in _unread(message, dialect)))
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"; not used: {', '.join(names[:MOST_NAMED])}{more}" if names else ""


def _unread(message, dialect):
    heads, lines, trailer = _parts(message)
    if dialect is ORDCHG:
        yield from _without_column(heads, lines)
    if lines and _cancels(heads, dialect):  # all of the order goes, whatever the lines say
        yield "LIN"
        lines = []
    below = [segment for segments in lines for segment in segments]
    for segments, read, where in [(heads, HEAD, " above LIN"), (below, LINE, " below LIN"), (trailer, END, "")]:
        for segment in segments:
            tag, code = segment.tag, segment.value(0)
            if tag not in read:
                yield f"{tag}{where}" if tag in HEAD or tag in LINE else tag
            elif tag in CODES and code not in CODES[tag]:
                yield f"{tag}+{code[:3]}"


def _cancels(heads, dialect):
    return dialect is ORDCHG and CANCELS in _functions(heads)


def _functions(heads):
    return {segment.value(2) for segment in heads if segment.tag == "BGM"}


def _without_column(heads, lines):
    """What a change has no place for: where the order goes, its texts, and references of rows that are there."""
    actions = REPLACING if REPLACES in _functions(heads) else ORDCHG.actions
    there = [segment for segments in lines if actions.get(segments[0].value(1)) != "add" for segment in segments]
    for segments, where, texts in [(heads, "above", ("FTX",)), (there, "below", ())]:
        for segment in segments:
            tag, code = segment.tag, segment.value(0)
            if tag in texts or (tag == "RFF" and code != "ON") or (tag, code) == ("NAD", "DP"):
                yield f"{tag}+{code[:3]} {where} LIN"


def _lines(message, dialect):
    _check_type(message, dialect)
    heads, lines, trailer = _parts(message)
    order = _read(heads, HEAD, Found(dialect, dialect.actions))
    if named.NUMBER.name not in order.facts:
        raise message.header.wrong(NO_NUMBER[dialect.type])
    if named.CUSTOMER.name not in order.facts:
        raise message.header.wrong("The order does not say its buyer: NAD+BY is missing.")
    _check_count(trailer, len(lines))
    if _cancels(heads, dialect):
        yield order.function.number, order.facts | {named.ACTION.name: "cancel order"}
        return
    if not lines:
        raise message.header.wrong("The order has no LIN.")
    _check_keeps_something(order, lines)
    for segments in lines:
        yield segments[0].number, _line(segments, order)


def _check_type(message, dialect):
    if message.type == dialect.type:
        return
    if message.type in ELSEWHERE:
        raise message.header.wrong(f"This is {ELSEWHERE[message.type]} ({message.type}).")
    raise message.header.wrong(f"This is {short(message.type) or 'nothing'}; only {dialect.type} are taken.")


def _parts(message):
    """(the segments before the first LIN, those of each LIN, those after the last)"""
    heads, lines, trailer = [], [], []
    for segment in message.segments:
        if segment.tag == "SCC":
            raise segment.wrong("Delivery schedules are not taken; send one LIN for each delivery.")
        if segment.tag == "UNS" or trailer:
            trailer.append(segment)
        elif segment.tag == "LIN":
            lines.append([segment])
        else:
            (lines[-1] if lines else heads).append(segment)
    return heads, lines, trailer


def _check_count(trailer, count):
    """CNT with 2 says how many LIN there are."""
    for segment in trailer:
        if segment.tag == "CNT" and segment.value(0) == "2" and segment.value(0, 1) not in ("", str(count)):
            raise segment.wrong(f"It says {segment.value(0, 1)} lines, and {count} are there.")


def _read(segments, readers, found):
    for segment in segments:
        if segment.tag in readers:
            readers[segment.tag](segment, found)
    return found


def _replaces(order):
    return order.dialect is ORDCHG and order.function is not None and order.function.value(2) == REPLACES


def _check_keeps_something(order, lines):
    """An order that has nothing then is called off, and its sender says so."""
    if _replaces(order) and all(REPLACING.get(segments[0].value(1)) == "cancel" for segments in lines):
        raise order.function.wrong("It replaces the order, and all its lines are deleted (2): call the order off (1).")


def _line(segments, order):
    found = _read(segments, LINE, Found(order.dialect, REPLACING if _replaces(order) else order.actions))
    _check_price(found)
    facts = order.facts | found.facts
    facts |= _asked_days(found, order) | {named.ORDERED.name: order.dates.get(ORDERED)}
    facts |= {named.NOTE.name: "\n".join([*order.texts, *order.references])[:1000]}
    facts |= {named.TEXT.name: "\n".join(_texts(found))[:1000]}
    if named.PART.name not in facts and named.THEIR_PART.name not in facts:
        facts[named.PART.name] = facts.pop("number of the trade", None)
    facts.pop("number of the trade", None)
    return facts


def _texts(found):
    """References of a new row stand in its text; those of one that is there are not used."""
    is_new = found.dialect is ORDERS or found.facts[named.ACTION.name] == "add"
    return [*found.texts, *(found.references if is_new else ())]


def _check_price(found):
    """A price is for the unit that the line orders."""
    unit = found.priced.value(0, 5) if found.priced else ""
    ordered = found.facts.get(named.UNIT.name)
    if unit and UNITS.get(unit, unit) != ordered:
        words = f"is in {short(ordered)}" if ordered else "names no unit"
        raise found.priced.wrong(f"Its price is for {short(unit)}, and the quantity {words}.")


def _asked_days(found, order):
    """The day that the line asks for, else the one of the order: of delivery, else of shipment."""
    for dates in (found.dates, order.dates):
        if desired := next((dates[code] for code in DESIRED if code in dates), None):
            return {named.DESIRED.name: desired}
        if SHIPPED in dates:
            return {named.SHIPPED.name: dates[SHIPPED]}
    return {}


def _bgm(segment, found):
    dialect = found.dialect
    if segment.value(2) not in dialect.functions:
        raise segment.wrong(f"Its function is {short(segment.value(2))}; {dialect.function_words}.")
    found.function = segment
    if number := segment.value(1):
        found.facts[dialect.number.name] = number


def _dtm(segment, found):
    code, text, form = (segment.value(0, place) for place in range(3))
    found.dates[code] = _date(segment, text, form) if code in (*DESIRED, SHIPPED, ORDERED) else None


def _date(segment, text, form):
    """102 is CCYYMMDD, 203 with hours and minutes, 101 YYMMDD; anything else names no day."""
    digits = {"102": text, "203": text[:8], "101": f"20{text}", "": text}.get(form)
    if digits is None:
        raise segment.wrong(f"Dates in the form {short(form)} are not taken; 102, 101 and 203 are.")
    try:
        return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        raise segment.wrong(f"“{short(text)}” is not a day such as 20261218.") from None


def _nad(segment, found):
    role, number = segment.value(0), segment.value(1)
    if role == "BY" and number:
        found.facts[named.CUSTOMER.name] = number
    elif role == "SU" and number and segment.value(1, 2) in ("", "9"):
        found.facts[named.OUR_GLN.name] = number
    elif role == "DP":
        found.facts[named.ADDRESS.name] = number if number and segment.value(1, 2) in ("", "9") else _address(segment)


def _nad_of_line(segment, _found):
    if segment.value(0) == "DP":
        raise segment.wrong("One line cannot go elsewhere; send an order for each delivery address.")


def _address(segment):
    """Name, street, postal code and city, country, as a typed address has them."""
    lines = [_joined(segment, element) for element in (2, 3, 4)]
    lines.append(" ".join(part for part in (segment.value(7), segment.value(5)) if part))
    return " | ".join(line for line in [*lines, segment.value(8)] if line) or None


def _joined(segment, element, sign=" "):
    return sign.join(part for part in (segment.value(element, place) for place in range(5)) if part)


def _cux(segment, found):
    if segment.value(0) == "2":
        found.facts[named.CURRENCY.name] = segment.value(0, 1)


def _ftx(segment, found):
    found.texts.append(_joined(segment, 3, ""))


def _rff(segment, found):
    if found.dialect is ORDCHG and segment.value(0) == "ON":
        if segment.value(0, 1):
            found.facts.setdefault(named.NUMBER.name, segment.value(0, 1))
        return
    found.references.append(f"{segment.value(0)} {segment.value(0, 1)}")


def _lin(segment, found):
    action = segment.value(1)
    if action not in found.actions:
        raise segment.wrong(f"Its action is {short(action) or 'not given'}; {found.dialect.action_words}.")
    found.facts[named.ACTION.name] = found.actions[action]
    found.facts[named.POSITION.name] = segment.value(0) or None
    _number(segment, 2, found)


def _pia(segment, found):
    for element in range(1, 6):
        _number(segment, element, found)


def _number(segment, element, found):
    """The number of an article, and whose it is."""
    number, whose = segment.value(element), segment.value(element, 1)
    if number:
        found.facts.setdefault(_whose(whose), number)


def _whose(code):
    """The column of a number, by whose it is."""
    if code in OURS:
        return named.PART.name
    return named.THEIR_PART.name if code in THEIRS else "number of the trade"


def _imd(segment, found):
    if name := f"{segment.value(2, 3)}{segment.value(2, 4)}":
        found.facts[named.NAME.name] = name[:120]


def _qty(segment, found):
    if segment.value(0) != PIECES:
        return
    if named.QUANTITY.name in found.facts:
        raise segment.wrong("The line orders a second quantity; send one LIN for each.")
    found.facts[named.QUANTITY.name] = _decimal(segment, segment.value(0, 1))
    if unit := segment.value(0, 2):
        found.facts[named.UNIT.name] = UNITS.get(unit, unit)


def _pri(segment, found):
    """AAA is what is paid, with no discount off it; AAB the price before discounts."""
    kind = segment.value(0)
    if kind not in (NET, GROSS) or (named.PRICE.name in found.facts and kind == GROSS):
        return
    basis = _decimal(segment, segment.value(0, 4) or "1")
    if not basis:
        raise segment.wrong("Its price is for no units.")
    price = _decimal(segment, segment.value(0, 1)) / basis
    if abs(price) >= QUANTITY_LIMIT:
        raise segment.wrong("Its price for one unit is too large: at most 11 digits before the decimals.")
    found.priced = segment
    found.facts[named.PRICE.name] = price.quantize(Decimal("0.000001")).normalize()
    found.facts[named.DISCOUNT.name] = Decimal(0) if kind == NET else None


def _decimal(segment, text):
    if not NUMBER.fullmatch(text):
        raise segment.wrong(f"“{short(text)}” is not a number.")
    number = Decimal(text.replace(",", "."))
    if abs(number) >= QUANTITY_LIMIT:
        raise segment.wrong(f"“{short(text)}” is too large: at most 11 digits before the decimals.")
    return number


HEAD = {"BGM": _bgm, "DTM": _dtm, "NAD": _nad, "CUX": _cux, "FTX": _ftx, "RFF": _rff}
LINE = {"LIN": _lin, "PIA": _pia, "IMD": _imd, "QTY": _qty, "PRI": _pri, "DTM": _dtm, "FTX": _ftx, "RFF": _rff}
LINE |= {"NAD": _nad_of_line}
END = {"UNS", "CNT"}
