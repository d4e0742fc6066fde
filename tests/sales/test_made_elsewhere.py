"""What another company of ours makes: not short here, counted apart, with its own day and its own doubts."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from erp.register.operations import change_setting
from linkage.models import Demand, Elsewhere
from linkage.operations import link
from linkage.queries import coverage_of, short
from linkage.queries.suggestions import Wish, suggest
from linkage.queries.worklists import late
from purchasing.targets import target_lines
from sales import operations
from sales.models import PartTransfer, TransferPart
from sales.operations.arriving import under_way_of
from sales.queries import late_demands, rows_without_linked_order
from tests.factories import MadePartFactory, PartFactory, UnitConversionFactory
from tests.linkage.factories import DemandFactory, MadeSupplyFactory, SupplyFactory, component_of, stock
from tests.sales.crossing import DAY, LATER, mirror_of, sold
from tests.sales.factories import again
from tests.sales.kits import kit_of

TODAY = date(2026, 12, 1)


@pytest.fixture
def lamp(profile):
    """Bought by the maker, and stock-driven: free stock is given out to whoever needs it."""
    part = PartFactory(number="LAMP")
    PartTransfer.objects.create(part=part, profile=profile)
    return part


def figures(row):
    return Elsewhere.objects.filter(demand=row.demand_id).values_list("quantity", "to_come").first()


def demands_below(row):
    return list(row.sub_rows.order_by("line").values_list("demand", flat=True))


def covered_there(row, planner, *, due=DAY, **facts):
    """The mirrored row gets an order that makes all of it."""
    supply = MadeSupplyFactory(
        part=row.part, warehouse=row.warehouse, quantity=row.demand.quantity, due_date=due, **facts
    )
    link(demand=row.demand, supply=supply, quantity=row.demand.quantity, accept_warnings=True, by=planner)
    return supply


def delivered_there_beside(part, shop, by, *, need=DAY):
    """A row of 10 that the other company delivered in full, and one of 10 of our own, needed on a day of its own."""
    _order, [row, other], [there, _none] = sold(part, shop, by, 10, 10)
    operations.disconnect_transfer(row=other, by=by)
    stock(part, there.warehouse, 10)
    operations.deliver(row=there, quantity=Decimal(10), by=by)
    Demand.objects.filter(pk=other.demand_id).update(need_date=need)
    return row, other


def refused_by_the_database(table, column, value, pk):
    """What the database says to somebody who writes past every operation."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update {table} set {column} = %s where id = %s", [value, pk])
    return refusal.value.__cause__.diag.message_primary


def refused_to_open(kind, row, there):
    """The same of a new position of our order in a warehouse of the other company."""
    facts = {"document": row.order.document, "warehouse": there.warehouse, "part": row.part, "position": 99}
    factory = {"demand": DemandFactory, "supply": SupplyFactory}[kind]
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        factory(**facts)
    return refusal.value.__cause__.diag.message_primary


def test_what_another_company_makes_is_short_there_and_not_here(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)

    assert short(today=TODAY) == {there.demand_id: Decimal(10)}
    assert figures(row) == (Decimal(10), Decimal(10))


def test_a_bought_part_made_elsewhere_is_no_purchase_target(profile, shop, seller):
    part = PartFactory(number="LAMP")
    _order, [row, other], _there = sold(part, shop, seller, 10, 4)
    operations.set_profile(row=row, profile=profile, by=seller)

    lines = [(line.facts.pk, line.facts.short) for line in target_lines(today=TODAY).lines]

    assert lines == [(other.demand_id, 4), (mirror_of(row).demand_id, 10)]


def test_the_row_says_who_makes_it_when_and_why_that_is_not_sure(bike, shop, seller):
    _order, [row], [_there] = sold(bike, shop, seller)

    shown = coverage_of(row.demand, today=TODAY)

    words = f"10 made by Maker AB, due {DAY}, not covered there"
    assert (shown.words, shown.short, shown.supplied_by.words) == (words, 0, "made by Maker AB")
    assert (shown.slack, shown.sentence) == (0, "")


def test_the_doubt_goes_when_the_other_company_has_an_order(bike, shop, seller, planner):
    _order, [row], [there] = sold(bike, shop, seller)

    covered_there(there, planner)

    assert coverage_of(row.demand, today=TODAY).words == f"10 made by Maker AB, due {DAY}"


