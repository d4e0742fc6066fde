"""What the pages of BOMs show."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from erp.exceptions import Refused
from erp.register.models import Part
from production.explosion import tree
from production.models import Bom
from production.queries.structures import structure_of

LONGEST = 2000


def boms_for_list():
    return Bom.objects.for_list().annotate(row_count=Count("rows"))


@dataclass(frozen=True)
class TreeLine:
    """One line of the exploded BOM."""

    depth: int
    part: Part
    quantity: Decimal
    seen: bool
    missing: bool
    bom: int | None = None

    @property
    def indent(self):
        return range(self.depth)


def tree_of(bom, *, on):
    """([TreeLine] of one piece, why there is none): a BOM that cannot be exploded must still open, to be mended."""
    try:
        return exploded(bom, Decimal(1), on=on), ""
    except Refused as refusal:
        return [], str(refusal)


def exploded(bom, quantity, *, on):
    """[TreeLine] of a BOM over all levels, each sub-assembly opened once; raises Refused where that is not possible."""
    structure = structure_of([bom.part_id])
    recipe = structure.recipes.get((bom.part_id, bom.revision_id))
    if recipe is None or recipe.bom != bom.pk:  # not active, and perhaps another one is
        return []
    lines = tree(structure, bom.part_id, quantity, on=on, revision=bom.revision_id)[:LONGEST]
    parts = Part.objects.select_related("unit").in_bulk({line.part for line in lines})
    return [
        TreeLine(
            line.depth,
            parts[line.part],
            line.quantity,
            line.seen,
            missing=not line.has_recipe and parts[line.part].is_made,
            bom=_bom_below(structure, line),
        )
        for line in lines
    ]


def _bom_below(structure, line):
    """The id of the BOM that a line of the tree was opened with."""
    recipe = structure.recipe(line.part) if line.depth else None
    return recipe and recipe.bom
