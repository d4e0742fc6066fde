"""RECEIVE and CONFIRM: a file of 1,000 rows of sent purchase orders, as loaded; beside it the same by bare statements.

Ten rows an order, each promised in part to one demand. The bare statements write the same movements, links, supplies,
rows and orders under the same guard and history, and know nothing of locks, checks, tolerances or files.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import count as counter

from django.db import connection, transaction
from django.db.models import F

from erp.demo.bench.loading import TODAY, analyze, copy_in, execute, fetch, parts, reserve, world
from erp.demo.bench.measuring import Case, Side
from erp.register.models import Part, Partner
from erp.staging.kinds import kinds
from erp.staging.operations import load, stage
from erp.staging.reading.values import Habits
from erp.staging.uploads import read
from linkage.models import Demand, DemandKind, Document, OrderLink, Status, StockMovement, Supply, SupplyKind
from linkage.models.positions import DocumentKind
from linkage.operations import balances
from purchasing.models import PurchaseOrder, PurchaseOrderRow
from purchasing.operations import confirm, receive
from purchasing.statuses import PurchaseStatus

ORDER_ROWS, QUANTITY, PROMISED = 10, Decimal(100), Decimal(60)
LATER = TODAY + timedelta(days=40)
PARTS, TIMES_THE_LIMIT, ONE_BY_ONE = 500, 12, "one by one"
_files = counter(1)
GOODS = """
insert into linkage_stockmovement
  (kind, part_id, quantity, supply_id, to_stock_id, link_id, effective_on, reason, reference, created_by_id)
select 'receipt', s.part_id, case when n.linked then l.to_come else s.quantity - l.to_come end, s.id, b.id,
  case when n.linked then l.id end, %(day)s, '', %(note)s, %(by)s
from linkage_supply s join linkage_orderlink l on l.supply_id = s.id
join linkage_supply b on b.part_id = s.part_id and b.warehouse_id = s.warehouse_id and b.kind = 'stock'
cross join (values (true), (false)) n(linked) where s.id = any(%(supplies)s)
"""
LINKS = """
update linkage_orderlink l set received = l.quantity, stock_id = b.id from linkage_supply b
where l.supply_id = any(%s) and b.part_id = l.part_id and b.warehouse_id = l.warehouse_id and b.kind = 'stock'
"""
AGREED = """
update purchasing_purchaseorderrow set agreed_quantity = quantity, agreed_on = %s, confirmed_on = %s,
  agreed_price = price, agreed_discount = discount where supply_id = any(%s)
