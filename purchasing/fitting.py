"""Where a row's quantity is not what the supplier's terms offer: said and not refused, a buyer may have agreed it."""

from fractions import Fraction

from django.utils.translation import gettext as _

from erp.exceptions import Refused
from erp.register.units import Conversions, half_up, plain
from purchasing.models import SupplierTerm


def misfit(term, quantity):
    """What the terms say against so many purchase units in one row, in a sentence; empty if nothing."""
    most = _("%(supplier)s delivers at most %(limit)s %(unit)s of %(part)s in a row; this is %(n)s.")
    least = _("%(supplier)s delivers at least %(limit)s %(unit)s of %(part)s in a row; this is %(n)s.")
    multiple = _("%(supplier)s sells %(part)s in multiples of %(limit)s %(unit)s; this is %(n)s.")
    broken = [
        (term.maximum, most, quantity > term.maximum),
        (term.minimum, least, quantity < term.minimum),
        (term.multiple, multiple, term.multiple and quantity % term.multiple),
    ]
    facts = {"supplier": term.supplier, "part": term.part, "unit": term.unit, "n": plain(quantity)}
    told = [words % {**facts, "limit": plain(limit)} for limit, words, is_broken in broken if limit and is_broken]
    return " ".join(told)


def misfit_in(unit, *, term, quantity, conversions):
    """The same for a quantity in any unit of the part; nothing is said where it cannot be converted."""
    if unit.pk == term.unit_id:
        return misfit(term, quantity)
    try:
        share = conversions.ratio(part=term.part, unit=unit) / conversions.ratio(part=term.part, unit=term.unit)
    except Refused:
        return ""
    return misfit(term, half_up(Fraction(quantity) * share))


def misfits(rows):
    """{row id: what its supplier's terms say against its quantity} of open rows, in two statements."""
    rows = [row for row in rows if row.is_open]
    terms = {}
    if rows:
        found = SupplierTerm.objects.for_list().filter(part__in={row.supply.part_id for row in rows})
        terms = {(term.part_id, term.supplier_id): term for term in found}
    pairs = [(row, terms.get((row.supply.part_id, row.order.document.partner_id))) for row in rows]
    pairs = [(row, term) for row, term in pairs if term]
    converted = [term.part for row, term in pairs if row.unit_id != term.unit_id]
    conversions = Conversions(converted) if converted else None
    told = {
        row.pk: misfit_in(row.unit, term=term, quantity=row.quantity, conversions=conversions) for row, term in pairs
    }
    return {pk: words for pk, words in told.items() if words}
