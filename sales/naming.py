"""In which language a document speaks, and what parts and units are called in it."""

from collections import defaultdict

from django.conf import settings

from erp.register.models import PartName, UnitName
from purchasing.paper_words import unit_in


class Names:
    """Names of parts and codes of units in one language, read at once; what nobody translated stays as it is."""

    def __init__(self, rows, language):
        self.language = language
        parts = {row.part_id for row in rows if row.part_id}
        units = {row.unit_id for row in rows if row.unit_id} | {row.part.unit_id for row in rows if row.part_id}
        self._parts = defaultdict(dict)
        for part, spoken, name in PartName.objects.filter(part__in=parts).values_list("part", "language", "name"):
            self._parts[part][spoken] = name
        self._units = dict(UnitName.objects.filter(unit__in=units, language=language).values_list("unit", "code"))

    def of(self, row):
        """A name that somebody typed on the row is said as it is; one of the register, in any language, in this one."""
        known = self._parts[row.part_id] if row.part_id else {}
        if known and row.name in {row.part.name, *known.values()}:
            return {settings.LANGUAGE_CODE: row.part.name, **known}.get(self.language, row.name)
        return row.name

    def unit(self, unit):
        return "" if unit is None else self._units.get(unit.pk) or unit_in(self.language, str(unit))


def language_of(partner, address):
    """That of the address, else of the partner."""
    return (address.language if address else "") or partner.language
