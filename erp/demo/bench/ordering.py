"""W2: sales rows that wait, to linked production orders with six components each, committed."""

import random
from datetime import timedelta
from decimal import Decimal

from erp.demo.bench import shadow
from erp.demo.bench.copied import CopyOf
from erp.demo.bench.loading import SEED, TODAY, analyze, copy_in, execute, parts, reserve, world
from erp.demo.bench.measuring import Case, Side
from erp.register.models import Part
from linkage.models import Demand, DemandKind, Document, OrderLink, Provenance, Supply
from linkage.models.positions import DocumentKind
from production.models import Bom, BomRow, Component, ProductionOrder, ProductionOrderLine
from production.operations import create_orders_for

COMPONENTS = 6
# In the order of their keys; every row that the operation writes besides the history.
WRITTEN = [Document, Supply, ProductionOrder, ProductionOrderLine, Demand, Component, OrderLink, Provenance]
TABLES = [model._meta.db_table for model in WRITTEN]


def cases(size):
    base, made = build()
    few, many = max(round(1000 * size), 2), max(round(10_000 * size), 20)
    waiting = lambda count: wait_for(base, made, count)  # noqa: E731 - fresh rows every time
    return [
        Case(
            workload="W2",
            name=f"{few:,} linked orders",
            sides=lambda _: _beside_copy(base, waiting(few)),
            targets={"limit": 5},
        ),
        Case(
            workload="W2",
            name=f"{many:,} linked orders",
            sides=lambda _: _more(base, waiting(many), waiting(few)),
            targets={f"{few:,} orders, {many // few} times": 1.3},
        ),
    ]


def build():
    """Fifty made parts of six bought ones each."""
    chance, base = random.Random(SEED), world()
    made, bought = parts(base, 50, prefix="MADE", made=True), parts(base, 300, prefix="BOUGHT")
    boms = copy_in(Bom, ({"part_id": part} for part in made))
    rows = (
        {"bom_id": bom, "position": 10 * position, "component_id": component, "quantity_per": Decimal(position)}
        for bom in boms
        for position, component in enumerate(chance.sample(bought, COMPONENTS), start=1)
    )
    copy_in(BomRow, rows)
    analyze(Part, Bom, BomRow)
    return base, made


def wait_for(base, made, count):
    """So many sales rows, one an order, that nothing is promised to."""
    first = reserve(Document, 1)[0]
    numbers = ({"number": f"S-{first + n}", "serial": first + n} for n in range(count))
    facts = {"company_id": base.company.pk, "kind": DocumentKind.SALES, "ordered_on": TODAY}
    documents = copy_in(Document, numbers, **facts)
    rows = (
        {
            "document_id": document,
            "part_id": made[n % len(made)],
            "quantity": Decimal(1 + n % 9),
            "need_date": TODAY + timedelta(days=20 + n % 60),
        }
        for n, document in enumerate(documents)
    )
    demands = copy_in(Demand, rows, position=10, kind=DemandKind.SALES, warehouse_id=base.warehouse.pk)
    analyze(Document, Demand)
    return list(Demand.objects.filter(pk__in=demands).order_by("pk"))


def _beside_copy(base, demands):
    """The limit copies what the product has just written."""
    copy = CopyOf(TABLES)
    return {
        "product": Side(work=lambda: _order(base, demands), result=lambda _: copy.written()),
        "limit": Side(ready=lambda: _ready(copy), work=copy.write, result=lambda _: copy.copied()),
    }


def _ready(copy):
    """Sales rows and their documents are there already: the keys of the new rows point at them."""
    copy.read()
    for table in ("linkage_document", "linkage_demand"):
        columns = ", ".join(copy.columns[table])
        execute(f"insert into {shadow.copy_of(table)} ({columns}) select {columns} from {table} where kind = 'sales'")


def _order(base, demands):
    return create_orders_for(demands=demands, by=base.user, business_date=TODAY)


def _more(base, many, few):
    times = len(many) // len(few)
    return {
        "product": Side(work=lambda: _order(base, many)),
        f"{len(few):,} orders, {times} times": Side(work=lambda: _order(base, few), scale=times),
    }
