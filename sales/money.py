"""What rows are worth: amounts in the order's currency, margins in the company's. Derived, never stored."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Round

from erp.exceptions import Refused
from erp.money import WITH_THREE, WITHOUT_DECIMALS, in_currency, rounded
from erp.register import settings_registry
from erp.register.fields import QUANTITY_LIMIT, PriceField
from erp.register.units import plain
from sales.models import Role, SalesOrderRow
from sales.units import UnitsOfRows, parts_of
from sales.vat import percents_of

ZERO = Decimal(0)
DIGITS = 60  # enough for the exact product of a quantity, a price and a discount


@dataclass(frozen=True, kw_only=True)
class RowMoney:
    """``amount`` and ``remaining`` are in the order's currency, the others in the company's."""

    amount: Decimal
    remaining: Decimal
    in_company: Decimal
    standard: Decimal | None
    vat_percent: Decimal = ZERO
    costs_parts: bool = False  # the standard price is that of the parts below it, for all of it

    @property
    def margin(self):
        """Contribution margin; None where nobody knows how many base units the row is."""
        return None if self.standard is None else self.in_company - self.standard

    @property
    def ratio(self):
        """Contribution ratio %, two decimals; None where the amount is 0."""
        return ratio_of(self.margin, self.in_company)


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The sums of an order's rows, each in the order's and in the company's currency."""

    currency: str
    company_currency: str
    amount: Decimal
    remaining: Decimal
    amount_in_company: Decimal
    remaining_in_company: Decimal
    standard_in_company: Decimal
    rate: Decimal
    vat_lines: tuple = ()

    @property
    def is_foreign(self):
        return self.currency != self.company_currency

    @property
    def vat(self):
        return sum((line.vat for line in self.vat_lines), ZERO)

    @property
    def vat_in_company(self):
        return sum((line.vat_in_company for line in self.vat_lines), ZERO)

    @property
    def with_vat(self):
        return self.amount + self.vat

    @property
    def with_vat_in_company(self):
        return self.amount_in_company + self.vat_in_company

    @property
    def standard(self):
        return self._in_order_currency(self.standard_in_company)

    @property
    def margin_in_company(self):
        return self.amount_in_company - self.standard_in_company

    @property
    def margin(self):
        return self._in_order_currency(self.margin_in_company)

    def _in_order_currency(self, amount):
        with localcontext(prec=DIGITS):
            return rounded(amount / self.rate, self.currency)

    @property
    def ratio(self):
        return ratio_of(self.margin_in_company, self.amount_in_company)