"""


def receipts(size):
    return [_case("RECEIVE", "receipts", size, _receive)]


def confirmations(size):
    return [_case("CONFIRM", "confirmed rows", size, _confirm)]


def _case(workload, what, size, sides):
    base, rows = world(), max(round(1000 * size), ORDER_ROWS)
    bought = parts(base, PARTS, prefix="COMES")
    made = lambda: [sent(base, bought, count) for count in (rows, rows, ORDER_ROWS)]  # noqa: E731 - fresh every time
    return Case(
        workload=workload,
        name=f"{rows:,} {what} loaded",
        sides=lambda _: sides(base, *made()),
        targets={"limit": TIMES_THE_LIMIT, ONE_BY_ONE: 0.2},
    )


def _receive(base, ours, bare, alone):
    file = _staged(base, "receipts", _received(ours))
    day = {"effective_on": TODAY, "by": base.user}
    return {
        "product": Side(work=lambda: load(staged=file, by=base.user), result=lambda _: _standing(ours)),
        "limit": Side(work=lambda: _bare_receipts(base, bare), result=lambda _: _standing(bare)),
        ONE_BY_ONE: Side(
            work=lambda: [receive(row=row, quantity=QUANTITY, reference="DN", **day) for row in alone],
            scale=len(ours) / len(alone),
        ),
    }


def _confirm(base, ours, bare, alone):
    file = _staged(base, "confirmations", _confirmed(ours))
    return {
        "product": Side(work=lambda: load(staged=file, by=base.user), result=lambda _: _dated(ours)),
        "limit": Side(work=lambda: _bare_confirmations(bare), result=lambda _: _dated(bare)),
        ONE_BY_ONE: Side(
            work=lambda: [_confirm_one(base, row) for row in alone],
            scale=len(ours) / len(alone),
        ),
    }


def _confirm_one(base, row):
    waiting = list(row.order.rows.exclude(pk=row.pk).values_list("pk", flat=True))
    confirm(order=row.order, dates={row.pk: LATER}, waiting=waiting, by=base.user)


def _received(rows):
    note = next(_files)
    lines = [f"{row};{QUANTITY};DN-{note};{TODAY.isoformat()}" for row in rows]
    return "\n".join(["Row;Quantity;Delivery note;Received", *lines])


def _confirmed(rows):
    reference = next(_files)
    lines = [f"{row};{LATER.isoformat()};AB-{reference}" for row in rows]
    return "\n".join(["Row;Confirmed date;Supplier's reference", *lines])


def _staged(base, kind, text):
    data = text.encode()
    file = read(data, kind=kinds()[kind])
    return stage(kind=kind, file_name="bench.csv", file=file, size=len(data), said=Habits(), by=base.user)


def _bare_receipts(base, rows):
    supplies, orders = _ids(rows)
    with transaction.atomic():
        execute(GOODS, {"day": TODAY, "note": "DN", "by": base.user.pk, "supplies": supplies})
        execute(LINKS, [supplies])
        connection.check_constraints()
        Supply.objects.filter(pk__in=supplies).update(status=Status.CLOSED)
        PurchaseOrder.objects.filter(pk__in=orders).update(status=PurchaseStatus.RECEIVED)


def _bare_confirmations(rows):
    supplies, orders = _ids(rows)
    with transaction.atomic():
        Supply.objects.filter(pk__in=supplies).update(due_date=LATER)
        execute(AGREED, [LATER, LATER, supplies])
        confirmed = {"status": PurchaseStatus.CONFIRMED, "confirmed_at": F("sent_at"), "supplier_reference": "AB"}
        PurchaseOrder.objects.filter(pk__in=orders).update(**confirmed)


def _ids(rows):
    return [row.supply_id for row in rows], list({row.order_id for row in rows})


def _standing(rows):
    """What has come, what lies for whom, and how far rows and orders are."""
    supplies, orders = _ids(rows)
    came = "select status, count(*), sum(done), sum(allocated) from linkage_supply where id = any(%s) group by 1"
    lies = "select count(*), sum(received), sum(on_shelf) from linkage_orderlink where supply_id = any(%s)"
    moved = "select count(*), sum(quantity) from linkage_stockmovement where supply_id = any(%s)"
    return [*(fetch(question, [supplies]) for question in (came, lies, moved)), _statuses(orders)]


def _dated(rows):
    supplies, orders = _ids(rows)
    dated = """
    select s.due_date, r.confirmed_on, r.agreed_on, count(*), sum(r.agreed_quantity) from linkage_supply s
    join purchasing_purchaseorderrow r on r.supply_id = s.id where s.id = any(%s) group by 1, 2, 3
    """
    return [fetch(dated, [supplies]), _statuses(orders)]


def _statuses(orders):
    return fetch("select status, count(*) from purchasing_purchaseorder where id = any(%s) group by 1", [orders])


def sent(base, bought, count):
    """So many rows of sent orders, ten each, with a demand that each is promised to in part."""
    documents = _documents(base, DocumentKind.PURCHASE, -(-count // ORDER_ROWS))
    place = {"warehouse_id": base.warehouse.pk}
    at = [
        {"document_id": documents[n // ORDER_ROWS], "position": 10 * (1 + n % ORDER_ROWS), "part_id": bought[n % PARTS]}
        for n in range(count)
    ]
    due = TODAY + timedelta(days=30)
    facts = {"kind": SupplyKind.PURCHASE, "quantity": QUANTITY, "due_date": due, "status": Status.FIRM}
    supplies = copy_in(Supply, at, **facts, **place)
    orders = copy_in(
        PurchaseOrder, ({"document_id": pk} for pk in documents), status=PurchaseStatus.SENT, sent_at=f"{TODAY} 08:00Z"
    )
    agreed = {"agreed_quantity": QUANTITY, "agreed_on": due, "agreed_price": 0, "agreed_discount": 0}
    rows = (
        {"order_id": orders[n // ORDER_ROWS], "position": at[n]["position"], "supply_id": supply}
        for n, supply in enumerate(supplies)
    )
    wanted = {"quantity": QUANTITY, "wanted_quantity": QUANTITY, "wanted_on": due}
    made = copy_in(PurchaseOrderRow, rows, unit_id=base.unit.pk, **wanted, **agreed)
    _promise(base, at, supplies)
    balances([(row["part_id"], base.warehouse.pk) for row in at])
    analyze(Document, Supply, Demand, OrderLink, PurchaseOrder, PurchaseOrderRow, StockMovement, Part, Partner)
    return list(PurchaseOrderRow.objects.for_list().filter(pk__in=made).order_by("pk"))


def _promise(base, at, supplies):
    place = {"warehouse_id": base.warehouse.pk, "quantity": PROMISED}
    [customer] = _documents(base, DocumentKind.SALES, 1)
    needs = ({"position": 10 * (n + 1), "part_id": row["part_id"]} for n, row in enumerate(at))
    need = {"kind": DemandKind.SALES, "need_date": TODAY + timedelta(days=60)}
    demands = copy_in(Demand, needs, document_id=customer, **need, **place)
    links = (
        {"supply_id": supply, "demand_id": demand, "part_id": row["part_id"]}
        for row, supply, demand in zip(at, supplies, demands, strict=True)
    )
    copy_in(OrderLink, links, kind="claimed", created_by_id=base.user.pk, **place)


def _documents(base, kind, count):
    first = reserve(Document, 1)[0]
    numbers = ({"number": f"B{first + n}", "serial": first + n} for n in range(count))
    partner = Partner.objects.get_or_create(number="BENCH-R", defaults={"name": "Bench", "is_supplier": True})[0]
    return copy_in(Document, numbers, company_id=base.company.pk, kind=kind, ordered_on=TODAY, partner_id=partner.pk)
