"""Purchase orders from a file: a line is a row, lines with the same reference and supplier are one draft."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.urls import reverse

from erp.exceptions import Refused
from erp.register.units import plain
from erp.staging import columns as shared
from erp.staging.columns import CURRENCY, DISCOUNT, LABEL, ORDERED
from erp.staging.finding import the_one
from erp.staging.kinds import Column, Holds, Kind, Loaded, Plan, counted, own_number, sums_of
from erp.staging.orders import Named, check_loaded
from linkage.dates import business_date
from purchasing.arithmetic import amount
from purchasing.imports import finding
from purchasing.models import PurchaseOrder, SupplierTerm
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
PART = replace(shared.PART, help="Our number; or leave it empty and give the supplier's.", example="B-100")
THEIR_PART = Column(
    name="supplier_part_number",
    title="Supplier's part number",
    others=("supplier part", "supplier part number", "vendor part number", "vendor item", "bestellnummer"),
    example="",
)
QUANTITY = replace(shared.QUANTITY, example=100)
UNIT = replace(shared.UNIT, help="Empty: that of the supplier's terms.")
DUE = Column(
    name="due_date",
    title="Due",
    others=("due date", "date", "delivery date", "wanted on", "requested date", "liefertermin", "leveransdatum"),
    holds=Holds.DATE,
    help="Empty: the first day on which the supplier can deliver.",
    example=date(2026, 12, 18),
)
PRICE = replace(shared.PRICE, help="Of one unit. Empty: that of the supplier's terms.", example=2.5)
WAREHOUSE = replace(shared.WAREHOUSE, others=("deliver to", "location", "store", "lager"))
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

    def plan(self, lines, *, by):
        known = _Known(lines)
        read = [(line, known.row_of(line)) for line in lines]
        drafts = _drafts([pair for pair in read if pair[1] is not None], today=business_date())
        terms = Terms([(row.part, draft.order.supplier) for draft in drafts.values() for row, _ in draft.pairs])
        _check_rows(drafts, terms)
        check_loaded(self.name, drafts, column=REFERENCE, read=lambda line: line["reference"] or line["row"])
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


class _Known(Named):
    """What the file names, found at once: suppliers, parts, units, warehouses, order types."""

    partner_column = SUPPLIER
    their_part_column = THEIR_PART
    links = SupplierTerm
    in_links = "terms"
    no_link = "No terms of {} have"
    say_where = "Say where it goes."

    def __init__(self, lines):
        super().__init__(lines, partners=finding.suppliers({line["supplier"] for line in lines}))
        self.order_types = finding.order_types({line["order_type"] for line in lines})

    def row_of(self, line):
        """(supplier, order type, NewRow) of a line; None where something is missing that was noted."""
        supplier = self.partner_of(line)
        part = self.part_of(line, supplier)
        unit = self.unit_of(line)
        warehouse = self.warehouse_of(line, part)
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

    def trouble_of(self, part):
        if part.is_active and part.is_bought:
            return ""
        what = part.get_part_type_display().lower() if part.is_active else "not active"
        return f"{part} is {what} and not bought."


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
        return
    if words := terms.misfit(row, order):
        line.warn(QUANTITY.title, words, read=plain(row.quantity))
    if words := terms.off_day(row, order):
        line.warn(DUE.title, words, read=row.due_date)


def _effects(orders, terms):
    totals = defaultdict(Decimal)
    for order in orders:
        currency = order.supplier.currency
        for row in order.rows:
            price = terms.price(row, order)
            facts = {"price": price["price"], "discount": price["discount"], "currency": currency}
            totals[currency] += amount(quantity=row.quantity, **facts)
    effects = [counted("draft order", len(orders)), counted("row", sum(len(order.rows) for order in orders))]
    return effects + sums_of(totals)