def ratio_of(margin, amount):
    """``margin`` as a percentage of ``amount``, two decimals; None of nothing."""
    if not amount or margin is None:
        return None
    with localcontext(prec=DIGITS):
        return (margin / amount * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def price_step():
    """The smallest step of a price of a row, as the setting *Decimals of prices* says."""
    return Decimal(1).scaleb(-settings_registry.get("price_decimals"))


def net_of(row, quantity=None):
    """Quantity x price x (1 - discount %), exactly; of so many of the row's units, or of all."""
    with localcontext(prec=DIGITS):
        return (row.quantity if quantity is None else quantity) * row.unit_price * (100 - row.discount) / 100


def amount_of(row, *, currency, setup=None):
    """Quantity x price x (1 - discount %) + setup price, rounded half up to the currency's decimals.

    ``setup``: another setup price than the row's, as it was billed.
    """
    setup = row.setup_price if setup is None else setup
    with localcontext(prec=DIGITS):
        return rounded(rounded(net_of(row) + (setup or ZERO), currency) + row.rounding, currency)


def remaining_of(row):
    """What of the row's amount is still to be delivered, in the order's currency; of a part what hangs on it above."""
    currency, priced = row.order.currency, row.parent if row.is_of_kit else row
    return _left_of(amount_of(priced, currency=currency), [row], currency)


def check_amount(row, *, currency):
    """An amount that no column holds is refused."""
    figures = {
        "amount": amount_of(row, currency=currency),
        "standard price x quantity": row.quantity * (row.standard_price or ZERO),
    }
    for what, figure in figures.items():
        if abs(figure) >= QUANTITY_LIMIT:
            called = row if row.position or row.parent_id else row.name
            raise Refused(
                f"{called}: its {what} of {plain(figure)} is too large: at most 11 digits before the decimals."
            )


def with_amounts(rows):
    """Rows of the database with their ``amount``, for lists."""
    exact = F("quantity") * F("unit_price") * (100 - F("discount")) * Decimal("0.01") + Coalesce("setup_price", ZERO)
    amount = Case(
        When(role=Role.PART, then=ZERO),
        When(order__currency__in=WITHOUT_DECIMALS, then=Round(exact, 0)),
        When(order__currency__in=WITH_THREE, then=Round(exact, 3)),
        default=Round(exact, 2),
        output_field=PriceField(),
    )
    return rows.annotate(amount=amount + F("rounding"))


def money_of(rows, *, order):
    """{row id: its RowMoney} of goods; all conversions in one statement. A cancelled one is worth nothing.

    The parts of a fictitious part are not in it: what they are worth is its row's.
    """
    priced = [row for row in rows if row.is_goods and not row.is_cancelled and not row.is_of_kit]
    parts = _parts_of_kits(priced)
    percents = percents_of(priced)
    units = UnitsOfRows(parts_of([*priced, *(part for several in parts.values() for part in several)]))
    by_parts = bool(parts) and counts_parts()
    facts = {"order": order, "units": units, "by_parts": by_parts}
    return {row.pk: _row_money(row, parts.get(row.pk, ()), percent=percents[row.pk], **facts) for row in priced}


def standards_of(rows):
    """{row id: what it costs at standard price, in its company's currency}; None where nobody knows how much it is."""
    parts = _parts_of_kits(rows) if counts_parts() else {}
    units = UnitsOfRows(parts_of([*rows, *(part for several in parts.values() for part in several)]))
    return {
        row.pk: _standard(row, parts.get(row.pk, ()), units=units, company=row.order.document.company.currency)
        for row in rows
    }


def counts_parts():
    """Whether a fictitious part costs what its parts cost."""
    return settings_registry.get("kit_cost_from") == "parts"


def _parts_of_kits(rows):
    """{main row id: what stands below it and is not cancelled} of fictitious parts; nothing is read without one."""
    below, kits = {}, [row.pk for row in rows if row.is_kit]
    for part in SalesOrderRow.objects.for_list().filter(parent__in=kits).of_kits() if kits else ():
        if not part.is_cancelled:
            below.setdefault(part.parent_id, []).append(part)
    return below


def _row_money(row, parts, *, order, units, percent, by_parts):
    amount = amount_of(row, currency=order.currency)
    company = order.document.company.currency
    standard = _standard(row, parts if by_parts else (), units=units, company=company)
    costs_parts = by_parts and bool(parts) and row.standard_price is None
    return RowMoney(
        amount=amount,
        remaining=_left_of(amount, parts or [row], order.currency),
        in_company=in_currency(amount, rate=order.exchange_rate, currency=company),
        standard=standard,
        vat_percent=percent,
        costs_parts=costs_parts,
    )


def _standard(row, parts, *, units, company):
    """Standard price x quantity; of a fictitious part that of the ``parts`` below it, where they are what counts."""
    counted = parts if parts and row.standard_price is None else [row]
    bases = [units.base_of(one) for one in counted]
    if None in bases:
        return None
    return sum(
        (rounded(standard_price_of(one) * base, company) for one, base in zip(counted, bases, strict=True)), ZERO
    )


def standard_price_of(row):
    """Of one base unit; an additional row has the one that was typed, or none."""
    if row.standard_price is not None:
        return row.standard_price
    return row.part.standard_price if row.part_id else ZERO


def _left_of(amount, rows, currency):
    """What of the amount is still to be delivered, as long as one of these rows is; divided last, to be exact."""
    share = max(map(share_left, rows))
    with localcontext(prec=DIGITS):
        return rounded(amount * share.numerator / share.denominator, currency)


def share_left(row):
    """How much of the row is still to be delivered: 1 is all, 0 nothing."""
    if not row.demand_id:
        return Fraction(0 if row.is_closed else 1)
    return Fraction(row.demand.open) / Fraction(row.demand.quantity)
