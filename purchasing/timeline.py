"""What happened to an order: one entry per operation, from the histories of the order, its rows and their links."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from erp.register.models import User
from erp.register.units import plain
from linkage.models import Demand, OrderLink, OrderLinkEvent, SupplyEvent
from purchasing.models import PurchaseOrderEvent, PurchaseOrderRowEvent

LONGEST = 100
SHOWN = {
    PurchaseOrderEvent: ["status", "supplier_reference", "goods_label", "delivery_address", "note"],
    PurchaseOrderRowEvent: ["quantity", "price", "discount", "goods_label", "confirmed_on", "short_closed_reason"],
    SupplyEvent: ["due_date", "cancelled"],
    OrderLinkEvent: ["quantity", "received", "issued", "released", "contract"],
}
COSTS = {"price", "discount"}


@dataclass(frozen=True)
class Entry:
    """Who did what, when and why; ``changes`` are sentences."""

    at: datetime
    who: str
    what: str
    reason: str
    changes: list


def timeline(order, *, costs=True):
    """The latest entries, newest first; without ``costs`` prices and discounts stay out."""
    names = _names(order)
    found, contexts = defaultdict(list), {}
    for model, ids in names.items():
        before = {}
        events = model.objects.filter(pgh_obj__in=ids).select_related("pgh_context").order_by("pgh_id")
        for event in events:
            sentence = _sentence(event, before.get(event.pgh_obj_id), ids[event.pgh_obj_id], costs=costs)
            before[event.pgh_obj_id] = event
            contexts[event.pgh_context_id] = event
            if sentence:
                found[event.pgh_context_id].append(sentence)
    latest = sorted(contexts.values(), key=lambda event: event.pgh_created_at, reverse=True)[:LONGEST]
    users = User.objects.in_bulk({_facts(event).get("user") for event in latest} - {None})
    return [_entry(event, users, found[event.pgh_context_id]) for event in latest]


def _names(order):
    """{event model: {object id: what people call it}}."""
    rows = dict(order.rows.values_list("pk", "position"))
    supplies = dict(order.rows.values_list("supply", "position"))
    links = OrderLink.objects.filter(supply__in=supplies).values_list("pk", "supply", "demand")
    demands = Demand.objects.filter(pk__in={demand for _, _, demand in links})
    labels = {demand.pk: demand.label for demand in demands.select_related("document", "for_supply")}
    return {
        PurchaseOrderEvent: {order.pk: "Order"},
        PurchaseOrderRowEvent: {pk: f"Row {position}" for pk, position in rows.items()},
        SupplyEvent: {pk: f"Row {position}" for pk, position in supplies.items()},
        OrderLinkEvent: {pk: f"Row {supplies[supply]} for {labels[demand]}" for pk, supply, demand in links},
    }


def _sentence(event, before, name, *, costs):
    model = type(event)
    if before is None:
        quantity = getattr(event, "quantity", None)
        return "" if model is SupplyEvent or quantity is None else f"{name}: {plain(quantity)}"
    if event.pgh_label == "delete":
        return f"{name} removed"
    changes = [
        f"{field.replace('_', ' ')} {_shown(getattr(before, field))} → {_shown(getattr(event, field))}"
        for field in SHOWN[model]
        if getattr(before, field) != getattr(event, field) and (costs or field not in COSTS)
    ]
    return f"{name}: {', '.join(changes)}" if changes else ""


def _shown(value):
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
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
