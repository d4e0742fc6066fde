"""Changes of customer orders from a file: a line is a row that is added, changed or called off, or that stays.

What loading does is tried first and taken back, so that the page of the import says what each line changes, what it
changes of the orders made for it, what is asked about these, and what would be refused.
"""

from collections import defaultdict

from django.urls import reverse

from erp.exceptions import LinesRefused, Refused
from erp.staging.kinds import Choice, Kind, Loaded, Plan, counted
from erp.staging.operations import LineRefused, numbers_loaded, when_and_by_whom
from linkage.models import OrderLink
from linkage.preview import preview
from sales.imports import columns as named
from sales.imports.asking import ask_anew, asked_before
from sales.imports.edifact import changes_of
from sales.imports.reading_changes import Reading, Standing, shown
from sales.models import SalesOrder
from sales.operations import Asking, change_orders
from sales.operations.changing_rows import special_of
from sales.operations.taking import hold_orders

MOST = 10_000  # lines: all of them are tried before the page opens
MOST_SINGLE = 500  # rows that are changed one by one, each with statements of its own


class CustomerOrderChanges(Kind):
    name = "customer-order-changes"
    title = "Changes of customer orders"
    right = "sales.write"
    columns = named.CHANGE_COLUMNS
    table_of = staticmethod(changes_of)
    asks = True
    intro = (
        "Each line adds, changes or cancels a row of an order that the customer's number names. Rows that the file "
        "does not name stay as they are, unless its lines say replace: then they are all that the order has. Cancel "
        "order calls off all of it. Before it is loaded the page says what each line changes."
    )

    def lock(self, lines):
        if orders := [order for found in Standing(lines).orders.values() for order in found]:
            hold_orders(sorted(orders, key=lambda order: order.pk))

    def plan(self, lines, *, by, answers=None, loads=False):
        """Nothing is tried where the next step ``loads``: that does it, and says what is refused."""
        if len(lines) > MOST:
            lines[0].wrong(
                "", f"At most {MOST:,} lines of changes are taken at once, and these are {len(lines):,}. Divide it."
            )
            return Plan()
        steps = Reading(lines).steps
        _check_loaded(self.name, steps)
        _check_single(lines, steps)
        good, questions = [step for step in steps if not step.line.problems], []
        if not loads and not any(line.problems for line in lines):
            questions = _try(good, Asking(answers), by=by)
        return Plan(effects=_effects(good), work=good, questions=questions, answers=answers)

    def load(self, plan, *, by, reason, tick):
        tick(0, len(plan.work))
        asked, asking = asked_before({step.change.order for step in plan.work}), Asking(plan.answers)
        try:
            rows = change_orders(changes=[step.change for step in plan.work], by=by, reason=reason, asking=asking)
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


def _check_single(lines, steps):
    """A file of thousands of rows that are changed one by one would take longer than anybody waits for a page."""
    rows = [step.change.row for step in steps if step.change.row and not step.keeps]
    if len(rows) <= MOST_SINGLE or (count := len(special_of(rows) & {row.pk for row in rows})) <= MOST_SINGLE:
        return
    lines[0].wrong(
        "",
        f"At most {MOST_SINGLE} rows that are changed one by one (with parts below them, a ticked box, serial numbers, "
        f"a row in another company, goods on a pick list) are taken at once, and these are {count:,}. Divide it.",
    )


def _check_loaded(kind, steps):
    """A change that has a number of the customer is loaded once for an order; one order has one of them in a file."""
    numbers = {step.number: step for step in steps if step.number}
    loaded, first = numbers_loaded(kind, list(numbers)), {}
    for step in {(step.line.number, step.change.order.pk): step for step in steps}.values():
        said = step.line["change_number"]
        if before := loaded.get(step.number):
            words = f"This was loaded {when_and_by_whom(before.staged)}: {before.document}."
            step.line.wrong(named.CHANGE.title, words, read=said)
        above = first.setdefault(step.change.order.pk, step)
        if above.number != step.number:
            words = f"{step.change.order} has another number of its change in line {above.line.number}."
            step.line.wrong(named.CHANGE.title, words, read=said)


def _try(steps, asking, *, by):
    """Do it and take it back: note what is refused, and what becomes of the orders made for the rows.

    Returns the Choices that somebody has about these.
    """
    supplies = _supplies_of(steps)
    try:
        tried = preview(change_orders, changes=[step.change for step in steps], by=by, asking=asking)
    except LinesRefused as refused:
        for place, refusal in refused.refusals:
            steps[place].line.wrong("", str(refusal))
        return []
    except Refused as refusal:
        steps[0].line.wrong("", str(refusal))
        return []
    changed = {change.pk: change for change in tried.of("supply")}
    for step in steps:
        for pk in supplies.get(_subject(step), ()):
            if pk in changed:
                _tell_supply(step.line, changed[pk])
    return [_choice(question) for question in asking.questions.values() if len(question.options) > 1]


def _subject(step):
    """The row of a step; the order, where all of it is called off."""
    return "order" if step.change.is_whole else "row", (step.change.row or step.change.order).pk


def _supplies_of(steps):
    """{subject of a step: the supplies that its rows are linked to}, also by the parts below them."""
    rows = [step.change.row.pk for step in steps if step.change.row]
    orders = [step.change.order.pk for step in steps if step.change.is_whole]
    found = defaultdict(list)
    links = OrderLink.objects.open().order_by("supply")
    for field, kind, ids in (
        ("sales_row", "row", rows),
        ("sales_row__parent", "row", rows),
        ("sales_row__order", "order", orders),
    ):
        mine = links.filter(**{f"demand__{field}__in": ids}).values_list(f"demand__{field}", "supply")
        for pk, supply in mine if ids else ():
            if supply not in found[kind, pk]:
                found[kind, pk].append(supply)
    return found


def _tell_supply(line, change):
    words = {"quantity": "quantity", "due_date": "due date", "free": "free", "status": "status"}
    for name, before, after in change.changed:
        if name in words:
            line.tell("", f"{change.label}: {words[name]} {shown(before)} → {shown(after)}")


def _choice(question):
    options = [(option.value, option.label) for option in question.options]
    part = getattr(question.subject, "part", "")
    return Choice(question.key, f"{question.subject} {part}".strip(), question.why, options, question.answer or "")


def _effects(steps):
    orders = {step.change.order.pk for step in steps}
    added = sum(1 for step in steps if step.change.new)
    cancelled = sum(step.rows for step in steps if step.change.is_cancelled)
    changed = sum(1 for step in steps if step.change.changes or step.change.text)
    whole = sum(1 for step in steps if step.change.is_whole)
    effects = [counted("order", len(orders)), counted("changed row", changed), counted("new row", added)]
    effects += [counted("cancelled row", cancelled)]
    return [*effects, counted("cancelled order", whole)] if whole else effects
