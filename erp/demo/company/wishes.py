"""What the demo company sells as the customer wants it: variants, configured bikes, sets of parts, alloy cost.

The last chapter of the story: its parts are in the register from the beginning, its orders are the last that came.
"""

from erp.demo.company.making import make_tree
from erp.demo.company.parts import ASSEMBLY, BIKE, BOUGHT, EXTRAS, MADE, PHANTOM
from erp.demo.company.scene import number
from erp.demo.company.selling import row_of
from sales.models import (
    ConfigurationGroup,
    ConfigurationOption,
    ConfigurationQuestion,
    ConfiguredPart,
    CustomerTerm,
    ListedOption,
    ListedPrice,
    PriceList,
    SalesOrder,
)
from sales.operations import NewRow, configure_row, confirm_order, create_order, deliver, register_order
from sales.statuses import QUOTE

NO_STOCK = {"is_stock_updated": False}
PARTS = [
    ("OM-500", "Bike to order Oma", MADE, "pcs", "LR", 3, "430", {"weight": 16, "lead_time_to_customer": 25}),
    ("TR-40", "Bicycle trailer", MADE, "pcs", "LR", 2, "205", {"weight": 12, "lead_time_to_customer": 15}),
    ("FT-40", "Trailer frame, welded", MADE, "pcs", "LR", 3, "74", {}),
    ("TX-CV", "Cargo cover", BOUGHT, "pcs", "LL", 12, "21", {}),
    ("TX-ST", "Child seat with belt", BOUGHT, "pcs", "LL", 12, "34.5", {}),
    ("KT-TOUR", "Touring set", PHANTOM, "pcs", "LL", 0, "0", NO_STOCK),
    ("KT-RPR", "Repair set", PHANTOM, "pcs", "LL", 0, "0", NO_STOCK),
    ("PN-10", "Pannier 20 l", BOUGHT, "pcs", "LL", 12, "26", {}),
    ("PM-10", "Mini pump", BOUGHT, "pcs", "LL", 5, "7.9", {}),
    ("TL-10", "Tyre levers, three", BOUGHT, "pcs", "LL", 5, "2.1", {}),
    ("CR-46", "Chainring 46 teeth, forged", BOUGHT, "pcs", "LL", 12, "9.4", {"weight": "0.21", "alloy_price": "2.85"}),
    ("BB-01", "Brass bell", BOUGHT, "pcs", "LL", 5, "4.3", {}),
]
BOMS = {
    "OM-500": [
        ("FR-100", 1, 0, 0, "SEA"),
        ("FR-200", 1, 0, 0, "GRA"),
        ("FK-10", 1),
        ("WH-F28", 1),
        ("WH-R3", 1, 0, 0, "G3"),
        ("WH-R7", 1, 0, 0, "G7"),
        *BIKE,
        *EXTRAS,
        ("RK-10", 1, 0, 0, "RACK"),
        ("BB-01", 1, 0, 0, "BELL"),
    ],
    "FT-40": [("TU-160", "6.4", "0.06"), ("WW-08", "0.04", "0.1")],
    "TR-40": [
        ("FT-40", 1),
        ("WH-F28", 2),
        ("TX-CV", 1, 0, 0, "CARGO"),
        ("TX-ST", 2, 0, 0, "CHILD"),
        ("LI-10", 1),
        ("SC-M6", 8),
    ],
    "KT-RPR": [("IT-28", 1), ("RT-16", "2.2"), ("TL-10", 1), ("OL-CH", "0.05")],
    "KT-TOUR": [("PN-10", 2), ("PM-10", 1), ("LI-10", 1), ("KT-RPR", 1)],
}
ROUTINGS = {
    "OM-500": [*ASSEMBLY, ("Fit the rack", "ASM", 0, 8, "RACK")],
    "FT-40": [("Saw and bend the tubes", "CUT", 20, 9), ("Weld", "WELD", 15, 28)],
    "TR-40": [("Assemble", "ASM", 10, 35), ("Fit seats and belts", "ASM", 5, 18, "CHILD")],
}
STOCK = {"TKU": {"PN-10": 40, "PM-10": 30, "TL-10": 50, "CR-46": 120, "BB-01": 25, "TX-CV": 4, "TX-ST": 6}}
TERMS = [
    ("TX-CV", "20007", "21.00", "pcs", 1, 5, 12, ""),
    ("TX-ST", "20007", "34.50", "pcs", 1, 4, 12, "Mira Junior"),
    ("PN-10", "20007", "26.00", "pcs", 2, 10, 12, "Mira Tour 20"),
    ("PM-10", "20005", "7.90", "pcs", 1, 10, 5, ""),
    ("TL-10", "20005", "2.10", "pcs", 10, 20, 5, ""),
    ("CR-46", "20007", "9.40", "pcs", 10, 50, 12, "CR46-A7075"),
    ("BB-01", "20005", "4.30", "pcs", 1, 10, 5, ""),
]
# What is asked of each bike to order: (code, name, what it adds to the price); the first option is the default.
QUESTIONS = {
    "Frame": [("SEA", "Sea blue", 0), ("GRA", "Graphite", 25)],
    "Gears": [("G3", "Three", 0), ("G7", "Seven", 110)],
    "Rear rack": [("NORACK", "None", 0), ("RACK", "Graphite", 39)],
    "Bell": [("NOBELL", "None", 0), ("BELL", "Brass", 9)],
}
PRICES = {"OM-500": "690", "TR-40": "289", "KT-TOUR": "119", "CR-46": "24", "CB-100": "698", "CB-110": "589"}
OPTION_PRICES = {"G7": "95"}
# customer: (discount in per cent, whether its rows get their alloy cost)
SHOPS = {"10001": (5, False), "10002": (0, True), "10006": (8, False)}


