"""What the lines of customer orders name, found at once: customers, parts, units, warehouses, addresses."""

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP

from erp.register.models import Address, Company, Partner
from erp.register.units import plain
from erp.staging.finding import Several, found_by
from erp.staging.orders import Named
from sales.imports.columns import ADDRESS, CUSTOMER, OUR_GLN, PRICE, THEIR_PART
from sales.models import CustomerLink, RowType
from sales.money import price_step
from sales.operations import NewRow
from sales.operations.structures import with_structures

THIRTEEN = re.compile("[0-9]{13}")


class Known(Named):
    """Reads a line as a row of an order, and notes what it cannot be."""

    partner_column = CUSTOMER
    their_part_column = THEIR_PART
    links = CustomerLink
    in_links = "customer links"
    no_link = "No customer link of {} has"
    say_where = "Say where it comes from."

    def __init__(self, lines):
        customers = Partner.objects.filter(is_customer=True)
        names = {line["customer"] for line in lines}
        super().__init__(lines, partners=found_by(customers, ["number", "gln", "name"], names))
        glns = {line["our_gln"] for line in lines} - {None}
        self.companies = {company.gln: company for company in Company.objects.filter(gln__in=glns)} if glns else {}
        partners = [customer for customer in self.partners.values() if customer is not Several]
        self.step = price_step()
        self.places = _addresses(partners, {line["delivery_address"] for line in lines} - {None})

    def rows_of(self, lines):
        """[(line, what ``row_of`` reads it as)]; a line with a text has it below its row."""
        read = [(line, self.row_of(line)) for line in lines]
        return _with_texts(read)

    def row_of(self, line):
        """(customer, NewRow, Address or text) of a line; None where something is missing that was noted."""
        customer = self.partner_of(line)
        part = self.part_of(line, customer)
        unit = self.unit_of(line)
        warehouse = self.warehouse_of(line, part)
        address = self._address(line, customer)
        self._our_company(line, warehouse)
        if line.problems or None in (customer, part, warehouse):
            return None
        return customer, _row(line, part, unit, warehouse, self.price_of(line)), address

    def price_of(self, line):
        """The price with the decimals that prices have; the answer to the customer shows the difference."""
        price = line["price"] and line["price"].quantize(self.step, rounding=ROUND_HALF_UP)
        if price != line["price"]:
            words = f"A price has at most {-self.step.as_tuple().exponent} decimals here: {plain(price)} is taken."
            line.warn(PRICE.title, words, read=line["price"])
        return price

    def trouble_of(self, part):
        return "" if part.is_active else f"{part} is not active."

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


def _row(line, part, unit, warehouse, price):
    return NewRow(
        part=part,
        quantity=line["quantity"],
        unit=unit,
        unit_price=price,
        discount=line["discount"],
        delivery_date=None if line["desired_date"] else line["shipment_date"],
        at_customer_date=line["desired_date"],
        desired_date=line["desired_date"] or line["shipment_date"],
        warehouse=warehouse,
        customer_row_position=line["customer_row_position"] or "",
        customer_order_number=line["customer_order_number"] or "",
        goods_label=line["goods_label"] or "",
        variant=line["variant"] or "",
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


def _addresses(customers, texts):
    """{(customer id, GLN): Address} of the places of delivery that lines name"""
    wanted = [text for text in texts if THIRTEEN.fullmatch(text)]
    if not wanted:
        return {}
    found = Address.objects.filter(partner__in=customers, kind="delivery", gln__in=wanted)
    return {(row.partner_id, row.gln): row for row in found}
