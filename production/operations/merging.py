"""Merging production orders into one: what they are promised to, need and were made for goes over to the first."""

from collections import Counter

from erp.exceptions import Refused
from erp.register.history import because
from erp.register.units import plain
from linkage.dates import refresh_need_dates
from linkage.models import OPEN_STATUSES, OrderLink
from linkage.operation import operation
from linkage.operations import change_supply, insert, like, merge_demands, merge_supplies
from production.models import Component, Operation, OrderStatus, ProductionOrder, ProductionOrderLine
from production.operations.operating import copy_of
from production.operations.steps import is_reported, lock_orders, touch

MOST_ORDERS = 50
MERGEABLE = (OrderStatus.PLANNED, OrderStatus.RELEASED)
# What the header keeps only if all orders say the same.
SHARED = {"order_type": None, "customer": None, "sales_document": None, "project": "", "goods_label": ""}


@operation
def merge_orders(*, orders, by, reason=""):
    """Put orders of the same part, revision, variant, BOM, warehouse and site together, before any of them has started.

    The order with the lowest number takes over the quantities, links, components and provenance of the others, finishes
    on the earliest of their dates, and is returned; the others are cancelled. Raises Refused with a sentence for every
    order that differs.
    """
    if not 2 <= len({order.pk for order in orders}) <= MOST_ORDERS:
        raise Refused(f"Choose at least 2 orders to merge, and at most {MOST_ORDERS}.")
    orders = lock_orders(orders)
    lines = [_line_of(order) for order in orders]
    _check(orders, lines)
    kept, others = orders[0], orders[1:]
    into = f"merged into {kept}"
    because(f"{_in_words(lines)}{f': {reason.strip()}' if reason.strip() else ''}")

    _set_dates(lines)
    fed = _merge_needs(lines, reason=into)
    merge_supplies({line.supply: lines[0].supply for line in lines[1:]}, reason=into)
    _cancel(others)
    _agree(kept, others)
    touch(kept)
    refresh_need_dates([lines[0].supply_id])
    refresh_need_dates(fed)
    return ProductionOrder.objects.for_list().get(pk=kept.pk)


def _line_of(order):
    lines = list(ProductionOrderLine.objects.filter(order=order).for_list())
    if len(lines) != 1:
        raise Refused(f"{order} has {len(lines)} lines; only orders with one line are merged.")
    lines[0].order = order
    return lines[0]


def _check(orders, lines):
    sentences = [sentence for line in lines for sentence in _why_not(line)]
    sentences += [sentence for line in lines[1:] for sentence in _differences(line, lines[0])]
    if sentences:
        raise Refused(" ".join(sentences))


def _why_not(line):
    order = line.order
    if order.status not in MERGEABLE:
        yield f"{order} is {order.get_status_display().lower()} and cannot be merged."
    elif order.is_on_hold:
        yield f"{order} is on hold: {order.hold_reason}"
    elif is_reported(order) or Operation.objects.filter(line=line, started_at__isnull=False).exists():
        yield f"Something is reported on {order}: only orders that have not started are merged."
    for step in Operation.objects.filter(line=line).on_hold().order_by("position"):
        yield f"{line}/op{step.position} is on hold: {step.hold_reason}"


def _differences(line, first):
    """One sentence for each thing in which an order differs from the first."""
    words = [
        (line.supply.part_id, first.supply.part_id, "makes", line.supply.part, first.supply.part),
        (line.supply.revision_id, first.supply.revision_id, "makes revision", _revision(line), _revision(first)),
        (line.supply.variant, first.supply.variant, "makes variant", _variant(line), _variant(first)),
        (line.bom_id, first.bom_id, "is made from BOM", _bom(line), _bom(first)),
        (line.supply.warehouse_id, first.supply.warehouse_id, "goes to", line.supply.warehouse, first.supply.warehouse),
        (line.order.site_id, first.order.site_id, "is made in", line.order.site, first.order.site),
        (line.order.status, first.order.status, "is", _status(line), _status(first)),
    ]
    both_open = {line.order.status, first.order.status} <= set(MERGEABLE)
    for own, other, verb, ours, theirs in words if both_open else words[:-1]:
        if own != other:
            yield f"{line.order} {verb} {ours}, {first.order} {theirs}."
            if verb == "makes":
                return


