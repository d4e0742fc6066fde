"""Which price, discount and setup price a row is suggested, and the alternatives a seller may take instead.

According to customer: the customer link's staggered price for the quantity, else the link's own price, else the price
list of the customer, else 0. Discounts: customer link, then discount category, then customer. Prices in another
currency go through the company's: the order's rate for its own currency, the table of rates for the others.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.models import Unit
from erp.register.rates import rate_on
from erp.register.units import Conversions, half_up, plain
from sales.configuring import worth_of
from sales.models import CategoryDiscount, CustomerLink, ListedPrice, PriceSource, PriceStrategy
from sales.money import price_step
from sales.terms import terms_of

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Price:
    """A price of one unit of a row, in the order's currency; ``currency`` is the one that it was agreed in.

    Before it is converted it is of one ``unit``, in its own currency.
    """

    price: Decimal
    unit: Unit | None = None
    source: str = ""
    currency: str = ""
    comment: str = ""
    from_quantity: Decimal | None = None
    price_list: str = ""

    @property
    def label(self):
        return " ".join(filter(None, [PriceSource(self.source).label if self.source else "No price", self.price_list]))

    @property
    def key(self):
        """Names it as it is now: with another figure it is another one."""
        return "/".join([self.source, self.price_list, plain(self.from_quantity or ZERO), plain(self.price)])


class Prices:
    """What was agreed with customers for parts, read in a constant number of statements.

    Without ``every_list`` only the price lists of the customers are read.
    """

    def __init__(self, *, customers, parts, every_list=False):
        customers, parts = {customer.pk for customer in customers}, list(parts)
        ids, categories = {part.pk for part in parts}, {part.discount_category for part in parts} - {""}
        self._terms = terms_of(customers)
        links = CustomerLink.objects.filter(customer__in=customers, part__in=ids)
        links = links.select_related("unit").prefetch_related("steps")
        self._links = {(link.customer_id, link.part_id): link for link in links}
        self._listed = self._lists_of(ids, every_list=every_list)
        discounts = CategoryDiscount.objects.filter(category__in=categories)
        self._discounts = {(found.category, found.customer_id): found.discount for found in discounts}
        self._conversions = Conversions(parts)
        self._step = price_step()
        self._rates = {}
        self.refusals = set()  # why alternatives are missing

    def _lists_of(self, parts, *, every_list):
        """{part id: {price list id: its prices of the part}} of active price lists, by name."""
        own = {term.price_list_id for term in self._terms.values()} - {None}
        listed = ListedPrice.objects.filter(part__in=parts, price_list__is_active=True)
        listed = listed if every_list else listed.filter(price_list__in=own)
        found = defaultdict(lambda: defaultdict(list))
        for price in listed.select_related("unit", "price_list").order_by("price_list__name", "pk"):
            found[price.part_id][price.price_list_id].append(price)
        return found

    def suggest(self, *, order, part, unit, quantity):
        """The Price that so many units (above 0) of a part get on an order without anybody typing it."""
        usual = self._usual(order, part, unit, quantity)
        choose = STRATEGIES[order.order_type.price_strategy if order.order_type_id else PriceStrategy.CUSTOMER]
        found = next((usual[source] for source in choose if source in usual), None)
        return self._converted(found, order=order, part=part, unit=unit) if found else Price(price=ZERO)

    def _usual(self, order, part, unit, quantity):
        """{source: the Price, not converted yet, that fits the quantity}"""
        base = Fraction(quantity) * self.ratio(part, unit)
        agreed = self._of_link(order, part)
        steps = [price for price in agreed if price.from_quantity and self._starts(price, part) <= base]
        lists = self._listed[part.pk]
        own = self._in_list(lists.get(self._own_list(order), ()), part, unit, base)
        found = [price for price in agreed if not price.from_quantity] + steps[-1:] + [_standard(order, part)]
        return {price.source: price for price in [*found, own] if price}

    def _own_list(self, order):
        term = self._terms.get(order.customer.pk)
        return term.price_list_id if term else None

    def setup_price(self, *, order, part):
        """What the customer link says, in the order's currency; else None."""
        link = self._links.get((order.customer.pk, part.pk))
        agreed = link.setup_price if link else None
        return None if agreed is None else self.in_order_currency(agreed, link.currency, order)

    def alternatives(self, *, order, part, unit, quantity):
        """[Price] that a row may take: those of the link, of the price lists, the customer's first, and the standard.

        Of each list the price that fits the quantity, else its first. One that has no exchange rate is left out, and
        ``refusals`` say so.
        """
        base, own = Fraction(quantity) * self.ratio(part, unit), self._own_list(order)
        lists = sorted(self._listed[part.pk].items(), key=lambda found: found[0] != own)
        listed = [self._in_list(prices, part, unit, base, else_first=True) for _list, prices in lists]
        found = [*self._of_link(order, part), *listed, _standard(order, part)]
        offered = [self._offered(price, order=order, part=part, unit=unit) for price in found]
        return [price for price in offered if price]

    def _offered(self, price, **place):
        try:
            return self._converted(price, **place)
        except Refused as refusal:
            self.refusals.add(str(refusal))
            return None

    def _of_link(self, order, part):
        """The steps of the customer link from the lowest on, and its own price; not converted yet."""
        link = self._links.get((order.customer.pk, part.pk))
        if link is None:
            return []
        facts = {"unit": link.unit, "currency": link.currency, "comment": link.price_comment}
        steps = [
            Price(price=step.price, source=PriceSource.STEP, from_quantity=step.from_quantity, **facts)
            for step in link.steps.all()
        ]
        own = [Price(price=link.price, source=PriceSource.LINK, **facts)] if link.price is not None else []
        return steps + own

    def _in_list(self, listed, part, unit, base, *, else_first=False):
        """The price of a list that fits so many base units, not converted yet; those in the row's unit come first."""
        found = [_listed(price) for price in listed if price.unit_id == unit.pk] or [_listed(one) for one in listed]
        found.sort(key=lambda price: self._starts(price, part))
        fitting = [price for price in found if self._starts(price, part) <= base]
        return (fitting[-1:] or (found[:1] if else_first else []) or [None])[0]

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

    def _converted(self, agreed, *, order, part, unit):
        """What was agreed, as the price of one unit of the row in the order's currency."""
        exact = Fraction(agreed.price) * self.ratio(part, unit) / self.ratio(part, agreed.unit)
        return replace(agreed, price=self.in_order_currency(exact, agreed.currency, order))

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

    def _starts(self, price, part):
        """From how many base units on a price counts."""
        return Fraction(price.from_quantity) * self.ratio(part, price.unit)

    def ratio(self, part, unit):
        return self._conversions.ratio(part=part, unit=unit)


