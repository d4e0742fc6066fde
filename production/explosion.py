"""From a quantity of a part to the quantities of its components, level by level. Pure arithmetic, no database.

Parts are taken in low-level-code order, so each is reached once, whatever the number of paths to it. Phantom parts
are passed through. Quantities are exact decimals, rounded up once to what the component's unit allows.
"""

from collections import defaultdict
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from functools import cached_property
from typing import NamedTuple

from erp.exceptions import Refused
from erp.register.fields import QUANTITY_LIMIT
from erp.register.models import BOUGHT_TYPES

MAX_LEVELS = 50
ZERO, ONE, LIMIT = Decimal(0), Decimal(1), Decimal(QUANTITY_LIMIT)
# A division may leave a trace in the 28th digit; what is smaller than this is no material.
NOISE = Decimal("0.000000001")
PHANTOM = "fictitious"


class Circle(Refused):
    """A part that contains itself; ``path`` are the part numbers from the part down to itself."""

    def __init__(self, path):
        self.path = path
        super().__init__(f"A part cannot contain itself: {' → '.join(path)}.")


class TooDeep(Refused):
    def __init__(self):
        super().__init__(f"A structure has at most {MAX_LEVELS} levels.")


class Facts(NamedTuple):
    """What planning must know of a part."""

    id: int
    number: str
    part_type: str = "manufactured"
    lot_sizing: str = "LR"
    step: Decimal = ONE
    lead_time: int = 0
    safety_time: int = 0
    order_quantity: Decimal = ZERO
    minimum: Decimal = ZERO
    maximum: Decimal = ZERO
    multiple: Decimal = ZERO
    tolerance: Decimal = ZERO
    revision: int | None = None
    made_from_rows: bool = False

    @property
    def is_phantom(self):
        return self.part_type == PHANTOM

    @property
    def is_made(self):
        return self.part_type == "manufactured"

    @property
    def is_bought(self):
        return self.part_type in BOUGHT_TYPES

    @property
    def is_order_oriented(self):
        return self.lot_sizing == "LR"


class Row(NamedTuple):
    """One BOM row, or what several say together where phantoms lie between (``id`` is the row of the order's part)."""

    component: int
    quantity_per: Decimal
    fixed: Decimal = ZERO
    scrap: Decimal = ZERO
    valid_from: date | None = None
    valid_to: date | None = None
    id: int | None = None
    variants: str = ""

    def fits(self, variant):
        """Whether it belongs to a variant: a row that names none belongs to all."""
        return fits(self.variants, variant)

    def is_valid(self, on):
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def required(self, quantity, step):
        """(order quantity x quantity per) / (1 - scrap) + fixed quantity, rounded up to the unit's decimals."""
        _, exact, fixed, scrap, *_ = self
        exact *= quantity
        if scrap:
            exact /= ONE - scrap
        if fixed:
            exact += fixed
        return round_up(exact, step) if exact % step or exact >= LIMIT else exact

    def below(self, inner):
        """This row of a phantom, then a row of the phantom's own BOM: what both say together."""
        kept = 1 - inner.scrap
        return Row(
            component=inner.component,
            quantity_per=self.quantity_per * inner.quantity_per,
            fixed=self.fixed * inner.quantity_per / kept + inner.fixed,
            scrap=1 - (1 - self.scrap) * kept,
            id=self.id,
        )


def codes_of(text):
    """The variant codes that somebody typed, in capitals, each once, in their order."""
    return list(dict.fromkeys(code for part in text.split(",") if (code := part.strip().upper())))


def fits(variants, variant):
    """Whether what is limited to ``variants`` (codes with commas between, or nothing) belongs to a variant.

    A variant may have several codes, with a plus between: one that is named is enough. One named with a minus before
    it keeps it out.
    """
    if not variants:
        return True
    own, named = set(variant.upper().split("+")), codes_of(variants)
    wanted = {code for code in named if not code.startswith("-")}
    if own & {code[1:] for code in named if code.startswith("-")}:
        return False
    return not wanted or bool(own & wanted)


class Recipe(NamedTuple):
    """An active BOM: the rows in the order of their positions."""

    bom: int
    revision: int | None
    rows: tuple


def round_up(exact, step):
    if exact >= QUANTITY_LIMIT:
        raise Refused("The quantity is too large.")
    if exact % step:
        exact = exact.quantize(NOISE, rounding=ROUND_HALF_EVEN).quantize(step, rounding=ROUND_CEILING) or step
    return exact