def _variant(line):
    return line.supply.variant or "none"


def _revision(line):
    return line.supply.revision or "none"


def _bom(line):
    return f"{line.bom} (no. {line.bom_id})"


def _status(line):
    return line.order.get_status_display().lower()


def _in_words(lines):
    """M-1043 (5), M-1044 (3) merged into M-1042 (10)"""
    names = [f"{line.order} ({plain(line.supply.quantity)})" for line in lines]
    return f"{', '.join(names[1:])} merged into {names[0]}"


def _set_dates(lines):
    """The earliest finish and the earliest start of all."""
    first = lines[0]
    finish = min((line.supply.due_date for line in lines if line.supply.due_date), default=None)
    start = min((line.start_date for line in lines if line.start_date), default=None)
    if finish != first.supply.due_date:
        first.supply = change_supply(first.supply, due_date=finish)
    if start != first.start_date:
        first.start_date = start
        first.save(update_fields=["start_date"])


def _merge_needs(lines, *, reason):
    """Components and subcontracted operations: alike ones are summed, others become the first order's own.

    Returns the supplies that feed them, whose own needs may have another date now.
    """
    needs = {line: [*_components(line), *_subcontracted(line)] for line in lines}
    demands = [need.demand for several in needs.values() for need in several]
    fed = set(OrderLink.objects.open().filter(demand__in=demands).values_list("supply", flat=True))
    standing = _numbered(needs[lines[0]])
    into = {}
    for line in lines[1:]:
        for key, need in _numbered(needs[line]).items():
            if key not in standing:
                standing[key] = _taken_over(need, lines[0])
            elif isinstance(need, Component) and need.fixed_quantity:
                standing[key].fixed_quantity += need.fixed_quantity
                standing[key].save(update_fields=["fixed_quantity"])
            into[need.demand] = standing[key].demand
    merge_demands(into, reason=reason)
    return fed


def _components(line):
    return list(Component.objects.filter(line=line, demand__status__in=OPEN_STATUSES).for_list())


def _subcontracted(line):
    return list(Operation.objects.filter(line=line, demand__status__in=OPEN_STATUSES).for_list())


def _numbered(needs):
    """{(what makes two needs alike, how many of the same came before): need}"""
    seen, found = Counter(), {}
    for need in needs:
        key = _key(need)
        found[key, seen[key]] = need
        seen[key] += 1
    return found


def _key(need):
    if isinstance(need, Operation):
        return Operation, need.demand.part_id, need.routing_operation
    return Component, need.demand.part_id, need.bom_row, need.quantity_per, need.scrap


def _taken_over(need, line):
    """A need that the first order does not have yet, with a demand of nothing; the merge fills it."""
    rows = type(need).objects.filter(line=line, position__lt=10_000)
    position = (rows.order_by("-position").values_list("position", flat=True).first() or 0) + 10
    facts = {"document_id": line.supply.document_id, "for_supply_id": line.supply_id, "position": position}
    [demand] = insert([like(need.demand, quantity=0, **facts)])
    if isinstance(need, Operation):
        new = copy_of(need, line, demand=demand, position=position)
    else:
        new = like(need, line_id=line.pk, demand_id=demand.pk, position=position)
    new.save()
    new.demand = demand
    return new


def _cancel(orders):
    """What they had is with the first order now; nothing of it is open with them."""
    ProductionOrder.objects.filter(pk__in=[order.pk for order in orders]).update(status=OrderStatus.CANCELLED)


def _agree(kept, others):
    """The header says of whom and for what it is made only as far as all said the same."""
    changes = {
        name: empty
        for name, empty in SHARED.items()
        if any(getattr(order, name) != getattr(kept, name) for order in others)
    }
    if changes:
        ProductionOrder.objects.filter(pk=kept.pk).update(**changes)
