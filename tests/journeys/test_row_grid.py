"""Typing rows without looking at the screen: what Enter does, and that a grid of real rows fits the window."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from erp.register.models import Partner
from sales.models import RowType
from sales.operations import NewRow, add_row, add_sub_row, change_row, create_order
from sales.statuses import REGISTERED
from tests.factories import UnitConversionFactory, UnitFactory
from tests.journeys.desk import choose

pytestmark = pytest.mark.django_db(transaction=True)


def order_of(shop, *parts):
    return create_order(
        customer=Partner.objects.customers().first(),
        warehouse=shop.works,
        status=REGISTERED,
        rows=[NewRow(part=shop.parts[number], quantity=5, delivery_date=shop.day(40)) for number in parts],
        by=shop.people["seller"],
    )


def test_enter_in_a_lookup_takes_the_part_and_saves_nothing_yet(shop, at_desk):
    seller = at_desk("seller")
    order = order_of(shop)
    seller.open(f"/sales/{order.pk}/?new=1")
    expect(seller.page.get_by_role("combobox", name="Part")).to_be_focused()

    seller.type("CB-100")
    expect(seller.page.get_by_role("option", name=re.compile("^CB-100 "))).to_be_visible()
    seller.press("ArrowUp", "Enter")
    expect(seller.page.locator("[name=part]")).to_have_value("CB-100")
    seller.press("Tab", "Tab")
    expect(seller.page.get_by_role("textbox", name="Quantity")).to_be_focused()
    seller.type("x")
    seller.press("Enter")
    expect(seller.page.locator(".errorlist")).to_contain_text("Enter a quantity such as 12")
    expect(seller.page.locator(".errorlist")).to_have_count(1)
    seller.page.get_by_role("textbox", name="Quantity").fill("2")
    seller.press("Enter")

    expect(seller.page.get_by_role("link", name="CB-100")).to_be_visible()
    seller.look()


def test_twenty_rows_of_all_four_types_are_entered_with_the_keyboard_alone(shop, at_desk):
    seller = at_desk("seller", viewport={"width": 1280, "height": 900})
    order = order_of(shop)
    rows = seller.page.locator("tr[data-row]:not([data-editing])")
    seller.open(f"/sales/{order.pk}/?new=1")

    def choose_type(key, field):
        expect(seller.page.get_by_role("combobox", name="Part")).to_be_focused()
        seller.press("Shift+Tab", key)
        expect(seller.page.locator(f"#row-new {field}")).to_be_focused()

    for number in range(1, 21):
        if number == 15:
            choose_type("a", "[name=part_number]")
            seller.press("Tab")
            seller.type("Freight")
            seller.press("Tab")
            seller.type("1")
        elif number == 19:
            choose_type("End", "[role=textbox]")
            seller.type("Thank you for your order.")
            seller.press("Tab", "Space")
        elif number == 20:
            choose_type("t", "[name=name]")
        else:
            expect(seller.page.get_by_role("combobox", name="Part")).to_be_focused()
            seller.type("CB-100")
            seller.press("Tab", "Tab")
            seller.type(str(number))
        seller.press("Enter")
        expect(rows).to_have_count(number)
    seller.press("Escape")

    expect(seller.page.locator("#row-new")).to_have_count(0)
    entered = list(order.rows.order_by("position").values_list("row_type", flat=True))
    assert entered == [1] * 14 + [2] + [1] * 3 + [4, 3]
    quantities = order.rows.goods().order_by("position").values_list("quantity", flat=True)
    assert [int(quantity) for quantity in quantities] == [*range(1, 15), 1, 16, 17, 18]
    seller.look()


def test_another_part_brings_its_own_unit_until_one_is_chosen(shop, at_desk):
    seller = at_desk("seller")
    lamp = shop.parts["LI-10"]
    box = UnitConversionFactory(
        part=lamp, base=lamp.unit, unit=UnitFactory(code="crate"), numerator=5, for_sales=True
    ).unit
    seller.open(f"/sales/{order_of(shop).pk}/?new=1")
    part, unit = seller.page.get_by_role("combobox", name="Part"), seller.page.locator("#row-new [name=unit]")

    for number, code in (("CB-100", shop.parts["CB-100"].unit.code), ("LI-10", box.code)):
        part.fill(number)
        seller.press("Tab")
        expect(unit).to_have_value(code)
    unit.select_option(lamp.unit.code)
    part.fill("CB-100")
    seller.press("Tab")
    seller.page.wait_for_load_state("networkidle")

    expect(unit).to_have_value(lamp.unit.code)


def test_new_order_begins_with_the_cursor_in_its_first_field(shop, at_desk):
    seller = at_desk("seller")

    seller.open("/sales/new/")

    expect(seller.page.get_by_role("combobox", name="Customer")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_save_of_a_row_is_in_sight_without_scrolling(shop, at_desk, width):
    seller = at_desk("seller", viewport={"width": width, "height": 800})
    order = order_of(shop, "CB-100", "LI-10", "TB-200")
    seller.open(f"/sales/{order.pk}/")

    seller.page.get_by_role("link", name="Edit").first.click()
    save = seller.page.get_by_role("button", name="Save")
    expect(save).to_be_visible()

    box = save.bounding_box()
    assert box["x"] + box["width"] <= width
    assert seller.page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_line_for_a_new_row_is_open_at_a_time(shop, at_desk):
    seller = at_desk("seller")
    order = order_of(shop, "CB-100", "LI-10")
    seller.open(f"/sales/{order.pk}/")
    line = seller.page.locator("#row-new")

    seller.page.get_by_role("link", name="New row").click()
    expect(line.locator("[name=quantity]")).to_be_visible()
    seller.page.get_by_role("link", name="Text row").click()
    expect(line.get_by_role("textbox", name="Text")).to_be_focused()
    seller.type("Thank you.")
    choose(seller.page.locator("tr[data-edit-url]").first, "Insert a row above")
    expect(line.get_by_role("textbox", name="Text")).to_be_focused()
    seller.press("Control+Insert")

    expect(line).to_have_count(1)
    expect(line.get_by_role("textbox", name="Text")).to_have_text("Thank you.")
    seller.press("Escape")
    expect(line).to_have_count(0)
    choose(seller.page.locator("tr[data-edit-url]").last, "Insert a row above")
    expect(line.locator("[name=before]")).to_have_value(str(order.rows.get(position=20).pk))


def test_folding_leaves_an_open_line_alone(shop, at_desk):
    seller = at_desk("seller")
    order = order_of(shop, "CB-100")
    text = add_sub_row(row=order.rows.get(), row_type=RowType.TEXT, text="Blue", by=shop.people["seller"])
    seller.open(f"/sales/{order.pk}/?new=1")
    seller.type("CB-100")

    seller.page.get_by_role("button", name="Fold away what stands below", exact=True).click()
    expect(seller.page.locator("#row-new [name=part]")).to_have_value("CB-100")
    expect(seller.page.locator(f"#row-{text.pk}")).to_be_visible()
    seller.press("Escape")
    expect(seller.page.locator("#row-new")).to_have_count(0)
    seller.page.get_by_role("button", name="Fold away what stands below", exact=True).click()

    expect(seller.page.locator(f"#row-{text.pk}")).to_have_count(0)


def test_rows_are_inserted_one_after_the_other_until_escape(shop, at_desk):
    seller = at_desk("seller")
    order = order_of(shop, "CB-100", "TB-200")
    below = order.rows.get(position=20)
    seller.open(f"/sales/{order.pk}/")
    line, part = seller.page.locator("#row-new"), seller.page.get_by_role("combobox", name="Part")
    choose(seller.page.locator("tr[data-edit-url]").last, "Insert a row above")

    expect(part).to_be_focused()
    seller.type("LI-10")
    for position in (15, 17):
        seller.press("Tab", "Tab")
        seller.type("2")
        seller.press("Enter")
        seller.type("LI-10")  # and does not wait for the answer
        expect(seller.page.get_by_role("link", name=str(position), exact=True)).to_be_visible()
        expect(part).to_have_value("LI-10")

    expect(part).to_be_focused()
    expect(line.locator("[name=before]")).to_have_value(str(below.pk))
    seller.press("Escape", "Escape")  # the list of parts, then the line
    expect(line).to_have_count(0)
    expect(seller.page.locator(f"#row-{order.rows.get(position=17).pk}")).to_be_focused()


def test_keys_while_a_row_is_saved_are_those_of_one_field_and_others_stay_where_they_are(shop, at_desk):
    seller, held = at_desk("seller"), []
    seller.open(f"/sales/{order_of(shop).pk}/?new=1")
    part, search = seller.page.get_by_role("combobox", name="Part"), seller.page.locator("#search")
    seller.page.route("**/rows/new/**", lambda route: held.append(route))

    def save_a_row():
        expect(part).to_be_focused()
        seller.type("LI-10")
        seller.press("Tab", "Tab")
        seller.type("2")
        seller.press("Enter")
        seller.page.wait_for_function("document.querySelector('[data-sending]')")

    save_a_row()
    seller.type("TB-2001")
    seller.press("Backspace", "Tab")
    seller.type("3")
    seller.press("Enter")
    held.pop().continue_()
    expect(part).to_have_value("TB-200")
    seller.press("Control+a", "Backspace")
    save_a_row()
    search.focus()
    seller.type("bolt")

    expect(search).to_have_value("bolt")
    held.pop().continue_()


def test_keys_of_a_row_do_what_its_menu_offers(shop, at_desk):
    seller = at_desk("seller")
    order = order_of(shop, "CB-100", "LI-10")
    first, last = (f"row-{row.pk}" for row in order.rows.order_by("position"))
    seller.open(f"/sales/{order.pk}/")
    line, dialog = seller.page.locator("#row-new"), seller.page.get_by_role("dialog")

    def is_at(row):
        expect(seller.page.locator(f"#{row}:is(:focus, :focus-within)")).to_have_count(1)

    seller.page.locator(f"#{last}").focus()
    seller.press("Space")
    expect(seller.page.locator("[data-tick-count]")).to_have_text("1")
    seller.press("Shift+Insert")
    expect(line.locator("[name=before]")).to_have_value(last.removeprefix("row-"))
    seller.press("Escape")
    is_at(first)
    expect(line).to_have_count(0)
    seller.press("ArrowDown", "Shift+F10")
    expect(seller.page.locator(f"#{last} .row-menu li > *").first).to_be_focused()
    seller.press("ArrowDown", "ArrowUp", "ArrowUp")
    expect(seller.page.locator(f"#{last} [data-row-copy]")).to_be_focused()
    seller.look()
    seller.page.locator(f"#{last} [data-row-copy]").focus()
    seller.press("Enter")
    expect(seller.page.locator("tr[data-edit-url]")).to_have_count(3)
    seller.press("Control+Delete")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    seller.press("Enter")
    expect(seller.page.locator("tr[data-edit-url]")).to_have_count(2)
    is_at(last)
    seller.press("ArrowUp", "Control+Insert")
    expect(line.get_by_role("combobox", name="Part")).to_be_focused()
    seller.press("Escape")
    is_at(last)
    seller.press("?")
    expect(dialog).to_contain_text("What else can be done to the row of a sales order")


@pytest.fixture
def new_line(shop, at_desk):
    """A seller on the line of a new row, at whose desk time passes when the test says so."""
    seller = at_desk("seller")
    seller.page.clock.install()
    seller.open(f"/sales/{order_of(shop).pk}/?new=1")
    return seller


def stays_at_the_name(seller):
    """Also a second later: a late list of the lookup took the cursor back."""
    seller.page.clock.run_for(1000)
    return seller.page.evaluate("document.activeElement.name") == "name"


def test_tab_leaves_the_part_before_the_lookup_is_asked(new_line):
    new_line.type("CB-100")
    new_line.press("Tab")

    assert stays_at_the_name(new_line)


@pytest.mark.parametrize("is_late", [False, True])
def test_tab_leaves_the_part_for_good_whenever_the_lookup_answers(new_line, is_late):
    page, held = new_line.page, []
    page.route("**/lookup/parts/*", lambda route: held.append(route))
    with page.expect_request("**/lookup/parts/*"):
        new_line.type("CB-100")
    while not held:  # asked, and on its way to the route
        page.wait_for_timeout(10)

    if is_late:
        new_line.press("Tab")
    with page.expect_response("**/lookup/parts/*") as answer:
        held.pop().continue_()
    answer.value.finished()
    if not is_late:
        expect(page.get_by_role("listbox")).to_be_visible()
        new_line.press("Tab")

    assert stays_at_the_name(new_line)


def test_seller_edits_a_total_and_sees_its_sum_as_rows_are_ticked(shop, at_desk):
    seller = at_desk("seller")
    order = order_of(shop, "CB-100", "CB-100", "CB-100")
    for row in order.rows.for_list():
        change_row(row=row, unit_price=Decimal(20), discount=Decimal(0), by=shop.people["seller"])
    total = add_row(order=order, row_type=RowType.TOTAL, name="Total", by=shop.people["seller"])
    seller.open(f"/sales/{order.pk}/")
    seller.page.locator(f"#row-{total.pk}").get_by_label("Edit total").click()
    boxes, sums = seller.page.locator("[name=included]"), seller.page.locator("#total-lines tfoot")

    boxes.nth(1).focus()
    seller.press("Space")
    expect(sums).to_contain_text("100.00")
    assert [boxes.nth(place).is_checked() for place in range(3)] == [False, False, True]
    expect(boxes.nth(1)).to_be_focused()
    seller.page.get_by_label("All from this row on").first.click()
    expect(sums).to_contain_text("300.00")
    seller.page.get_by_label("Total", exact=True).fill("270")
    expect(sums).to_contain_text("270.00")
    seller.look()
    seller.press("Enter")

    expect(seller.page.locator(f"#row-{total.pk}")).to_contain_text("270.00")


def test_cells_of_a_spreadsheet_are_pasted_into_the_grid(shop, at_desk):
    seller = at_desk("seller")
    order = order_of(shop, "CB-100")
    seller.open(f"/sales/{order.pk}/?new=1")
    box = seller.page.get_by_role("dialog").get_by_label("Rows")
    expect(seller.page.get_by_role("combobox", name="Part")).to_be_focused()

    seller.page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(paste);
        }""",
        "LI-10\t4\nTB-200\t2\n",
    )
    expect(box).to_have_value("LI-10\t4\nTB-200\t2\n")
    expect(box).to_be_focused()
    seller.look()
    seller.page.get_by_role("button", name="Add the rows").click()

    expect(seller.page.locator("tr[data-edit-url]")).to_have_count(3)
    quantities = order.rows.order_by("position").values_list("part__number", "quantity")
    assert list(quantities) == [("CB-100", 5), ("LI-10", 4), ("TB-200", 2)]


def test_lookup_takes_what_is_typed_over_its_choice_and_keeps_the_buttons_in_their_place(shop, at_desk):
    seller = at_desk("seller", viewport={"width": 1280, "height": 900})
    chosen, other = Partner.objects.customers().order_by("number")[:2]
    seller.open("/sales/new/")
    for customer in (chosen, other):
        seller.page.locator(".ts-control", has=seller.page.get_by_role("combobox", name="Customer")).click()
        seller.type(customer.number)
        expect(seller.page.get_by_role("option", name=re.compile(f"^{customer.number} "))).to_be_visible()
        seller.press("Enter")
    seller.page.get_by_role("button", name="Open the order").click()

    expect(seller.page.get_by_role("heading", name=other.name)).to_be_visible()
