"""What the lines of customer orders name, found at once: customers, parts, units, warehouses, addresses."""

import re
from dataclasses import replace

from erp.register.models import Address, Company, Partner
from erp.staging import finding
from erp.staging.finding import Several, the_one
from sales.imports.columns import ADDRESS, CUSTOMER, OUR_GLN, PART, THEIR_PART, UNIT, WAREHOUSE
from sales.models import CustomerLink, RowType
from sales.operations import NewRow
from sales.operations.structures import with_structures

THIRTEEN = re.compile("[0-9]{13}")


class Known:
    """Reads a line as a row of an order, and notes what it cannot be."""

    def __init__(self, lines):
        customers = Partner.objects.filter(is_customer=True)
        self.customers = finding.found_by(customers, ["number", "gln", "name"], {line["customer"] for line in lines})
        self.parts = finding.parts({line["part"] for line in lines})
        self.units = finding.units({line["unit"] for line in lines})
        self.warehouses = finding.warehouses({line["warehouse"] for line in lines})
        self.only_warehouse = finding.only_warehouse()
        glns = {line["our_gln"] for line in lines} - {None}
        self.companies = {company.gln: company for company in Company.objects.filter(gln__in=glns)} if glns else {}
        partners = [customer for customer in self.customers.values() if customer is not Several]
        self.theirs = _parts_of_customers(partners, {line["customer_part_number"] for line in lines} - {None})
        self.places = _addresses(partners, {line["delivery_address"] for line in lines} - {None})

    def rows_of(self, lines):
        """[(line, what ``row_of`` reads it as)]; a line with a text has it below its row."""
        read = [(line, self.row_of(line)) for line in lines]
        return _with_texts(read)

    def row_of(self, line):
        """(customer, NewRow, Address or text) of a line; None where something is missing that was noted."""
        customer = self._customer(line)
        part = self._part(line, customer)
        unit = the_one(line, UNIT, self.units)
        warehouse = self._warehouse(line, part)
        address = self._address(line, customer)
        self._our_company(line, warehouse)
        if line.problems or None in (customer, part, warehouse):
            return None
        return customer, _row(line, part, unit, warehouse), address

    def _customer(self, line):
        customer = the_one(line, CUSTOMER, self.customers)
        if customer and not customer.is_active:
            line.wrong(CUSTOMER.title, f"{customer} is not an active customer.", read=line["customer"])
            return None
        return customer

    def _part(self, line, customer):
        part = the_one(line, PART, self.parts)
        theirs = self._their_part(line, customer)
        if part and theirs and part != theirs:
            words = f"This is {theirs} in the customer links of {customer}, and the line says {part}."
            line.wrong(THEIR_PART.title, words, read=line["customer_part_number"])
        part = part or (theirs if not line["part"] else None)
        if part is None and not line["part"] and not line["customer_part_number"]:
            line.wrong(PART.title, "Give our part number or the customer's.")
        if part and not part.is_active:
            line.wrong(PART.title, f"{part} is not active.", read=part.number)
        return part

    def _their_part(self, line, customer):
        number = line["customer_part_number"]
        if not number or not customer:
            return None
        theirs = self.theirs.get((customer.pk, number))
        if theirs is Several:
            line.wrong(THEIR_PART.title, f"{customer} calls several parts so. Give our number.", read=number)
            return None
        if theirs is None and not line["part"]:
            line.wrong(THEIR_PART.title, f"No customer link of {customer} has this part number.", read=number)
        return theirs

    def _warehouse(self, line, part):
        warehouse = the_one(line, WAREHOUSE, self.warehouses)
        if warehouse and not warehouse.is_active:
            line.wrong(WAREHOUSE.title, f"{warehouse} is not active.", read=line["warehouse"])
        if warehouse or line["warehouse"]:
            return warehouse
        warehouse = (part.default_warehouse if part else None) or self.only_warehouse
        if part and warehouse is None:
            line.wrong(WAREHOUSE.title, f"{part} has no default warehouse. Say where it comes from.")
        return warehouse

    def _our_company(self, line, warehouse):
        company = self.companies.get(line["our_gln"])
        if line["our_gln"] and company is None:
            line.wrong(OUR_GLN.title, "No company of ours has this GLN.", read=line["our_gln"])
        elif company and warehouse and warehouse.company_id != company.pk:
            words = f"This is {company}, and {warehouse} is a warehouse of {warehouse.company}."
            line.wrong(OUR_GLN.title, words, read=line["our_gln"])

    def _address(self, line, customer):
        text = line["delivery_address"] or ""
        if not customer or not THIRTEEN.fullmatch(text):
            return "\n".join(part.strip() for part in text.split("|")).strip()
        if (customer.pk, text) not in self.places:
            line.wrong(ADDRESS.title, f"{customer} has no delivery address with this GLN.", read=text)
        return self.places.get((customer.pk, text), "")


def _row(line, part, unit, warehouse):
    return NewRow(
        part=part,
        quantity=line["quantity"],
        unit=unit,
        unit_price=line["price"],
        discount=line["discount"],
        delivery_date=None if line["desired_date"] else line["shipment_date"],
        at_customer_date=line["desired_date"],
        desired_date=line["desired_date"] or line["shipment_date"],
        warehouse=warehouse,
        customer_row_position=line["customer_row_position"] or "",
        customer_order_number=line["customer_order_number"] or "",
        goods_label=line["goods_label"] or "",
    )


def _with_texts(read):
    """Texts stand below their rows, after the parts of fictitious parts, which are found for all lines at once."""
    found = [(line, row[1]) for line, row in read if row and line["text"]]
    news = with_structures([new for _line, new in found], wrong_stay=True)
    built = {id(line): _with_text(new, line["text"]) for (line, _new), new in zip(found, news, strict=True)}
    return [(line, row and (row[0], built.get(id(line), row[1]), row[2])) for line, row in read]


def _with_text(new, text):
    if new.part.is_phantom and new.sub_rows is None:  # its quantity is noted as wrong when the row is built
        return new
    text = NewRow(row_type=RowType.TEXT, text=text, on_confirmation=True)
    return replace(new, sub_rows=(*(new.sub_rows or ()), text))


def _parts_of_customers(customers, numbers):
    """{(customer id, the customer's part number): part, or ``Several``} as the customer links have it."""
    links = CustomerLink.objects.filter(customer__in=customers, customer_part_number__in=numbers).select_related(
        "part__unit", "part__default_warehouse__company__calendar"
    )
    found = {}
    for link in links if numbers else ():
        key = link.customer_id, link.customer_part_number
        found[key] = Several if key in found else link.part
    return found


def _addresses(customers, texts):
    """{(customer id, GLN): Address} of the places of delivery that lines name"""
    wanted = [text for text in texts if THIRTEEN.fullmatch(text)]
    if not wanted:
        return {}
    found = Address.objects.filter(partner__in=customers, kind="delivery", gln__in=wanted)
    return {(row.partner_id, row.gln): row for row in found}