@pytest.mark.parametrize(
    ("due", "today", "doubt"),
    [
        pytest.param(date(2026, 12, 22), TODAY, "late there by 2 work days", id="its order is late"),
        pytest.param(DAY, date(2026, 12, 21), "overdue", id="its day has passed"),
    ],
)
def test_the_doubt_is_that_of_the_chain_there(bike, shop, seller, planner, due, today, doubt):
    _order, [row], [there] = sold(bike, shop, seller)

    covered_there(there, planner, due=due)

    assert coverage_of(row.demand, today=today).words == f"10 made by Maker AB, due {DAY}, {doubt}"


def test_a_component_that_is_short_there_is_the_doubt(bike, shop, seller, planner):
    _order, [row], [there] = sold(bike, shop, seller)
    component_of(covered_there(there, planner), part=PartFactory(), quantity=5)

    assert coverage_of(row.demand, today=TODAY).words == f"10 made by Maker AB, due {DAY}, not covered there"


def test_a_later_day_there_makes_the_row_late_with_the_sentence(bike, profile, shop, seller, planner):
    _order, [row], [there] = sold(bike, shop, seller)
    covered_there(there, planner, due=date(2026, 12, 21))
    Demand.objects.filter(pk=there.demand_id).update(need_date=date(2026, 12, 22))

    shown = coverage_of(row.demand, today=TODAY)

    assert (shown.slack, late(today=TODAY)) == (-2, {row.demand_id: -2})
    assert shown.sentence == (
        f"Late by 2 work days because Maker AB {there} ({bike.name}, level 1) is due 22 Dec and needed 18 Dec. "
        f"If Maker AB {there} came 2 work days earlier the row would be on time."
    )
    assert list(late_demands(today=TODAY)) == [row.demand]


def test_only_what_is_asked_for_there_is_made_there(bike, shop, seller):
    _order, [row], [_there] = sold(bike, shop, seller)

    operations.change_row(row=row, quantity=Decimal(12), by=seller)

    shown = coverage_of(again(row).demand, today=TODAY)
    assert (shown.short, shown.elsewhere, figures(row)) == (2, 10, (10, 10))
    assert shown.words == f"10 made by Maker AB, due {DAY}, not covered there, 2 short"


def test_more_there_is_no_more_than_what_is_uncovered_here(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)

    operations.change_row(row=there, quantity=Decimal(15), by=seller)

    assert figures(row) == (10, 10)


def test_own_stock_that_is_linked_is_not_counted_twice(bike, shop, seller, planner):
    _order, [row], _there = sold(bike, shop, seller)

    link(demand=row.demand, supply=stock(bike, shop, 4), quantity=Decimal(4), by=planner)

    assert (figures(row), coverage_of(again(row).demand, today=TODAY).short) == ((6, 6), 0)


def test_goods_under_way_stay_so_when_own_stock_is_linked(bike, shop, seller, planner):
    """Of 10 the other company delivered 5; 6 of our own leave 4 uncovered, which those under way are for."""
    _order, [row], [there] = sold(bike, shop, seller)
    stock(bike, there.warehouse, 5)
    operations.deliver(row=there, quantity=Decimal(5), by=seller)

    link(demand=row.demand, supply=stock(bike, shop, 6), quantity=Decimal(6), by=planner)

    assert (figures(row), under_way_of([row])) == ((4, 0), {row.pk: 4})


def test_what_is_delivered_there_is_on_its_way_until_it_is_delivered_here(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)
    stock(bike, there.warehouse, 10)

    operations.deliver(row=there, quantity=Decimal(4), by=seller)
    partly = figures(row), coverage_of(row.demand, today=TODAY).words
    operations.deliver(row=again(there), quantity=Decimal(6), by=seller)
    wholly = figures(row), coverage_of(row.demand, today=TODAY).words
    stock(bike, shop, 10)
    operations.deliver(row=row, quantity=Decimal(7), by=seller)

    assert partly == ((10, 6), f"10 made by Maker AB, due {DAY}, not covered there")
    assert wholly == ((10, 0), "10 delivered by Maker AB, under way")
    assert figures(row) == (3, 0)


