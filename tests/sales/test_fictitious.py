"""The row of a fictitious part: its parts stand below it and are delivered; what it costs stands on it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from erp.exceptions import Refused
from erp.register.operations import change_setting
from linkage import drift
from linkage.models import Demand, OrderLink
from linkage.operations import disconnect
from linkage.operations import link as link_supply
from sales import operations
from sales.forms.parts import RowDetailForm, RowForm
from sales.forms.structures import edit_form
from sales.grids import grid
from sales.models import (
    CategoryDiscount,
    ConfigurationGroup,
    ConfigurationOption,
    ConfigurationQuestion,
    ConfiguredPart,
    CustomerLink,
    CustomerTerm,
    ListedPrice,
    PriceList,
    Role,
    SalesOrderRow,
)
from sales.money import money_of
from sales.operations import NewPart
from sales.statuses import CONFIRMED, DELIVERED, PARTLY, QUOTE, RowStatus
from sales.sums import totals_of
from tests.factories import (
    PartFactory,
    PartnerFactory,
    PhantomPartFactory,
    WarehouseFactory,
)
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.sales.factories import DELIVERY, again, order_with
from tests.sales.kits import below, kit_of, part_below, tool_kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def kit():
    return tool_kit()


@pytest.fixture
def row(seller, kit):
    """Two kits on a registered order."""
    order = order_with(by=seller)
    return operations.add_row(order=order, part=kit, quantity=Decimal(2), delivery_date=DELIVERY, by=seller)


def demands(row):
    """{label: (part, quantity, date)} of an order's demands."""
    found = Demand.objects.filter(document=row.order.document).exclude(status="cancelled").select_related("part")
    return {demand.place: (demand.part.number, int(demand.quantity), demand.need_date) for demand in found}


def test_add_row_of_a_fictitious_part_puts_its_parts_below_and_they_own_the_demands(row):
    assert below(row) == [("HAMMER", 4, ""), ("SCREW", 6, "SET"), ("BIT", 2, "SET")]
    assert demands(row) == {
        "10.1": ("HAMMER", 4, DELIVERY),
        "10.2": ("SCREW", 6, DELIVERY),
        "10.3": ("BIT", 2, DELIVERY),
    }
    assert (row.demand, row.position) == (None, 10)
    assert [str(one.row) for one in grid(row.order)] == [f"{row.order}/10{line}" for line in ("", ".1", ".2", ".3")]


def test_create_order_explodes_fictitious_parts_too(seller, kit):
    order = order_with(1, 3, part=kit, by=seller)

    first, second = order.rows.main().order_by("position")
    assert (below(first), below(second)) == (
        [("HAMMER", 2, ""), ("SCREW", 3, "SET"), ("BIT", 1, "SET")],
        [("HAMMER", 6, ""), ("SCREW", 9, "SET"), ("BIT", 3, "SET")],
    )
    assert Demand.objects.filter(document=order.document).count() == 6


def test_parts_are_those_of_the_day_on_which_the_row_leaves_to_be_there(seller):
    monday, (old, new) = date(2026, 3, 23), (PartFactory(number=number) for number in ("OLD", "NEW"))
    kit = PhantomPartFactory(number="KIT")
    bom_of(kit, (old, 1, {"valid_to": monday}), (new, 1, {"valid_from": monday}))
    there = {"delivery_date": None, "at_customer_date": date(2026, 3, 24)}

    order = order_with(1, part=kit, row=there, transport_days=2, by=seller)
    added = operations.add_row(order=order, part=kit, quantity=Decimal(1), **there, by=seller)

    assert [below(row) for row in (order.rows.main().first(), added)] == [[("OLD", 1, "")]] * 2


def test_parts_that_are_given_replace_the_bom(seller, kit):
    nail = PartFactory(number="NAIL")
    parts = (operations.new_part(nail, Decimal(7), discount=Decimal(5), variant="RED"),)

    row = operations.add_row(order=order_with(by=seller), part=kit, quantity=Decimal(1), sub_rows=parts, by=seller)

    made = row.sub_rows.get()
    assert (made.part, made.quantity, made.discount, made.variant, made.demand.variant) == (nail, 7, 5, "RED", "RED")


