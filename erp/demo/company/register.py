"""Units, partners, warehouses, calendar and supplier terms of the demo company."""

from datetime import timedelta

from erp.demo.company.scene import number
from erp.register.models import Address, Company, ExchangeRate, Partner, Unit, UnitConversion, Warehouse, WorkCalendar
from erp.register.operations import seed_holidays, set_day
from purchasing.models import PriceBreak, PurchaseOrderType, SupplierTerm, UsersOrderType

UNITS = {
    "pcs": ("Pieces", 0),
    "m": ("Metres", 3),
    "mm": ("Millimetres", 0),
    "kg": ("Kilograms", 3),
    "g": ("Grams", 0),
    "l": ("Litres", 3),
    "ml": ("Millilitres", 0),
    "pair": ("Pairs", 0),
    "box": ("Boxes", 2),
    "bar": ("Bars of tube", 0),
    "reel": ("Reels", 0),
    "can": ("Cans", 0),
}
# unit, base, numerator, denominator; for every part.
CONVERSIONS = [("m", "mm", 1000, 1), ("kg", "g", 1000, 1), ("l", "ml", 1000, 1), ("pair", "pcs", 2, 1)]
# part, unit, numerator, default unit on customer orders: only for that part.
OF_PARTS = [
    ("TU-286", "bar", 6, False),
    ("TU-349", "bar", 6, False),
    ("TU-160", "bar", 6, False),
    ("RT-16", "reel", 50, False),
    ("WW-08", "reel", 15, False),
    ("PT-SEA", "box", 20, False),
    ("PT-GRA", "box", 20, False),
    ("PR-01", "can", 5, False),
    ("OL-CH", "can", 5, False),
    ("SK-290", "box", 100, True),
    ("NP-12", "box", 100, False),
    ("SC-M5", "box", 200, True),
    ("SC-M6", "box", 200, False),
]
# number, name, street, postal code, city, country, work days on the road.
CUSTOMERS = [
    ("10001", "Pyörä-Pekka Oy", "Humalistonkatu 12", "20100", "Turku", "FI", 0),
    ("10002", "Velo Nord GmbH", "Spaldingstraße 64", "20097", "Hamburg", "DE", 3),
    ("10003", "Tampereen Kaupunkipyörät", "Hatanpään valtatie 8", "33100", "Tampere", "FI", 1),
    ("10004", "Øresund Cykler ApS", "Amagerbrogade 201", "2300", "København", "DK", 2),
    ("10005", "Gotland Cykeluthyrning", "Skeppsbron 20", "621 57", "Visby", "SE", 2),
    ("10006", "Cykelboden i Ekenäs", "Kungsgatan 7", "10600", "Ekenäs", "FI", 1),
    ("10007", "Rad & Tat Bremen", "Am Dobben 44", "28203", "Bremen", "DE", 3),
    ("10008", "Jakelu Express Oy", "Kuriiritie 3", "01510", "Vantaa", "FI", 1),
]
SUPPLIERS = [
    ("20001", "Siegerland Rohr GmbH", "Hüttenstraße 5", "57072", "Siegen", "DE", 3),
    ("20002", "Midland Spokes Ltd", "14 Wheelwright Lane", "B7 4LS", "Birmingham", "GB", 4),
    ("20003", "Nordhub AB", "Verkstadsgatan 9", "553 02", "Jönköping", "SE", 2),
    ("20004", "Motovel Drives B.V.", "Achtseweg 31", "5651 GG", "Eindhoven", "NL", 3),
    ("20005", "Karhukumi Oy", "Nokianvirrankatu 2", "37100", "Nokia", "FI", 1),
    ("20006", "Lakkapinta Oy", "Teollisuuskatu 18", "21200", "Raisio", "FI", 0),
    ("20007", "Mira Componenti S.r.l.", "Via Zanardi 27", "41123", "Modena", "IT", 4),
    ("20008", "Ruuvitukku Oy", "Rydöntie 11", "20360", "Turku", "FI", 0),
]
CURRENCIES = {"20002": "GBP"}
LANGUAGES = {"DE": "de", "SE": "sv", "DK": "da"}
WAREHOUSES = {
    "TKU": "Aurala Cycles, Turku works\nTeollisuuskatu 9\n20520 Turku\nFinland",
    "VAN": "Aurala Cycles, Vantaa depot\nTikkurilantie 136\n01530 Vantaa\nFinland",
}
# part, supplier, price, purchase unit, multiple, minimum, lead time, their number
TERMS = [
    ("TU-286", "20001", "31.20", "bar", 1, 5, 10, "CM-28,6x0,9"),
    ("TU-349", "20001", "38.40", "bar", 1, 5, 10, "CM-34,9x0,9"),
    ("TU-160", "20001", "22.10", "bar", 1, 5, 10, "CM-16x1"),
    ("DO-10", "20001", "2.35", "pcs", 10, 50, 12, "DO-V10"),
    ("HT-44", "20001", "4.10", "pcs", 1, 20, 12, ""),
    ("BS-68", "20001", "3.85", "pcs", 1, 20, 12, ""),
    ("SK-290", "20002", "9.80", "box", 5, 10, 8, "SP290-2.0"),
    ("NP-12", "20002", "5.10", "box", 5, 10, 8, "BN12"),
    ("RM-28", "20002", "17.40", "pcs", 10, 20, 8, "R622-36"),
    ("HB-FR", "20003", "9.90", "pcs", 5, 10, 5, "NH-F36"),
    ("HB-3G", "20003", "52.00", "pcs", 1, 1, 7, "NH-3"),
    ("HB-7G", "20003", "118.00", "pcs", 1, 1, 7, "NH-7"),
    ("HB-9C", "20003", "46.50", "pcs", 1, 1, 7, "NH-9C"),
    ("BL-20", "20003", "6.20", "pcs", 2, 10, 5, ""),
    ("BR-10", "20003", "8.90", "pcs", 2, 10, 5, ""),
    ("MT-250", "20004", "245.00", "pcs", 1, 1, 15, "MV250F"),
    ("BT-500", "20004", "298.00", "pcs", 1, 1, 15, "MVB-36/14"),
    ("BT-750", "20004", "389.00", "pcs", 1, 1, 15, "MVB-36/21"),
    ("DP-10", "20004", "42.00", "pcs", 1, 1, 10, "MVD-10"),
    ("TY-28", "20005", "11.30", "pcs", 10, 20, 4, "KK 42-622"),
    ("IT-28", "20005", "2.40", "pcs", 10, 20, 4, "KK AV28"),
    ("RT-16", "20005", "14.00", "reel", 1, 1, 4, ""),
    ("PT-SEA", "20006", "168.00", "box", 1, 1, 6, "RAL 5020"),
    ("PT-GRA", "20006", "162.00", "box", 1, 1, 6, "RAL 7016"),
    ("PR-01", "20006", "64.00", "can", 1, 1, 6, ""),
    ("SV-PC", "20006", "24.00", "pcs", 1, 1, 4, "Powder coating"),
    ("SD-10", "20007", "14.80", "pcs", 1, 20, 12, "Mira Comfort"),
    ("SP-27", "20007", "6.90", "pcs", 1, 20, 12, ""),
    ("HN-60", "20007", "8.70", "pcs", 1, 20, 12, ""),
    ("ST-90", "20007", "7.20", "pcs", 1, 20, 12, ""),
    ("GP-10", "20007", "3.60", "pair", 1, 20, 12, ""),
    ("PD-10", "20007", "9.40", "pair", 1, 10, 12, ""),
    ("CK-38", "20007", "21.50", "pcs", 1, 10, 12, ""),
    ("FK-01", "20007", "19.90", "pcs", 1, 10, 12, ""),
    ("CH-7", "20005", "6.80", "pcs", 5, 10, 5, ""),
    ("LI-10", "20005", "12.10", "pcs", 1, 10, 5, ""),
    ("MG-45", "20005", "9.60", "pcs", 1, 10, 5, ""),
    ("KS-01", "20005", "4.90", "pcs", 1, 10, 5, ""),
    ("SC-M5", "20008", "11.00", "box", 1, 2, 2, "DIN 912 M5x16"),
    ("SC-M6", "20008", "13.00", "box", 1, 2, 2, "DIN 912 M6x20"),
    ("OL-CH", "20008", "39.00", "can", 1, 1, 2, ""),
    ("WW-08", "20008", "58.00", "reel", 1, 1, 3, "SG2 0.8"),
    ("HB-FR", "20007", "8.40", "pcs", 50, 100, 20, "Mira F"),
]
# From so many purchase units on: another price, and a discount in per cent.
PRICE_BREAKS = [
    ("TY-28", "20005", 100, "10.60", 0),
    ("TY-28", "20005", 250, "10.60", 5),
    ("RM-28", "20002", 100, "16.20", 0),
    ("SD-10", "20007", 50, "14.10", 0),
]
STAY = {"SV-PC"}  # no under-delivery, no tolerance

