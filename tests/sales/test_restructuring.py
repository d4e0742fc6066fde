"""The structure of a fictitious part that is on an order: opened again as it was typed, and changed in one go."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from erp.exceptions import Refused
from erp.register.operations import change_setting
from linkage.operations import link as link_supply
from sales import operations
from sales.nesting import numbers_of
from sales.operations import NewPart
from sales.operations.restructuring import seen_of
from sales.operations.structures import kit_rows
from tests.factories import MadePartFactory, PartFactory, ServicePartFactory
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.races import run_before_commit
from tests.sales.factories import again, order_with
from tests.sales.kits import below, kit_of, part_below, tool_kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def kit():
    return tool_kit()


@pytest.fixture
def row(seller, kit):
    """Two boxes: 4 hammers and, in 2 sets, 6 screws and 2 bits."""
    return order_with(2, part=kit, by=seller).rows.for_list().main().get()


def as_new(part, **facts):
    kept = {name: getattr(part, name) for name in ("unit", "variant", "discount", "warehouse")}
    within = tuple(filter(None, part.within.split(" / ")))
    return operations.new_part(part.part, facts.pop("quantity", part.quantity), within=within, **kept | facts)


def change(row, by, *, gone=(), added=(), nested="", seen=None, **quantities):
    lines = []
    for part in kit_rows(row):
        number = part.part.number
        new = None if number in gone else as_new(part, quantity=Decimal(quantities.get(number, part.quantity)))
        lines.append((part, new))
    return operations.change_structure(
        row=row, lines=[*lines, *((None, new) for new in added)], nested=nested, seen=seen, by=by
    )


def test_number_of_a_nested_part_is_remembered_on_the_row(seller, kit):
    chest = kit_of((kit, 3), number="CHEST")

    row = order_with(2, part=chest, by=seller).rows.main().get()

    assert numbers_of(row.nested) == {"KIT": 6, "KIT / SET": 6}


def test_number_of_a_nested_part_follows_row_split_and_copy(seller, row):
    operations.change_row(row=row, quantity=Decimal(5), scale=False, by=seller)
    assert again(row).nested == "SET=2"
    operations.change_row(row=again(row), quantity=Decimal(10), scale=True, by=seller)
    assert again(row).nested == "SET=4"

    parts = [NewPart(quantity=Decimal(5)), NewPart(quantity=Decimal(5))]
    first, *rest = operations.split_row(row=again(row), parts=parts, by=seller)
    copy = operations.copy_order(order=row.order, by=seller)

    assert [first.nested, *(one.nested for one in rest if not one.parent_id)] == ["SET=2", "SET=2"]
    assert [one.nested for one in copy.rows.main()] == ["SET=2", "SET=2"]


def test_line_that_says_no_number_of_a_nested_part_is_passed_over():
    assert numbers_of("SET=2\nBOX=zzz\nLID\n=4\nA=B=1.5\nC=1e9\nD=") == {"SET": 2, "A=B": Decimal("1.5")}


def test_structure_is_changed_in_one_go(seller, row):
    nail = operations.new_part(PartFactory(number="NAIL"), Decimal(7), within=("SET",), discount=Decimal(5))

    change(row, seller, HAMMER=5, gone=("BIT",), added=(nail,), nested="SET=3")

    assert below(row) == [("HAMMER", 5, ""), ("SCREW", 6, "SET"), ("NAIL", 7, "SET")]
    assert (again(row).nested, part_below(row, "NAIL").discount) == ("SET=3", 5)
    assert part_below(row, "HAMMER").demand.quantity == 5


def test_structure_without_a_part_or_of_another_row_is_refused(seller, row):
    with pytest.raises(Refused, match=f"Leave at least one part of {row}, or delete the row"):
        change(row, seller, gone=("HAMMER", "SCREW", "BIT"))
    other = operations.add_row(order=row.order, part=PartFactory(), quantity=Decimal(1), by=seller)
    with pytest.raises(Refused, match="only those have a structure"):
        operations.change_structure(row=other, lines=[], by=seller)


@pytest.mark.parametrize("facts", [{"HAMMER": 3}, {"gone": ("HAMMER",)}])
def test_linked_part_is_not_made_less_unasked(planner, row, facts):
    hammer = part_below(row, "HAMMER")
    shelf = stock(hammer.part, hammer.warehouse, 4)
    link_supply(demand=hammer.demand, supply=shelf, quantity=Decimal(4), by=planner)

    with pytest.raises(Refused, match=f"{hammer} is linked: .*. Change or delete it in its own row"):
        change(row, planner, SCREW=9, **facts)

    assert below(row) == [("HAMMER", 4, ""), ("SCREW", 6, "SET"), ("BIT", 2, "SET")]


def test_parts_that_somebody_else_has_changed_are_not_overwritten(seller, row):
    seen = seen_of(kit_rows(row))
    operations.change_row(row=part_below(row, "BIT"), quantity=Decimal(9), by=seller)

    with pytest.raises(Refused, match=f"The parts of {row} were changed meanwhile: open the structure again"):
        change(row, seller, HAMMER=1, seen=seen)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_who_change_the_same_structure_change_it_once(seller):
    row = order_with(2, part=tool_kit(), by=seller).rows.for_list().main().get()
    seen = seen_of(kit_rows(row))

    had_to_wait, outcome = run_before_commit(
        lambda: change(row, seller, HAMMER=9, seen=seen), lambda: change(row, seller, SCREW=9, seen=seen)
    )

    assert had_to_wait
    assert str(outcome).startswith(f"The parts of {row} were changed meanwhile")
    assert below(row) == [("HAMMER", 9, ""), ("SCREW", 6, "SET"), ("BIT", 2, "SET")]


def test_database_keeps_numbers_of_nested_parts_on_main_rows(row):
    with pytest.raises(IntegrityError, match="sales_row_nested_of_main_part"), transaction.atomic():
        row.sub_rows.update(nested="SET=2")


def posts(page, **changes):
    """What the page would post as it stands, with some inputs typed over."""
    form = page.context["form"]
    data = {"lines": str(form.count), "seen": form["seen"].value()}
    for line in form.table:
        number = line["number"]
        data |= {f"row-{number}": str(line["row"].pk)} if line["row"] else {}
        for name in ("part", "within", "quantity", "unit", "variant", "discount"):
            value = line[name].value()
            data |= {} if value is None else {f"{name}-{number}": str(value)}
    for path, one in form.groups.items():
        data |= {f"path-{one['number']}": path, f"was-{one['number']}": one["was"]}
        data |= {f"group-{one['number']}": form[f"group-{one['number']}"].value()}
    return data | changes


def test_structure_opens_as_it_was_typed_and_is_saved(seller_client, seller, row):
    address = reverse("sales:structure", args=[row.pk])
    operations.change_row(row=part_below(row, "HAMMER"), discount=Decimal(10), variant="XL", by=seller)

    page = seller_client.get(address)
    lines = [
        (str(line["known"] or ""), line["variant"].value(), line["discount"].value())
        for line in page.context["form"].table
    ]
    assert lines[:3] == [("HAMMER", "XL", "10"), ("SCREW", "", ""), ("BIT", "", "")]
    answer = seller_client.post(address, posts(page, **{"quantity-0": "5", "drop-2": "on"}))

    assert answer.status_code == 302
    assert below(row) == [("HAMMER", 5, ""), ("SCREW", 6, "SET")]
    assert (part_below(row, "HAMMER").discount, part_below(row, "HAMMER").variant) == (10, "XL")


def test_part_with_a_discount_below_0_is_saved_with_its_structure(seller_client, seller, row):
    operations.change_row(row=part_below(row, "BIT"), discount=Decimal(-5), by=seller)
    url = reverse("sales:structure", args=[row.pk])

    answer = seller_client.post(url, posts(seller_client.get(url), **{"quantity-0": "5"}))

    assert (answer.status_code, part_below(row, "BIT").discount, part_below(row, "HAMMER").quantity) == (302, -5, 5)


def test_typed_number_of_a_nested_part_stands_there_when_it_is_opened_again(seller_client, row):
    address = reverse("sales:structure", args=[row.pk])

    page = seller_client.post(address, posts(seller_client.get(address), **{"group-0": "5"}))
    assertContains(page, "The parts of SET are changed in proportion; look at them, then save.")
    seller_client.post(address, posts(page))

    assert below(row) == [("HAMMER", 4, ""), ("SCREW", 15, "SET"), ("BIT", 5, "SET")]
    form = seller_client.get(address).context["form"]
    assert form["group-0"].value() == "5"
    assertContains(seller_client.get(reverse("sales:row", args=[row.pk])), "SET: 5.00")


def test_wrong_line_of_a_saved_structure_keeps_what_was_typed(seller_client, row):
    address = reverse("sales:structure", args=[row.pk])

    page = seller_client.post(address, posts(seller_client.get(address), **{"quantity-0": "x", "quantity-1": "8"}))

    assert page.status_code == 422
    assert [line["quantity"].value() for line in page.context["form"].table][:2] == ["x", "8"]
    assert below(row)[0] == ("HAMMER", 4, "")


def test_delivered_parts_are_not_among_the_lines(seller_client, seller, warehouse_keeper):
    kit = kit_of((PartFactory(number="HAMMER"), 2), (ServicePartFactory(number="FITTING"), 1))
    row = order_with(1, part=kit, by=seller).rows.for_list().main().get()
    operations.deliver(row=part_below(row, "FITTING"), quantity=Decimal(1), by=warehouse_keeper)
    address = reverse("sales:structure", args=[row.pk])
    page = seller_client.get(address)

    answer = seller_client.post(address, posts(page, **{"quantity-0": "3"}))

    assertRedirects(
        answer,
        f"{reverse('sales:order', args=[row.order_id])}?row={row.pk}#row-{row.pk}",
        fetch_redirect_response=False,
    )
    assert below(row) == [("HAMMER", 3, ""), ("FITTING", 1, "")]


def test_number_of_a_nested_part_stays_when_all_of_its_lines_are_delivered(
    seller_client, seller, warehouse_keeper, row
):
    for number in ("SCREW", "BIT"):
        part = part_below(row, number)
        stock(part.part, part.warehouse, part.quantity)
        operations.deliver(row=part, quantity=part.quantity, by=warehouse_keeper)
    address = reverse("sales:structure", args=[row.pk])

    seller_client.post(address, posts(seller_client.get(address), **{"quantity-0": "5"}))

    assert (part_below(row, "HAMMER").quantity, again(row).nested) == (5, "SET=2")


def test_nested_part_that_holds_only_another_one_is_asked_for_too(seller_client, seller):
    """CHEST is made of a CASE, which is made of 2 SET of a screw each."""
    case = kit_of((kit_of((PartFactory(), 1), number="SET"), 2), number="CASE")
    row = order_with(3, part=kit_of((case, 1), number="CHEST"), by=seller).rows.for_list().main().get()
    address = reverse("sales:structure", args=[row.pk])

    page = seller_client.get(address)

    for number, path in enumerate(("CASE", "CASE / SET")):
        assertContains(page, f'name="path-{number}" value="{path}"', count=1)
    seller_client.post(address, posts(page, **{"quantity-0": "7"}))
    assert numbers_of(again(row).nested) == {"CASE": 3, "CASE / SET": 6}


def test_supplies_of_ticked_parts_are_locked_before_the_demands(seller):
    frame, bolt = MadePartFactory(lot_sizing="LR"), PartFactory(lot_sizing="LR")
    bom_of(frame, (bolt, 1))
    row = order_with(2, part=kit_of((frame, 1), number="BIKE"), by=seller).rows.for_list().main().get()
    stock(bolt, row.warehouse, 5)
    row.sub_rows.update(order_box=True)

    with CaptureQueriesContext(connection) as queries:
        change(row, seller, **{frame.number: 3})

    locked = [query["sql"] for query in queries if query["sql"].endswith("for no key update")]
    tables = [sql.split(" from ")[1].split()[0] for sql in locked]
    assert tables.index("linkage_supply") < tables.index("linkage_demand")


def test_parts_are_summed_once_when_many_of_them_change(seller):
    asked, row = [], order_with(2, part=tool_kit(), by=seller).rows.for_list().main().get()
    for changes in ({"HAMMER": 5}, {"HAMMER": 6, "SCREW": 8, "BIT": 3}):
        with CaptureQueriesContext(connection) as queries:
            change(row, seller, **changes)
        asked.append(sum("""."role" = 'part'""" in query["sql"] for query in queries))

    assert asked[0] == asked[1]


def test_row_that_is_no_fictitious_part_has_no_structure(seller_client, seller):
    row = order_with(1, by=seller).rows.get()

    assert seller_client.get(reverse("sales:structure", args=[row.pk])).status_code == 404


def test_structure_says_what_it_comes_to_as_saved(seller_client, seller, row, admin_user):
    change_setting(name="kit_price_from", value="parts", by=admin_user)
    operations.change_row(row=part_below(row, "HAMMER"), unit_price=Decimal("3.335"), discount=Decimal(10), by=seller)

    page = seller_client.get(reverse("sales:structure", args=[row.pk]))

    worth = page.context["form"].worth
    assert (worth.total, worth.amount, worth.lines[0]["amount"]) == (
        Decimal("12.01"),
        Decimal("12.01"),
        Decimal("12.01"),
    )
    assertContains(page, "The row comes to <b>12.01</b>")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"lines": "x"}, 422),
        ({"lines": "99999999999999999999"}, 422),
        ({"lines": "-3"}, 422),
        ({"quantity-0": "1e99"}, 422),
        ({"quantity-0": "\x00"}, 400),
        ({"discount-0": "NaN"}, 422),
        ({"unit-0": "nonsense"}, 422),
        ({"drop-0": "on", "drop-1": "on", "drop-2": "on"}, 422),
        ({"group-0": "many"}, 422),
        ({"seen": "1.1 nothing"}, 409),
    ],
)
def test_bad_input_is_said_and_changes_nothing(seller_client, row, changes, status):
    address = reverse("sales:structure", args=[row.pk])

    page = seller_client.post(address, posts(seller_client.get(address), **changes))

    assert page.status_code == status
    assert below(row) == [("HAMMER", 4, ""), ("SCREW", 6, "SET"), ("BIT", 2, "SET")]
