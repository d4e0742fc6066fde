"""Rows of an order that gets another currency, rate or type: what was suggested is suggested anew.

What was typed is marked where the money moved; another type leaves it, and finished rows, as they are.
Nobody types a price in two currencies: a typed price or setup price keeps its figure, and the row says what it was in.
"""

from erp.exceptions import Refused
from linkage.operations.updating import update
from sales.models import PriceSource, Role
from sales.money import ZERO, check_amount
from sales.operations.alloys import follow_alloys
from sales.operations.kit_prices import price_kits
from sales.pricing import TAKEN, costs_its_parts, price_row, prices_for

ANEW, KEPT = "anew", "kept"  # what becomes of prices where the order gets another type
WRITTEN = [*TAKEN, "discount", "setup_price", "priced_in", "setup_priced_in", "rounding"]


def has_typed_price(row):
    """Whether a row has a price that no suggestion overwrites; so has what is no part, but no alloy cost."""
    is_typed = row.price_locked or not (row.is_part or row.role == Role.ALLOY)
    return bool(row.unit_price) and is_typed


class Repricing:
    """The rows (locked) of an order before its header changes; ``write`` follows when it has changed."""

    def __init__(self, order, rows):
        self.order, self.currency, self.rate = order, order.currency, order.exchange_rate
        self.rows = [row for row in rows if row.is_goods and not row.is_cancelled]
        for row in self.rows:
            row.order = order
        self.prices = prices_for(self.rows)
        self.setups = self._setups()
        self.by_parts = costs_its_parts()

    def _setups(self):
        """{row id: the setup price that is suggested now} of rows that have it."""
        priced = [row for row in self.rows if row.is_part and row.setup_price]
        found = {row.pk: self.prices.setup_price(order=self.order, part=row.part) for row in priced}
        return {row.pk: found[row.pk] for row in priced if found[row.pk] == row.setup_price}

    def check(self, *, currency):
        """A finished row has no price operation any more: what was typed on it could never be put right."""
        if currency == self.currency:
            return
        typed = [row for row in self.rows if row.is_closed and (has_typed_price(row) or self._has_typed_setup(row))]
        if typed:
            named = ", ".join(map(str, typed[:5])) + (f" and {len(typed) - 5} more" if typed[5:] else "")
            raise Refused(
                f"{named} delivered at a typed price in {self.currency}, which cannot be typed anew: take that "
                "delivery back before the currency changes."
            )

    def _has_typed_setup(self, row):
        return bool(row.setup_price) and row.pk not in self.setups

    def write(self):
        """A step: price the rows in the currency, at the rate and by the type that the order has now."""
        everything = self.rows
        self.rows = [row for row in everything if self._moved or not row.is_closed]
        for row in self.rows:
            before = row.unit_price, row.setup_price
            self._price(row)
            self._set_up(row)
            if (row.unit_price, row.setup_price) != before or self._is_other:
                row.rounding = ZERO
        self._price_kits(everything)
        for row in self.rows:
            check_amount(row, currency=self.order.currency)
        update(self.rows, WRITTEN)
        follow_alloys(self.rows)

    @property
    def _moved(self):
        """Whether the order has another currency or rate, or just another type."""
        return (self.order.currency, self.order.exchange_rate) != (self.currency, self.rate)

    @property
    def _is_other(self):
        return self.order.currency != self.currency

    def _price(self, row):
        if row.price_locked or not row.is_part:
            self._mark_price(row)
        elif row.price_source != PriceSource.PARTS and (self.by_parts or not row.is_of_kit):
            price_row(row, self.prices, discount=False)

    def _mark_price(self, row):
        """An alloy cost that nobody typed follows its row; a rate alone changes no price of the order's currency."""
        follows = row.role == Role.ALLOY and not row.price_locked
        was_in = self.currency if self._is_other else row.price_currency
        if self._moved and row.unit_price and was_in and not follows:
            row.priced_in, row.price_currency = row.priced_in or was_in, ""

    def _set_up(self, row):
        if row.pk in self.setups:
            row.setup_price = self.prices.setup_price(order=self.order, part=row.part)
        elif row.setup_price and self._is_other:
            row.setup_priced_in = row.setup_priced_in or self.currency

    def _price_kits(self, everything):
        """A kit costs all of its parts, those that are finished too."""
        parts = {row.pk: [] for row in everything if row.is_kit}
        for row in everything:
            if row.is_of_kit:
                parts[row.parent_id].append(row)
        price_kits((row, parts[row.pk], False) for row in self.rows if parts.get(row.pk))
