"""Purchase orders from a file: a line is a row, lines with the same reference and supplier are one draft."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.urls import reverse

from erp.exceptions import Refused
from erp.money import decimals_of
from erp.register.units import plain
from erp.staging import finding as register
from erp.staging.finding import Several, the_one
from erp.staging.kinds import Column, Effect, Holds, Kind, Loaded, Plan, counted, own_number
from erp.staging.operations import numbers_loaded, when_and_by_whom
from erp.web.numbers import show_money
from linkage.dates import business_date
from purchasing.arithmetic import amount
from purchasing.imports import finding
from purchasing.models import PurchaseOrder
from purchasing.operations.bulk_orders import NewOrder, NewRow, Terms, create_orders

SUPPLIER = Column(
    name="supplier",
    title="Supplier",
    others=("supplier number", "vendor", "vendor number", "lieferant", "leverantör", "leverandør"),
    required=True,
    longest=120,
    help="Number or name.",
    example="20001",
)
REFERENCE = Column(
    name="reference",
    title="Reference",
    others=("order reference", "your order", "document", "document number", "requisition", "referenz", "referens"),
    help="Lines with the same one are one order. It is loaded once. Empty: one order per supplier.",
    example="REQ-17",
)
PART = Column(
    name="part",
    title="Part",
    others=("part number", "part no", "item", "item number", "article", "article number", "artikel", "artikelnr"),
    longest=40,
    help="Our number; or leave it empty and give the supplier's.",
    example="B-100",
)
THEIR_PART = Column(
    name="supplier_part_number",
    title="Supplier's part number",
    others=("supplier part", "supplier part number", "vendor part number", "vendor item", "bestellnummer"),
    example="",
)
QUANTITY = Column(
    name="quantity",
    title="Quantity",
    others=("qty", "order quantity", "ordered", "menge", "antal", "kvantitet"),
    holds=Holds.QUANTITY,
    required=True,
    example=100,
)
UNIT = Column(
    name="unit",
    title="Unit",
    others=("uom", "unit of measure", "einheit", "enhet", "enhed"),
    longest=60,
    help="Empty: that of the supplier's terms.",
    example="pcs",
)
DUE = Column(
    name="due_date",
    title="Due",
    others=("due date", "date", "delivery date", "wanted on", "requested date", "liefertermin", "leveransdatum"),
    holds=Holds.DATE,
    help="Empty: the first day on which the supplier can deliver.",
    example=date(2026, 12, 18),
)
PRICE = Column(
    name="price",
    title="Price",
    others=("unit price", "net price", "preis", "pris"),
    holds=Holds.AMOUNT,
    zero=True,
    help="Of one unit. Empty: that of the supplier's terms.",
    example=2.5,
)
DISCOUNT = Column(name="discount", title="Discount %", others=("discount", "rabatt"), holds=Holds.PERCENT, zero=True)
CURRENCY = Column(
    name="currency", title="Currency", others=("currency code", "währung", "valuta"), longest=3, example="EUR"
)
WAREHOUSE = Column(
    name="warehouse",
    title="Warehouse",
    others=("deliver to", "location", "store", "lager"),
    longest=100,
    help="Empty: the part's own.",
    example="",
)
LABEL = Column(name="goods_label", title="Goods label", others=("label", "mark", "godsmärke"), example="")
ORDERED = Column(
    name="ordered_on",
    title="Ordered",
    others=("order date", "ordered on", "bestelldatum", "orderdatum"),
    holds=Holds.DATE,
    help="Empty: today.",
    example="",
)
ORDER_TYPE = Column(
    name="order_type",
    title="Order type",
    others=("type", "order kind", "auftragsart", "ordertyp", "ordretype"),
    longest=60,
    help="Code or name. Empty: your own.",
    example="",
)
ROW = Column(name="row", title="Row", others=("order row", "order line"), help="As in an exported list: P-1042/10.")


class PurchaseOrders(Kind):
    name = "purchase-orders"
    title = "Purchase orders"
    right = "purchase.write"
    intro = "Each line becomes a row of a draft. You look at the drafts and send them."
    columns = (
        SUPPLIER,
        REFERENCE,
        PART,
        THEIR_PART,
        QUANTITY,
        UNIT,
        DUE,
        PRICE,
        DISCOUNT,
        CURRENCY,
        WAREHOUSE,
        LABEL,
        ORDERED,
        ORDER_TYPE,
        ROW,
    )

    def plan(self, lines):
        known = _Known(lines)
        read = [(line, known.row_of(line)) for line in lines]
        drafts = _drafts([pair for pair in read if pair[1] is not None], today=business_date())
        terms = Terms([(row.part, draft.order.supplier) for draft in drafts.values() for row, _ in draft.pairs])
        _check_rows(drafts, terms)
        _check_loaded(self.name, drafts)
        good = [draft.order for draft in drafts.values() if not any(line.problems for line in draft.lines)]
        return Plan(effects=_effects(good, terms), work=list(drafts.items()))

    def load(self, plan, *, by, reason, tick):
        rows = sum(len(draft.lines) for _, draft in plan.work)
        tick(0, rows)
        made = create_orders(orders=[draft.order for _, draft in plan.work], by=by, reason=reason)
        tick(rows, rows)
        keys = [key for key, _ in plan.work]
        return [Loaded(order.document, own_number(*key)) for key, order in zip(keys, made, strict=True)]

    def urls(self, documents):
        return urls_of_orders(documents)


def urls_of_orders(documents):
    """{document id: URL of its purchase order}"""
    orders = PurchaseOrder.objects.filter(document__in=documents).values_list("document", "pk")
    return {document: reverse("purchasing:order", args=[pk]) for document, pk in orders}


@dataclass
class Draft:
    """An order to be made, and the line of each of its rows."""

    order: NewOrder
    lines: list = field(default_factory=list)

    @property
    def pairs(self):
        return zip(self.order.rows, self.lines, strict=True)


class _Known:
    """What the file names, found at once: suppliers, parts, units, warehouses."""

    def __init__(self, lines):
        self.suppliers = finding.suppliers({line["supplier"] for line in lines})
        self.parts = register.parts({line["part"] for line in lines})
        self.units = register.units({line["unit"] for line in lines})
        self.warehouses = register.warehouses({line["warehouse"] for line in lines})
        self.only_warehouse = register.only_warehouse()
        self.order_types = finding.order_types({line["order_type"] for line in lines})
        partners = {text: partner for text, partner in self.suppliers.items() if partner is not Several}
        pairs = {
            (partners[line["supplier"]].pk, line["supplier_part_number"])
            for line in lines
            if line["supplier_part_number"] and line["supplier"] in partners
        }
        self.theirs = finding.parts_of_suppliers(pairs) if pairs else {}

    def row_of(self, line):
        """(supplier, order type, NewRow) of a line; None where something is missing that was noted."""
        supplier = self._supplier(line)
        part = self._part(line, supplier)
        unit = the_one(line, UNIT, self.units)
        warehouse = self._warehouse(line, part)
        order_type = self._order_type(line)
        if supplier and line["currency"] and line["currency"].upper() != supplier.currency:
            line.wrong(CURRENCY.title, f"{supplier} is paid in {supplier.currency}.", read=line["currency"])
        if line.problems or None in (supplier, part, warehouse):
            return None
        return (
            supplier,
            order_type,
            NewRow(
                part=part,
                quantity=line["quantity"],
                unit=unit,
                price=line["price"],
                discount=line["discount"],
                due_date=line["due_date"],
                warehouse=warehouse,
                goods_label=line["goods_label"] or "",
            ),
        )

    def _order_type(self, line):
        found = the_one(line, ORDER_TYPE, self.order_types)
        if found and not found.is_active:
            line.wrong(ORDER_TYPE.title, f"{found} is not active; new orders do not get it.", read=line["order_type"])
        return found

    def _supplier(self, line):
        supplier = the_one(line, SUPPLIER, self.suppliers)
        if supplier and not supplier.is_active:
            line.wrong(SUPPLIER.title, f"{supplier} is not an active supplier.", read=line["supplier"])
            return None
        return supplier

    def _part(self, line, supplier):
        part = the_one(line, PART, self.parts)
        theirs = self._their_part(line, supplier)
        if part and theirs and part != theirs:
            words = f"This is {theirs} in the terms of {supplier}, and the line says {part}."
            line.wrong(THEIR_PART.title, words, read=line["supplier_part_number"])
        part = part or (theirs if not line["part"] else None)
        if part is None and not line["part"] and not line["supplier_part_number"]:
            line.wrong(PART.title, "Give our part number or the supplier's.")
        if part and not (part.is_active and part.is_bought):
            what = part.get_part_type_display().lower() if part.is_active else "not active"
            line.wrong(PART.title, f"{part} is {what} and not bought.", read=part.number)
        return part

    def _their_part(self, line, supplier):
        number = line["supplier_part_number"]
        if not number or not supplier:
            return None
        theirs = self.theirs.get((supplier.pk, number))
        if theirs is Several:
            line.wrong(THEIR_PART.title, f"{supplier} calls several parts so. Give our number.", read=number)
            return None
        if theirs is None and not line["part"]:
            line.wrong(THEIR_PART.title, f"No terms of {supplier} have this part number.", read=number)
        return theirs

    def _warehouse(self, line, part):
        warehouse = the_one(line, WAREHOUSE, self.warehouses)
        if warehouse and not warehouse.is_active:
            line.wrong(WAREHOUSE.title, f"{warehouse} is not active.", read=line["warehouse"])
        if warehouse or line["warehouse"]:
            return warehouse
        warehouse = (part.default_warehouse if part else None) or self.only_warehouse
        if part and warehouse is None:
            line.wrong(WAREHOUSE.title, f"{part} has no default warehouse. Say where it goes.")
        return warehouse


def _drafts(read, *, today):
    """{(supplier number, reference): its Draft}, in the order of the file."""
    drafts = {}
    for line, (supplier, order_type, row) in read:
        key = supplier.number, _reference(line)
        if key not in drafts:
            ordered_on = line["ordered_on"] or today
            facts = {"ordered_on": ordered_on, "order_type": order_type, "note": _note(key[1])}
            drafts[key] = Draft(NewOrder(supplier=supplier, **facts))
        draft = drafts[key]
        _check_one_type(line, order_type, draft.order)
        if line["ordered_on"] not in (None, draft.order.ordered_on):
            words = f"The lines of one order have one order date; above it is {draft.order.ordered_on}."
            line.wrong(ORDERED.title, words, read=line["ordered_on"])
        draft.order.rows.append(row)
        draft.lines.append(line)
    for draft in drafts.values():
        labels = {row.goods_label for row in draft.order.rows}
        draft.order.goods_label = labels.pop() if len(labels) == 1 else ""
    return drafts


def _check_one_type(line, order_type, order):
    """A line that names no type goes with the others; the first that names one decides."""
    order.order_type = order.order_type or order_type
    if order_type not in (None, order.order_type):
        words = f"The lines of one order have one order type; above it is {order.order_type}."
        line.wrong(ORDER_TYPE.title, words, read=line["order_type"])


def _reference(line):
    """The reference, or the order of a row of an exported list."""
    return line["reference"] or (line["row"] or "").rpartition("/")[0] or line["row"] or ""


def _note(reference):
    return f"Imported as {reference}" if reference else ""


def _check_rows(drafts, terms):
    """What the operation would refuse is said here, with its line."""
    for draft in drafts.values():
        for row, line in draft.pairs:
            _check_terms(row, line, draft.order, terms)
            if row.warehouse.company_id != draft.order.company.pk:
                words = f"{row.warehouse} is of another company than {draft.order.rows[0].warehouse} above."
                line.wrong(WAREHOUSE.title, words, read=line["warehouse"])


def _check_terms(row, line, order, terms):
    column, read = QUANTITY, line["quantity"]
    try:
        terms.supply(row, order)
        column, read = PRICE, line["price"]
        terms.price(row, order)
    except Refused as refusal:
        line.wrong(column.title, str(refusal), read=None if read is None else plain(read))


def _check_loaded(kind, drafts):
    numbers = {own_number(*key): draft for key, draft in drafts.items() if key[1]}
    for number, loaded in numbers_loaded(kind, list(numbers)).items():
        words = f"This was loaded {when_and_by_whom(loaded.staged)}: {loaded.document}."
        for line in numbers[number].lines:
            line.wrong(REFERENCE.title, words, read=line["reference"] or line["row"])


def _effects(orders, terms):
    totals = defaultdict(Decimal)
    for order in orders:
        currency = order.supplier.currency
        for row in order.rows:
            price = terms.price(row, order)
            facts = {"price": price["price"], "discount": price["discount"], "currency": currency}
            totals[currency] += amount(quantity=row.quantity, **facts)
    effects = [counted("draft order", len(orders)), counted("row", sum(len(order.rows) for order in orders))]
    money = [Effect(currency, show_money(total, decimals_of(currency))) for currency, total in sorted(totals.items())]
    return effects + money
