"""Chain, part, home and the worklists."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from erp.register.models import Setting
from linkage import queries
from linkage.dates import business_date
from linkage.models import JobRun, Provenance
from tests.factories import MadePartFactory, PartFactory, WarehouseFactory
from tests.linkage.factories import (
    DemandFactory,
    LinkFactory,
    MadeSupplyFactory,
    SupplyFactory,
    component_of,
    demand_for,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_owners")]
HTMX = {"HX-Request": "true"}
LISTS = ["short_list", "late_list", "orphan_list", "free_list", "demand_list", "supply_list"]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-03-02 09:00", tick=False):
        yield date(2026, 3, 2)


def text_of(response):
    return response.content.decode()


def two_levels():
    """S-1/10 gets ten of a made part; its component gets twenty from a purchase that comes too late."""
    made = MadeSupplyFactory(part=MadePartFactory(number="BIKE"), document__number="M-1", position=1)
    row = demand_for(made, document__number="S-1")
    LinkFactory(supply=made, demand=row, quantity=10)
    component = component_of(made, part=PartFactory(number="BELL"), quantity=20, position=30, need_date="2026-03-10")
    bought = SupplyFactory(
        part=component.part,
        warehouse=component.warehouse,
        quantity=20,
        due_date="2026-03-12",
        document__number="P-1",
    )
    LinkFactory(supply=bought, demand=component, quantity=20)
    return row, made, component, bought


def some_of_each(count):
    """So many rows on every worklist, all in one warehouse."""
    warehouse = WarehouseFactory()
    for _ in range(count):
        late = LinkFactory(supply__due_date="2026-04-01", supply__warehouse=warehouse, demand__need_date="2026-03-10")
        orphan = SupplyFactory(warehouse=warehouse, orphaned_at=timezone.now())
        Provenance.objects.create(supply=orphan, demand=late.demand, quantity=5)


def tree(response, which):
    found = response.context["trees"][which][2]
    return [(row.level, row.demand, row.supply, row.linked, row.slack) for row in found.rows]


def test_chain_of_a_demand_goes_down_to_what_is_bought(viewer_client):
    row, *_ = two_levels()

    response = viewer_client.get(reverse("linkage:chain_demand", args=[row.pk]))

    assert tree(response, 0) == [
        (1, "S-1/10", "M-1/1", "10.00", "2 work days to spare"),
        (2, "M-1/1/30", "P-1/10", "20.00", "late by 2 work days"),
    ]
    assert tree(response, 1) == []


def test_chain_of_a_supply_goes_up_to_the_customer(viewer_client):
    *_, bought = two_levels()

    response = viewer_client.get(reverse("linkage:chain_supply", args=[bought.pk]))

    assert [line[:3] for line in tree(response, 1)] == [(1, "M-1/1/30", "P-1/10"), (2, "S-1/10", "M-1/1")]


def test_chain_of_a_component_shows_both_ways(viewer_client):
    _row, _made, component, _bought = two_levels()

    response = viewer_client.get(reverse("linkage:chain_demand", args=[component.pk]))

    assert [line[1] for line in tree(response, 0)] == ["M-1/1/30"]
    assert [line[1] for line in tree(response, 1)] == ["S-1/10"]


def test_chain_of_a_document_holds_all_its_positions(viewer_client):
    row, made, *_ = two_levels()
    DemandFactory(document=row.document, position=20, warehouse=row.warehouse)

    sales = viewer_client.get(reverse("linkage:chain_document", args=[row.document_id]))
    production = viewer_client.get(reverse("linkage:chain_document", args=[made.document_id]))

    assert [line[1] for line in tree(sales, 0)] == ["S-1/10", "M-1/1/30", "S-1/20"]
    assert [line[1] for line in tree(production, 0)] == ["M-1/1/30"]
    assert [line[1] for line in tree(production, 1)] == ["S-1/10"]


def test_chain_names_a_shared_order_again_and_opens_it_once(viewer_client):
    row, made, _component, _bought = two_levels()
    twice = demand_for(made, document=row.document, position=20, quantity=2)
    made.quantity = 12
    made.save(update_fields=["quantity"])
    LinkFactory(supply=made, demand=twice, quantity=2)

    response = viewer_client.get(reverse("linkage:chain_document", args=[row.document_id]))

    found = response.context["trees"][0][2].rows
    assert [(line.demand, line.repeated) for line in found] == [
        ("S-1/10", False),
        ("M-1/1/30", False),
        ("S-1/20", True),
    ]
    assert "see above" in text_of(response)


def test_chain_chart_flows_from_supply_to_demand(viewer_client):
    row, made, _component, bought = two_levels()

    response = viewer_client.get(reverse("linkage:chain_demand", args=[row.pk]))

    chart = response.context["trees"][0][2].chart
    flows = {(flow["source"], flow["target"], flow["value"]) for flow in chart["links"]}
    assert flows == {
        (f"s{made.pk}", f"d{row.pk}", "10.000000"),
        (f"s{bought.pk}", f"s{made.pk}", "20.000000"),
    }
    assert {node["id"]: node["tone"] for node in chart["nodes"]}[f"s{bought.pk}"] == "bad"


def test_chain_without_flows_has_no_chart_and_says_what_waits_and_what_is_closed(viewer_client):
    waits, served = DemandFactory(quantity=4), DemandFactory(quantity=4, cancelled=4)

    pages = [viewer_client.get(reverse("linkage:chain_demand", args=[demand.pk])) for demand in (waits, served)]

    trees = [page.context["trees"][0][2] for page in pages]
    assert [(tree.chart, [row.status for row in tree.rows]) for tree in trees] == [
        (None, ["Uncovered"]),
        (None, ["Closed"]),
    ]


def test_chain_of_many_rows_cuts_the_chart_and_not_the_table(viewer_client):
    made = MadeSupplyFactory()
    row = demand_for(made)
    LinkFactory(supply=made, demand=row, quantity=10)
    part = PartFactory()
    for position in range(401):
        component_of(made, part=part, position=position)

    response = viewer_client.get(reverse("linkage:chain_demand", args=[row.pk]))

    found = response.context["trees"][0][2]
    assert (len(found.rows), found.levels_shown, found.is_cut) == (402, 1, True)
    assert "The table shows all" in text_of(response)


@pytest.mark.parametrize("row_count", [1, 3])
def test_chain_query_count_does_not_grow(viewer_client, django_assert_num_queries, row_count):
    row, made, *_ = two_levels()
    for position in range(row_count):
        component = component_of(made, position=position)
        LinkFactory(supply=SupplyFactory(part=component.part, warehouse=component.warehouse), demand=component)

    with django_assert_num_queries(8):  # session, user, roles, demand, chain, its names, warehouses, calendar
        viewer_client.get(reverse("linkage:chain_demand", args=[row.pk]))


def test_order_of_an_ownerless_position_is_its_own_page(viewer_client):
    row, made, *_ = two_levels()

    answers = [
        viewer_client.get(reverse("linkage:demand_order", args=[row.pk])).url,
        viewer_client.get(reverse("linkage:supply_order", args=[made.pk])).url,
    ]

    assert answers == [f"/demands/{row.pk}/", f"/supplies/{made.pk}/"]


def test_part_page_runs_the_balance_in_date_order(viewer_client):
    shelf = stock(PartFactory(number="BELL"), WarehouseFactory(code="MAIN"), 5)
    demand_for(shelf, quantity=8, need_date="2026-03-10", document__number="S-1")
    demand_for(shelf, quantity=1, need_date=None, document__number="S-2")
    SupplyFactory(part=shelf.part, warehouse=shelf.warehouse, quantity=10, due_date="2026-03-12")

    response = viewer_client.get(reverse("linkage:part", args=[shelf.part_id]))

    steps = [(step.on, step.came, step.goes, step.balance) for step, _url in response.context["steps"]]
    assert steps == [
        (date(2026, 3, 10), None, Decimal(8), Decimal(-3)),
        (date(2026, 3, 12), Decimal(10), None, Decimal(7)),
        (None, None, Decimal(1), None),
    ]
    assert [point["balance"] for point in response.context["chart"]["points"]] == ["5.000000", "-3.000000", "7.000000"]


def test_part_page_counts_what_is_overdue_from_today(viewer_client):
    late = SupplyFactory(quantity=10, due_date="2026-02-20")
    demand_for(late, quantity=4, need_date="2026-02-25")

    response = viewer_client.get(reverse("linkage:part", args=[late.part_id]))

    steps = [(step.on, step.balance) for step, _url in response.context["steps"]]
    assert steps == [(date(2026, 3, 2), Decimal(-4)), (date(2026, 3, 3), Decimal(6))]


def test_part_page_shows_the_figures_of_the_rules(viewer_client):
    shelf = stock(PartFactory(), WarehouseFactory(), 10)
    LinkFactory(supply=shelf, stock=shelf, quantity=Decimal(4), received=Decimal(4), demand__quantity=4)
    demand_for(shelf, quantity=3, need_date="2026-04-01")
    demand_for(shelf, quantity=2, need_date="2026-04-01", kind="hold", document=None)
    demand_for(shelf, quantity=50, kind="forecast")
    SupplyFactory(part=shelf.part, warehouse=shelf.warehouse, quantity=20, due_date="2026-05-01")

    response = viewer_client.get(reverse("linkage:part", args=[shelf.part_id]), {"on": "2026-03-31"})

    [(row, disposable)] = response.context["rows"]
    assert disposable == row.at_date
    figures = (row.on_hand, row.reserved, row.free, row.at_date, row.available)
    assert figures == (10, 4, 6, 6, 3)
    assert (row.after_reservations, row.after_reservations_and_orders) == (1, 21)


@pytest.mark.parametrize(
    ("mode", "disposable"), [("at-date", 10), ("reservations", 7), ("reservations-and-orders", 27)]
)
def test_part_page_calls_disposable_what_the_setting_says(viewer_client, mode, disposable):
    Setting.objects.create(name="disposable_balance_mode", value=mode)
    shelf = stock(PartFactory(), WarehouseFactory(), 10)
    demand_for(shelf, quantity=3, need_date="2026-04-01")
    SupplyFactory(part=shelf.part, warehouse=shelf.warehouse, quantity=20, due_date="2026-05-01")

    response = viewer_client.get(reverse("linkage:part", args=[shelf.part_id]), {"on": "2026-03-31"})

    assert [figure for _row, figure in response.context["rows"]] == [disposable]
    assertContains(response, f"<b>{disposable}.00</b>")


def test_part_page_leads_to_the_boms_that_use_the_part(viewer_client):
    part = PartFactory(number="BELL & CO")

    page = viewer_client.get(reverse("linkage:part", args=[part.pk]))

    assertContains(page, 'href="/production/boms/?component=BELL+%26+CO"')


def test_part_page_hides_costs_from_viewers(viewer_client, planner_client):
    part = PartFactory(standard_price=Decimal("73.21"))
    url = reverse("linkage:part", args=[part.pk])

    assert "73.21" not in text_of(viewer_client.get(url))
    assert "73.21" in text_of(planner_client.get(url))


@pytest.mark.parametrize(
    "query", ["on=nonsense", "on=9999-99-99", "warehouse=NOWHERE", "on=", "warehouse=" + "x" * 5000]
)
def test_part_page_survives_nonsense_in_the_url(viewer_client, query):
    supply = SupplyFactory()

    assert viewer_client.get(f"{reverse('linkage:part', args=[supply.part_id])}?{query}").status_code == 200


@pytest.mark.parametrize("row_count", [1, 3])
def test_part_page_query_count_does_not_grow(viewer_client, django_assert_num_queries, row_count):
    shelf = stock(PartFactory(), WarehouseFactory(), 5)
    for _ in range(row_count):
        demand_for(shelf)
        SupplyFactory(part=shelf.part, warehouse=shelf.warehouse)

    # session, user, roles, part, demand sums, supply sums, warehouses, demands, supplies, warehouse, calendar,
    # setting
    with django_assert_num_queries(13):
        viewer_client.get(reverse("linkage:part", args=[shelf.part_id]))


def rows_of(response):
    context = response.context
    if "expected" in context:  # arrivals: a short list without pages
        return len(context["expected"])
    return context["table"].paginator.count if "table" in context else context["found"].total


def test_home_counts_what_its_lists_hold(viewer_client):
    row, *_ = two_levels()
    demand_for(SupplyFactory(quantity=1), quantity=3, need_date="2026-03-05")
    orphan = SupplyFactory(orphaned_at=timezone.now())
    Provenance.objects.create(supply=orphan, demand=row, quantity=5)
    DemandFactory(part=MadePartFactory(), need_date="2026-03-30")
    JobRun.objects.create(name="plan", business_date=date(2026, 3, 1), succeeded=True, message="12 suggestions")

    response = viewer_client.get("/")

    counts = {str(label): count for label, _name, _query, count, _tone in response.context["counts"]}
    listed = {
        str(label): rows_of(viewer_client.get(reverse(name) + query))
        for label, name, query, _count, _tone in response.context["counts"]
    }
    assert counts == listed
    assert {label: count for label, count in counts.items() if count} == {
        "Short demands": 2,
        "Late demands": 1,
        "Orphans": 1,
        "Uncovered order-oriented": 1,
    }
    assert "12 suggestions" in text_of(response)


def test_home_says_what_to_do_when_nothing_is_wrong(viewer_client):
    page = text_of(viewer_client.get("/"))

    assert "Nothing is short" in page
    assert "No job has run yet" in page


@pytest.mark.parametrize("row_count", [1, 3])
def test_home_query_count_does_not_grow(viewer_client, django_assert_max_num_queries, row_count):
    some_of_each(row_count)

    with django_assert_max_num_queries(41):
        viewer_client.get("/")


@pytest.mark.parametrize("row_count", [1, 3])
@pytest.mark.parametrize("page", LISTS)
def test_worklist_query_count_does_not_grow(viewer_client, page, row_count, django_assert_max_num_queries):
    some_of_each(row_count)

    with django_assert_max_num_queries(20):
        response = viewer_client.get(reverse(f"linkage:{page}"))

    assert response.context["table"].paginator.count >= row_count


@pytest.mark.parametrize("page", LISTS)
@pytest.mark.parametrize(
    "query", ["sort=-label", "sort=cover", "part=x&warehouse=y&kind=z", "export=csv", "export=xlsx"]
)
def test_worklists_filter_sort_and_export(viewer_client, page, query):
    two_levels()

    response = viewer_client.get(f"{reverse(f'linkage:{page}')}?{query}")

    assert (response.status_code, len(b"".join(response)) > 20) == (200, True)


def test_late_list_shows_the_row_that_feels_it_with_its_slack(viewer_client):
    row, *_ = two_levels()

    response = viewer_client.get(reverse("linkage:late_list"))

    [shown] = response.context["table"].paginated_rows
    assert (shown.record.pk, shown.record.slack) == (row.pk, -2)
    assert "Late by 2 work days because P-1/10" in text_of(response)


def test_late_list_shows_the_component_of_an_order_for_stock(viewer_client):
    made = MadeSupplyFactory()
    component = component_of(made, need_date=date(2026, 3, 10))
    bought = SupplyFactory(part=component.part, warehouse=component.warehouse, due_date="2026-03-12")
    LinkFactory(supply=bought, demand=component)

    response = viewer_client.get(reverse("linkage:late_list"))

    assert [shown.record.pk for shown in response.context["table"].paginated_rows] == [component.pk]


def test_late_list_and_coverage_agree_about_an_order_that_starts_late(viewer_client):
    need = business_date() + timedelta(days=10)
    made = MadeSupplyFactory(due_date=business_date() + timedelta(days=3), lead_time=30)
    late = LinkFactory(supply=made, demand__need_date=need).demand

    table = viewer_client.get(reverse("linkage:late_list")).context["table"]

    [shown] = table.paginated_rows
    assert (shown.record.pk, shown.record.slack < 0) == (late.pk, True)
    assert shown.record.slack == table.covers[late.pk].slack
    assert "starts late" in shown.get_cell("why")
    assert [column.name for column in shown.table.columns][:5] == ["label", "part", "need_date", "slack", "why"]


def test_coverage_cell_says_why_when_it_is_pointed_at_or_focused(viewer_client):
    link = LinkFactory(supply__due_date=date(2030, 3, 12), demand__need_date=date(2030, 3, 8))

    response = viewer_client.get(reverse("linkage:demand_list"))

    sentence = queries.coverage_of(link.demand).sentence
    assertContains(response, f'<span class="cover-sentence" data-sentence>{sentence}</span>', html=True)
    assertNotContains(response, 'title="')


def test_late_list_and_coverage_agree_about_a_weekend(viewer_client):
    LinkFactory(supply__due_date=date(2030, 3, 9), demand__need_date=date(2030, 3, 10))
    late = LinkFactory(supply__due_date=date(2030, 3, 10), demand__need_date=date(2030, 3, 9)).demand

    table = viewer_client.get(reverse("linkage:late_list")).context["table"]

    shown = [(row.record.pk, row.record.slack, table.covers[row.record.pk].slack) for row in table.paginated_rows]
    assert shown == [(late.pk, -1, -1)]


def test_short_list_totals_what_is_short(viewer_client):
    supply = SupplyFactory(quantity=4, due_date="2026-03-03")
    demand_for(supply, quantity=10, need_date="2026-03-20")

    response = viewer_client.get(reverse("linkage:short_list"))

    [shown] = response.context["table"].paginated_rows
    assert (shown.record.short_quantity, response.context["table"].totals["short"]) == (6, 6)


def test_orphan_list_says_whom_it_was_made_for(planner_client, viewer_client):
    row, *_ = two_levels()
    orphan = SupplyFactory(orphaned_at=timezone.now() - timedelta(days=3))
    Provenance.objects.create(supply=orphan, demand=row, quantity=5)
    url = reverse("linkage:orphan_list")

    page = text_of(planner_client.get(url))

    assert "S-1/10</a>" in page
    assert "Keep as stock" in page
    assert "Keep as stock" not in text_of(viewer_client.get(url))
    assert planner_client.get(url, {"made_for": "S-1"}).context["table"].paginator.count == 1
    assert planner_client.get(url, {"made_for": "S-9"}).context["table"].paginator.count == 0


@pytest.mark.parametrize("page", LISTS)
def test_worklists_need_a_role(page, django_user_model):
    nobody = Client()
    nobody.force_login(django_user_model.objects.create(username="x"), "django.contrib.auth.backends.ModelBackend")

    assert nobody.get(reverse(f"linkage:{page}")).status_code == 403
    assert Client().get(reverse(f"linkage:{page}")).status_code == 302


def test_chain_page_shows_markup_in_names_as_text(viewer_client):
    part = PartFactory(name="<img src=x onerror=alert(1)>")
    row = DemandFactory(part=part, document__number="S-<b>9</b>")

    page = text_of(viewer_client.get(reverse("linkage:chain_demand", args=[row.pk])))

    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "S-&lt;b&gt;9&lt;/b&gt;/10" in page
    assert "<img src=x" not in page
    assert "<b>9</b>" not in page
