"""The parts of the demo company, what they are made of and what lies on the shelves."""

from erp.demo.company.scene import number
from erp.register.models import Part, PartType
from production.models import Bom, BomRow, Routing, RoutingOperation, WorkCentre

MADE, BOUGHT, PHANTOM, SERVICE = (
    PartType.MANUFACTURED,
    PartType.PURCHASED,
    PartType.FICTITIOUS,
    PartType.SERVICE,
)
# number, name, type, unit, lot sizing, lead time, standard price, what else there is to say
PARTS = [
    ("CB-100", "City bike Aura 7", MADE, "pcs", "LR", 2, "412", {"weight": 17, "lead_time_to_customer": 15}),
    ("CB-110", "City bike Aura 3", MADE, "pcs", "LR", 2, "348", {"weight": 16, "lead_time_to_customer": 15}),
    ("TB-200", "Trekking bike Saaristo 9", MADE, "pcs", "LR", 2, "455", {"weight": 14, "lead_time_to_customer": 20}),
    ("EB-300", "E-bike Aura E", MADE, "pcs", "LR", 3, "1035", {"weight": 24, "safety_time": 1}),
    ("EB-310", "E-cargo bike Kuorma", MADE, "pcs", "LR", 4, "1390", {"weight": 38, "safety_time": 1}),
    ("FR-100", "Frame Aura, sea blue", MADE, "pcs", "LR", 2, "96", {"weight": 3}),
    ("FR-200", "Frame Saaristo, graphite", MADE, "pcs", "LR", 2, "104", {"weight": 3}),
    ("FR-300", "Frame Aura E, powder coated", MADE, "pcs", "LR", 2, "128", {"weight": 4}),
    ("FR-310", "Frame Kuorma, powder coated", MADE, "pcs", "LR", 2, "176", {"weight": 9}),
    ("FW-100", "Frame Aura, welded", MADE, "pcs", "LR", 3, "71", {}),
    ("FW-200", "Frame Saaristo, welded", MADE, "pcs", "LR", 3, "78", {}),
    ("FW-300", "Frame Aura E, welded", MADE, "pcs", "LR", 3, "83", {}),
    ("FW-310", "Frame Kuorma, welded", MADE, "pcs", "LR", 4, "131", {}),
    ("WH-F28", "Front wheel 28 in", MADE, "pcs", "LR", 1, "49", {"over_production_tolerance": 5}),
    ("WH-R3", "Rear wheel 28 in, 3 gears", MADE, "pcs", "LR", 1, "91", {}),
    ("WH-R7", "Rear wheel 28 in, 7 gears", MADE, "pcs", "LR", 1, "158", {}),
    ("WH-R9", "Rear wheel 28 in, 9 gears", MADE, "pcs", "LR", 1, "86", {}),
    ("WH-E", "Motor wheel 28 in, 250 W", MADE, "pcs", "LR", 1, "286", {}),
    ("FK-10", "Fork, sea blue", MADE, "pcs", "LR", 1, "27", {}),
    ("RK-10", "Rear rack, graphite", MADE, "pcs", "LL", 2, "22", {"make_from_sales_row": True, "minimum_stock": 10}),
    ("KT-CO", "Cockpit kit", PHANTOM, "pcs", "LL", 0, "0", {"is_stock_updated": False}),
    ("SV-PC", "Powder coating, outside", SERVICE, "pcs", "", 4, "24", {"is_stock_updated": False}),
    ("MT-250", "Hub motor 250 W", BOUGHT, "pcs", "LR", 15, "245", {}),
    ("BT-500", "Battery 500 Wh", BOUGHT, "pcs", "LR", 15, "298", {}),
    ("BT-750", "Battery 750 Wh", BOUGHT, "pcs", "LR", 15, "389", {}),
    ("DP-10", "Display", BOUGHT, "pcs", "LR", 10, "42", {}),
    ("HB-7G", "Hub with 7 gears", BOUGHT, "pcs", "LR", 7, "118", {}),
    ("HB-9C", "Hub for 9 sprockets", BOUGHT, "pcs", "LR", 7, "46.5", {}),
    ("HB-3G", "Hub with 3 gears", BOUGHT, "pcs", "LL", 7, "52", {"minimum_stock": 10}),
    ("HB-FR", "Front hub", BOUGHT, "pcs", "LL", 5, "9.9", {"minimum_stock": 20}),
    ("RM-28", "Rim 28 in, 36 holes", BOUGHT, "pcs", "LL", 8, "17.4", {"minimum_stock": 40}),
    ("SK-290", "Spoke 290 mm", BOUGHT, "pcs", "FQ", 8, "0.098", {"order_quantity": 5000, "minimum_stock": 2000}),
    ("NP-12", "Nipple 12 mm", BOUGHT, "pcs", "FQ", 8, "0.051", {"order_quantity": 5000, "minimum_stock": 2000}),
    ("TY-28", "Tyre 42-622", BOUGHT, "pcs", "LL", 4, "11.3", {"minimum_stock": 40}),
    ("IT-28", "Inner tube 28 in", BOUGHT, "pcs", "LL", 4, "2.4", {"minimum_stock": 40}),
    ("RT-16", "Rim tape 16 mm", BOUGHT, "m", "LL", 4, "0.28", {}),
    ("TU-286", "Tube 28.6 x 0.9, CrMo", BOUGHT, "m", "LL", 10, "5.2", {"minimum_stock": 60}),
    ("TU-349", "Tube 34.9 x 0.9, CrMo", BOUGHT, "m", "LL", 10, "6.4", {"minimum_stock": 30}),
    ("TU-160", "Tube 16 x 1, CrMo", BOUGHT, "m", "LL", 10, "3.7", {"minimum_stock": 60}),
    ("DO-10", "Dropout", BOUGHT, "pcs", "LL", 12, "2.35", {}),
    ("HT-44", "Head tube 44 mm", BOUGHT, "pcs", "LL", 12, "4.1", {}),
    ("BS-68", "Bottom bracket shell", BOUGHT, "pcs", "LL", 12, "3.85", {}),
    ("WW-08", "Welding wire 0.8 mm", BOUGHT, "kg", "LL", 3, "3.9", {}),
    ("PT-SEA", "Powder paint, sea blue", BOUGHT, "kg", "LL", 6, "8.4", {}),
    ("PT-GRA", "Powder paint, graphite", BOUGHT, "kg", "LL", 6, "8.1", {}),
    ("PR-01", "Primer", BOUGHT, "l", "LL", 6, "12.8", {}),
    ("FK-01", "Fork, raw", BOUGHT, "pcs", "LL", 12, "19.9", {}),
    ("HN-60", "Handlebar 600 mm", BOUGHT, "pcs", "LL", 12, "8.7", {}),
    ("ST-90", "Stem 90 mm", BOUGHT, "pcs", "LL", 12, "7.2", {}),
    ("GP-10", "Grip", BOUGHT, "pcs", "LL", 12, "1.8", {}),
    ("BL-20", "Brake lever", BOUGHT, "pcs", "LL", 5, "6.2", {}),
    ("BR-10", "Rim brake", BOUGHT, "pcs", "LL", 5, "8.9", {}),
    ("SD-10", "Saddle Comfort", BOUGHT, "pcs", "LL", 12, "14.8", {}),
    ("SP-27", "Seat post 27.2", BOUGHT, "pcs", "LL", 12, "6.9", {}),
    ("CK-38", "Crankset 38 teeth", BOUGHT, "pcs", "LL", 12, "21.5", {}),
    ("CH-7", "Chain", BOUGHT, "pcs", "LL", 5, "6.8", {}),
    ("PD-10", "Pedal", BOUGHT, "pcs", "LL", 12, "4.7", {}),
    ("MG-45", "Mudguard set", BOUGHT, "pcs", "LL", 5, "9.6", {}),
    ("LI-10", "Light set", BOUGHT, "pcs", "LL", 5, "12.1", {}),
    ("KS-01", "Kickstand", BOUGHT, "pcs", "LL", 5, "4.9", {}),
    ("SC-M5", "Screw M5 x 16", BOUGHT, "pcs", "FQ", 2, "0.055", {"order_quantity": 2000, "minimum_stock": 1000}),
    ("SC-M6", "Screw M6 x 20", BOUGHT, "pcs", "LL", 2, "0.065", {"minimum_stock": 800}),
    ("OL-CH", "Chain oil", BOUGHT, "l", "LL", 2, "7.8", {}),
]
# What every bicycle has: (component, quantity per, share lost as scrap, fixed quantity)
BIKE = [("KT-CO", 1), ("SD-10", 1), ("SP-27", 1), ("CK-38", 1), ("CH-7", 1), ("PD-10", 2), ("BR-10", 2)]
EXTRAS = [("MG-45", 1), ("LI-10", 1), ("KS-01", 1), ("SC-M5", 12), ("SC-M6", 8), ("OL-CH", "0.015")]
SPOKED = [("RM-28", 1), ("SK-290", 36, "0.03"), ("NP-12", 36, "0.03"), ("TY-28", 1), ("IT-28", 1), ("RT-16", "2.2")]
WELDED = [("HT-44", 1), ("BS-68", 1), ("DO-10", 2), ("WW-08", "0.055", "0.1", "0.1")]
BOMS = {
    "CB-100": [("FR-100", 1), ("FK-10", 1), ("WH-F28", 1), ("WH-R7", 1), *BIKE, *EXTRAS],
    "CB-110": [("FR-100", 1), ("FK-10", 1), ("WH-F28", 1), ("WH-R3", 1), *BIKE, *EXTRAS],
    "TB-200": [("FR-200", 1), ("FK-10", 1), ("WH-F28", 1), ("WH-R9", 1), *BIKE, *EXTRAS, ("RK-10", 1)],
    "EB-300": [
        ("FR-300", 1),
        ("FK-10", 1),
        ("WH-E", 1),
        ("WH-R7", 1),
        ("BT-500", 1),
        ("DP-10", 1),
        *BIKE,
        *EXTRAS,
        ("RK-10", 1),
    ],
    "EB-310": [("FR-310", 1), ("FK-10", 1), ("WH-E", 1), ("WH-R7", 1), ("BT-750", 1), ("DP-10", 1), *BIKE, *EXTRAS],
    "FR-100": [("FW-100", 1), ("PR-01", "0.12", "0.05"), ("PT-SEA", "0.22", "0.08")],
    "FR-200": [("FW-200", 1), ("PR-01", "0.12", "0.05"), ("PT-GRA", "0.22", "0.08")],
    "FR-300": [("FW-300", 1)],
    "FR-310": [("FW-310", 1)],
    "FW-100": [("TU-286", "1.9", "0.04"), ("TU-349", "0.65", "0.04"), ("TU-160", "1.6", "0.06"), *WELDED],
    "FW-200": [("TU-286", "2.05", "0.04"), ("TU-349", "0.6", "0.04"), ("TU-160", "1.7", "0.06"), *WELDED],
    "FW-300": [("TU-286", "1.4", "0.04"), ("TU-349", "1.3", "0.04"), ("TU-160", "1.6", "0.06"), *WELDED],
    "FW-310": [("TU-286", "3.2", "0.04"), ("TU-349", "2.4", "0.04"), ("TU-160", "2.8", "0.06"), *WELDED],
    "WH-F28": [("HB-FR", 1), *SPOKED],
    "WH-R3": [("HB-3G", 1), *SPOKED],
    "WH-R7": [("HB-7G", 1), *SPOKED],
    "WH-R9": [("HB-9C", 1), *SPOKED],
    "WH-E": [("MT-250", 1), *SPOKED],
    "FK-10": [("FK-01", 1), ("PR-01", "0.03", "0.05"), ("PT-SEA", "0.06", "0.08")],
    "RK-10": [("TU-160", "2.4", "0.06"), ("WW-08", "0.02"), ("PT-GRA", "0.1", "0.08"), ("SC-M5", 4)],
    "KT-CO": [("HN-60", 1), ("ST-90", 1), ("GP-10", 2), ("BL-20", 2)],
}
# code: (name, what an hour costs)
CENTRES = {
    "CUT": ("Tube saw and bender", "48"),
    "WELD": ("Welding", "62"),
    "PAINT": ("Paint shop", "55"),
    "WHEEL": ("Wheel building", "44"),
    "ASM": ("Assembly line", "46"),
}
# What is done: (name, work centre, set-up minutes, minutes per piece), or (name, service part) outside
WELDING = [("Saw and bend the tubes", "CUT", 20, 6), ("Weld and straighten", "WELD", 15, "38.5")]
PAINTING = [("Prime and paint", "PAINT", 45, 9), ("Inspect", "ASM", 0, 2)]
COATING = [("Powder coating", "SV-PC"), ("Inspect", "ASM", 0, 3)]
LACING = [("Lace and true", "WHEEL", 10, 22)]
ASSEMBLY = [("Assemble", "ASM", 15, 75), ("Ride and adjust", "ASM", 0, 12)]
ELECTRIC = [*ASSEMBLY, ("Test the drive", "ASM", 0, 10)]
ROUTINGS = {
    **dict.fromkeys(["CB-100", "CB-110", "TB-200"], ASSEMBLY),
    **dict.fromkeys(["EB-300", "EB-310"], ELECTRIC),
    **dict.fromkeys(["FR-100", "FR-200"], PAINTING),
    **dict.fromkeys(["FR-300", "FR-310"], COATING),
    **dict.fromkeys(["FW-100", "FW-200", "FW-300", "FW-310"], WELDING),
    **dict.fromkeys(["WH-F28", "WH-R3", "WH-R7", "WH-R9", "WH-E"], LACING),
    "FK-10": [("Paint", "PAINT", 20, 4)],
    "RK-10": [("Saw and bend", "CUT", 15, 4), ("Weld", "WELD", 10, 11), ("Paint", "PAINT", 20, 3)],
}
# On the shelves when the story begins. Some is plenty, some runs out.
STOCK = {
    "TKU": {
        "CB-110": 7, "FW-100": 6, "WH-F28": 4, "FK-10": 5, "RK-10": 18, "HB-7G": 8, "DP-10": 3,
        "HB-3G": 34, "HB-FR": 60, "RM-28": 130, "SK-290": 9400, "NP-12": 9100, "TY-28": 96, "IT-28": 190,
        "RT-16": 410, "TU-286": 168, "TU-349": "92.4", "TU-160": 214, "DO-10": 160, "HT-44": 85, "BS-68": 85,
        "WW-08": "22.5", "PT-SEA": 31, "PT-GRA": 14, "PR-01": 19, "FK-01": 70, "HN-60": 90, "ST-90": 90,
        "GP-10": 190, "BL-20": 190, "BR-10": 150, "SD-10": 62, "SP-27": 90, "CK-38": 75, "CH-7": 80, "PD-10": 170,
        "MG-45": 75, "LI-10": 70, "KS-01": 75, "SC-M5": 3600, "SC-M6": 2700, "OL-CH": "8.4",
    },
    "VAN": {"TY-28": 40, "IT-28": 60, "LI-10": 25, "SD-10": 12, "SC-M5": 400, "SK-290": 1200},
}  # fmt: skip