def test_quote_has_no_demands_until_it_is_registered(seller, kit):
    order = order_with(1, part=kit, status=QUOTE, by=seller)
    assert not Demand.objects.filter(document=order.document).exists()

    operations.register_order(order=order, by=seller)

    assert {place: part for place, (part, *_) in demands(order.rows.main().get()).items()} == {
        "10.1": "HAMMER",
        "10.2": "SCREW",
        "10.3": "BIT",
    }


def test_parts_follow_the_date_and_the_row_status(seller, row):
    later = date(2026, 4, 1)

    operations.change_row(row=row, delivery_date=later, row_status=RowStatus.MANUFACTURED, by=seller)

    assert {(part.delivery_date, part.row_status) for part in row.sub_rows.all()} == {(later, RowStatus.MANUFACTURED)}
    assert {need for _part, _quantity, need in demands(row).values()} == {later}


@pytest.mark.parametrize(("scale", "quantities"), [(True, [6, 9, 3]), (False, [4, 6, 2])])
def test_another_quantity_scales_the_parts_as_somebody_says(seller, row, scale, quantities):
    operations.change_row(row=row, quantity=Decimal(3), scale=scale, by=seller)

    assert [quantity for _part, quantity, _within in below(row)] == quantities
    assert [quantity for _part, quantity, _need in demands(row).values()] == quantities
    assert list(drift.findings()) == []


def test_another_quantity_is_refused_without_an_answer(seller, row):
    with pytest.raises(Refused, match=f"Say whether the 3 parts of {row} change with its quantity"):
        operations.change_row(row=row, quantity=Decimal(3), by=seller)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"delivery_date": date(2026, 5, 1)}, "delivery date"),
        ({"at_customer_date": date(2026, 5, 1)}, "date at the customer"),
        ({"row_status": "forecast"}, "row status"),
    ],
)
def test_part_does_not_leave_its_row(seller, row, changes, words):
    part = part_below(row, "BIT")

    with pytest.raises(Refused, match=f"{part} has the {words} of row 10: change it there"):
        operations.change_row(row=part, **changes, by=seller)


def test_part_is_not_asked_for_a_date_at_the_customer(admin_user, row):
    change_setting(name="at_customer_shown", value=True, by=admin_user)
    change_setting(name="dates_after_freezing", value="ask", by=admin_user)
    part = part_below(row, "BIT")

    asked = {*edit_form(part, RowForm)(row=part).fields, *RowDetailForm(row=part).fields}

    assert asked.isdisjoint({"delivery_date", "at_customer_date", "follow"})
    assert "at_customer_date" in RowDetailForm(row=row).fields


def test_part_is_changed_added_and_deleted(seller, row):
    nail = PartFactory(number="NAIL")

    operations.change_row(row=part_below(row, "BIT"), quantity=Decimal(5), by=seller)
    operations.delete_row(row=part_below(row, "SCREW"), by=seller)
    operations.add_part(row=row, part=nail, quantity=Decimal(9), by=seller)

    assert below(row) == [("HAMMER", 4, ""), ("BIT", 5, "SET"), ("NAIL", 9, "")]
    assert demands(row) == {
        "10.1": ("HAMMER", 4, DELIVERY),
        "10.3": ("BIT", 5, DELIVERY),
        "10.4": ("NAIL", 9, DELIVERY),
    }


def test_parts_are_added_below_fictitious_parts_only_and_are_none_themselves(seller, row):
    plain = operations.add_row(order=row.order, part=PartFactory(), quantity=Decimal(1), by=seller)

    with pytest.raises(Refused, match="is not the row of a fictitious part"):
        operations.add_part(row=plain, part=PartFactory(), quantity=Decimal(1), by=seller)
    with pytest.raises(Refused, match="SET is fictitious; it cannot stand on a sub-row"):
        operations.add_part(
            row=row,
            part=row.part.boms.get().rows.get(component__number="SET").component,
            quantity=Decimal(1),
            by=seller,
        )
    with pytest.raises(Refused, match="cannot have sub-rows"):
        operations.add_part(row=part_below(row, "BIT"), part=PartFactory(), quantity=Decimal(1), by=seller)