def add_choices(parts):
    """The configuration of the bike to order, and what shops pay for it."""
    group = ConfigurationGroup.objects.create(code="OMA", name="Bikes to order", opens_automatically=True)
    for place, (text, options) in enumerate(QUESTIONS.items(), start=1):
        question = ConfigurationQuestion.objects.create(group=group, position=10 * place, text=text)
        for code, name, price in options:
            facts = {"name": name, "price": price, "is_default": code == options[0][0]}
            ConfigurationOption.objects.create(question=question, code=code, **facts)
    ConfiguredPart.objects.create(part=parts["OM-500"], group=group)


def add_prices(parts, partners):
    prices = PriceList.objects.create(name="Shops")
    for part, price in PRICES.items():
        ListedPrice.objects.create(price_list=prices, part=parts[part], unit=parts[part].unit, price=number(price))
    for option in ConfigurationOption.objects.filter(code__in=OPTION_PRICES, question__group__code="OMA"):
        ListedOption.objects.create(price_list=prices, option=option, price=number(OPTION_PRICES[option.code]))
    for customer, (discount, alloy) in SHOPS.items():
        facts = {"price_list": prices, "discount": discount, "creates_alloy_cost": alloy}
        CustomerTerm.objects.update_or_create(customer=partners[customer], defaults=facts)


def take_wishes(scene):
    """A price list for shops, their sets and trailers, bikes as a dealer wants them, a quote that nobody configured."""
    add_prices(scene.parts, scene.partners)
    sets = _take(scene, "10006", -5, [("KT-TOUR", 6, 8, ""), ("TR-40", 2, 28, "CHILD"), ("TR-40", 1, 28, "CARGO")])
    bikes = _take(scene, "10002", -4, [("CR-46", 80, 6, ""), ("OM-500", 3, 32, "")], customer_order_number="4500118570")
    _take(scene, "10001", 0, [("OM-500", 1, 34, ""), ("KT-TOUR", 10, 15, "")])
    _configure(scene, row_of(bikes, 20), "GRA", "G7", "RACK", "BELL")
    seller = scene.people["seller"]
    register_order(order=_again(bikes), by=seller)
    confirm_order(order=register_order(order=_again(sets), by=seller), by=seller)
    keeper = scene.people["warehouse"]
    deliver(row=row_of(sets), quantity=number(2), effective_on=scene.day(-1), by=keeper)
    for order, position in ((sets, 20), (sets, 30), (bikes, 20)):
        make_tree(scene, row_of(order, position).demand, on=-2, buy=False)


def _take(scene, customer, on, rows, **facts):
    """A quote: the row of (part, quantity, delivery date in work days from today, variant code) each."""
    return create_order(
        customer=scene.partners[customer],
        warehouse=scene.works,
        ordered_on=scene.day(on),
        status=QUOTE,
        rows=[
            NewRow(part=scene.parts[part], quantity=number(quantity), delivery_date=scene.day(day), variant=variant)
            for part, quantity, day, variant in rows
        ],
        by=scene.people["seller"],
        **facts,
    )


def _configure(scene, row, *codes):
    options = ConfigurationOption.objects.select_related("question").filter(code__in=codes)
    configure_row(row=row, options=list(options), by=scene.people["seller"])


def _again(order):
    return SalesOrder.objects.for_list().get(pk=order.pk)