@pytest.mark.parametrize("need", [pytest.param(date(2026, 12, 4), id="earlier"), pytest.param(LATER, id="later")])
def test_goods_that_came_from_there_serve_their_row_and_no_second_one(lamp, shop, seller, warehouse_keeper, need):
    row, other = delivered_there_beside(lamp, shop, seller, need=need)

    operations.receive_transferred(row=row, quantity=Decimal(10), by=warehouse_keeper)

    assert short(today=TODAY, demands=[row.demand, other.demand]) == {other.demand_id: 10}
    shown = coverage_of(again(row).demand, today=TODAY)
    assert (shown.on_shelf, shown.short, shown.from_free, figures(row)) == (10, 0, 0, None)


def test_goods_under_way_from_there_are_not_short_and_leave_our_own_stock_to_others(lamp, shop, seller):
    row, other = delivered_there_beside(lamp, shop, seller)
    under_way = short(today=TODAY, demands=[row.demand, other.demand])

    stock(lamp, shop, 7)

    assert under_way == {other.demand_id: 10}
    assert short(today=TODAY, demands=[row.demand, other.demand]) == {other.demand_id: 3}


def test_goods_under_way_from_there_take_no_free_order(lamp, shop, seller):
    row, other = delivered_there_beside(lamp, shop, seller)

    SupplyFactory(part=lamp, warehouse=shop, due_date=TODAY)

    assert short(today=TODAY, demands=[row.demand, other.demand]) == {}


@pytest.mark.parametrize(("here", "missing"), [(0, 2), (1, 1), (2, 0), (6, 0)])
def test_what_nobody_makes_is_short_as_far_as_our_own_stock_has_none(lamp, shop, seller, here, missing):
    _order, [row], [there] = sold(lamp, shop, seller)
    operations.change_row(row=row, quantity=Decimal(12), by=seller)
    stock(lamp, there.warehouse, 4)
    operations.deliver(row=there, quantity=Decimal(4), by=seller)

    stock(lamp, shop, here)

    assert short(today=TODAY, demands=[row.demand]).get(row.demand_id, 0) == missing


def test_a_short_final_delivery_there_leaves_the_rest_short_here(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)
    stock(bike, there.warehouse, 10)

    operations.deliver(row=there, quantity=Decimal(4), final=True, by=seller)

    assert (figures(row), short(today=TODAY)) == ((4, 0), {row.demand_id: 6})


def test_a_deleted_or_disconnected_row_there_makes_the_row_short_again(bike, shop, seller):
    _order, [first, second], [there, _other] = sold(bike, shop, seller, 10, 4)

    operations.delete_row(row=there, by=seller)
    operations.disconnect_transfer(row=second, by=seller)

    missing = short(today=TODAY)
    assert (missing[first.demand_id], missing[second.demand_id]) == (10, 4)


def test_the_parts_of_a_fictitious_part_are_made_by_those_there(profile, shop, seller):
    kit = kit_of((PartFactory(), 1), (PartFactory(), 3))
    _order, [row, *_parts], _none = sold(kit, shop, seller, 2)

    operations.set_profile(row=row, profile=profile, by=seller)

    ours = demands_below(row)
    theirs = demands_below(mirror_of(row))
    assert list(Elsewhere.objects.order_by("demand").values_list("demand", "there")) == list(
        zip(ours, theirs, strict=True)
    )
    assert set(short(today=TODAY)) == set(theirs)


def test_a_part_that_the_seller_adds_is_short_here(profile, shop, seller):
    kit = kit_of((PartFactory(number="BOLT"), 1), (PartFactory(number="NUT"), 3))
    _order, [row, *_parts], _none = sold(kit, shop, seller, 2)
    operations.set_profile(row=row, profile=profile, by=seller)

    washer = operations.add_part(row=again(row), part=PartFactory(number="WASHER"), quantity=Decimal(8), by=seller)

    ours = demands_below(row)
    assert short(today=TODAY, demands=ours) == {washer.demand_id: 8}
    assert [line.facts.pk for line in target_lines(today=TODAY).lines if line.facts.pk in ours] == [washer.demand_id]