def test_row_is_delivered_when_its_parts_are_and_open_again_with_a_reversal(seller, warehouse_keeper, row):
    for part in row.sub_rows.all():
        stock(part.part, part.warehouse, 20)

    operations.deliver(row=part_below(row, "HAMMER"), quantity=Decimal(4), by=warehouse_keeper)
    assert (again(row).is_closed, again(row).order.status) == (False, PARTLY)
    for number, quantity in (("SCREW", 6), ("BIT", 2)):
        operations.deliver(row=part_below(row, number), quantity=Decimal(quantity), by=warehouse_keeper)
    assert (again(row).is_closed, again(row).order.status) == (True, DELIVERED)

    operations.reverse_delivery(delivered=part_below(row, "BIT").delivery_rows.get(), by=warehouse_keeper)
    assert (again(row).is_closed, again(row).order.status) == (False, PARTLY)


def test_split_divides_the_parts_with_their_links(planner, row):
    hammer = part_below(row, "HAMMER")
    shelf = stock(hammer.part, hammer.warehouse, 3)
    link_supply(demand=hammer.demand, supply=shelf, quantity=Decimal(3), by=planner)

    first, *rest = operations.split_row(
        row=row,
        parts=[NewPart(quantity=Decimal(1)), NewPart(quantity=Decimal(1), delivery_date=date(2026, 4, 1))],
        by=planner,
    )

    [second] = [one for one in rest if not one.parent_id]
    assert (below(first), below(second)) == (
        [("HAMMER", 2, ""), ("SCREW", 3, "SET"), ("BIT", 1, "SET")],
        [("HAMMER", 2, ""), ("SCREW", 3, "SET"), ("BIT", 1, "SET")],
    )
    assert demands(row)["20.1"] == ("HAMMER", 2, date(2026, 4, 1))
    assert sorted(OrderLink.objects.open().values_list("demand__position", "quantity")) == [(10, 2), (20, 1)]
    assert list(drift.findings()) == []


def test_split_refuses_parts_that_cannot_be_divided_and_rows_below(seller, kit):
    order = order_with(2, part=kit_of((PartFactory(number="ONE"), Decimal("0.5")), number="HALF"), by=seller)
    row = order.rows.for_list().main().get()
    halves = [NewPart(quantity=Decimal(1)), NewPart(quantity=Decimal(1))]

    with pytest.raises(Refused, match=r"1 pcs of .*/10\.1 cannot be divided among all parts of the split"):
        operations.split_row(row=row, parts=halves, by=seller)
    with pytest.raises(Refused, match="split that row, its parts go with it"):
        operations.split_row(row=part_below(row, "ONE"), parts=halves, by=seller)


def test_delete_takes_the_parts_and_their_demands_along(seller, row):
    operations.delete_row(row=row, by=seller)

    assert not SalesOrderRow.objects.filter(order=row.order).exists()
    assert not Demand.objects.filter(document=row.order.document).exists()


def test_delete_keeps_what_the_ledger_remembers_as_cancelled(planner, row):
    hammer = part_below(row, "HAMMER")
    link = link_supply(
        demand=hammer.demand, supply=stock(hammer.part, hammer.warehouse, 3), quantity=Decimal(3), by=planner
    )
    with pytest.raises(Refused, match=f"{hammer} is linked"):
        operations.delete_row(row=row, by=planner)
    disconnect(link=link, by=planner)

    kept = operations.delete_row(row=row, by=planner)

    assert kept.is_cancelled
    assert [(str(one.row), one.row.is_cancelled) for one in grid(row.order)] == [
        (str(row), True),
        (str(hammer), True),
    ]
    assert totals_of(row.order).amount == 0


def test_copy_takes_the_parts_along(seller, row):
    operations.change_row(row=part_below(row, "BIT"), quantity=Decimal(5), by=seller)

    copy = operations.copy_order(order=row.order, by=seller)

    assert below(copy.rows.main().get()) == [("HAMMER", 4, ""), ("SCREW", 6, "SET"), ("BIT", 5, "SET")]


