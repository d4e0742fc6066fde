"""What quotes, order confirmations and delivery notes say, as plain texts in the customer's language.

``rows`` are for people, ``data`` the same for a program: numbers with a point, dates as 2026-03-18.
"""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from erp.money import decimals_of
from erp.register.units import plain
from linkage.models import StockMovement, SupplyKind
from purchasing.paper_words import words_in
from purchasing.papers import address_lines, address_of, day, money, number_in, partner_at, version_mark
from sales.formatting import blocks_of
from sales.models import CustomerLink, DeliveryRow, DocumentText, Paper
from sales.models.further import REFERENCES
from sales.money import amount_of
from sales.naming import Names, language_of
from sales.paper_words import WORDS
from sales.places import place_of
from sales.serials import numbers_that_left
from sales.shipping import shipping_totals
from sales.statuses import QUOTE
from sales.units import UnitsOfRows, parts_of
from sales.vat import is_private, percents_of, prices_with_vat, vat_lines

PRICED = (Paper.QUOTE, Paper.CONFIRMATION)


def document_of(order):
    """What goes to the customer of an order as it is now."""
    return Paper.QUOTE if order.status == QUOTE else Paper.CONFIRMATION


def order_paper(order, *, version=0):
    """The texts of a quote or confirmation as the order is now; ``version`` is the number of what is sent."""
    document, customer = document_of(order), order.customer
    mailing = address_of(customer, "mailing")
    language = language_of(customer, mailing)
    rows = [row for row in order.rows.for_list().in_order() if not row.is_cancelled]
    printed = [row for row in rows if not row.is_text or row.on_confirmation]
    said = Said(printed, document, language, order=order)
    return said.frame(number=str(order), version=version) | {
        "customer": partner_at(customer, mailing),
        "deliver_to": deliver_to(order),
        "facts": said.facts([*_order_facts(order), ("currency", order.currency)]),
        "columns": ["pos", "part", "name", "quantity", "date", "price", "discount", "amount"],
        "rows": [said.order_row(row) for row in printed],
        **said.sums_of(rows),
        "note": order.note,
        "data": [_data(row, order, hidden=said.hides(row)) for row in printed if row.is_goods],
    }


def note_paper(note, *, version=0):
    """The texts of a delivery note: what left, what of it was ordered and what remains, and where it was made."""
    order, customer = note.order, note.order.customer
    language = language_of(customer, place_of(order))
    printed = rows_on_paper(note)
    said = Said([one.row for one in printed], Paper.DELIVERY_NOTE, language, order=order)
    origins, numbers = _origins(printed), numbers_that_left(printed)
    remaining = _remaining(note, printed)
    facts = [("order", str(order)), *_order_facts(order), ("delivered_on", note.delivered_on)]
    return said.frame(number=str(note), version=version) | {
        "customer": partner_at(customer, address_of(customer, "mailing")),
        "deliver_to": deliver_to(order),
        "facts": said.facts([*facts, ("reference", note.reference)]),
        "columns": ["pos", "part", "name", "ordered", "quantity", "remaining"],
        "rows": [
            said.delivered_row(one, origins.get(one.pk, ()), remaining.get(one.row_id), numbers.get(one.pk, ""))
            for one in printed
        ],
        "total": "",
        "shipping": said.shipping(shipping_totals(order)),
        "note": "",
        "data": [
            _delivered_data(one, origins.get(one.pk, ()), numbers.get(one.pk, ""))
            for one in printed
            if one.row.is_goods
        ],
    }


def rows_on_paper(note):
    """The delivery rows that a note prints, in the order of its order."""
    delivered = note.rows.for_list().standing().order_by("pk")
    return sorted((one for one in delivered if _is_printed(one.row)), key=lambda one: _place(one.row))


