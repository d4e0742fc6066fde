"""VAT of rows: which code a row gets, what it comes to on a day, and the VAT of an order, rounded once per rate."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from erp.money import in_currency, rounded
from erp.register import settings_registry
from sales.models import VatException, VatGroup, VatRate
from sales.terms import terms_of

ZERO = Decimal(0)
DIGITS = 60  # enough for the exact product of an amount and a rate


@dataclass(frozen=True, kw_only=True)
class VatLine:
    """The VAT of all amounts of one rate: in the order's currency, and what that is in the company's."""

    percent: Decimal
    amount: Decimal
    vat: Decimal
    vat_in_company: Decimal


def give_vat_codes(rows):
    """Rows of goods that have no VAT code get the one of the customer's group; nothing is saved here."""
    waiting = [row for row in rows if row.is_goods and row.vat_code_id is None]
    if not waiting:
        return
    codes = VatCodes({row.order.customer.pk for row in waiting})
    for row in waiting:
        row.vat_code = codes.code_for(row.order.customer.pk, row.part)


class VatCodes:
    """The VAT code of a customer for a part: the exception of the part group first, else that of the VAT group."""

    def __init__(self, customers):
        terms = terms_of(customers)
        self._groups = {customer: term.vat_group for customer, term in terms.items() if term.vat_group_id}
        if not customers <= self._groups.keys():
            self._groups[None] = VatGroup.objects.filter(is_default=True).select_related("vat_code").first()
        groups = [group.pk for group in self._groups.values() if group]
        exceptions = VatException.objects.filter(vat_group__in=groups).select_related("vat_code") if groups else []
        self._exceptions = {(found.vat_group_id, found.part_group_id): found.vat_code for found in exceptions}

    def code_for(self, customer, part):
        """The VatCode; None where neither the customer nor the company has a group."""
        group = self._groups.get(customer) or self._groups.get(None)
        if group is None:
            return None
        key = group.pk, part.group_id if part else None
        return self._exceptions.get(key, group.vat_code)


class VatRates:
    """What VAT codes come to, in one statement; none where no row has a code."""

    def __init__(self, codes):
        self._rates = defaultdict(list)
        wanted = set(codes) - {None}
        for rate in VatRate.objects.filter(vat_code__in=wanted).order_by("-valid_from") if wanted else []:
            self._rates[rate.vat_code_id].append((rate.valid_from, rate.percent))

    def percent(self, code, day):
        """The VAT % of a code (by id) on a day; None where it has no rate by then, or where there is no code."""
        return next((percent for valid_from, percent in self._rates.get(code, []) if valid_from <= day), None)


def tax_day(row):
    """The day whose rate counts for a row that is not delivered: its delivery date, else the order's date."""
    return row.delivery_date or (row.parent.delivery_date if row.parent_id else None) or row.order.document.ordered_on


def percents_of(rows):
    """{row id: VAT %} of rows of goods; no code, or one without a rate by then, is 0 %."""
    goods = [row for row in rows if row.is_goods]
    rates = VatRates(row.vat_code_id for row in goods)
    return {row.pk: rates.percent(row.vat_code_id, tax_day(row)) or ZERO for row in goods}


def vat_of(amount, percent, currency):
    """The VAT of an amount, rounded half up to the currency's decimals."""
    with localcontext(prec=DIGITS):
        return rounded(amount * percent / 100, currency)


def vat_lines(amounts, *, currency, rate, company_currency):
    """[VatLine] of (percent, amount) pairs: amounts of one rate are summed first and their VAT is rounded once."""
    sums = defaultdict(lambda: ZERO)
    for percent, amount in amounts:
        sums[percent] += amount
    return [
        VatLine(
            percent=percent,
            amount=amount,
            vat=(vat := vat_of(amount, percent, currency)),
            vat_in_company=in_currency(vat, rate=rate, currency=company_currency),
        )
        for percent, amount in sorted(sums.items())
    ]


def with_vat(price, percent, *, decimals):
    """A price including VAT, rounded half up to the decimals that prices have."""
    with localcontext(prec=DIGITS):
        exact = price * (100 + percent) / 100
        return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def prices_with_vat(rows):
    """{row id: price including VAT} of rows of goods."""
    decimals, percents = settings_registry.get("price_decimals"), percents_of(rows)
    return {row.pk: with_vat(row.unit_price, percents[row.pk], decimals=decimals) for row in rows if row.is_goods}


def is_private(customer):
    """Whether the customer's orders also show prices including VAT."""
    term = terms_of([customer.pk]).get(customer.pk)
    return bool(term and term.is_private)