# code, name, whether new orders get it
ORDER_TYPES = [
    ("STOCK", "For stock", True),
    ("PROD", "For production", True),
    ("SPARE", "Spare parts", True),
    ("TOOL", "Tools and moulds", False),
]
# The most that a supplier delivers in one row, in the purchase unit.
MAXIMA = {"TY-28": 200, "IT-28": 200}


def add_units():
    used = set(Unit.objects.filter(part__isnull=False).values_list("code", flat=True))
    for code, (name, decimals) in UNITS.items():
        if code not in used:  # a unit that somebody counts in stays as it is
            Unit.objects.update_or_create(code=code, defaults={"name": name, "decimals": decimals})
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=UNITS)}
    for unit, base, numerator, denominator in CONVERSIONS:
        facts = {"numerator": numerator, "denominator": denominator}
        UnitConversion.objects.get_or_create(part=None, unit=units[unit], base=units[base], defaults=facts)
    return units


def add_conversions(parts, units):
    UnitConversion.objects.bulk_create(
        [
            UnitConversion(
                part=parts[part], unit=units[unit], base=parts[part].unit, numerator=numerator, for_sales=for_sales
            )
            for part, unit, numerator, for_sales in OF_PARTS
        ]
    )


def seeded_calendar(name, country, *, today, by):
    """A calendar with the public holidays of last year to the year after next."""
    calendar = WorkCalendar.objects.create(name=name, country=country)
    seed_holidays(calendar=calendar, country=country, first_year=today.year - 1, last_year=today.year + 2, by=by)
    return calendar


