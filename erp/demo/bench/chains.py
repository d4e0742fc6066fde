"""W4: the chain of one row among many links (100,000; a million with ``--size 10``), six deep."""

import time
from decimal import Decimal
from itertools import pairwise

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import NoReverseMatch, reverse

from erp.demo.bench.loading import TODAY, analyze, copy_in, fetch, parts, reserve, world
from erp.demo.bench.measuring import Case, DifferentWork, Side
from linkage.models import Demand, DemandKind, Document, OrderLink, Status, Supply, SupplyKind
from linkage.models.positions import DocumentKind
from linkage.queries import chain_of_demand, coverage
from linkage.queries.limits import EDGES
from linkage.queries.sql import named_rows

SMALL = (1, 2, 5, 11, 21, 33)  # 73 orders, six levels
PAGE = (1, 4, 15, 60, 320, 1600)
DIAMONDS = 25
ROWS = 50
A_NODE = 8e-6
LOOK_UP = "select supply_id, open from linkage_orderlink where demand_id = %s"
NEXT_LEVEL = """
select l.id, l.supply_id from linkage_demand d join linkage_orderlink l on l.demand_id = d.id
where d.for_supply_id = any(%s)
"""
ONE_STATEMENT = """
with recursive reach(supply_id) as (
  select supply_id from linkage_orderlink where demand_id = %(demand)s
  union
  select l.supply_id from reach r join linkage_demand d on d.for_supply_id = r.supply_id
    join linkage_orderlink l on l.demand_id = d.id)
select l.id from reach r join linkage_demand d on d.for_supply_id = r.supply_id
  join linkage_orderlink l on l.demand_id = d.id
union all select l.id from linkage_orderlink l where l.demand_id = %(demand)s
"""