def test_positions_of_the_parts_follow_a_renumbering(seller, row):
    operations.add_row(order=row.order, part=PartFactory(number="A"), quantity=Decimal(1), before=row, by=seller)
    for _ in range(3):
        first = row.order.rows.main().order_by("position").first()
        operations.add_row(order=row.order, part=PartFactory(), quantity=Decimal(1), before=first, by=seller)

    parts = SalesOrderRow.objects.for_list().filter(parent=row.pk)
    assert {str(part) for part in parts} == {part.demand.label for part in parts}
    assert again(row).position == 50


@pytest.fixture
def by_parts(admin_user):
    change_setting(name="kit_price_from", value="parts", by=admin_user)


def money(row):
    return next(one.money for one in grid(row.order) if one.pk == row.pk)


def test_row_costs_what_its_parts_come_to_where_the_setting_says_so(seller, kit, by_parts):
    hammer, nail = PartFactory(standard_price=3), PartFactory(standard_price=1)
    parts = (
        operations.new_part(hammer, Decimal(4), unit_price=Decimal(10), discount=Decimal(10)),
        operations.new_part(nail, Decimal(10), unit_price=Decimal("0.5")),
    )
    row = operations.add_row(order=order_with(by=seller), part=kit, quantity=Decimal(2), sub_rows=parts, by=seller)

    assert (row.unit_price, row.price_source, row.price_locked) == (Decimal("20.5"), "parts", False)
    assert (money(row).amount, money(row).standard, money(row).margin) == (41, 22, 19)
    assert totals_of(row.order).amount == 41

    operations.change_row(row=part_below(row, nail.number), quantity=Decimal(20), by=seller)
    assert again(row).unit_price == 23
    operations.change_row(row=again(row), unit_price=Decimal(30), by=seller)
    operations.change_row(row=part_below(row, nail.number), quantity=Decimal(10), by=seller)
    assert again(row).unit_price == 30
    operations.unlock_price(row=again(row), price=True, by=seller)
    assert again(row).unit_price == Decimal("20.5")


def test_row_has_a_price_of_its_own_otherwise(seller, admin_user, row):
    operations.change_row(row=row, unit_price=Decimal(100), by=seller)

    assert {part.unit_price for part in row.sub_rows.all()} == {0}
    assert totals_of(row.order).amount == 200


@pytest.mark.parametrize(("basis", "standard"), [("part", 14), ("parts", 12 + 6)])
def test_margin_is_reckoned_from_the_part_or_its_parts(seller, admin_user, basis, standard):
    kit = kit_of((PartFactory(standard_price=3), 2), (PartFactory(standard_price=1), 3), standard_price=7)
    change_setting(name="kit_cost_from", value=basis, by=admin_user)

    row = order_with(2, part=kit, by=seller).rows.for_list().main().get()

    assert money(row).standard == standard


def test_grid_asks_the_database_as_often_for_three_fictitious_parts_as_for_one(seller, kit):
    asked = []
    for count in (1, 3):
        order = order_with(*[1] * count, part=kit, by=seller)
        rows = list(order.rows.for_list().main())
        with CaptureQueriesContext(connection) as queries:
            money_of(rows, order=order)
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_remaining_value_is_that_of_what_is_least_delivered(seller, warehouse_keeper, row):
    operations.change_row(row=row, unit_price=Decimal(100), by=seller)
    for part in row.sub_rows.all():
        stock(part.part, part.warehouse, 20)

    operations.deliver(row=part_below(row, "HAMMER"), quantity=Decimal(4), by=warehouse_keeper)
    operations.deliver(row=part_below(row, "SCREW"), quantity=Decimal(3), by=warehouse_keeper)
    assert money(row).remaining == 200
    operations.deliver(row=part_below(row, "BIT"), quantity=Decimal(1), by=warehouse_keeper)
    assert money(row).remaining == 100


def test_confirmed_order_with_one_date_takes_fictitious_parts(seller, kit):
    order = order_with(1, 1, part=kit, by=seller, partial_delivery_allowed=False)

    assert operations.confirm_order(order=order, by=seller).status == CONFIRMED


