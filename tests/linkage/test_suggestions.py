"""Link suggestions: what is proposed, why, what is passed over, and accepting in one operation."""

from datetime import date

import pytest
from django.urls import reverse

from erp.exceptions import Refused
from erp.register.operations import change_setting
from linkage import operations
from linkage.checks import NeedsConfirmation
from linkage.models import Demand, OrderLink, Supply, Tombstone
from linkage.queries.suggestions import OLDEST, Wish, count_everywhere, suggest, suggest_everywhere
from linkage.refusals import NotEnough
from tests.factories import MadePartFactory, PartnerFactory
from tests.linkage.factories import (
    TODAY,
    DemandFactory,
    LinkFactory,
    MadeSupplyFactory,
    SupplyFactory,
    component_of,
    demand_for,
    stock,
)
from tests.races import run_before_commit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_owners")]


def shown(found):
    return [(row.demand, row.supply, row.quantity) for row in found.shown]


def suggested(supply, **wish):
    return suggest(supplies=Supply.objects.filter(pk=supply.pk), wish=Wish(**wish), today=TODAY)


def open_links():
    return sorted(OrderLink.objects.open().values_list("demand_id", "supply_id", "open"))


@pytest.fixture
def supply():
    """Ten pieces, due on the 18th of March."""
    return SupplyFactory(document__number="P-1", part__lot_sizing="LR")


def test_suggest_serves_the_earliest_need_first(supply):
    later = demand_for(supply, quantity=4, need_date="2026-03-25")
    sooner = demand_for(supply, quantity=8, need_date="2026-03-20")

    assert shown(suggested(supply)) == [(sooner, supply, 8), (later, supply, 2)]


def test_suggest_serves_the_oldest_row_first_when_asked(supply):
    old = demand_for(supply, quantity=6, need_date="2026-03-25", document__ordered_on="2026-01-05")
    young = demand_for(supply, quantity=6, need_date="2026-03-20", document__ordered_on="2026-02-05")

    assert shown(suggested(supply, order=OLDEST)) == [(old, supply, 6), (young, supply, 4)]


@pytest.mark.parametrize(
    ("need", "window", "count"),
    [
        ("2026-03-19", 1, 1),
        ("2026-03-17", 1, 1),
        ("2026-03-20", 1, 0),
        ("2026-03-16", 1, 0),
        ("2026-12-20", None, 1),
    ],
)
def test_suggest_keeps_to_the_window_on_both_sides(supply, need, window, count):
    demand_for(supply, need_date=need)

    assert suggested(supply, window=window).total == count


def test_suggest_counts_stock_as_due_today(supply):
    shelf = stock(supply.part, supply.warehouse, 5)
    demand_for(supply, need_date="2026-03-04")

    assert suggested(shelf, window=2).total == 1
    assert suggested(shelf, window=1).total == 0


@pytest.mark.parametrize("facts", [{"need_date": None}, {"firm": False}, {"kind": "safety"}, {"kind": "forecast"}])
def test_suggest_leaves_out_what_is_not_promised_to(supply, facts):
    demand_for(supply, **facts)

    assert suggested(supply).total == 0


def test_suggest_passes_over_what_a_person_disconnected_and_says_so(supply, planner):
    parted, other = demand_for(supply), demand_for(supply, quantity=3)
    Tombstone.objects.create(supply=supply, demand=parted, created_by=planner)

    found = suggested(supply)

    assert shown(found) == [(other, supply, 3)]
    assert [(stone.demand, stone.created_by) for stone in found.passed_over] == [(parted, planner)]


def test_suggest_says_why(supply):
    demand_for(supply, quantity=4, need_date="2026-03-25", document__ordered_on="2026-01-05", priority=3)

    assert suggested(supply).shown[0].why == (
        "Needed 2026-03-25, priority 3, ordered 2026-01-05. Covers 4 of 4 uncovered. "
        "It comes 5 work days before the need."
    )


