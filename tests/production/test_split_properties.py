"""Random splits and merges over two levels of orders and what is bought for them: no sum changes, and each preview is
what is saved.

The runs are the same each time; PEGBOARD_STEPS=2000 (or more) makes other and longer ones before a release.
"""

import contextlib
import os
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.exceptions import Refused
from linkage.models import Demand, OrderLink, Provenance, Supply
from linkage.operations import add_provenance, link
from linkage.preview import preview
from production import operations
from production.models import ProductionOrder
from purchasing import operations as buying
from purchasing.models import PurchaseOrderRow
from tests.factories import UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, stock
from tests.production.making import bought, made, order_of, promise
from tests.production.test_splitting import drift
from tests.purchasing.factories import purchase_row

pytestmark = pytest.mark.django_db
STEPS = int(os.environ.get("PEGBOARD_STEPS", "0"))
PROFILE = settings(
    max_examples=max(STEPS // 50, 6),
    derandomize=not STEPS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
picks = st.integers(0, 99)
cuts = st.lists(st.integers(1, 5), min_size=1, max_size=3)
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("split"), picks, cuts),
        st.tuples(st.just("merge"), picks, picks),
        st.tuples(st.just("split row"), picks, cuts),
        st.tuples(st.just("release"), picks, st.none()),
        st.tuples(st.just("finish"), picks, st.integers(1, 2)),
    ),
    min_size=4,
    max_size=8 if not STEPS else 30,
)


def world(by):
    """Two orders of a bike over orders of its frame; wheels from the shelf and from a purchase row, paint once each."""
    paint = bought("PAINT")
    frame = made("FRAME", (bought("TUBE"), 3), lead_time=2)
    bike = made("BIKE", (frame, 1), (bought("WHEEL"), 2), (paint, Decimal("0.5"), {"fixed_quantity": 2}), lead_time=2)
    warehouse = WarehouseFactory()
    orders = [order_of(bike, quantity, warehouse=warehouse, by=by) for quantity in (11, 7)]
    for order in orders:
        line = order.lines.get()
        for quantity in (5, 2):
            row = promise(line, quantity, by)
            add_provenance([(line.supply, row, Decimal(quantity))])
    wheels = list(Demand.objects.filter(part__number="WHEEL").order_by("pk"))
    shelf = stock(wheels[0].part, warehouse, 20)
    bought_row = purchase_row(part=wheels[0].part, warehouse=warehouse, quantity=30, sent=True, by=by)
    for demand, supply, quantity in ((wheels[0], shelf, 6), (wheels[0], bought_row.supply, 9), (wheels[1], shelf, 4)):
        link(demand=demand, supply=supply, quantity=Decimal(quantity), accept_warnings=True, by=by)
    for part in (paint, *(demand.part for demand in Demand.objects.filter(part__number="TUBE")[:1])):
        stock(part, warehouse, 200)


def sums():
    """Everything that splitting and merging must leave as it is, part by part and for everybody else."""
    ends = {"open": Sum("open"), "shelf": Sum("on_shelf"), "to_come": Sum("to_come")}
    open_links = OrderLink.objects.filter(open__gt=0).order_by()
    needed = {"open": Sum(F("quantity") - F("cancelled")), "done": Sum("done"), "linked": Sum("allocated")}
    return {
        "supplies": _by(Supply.objects.exclude(kind="stock").order_by(), "part", **needed),
        "demands": _by(Demand.objects.order_by(), "part", **needed),
        "links": _by(open_links, "part", **ends),
        "links of rows": _by(open_links.filter(demand__kind="sales"), "demand", **ends),
        "links of the shelf": _by(open_links.filter(supply__kind="stock"), "supply", **ends),
        "made for rows": _by(
            Provenance.objects.filter(demand__kind="sales").order_by(), "demand", made=Sum("quantity")
        ),
        "made": _by(Provenance.objects.order_by(), "supply__part", made=Sum("quantity")),
        "contract": open_links.filter(contract=True).aggregate(q=Sum("open"))["q"],
    }