def test_a_fictitious_part_that_is_one_part_there_is_made_by_that(profile, shop, seller):
    kit = kit_of((PartFactory(), 1), (PartFactory(), 3))
    TransferPart.objects.create(profile=profile, part=kit, there=MadePartFactory(number="BOX"))
    _order, [row, *_parts], _none = sold(kit, shop, seller, 2)

    operations.set_profile(row=row, profile=profile, by=seller)

    there = mirror_of(row).demand_id
    assert [(made.demand_id, made.there_id) for made in Elsewhere.objects.order_by("demand")] == [
        (demand, there) for demand in demands_below(row)
    ]


def test_another_part_there_counts_in_the_unit_of_the_row(bike, profile, shop, seller):
    TransferPart.objects.create(profile=profile, part=bike, there=MadePartFactory(number="CYCLE"))

    _order, [row], [there] = sold(bike, shop, seller)
    operations.change_row(row=there, quantity=Decimal(5), by=seller)

    assert figures(row) == (5, 5)


def test_no_rule_links_or_orders_what_another_company_makes(bike, profile, shop, seller):
    _order, [row], _there = sold(bike, shop, seller)
    SupplyFactory(part=bike, warehouse=shop, due_date=DAY)

    assert suggest(wish=Wish.by_setting(only_purchases=False), today=TODAY).shown == []
    assert row not in rows_without_linked_order()


def test_a_rule_promises_our_own_stock_to_the_row_that_nobody_makes(bike, shop, seller):
    _row, other = delivered_there_beside(bike, shop, seller, need=LATER)

    stock(bike, shop, 10)

    offered = suggest(demands=Demand.objects.filter(part=bike), wish=Wish(), today=TODAY).shown
    assert [(one.demand.pk, one.quantity) for one in offered] == [(other.demand_id, 10)]


def test_list_of_what_is_not_fully_linked_leaves_out_what_comes_from_there(bike, shop, seller, seller_client):
    row, _other = delivered_there_beside(bike, shop, seller)
    _order, [under_work], _none = sold(bike, shop, seller)
    listed = {}

    for answer in ("1", "0"):
        table = seller_client.get(reverse("linkage:demand_list"), {"is_uncovered": answer}).context["table"]
        listed[answer] = {found.record.pk for found in table.rows} & {row.demand_id, under_work.demand_id}

    assert listed == {"1": set(), "0": {row.demand_id, under_work.demand_id}}


def test_list_and_first_page_count_it_apart(bike, shop, seller, seller_client):
    _order, [_row], [there] = sold(bike, shop, seller)

    listed = seller_client.get(reverse("linkage:elsewhere_list"))
    home = seller_client.get(reverse("home"))
    shorts = seller_client.get(reverse("linkage:short_list")).context["table"]

    assertContains(listed, f"{there}, Maker AB</a>")
    assertContains(listed, f"10 made by Maker AB, due {DAY}, not covered there")
    assert [record.record for record in shorts.rows] == [there.demand]
    counts = {str(name): count for name, _url, _query, count, _tone in home.context["counts"]}
    assert (counts["Made by another company"], counts["Short demands"]) == (1, 1)


@pytest.mark.parametrize("row_count", [1, 3])
def test_list_query_count_does_not_grow(bike, shop, seller, seller_client, django_assert_max_num_queries, row_count):
    sold(bike, shop, seller, *[10] * row_count)

    with django_assert_max_num_queries(24):
        seller_client.get(reverse("linkage:elsewhere_list"))


def test_bench_says_it_beside_the_quantity(bike, shop, seller, planner_client):
    sold(bike, shop, seller)

    page = planner_client.get(reverse("linkage:bench"), {"part": "BIKE", "warehouse": "SHOP"})

    assertContains(page, f"10.00 made by Maker AB, due {DAY}")


def test_send_quantity_changes_the_mirrored_row_and_nothing_else(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)
    operations.change_row(row=row, quantity=Decimal(12), goods_label="A", by=seller)

    operations.send_quantity(row=row, by=seller)

    changed = again(there)
    assert (changed.quantity, changed.demand.quantity, changed.delivery_date, changed.goods_label) == (12, 12, DAY, "")


