"""What happened to a position and its links: who, when, by which operation, from what to what."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.apps import apps
from django.db.models import F, Window
from django.db.models.functions import Lag
from django.utils import timezone

from erp.register.models import User
from erp.register.units import plain
from linkage.models import Demand, OrderLink, Status

MOST = 100
LINK_FIELDS = ("quantity", "received", "issued", "released", "kind")
DEMAND_FIELDS = ("quantity", "cancelled", "need_date", "status", "priority", "firm")
SUPPLY_FIELDS = ("quantity", "cancelled", "due_date", "status")
UNDONE_HERE = {f"linkage.{name}" for name in ("link", "link_pairs", "disconnect", "change_link", "hand_over", "swap")}


@dataclass(frozen=True)
class Happened:
    """One event: ``changes`` are (field, old, new) in words; ``undo_id`` is set where Undo is offered."""

    at: datetime
    by: object
    what: str
    action: str
    reason: str
    changes: list = field(default_factory=list)
    undo_id: int | None = None


def timeline_of(position, *, viewer=None, may_undo=False):
    """The latest events of a demand or supply and of its links, newest first, in a constant number of queries."""
    is_demand = isinstance(position, Demand)
    side = "demand" if is_demand else "supply"
    own = _events(f"{position._meta.object_name}Event", [position.pk], DEMAND_FIELDS if is_demand else SUPPLY_FIELDS)
    links = {link.pk: link for link in OrderLink.objects.filter(**{side: position.pk}).with_ends()[: 10 * MOST]}
    linked = _events("OrderLinkEvent", list(links), LINK_FIELDS)
    users = User.objects.in_bulk({_fact(event, "user") for event in own + linked} - {None})
    told = [_told(event, str(position), DEMAND_FIELDS if is_demand else SUPPLY_FIELDS, users) for event in own]
    latest = {}
    for event in linked:
        latest.setdefault((event.supply_id, event.demand_id), event.pk)
    for event in linked:
        offer = latest[event.supply_id, event.demand_id] == event.pk and _undoable(event, viewer, may_undo)
        told.append(_told(event, str(links[event.pgh_obj_id]), LINK_FIELDS, users, undo_id=event.pk if offer else None))
    return sorted(told, key=lambda happened: happened.at, reverse=True)[:MOST]


def latest_event(link):
    """The newest event of a link: what Undo takes back."""
    return apps.get_model("linkage", "OrderLinkEvent").objects.filter(pgh_obj=link.pk).order_by("-pgh_id").first()


def _events(name, ids, fields):
    model = apps.get_model("linkage", name)
    old = {f"old_{each}": Window(Lag(each), partition_by="pgh_obj", order_by="pgh_id") for each in fields}
    old["nth"] = Window(Lag("pgh_id"), partition_by="pgh_obj", order_by="pgh_id")
    found = model.objects.filter(pgh_obj__in=ids).annotate(**old, metadata=F("pgh_context__metadata"))
    return list(found.order_by("-pgh_id")[:MOST])


def _fact(event, name):
    return (event.metadata or {}).get(name)


def _undoable(event, viewer, may_undo):
    if _fact(event, "operation") not in UNDONE_HERE or timezone.now() - event.pgh_created_at > timedelta(days=1):
        return False
    handed_on = _fact(event, "operation") == "linkage.hand_over" and event.nth is not None
    return not handed_on and (may_undo or (viewer is not None and _fact(event, "user") == viewer.pk))


def _told(event, what, fields, users, *, undo_id=None):
    operation = _fact(event, "operation") or ""
    changes = [
        (name.replace("_", " "), _words(getattr(event, f"old_{name}")), _words(getattr(event, name)))
        for name in fields
        if _changed(event, name)
    ]
    return Happened(
        at=event.pgh_created_at,
        by=users.get(_fact(event, "user")),
        what=what,
        action=operation.split(".")[-1].replace("_", " ").capitalize() or "Changed",
        reason=_fact(event, "reason") or "",
        changes=changes,
        undo_id=undo_id,
    )


def _changed(event, name):
    """A new row tells only what it holds; later events only what differs."""
    value = getattr(event, name)
    if event.nth is None:
        return value not in (None, "", 0)
    return value != getattr(event, f"old_{name}")


def _words(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(Status(value).label) if value in Status.values else str(value)
