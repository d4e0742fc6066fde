"""What the supplier confirms: so much of a row, on a day. Rows that it says nothing about go on waiting."""

from erp.exceptions import Refused
from erp.register.units import check_fits, to_base
from linkage.changes import Decisions, SupplyWant
from linkage.operation import operation
from linkage.operations import auto_link_supplies
from linkage.operations.changing import also_locked, change_chain
from purchasing.differences import unasked
from purchasing.operations.agreeing import confirmed_as_a_whole, note_confirmed
from purchasing.operations.steps import check_version, close_arrived, lock_order, words
from purchasing.statuses import AT_SUPPLIER


@operation
def confirm(
    *,
    order,
    by,
    dates=None,
    quantities=None,
    waiting=(),
    versions=None,
    supplier_reference="",
    reason="",
    decisions=None,
):
    """Note what the supplier confirmed of the open rows, all but those ``waiting`` (row ids).

    ``dates`` {row id: date} and ``quantities`` {row id: quantity in the row's unit} are what it confirmed; what they
    leave out is confirmed as asked, and refused where the row is not as the supplier was asked for it. A later date
    never breaks a link: what it serves becomes late. Links that a smaller quantity no longer serves go where
    ``decisions`` say; without them (a command) they are cut as the rules say and stand on the worklist of undecided
    changes. The order is confirmed once no open row waits; it may be confirmed again.
    ``versions`` {row id: version} are those that a form showed.
    """
    dates, quantities = dates or {}, quantities or {}
    order, rows = lock_order(order, *also_locked(decisions))
    live = [row for row in rows if row.is_open]
    named = [row for row in live if row.pk not in set(waiting)]
    _check_seen(named, versions or {}, dates, quantities)
    _check(order, named, dates, quantities)

    raised = {row.pk for row in named if quantities.get(row.pk, 0) > row.quantity}
    _change_rows(order, named, dates, quantities, decisions=decisions, by=by)
    order, rows = lock_order(order)
    named = [row for row in rows if row.pk in {row.pk for row in named}]
    _note(named, quantities)
    order.supplier_reference = supplier_reference or order.supplier_reference
    order.save(update_fields=["supplier_reference"])
    close_arrived(order, rows)
    confirmed_as_a_whole(order, rows)
    auto_link_supplies(supplies=[row.supply for row in named if row.pk in raised], by=by)
    return order


def _check_seen(named, versions, dates, quantities):
    """What a form shows of a row that was changed since would be written back."""
    for row in named:
        due = row.supply.due_date
        typed = {
            "quantity": (row.quantity, quantities.get(row.pk, row.quantity)),
            "date": (due, dates.get(row.pk, due)),
        }
        check_version(row, versions.get(row.pk), typed)


def _check(order, named, dates, quantities):
    if order.status not in AT_SUPPLIER:
        raise Refused(f"{order} is {words(order)}; it cannot become confirmed.")
    if not named:
        raise Refused(f"Choose the rows of {order} that the supplier confirmed.")
    for row in named:
        quantity = quantities.get(row.pk, row.quantity)
        check_fits(row.unit, quantity)
        if quantity <= 0:
            raise Refused(f"{row}: enter a quantity above 0, or leave the row waiting.")
        if why := unasked(row, quantity=quantities.get(row.pk), on=dates.get(row.pk)):
            raise Refused(why)


def _change_rows(order, named, dates, quantities, *, decisions, by):
    """Nobody is asked where there are no decisions: what becomes late or short stands on the worklist."""
    wants = []
    for row in named:
        due = dates.get(row.pk, row.supply.due_date)
        quantity = quantities.get(row.pk, row.quantity)
        if due == row.supply.due_date and quantity == row.quantity:
            continue
        base = None
        if quantity != row.quantity:
            base = to_base(part=row.supply.part, quantity=quantity, unit=row.unit) + row.supply.cancelled
        wants.append(SupplyWant(row.supply_id, quantity=base, due=due))
    if wants:
        decisions = decisions or Decisions(by_person=False)
        change_chain(supplies=wants, decisions=decisions, by=by, reason=f"{order} confirmed")


def _note(named, quantities):
    """The row keeps the quantity as the supplier wrote it, whatever its base unit was rounded to."""
    for row in named:
        row.quantity = quantities.get(row.pk, row.quantity)
    note_confirmed(named)
