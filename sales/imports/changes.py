"""Changes of customer orders from a file: a line is a row that is added, changed or called off, or that stays.

What loading does is tried first and taken back, so that the page of the import says what each line changes, what it
changes of the orders made for it, and what would be refused.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse

from erp.exceptions import LinesRefused
from erp.register.units import plain
from erp.staging.finding import Several
from erp.staging.kinds import Kind, Loaded, Plan, counted, own_number
from erp.staging.operations import LineRefused, numbers_loaded, when_and_by_whom
from linkage.models import OrderLink
from linkage.preview import preview
from sales.imports import columns as named
from sales.imports.asking import ask_anew, asked_before
from sales.imports.edifact import changes_of
from sales.imports.known import Known
from sales.models import SalesOrder, SalesOrderRow
from sales.operations import OrderChange, change_orders
from sales.operations.taking import hold_orders
from sales.statuses import OrderStatus
from sales.units import UnitsOfRows

ADD, CHANGE, CANCEL, KEEP = "add", "change", "cancel", "keep"
ACTIONS = {"": CHANGE, "added": ADD, "new": ADD, "changed": CHANGE, "cancelled": CANCEL, "delete": CANCEL}
ACTIONS |= {"deleted": CANCEL, "no change": KEEP} | {action: action for action in (ADD, CHANGE, CANCEL, KEEP)}
MOST = 500  # each line is an operation, done twice: once to say what it does
FIELDS = {"quantity": named.QUANTITY, "at_customer_date": named.DESIRED, "delivery_date": named.SHIPPED}
FIELDS |= {"unit_price": named.PRICE, "discount": named.DISCOUNT, "goods_label": named.LABEL}


class CustomerOrderChanges(Kind):
    name = "customer-order-changes"
    title = "Changes of customer orders"
    right = "sales.write"
    columns = named.CHANGE_COLUMNS
    table_of = staticmethod(changes_of)
    intro = (
        "Each line adds, changes or cancels a row of an order that the customer's number names. Rows that the file "
        "does not name stay as they are. Before it is loaded the page says what each line changes."
    )

    def lock(self, lines):
        if orders := [order for found in Standing(lines).orders.values() for order in found]:
            hold_orders(sorted(orders, key=lambda order: order.pk))

    def plan(self, lines, *, by):
        if len(lines) > MOST:
            lines[0].wrong(
                "", f"At most {MOST} lines of changes are taken at once, and these are {len(lines)}. Divide it."
            )
            return Plan()
        reading = Reading(lines)
        steps = [step for line in lines if (step := reading.step(line))]
        _check_loaded(self.name, steps)
        good = [step for step in steps if not step.line.problems]
        if len(good) == len(lines):
            _try(good, by=by)
        return Plan(effects=_effects(good), work=good)

    def load(self, plan, *, by, reason, tick):
        tick(0, len(plan.work))
        asked = asked_before({step.change.order for step in plan.work})
        try:
            rows = change_orders(changes=[step.change for step in plan.work], by=by, reason=reason)
        except LinesRefused as refused:
            raise LineRefused([(plan.work[place].line, refusal) for place, refusal in refused.refusals]) from refused
        done = zip(plan.work, rows, strict=True)
        ask_anew([(step.line, step.change, row) for step, row in done if not step.keeps], asked)
        tick(len(plan.work), len(plan.work))
        numbers = {step.change.order: step.number for step in plan.work}
        return [Loaded(order.document, number) for order, number in numbers.items()]

    def urls(self, documents):
        orders = SalesOrder.objects.filter(document__in=documents).values_list("document", "pk")
        return {document: reverse("sales:order", args=[pk]) for document, pk in orders}


@dataclass
class Step:
    """One line and what it does; ``number``: the customer's own of the change, with whose and which order it is."""

    line: object
    change: OrderChange
    number: str = ""
    keeps: bool = False  # the action is keep: nothing of the line counts


class Standing:
    """The open orders that the lines name, by the customer's number of them, and their living rows of goods."""

    def __init__(self, lines):
        wanted = {line["customer_order_number"] for line in lines} - {None}
        found = SalesOrder.objects.for_list().filter(customer_order_number__in=wanted)
        self.orders = defaultdict(list)
        for order in found.exclude(status=OrderStatus.CANCELLED).order_by("pk") if wanted else ():
            self.orders[order.customer.pk, order.customer_order_number].append(order)
        orders = [order for several in self.orders.values() for order in several]
        self.rows = defaultdict(list)
        for row in SalesOrderRow.objects.main().goods().for_list().filter(order__in=orders) if orders else ():
            if not row.is_cancelled and row.is_of(row.order.customer_order_number):
                self.rows[row.order_id, row.customer_row_position].append(row)