def add_parts(units, warehouses, rows):
    Part.objects.bulk_create(
        [
            Part(
                number=code,
                name=name,
                part_type=kind,
                unit=units[unit],
                lot_sizing=rule,
                lead_time=lead_time,
                standard_price=number(price),
                default_warehouse=warehouses["TKU"],
                **more,
            )
            for code, name, kind, unit, rule, lead_time, price, more in rows
        ]
    )
    wanted = [row[0] for row in rows]
    return {part.number: part for part in Part.objects.filter(number__in=wanted).select_related("unit")}


def add_boms(parts, rows):
    boms = Bom.objects.bulk_create([Bom(part=parts[code]) for code in rows])
    BomRow.objects.bulk_create(
        [_row(bom, 10 * place, parts, *row) for bom in boms for place, row in enumerate(rows[bom.part.number], start=1)]
    )


def add_routings(parts, steps):
    centres = WorkCentre.objects.bulk_create(
        [WorkCentre(code=code, name=name, hourly_rate=number(rate)) for code, (name, rate) in CENTRES.items()]
    )
    by_code = {centre.code: centre for centre in centres}
    routings = Routing.objects.bulk_create([Routing(part=parts[code]) for code in steps])
    RoutingOperation.objects.bulk_create(
        [
            _step(routing, 10 * place, parts, by_code, *step)
            for routing in routings
            for place, step in enumerate(steps[routing.part.number], start=1)
        ]
    )


def _step(routing, position, parts, centres, name, where, setup=0, run=0, variants=""):
    place = {"work_centre": centres[where]} if where in centres else {"service_part": parts[where]}
    times = {"setup_minutes": number(setup), "run_minutes": number(run)}
    return RoutingOperation(routing=routing, position=position, name=name, variants=variants, **place, **times)


def _row(bom, position, parts, component, quantity, scrap=0, fixed=0, variants=""):
    return BomRow(
        bom=bom,
        position=position,
        component=parts[component],
        quantity_per=number(quantity),
        scrap=number(scrap),
        fixed_quantity=number(fixed),
        variants=variants,
    )
