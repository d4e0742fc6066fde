"""Preview: the operation itself, run and rolled back, so that it cannot differ from the save.

What changed is found in the history (events of this run's own context), read as it is after the operation, and read
again after the rollback. A preview locks what the operation locks, for as long as it takes.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pghistory
from django.db import models, transaction

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.labels import DEMAND_NAME, SUPPLY_NAME, demand_label, supply_label
from linkage.models import Demand, OrderLink, Status, Supply
from linkage.queries.sql import among

SHOWN = {
    Demand: ("quantity", "cancelled", "uncovered", "need_date", "status", "warehouse_id", "revision_id"),
    Supply: ("quantity", "cancelled", "free", "due_date", "status", "warehouse_id", "revision_id"),
    OrderLink: ("quantity", "received", "issued", "released", "open"),
}
KINDS = {Demand: "demand", Supply: "supply", OrderLink: "link"}


@dataclass(frozen=True)
class Change:
    """One row that the operation changes: its values before ({} = it is new) and after.

    ``part``: the number of the part; ``feeds``: the supply (id) that a component, or the component of a link, is for;
    ``supply``: the supply (id) of a link.
    """

    kind: str
    pk: int
    label: str
    before: dict
    after: dict
    part: str = ""
    feeds: int | None = None
    supply: int | None = None

    @property
    def is_new(self):
        return not self.before

    @property
    def changed(self):
        """[(field, before, after)] of what differs."""
        return [
            (name, self.before.get(name), value) for name, value in self.after.items() if self.before.get(name) != value
        ]


@dataclass(frozen=True)
class Preview:
    result: object
    changes: list

    def of(self, kind):
        """The changes of demands, supplies or links."""
        return [change for change in self.changes if change.kind == kind]


def preview(operation, **arguments):
    """Run an operation, collect what it changes, and take it back. Raises what the operation raises."""
    with transaction.atomic(), pghistory.context(preview=True) as context:
        marks = {model: _mark(model) for model in SHOWN}
        result = operation(**arguments)
        touched = {model: _touched(model, marks[model], context.id) for model in SHOWN}
        ends = _ends(touched[OrderLink])
        touched[Demand] |= {demand for _supply, demand, _stock in ends.values()}
        touched[Supply] |= {pk for supply, _demand, stock in ends.values() for pk in (supply, stock) if pk}
        names = _names(touched, ends)
        after = {model: _values(model, touched[model]) for model in SHOWN}
        transaction.set_rollback(True)
    before = {model: _values(model, touched[model]) for model in SHOWN}
    changes = [change for model in SHOWN for change in _changes(model, before[model], after[model], names[model])]
    return Preview(result, changes)


def _mark(model):
    return model.events.rel.related_model.objects.aggregate(last=models.Max("pgh_id"))["last"] or 0


def _touched(model, mark, context_id):
    events = model.events.rel.related_model.objects.filter(pgh_id__gt=mark, pgh_context_id=context_id)
    return set(events.values_list("pgh_obj_id", flat=True))


def _ends(links):
    """{link id: (supply, demand, stock)}"""
    found = OrderLink.objects.filter(pk__in=among(links)).values_list("pk", "supply", "demand", "stock")
    return {pk: ends for pk, *ends in found}


def _names(touched, ends):
    """{model: {id: (what people call it, its part's number, the supply it feeds, of a link its own supply)}}"""
    supplies = Supply.objects.filter(pk__in=among(touched[Supply])).values_list("pk", "part__number", *SUPPLY_NAME)
    demands = Demand.objects.filter(pk__in=among(touched[Demand])).values_list("pk", "for_supply", *DEMAND_NAME)
    supplies = {pk: (supply_label(*name), part) for pk, part, *name in supplies}
    demands = {pk: (demand_label(*name), name[-1], feeds) for pk, feeds, *name in demands}
    links = {
        pk: (f"{supplies[supply][0]} → {demands[demand][0]}", *demands[demand][1:], supply)
        for pk, (supply, demand, _stock) in ends.items()
    }
    return {Supply: supplies, Demand: demands, OrderLink: links}


def _values(model, ids):
    """{id: the shown values}"""
    found = model.objects.filter(pk__in=among(ids)).order_by("pk").values_list("pk", *SHOWN[model])
    return {pk: values for pk, *values in found}


def _changes(model, before, after, names):
    for pk, values in after.items():
        old = before.get(pk, ())  # none of a new row
        if old != values:
            label, *facts = names[pk]
            yield Change(KINDS[model], pk, label, _named(model, old), _named(model, values), *facts)


def _named(model, values):
    return dict(zip(SHOWN[model], values, strict=bool(values)))


# What people call the figures of a change; the others follow from these.
IN_WORDS = {
    "quantity": "quantity",
    "uncovered": "uncovered",
    "free": "free",
    "need_date": "needed by",
    "due_date": "due",
    "status": "status",
}


@dataclass(frozen=True)
class Effects:
    """What an operation would do, ready for a page: (order, figure, before, after) each, or why it is refused."""

    lines: list
    refusal: str = ""


def effects_of(operation, **arguments):
    """The effects of an operation on demands and supplies, found by running it and taking it back."""
    try:
        shown = preview(operation, **arguments)
    except Refused as refusal:
        return Effects([], str(refusal))
    positions = [change for change in shown.changes if change.kind != "link"]
    return Effects([line for change in positions for line in _lines(change)])


def _lines(change):
    changed = change.changed
    if ended := [line for line in changed if line[0] == "status" and line[2] in {Status.CANCELLED, Status.CLOSED}]:
        changed = ended  # its other figures follow from that
    for name, before, after in changed:
        if name in IN_WORDS and not (change.is_new and after in (None, 0)):
            yield change.label, IN_WORDS[name], _words(before), _words(after)


def _words(value):
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(Status(value).label).lower() if value in Status.values else str(value or "")
