"""Rows of the register by what a file calls them, in one or two queries for a whole column."""

from django.db.models import Value
from django.db.models.functions import Concat, Upper

from erp.register.models import Part, Partner, Unit, Warehouse
from purchasing.models import PurchaseOrderType, SupplierTerm


class Several:
    """More than one row has this name."""


def found_by(queryset, fields, texts):
    """{text: row, or ``Several``} by the first field that knows the text, exactly or in other letters."""
    found, left = {}, {text for text in texts if text}
    for name in fields:
        found |= _by(queryset.filter(**{f"{name}__in": left}), name, {text: text for text in left})
        left -= set(found)
        if left:
            upper = {text: text.upper() for text in left}
            rows = queryset.annotate(_upper=Upper(name)).filter(_upper__in=upper.values())
            found |= _by(rows, "_upper", upper)
            left -= set(found)
    return found


def _by(rows, name, wanted):
    known = {}
    for row in rows:
        key = getattr(row, name)
        known[key] = Several if key in known else row
    return {text: known[key] for text, key in wanted.items() if key in known}


def suppliers(texts):
    return found_by(Partner.objects.filter(is_supplier=True), ["number", "name"], texts)


def parts(texts):
    return found_by(Part.objects.select_related("unit", "default_warehouse__company__calendar"), ["number"], texts)


def units(texts):
    return found_by(Unit.objects.all(), ["code", "name"], texts)


def warehouses(texts):
    return found_by(Warehouse.objects.select_related("company__calendar"), ["code", "name"], texts)


def order_types(texts):
    """By code, by name, or as an exported list says them."""
    types = PurchaseOrderType.objects.annotate(both=Concat("code", Value(" "), "name"))
    return found_by(types, ["code", "name", "both"], texts)


def parts_of_suppliers(pairs):
    """{(supplier id, the supplier's part number): part, or ``Several``} as their terms have it."""
    terms = SupplierTerm.objects.filter(
        supplier__in={supplier for supplier, _ in pairs}, supplier_part_number__in={number for _, number in pairs}
    ).select_related("part__unit", "part__default_warehouse__company__calendar")
    found = {}
    for term in terms:
        key = term.supplier_id, term.supplier_part_number
        found[key] = Several if key in found else term.part
    return found


def only_warehouse():
    """The one active warehouse; None if there are several."""
    found = list(Warehouse.objects.filter(is_active=True).select_related("company__calendar")[:2])
    return found[0] if len(found) == 1 else None
