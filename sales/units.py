"""Units on sales rows: what is suggested, what is allowed, and the base quantity."""

from erp.exceptions import Refused
from erp.register.models import Unit
from erp.register.units import Conversions


def parts_of(rows):
    """The parts of rows that are of the register."""
    return [row.part for row in rows if row.part_id]


class UnitsOfRows:
    """Conversions and suggested units of many parts, in one query, or two where some are sold in another unit."""

    def __init__(self, parts):
        self._conversions = Conversions(parts)
        sold_in = self._conversions.sold_in
        others = {part.pk: sold_in[part.pk] for part in parts if part.pk in sold_in}
        units = Unit.objects.in_bulk(set(others.values())) if others else {}
        self._sold_in = {part: units[unit] for part, unit in others.items()}

    def default(self, part):
        """The unit marked for customer orders, else the part's own."""
        return self._sold_in.get(part.pk) or part.unit

    def has(self, *, part, unit):
        """Whether the unit can be converted to the part's own."""
        try:
            self._conversions.ratio(part=part, unit=unit)
        except Refused:
            return False
        return True

    def of(self, part):
        """Its own unit and those that can be converted to it."""
        return [unit for unit in Unit.objects.all() if self.has(part=part, unit=unit)]

    def check(self, *, part, quantity, unit):
        """The row's own unit takes any decimals; what counts is that the base quantity fits its unit."""
        if quantity <= 0:
            raise Refused("Enter a quantity above 0.")
        self.to_base(part=part, quantity=quantity, unit=unit)

    def ratio(self, *, part, unit):
        """How many base units one unit is, exactly."""
        return self._conversions.ratio(part=part, unit=unit)

    def to_base(self, *, part, quantity, unit):
        return self._conversions.to_base(part=part, quantity=quantity, unit=unit)

    def from_base(self, *, part, quantity, unit):
        return self._conversions.from_base(part=part, quantity=quantity, unit=unit)

    def base_of(self, row):
        """How many base units a row is; None where its conversion was lost: pages open all the same, to mend it."""
        if row.demand_id:
            return row.demand.quantity
        if not row.part_id:
            return row.quantity
        try:
            return self.to_base(part=row.part, quantity=row.quantity, unit=row.unit)
        except Refused:
            return None

    def in_unit_of(self, row, counted):
        """What is counted of a row, in its own unit; None where its conversion was lost.

        A row with a demand is counted in the base unit, any other in its own.
        """
        if not row.demand_id:
            return counted
        try:
            return self.from_base(part=row.part, quantity=counted, unit=row.unit)
        except Refused:
            return None

    def convert(self, *, part, quantity, unit, to):
        """A quantity in another unit of the part."""
        return self.from_base(part=part, quantity=self.to_base(part=part, quantity=quantity, unit=unit), unit=to)