def cases(size):
    """The chains among a tenth of the links are timed first: more links must not make them slower."""
    ledger = Ledger()
    links = round(100_000 * size)
    small, *others = [ledger.add(tree(SMALL)) for _ in range(ROWS)]
    ledger.fill(links // 10)
    among_few = _seconds(lambda: chain_of_demand(small))

    ladder_of_diamonds = ledger.add(ladder(DIAMONDS))
    wide = 7 if size >= 0.5 else 3
    large_tree = tree([wide**level for level in range(6)])
    large = ledger.add(large_tree)
    page = ledger.add(tree(PAGE))
    ledger.fill(links)
    analyze(Document, Demand, Supply, OrderLink)
    few = {"8 µs a node": A_NODE * sum(SMALL), f"2.5 x among {links // 10:,} links": 2.5 * among_few}
    yield from (
        _case(f"73 nodes among {links:,} links", small, targets={"one look-up": 8}, bounds=few),
        _case(f"{DIAMONDS} diamonds", ladder_of_diamonds, targets={"one look-up": 8}),
        _case(f"{len(large_tree):,} nodes", large, bounds={"8 µs a node": A_NODE * len(large_tree)}, repeat=1),
    )
    yield _sentences([small, *others])
    yield from _page(page)


def _sentences(demands):
    """Slack and the sentence of a page of rows, each with a chain of 73 nodes, beside its edges alone."""
    ids = [demand.pk for demand in demands]
    product = Side(work=lambda: [cover.slack for cover in coverage(demands, today=TODAY).values()], result=len)
    edges = Side(work=lambda: [edge.pk for edge in named_rows("Edge", EDGES, {"demands": ids})], result=lambda _: ROWS)
    return Case(
        workload="W4",
        name=f"coverage of {ROWS} rows of {sum(SMALL)} nodes",
        sides=lambda _: {"product": product, "their edges alone": edges},
    )


def _case(name, demand, *, repeat=20, **facts):
    def sides(_):
        links = {
            "product": lambda: [line.edge.link_id for line in chain_of_demand(demand) if line.edge.link_id],
            "one statement": lambda: [link for (link,) in fetch(ONE_STATEMENT, {"demand": demand.pk})],
            "a query a level": lambda: _level_by_level(demand),
        }
        look_up = Side(work=lambda: fetch(LOOK_UP, [demand.pk]), repeat=20)
        return {name: Side(work=work, result=set, repeat=repeat) for name, work in links.items()} | {
            "one look-up": look_up
        }

    return Case(workload="W4", name=name, sides=sides, **facts)


def _level_by_level(demand):
    found = fetch("select id, supply_id from linkage_orderlink where demand_id = %s", [demand.pk])
    links, seen = [link for link, _ in found], set()
    while below := {supply for _, supply in found} - seen:
        seen |= below
        found = fetch(NEXT_LEVEL, [list(below)])
        links += [link for link, _ in found]
    return links


def _page(demand):
    """The page as a person gets it, once there is one."""
    try:
        url = reverse("linkage:chain_demand", args=[demand.pk])
    except NoReverseMatch:
        return
    client = Client(SERVER_NAME="localhost")
    client.force_login(viewer(), backend="django.contrib.auth.backends.ModelBackend")
    yield Case(
        workload="W4",
        name=f"page of {sum(PAGE):,} nodes",
        sides=lambda _: {"product": Side(work=lambda: client.get(url), result=_shown)},
        bounds={"150 ms": 0.15},
    )


def viewer():
    user = world().user
    user.is_active = True
    user.save(update_fields=["is_active"])
    user.groups.add(Group.objects.get_or_create(name="viewer")[0])
    return user


def _shown(answer):
    if answer.status_code != 200:
        raise DifferentWork(f"W4: the page answers {answer.status_code}.")
    return True


def _seconds(work):
    """The best of some: what it takes when nobody disturbs."""
    best = []
    for _ in range(60):
        started = time.perf_counter()
        work()
        best.append(time.perf_counter() - started)
    return sorted(best)[len(best) // 2]


def tree(levels):
    """Edges (order above, order) of a tree with so many orders on each level; the first has nothing above."""
    edges, above, first = [(None, 0)], range(1), 1
    for count in levels[1:]:
        here = range(first, first + count)
        edges += [(above[n % len(above)], order) for n, order in enumerate(here)]
        above, first = here, first + count
    return edges


def ladder(stages):
    """Orders one below the other, each made from two that are both made from the next: 2 ** stages paths."""
    edges = [(None, 0)]
    for top, bottom in pairwise(range(0, 3 * stages + 1, 3)):
        edges += [(top, top + 1), (top, top + 2), (top + 1, bottom), (top + 2, bottom)]
    return edges


class Ledger:
    """Links by COPY, through the guard: an order is a supply, an edge a demand of the order above and a link."""

    def __init__(self):
        self.base = world()
        self.part = parts(self.base, 1, prefix="CHAIN", made=True)[0]
        self.ends = {"part_id": self.part, "warehouse_id": self.base.warehouse.pk}
        self.links = 0
        self.documents = {kind: self._document(kind) for kind in (DocumentKind.SALES, DocumentKind.PRODUCTION)}

    def _document(self, kind):
        first = reserve(Document, 1)[0]
        row = {"number": f"{kind}-{first}", "serial": first, "ordered_on": TODAY}
        return copy_in(Document, [row], company_id=self.base.company.pk, kind=kind)[0]

    def fill(self, links):
        """Small trees until there are so many links."""
        edges = tree(SMALL)
        while self.links < links:
            self._add(edges, times=max(min((links - self.links) // len(edges), 500), 1))

    def add(self, edges):
        """One chain; returns its sales row."""
        return Demand.objects.get(pk=self._add(edges, times=1)[0])

    def _add(self, edges, *, times):
        """The same chain so many times; returns the ids of the demands, edge by edge."""
        orders = 1 + max(order for _, order in edges)
        promised = [0] * orders
        for _, order in edges:
            promised[order] += 1
        made = (
            {"position": n + 1, "quantity": Decimal(count)} for _ in range(times) for n, count in enumerate(promised)
        )
        supplies = copy_in(
            Supply,
            made,
            document_id=self.documents[DocumentKind.PRODUCTION],
            kind=SupplyKind.PRODUCTION,
            status=Status.FIRM,
            due_date=TODAY,
            **self.ends,
        )
        demands = self._demands(edges, supplies, times, orders)
        pairs = (
            {"supply_id": supplies[chain * orders + order], "demand_id": demands[chain * len(edges) + n]}
            for chain in range(times)
            for n, (_, order) in enumerate(edges)
        )
        copy_in(OrderLink, pairs, quantity=Decimal(1), kind="bound", created_by_id=self.base.user.pk, **self.ends)
        self.links += times * len(edges)
        return demands

    def _demands(self, edges, supplies, times, orders):
        rows = (
            {
                "position": n + 1,
                "document_id": self.documents[DocumentKind.SALES if above is None else DocumentKind.PRODUCTION],
                "kind": DemandKind.SALES if above is None else DemandKind.COMPONENT,
                "for_supply_id": None if above is None else supplies[chain * orders + above],
            }
            for chain in range(times)
            for n, (above, _) in enumerate(edges)
        )
        return copy_in(Demand, rows, quantity=Decimal(1), need_date=TODAY, **self.ends)
