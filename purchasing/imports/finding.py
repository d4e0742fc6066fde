"""What a file says of suppliers and their parts, found in one or two queries for a whole column."""

from django.db.models import Value
from django.db.models.functions import Concat

from erp.register.models import Partner
from erp.staging.finding import Several, found_by
from purchasing.models import PurchaseOrderType, SupplierTerm


def suppliers(texts):
    return found_by(Partner.objects.filter(is_supplier=True), ["number", "name"], texts)


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
