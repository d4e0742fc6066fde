"""Purchase orders made for demands: one row per demand, grouped by supplier, linked where the part asks for it."""

from collections import defaultdict

from django.db.models import Max

from erp.register.models import Company, Partner
from linkage.locks import lock_ids
from linkage.models import OrderLink, Status, Supply, SupplyKind
from linkage.models.links import LinkKind
from linkage.models.positions import DocumentKind
from linkage.operation import operation
from linkage.operations import add_links, add_provenance, add_supplies, open_documents
from purchasing.models import PurchaseOrder, PurchaseOrderRow, order_type_of
from purchasing.planning import held_by_link, plan_rows

RULE = "purchase order"
STEP = 10


@operation
def create_orders_for(
    *,
    demands,
    by,
    business_date,
    quantities=None,
    suppliers=None,
    contract=False,
    labels=None,
    delivery_address="",
    drop_shipment=False,
    reason="",
):
    """Draft purchase orders for demands of bought parts, one order per supplier; returns the rows, by demand.

    A demand has one row, above the maximum of its supplier's terms several.

    ``quantities`` {demand id: base quantity} and ``suppliers`` {demand id: Partner} replace the uncovered quantity and
    the default supplier. An order-oriented part's row is linked (bound) to its demand, a stock-driven one's is free and
    only remembers what it was made for; ``contract`` links both and protects the links. ``labels`` {demand id:
    {"project": …, "goods_label": …}} is what the rows carry of theirs. ``drop_shipment``: the orders go to
    ``delivery_address``, the customer's.
    """
    _, locked = lock_ids(demands=[demand.pk for demand in demands])
    wanted = plan_rows(demands=list(locked.values()), on=business_date, quantities=quantities, suppliers=suppliers)
    place = {"delivery_address": delivery_address, "drop_shipment": drop_shipment}
    orders = open_orders(wanted, by=by, business_date=business_date, **place)
    made = add_rows(wanted, orders, labels=labels or {})
    pairs = list(zip(wanted, made, strict=True))
    _promise(pairs, by=by, contract=contract)
    places = {demand.pk: place for place, demand in enumerate(demands)}
    return [row for _, row in sorted(pairs, key=lambda pair: places[pair[0].demand.pk])]


def open_orders(wanted, *, by, business_date, known=(), **place):
    """{(company id, supplier id): a new draft order}, numbered in the order of need; groups ``known`` get none."""
    labels = defaultdict(set)
    for want in wanted:
        if group_of(want) not in known:
            labels[group_of(want)].add(_goods_label(want.demand))
    companies = Company.objects.in_bulk({company for company, _ in labels})
    partners = Partner.objects.in_bulk({supplier for _, supplier in labels})
    orders, order_type = {}, order_type_of(by)
    for company in companies.values():
        groups = [group for group in labels if group[0] == company.pk]
        headers = [(business_date, partners[supplier], None) for _, supplier in groups]
        documents = open_documents(company=company, kind=DocumentKind.PURCHASE, headers=headers)
        for group, document in zip(groups, documents, strict=True):
            label = labels[group].pop() if len(labels[group]) == 1 else ""
            orders[group] = PurchaseOrder(
                document=document,
                currency=partners[group[1]].currency,
                buyer=by,
                order_type=order_type,
                goods_label=label,
                **place,
            )
    PurchaseOrder.objects.bulk_create(orders.values())
    return orders


def group_of(want):
    return want.demand.warehouse.company_id, want.term.supplier_id


def _goods_label(demand):
    return str(demand.document) if demand.document_id else ""


def add_rows(wanted, orders, *, labels=None):
    """Rows and their supplies in the orders of their groups, in their order; after the rows that are there already."""
    positions = _last_positions(orders.values())
    rows, supplies = [], []
    for want in wanted:
        order = orders[group_of(want)]
        positions[order.pk] += STEP
        supplies.append(supply_for(want, order, positions[order.pk]))
        rows.append(_row_for(want, order, positions[order.pk], (labels or {}).get(want.demand.pk, {})))
    for row, supply in zip(rows, add_supplies(supplies), strict=True):
        row.supply = supply
    return PurchaseOrderRow.objects.bulk_create(rows)


def _last_positions(orders):
    """{order id: the last position in tens}, 0 where there is no row, in one query."""
    found = PurchaseOrderRow.objects.filter(order__in=orders).values_list("order").annotate(last=Max("position"))
    return defaultdict(int, {order: last // STEP * STEP for order, last in found.order_by()})


def supply_for(want, order, position):
    """The position in the ledger that a new row owns."""
    return Supply(
        document=order.document,
        position=position,
        kind=SupplyKind.PURCHASE,
        part=want.demand.part,
        warehouse=want.demand.warehouse,
        revision=want.demand.revision,
        quantity=want.ordered.base,
        due_date=want.due_date,
        lead_time=want.term.lead_time,
        status=Status.PLANNED,
        over_tolerance=want.term.over_tolerance,
    )


def _row_for(want, order, position, carried):
    return PurchaseOrderRow(
        order=order,
        position=position,
        quantity=want.ordered.quantity,
        priority=want.demand.priority,
        wanted_on=want.due_date,
        goods_label=carried.get("goods_label") or _goods_label(want.demand),
        project=carried.get("project", ""),
        **facts_of_term(want.term),
        **want.price._asdict(),
    )


def facts_of_term(term):
    """What a row takes over from its supplier's terms; later changes of the terms leave the row alone."""
    return {
        "unit": term.unit,
        "supplier_part_number": term.supplier_part_number,
        "under_tolerance": term.under_tolerance,
    }


def next_position(order):
    last = order.rows.aggregate(last=Max("position"))["last"] or 0
    return (last // STEP + 1) * STEP


def _promise(pairs, *, by, contract):
    """Remember what each supply was made for, and hold it with a link unless the part is served from one pool."""
    add_provenance([(row.supply, want.demand, want.need) for want, row in pairs])
    links = [
        OrderLink(
            supply=row.supply,
            demand=want.demand,
            quantity=want.need,
            kind=LinkKind.BOUND,
            contract=contract,
            rule=RULE,
        )
        for want, row in pairs
        if contract or held_by_link(want.demand)
    ]
    add_links(links, by=by)
