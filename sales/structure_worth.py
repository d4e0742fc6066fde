"""What the lines of a structure come to: reckoned as the row is when it is saved with them, so that both agree."""

from dataclasses import dataclass, field
from decimal import Decimal

from erp.exceptions import Refused
from sales.money import ZERO, amount_of
from sales.operations.building import NewRow
from sales.operations.kit_prices import sum_of_parts
from sales.operations.structures import built
from sales.pricing import costs_its_parts


@dataclass(frozen=True, kw_only=True)
class Worth:
    """``lines``: {number of a line: its price, discount and amount}, where the row costs its parts.

    In the order's currency. ``amount`` is that of the row, ``total`` the sum of the lines: a price that was typed on
    the row is another one.
    """

    currency: str
    amount: Decimal | None = None
    total: Decimal = ZERO
    lines: dict = field(default_factory=dict)
    why: str = ""


def worth_of(order, facts, lines, *, by):
    """The Worth of a new row; ``facts`` are those of NewRow, ``lines`` {number: NewRow} stand below it."""
    new = NewRow(**{name: value for name, value in facts.items() if name in NewRow.__dataclass_fields__})
    try:
        row, parts, _units = built(order, new, by=by)
    except Refused as refusal:
        return Worth(currency=order.currency, why=str(refusal))
    found = {}
    if costs_its_parts():
        for number, part in zip(lines, parts, strict=True):
            amount = amount_of(part, currency=order.currency)
            found[number] = {"price": part.unit_price, "discount": part.discount, "amount": amount}
    total = sum((line["amount"] for line in found.values()), ZERO)
    amount = amount_of(row, currency=order.currency)
    return Worth(currency=order.currency, amount=amount, total=total, lines=found)


def worth_as_saved(row, parts):
    """The Worth of a row that is there, with the parts below it as its lines; what is delivered counts in the total."""
    currency, shown = row.order.currency, [part for part in parts if not part.is_closed]
    lines = {
        number: {"price": part.unit_price, "discount": part.discount, "amount": amount_of(part, currency=currency)}
        for number, part in enumerate(shown)
    }
    amount, total = amount_of(row, currency=currency), sum_of_parts(parts, currency=currency)
    return Worth(currency=currency, amount=amount, total=total, lines=lines if costs_its_parts() else {})