class Structure:
    """Parts and their active BOMs, read once. ``recipes`` by (part, revision); revision None fits all others."""

    def __init__(self, parts, recipes, *, levels=None):
        """``levels``: low-level codes that somebody keeps ({part: code}); taken only if every row goes down."""
        self.parts = parts
        self.recipes = recipes
        self._kept = levels
        self._rows = {}

    def recipe(self, part, revision=None):
        """The BOM of the revision, or of the part's active one; else the one for all revisions; else None."""
        wanted = revision or self.parts[part].revision
        found = self.recipes.get((part, wanted)) if wanted else None
        return found or self.recipes.get((part, None))

    def rows(self, recipe, on, variant=""):
        """The rows valid on a date and of a variant, phantoms replaced by what they are made of."""
        found = self._rows.get((recipe.bom, on, variant))
        if found is None:
            found = self._rows[recipe.bom, on, variant] = list(self._valid(recipe, on, variant, depth=0))
        return found

    def _valid(self, recipe, on, variant, depth):
        if depth > MAX_LEVELS:
            self.levels  # noqa: B018 - names the circle
            raise TooDeep
        for row in recipe.rows:
            if not row.is_valid(on) or not row.fits(variant):
                continue
            facts = self.parts[row.component]
            inner = self.recipe(row.component) if facts.part_type == PHANTOM else None
            if inner is None:
                yield row
            else:
                yield from (row.below(below) for below in self._valid(inner, on, variant, depth + 1))

    @cached_property
    def levels(self):
        """{part: low-level code}: below everything it goes into, in any BOM and on any date. A circle is refused."""
        if self._kept is not None and self._goes_down(self._kept):
            return self._kept
        below = defaultdict(set)
        for (part, _revision), recipe in self.recipes.items():
            below[part].update(row.component for row in recipe.rows)
        waiting = defaultdict(int)
        for components in below.values():
            for component in components:
                waiting[component] += 1
        level, current = 0, [part for part in self.parts if not waiting[part]]
        levels = dict.fromkeys(current, 0)
        while current:
            level, current = level + 1, list(_released(current, below, waiting))
            levels |= dict.fromkeys(current, level)
        if len(levels) < len(self.parts):
            raise Circle(self._circle(below, set(self.parts) - set(levels)))
        if level > MAX_LEVELS + 1:
            raise TooDeep
        return levels

    def _goes_down(self, levels):
        return all(
            levels[part] < levels[row.component]
            for (part, _revision), recipe in self.recipes.items()
            for row in recipe.rows
        )

    @cached_property
    def order(self):
        """The parts in low-level-code order."""
        return sorted(self.parts, key=self.levels.__getitem__)

    def _circle(self, below, stuck):
        """Parts that never got a level lie on a circle or below one: going up from any of them runs into it."""
        above = {component: part for part in stuck for component in below[part] & stuck}
        walk = [next(part for part in stuck if part in above)]
        while (part := above[walk[-1]]) not in walk:
            walk.append(part)
        path = [*walk[walk.index(part) :], part]
        return [self.parts[part].number for part in reversed(path)]


def _released(parts, below, waiting):
    for part in parts:
        for component in below.get(part, ()):
            waiting[component] -= 1
            if not waiting[component]:
                yield component


def explode(structure, wanted, *, on):
    """{part: quantity} of everything below ``wanted`` ({part: quantity}), gross, in low-level-code order."""
    parts = structure.parts
    needs = defaultdict(Decimal, wanted)
    below = {}
    for part in structure.order:
        quantity = needs.get(part)
        if quantity is None:
            continue
        if part not in wanted or quantity != wanted[part]:
            below[part] = quantity - wanted.get(part, ZERO)
        if recipe := structure.recipe(part):
            for row in structure.rows(recipe, on):
                component, per, fixed, scrap = row[:4]
                step, exact = parts[component].step, quantity * per
                if fixed or scrap or exact % step or exact >= LIMIT:
                    exact = row.required(quantity, step)
                needs[component] += exact
    return below


class Included(NamedTuple):
    """A part that a fictitious part consists of. ``within``: the numbers of the fictitious parts between the two."""

    part: int
    quantity: Decimal
    within: tuple
    is_phantom: bool

    @property
    def depth(self):
        return len(self.within)


def included(structure, part, quantity, *, on, variant="", within=()):
    """What a fictitious part consists of, nested ones each followed by their own parts, as quantities in base units."""
    structure.levels  # noqa: B018 - refuses a circle before walking
    recipe = structure.recipe(part)
    for row in recipe.rows if recipe else ():
        if row.is_valid(on) and row.fits(variant):
            facts = structure.parts[row.component]
            needed = row.required(quantity, facts.step)
            yield Included(row.component, needed, within, facts.is_phantom)
            if facts.is_phantom:
                deeper = {"on": on, "variant": variant, "within": (*within, facts.number)}
                yield from included(structure, row.component, needed, **deeper)


class Branch(NamedTuple):
    """One line of the exploded tree. A sub-assembly is opened the first time only; ``seen`` says it stands above."""

    depth: int
    part: int
    quantity: Decimal
    row: Row | None
    seen: bool
    has_recipe: bool


def tree(structure, part, quantity, *, on, revision=None):
    """The structure of a part as lines, each followed by what it is made of, each sub-assembly opened once."""
    structure.levels  # noqa: B018 - refuses a circle before walking
    opened = set()

    def branches(part, quantity, row, depth, revision=None):
        recipe = structure.recipe(part, revision)
        yield Branch(depth, part, quantity, row, part in opened, recipe is not None)
        if recipe is None or part in opened:
            return
        opened.add(part)
        for below in recipe.rows:
            if below.is_valid(on):
                needed = below.required(quantity, structure.parts[below.component].step)
                yield from branches(below.component, needed, below, depth + 1)

    return list(branches(part, quantity, None, 0, revision))
