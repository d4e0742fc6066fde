"""The shipping information of an order: its lines, and the weight that follows the rows."""

from dataclasses import dataclass
from decimal import Decimal

from erp.exceptions import Refused, Stale
from erp.register.models import Part, PartType
from linkage.operation import operation
from sales.models import ShippingLine
from sales.operations.taking import check_open, take_order
from sales.shipping import check_reckoned, weight_of_rows

ZERO = Decimal(0)
CUBIC_METRE = Decimal(10**6)  # in cubic centimetres
MOST_LINES = 50


@dataclass(frozen=True, kw_only=True)
class NewShippingLine:
    quantity: int = 1
    goods_type: str = ""
    package_type: str = ""
    packaging: Part | None = None
    weight: Decimal = ZERO
    volume: Decimal = ZERO
    loading_metres: Decimal = ZERO
    length: Decimal = ZERO
    width: Decimal = ZERO
    height: Decimal = ZERO
    follows_rows: bool = False


def seen_of(order):
    """What a form says it has seen: a line that somebody changed since makes it stale."""
    return "|".join(_said(line) for line in order.shipping_lines.all())


def _said(line):
    names = [field.attname for field in ShippingLine._meta.concrete_fields if field.name not in {"id", "order"}]
    return ",".join(str(getattr(line, name)) for name in names)


@operation
def set_shipping(*, order, lines, by, seen=None, reason=""):
    """Write the shipping information of an order: all its lines. A volume left at 0 is reckoned from the measures."""
    order, _rows = take_order(order)
    check_open(order)
    if seen is not None and seen != seen_of(order):
        raise Stale(
            f"Somebody else changed the shipping information of {order} after you opened it. Look at it again.",
            theirs={},
            version=order.version,
        )
    if len(lines) > MOST_LINES:
        raise Refused(f"The shipping information has at most {MOST_LINES} lines.")
    if sum(line.follows_rows for line in lines) > 1:
        raise Refused("Only one line can follow the weight of the rows.")
    for line in lines:
        _check(line)
    order.shipping_lines.all().delete()
    made = [_line(order, new, place) for place, new in enumerate(lines, start=1)]
    ShippingLine.objects.bulk_create(made)
    return made


def _check(line):
    if line.quantity < 1:
        raise Refused("A line of the shipping information has at least 1 package.")
    if line.packaging and line.packaging.part_type != PartType.PACKAGING:
        raise Refused(f"{line.packaging} is {line.packaging.get_part_type_display().lower()}, not packaging.")


def _line(order, new, place):
    facts = {name: getattr(new, name) for name in NewShippingLine.__dataclass_fields__}
    if not facts["volume"]:
        facts["volume"] = new.quantity * new.length * new.width * new.height / CUBIC_METRE
        check_reckoned(facts["volume"], f"Line {place} of the shipping information of {order} takes up", "m³")
    return ShippingLine(order=order, line=place, **facts)


@operation
def update_shipping_weight(*, order, by, reason=""):
    """Give the line that follows the rows their weight.

    Where none follows yet the only line does from now on; an order without lines gets one. Of several a person says
    which: a line more would weigh the goods a second time.
    """
    order, _rows = take_order(order)
    check_open(order)
    weight = weight_of_rows(order)
    check_reckoned(weight, f"The rows of {order} weigh", "kg")
    line = _that_follows(order)
    line.weight, line.follows_rows = weight, True
    line.save()
    return order


def _that_follows(order):
    lines = list(order.shipping_lines.order_by("line"))
    if following := [line for line in lines if line.follows_rows]:
        return following[0]
    if len(lines) > 1:
        raise Refused(f"Tick first which of the {len(lines)} lines has the weight of the rows, and save.")
    return lines[0] if lines else ShippingLine(order=order, line=1)
