"""Two people in one order at the same time, each at a window of their own: what either typed is kept or shown to them.

Who comes second is told what the first one did, and decides; nothing is overwritten that they had not seen.
"""

import pytest
from playwright.sync_api import expect

from erp.register.models import Partner
from sales.models import SalesOrderRow
from sales.operations import NewRow, create_order
from sales.statuses import QUOTE, REGISTERED
from tests.journeys.desk import choose

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(shop, at_desk):
    """``two(status)``: an order of three rows, its rows, and the seller and the planner who both look at it."""

    def open_order(status):
        parts = [shop.parts[number] for number in ("CB-100", "LI-10", "TB-200")]
        order = create_order(
            customer=Partner.objects.customers().first(),
            warehouse=shop.works,
            status=status,
            rows=[NewRow(part=part, quantity=5, delivery_date=shop.day(40)) for part in parts],
            by=shop.people["seller"],
        )
        desks = at_desk("seller"), at_desk("planner")
        for desk in desks:
            desk.open(f"/sales/{order.pk}/")
        return order, list(order.rows.order_by("position")), desks

    return open_order


def line(desk, row):
    return desk.page.locator(f"#row-{row.pk}")


def cell(desk, row, name):
    return line(desk, row).locator(f"[name={name}]")


def edit(desk, row, name="quantity"):
    """Open the row by the keyboard."""
    line(desk, row).focus()
    desk.press("F2")
    expect(cell(desk, row, name)).to_be_visible()


def save(desk, row, name, value):
    """Type into a cell of a row that is open, and press Enter."""
    cell(desk, row, name).fill(value)
    cell(desk, row, name).press("Enter")


def leave(desk):
    """Out of the row that opened after the one that was saved."""
    desk.press("Escape")
    expect(desk.page.locator("tr[data-editing]")).to_have_count(0)


def insert_above(desk, row):
    line(desk, row).focus()
    desk.press("Shift+Insert")


def type_new(desk, quantity):
    """Into the line for a new row that is open."""
    new = desk.page.locator("#row-new")
    new.locator("[name=part]").locator("xpath=..").get_by_role("combobox").fill("CB-100")
    desk.page.get_by_role("option", name="CB-100 ").first.click()
    new.locator("[name=quantity]").fill(quantity)


def add_typed(desk, position):
    """Enter; the row is added under this number, and the next line is left."""
    desk.page.locator("#row-new [name=quantity]").press("Enter")
    expect(desk.page.get_by_text(f"Row S-1001/{position} is added.")).to_be_visible()
    leave(desk)


def facts(order, *names):
    return list(order.rows.order_by("position").values_list(*names))


def test_two_people_type_into_one_row_and_nothing_typed_is_lost(two):
    order, [first, second, third], [seller, planner] = two(REGISTERED)
    edit(seller, first)
    edit(planner, first)

    save(seller, first, "quantity", "7")
    expect(cell(seller, second, "name")).to_be_visible()
    save(planner, first, "name", "City bike, red")
    expect(line(planner, first).locator(".errorlist")).to_contain_text("Quantity: now 7, which stays.")
    expect(cell(planner, first, "quantity")).to_have_value("7")
    expect(cell(planner, first, "name")).to_have_value("City bike, red")
    planner.look()
    planner.press("Enter")
    expect(cell(planner, second, "quantity")).to_be_visible()

    save(seller, second, "quantity", "8")
    expect(cell(seller, third, "quantity")).to_be_visible()
    save(planner, second, "quantity", "9")
    expect(line(planner, second).locator(".errorlist")).to_contain_text("Quantity: now 8, you typed 9.")
    expect(cell(planner, second, "quantity")).to_have_value("9")
    assert facts(order, "name", "quantity")[1][1] == 8
    planner.press("Enter")
    expect(cell(planner, third, "quantity")).to_be_visible()

    assert [(name, int(quantity)) for name, quantity in facts(order, "name", "quantity")] == [
        ("City bike, red", 7),
        (second.name, 9),
        (third.name, 5),
    ]


def test_rows_that_two_people_add_at_once_all_stand_in_the_order(two):
    order, [_, second, _], desks = two(REGISTERED)
    for desk, quantity in zip(desks, ("11", "12"), strict=True):
        desk.page.get_by_role("link", name="New row").click()
        type_new(desk, quantity)
    for desk, position in zip(desks, (40, 50), strict=True):
        add_typed(desk, position)

    for desk, quantity in zip(desks, ("21", "22"), strict=True):
        insert_above(desk, second)
        type_new(desk, quantity)
    for desk, position in zip(desks, (15, 17), strict=True):
        add_typed(desk, position)

    assert facts(order, "position", "quantity") == [
        (10, 5),
        (15, 21),
        (17, 22),
        (20, 5),
        (30, 5),
        (40, 11),
        (50, 12),
    ]


def test_rows_that_are_numbered_anew_split_or_deleted_while_another_edits_them(two):
    order, [first, second, third], [seller, planner] = two(QUOTE)
    edit(planner, second)
    insert_above(seller, first)
    type_new(seller, "1")
    add_typed(seller, 10)
    save(planner, second, "quantity", "6")
    expect(cell(planner, third, "quantity")).to_be_visible()
    assert facts(order, "position", "quantity") == [(10, 1), (20, 5), (30, 6), (40, 5)]

    choose(line(seller, third), "Split row")
    seller.page.locator("[name=quantity-0]").fill("3")
    seller.page.locator("[name=quantity-1]").fill("2")
    seller.page.get_by_role("button", name="Split row").click()
    expect(line(seller, third)).to_be_visible()
    save(planner, third, "quantity", "9")
    expect(line(planner, third).locator(".errorlist")).to_contain_text("Quantity: now 3, you typed 9.")
    leave(planner)
    assert facts(order, "position", "quantity") == [(10, 1), (20, 5), (30, 6), (40, 3), (50, 2)]

    edit(planner, second)
    line(seller, second).get_by_role("link", name="Delete").click()
    seller.page.get_by_role("dialog").get_by_role("button", name="Delete the row").click()
    expect(line(seller, second)).to_have_count(0)
    save(planner, second, "quantity", "4")
    who = "This row was deleted meanwhile by Sanna Laine. Nothing was saved."
    expect(planner.page.get_by_text(who)).to_be_visible()
    expect(cell(planner, second, "quantity")).to_have_value("4")
    planner.look()
    assert not SalesOrderRow.objects.filter(pk=second.pk).exists()
    assert [int(quantity) for [quantity] in facts(order, "quantity")] == [1, 5, 3, 2]
