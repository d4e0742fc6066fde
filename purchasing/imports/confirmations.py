"""Confirmations from a file: what the supplier says of rows that it has been sent."""

from collections import defaultdict
from datetime import date

from erp.exceptions import LinesRefused, Refused
from erp.register.units import Conversions, check_fits, plain
from erp.staging.kinds import Column, Holds, Kind, Loaded, Plan, counted
from erp.staging.operations import LineRefused, numbers_loaded, when_and_by_whom
from purchasing.differences import unasked
from purchasing.imports.order_rows import ORDER, PART, ROW, OrderRows, lock_orders_named
from purchasing.imports.orders import urls_of_orders
from purchasing.operations import Confirmation, confirm_all

QUANTITY = Column(
    name="quantity",
    title="Confirmed quantity",
    others=("quantity", "qty", "ordered", "confirmed", "bestätigte menge", "menge", "antal"),
    holds=Holds.QUANTITY,
    help="In the row's unit. Empty: as ordered.",
    example=100,
)
DUE = Column(
    name="due_date",
    title="Confirmed date",
    others=("confirmed on", "due", "due date", "date", "delivery date", "liefertermin", "leveransdatum"),
    holds=Holds.DATE,
    help="Empty: as ordered.",
    example=date(2026, 12, 18),
)
REFERENCE = Column(
    name="reference",
    title="Supplier's reference",
    others=("reference", "confirmation", "confirmation number", "order confirmation", "auftragsbestätigung"),
    help="The supplier's number of the confirmation. It is loaded once for each order.",
    example="AB-4711",
)


class Confirmations(Kind):
    name = "confirmations"
    title = "Confirmations"
    right = "purchase.write"
    intro = "Each line confirms a row that the supplier was sent. Rows that the file does not name go on waiting."
    columns = (ORDER, ROW, PART, QUANTITY, DUE, REFERENCE)

    def lock(self, lines):
        lock_orders_named(lines)

    def plan(self, lines, *, by):
        known = OrderRows(lines)
        found = [(line, row) for line in lines if (row := known.of(line)) and known.once(line, row)]
        _check(found)
        _check_asked(found)
        _check_reference(found)
        _check_loaded(self.name, found)
        orders = defaultdict(list)
        for line, row in found:
            orders[row.order].append((line, row))
        work = [(_confirmation(order, pairs, known.of_order(order)), pairs) for order, pairs in orders.items()]
        return Plan(effects=_effects(found), work=work)

    def load(self, plan, *, by, reason, tick):
        total = sum(len(pairs) for _, pairs in plan.work)
        tick(0, total)
        try:
            orders = confirm_all(confirmations=[said for said, _ in plan.work], by=by, reason=reason)
        except LinesRefused as refused:
            raise LineRefused([(_line_of(plan.work, *at), refusal) for at, refusal in refused.refusals]) from refused
        tick(total, total)
        references = [pairs[0][0]["reference"] for _, pairs in plan.work]
        return [Loaded(order.document, _number(order, said)) for order, said in zip(orders, references, strict=True)]

    def urls(self, documents):
        return urls_of_orders(documents)


def _confirmation(order, pairs, rows):
    named = {row.pk for _, row in pairs}
    return Confirmation(
        order=order,
        dates={row.pk: line["due_date"] for line, row in pairs if line["due_date"]},
        quantities={row.pk: line["quantity"] for line, row in pairs if line["quantity"]},
        waiting=[row.pk for row in rows if row.pk not in named],
        supplier_reference=pairs[0][0]["reference"] or "",
    )


def _line_of(work, place, row):
    """The line that names the row, or the first of its order."""
    _, pairs = work[place]
    return next((line for line, named in pairs if named == row), pairs[0][0])


def _number(order, reference):
    return f"{order.supplier.number} {reference} {order}" if reference else ""


def _check(found):
    """What the operation would refuse: too many decimals, less than has arrived."""
    conversions = Conversions([row.supply.part for _, row in found])
    for line, row in found:
        quantity = line["quantity"]
        if quantity is None:
            continue
        try:
            check_fits(row.unit, quantity)
            base = conversions.to_base(part=row.supply.part, quantity=quantity, unit=row.unit)
        except Refused as refusal:
            line.wrong(QUANTITY.title, str(refusal), read=plain(quantity))
            continue
        if base < row.supply.done:
            words = f"{plain(row.supply.done)} {row.supply.part.unit} of {row} have arrived already."
            line.wrong(QUANTITY.title, words, read=plain(quantity))


def _check_asked(found):
    """An empty cell is "as ordered" only where the supplier was told what the row is now."""
    for line, row in found:
        if why := unasked(row, quantity=line["quantity"], on=line["due_date"]):
            line.wrong(ROW.title, why, read=line["row"])


def _check_reference(found):
    """One order has one reference in a file: it stands on the order."""
    first = {}
    for line, row in found:
        above = first.setdefault(row.order_id, line)
        if line["reference"] != above["reference"]:
            words = f"{row.order} has another reference in line {above.number}: {above['reference'] or 'none'}."
            line.wrong(REFERENCE.title, words, read=line["reference"])


def _check_loaded(kind, found):
    numbers = defaultdict(list)
    for line, row in found:
        if line["reference"]:
            numbers[_number(row.order, line["reference"])].append(line)
    for number, loaded in numbers_loaded(kind, list(numbers)).items():
        for line in numbers[number]:
            words = f"This was loaded for {loaded.document} {when_and_by_whom(loaded.staged)}."
            line.wrong(REFERENCE.title, words, read=line["reference"])


def _effects(found):
    found = [(line, row) for line, row in found if not line.problems]
    moved = sum(1 for line, row in found if line["due_date"] not in (None, row.supply.due_date))
    other = sum(1 for line, row in found if line["quantity"] not in (None, row.quantity))
    good = {row.order_id for _, row in found}
    effects = [counted("order", len(good)), counted("confirmed row", len(found))]
    return [*effects, counted("other date", moved), counted("other quantity", other, "other quantities")]
