"""The further columns of a row: what it inherits, what a split keeps, and the fixed asset that it sells."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register import operations as register
from erp.register.models import PartType
from sales import operations
from sales.cells import Look, with_cells
from sales.columns import PAGE, columns_for, further
from sales.forms.further import FurtherForm
from sales.further import cn_code_of, tariff_code_of, transaction_types_of
from sales.grids import grid
from sales.models import (
    Account,
    FixedAsset,
    OrderType,
    PostingRule,
    Role,
    RowType,
    SalesOrderRow,
    TransactionType,
    VatCode,
)
from sales.papers import note_paper
from tests.factories import CompanyFactory, PartFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, order_with, row_with

pytestmark = pytest.mark.django_db


def asset(number, *, company=None, **facts):
    return FixedAsset.objects.create(company=company or CompanyFactory(), number=number, name="Press", **facts)


def test_codes_are_the_rows_own_else_the_parts(seller):
    row = row_with(1, part=PartFactory(cn_code="87120030", tariff_code="8712"), by=seller)
    text = operations.add_sub_row(row=row, row_type=RowType.TEXT, text="With bell", by=seller)

    inherited = [cn_code_of(row), tariff_code_of(row), cn_code_of(text)]
    row = operations.change_row(row=row, cn_code="87149990", tariff_code="8714", by=seller)

    assert inherited == ["87120030", "8712", "87120030"]
    assert [cn_code_of(row), tariff_code_of(row)] == ["87149990", "8714"]


def test_form_names_what_a_row_inherits(seller):
    row = row_with(1, part=PartFactory(cn_code="87120030"), by=seller)
    sale = TransactionType.objects.create(code="11", name="Sale", is_default=True)
    PostingRule.objects.create(account=Account.objects.create(number="3000", name="Bicycles"))
    row.vat_code = VatCode.objects.create(code="25", name="Finland 25.5 %")

    fields = FurtherForm(row=row).fields

    assert fields["cn_code"].help_text == "Empty: the part's, 87120030."
    assert fields["tariff_code"].help_text == "Empty: the part's."
    assert fields["sales_account"].empty_label == "As the posting matrix says: 3000 Bicycles"
    assert fields["transaction_type"].empty_label == f"As the order type says, else the default: {sale}"
    assert [label for _value, label in fields["vat_code"].choices] == ["", "25 Finland 25.5 %"]


def test_form_with_an_account_of_its_own_does_not_say_what_the_matrix_would(seller):
    account = Account.objects.create(number="3000", name="Bicycles")
    PostingRule.objects.create(account=account)
    row = operations.change_row(row=row_with(1, by=seller), sales_account=account, by=seller)

    assert FurtherForm(row=row).fields["sales_account"].empty_label == "As the posting matrix says"


def test_page_of_the_form_leads_back_to_the_row(seller, seller_client):
    row = row_with(1, by=seller)

    page = seller_client.get(reverse("sales:row_further", args=[row.pk]))

    assertContains(page, f'href="{reverse("sales:row", args=[row.pk])}" data-close-dialog')
    assertContains(page, f'<a href="{reverse("sales:order", args=[row.order_id])}">{row.order}</a>')


def test_additional_row_has_the_codes_that_are_typed(seller):
    row = operations.add_row(
        order=order_with(by=seller),
        row_type=RowType.ADDITIONAL,
        name="Freight",
        quantity=Decimal(1),
        tariff_code="S-19",
        cn_code="99500000",
        by=seller,
    )

    assert (tariff_code_of(row), cn_code_of(row)) == ("S-19", "99500000")


def test_transaction_type_is_the_rows_else_the_order_types_else_the_default(seller):
    default, of_order, of_row = (
        TransactionType.objects.create(code=code, name=code, is_default=code == "11") for code in ("11", "21", "32")
    )
    plain = row_with(1, by=seller)
    kind = OrderType.objects.create(code="RENT", name="Rent", transaction_type=of_order)
    row = row_with(1, order_type=kind, by=seller)

    found = [transaction_types_of([each])[each.pk] for each in (plain, row)]
    row = operations.change_row(row=row, transaction_type=of_row, by=seller)

    assert [*found, *transaction_types_of([row]).values()] == [default, of_order, of_row]


def test_split_keeps_the_references_and_leaves_the_asset_with_the_first_part(seller):
    row = row_with(10, by=seller)
    press = asset("FA-1", company=row.order.document.company)
    facts = {"dock": "D4", "manufacturing_reference": "VIN 9", "delivery_reference": "C-5", "fixed_asset": press}
    row = operations.change_row(row=row, **facts, by=seller)

    parts = operations.split_row(row=row, parts=[operations.NewPart(quantity=Decimal(5))] * 2, by=seller)

    found = [(part.dock, part.manufacturing_reference, part.delivery_reference, part.fixed_asset) for part in parts]
    assert found == [("D4", "VIN 9", "C-5", press), ("D4", "VIN 9", "C-5", None)]


def test_copy_of_an_order_leaves_references_and_asset_out(seller):
    row = row_with(10, by=seller)
    press = asset("FA-1", company=row.order.document.company)
    operations.change_row(row=row, dock="D4", manufacturing_reference="VIN 9", fixed_asset=press, by=seller)

    [copied] = operations.copy_order(order=row.order, by=seller).rows.all()

    assert (copied.dock, copied.manufacturing_reference, copied.fixed_asset) == ("D4", "", None)


def test_invoicing_plan_box_is_there_where_plans_are_in_use(seller, seller_client, admin_user):
    row = row_with(10, by=seller)
    url = reverse("sales:row_further", args=[row.pk])
    without = seller_client.get(url)
    register.change_setting(name="invoicing_plans", value=True, by=admin_user)

    with_plans = seller_client.get(url)
    seller_client.post(url, {"in_invoicing_plan": "on", "version": row.version})

    assertNotContains(without, "Included in invoicing plan")
    assertContains(with_plans, "Included in invoicing plan")
    assert again(row).in_invoicing_plan is True


def test_asset_stands_on_one_row_only(seller):
    row, other = row_with(1, by=seller), row_with(1, by=seller)
    press = asset("FA-1")
    operations.change_row(row=row, fixed_asset=press, by=seller)

    with pytest.raises(Refused, match=f"FA-1 Press is on {row} already"):
        operations.change_row(row=other, fixed_asset=press, by=seller)


def test_database_refuses_an_asset_on_two_rows(seller):
    row, other = row_with(1, by=seller), row_with(1, by=seller)
    press = asset("FA-1")
    operations.change_row(row=row, fixed_asset=press, by=seller)

    with pytest.raises(IntegrityError, match="fixed_asset_id"), transaction.atomic():
        type(row).objects.filter(pk=other.pk).update(fixed_asset=press)


@pytest.mark.parametrize("first", ["main", "sub"])
def test_main_object_and_what_belongs_to_it_are_sold_once(seller, first):
    row, other = row_with(1, by=seller), row_with(1, by=seller)
    main = asset("FA-1")
    sub = asset("FA-1.1", company=main.company, main=main)
    one, two = (main, sub) if first == "main" else (sub, main)
    operations.change_row(row=row, fixed_asset=one, by=seller)

    with pytest.raises(Refused, match=f"{two} is sold along with {one}, which is on {row} already"):
        operations.change_row(row=other, fixed_asset=two, by=seller)


def test_sold_asset_is_refused_and_not_offered(seller, seller_client):
    row = row_with(1, by=seller)
    company = row.order.document.company
    sold = asset("FA-1", company=company, sold_on="2026-02-01", sale_price=5)
    asset("FA-2", company=company)

    with pytest.raises(Refused, match="FA-1 Press was sold on 2026-02-01"):
        operations.change_row(row=row, fixed_asset=FixedAsset.objects.get(pk=sold.pk), by=seller)
    page = seller_client.get(reverse("sales:row_further", args=[row.pk]))
    assertContains(page, "FA-2 Press")
    assertNotContains(page, "FA-1 Press")


def test_sold_asset_stays_on_its_row_when_something_else_is_saved(seller, seller_client):
    row = row_with(1, by=seller)
    press = asset("FA-1", company=row.order.document.company)
    row = operations.change_row(row=row, fixed_asset=press, by=seller)
    FixedAsset.objects.update(sold_on="2026-02-01", sale_price=5)
    form = seller_client.get(url := reverse("sales:row_further", args=[row.pk])).context["form"]

    data = {"fixed_asset": form["fixed_asset"].value(), "dock": "D4", "version": row.version}
    answer = seller_client.post(url, data)

    assert answer.status_code == 302
    assert (again(row).dock, again(row).fixed_asset) == ("D4", press)


def test_main_object_is_of_the_same_company_and_belongs_to_none_itself():
    main = asset("FA-1")
    sub = asset("FA-1.1", company=main.company, main=main)
    other = asset("FA-1", company=CompanyFactory())

    for one, above, sentence in (
        (sub, other, "FA-1 Press belongs to another company."),
        (asset("FA-1.1.1", company=main.company), sub, "FA-1.1 Press belongs to FA-1 Press itself; choose that one."),
        (main, asset("FA-2", company=main.company), "FA-1 Press is the main object of others and belongs to none."),
    ):
        one.main = above
        with pytest.raises(ValidationError, match=sentence):
            one.full_clean()


@pytest.mark.parametrize("how", ["delete", "cancel"])
def test_asset_of_a_row_that_is_called_off_can_be_sold_on_another(seller, warehouse_keeper, how):
    row, other = row_with(1, by=seller), row_with(1, by=seller)
    press = asset("FA-1")
    operations.change_row(row=row, fixed_asset=press, by=seller)

    if how == "delete":
        operations.delete_row(row=row, by=seller)
    else:
        operations.cancel_order(order=row.order, by=seller)

    assert operations.change_row(row=other, fixed_asset=press, by=seller).fixed_asset == press


@pytest.mark.parametrize("row_count", [1, 3])
def test_grid_with_all_further_columns_asks_a_constant_number_of_questions(
    seller, seller_client, django_assert_num_queries, row_count
):
    code = VatCode.objects.create(code="FULL", name="Full")
    order = order_with(*[1] * row_count, row={"vat_code": code, "dock": "D4"}, by=seller)
    names = [column.name for column in further.COLUMNS]
    seller.list_columns = {PAGE: ["name", "quantity", *names]}
    seller.save(update_fields=["list_columns"])
    look = Look(order=order, columns=columns_for(seller, order), may_write=True)
    rows = grid(order)

    with django_assert_num_queries(3):
        cells = with_cells(rows, look)

    assert len(cells) == row_count


@pytest.mark.parametrize("row_count", [1, 3])
def test_grid_knows_the_codes_below_rows_in_a_constant_number_of_questions(
    seller, seller_client, django_assert_num_queries, row_count
):
    order = order_with(*[1] * row_count, part=PartFactory(cn_code="87120030"), by=seller)
    for row in order.rows.for_list():
        SalesOrderRow.objects.create(
            order=order,
            parent=row,
            line=1,
            row_type=RowType.ADDITIONAL,
            name="Alloy",
            role=Role.ALLOY,
            quantity=1,
            warehouse=row.warehouse,
        )
    rows = grid(order)

    with django_assert_num_queries(0):
        codes = [cn_code_of(shown.row) for shown in rows]

    assert codes == ["87120030"] * 2 * row_count


def test_delivery_note_names_the_references_of_the_row(seller, warehouse_keeper):
    row = row_with(1, row={"manufacturing_reference": "VIN 9", "delivery_reference": "C-55"}, by=seller)
    stock(row.part, row.warehouse, 1)
    operations.deliver(row=row, quantity=Decimal(1), by=warehouse_keeper)

    paper = note_paper(row.delivery_rows.get().note)

    [data] = paper["data"]
    assert paper["rows"][0]["details"] == ["Ref. manufacturing: VIN 9", "Ref. delivery: C-55"]
    assert (data["manufacturing_reference"], data["delivery_reference"]) == ("VIN 9", "C-55")


def test_packaging_and_alloy_cost_below_a_row_have_its_cn_code(seller):
    row = row_with(1, part=PartFactory(cn_code="87120030"), by=seller)
    box = PartFactory(cn_code="48191000", part_type=PartType.PACKAGING)
    below = [
        SalesOrderRow(order=row.order, parent=row, part=box, role=Role.PACKAGING),
        SalesOrderRow(order=row.order, parent=row, row_type=RowType.ADDITIONAL, role=Role.ALLOY),
    ]

    inherited = [cn_code_of(sub) for sub in below]
    operations.change_row(row=row, cn_code="87149990", by=seller)

    assert inherited == ["87120030", "87120030"]
    assert [cn_code_of(SalesOrderRow(parent=again(row), part=box, role=Role.PACKAGING))] == ["87149990"]


def test_packaging_sold_alone_has_the_cn_code_of_its_own(seller, seller_client):
    box = PartFactory(number="BOX", cn_code="48191000", part_type=PartType.PACKAGING)
    row = row_with(1, part=box, by=seller)

    page = seller_client.get(reverse("sales:row", args=[row.pk]))

    assert cn_code_of(row) == "48191000"
    assertContains(page, "48191000")
