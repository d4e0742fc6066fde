"""Goods arrive, are used, moved and adjusted, and any of it is taken back."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import Refused
from erp.register.models import Setting, Unit
from linkage import operations
from linkage.models import OrderLink, Status, StockMovement
from linkage.refusals import NotEnough
from tests.factories import PartFactory, ServicePartFactory, UnitFactory, WarehouseFactory
from tests.linkage.factories import (
    DemandFactory,
    LinkFactory,
    MadeSupplyFactory,
    SupplyFactory,
    component_of,
    demand_for,
    stock,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


def figures(row, *names):
    row.refresh_from_db()
    return tuple(getattr(row, name) for name in names)


def shelf_of(row):
    return operations.balance_of(row.part, row.warehouse)


def receive(supply, quantity, *, by, **options):
    return operations.receive(supply=supply, quantity=Decimal(quantity), by=by, effective_on=DAY, **options)


def issue(demand, quantity, *, by, **options):
    return operations.issue(demand=demand, quantity=Decimal(quantity), by=by, effective_on=DAY, **options)


def adjust(balance, quantity, *, by, **options):
    return operations.adjust_stock(
        part=balance.part,
        warehouse=balance.warehouse,
        quantity=Decimal(quantity),
        by=by,
        effective_on=DAY,
        **options,
    )


def reverse(movement, *, by):
    return operations.reverse(movement=movement, by=by, effective_on=DAY, reason="wrong count")


# Receiving


def test_receive_keeps_the_goods_with_their_demand(planner):
    link = LinkFactory(quantity=4)

    [for_link, free] = receive(link.supply, 6, by=planner, reference="DN-7")

    assert (for_link.quantity, for_link.link, free.quantity, free.link) == (4, link, 2, None)
    assert (free.kind, free.reference, free.created_by, free.effective_on) == ("receipt", "DN-7", planner, DAY)
    assert figures(link, "received", "on_shelf", "to_come", "open") == (4, 4, 0, 4)
    assert figures(link.supply, "done", "allocated", "free") == (6, 0, 4)
    assert figures(shelf_of(link), "quantity", "allocated", "free") == (6, 4, 2)
    assert figures(link.demand, "done", "allocated") == (0, 4)


def test_receive_gives_bound_links_first_then_by_need_date(planner):
    supply = SupplyFactory(quantity=10)
    later = LinkFactory(supply=supply, quantity=3, demand=demand_for(supply, need_date=date(2026, 3, 25)))
    sooner = LinkFactory(supply=supply, quantity=3, demand=demand_for(supply, need_date=date(2026, 3, 21)))
    bound = LinkFactory(supply=supply, quantity=2, kind="bound", demand=demand_for(supply, need_date=date(2026, 4, 1)))

    receive(supply, 4, by=planner)

    assert [figures(link, "received") for link in (bound, sooner, later)] == [(2,), (2,), (0,)]


@pytest.mark.parametrize(
    ("way", "shares"),
    [
        pytest.param("need-date", [2, 5, 0, 0], id="the earliest need date"),
        pytest.param("priority", [2, 0, 5, 0], id="the highest priority"),
        pytest.param("equal", [2, 2, 2, 1], id="equal shares, as far as each needs them"),
    ],
)
def test_receive_shares_out_as_the_setting_says(planner, way, shares):
    Setting.objects.create(name="receipt_distribution", value=way)
    supply = SupplyFactory(quantity=20)
    bound = LinkFactory(supply=supply, quantity=2, kind="bound", demand=demand_for(supply, need_date=date(2026, 4, 1)))
    facts = [
        {"quantity": 5, "demand": demand_for(supply, priority=5, need_date=date(2026, 3, 20))},
        {"quantity": 6, "demand": demand_for(supply, priority=1, need_date=date(2026, 3, 25))},
        {"quantity": 1, "demand": demand_for(supply, priority=9, need_date=date(2026, 3, 28))},
    ]
    links = [bound, *(LinkFactory(supply=supply, **fact) for fact in facts)]

    receive(supply, 7, by=planner)

    assert [figures(link, "received") for link in links] == [(share,) for share in shares]


def test_receive_equal_shares_leave_nothing_over(planner):
    Setting.objects.create(name="receipt_distribution", value="equal")
    supply = SupplyFactory(quantity=20)
    links = [LinkFactory(supply=supply, quantity=4, demand=demand_for(supply)) for _ in range(3)]

    receive(supply, 10, by=planner)

    assert [figures(link, "received") for link in links] == [(3,), (3,), (4,)]


def test_receive_follows_the_shares_a_person_gives(planner):
    supply = SupplyFactory(quantity=10)
    one = LinkFactory(supply=supply, quantity=4, demand=demand_for(supply))
    two = LinkFactory(supply=supply, quantity=4, demand=demand_for(supply))

    receive(supply, 5, by=planner, shares={one.pk: Decimal(1), two.pk: Decimal(3)})

    assert figures(one, "received") + figures(two, "received") == (1, 3)
    assert figures(shelf_of(one), "free") == (1,)


@pytest.mark.parametrize(
    ("share", "sentence"),
    [
        pytest.param(5, "more than is to come", id="more than is to come"),
        pytest.param(4, "add up to 4; 3 arrived", id="more than arrived"),
        pytest.param(-1, "at least 0", id="less than nothing"),
    ],
)
def test_receive_refuses_shares_that_do_not_fit(planner, share, sentence):
    link = LinkFactory(quantity=4)

    with pytest.raises(Refused, match=sentence):
        receive(link.supply, 3, by=planner, shares={link.pk: Decimal(share)})

    assert not StockMovement.objects.exists()


def test_receive_refuses_shares_of_half_a_piece(planner):
    supply = SupplyFactory(quantity=5)
    one, two = (LinkFactory(supply=supply, quantity=q, demand=demand_for(supply)) for q in (2, 3))

    with pytest.raises(Refused, match=r"1\.5 pcs has too many decimals"):
        receive(supply, 4, by=planner, shares={one.pk: Decimal("1.5"), two.pk: Decimal("2.5")})


def test_receive_refuses_a_share_of_another_supply(planner):
    link = LinkFactory(quantity=4)

    with pytest.raises(Refused, match="its link"):
        receive(link.supply, 3, by=planner, shares={LinkFactory().pk: Decimal(1)})


def test_receive_more_than_ordered_is_free_stock_within_the_tolerance(planner):
    link = LinkFactory(quantity=10, supply=SupplyFactory(quantity=10, over_tolerance=Decimal(20)))

    receive(link.supply, 12, by=planner)

    assert figures(link, "received") == (10,)
    assert figures(link.supply, "done", "free") == (12, 0)
    assert figures(shelf_of(link), "quantity", "free") == (12, 2)


def test_receive_refuses_more_than_the_tolerance(planner):
    supply = SupplyFactory(quantity=10, over_tolerance=Decimal(20))
    receive(supply, 9, by=planner)

    with pytest.raises(NotEnough) as refusal:
        receive(supply, 4, by=planner)

    assert (refusal.value.wanted, refusal.value.left) == (4, 3)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.5"])
def test_receive_refuses_an_impossible_quantity(planner, quantity):
    with pytest.raises(Refused):
        receive(SupplyFactory(), quantity, by=planner)


@pytest.mark.parametrize("status", [Status.CLOSED, Status.CANCELLED])
def test_receive_refuses_an_ended_order(planner, status):
    supply = SupplyFactory(status=status)

    with pytest.raises(Refused, match=f"Nothing can be received on {supply}"):
        receive(supply, 1, by=planner)


def test_receive_refuses_a_stock_balance(planner):
    balance = shelf_of(SupplyFactory())

    with pytest.raises(Refused, match="Nothing can be received"):
        receive(balance, 1, by=planner)


def test_receive_a_service_goes_straight_to_its_demand(planner):
    link = LinkFactory(supply=SupplyFactory(part=ServicePartFactory()), quantity=4)

    [movement] = receive(link.supply, 3, by=planner)

    assert (movement.kind, movement.demand, movement.to_stock) == ("service", link.demand, None)
    assert figures(link, "received", "issued", "on_shelf", "open") == (3, 3, 0, 1)
    assert figures(link.supply, "done", "allocated") + figures(link.demand, "done", "allocated") == (3, 1, 3, 1)


def test_receive_a_service_refuses_what_is_not_linked(planner):
    link = LinkFactory(supply=SupplyFactory(part=ServicePartFactory()), quantity=4)

    with pytest.raises(Refused, match="only what is linked can be received, 4 of"):
        receive(link.supply, 5, by=planner)


# Using


def test_issue_takes_the_own_shelf_then_free_stock(planner):
    link = LinkFactory(quantity=4)
    receive(link.supply, 4, by=planner)
    stock(link.part, link.warehouse, 5)

    [own, free] = issue(link.demand, 6, by=planner, kind="delivery")

    assert (own.quantity, own.link, free.quantity, free.link, free.kind) == (4, link, 2, None, "delivery")
    assert figures(link, "issued", "open", "status") == (4, 0, "fulfilled")
    assert figures(link.demand, "done", "allocated", "uncovered") == (6, 0, 4)
    assert figures(shelf_of(link), "quantity", "allocated", "free") == (3, 0, 3)


def test_issue_from_free_stock_releases_what_is_to_come_latest_first(planner):
    demand = DemandFactory(quantity=10)
    facts = {"part": demand.part, "warehouse": demand.warehouse}
    soon = LinkFactory(demand=demand, supply=SupplyFactory(due_date=date(2026, 3, 12), **facts), quantity=4)
    late = LinkFactory(demand=demand, supply=SupplyFactory(due_date=date(2026, 3, 19), **facts), quantity=4)
    stock(demand.part, demand.warehouse, 8)

    issue(demand, 7, by=planner)

    assert figures(late, "released", "open", "reason") == (4, 0, "delivered from free stock")
    assert figures(soon, "released", "open") == (1, 3)
    assert figures(demand, "done", "allocated", "uncovered") == (7, 3, 0)


def test_issue_from_free_stock_makes_an_orphan_of_what_was_made_for_the_row(planner):
    link = LinkFactory(quantity=10)
    operations.add_provenance([(link.supply, link.demand, Decimal(10))])
    stock(link.part, link.warehouse, 10)

    issue(link.demand, 10, by=planner)

    link.supply.refresh_from_db()
    assert link.supply.orphaned_at is not None


def test_issue_refuses_more_than_is_open(planner):
    demand = DemandFactory(quantity=10)
    stock(demand.part, demand.warehouse, 20)
    issue(demand, 8, by=planner)

    with pytest.raises(NotEnough) as refusal:
        issue(demand, 3, by=planner)

    assert (refusal.value.wanted, refusal.value.left) == (3, 2)


def test_issue_more_than_ordered_within_the_tolerance(planner):
    demand = DemandFactory(quantity=10, over_tolerance=Decimal(10))
    stock(demand.part, demand.warehouse, 20)

    issue(demand, 11, by=planner)

    assert figures(demand, "done", "uncovered") == (11, 0)


def test_issue_never_takes_what_is_reserved_for_another_row(planner):
    link = LinkFactory(quantity=4)
    receive(link.supply, 4, by=planner)
    stock(link.part, link.warehouse, 1)
    other = demand_for(link.supply)

    with pytest.raises(NotEnough) as refusal:
        issue(other, 2, by=planner)

    shelf = f"{operations.balance_of(link.part, link.warehouse)} of {link.part} for {other}"
    assert str(refusal.value) == (
        f"Only 1 of {shelf} is free; 2 was asked for. 4 on hand are reserved for {link.demand} (4)."
    )
    assert (refusal.value.wanted, refusal.value.left) == (2, 1)
    assert figures(link, "on_shelf") == (4,)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.5"])
def test_issue_refuses_an_impossible_quantity(planner, quantity):
    with pytest.raises(Refused):
        issue(DemandFactory(), quantity, by=planner)


@pytest.mark.parametrize("status", [Status.CLOSED, Status.CANCELLED])
def test_issue_refuses_an_ended_demand(planner, status):
    demand = DemandFactory(status=status)
    stock(demand.part, demand.warehouse, 5)

    with pytest.raises(Refused, match=f"{demand} is {status.label.lower()}"):
        issue(demand, 1, by=planner)


def test_issue_refuses_a_part_without_stock(planner):
    with pytest.raises(Refused, match="not stock-updated"):
        issue(DemandFactory(part=ServicePartFactory()), 1, by=planner)


def test_issue_gives_the_order_below_its_own_date_back(planner):
    made = MadeSupplyFactory(due_date=date(2026, 3, 18), lead_time=1)
    need = component_of(made)
    link = LinkFactory(supply=made, demand=demand_for(made, need_date=date(2026, 3, 16), quantity=4))
    receive(made, 4, by=planner)

    issue(link.demand, 4, by=planner)

    assert figures(need, "need_date") == (date(2026, 3, 17),)


# Adjusting and moving


def test_adjust_stock_raises_and_lowers_the_balance(planner):
    balance = stock(SupplyFactory().part, WarehouseFactory(), 0)

    adjust(balance, 5, by=planner, reason="found")
    lowered = adjust(balance, -2, by=planner, kind="waste")

    assert (lowered.quantity, lowered.from_stock, lowered.kind) == (2, balance, "waste")
    assert figures(balance, "quantity", "free") == (3, 3)


def test_adjust_stock_refuses_to_take_what_is_reserved_and_names_for_whom(planner):
    link = LinkFactory(quantity=4)
    receive(link.supply, 6, by=planner)

    with pytest.raises(Refused) as refusal:
        adjust(shelf_of(link), -3, by=planner)

    assert str(refusal.value) == (
        f"3 of {link.part} cannot leave {link.warehouse}: 6 on hand, 4 reserved for {link.demand} (4), 2 free."
    )


@pytest.mark.parametrize("quantity", ["0", "0.5"])
def test_adjust_stock_refuses_an_impossible_quantity(planner, quantity):
    with pytest.raises(Refused):
        adjust(shelf_of(SupplyFactory()), quantity, by=planner)


def test_move_stock_is_one_movement_between_two_balances(planner):
    here = stock(SupplyFactory().part, WarehouseFactory(), 5)
    there = WarehouseFactory()

    movement = operations.move_stock(
        part=here.part,
        from_warehouse=here.warehouse,
        to_warehouse=there,
        quantity=Decimal(2),
        by=planner,
        effective_on=DAY,
    )

    target = operations.balance_of(here.part, there)
    assert (movement.from_stock, movement.to_stock, movement.quantity) == (here, target, 2)
    assert figures(here, "quantity") + figures(target, "quantity") == (3, 2)


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        pytest.param("4", "4 reserved", id="reserved goods"),
        pytest.param("0", "above 0", id="nothing"),
        pytest.param("0.5", "decimals", id="half a piece"),
    ],
)
def test_move_stock_refuses(planner, quantity, sentence):
    link = LinkFactory(quantity=4)
    receive(link.supply, 6, by=planner)
    facts = {"part": link.part, "from_warehouse": link.warehouse, "by": planner, "effective_on": DAY}

    with pytest.raises(Refused, match=sentence):
        operations.move_stock(to_warehouse=WarehouseFactory(), quantity=Decimal(quantity), **facts)


def test_move_stock_refuses_the_same_warehouse(planner):
    balance = shelf_of(SupplyFactory())
    facts = {"from_warehouse": balance.warehouse, "to_warehouse": balance.warehouse}

    with pytest.raises(Refused, match="two different"):
        operations.move_stock(part=balance.part, quantity=Decimal(1), by=planner, effective_on=DAY, **facts)


# Taking back


def test_reverse_a_receipt_names_it_and_takes_the_goods_back(planner):
    link = LinkFactory(quantity=4)
    [movement] = receive(link.supply, 4, by=planner)

    back = reverse(movement, by=planner)

    assert (back.quantity, back.reverses, back.kind, back.supply) == (-4, movement, "receipt", link.supply)
    assert figures(link, "received", "to_come", "open") == (0, 4, 4)
    assert figures(link.supply, "done", "allocated") + figures(shelf_of(link), "quantity") == (0, 4, 0)


def test_reverse_the_whole_of_a_receipt_that_its_unit_no_longer_allows(planner):
    unit = UnitFactory(code="m", decimals=1)
    supply = SupplyFactory(part=PartFactory(unit=unit), quantity=5)
    receive(supply, "2.5", by=planner)
    Unit.objects.filter(pk=unit.pk).update(decimals=0)

    reverse(StockMovement.objects.get(), by=planner)

    assert figures(supply, "done") == (0,)


def test_reverse_a_receipt_takes_free_then_claimed_then_bound_latest_need_first(planner):
    supply = SupplyFactory(quantity=20)
    sooner = LinkFactory(supply=supply, quantity=3, demand=demand_for(supply, need_date=date(2026, 3, 21)))
    later = LinkFactory(supply=supply, quantity=3, demand=demand_for(supply, need_date=date(2026, 3, 25)))
    bound = LinkFactory(supply=supply, quantity=3, kind="bound", demand=demand_for(supply, need_date=date(2026, 4, 1)))
    receive(supply, 9, by=planner)
    [free] = receive(supply, 6, by=planner)
    adjust(shelf_of(sooner), -5, by=planner)

    reverse(free, by=planner)

    assert [figures(link, "on_shelf") for link in (later, sooner, bound)] == [(0,), (1,), (3,)]
    assert figures(shelf_of(sooner), "quantity", "free") == (4, 0)


def test_reverse_a_receipt_refuses_what_was_used(planner):
    link = LinkFactory(quantity=4)
    [movement] = receive(link.supply, 4, by=planner)
    issue(link.demand, 1, by=planner)

    with pytest.raises(Refused, match=r"back: 3 on the shelf for .*The rest: 1 issued to .* At most 3 can be\."):
        reverse(movement, by=planner)


def test_reverse_a_receipt_refuses_what_is_promised_from_stock(planner):
    supply = SupplyFactory(quantity=10)
    [movement] = receive(supply, 10, by=planner)
    operations.link(demand=demand_for(supply), supply=shelf_of(supply), quantity=Decimal(6), by=planner)

    with pytest.raises(Refused, match=r"back: 4 free\. The rest: 6 on the shelf for "):
        reverse(movement, by=planner)


def test_reverse_an_issue_puts_the_goods_back_on_their_link(planner):
    link = LinkFactory(quantity=4)
    receive(link.supply, 4, by=planner)
    [movement] = issue(link.demand, 3, by=planner)

    reverse(movement, by=planner)

    assert figures(link, "issued", "on_shelf", "open") == (0, 4, 4)
    assert figures(link.demand, "done") + figures(shelf_of(link), "quantity", "allocated") == (0, 4, 4)


def test_reverse_an_issue_from_free_stock_makes_the_goods_free_again(planner):
    demand = DemandFactory()
    balance = stock(demand.part, demand.warehouse, 5)
    [movement] = issue(demand, 3, by=planner)

    reverse(movement, by=planner)

    assert figures(demand, "done", "uncovered") + figures(balance, "quantity", "free") == (0, 10, 5, 5)


def test_reverse_an_issue_joins_the_link_made_meanwhile(planner):
    link = LinkFactory(quantity=4)
    receive(link.supply, 4, by=planner)
    [movement] = issue(link.demand, 4, by=planner)
    again = operations.link(demand=link.demand, supply=link.supply, quantity=Decimal(2), by=planner)

    reverse(movement, by=planner)

    assert figures(link, "issued", "received", "released", "open") == (0, 0, 4, 0)
    assert figures(again, "quantity", "on_shelf", "to_come", "open") == (6, 4, 2, 6)
    assert OrderLink.objects.open().count() == 1


def test_reverse_an_issue_moves_the_deadline_back(planner):
    made = MadeSupplyFactory(due_date=date(2026, 3, 18), lead_time=1)
    need = component_of(made)
    link = LinkFactory(supply=made, demand=demand_for(made, need_date=date(2026, 3, 16), quantity=4))
    receive(made, 4, by=planner)
    [movement] = issue(link.demand, 4, by=planner)

    reverse(movement, by=planner)

    assert figures(need, "need_date") == (date(2026, 3, 13),)


def test_reverse_an_issue_refuses_when_the_row_has_other_goods_now(planner):
    link = LinkFactory(quantity=10)
    receive(link.supply, 10, by=planner)
    [movement] = issue(link.demand, 10, by=planner)
    operations.cancel_demand(link.demand)

    with pytest.raises(Refused, match="cannot keep links"):
        reverse(movement, by=planner)


def test_reverse_a_service_opens_its_link_again(planner):
    link = LinkFactory(supply=SupplyFactory(part=ServicePartFactory()), quantity=4)
    [movement] = receive(link.supply, 4, by=planner)

    reverse(movement, by=planner)

    assert figures(link, "received", "issued", "open") == (0, 0, 4)
    assert figures(link.supply, "done", "allocated") + figures(link.demand, "done", "allocated") == (0, 4, 0, 4)


def test_reverse_an_adjustment_and_a_move_need_the_goods(planner):
    balance = shelf_of(SupplyFactory())
    found = adjust(balance, 5, by=planner)
    lost = adjust(balance, -2, by=planner)

    with pytest.raises(Refused, match="3 on hand, 3 free"):
        reverse(found, by=planner)
    reverse(lost, by=planner)
    reverse(found, by=planner)

    assert figures(balance, "quantity") == (0,)


def test_reverse_refuses_a_second_time_and_a_reversal(planner):
    movement = adjust(shelf_of(SupplyFactory()), 5, by=planner)
    back = reverse(movement, by=planner)

    with pytest.raises(Refused, match="already reversed"):
        reverse(movement, by=planner)
    with pytest.raises(Refused, match="already reversed"):
        reverse(back, by=planner)
