"""What the paper of a purchase order says, as plain texts in the supplier's language, ready to be kept and set.

``rows`` are for people, ``data`` the same for a program: numbers with a point, dates as 2026-03-18.
"""

from datetime import date

from django.utils import formats, translation

from erp.money import decimals_of
from erp.register.models import Address
from erp.register.units import Conversions, plain
from linkage.models import Status
from purchasing.arithmetic import amount
from purchasing.models import ChangeKind, HeaderFact, PurchaseOrderRow
from purchasing.paper_words import WORDS, unit_in, words_in
from purchasing.statuses import NOT_SENT

PRICES = ["price", "discount", "amount"]
# Unmistakable in every country; the others write their own.
ENGLISH_DATE = "Y-m-d"


def paper_of(order, rows=None, *, version=0):
    """The texts of an order as it is now; ``version`` is the number of what is sent, 0 of what is only printed."""
    language = order.supplier.language
    rows = rows if rows is not None else list(order.rows.for_list().order_by("position"))
    live = [row for row in rows if row.supply.status != Status.CANCELLED]
    lines = list(zip(live, _quantities(live), strict=True))
    words = words_in(WORDS, language)
    return {
        "language": language,
        "words": words,
        "number": str(order),
        "title": f"{words['order']} {order}",
        "mark": _mark(order, version, words),
        "company": _company(order),
        "supplier": partner_at(order.supplier, address_of(order.supplier, "mailing")),
        "deliver_to": delivery_address_of(order, live),
        "facts": [[name, value] for name, value in _facts(order, words, language) if value],
        "rows": [_row(row, quantity, order, words, language) for row, quantity in lines],
        "total": _total(lines, order, language),
        "note": order.note,
        "data": [_data(row, quantity, order) for row, quantity in lines],
        "attached": words["attached"],
        "costs": True,
    }


def _quantities(rows):
    """What is ordered on each row; of one that was closed short nothing more comes than what has arrived."""
    short = [row.supply.part for row in rows if row.short_closed]
    conversions = Conversions(short) if short else None
    for row in rows:
        facts = {"part": row.supply.part, "quantity": row.supply.done, "unit": row.unit}
        yield conversions.from_base(**facts) if row.short_closed else row.quantity


def request_paper_of(order, rows, found, *, header, number, version):
    """The paper of a change request: what changed, old and new, then the order as it is after that."""
    texts = paper_of(order, rows, version=version)
    words, language = texts["words"], texts["language"]
    title = f"{words['change']} {order}/{number}"
    changes = [_header_change(one, words, language) for one in header]
    changes += [line for one in found for line in _changes(one, words, language)]
    return texts | {"title": title, "changes": changes, "attached": words["attached_change"]}


HEADER_WORDS = {HeaderFact.BUYER: "our_reference", HeaderFact.PLACE: "deliver_to"}


def _header_change(one, words, language):
    """A line without a position: a fact of the order itself."""
    shown = (one.old_words, one.new_words)
    if one.name == HeaderFact.ORDERED_ON:
        shown = [day(date.fromisoformat(text), language) for text in (one.old, one.new)]
    if one.name == HeaderFact.PLACE:
        shown = [", ".join(text.split("\n")) or words["our_warehouse"] for text in (one.old, one.new)]
    key = HEADER_WORDS.get(one.name, one.name)
    return {"pos": "", "part": "", "what": words[key], "was": shown[0], "is_now": shown[1], "cost": False}


def _changes(one, words, language):
    """A line per fact that changed; a new or a cancelled row is one line."""
    unit = unit_in(language, str(one.row.unit))
    facts = {"pos": str(one.row.position), "part": one.row.supplier_part_number or str(one.row.supply.part)}
    if one.kind != ChangeKind.CHANGED:
        said = one.new or one.old
        text = f"{number_in(said.quantity, language)} {unit}, {day(said.on, language)}"
        was, now = (text, words["cancelled"]) if one.new is None else ("", text)
        yield facts | {"what": words[one.kind], "was": was, "is_now": now, "cost": False}
        return
    for name, old, new in one.changes:
        shown = [_shown(name, value, unit, language) for value in (old, new)]
        key = {"on": "date"}.get(name, name)
        yield facts | {"what": words[key], "was": shown[0], "is_now": shown[1], "cost": name in PRICES}