@pytest.mark.parametrize(
    ("need", "effect"),
    [
        ("2026-03-18", "It comes on the day."),
        ("2026-03-17", "It comes 1 work day late; without it the row has no date."),
        ("2026-02-27", "The need is 1 work day past; linked it is 13 work days late when it comes."),
    ],
)
def test_suggest_says_what_it_does_to_lateness(supply, need, effect):
    demand_for(supply, need_date=need)

    assert suggested(supply).shown[0].why.endswith(effect)


def test_suggest_warns_of_what_was_made_for_another_customer(supply):
    demand = demand_for(supply, document__partner=PartnerFactory())
    for_another = demand_for(supply, document__partner=PartnerFactory(name="Velo"), quantity=0)
    operations.add_provenance([(supply, for_another, 4)])

    assert suggested(supply).shown[0].warnings == ["P-1/10 was made for Velo."]
    assert shown(suggested(supply)) == [(demand, supply, 10)]


def test_suggest_everywhere_is_for_order_oriented_parts(supply):
    demand = demand_for(supply, quantity=4)
    driven = SupplyFactory()
    demand_for(driven)

    assert shown(suggest_everywhere(wish=Wish(), today=TODAY)) == [(demand, supply, 4)]
    assert count_everywhere(wish=Wish(), today=TODAY) == 1


def test_suggest_for_a_buyer_proposes_purchases_only(supply):
    made = MadeSupplyFactory(part=supply.part, warehouse=supply.warehouse, due_date="2026-03-10")
    demand = demand_for(supply, quantity=12)

    everything = suggest(demands=Demand.objects.filter(pk=demand.pk), wish=Wish(), today=TODAY)
    bought = suggest(demands=Demand.objects.filter(pk=demand.pk), wish=Wish(only_purchases=True), today=TODAY)

    assert shown(everything) == [(demand, made, 10), (demand, supply, 2)]
    assert shown(bought) == [(demand, supply, 10)]


@pytest.mark.parametrize("row_count", [1, 3])
def test_suggestions_query_count_does_not_grow(viewer_client, django_assert_num_queries, supply, row_count):
    for _ in range(row_count):
        demand_for(supply, quantity=2, document__partner=PartnerFactory())

    # session, user, roles, supply, settings, supplies, demands, tombstones, warehouses, calendar, provenance
    with django_assert_num_queries(11):
        viewer_client.get(reverse("linkage:supply_suggestions", args=[supply.pk]) + "?window=")


def test_link_pairs_links_all_in_one_operation(supply, planner):
    ours, theirs = demand_for(supply, quantity=4), demand_for(supply, quantity=6)
    Tombstone.objects.create(supply=supply, demand=ours, created_by=planner)

    made = operations.link_pairs(
        pairs=[(ours, supply, 4), (theirs, supply, 6)], by=planner, rule="suggestion", reason="agreed"
    )

    assert open_links() == [(ours.pk, supply.pk, 4), (theirs.pk, supply.pk, 6)]
    assert {(link.rule, link.reason, link.kind) for link in made} == {("suggestion", "agreed", "claimed")}
    assert Tombstone.objects.count() == 0
    assert len({link.events.get().pgh_context_id for link in made}) == 1


def test_link_pairs_adds_up_what_names_a_pair_twice(supply, planner):
    demand = demand_for(supply)

    operations.link_pairs(pairs=[(demand, supply, 4), (demand, supply, 2)], by=planner)

    assert open_links() == [(demand.pk, supply.pk, 6)]


def test_link_pairs_takes_from_the_shelf(supply, planner):
    shelf = stock(supply.part, supply.warehouse, 5)
    demand = demand_for(supply)

    [link] = operations.link_pairs(pairs=[(demand, shelf, 5)], by=planner)

    assert (link.stock, link.received) == (shelf, 5)


