"""What the lines of changes mean, found at once for all of them: each becomes changes of rows that stand, or new ones.

The actions *replace* and *cancel order* say something of the whole order: what rows it has then, or that it has none.
"""

from collections import defaultdict
from dataclasses import dataclass

from erp.register.units import plain
from erp.staging.finding import Several
from erp.staging.kinds import own_number
from sales.imports import columns as named
from sales.imports.known import Known
from sales.models import SalesOrder, SalesOrderRow
from sales.operations import OrderChange
from sales.statuses import OrderStatus
from sales.units import UnitsOfRows

ADD, CHANGE, CANCEL, KEEP, REPLACE, CANCEL_ORDER = "add", "change", "cancel", "keep", "replace", "cancel order"
ACTIONS = {"": CHANGE, "added": ADD, "new": ADD, "changed": CHANGE, "cancelled": CANCEL, "delete": CANCEL}
ACTIONS |= {"deleted": CANCEL, "no change": KEEP, "replaced": REPLACE, "cancel all": CANCEL_ORDER}
ACTIONS |= {action: action for action in (ADD, CHANGE, CANCEL, KEEP, REPLACE, CANCEL_ORDER)}
WHAT = {CANCEL_ORDER: "cancels the whole order", REPLACE: "replaces the whole order"}
FIELDS = {"quantity": named.QUANTITY, "at_customer_date": named.DESIRED, "delivery_date": named.SHIPPED}
KEPT = {"unit_price": named.PRICE, "discount": named.DISCOUNT, "goods_label": named.LABEL}
FIELDS |= KEPT


@dataclass
class Step:
    """What a line does to one row; ``number``: the customer's own of the change, with whose and which order it is.

    ``keeps``: nothing of the line counts. ``rows``: how many rows a cancelled order has.
    """

    line: object
    change: OrderChange
    number: str = ""
    keeps: bool = False
    rows: int = 1


class Standing:
    """The open orders that the lines name, by the customer's number of them, and their living rows of goods."""

    def __init__(self, lines):
        wanted = {line["customer_order_number"] for line in lines} - {None}
        found = SalesOrder.objects.for_list().filter(customer_order_number__in=wanted)
        self.orders = defaultdict(list)
        for order in found.exclude(status=OrderStatus.CANCELLED).order_by("pk") if wanted else ():
            self.orders[order.customer.pk, order.customer_order_number].append(order)
        orders = [order for several in self.orders.values() for order in several]
        self.rows, self.by_order, self.others = defaultdict(list), defaultdict(list), defaultdict(list)
        rows = SalesOrderRow.objects.main().goods().for_list().filter(order__in=orders).order_by("order", "position")
        for row in rows if orders else ():
            if not row.is_cancelled and row.is_of(row.order.customer_order_number):
                self.rows[row.order_id, row.customer_row_position].append(row)
                self.by_order[row.order_id].append(row)
            elif not row.is_cancelled:
                self.others[row.order_id].append(row)


