"""Receipts from a file: what came of which row, on which delivery note, and what was rejected."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.exceptions import LinesRefused, Refused
from erp.register.settings_registry import get
from erp.register.units import Conversions, check_fits, plain
from erp.staging.kinds import Column, Effect, Holds, Kind, Loaded, Plan, counted
from erp.staging.operations import LineRefused
from linkage.dates import business_date
from linkage.models import StockMovement
from linkage.operations.sharing import plan_shares
from purchasing.imports.order_rows import ORDER, PART, ROW, OrderRows, lock_named
from purchasing.imports.orders import urls_of_orders
from purchasing.models import Reject, RejectReason
from purchasing.operations import Arriving, Rejected, receive_all
from purchasing.operations.steps import in_words, links_to_come

ZERO = Decimal(0)
REASONS = {name.casefold(): value for value, label in RejectReason.choices for name in (value, label)}
QUANTITY = Column(
    name="quantity",
    title="Quantity",
    others=("received", "received quantity", "qty", "delivered", "menge", "antal"),
    holds=Holds.QUANTITY,
    required=True,
    zero=True,
    help="What was taken in, in the row's unit; 0 if all of it was rejected.",
    example=100,
)
NOTE = Column(
    name="delivery_note",
    title="Delivery note",
    others=("packing slip", "delivery note number", "dispatch note", "lieferschein", "följesedel", "følgeseddel"),
    required=True,
    help="The supplier's number. A row is received once on a delivery note.",
    example="DN-881",
)
DAY = Column(
    name="effective_on",
    title="Received",
    others=("date", "received on", "receipt date", "wareneingang", "ankomstdatum"),
    holds=Holds.DATE,
    help="Today or before. Empty: today.",
    example=date(2026, 11, 25),
)
FINAL = Column(
    name="final",
    title="Final",
    others=("last", "complete", "final delivery"),
    holds=Holds.YES_NO,
    help="yes: nothing more comes of this row.",
    example="no",
)
REJECTED = Column(
    name="rejected",
    title="Rejected quantity",
    others=("rejected", "rejects"),
    holds=Holds.QUANTITY,
    zero=True,
    help="What came as well and was not taken in.",
)
WHY = Column(
    name="reject_reason",
    title="Reject reason",
    others=("reason",),
    longest=40,
    help=f"One of: {', '.join(RejectReason.values)}.",
)
WORDS = Column(name="reject_note", title="Reject note", others=("remark", "note"), longest=200)
OWED = Column(
    name="owed",
    title="Replacement owed",
    others=("owed", "replacement"),
    holds=Holds.YES_NO,
    help="no: the rejected quantity is not to come any more. Empty: yes.",
)


class Receipts(Kind):
    name = "receipts"
    title = "Receipts"
    right = "stock.receive"
    intro = "Each line posts a receipt. What is promised stays promised; more than the tolerance is received by hand."
    columns = (ORDER, ROW, PART, QUANTITY, NOTE, DAY, FINAL, REJECTED, WHY, WORDS, OWED)

    def lock(self, lines):
        lock_named(lines)

    def plan(self, lines):
        known = OrderRows(lines)
        found = [
            (line, row)
            for line in lines
            if (row := known.of(line)) and known.once(line, row, line["delivery_note"] or "")
        ]
        _check_days(lines, today=business_date())
        _check_rejects(lines)
        courses = _check_quantities(found)
        _check_posted(found)
        return Plan(effects=_effects([(line, row) for line, row in found if not line.problems], courses), work=found)

    def load(self, plan, *, by, reason, tick):
        tick(0, len(plan.work))
        try:
            receive_all(lines=[_arriving(line, row, reason) for line, row in plan.work], by=by, reason=reason)
        except LinesRefused as refused:
            raise LineRefused([(plan.work[place][0], refusal) for place, refusal in refused.refusals]) from refused
        tick(len(plan.work), len(plan.work))
        orders = {row.order_id: row.order for _, row in plan.work}
        return [Loaded(order.document) for order in orders.values()]

    def urls(self, documents):
        return urls_of_orders(documents)


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


def _check_days(lines, *, today):
    for line in lines:
        if line["effective_on"] and line["effective_on"] > today:
            line.wrong(DAY.title, "This day is still to come: today or a day before.", read=line["effective_on"])


def _check_rejects(lines):
    for line in lines:
        why = line["reject_reason"]
        if why and why.casefold() not in REASONS:
            line.wrong(WHY.title, f"The reasons are {', '.join(RejectReason.values)}.", read=why)
        elif line["rejected"] and not why:
            line.wrong(WHY.title, "Say why it was rejected.")
        elif line["rejected"] and REASONS[why.casefold()] == RejectReason.OTHER and not line["reject_note"]:
            line.wrong(WORDS.title, "Say in words why it was rejected.")
        elif line["quantity"] == 0 and not line["rejected"]:
            line.wrong(QUANTITY.title, "Nothing came and nothing was rejected. Leave the line out.", read="0")


@dataclass
class _Course:
    """What has become of a row after the lines above: what came, what rejects gave up, the line that ended it."""

    row: object
    links: list
    policy: str
    came: Decimal = ZERO
    given_up: Decimal = ZERO
    ended: int = 0
    cut: Decimal = ZERO

    @property
    def ordered(self):
        return self.row.supply.quantity - self.row.supply.cancelled - self.given_up

    @property
    def left(self):
        """What is still to come."""
        return max(self.ordered - self.row.supply.done - self.came, ZERO)

    @property
    def is_short(self):
        """Whether more is missing than the row may end without."""
        return self.left > self.ordered * self.row.under_tolerance / 100

    def contracts(self):
        """What contract links still wait for, shared out as the receipts will be."""
        shares = plan_shares(self.links, self.came, unit=self.row.supply.part.unit, policy=self.policy)
        return sum((link.to_come - shares.get(link, ZERO) for link in self.links if link.contract), ZERO)


def _courses(rows):
    """{row id: its course}, with what is promised of all rows in one query."""
    links, policy = defaultdict(list), get("receipt_distribution")
    for link in links_to_come({row.supply_id for row in rows}):
        links[link.supply_id].append(link)
    return {row.pk: _Course(row, links[row.supply_id], policy) for row in rows}


def _check_quantities(found):
    """Follow each row through the file: no more than it may bring, nothing after its end, no contract link cut."""
    conversions = Conversions([row.supply.part for _, row in found])
    courses = _courses([row for _, row in found])
    for line, row in found:
        bases = _bases(line, row, conversions) if line["quantity"] is not None else None
        if bases is None:
            continue
        course = courses[row.pk]
        if course.ended:
            line.wrong(ROW.title, f"Nothing more comes of {row} after line {course.ended}.", read=line["row"])
            continue
        _follow(line, course, *bases)
    return courses


def _bases(line, row, conversions):
    """What came and what was rejected, in the part's unit; None where one of them is no quantity of it."""
    bases = []
    for column, quantity in ((QUANTITY, line["quantity"]), (REJECTED, line["rejected"] or ZERO)):
        try:
            check_fits(row.unit, quantity)
            bases.append(conversions.to_base(part=row.supply.part, quantity=quantity, unit=row.unit))
        except Refused as refusal:
            line.wrong(column.title, str(refusal), read=plain(quantity))
            return None
    return bases


