"""What a file says of suppliers and order types, found in one or two queries for a whole column."""

from django.db.models import Value
from django.db.models.functions import Concat

from erp.register.models import Partner
from erp.staging.finding import found_by
from purchasing.models import PurchaseOrderType


def suppliers(texts):
    return found_by(Partner.objects.filter(is_supplier=True), ["number", "name"], texts)


def order_types(texts):
    """By code, by name, or as an exported list says them."""
    types = PurchaseOrderType.objects.annotate(both=Concat("code", Value(" "), "name"))
    return found_by(types, ["code", "name", "both"], texts)
