"""What a chain is now and was not then: lines added, removed and changed."""

from dataclasses import dataclass

from erp.register.units import plain

TOLD = (
    ("needed", "quantity"),
    ("uncovered", "uncovered"),
    ("need_date", "needed by"),
    ("linked_now", "linked"),
    ("received", "received"),
    ("due_date", "due"),
    ("supply_status", "status"),
)


@dataclass(frozen=True)
class Difference:
    """One line of the chain that differs: ``what`` is added, removed or changed; ``changes`` are sentences."""

    what: str
    line: object
    changes: list


def differences(then, now):
    """[Difference] between the lines of a chain as it stood and as it stands; a shared order counts once."""
    before, after = _by_link(then), _by_link(now)
    gone = [Difference("removed", line, []) for key, line in before.items() if key not in after]
    new = [Difference("added", line, []) for key, line in after.items() if key not in before]
    both = [(line, _changes(before[key], line)) for key, line in after.items() if key in before]
    return gone + new + [Difference("changed", line, changes) for line, changes in both if changes]


def _by_link(lines):
    return {(line.edge.demand_id, line.edge.link_id): line for line in lines}


def _changes(old, new):
    return [
        f"{words} {_shown(_value(old, name))} → {_shown(_value(new, name))}"
        for name, words in TOLD
        if _value(old, name) != _value(new, name)
    ]


def _value(line, name):
    edge = line.edge
    if name == "linked_now":
        return edge.open + edge.issued if edge.link_id else None
    return getattr(edge, name)


def _shown(value):
    if value is None:
        return "none"
    return plain(value) if hasattr(value, "as_tuple") else str(value)