@pytest.mark.parametrize(
    ("which", "changes", "constraint"),
    [
        ("BIT", {"part": "KIT"}, "fictitious part stands on a main row"),
        ("HAMMER", {"role": Role.ALLOY}, "sales_row_role_of_sub_rows"),
        ("HAMMER", {"role": ""}, "sales_row_role_of_sub_rows"),
        (None, {"role": Role.PART}, "Parts stand below the row of a fictitious part"),
        (None, {"role": Role.ALLOY}, "sales_row_role_of_sub_rows"),
        (None, {"called_off": True}, "sales_row_called_off_is_closed"),
    ],
)
def test_database_keeps_the_levels(row, which, changes, constraint):
    if "part" in changes:
        changes = {"part": type(row.part).objects.get(number=changes["part"])}
    rows = SalesOrderRow.objects.filter(pk=part_below(row, which).pk if which else row.pk)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**changes)


def test_database_gives_a_fictitious_part_no_demand(row):
    demand = part_below(row, "BIT").demand
    SalesOrderRow.objects.filter(demand=demand).update(demand=None)

    with pytest.raises(IntegrityError, match="owns no demand"), transaction.atomic():
        SalesOrderRow.objects.filter(pk=row.pk).update(demand=demand)


def set_of(kit, seller, order=None, **facts):
    """The row of 10 kits with a hammer for 20 in each."""
    hammer = operations.new_part(PartFactory(), Decimal(10), unit_price=Decimal(20))
    facts = {"quantity": Decimal(10), "sub_rows": (hammer,)} | facts
    return operations.add_row(order=order or order_with(by=seller), part=kit, **facts, by=seller)


@pytest.mark.parametrize(("scale", "price"), [(True, 20), (False, 10)])
def test_price_of_another_quantity_is_reckoned_from_the_parts_as_they_are_then(seller, kit, by_parts, scale, price):
    row = set_of(kit, seller)

    operations.change_row(row=row, quantity=Decimal(20), scale=scale, by=seller)

    assert (again(row).unit_price, again(row).price_source) == (price, "parts")


def test_discount_is_in_the_price_of_the_parts_and_not_given_twice(seller, kit, by_parts):
    customer = PartnerFactory()
    CustomerTerm.objects.create(customer=customer, discount=10)
    order = order_with(customer=customer, by=seller)

    row = set_of(kit, seller, order)
    typed = set_of(kit, seller, order, discount=Decimal(5))
    operations.unlock_price(row=again(typed), discount=True, by=seller)

    assert (row.sub_rows.get().discount, row.unit_price, row.discount) == (10, 18, 0)
    assert (typed.discount, again(typed).discount) == (5, 0)


def test_agreed_price_of_a_row_stays_when_rows_cost_their_parts_from_now_on(seller, kit, admin_user):
    customer = PartnerFactory()
    CustomerLink.objects.create(customer=customer, part=kit, unit=kit.unit, price=100)
    row = order_with(2, part=kit, customer=customer, by=seller).rows.for_list().main().get()
    change_setting(name="kit_price_from", value="parts", by=admin_user)

    operations.change_row(row=row, goods_label="A", by=seller)
    operations.change_row(row=part_below(row, "BIT"), quantity=Decimal(5), by=seller)
    copy = operations.copy_order(order=row.order, by=seller)

    assert (again(row).unit_price, again(row).price_source) == (100, "link")
    assert copy.rows.main().get().unit_price == 100


def test_row_without_parts_keeps_its_listed_price(seller, by_parts):
    bare = PhantomPartFactory(number="BARE")
    customer = PartnerFactory()
    CustomerLink.objects.create(customer=customer, part=bare, unit=bare.unit, price=100)

    row = order_with(2, part=bare, customer=customer, by=seller).rows.for_list().main().get()

    assert (row.unit_price, row.price_source) == (100, "link")


def test_parts_below_a_row_without_any_price_give_it_one(seller, by_parts):
    row = order_with(2, part=PhantomPartFactory(number="BARE"), by=seller).rows.for_list().main().get()

    operations.add_part(row=row, part=PartFactory(), quantity=Decimal(2), unit_price=Decimal(30), by=seller)

    assert (again(row).unit_price, again(row).price_source) == (30, "parts")