def _by(rows, key, **sums):
    return {found.pop(key): found for found in rows.values(key).annotate(**sums)}


def state():
    """Positions and links as they are, by what people call them: rows of a preview have other ids."""
    supplies = Supply.objects.for_list()
    demands = Demand.objects.for_list()
    found = [(str(row), row.quantity, row.cancelled, row.due_date, row.status, row.free) for row in supplies]
    found += [(str(row), row.quantity, row.cancelled, row.need_date, row.status, row.uncovered) for row in demands]
    links = OrderLink.objects.with_ends()
    found += [(str(row), row.kind, row.quantity, row.received, row.released, row.open) for row in links]
    return sorted(found, key=repr)


def act(operation, **arguments):
    """A step that must keep all sums, and do what its preview showed; nothing where it is refused."""
    before = sums()
    try:
        seen = preview(lambda **facts: (operation(**facts), state())[1], **arguments).result
    except Refused:
        return
    operation(**arguments)
    assert seen == state()
    assert sums() == before
    assert drift() == []


def parts_of(whole, kept, listed, make):
    """The listed parts taken off as far as they go; what is left stays first."""
    taken, left = [], whole - kept
    for quantity in listed:
        if quantity <= left:
            taken.append(Decimal(quantity))
            left -= quantity
    return [make(quantity=kept + left), *(make(quantity=quantity) for quantity in taken)]


def split(pick, listed, by):
    orders = list(ProductionOrder.objects.open().order_by("pk"))
    line = orders[pick % len(orders)].lines.select_related("order", "supply__part__unit").get()
    kept = operations.kept_quantity(line)
    parts = parts_of(line.supply.quantity, kept, listed, operations.NewPart)
    act(operations.split_order, line=line, parts=parts, reason="Capacity", by=by)


def merge(one, other, by):
    orders = list(ProductionOrder.objects.open().order_by("lines__supply__part", "pk"))
    pair = [orders[one % len(orders)], orders[(one + 1 + other % 2) % len(orders)]]
    act(operations.merge_orders, orders=pair, by=by)


def split_row(pick, listed, by):
    rows = list(PurchaseOrderRow.objects.for_list().order_by("pk"))
    row = rows[pick % len(rows)]
    parts = parts_of(row.quantity, row.supply.done, listed, buying.NewPart)
    act(buying.split_row, row=row, parts=parts, by=by)


def release(pick, _, by):
    orders = list(ProductionOrder.objects.open().order_by("pk"))
    with contextlib.suppress(Refused):
        operations.release(order=orders[pick % len(orders)], by=by)


def finish(pick, quantity, by):
    orders = list(ProductionOrder.objects.open().order_by("pk"))
    with contextlib.suppress(Refused):
        line = orders[pick % len(orders)].lines.select_related("order", "supply").get()
        operations.finish(line=line, quantity=Decimal(quantity), effective_on=TODAY, by=by)


DEEDS = {"split": split, "merge": merge, "split row": split_row, "release": release, "finish": finish}


@PROFILE
@given(deeds)
def test_any_splits_and_merges_keep_every_sum_and_do_what_their_preview_showed(program):
    with transaction.atomic():
        by = UserFactory()
        world(by)
        for deed, *arguments in program:
            DEEDS[deed](*arguments, by)
        transaction.set_rollback(True)


def test_the_program_that_tries_everything_once():
    """Nothing here is refused, so that the random programs cannot pass by doing nothing."""
    by = UserFactory()
    world(by)

    split(0, [4, 3], by)
    merge(0, 0, by)
    split_row(0, [10, 5], by)

    assert ProductionOrder.objects.filter(document__number__contains="-1-").count() == 0
    assert ProductionOrder.objects.filter(status="cancelled").exists()
    assert PurchaseOrderRow.objects.count() == 3
