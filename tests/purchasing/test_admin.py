"""Upkeep of supplier terms: import, export, and orders that are only looked at."""

import pytest
from django.urls import reverse
from tablib import Dataset

from purchasing.admin import SupplierTermResource
from purchasing.models import SupplierTerm
from tests.factories import PartFactory, SupplierFactory, UnitFactory
from tests.purchasing.factories import SupplierTermFactory, purchase_row

pytestmark = pytest.mark.django_db
HEADERS = ["part", "supplier", "unit", "price", "lead_time", "is_default"]


def test_import_finds_part_supplier_and_unit_by_number():
    part, supplier, unit = PartFactory(), SupplierFactory(), UnitFactory()
    lines = Dataset([part.number, supplier.number, unit.code, "2.5", "7", "1"], headers=HEADERS)

    result = SupplierTermResource().import_data(lines)

    term = SupplierTerm.objects.get()
    assert not result.has_errors()
    assert (term.part, term.supplier, term.price, term.lead_time, term.is_default) == (part, supplier, 2.5, 7, True)


def test_import_again_changes_the_same_terms():
    term = SupplierTermFactory(price=1)
    lines = Dataset([term.part.number, term.supplier.number, "pcs", "9", "1", "1"], headers=HEADERS)

    SupplierTermResource().import_data(lines)

    term.refresh_from_db()
    assert (SupplierTerm.objects.count(), term.price) == (1, 9)


def test_import_names_the_line_that_is_wrong():
    lines = Dataset(["NOWHERE", SupplierFactory().number, "pcs", "9", "1", "1"], headers=HEADERS)

    result = SupplierTermResource().import_data(lines)

    assert result.has_errors() or result.has_validation_errors()
    assert SupplierTerm.objects.count() == 0


def test_import_refuses_a_second_default_supplier():
    term = SupplierTermFactory()
    lines = Dataset([term.part.number, SupplierFactory().number, "pcs", "9", "1", "1"], headers=HEADERS)

    result = SupplierTermResource().import_data(lines)

    assert result.has_validation_errors()
    assert SupplierTerm.objects.count() == 1


def test_export_names_part_supplier_and_unit():
    term = SupplierTermFactory()

    row = SupplierTermResource().export().dict[0]

    assert (row["part"], row["supplier"], row["unit"]) == (term.part.number, term.supplier.number, "pcs")


def test_administrator_keeps_terms(admin_client):
    term = SupplierTermFactory()

    assert admin_client.get(reverse("admin:purchasing_supplierterm_changelist")).status_code == 200
    assert admin_client.get(reverse("admin:purchasing_supplierterm_change", args=[term.pk])).status_code == 200


@pytest.mark.parametrize("model", ["purchaseorder", "purchaseorderrow"])
def test_administrator_only_looks_at_orders(admin_client, model):
    row = purchase_row()
    pk = row.order_id if model == "purchaseorder" else row.pk

    assert admin_client.get(reverse(f"admin:purchasing_{model}_changelist")).status_code == 200
    assert admin_client.get(reverse(f"admin:purchasing_{model}_add")).status_code == 403
    assert admin_client.post(reverse(f"admin:purchasing_{model}_change", args=[pk]), {}).status_code == 403
    assert admin_client.post(reverse(f"admin:purchasing_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403
