"""Which price, discount and setup price a row is suggested, and the alternatives a seller may take instead.

According to customer: the customer link's staggered price for the quantity, else the link's own price, else the price
list of the customer, else 0. Discounts: customer link, then discount category, then customer. Prices in another
currency go through the company's: the order's rate for its own currency, the table of rates for the others.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.rates import rate_on
from erp.register.units import Conversions, half_up
from sales.configuring import worth_of
from sales.models import CategoryDiscount, CustomerLink, CustomerTerm, ListedPrice, PriceSource, PriceStrategy
from sales.money import price_step

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Price:
    """The price of one unit of a row, in the order's currency; ``currency`` is the one that it was agreed in."""

    price: Decimal
    source: str = ""
    currency: str = ""
    comment: str = ""
    from_quantity: Decimal | None = None

    @property
    def label(self):
        return PriceSource(self.source).label if self.source else "No price"


class Prices:
    """What was agreed with customers for parts, read in a constant number of statements."""

    def __init__(self, *, customers, parts):
        customers, parts = {customer.pk for customer in customers}, list(parts)
        ids, categories = {part.pk for part in parts}, {part.discount_category for part in parts} - {""}
        found = CustomerTerm.objects.filter(customer__in=customers).select_related("price_list")
        self._terms = {term.customer_id: term for term in found}
        links = CustomerLink.objects.filter(customer__in=customers, part__in=ids)
        links = links.select_related("unit").prefetch_related("steps")
        self._links = {(link.customer_id, link.part_id): link for link in links}
        lists = {term.price_list_id for term in self._terms.values()}
        self._listed = defaultdict(list)
        listed = ListedPrice.objects.filter(price_list__in=lists - {None}, part__in=ids)
        for price in listed.select_related("unit", "price_list"):
            self._listed[price.price_list_id, price.part_id].append(price)
        discounts = CategoryDiscount.objects.filter(category__in=categories)
        self._discounts = {(found.category, found.customer_id): found.discount for found in discounts}
        self._conversions = Conversions(parts)
        self._step = price_step()
        self._rates = {}

    def suggest(self, *, order, part, unit, quantity):
        """The Price that so many units (above 0) of a part get on an order without anybody typing it."""
        choose = STRATEGIES[order.order_type.price_strategy if order.order_type_id else PriceStrategy.CUSTOMER]
        prices = {
            price.source: price for price in self.alternatives(order=order, part=part, unit=unit, quantity=quantity)
        }
        return next((prices[source] for source in choose if source in prices), Price(price=ZERO))

    def setup_price(self, *, order, part):
        """What the customer link says, in the order's currency; else None."""
        link = self._links.get((order.customer.pk, part.pk))
        agreed = link.setup_price if link else None
        return None if agreed is None else self.in_order_currency(agreed, link.currency, order)

    def alternatives(self, *, order, part, unit, quantity):
        """[Price] that fit the quantity: one per source, the customer's own first."""
        place = {"order": order, "part": part, "unit": unit}
        found = [*self._of_link(quantity=quantity, **place), self._of_list(quantity=quantity, **place)]
        standard = Price(
            price=self._per_unit(part.standard_price, part.unit, order.company_currency, **place),
            source=PriceSource.STANDARD,
            currency=order.company_currency,
        )
        return [price for price in [*found, standard] if price]

    def _of_link(self, *, order, part, unit, quantity):
        link = self._links.get((order.customer.pk, part.pk))
        if link is None:
            return []
        in_its_unit = Fraction(quantity) * self.ratio(part, unit) / self.ratio(part, link.unit)
        steps = [step for step in link.steps.all() if step.from_quantity <= in_its_unit]
        found = [(PriceSource.STEP, steps[-1].price, steps[-1].from_quantity)] if steps else []
        found += [(PriceSource.LINK, link.price, None)] if link.price is not None else []
        return [
            Price(
                price=self._per_unit(price, link.unit, link.currency, order=order, part=part, unit=unit),
                source=source,
                currency=link.currency,
                comment=link.price_comment,
                from_quantity=start,
            )
            for source, price, start in found
        ]

    def _of_list(self, *, order, part, unit, quantity):
        term = self._terms.get(order.customer.pk)
        listed = self._listed[term.price_list_id, part.pk] if term else []
        own = [price for price in listed if price.unit_id == unit.pk] or listed
        base = Fraction(quantity) * self.ratio(part, unit)
        fitting = [price for price in own if self._from_base(price, part) <= base]
        if not fitting:
            return None
        best = max(fitting, key=lambda price: self._from_base(price, part))
        return Price(
            price=self._per_unit(best.price, best.unit, best.price_list.currency, order=order, part=part, unit=unit),
            source=PriceSource.PRICE_LIST,
            currency=best.price_list.currency,
            comment=best.comment,
            from_quantity=best.from_quantity,
        )

    def discount(self, *, order, part):
        """Of the customer link, else of the part's discount category, else of the customer."""
        customer = order.customer.pk
        link, term = self._links.get((customer, part.pk)), self._terms.get(customer)
        if link and link.discount is not None:
            return link.discount
        for key in ((part.discount_category, customer), (part.discount_category, None)):
            if key in self._discounts:
                return self._discounts[key]
        return term.discount if term else ZERO

    def _per_unit(self, price, priced_unit, currency, *, order, part, unit):
        """The price of one unit of the row, in the order's currency, with the decimals that prices have."""
        exact = Fraction(price) * self.ratio(part, unit) / self.ratio(part, priced_unit)
        return self.in_order_currency(exact, currency, order)

    def in_order_currency(self, price, currency, order):
        return self.rounded(Fraction(price) * self._rate(currency, order))

    def rounded(self, exact):
        """An exact price with the decimals that prices have."""
        return half_up(exact, self._step)

    def _rate(self, currency, order):
        """What one unit of a currency is in the order's, by way of the company's."""
        if currency == order.currency:
            return Fraction(1)
        key = currency, order.company_currency, order.document.ordered_on
        if key not in self._rates:
            self._rates[key] = rate_on(key[2], currency=key[0], into=key[1])
        if self._rates[key] is None:
            raise Refused(f"There is no exchange rate from {key[0]} to {key[1]}; ask an administrator to enter one.")
        return Fraction(self._rates[key]) / Fraction(order.exchange_rate)

    def _from_base(self, listed, part):
        return Fraction(listed.from_quantity) * self.ratio(part, listed.unit)

    def ratio(self, part, unit):
        return self._conversions.ratio(part=part, unit=unit)


