"""What so many of a part are reckoned to cost before an order is made: all levels, at the prices and rates of today."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from erp.register.models import Part
from production.explosion import fits
from production.queries.costs import HOUR, ZERO, Cost
from production.queries.routings import operations_by_part
from production.queries.structures import structure_of


@dataclass
class Calculation:
    """``components``: {part id: quantity} of the first level; ``made`` and ``bought`` the same of all levels."""

    cost: Cost = field(default_factory=Cost)
    components: dict = field(default_factory=dict)
    made: dict = field(default_factory=dict)
    bought: dict = field(default_factory=dict)


def calculate(part, quantity, *, on, revision=None, variant=""):
    """The Calculation of so much of a part (its id; in base units); None without a BOM.

    What we make by a BOM costs its components and operations, one order of it for all that is needed; everything else
    its standard price. The variant counts for the part itself, not for what it is made of, as in its orders.
    """
    structure = structure_of({part})
    if structure.recipe(part, revision) is None:
        return None
    said = {part: (revision or structure.parts[part].revision, variant)}
    found, needs = Calculation(), defaultdict(Decimal, {part: quantity})
    for one in (one for one in structure.order if one in needs):
        revision, variant = said.setdefault(one, (structure.parts[one].revision, ""))
        recipe = structure.recipe(one, revision)
        if recipe is None or not (one == part or structure.parts[one].is_made):
            found.bought[one] = needs[one]
            continue
        found.made[one] = needs[one]
        below = _below(structure, structure.rows(recipe, on, variant), needs[one])
        for component, needed in below.items():
            needs[component] += needed
        found.components = found.components or below
    _buy(found)
    _work(found, said)
    return found


def _below(structure, rows, quantity):
    below = defaultdict(Decimal)
    for row in rows:
        below[row.component] += row.required(quantity, structure.parts[row.component].step)
    return dict(below)


def _buy(found):
    prices = dict(Part.objects.filter(pk__in=found.bought).values_list("pk", "standard_price"))
    found.cost.material = sum((quantity * prices[part] for part, quantity in found.bought.items()), ZERO)


def _work(found, said):
    steps = operations_by_part({(part, said[part][0]) for part in found.made})
    for part, quantity in found.made.items():
        revision, variant = said[part]
        for step in steps[part, revision]:
            if fits(step.variants, variant):
                _add(found.cost, step, quantity)


def _add(cost, step, quantity):
    if step.service_part:
        cost.outside += quantity * step.service_part.standard_price
    else:
        cost.time += (step.setup_minutes + step.run_minutes * quantity) * step.work_centre.hourly_rate / HOUR
