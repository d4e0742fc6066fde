"""The chain as it stood: replaying random operations, every step is found again as it was recorded."""

import random
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage import operations
from linkage.models import Demand, OrderLink, Supply
from linkage.operation import operation
from linkage.operations.positions import change_demand, change_supply
from linkage.queries import chain_of_demand, chain_of_document, chain_of_supply, coverage, users_of_supply, worklists
from linkage.queries.differences import differences
from production import operations as making
from production.operations.splitting import NewPart
from tests.factories import WarehouseFactory
from tests.linkage.factories import MadeSupplyFactory, SupplyFactory, component_of, demand_for, stock
from tests.production.making import bought, made, released

pytestmark = pytest.mark.django_db

# Everything that the page shows of a line.
TOLD = [
    *["demand_id", "demand_kind", "for_supply_id", "needed", "uncovered", "need_date", "demand_number", "demand_line"],
    *["link_id", "open", "received", "issued", "to_come"],
    *["supply_id", "due_date", "lead_time", "supply_status", "supply_number", "part_number"],
]


def told(lines):
    return [(line.level, line.repeated, *(getattr(line.edge, name) for name in TOLD)) for line in lines]


NEED = date(2026, 3, 20)


def clock():
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        return cursor.fetchone()[0]


@operation
def move_dates(*, demand, supply, days, by):
    """What the orders' own operations do with dates and quantities, without the orders."""
    change_demand(demand, need_date=demand.need_date + timedelta(days=days))
    change_supply(supply, due_date=supply.due_date - timedelta(days=days), quantity=supply.quantity + 1)


class World:
    """Two sales rows over orders that share a component's supply, with goods on the shelf."""

    def __init__(self, planner, chance):
        self.planner, self.chance, self.warehouse = planner, chance, WarehouseFactory()
        common = {"warehouse": self.warehouse, "quantity": 40}
        self.tops = [MadeSupplyFactory(**common) for _ in range(2)]
        self.tops[1].part = self.tops[0].part
        self.tops[1].save(update_fields=["part"])
        self.rows = [demand_for(self.tops[0], quantity=15) for _ in range(2)]
        self.tube = SupplyFactory(warehouse=self.warehouse, quantity=60)
        self.parts = [component_of(top, part=self.tube.part, quantity=20) for top in self.tops]
        stock(self.tube.part, self.warehouse, 12, by=planner)

    def demands(self):
        return list(Demand.objects.filter(pk__in=[row.pk for row in self.rows + self.parts]).order_by("pk"))

    def supplies(self):
        return list(Supply.objects.filter(warehouse=self.warehouse).order_by("pk"))

    def links(self):
        return list(OrderLink.objects.open().with_ends().order_by("pk"))

    def step(self):
        deed = self.chance.choice([self.link, self.link, self.cut, self.hand_over, self.receive, self.issue, self.move])
        try:
            deed()
        except (Refused, IndexError):
            return

    def link(self):
        demand = self.chance.choice([row for row in self.demands() if row.uncovered > 0])
        supply = self.chance.choice([row for row in self.supplies() if row.part_id == demand.part_id and row.free > 0])
        quantity = Decimal(self.chance.randint(1, int(min(demand.uncovered, supply.free))))
        operations.link(demand=demand, supply=supply, quantity=quantity, accept_warnings=True, by=self.planner)

    def cut(self):
        link = self.chance.choice(self.links())
        operations.disconnect(link=link, quantity=Decimal(self.chance.randint(1, int(link.open))), by=self.planner)

    def hand_over(self):
        link = self.chance.choice(self.links())
        takers = [row for row in self.demands() if row.part_id == link.part_id and row.pk != link.demand_id]
        taker = self.chance.choice([row for row in takers if row.uncovered > 0])
        quantity = min(link.open, taker.uncovered)
        operations.hand_over(link=link, demand=taker, quantity=quantity, by=self.planner)

    def receive(self):
        supply = self.chance.choice([row for row in self.supplies() if not row.is_stock and row.open > 0])
        quantity = Decimal(self.chance.randint(1, int(supply.open)))
        operations.receive(supply=supply, quantity=quantity, by=self.planner, effective_on=date(2026, 3, 2))

    def issue(self):
        link = self.chance.choice([link for link in self.links() if link.on_shelf > 0])
        operations.issue(demand=link.demand, quantity=link.on_shelf, by=self.planner, effective_on=date(2026, 3, 2))

    def move(self):
        demand, supply = self.chance.choice(self.demands()), self.chance.choice(self.supplies()[:2])
        move_dates(demand=demand, supply=supply, days=self.chance.randint(-3, 3), by=self.planner)

    def chains(self, at=None):
        down = [told(chain_of_demand(row, at=at)) for row in self.rows]
        made = [told(chain_of_supply(top, at=at)) for top in self.tops]
        orders = [told(chain_of_document(top.document, at=at)) for top in self.tops]
        return down, made, orders, told(users_of_supply([self.tube], at=at))


@pytest.mark.parametrize("seed", range(3))
def test_every_step_of_random_operations_is_found_again(planner, seed):
    world = World(planner, random.Random(seed))
    recorded = []
    for _ in range(20):
        world.step()
        recorded.append((clock(), world.chains()))

    assert [world.chains(at) for at, _ in recorded] == [chains for _, chains in recorded]
    assert len({str(chains) for _, chains in recorded}) > 10


