"""The timeline: one entry per operation, the same way for a demand, a supply and every order."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

import linkage.queries.timeline as module
from erp.register.history import recording
from linkage import operations
from linkage.queries.timeline import position_histories, timeline
from production.timeline import histories as production_histories
from purchasing.operations import change_order, change_row
from purchasing.timeline import histories as purchase_histories
from sales import operations as selling
from sales.timeline import histories as sales_histories
from tests.linkage.factories import LinkFactory, SupplyFactory, demand_for
from tests.production.making import bought, made, released
from tests.purchasing.factories import component_for, purchase_row
from tests.sales.factories import row_with

pytestmark = pytest.mark.django_db


def told(shown):
    return [(entry.how, entry.what, entry.changes, entry.reason) for entry in shown]


@pytest.fixture
def link(planner):
    """A promise of four, made by the planner; its demand and supply have ten."""
    supply = SupplyFactory()
    return operations.link(supply=supply, demand=demand_for(supply), quantity=Decimal(4), by=planner)


def test_an_entry_says_who_how_what_from_what_to_what_and_why(link, planner):
    operations.disconnect(link=link, quantity=Decimal(1), reason="wrong part", by=planner)

    latest = timeline(position_histories(link.demand), viewer=planner).entries[0]

    assert (latest.who, latest.how, latest.what) == (str(planner), "by hand", "Disconnect")
    assert (latest.changes, latest.reason) == ([f"{link}: released 0 → 1"], "wrong part")


def test_an_entry_names_command_and_rule(planner):
    supply = SupplyFactory()
    with recording(by=planner, operation="linkage.auto_link", command="auto_link"):
        LinkFactory(supply=supply, rule="backorder")

    [entry] = [entry for entry in timeline(position_histories(supply)) if entry.what == "Auto link"]

    assert entry.how == "auto link, by rule: backorder"


def test_what_happens_alike_to_many_rows_is_one_sentence(planner):
    order = released(made("BIKE", *[(bought(f"C{number}"), 1) for number in range(4)]), by=planner).order

    latest = timeline(production_histories(order)).entries[0]

    assert (latest.what, latest.changes) == (
        "Release",
        ["Order: status Planned → Released", "Component 10, Component 20 and 2 more: status Planned → Firm"],
    )


def test_links_only_leaves_the_rest_out(link, planner):
    link.supply.due_date = date(2026, 4, 1)
    link.supply.save(update_fields=["due_date"])

    everything = timeline(position_histories(link.supply))
    links = timeline(position_histories(link.supply), asked={"events": "links"})

    assert [entry.what for entry in links] == ["Link"]
    assert len(list(everything)) > 1
    assert (everything.links_only, links.links_only) == (False, True)


def test_undo_is_offered_for_the_latest_change_of_a_pair_only(link, planner, viewer):
    operations.change_link(link=link, quantity=Decimal(6), by=planner)

    offered = [bool(entry.undo_id) for entry in timeline(position_histories(link.supply), viewer=planner)]
    to_others = [entry.undo_id for entry in timeline(position_histories(link.supply), viewer=viewer)]

    assert sorted(offered) == [False] * (len(offered) - 1) + [True]
    assert set(to_others) == {None}


def test_pages_show_everything_once_newest_first(link, planner, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    for quantity in (5, 6, 7, 8):
        operations.change_link(link=link, quantity=Decimal(quantity), by=planner)

    pages = [
        timeline(position_histories(link.demand), asked={"events": "links", "events_page": str(page)})
        for page in (1, 2, 3, 4)
    ]

    changes = [[change.rpartition(": ")[2] for entry in page for change in entry.changes] for page in pages]
    assert changes == [["quantity 7 → 8", "quantity 6 → 7"], ["quantity 5 → 6", "quantity 4 → 5"], ["4"], []]
    assert [page.has_next for page in pages] == [True, True, False, False]


@pytest.mark.parametrize("asked", ["", "0", "-1", "x", "9" * 30, "1.5", "²"])
def test_a_page_number_that_is_none_is_the_first(link, asked):
    assert timeline(position_histories(link.demand), asked={"events_page": asked}).page == 1


def test_an_undo_is_not_offered_after_a_day(link, planner, monkeypatch):
    later = timezone.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(module.timezone, "now", lambda: later)

    assert {entry.undo_id for entry in timeline(position_histories(link.demand), viewer=planner)} == {None}


def test_sales_order_tells_its_header_rows_and_links(seller, planner):
    row = row_with(10, by=seller)
    selling.change_row(row=row, quantity=Decimal(12), reason="Customer called", by=seller)
    supply = SupplyFactory(part=row.part, warehouse=row.warehouse)
    made_link = operations.link(supply=supply, demand=row.demand, quantity=Decimal(3), by=planner)

    entries = list(timeline(sales_histories(row.order, costs=True)))

    assert ("by hand", "Change row", ["Row 10: quantity 10 → 12"], "Customer called") in told(entries)
    assert ("by hand", "Link", [f"Row 10 from {made_link.supply}: 3"], "") in told(entries)


def test_purchase_order_tells_prices_to_those_who_may_see_costs(buyer):
    row = purchase_row(by=buyer)
    change_row(row=row, price=Decimal(9), by=buyer)
    change_order(order=row.order, note="Call before noon", by=buyer)

    with_costs = told(timeline(purchase_histories(row.order, costs=True)))
    without = told(timeline(purchase_histories(row.order, costs=False)))

    assert ("by hand", "Change row", ["Row 10: price 0 → 9"], "") in with_costs
    assert not any("price" in change for _, _, changes, _ in without for change in changes)
    assert ("by hand", "Change order", ["Order: note none → Call before noon"], "") in without


def test_production_order_tells_components_and_what_they_are_linked_to(planner):
    line = released(made("BIKE", (bought("TUBE"), 1)), 10, by=planner)
    component = line.supply.components.get()
    tube = SupplyFactory(part=component.part, warehouse=component.warehouse)
    operations.link(supply=tube, demand=component, quantity=Decimal(4), accept_warnings=True, by=planner)

    entries = told(timeline(production_histories(line.order)))

    assert ("by hand", "Link", [f"Component 10 from {tube}: 4"], "") in entries
    assert ("by hand", "Release", ["Order: status Planned → Released", "Component 10: status Planned → Firm"], "") in (
        entries
    )


def test_a_changed_key_is_told_by_name(planner):
    line = released(made("BIKE", (bought("TUBE"), 1)), 10, by=planner)
    line.order.employee = planner
    line.order.save(update_fields=["employee"])

    changes = [change for entry in timeline(production_histories(line.order)) for change in entry.changes]

    assert f"Order: employee none → {planner}" in changes


@pytest.mark.parametrize("count", [1, 3])
def test_timeline_query_count_does_not_grow(planner, django_assert_num_queries, count):
    row = purchase_row(sent=True, by=planner)
    for _ in range(count):
        operations.link(supply=row.supply, demand=component_for(row), quantity=Decimal(1), by=planner)

    histories = purchase_histories(row.order, costs=True)
    with django_assert_num_queries(16):  # moments, eight histories, names, users, whose is the latest, roles
        entries = list(timeline(histories, viewer=planner))

    assert sum(entry.what == "Link" for entry in entries) == count


def test_pages_of_orders_offer_filter_and_undo(planner_client, planner):
    row = purchase_row(sent=True, by=planner)
    component = component_for(row)
    operations.link(supply=row.supply, demand=component, quantity=Decimal(1), by=planner)

    page = planner_client.get(reverse("purchasing:order", args=[row.order_id]) + "?events=links").content.decode()

    assert '<b aria-current="true">Links only</b>' in page
    assert "/links/undo/" in page
    assert "Send" not in page.partition('id="timeline"')[2].partition("</table>")[0]


def test_link_factory_has_no_undo_without_an_operation(planner):
    demand = LinkFactory(created_by=planner).demand

    assert {entry.undo_id for entry in timeline(position_histories(demand), viewer=planner)} == {None}


def test_each_link_of_many_made_at_once_has_its_own_undo(planner):
    supply = SupplyFactory()
    pairs = [(demand_for(supply), supply, Decimal(2)) for _ in range(2)]
    operations.link_pairs(pairs=pairs, by=planner, accept_warnings=True)

    [entry] = [entry for entry in timeline(position_histories(supply), viewer=planner) if entry.undos]

    assert [label for _, label in entry.undos] == [f"{supply} → {demand}" for demand, _, _ in pairs]
