"""What the pages of BOMs show."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

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


def exploded(bom, quantity, *, on):
    """[TreeLine] of a BOM over all levels, each sub-assembly opened once; raises Refused on a circle."""
    structure = structure_of([bom.part_id])
    if (bom.part_id, bom.revision_id) not in structure.recipes:  # not active: nothing is made from it
        return []
    lines = tree(structure, bom.part_id, quantity, on=on, revision=bom.revision_id)[:LONGEST]
    parts = Part.objects.select_related("unit").in_bulk({line.part for line in lines})
    boms = _bom_ids(parts)
    return [
        TreeLine(
            line.depth,
            parts[line.part],
            line.quantity,
            line.seen,
            missing=not line.has_recipe and parts[line.part].is_made,
            bom=boms.get(line.part) if line.depth else None,
        )
        for line in lines
    ]


def _bom_ids(part_ids):
    """{part id: id of its active BOM}; the one for all revisions goes first."""
    found = Bom.objects.active().filter(part__in=part_ids).order_by("-revision").values_list("part", "pk")
    return dict(found)
