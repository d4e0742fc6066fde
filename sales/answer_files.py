"""The files of an answer: EDIFACT ORDRSP (D.96A), and a table for CSV and XLSX; made of its texts, always the same."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from pydifact.segments import Segment
from pydifact.serializer import Serializer

from erp.exceptions import Refused
from sales.answering import ACCEPTED, ADDED, CANCELLED, CHANGED, REJECTED

WHOLE = {ACCEPTED: "29", CANCELLED: "29", CHANGED: "4", REJECTED: "27"}
ACTIONS = {ADDED: "1", CANCELLED: "2", CHANGED: "3", ACCEPTED: "5", REJECTED: "7"}
TRADE = {"pcs": "PCE", "kg": "KGM", "g": "GRM", "t": "TNE", "m": "MTR", "l": "LTR", "h": "HUR"}
TRADE |= {"cm": "CMT", "mm": "MMT", "m2": "MTK", "m3": "MTQ", "box": "BX"}
HEADER = {
    "customer_order_number": "Customer's order number",
    "position": "Customer's row position",
    "number": "Order",
    "row": "Row",
    "part": "Part",
    "customer_part": "Customer's part number",
    "name": "Name",
    "action": "Answer",
    "asked": "Asked quantity",
    "asked_date": "Desired date",
    "quantity": "Quantity",
    "unit": "Unit",
    "date": "Delivery date",
    "price": "Price",
    "currency": "Currency",
}
FIGURES, DAYS = {"asked", "quantity", "price"}, {"asked_date", "date"}


def table_of(answer):
    """(header, rows) for CSV and XLSX."""
    texts = answer.texts
    rows = [[_cell(name, (texts | line)[name]) for name in HEADER] for line in texts["lines"]]
    return list(HEADER.values()), rows


def _cell(name, text):
    if name in FIGURES:
        return Decimal(text) if text else None
    if name in DAYS:
        return date.fromisoformat(text) if text else None
    return text


def message_of(answer):
    """The bytes of an ORDRSP interchange. Refused where a GLN is missing: nobody could deliver it."""
    texts = answer.texts
    for whom in (texts["company"], texts["customer"]):
        if not whom["gln"]:
            raise Refused(f"{whom['name']} had no GLN when this was answered, so no EDIFACT file can name it.")
    inside = [*_head(answer), *(segment for line in texts["lines"] for segment in _line(line, texts["currency"]))]
    inside += [Segment("UNS", "S"), Segment("CNT", ["2", str(len(texts["lines"]))])]
    text = Serializer().serialize(inside, with_una_header=False)
    syntax, encoding = _character_set(text)
    count = str(len(inside) + 2)
    header = [_unb(answer, syntax), Segment("UNH", "1", ["ORDRSP", "D", "96A", "UN", "EAN005"])]
    trailer = [Segment("UNT", count, "1"), Segment("UNZ", "1", _reference(answer))]
    return Serializer().serialize([*header, *inside, *trailer], with_una_header=True).encode(encoding)


def _character_set(text):
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return "UNOY", "utf-8"
    return "UNOC", "latin-1"


def _unb(answer, syntax):
    moment = timezone.localtime(answer.created_at)
    parties = [[answer.texts[whom]["gln"], "14"] for whom in ("company", "customer")]
    return Segment("UNB", [syntax, "3"], *parties, [f"{moment:%y%m%d}", f"{moment:%H%M}"], _reference(answer))


def _reference(answer):
    """Of the interchange: at most 14 signs, never the same twice."""
    return f"A{answer.pk}"


def _head(answer):
    texts = answer.texts
    yield Segment("BGM", "231", f"{texts['number']}-{answer.version}"[:35], WHOLE[texts["whole"]])
    yield Segment("DTM", ["137", f"{timezone.localtime(answer.created_at):%Y%m%d}", "102"])
    yield from (Segment("RFF", [code, text[:35]]) for code, text in _references(texts) if text)
    yield Segment("NAD", "SU", [texts["company"]["gln"], "", "9"])
    yield Segment("NAD", "BY", [texts["customer"]["gln"], "", "9"])
    yield Segment("CUX", ["2", texts["currency"], "9"])


def _references(texts):
    return [("ON", texts["customer_order_number"]), ("VN", texts["number"])]


def _line(line, currency):
    yield Segment("LIN", line["position"] or str(line["row"] or ""), ACTIONS[line["action"]])
    numbers = [[line["part"], "SA"], [line["customer_part"], "BP"]]
    if known := [number for number in numbers if number[0]]:
        yield Segment("PIA", "5", *known)
    if line["name"]:
        yield Segment("IMD", "F", "", ["", "", "", line["name"][:35], line["name"][35:70]])
    unit = TRADE.get(line["unit"], line["unit"])
    if line["asked"]:
        yield Segment("QTY", ["21", line["asked"], unit])
    yield Segment("QTY", ["113", line["quantity"], unit])
    if line["date"]:
        yield Segment("DTM", ["67", line["date"].replace("-", ""), "102"])
    if line["price"]:
        yield Segment("PRI", ["AAA", line["price"], "", "", "1", unit])
    if own := line.get("customer_order_number"):
        yield Segment("RFF", ["ON", own[:35]])
