"""Where quantity or date of a row is not what the supplier's terms offer: said, not refused, it may be agreed so."""

from dataclasses import dataclass
from fractions import Fraction

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from erp.exceptions import Refused
from erp.register.units import Conversions, half_up, plain
from purchasing.models import SupplierTerm


@dataclass(frozen=True)
class Misfit:
    """What the terms say against a row: beside its quantity, and beside its date."""

    quantity: str = ""
    due_date: str = ""

    def __str__(self):
        return " ".join(filter(None, [self.quantity, self.due_date]))


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


def off_day(term, day):
    """What the terms say against a delivery on that day of the week, in a sentence; empty if nothing or no day yet."""
    if day is None or term.delivers_on(day):
        return ""
    facts = {"supplier": term.supplier, "part": term.part, "day": date_format(day, "l Y-m-d")}
    words = _("%(supplier)s does not deliver %(part)s on %(day)s, only on %(days)s.")
    return words % {**facts, "days": term.delivery_days}


def misfits(rows):
    """{row id: Misfit} of open rows that are not what their supplier's terms offer, in two statements."""
    rows = [row for row in rows if row.is_open]
    terms = {}
    if rows:
        found = SupplierTerm.objects.for_list().filter(part__in={row.supply.part_id for row in rows})
        terms = {(term.part_id, term.supplier_id): term for term in found}
    pairs = [(row, terms.get((row.supply.part_id, row.order.document.partner_id))) for row in rows]
    pairs = [(row, term) for row, term in pairs if term]
    converted = [term.part for row, term in pairs if row.unit_id != term.unit_id]
    conversions = Conversions(converted) if converted else None
    told = {row.pk: _misfit_of(row, term, conversions) for row, term in pairs}
    return {pk: misfit for pk, misfit in told.items() if str(misfit)}


def _misfit_of(row, term, conversions):
    """A day that the supplier confirmed is right, whatever its terms say."""
    said = misfit_in(row.unit, term=term, quantity=row.quantity, conversions=conversions)
    return Misfit(quantity=said, due_date="" if row.is_confirmed else off_day(term, row.supply.due_date))