class Reading:
    """What the lines mean, found at once for all of them."""

    def __init__(self, lines):
        self.known, self.standing, self.seen = Known(lines), Standing(lines), {}
        found = {*self.known.parts.values(), *self.known.theirs.values()}
        self.units = UnitsOfRows(found - {Several})

    def step(self, line):
        """The Step of a line; None where what is wrong with it was noted."""
        customer, action = self.known.partner_of(line), _action(line)
        order = self._order(line, customer) if customer else None
        if order is None or action is None or not self._once(line, order) or not _is_in_its_currency(line, order):
            return None
        change = self._added(line, order) if action == ADD else self._of_row(line, order, action)
        if change is None or line.problems:
            return None
        return Step(line, change, _number_of(line, customer), keeps=action == KEEP)

    def _order(self, line, customer):
        number = line["customer_order_number"]
        found = self.standing.orders.get((customer.pk, number), [])
        if len(found) > 1:
            words = f"{customer} has several orders with this number: {', '.join(map(str, found))}. Change them there."
            line.wrong(named.NUMBER.title, words, read=number)
        elif not found:
            line.wrong(named.NUMBER.title, f"No order of {customer} has this number.", read=number)
        elif not found[0].is_open:
            words = f"{found[0]} is {found[0].get_status_display().lower()} and cannot be changed."
            line.wrong(named.NUMBER.title, words, read=number)
        else:
            return found[0]
        return None

    def _once(self, line, order):
        """A position that stands in two lines would be changed twice, and nobody knows what is meant."""
        position = line["customer_row_position"]
        first = self.seen.setdefault((order.pk, position), line.number)
        if first != line.number:
            line.wrong(named.POSITION.title, f"Position {position} already stands in line {first}.", read=position)
        return first == line.number

    def _added(self, line, order):
        position = line["customer_row_position"]
        if rows := self.standing.rows.get((order.pk, position)):
            line.wrong(named.POSITION.title, f"{rows[0]} has this position already; change it.", read=position)
            return None
        if line["quantity"] is None:
            line.wrong(named.QUANTITY.title, "A line that is added needs a quantity.")
        if (read := self.known.rows_of([line])[0][1]) is None:
            return None
        _customer, new, _address = read
        if new.warehouse.company_id != order.document.company_id:
            words = f"{order} is of {order.document.company}, and {new.warehouse} of {new.warehouse.company}."
            line.wrong(named.WAREHOUSE.title, words, read=line["warehouse"])
            return None
        unit = new.unit or self.units.default(new.part)
        line.tell(named.ACTION.title, f"{order}: a new row of {plain(new.quantity)} {unit} {new.part}.")
        return OrderChange(order=order, new=new)

    def _of_row(self, line, order, action):
        row = self._row(line, order)
        if row is None or not self._is_what_it_says(line, row):
            return None
        if action == CANCEL:
            line.tell(named.ACTION.title, f"{row} is cancelled: {plain(row.quantity)} {row.unit} {row.part}.")
            return OrderChange(order=order, row=row, is_cancelled=True)
        changes = self._changes(line, row) if action == CHANGE else {}
        if not changes:
            line.tell("", f"{row}: nothing changes.")
        return OrderChange(order=order, row=row, changes=changes)

    def _row(self, line, order):
        position = line["customer_row_position"]
        rows = self.standing.rows.get((order.pk, position), [])
        if not rows:
            line.wrong(named.POSITION.title, f"No row of {order} has this position of the customer.", read=position)
        elif len(rows) > 1:
            words = f"{', '.join(map(str, rows))} have this position. Change them by hand."
            line.wrong(named.POSITION.title, words, read=position)
        elif rows[0].is_closed:
            line.wrong(named.POSITION.title, f"{rows[0]} is finished and cannot be changed.", read=position)
        elif not rows[0].is_part:
            line.wrong(named.POSITION.title, f"{rows[0]} is an additional row; change it by hand.", read=position)
        else:
            return rows[0]
        return None

    def _is_what_it_says(self, line, row):
        """A part or unit that the line names is that of the row: another part is another row."""
        part = self.known.part_of(line, row.order.customer) if line["part"] or line["customer_part_number"] else None
        if part and part != row.part:
            words = f"{row} is of {row.part}. Cancel the row and add another one."
            line.wrong(named.PART.title, words, read=part.number)
        unit = self.known.unit_of(line)
        if unit and unit != row.unit:
            line.wrong(named.UNIT.title, f"{row} is in {row.unit}; another unit is changed by hand.", read=line["unit"])
        return not line.problems

    def _changes(self, line, row):
        """The columns that become something else, each told with what it is now."""
        changes = {}
        for name, column in FIELDS.items():
            wanted, now = self._wanted(line, column, getattr(row, name)), getattr(row, name)
            if wanted is None or wanted == now or (name == "delivery_date" and line["desired_date"]):
                continue
            changes[name] = wanted
            line.tell(column.title, f"{row}: {_shown(now)} → {_shown(wanted)}", read=wanted)
        if "at_customer_date" in changes or "delivery_date" in changes:
            changes["desired_date"] = line["desired_date"] or line["shipment_date"]
        return changes

    def _wanted(self, line, column, now):
        """What a line says; another price has the decimals that prices have, the one that stands there stays."""
        said = line[column.name]
        return self.known.price_of(line) if column is named.PRICE and said != now else said


