"""Holds on their list, and what is decided on orphans."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from linkage import operations
from linkage.models import Hold, OrderLink, Provenance, Supply
from tests.factories import PartnerFactory
from tests.linkage.factories import TODAY, DocumentFactory, SupplyFactory, demand_for, stock
from tests.linkage.test_views_links import HOSTILE, HTMX
from tests.purchasing.factories import purchase_row

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


def url(name, *args):
    return reverse(f"linkage:{name}", args=args)


@pytest.fixture
def kept(planner):
    """Six of ten, kept for Velo Nord."""
    supply = SupplyFactory(quantity=10)
    customer = PartnerFactory(name="Velo Nord")
    return operations.hold(supply=supply, quantity=Decimal(6), partner=customer, until=UNTIL, by=planner)


def orphan(**facts):
    """A purchase row that was made for a customer's row and has lost it."""
    supply = purchase_row(quantity=10).supply
    Supply.objects.filter(pk=supply.pk).update(orphaned_at=timezone.now())
    document = DocumentFactory(partner=PartnerFactory(name="Velo Nord"), company=supply.warehouse.company)
    Provenance.objects.create(supply=supply, demand=demand_for(supply, document=document), quantity=10)
    return supply


def test_list_shows_what_is_kept_for_whom_until_when_and_of_what(viewer_client, kept):
    page = viewer_client.get(url("hold_list"))

    for text in ("Velo Nord", "2026-03-31", "6.00", str(OrderLink.objects.get().supply)):
        assertContains(page, text)


def test_hold_list_leaves_out_what_has_ended(viewer_client, planner, kept):
    operations.end_hold(hold=kept, by=planner)

    assertContains(viewer_client.get(url("hold_list")), "Nothing is kept for anybody.")


def test_file_of_the_list_keeps_what_the_page_shows_after_a_link_has_ended(planner_client, planner, kept):
    [link] = kept.demand.links.all()
    other = SupplyFactory(part=link.supply.part, warehouse=link.supply.warehouse, quantity=10)
    grown = operations.change_demand(kept.demand, quantity=Decimal(10))
    operations.link(demand=grown, supply=other, quantity=Decimal(4), by=planner)
    operations.disconnect(link=link, quantity=Decimal(6), by=planner)

    page = planner_client.get(url("hold_list"))
    answer = planner_client.get(url("hold_list"), {"export": "csv"})

    [_titles, line] = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assertContains(page, str(other))
    assert str(other) in line
    assert str(link.supply) not in line


@pytest.mark.parametrize("row_count", [1, 3])
def test_hold_list_asks_the_database_equally_often(planner_client, planner, django_assert_max_num_queries, row_count):
    for _ in range(row_count):
        operations.hold(supply=SupplyFactory(), quantity=Decimal(1), partner=PartnerFactory(), until=UNTIL, by=planner)

    with django_assert_max_num_queries(9):
        planner_client.get(url("hold_list"))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_hold_is_ended_by_hand(planner_client, kept, headers):
    planner_client.post(url("hold_end", kept.pk), headers=headers)

    assert not OrderLink.objects.open().exists()
    assert planner_client.post(url("hold_end", kept.pk)).status_code == 409


def test_hold_is_prolonged_and_then_ends_on_the_new_day(planner_client, kept):
    planner_client.post(url("hold_prolong", kept.pk), {"until": "2026-05-01"})

    kept.refresh_from_db()
    assert (kept.until, kept.demand.need_date) == (date(2026, 5, 1), date(2026, 5, 1))
    assert list(operations.ended_holds(date(2026, 5, 1))) == []


@pytest.mark.parametrize(
    ("until", "status"), [("", 422), ("2026-02-30", 422), ("x" * 10_000, 422), ("2026-03-01", 409)]
)
def test_prolong_says_what_is_wrong_with_a_day(planner_client, kept, until, status):
    assert planner_client.post(url("hold_prolong", kept.pk), {"until": until}).status_code == status


def test_hold_hands_its_goods_to_a_row_of_the_customer_and_ends(planner, kept):
    supply = OrderLink.objects.get().supply
    document = DocumentFactory(partner=kept.partner, company=supply.warehouse.company)
    row = demand_for(supply, document=document)

    operations.hand_over(link=OrderLink.objects.get(), demand=row, by=planner)

    kept.demand.refresh_from_db()
    assert (kept.demand.status, kept.demand.uncovered, OrderLink.objects.open().get().demand) == ("closed", 0, row)


def test_hold_that_hands_part_of_its_goods_over_keeps_the_rest(planner, kept):
    row = demand_for(OrderLink.objects.get().supply)

    operations.hand_over(link=OrderLink.objects.get(), demand=row, quantity=Decimal(2), by=planner)

    kept.demand.refresh_from_db()
    assert (kept.demand.status, kept.demand.open, kept.demand.uncovered) == ("firm", 4, 0)


