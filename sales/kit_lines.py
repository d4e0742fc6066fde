"""The parts of fictitious parts among the lines of a delivery or pick list: together, below what they belong to.

Goods are picked and delivered part by part; who packs them counts complete ones.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from erp.register.units import half_up
from sales.kits import complete_share, waited_for
from sales.models import SalesOrderRow
from sales.operations.structures import parts_below


@dataclass(frozen=True, kw_only=True)
class KitHeading:
    """What stands above the parts of ``main``: how many more of it are complete when they leave, in its unit."""

    main: SalesOrderRow
    complete: Decimal


def together(lines):
    """The lines in their order, but those of one fictitious part right behind the first of them."""
    first = {}
    for place, line in enumerate(lines):
        first.setdefault(_kit_of(line), place)
    return sorted(lines, key=lambda line: first[_kit_of(line)])


def _kit_of(line):
    row = line.row
    return ("kit", row.parent_id) if row.is_of_kit else ("row", row.pk)


def head_kits(lines, *, going):
    """Give the first line of each fictitious part its ``heading``; ``going`` says what leaves of a line, in base."""
    leaving, first = defaultdict(Decimal), {}
    for line in lines:
        if line.row.is_of_kit:
            first.setdefault(line.row.parent_id, line)
            leaving[line.pk] += going(line)
    mains = SalesOrderRow.objects.for_list().in_bulk(first) if first else {}
    parts = defaultdict(list)
    for part in parts_below(mains.values()):
        parts[part.parent_id].append(part)
    for pk, line in first.items():
        line.heading = KitHeading(main=mains[pk], complete=_complete(mains[pk], parts[pk], leaving))


def _complete(main, parts, leaving):
    counted = waited_for([part for part in parts if not part.is_cancelled])
    done = {part.pk: part.demand.done for part in counted}
    after = {pk: base + leaving.get(pk, 0) for pk, base in done.items()}
    more = complete_share(main, counted, after) - complete_share(main, counted, done)
    return half_up(Fraction(main.quantity) * more)
