"""The purchase target list: what is short, what would be ordered, and ordering it in one go."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.models import BOUGHT_TYPES, PartType, Setting
from linkage.models import OrderLink, Provenance, Supply
from linkage.operations.keeping import set_minimum_stock
from purchasing import operations
from purchasing.models import PurchaseOrder, PurchaseOrderRow
from purchasing.planning import NotOrdered
from purchasing.target_plan import asks_of, plan_targets
from purchasing.targets import ORDERINGS, target_lines
from tests.factories import CompanyFactory, MadePartFactory, PartFactory, SupplierFactory, WarehouseFactory
from tests.linkage.factories import TODAY, DemandFactory, MadeSupplyFactory, SupplyFactory, component_of, stock
from tests.purchasing.factories import (
    PriceBreakFactory,
    SupplierTermFactory,
    bought,
    linked_part,
    purchase_order,
    purchase_row,
)

pytestmark = pytest.mark.django_db
NEED, LATER = date(2026, 3, 20), date(2026, 3, 27)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-03-02 12:00Z")


def page(name, *args):
    return reverse(f"purchasing:{name}", args=args)


def pool(*needs, on_hand=0, oriented=False, **terms):
    """Demands of one bought part in one warehouse: (quantity, need date) each."""
    part = linked_part() if oriented else PartFactory()
    SupplierTermFactory(part=part, **terms)
    warehouse = WarehouseFactory()
    if on_hand:
        stock(part, warehouse, on_hand)
    return [DemandFactory(part=part, warehouse=warehouse, quantity=n, need_date=day) for n, day in needs]


def suggested():
    """[(short, to order)] of every line, by need."""
    lines = target_lines(today=TODAY).lines
    return [(line.facts.short, line.ordered.quantity if line.ordered else 0) for line in lines]


def planned(demands, **options):
    """[(ordered, due, [(demand, share)])] of what ordering these demands makes."""
    combine = options.pop("combine", False)
    rows = plan_targets(asks_of(demands, today=TODAY, **options), on=TODAY, combine=combine)
    return [
        (row.ordered.quantity, row.wanted.due_date, [(ask.demand, quantity) for ask, quantity in row.shares])
        for row in rows
    ]


def order(demands, *, by, **options):
    return operations.order_targets(demands=demands, by=by, business_date=TODAY, **options)


# What would be ordered


def test_surplus_of_the_first_row_covers_part_of_the_second():
    """One purchase row of 87 comes in; 90 and then 18 are needed, sold by fives."""
    first, second = pool((90, NEED), (18, LATER), multiple=5)
    SupplyFactory(part=first.part, warehouse=first.warehouse, quantity=87, due_date=date(2026, 3, 10))

    assert suggested() == [(3, 5), (18, 20)]
    assert planned([first, second]) == [(5, NEED, [(first, 3), (second, 2)]), (20, LATER, [(second, 16)])]


def test_lots_of_a_later_need_are_smaller_by_the_surplus_of_the_earlier_one():
    """OCA test_10: 87 in, 124 and 90 out on a day and 18 later, sold by fives: 130, then 15."""
    first, second, third = pool((124, NEED), (90, NEED), (18, LATER), multiple=5)
    SupplyFactory(part=first.part, warehouse=first.warehouse, quantity=87, due_date=date(2026, 3, 10))

    assert planned([first, second, third]) == [
        (130, NEED, [(first, 37), (second, 90), (third, 3)]),
        (15, LATER, [(third, 15)]),
    ]


@pytest.mark.parametrize(
    ("need", "terms", "ordered"),
    [
        pytest.param(16, {"minimum": 50}, 50, id="minimum"),
        pytest.param(112, {"multiple": 25}, 125, id="multiple"),
        pytest.param(140, {"minimum": 50, "multiple": 100}, 200, id="both"),
    ],
)
def test_lot_sizes_of_the_supplier(need, terms, ordered):
    pool((need, NEED), **terms)

    assert suggested() == [(need, ordered)]


def test_later_stock_does_not_cover_an_earlier_need():
    """metasfresh: 10 on hand, 10 come on the 14th, 20 are needed on the 12th: 10 are ordered."""
    [sale] = pool((20, date(2026, 3, 12)), on_hand=10)
    SupplyFactory(part=sale.part, warehouse=sale.warehouse, quantity=10, due_date=date(2026, 3, 14))

    assert suggested() == [(10, 10)]


def test_a_stock_driven_shortage_ends_by_itself_when_it_is_ordered(buyer):
    demands = pool((10, NEED), (4, LATER))

    order(demands, by=buyer)

    assert (suggested(), OrderLink.objects.count()) == ([], 0)
    assert sorted(Provenance.objects.values_list("demand", "quantity")) == [(demands[0].pk, 10), (demands[1].pk, 4)]


def test_every_kind_of_bought_demand_is_listed(planner):
    [sale] = pool((10, NEED))
    component = bought(component_of(MadeSupplyFactory(), quantity=3))
    kept = SupplierTermFactory(part=PartFactory()).part
    set_minimum_stock(part=kept, warehouse=sale.warehouse, minimum=Decimal(7), by=planner)
    DemandFactory(part=MadePartFactory())

    lines = target_lines(today=TODAY).lines

    assert sorted((line.facts.kind, line.facts.short) for line in lines) == [
        ("component", 3),
        ("safety", 7),
        ("sales", 10),
    ]
    assert component.pk in {line.facts.pk for line in lines}


@pytest.mark.parametrize("kind", BOUGHT_TYPES)
def test_whatever_a_supplier_delivers_is_listed(kind):
    service = {"lot_sizing": "", "is_stock_updated": False} if kind == PartType.SERVICE else {}
    DemandFactory(part=PartFactory(number="X-1", part_type=kind, **service))

    assert [line.facts.part for line in target_lines(today=TODAY).lines] == ["X-1"]


def test_line_has_dates_price_and_lateness_in_work_days():
    [sale] = pool((100, date(2026, 3, 6)), lead_time=10)
    PriceBreakFactory(term=sale.part.supplier_terms.get(), discount=10)

    [target] = target_lines(today=TODAY)

    line = target.line
    assert (line.price, line.value, line.due_date) == ((2, 10), Decimal("180.00"), date(2026, 3, 6))
    assert (line.order_by, line.late) == (date(2026, 2, 20), 6)


def test_line_shows_stock_free_supply_and_who_would_use_the_surplus():
    first, second = pool((12, NEED), (3, LATER), on_hand=4, multiple=5)
    SupplyFactory(part=first.part, warehouse=first.warehouse, quantity=6, due_date=date(2026, 4, 20))

    target = target_lines(today=TODAY)[0]

    assert (target.on_hand, target.free, target.surplus) == (4, 10, 2)
    assert target.users == [(second, 2)]
    assert target.surplus_in_words == f"2 pcs more than needed; would serve 2 {second}"


def test_lines_are_sorted_by_the_supplier_with_the_oldest_need():
    late, soon = SupplierFactory.create_batch(2)
    [third] = pool((1, date(2026, 5, 1)), supplier=soon)
    [second] = pool((1, date(2026, 4, 1)), supplier=late)
    [first] = pool((1, date(2026, 3, 9)), supplier=soon)
    lone = DemandFactory(need_date=date(2026, 3, 3))

    lines = target_lines(today=TODAY).order_by("supplier").lines

    assert [line.facts.pk for line in lines] == [first.pk, third.pk, second.pk, lone.pk]


@pytest.mark.parametrize("name", [*ORDERINGS, "supplier"])
def test_every_sortable_column_sorts_both_ways(name, buyer_client):
    pool((3, NEED))
    DemandFactory(need_date=LATER)

    for sort in (name, f"-{name}"):
        assert buyer_client.get(page("target_list"), {"sort": sort}).status_code == 200


# The operation


def test_order_targets_links_each_order_oriented_need_also_to_the_surplus_it_takes(buyer):
    first, second = pool((3, NEED), (18, LATER), oriented=True, multiple=5)

    rows = order([first, second], by=buyer)

    assert [row.quantity for row in rows] == [5, 20]
    links = OrderLink.objects.order_by("pk").values_list("supply", "demand", "quantity", "kind", "rule")
    mine, other = (row.supply_id for row in rows)
    assert list(links) == [
        (mine, first.pk, 3, "bound", "purchase order"),
        (mine, second.pk, 2, "bound", "purchase order"),
        (other, second.pk, 16, "bound", "purchase order"),
    ]
    assert Supply.objects.get(pk=other).free == 4


def test_order_targets_makes_no_row_for_a_need_that_the_surplus_covers(buyer):
    first, second = pool((3, NEED), (2, LATER), oriented=True, multiple=5)

    [row] = order([first, second], by=buyer)

    second.refresh_from_db()
    assert (row.quantity, second.uncovered) == (5, 0)


def test_order_targets_combined_is_one_row_for_the_earliest(buyer):
    first, second = pool((3, NEED), (18, LATER), oriented=True)

    [row] = order([first, second], by=buyer, combine=True)

    assert (row.quantity, row.supply.due_date, OrderLink.objects.count()) == (21, NEED, 2)


def test_order_targets_of_more_than_is_short_leaves_the_rest_free(buyer):
    [sale] = pool((10, NEED), oriented=True)

    [row] = order([sale], by=buyer, quantities={sale.pk: Decimal(15)})

    supply = Supply.objects.get(pk=row.supply_id)
    assert (supply.quantity, supply.free, OrderLink.objects.get().quantity) == (15, 5, 10)


def test_order_targets_takes_the_price_of_the_chosen_supplier(buyer):
    [sale] = pool((100, NEED), price=Decimal(9))
    other = SupplierTermFactory(part=sale.part, is_default=False, price=Decimal(8))
    PriceBreakFactory(term=other, from_quantity=100, price=Decimal(7))

    [row] = order([sale], by=buyer, suppliers={sale.pk: other.supplier})

    assert (row.order.supplier, row.price) == (other.supplier, 7)


def test_order_targets_extends_an_own_draft(buyer):
    [sale] = pool((10, NEED))
    supplier = sale.part.supplier_terms.get().supplier
    draft = purchase_order(by=buyer, supplier=supplier, company=sale.warehouse.company)
    purchase_row(order=draft, by=buyer, warehouse=sale.warehouse)

    [row] = order([sale], by=buyer, orders={supplier.pk: draft})

    assert (PurchaseOrder.objects.count(), row.order, row.position) == (1, draft, 20)


def test_order_targets_opens_a_new_order_where_no_draft_is_chosen(buyer):
    sale, other = pool((10, NEED))[0], pool((4, NEED))[0]
    draft = purchase_order(by=buyer, supplier=sale.part.supplier_terms.get().supplier, company=sale.warehouse.company)

    rows = order([sale, other], by=buyer, orders={draft.supplier.pk: draft})

    assert {row.order_id for row in rows} == {draft.pk, PurchaseOrder.objects.exclude(pk=draft.pk).get().pk}


def sent_draft(buyer, sale):
    row = purchase_row(
        order=purchase_order(by=buyer, supplier=sale.part.supplier_terms.get().supplier), by=buyer, sent=True
    )
    return row.order


def draft_elsewhere(buyer, sale):
    return purchase_order(by=buyer)


def draft_of_another(buyer, sale):
    return purchase_order(supplier=sale.part.supplier_terms.get().supplier)


def draft_elsewhere_delivered(buyer, sale):
    supplier = sale.part.supplier_terms.get().supplier
    return purchase_order(by=buyer, supplier=supplier, delivery_address="Customer Street 1", drop_shipment=True)


def draft_in_another_currency(buyer, sale):
    term = sale.part.supplier_terms.get()
    draft = purchase_order(by=buyer, supplier=term.supplier, company=sale.warehouse.company)
    for changed in (term, term.supplier):
        type(changed).objects.filter(pk=changed.pk).update(currency="SEK")
    return draft


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (sent_draft, r"P-1001 is sent by now\. Choose a new order instead\."),
        (draft_elsewhere, r"P-1001 goes to .*\. Choose a draft of the supplier\."),
        (draft_elsewhere_delivered, r"P-1001 goes to an address of its own, not to our warehouse\."),
        (draft_in_another_currency, r"P-1001 is in EUR, the terms of .* are in SEK\. Make a new order\."),
        (draft_of_another, r"P-1001 is a draft of .*\. Choose one of your own, or a new order\."),
    ],
)
def test_order_targets_refuses_an_order_that_cannot_be_extended(buyer, draft, sentence):
    [sale] = pool((10, NEED))
    supplier = sale.part.supplier_terms.get().supplier
    chosen = draft(buyer, sale)

    with pytest.raises(Refused, match=sentence):
        order([sale], by=buyer, orders={supplier.pk: chosen})


def test_order_targets_refuses_what_is_no_longer_short(buyer):
    [sale] = pool((10, NEED))
    order([sale], by=buyer)

    with pytest.raises(NotOrdered, match=rf"{sale} is no longer short of {sale.part}\. Reload the list\."):
        order([sale], by=buyer)


def test_order_targets_refuses_when_less_is_short_than_was_seen(buyer):
    [sale] = pool((10, NEED), on_hand=4)

    with pytest.raises(NotOrdered, match=rf"{sale} is short of 6 pcs of .* now, not of 10\."):
        order([sale], by=buyer, seen={sale.pk: Decimal(10)})


def test_order_targets_refuses_nothing(buyer):
    [sale] = pool((10, NEED))

    with pytest.raises(NotOrdered, match=r"enter a quantity above 0\."):
        order([sale], by=buyer, quantities={sale.pk: Decimal(0)})


def test_order_targets_refuses_a_piece_and_a_half(buyer):
    [sale] = pool((10, NEED), oriented=True)

    with pytest.raises(NotOrdered, match=r"1\.5 pcs has too many decimals"):
        order([sale], by=buyer, quantities={sale.pk: Decimal("1.5")})


def test_order_targets_twice_with_the_same_key_orders_once(buyer):
    [sale] = pool((10, NEED))
    key = "11111111-1111-4111-8111-111111111111"

    first, second = (order([sale], by=buyer, key=key) for _ in range(2))

    assert (first, PurchaseOrderRow.objects.count()) == (second, 1)


def test_order_targets_costs_as_many_queries_for_three_as_for_one(buyer, django_assert_max_num_queries):
    company = CompanyFactory()
    lines = []
    for _ in range(4):
        part = linked_part()
        SupplierTermFactory(part=part)
        lines.append(DemandFactory(part=part, warehouse=WarehouseFactory(company=company), need_date=NEED))

    counts = []
    for some in (lines[:1], lines[1:]):
        with django_assert_max_num_queries(100) as counted:
            order(some, by=buyer)
        counts.append(len(counted))

    assert counts[0] == counts[1]


# The pages


def test_target_list_groups_short_demands_by_supplier(buyer_client):
    [sale] = pool((10, NEED), supplier=SupplierFactory(number="20077", name="Mill"), multiple=4)
    orphan = DemandFactory(part=linked_part())

    response = buyer_client.get(page("target_list"))

    assertContains(response, "20077 Mill · 1 line")
    assertContains(response, "No supplier yet · 1 line")
    assertContains(response, str(sale))
    assertContains(response, ">12.00<")
    assertContains(response, f"{orphan}: no supplier has terms for {orphan.part}.")
    assertContains(response, "the setting “Link backorders to purchase orders” is off")


@pytest.mark.parametrize(
    ("setting", "most", "warned"),
    [
        ("surplus_warning_quantity", "1.5", True),
        ("surplus_warning_quantity", "2", False),
        ("surplus_warning_value", "5.99", True),
        ("surplus_warning_value", "6", False),
    ],
)
def test_a_surplus_above_the_setting_is_marked(buyer_client, setting, most, warned):
    Setting.objects.create(name=setting, value=most)
    [sale] = pool((10, NEED), multiple=4, price=Decimal(3))

    shown = buyer_client.get(page("target_list"))
    asked = buyer_client.post(page("review_targets"), {"rows": [sale.pk]})

    assert ("2 pcs more than needed" in shown.content.decode()) is warned
    assertContains(asked, "2 pcs more than needed")
    assert ('class="badge' in asked.content.decode().split("more than needed")[0].split("rowgroup")[1]) is warned


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"part": "TY-"}, ["soon"]),
        ({"supplier": "mill"}, ["soon"]),
        ({"needed_to": "2026-03-21"}, ["soon"]),
        ({"late": "1"}, ["soon"]),
        ({"late": "0"}, ["far"]),
        ({"order_oriented": "1"}, ["far"]),
        ({"needs": "sales"}, ["soon", "far"]),
        ({"needs": "component"}, []),
        ({"warehouse": "nowhere"}, []),
        ({"problem": "0"}, ["soon", "far"]),
        ({"needed_to": "never"}, ["soon", "far"]),
    ],
)
def test_target_list_filters(buyer_client, asked, shown):
    part = PartFactory(number="TY-28")
    SupplierTermFactory(part=part, supplier=SupplierFactory(name="The Mill"), lead_time=40)
    found = {"soon": DemandFactory(part=part, need_date=NEED), "far": pool((1, date(2026, 6, 1)), oriented=True)[0]}

    answer = buyer_client.get(page("target_list"), asked).content.decode()

    assert [name for name, demand in found.items() if f">{demand}<" in answer] == shown


def test_amounts_of_the_target_list_have_the_decimals_of_their_currency(buyer_client):
    supplier = SupplierFactory(currency="JPY")
    [sale] = pool((3, NEED), supplier=supplier, currency="JPY", price=Decimal("33.5"))

    [row] = plan_targets(asks_of([sale], today=TODAY), on=TODAY)

    assert [str(value) for value in (target_lines(today=TODAY).lines[0].value, row.value)] == ["101", "101"]


def test_one_wrong_term_leaves_the_rest_of_the_target_list_and_says_why(buyer_client):
    [wrong] = pool((10, NEED), supplier=SupplierFactory(currency="USD"), currency="EUR")
    [sale] = pool((4, NEED))

    response = buyer_client.get(page("target_list"))

    assertContains(response, str(sale))
    assertContains(response, f"{wrong.part}")
    assertContains(response, "is priced in EUR, but")


def test_target_list_says_that_a_surplus_is_enough(buyer_client):
    pool((3, NEED), (2, LATER), multiple=5)

    assertContains(buyer_client.get(page("target_list")), "the surplus above")


def test_target_list_exports_all_lines_with_their_figures(buyer_client):
    [sale] = pool((10, NEED), multiple=4)

    answer = b"".join(buyer_client.get(page("target_list"), {"export": "csv"})).decode("utf-8-sig")

    [facts] = csv.DictReader(answer.splitlines())
    assert (facts["Demand"], facts["Short"], facts["To order"], facts["Surplus"], facts["Value"]) == (
        str(sale), "10.000000", "12.000000", "2.000000", "30.00",
    )  # fmt: skip


def test_target_list_without_the_right_shows_no_costs_and_no_boxes(viewer_client):
    pool((10, NEED))

    response = viewer_client.get(page("target_list"))

    assertNotContains(response, "Price")
    assertNotContains(response, "data-tick")


@pytest.mark.parametrize("count", [1, 3])
def test_target_list_query_count_does_not_grow(buyer_client, count, django_assert_num_queries):
    company = CompanyFactory()
    for _ in range(count):
        bought(DemandFactory(warehouse=WarehouseFactory(company=company)))

    with django_assert_num_queries(3 + 10):  # session, user and roles; then the list's own
        buyer_client.get(page("target_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_review_query_count_does_not_grow(buyer_client, count, django_assert_max_num_queries):
    company = CompanyFactory()
    demands = [bought(DemandFactory(warehouse=WarehouseFactory(company=company))) for _ in range(count)]

    with django_assert_max_num_queries(22):
        buyer_client.post(page("review_targets"), {"rows": [demand.pk for demand in demands]})


def test_review_shows_rows_surplus_and_the_demands_that_would_use_it(buyer_client, buyer):
    first, second = pool((3, NEED), (18, LATER), multiple=5, supplier=SupplierFactory(number="20077", name="Mill"))
    draft = purchase_order(by=buyer, supplier=first.part.supplier_terms.get().supplier)

    response = buyer_client.post(page("review_targets"), {"rows": [first.pk]})

    assertContains(response, "order 5.00 pcs")
    assertContains(response, f"(would serve 2.00 {second})")
    assertContains(response, f"Add to {draft}")
    assert PurchaseOrderRow.objects.count() == 0


def test_review_recalculates_with_another_quantity_and_supplier(buyer_client):
    [sale] = pool((3, NEED), multiple=5)
    other = SupplierTermFactory(part=sale.part, is_default=False, supplier=SupplierFactory(name="Elsewhere"))

    data = {"rows": [sale.pk], "reviewed": "yes", f"quantity_{sale.pk}": "8", f"supplier_{sale.pk}": other.supplier_id}
    response = buyer_client.post(page("review_targets"), data)

    assertContains(response, "Elsewhere · 20.00 EUR")
    assertContains(response, "order 8.00 pcs")


def boxes(*demands, **more):
    facts = {"rows": [demand.pk for demand in demands], "reviewed": "yes"}
    for demand in demands:
        facts |= {
            f"quantity_{demand.pk}": "10",
            f"supplier_{demand.pk}": demand.part.supplier_terms.get(is_default=True).supplier_id,
        }
    return facts | more


def test_order_targets_page_makes_a_draft_per_supplier(buyer_client):
    supplier = SupplierFactory()
    first = bought(DemandFactory(part=linked_part()), supplier=supplier)
    second = bought(DemandFactory(part=linked_part(), warehouse=first.warehouse), supplier=supplier)

    response = buyer_client.post(page("order_targets"), boxes(first, second))

    made = PurchaseOrder.objects.get()
    assert (response.url, made.rows.count(), OrderLink.objects.count()) == (page("order", made.pk), 2, 2)


def test_order_targets_page_extends_the_chosen_draft(buyer_client, buyer):
    [sale] = pool((10, NEED))
    supplier = sale.part.supplier_terms.get().supplier
    draft = purchase_order(by=buyer, supplier=supplier, company=sale.warehouse.company)

    buyer_client.post(page("order_targets"), boxes(sale, **{f"order_{supplier.pk}": draft.pk}))

    assert PurchaseOrderRow.objects.get().order == draft


def test_order_targets_page_shows_again_what_stopped_being_short_since_the_review(buyer_client):
    [sale], [gone] = pool((10, NEED)), pool((10, NEED))
    data = boxes(sale, gone)
    stock(gone.part, gone.warehouse, 10)

    response = buyer_client.post(page("order_targets"), data)

    assertContains(response, "1 of the ticked demands is no longer short and is left out.", status_code=409)
    assert PurchaseOrder.objects.count() == 0


def test_order_targets_page_shows_again_what_lost_its_supplier_since_the_review(buyer_client):
    [sale] = pool((10, NEED))
    data = boxes(sale)
    sale.part.supplier_terms.get().delete()

    response = buyer_client.post(page("order_targets"), data)

    assertContains(response, f"No supplier has terms for {sale.part}.", status_code=409)


def test_review_offers_no_draft_that_goes_straight_to_a_customer(buyer_client, buyer):
    [sale] = pool((10, NEED))
    draft = draft_elsewhere_delivered(buyer, sale)

    assertNotContains(buyer_client.post(page("review_targets"), {"rows": [sale.pk]}), f"Add to {draft}")


def test_order_targets_page_shows_an_error_at_its_box_and_keeps_what_was_typed(buyer_client):
    [sale] = pool((10, NEED))

    response = buyer_client.post(page("order_targets"), boxes(sale, **{f"quantity_{sale.pk}": "many"}))

    assertContains(response, "Enter a quantity such as 12", status_code=422)
    assertContains(response, 'value="many"', status_code=422)


@pytest.mark.parametrize("name", ["review_targets", "order_targets"])
def test_targets_pages_say_at_the_box_that_the_unit_has_no_such_decimals(buyer_client, name):
    [sale] = pool((10, NEED), oriented=True)

    response = buyer_client.post(page(name), boxes(sale, **{f"quantity_{sale.pk}": "1.5"}))

    words = ["1.5 pcs has too many decimals: pcs allows whole numbers only."]
    assert (response.status_code, response.context["form"].errors) == (422, {f"quantity_{sale.pk}": words})


def test_review_asks_for_the_supplier_where_none_is_the_default(buyer_client):
    sale = DemandFactory()
    SupplierTermFactory.create_batch(2, part=sale.part, is_default=False)

    assertContains(buyer_client.post(page("review_targets"), {"rows": [sale.pk]}), "Choose the supplier.")


def test_review_without_a_tick_says_so(buyer_client):
    response = buyer_client.post(page("review_targets"), {"rows": ["x", "9" * 30]})

    assertContains(response, "Tick the demands to order for first.", status_code=409)


def test_review_of_what_is_no_longer_short_says_so(buyer_client):
    [sale] = pool((10, NEED), on_hand=10)

    response = buyer_client.post(page("review_targets"), {"rows": [sale.pk]})

    assertContains(response, "None of these demands is short any more.", status_code=409)