def test_link_pairs_refreshes_need_dates_below(planner):
    made = MadeSupplyFactory(due_date="2026-03-18", lead_time=2)
    component = component_of(made, need_date="2026-03-16")
    demand = demand_for(made, need_date="2026-03-25")

    operations.link_pairs(pairs=[(demand, made, 10)], by=planner)

    component.refresh_from_db()
    assert component.need_date == date(2026, 3, 23)


@pytest.mark.parametrize(
    ("quantities", "sentence"),
    [
        ([6, 5], "Only 4 of P-1/10 is free; 5 was asked for."),
        ([8, 1], "Only 7 of S-1/10 is uncovered; 8 was asked for."),
        ([0, 1], "Enter a quantity above 0."),
        (["1.5", 1], "1.5 is not possible"),
    ],
)
def test_link_pairs_refuses_all_when_one_does_not_fit(supply, planner, quantities, sentence):
    pairs = [
        (demand_for(supply, quantity=7, document__number=f"S-{number}"), supply, type(supply.quantity)(quantity))
        for number, quantity in enumerate(quantities, start=1)
    ]

    with pytest.raises(Refused, match=sentence):
        operations.link_pairs(pairs=pairs, by=planner)

    assert open_links() == []


def test_link_pairs_asks_for_the_warnings(supply, planner):
    late = demand_for(supply, need_date="2026-03-01")

    with pytest.raises(NeedsConfirmation, match="later than"):
        operations.link_pairs(pairs=[(late, supply, 1)], by=planner)


def test_link_pairs_refuses_a_circle(planner):
    part = MadePartFactory()
    made = MadeSupplyFactory(part=part)
    below = component_of(made, part=part)

    with pytest.raises(Refused, match="circle"):
        operations.link_pairs(pairs=[(below, made, 1)], by=planner)


def test_undo_together_takes_back_all_or_nothing(supply, planner):
    ours, theirs = demand_for(supply, quantity=4), demand_for(supply, quantity=6)
    made = operations.link_pairs(pairs=[(ours, supply, 4), (theirs, supply, 6)], by=planner)

    operations.undo_together(event=made[-1].events.last(), by=planner)

    assert open_links() == []


def test_undo_together_is_refused_when_one_link_has_changed_since(supply, planner):
    ours, theirs = demand_for(supply, quantity=4), demand_for(supply, quantity=6)
    made = operations.link_pairs(pairs=[(ours, supply, 4), (theirs, supply, 6)], by=planner)
    operations.disconnect(link=made[0], quantity=1, by=planner)

    with pytest.raises(Refused, match="has changed since"):
        operations.undo_together(event=made[-1].events.last(), by=planner)

    assert open_links() == [(ours.pk, supply.pk, 3), (theirs.pk, supply.pk, 6)]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_planners_accept_the_same_suggestion():
    supply = SupplyFactory(quantity=10)
    ours, theirs = demand_for(supply), demand_for(supply)
    planner = LinkFactory().created_by

    had_to_wait, outcome = run_before_commit(
        lambda: operations.link_pairs(pairs=[(ours, supply, 10)], by=planner),
        lambda: operations.link_pairs(pairs=[(theirs, supply, 10)], by=planner),
    )

    assert had_to_wait
    assert isinstance(outcome, NotEnough)


@pytest.fixture
def page(supply):
    return reverse("linkage:supply_suggestions", args=[supply.pk]) + "?window="


def pair(demand, supply, quantity):
    return f"{demand.pk}:{supply.pk}:{quantity}"


@pytest.mark.parametrize("how", ["ticked", "only", "all"])
def test_page_accepts_ticked_one_or_all(planner_client, supply, page, how):
    one, other = demand_for(supply, quantity=4), demand_for(supply, quantity=3)
    pairs = [pair(one, supply, 4), pair(other, supply, 3)]
    posted = {"ticked": {"pairs": pairs}, "only": {"only": pairs[0]}, "all": {"all": "1", "shown": pairs}}[how]

    response = planner_client.post(page, posted, follow=True)

    wanted = [(one.pk, supply.pk, 4), (other.pk, supply.pk, 3)][: 1 if how == "only" else 2]
    assert open_links() == wanted
    said = "1 link over 4 is made." if how == "only" else "2 links over 7 are made."
    assert said in response.content.decode()
    assert "/links/undo-together/" in response.content.decode()


