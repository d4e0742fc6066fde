"""What is wrong in a file of receipts: each row is followed through its lines, as the receipts will be posted."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from erp.exceptions import Refused
from erp.register.settings_registry import get
from erp.register.units import Conversions, check_fits, plain
from linkage.models import StockMovement
from linkage.operations.sharing import plan_shares
from purchasing.imports.order_rows import ROW
from purchasing.imports.receipt_columns import ASK, DAY, FINAL, NOTE, QUANTITY, REASON, REJECTED, WHY, WORDS
from purchasing.models import OverReceipt, Reject, RejectReason
from purchasing.operations.over_receipts import check_may_be_asked
from purchasing.operations.steps import in_words, links_to_come

ZERO = Decimal(0)
REASONS = {name.casefold(): value for value, label in RejectReason.choices for name in (value, label)}
HOW_TO_ASK = (
    f"Write yes under “{ASK.title}” with “{REASON.title}” and it waits for a buyer, or a buyer receives it by hand."
)


def check_days(lines, *, today):
    for line in lines:
        if line["effective_on"] and line["effective_on"] > today:
            line.wrong(DAY.title, "This day is still to come: today or a day before.", read=line["effective_on"])


def check_rejects(lines):
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
class Course:
    """What has become of a row after the lines above: what came, what rejects gave up, the line that ended it."""

    row: object
    links: list
    policy: str
    came: Decimal = ZERO
    given_up: Decimal = ZERO
    ended: int = 0
    asks: int = 0  # the line that a buyer is asked about
    waits: object = None  # the question that somebody asked before
    cut: Decimal = ZERO

    @property
    def ordered(self):
        return self.row.supply.quantity - self.row.supply.cancelled - self.given_up

    def over(self, came):
        """How much more than ordered there is with this, and how much of that is allowed (base unit)."""
        supply = self.row.supply
        return supply.done + self.came + came - self.ordered, self.ordered * supply.over_tolerance / 100

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
    waiting = OverReceipt.objects.waiting().filter(row__in={row.pk for row in rows}).select_related("created_by")
    asked = {one.row_id: one for one in waiting}
    return {row.pk: Course(row, links[row.supply_id], policy, waits=asked.get(row.pk)) for row in rows}


def follow_rows(found):
    """Follow each row through the file: no more than it may bring, nothing after its end, no contract link cut."""
    conversions = Conversions([row.supply.part for _, row in found])
    courses = _courses([row for _, row in found])
    for line, row in found:
        bases = _bases(line, row, conversions) if line["quantity"] is not None else None
        if bases is None:
            continue
        course = courses[row.pk]
        if course.asks:
            words = f"A buyer is asked about {row} in line {course.asks}; its other lines stand before that one."
            line.wrong(ROW.title, words, read=line["row"])
            continue
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
    over, allowed = course.over(came)
    if over > allowed and line["ask_buyer"]:
        _check_asked(line, course, over)
        course.asks = line.number
        return
    course.came += came
    if over > allowed:
        line.wrong(QUANTITY.title, f"{_more(course, over)} {HOW_TO_ASK}", read=plain(line["quantity"]))
    was_open = course.row.supply.open > ZERO
    given_up = min(rejected, course.left) if line["owed"] is False else ZERO
    course.given_up += given_up
    _check_contracts(line, course, given_up)
    if line["final"] and not course.is_short:
        course.cut = course.contracts()
    if line["final"] or (was_open and course.left == ZERO):
        course.ended = line.number


def _more(course, over):
    row, supply = course.row, course.row.supply
    return f"{plain(over)} {supply.part.unit} more than ordered on {row}; {plain(supply.over_tolerance)} % are allowed."


def _check_asked(line, course, over):
    """What ``ask_over_receipt`` would refuse, said of the column that it is about."""
    if not line["over_reason"]:
        line.wrong(REASON.title, f"{_more(course, over)} Say why it should be taken in.")
    if line["rejected"]:
        words = "A buyer is asked about what was taken in; what was rejected stands in a line of its own."
        line.wrong(REJECTED.title, words, read=plain(line["rejected"]))
    if course.waits:
        words = f"{course.waits.created_by} asked about {course.row} already, and no buyer has answered."
        line.wrong(ASK.title, words, read="yes")
    try:
        check_may_be_asked(course.row, over)
    except Refused as refusal:
        line.wrong(QUANTITY.title, str(refusal), read=plain(line["quantity"]))


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


def check_posted(found):
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
