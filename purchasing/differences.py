"""How an order differs from what its supplier knows of it: what still has to be told. Pure, without a database.

It is counted, never noted: whatever changed a row (a person, a split, a sales row that was followed) shows up here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.register.units import plain
from linkage.models import Status
from purchasing.models import ChangeKind

WAY_OUT = "Send the change, or enter the quantity and date that it confirmed."


class Facts(NamedTuple):
    """What an order says of a row."""

    quantity: Decimal
    on: date
    price: Decimal
    discount: Decimal


@dataclass(frozen=True)
class Difference:
    """One row: what the supplier knows and what the row is now; None where there is no row."""

    row: object
    old: Facts | None
    new: Facts | None

    @property
    def kind(self):
        if self.old is None:
            return ChangeKind.ADDED
        return ChangeKind.REMOVED if self.new is None else ChangeKind.CHANGED

    @property
    def label(self):
        return self.kind.label

    @property
    def changes(self):
        """[(name, old, new)] of the facts that differ; all of them where a row is new or cancelled."""
        nothing = Facts(None, None, None, None)
        pairs = zip(Facts._fields, self.old or nothing, self.new or nothing, strict=True)
        return [(name, old, new) for name, old, new in pairs if old != new]

    @property
    def shown(self):
        """{name: (old, new)} of what differs."""
        return {name: (old, new) for name, old, new in self.changes}

    @property
    def cells(self):
        """The same for every name; None where nothing differs."""
        return dict.fromkeys(Facts._fields) | self.shown


def differences(order, rows):
    """What the supplier of a sent order has not been told of its rows."""
    if order.sent_at is None or not (order.is_at_supplier or order.status == "cancelled"):
        return []
    found = [Difference(row, known(row), _now(row)) for row in rows if row.supply.status != Status.CLOSED]
    return [difference for difference in found if difference.old != difference.new]


def known(row):
    """What the supplier knows of a row."""
    if row.agreed_quantity is None:
        return None
    return Facts(row.agreed_quantity, row.agreed_on, row.agreed_price, row.agreed_discount)


def _now(row):
    if row.supply.status == Status.CANCELLED:
        return None
    return Facts(row.quantity, row.supply.due_date, row.price, row.discount)


def line_difference(line):
    """The same of a line of a change request."""
    old = Facts(line.old_quantity, line.old_on, line.old_price, line.old_discount)
    new = Facts(line.new_quantity, line.new_on, line.new_price, line.new_discount)
    is_new, is_gone = line.kind == ChangeKind.ADDED, line.kind == ChangeKind.REMOVED
    return Difference(line.row, None if is_new else old, None if is_gone else new)


def unasked(row, *, quantity=None, on=None):
    """Why the row is not as its supplier was asked for it; "" where it is, or what differs is what the supplier said.

    ``quantity`` and ``on`` are what the supplier said itself.
    """
    if row.agreed_quantity is None and row.wanted_quantity is None:
        told = quantity and on
        return "" if told else f"The supplier was not asked for {row} yet. {WAY_OUT}"
    if not quantity and row.quantity not in {row.agreed_quantity, row.wanted_quantity}:
        asked = plain(row.wanted_quantity or row.agreed_quantity)
        return f"{row} is {plain(row.quantity)} now, the supplier was asked for {asked}. {WAY_OUT}"
    if not on and row.supply.due_date not in {row.agreed_on, row.wanted_on}:
        asked = row.wanted_on or row.agreed_on
        return f"{row} is due on {row.supply.due_date} now, the supplier was asked for {asked}. {WAY_OUT}"
    return ""
