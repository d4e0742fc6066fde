"""A whole file of receipts at once is what its lines are one by one, and says of every bad line why it is."""

from datetime import date
from decimal import Decimal

import pytest

from erp.exceptions import LinesRefused
from linkage.models import OrderLink, StockMovement
from linkage.operations import link
from linkage.operations.stock import balances
from purchasing import operations
from purchasing.models import Reject
from purchasing.operations import Arriving, Rejected
from tests.factories import PartFactory, SupplierFactory, WarehouseFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import (
    SupplierTermFactory,
    again,
    component_for,
    demand_of,
    purchase_order,
    purchase_row,
)

pytestmark = pytest.mark.django_db


def arriving(row, quantity, **facts):
    return Arriving(row=row, quantity=Decimal(quantity), effective_on=TODAY, **facts)


def rejected(quantity, **facts):
    return Rejected(Decimal(quantity), "damaged", **facts)


def promise(row, quantity, by, *, day=1, component=False, **options):
    need = date(2026, 4, day)
    made_for = component_for(row, quantity=quantity) if component else demand_of(row, quantity=quantity, need_date=need)
    facts = {"supply": row.supply, "quantity": Decimal(quantity), "by": by, "accept_warnings": True}
    return link(demand=made_for, **facts, **options)


def build(by):
    """Two sent orders: links of all sorts, tolerances, a part that two rows share; rows in the order of the file."""
    warehouse, supplier = WarehouseFactory(), SupplierFactory()
    shared, loose = PartFactory(), PartFactory()
    SupplierTermFactory(part=loose, supplier=supplier, over_tolerance=10, under_tolerance=5)
    orders = [purchase_order(company=warehouse.company, supplier=supplier, by=by) for _ in range(3)]
    parts = [shared, shared, loose, loose, PartFactory(), PartFactory()]
    made = [
        purchase_row(order=orders[place // 4], part=part, warehouse=warehouse, by=by)
        for place, part in enumerate(parts)
    ]
    made.append(purchase_row(order=orders[2], part=PartFactory(), warehouse=warehouse, by=by))
    for order in orders:
        operations.send(order=order, by=by)
    rows = [again(row) for row in made]
    promise(rows[0], 30, by, day=9)
    promise(rows[0], 30, by, day=2)
    promise(rows[0], 30, by, day=20, kind="bound")
    promise(rows[2], 60, by)
    promise(rows[3], 97, by, component=True, kind="bound", contract=True)
    promise(rows[4], 40, by, day=3)
    promise(rows[4], 40, by, day=7)
    promise(rows[5], 50, by)
    return rows


def lines_of(rows):
    """Part, rest and end of rows; policies, shares; over and under tolerance; rejects owed and not; a row twice."""
    shares = {pk: Decimal(10) for pk in OrderLink.objects.filter(supply=rows[4].supply).values_list("pk", flat=True)}
    return [
        arriving(rows[0], 40, reference="DN-1", policy="equal"),
        arriving(rows[1], 100, reference="DN-1"),
        arriving(rows[0], 35, reference="DN-2", policy="priority", reason="late"),
        arriving(rows[2], 108, reference="DN-1"),
        arriving(rows[3], 95, reference="DN-1", final=True),
        arriving(rows[4], 30, reference="DN-1", shares=shares),
        arriving(rows[4], 0, reference="DN-2", rejected=rejected(20, owed=False)),
        arriving(rows[4], 20, reference="DN-3", rejected=rejected(5, note="wet")),
        arriving(rows[5], 10, reference="DN-1", final=True, reason="the rest is lost"),
        arriving(rows[6], 0, reference="DN-1", rejected=rejected(100, owed=False)),
    ]


def outcome(rows):
    """All that receipts leave behind, with the numbers that differ from one world to the other left out."""
    rows = [again(row) for row in rows]
    ids = [row.supply_id for row in rows]
    names = {number: f"order {place}" for place, number in enumerate(dict.fromkeys(str(row.order) for row in rows))}

    def plainly(text):
        for number, name in names.items():
            text = text.replace(number, name)
        return text

    shelves = balances([(row.supply.part_id, row.supply.warehouse_id) for row in rows])
    links = OrderLink.objects.filter(supply__in=ids).order_by("pk")
    places = {pk: place for place, pk in enumerate(links.values_list("pk", flat=True))}
    moved = StockMovement.objects.filter(supply__in=ids).order_by("supply__document", "supply__position", "pk")
    kept = Reject.objects.filter(row__in=rows).order_by("row__supply", "pk")
    return {
        "orders": [row.order.status for row in rows],
        "rows": [(row.quantity, row.short_closed, plainly(row.short_closed_reason)) for row in rows],
        "supplies": [
            (s.done, s.cancelled, s.allocated, s.free, s.status, s.over_tolerance) for s in (row.supply for row in rows)
        ],
        "links": [
            (one.quantity, one.received, one.issued, one.released, plainly(one.reason), one.stock_id is None)
            for one in links
        ],
        "movements": [
            (one.kind, one.quantity, one.reference, one.reason, places.get(one.link_id), one.to_stock_id is None)
            for one in moved
        ],
        "rejects": [(one.quantity, one.given_up, one.owed, one.note, one.reference) for one in kept],
        "stock": [(shelf.quantity, shelf.allocated) for _, shelf in sorted(shelves.items())],
    }


def test_receive_all_leaves_what_its_lines_leave_one_by_one(buyer):
    apart, together = build(buyer), build(buyer)

    for line in lines_of(apart):
        operations.receive_delivery(lines=[line], by=buyer)
    operations.receive_all(lines=lines_of(together), by=buyer)

    assert outcome(together) == outcome(apart)
    ended = ["started", "closed", "closed", "closed", "started", "closed", "cancelled"]
    assert [again(row).supply.status for row in together] == ended


def test_receive_all_names_every_line_that_is_refused_and_posts_nothing(warehouse_keeper, buyer):
    rows = build(buyer)
    lines = [
        arriving(rows[0], 100),
        arriving(rows[0], 1),
        arriving(rows[1], 101),
        arriving(rows[2], "0.5"),
        arriving(rows[3], 90, final=True),
        arriving(rows[5], 0),
        arriving(rows[6], 10, seen={0: Decimal(7)}),
    ]

    with pytest.raises(LinesRefused) as refused:
        operations.receive_all(lines=lines, by=warehouse_keeper)

    assert [(place, str(refusal)) for place, refusal in refused.value.refusals] == [
        (1, f"{rows[0]} is closed."),
        (
            2,
            f"1 {rows[1].supply.part.unit} more than ordered on {rows[1]}; 0 % are allowed. "
            "A buyer can approve it with a reason.",
        ),
        (3, "0.5 pcs has too many decimals: pcs allows whole numbers only."),
        (
            4,
            f"{rows[3]} is contract-linked to {demand_words(rows[3])}. "
            "Confirm that these links are cut, or disconnect them.",
        ),
        (5, "Enter a quantity above 0."),
        (6, f"{rows[6]} has moved since this was shown: free 100 now, 7 shown. Look again before you post."),
    ]
    assert not StockMovement.objects.exists()


def demand_words(row):
    one = OrderLink.objects.with_ends().get(supply=row.supply)
    return f"{one.demand} (7 {row.supply.part.unit})"


@pytest.mark.parametrize("count", [1, 3])
def test_receive_all_takes_as_many_statements_whatever_the_number_of_rows(buyer, count, django_assert_num_queries):
    warehouse = WarehouseFactory()
    order = purchase_order(company=warehouse.company, by=buyer)
    rows = [purchase_row(order=order, warehouse=warehouse, by=buyer) for _ in range(count)]
    operations.send(order=order, by=buyer)
    for row in rows:
        promise(row, 30, buyer)

    with django_assert_num_queries(26):
        operations.receive_all(lines=[arriving(row, 100) for row in rows], by=buyer)
