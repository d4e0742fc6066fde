"""The link bench: both sides, the sums, the pairs before they are linked, and linking them."""

import pytest
from django.urls import reverse

from linkage.models import OrderLink, Tombstone
from tests.factories import MadePartFactory, PartFactory, WarehouseFactory
from tests.linkage.factories import LinkFactory, MadeSupplyFactory, SupplyFactory, component_of, demand_for, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_owners")]
BENCH, SUMS, PAIRS = (f"/bench/{tail}" for tail in ("", "sums/", "pairs/"))


def text_of(response):
    return response.content.decode()


def open_links():
    return sorted(OrderLink.objects.open().values_list("demand_id", "supply_id", "open"))


def told(response):
    return [(pair.demand, pair.supply, pair.quantity) for pair in response.context["pairs"]]


@pytest.fixture
def warehouse():
    return WarehouseFactory(code="TKU")


@pytest.fixture
def rim():
    return PartFactory(number="RIM")


@pytest.fixture
def demands(rim, warehouse):
    """Six needed on the 25th, eight on the 20th."""
    like = SupplyFactory.build(part=rim, warehouse=warehouse)
    return [
        demand_for(like, document__number="S-1", quantity=6, need_date="2026-03-25"),
        demand_for(like, document__number="S-2", quantity=8, need_date="2026-03-20"),
    ]


@pytest.fixture
def supplies(rim, warehouse):
    """Ten due on the 18th, ten on the 23rd."""
    return [
        SupplyFactory(part=rim, warehouse=warehouse, document__number=number, due_date=due)
        for number, due in (("P-1", "2026-03-18"), ("P-2", "2026-03-23"))
    ]


def chosen(demands, supplies, **more):
    return {"part": "RIM", "d": [row.pk for row in demands], "s": [row.pk for row in supplies]} | more


def test_bench_shows_what_is_uncovered_and_what_is_free(planner_client, demands, supplies):
    covered = LinkFactory(supply=supplies[1], demand=demands[0], quantity=6)
    SupplyFactory()

    response = planner_client.get(BENCH, {"part": "rim", "warehouse": "tku"})

    assert list(response.context["demands"]) == [demands[1]]
    assert list(response.context["supplies"]) == supplies
    assert response.context["supplies"][1].free == 10 - covered.open


def test_bench_takes_a_piece_of_a_name_for_many_parts(planner_client, demands, warehouse):
    other = demand_for(SupplyFactory.build(part=PartFactory(name="Rim tape"), warehouse=warehouse))

    by_piece = planner_client.get(BENCH, {"part": "ri", "needed_to": "2026-03-22"})
    by_number = planner_client.get(BENCH, {"part": "RIM"})

    assert set(by_piece.context["demands"]) == {demands[1], other}
    assert set(by_number.context["demands"]) == set(demands)


def test_sums_add_up_what_is_chosen_part_by_part(planner_client, demands, supplies):
    response = planner_client.get(SUMS, chosen(demands, supplies[:1]))

    [line] = response.context["sums"]
    assert (line.part, line.wanted, line.given, line.difference) == ("RIM", 14, 10, -4)
    assert text_of(response).lstrip().startswith('<div id="bench-sums"')
    assert "<b>-4.00</b> pcs" in text_of(response)


def test_sums_of_nothing_say_what_to_do(planner_client):
    assert "Tick demands on the left" in text_of(planner_client.get(SUMS))


def test_pairs_link_the_earliest_need_with_the_earliest_supply(planner_client, demands, supplies):
    response = planner_client.get(PAIRS, chosen(demands, supplies))

    later, sooner = demands
    assert told(response) == [(sooner, supplies[0], 8), (later, supplies[0], 2), (later, supplies[1], 4)]
    assert [(pair.uncovered, pair.free) for pair in response.context["pairs"]] == [(0, 2), (4, 0), (0, 6)]
    assert "3 links over 14.00." in text_of(response)
    assert open_links() == []


def test_pairs_serve_the_oldest_row_first_when_asked(planner_client, demands, supplies):
    later = demands[0]
    later.ordered_on = "2026-01-05"
    later.save(update_fields=["ordered_on"])

    response = planner_client.get(PAIRS, chosen(demands, supplies[:1], order="oldest"))

    assert told(response) == [(later, supplies[0], 6), (demands[1], supplies[0], 4)]


def test_pairs_of_whole_sides_need_no_ticks(planner_client, demands, supplies):
    response = planner_client.get(PAIRS, {"part": "RIM", "all_d": "1", "all_s": "1"})

    assert response.context["count"] == 3


def test_pairs_keep_parts_and_warehouses_apart(planner_client, demands, supplies):
    elsewhere = SupplyFactory(part=supplies[0].part)
    other = SupplyFactory(warehouse=supplies[0].warehouse)

    response = planner_client.get(PAIRS, chosen(demands, [elsewhere, other], part=""))

    assert response.status_code == 422
    assert "of the same part and warehouse" in text_of(response)


def test_single_pair_takes_its_quantity(planner_client, demands, supplies):
    response = planner_client.get(PAIRS, chosen(demands[:1], supplies[1:], quantity="2.0"))

    assert told(response) == [(demands[0], supplies[1], 2)]


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("7", "Only 6 of S-1/10 is uncovered; 7 was asked for."),
        ("1.5", "at most 0 decimals"),
        ("NaN", "Correct what the form says first."),
        ("0", "Correct what the form says first."),
    ],
)
def test_single_pair_is_refused_with_the_figures(planner_client, demands, supplies, quantity, sentence):
    response = planner_client.get(PAIRS, chosen(demands[:1], supplies[:1], quantity=quantity))

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert f'value="{demands[0].pk}" data-tick checked' in text_of(response)


