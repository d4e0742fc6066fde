"""Receipts from a file: what came of which row, on which delivery note, and what was rejected."""

from typing import NamedTuple

from erp.exceptions import LinesRefused, Refused
from erp.register.units import plain
from erp.staging.kinds import Effect, Kind, Loaded, Plan, counted
from erp.staging.operations import LineRefused
from linkage.dates import business_date
from purchasing.imports.order_rows import OrderRows, lock_named
from purchasing.imports.orders import urls_of_orders
from purchasing.imports.receipt_checks import REASONS, check_days, check_posted, check_rejects, follow_rows
from purchasing.imports.receipt_columns import COLUMNS
from purchasing.operations import Arriving, Rejected, ask_over_receipt, receive_all


class Receipts(Kind):
    name = "receipts"
    title = "Receipts"
    right = "stock.receive"
    intro = (
        "Each line posts a receipt. Promised goods stay promised; where you say so, a buyer is asked about too much."
    )
    columns = COLUMNS

    def lock(self, lines):
        lock_named(lines)

    def plan(self, lines, *, by):
        known = OrderRows(lines)
        found = [
            (line, row)
            for line in lines
            if (row := known.of(line)) and known.once(line, row, line["delivery_note"] or "")
        ]
        check_days(lines, today=business_date())
        check_rejects(lines)
        courses = follow_rows(found)
        check_posted(found)
        work = _divided(found, courses)
        return Plan(effects=_effects(work, courses), work=work)

    def load(self, plan, *, by, reason, tick):
        posts, asks = plan.work
        total = len(posts) + len(asks)
        tick(0, total)
        if posts:
            _post(posts, by=by, reason=reason)
        for line, row in asks:
            _ask(line, row, by=by)
        tick(total, total)
        orders = {row.order_id: row.order for _, row in [*posts, *asks]}
        return [Loaded(order.document) for order in orders.values()]

    def urls(self, documents):
        return urls_of_orders(documents)


class Work(NamedTuple):
    """(line, row) of the receipts that are posted, and of those that a buyer is asked about."""

    posts: list
    asks: list


def _divided(found, courses):
    good = [(line, row) for line, row in found if not line.problems]
    asking = {course.asks for course in courses.values()}
    return Work([one for one in good if one[0].number not in asking], [one for one in good if one[0].number in asking])


def _post(posts, *, by, reason):
    try:
        receive_all(lines=[_arriving(line, row, reason) for line, row in posts], by=by, reason=reason)
    except LinesRefused as refused:
        raise LineRefused([(posts[place][0], refusal) for place, refusal in refused.refusals]) from refused


def _ask(line, row, *, by):
    facts = {"quantity": line["quantity"], "effective_on": line["effective_on"] or business_date()}
    facts |= {"reference": line["delivery_note"], "reason": line["over_reason"], "final": bool(line["final"])}
    try:
        ask_over_receipt(row=row, by=by, **facts)
    except Refused as refusal:
        raise LineRefused([(line, refusal)]) from refusal


def _arriving(line, row, reason):
    return Arriving(
        row=row,
        quantity=line["quantity"],
        effective_on=line["effective_on"] or business_date(),
        rejected=_rejected(line),
        final=bool(line["final"]),
        reference=line["delivery_note"],
        reason=reason,
    )


def _rejected(line):
    if not line["rejected"]:
        return None
    code = REASONS[line["reject_reason"].casefold()]
    return Rejected(line["rejected"], code, line["reject_note"] or "", owed=line["owed"] is not False)


def _effects(work, courses):
    """What loading does; a contract link that a final receipt within tolerance cuts is said before anybody loads."""
    posts, asks = work
    orders = {row.order_id for _, row in [*posts, *asks]}
    received = sum(1 for line, _ in posts if line["quantity"])
    rejected = sum(1 for line, _ in posts if line["rejected"])
    effects = [counted("order", len(orders)), counted("receipt", received), counted("reject", rejected)]
    effects += [counted("question for a buyer", len(asks), "questions for a buyer")] if asks else []
    for course in [courses[pk] for pk in dict.fromkeys(row.pk for _, row in posts) if courses[pk].cut]:
        words = f"{course.row.supply.part.unit} cut from contract links of {course.row}, missing within its tolerance"
        effects.append(Effect(words, plain(course.cut)))
    return effects