def test_page_shows_warnings_and_keeps_the_ticks(planner_client, supply, page):
    late = demand_for(supply, quantity=4, need_date="2026-03-01")

    warned = planner_client.post(page, {"pairs": [pair(late, supply, 4)]})
    planner_client.post(page, {"pairs": [pair(late, supply, 4)], "accept_warnings": "on", "reason": "agreed"})

    assert warned.status_code == 422
    assert "later than" in warned.content.decode()
    assert [chosen for _row, chosen in warned.context["rows"]] == [True]
    assert [(link.reason, link.rule) for link in OrderLink.objects.all()] == [("agreed", "suggestion")]


@pytest.mark.parametrize(
    "pairs", [[], ["x"], ["1:2"], ["1:2:0"], ["9999999999999999999:1:1"], ["1:1:NaN"], ["0:0:1"], ["\uff11:1:1"]]
)
def test_page_says_what_is_wrong_with_the_choice(planner_client, supply, page, pairs):
    demand_for(supply)

    response = planner_client.post(page, {"pairs": pairs})

    assert response.status_code == 422
    assert "errorlist" in response.content.decode()


def test_page_says_when_the_goods_have_gone_since(planner_client, supply, page):
    demand = demand_for(supply, quantity=4)
    LinkFactory(supply=supply, demand=demand_for(supply, quantity=8), quantity=8)

    response = planner_client.post(page, {"pairs": [pair(demand, supply, 4)]})

    assert response.status_code == 422
    assert "Only 2 of P-1/10 is free; 4 was asked for." in response.content.decode()


def test_pages_of_a_demand_a_part_and_everything_suggest_the_same(planner_client, supply):
    demand = demand_for(supply, need_date="2999-01-01")
    urls = [
        reverse("linkage:demand_suggestions", args=[demand.pk]),
        reverse("linkage:part_suggestions", args=[demand.part_id]),
        reverse("linkage:suggestion_list"),
    ]

    totals = [planner_client.get(url, {"window": ""}).context["found"].total for url in urls]

    assert totals == [1, 1, 1]


def test_home_counts_the_suggestions_of_the_list(planner_client, buyer_client, supply, admin_user):
    change_setting(name="suggestion_window", value="", by=admin_user)
    demand_for(supply)
    made = MadeSupplyFactory(part__lot_sizing="LR")
    demand_for(made)

    def counted(client):
        [count] = [
            count for _label, name, _q, count, _tone in client.get("/").context["counts"] if "suggestion" in name
        ]
        return count, client.get(reverse("linkage:suggestion_list")).context["found"].total

    assert (counted(planner_client), counted(buyer_client)) == ((2, 2), (1, 1))


def test_window_is_the_settings_where_nobody_else_may_choose(planner_client, supply, page, admin_user):
    change_setting(name="suggestion_window_free", value=False, by=admin_user)
    demand_for(supply, need_date="2999-01-01")

    response = planner_client.get(page)

    assert response.context["found"].total == 0
    assert "an administrator changes it" in response.content.decode()


@pytest.mark.parametrize("query", ["?order=x&window=y", "?window=-1", "?window=99999999999", "?order="])
def test_page_tolerates_nonsense_in_its_address(viewer_client, supply, query):
    DemandFactory()

    assert viewer_client.get(reverse("linkage:supply_suggestions", args=[supply.pk]) + query).status_code == 200


def test_viewer_looks_and_may_not_accept(viewer_client, supply, page):
    demand = demand_for(supply)

    response = viewer_client.get(page)

    assert 'name="pairs"' not in response.content.decode()
    assert viewer_client.post(page, {"pairs": [pair(demand, supply, 1)]}).status_code == 403
