"""Additional, total and text rows, and sub-rows: what each may say, and what happens to it with its order."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models.expressions import RawSQL
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.models import Unit
from linkage.models import Demand
from sales import operations
from sales.forms.rows import EDITED, NEW
from sales.forms.structures import edit_form
from sales.grids import grid
from sales.models import RowType, SalesOrderRow
from sales.statuses import CONFIRMED, DELIVERED, PARTLY, QUOTE, REGISTERED
from tests.factories import PartFactory, UnitFactory
from tests.linkage.factories import stock
from tests.sales.factories import again, order_with, row_with
from tests.sales.kits import kit_of

pytestmark = pytest.mark.django_db
ADDITIONAL = {"row_type": RowType.ADDITIONAL, "name": "Freight"}


def shown(order):
    return [(str(row.row), row.row.row_type, row.row.name or row.row.text) for row in grid(order)]


def text(row, words, *, by, **facts):
    return operations.add_sub_row(row=row, row_type=RowType.TEXT, text=words, by=by, **facts)


def test_additional_row_needs_no_part_of_the_register(seller):
    order = order_with(1, by=seller)

    row = operations.add_row(
        order=order,
        row_type=RowType.ADDITIONAL,
        part_number="  FR-1 ",
        name="Freight",
        quantity=Decimal(-2),
        unit_price=Decimal(15),
        by=seller,
    )

    assert (row.part, row.part_number, row.unit, row.position, row.demand) == (None, "FR-1", None, 20, None)
    assert [line.money.amount for line in grid(order)] == [0, -30]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"row_type": RowType.ADDITIONAL, "quantity": Decimal(1)}, "An additional row needs a name"),
        ({"row_type": RowType.ADDITIONAL, "name": "Freight"}, "Enter a quantity other than 0"),
        ({"row_type": RowType.TOTAL}, "A total row needs a name"),
        ({"row_type": RowType.TEXT, "text": "  "}, "Enter the text"),
        ({"row_type": RowType.PART, "quantity": Decimal(1)}, "Choose a part, or make it an additional row"),
    ],
)
def test_add_row_says_what_its_type_asks_for(seller, facts, sentence):
    with pytest.raises(Refused, match=sentence):
        operations.add_row(order=order_with(by=seller), by=seller, **facts)


def test_only_part_rows_own_demands(seller):
    order = order_with(3, by=seller)
    operations.add_row(order=order, **ADDITIONAL, quantity=Decimal(1), by=seller)
    operations.add_row(order=order, row_type=RowType.TEXT, text="Mind the paint", by=seller)
    operations.add_row(order=order, row_type=RowType.TOTAL, name="Total", by=seller)

    assert Demand.objects.filter(document=order.document).count() == 1


def test_text_row_says_on_which_documents_it_is_printed(seller, seller_client):
    order = order_with(1, by=seller)
    operations.add_row(
        order=order, row_type=RowType.TEXT, text="Mind\nthe paint", on_confirmation=True, on_invoice=True, by=seller
    )
    operations.add_row(order=order, row_type=RowType.TEXT, text="Only here", by=seller)

    page = seller_client.get(reverse("sales:order", args=[order.pk]))

    assertContains(page, "Mind<br>the paint")
    assertContains(page, "quote and confirmation, invoice")
    assertContains(page, "printed nowhere")


def test_text_below_a_row_follows_it_and_has_no_position(seller):
    order = order_with(1, 2, by=seller)
    first = order.rows.for_list().get(position=10)
    text(first, "Blue", by=seller)
    text(first, "Packed alone", by=seller)

    assert shown(order)[1:3] == [(f"{order}/10.1", 4, "Blue"), (f"{order}/10.2", 4, "Packed alone")]
    assert [row.row.position for row in grid(order)] == [10, None, None, 20]


def test_sub_rows_stand_below_main_rows_of_goods_only(seller):
    row = row_with(1, by=seller)
    below = text(row, "Blue", by=seller)
    total = operations.add_row(order=row.order, row_type=RowType.TOTAL, name="Total", by=seller)

    for parent in (below, total):
        with pytest.raises(Refused, match="cannot have sub-rows: they stand below main rows of goods"):
            text(parent, "Deeper", by=seller)


def test_only_text_is_added_below_a_row(seller):
    with pytest.raises(Refused, match="Only a text can be added below a row"):
        operations.add_sub_row(row=row_with(1, by=seller), **ADDITIONAL, quantity=Decimal(1), by=seller)


def test_add_sub_row_refuses_a_finished_row(seller, warehouse_keeper):
    row = row_with(1, by=seller)
    stock(row.part, row.warehouse, 1)
    operations.deliver(row=row, quantity=Decimal(1), by=warehouse_keeper)

    with pytest.raises(Refused, match="is finished and cannot be changed"):
        text(row, "Too late", by=seller)


def test_database_keeps_sub_rows_on_one_level_of_one_order(seller):
    row, other = row_with(1, by=seller), row_with(1, by=seller)
    below, elsewhere = text(row, "Blue", by=seller), text(other, "Red", by=seller)

    for parent in (below, other):
        with pytest.raises(IntegrityError, match="main row of its own order"), transaction.atomic():
            SalesOrderRow.objects.filter(pk=below.pk).update(parent=parent)
    assert elsewhere.parent == other


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"quantity": 0}, "sales_row_quantity_sane"),
        ({"quantity": RawSQL("'NaN'::numeric", [])}, "sales_row_quantity_sane"),
        ({"name": ""}, "sales_row_has_a_name_or_is_text"),
        ({"text": "Words"}, "sales_row_text_is_of_text_rows"),
        ({"position": None}, "sales_row_main_or_below_one"),
        ({"row_type": RowType.TOTAL, "unit": None}, "sales_row_quantity_sane"),
        ({"total_price": 1}, "sales_row_total_price_is_of_total_rows"),
        ({"rounding": RawSQL("'NaN'::numeric", [])}, "sales_row_rounding_sane"),
    ],
)
def test_row_is_of_its_type_in_the_database(seller, facts, constraint):
    order = order_with(by=seller)
    row = operations.add_row(order=order, **ADDITIONAL, quantity=Decimal(1), unit=UnitFactory(), by=seller)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SalesOrderRow.objects.filter(pk=row.pk).update(**facts)


def test_part_row_without_a_part_is_refused_by_the_database(seller):
    row = row_with(1, by=seller)

    with pytest.raises(IntegrityError, match="sales_row_is_of_its_type"), transaction.atomic():
        SalesOrderRow.objects.filter(pk=row.pk).update(part=None)


def test_order_is_delivered_when_its_goods_are_whatever_is_said_between(seller, warehouse_keeper):
    order = order_with(2, by=seller)
    row = order.rows.for_list().get()
    operations.add_row(order=order, row_type=RowType.TEXT, text="Thank you", by=seller)
    freight = operations.add_row(order=order, **ADDITIONAL, quantity=Decimal(-1), by=seller)
    stock(row.part, row.warehouse, 2)

    operations.deliver(row=row, quantity=Decimal(2), by=warehouse_keeper)
    between = again(row).order.status
    operations.deliver(row=freight, quantity=Decimal(-1), by=warehouse_keeper)

    assert (between, again(row).order.status) == (PARTLY, DELIVERED)


def test_deliver_refuses_a_row_without_goods(seller, warehouse_keeper):
    row = operations.add_row(order=order_with(1, by=seller), row_type=RowType.TEXT, text="Hello", by=seller)

    with pytest.raises(Refused, match="is a text row: there is nothing to deliver"):
        operations.deliver(row=row, quantity=Decimal(1), by=warehouse_keeper)


def test_split_says_below_each_part_what_was_said_below_the_row(seller):
    row = row_with(10, by=seller)
    text(row, "Blue", on_pick_list=True, by=seller)
    parts = [operations.NewPart(quantity=Decimal(4)), operations.NewPart(quantity=Decimal(6))]

    operations.split_row(row=row, parts=parts, by=seller)

    assert [words for _row, _type, words in shown(row.order)][1::2] == ["Blue", "Blue"]
    assert [(line.row.on_pick_list, line.row.line) for line in grid(row.order)][1::2] == [(True, 1), (True, 1)]


def test_copy_takes_all_types_and_sub_rows_along(seller):
    order = order_with(1, by=seller)
    text(order.rows.for_list().get(), "Blue", by=seller)
    operations.add_row(order=order, **ADDITIONAL, quantity=Decimal(2), unit_price=Decimal(5), by=seller)
    operations.add_row(order=order, row_type=RowType.TOTAL, name="Total", by=seller)

    copy = operations.copy_order(order=order, by=seller)

    assert [line[1:] for line in shown(copy)] == [line[1:] for line in shown(order)]
    assert [line.total for line in grid(copy)] == [None, None, None, 10]


def test_delete_takes_the_sub_rows_along_and_renumbers_a_quote(seller):
    order = order_with(1, 2, by=seller, status=QUOTE)
    first = order.rows.for_list().get(position=10)
    text(first, "Blue", by=seller)

    operations.delete_row(row=first, by=seller)

    assert [row for row, _type, _words in shown(order)] == [f"{order}/10"]


def test_registering_a_quote_leaves_rows_of_other_types_alone(seller):
    order = order_with(1, by=seller, status=QUOTE)
    text(order.rows.for_list().get(), "Blue", by=seller)
    operations.add_row(order=order, row_type=RowType.TEXT, text="Hello", by=seller)

    registered = operations.register_order(order=order, by=seller)
    confirmed = operations.confirm_order(order=registered, by=seller)

    assert (registered.status, confirmed.status) == (REGISTERED, CONFIRMED)


def test_without_partial_delivery_only_dates_of_goods_must_agree(seller):
    order = order_with(1, by=seller, partial_delivery_allowed=False)
    operations.add_row(order=order, row_type=RowType.TEXT, text="Hello", by=seller)

    assert operations.confirm_order(order=order, by=seller).status == CONFIRMED


def test_change_row_of_another_type(seller):
    order = order_with(by=seller)
    freight = operations.add_row(order=order, **ADDITIONAL, quantity=Decimal(2), by=seller)
    note = operations.add_row(order=order, row_type=RowType.TEXT, text="Hello", by=seller)

    changed = operations.change_row(row=freight, quantity=Decimal(-3), unit_price=Decimal("1.5"), by=seller)
    said = operations.change_row(row=note, text="Good-bye", on_invoice=True, by=seller)

    assert (changed.quantity, changed.unit_price) == (-3, Decimal("1.5"))
    assert (said.text, said.on_invoice) == ("Good-bye", True)


# pages


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"row_type": 2, "name": "", "quantity": "1"}, "This field is required."),
        ({"row_type": 2, "name": "Freight", "quantity": "0"}, "Enter a quantity other than 0; below 0 takes something"),
        ({"row_type": 3, "name": ""}, "This field is required."),
        ({"row_type": 4, "text": ""}, "This field is required."),
        ({"row_type": 9, "name": "x"}, "Select a valid choice"),
    ],
)
def test_new_row_of_a_type_says_what_is_wrong_in_its_place(seller, seller_client, data, sentence):
    order = order_with(by=seller)

    answer = seller_client.post(reverse("sales:row_new", args=[order.pk]), data)

    assertContains(answer, sentence, status_code=422)
    assert order.rows.count() == 0


def test_new_rows_of_all_types_are_added_on_the_page(seller, seller_client):
    order, part = order_with(by=seller), PartFactory()
    for data in (
        {"part": part.number, "quantity": "2", "unit_price": "10", "row_status": "fixed"},
        {"row_type": 2, "name": "Freight", "quantity": "1", "unit_price": "5"},
        {"row_type": 3, "name": "Total"},
        {"row_type": 4, "text": "Thank you"},
    ):
        seller_client.post(reverse("sales:row_new", args=[order.pk]), data)

    assert [row.row.row_type for row in grid(order)] == [1, 2, 3, 4]
    assert grid(order)[2].total == 25


def test_another_type_keeps_what_was_typed(seller, seller_client):
    order = order_with(by=seller)
    typed = {"row_type": 2, "name": "Freight", "quantity": "7", "unit_price": "12"}

    line = seller_client.get(reverse("sales:row_new", args=[order.pk]), typed, headers={"HX-Request": "true"})

    assertContains(line, 'value="Freight"')
    assertContains(line, 'value="7"')
    assertContains(line, 'name="part_number"')
    assertNotContains(line, 'name="order_box"')


def test_text_below_a_row_is_added_in_its_dialog(seller, seller_client):
    row = row_with(1, by=seller)

    wrong = seller_client.post(reverse("sales:text_below", args=[row.pk]), {"text": ""})
    seller_client.post(reverse("sales:text_below", args=[row.pk]), {"text": "Blue", "on_pick_list": "on"})

    assert wrong.status_code == 422
    assert [(line.row.text, line.row.on_pick_list) for line in grid(row.order)][1:] == [("Blue", True)]


@pytest.mark.parametrize("kind", [RowType.ADDITIONAL, RowType.TOTAL, RowType.TEXT])
def test_row_of_each_type_is_edited_in_place(seller, seller_client, kind):
    order = order_with(by=seller)
    facts = {"text": "Hello"} if kind == RowType.TEXT else {"name": "Row"}
    quantity = Decimal(kind == RowType.ADDITIONAL)
    row = operations.add_row(order=order, row_type=kind, quantity=quantity, by=seller, **facts)
    data = {"name": "Changed", "text": "Changed", "quantity": "4", "unit_price": "1", "version": row.version}

    opened = seller_client.get(reverse("sales:row_edit", args=[row.pk]), headers={"HX-Request": "true"})
    saved = seller_client.post(reverse("sales:row_edit", args=[row.pk]), data, headers={"HX-Request": "true"})

    assertContains(opened, "data-editing")
    assertContains(saved, "Changed")
    assert "Changed" in {again(row).name, again(row).text}


@pytest.mark.parametrize(
    ("kind", "has_date"),
    [(RowType.PART, True), (RowType.ADDITIONAL, True), (RowType.TOTAL, False), (RowType.TEXT, False)],
)
def test_main_rows_of_parts_and_additional_rows_have_a_delivery_date(seller, kind, has_date):
    order = order_with(1, by=seller)
    quantity = Decimal(kind == RowType.ADDITIONAL)
    facts = {"text": "Hello"} if kind == RowType.TEXT else {"name": "Row"}
    facts |= {"delivery_date": date(2026, 3, 20)} if kind == RowType.ADDITIONAL else {}
    row = order.rows.for_list().get()
    if kind != RowType.PART:
        row = operations.add_row(order=order, row_type=kind, quantity=quantity, by=seller, **facts)

    forms = [NEW[kind](order=order), EDITED[kind](row=again(row))]

    assert ["delivery_date" in form.fields for form in forms] == [has_date, has_date]
    assert (again(row).delivery_date is not None) == has_date


def test_sub_rows_have_no_delivery_date_of_their_own(seller):
    part = PartFactory()
    row = operations.add_row(order=order_with(by=seller), part=kit_of((part, 1)), quantity=Decimal(1), by=seller)
    below = again(row.sub_rows.get())
    words = text(row, "Hello", by=seller)

    assert "delivery_date" not in edit_form(below, EDITED[RowType.PART])(row=below).fields
    assert "delivery_date" not in EDITED[RowType.TEXT](row=words).fields
    assert words.delivery_date is None
    with pytest.raises(Refused, match=f"has the delivery date of row {row.position}: change it there"):
        operations.change_row(row=below, delivery_date=date(2027, 1, 4), by=seller)


def test_additional_row_is_suggested_no_unit_takes_any_and_can_be_without(seller, seller_client):
    order, kilo = order_with(by=seller), UnitFactory(code="kg")
    data = {"row_type": "2", "name": "Freight", "quantity": "1", "unit": ""}
    form = NEW[RowType.ADDITIONAL](order=order)
    seller_client.post(reverse("sales:row_new", args=[order.pk]), data)
    row, units = order.rows.get(), []

    for code in ("kg", ""):
        data |= {"unit": code, "unit_price": "0", "version": order.rows.get().version}
        seller_client.post(reverse("sales:row_edit", args=[row.pk]), data)
        units.append(again(row).unit)

    assert (form["unit"].value(), form.fields["unit"].required, row.unit) == (None, False, None)
    assert set(form.fields["unit"].queryset) == set(Unit.objects.all())
    assert units == [kilo, None]


def test_unit_of_a_part_row_is_mandatory(seller, seller_client):
    row = row_with(1, by=seller)
    data = {"name": "Bike", "quantity": "2", "unit": "", "unit_price": "0", "row_status": "fixed"}

    answer = seller_client.post(
        reverse("sales:row_edit", args=[row.pk]), data | {"warehouse": row.warehouse.code, "version": row.version}
    )

    assert (answer.status_code, answer.context["form"].errors["unit"]) == (422, ["This field is required."])
    assert (again(row).quantity, again(row).unit) == (1, row.unit)
    with pytest.raises(IntegrityError, match="sales_row_is_of_its_type"), transaction.atomic():
        SalesOrderRow.objects.filter(pk=row.pk).update(unit=None)


def test_stale_text_shows_both_values(seller, seller_client):
    row = operations.add_row(order=order_with(by=seller), row_type=RowType.TEXT, text="Hello", by=seller)
    operations.change_row(row=row, text="Good-bye", by=seller)

    answer = seller_client.post(reverse("sales:row_edit", args=[row.pk]), {"text": "Mine", "version": row.version})

    assertContains(answer, "now Good-bye, you typed Mine", status_code=409)


def test_row_list_is_of_goods(seller, seller_client):
    order = order_with(1, by=seller)
    operations.add_row(order=order, **ADDITIONAL, quantity=Decimal(2), by=seller)
    operations.add_row(order=order, row_type=RowType.TEXT, text="Hello", by=seller)

    page = seller_client.get(reverse("sales:row_list"))

    assertContains(page, f"{order}/20")
    assertNotContains(page, f"{order}/30")


def test_row_that_takes_something_off_is_delivered_on_its_page(seller, seller_client, warehouse_client):
    row = operations.add_row(order=order_with(by=seller), **ADDITIONAL, quantity=Decimal(-1), by=seller)
    url = reverse("sales:row_deliver", args=[row.pk])

    opened = warehouse_client.get(url)
    warehouse_client.post(url, {"quantity": "-1", "effective_on": "2026-03-02"})

    assertNotContains(opened, "None")
    assertNotContains(seller_client.get(reverse("sales:row", args=[row.pk])), "None</dd>")
    assert again(row).is_closed
