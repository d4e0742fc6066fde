"""What suppliers confirm: so much of a row, on a day. Rows that they say nothing about go on waiting."""

from collections.abc import Collection
from dataclasses import dataclass, field

from erp.exceptions import LinesRefused, Refused
from erp.register.units import Conversions, check_fits
from linkage.changes import Decisions, SupplyWant
from linkage.operation import operation
from linkage.operations import auto_link_supplies
from linkage.operations.changing import also_locked, change_chain
from linkage.operations.updating import update
from purchasing.differences import unasked
from purchasing.models import PurchaseOrder
from purchasing.operations.agreeing import confirmed_as_a_whole, note_confirmed
from purchasing.operations.steps import check_version, close_arrived, lock_orders, read_orders, words
from purchasing.statuses import AT_SUPPLIER


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """What the supplier of one order confirmed of its open rows, all but those ``waiting`` (row ids).

    ``dates`` {row id: date} and ``quantities`` {row id: quantity in the row's unit} are what it said; ``versions``
    {row id: version} are those that a form showed.
    """

    order: PurchaseOrder
    dates: dict = field(default_factory=dict)
    quantities: dict = field(default_factory=dict)
    waiting: Collection = ()
    versions: dict = field(default_factory=dict)
    supplier_reference: str = ""

    def named(self, rows):
        waiting = set(self.waiting)
        return [row for row in rows if row.is_open and row.pk not in waiting]


@operation
def confirm(*, order, by, reason="", decisions=None, **said):
    """Note what the supplier confirmed of an order (``said``: facts of ``Confirmation``).

    What they leave out is confirmed as asked, and refused where the row is not as the supplier was asked for it. A
    later date never breaks a link: what it serves becomes late. Links that a smaller quantity no longer serves go where
    ``decisions`` say; without them (a command) they are cut as the rules say and stand on the worklist of undecided
    changes. The order is confirmed once no open row waits; it may be confirmed again.
    """
    said = {name: value for name, value in said.items() if value is not None}
    confirmation = Confirmation(order=order, **said)
    try:
        [fresh] = confirm_all(confirmations=[confirmation], by=by, reason=reason, decisions=decisions)
    except LinesRefused as refused:
        raise refused.first from refused
    return fresh


@operation
def confirm_all(*, confirmations, by, reason="", decisions=None):
    """The same for many orders (a ``Confirmation`` each), all of them or none; returns the orders.

    LinesRefused names all that are wrong, as (place in the list, row or None). Locks, reads and writes are the same few
    statements whatever the number of rows.
    """
    orders = lock_orders([one.order for one in confirmations], *also_locked(decisions))
    if refused := judged(confirmations, orders):
        raise LinesRefused(refused)
    return write(confirmations, orders, by=by, decisions=decisions)


def judged(confirmations, orders):
    """[((place, row or None), refusal)] of all that is wrong with them; ``orders`` (order, rows) as they are now."""
    conversions = Conversions([row.supply.part for _, rows in orders for row in rows])
    refused = []
    for place, (said, (order, rows)) in enumerate(zip(confirmations, orders, strict=True)):
        if refusal := _refusal(_check_order, order, said.named(rows)):
            refused.append(((place, None), refusal))
            continue
        for row in said.named(rows):
            if refusal := _refusal(_check_row, row, said, conversions):
                refused.append(((place, row), refusal))
    return refused


def _refusal(check, *facts):
    try:
        check(*facts)
    except Refused as refusal:
        return refusal
    return None


def _check_order(order, named):
    if order.status not in AT_SUPPLIER:
        raise Refused(f"{order} is {words(order)}; it cannot become confirmed.")
    if not named:
        raise Refused(f"Choose the rows of {order} that the supplier confirmed.")


def _check_row(row, said, conversions):
    """What a form shows of a row that was changed since would be written back."""
    quantity, due = said.quantities.get(row.pk, row.quantity), row.supply.due_date
    typed = {"quantity": (row.quantity, quantity), "date": (due, said.dates.get(row.pk, due))}
    check_version(row, said.versions.get(row.pk), typed)
    check_fits(row.unit, quantity)
    if quantity <= 0:
        raise Refused(f"{row}: enter a quantity above 0, or leave the row waiting.")
    if why := unasked(row, quantity=said.quantities.get(row.pk), on=said.dates.get(row.pk)):
        raise Refused(why)
    conversions.to_base(part=row.supply.part, quantity=quantity, unit=row.unit)


def write(confirmations, orders, *, by, decisions=None):
    """A step: note what was judged to be right; the orders as they are then."""
    pairs = [(said, row) for said, (_, rows) in zip(confirmations, orders, strict=True) for row in said.named(rows)]
    quantities = {row.pk: said.quantities.get(row.pk, row.quantity) for said, row in pairs}
    raised = {row.pk for _, row in pairs if quantities[row.pk] > row.quantity}
    _change_rows(pairs, quantities, decisions=decisions, by=by)
    orders = read_orders([order.pk for order, _ in orders])
    named = [row for _, rows in orders for row in rows if row.pk in quantities]
    for row in named:
        row.quantity = quantities[row.pk]  # as the supplier wrote it, whatever its base unit was rounded to
    note_confirmed(named)
    _note_references(confirmations, orders)
    close_arrived(orders)
    confirmed_as_a_whole(orders)
    auto_link_supplies(supplies=[row.supply for row in named if row.pk in raised], by=by)
    return [order for order, _ in orders]


def _change_rows(pairs, quantities, *, decisions, by):
    """Nobody is asked where there are no decisions: what becomes late or short stands on the worklist."""
    conversions = Conversions([row.supply.part for _, row in pairs])
    wants = [want for said, row in pairs if (want := _want(said, row, quantities[row.pk], conversions))]
    if wants:
        decisions = decisions or Decisions(by_person=False)
        change_chain(supplies=wants, decisions=decisions, by=by, reason="confirmed so by the supplier")


def _want(said, row, quantity, conversions):
    """What the row's supply becomes; None where it stays as it is."""
    due = said.dates.get(row.pk, row.supply.due_date)
    if due == row.supply.due_date and quantity == row.quantity:
        return None
    base = None
    if quantity != row.quantity:
        base = conversions.to_base(part=row.supply.part, quantity=quantity, unit=row.unit) + row.supply.cancelled
    return SupplyWant(row.supply_id, quantity=base, due=due)


def _note_references(confirmations, orders):
    other = []
    for said, (order, _) in zip(confirmations, orders, strict=True):
        if said.supplier_reference and said.supplier_reference != order.supplier_reference:
            order.supplier_reference = said.supplier_reference
            other.append(order)
    update(other, ["supplier_reference"])
