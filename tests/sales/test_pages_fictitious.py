"""The dialog of a fictitious part's structure, its rows in the grid, and the page that adds a part."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.register.models import Part
from erp.register.operations import change_setting
from sales import operations
from sales.columns import COLUMNS
from sales.grids import grid_row
from sales.models import (
    ConfigurationGroup,
    ConfigurationOption,
    ConfigurationQuestion,
    ConfiguredPart,
    OrderType,
    PartComment,
    PriceStrategy,
    SalesOrderRow,
)
from sales.money import amount_of
from tests.factories import PartFactory, UnitConversionFactory
from tests.production.factories import bom_of
from tests.sales.factories import DELIVERY, again, order_with
from tests.sales.kits import below, kit_of, part_below, tool_kit

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def kit():
    return tool_kit()


@pytest.fixture
def order(seller):
    return order_with(by=seller)


@pytest.fixture
def row(seller, order, kit):
    return operations.add_row(order=order, part=kit, quantity=Decimal(2), delivery_date=DELIVERY, by=seller)


def typed(**facts):
    """What the line of a new row posts."""
    return {"part": "KIT", "quantity": "2", "row_status": "fixed", "delivery_date": DELIVERY.isoformat()} | facts


def lines(*rows, **facts):
    """What the dialog posts: ``(part, quantity, further inputs)`` each, with what stands hidden in it."""
    data = typed() | {"lines": str(len(rows))} | facts
    for number, (part, quantity, *more) in enumerate(rows):
        own = {"part": part, "quantity": quantity, "unit": "pcs"} | (more[0] if more else {})
        data |= {f"{name}-{number}": value for name, value in own.items()}
    return data


def new(order, name="row_new"):
    return reverse(f"sales:{name}", args=[order.pk])


def test_new_fictitious_part_asks_for_its_structure_in_the_dialog(seller_client, order, kit):
    page = seller_client.post(new(order), typed(), headers=HTMX)

    assert (page.status_code, page["HX-Retarget"], page["HX-Reswap"]) == (200, "#dialog-body", "innerHTML")
    form = page.context["form"]
    shown = [(str(line["known"] or ""), line["quantity"].value(), line["heading"]) for line in form.table]
    assert shown == [("HAMMER", "4", ""), ("SCREW", "6", "SET"), ("BIT", "2", ""), *[("", "", "")] * 3]
    assert not SalesOrderRow.objects.exists()


def test_new_fictitious_part_asks_on_a_page_without_javascript(seller_client, order, kit):
    page = seller_client.post(new(order), typed(name="Tools for Ada"))

    assertContains(page, '<h1 class="visually-hidden">Parts of a fictitious part</h1>')
    assertContains(page, '<input type="hidden" name="name" value="Tools for Ada">', html=True)


def test_structure_is_saved_as_rows_below(seller_client, order, kit):
    nail = PartFactory(number="NAIL")
    data = lines(
        ("HAMMER", "5", {"discount": "10"}),
        ("SCREW", "6", {"within": "SET", "variant": "M4"}),
        ("BIT", "2", {"within": "SET", "drop": "on"}),
        ("nail", "7", {"added": "1", "within": "SET"}),
        ("", ""),
        delivery_date="2026-03-25",
        variant="BLUE",
    )

    page = seller_client.post(new(order, "structure_new"), data)

    assertRedirects(page, f"{reverse('sales:order', args=[order.pk])}?new=1")
    row = order.rows.main().get()
    assert below(row) == [("HAMMER", 5, ""), ("SCREW", 6, "SET"), (nail.number, 7, "SET")]
    assert list(row.sub_rows.order_by("line").values_list("discount", "variant")) == [(10, ""), (0, "M4"), (0, "")]
    assert {str(part.delivery_date) for part in row.sub_rows.all()} == {"2026-03-25"}
    assert (row.variant, row.quantity, str(row.delivery_date)) == ("BLUE", 2, "2026-03-25")


def test_more_lines_keep_what_was_typed(seller_client, order, kit):
    data = lines(("HAMMER", "5"), ("NAIL", "9"), more="1") | {"added-1": "1"}

    page = seller_client.post(new(order, "structure_new"), data)

    assert (page.status_code, page.context["form"].count) == (200, 5)
    assert [line["part"].value() for line in page.context["form"].table] == ["HAMMER", "NAIL", None, None, None]


def boxes(page):
    """(line quantities, {path of a nested fictitious part: (how many, what its lines were reckoned for)})"""
    form = page.context["form"]
    groups = {path: (form[f"group-{one['number']}"].value(), one["was"]) for path, one in form.groups.items()}
    return [line["quantity"].value() for line in form.table if line["known"]], groups


def test_structure_says_how_many_of_each_nested_part(seller_client, order, kit):
    outer = kit_of((kit, 3), number="CHEST")

    page = seller_client.post(new(order), typed(part=outer.number), headers=HTMX)

    assert boxes(page) == (["12", "18", "6"], {"KIT": ("6", "6"), "KIT / SET": ("6", "6")})
    assertContains(page, "Quantity of KIT / SET")


def groups(*found):
    """``(path, was, now)`` each, as the dialog posts them."""
    return {
        f"{name}-{number}": value
        for number, one in enumerate(found)
        for name, value in zip(("path", "was", "group"), one, strict=True)
    }


def test_another_number_of_a_nested_part_changes_its_lines_and_shows_them_again(seller_client, order, kit):
    data = lines(("HAMMER", "4"), ("SCREW", "6", {"within": "SET"}), ("BIT", "2", {"within": "SET"}))
    data |= groups(("SET", "2", "5"))

    page = seller_client.post(new(order, "structure_new"), data)

    assertContains(page, "The parts of SET are changed in proportion")
    assert boxes(page) == (["4", "15", "5"], {"SET": ("5", "5")})
    assert not SalesOrderRow.objects.exists()

    data |= {"quantity-1": "15", "quantity-2": "5"} | groups(("SET", "5", "5"))
    seller_client.post(new(order, "structure_new"), data)
    assert below(order.rows.main().get()) == [("HAMMER", 4, ""), ("SCREW", 15, "SET"), ("BIT", 5, "SET")]


def test_number_of_a_nested_part_is_asked_for_once_where_its_lines_are_interrupted(seller_client, order):
    """SET is made of HAMMER, BOX (of a SCREW) and BIT: it has a heading before and after BOX."""
    hammer, screw, bit = (PartFactory(number=number) for number in ("HAMMER", "SCREW", "BIT"))
    box = kit_of((screw, 1), number="BOX")
    kit_of((kit_of((hammer, 1), (box, 1), (bit, 1), number="SET"), 1))

    page = seller_client.post(new(order), typed(), headers=HTMX)

    headings = [(line["heading"], line["is_asked"]) for line in page.context["form"].table]
    assert headings[:3] == [("SET", True), ("SET / BOX", True), ("SET", False)]
    for name in ("group-0", "was-0", "path-0"):
        assertContains(page, f'name="{name}"', count=1)


def test_lines_of_a_nested_part_are_rounded_up_and_what_is_nested_in_it_changes_too(seller_client, order, kit):
    data = lines(
        ("HAMMER", "3", {"within": "SET"}), ("SCREW", "0.5", {"within": "SET / BOX"}), ("BIT", "7", {"within": "SETS"})
    )
    data |= groups(("SET", "2", "3"), ("SET / BOX", "2", "2"), ("SETS", "1", "1"))

    page = seller_client.post(new(order, "structure_new"), data | {"scale": "1"})

    assert boxes(page) == (["5", "1", "7"], {"SET": ("3", "3"), "SET / BOX": ("3", "3"), "SETS": ("1", "1")})


@pytest.mark.parametrize("number", ["0", "-1", "NaN", "x", "1e9", "9" * 40])
def test_number_of_a_nested_part_that_is_none_is_said_at_its_box(seller_client, order, kit, number):
    data = lines(("SCREW", "6", {"within": "SET"})) | groups(("SET", "2", number))

    page = seller_client.post(new(order, "structure_new"), data)

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["group-0"])
    assert boxes(page) == (["6"], {"SET": (number, "2")})


@pytest.mark.parametrize("facts", [{"lines": "9" * 90}, {"was-0": "0"}, {"was-0": "x"}, {"path-0": "SET / " * 999}])
def test_tampered_numbers_of_nested_parts_do_no_harm(seller_client, order, kit, facts):
    data = lines(("SCREW", "6", {"within": "SET"})) | groups(("SET", "2", "4"))

    page = seller_client.post(new(order, "structure_new"), data | facts)

    assert page.status_code in {200, 302, 422}
    assert SalesOrderRow.objects.filter(part__number="SCREW").exclude(quantity=6).count() == 0


def nested_twice():
    """A screw in 2 SET and 2 bits in 6 BITS of these."""
    data = lines(("SCREW", "4", {"within": "SET"}), ("BIT", "12", {"within": "SET / BITS"}))
    return data | groups(("SET", "2", "4"), ("SET / BITS", "6", "9"))


def test_numbers_of_both_are_kept_where_one_nested_part_stands_in_the_other(seller_client, order, kit):
    """SET from 2 to 4 doubles what stands in it alone; BITS from 6 to 9 makes half as many bits more."""
    page = seller_client.post(new(order, "structure_new"), nested_twice())

    assert boxes(page) == (["8", "18"], {"SET": ("4", "4"), "SET / BITS": ("9", "9")})


@pytest.mark.parametrize("wrong", ["x", ""])
def test_number_that_is_corrected_changes_the_lines_that_stand_for_the_one_before(seller_client, order, kit, wrong):
    """BITS go from 6 to 12 with the SET around them, then to the 9 that somebody meant."""
    page = seller_client.post(new(order, "structure_new"), nested_twice() | {"group-1": wrong})
    assert boxes(page) == (["8", "24"], {"SET": ("4", "4"), "SET / BITS": (wrong, "12")})

    data = lines(("SCREW", "8", {"within": "SET"}), ("BIT", "24", {"within": "SET / BITS"}))
    page = seller_client.post(new(order, "structure_new"), data | groups(("SET", "4", "4"), ("SET / BITS", "12", "9")))
    assert boxes(page) == (["8", "18"], {"SET": ("4", "4"), "SET / BITS": ("9", "9")})


@pytest.mark.parametrize("path", ["SET=zzz\nSET", "SET\u2028SET=zzz", "SET=zzz\rX"])
def test_path_of_several_lines_is_no_nested_part(seller_client, order, kit, path):
    data = lines(("SCREW", "6", {"within": path})) | groups((path, "2", "2"))

    seller_client.post(new(order, "structure_new"), data)

    row = order.rows.main().get()
    assert (row.nested, seller_client.get(reverse("sales:row", args=[row.pk])).status_code) == ("", 200)


def test_parts_of_a_variant_begin_anew(seller_client, order):
    limited = [(PartFactory(number=code), 1, {"variants": code}) for code in ("RED", "BLUE")]
    kit_of(*limited, number="KIT")

    page = seller_client.post(new(order, "structure_new"), lines(("RED", "9"), variant="blue", explode="1"))

    assert [line["part"].value() for line in page.context["form"].table if line["known"]] == ["BLUE"]
    assert page.context["form"]["variant"].value() == "blue"


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        (("HAMMER", "0"), "quantity-0", "Enter a quantity above zero."),
        (("HAMMER", "9" * 15), "quantity-0", "That is too large: at most 11 digits before the decimals."),
        (("HAMMER", ""), "quantity-0", "Enter a quantity above 0."),
        (("HAMMER", "1.5"), "quantity-0", "1.5 pcs of HAMMER"),
        (("NIL", "1"), "part-0", "There is no part “NIL”."),
        (("SET", "1"), "part-0", "SET is fictitious: add what it is made of."),
        (("HAMMER", "1", {"drop": "on"}), "__all__", "Leave at least one part"),
    ],
)
def test_structure_says_what_is_wrong_with_a_line(seller_client, order, kit, line, field, sentence):
    page = seller_client.post(new(order, "structure_new"), lines(line))

    assert page.status_code == 422
    assert sentence in page.context["form"].errors[field][0]
    assert not SalesOrderRow.objects.exists()


def test_structure_is_not_opened_where_the_setting_says_so(seller_client, admin_user, order, kit):
    change_setting(name="show_structure", value=False, by=admin_user)

    page = seller_client.post(new(order), typed())

    assert page.context["form"].count == 3
    for gone in ("Leave out", "More lines", "Discount %"):
        assertNotContains(page, gone)
    seller_client.post(new(order, "structure_new"), lines(("HAMMER", "5", {"drop": "on"}), ("BIT", "1")))
    assert below(order.rows.main().get()) == [("HAMMER", 5, ""), ("BIT", 1, "")]


def test_structure_of_a_row_that_is_wrong_itself_leads_back_to_it(seller_client, order, kit):
    page = seller_client.post(new(order, "structure_new"), lines(("HAMMER", "5"), quantity="none"))

    assert page.status_code == 422
    assertContains(page, 'id="row-new"', status_code=422)


def test_structure_asks_the_same_number_of_questions_whatever_its_parts(seller_client, order):
    kit_of((PartFactory(), 1), number="KIT")
    kit_of((PartFactory(), 1), (PartFactory(), 1), (PartFactory(), 1), number="BIG")
    asked = []
    for number in ("KIT", "KIT", "BIG"):
        with CaptureQueriesContext(connection) as queries:
            seller_client.post(new(order), typed(part=number))
        asked.append(len(queries))

    assert asked[1] == asked[2]


def test_grid_shows_the_parts_below_their_row(seller_client, row):
    page = seller_client.get(reverse("sales:order", args=[row.order_id]))

    for number in ("HAMMER", "SCREW", "BIT"):
        assertContains(page, f'id="row-{part_below(row, number).pk}"')
    assertContains(page, reverse("sales:part_below", args=[row.pk]))


def test_dialog_shows_the_parts_of_the_default_variant(seller_client, order):
    limited = [(PartFactory(number=code), 1, {"variants": code}) for code in ("RED", "BLUE")]
    group = ConfigurationGroup.objects.create(code="KITS", name="Kits")
    colour = ConfigurationQuestion.objects.create(group=group, position=1, text="Colour")
    ConfigurationOption.objects.create(question=colour, code="RED", name="Red", is_default=True)
    ConfiguredPart.objects.create(part=kit_of(*limited, number="KIT"), group=group)

    page = seller_client.post(new(order), typed(), headers=HTMX)

    form = page.context["form"]
    assert [line["part"].value() for line in form.table if line["known"]] == ["RED"]
    assert form["variant"].value() == "RED"


def test_another_quantity_asks_whether_the_parts_change(seller_client, row):
    edit = reverse("sales:row_edit", args=[row.pk])
    data = {"name": "KIT", "quantity": "3", "unit": "pcs", "unit_price": "0", "row_status": "fixed"}
    data |= {"warehouse": row.warehouse.code, "delivery_date": DELIVERY.isoformat(), "version": row.version}

    asked = seller_client.post(edit, data)
    assertContains(asked, "3 parts stand below the row. Change them from 2 to 3 too?", status_code=422)
    seller_client.post(edit, data | {"scale": "yes"})

    assert [quantity for _part, quantity, _within in below(again(row))] == [6, 9, 3]


def test_as_many_of_another_unit_asks_whether_the_parts_change(seller_client, row):
    UnitConversionFactory(part=row.part, base=row.part.unit)
    edit = reverse("sales:row_edit", args=[row.pk])
    data = {"name": "KIT", "quantity": "2", "unit": "box", "unit_price": "0", "row_status": "fixed"}
    data |= {"warehouse": row.warehouse.code, "delivery_date": DELIVERY.isoformat(), "version": row.version}

    asked = seller_client.post(edit, data | {"recalculate": "no"})
    assertContains(asked, "3 parts stand below the row. Change them from 2 pcs to 2 box too?", status_code=422)
    seller_client.post(edit, data | {"recalculate": "no", "scale": "yes"})

    assert [quantity for _part, quantity, _within in below(again(row))] == [48, 72, 24]


def test_part_below_is_edited_without_a_date(seller_client, row):
    part = part_below(row, "BIT")
    page = seller_client.get(reverse("sales:row_edit", args=[part.pk]), headers=HTMX)
    assertNotContains(page, 'name="delivery_date"')

    data = {"name": "BIT", "quantity": "4", "unit": "pcs", "unit_price": "0", "warehouse": part.warehouse.code}
    seller_client.post(reverse("sales:row_edit", args=[part.pk]), data | {"version": part.version})

    assert (again(part).quantity, again(part).demand.quantity, again(part).delivery_date) == (4, 4, DELIVERY)


def test_part_is_added_below(seller_client, row):
    PartFactory(number="NAIL")

    page = seller_client.post(reverse("sales:part_below", args=[row.pk]), {"part": "NAIL", "quantity": "8"})

    assertRedirects(page, f"{reverse('sales:order', args=[row.order_id])}#row-{row.pk}")
    assert below(row)[-1] == ("NAIL", 8, "")


def test_page_of_the_row_names_its_parts_and_delivers_them(warehouse_client, row):
    page = warehouse_client.get(reverse("sales:row", args=[row.pk]))

    assertContains(page, reverse("sales:row_deliver", args=[part_below(row, "BIT").pk]))
    assertContains(page, reverse("sales:row_deliver", args=[row.pk]))


def test_ticked_fictitious_part_stands_for_its_parts(planner_client, seller, order):
    frame = PartFactory(number="FRAME", part_type="manufactured", lot_sizing="LR")
    bom_of(frame, (PartFactory(), 1))
    kit_of((frame, 2), number="KIT")
    row = operations.add_row(
        order=order, part=frame.bom_rows.get().bom.part, quantity=Decimal(3), delivery_date=DELIVERY, by=seller
    )

    page = planner_client.get(reverse("sales:make_orders", args=[order.pk]), {"rows": row.pk})

    assert [(str(line.row), line.uncovered) for line in page.context["form"].lines] == [(f"{order}/10.1", 6)]


def edited(row, **changes):
    facts = {"name": row.name, "quantity": str(row.quantity), "unit": row.unit.code, "row_status": row.row_status}
    facts |= {"unit_price": "0", "delivery_date": DELIVERY.isoformat(), "warehouse": row.warehouse.code}
    return facts | {"version": row.version} | changes


def whole_grid(answer):
    return (answer.status_code, answer.headers.get("HX-Retarget"))


def test_row_with_parts_below_is_answered_with_the_whole_page(seller_client, row):
    url = reverse("sales:row_edit", args=[row.pk])

    answer = seller_client.post(url, edited(row, quantity="3", scale="yes"), headers=HTMX)

    assert whole_grid(answer) == (200, "#rows")
    assertContains(answer, f'<tr id="row-{part_below(row, "HAMMER").pk}"')


def test_part_that_is_changed_is_answered_with_the_whole_page(seller_client, row):
    part = part_below(row, "BIT")
    url = reverse("sales:row_edit", args=[part.pk])

    answer = seller_client.post(url, edited(part, quantity="5"), headers=HTMX)

    assert whole_grid(answer) == (200, "#rows")
    assertContains(answer, f'<tr id="row-{row.pk}"')


def test_new_row_with_a_comment_below_is_answered_with_the_whole_page(seller_client, seller):
    order, part = order_with(1, by=seller), PartFactory()
    PartComment.objects.create(part=part, text="Keep dry.")

    answer = seller_client.post(new(order), typed(part=part.number, page="1"), headers=HTMX)

    assert whole_grid(answer) == (200, "#rows")
    assertContains(answer, "Keep dry.")


def test_dialog_says_of_a_kit_that_costs_its_parts_what_the_choice_gives(seller_client, seller, admin_user):
    change_setting(name="kit_price_from", value="parts", by=admin_user)
    kit = kit_of((PartFactory(standard_price=5), 2), standard_price=12)
    facts = {"unit_price": Decimal(30), "discount": Decimal(7)}
    kind = OrderType.objects.create(code="STD", name="At standard price", price_strategy=PriceStrategy.STANDARD)
    row = order_with(1, part=kit, order_type=kind, row=facts, by=seller).rows.for_list().main().get()
    url = reverse("sales:row_prices", args=[row.pk])

    page = seller_client.get(url)
    seller_client.post(url, {"source": "suggested", "version": row.version})

    assertContains(page, "Price as suggested, without its padlock: 10.00")
    assert again(row).unit_price == 10


def test_folded_part_is_read_and_edited_as_any_other(seller_client, order, row):
    seller_client.post(new(order, "row_fold"), {"all": "fold"}, headers=HTMX)
    part = part_below(row, "BIT")
    pages = [reverse(f"sales:{name}", args=[part.pk]) for name in ("row_read", "row_edit")]

    shown = [seller_client.get(page, headers=HTMX).status_code for page in pages]
    form = seller_client.get(pages[1]).content.decode()
    saved = seller_client.post(pages[1], edited(part, quantity="5"), headers=HTMX)

    assert (shown, f'id="edit-{part.pk}"' in form, saved.status_code) == ([200, 200], True, 200)
    assert again(part).quantity == 5


def test_folded_part_that_is_asked_for_is_shown(seller_client, order, row):
    seller_client.post(new(order, "row_fold"), {"all": "fold"}, headers=HTMX)
    part, other = part_below(row, "BIT"), part_below(row, "HAMMER")

    page = seller_client.get(f"{new(order, 'order')}?row={part.pk}").content.decode()

    assert [f'<tr id="row-{one.pk}"' in page for one in (part, other)] == [True, False]


@pytest.fixture
def priced(admin_user, kit):
    """The kit costs its parts: a hammer 3.335, a screw 1, a bit nothing."""
    change_setting(name="kit_price_from", value="parts", by=admin_user)
    prices = {"HAMMER": Decimal("3.335"), "SCREW": Decimal(1), "BIT": Decimal(0)}
    for part in Part.objects.filter(number__in=prices):
        part.standard_price = prices[part.number]
        part.save(update_fields=["standard_price"])
    return OrderType.objects.create(code="STD", name="Standard prices", price_strategy=PriceStrategy.STANDARD)


@pytest.fixture
def priced_order(seller, priced):
    return order_with(by=seller, order_type=priced)


def worth(page):
    worth = page.context["form"].worth
    return {number: line["amount"] for number, line in worth.lines.items()}, worth.total, worth.amount


def test_structure_says_what_its_lines_and_the_row_come_to(seller_client, priced_order):
    page = seller_client.post(new(priced_order), typed(), headers=HTMX)

    assert worth(page) == ({0: Decimal("13.34"), 1: 6, 2: 0}, Decimal("19.34"), Decimal("19.34"))
    assertContains(page, "The row comes to <b>19.34</b>")


def test_changed_line_says_anew_what_the_row_will_be_worth(seller_client, priced_order):
    data = lines(("HAMMER", "3", {"discount": "10"}), ("SCREW", "6", {"within": "SET"}))

    page = seller_client.post(new(priced_order, "structure_new"), data | {"preview": "1"}, headers=HTMX)

    assert (page.status_code, worth(page)) == (200, ({0: Decimal("9.00"), 1: 6}, 15, 15))
    assert not SalesOrderRow.objects.exists()
    seller_client.post(new(priced_order, "structure_new"), data, headers=HTMX)
    assert amount_of(priced_order.rows.for_list().main().get(), currency="EUR") == 15


def test_line_that_is_wrong_has_no_worth_yet(seller_client, priced_order):
    data = lines(("HAMMER", "x")) | {"preview": "1"}

    page = seller_client.post(new(priced_order, "structure_new"), data, headers=HTMX)

    assert page.context["form"].worth is None
    assertContains(page, "is said when every line is right")


@pytest.mark.parametrize(
    ("basis", "said"),
    [("part", "7.00 EUR</dd>"), ("parts", "18.00\N{NO-BREAK SPACE}EUR for all of it, by its parts</dd>")],
)
def test_page_of_a_row_says_the_standard_price_that_its_margin_is_reckoned_with(
    seller_client, seller, admin_user, basis, said
):
    kit = kit_of((PartFactory(standard_price=3), 2), (PartFactory(standard_price=1), 3), standard_price=7)
    change_setting(name="kit_cost_from", value=basis, by=admin_user)
    row = order_with(2, part=kit, by=seller).rows.for_list().main().get()

    page = seller_client.get(reverse("sales:row", args=[row.pk]))

    assertContains(page, f"<dt>Standard price</dt><dd>{said}")


def test_grid_shows_what_a_fictitious_part_costs_by_its_parts_until_somebody_types_it(seller, admin_user):
    kit = kit_of((PartFactory(standard_price=3), 2), (PartFactory(standard_price=1), 3), standard_price=0)
    row = order_with(2, part=kit, by=seller).rows.for_list().main().get()
    [column] = [column for column in COLUMNS if column.name == "standard_price"]

    def shown():
        return column.show(grid_row(again(row)), {}, may_write=True, order=row.order)

    of_parts = shown()
    change_setting(name="kit_cost_from", value="part", by=admin_user)
    of_part = shown()
    change_setting(name="kit_cost_from", value="parts", by=admin_user)
    operations.change_row(row=again(row), standard_price=Decimal(5), by=seller)

    assert (of_part, "18.00" in of_parts, 'title="For all of it, by its parts"' in of_parts) == ("0.00", True, True)
    assert "<a " not in of_parts
    assert shown().startswith("5.00 ")
