"""What files of customers' orders and of purchase orders have in common: what a line names, and what was loaded."""

from erp.staging.columns import PART, UNIT, WAREHOUSE
from erp.staging.finding import Several, only_warehouse, parts, the_one, units, warehouses
from erp.staging.kinds import own_number
from erp.staging.operations import numbers_loaded, when_and_by_whom


class Named:
    """The partners, parts, units and warehouses that the lines name, found at once for all of them.

    The base of both kinds: what a line names is answered, or what is wrong with it is noted.
    """

    partner_column = None
    their_part_column = None  # the partner's part number
    links = None  # the model that has these numbers; its fields have the names of the two columns
    in_links = ""
    no_link = ""
    say_where = ""

    def __init__(self, lines, *, partners):
        self.partners = partners
        self.parts = parts({line["part"] for line in lines})
        self.units = units({line["unit"] for line in lines})
        self.warehouses = warehouses({line["warehouse"] for line in lines})
        self.only_warehouse = only_warehouse()
        self.theirs = self._parts_by_their_numbers(lines)

    def _parts_by_their_numbers(self, lines):
        """{(partner id, the partner's part number): part, or ``Several``} as the links have it."""
        partner, number = self.partner_column.name, self.their_part_column.name
        named = {(self.partners.get(line[partner]), line[number]) for line in lines if line[number]}
        pairs = [(found.pk, text) for found, text in named if found not in (None, Several)]
        if not pairs:
            return {}
        wanted = {f"{partner}__in": {pk for pk, _ in pairs}, f"{number}__in": {text for _, text in pairs}}
        links = self.links.objects.filter(**wanted)
        found = {}
        for link in links.select_related("part__unit", "part__default_warehouse__company__calendar"):
            key = getattr(link, f"{partner}_id"), getattr(link, number)
            found[key] = Several if key in found else link.part
        return found

    def partner_of(self, line):
        column = self.partner_column
        partner = the_one(line, column, self.partners)
        if partner and not partner.is_active:
            words = f"{partner} is not an active {column.title.lower()}."
            line.wrong(column.title, words, read=line[column.name])
            return None
        return partner

    def part_of(self, line, partner):
        """By our number or the partner's; where a line gives both, they mean the same part."""
        column = self.their_part_column
        part, number = the_one(line, PART, self.parts), line[column.name]
        theirs = self._their_part(line, partner, number)
        if part and theirs and part != theirs:
            words = f"This is {theirs} in the {self.in_links} of {partner}, and the line says {part}."
            line.wrong(column.title, words, read=number)
        part = part or (theirs if not line["part"] else None)
        if part is None and not line["part"] and not number:
            line.wrong(PART.title, f"Give our part number or the {self.partner_column.title.lower()}'s.")
        if part and (words := self.trouble_of(part)):
            line.wrong(PART.title, words, read=part.number)
        return part

    def trouble_of(self, part):
        """Why orders of this kind do not take the part, in a sentence; empty if they do."""
        raise NotImplementedError

    def _their_part(self, line, partner, number):
        title = self.their_part_column.title
        if not number or not partner:
            return None
        theirs = self.theirs.get((partner.pk, number))
        if theirs is Several:
            line.wrong(title, f"{partner} calls several parts so. Give our number.", read=number)
            return None
        if theirs is None and not line["part"]:
            line.wrong(title, f"{self.no_link.format(partner)} this part number.", read=number)
        return theirs

    def unit_of(self, line):
        return the_one(line, UNIT, self.units)

    def warehouse_of(self, line, part):
        """The one that the line names, else the part's own, else the only one there is."""
        warehouse = the_one(line, WAREHOUSE, self.warehouses)
        if warehouse and not warehouse.is_active:
            line.wrong(WAREHOUSE.title, f"{warehouse} is not active.", read=line["warehouse"])
        if warehouse or line["warehouse"]:
            return warehouse
        warehouse = (part.default_warehouse if part else None) or self.only_warehouse
        if part and warehouse is None:
            line.wrong(WAREHOUSE.title, f"{part} has no default warehouse. {self.say_where}")
        return warehouse


def check_loaded(kind, drafts, *, column, read):
    """Note lines of orders that were loaded before: ``drafts`` by (partner's number, its own number of the order)."""
    numbers = {own_number(*key): draft for key, draft in drafts.items() if key[1]}
    for number, loaded in numbers_loaded(kind, list(numbers)).items():
        words = f"This was loaded {when_and_by_whom(loaded.staged)}: {loaded.document}."
        for line in numbers[number].lines:
            line.wrong(column.title, words, read=read(line))
