"""Invoice bases: what is delivered is exported once, with the right amounts; approved, it stands."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register import operations as register
from sales import operations
from sales.models import AccountType, DeliveryRow, FixedAsset, InvoiceLine, InvoicePosting, RowType
from sales.posting import Posting
from tests.factories import PartFactory, PhantomPartFactory, ServicePartFactory, UnitConversionFactory
from tests.linkage.factories import stock
from tests.races import run_before_commit
from tests.sales.factories import again, order_with, row_with
from tests.sales.test_posting import account, rule, shares, value
from tests.sales.test_vat import full, vat_group

pytestmark = pytest.mark.django_db


def deliver(row, quantity, by, **facts):
    if row.demand_id:
        stock(row.part, row.warehouse, quantity)
    return operations.deliver(row=again(row), quantity=Decimal(quantity), by=by, **facts)


def export(row, by, **facts):
    return operations.export_invoice_basis(company=row.order.document.company, by=by, **facts)


def lines(basis):
    return list(basis.lines.order_by("pk").values_list("quantity", "amount"))


def priced(price, quantity=10, by=None, **facts):
    return row_with(quantity, row={"unit_price": Decimal(price)} | facts.pop("row", {}), by=by, **facts)


def test_export_takes_what_is_delivered_once(seller, warehouse_keeper):
    row = priced("12.5", by=seller)
    deliver(row, 4, warehouse_keeper, reference="N-1", effective_on=date(2026, 3, 2))

    basis = export(row, seller)
    with pytest.raises(Refused, match="Nothing is delivered that is not on an invoice basis already"):
        export(row, seller)
    deliver(row, 6, warehouse_keeper)

    [line] = basis.lines.all()
    assert (basis.number, line.quantity, line.amount, line.delivered_on, line.delivery_note) == (
        "I-1001",
        4,
        Decimal("50.00"),
        date(2026, 3, 2),
        str(DeliveryRow.objects.order_by("pk")[0].note),
    )
    assert lines(export(row, seller)) == [(6, Decimal("75.00"))]


def test_row_in_an_invoicing_plan_is_on_no_basis_where_plans_are_in_use(seller, warehouse_keeper, admin_user):
    row = priced("10", quantity=4, by=seller)
    deliver(row, 1, warehouse_keeper)
    before = export(row, seller)
    operations.change_row(row=again(row), in_invoicing_plan=True, by=seller)
    deliver(row, 2, warehouse_keeper)
    register.change_setting(name="invoicing_plans", value=True, by=admin_user)

    with pytest.raises(Refused, match="Nothing is delivered that is not on an invoice basis already"):
        export(row, seller)
    operations.reverse_delivery(delivered=DeliveryRow.objects.order_by("pk")[0], by=warehouse_keeper)
    credit = export(row, seller)
    register.change_setting(name="invoicing_plans", value=False, by=admin_user)

    assert [lines(basis) for basis in (before, credit, export(row, seller))] == [[(1, 10)], [(-1, -10)], [(2, 20)]]


def test_deliveries_of_a_row_are_together_its_amount(seller, warehouse_keeper):
    facts = {"setup_price": Decimal("5"), "discount": Decimal("10")}
    row = priced("0.37", quantity=3, row=facts, by=seller)  # 3 x 0.37 x 0.9 + 5 = 5.999 -> 6.00; each alone 0.333

    amounts = []
    for _time in range(3):
        deliver(row, 1, warehouse_keeper)
        amounts += lines(export(row, seller))

    assert amounts == [(1, Decimal("5.33")), (1, Decimal("0.33")), (1, Decimal("0.34"))]


def test_delivery_at_a_new_price_does_not_make_up_for_the_old_one(seller, warehouse_keeper):
    row = priced("10", quantity=2, by=seller)
    deliver(row, 1, warehouse_keeper)
    first = export(row, seller)
    operations.change_row(row=again(row), unit_price=Decimal(11), by=seller)
    deliver(row, 1, warehouse_keeper)

    assert lines(first) + lines(export(row, seller)) == [(1, 10), (1, 11)]


def test_delivery_in_another_unit_is_exported_in_the_rows(seller, warehouse_keeper):
    part = PartFactory()
    box = UnitConversionFactory(part=part, base=part.unit, numerator=12).unit
    row = row_with(2, part=part, row={"unit": box, "unit_price": Decimal(60)}, by=seller)
    stock(part, row.warehouse, 12)
    operations.deliver(row=row, quantity=Decimal(1), by=warehouse_keeper)

    assert lines(export(row, seller)) == [(1, 60)]


def test_unit_of_a_delivered_row_stays(seller, warehouse_keeper):
    part = PartFactory()
    box = UnitConversionFactory(part=part, base=part.unit, numerator=12).unit
    row = row_with(24, part=part, by=seller)
    deliver(row, 12, warehouse_keeper)

    with pytest.raises(Refused, match=f"12 {part.unit} of {row} are delivered; its unit stays {part.unit}"):
        operations.change_row(row=again(row), unit=box, recalculate=True, by=seller)
    operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)
    with pytest.raises(Refused, match=f"{row} was delivered and taken back; its unit stays {part.unit}"):
        operations.change_row(row=again(row), unit=box, recalculate=True, by=seller)


@pytest.mark.parametrize("changes", [{"currency": "SEK"}, {"exchange_rate": Decimal("0.2")}])
def test_currency_and_rate_of_an_order_on_a_basis_stay(seller, warehouse_keeper, changes):
    row = priced("10", currency="USD", exchange_rate=Decimal("0.9"), by=seller)
    order = operations.change_order(order=row.order, exchange_rate=Decimal("0.8"), by=seller)
    deliver(row, 1, warehouse_keeper)
    export(row, seller)

    with pytest.raises(Refused, match=f"{order} has 1 line on invoice bases in USD at 0.8; its currency and"):
        operations.change_order(order=order, by=seller, **{"exchange_rate": Decimal("0.3")} | changes)
    assert operations.change_order(order=order, customer_order_number="PO-8", by=seller).exchange_rate == Decimal("0.8")


def test_export_up_to_a_day_leaves_later_deliveries(seller, warehouse_keeper):
    row = priced("10", by=seller)
    deliver(row, 1, warehouse_keeper, effective_on=date(2026, 3, 1))
    deliver(row, 2, warehouse_keeper, effective_on=date(2026, 3, 2))

    assert lines(export(row, seller, up_to=date(2026, 3, 1))) == [(1, 10)]


def test_delivery_taken_back_before_the_export_was_never_there(seller, warehouse_keeper):
    row = priced("10", by=seller)
    deliver(row, 1, warehouse_keeper)
    operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)

    with pytest.raises(Refused, match="Nothing is delivered"):
        export(row, seller)


def test_delivery_taken_back_after_the_export_is_credited(seller, warehouse_keeper):
    row = priced("10", row={"setup_price": Decimal(7)}, by=seller)
    deliver(row, 2, warehouse_keeper)
    export(row, seller)
    operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)

    assert lines(export(row, seller)) == [(-2, -27)]


def test_credit_posts_what_it_takes_back_as_it_was_posted(seller, warehouse_keeper, admin_user):
    register.change_setting(name="posting_material", value=True, by=admin_user)
    vat_group(full("25"))
    rule("3000")
    rule("4000", account_type=AccountType.MATERIAL)
    row = priced("10", part=PartFactory(standard_price=4), by=seller)
    deliver(row, 2, warehouse_keeper)
    export(row, seller)
    operations.distribute(row=again(row), postings=shares(("3100", "50"), ("3200", "50")), by=seller)
    type(row.part).objects.filter(pk=row.part_id).update(standard_price=9)
    operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)

    export(row, seller)

    found = InvoicePosting.objects.order_by("pk").values_list("account__number", "amount", "vat", "cost")
    assert list(found) == [("3000", 20, 5, 0), ("4000", 0, 0, 8), ("3000", -20, -5, 0), ("4000", 0, 0, -8)]


def test_credit_undoes_its_line_to_the_cent(seller, warehouse_keeper):
    vat_group(full("25"))
    order = order_with(1, 1, row={"unit_price": Decimal("0.02")}, by=seller)
    for row in order.rows.for_list().in_order():
        deliver(row, 1, warehouse_keeper)
    export(row, seller)
    operations.reverse_delivery(delivered=DeliveryRow.objects.order_by("pk").last(), by=warehouse_keeper)

    export(row, seller)

    vat = [posting.vat for posting in InvoicePosting.objects.order_by("pk")]
    assert vat == [Decimal("0.01"), 0, 0]


def test_deduction_costs_less_than_nothing(seller, warehouse_keeper, admin_user):
    register.change_setting(name="posting_material", value=True, by=admin_user)
    facts = {"row_type": RowType.ADDITIONAL, "name": "Scrap", "quantity": Decimal(-2), "standard_price": Decimal(3)}
    row = operations.add_row(order=order_with(by=seller), unit_price=Decimal(5), by=seller, **facts)
    deliver(row, -2, warehouse_keeper)

    export(row, seller)

    assert list(InvoicePosting.objects.order_by("pk").values_list("amount", "cost")) == [(-10, 0), (0, -6)]


def test_row_without_stock_is_exported_whole_and_credited(seller, warehouse_keeper):
    row = priced("10", quantity=3, part=ServicePartFactory(), by=seller)
    deliver(row, 3, warehouse_keeper)
    first = export(row, seller)
    operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)
    second = export(row, seller)
    deliver(row, 3, warehouse_keeper)
    third = export(row, seller)

    assert lines(first) + lines(second) + lines(third) == [(3, 30), (-3, -30), (3, 30)]


def test_additional_row_is_exported_when_it_is_delivered(seller, warehouse_keeper):
    row = operations.add_row(
        order=order_with(by=seller),
        row_type=RowType.ADDITIONAL,
        name="Freight",
        quantity=Decimal(1),
        unit_price=Decimal(20),
        by=seller,
    )
    deliver(row, 1, warehouse_keeper)

    assert lines(export(row, seller)) == [(1, 20)]


def test_vat_of_the_lines_of_an_order_is_that_of_their_sum(seller, warehouse_keeper):
    vat_group(full("25"))
    order = order_with(1, 1, 1, row={"unit_price": Decimal("0.02")}, by=seller)
    for row in order.rows.for_list():
        deliver(row, 1, warehouse_keeper)

    export(row, seller)

    assert [posting.vat for posting in InvoicePosting.objects.all()] == [Decimal("0.01"), 0, Decimal("0.01")]
    assert set(InvoiceLine.objects.values_list("vat_code", "vat_percent")) == {("FULL", Decimal("25.00"))}


def test_amount_is_divided_among_the_shares_to_the_cent(seller, warehouse_keeper):
    place = value("CC", "110")
    row = priced("0.05", quantity=1, by=seller)
    first, *others = shares(("3000", "33.3333"), ("3100", "33.3333"), ("3200", "33.3334"))
    first = Posting(account=first.account, share=first.share, values={place.dimension_id: place})
    operations.distribute(row=row, postings=[first, *others], by=seller)
    deliver(row, 1, warehouse_keeper)

    export(row, seller)

    found = InvoicePosting.objects.order_by("pk").values_list("account__number", "amount", "dimensions")
    assert list(found) == [
        ("3000", Decimal("0.02"), {"CC": "110"}),
        ("3100", Decimal("0.01"), {}),
        ("3200", Decimal("0.02"), {}),
    ]


def test_setup_material_and_stock_are_posted_by_setting(seller, warehouse_keeper, admin_user):
    for name in ("posting_setup", "posting_material", "posting_stock"):
        register.change_setting(name=name, value=True, by=admin_user)
    for number, kind in zip(("3000", "3050", "4000", "1400"), AccountType.values, strict=True):
        rule(number, account_type=kind)
    row = priced("10", part=PartFactory(standard_price=4), row={"setup_price": Decimal(7)}, by=seller)
    deliver(row, 2, warehouse_keeper)

    export(row, seller)

    found = InvoicePosting.objects.order_by("pk").values_list("account__number", "amount", "cost")
    assert list(found) == [("3000", 20, 0), ("3050", 7, 0), ("4000", 0, 8), ("1400", 0, -8)]


def test_database_refuses_a_delivery_on_two_bases(seller, warehouse_keeper):
    row = priced("10", by=seller)
    deliver(row, 1, warehouse_keeper)
    line = export(row, seller).lines.get()
    line.pk = None

    with pytest.raises(IntegrityError, match="invoice_line_delivered_once"), transaction.atomic():
        line.save(force_insert=True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_exports_at_once_take_a_delivery_once(seller, warehouse_keeper):
    row = priced("10", by=seller)
    deliver(row, 1, warehouse_keeper)

    had_to_wait, outcome = run_before_commit(lambda: export(row, seller), lambda: export(row, seller))

    assert had_to_wait
    assert str(outcome) == "Nothing is delivered that is not on an invoice basis already."
    assert InvoiceLine.objects.count() == 1


def test_delivery_on_an_approved_basis_is_not_taken_back(seller, warehouse_keeper):
    row = priced("10", by=seller)
    deliver(row, 1, warehouse_keeper)
    basis = export(row, seller)
    delivered = DeliveryRow.objects.get()

    operations.approve_invoice_basis(basis=basis, by=seller)

    with pytest.raises(Refused, match=f"{row} of {delivered.note} is invoiced since"):
        operations.reverse_delivery(delivered=delivered, by=warehouse_keeper)
    with pytest.raises(Refused, match="I-1001 was approved on"):
        operations.approve_invoice_basis(basis=basis, by=seller)


def test_service_on_an_approved_basis_is_not_taken_back(seller, warehouse_keeper):
    row = priced("10", quantity=3, part=ServicePartFactory(), by=seller)
    deliver(row, 3, warehouse_keeper)
    operations.approve_invoice_basis(basis=export(row, seller), by=seller)

    with pytest.raises(Refused, match="is invoiced since"):
        operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)


def test_approval_sells_the_fixed_asset_with_what_belongs_to_it(seller, warehouse_keeper):
    row = priced("900", quantity=1, currency="SEK", exchange_rate=Decimal("0.1"), by=seller)
    company = row.order.document.company
    press = FixedAsset.objects.create(company=company, number="FA-1", name="Press", book_value=100)
    feeder = FixedAsset.objects.create(company=company, number="FA-1.1", name="Feeder", main=press, book_value=15)
    operations.change_row(row=row, fixed_asset=press, by=seller)
    deliver(row, 1, warehouse_keeper)
    basis = export(row, seller)
    before = FixedAsset.objects.filter(sold_on=None).count()

    operations.approve_invoice_basis(basis=basis, by=seller)

    press.refresh_from_db()
    feeder.refresh_from_db()
    assert before == 2
    assert (press.sale_price, press.result) == (90, -10)
    assert (feeder.sale_price, feeder.result, feeder.sold_on) == (0, -15, press.sold_on)


def test_sale_price_of_an_asset_is_all_approved_lines_of_its_row(seller, warehouse_keeper):
    row = priced("400", quantity=2, row={"setup_price": Decimal(100)}, by=seller)
    press = FixedAsset.objects.create(company=row.order.document.company, number="FA-1", name="Press")
    operations.change_row(row=row, fixed_asset=press, by=seller)
    for _time in range(2):
        deliver(row, 1, warehouse_keeper)

    operations.approve_invoice_basis(basis=export(row, seller), by=seller)

    press.refresh_from_db()
    assert press.sale_price == 900


def test_asset_that_came_back_and_was_credited_is_not_sold(seller, warehouse_keeper):
    row = priced("900", quantity=1, by=seller)
    company = row.order.document.company
    press = FixedAsset.objects.create(company=company, number="FA-1", name="Press")
    FixedAsset.objects.create(company=company, number="FA-1.1", name="Feeder", main=press)
    operations.change_row(row=row, fixed_asset=press, by=seller)
    deliver(row, 1, warehouse_keeper)
    bases = [export(row, seller)]
    operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)
    bases.append(export(row, seller))

    prices = []
    for basis in bases:
        operations.approve_invoice_basis(basis=basis, by=seller)
        prices.append(list(FixedAsset.objects.order_by("number").values_list("sale_price", flat=True)))

    assert prices == [[900, 0], [None, None]]
    assert set(FixedAsset.objects.values_list("sold_on", flat=True)) == {None}


def test_basis_pages_export_list_and_approve(seller, seller_client, warehouse_keeper):
    vat_group(full("25"))
    rule("3000")
    row = priced("12.5", customer_order_number="PO-7", by=seller)
    deliver(row, 4, warehouse_keeper, reference="N-1")
    waiting = seller_client.get(reverse("sales:waiting_list"))

    seller_client.post(reverse("sales:basis_export"), {"company": row.order.document.company_id, "up_to": ""})
    line = InvoiceLine.objects.get()
    page = seller_client.get(url := reverse("sales:basis", args=[line.basis_id]))
    file = seller_client.get(url, {"export": "csv"})
    seller_client.post(reverse("sales:basis_approve", args=[line.basis_id]))
    after = seller_client.get(reverse("sales:waiting_list"))
    listed = seller_client.get(reverse("sales:basis_list"))

    note = str(line.delivered.note)
    assertContains(waiting, note)
    assertNotContains(after, note)
    assertContains(page, "Invoices are approved")
    assertContains(listed, "I-1001")
    [said] = csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig")))
    assert {name: said[name] for name in ("Row", "Customer's order", "Account", "VAT code", "Delivery note")} == {
        "Row": str(row),
        "Customer's order": "PO-7",
        "Account": "3000",
        "VAT code": "FULL",
        "Delivery note": note,
    }
    figures = [Decimal(said[name]) for name in ("Quantity", "Price", "Amount", "VAT %", "VAT")]
    assert figures == [4, Decimal("12.5"), 50, 25, Decimal("12.5")]
    line.basis.refresh_from_db()
    assert line.basis.approved_by == seller


def test_basis_shows_costs_to_those_who_may_see_them(
    seller, seller_client, viewer_client, warehouse_keeper, admin_user
):
    register.change_setting(name="posting_material", value=True, by=admin_user)
    rule("4000", account_type=AccountType.MATERIAL)
    row = priced("10", part=PartFactory(standard_price=4321), by=seller)
    deliver(row, 1, warehouse_keeper)
    url = reverse("sales:basis", args=[export(row, seller).pk])

    for query in ({}, {"columns": "position,cost"}, {"export": "csv"}, {"export": "csv", "columns": "cost,account"}):
        seen, hidden = (shown(client.get(url, query)) for client in (seller_client, viewer_client))
        assert ("4000" in seen) or ("4321" in seen) or ("4,321" in seen)
        assert "Cost" not in hidden
        assert "4000" not in hidden
        assert "321.00" not in hidden


def shown(answer):
    return b"".join(answer if answer.streaming else [answer.content]).decode()


@pytest.mark.parametrize("row_count", [1, 3])
def test_basis_page_takes_a_constant_number_of_statements(
    seller, seller_client, warehouse_keeper, django_assert_max_num_queries, row_count
):
    order = order_with(*[1] * row_count, row={"unit_price": Decimal(5)}, by=seller)
    for row in order.rows.for_list():
        deliver(row, 1, warehouse_keeper)
    url = reverse("sales:basis", args=[export(row, seller).pk])
    account("3000")
    seller_client.get(url)

    with django_assert_max_num_queries(12):
        assertContains(seller_client.get(url), "5.00")


def test_fictitious_part_that_was_noted_and_taken_back_is_exported_with_its_parts(seller, warehouse_keeper):
    row = priced(100, quantity=2, part=PhantomPartFactory(number="KIT"), by=seller)
    deliver(row, 2, warehouse_keeper)
    operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)
    part = operations.add_part(row=again(row), part=PartFactory(), quantity=Decimal(4), by=seller)

    deliver(part, 4, warehouse_keeper)

    assert lines(export(row, seller)) == [(2, 200)]


def test_withdraw_frees_the_rows_and_keeps_what_stood_on_the_basis(seller, warehouse_keeper):
    row = priced("12.5", by=seller)
    deliver(row, 4, warehouse_keeper)
    first = export(row, seller)

    withdrawn = operations.withdraw_invoice_basis(basis=first, reason="Wrong price", by=seller)
    row = again(row)
    row.unit_price = Decimal(10)
    row.save(update_fields=["unit_price"])
    second = export(row, seller)

    facts = (withdrawn.withdrawn_by, withdrawn.withdrawn_on is not None, withdrawn.reason)
    assert facts == (seller, True, "Wrong price")
    assert (lines(first), lines(second)) == ([(4, Decimal("50"))], [(4, Decimal("40"))])


def test_withdraw_refuses_what_is_approved_withdrawn_or_followed_by_a_later_basis(seller, warehouse_keeper):
    row = priced("12.5", by=seller)
    deliver(row, 4, warehouse_keeper)
    first = export(row, seller)
    deliver(row, 3, warehouse_keeper)
    second = export(row, seller)

    with pytest.raises(Refused, match=f"{second} has a later line of {row}: withdraw that one first"):
        operations.withdraw_invoice_basis(basis=first, by=seller)
    operations.withdraw_invoice_basis(basis=second, by=seller)
    with pytest.raises(Refused, match=f"{second} was withdrawn on .* by {seller} already"):
        operations.withdraw_invoice_basis(basis=second, by=seller)
    with pytest.raises(Refused, match=f"{second} was withdrawn on "):
        operations.approve_invoice_basis(basis=second, by=seller)
    operations.approve_invoice_basis(basis=first, by=seller)
    with pytest.raises(Refused, match="what is invoiced stands"):
        operations.withdraw_invoice_basis(basis=first, by=seller)


def test_delivery_of_a_withdrawn_basis_comes_back_without_a_credit(seller, warehouse_keeper):
    row = priced("12.5", by=seller)
    deliver(row, 4, warehouse_keeper)
    basis = export(row, seller)
    operations.withdraw_invoice_basis(basis=basis, by=seller)

    operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)

    with pytest.raises(Refused, match="Nothing is delivered"):
        export(row, seller)


def test_credit_of_a_withdrawn_basis_waits_again(seller, warehouse_keeper):
    row = priced("12.5", by=seller)
    deliver(row, 4, warehouse_keeper)
    export(row, seller)
    operations.reverse_delivery(delivered=DeliveryRow.objects.get(), by=warehouse_keeper)
    credit = export(row, seller)
    operations.withdraw_invoice_basis(basis=credit, by=seller)

    assert lines(export(row, seller)) == [(-4, Decimal("-50"))]


def test_database_refuses_a_basis_that_is_approved_and_withdrawn(seller, warehouse_keeper):
    row = priced("12.5", by=seller)
    deliver(row, 4, warehouse_keeper)
    basis = operations.withdraw_invoice_basis(basis=export(row, seller), by=seller)
    basis.approved_on, basis.approved_by = basis.withdrawn_on, seller

    with pytest.raises(IntegrityError, match="invoice_basis_withdrawn_by_somebody"), transaction.atomic():
        basis.save()


def test_basis_page_withdraws_with_name_and_reason(seller_client, seller, warehouse_keeper):
    row = priced("12.5", by=seller)
    deliver(row, 4, warehouse_keeper)
    basis = export(row, seller)

    seller_client.post(reverse("sales:basis_withdraw", args=[basis.pk]), {"reason": "Wrong price"})
    page = seller_client.get(reverse("sales:basis", args=[basis.pk]))

    assertContains(page, ": Wrong price.")
    assertNotContains(page, "Invoices are approved")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_basis_is_approved_or_withdrawn_not_both(seller, warehouse_keeper):
    row = priced("12.5", by=seller)
    deliver(row, 4, warehouse_keeper)
    basis = export(row, seller)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.approve_invoice_basis(basis=basis, by=seller),
        lambda: operations.withdraw_invoice_basis(basis=basis, by=seller),
    )

    assert had_to_wait
    assert "what is invoiced stands" in str(outcome)