STRATEGIES = {
    PriceStrategy.CUSTOMER: (PriceSource.STEP, PriceSource.LINK, PriceSource.PRICE_LIST),
    PriceStrategy.PRICE_LIST: (PriceSource.PRICE_LIST,),
    PriceStrategy.STANDARD: (PriceSource.STANDARD,),
}


def prices_for(rows):
    """Prices for rows of one or more orders; None where no row is of the register."""
    rows = [row for row in rows if row.is_part]
    if not rows:
        return None
    return Prices(customers=[row.order.customer for row in rows], parts=[row.part for row in rows])


def price_row(row, prices, *, price=True, discount=True, setup=False):
    """Write what is suggested into a row, but never over what somebody typed."""
    if not row.is_part:
        return
    place = {"order": row.order, "part": row.part}
    if price and not row.price_locked:
        take(row, prices.suggest(unit=row.unit, quantity=row.quantity, **place))
        if row.configured_at:
            row.unit_price += worth_of(row, prices)
            row.price_source = PriceSource.CONFIGURATION
    if discount and not row.discount_locked:
        row.discount = ZERO if _has_net_price(row) else prices.discount(**place)
    if setup:
        row.setup_price = prices.setup_price(**place)


def _has_net_price(row):
    """Whether the price of a configured row is all there is to it, by setting."""
    return row.configured_at is not None and settings_registry.get("configuration_price") == "net"


def take(row, price):
    """A row takes one of its alternatives."""
    row.unit_price, row.price_source = price.price, price.source
    row.price_currency = price.currency if price.currency != row.order.currency else ""