def test_send_quantity_refuses_what_is_equal_not_transferred_or_delivered(bike, profile, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)
    _other, [alone], _none = sold(PartFactory(), shop, seller)
    with pytest.raises(Refused, match=f"{there} in Maker AB has the quantity of {row} already"):
        operations.send_quantity(row=row, by=seller)
    with pytest.raises(Refused, match=f"{alone} is not transferred"):
        operations.send_quantity(row=alone, by=seller)

    stock(bike, there.warehouse, 10)
    operations.deliver(row=there, quantity=Decimal(6), by=seller)
    operations.change_row(row=row, quantity=Decimal(5), by=seller)

    with pytest.raises(Refused, match=f"6 pcs of {there} are delivered"):
        operations.send_quantity(row=row, by=seller)


def test_page_sends_the_quantity_after_a_look_at_what_is_linked_there(bike, shop, seller, planner, seller_client):
    _order, [row], [there] = sold(bike, shop, seller)
    covered_there(there, planner)
    operations.change_row(row=row, quantity=Decimal(12), by=seller)
    url = reverse("sales:transfer_quantity", args=[row.pk])

    page = seller_client.get(url)
    asked = seller_client.post(url, {"operation_key": page.context["form"]["operation_key"].value()})
    before = again(there).quantity
    report = asked.context["report"]
    typed = dict(asked.context["typed"]) | {"save_change": "1", "seen": report.fingerprint}
    saved = seller_client.post(url, typed, follow=True)

    assertContains(page, f"In Maker AB row {there} changes from 10 pcs to 12 pcs")
    assertContains(asked, f"Stays uncovered: 2.00 of {there}")
    assertContains(saved, f"Row {there} has the quantity of row {row} now.")
    assert (before, again(there).quantity) == (10, 12)


def test_page_sends_the_quantity_once_and_answers_a_second_post(bike, shop, seller, seller_client):
    _order, [row], [there] = sold(bike, shop, seller)
    operations.change_row(row=row, quantity=Decimal(12), by=seller)
    url = reverse("sales:transfer_quantity", args=[row.pk])
    key = {"operation_key": seller_client.get(url).context["form"]["operation_key"].value()}

    seller_client.post(url, key)
    second = seller_client.post(url, key, follow=True)

    assertContains(second, "This form was posted before; nothing is posted a second time.")
    assert again(there).quantity == 12


@pytest.mark.parametrize(
    ("price", "in_boxes"),
    [
        pytest.param("1", "12", id="a box costs what its pieces did"),
        pytest.param("0.333", "4", id="rounded to the step of a price"),
    ],
)
def test_send_quantity_in_another_unit_recalculates_a_typed_price(bike, shop, seller, admin_user, price, in_boxes):
    box = UnitConversionFactory(part=bike).unit
    _order, [row], [there] = sold(bike, shop, seller, 120)
    operations.change_row(row=there, unit_price=Decimal(price), by=seller)
    change_setting(name="price_decimals", value=2, by=admin_user)
    operations.change_row(row=row, unit=box, recalculate=True, by=seller)

    changed = operations.send_quantity(row=row, by=seller)

    assert (changed.quantity, changed.unit, changed.unit_price) == (10, box, Decimal(in_boxes))
    assert changed.price_locked


def test_no_path_makes_a_link_between_companies(bike, profile, shop, seller):
    """Each way to bring a position, a warehouse or a document across is refused by the database itself."""
    _order, [row], [there] = sold(bike, shop, seller)
    supply = SupplyFactory(part=bike, warehouse=shop)
    ways = [
        ("linkage_demand", "warehouse_id", there.warehouse_id, row.demand_id),
        ("linkage_demand", "document_id", there.order.document_id, row.demand_id),
        ("linkage_supply", "warehouse_id", there.warehouse_id, supply.pk),
        ("linkage_supply", "document_id", there.order.document_id, supply.pk),
        ("linkage_document", "company_id", there.order.document.company_id, row.order.document_id),
        ("register_warehouse", "company_id", there.order.document.company_id, shop.pk),
    ]

    said = [refused_by_the_database(*way) for way in ways]
    orders = [refused_to_open(kind, row, there) for kind in ("demand", "supply")]

    moved = [f"The warehouse of {what} is of another company than its order" for what in (row, row, supply, there)]
    assert said == [*moved, "A document stays with its company", "A warehouse stays with its company"]
    assert orders == [f"The warehouse of {row.order}/99 is of another company than its order"] * 2
