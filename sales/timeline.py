"""Who changed what of an order and its rows, and when; read from the history that the database writes."""

from dataclasses import dataclass
from datetime import datetime

from erp.register.models import User
from erp.register.units import plain
from sales.models import SalesOrder, SalesOrderEvent, SalesOrderRow, SalesOrderRowEvent

LATEST = 200
HIDDEN = {"id", "document", "order", "demand", "row_type"}


@dataclass(frozen=True)
class Entry:
    """One change: of what, by whom, with which operation, and each value before and after."""

    at: datetime
    who: str
    what: str
    operation: str
    reason: str
    changes: list


def timeline(order):
    """The latest changes first, in four statements."""
    events = _of_order(order) + _of_rows(order)
    users = User.objects.in_bulk({context.get("user") for _event, _before, context in events if context.get("user")})
    entries = [_entry(event, before, context, users) for event, before, context in events]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:LATEST]


def _of_order(order):
    return _with_before(SalesOrderEvent.objects.filter(pgh_obj=order.pk))


def _of_rows(order):
    return _with_before(SalesOrderRowEvent.objects.filter(order=order.pk))


def _with_before(events):
    found = events.select_related("pgh_context").order_by("pgh_obj", "pgh_id")
    last, pairs = {}, []
    for event in found:
        key = event.pgh_obj_id
        pairs.append((event, last.get(key), event.pgh_context.metadata if event.pgh_context else {}))
        last[key] = event
    return pairs


def _entry(event, before, context, users):
    user = users.get(context.get("user"))
    return Entry(
        at=event.pgh_created_at,
        who=str(user) if user else "",
        what=f"Row {event.position}" if isinstance(event, SalesOrderRowEvent) else "Order",
        operation=_words(event, context),
        reason=context.get("reason", ""),
        changes=_changes(event, before) if before and event.pgh_label == "update" else [],
    )


def _words(event, context):
    kind = {"insert": "added", "delete": "deleted"}.get(event.pgh_label, "changed")
    operation = context.get("operation", "").split(".")[-1].replace("_", " ")
    return f"{kind} ({operation})" if operation else kind


def _changes(event, before):
    model = SalesOrderRow if isinstance(event, SalesOrderRowEvent) else SalesOrder
    fields = [field for field in model._meta.concrete_fields if field.name not in HIDDEN | {"version"}]
    return [
        (str(field.verbose_name), _shown(field, before), _shown(field, event))
        for field in fields
        if getattr(before, field.attname) != getattr(event, field.attname)
    ]


def _shown(field, event):
    value = getattr(event, field.attname)
    if value is None:
        return "nothing"
    if field.is_relation:
        return f"no. {value}"
    words = dict(field.flatchoices).get(value)
    return str(words or (plain(value) if hasattr(value, "as_tuple") else value))
