"""What happened to a production order: the histories of its header, lines, components, reports and links."""

from django.db.models import Q

from erp.register.units import plain
from linkage.models import Demand, DemandKind, OrderLink, SupplyEvent
from linkage.queries.timeline import History, demand_history, link_history
from production.models import Operation, OperationEvent, ProductionOrderEvent, ProductionOrderLineEvent, ReportEvent

HEADER = ("status", "hold_reason", "order_type", "employee_id", "project", "goods_label", "note", "layout")


def histories(order):
    """What a page of ``linkage.queries.timeline.timeline`` is made of."""
    lines = dict(order.lines.values_list("pk", "position"))
    supplies = dict(order.lines.values_list("supply", "position"))
    needs = {demand.pk: _need_name(demand) for demand in Demand.objects.filter(for_supply__in=supplies)}

    def link_name(link):
        if link.demand_id in needs:
            return f"{needs[link.demand_id]} from {link.supply}"
        return f"Link to {link.demand}"

    def report_names(ids):
        reports = ReportEvent.objects.filter(pgh_obj__in=ids, pgh_label="insert").values_list("pgh_obj", "line")
        return {report: f"Line {lines[line]}" for report, line in reports}

    return [
        History(
            ProductionOrderEvent.objects.filter(pgh_obj=order.pk), lambda _: {order.pk: "Order"}, HEADER, new=_silent
        ),
        History(_of(ProductionOrderLineEvent, lines), _called("Line", lines), ("start_date", "scrapped"), new=_silent),
        History(
            OperationEvent.objects.filter(line__in=lines),
            _operation_names,
            ("started_at", "hold_reason"),
            new=_silent,
        ),
        History(_of(SupplyEvent, supplies), _called("Line", supplies), ("quantity", "due_date")),
        demand_history(needs, _need_name, ("quantity", "status")),
        link_history(OrderLink.objects.filter(Q(supply__in=supplies) | Q(demand__in=needs)), link_name),
        History(ReportEvent.objects.filter(line__in=lines), report_names, ("undone_at",), new=_reported),
    ]


def _operation_names(ids):
    steps = Operation.objects.filter(pk__in=ids).values_list("pk", "position", "name")
    return {pk: f"Operation {position} {name}" for pk, position, name in steps}


def _need_name(demand):
    word = "Operation" if demand.kind == DemandKind.SUBCONTRACT else "Component"
    return f"{word} {demand.position}"


def _of(events, ids):
    return events.objects.filter(pgh_obj__in=list(ids))


def _called(word, positions):
    return lambda ids: {pk: f"{word} {positions[pk]}" for pk in ids}


def _silent(event):
    return ""


def _reported(event):
    done = "good" if event.operation_id else "made"
    return f"{plain(event.quantity)} {done}, {plain(event.scrapped)} scrapped"