def test_a_quantity_is_for_one_pair_only(planner_client, demands, supplies):
    response = planner_client.get(PAIRS, chosen(demands, supplies, quantity="2"))

    assert "A quantity is for one pair" in text_of(response)


def test_pairs_show_the_need_dates_that_move(planner_client, rim, warehouse, demands):
    made = MadeSupplyFactory(part=rim, warehouse=warehouse, due_date="2026-03-18", lead_time=2)
    component = component_of(made, position=30, need_date="2026-03-16", part=MadePartFactory())

    response = planner_client.get(PAIRS, chosen(demands[1:], [made]))

    [moved] = response.context["moved"]
    assert (moved.label, moved.before["need_date"].day, moved.after["need_date"].day) == (str(component), 16, 18)


def test_link_writes_the_pairs_that_were_shown(planner_client, demands, supplies):
    shown = planner_client.get(PAIRS, chosen(demands, supplies))

    response = planner_client.post(PAIRS + "?part=RIM", {"pairs": shown.context["posted"], "reason": "campaign"})

    assert response.url == "/bench/?part=RIM"
    assert open_links() == sorted((pair.demand.pk, pair.supply.pk, pair.quantity) for pair in shown.context["pairs"])
    assert set(OrderLink.objects.values_list("reason", "rule")) == {("campaign", "")}


def test_link_shows_warnings_first(planner_client, demands, supplies):
    supplies[0].due_date = "2026-04-18"
    supplies[0].save(update_fields=["due_date"])
    shown = planner_client.get(PAIRS, chosen(demands, supplies[:1]))

    warned = planner_client.post(PAIRS, {"pairs": shown.context["posted"]})
    planner_client.post(PAIRS, {"pairs": shown.context["posted"], "accept_warnings": "on"})

    assert "later than S-2/10 needs it" in text_of(shown)
    assert (warned.status_code, "Read the warnings" in text_of(warned)) == (422, True)
    assert len(open_links()) == 2


def test_link_is_refused_when_the_goods_have_gone_since(planner_client, demands, supplies):
    shown = planner_client.get(PAIRS, chosen(demands, supplies[:1]))
    LinkFactory(supply=supplies[0], demand=demands[0], quantity=6)

    response = planner_client.post(PAIRS, {"pairs": shown.context["posted"]})

    assert response.status_code == 422
    assert "Only 4 of P-1/10 is free" in text_of(response)


def test_link_by_hand_ends_the_tombstone(planner_client, planner, demands, supplies):
    Tombstone.objects.create(supply=supplies[0], demand=demands[0], created_by=planner)

    planner_client.post(PAIRS, {"pairs": f"{demands[0].pk}:{supplies[0].pk}:1"})

    assert (len(open_links()), Tombstone.objects.count()) == (1, 0)


def test_what_is_chosen_stays_chosen_on_the_next_page(planner_client, rim, warehouse, demands):
    like = SupplyFactory.build(part=rim, warehouse=warehouse)
    for number in range(60):
        demand_for(like, position=number, need_date="2026-04-01")

    response = planner_client.get(BENCH, {"part": "RIM", "d": demands[0].pk, "dp": "2"})

    assert len(response.context["demands"]) == 12
    assert f'<input type="hidden" name="d" value="{demands[0].pk}">' in text_of(response)
    assert "1 row of other pages is chosen too." in text_of(response)


@pytest.mark.parametrize(
    "query", ["d=x&s=-1&dp=x&sp=99999", "needed_to=x", "all_d=1&all_s=1", "d=99999999999999999999"]
)
@pytest.mark.parametrize("page", [BENCH, SUMS, PAIRS])
def test_bench_tolerates_nonsense_in_its_address(planner_client, page, query):
    assert planner_client.get(f"{page}?{query}").status_code in {200, 422}


@pytest.mark.parametrize("row_count", [1, 3])
def test_bench_query_count_does_not_grow(planner_client, django_assert_num_queries, rim, warehouse, row_count):
    shelf = stock(rim, warehouse, 5)
    for _ in range(row_count):
        demand_for(shelf)
        SupplyFactory(part=rim, warehouse=warehouse)

    # session, user, roles; the parts; count and page of both sides; both sums
    with django_assert_num_queries(10):
        planner_client.get(BENCH, {"part": "RIM", "all_d": "1", "all_s": "1"})


def test_buyer_sees_purchases_only_and_links_nothing_else(buyer_client, rim, warehouse, demands, supplies):
    made = MadeSupplyFactory(part=rim, warehouse=warehouse)

    response = buyer_client.get(BENCH, {"part": "RIM"})

    assert list(response.context["supplies"]) == supplies
    assert buyer_client.post(PAIRS, {"pairs": f"{demands[0].pk}:{made.pk}:1"}).status_code == 403


def test_the_page_of_a_part_leads_to_the_bench(planner_client, viewer_client, rim):
    page = reverse("linkage:part", args=[rim.pk])

    assert 'href="/bench/?part=RIM"' in text_of(planner_client.get(page))
    assert "/bench/" not in text_of(viewer_client.get(page))