class Reading:
    """``steps`` are what the lines do; a line with a problem, which is noted on it, does nothing."""

    def __init__(self, lines):
        self.known, self.standing = Known(lines), Standing(lines)
        found = {*self.known.parts.values(), *self.known.theirs.values()}
        self.units = UnitsOfRows(found - {Several})
        self.seen, self.said, self.replaced, self.singly = {}, {}, {}, {}
        self.steps = [step for line in lines for step in self._steps(line)]
        for order, line, number in self.replaced.values():
            self.steps += [Step(line, change, number) for change in self._left_out(order, line)]

    def _steps(self, line):
        customer, action = self.known.partner_of(line), _action(line)
        order = self._order(line, customer) if customer else None
        if order is None or action is None or not _is_in_its_currency(line, order):
            return []
        if not self._goes_together(line, order, action) or not self._once(line, order, action):
            return []
        number = _number_of(line, customer)
        if action == REPLACE:
            self.replaced.setdefault(order.pk, (order, line, number))
        _note_unused(line, action)
        found = self._changed(line, order, action)
        keeps, rows = action == KEEP, len(self.standing.by_order[order.pk]) if action == CANCEL_ORDER else 1
        return [Step(line, change, number, keeps, rows) for change in found] if not line.problems else []

    def _changed(self, line, order, action):
        """The changes that an action makes of an order."""
        if action == CANCEL_ORDER:
            return self._cancelled(line, order)
        if action == ADD:
            return self._added(line, order)
        return self._replaced(line, order) if action == REPLACE else self._of_row(line, order, action)

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

    def _goes_together(self, line, order, action):
        """What a line says of the whole order, the others cannot say again or otherwise; cancel goes with replace."""
        if action == CANCEL and self.said.get(order.pk, (CHANGE,))[0] != CANCEL_ORDER:
            self.singly.setdefault(order.pk, (CHANGE, line.number))
            return True
        meant = action if action in WHAT else CHANGE
        if meant == CANCEL_ORDER and order.pk in self.singly:
            self.said.setdefault(order.pk, self.singly[order.pk])
        said, first = self.said.setdefault(order.pk, (meant, line.number))
        if first == line.number or (said == meant and meant != CANCEL_ORDER):
            return True
        words = f"Line {first} {WHAT[said]}." if said in WHAT else f"Line {first} changes a single row of the order."
        line.wrong(named.ACTION.title, words, read=line["action"])
        return False

    def _once(self, line, order, action):
        """A position that stands in two lines would be changed twice, and nobody knows what is meant."""
        position = line["customer_row_position"]
        if action == CANCEL_ORDER:
            return True
        if not position:
            line.wrong(named.POSITION.title, "This must not be empty: it names the row.")
            return False
        first = self.seen.setdefault((order.pk, position), line.number)
        if first != line.number:
            line.wrong(named.POSITION.title, f"Position {position} already stands in line {first}.", read=position)
        return first == line.number

    def _cancelled(self, line, order):
        """The order as a whole where nothing of it has left, else the rows that are still open."""
        rows = self.standing.by_order[order.pk]
        partly = [row for row in rows if row.delivered and not row.is_closed]
        for row in partly:
            words = f"{plain(row.delivered)} of {row} are delivered: send its quantity as that, or finish it there."
            line.wrong(named.ACTION.title, words, read=line["action"])
        if partly:
            return []
        finished = [row for row in rows if row.is_closed]
        for row in rows:
            words = "is finished and stays" if row.is_closed else f"is cancelled: {_said_of(row)}"
            line.tell(named.ACTION.title, f"{row} {words}.")
        if not finished and not self.standing.others[order.pk]:
            line.tell(named.ACTION.title, f"{order} is cancelled.")
            return [OrderChange(order=order, is_cancelled=True)]
        return [OrderChange(order=order, row=row, is_cancelled=True) for row in rows if not row.is_closed]

    def _left_out(self, order, line):
        """What a replaced order has and the lines do not name is called off, if the customer ever named it."""
        for row in self.standing.by_order[order.pk]:
            if (order.pk, row.customer_row_position) in self.seen:
                continue
            if row.is_closed or not row.customer_row_position:
                why = "it is finished" if row.is_closed else "the customer never named it"
                line.tell(named.ACTION.title, f"{row} stays: {why}.")
                continue
            words = f"{row} is cancelled: {_said_of(row)}. The file does not name it."
            line.tell(named.ACTION.title, words)
            yield OrderChange(order=order, row=row, is_cancelled=True)

    def _replaced(self, line, order):
        """A position that stands is changed, or gives way to another part; another one is added."""
        rows = self.standing.rows.get((order.pk, line["customer_row_position"]), [])
        if not rows:
            return self._added(line, order)
        part = self._part(line, order)
        if line.problems:
            return []
        if (all(row.is_closed for row in rows) or len(rows) > 1) and self._agrees(line, rows, part):
            line.tell("", f"{', '.join(map(str, rows))}: nothing changes.")
            return []
        if part and len(rows) == 1 and part != rows[0].part and not rows[0].is_closed:
            line.tell(named.PART.title, f"{rows[0]} is cancelled: {_said_of(rows[0])}.", read=part.number)
            return [OrderChange(order=order, row=rows[0], is_cancelled=True), *self._new(line, order)]
        self._note_warehouse(line, rows[0])
        return self._of_row(line, order, CHANGE)

    def _agrees(self, line, rows, part):
        """Rows that no line changes (several of one position, or finished ones) are what it says they are."""
        unit = self.known.unit_of(line)
        if line["quantity"] not in (None, sum(row.quantity for row in rows)) or len({row.unit_id for row in rows}) > 1:
            return False
        if any(part not in (None, row.part) or unit not in (None, row.unit) for row in rows):
            return False
        return not any(self._says_otherwise(line, row) for row in rows)

    def _says_otherwise(self, line, row):
        """Another day than the row was first asked for or has now, another price, discount or label."""
        day, now = line["desired_date"], row.at_customer_date
        if day is None:
            day, now = line["shipment_date"], row.delivery_date
        if day not in (None, row.desired_date, now):
            return True
        pairs = [(column, getattr(row, name)) for name, column in KEPT.items()]
        return any(self._wanted(line, column, now) not in (None, now) for column, now in pairs)

    def _note_warehouse(self, line, row):
        """A row stays where it is; only one that is added goes where the line says."""
        named_one = self.known.warehouse_of(line, row.part) if line["warehouse"] else None
        if named_one and named_one != row.warehouse:
            words = f"{row} stays in {row.warehouse}: another warehouse is chosen by hand."
            line.warn(named.WAREHOUSE.title, words, read=line["warehouse"])

    def _part(self, line, order):
        """The part that a line names; None where it names none."""
        named_one = line["part"] or line["customer_part_number"]
        return self.known.part_of(line, order.customer) if named_one else None

    def _added(self, line, order):
        position = line["customer_row_position"]
        if rows := self.standing.rows.get((order.pk, position)):
            line.wrong(named.POSITION.title, f"{rows[0]} has this position already; change it.", read=position)
            return []
        return self._new(line, order)

    def _new(self, line, order):
        if line["quantity"] is None:
            line.wrong(named.QUANTITY.title, "A line that is added needs a quantity.")
        if (read := self.known.rows_of([line])[0][1]) is None:
            return []
        _customer, new, _address = read
        if new.warehouse.company_id != order.document.company_id:
            words = f"{order} is of {order.document.company}, and {new.warehouse} of {new.warehouse.company}."
            line.wrong(named.WAREHOUSE.title, words, read=line["warehouse"])
            return []
        unit = new.unit or self.units.default(new.part)
        line.tell(named.ACTION.title, f"{order}: a new row of {plain(new.quantity)} {unit} {new.part}.")
        return [OrderChange(order=order, new=new)]

    def _of_row(self, line, order, action):
        row = self._row(line, order)
        if row is None or not self._is_what_it_says(line, row):
            return []
        if action == CANCEL:
            line.tell(named.ACTION.title, f"{row} is cancelled: {_said_of(row)}.")
            return [OrderChange(order=order, row=row, is_cancelled=True)]
        changes, text = (self._changes(line, row), line["text"] or "") if action == CHANGE else ({}, "")
        if text:
            line.tell(named.TEXT.title, f"{row}: a text below it.", read=text)
        elif not changes:
            line.tell("", f"{row}: nothing changes.")
        return [OrderChange(order=order, row=row, changes=changes, text=text)]

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
        part = self._part(line, row.order)
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
            line.tell(column.title, f"{row}: {shown(now)} → {shown(wanted)}", read=wanted)
        if "at_customer_date" in changes or "delivery_date" in changes:
            changes["desired_date"] = line["desired_date"] or line["shipment_date"]
        return changes

    def _wanted(self, line, column, now):
        """What a line says; another price has the decimals that prices have, the one that stands there stays."""
        said = line[column.name]
        return self.known.price_of(line) if column is named.PRICE and said != now else said


def _said_of(row):
    return f"{plain(row.quantity)} {row.unit or ''} {row.part or row.name}".replace("  ", " ")


def _note_unused(line, action):
    """What a line says and its action has no use for is said, not dropped."""
    unused = {CANCEL: [named.TEXT, named.WAREHOUSE], CHANGE: [named.WAREHOUSE], REPLACE: []}
    unused |= {KEEP: [named.TEXT, named.WAREHOUSE], CANCEL_ORDER: [named.TEXT, named.WAREHOUSE]}
    for column in unused.get(action, ()):
        if said := line[column.name]:
            line.warn(column.title, f"A line with the action {action} does not use this.", read=said)


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
        words = "An action is add, change, cancel, keep, replace or cancel order."
        line.wrong(named.ACTION.title, words, read=said)
    return action


def shown(value):
    """A value as a line tells it: nothing, where there is none."""
    if value is None or value == "":
        return "nothing"
    return plain(value) if hasattr(value, "as_tuple") else str(value)