def test_the_night_ends_a_hold_and_the_timeline_names_the_rule(viewer_client, kept):
    call_command("end_holds", business_date=date(2026, 4, 1), verbosity=0)

    supply = OrderLink.objects.get().supply_id
    assertContains(viewer_client.get(url("supply", supply)), "rule end_holds: kept until 2026-03-31")


def test_pages_of_part_and_supply_say_what_is_kept(viewer_client, kept):
    supply = OrderLink.objects.get().supply

    for page in (url("supply", supply.pk), url("part", supply.part_id)):
        assertContains(viewer_client.get(page), "Kept for customers")


def test_what_lies_on_the_shelf_is_kept_there(viewer_client, planner):
    shelf = stock(SupplyFactory().part, SupplyFactory().warehouse, 10)
    operations.hold(supply=shelf, quantity=Decimal(6), partner=PartnerFactory(), until=UNTIL, by=planner)

    assertContains(viewer_client.get(url("supply", shelf.pk)), "Kept for customers")


# Orphans


def test_orphan_is_kept_for_the_customer_it_was_made_for(planner_client):
    supply = orphan()

    asked = planner_client.get(url("hold_new", supply.pk))
    partner = asked.context["form"]["partner"].value()
    planner_client.post(url("hold_new", supply.pk), {"quantity": "10", "partner": partner, "until": "2026-03-31"})

    assert (Hold.objects.get().partner.name, Supply.objects.orphans().count()) == ("Velo Nord", 0)


@pytest.mark.parametrize("typed", [*HOSTILE, "11"])
@pytest.mark.parametrize("page", ["hold_new", "reduce_supply"])
def test_deciding_on_an_orphan_says_what_is_wrong_with_a_quantity(buyer_client, page, typed):
    facts = {"quantity": typed, "partner": PartnerFactory().number, "until": "2026-03-31"}

    response = buyer_client.post(url(page, orphan().pk), facts)

    assert (response.status_code, "errorlist" in response.text) == (422, True)


def test_orphan_is_cancelled_by_the_buyer(buyer_client):
    supply = orphan()

    shown = buyer_client.get(url("reduce_supply", supply.pk))
    buyer_client.post(url("reduce_supply", supply.pk), {"quantity": "10"})

    supply.refresh_from_db()
    assert (str(supply), "status", "planned", "cancelled") in shown.context["effects"].lines
    assert (supply.status, Supply.objects.orphans().count()) == ("cancelled", 0)


def test_orphan_is_reduced_in_part(buyer_client):
    supply = orphan()

    buyer_client.post(url("reduce_supply", supply.pk), {"quantity": "4"})

    supply.refresh_from_db()
    assert (supply.quantity, supply.free, Supply.objects.orphans().count()) == (6, 6, 1)


def test_planner_is_told_who_may_cancel_a_purchase(planner_client):
    supply = orphan()

    assertContains(planner_client.get(url("reduce_supply", supply.pk)), "for purchases a buyer, decides that")
    assert planner_client.post(url("reduce_supply", supply.pk), {"quantity": "10"}).status_code == 403


def test_ticked_orphans_are_kept_as_stock(planner_client):
    first, second, third = orphan(), orphan(), orphan()

    page = planner_client.post(url("keep_ticked"), {"rows": [first.pk, second.pk]}, follow=True)

    assertContains(page, "2 orphans are kept as stock.")
    assert list(Supply.objects.orphans()) == [third]


@pytest.mark.parametrize("rows", [[], ["x"], ["999999999"], ["9" * 30]])
def test_keeping_nothing_is_refused(planner_client, rows):
    assertContains(planner_client.post(url("keep_ticked"), {"rows": rows}), "Tick at least one", status_code=409)


def test_keeping_what_is_no_orphan_any_more_is_refused(planner_client):
    supply = SupplyFactory()

    assertContains(planner_client.post(url("keep_ticked"), {"rows": [supply.pk]}), "None of these", status_code=409)


def test_keeping_is_for_who_may_link_the_supply(buyer_client):
    supply = SupplyFactory(kind="production", orphaned_at=timezone.now())

    assert buyer_client.post(url("keep_ticked"), {"rows": [supply.pk]}).status_code == 403


def test_orphan_list_says_since_when_and_for_whom(planner_client):
    supply = orphan()

    page = planner_client.get(url("orphan_list"))

    assertContains(page, "Velo Nord")
    assertContains(page, url("hold_new", supply.pk))
    assertContains(page, url("reduce_supply", supply.pk))
