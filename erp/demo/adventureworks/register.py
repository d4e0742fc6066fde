"""The register: company and units, parts, partners, supplier terms. What has a row already keeps it as it is."""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F

from erp.demo.adventureworks import files
from erp.demo.adventureworks.reports import TableReport
from erp.demo.adventureworks.writing import (
    COMPANY,
    UNKNOWN_CUSTOMER,
    insert,
    our_warehouse,
    partners_by_id,
    parts_by_id,
    units_by_code,
)
from erp.exceptions import Refused
from erp.register.models import (
    Company,
    LotSizing,
    Part,
    Partner,
    PartType,
    Unit,
    UnitConversion,
    Warehouse,
    WorkCalendar,
)
from erp.register.units import MILLIONTH, Conversions
from linkage.operation import operation
from purchasing.models import SupplierTerm

NAME, CURRENCY = "Adventure Works Cycles", "USD"
# Units that count things; all others measure, with the two decimals of PerAssemblyQty.
COUNTED = {"BOX", "BTL", "CAN", "CAR", "CR", "CS", "CTN", "DZ", "EA", "PAK", "PAL", "PC"}
EACH = "EA"
# What the names of the units say by themselves (ounces of paint are fluid ounces); a container says nothing.
KNOWN_RATIOS = [("DZ", "EA", 12), ("GAL", "OZ", 128)]
IN_KG = {"LB": Decimal("0.45359237"), "G": Decimal("0.001"), "KG": Decimal(1), "OZ": Decimal("0.028349523125")}


@operation
def load_company(*, by, source, tick):
    """Company, calendar, warehouse and units: what every other table stands on. All seven days are work days."""
    report = TableReport("company_and_units")
    measures = source.rows(files.UNIT_MEASURES)

    days = {"saturday": True, "sunday": True}
    calendar, _ = WorkCalendar.objects.get_or_create(name=NAME, defaults=days)
    facts = {"name": NAME, "currency": CURRENCY, "calendar": calendar}
    company, _ = Company.objects.get_or_create(code=COMPANY, defaults=facts)
    Warehouse.objects.get_or_create(code=COMPANY, defaults={"name": NAME, "company": company})
    new = _without_known(report, files.UNIT_MEASURES, measures, key="code", known=set(units_by_code()))
    insert(Unit, [Unit(code=row.code, name=row.name, decimals=0 if row.code in COUNTED else 2) for row in new])
    _add_known_ratios()
    return report


def _add_known_ratios():
    units = units_by_code()
    pairs = set(UnitConversion.objects.filter(part=None).values_list("unit__code", "base__code"))
    for unit, base, ratio in KNOWN_RATIOS:
        if {unit, base} <= set(units) and not {(unit, base), (base, unit)} & pairs:
            UnitConversion.objects.create(unit=units[unit], base=units[base], numerator=ratio)


@operation
def load_parts(*, by, source, tick):
    """Made parts are order-oriented (LR), bought ones lot for lot (LL). The base unit is the one the BOMs count in."""
    report = TableReport("parts")
    products = source.rows(files.PRODUCTS)
    units, warehouse = units_by_code(), our_warehouse()
    counted_in = {row.component: row.unit for row in source.rows(files.BILLS)}
    lead_times = {product: row.lead_time for product, row in default_terms(source).items()}

    numbers = set(Part.objects.values_list("number", flat=True))
    new = _without_known(report, files.PRODUCTS, products, key="number", known=numbers)
    insert(Part, [_part(row, _unit(units, counted_in.get(row.id, EACH)), warehouse, lead_times) for row in new])
    return report


def _part(row, unit, warehouse, lead_times):
    return Part(
        number=row.number,
        name=row.name,
        part_type=PartType.MANUFACTURED if row.is_made else PartType.PURCHASED,
        lot_sizing=LotSizing.LINKED if row.is_made else LotSizing.LOT_FOR_LOT,
        unit=unit,
        lead_time=row.lead_time if row.is_made else lead_times.get(row.id, 0),
        minimum_stock=row.minimum_stock,
        standard_price=row.cost,
        weight=_in_kg(row),
        default_warehouse=warehouse,
        is_active=row.discontinued_on is None,
    )


def _unit(units, code):
    if code not in units:
        raise Refused(f"Unit {code} is used in the files but not in {files.UNIT_MEASURES.names[0]}.")
    return units[code]


def _in_kg(row):
    weight = (row.weight or 0) * IN_KG.get(row.weight_unit, 0)
    return weight.quantize(MILLIONTH, rounding=ROUND_HALF_UP) if weight else Decimal(0)


