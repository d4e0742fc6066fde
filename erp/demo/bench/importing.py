"""IMPORT: rows of purchase orders from a CSV file, staged line by line and loaded as drafts, ten rows an order."""

from datetime import timedelta
from decimal import Decimal
from itertools import count as counter

from erp.demo.bench.copied import CopyOf
from erp.demo.bench.loading import TODAY, analyze, copy_in, parts, world
from erp.demo.bench.measuring import Case, Side
from erp.register.models import Part, Partner
from erp.staging.kinds import kinds
from erp.staging.operations import load, stage
from erp.staging.reading.values import Habits
from erp.staging.uploads import read
from linkage.models import Document, Supply
from purchasing.models import PurchaseOrder, PurchaseOrderRow, SupplierTerm

KIND = "purchase-orders"
ORDER_ROWS = 10
# In the order of their keys; what the load writes besides the history and its own note of the file.
TABLES = [model._meta.db_table for model in (Document, Supply, PurchaseOrder, PurchaseOrderRow)]
_files = counter(1)


def cases(size):
    base, bought, suppliers = build()
    rows = max(round(5000 * size), 20)
    return [
        Case(
            workload="IMPORT",
            name=f"{rows:,} rows staged and loaded",
            sides=lambda _: _beside_copy(base, file_of(bought, suppliers, rows), staged=False),
            targets={"limit": 10},
        ),
        Case(
            workload="IMPORT",
            name=f"{rows:,} rows loaded",
            sides=lambda _: _beside_copy(base, file_of(bought, suppliers, rows), staged=True),
            targets={"limit": 8},
        ),
    ]


def build():
    """Five hundred bought parts, twenty suppliers, each with terms for all parts of its own."""
    base = world()
    bought = parts(base, 500, prefix="BOUGHT")
    facts = {"is_supplier": True, "is_customer": False}
    numbers = [f"BENCH-{number}" for number in range(20)]
    suppliers = copy_in(Partner, ({"number": number, "name": number} for number in numbers), **facts)
    terms = (
        {"part_id": part, "supplier_id": suppliers[place % 20], "price": Decimal("2.5"), "unit_id": base.unit.pk}
        for place, part in enumerate(bought)
    )
    copy_in(SupplierTerm, terms, lead_time=5)
    analyze(Part, Partner, SupplierTerm)
    names = dict(Part.objects.filter(pk__in=bought).values_list("pk", "number"))
    return base, [names[part] for part in bought], numbers


def file_of(bought, suppliers, rows):
    """A CSV file with references that no other has."""
    name, due = next(_files), (TODAY + timedelta(days=400)).isoformat()
    lines = ["Supplier;Reference;Part;Quantity;Due;Price"]
    for number in range(rows):
        order = number // ORDER_ROWS
        part = bought[(order % 20 + 20 * number) % len(bought)]
        lines.append(f"{suppliers[order % 20]};R-{name}-{order};{part};{number % 90 + 1};{due};{number % 7 + 1},25")
    return "\n".join(lines).encode()


def _beside_copy(base, data, *, staged):
    copy = CopyOf(TABLES)
    ready = _stage(base, data) if staged else None
    work = (lambda: load(staged=ready, by=base.user)) if staged else (lambda: _stage_and_load(base, data))
    return {
        "product": Side(work=work, result=lambda _: copy.written()),
        "limit": Side(ready=copy.read, work=copy.write, result=lambda _: copy.copied()),
    }


def _stage(base, data):
    file = read(data, kind=kinds()[KIND])
    return stage(kind=KIND, file_name="bench.csv", file=file, size=len(data), said=Habits(), by=base.user)


def _stage_and_load(base, data):
    return load(staged=_stage(base, data), by=base.user)
