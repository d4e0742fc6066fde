"""A fictitious part and what stands below it on an order."""

from decimal import Decimal

from tests.factories import PartFactory, PhantomPartFactory
from tests.production.factories import bom_of


def kit_of(*rows, number="KIT", **facts):
    """A fictitious part made of ``(part, quantity)`` each."""
    kit = PhantomPartFactory(number=number, name=number, **facts)
    bom_of(kit, *rows)
    return kit


def tool_kit():
    """A box of 2 hammers and, in an inner set, 3 screws and 1 bit; all bought."""
    hammer, screw, bit = (PartFactory(number=number, name=number) for number in ("HAMMER", "SCREW", "BIT"))
    return kit_of((hammer, 2), (kit_of((screw, 3), (bit, 1), number="SET"), 1))


def below(row):
    """[(part, quantity, within)] of what stands below a row."""
    parts = row.sub_rows.order_by("line").values_list("part__number", "quantity", "within")
    return [(part, plain_int(quantity), within) for part, quantity, within in parts]


def plain_int(quantity):
    return int(quantity) if quantity == int(quantity) else Decimal(quantity)


def part_below(row, number):
    return type(row).objects.for_list().get(parent=row.pk, part__number=number)
