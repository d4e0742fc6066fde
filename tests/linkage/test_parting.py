"""Many links ended in one operation: a constant number of statements, and where what they held goes."""

from datetime import date
from decimal import Decimal

import pytest

from linkage import operations
from linkage.models import Hold, OrderLink, Tombstone
from linkage.operations.disconnecting import Goes
from tests.factories import PartnerFactory
from tests.linkage.factories import LinkFactory, SupplyFactory, demand_for

pytestmark = pytest.mark.django_db


def links(count, **facts):
    supply = SupplyFactory(quantity=1000)
    return [
        LinkFactory(supply=supply, demand=demand_for(supply, quantity=10), quantity=4, **facts) for _ in range(count)
    ]


def test_disconnect_links_ends_all_and_remembers_the_pairs(planner):
    several = links(3)

    ended = operations.disconnect_links(links=several, by=planner, reason="moved")

    told = list(OrderLink.objects.order_by("pk").values_list("open", "released", "reason"))
    assert told == [(0, 4, "moved")] * 3
    assert [link.pk for link in ended] == [link.pk for link in several]
    assert Tombstone.objects.count() == 3
    several[0].supply.refresh_from_db()
    assert several[0].supply.free == 1000


def test_disconnect_links_costs_the_same_whatever_their_number(planner, django_assert_max_num_queries):
    several = links(30)

    with django_assert_max_num_queries(40):
        operations.disconnect_links(links=several, by=planner)


def test_disconnect_links_leaves_what_was_ended_meanwhile(planner):
    first, second = links(2)
    operations.disconnect(link=first, by=planner)

    ended = operations.disconnect_links(links=[first, second], by=planner)

    assert [link.pk for link in ended] == [second.pk]


def test_disconnect_each_gives_to_other_demands_without_filling_one_twice(planner):
    supply = SupplyFactory(quantity=100)
    mine = [LinkFactory(supply=supply, demand=demand_for(supply, quantity=4), quantity=4) for _ in range(2)]
    taker = demand_for(supply, quantity=6)

    done, refused = operations.disconnect_each(links=mine, goes=Goes.TAKER, by=planner)

    given = OrderLink.objects.filter(demand=taker, open__gt=0)
    assert (len(done), refused) == (2, [])
    assert sum(link.open for link in given) == 6
    supply.refresh_from_db()
    assert supply.free == 94


def test_disconnect_each_keeps_for_a_customer(planner):
    customer = PartnerFactory()

    facts = {"partner": customer, "until": date(2030, 1, 1)}
    operations.disconnect_each(links=links(2), goes=Goes.HOLD, by=planner, **facts)

    assert [hold.partner for hold in Hold.objects.all()] == [customer, customer]


def test_disconnect_each_tells_what_refuses(planner):
    started = LinkFactory(supply=SupplyFactory(quantity=4, status="started"), quantity=4)

    done, refused = operations.disconnect_each(links=[started], goes=Goes.REDUCE, by=planner)

    assert (done, [link.pk for link, _why in refused]) == ([], [started.pk])
    assert OrderLink.objects.get(pk=started.pk).open == Decimal(4)
