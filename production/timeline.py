"""What happened to a production order: one entry per operation, from the histories of its rows and links."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from erp.register.models import User
from erp.register.units import plain
from linkage.models import Demand, DemandEvent, DemandKind, OrderLink, OrderLinkEvent, SupplyEvent
from production.models import ProductionOrderEvent, ProductionOrderLineEvent, ReportEvent

LONGEST = 100
SHOWN = {
    ProductionOrderEvent: ["status", "hold_reason", "employee_id", "project", "goods_label", "note"],
    ProductionOrderLineEvent: ["start_date", "scrapped"],
    SupplyEvent: ["quantity", "due_date"],
    DemandEvent: ["quantity", "status"],
    OrderLinkEvent: ["quantity", "received", "issued", "released"],
    ReportEvent: ["undone_at"],
}


@dataclass(frozen=True)
class Entry:
    """Who did what, when and why; ``changes`` are sentences."""

    at: datetime
    who: str
    what: str
    reason: str
    changes: list


def timeline(order):
    """The latest entries, newest first."""
    found, contexts = defaultdict(list), {}
    for model, names in _names(order).items():
        before = {}
        events = model.objects.filter(pgh_obj__in=names).select_related("pgh_context").order_by("pgh_id")
        for event in events:
            sentence = _sentence(event, before.get(event.pgh_obj_id), names[event.pgh_obj_id])
            before[event.pgh_obj_id] = event
            contexts[event.pgh_context_id] = event
            if sentence:
                found[event.pgh_context_id].append(sentence)
    latest = sorted(contexts.values(), key=lambda event: event.pgh_created_at, reverse=True)[:LONGEST]
    users = User.objects.in_bulk({_facts(event).get("user") for event in latest} - {None})
    return [_entry(event, users, found[event.pgh_context_id]) for event in latest]


def _names(order):
    """{event model: {object id: what people call it}}."""
    lines = dict(order.lines.values_list("pk", "position"))
    supplies = dict(order.lines.values_list("supply", "position"))
    needs = {demand.pk: _need_name(demand) for demand in Demand.objects.filter(for_supply__in=supplies)}
    links = OrderLink.objects.filter(supply__in=supplies) | OrderLink.objects.filter(demand__in=needs)
    reports = {pk: f"Line {lines[line]}" for pk, line in _reports(order)}
    return {
        ProductionOrderEvent: {order.pk: "Order"},
        ProductionOrderLineEvent: {pk: f"Line {position}" for pk, position in lines.items()},
        SupplyEvent: {pk: f"Line {position}" for pk, position in supplies.items()},
        DemandEvent: needs,
        OrderLinkEvent: _link_names(links, needs),
        ReportEvent: reports,
    }


def _need_name(demand):
    word = "Operation" if demand.kind == DemandKind.SUBCONTRACT else "Component"
    return f"{word} {demand.position}"


def _reports(order):
    return ReportEvent.objects.filter(line__order=order, pgh_label="insert").values_list("pgh_obj", "line")


def _link_names(links, needs):
    names = {}
    demands = Demand.objects.select_related("document", "for_supply").in_bulk({link.demand_id for link in links})
    for link in links.select_related("supply__document", "supply__warehouse"):
        if link.demand_id in needs:
            names[link.pk] = f"{needs[link.demand_id]} from {link.supply.label}"
        else:
            names[link.pk] = f"Link to {demands[link.demand_id].label}"
    return names


def _sentence(event, before, name):
    model = type(event)
    if before is None:
        return _first(event, model, name)
    changes = [
        f"{_called(field)} {_shown(getattr(before, field))} → {_shown(getattr(event, field))}"
        for field in SHOWN[model]
        if getattr(before, field) != getattr(event, field)
    ]
    return f"{name}: {', '.join(changes)}" if changes else ""


def _first(event, model, name):
    if model is ReportEvent:
        return f"{name}: {plain(event.quantity)} made, {plain(event.scrapped)} scrapped"
    if model in {ProductionOrderEvent, ProductionOrderLineEvent}:
        return ""
    return f"{name}: {plain(event.quantity)}"


def _called(field):
    return field.removesuffix("_id").replace("_", " ")


def _shown(value):
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else str(value or "none").replace("_", " ")


def _facts(event):
    return event.pgh_context.metadata if event.pgh_context else {}


def _entry(event, users, changes):
    facts = _facts(event)
    operation = facts.get("operation", "").rpartition(".")[2].replace("_", " ")
    return Entry(
        at=event.pgh_created_at,
        who=str(users.get(facts.get("user"), "") or facts.get("command") or "system"),
        what=operation.capitalize() or "Change",
        reason=facts.get("reason", ""),
        changes=changes,
    )