class Said:
    """How a document says things: its language, its standard texts, names and units in that language."""

    def __init__(self, rows, document, language, *, order):
        self.document, self.language, self.order = document, language, order
        self.words, self.names = words_in(WORDS, language), Names(rows, language)
        self.texts = DocumentText.objects.filter(document=document, language=language).first() or DocumentText()
        self.theirs = _their_numbers(order, rows) if order else {}
        self.totals = _typed_totals(rows)
        self.sums = _sums(rows, order)
        self.with_vat = _prices_with_vat(rows, order) if document in PRICED else {}
        self.secret = {row.total_row_id for row in rows if row.is_goods and not (row.show_price or row.is_of_kit)}

    def frame(self, *, number, version):
        words, company = self.words, self.order.document.company
        return {
            "document": str(self.document),
            "language": self.language,
            "words": words,
            "number": number,
            "title": f"{words[self.document]} {number}",
            "mark": version_mark(version, words) if version else "",
            "company": {"name": company.name, "address": company.address},
            "header": self.texts.header,
            "footer": self.texts.footer,
            "attached": words[f"attached {self.document}"],
            "shipping": [],
            "vat": [],
        }

    def facts(self, pairs):
        shown = [(name, day(value, self.language) if hasattr(value, "isoformat") else value) for name, value in pairs]
        return [[self.words[name], value] for name, value in shown if value]

    def row(self, row, **facts):
        """What every row says; a text has nothing but its text."""
        if row.is_text:
            return _text(row)
        part = str(row.part) if row.part_id else row.part_number
        theirs = self.theirs.get(row.part_id, "")
        revision = f", {self.words['revision']} {row.revision.code}" if row.revision_id else ""
        details = [
            f"{self.words['your_part']}: {theirs}" if theirs else "",
            f"{self.words['your_pos']}: {row.customer_row_position}" if row.customer_row_position else "",
            f"{self.words['customer_order']}: {row.customer_order_number}" if row.customer_order_number else "",
            f"{self.words['goods_label']}: {row.goods_label}" if row.goods_label else "",
            *(f"{self.words[name]}: {said}" for name in REFERENCES if (said := getattr(row, name))),
        ]
        return {
            "type": "total" if row.is_total else "row",
            "pos": _pos(row),
            "part": part,
            "name": f"{self.names.of(row)}{revision}",
            "details": [detail for detail in details if detail],
            "goods_label": row.goods_label,
            **facts,
        }

    def order_row(self, row):
        """Prices and dates as the row lets them be shown."""
        if row.is_text:
            return _text(row)
        if row.is_total:
            amount = "" if row.pk in self.secret else self.money(self.sums[row.pk])
            return self.row(row, quantity="", date="", price="", discount="", amount=amount)
        date = self._date(row) if row.parent_id is None else ""
        made = self.row(row, quantity=self.quantity(row.quantity, row.unit), date=date, **self._prices(row))
        if row.setup_price and not self.hides(row):
            made["details"].append(f"{self.words['setup']}: {money(row.setup_price, self.language)}")
        if made["price"] and row.pk in self.with_vat:
            made["details"].append(f"{self.words['price_with_vat']}: {money(self.with_vat[row.pk], self.language)}")
        return made

    def hides(self, row):
        """Whether the row keeps its price to itself, or another one says it: its main row, or a typed total."""
        return not row.show_price or row.total_row_id in self.totals or row.is_of_kit

    def _date(self, row):
        if row.show_date and row.delivery_date:
            return day(row.delivery_date, self.language)
        return ("" if row.show_date else row.date_text) or self.texts.date_text or self.words["no_date"]

    def _prices(self, row):
        """S4-226: a text in place of the price; S4-061: nothing where Edit total priced the row."""
        if not row.show_price:
            text = row.price_text or self.texts.price_text or self.words["no_price"]
            return {"price": text, "discount": "", "amount": ""}
        if self.hides(row) or _is_free_below(row):
            return {"price": "", "discount": "", "amount": ""}
        return {
            "price": money(row.unit_price, self.language),
            "discount": number_in(row.discount, self.language) if row.discount else "",
            "amount": self.money(amount_of(row, currency=self.order.currency)),
        }

    def sums_of(self, rows):
        """The total of all rows that have a price, their VAT by rate, and both; none where one keeps its price."""
        priced = [row for row in rows if row.is_goods and not row.is_of_kit]
        if not all(row.show_price for row in priced):
            return {"total": "", "vat": []}
        amounts = [amount_of(row, currency=self.order.currency) for row in priced]
        return {"total": self.in_currency(sum(amounts)), "vat": self._vat(priced, amounts)}

    def _vat(self, priced, amounts):
        """Rounded once per rate; nothing is said of VAT where no row has a code."""
        if not any(row.vat_code_id for row in priced):
            return []
        percents = percents_of(priced)
        facts = {"currency": self.order.currency, "rate": self.order.exchange_rate}
        facts["company_currency"] = self.order.document.company.currency
        pairs = zip([percents[row.pk] for row in priced], amounts, strict=True)
        lines = vat_lines(pairs, **facts)
        with_vat = sum(amounts) + sum(line.vat for line in lines)
        said = [
            [f"{self.words['vat']} {number_in(line.percent, self.language)} %", self.in_currency(line.vat)]
            for line in lines
        ]
        return [*said, [self.words["with_vat"], self.in_currency(with_vat)]]

    def in_currency(self, value):
        return f"{self.money(value)} {self.order.currency}"

    def money(self, value):
        return money(value, self.language, decimals=decimals_of(self.order.currency))

    def quantity(self, value, unit):
        return f"{number_in(value, self.language)} {self.names.unit(unit)}".rstrip()

    def delivered_row(self, one, origins, remaining, numbers):
        row = one.row
        if row.is_text:
            return _text(row)
        made = self.row(
            row,
            ordered=self.quantity(row.quantity, row.unit),
            quantity=self.quantity(one.quantity, row.unit),
            remaining="" if remaining is None else self.quantity(remaining, row.unit),
            pos=_pos_alone(row),
        )
        if origins:
            made["details"].append(f"{self.words['made_by']}: {', '.join(origins)}")
        if numbers:
            made["details"].append(f"{self.words['serial_numbers']}: {numbers}")
        return made

    def shipping(self, totals):
        """What the delivery takes up, in words; nothing where nobody said."""
        if not totals.lines:
            return []
        units = [("packages", totals.quantity, ""), ("weight", totals.weight, "kg"), ("volume", totals.volume, "m³")]
        units.append(("loading_metres", totals.loading_metres, ""))
        return [[self.words[key], f"{number_in(value, self.language)} {unit}".rstrip()] for key, value, unit in units]


