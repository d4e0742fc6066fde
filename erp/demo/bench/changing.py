"""W7: the preview of a quantity and date change over a tree of 2,000 orders, ten levels, beside its save."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

from django.db.models import Sum

from erp.demo.bench.chains import tree
from erp.demo.bench.loading import TODAY, analyze, copy_in, parts, world
from erp.demo.bench.measuring import Case, Side
from erp.register.models import Part, Partner
from linkage.changes import Decisions
from linkage.changes.report import report_of
from linkage.models import Demand, Document, OrderLink, Supply
from linkage.preview import preview
from production.models import Bom, BomRow, Component, ProductionOrder, ProductionOrderLine
from sales.models import SalesOrderRow
from sales.operations import NewRow, change_row, create_order, create_production_orders
from sales.statuses import REGISTERED

WIDTHS = (1, 2, 5, 12, 30, 80, 190, 380, 600, 700)  # 2,000 orders, ten levels
MOST = 1.5


def cases(size):
    widths = [max(round(width * size), 1) for width in WIDTHS]
    row, base = build(widths)
    numbers = count(11)
    return [
        Case(
            workload="W7",
            name=f"{sum(widths):,} orders, {len(widths)} levels",
            sides=lambda _: _sides(row, base.user, next(numbers)),
            targets={"the save": MOST},
            bounds={"1 s": 1.0},
        )
    ]


def _sides(row, by, quantity):
    """Another quantity and date each time; the preview must show the sums that the save then leaves."""
    changes = {"quantity": Decimal(quantity), "delivery_date": TODAY + timedelta(days=100 + 7 * (quantity % 5))}

    def look():
        decisions = Decisions(trial=True)
        shown = preview(change_row, row=_now(row), decisions=decisions, by=by, **changes)
        return shown, report_of(decisions.plan, shown, by=by)

    def save():
        return change_row(row=_now(row), decisions=Decisions(), by=by, **changes)

    return {
        "product": Side(work=look, result=lambda seen: sum(c.after["quantity"] for c in seen[0].of("supply"))),
        "the save": Side(work=save, result=lambda _: _total()),
    }


def _now(row):
    return SalesOrderRow.objects.for_list().get(pk=row.pk)


def _total():
    return Supply.objects.filter(part__number__startswith="W7-").aggregate(total=Sum("quantity"))["total"]


def build(widths):
    """A part for each order, made of those below it, and a sales row with its tree of planned orders."""
    base = world()
    edges = tree(widths)
    made, [bought] = parts(base, sum(widths), prefix="W7", made=True), parts(base, 1, prefix="W7B")
    boms = copy_in(Bom, ({"part_id": part} for part in made))
    above = {parent for parent, _ in edges}
    rows = [(parent, made[part]) for parent, part in edges if parent is not None]
    rows += [(part, bought) for _, part in edges if part not in above]
    copy_in(
        BomRow,
        (
            {"bom_id": boms[parent], "position": 10 * (n + 1), "component_id": part, "quantity_per": Decimal(1)}
            for n, (parent, part) in enumerate(rows)
        ),
    )
    [customer] = copy_in(Partner, [{"number": f"W7-{made[0]}", "name": "Bench"}], is_customer=True)
    order = create_order(
        customer=Partner.objects.get(pk=customer),
        warehouse=base.warehouse,
        ordered_on=TODAY,
        status=REGISTERED,
        rows=[NewRow(part=_part(made[0]), quantity=Decimal(10), delivery_date=TODAY + timedelta(days=90))],
        by=base.user,
    )
    row = SalesOrderRow.objects.for_list().get(order=order)
    create_production_orders(rows=[row], by=base.user)
    analyze(Document, Demand, Supply, OrderLink, Component, ProductionOrder, ProductionOrderLine)
    return row, base


def _part(pk):
    return Part.objects.select_related("unit").get(pk=pk)