@pytest.mark.parametrize("name", ["variant", "warehouse"])
def test_parts_are_not_left_behind_by_another_variant_or_warehouse(seller, row, name):
    other = {"variant": "RED", "warehouse": WarehouseFactory(company=row.warehouse.company)}[name]

    sentence = f"The 3 parts of {row} are those of no variant in {row.warehouse}: change them, or delete the row"
    with pytest.raises(Refused, match=sentence):
        operations.change_row(row=row, **{name: other}, by=seller)


def test_part_that_is_added_comes_from_the_warehouse_of_its_row(seller, kit):
    order = order_with(by=seller)
    other = WarehouseFactory(company=order.warehouse.company)
    row = operations.add_row(order=order, part=kit, quantity=Decimal(1), warehouse=other, by=seller)

    made = operations.add_part(row=row, part=PartFactory(), quantity=Decimal(1), by=seller)

    assert (made.warehouse, made.demand.warehouse) == (other, other)


def test_configured_kit_has_the_parts_of_its_default_variant(seller):
    red, blue = PartFactory(number="RED"), PartFactory(number="BLUE")
    kit = kit_of((red, 1, {"variants": "R"}), (blue, 1, {"variants": "B"}))
    group = ConfigurationGroup.objects.create(code="KITS", name="Kits")
    colour = ConfigurationQuestion.objects.create(group=group, position=1, text="Colour")
    ConfigurationOption.objects.create(question=colour, code="R", name="Red", is_default=True)
    ConfiguredPart.objects.create(part=kit, group=group)

    row = order_with(2, part=kit, by=seller).rows.for_list().main().get()

    assert (row.variant, below(row)) == ("R", [("RED", 2, "")])


def test_row_costs_its_parts_in_the_currency_of_the_order_at_its_rate(seller, by_parts):
    """Two hammers of 10 EUR less 20 % and three nails of 0.50 EUR are 17.50 EUR, at 1.25 EUR to the pound 14."""
    prices, customer = PriceList.objects.create(name="Shops"), PartnerFactory(currency="GBP")
    CustomerTerm.objects.create(customer=customer, price_list=prices)
    hammer, nail = PartFactory(number="HAMMER", discount_category="TOOLS"), PartFactory(number="NAIL")
    CategoryDiscount.objects.create(category="TOOLS", discount=20)
    for part, price in ((hammer, 10), (nail, Decimal("0.5"))):
        ListedPrice.objects.create(price_list=prices, part=part, unit=part.unit, price=price)
    facts = {"currency": "GBP", "exchange_rate": Decimal("1.25"), "customer": customer}
    kit = kit_of((hammer, 2), (nail, 3))

    row = order_with(10, part=kit, by=seller, **facts).rows.for_list().main().get()

    parts = list(row.sub_rows.order_by("line").values_list("unit_price", "discount", "price_currency"))
    assert parts == [(8, 20, "EUR"), (Decimal("0.4"), 0, "EUR")]
    assert (row.unit_price, row.discount, row.price_source) == (14, 0, "parts")
    found = money(row)
    assert (found.amount, found.in_company) == (140, 175)


def test_split_of_a_row_that_costs_its_parts_keeps_price_and_sum(seller, kit, by_parts):
    parts = (operations.new_part(PartFactory(), Decimal(10), unit_price=Decimal(10), discount=Decimal(5)),)
    row = operations.add_row(order=order_with(by=seller), part=kit, quantity=Decimal(10), sub_rows=parts, by=seller)

    made = operations.split_row(row=row, parts=[NewPart(quantity=Decimal(4)), NewPart(quantity=Decimal(6))], by=seller)

    assert [(one.unit_price, one.quantity, money(one).amount) for one in made] == [
        (Decimal("9.5"), 4, 38),
        (Decimal("9.5"), 6, 57),
    ]


def test_order_of_many_fictitious_parts_puts_all_their_parts_below(seller, kit):
    order = order_with(*[1] * 40, part=kit, by=seller)

    found = [below(row) for row in order.rows.main()]
    assert found == [[("HAMMER", 2, ""), ("SCREW", 3, "SET"), ("BIT", 1, "SET")]] * 40
    assert Demand.objects.filter(document=order.document).count() == 120
