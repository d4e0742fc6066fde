"""Ordering what was ticked on the target list: in new drafts, or in drafts of the buyer's own."""

from erp.exceptions import Refused
from linkage.locks import lock_ids
from linkage.models import Demand, OrderLink
from linkage.models.links import LinkKind
from linkage.operation import operation
from linkage.operations import add_links, add_provenance
from purchasing.models import PurchaseOrder
from purchasing.operations.ordering import RULE, add_rows, group_of, open_orders
from purchasing.operations.steps import words
from purchasing.planning import held_by_link
from purchasing.pricing import check_currency
from purchasing.statuses import PurchaseStatus
from purchasing.target_plan import asks_of, plan_targets


@operation
def order_targets(
    *, demands, by, business_date, quantities=None, suppliers=None, seen=None, orders=None, combine=False, reason=""
):
    """Purchase rows for short demands, in drafts; returns the rows, by need.

    ``orders`` {supplier id: PurchaseOrder} extends drafts of the buyer's own instead of making new ones. The other
    arguments are those of ``asks_of`` and ``plan_targets``. All short demands of the same parts are locked, so what
    another buyer ordered meanwhile is known: what is no longer short is refused. Rows of order-oriented parts are
    linked (bound) to the demands they were made for, also for the surplus that a later one takes.
    """
    drafts = list((orders or {}).values())
    lock_ids(documents={order.document_id for order in drafts}, demands=_waiting_beside(demands))
    drafts = [_draft(order, supplier, by=by) for supplier, order in (orders or {}).items()]
    asks = asks_of(demands, today=business_date, quantities=quantities, suppliers=suppliers, seen=seen)
    planned = plan_targets(asks, on=business_date, combine=combine)

    wanted = [row.wanted for row in planned]
    known = {(order.document.company_id, order.document.partner_id): order for order in drafts}
    for row in wanted:
        if order := known.get(group_of(row)):
            check_currency(order, row.term)
    made = add_rows(wanted, known | open_orders(wanted, by=by, business_date=business_date, known=known))
    _promise(planned, made, by=by, reason=reason)
    return made


def _waiting_beside(demands):
    """The ids of all uncovered demands of the same parts and warehouses: who orders for one of them waits for us."""
    pools = {(demand.part_id, demand.warehouse_id) for demand in demands}
    found = Demand.objects.linkable().filter(part__in={part for part, _ in pools})
    found = found.filter(warehouse__in={warehouse for _, warehouse in pools})
    return {demand.pk for demand in demands} | set(found.values_list("pk", flat=True))


def _draft(order, supplier, *, by):
    """The order as it is now; refused unless it is a draft of this buyer at this supplier, for our warehouse."""
    order = PurchaseOrder.objects.for_list().get(pk=order.pk)
    if order.status != PurchaseStatus.DRAFT:
        raise Refused(f"{order} is {words(order)} by now. Choose a new order instead.")
    if order.document.partner_id != supplier:
        raise Refused(f"{order} goes to {order.supplier}. Choose a draft of the supplier.")
    if order.delivery_address:
        raise Refused(f"{order} goes to an address of its own, not to our warehouse. Choose a new order instead.")
    if order.buyer_id != by.pk:
        raise Refused(f"{order} is a draft of {order.buyer or 'nobody'}. Choose one of your own, or a new order.")
    return order


def _promise(planned, made, *, by, reason):
    """Remember what each supply was made for, and hold it with links unless the part is served from one pool."""
    for_whom = [
        (row.supply, ask.demand, quantity)
        for plan, row in zip(planned, made, strict=True)
        for ask, quantity in plan.shares
    ]
    add_provenance(for_whom)
    links = [
        OrderLink(supply=supply, demand=demand, quantity=quantity, kind=LinkKind.BOUND, rule=RULE, reason=reason[:200])
        for supply, demand, quantity in for_whom
        if held_by_link(demand)
    ]
    add_links(links, by=by)
