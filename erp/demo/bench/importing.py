"""IMPORT: rows of orders from a CSV file, staged line by line and loaded, ten rows an order.

Purchase orders become drafts, customer orders registered orders with their demands.
"""

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
from linkage.models import Demand, Document, Supply
from purchasing.models import PurchaseOrder, PurchaseOrderRow, SupplierTerm
from sales.models import CustomerLink, SalesOrder, SalesOrderRow

BOUGHT, SOLD = "purchase-orders", "customer-orders"
ORDER_ROWS = 10
# In the order of their keys; what the load writes besides the history and its own note of the file.
TABLES = {
    BOUGHT: [model._meta.db_table for model in (Document, Supply, PurchaseOrder, PurchaseOrderRow)],
    SOLD: [model._meta.db_table for model in (Document, Demand, SalesOrder, SalesOrderRow)],
}
_files = counter(1)


def cases(size):
    world = build()
    rows = max(round(5000 * size), 20)
    # A customer's row is priced as well, in Python, where a purchase row takes one term: hence the wider limits.
    files = {BOUGHT: (file_of, "", (10, 8)), SOLD: (customers_file_of, " of customers", (16, 12))}
    return [
        Case(
            workload="IMPORT",
            name=f"{rows:,} rows{whose} {what}",
            sides=lambda _, kind=kind, file=file, staged=staged: _beside_copy(
                world[0], kind, file(*world[1:], rows), staged=staged
            ),
            targets={"limit": limit},
        )
        for kind, (file, whose, limits) in files.items()
        for what, staged, limit in zip(("staged and loaded", "loaded"), (False, True), limits, strict=True)
    ]


def build():
    """Five hundred bought parts, twenty partners, each with terms and customer links for all parts of its own."""
    base = world()
    bought = parts(base, 500, prefix="BOUGHT")
    facts = {"is_supplier": True, "is_customer": True}
    numbers = [f"BENCH-{number}" for number in range(20)]
    suppliers = copy_in(Partner, ({"number": number, "name": number} for number in numbers), **facts)
    terms = (
        {"part_id": part, "supplier_id": suppliers[place % 20], "price": Decimal("2.5"), "unit_id": base.unit.pk}
        for place, part in enumerate(bought)
    )
    copy_in(SupplierTerm, terms, lead_time=5)
    links = (
        {"part_id": part, "customer_id": suppliers[place % 20], "price": Decimal("3.5"), "unit_id": base.unit.pk}
        for place, part in enumerate(bought)
    )
    copy_in(CustomerLink, links, currency="EUR")
    analyze(Part, Partner, SupplierTerm, CustomerLink)
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


def customers_file_of(sold, customers, rows):
    """As it is of suppliers; every second line leaves the price to the customer link."""
    name, due = next(_files), (TODAY + timedelta(days=400)).isoformat()
    lines = ["Customer;Customer's order number;Position;Part;Quantity;Desired date;Price"]
    for number in range(rows):
        order = number // ORDER_ROWS
        part = sold[(order % 20 + 20 * number) % len(sold)]
        price = "" if number % 2 else "3,5"
        facts = [customers[order % 20], f"PO-{name}-{order}", number, part, number % 90 + 1, due, price]
        lines.append(";".join(map(str, facts)))
    return "\n".join(lines).encode()


def _beside_copy(base, kind, data, *, staged):
    copy = CopyOf(TABLES[kind])
    ready = _stage(base, kind, data) if staged else None
    work = (lambda: load(staged=ready, by=base.user)) if staged else (lambda: _stage_and_load(base, kind, data))
    return {
        "product": Side(work=work, result=lambda _: copy.written()),
        "limit": Side(ready=copy.read, work=copy.write, result=lambda _: copy.copied()),
    }


def _stage(base, kind, data):
    file = read(data, kind=kinds()[kind])
    return stage(kind=kind, file_name="bench.csv", file=file, size=len(data), said=Habits(), by=base.user)


def _stage_and_load(base, kind, data):
    return load(staged=_stage(base, kind, data), by=base.user)