def _text(row):
    pos = _pos(row) if row.parent_id is None else ""
    return {"type": "text", "text": row.text, "blocks": blocks_of(row.formatted), "pos": pos}


def _pos_alone(row):
    """Also of what stands below a row: that may have left before, or never leaves itself."""
    return str(row.position) if row.parent_id is None else f"{row.parent.position}.{row.line}"


def _pos(row):
    return str(row.position) if row.parent_id is None else ""


def _place(row):
    above = row.parent if row.parent_id else row
    return above.position, row.line, row.pk


def _is_printed(row):
    return not row.is_text or row.on_delivery_note


def _is_free_below(row):
    """What a part of a fictitious part costs stands on its main row; what else stands below a row may be free."""
    return row.is_of_kit or (row.parent_id is not None and not row.unit_price)


def _order_facts(order):
    return [
        ("ordered_on", order.document.ordered_on),
        ("customer_order", order.customer_order_number),
        ("our_reference", order.our_reference),
        ("goods_label", order.goods_label),
    ]


def deliver_to(order):
    """What was typed on the order, else its place of delivery, else the customer's default one."""
    if order.delivery_address:
        return order.delivery_address
    address = place_of(order)
    return f"{order.customer.name}\n{address_lines(address)}" if address else ""


def _their_numbers(order, rows):
    """{part id: the customer's number of it}"""
    parts = {row.part_id for row in rows if row.part_id}
    return dict(
        CustomerLink.objects.filter(customer=order.document.partner_id, part__in=parts)
        .exclude(customer_part_number="")
        .values_list("part", "customer_part_number")
    )


def _typed_totals(rows):
    """The total rows whose total somebody typed: it priced the rows that they sum."""
    return {row.pk for row in rows if row.is_total and row.total_price is not None}


def _prices_with_vat(rows, order):
    """{row id: its price including VAT} for a private customer, of rows that show a price."""
    shown = [row for row in rows if row.is_goods and row.show_price]
    return prices_with_vat(shown) if order and is_private(order.customer) else {}


def _sums(rows, order):
    """{total row id: what the rows that it sums come to}"""
    sums = defaultdict(Decimal)
    for row in rows if order else ():
        if row.total_row_id:
            sums[row.total_row_id] += amount_of(row, currency=order.currency)
    return sums


def _origins(delivered):
    """{delivery row id: the production and purchase orders that made the goods}, one query."""
    moved = StockMovement.objects.filter(delivery__delivery_row__in=[one.pk for one in delivered])
    made = moved.exclude(link=None).exclude(link__supply__kind=SupplyKind.STOCK)
    found = defaultdict(list)
    for row, number in made.order_by("pk").values_list("delivery__delivery_row", "link__supply__document__number"):
        if number not in found[row]:
            found[row].append(number)
    return found


def _remaining(note, delivered):
    """{row id: what was still to come after this note, in the row's unit}; nothing after a final delivery."""
    rows = [one.row for one in delivered if one.row.demand_id]
    until = DeliveryRow.objects.standing().filter(row__in=rows, note__serial__lte=note.serial)
    came = dict(until.values_list("row").annotate(came=Sum("base_quantity")).order_by())
    final = {one.row_id for one in delivered if one.final}
    units = UnitsOfRows(parts_of(rows))
    return {row.pk: _left(row, came.get(row.pk, 0), units, ends=row.pk in final) for row in rows}


def _left(row, came, units, *, ends):
    left = Decimal(0) if ends else max(row.demand.quantity - came, Decimal(0))
    return units.from_base(part=row.part, quantity=left, unit=row.unit)


def _data(row, order, *, hidden):
    return {
        "order": str(order),
        "position": row.position or f"{row.parent.position}.{row.line}",
        "customer_position": row.customer_row_position,
        "part": str(row.part) if row.part_id else row.part_number,
        "name": row.name,
        "quantity": plain(row.quantity),
        "unit": str(row.unit or ""),
        "price": "" if hidden else plain(row.unit_price),
        "discount": "" if hidden else plain(row.discount),
        "setup_price": "" if hidden or not row.setup_price else plain(row.setup_price),
        "amount": "" if hidden else plain(amount_of(row, currency=order.currency)),
        "currency": order.currency,
        "date": row.delivery_date.isoformat() if row.delivery_date and row.show_date else "",
    }


def _delivered_data(one, origins, numbers):
    row = one.row
    return {
        "note": str(one.note),
        "order": str(row.order),
        "position": row.position or f"{row.parent.position}.{row.line}",
        "customer_order": row.customer_order_number or row.order.customer_order_number,
        "customer_position": row.customer_row_position,
        "part": str(row.part) if row.part_id else row.part_number,
        "name": row.name,
        "quantity": plain(one.quantity),
        "unit": str(row.unit or ""),
        "made_by": " ".join(origins),
        "manufacturing_reference": row.manufacturing_reference,
        "delivery_reference": row.delivery_reference,
        "serial_numbers": numbers,
    }