def _listed(price):
    return Price(
        price=price.price,
        unit=price.unit,
        source=PriceSource.PRICE_LIST,
        currency=price.price_list.currency,
        comment=price.comment,
        from_quantity=price.from_quantity,
        price_list=price.price_list.name,
    )


def _standard(order, part):
    facts = {"unit": part.unit, "currency": order.company_currency}
    return Price(price=part.standard_price, source=PriceSource.STANDARD, **facts)


STRATEGIES = {
    PriceStrategy.CUSTOMER: (PriceSource.STEP, PriceSource.LINK, PriceSource.PRICE_LIST),
    PriceStrategy.PRICE_LIST: (PriceSource.PRICE_LIST,),
    PriceStrategy.STANDARD: (PriceSource.STANDARD,),
}


def prices_for(rows, *, every_list=False):
    """Prices for rows of one or more orders; None where no row is of the register."""
    rows = [row for row in rows if row.is_part]
    if not rows:
        return None
    return Prices(
        customers=[row.order.customer for row in rows], parts=[row.part for row in rows], every_list=every_list
    )


def costs_its_parts():
    """Whether a fictitious part costs what its parts do, by setting; else these have no price."""
    return settings_registry.get("kit_price_from") == "parts"


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


TAKEN = ["unit_price", "price_source", "price_currency", "price_comment"]


def take(row, price):
    """A row takes one of its alternatives, with its comment."""
    row.unit_price, row.price_source, row.price_comment = price.price, price.source, price.comment
    row.price_currency = price.currency if price.currency != row.order.currency else ""
