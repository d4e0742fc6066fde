"""What becomes of purchase rows when goods come, or nothing more comes: reckoned in memory, line after line.

``write`` writes it. One rule for one receipt and for ten thousand. The caller holds the locks and has read
the rows under them.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal

from django.db import connection

from erp.exceptions import Refused
from erp.register.roles import may
from erp.register.settings_registry import get
from erp.register.units import Conversions, check_fits, plain
from linkage.models import Status, Supply
from linkage.operation import settle
from linkage.operations import balances, insert
from linkage.operations.numbering import Came, check_numbers, numbers_arrive
from linkage.operations.positions import to_be_cut
from linkage.operations.receiving import (
    Arrival,
    let_go_to_come,
    put_on_shelf,
    shared_out,
    write_arrivals,
    write_states,
    write_tolerances,
)
from linkage.owners import tell_served
from linkage.queries.sql import array
from linkage.serials import numbers_in
from purchasing.models import PurchaseOrderRow, Reject
from purchasing.operations.rejects import Rejected, check_rejected
from purchasing.operations.seen import check_seen
from purchasing.operations.steps import check_open, in_words, links_to_come, words
from purchasing.operations.straight import hand_on, is_for_customer

ZERO, CENT, MOST_TOLERANCE = Decimal(0), Decimal("0.01"), 1000
ROWS = """
update purchasing_purchaseorderrow r
set quantity = n.quantity, short_closed = n.short, short_closed_reason = n.reason
from unnest(%s::bigint[], %s::numeric[], %s::boolean[], %s::text[]) n(id, quantity, short, reason) where r.id = n.id
"""


@dataclass(frozen=True, kw_only=True)
class Arriving:
    """One line of what comes: ``quantity`` (row's unit) of a row was taken in, ``rejected`` of it was not.

    ``shares`` {link id: base quantity} says who gets it, else ``policy`` (default: the setting); ``seen`` is what the
    page showed of the row. ``final``: nothing more comes. ``serials`` names the pieces taken in, all of them or none.
    """

    row: PurchaseOrderRow
    quantity: Decimal
    effective_on: date
    shares: dict | None = None
    policy: str | None = None
    seen: dict | None = None
    rejected: Rejected | None = None
    final: bool = False
    approve_over: bool = False
    cut_contract: bool = False
    serials: str = ""
    reference: str = ""
    reason: str = ""


class Course:
    """One row, as its supply and links are after the lines so far."""

    def __init__(self, row, links, *, shelf=None, conversions=None):
        self.row, self.supply, self.links, self.shelf = row, row.supply, links, shelf
        self.conversions = conversions
        self.arrivals, self.rejects, self.released = [], [], []
        self.numbers = []  # on the pieces of each arrival
        self.places = []  # of the lines that the arrivals come from
        self.is_widened = self.is_rewritten = False
        self._before = self.supply.status, self.supply.cancelled

    @property
    def part(self):
        return self.supply.part

    @property
    def named(self):
        """[(arrival, the numbers on its pieces)]"""
        return list(zip(self.arrivals, self.numbers, strict=True))

    @property
    def is_restated(self):
        """Whether status or cancelled quantity of the supply are others now."""
        return self._before != (self.supply.status, self.supply.cancelled)

    @property
    def waiting(self):
        return [link for link in self.links if link.to_come > 0]

    @property
    def promised(self):
        return sum((link.to_come for link in self.links), ZERO)

    @property
    def ordered(self):
        return self.supply.quantity - self.supply.cancelled

    @property
    def standing(self):
        """What a page shows of the row: what is to come for each link, and what is free (0)."""
        return {link.pk: link.to_come for link in self.waiting} | {0: self.supply.open - self.promised}

    def take(self, line, *, by, policy, place=0):
        """What one line does, which stands at ``place`` of all; refused as ``receive`` says."""
        row = self.row
        check_open(row)
        if not row.order.is_at_supplier:
            raise Refused(f"{row.order} is {words(row.order)}; send it before goods are received.")
        check_seen(row, self.standing, line.seen)
        if line.quantity < 0 or (line.quantity == 0 and line.rejected is None):
            raise Refused("Enter a quantity above 0.")
        check_fits(row.unit, line.quantity)
        if line.quantity:
            self._take_in(line, by=by, policy=line.policy or policy)
            self.places.append(place)
        if line.rejected:
            self._reject(line, by=by)
        if row.is_open:
            self._after(line)

    def _take_in(self, line, *, by, policy):
        base = self.conversions.to_base(part=self.part, quantity=line.quantity, unit=self.row.unit)
        self._check_over(line, base, by=by)
        shares = shared_out(self.supply, self.part, self.waiting, base, shares=line.shares, policy=policy)
        facts = {"effective_on": line.effective_on, "reference": line.reference, "reason": line.reason}
        arrival = Arrival(supply=self.supply, part=self.part, shelf=self.shelf, quantity=base, shares=shares, **facts)
        self._check_straight(arrival)
        numbers = tuple(numbers_in(line.serials))
        if numbers:
            check_numbers(self.part, base, numbers)
        put_on_shelf(arrival)
        self.arrivals.append(arrival)
        self.numbers.append(numbers)

    def _check_over(self, line, base, *, by):
        """Refuse more than the tolerance allows; a buyer's approval with a reason widens it for this row."""
        row, supply, unit = self.row, self.supply, self.part.unit
        if supply.done + base <= self.ordered * (100 + supply.over_tolerance) / 100:
            return
        over = supply.done + base - self.ordered
        if not line.approve_over:
            raise Refused(
                f"{plain(over)} {unit} more than ordered on {row}; "
                f"{plain(supply.over_tolerance)} % are allowed. A buyer can approve it with a reason."
            )
        if not may(by, "purchase.write"):
            raise Refused(f"Only a buyer can approve {plain(over)} {unit} more than ordered on {row}.")
        if not line.reason:
            raise Refused("Give the reason for taking in more than was ordered.")
        needed = (over * 100 / self.ordered).quantize(CENT, rounding=ROUND_UP)
        if needed > MOST_TOLERANCE:
            raise Refused(f"{plain(over)} {unit} is more than ten times what {row} ordered.")
        supply.over_tolerance, self.is_widened = needed, True

    def _check_straight(self, arrival):
        """What goes straight to the customer is for sales rows; nothing of it lies here."""
        if not self.row.order.drop_shipment:
            return
        kept = arrival.free + sum(share for link, share in arrival.shares.items() if not is_for_customer(link))
        if kept:
            raise Refused(
                f"{self.row.order} goes straight to the customer: {plain(kept)} {self.part.unit} of {self.row} are "
                "linked to no sales row. Receive what is linked, or let the order come to us."
            )

    def _reject(self, line, *, by):
        """Keep what was refused; what is not replaced will not come, and its demands open again."""
        rejected = line.rejected
        check_rejected(self.row, rejected)
        base = self.conversions.to_base(part=self.part, quantity=rejected.quantity, unit=self.row.unit)
        given_up = ZERO if rejected.owed else min(base, self.supply.open)
        made = Reject(
            row=self.row,
            quantity=base,
            given_up=given_up,
            owed=rejected.owed,
            code=rejected.code,
            note=rejected.note[:200],
            reference=line.reference,
            effective_on=line.effective_on,
            created_by=by,
        )
        self.rejects.append(made)
        if given_up:
            self._give_up(given_up, cut_contract=line.cut_contract, reason=f"rejected: {made.words}")

    def _give_up(self, base, *, cut_contract, reason):
        """So much (base unit) will not come: free goods go first, then claimed, then bound links."""
        if base == self.supply.open:
            self.end(cut_contract=cut_contract, reason=reason)
            return
        left = self.supply.open - base
        if sum(link.to_come for link in self.links if link.contract) > left:
            self.check_contract(cut_contract=cut_contract)
        self._cut(to=left, reason=reason)
        self.supply.cancelled += base
        self.row.quantity -= self.conversions.from_base(part=self.part, quantity=base, unit=self.row.unit)
        self.is_rewritten = True

    def _after(self, line):
        """The row is closed when all is here, or when it was the last and little is missing."""
        supply = self.supply
        if supply.open == 0:
            supply.status = Status.CLOSED
        elif line.final:
            within = supply.open <= self.ordered * self.row.under_tolerance / 100
            self.end(cut_contract=line.cut_contract or within, reason=line.reason, short=not within)
        elif supply.done:
            supply.status = Status.STARTED

    def end(self, *, cut_contract, reason, short=True):
        """Nothing more comes: the links are given up, then the supply ends."""
        self.check_contract(cut_contract=cut_contract)
        self._cut(to=ZERO, reason=reason or f"{self.row} closed short")
        self.supply.status = Status.CLOSED if self.supply.done else Status.CANCELLED
        self.supply.cancelled += self.supply.open
        self.row.short_closed, self.row.short_closed_reason = short, reason[:200] if short else ""
        self.is_rewritten = True

    def check_contract(self, *, cut_contract):
        """Refuse to cut contract links unless somebody said so."""
        contracts = [link for link in self.waiting if link.contract]
        if contracts and not cut_contract:
            raise Refused(
                f"{self.row} is contract-linked to {in_words(contracts)}. "
                "Confirm that these links are cut, or disconnect them."
            )

    def _cut(self, *, to, reason):
        for link, quantity in to_be_cut(self.waiting, to=to):
            let_go_to_come(link, quantity, reason=reason)
            self.released.append(link)


def courses_of(rows):
    """{row id: its course} of locked rows, as they are now; three statements, whatever their number."""
    links = defaultdict(list)
    for link in links_to_come([row.supply_id for row in rows]):
        links[link.supply_id].append(link)
    stocked = {(row.supply.part_id, row.supply.warehouse_id) for row in rows if row.supply.part.is_stock_updated}
    shelves = balances(sorted(stocked)) if stocked else {}
    conversions = Conversions([row.supply.part for row in rows])
    return {
        row.pk: Course(
            row,
            links[row.supply_id],
            shelf=shelves.get((row.supply.part_id, row.supply.warehouse_id)),
            conversions=conversions,
        )
        for row in rows
    }


def take_all(courses, lines, *, by):
    """[(place, refusal)] of the lines that are refused; what comes after such a line on the same row is not judged."""
    policy, refused, spoilt = get("receipt_distribution"), [], set()
    for place, line in enumerate(lines):
        if line.row.pk in spoilt:
            continue
        try:
            courses[line.row.pk].take(line, by=by, policy=policy, place=place)
        except Refused as refusal:
            refused.append((place, refusal))
            spoilt.add(line.row.pk)
    return refused


def write(courses, *, by):
    """Write what the courses say: goods and links, then the ends, then what the rows themselves remember."""
    write_tolerances([course.supply for course in courses if course.is_widened])
    arrivals = [arrival for course in courses for arrival in course.arrivals]
    released = [link for course in courses for link in course.released]
    came = write_arrivals(arrivals, by=by, links=released)
    _name(courses, came)
    settle()
    _pass_on(courses, dict(zip(map(id, arrivals), came, strict=True)), by=by)
    write_states([course.supply for course in courses if course.is_restated])
    insert([reject for course in courses for reject in course.rejects])
    _write_rows([course.row for course in courses if course.is_rewritten])


def _name(courses, came):
    """The serial numbers of what came, in the order of its movements."""
    arrivals = [(arrival, numbers) for course in courses for arrival, numbers in course.named]
    numbers_arrive(
        [
            Came(
                part=arrival.part,
                quantity=arrival.quantity,
                supply=arrival.supply,
                movements=movements,
                numbers=numbers,
            )
            for (arrival, numbers), movements in zip(arrivals, came, strict=True)
            if arrival.shelf
        ]
    )


def _pass_on(courses, came, *, by):
    """Drop shipments are delivered, and the orders that a service was done for hear of it."""
    straight = []
    for course in courses:
        if course.row.order.drop_shipment:
            places = zip(course.places, course.arrivals, strict=True)
            straight += [(place, arrival, came[id(arrival)]) for place, arrival in places]
    hand_on(straight, by=by)
    services = [movement for movements in came.values() for movement in movements if movement.demand_id]
    if services:
        settle()
        tell_served(services, by=by)


def _write_rows(rows):
    if rows:
        facts = [(row.pk, row.quantity, row.short_closed) for row in rows]
        arrays = [array(column) for column in zip(*facts, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(ROWS, [*arrays, [row.short_closed_reason for row in rows]])


def end_row(row, *, cut_contract, reason):
    end_rows([row], cut_contract=cut_contract, reason=reason)


def end_rows(rows, *, cut_contract, reason):
    """The step behind every short end of rows: give the links up, then end the supplies."""
    supplies = Supply.objects.for_list().in_bulk([row.supply_id for row in rows])
    for row in rows:
        row.supply = supplies[row.supply_id]  # what was decided for its links may have changed it
    courses = courses_of(rows).values()
    for course in courses:
        course.end(cut_contract=cut_contract, reason=reason)
    write(courses, by=None)
