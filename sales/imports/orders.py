"""Customer orders from a file: a line is a row, lines with the same customer and order number are one order."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse

from erp.exceptions import Refused
from erp.register.models import Partner
from erp.register.rates import rate_on
from erp.staging.kinds import Kind, Loaded, Plan, counted, own_number, sums_of
from erp.staging.operations import check_clean
from erp.staging.orders import check_loaded
from linkage.dates import business_date
from sales.imports import columns as named
from sales.imports.asking import keep_asked
from sales.imports.edifact import table_of
from sales.imports.known import Known
from sales.imports.looking import Looking
from sales.models import SalesOrder, SalesOrderRow
from sales.money import amount_of
from sales.operations import NewOrder, create_orders
from sales.operations.boxes import order_by_setting
from sales.operations.building import build_row
from sales.operations.dates import fill_dates
from sales.operations.headers import unsaved_orders
from sales.statuses import OrderStatus

INSTEAD = (
    "What is to change is sent as changes of customer orders (ORDCHG, or a table): single lines, or with the action "
    "replace all that is wanted now. Or change it there."
)


class CustomerOrders(Kind):
    name = "customer-orders"
    title = "Customer orders"
    right = "sales.write"
    columns = named.COLUMNS
    table_of = staticmethod(table_of)
    intro = (
        "Each line becomes a row of a registered order. A price that a line gives is locked; the others are suggested."
    )

    def plan(self, lines, *, by):
        good = self.plan_to_load(lines, by=by).work
        rows = _check_rows(good)
        good = [draft for draft in good if not draft.is_bad]
        return Plan(effects=_effects(good, rows), work=good)

    def plan_to_load(self, lines, *, by):
        """The rows are built where they are loaded, and not before."""
        known = Known(lines)
        read = known.rows_of(lines)
        drafts = _drafts([pair for pair in read if pair[1] is not None], today=business_date())
        _check_known(self.name, drafts)
        return Plan(work=[draft for draft in drafts.values() if not draft.is_bad])

    def load(self, plan, *, by, reason, tick):
        rows = sum(len(draft.rows) for draft in plan.work)
        tick(0, rows)
        made = _created(plan.work, by=by)
        keep_asked(made, plan.work)
        order_by_setting(SalesOrderRow.objects.filter(order__in=made), by=by)
        tick(rows, rows)
        return [Loaded(order.document, own_number(*draft.key)) for draft, order in zip(plan.work, made, strict=True)]

    def urls(self, documents):
        orders = SalesOrder.objects.filter(document__in=documents).values_list("document", "pk")
        return {document: reverse("sales:order", args=[pk]) for document, pk in orders}


@dataclass
class Draft:
    """An order to be made, and the line of each of its rows."""

    key: tuple  # the customer's number, its order number
    customer: Partner
    lines: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    order: NewOrder | None = None

    @property
    def is_bad(self):
        return any(line.problems for line in self.lines)


def _drafts(read, *, today):
    """{(customer's number, its order number): its Draft}, in the order of the file."""
    drafts, said, rates = {}, defaultdict(dict), {}
    for line, (customer, row, address) in read:
        key = customer.number, line["customer_order_number"] or ""
        draft = drafts.setdefault(key, Draft(key, customer))
        _agree(line, said[key], address=address, company=row.warehouse.company)
        draft.rows.append(row)
        draft.lines.append(line)
    for key, draft in drafts.items():
        _warn_twice(draft)
        draft.order = _order(draft, said[key], today=today)
        _give_rate(draft, rates)
    return drafts


def _agree(line, said, *, address, company):
    """What is said once of an order is the same in all its lines that say it."""
    facts = {
        named.ORDERED: line["ordered_on"],
        named.CURRENCY: (line["currency"] or "").upper() or None,
        named.ADDRESS: address or None,
        named.NOTE: line["note"],
        named.WAREHOUSE: company,
    }
    for column, value in facts.items():
        first = said.setdefault(column, value) if value is not None else None
        if first == value or value is None:
            continue
        if column is named.WAREHOUSE:
            line.wrong(column.title, f"This is a warehouse of {value}; the lines above are of {first}.")
        else:
            line.wrong(column.title, f"The lines of one order say the same here; above it is {first}.", read=value)


def _order(draft, said, *, today):
    facts = {
        "customer_order_number": draft.key[1],
        **_goes_to(said.get(named.ADDRESS, "")),
        "note": said.get(named.NOTE, ""),
        "currency": said.get(named.CURRENCY, draft.customer.currency),
    }
    labels = {row.goods_label for row in draft.rows}
    facts["goods_label"] = labels.pop() if len(labels) == 1 else ""
    return NewOrder(
        customer=draft.customer,
        warehouse=draft.rows[0].warehouse,
        ordered_on=said.get(named.ORDERED, today),
        facts=facts,
        rows=tuple(draft.rows),
    )


def _goes_to(address):
    """A place of the register, or an address of the order's own."""
    return {"delivery_address" if isinstance(address, str) else "delivery_place": address}


def _give_rate(draft, rates):
    """``rates``: those that were looked up for other orders of the file."""
    currency, into, day = draft.order.facts["currency"], draft.order.warehouse.company.currency, draft.order.ordered_on
    if (currency, into, day) not in rates:
        rates[currency, into, day] = rate_on(day, currency=currency, into=into)
    rate = rates[currency, into, day]
    if rate is None:
        words = f"There is no exchange rate from {currency} to {into} on {day}."
        draft.lines[0].wrong(named.CURRENCY.title, words, read=currency)
    else:
        draft.order.facts["exchange_rate"] = rate


def _warn_twice(draft):
    """A position that stands in two lines is asked twice, which may be meant: two dates of one position."""
    seen = {}
    for line in draft.lines:
        position = line["customer_row_position"]
        earlier = seen.setdefault(position, line.number) if position else line.number
        if earlier != line.number:
            words = f"Position {position} already stands in line {earlier}; this becomes another row."
            line.warn(named.POSITION.title, words, read=position)


def _check_known(kind, drafts):
    """A customer's order number that is here, loaded or entered by hand, is not entered again."""
    check_loaded(kind, drafts, column=named.NUMBER, read=lambda line: line["customer_order_number"])
    wanted = {draft.key[1] for draft in drafts.values()} - {""}
    found = SalesOrder.objects.filter(customer_order_number__in=wanted).exclude(status=OrderStatus.CANCELLED)
    for order in found.select_related("document__partner").order_by("-pk") if wanted else ():
        draft = drafts.get((order.customer.number, order.customer_order_number))
        if draft is None or draft.is_bad:
            continue
        before = f"{order} of {order.document.ordered_on}"
        words = f"{order.customer} ordered with this number before: {before}. {INSTEAD}"
        for line in draft.lines:
            line.wrong(named.NUMBER.title, words, read=order.customer_order_number)


def _created(drafts, *, by):
    """The orders of the drafts; where a row cannot be built any more, the lines say which."""
    try:
        return create_orders(orders=[draft.order for draft in drafts], by=by)
    except Refused:
        _check_rows(drafts)
        check_clean([line for draft in drafts for line in draft.lines])
        raise


def _check_rows(drafts):
    """Build every row as loading would; what that refuses is said with its line. [(draft, row)] of the others."""
    if not drafts:
        return []
    built = _built(drafts, looking := Looking(drafts))
    fill_dates([row for _draft, _line, row in built])
    for _draft, line, row in built:
        looking.look(line, row)
    return [(draft, row) for draft, _line, row in built]


def _built(drafts, looking):
    """[(draft, line, row)] of the rows that can be built."""
    built = []
    for draft, order in zip(drafts, unsaved_orders([draft.order for draft in drafts]), strict=True):
        for new, line in zip(draft.rows, draft.lines, strict=True):
            try:
                row = build_row(order=order, new=new, units=looking.units, prices=looking.prices)
            except Refused as refusal:
                line.wrong(named.QUANTITY.title, str(refusal), read=line["quantity"])
                continue
            built.append((draft, line, row))
    return built


def _effects(good, rows):
    kept, totals = {id(draft) for draft in good}, defaultdict(Decimal)
    for draft, row in rows:
        if id(draft) in kept:
            totals[row.order.currency] += amount_of(row, currency=row.order.currency)
    effects = [counted("order", len(good)), counted("row", sum(len(draft.rows) for draft in good))]
    return effects + sums_of(totals)