def _follow(line, course, came, rejected):
    """One line after those above: first what came, then what is not replaced, then the end of the row."""
    course.came += came
    _check_over(line, course)
    was_open = course.row.supply.open > ZERO
    given_up = min(rejected, course.left) if line["owed"] is False else ZERO
    course.given_up += given_up
    _check_contracts(line, course, given_up)
    if line["final"] and not course.is_short:
        course.cut = course.contracts()
    if line["final"] or (was_open and course.left == ZERO):
        course.ended = line.number


def _check_over(line, course):
    row, supply = course.row, course.row.supply
    over = supply.done + course.came - course.ordered
    if over > course.ordered * supply.over_tolerance / 100:
        line.wrong(
            QUANTITY.title,
            f"{plain(over)} {supply.part.unit} more than ordered on {row}; {plain(supply.over_tolerance)} % are "
            f"allowed. A buyer receives it by hand with a reason.",
            read=plain(line["quantity"]),
        )


def _check_contracts(line, course, given_up):
    """No line takes from a contract link what was promised to it: somebody says so by hand."""
    ends_short = line["final"] and course.is_short
    if not (ends_short or given_up):
        return
    if course.contracts() > (ZERO if ends_short else course.left):
        column = FINAL if ends_short else REJECTED
        whom = in_words([link for link in course.links if link.contract])
        words = f"{course.row} is contract-linked to {whom}. Receive it by hand, or disconnect these links."
        line.wrong(column.title, words, read="yes" if ends_short else plain(line["rejected"]))


def _check_posted(found):
    """A delivery note that a row was received on, by hand or from a file, and not taken back."""
    supplies, notes = {row.supply_id for _, row in found}, {line["delivery_note"] for line, _ in found}
    posted = StockMovement.objects.filter(
        supply__in=supplies, reference__in=notes, quantity__gt=0, reversed_by__isnull=True
    )
    days = {(supply, note): day for supply, note, day in posted.values_list("supply", "reference", "effective_on")}
    rejects = Reject.objects.standing().filter(row__supply__in=supplies, reference__in=notes)
    days |= {(pk, note): day for pk, note, day in rejects.values_list("row__supply", "reference", "effective_on")}
    for line, row in found:
        if day := days.get((row.supply_id, line["delivery_note"])):
            words = f"{row} was received on this delivery note on {day}."
            line.wrong(NOTE.title, words, read=line["delivery_note"])


def _effects(found, courses):
    """What loading does; a contract link that a final receipt within tolerance cuts is said before anybody loads."""
    orders = {row.order_id for _, row in found}
    received = sum(1 for line, _ in found if line["quantity"])
    rejected = sum(1 for line, _ in found if line["rejected"])
    effects = [counted("order", len(orders)), counted("receipt", received), counted("reject", rejected)]
    for course in [courses[pk] for pk in dict.fromkeys(row.pk for _, row in found) if courses[pk].cut]:
        words = f"{course.row.supply.part.unit} cut from contract links of {course.row}, missing within its tolerance"
        effects.append(Effect(words, plain(course.cut)))
    return effects
