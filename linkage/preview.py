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

SHOWN = {
    Demand: ("quantity", "cancelled", "uncovered", "need_date", "status", "warehouse_id", "revision_id"),
    Supply: ("quantity", "cancelled", "free", "due_date", "status", "warehouse_id", "revision_id"),
    OrderLink: ("quantity", "received", "issued", "released", "open"),
}


@dataclass(frozen=True)
class Change:
    """One row that the operation changes: its values before ({} = it is new) and after.

    ``part``: the number of a position's part; ``feeds``: the supply (id) that a component is for.
    """

    kind: str
    pk: int
    label: str
    before: dict
    after: dict
    part: str = ""
    feeds: int | None = None

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
        touched[Demand] |= _ends(touched[OrderLink], "demand_id")
        touched[Supply] |= _ends(touched[OrderLink], "supply_id") | _ends(touched[OrderLink], "stock_id")
        after = {model: _values(model, touched[model]) for model in SHOWN}
        transaction.set_rollback(True)
    before = {model: _values(model, touched[model]) for model in SHOWN}
    return Preview(result, [change for model in SHOWN for change in _changes(model, before[model], after[model])])


def _mark(model):
    return model.events.rel.related_model.objects.aggregate(last=models.Max("pgh_id"))["last"] or 0


def _touched(model, mark, context_id):
    events = model.events.rel.related_model.objects.filter(pgh_id__gt=mark, pgh_context_id=context_id)
    return set(events.values_list("pgh_obj_id", flat=True))


def _ends(links, column):
    return set(OrderLink.objects.filter(pk__in=links).values_list(column, flat=True)) - {None}


NAMES = {  # a preview may touch thousands of rows
    Demand: DEMAND_NAME,
    Supply: SUPPLY_NAME,
    OrderLink: tuple(f"supply__{name}" for name in SUPPLY_NAME) + tuple(f"demand__{name}" for name in DEMAND_NAME),
}


FACTS = {Demand: ("part__number", "for_supply"), Supply: ("part__number",), OrderLink: ()}  # beside its name


def _values(model, ids):
    """{id: (name columns, facts, shown values)}"""
    named = len(NAMES[model])
    known = named + len(FACTS[model])
    rows = model.objects.filter(pk__in=ids).values_list("pk", *NAMES[model], *FACTS[model], *SHOWN[model])
    return {pk: (row[:named], row[named:known], dict(zip(SHOWN[model], row[known:], strict=True))) for pk, *row in rows}


def _label(model, names):
    if model is Supply:
        return supply_label(*names)
    if model is Demand:
        return demand_label(*names)
    return f"{supply_label(*names[: len(SUPPLY_NAME)])} → {demand_label(*names[len(SUPPLY_NAME) :])}"


def _changes(model, before, after):
    kind = {Demand: "demand", Supply: "supply", OrderLink: "link"}[model]
    for pk, (names, facts, values) in sorted(after.items()):
        old = before[pk][-1] if pk in before else {}
        if old != values:
            yield Change(kind, pk, _label(model, names), old, values, *facts)


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
