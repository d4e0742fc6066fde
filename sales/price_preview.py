"""What another type of an order would make of the prices of its rows: the change itself, rolled back."""

from dataclasses import dataclass
from decimal import Decimal

from linkage.preview import preview
from sales import operations
from sales.models import PriceStrategy, SalesOrderRow
from sales.money import ZERO, amount_of
from sales.operations.headers import changes_money
from sales.operations.repricing import ANEW


@dataclass(frozen=True)
class Repriced:
    """One row; its price and amount now and then."""

    row: SalesOrderRow
    price: tuple[Decimal, Decimal]
    amount: tuple[Decimal, Decimal]

    @property
    def is_other(self):
        return self.price[0] != self.price[1] or self.amount[0] != self.amount[1]


@dataclass(frozen=True)
class PriceQuestion:
    """``lines`` are the rows that would get another price, ``kept`` those whose typed price stays."""

    lines: list
    kept: list
    sums: tuple[Decimal, Decimal]


def asks_about_prices(order, changes):
    """Whether another type takes prices from elsewhere; another currency or rate prices the rows without asking."""
    wanted = changes.get("order_type", order.order_type)
    return _strategy(wanted) != _strategy(order.order_type) and not changes_money(order, _given(changes))


def _given(changes):
    """An empty rate is the suggested one: of the same currency none."""
    return {name: value for name, value in changes.items() if name != "exchange_rate" or value is not None}


def _strategy(order_type):
    return order_type.price_strategy if order_type else PriceStrategy.CUSTOMER


def price_question(order, *, by, **changes):
    """The PriceQuestion of an order whose header changes so; None where no row would get another price."""
    before = _goods(order)
    after = {row.pk: row for row in preview(_change_and_look, order=order, by=by, **changes).result}
    lines = [_repriced(row, after[row.pk], order.currency) for row in before]
    if not any(line.is_other for line in lines):
        return None
    main = [line for line in lines if not line.row.parent_id]
    return PriceQuestion(
        lines=[line for line in lines if line.is_other],
        kept=[line.row for line in lines if line.row.price_locked and not line.row.is_closed and not line.is_other],
        sums=tuple(sum((line.amount[side] for line in main), ZERO) for side in (0, 1)),
    )


def _change_and_look(*, order, by, **changes):
    changed = operations.change_order(order=order, by=by, **changes | {"prices": ANEW})
    return _goods(changed)


def _goods(order):
    return list(order.rows.for_list().goods().standing().in_order())


def _repriced(row, then, currency):
    amounts = (amount_of(row, currency=currency), amount_of(then, currency=currency))
    return Repriced(row, (row.unit_price, then.unit_price), amounts)
