"""Questions about BOMs: would a row close a circle, where is a part used."""

from django.db.models import Q

from linkage.models import Status
from production.models import BomRow, Component, OrderStatus
from production.queries.structures import structure_of


def path_down(component, part):
    """Part numbers from the component down to the part, through active BOMs and components added by hand; or []."""
    by_hand = _added_by_hand()
    # The parts that were added by hand are roots too: what hangs below them is not below ours in any BOM.
    structure = structure_of({component.pk, part.pk, *(added for _made, added in by_hand)})
    below = _edges(structure, by_hand)
    above, waiting = {component.pk: None}, [component.pk]
    while waiting and part.pk not in above:
        step = waiting.pop(0)
        for reached in below.get(step, ()):
            if reached not in above:
                above[reached] = step
                waiting.append(reached)
    return _numbers(structure, above, part.pk) if part.pk in above else []


def _added_by_hand():
    """{(part, component)} of components added by hand to orders that still live."""
    live = Component.objects.filter(bom_row=None, line__order__status__in=_LIVE)
    found = live.exclude(demand__status=Status.CANCELLED)  # was taken off again
    return set(found.values_list("line__supply__part", "demand__part").order_by())


def _edges(structure, by_hand):
    below = {}
    for (part, _revision), recipe in structure.recipes.items():
        below.setdefault(part, set()).update(row.component for row in recipe.rows)
    for part, component in by_hand:
        below.setdefault(part, set()).add(component)
    return below


_LIVE = {OrderStatus.SUGGESTED, OrderStatus.PLANNED, OrderStatus.RELEASED, OrderStatus.STARTED}


def _numbers(structure, above, part):
    walk = [part]
    while (step := above[walk[-1]]) is not None:
        walk.append(step)
    return [structure.parts[step].number for step in reversed(walk)]


def where_used(part, *, on=None):
    """Rows of active BOMs that use the part, by the number of what is made; only those valid ``on`` a day if given."""
    rows = BomRow.objects.filter(component=part, bom__is_active=True)
    if on is not None:
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gte=on))
    return rows.select_related("bom__part__unit", "bom__revision", "component__unit").order_by(
        "bom__part__number", "bom_id", "position"
    )
