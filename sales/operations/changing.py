"""What a customer changes of its orders, all of it or nothing, set by set however many lines there are.

Plain rows are changed, called off and added together. Rows with more to them (parts below them, a box, serial numbers,
a row in another company, goods on a pick list) are changed one by one, by the operation that a person would use.
"""

from dataclasses import dataclass, field

from django.db import transaction

from erp.exceptions import LinesRefused, Refused
from linkage.changes import Decisions
from linkage.models import OrderLink
from linkage.operation import operation
from linkage.operations.changing import also_locked, change_chain
from sales.models import SalesOrder, SalesOrderRow
from sales.operations.adding import add_rows, add_texts
from sales.operations.boxes import supplies_by_setting
from sales.operations.building import NewRow
from sales.operations.calling_off import CallingOff
from sales.operations.changing_rows import ChangingRows, special_of
from sales.operations.dates import check_one_date
from sales.operations.following import follow_statuses
from sales.operations.orders import cancel_order
from sales.operations.rows import change_row, delete_row
from sales.operations.taking import hold_orders
from sales.operations.weights import follow_weights


@dataclass(frozen=True, kw_only=True)
class OrderChange:
    """What one line changes: columns of a row, a row that is called off, or a row that comes to the order.

    Without a row the whole order is called off. ``text`` comes below the row.
    """

    order: SalesOrder
    row: SalesOrderRow | None = None
    changes: dict = field(default_factory=dict)
    new: NewRow | None = None
    is_cancelled: bool = False
    text: str = ""

    @property
    def is_whole(self):
        return self.is_cancelled and self.row is None


class Asking:
    """What somebody chose for the orders that are linked, and the questions about them that came up.

    Nobody is asked twice: what is still open goes to the worklist, as with every command.
    """

    def __init__(self, answers=None):
        self.answers, self.questions = dict(answers or {}), {}

    def decisions(self):
        return Decisions(self.answers, by_person=False)

    def heard(self, decisions):
        """An order that two rows ask about is asked about once: one answer is for both."""
        self.questions |= {question.key: question for question in (decisions.plan.questions if decisions.plan else ())}


@operation
def change_orders(*, changes, by, reason="", asking=None):
    """Do the OrderChanges, all of them or none; returns the row of each, None for one that is gone.

    An order made for a row follows as far as its status says so; ``asking`` has what was chosen for the others, and the
    rest goes to the worklist of undecided changes. Without partial delivery the rows leave on one day when all of it is
    done. LinesRefused names all that are wrong, as (place in the list, refusal).
    """
    asking = asking or Asking()
    orders = {change.order.pk: change.order for change in changes}
    beside = [*also_locked(asking.decisions()), *supplies_by_setting([change.new for change in changes if change.new])]
    hold_orders(list(orders.values()), too=beside)
    work = _Work(changes, asking, by=by, reason=reason)
    work.one_by_one()
    work.together()
    refused = work.refused or [(_place_in(changes, order), refusal) for order, refusal in _apart(work.orders.values())]
    if refused:
        raise LinesRefused(sorted(refused, key=lambda pair: pair[0]))
    return [work.rows.get(place) for place in range(len(changes))]


class _Work:
    """The changes by their places, the rows and orders as they are now that they are locked, and what is refused."""

    def __init__(self, changes, asking, *, by, reason):
        self.asking, self.by, self.reason = asking, by, reason
        self.rows, self.refused = {}, []
        found = SalesOrder.objects.for_list().in_bulk({change.order.pk for change in changes})
        self.orders = dict(sorted(found.items()))
        fresh = SalesOrderRow.objects.for_list().in_bulk({change.row.pk for change in changes if change.row})
        for row in fresh.values():
            row.order = self.orders[row.order_id]
        special = special_of(fresh.values())
        self.changes = dict(enumerate(changes))
        self.fresh = {
            place: fresh.get(change.row.pk, change.row) for place, change in self.changes.items() if change.row
        }
        self.single = {place for place, row in self.fresh.items() if row.pk in special}

    def one_by_one(self):
        """What is not plain; what one refuses the others are tried all the same, so that all is said at once."""
        for place, change in self.changes.items():
            if place not in self.single and not change.is_whole:
                continue
            try:
                with transaction.atomic():
                    self.rows[place] = self._done(place, change)
            except Refused as refusal:
                self.refused.append((place, refusal))

    def _done(self, place, change):
        facts = {"by": self.by, "reason": self.reason, "decisions": (decisions := self.asking.decisions())}
        row = self.fresh.get(place)
        if change.is_whole:
            cancel_order(order=change.order, **facts)
        elif change.is_cancelled:
            delete_row(row=row, **facts)
        elif change.changes:
            scale = True if row.is_kit and "quantity" in change.changes else None
            row = change_row(row=row, scale=scale, one_date=False, **facts, **change.changes)
        self.asking.heard(decisions)
        return None if change.is_cancelled else row

    def together(self):
        """Everything that is plain: looked at first, and written only if nothing at all is refused."""
        plain = {place: row for place, row in self.fresh.items() if place not in self.single}
        self.rows |= {place: row for place, row in plain.items() if not self.changes[place].is_cancelled}
        changing = ChangingRows(self._pairs(plain, lambda change: bool(change.changes)), self.refused)
        ending = CallingOff(self._pairs(plain, lambda change: change.is_cancelled), self.refused)
        if not self.refused:
            self._follow([*changing.wants, *ending.wants])
            changing.write(by=self.by, reason=self.reason)
            ending.write(reason=self.reason)
        self.rows |= add_rows(self._new(), refused=self.refused, by=self.by)
        if not self.refused:
            texts = {place: change.text for place, change in self.changes.items() if change.text and change.row}
            add_texts([(self.rows[place], text) for place, text in texts.items()])
            orders = list(SalesOrder.objects.for_list().filter(pk__in=self.orders))  # a single row wrote its status
            follow_statuses(orders)
            follow_weights(orders)

    def _pairs(self, plain, wanted):
        return [
            (place, row, self.changes[place].changes) for place, row in plain.items() if wanted(self.changes[place])
        ]

    def _new(self):
        return [
            (place, self.orders[change.order.pk], change.new) for place, change in self.changes.items() if change.new
        ]

    def _follow(self, wants):
        """One change of all the chains at once; only linked rows have one."""
        linked = OrderLink.objects.open().filter(demand__in=[want.demand for want in wants])
        linked = set(linked.values_list("demand", flat=True))
        if wants := [want for want in wants if want.demand in linked]:
            decisions = self.asking.decisions()
            reason = self.reason or "changed by the customer"
            change_chain(demands=wants, decisions=decisions, by=self.by, reason=reason)
            self.asking.heard(decisions)


def _apart(orders):
    """[(order, refusal)] of those without partial delivery whose rows would leave on several days."""
    found = []
    for order in orders:
        if order.partial_delivery_allowed:
            continue
        try:
            check_one_date(order, list(order.rows.for_list().main()))
        except Refused as refusal:
            found.append((order, refusal))
    return found


def _place_in(changes, order):
    return next(place for place, change in enumerate(changes) if change.order.pk == order.pk)