@operation
def load_vendors(*, by, source, tick):
    report = TableReport("vendors")
    numbers = set(Partner.objects.values_list("number", flat=True))
    new = _without_known(report, files.VENDORS, source.rows(files.VENDORS), key="number", known=numbers)

    facts = {"is_supplier": True, "currency": CURRENCY}
    insert(Partner, [Partner(number=row.number, name=row.name, is_active=row.is_active, **facts) for row in new])
    return report


@operation
def load_terms(*, by, source, tick):
    """What each vendor asks for each part. A purchase unit that nobody knows the size of counts one base unit."""
    report = TableReport("supplier_terms")
    rows = source.rows(files.TERMS)
    parts, vendors = parts_by_id(source.rows(files.PRODUCTS)), partners_by_id(source.rows(files.VENDORS))
    units, defaults = units_by_code(), default_terms(source)
    unknown = [row for row in rows if row.product not in parts or row.vendor not in vendors]
    report.leave_out(files.TERMS, unknown, "its product or vendor is not loaded")
    new = _new_terms(report, [row for row in rows if row.product in parts and row.vendor in vendors], parts, vendors)

    with_default = set(SupplierTerm.objects.filter(is_default=True).values_list("part", flat=True))
    _count_unknown_units({(parts[row.product], _unit(units, row.unit)) for row in new})
    insert(
        SupplierTerm,
        [
            SupplierTerm(
                part=parts[row.product],
                supplier=vendors[row.vendor],
                price=row.price,
                currency=CURRENCY,
                unit=units[row.unit],
                minimum=row.minimum,
                lead_time=row.lead_time,
                is_default=defaults[row.product] == row and parts[row.product].pk not in with_default,
            )
            for row in new
        ],
    )
    _name_unknown_units(report, parts.values())
    return report


def _new_terms(report, rows, parts, vendors):
    known = set(SupplierTerm.objects.values_list("part", "supplier"))
    there = [row for row in rows if (parts[row.product].pk, vendors[row.vendor].pk) in known]
    first = {(row.product, row.vendor): row for row in reversed(rows)}
    again = [row for row in rows if first[row.product, row.vendor] != row and row not in there]
    report.keep(files.TERMS, there)
    report.leave_out(files.TERMS, again, "the vendor and product stand on an earlier line")
    new = [row for row in rows if row not in there and row not in again]
    report.load(files.TERMS, new)
    return new


def default_terms(source):
    """{product: the terms to buy it at}: of an active vendor, a preferred one, the cheapest, the first."""
    vendors = {row.id: row for row in source.rows(files.VENDORS)}
    offers = defaultdict(list)
    for row in source.rows(files.TERMS):
        if row.vendor in vendors:
            offers[row.product].append(row)

    def rank(row):
        vendor = vendors[row.vendor]
        return not vendor.is_active, not vendor.is_preferred, row.price, row.line

    return {product: min(rows, key=rank) for product, rows in offers.items()}


def _count_unknown_units(pairs):
    """A conversion 1:1 for each part whose purchase unit has no factor; all that still count so are named."""
    conversions, unknown = Conversions([part for part, _unit in pairs]), []
    for part, unit in sorted(pairs, key=lambda pair: (pair[1].code, pair[0].number)):
        try:
            conversions.ratio(part=part, unit=unit)
        except Refused:
            unknown.append(UnitConversion(part=part, unit=unit, base=part.unit, numerator=1))
    insert(UnitConversion, unknown)


def _name_unknown_units(report, parts):
    guessed = UnitConversion.objects.filter(part__in=parts, numerator=F("denominator"))
    pairs = Counter(guessed.order_by().values_list("unit__code", "base__code"))
    for (unit, base), count in sorted(pairs.items()):
        report.notes.append(
            f"purchase unit {unit} has no known factor: 1 {unit} counts 1 {base} ({count} of the parts)"
        )


@operation
def load_customers(*, by, source, tick):
    """A store has its name; who a person is the files do not say, so the account number is the name."""
    report = TableReport("customers")
    stores = {row.id: row.name for row in source.rows(files.STORES)}
    numbers = set(Partner.objects.values_list("number", flat=True))
    new = _without_known(report, files.CUSTOMERS, source.rows(files.CUSTOMERS), key="number", known=numbers)

    partners = [Partner(number=row.number, name=stores.get(row.store, f"Customer {row.number}")) for row in new]
    if UNKNOWN_CUSTOMER not in numbers:
        partners.append(Partner(number=UNKNOWN_CUSTOMER, name="Customer not named in the files"))
    for partner in partners:
        partner.is_customer, partner.currency = True, CURRENCY
    insert(Partner, partners)
    return report


def _without_known(report, layout, rows, *, key, known):
    """The rows whose number is new here; all are counted."""
    there = [row for row in rows if getattr(row, key) in known]
    new = [row for row in rows if getattr(row, key) not in known]
    report.keep(layout, there)
    report.load(layout, new)
    return new