def _shown(name, value, unit, language):
    if name == "on":
        return day(value, language)
    if name == "price":
        return money(value, language)
    return f"{number_in(value, language)} {unit}" if name == "quantity" else number_in(value, language)


def without_costs(texts):
    """The same for somebody who may not see what things cost."""
    bare = {name: value for name, value in texts.items() if name != "total"}
    rows = [{name: value for name, value in row.items() if name not in PRICES} for row in texts["rows"]]
    data = [{name: value for name, value in row.items() if name not in PRICES} for row in texts["data"]]
    changes = [change for change in texts.get("changes", ()) if not change["cost"]]
    return bare | {"rows": rows, "data": data, "changes": changes, "costs": False}


def delivery_address_of(order, rows):
    """The order's own address, else that of the warehouse the goods go to, else the company's."""
    if order.delivery_address:
        return order.delivery_address
    places = {row.supply.warehouse for row in rows}
    if len(places) == 1:
        [place] = places
        return place.address or order.document.company.address or str(order.document.company)
    return order.document.company.address or str(order.document.company)


def day(value, language):
    if value is None:
        return ""
    with translation.override(language):
        return formats.date_format(value, ENGLISH_DATE if language == "en" else "SHORT_DATE_FORMAT")


def number_in(value, language):
    """With as many decimals as the number has."""
    text = plain(value)
    with translation.override(language):
        decimals = len(text.partition(".")[2])
        return formats.number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def money(value, language, *, decimals=2):
    """At least two decimals."""
    decimals = max(decimals, len(plain(value).partition(".")[2]))
    with translation.override(language):
        return formats.number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def _mark(order, version, words):
    if not version:
        return words["draft"] if order.status in NOT_SENT else ""
    return version_mark(version, words)


def version_mark(version, words):
    """Which version it is, and which one it replaces."""
    again = f", {words['replaces']} {version - 1}" if version > 1 else ""
    return f"{words['version']} {version}{again}"


def _company(order):
    company = order.document.company
    return {"name": company.name, "address": company.address}


def partner_at(partner, address):
    """Who the paper is for, in words."""
    return {"name": partner.name, "address": address_lines(address) if address else ""}


def address_of(partner, kind):
    """The default address of a kind, else the first; or nothing."""
    return Address.objects.filter(partner=partner, kind=kind).order_by("-is_default", "pk").first()


def address_lines(address):
    """``Street, town and country, each on its line``."""
    town = f"{address.postal_code} {address.city}".strip()
    return "\n".join(filter(None, [address.lines, town, address.country]))


def _facts(order, words, language):
    return [
        (words["ordered_on"], day(order.document.ordered_on, language)),
        (words["our_reference"], str(order.buyer or "")),
        (words["your_reference"], order.supplier_reference),
        (words["goods_label"], order.goods_label),
        (words["terms"], order.terms),
        (words["currency"], order.currency),
    ]


def _total(lines, order, language):
    total = sum((_amount(row, quantity) for row, quantity in lines), 0)
    return f"{money(total, language, decimals=decimals_of(order.currency))} {order.currency}"


def _amount(row, quantity):
    return amount(quantity=quantity, price=row.price, discount=row.discount, currency=row.order.currency)


def _row(row: PurchaseOrderRow, quantity, order, words, language):
    supply = row.supply
    revision = f", {words['revision']} {supply.revision.code}" if supply.revision_id else ""
    return {
        "pos": str(row.position),
        "supplier_part": row.supplier_part_number,
        "part": str(supply.part),
        "name": f"{supply.part.name}{revision}",
        "label": row.goods_label if row.goods_label != order.goods_label else "",
        "quantity": f"{number_in(quantity, language)} {unit_in(language, str(row.unit))}",
        "price": money(row.price, language),
        "discount": number_in(row.discount, language) if row.discount else "",
        "amount": money(_amount(row, quantity), language, decimals=decimals_of(order.currency)),
        "date": day(supply.due_date, language),
    }


def _data(row, quantity, order):
    return {
        "order": str(order),
        "position": row.position,
        "supplier_part": row.supplier_part_number,
        "part": str(row.supply.part),
        "name": row.supply.part.name,
        "quantity": plain(quantity),
        "unit": str(row.unit),
        "price": plain(row.price),
        "discount": plain(row.discount),
        "amount": plain(_amount(row, quantity)),
        "currency": order.currency,
        "date": row.supply.due_date.isoformat() if row.supply.due_date else "",
        "goods_label": row.goods_label,
    }