def add_company(*, today, by):
    """The company with its warehouses, and a calendar with the public holidays and one bridge day of its own."""
    calendar = seeded_calendar("Turku works", "FI", today=today, by=by)
    stocktaking = today.replace(month=6, day=30) + timedelta(days=365 if today.month > 6 else 0)
    set_day(calendar=calendar, date=stocktaking, is_work_day=False, name="Stocktaking", by=by)
    company = Company.objects.create(
        code="AUR",
        name="Aurala Cycles Oy",
        currency="EUR",
        calendar=calendar,
        address="Linnankatu 41\n20100 Turku\nFinland",
    )
    names = {"TKU": "Turku works", "VAN": "Vantaa depot"}
    return company, {
        code: Warehouse.objects.create(code=code, name=name, company=company, address=WAREHOUSES[code])
        for code, name in names.items()
    }


def add_partners():
    partners = {}
    for table, role in ((CUSTOMERS, "is_customer"), (SUPPLIERS, "is_supplier")):
        for code, name, street, postal_code, city, country, transport_days in table:
            language = LANGUAGES.get(country, "en")
            email = f"orders@{code}.example" if role == "is_supplier" else ""
            facts = {"language": language, "order_email": email, "currency": CURRENCIES.get(code, "EUR"), role: True}
            partner = Partner.objects.create(number=code, name=name, **facts)
            Address.objects.create(
                partner=partner,
                kind="delivery" if role == "is_customer" else "mailing",
                lines=street,
                postal_code=postal_code,
                city=city,
                country=country,
                transport_days=transport_days,
                is_default=True,
            )
            partners[code] = partner
    return partners


def add_rates(today):
    """What a pound was worth, from the beginning of last year and of this month."""
    days = {today.replace(year=today.year - 1, month=1, day=1): "1.1840", today.replace(day=1): "1.1625"}
    for day, rate in days.items():
        ExchangeRate.objects.create(currency="GBP", into="EUR", valid_from=day, rate=number(rate))


def add_order_types(people):
    """The kinds of purchase orders; what the planner orders is for production."""
    types = {
        code: PurchaseOrderType.objects.create(code=code, name=name, is_default=code == "STOCK", is_active=active)
        for code, name, active in ORDER_TYPES
    }
    UsersOrderType.objects.create(user=people["planner"], order_type=types["PROD"])
    return types


def add_terms(parts, partners, units, terms):
    seen = set()
    rows = []
    for part, supplier, price, unit, multiple, minimum, lead_time, theirs in terms:
        tolerance = 0 if part in STAY or parts[part].is_order_oriented else 5
        rows.append(
            SupplierTerm(
                part=parts[part],
                supplier=partners[supplier],
                supplier_part_number=theirs,
                price=number(price),
                currency=partners[supplier].currency,
                unit=units[unit],
                multiple=multiple,
                minimum=minimum,
                maximum=MAXIMA.get(part, 0),
                lead_time=lead_time,
                is_default=part not in seen,
                over_tolerance=tolerance,
                under_tolerance=tolerance,
                delivers_saturday=False,
                delivers_sunday=False,
            )
        )
        seen.add(part)
    made = {(term.part.number, term.supplier.number): term for term in SupplierTerm.objects.bulk_create(rows)}
    PriceBreak.objects.bulk_create(
        PriceBreak(term=made[part, supplier], from_quantity=quantity, price=number(price), discount=discount)
        for part, supplier, quantity, price, discount in PRICE_BREAKS
    )