@pytest.mark.parametrize("seed", range(2))
def test_the_late_list_and_the_sentences_agree_whatever_happens(planner, seed):
    world = World(planner, random.Random(seed))
    mine, late_days = {row.pk for row in world.rows}, set()
    operations.link(demand=world.rows[0], supply=world.tops[0], quantity=Decimal(9), by=planner)
    for _ in range(15):
        world.step()
        covers = coverage(Demand.objects.filter(pk__in=mine).for_list(), today=NEED)
        late = {pk: days for pk, days in worklists.late(today=NEED).items() if pk in mine}
        late_days |= set(late.values())
        assert late == {pk: cover.slack for pk, cover in covers.items() if cover.is_late}

    assert late_days


def test_an_order_that_was_split_since_stands_whole_then(planner):
    line = released(made("BIKE", (bought("TUBE"), 1)), 10, by=planner)
    before, then = told(chain_of_document(line.order.document)), clock()
    making.split_order(
        line=line, parts=[NewPart(quantity=Decimal(4)), NewPart(quantity=Decimal(6))], reason="capacity", by=planner
    )

    assert told(chain_of_document(line.order.document, at=then)) == before
    assert told(chain_of_document(line.order.document)) != before


@pytest.fixture
def past(planner):
    """A link of four that grew to six and got a companion since, and the time between."""
    supply = SupplyFactory(quantity=20, due_date=date(2030, 3, 18))
    demand = demand_for(supply, need_date=date(2030, 3, 20))
    link = operations.link(supply=supply, demand=demand, quantity=Decimal(4), by=planner)
    then = clock()
    operations.change_link(link=link, quantity=Decimal(6), by=planner)
    other = SupplyFactory(part=supply.part, warehouse=supply.warehouse, due_date=date(2030, 3, 19))
    operations.link(supply=other, demand=demand, quantity=Decimal(1), by=planner)
    return demand, supply, other, then


def page(demand, **asked):
    return f"{reverse('linkage:chain_demand', args=[demand.pk])}?{urlencode(asked)}"


def test_differences_are_added_removed_and_changed_lines(past, planner):
    demand, supply, other, then = past
    operations.disconnect(link=demand.links.get(supply=other), quantity=Decimal(1), by=planner)
    third = SupplyFactory(part=supply.part, warehouse=supply.warehouse)
    before_third = clock()
    operations.link(supply=third, demand=demand, quantity=Decimal(2), by=planner, accept_warnings=True)
    now = chain_of_demand(demand)

    since_then = differences(chain_of_demand(demand, at=then), now)
    since_third = differences(chain_of_demand(demand, at=before_third), now)
    backwards = differences(now, chain_of_demand(demand, at=before_third))

    assert [(each.what, each.line.supply_label, each.changes) for each in since_then] == [
        ("added", str(third), []),
        ("changed", str(supply), ["uncovered 6 → 2", "linked 4 → 6"]),
    ]
    assert [each.what for each in since_third] == ["added", "changed"]
    assert [each.line.supply_label for each in backwards if each.what == "removed"] == [str(third)]


def test_chain_page_shows_the_past_and_says_so(viewer_client, past):
    demand, _supply, other, then = past

    response = viewer_client.get(page(demand, at=then.isoformat()))

    [(_, _, tree, _, _), *_] = response.context["trees"]
    assert [(row.linked, row.uncovered) for row in tree.rows] == [("4.00", "6.00")]
    assertContains(response, "For looking only")
    assertContains(response, "Back to now")
    assert str(other) not in response.content.decode()


def test_chain_page_compares_then_and_now(viewer_client, past):
    demand, supply, other, then = past

    response = viewer_client.get(page(demand, at=then.isoformat(), compare="on"))

    found = [(each.what, each.line.supply_label) for each in response.context["differences"]]
    assert found == [("added", str(other)), ("changed", str(supply))]
    assertContains(response, "linked 4 → 6")


def test_before_anything_was_there_the_chain_is_empty(viewer_client, past):
    demand, *_ = past

    response = viewer_client.get(page(demand, at="2001-01-01"))

    assertContains(response, "Nothing hung on it then.")
    assert all(not tree.rows for _, _, tree, _, _ in response.context["trees"])


def test_a_date_alone_is_the_end_of_that_day(viewer_client, past):
    demand, *_ = past
    yesterday = timezone.localdate() - timedelta(days=1)

    at = viewer_client.get(page(demand, at=yesterday.isoformat())).context["at"]

    assert timezone.localtime(at).isoformat()[:19] == f"{yesterday}T23:59:59"


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("soon", "Enter a date and time such as 2026-03-18 14:30."),
        ("2026-02-30T10:00", "Enter a date and time such as 2026-03-18 14:30."),
        ("9999-12-31", "That time is still to come"),
        ("9999-12-31T23:59:59-23:59", ""),
        ("0001-01-01T00:00", "before any history"),
        ("0001-01-01T00:00+23:59", ""),
    ],
)
def test_a_time_that_is_none_says_so_beside_the_field(viewer_client, past, at, sentence):
    demand, *_ = past

    response = viewer_client.get(page(demand, at=at))

    assertContains(response, sentence, status_code=422)


@pytest.mark.parametrize("row_count", [1, 3])
def test_past_query_count_does_not_grow(viewer_client, planner, django_assert_num_queries, row_count):
    demand = demand_for(SupplyFactory(quantity=100), quantity=100)
    for _ in range(row_count):
        supply = SupplyFactory(part=demand.part, warehouse=demand.warehouse)
        operations.link(supply=supply, demand=demand, quantity=Decimal(2), by=planner)

    then = clock().isoformat()
    with django_assert_num_queries(12):  # as now: 9, with how sure supplies are; and the chain of now, to compare
        response = viewer_client.get(page(demand, at=then, compare="on"))

    assert len(response.context["trees"][0][2].rows) == row_count
