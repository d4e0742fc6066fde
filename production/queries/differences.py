"""What the BOM and the routing of a revision ask of a line, beside what stands on it: what stays, goes and is new."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from erp.exceptions import Refused
from erp.register.models import Part
from erp.register.units import plain
from linkage.models import Status
from production.explosion import fits
from production.models import Component, Operation
from production.queries.routings import operations_by_part
from production.queries.structures import structure_of


@dataclass
class Difference:
    """``kept``: [(component, BOM row)], ``added``: [(BOM row, part)]; the same of operations and their routing's steps.

    ``made``: the demands of new components, once they are there.
    """

    line: object
    bom: int
    kept: list = field(default_factory=list)
    dropped: list = field(default_factory=list)
    added: list = field(default_factory=list)
    kept_steps: list = field(default_factory=list)
    dropped_steps: list = field(default_factory=list)
    added_steps: list = field(default_factory=list)
    made: list = field(default_factory=list)


def difference_of(line, revision):
    """The Difference of one line; raises Refused with the sentence why there is none."""
    found = differences_of([line], revision)[line.pk]
    if isinstance(found, str):
        raise Refused(found)
    return found


def differences_of(lines, revision):
    """{line id: Difference, or the sentence why there is none} as ``revision`` (``linkage.changes.tree.Revision``).

    A revision without a BOM or a routing of its own is made by those for all revisions. A constant number of queries.
    """
    wanted = revision.id
    structure = structure_of({line.supply.part_id for line in lines})
    standing = _by_line(Component.objects.filter(line__in=lines).exclude(demand__status=Status.CANCELLED).for_list())
    steps = _by_line(Operation.objects.filter(line__in=lines).for_list())
    routings = operations_by_part({(line.supply.part_id, wanted) for line in lines})
    found = {}
    for line in lines:
        part = line.supply.part_id
        recipe = structure.recipes.get((part, wanted)) or structure.recipes.get((part, None))
        if recipe is None:
            found[line.pk] = _no_bom(line, revision)
            continue
        rows = structure.rows(recipe, line.start_date or line.supply.due_date, revision.variant)
        difference = Difference(line, recipe.bom, *_compare_components(standing[line.pk], rows))
        difference.kept_steps, difference.dropped_steps, difference.added_steps = compare_steps(
            steps[line.pk], [step for step in routings[part, wanted] if fits(step.variants, revision.variant)]
        )
        found[line.pk] = _why_not(difference) or difference
    _attach_parts([one for one in found.values() if isinstance(one, Difference)])
    return found


def _no_bom(line, revision):
    part = line.supply.part
    return f"{part} has no active BOM for revision {revision.code}." if revision.id else f"{part} has no active BOM."


def _by_line(rows):
    found = defaultdict(list)
    for row in rows:
        found[row.line_id].append(row)
    return found


def _compare_components(components, rows):
    """(kept, dropped, added): those from the same BOM row, or of the same part, are kept; by hand is always kept."""
    from_bom = [component for component in components if not component.added_by_hand]
    wanted = _numbered(rows, lambda row: (row.id, row.component))
    standing = _numbered(from_bom, lambda component: (component.bom_row, component.demand.part_id))
    kept = [(standing.pop(key), wanted.pop(key)) for key in list(wanted) if key in standing]
    by_part = _numbered(standing.values(), lambda component: component.demand.part_id)
    rest = _numbered(wanted.values(), lambda row: row.component)
    kept += [(by_part.pop(key), rest.pop(key)) for key in list(rest) if key in by_part]
    return kept, list(by_part.values()), list(rest.values())


def _numbered(items, key):
    """{(key, how many of the same came before): item}; a phantom may hold a component twice."""
    seen = Counter()
    found = {}
    for item in items:
        found[key(item), seen[key(item)]] = item
        seen[key(item)] += 1
    return found


def compare_steps(operations, steps):
    """(kept, dropped, added) operations: the same step of the routing, bought as the same service, is kept."""
    wanted = {step.pk: step for step in steps}
    kept, dropped = [], []
    for operation in operations:
        step = wanted.get(operation.routing_operation)
        if step is not None and _is_same(operation, step):
            kept.append((operation, wanted.pop(step.pk)))
        else:
            dropped.append(operation)
    return kept, dropped, list(wanted.values())


def _is_same(operation, step):
    bought = operation.demand.part_id if operation.demand_id else None
    return not operation.is_removed and bought == step.service_part_id


def _why_not(difference):
    for component in difference.dropped:
        if component.demand.done:
            return f"{plain(component.demand.done)} of {component.demand.part} is issued for {difference.line}."
    for step in difference.dropped_steps:
        if step.demand and not step.is_removed and step.demand.done:
            return f"{plain(step.demand.done)} of {step.demand.part} is done by the supplier already."
        if step.is_on_hold:
            return f"{difference.line}/op{step.position} is on hold: {step.hold_reason}"
    return ""


def _attach_parts(differences):
    ids = {row.component for difference in differences for row in difference.added}
    parts = Part.objects.select_related("unit").in_bulk(ids)
    for difference in differences:
        difference.added = [(row, parts[row.component]) for row in difference.added]
