"""W3: 100,000 sales rows wait for 30,000 purchase rows of 5,000 parts, a few of them wanted by very many."""

import random
from collections import defaultdict, deque
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from erp.demo.bench import shadow
from erp.demo.bench.loading import SEED, TODAY, analyze, copy_in, copy_rows, fetch, parts, reserve, world
from erp.demo.bench.measuring import Case, Side
from erp.register.models import Part
from linkage.models import Demand, DemandKind, Document, OrderLink, Status, Supply, SupplyKind
from linkage.models.positions import DocumentKind
from linkage.operations.auto_link import RULE, auto_link_all, parts_to_link

TABLE = OrderLink._meta.db_table
COLUMNS = ["supply_id", "demand_id", "part_id", "warehouse_id", "quantity"]
REST = {
    "received": 0,
    "issued": 0,
    "released": 0,
    "kind": "claimed",
    "contract": False,
    "rule": RULE,
    "reason": "",
}
WAITING = """
select d.id, d.part_id, d.warehouse_id, d.uncovered
from linkage_demand d join linkage_document h on h.id = d.document_id
where d.kind = 'sales' and d.firm and d.status in ('firm', 'started') and d.need_date is not null and d.uncovered > 0
order by coalesce(d.ordered_on, h.ordered_on), h.serial, d.position, d.id
"""
OFFERED = """
select s.id, s.part_id, s.warehouse_id, s.free from linkage_supply s join linkage_document h on h.id = s.document_id
where s.kind = 'purchase' and s.status in ('firm', 'started') and s.free > 0
order by s.due_date nulls last, h.serial, s.position, s.id
"""


def cases(size):
    base, chance = world(), random.Random(SEED)
    rows = max(round(100_000 * size), 100)
    small = max(rows // 4, 100)
    return [
        Case(
            workload="W3",
            name=f"{rows:,} demands",
            sides=lambda _: _round(base, chance, rows),
            targets={"limit": 3.5},
        ),
        Case(
            workload="W3",
            name=f"{rows:,} demands, the rows",
            sides=lambda _: _growth(base, chance, rows, small),
            targets={f"{small:,} demands": 6},
        ),
    ]


def _round(base, chance, rows):
    """Product and limit match the same rows: the limit runs first and leaves the ledger as it was."""
    build(base, chance, rows)
    shadow.make([TABLE])
    mark = fetch(f"select coalesce(max(id), 0) from {TABLE}")[0][0]
    return {
        "limit": Side(work=lambda: _limit(base), result=lambda _: _links(shadow.copy_of(TABLE), 0)),
        "product": Side(work=lambda: _product(base), result=lambda _: _links(TABLE, mark)),
    }


def _growth(base, chance, rows, small):
    build(base, chance, small)
    few = Side(work=lambda: _product(base))
    many = Side(ready=lambda: build(base, chance, rows), work=lambda: _product(base))
    return {f"{small:,} demands": few, "product": many}


def build(base, chance, rows):
    """Rows of new parts only: what an earlier round left over is not wanted by anybody."""
    count = max(rows // 20, 5)
    numbers = parts(base, count, prefix="LINK")
    # Every tenth part is wanted by half of all rows.
    weights = [10 if n % 10 == 0 else 1 for n in range(count)]
    orders = _documents(base, chance, DocumentKind.SALES, max(rows // 5, 1))
    sent = _documents(base, chance, DocumentKind.PURCHASE, max(rows // 15, 1))
    demands = (
        {
            "document_id": orders[n % len(orders)],
            "position": 10 * (1 + n // len(orders)),
            "part_id": part,
            "quantity": Decimal(chance.randint(1, 9)),
            "need_date": TODAY + timedelta(days=chance.randint(1, 90)),
        }
        for n, part in enumerate(chance.choices(numbers, weights, k=rows))
    )
    copy_in(Demand, demands, kind=DemandKind.SALES, warehouse_id=base.warehouse.pk)
    supplies = (
        {
            "document_id": sent[n % len(sent)],
            "position": 10 * (1 + n // len(sent)),
            "part_id": part,
            "quantity": Decimal(chance.randint(5, 25)),
            "due_date": TODAY + timedelta(days=chance.randint(1, 90)),
        }
        for n, part in enumerate(chance.choices(numbers, weights, k=round(0.3 * rows)))
    )
    copy_in(Supply, supplies, kind=SupplyKind.PURCHASE, warehouse_id=base.warehouse.pk, status=Status.FIRM)
    analyze(Part, Document, Demand, Supply, OrderLink)


def _documents(base, chance, kind, count):
    first = reserve(Document, 1)[0]
    rows = (
        {
            "number": f"{kind}-{first + n}",
            "serial": first + n,
            "ordered_on": TODAY - timedelta(days=chance.randint(0, 60)),
        }
        for n in range(count)
    )
    return copy_in(Document, rows, company_id=base.company.pk, kind=kind)


def _product(base):
    return list(auto_link_all(parts=[part.pk for part in parts_to_link()], by=base.user, command="bench"))


def _limit(base):
    """Read, match and write, in one transaction, all with the same keys and indexes but without guard and history."""
    constants = (*REST.values(), base.user.pk)
    with transaction.atomic():
        rows = ((*promise, *constants) for promise in _matched(fetch(WAITING), fetch(OFFERED)))
        copy_rows(shadow.copy_of(TABLE), [*COLUMNS, *REST, "created_by_id"], rows)


def _matched(waiting, offered):
    pools = defaultdict(deque)
    for supply, part, warehouse, free in offered:
        pools[part, warehouse].append([supply, free])
    for demand, part, warehouse, wanted in waiting:
        pool = pools.get((part, warehouse))
        while pool and wanted:
            supply, free = slot = pool[0]
            take = min(wanted, free)
            yield supply, demand, part, warehouse, take
            wanted -= take
            slot[1] -= take
            if not slot[1]:
                pool.popleft()


def _links(table, mark):
    """(links, checksum of who gets what from whom)"""
    return shadow.checksum(table, COLUMNS, above=mark)
