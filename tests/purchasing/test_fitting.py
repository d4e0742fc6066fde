"""A row typed by hand that is not what the supplier's terms offer: it is kept, and said in sight of whoever looks."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.register.calendar import WEEKDAYS
from purchasing import operations
from purchasing.fitting import Misfit, misfits
from purchasing.models import PurchaseOrderRow
from tests.factories import PartFactory, SupplierFactory, UnitConversionFactory, WarehouseFactory
from tests.purchasing.factories import SupplierTermFactory, again, purchase_order, purchase_row

pytestmark = pytest.mark.django_db
MOST = "Acme delivers at most 100 pcs of B-1 in a row; this is 140."
ON_TUESDAYS = dict.fromkeys([f"delivers_{day}" for day in WEEKDAYS if day != "tuesday"], False)
OFF_DAY = "Acme does not deliver B-1 on Wednesday 2026-03-18, only on Tuesday."


def row_of(quantity, *, unit=None, **terms):
    supplier = SupplierFactory(name="Acme")
    term = SupplierTermFactory(supplier=supplier, part=PartFactory(number="B-1"), **terms)
    return purchase_row(quantity=quantity, part=term.part, order=purchase_order(supplier=supplier), unit=unit)


def page(name, *args):
    return reverse(f"purchasing:{name}", args=args)


@pytest.mark.parametrize(
    ("quantity", "terms", "words"),
    [
        pytest.param(140, {"maximum": 100}, MOST, id="above the maximum"),
        pytest.param(
            4, {"minimum": 5}, "Acme delivers at least 5 pcs of B-1 in a row; this is 4.", id="below the minimum"
        ),
        pytest.param(12, {"multiple": 5}, "Acme sells B-1 in multiples of 5 pcs; this is 12.", id="no multiple"),
        pytest.param(
            3,
            {"minimum": 5, "multiple": 5},
            "Acme delivers at least 5 pcs of B-1 in a row; this is 3. Acme sells B-1 in multiples of 5 pcs; this is 3.",
            id="both",
        ),
        pytest.param(100, {"minimum": 50, "maximum": 100, "multiple": 25}, None, id="just right"),
        pytest.param(7, {}, None, id="any quantity"),
    ],
)
def test_row_is_compared_with_the_terms_of_its_supplier(quantity, terms, words):
    row = row_of(quantity, **terms)

    assert misfits([row]).get(row.pk) == (words and Misfit(quantity=words))


def test_row_in_another_unit_is_compared_in_the_purchase_unit():
    box = UnitConversionFactory(numerator=12).unit
    row = row_of(3, unit=box, maximum=30)

    assert misfits([row]) == {row.pk: Misfit(quantity="Acme delivers at most 30 pcs of B-1 in a row; this is 36.")}


def test_date_on_a_weekday_without_deliveries_is_said_beside_the_date():
    row = row_of(4, minimum=5, **ON_TUESDAYS)

    least = "Acme delivers at least 5 pcs of B-1 in a row; this is 4."
    assert misfits([row]) == {row.pk: Misfit(quantity=least, due_date=OFF_DAY)}
    assert str(misfits([row])[row.pk]) == f"{least} {OFF_DAY}"


def test_date_that_the_supplier_confirmed_is_right_whatever_its_terms_say(buyer):
    row = row_of(10, **ON_TUESDAYS)
    operations.send(order=row.order, by=buyer)
    operations.confirm(order=row.order, by=buyer)

    assert misfits([again(row)]) == {}


def test_typed_date_on_a_weekday_without_deliveries_is_kept_and_said(buyer_client):
    row = row_of(10, **ON_TUESDAYS)
    typed = {"quantity": "10", "due_date": "2026-03-18", "price": "2.5", "discount": "0", "version": again(row).version}

    shown = buyer_client.post(page("change_row", row.pk), typed, follow=True)

    assertContains(shown, f"P-1001/10: {OFF_DAY}")
    assertContains(shown, f'<td><span class="tone-warn" title="{OFF_DAY}">')
    assertContains(buyer_client.get(page("row", row.pk)), f'<dd class="tone-warn">{OFF_DAY}</dd>')
    typed |= {"due_date": "2026-03-17", "version": again(row).version}
    assertNotContains(buyer_client.post(page("change_row", row.pk), typed, follow=True), "does not deliver")


def test_draft_row_whose_date_was_cleared_still_opens_with_its_order(buyer_client):
    row = row_of(140, maximum=100, **ON_TUESDAYS)
    typed = {"quantity": "140", "due_date": "", "price": "2.5", "discount": "0", "version": again(row).version}

    shown = buyer_client.post(page("change_row", row.pk), typed, follow=True)

    assert again(row).supply.due_date is None
    assertContains(shown, f'title="{MOST}"')
    assertContains(buyer_client.get(page("row", row.pk)), f'<dd class="tone-warn">{MOST}</dd>')
    assert misfits([again(row)]) == {row.pk: Misfit(quantity=MOST)}


def test_ended_rows_and_rows_without_terms_have_nothing_said_of_them(buyer):
    row = row_of(140, maximum=100)
    operations.cancel(order=row.order, by=buyer)

    assert misfits([again(row), purchase_row(quantity=140)]) == {}


def test_typed_row_above_the_maximum_is_kept_and_said(buyer_client):
    term = SupplierTermFactory(supplier=SupplierFactory(name="Acme"), part=PartFactory(number="B-1"), maximum=100)
    warehouse = WarehouseFactory()
    order = purchase_order(supplier=term.supplier, company=warehouse.company)
    typed = {"part": "B-1", "quantity": "140", "warehouse": warehouse.code, "due_date": "2026-03-18"}

    shown = buyer_client.post(page("add_row", order.pk), typed, follow=True)

    assertContains(shown, f"P-1001/10: {MOST}")
    assert PurchaseOrderRow.objects.get().quantity == 140
    assertContains(buyer_client.get(page("order", order.pk)), f'title="{MOST}"')
    assertContains(
        buyer_client.get(page("row", PurchaseOrderRow.objects.get().pk)), f'<dd class="tone-warn">{MOST}</dd>'
    )


def test_changed_row_is_said_too_until_it_fits(buyer_client):
    row = row_of(100, maximum=100)
    typed = {"due_date": "2026-03-18", "price": "2.5", "discount": "0"}

    shown = buyer_client.post(page("change_row", row.pk), typed | {"quantity": "140"}, headers={"HX-Request": "true"})

    assertContains(shown, MOST)
    typed["version"] = again(row).version
    buyer_client.post(page("change_row", row.pk), typed | {"quantity": "90"})
    assertNotContains(buyer_client.get(page("order", row.order_id)), "delivers at most")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"quantity": "80.5"}, "quantity", "80.5 pcs has too many decimals: pcs allows whole numbers only."),
        ({"quantity": "1", "unit": "crate"}, "quantity", "B-1 has no conversion from crate to pcs."),
        ({"quantity": "1", "warehouse": "W9"}, "warehouse", "W9 is of another company than P-1001."),
        ({"quantity": "1", "warehouse": ""}, "warehouse", "B-1 has no default warehouse. Choose the warehouse"),
    ],
)
def test_new_row_says_what_is_wrong_at_its_field(buyer_client, typed, field, sentence):
    warehouse, _other = WarehouseFactory(code="W1"), UnitConversionFactory(unit__code="crate")
    WarehouseFactory(company=warehouse.company)
    WarehouseFactory(code="W9")
    PartFactory(number="B-1")
    order = purchase_order(company=warehouse.company)
    _other.delete()

    facts = {"part": "B-1", "warehouse": "W1", "due_date": "2026-03-18", "goods_label": "keep me"} | typed
    shown = buyer_client.post(page("add_row", order.pk), facts)

    assert shown.status_code == 422
    [(name, [words])] = shown.context["row_form"].errors.items()
    assert (name, words.startswith(sentence)) == (field, True)
    assertContains(shown, "keep me", status_code=422)
    assert PurchaseOrderRow.objects.count() == 0


def test_a_drop_shipment_without_an_address_is_said_at_the_address_and_nothing_typed_is_lost(buyer_client):
    supplier, company = SupplierFactory(), WarehouseFactory().company
    facts = {"supplier": supplier.number, "company": company.pk, "ordered_on": "2026-03-02", "drop_shipment": "on"}

    shown = buyer_client.post(page("order_create"), facts | {"note": "Ring first"})

    words = ["Enter the customer's delivery address: the goods go straight there."]
    assert (shown.status_code, shown.context["form"].errors) == (422, {"delivery_address": words})
    assertContains(shown, "Ring first", status_code=422)
    order = purchase_order()
    changed = buyer_client.post(page("change_order", order.pk), {"drop_shipment": "on", "note": "Ring first"})
    assert (changed.status_code, changed.context["header_form"].errors) == (422, {"delivery_address": words})
