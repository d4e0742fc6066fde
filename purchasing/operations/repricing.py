"""The price of a row: the supplier's terms for its quantity and day, unless a person typed another.

A typed price or discount stays when the quantity changes, until somebody types the supplier's own again.
"""

from erp.register.units import Conversions
from linkage.dates import business_date
from purchasing.models import SupplierTerm
from purchasing.pricing import Price, check_currency, price_in

NAMES = ["price", "discount", "price_by_hand"]


def priced(*, term, unit, quantity, price=None, discount=None, conversions=None):
    """{price, discount, price_by_hand} of a row: what was typed, else what the terms say today; 0 without terms."""
    asked = _asked(term, unit, quantity, conversions)
    typed = Price(asked.price if price is None else price, asked.discount if discount is None else discount)
    return typed._asdict() | {"price_by_hand": typed != asked}


def _asked(term, unit, quantity, conversions):
    if term is None:
        return Price(0, 0)
    conversions = conversions or Conversions([term.part])
    return price_in(unit, term=term, quantity=quantity, on=business_date(), conversions=conversions)


def term_of(part, supplier):
    """The supplier's terms for the part with their price breaks, or None."""
    return SupplierTerm.objects.for_list().with_prices().filter(part=part, supplier=supplier).first()


def reprice(row, typed, *, quantity_changed):
    """A step: give a row the price that was ``typed`` (a Price), or that of its new quantity; kept without terms."""
    is_typed = typed != (row.price, row.discount)
    if not is_typed and (row.price_by_hand or not quantity_changed):
        return
    term = term_of(row.supply.part_id, row.order.supplier)
    if term is None and not is_typed:
        return
    if not is_typed:
        check_currency(row.order, term)
    facts = typed._asdict() if is_typed else {}
    for name, value in priced(term=term, unit=row.unit, quantity=row.quantity, **facts).items():
        setattr(row, name, value)


def reprice_rows(rows):
    """The same for many rows whose quantity changed, in as many statements; kept without terms in their currency."""
    rows = [row for row in rows if not row.price_by_hand]
    if not rows:
        return
    found = SupplierTerm.objects.for_list().with_prices().filter(part__in={row.supply.part_id for row in rows})
    terms = {(term.part_id, term.supplier_id): term for term in found}
    conversions = Conversions([row.supply.part for row in rows])
    for row in rows:
        term = terms.get((row.supply.part_id, row.order.document.partner_id))
        if term and term.currency == row.order.currency:
            today = business_date()
            row.price, row.discount = price_in(
                row.unit, term=term, quantity=row.quantity, on=today, conversions=conversions
            )