def _number_of(line, customer):
    """The customer's number of the change, with whose and which order it is; empty where none is given."""
    said = line["change_number"]
    return own_number(customer.number, f"{line['customer_order_number']} {said}") if said else ""


def _is_in_its_currency(line, order):
    """Its prices would be taken for those of another currency."""
    said = line["currency"] or order.currency
    if said.upper() != order.currency:
        line.wrong(named.CURRENCY.title, f"{order} is in {order.currency}, and its change in {said}.", read=said)
    return said.upper() == order.currency


def _action(line):
    said = line["action"] or ""
    action = ACTIONS.get(said.strip().lower())
    if action is None:
        line.wrong(named.ACTION.title, "An action is add, change, cancel or keep.", read=said)
    return action


def _shown(value):
    if value is None or value == "":
        return "nothing"
    return plain(value) if hasattr(value, "as_tuple") else str(value)


def _check_loaded(kind, steps):
    """A change that has a number of the customer is loaded once for an order; one order has one of them in a file."""
    numbers = {step.number: step for step in steps if step.number}
    loaded = numbers_loaded(kind, list(numbers))
    first = {}
    for step in steps:
        said = step.line["change_number"]
        if before := loaded.get(step.number):
            words = f"This was loaded {when_and_by_whom(before.staged)}: {before.document}."
            step.line.wrong(named.CHANGE.title, words, read=said)
        above = first.setdefault(step.change.order.pk, step)
        if above.number != step.number:
            words = f"{step.change.order} has another number of its change in line {above.line.number}."
            step.line.wrong(named.CHANGE.title, words, read=said)


def _try(steps, *, by):
    """Do it and take it back: note what is refused, and what becomes of the orders made for the rows."""
    try:
        tried = preview(change_orders, changes=[step.change for step in steps], by=by)
    except LinesRefused as refused:
        for place, refusal in refused.refusals:
            steps[place].line.wrong("", str(refusal))
        return
    supplies = {change.pk: change for change in tried.of("supply")}
    for step in steps:
        for pk in _linked_to(step.change.row):
            if pk in supplies:
                _tell_supply(step.line, supplies[pk])


def _linked_to(row):
    """The supplies of the open links of a row."""
    if row is None or not row.demand_id:
        return []
    return OrderLink.objects.open().filter(demand=row.demand_id).order_by("supply").values_list("supply", flat=True)


def _tell_supply(line, change):
    words = {"quantity": "quantity", "due_date": "due date", "free": "free", "status": "status"}
    for name, before, after in change.changed:
        if name in words:
            line.tell("", f"{change.label}: {words[name]} {_shown(before)} → {_shown(after)}")


def _effects(steps):
    orders = {step.change.order.pk for step in steps}
    added = sum(1 for step in steps if step.change.new)
    cancelled = sum(1 for step in steps if step.change.is_cancelled)
    changed = sum(1 for step in steps if step.change.changes)
    effects = [counted("order", len(orders)), counted("changed row", changed), counted("new row", added)]
    return [*effects, counted("cancelled row", cancelled)]
