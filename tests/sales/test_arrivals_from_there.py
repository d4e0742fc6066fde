"""Goods of another company of ours: under way until they have come, then in stock here for their row; balances."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from linkage.models import OrderLink, StockMovement
from linkage.operations import disconnect, link
from linkage.operations.numbering import name_pieces
from linkage.operations.pieces import pieces_on
from linkage.queries.balance import DISPOSABLE, balances_of, figures_of, projection
from sales import operations
from sales.operations.arriving import arrived_of, under_way_of
from tests.factories import PartFactory, UnitConversionFactory
from tests.linkage.factories import stock
from tests.races import run_before_commit
from tests.sales.crossing import DAY, LATER, mirror_of, sold
from tests.sales.factories import again
from tests.sales.kits import kit_of


def left_there(row, there, by, count=10):
    """The other company delivers so many."""
    stock(there.part, there.warehouse, count)
    operations.deliver(row=again(there), quantity=Decimal(count), by=by)


@pytest.fixture
def under_way(bike, shop, seller):
    """A row of 10 of which the other company has delivered 6."""
    _order, [row], [there] = sold(bike, shop, seller)
    left_there(row, there, seller, 6)
    return row


def test_what_has_come_lies_in_stock_for_its_row(under_way, shop, warehouse_keeper):
    operations.receive_transferred(row=under_way, quantity=Decimal(4), by=warehouse_keeper)

    link = OrderLink.objects.get()
    assert (link.demand, link.stock.warehouse, link.on_shelf, link.kind, link.rule) == (
        under_way.demand,
        shop,
        4,
        "bound",
        "transfer",
    )
    assert (link.stock.quantity, under_way_of([under_way]), again(under_way).demand.uncovered) == (
        4,
        {under_way.pk: 2},
        6,
    )
    assert StockMovement.objects.order_by("pk").last().reason.endswith("of Maker AB has come")


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [("0", "Enter a quantity above 0."), ("7", "6 pcs of {row} are under way; 7 cannot have come.")],
)
def test_more_than_is_under_way_cannot_have_come(under_way, warehouse_keeper, quantity, sentence):
    with pytest.raises(Refused) as refusal:
        operations.receive_transferred(row=under_way, quantity=Decimal(quantity), by=warehouse_keeper)

    assert str(refusal.value) == sentence.format(row=under_way)
    assert not OrderLink.objects.exists()


def test_part_of_a_box_comes_as_whole_pieces(bike, shop, seller, warehouse_keeper):
    """10 pieces under way are 0.833333 of a box of 12; half a box is 6 pieces, the rest 4."""
    box = UnitConversionFactory(part=bike, base=bike.unit, numerator=12).unit
    _order, [row], [there] = sold(bike, shop, seller, row={"delivery_date": DAY, "unit": box})
    operations.change_row(row=there, unit=bike.unit, quantity=Decimal(120), by=seller)
    left_there(row, there, seller, 10)

    operations.receive_transferred(row=row, quantity=Decimal("0.5"), by=warehouse_keeper)
    half = OrderLink.objects.get().on_shelf
    operations.receive_transferred(row=row, quantity=under_way_of([row])[row.pk], by=warehouse_keeper)

    assert (half, OrderLink.objects.get().on_shelf, under_way_of([row])) == (6, 10, {row.pk: 0})


def test_a_row_of_our_own_has_nothing_under_way(shop, seller, warehouse_keeper):
    _order, [row], _none = sold(PartFactory(), shop, seller)

    with pytest.raises(Refused, match="under way; 1 cannot have come"):
        operations.receive_transferred(row=row, quantity=Decimal(1), by=warehouse_keeper)


def test_an_arrival_counts_on_a_link_that_was_there_already(under_way, shop, planner, warehouse_keeper):
    shelf = stock(under_way.part, shop, 2)
    link(demand=under_way.demand, supply=shelf, quantity=Decimal(2), kind="bound", by=planner)

    operations.receive_transferred(row=under_way, quantity=Decimal(4), by=warehouse_keeper)

    found = OrderLink.objects.get()
    assert (found.quantity, found.rule) == (6, "transfer")


def test_goods_that_came_and_were_given_away_do_not_come_a_second_time(under_way, planner, warehouse_keeper):
    operations.receive_transferred(row=under_way, quantity=Decimal(6), by=warehouse_keeper)

    disconnect(link=OrderLink.objects.get(), by=planner)

    assert under_way_of([under_way]) == {under_way.pk: 0}


def test_what_came_is_delivered_and_comes_no_more(under_way, seller, warehouse_keeper):
    operations.receive_transferred(row=under_way, quantity=Decimal(6), by=warehouse_keeper)

    operations.deliver(row=again(under_way), quantity=Decimal(5), by=seller)

    assert under_way_of([again(under_way)]) == {under_way.pk: 0}


def test_of_a_fictitious_part_each_part_comes_in_its_share(profile, shop, seller, warehouse_keeper):
    kit = kit_of((PartFactory(number="BOLT"), 1), (PartFactory(number="NUT"), 3))
    _order, [row, *_parts], _none = sold(kit, shop, seller, 4)
    operations.set_profile(row=row, profile=profile, by=seller)
    for part in mirror_of(row).sub_rows.order_by("line"):
        left_there(row, part, seller, int(part.quantity))

    operations.receive_transferred(row=row, quantity=Decimal(1), by=warehouse_keeper)

    came = OrderLink.objects.order_by("part__number").values_list("part__number", "on_shelf")
    assert (list(came), under_way_of([row])) == ([("BOLT", 1), ("NUT", 3)], {row.pk: 3})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_who_reports_the_same_goods_at_once_waits_and_is_refused(bike, shop, seller, warehouse_keeper):
    _order, [row], [there] = sold(bike, shop, seller)
    left_there(row, there, seller, 6)

    def report():
        return operations.receive_transferred(row=row, quantity=Decimal(6), by=warehouse_keeper)

    waited, outcome = run_before_commit(report, report)

    assert (waited, str(outcome)) == (True, f"0 pcs of {row} are under way; 6 cannot have come.")
    assert OrderLink.objects.get().on_shelf == 6


def test_page_says_what_is_under_way_and_reports_it_once(under_way, warehouse_client, seller_client):
    page, url = reverse("sales:row", args=[under_way.pk]), reverse("sales:transfer_arrived", args=[under_way.pk])
    assertContains(warehouse_client.get(page), "6.00 pcs delivered by Maker AB, not here yet")
    assertNotContains(seller_client.get(page), url)

    form = {"quantity": "5", "effective_on": "2026-03-02", "operation_key": str(uuid4())}
    first = warehouse_client.post(url, form, follow=True)
    warehouse_client.post(url, form)
    too_many = warehouse_client.post(url, form | {"operation_key": str(uuid4())})

    assertContains(first, f"5 pcs lie in stock for row {under_way}.")
    assert (OrderLink.objects.get().on_shelf, too_many.status_code) == (5, 409)


@pytest.mark.parametrize(("back", "links"), [(1, [(3, 3, "transfer")]), (4, [(4, 0, "")])])
def test_a_wrong_report_is_taken_back_and_the_goods_are_under_way_again(under_way, warehouse_keeper, back, links):
    operations.receive_transferred(row=under_way, quantity=Decimal(4), by=warehouse_keeper)

    operations.take_back_transferred(row=under_way, quantity=Decimal(back), by=warehouse_keeper)

    shelf = OrderLink.objects.get().supply
    assert list(OrderLink.objects.values_list("quantity", "open", "rule")) == links
    assert (shelf.quantity, shelf.free, again(under_way).demand.uncovered) == (4 - back, 0, 6 + back)
    assert (under_way_of([under_way]), arrived_of([under_way])) == (
        {under_way.pk: 2 + back},
        {under_way.pk: 4 - back},
    )


def test_what_was_delivered_or_given_away_since_is_not_taken_back(under_way, planner, seller, warehouse_keeper):
    operations.receive_transferred(row=under_way, quantity=Decimal(6), by=warehouse_keeper)
    disconnect(link=OrderLink.objects.get(), quantity=Decimal(1), by=planner)
    operations.deliver(row=again(under_way), quantity=Decimal(3), by=seller)

    with pytest.raises(Refused) as refusal:
        operations.take_back_transferred(row=under_way, quantity=Decimal(3), by=warehouse_keeper)
    operations.take_back_transferred(row=under_way, quantity=Decimal(2), by=warehouse_keeper)

    words = f"2 pcs that have come lie in stock for {under_way}; 3 cannot be taken back."
    assert (str(refusal.value), under_way_of([again(under_way)])) == (words, {under_way.pk: 2})


def test_pieces_with_numbers_are_named_when_they_have_not_come(under_way, shop, warehouse_keeper):
    operations.receive_transferred(row=under_way, quantity=Decimal(2), by=warehouse_keeper)
    name_pieces(StockMovement.objects.order_by("pk").last(), "A-1, A-2")
    facts = {"row": under_way, "quantity": Decimal(1), "by": warehouse_keeper}

    with pytest.raises(Refused) as refusal:
        operations.take_back_transferred(**facts)
    operations.take_back_transferred(**facts, serials="A-2")

    assert "name at least 1 of them by serial number" in str(refusal.value)
    assert [piece.number for piece in pieces_on(OrderLink.objects.get().supply)] == ["A-1"]


def test_of_a_fictitious_part_each_part_is_taken_back_in_its_share(profile, shop, seller, warehouse_keeper):
    kit = kit_of((PartFactory(number="BOLT"), 1), (PartFactory(number="NUT"), 3))
    _order, [row, *_parts], _none = sold(kit, shop, seller, 4)
    operations.set_profile(row=row, profile=profile, by=seller)
    for part in mirror_of(row).sub_rows.order_by("line"):
        left_there(row, part, seller, int(part.quantity))
    operations.receive_transferred(row=row, quantity=Decimal(3), by=warehouse_keeper)

    operations.take_back_transferred(row=row, quantity=Decimal(1), by=warehouse_keeper)

    here = OrderLink.objects.order_by("part__number").values_list("part__number", "on_shelf")
    assert (list(here), under_way_of([row])) == ([("BOLT", 2), ("NUT", 6)], {row.pk: 2})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_who_takes_back_the_same_goods_at_once_waits_and_is_refused(bike, shop, seller, warehouse_keeper):
    _order, [row], [there] = sold(bike, shop, seller)
    left_there(row, there, seller, 6)
    operations.receive_transferred(row=row, quantity=Decimal(6), by=warehouse_keeper)

    def take_back():
        return operations.take_back_transferred(row=row, quantity=Decimal(6), by=warehouse_keeper)

    waited, outcome = run_before_commit(take_back, take_back)

    assert (waited, str(outcome)) == (True, f"0 pcs that have come lie in stock for {row}; 6 cannot be taken back.")


def test_page_takes_a_report_back_once(under_way, warehouse_client, warehouse_keeper, seller_client):
    page, url = reverse("sales:row", args=[under_way.pk]), reverse("sales:transfer_not_arrived", args=[under_way.pk])
    assertNotContains(warehouse_client.get(page), url)
    operations.receive_transferred(row=under_way, quantity=Decimal(5), by=warehouse_keeper)
    assertContains(warehouse_client.get(page), url)
    assertNotContains(seller_client.get(page), url)

    form = {"quantity": "2", "operation_key": str(uuid4())}
    first = warehouse_client.post(url, form, follow=True)
    warehouse_client.post(url, form)

    assertContains(first, f"2 pcs of row {under_way} are under way again.")
    assert OrderLink.objects.get().on_shelf == 3


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [("at-date", 5, 1), ("reservations", 1, 1), ("reservations-and-orders", 1, 1)],
)
def test_balances_leave_out_what_the_other_company_has_to_bring(bike, shop, seller, mode, before, after):
    """5 in stock; of 10 sold the other company makes 10, and 4 more are ours for a later day."""
    sold(bike, shop, seller)
    _other, [own], _mirror = sold(bike, shop, seller, 4, row={"delivery_date": LATER})
    operations.disconnect_transfer(row=own, by=seller)
    stock(bike, shop, 5)

    found = balances_of({day: (bike.pk, shop.pk, day) for day in (DAY, LATER)}, mode=mode)
    [figures] = [one for one in figures_of(bike, on=DAY)[0] if one.warehouse == shop]

    assert found == {DAY: (5, before), LATER: (5, after)}
    assert getattr(figures, DISPOSABLE[mode]) == before
    assert figures.available == 1


def test_projection_leaves_it_out_until_it_has_come(under_way, bike, shop, warehouse_keeper):
    before = [(step.goes, step.balance) for step in projection(bike, shop, on_hand=Decimal(0), today=DAY)]

    operations.receive_transferred(row=under_way, quantity=Decimal(6), by=warehouse_keeper)

    after = [(step.goes, step.balance) for step in projection(bike, shop, on_hand=Decimal(6), today=DAY)]
    assert (before, after) == ([], [(6, 0)])
