"""A second company of ours, which sells what the works make; and a customer that orders, and changes that, by file."""

from decimal import Decimal

from erp.demo.company.register import seeded_calendar
from erp.register.models import Address, Company, NumberSeries, Partner, Warehouse
from erp.staging import operations as staging
from erp.staging.kinds import kinds
from erp.staging.reading.values import Habits
from erp.staging.uploads import read
from linkage.operations import adjust_stock
from sales.models import PartTransfer, SalesOrder, TransferProfile
from sales.operations import NewRow, answer_order, change_row, confirm_order, create_order

OURS, PEKKA = "6429000100017", "6429000200014"


def sell_abroad(scene):
    """Aurala Sverige sells city bikes in Malmö; the works in Turku make them on orders of their own."""
    sells, shop = _company(scene)
    profile = _profile(scene, sells)
    for part in ("CB-100", "CB-110"):
        PartTransfer.objects.create(part=scene.parts[part], profile=profile)
    facts = {"part": scene.parts["LI-10"], "warehouse": shop, "quantity": Decimal(20)}
    adjust_stock(**facts, reason="Moved in", by=scene.people["admin"], effective_on=scene.day(-5))
    order = create_order(
        customer=scene.partners["10005"],
        warehouse=shop,
        ordered_on=scene.day(-2),
        rows=[_row(scene, *row) for row in (("CB-110", 4, 619, 18), ("CB-100", 2, 899, 24), ("LI-10", 6, 26, 18))],
        customer_order_number="GC-88",
        by=scene.people["seller"],
    )
    change_row(row=order.rows.get(position=10), quantity=Decimal(5), by=scene.people["seller"])
    return order


def _row(scene, part, count, price, on):
    facts = {"quantity": Decimal(count), "unit_price": Decimal(price), "delivery_date": scene.day(on)}
    return NewRow(part=scene.parts[part], **facts)


def order_by_file(scene):
    """Pyörä-Pekka sends an order as EDIFACT, which is answered, and a change of it, which waits to be loaded."""
    Company.objects.filter(pk=scene.company.pk).update(gln=OURS)
    Partner.objects.filter(pk=scene.partners["10001"].pk).update(gln=PEKKA)
    seller = scene.people["seller"]
    _load(scene, "customer-orders", "PP-2290.edi", _order(scene))
    order = SalesOrder.objects.for_list().get(customer_order_number="PP-2290")
    confirm_order(order=order, by=seller)
    answer_order(order=order, by=seller)
    _stage(scene, "customer-order-changes", "PP-2290-1.edi", _change(scene))
    return order


def _company(scene):
    calendar = seeded_calendar("Malmö", "SE", today=scene.today, by=scene.people["admin"])
    company = Company.objects.create(
        code="AUS",
        name="Aurala Sverige AB",
        calendar=calendar,
        address="Östra Rönneholmsvägen 4\n211 47 Malmö\nSweden",
        gln="7350000100013",
    )
    NumberSeries.objects.create(company=company, kind="sales", prefix="SE-", next_number=1001)
    facts = {"code": "MAL", "name": "Malmö shop", "company": company}
    return company, Warehouse.objects.create(**facts, address="Aurala Sverige, Malmö shop\n211 47 Malmö\nSweden")


def _profile(scene, sells):
    customer = Partner.objects.create(
        number="10090", name="Aurala Sverige AB", language="sv", currency="EUR", is_customer=True, is_internal=True
    )
    facts = {"kind": "delivery", "lines": "Östra Rönneholmsvägen 4", "postal_code": "211 47", "city": "Malmö"}
    Address.objects.create(partner=customer, country="SE", transport_days=2, is_default=True, **facts)
    facts = {"company": sells, "warehouse": scene.works, "customer": customer}
    return TransferProfile.objects.create(code="SE", name="Sold in Sweden, made in Turku", **facts)


def _stage(scene, kind, name, data):
    file = read(data, kind=kinds()[kind])
    facts = {"kind": kind, "file_name": name, "file": file, "size": len(data)}
    return staging.stage(**facts, said=Habits(decimal="", first=""), by=scene.people["seller"])


def _load(scene, kind, name, data):
    staging.load(staged=_stage(scene, kind, name, data), by=scene.people["seller"])


def _order(scene):
    day = f"DTM+2:{scene.day(9):%Y%m%d}:102"
    lines = ["LIN+10", "PIA+5+LI-10:SA", "QTY+21:6:PCE", day, "LIN+20", "PIA+5+KS-01:SA", "QTY+21:4:PCE", day]
    return _interchange(scene, "ORDERS", ["BGM+220+PP-2290+9"], lines)


def _change(scene):
    day = f"DTM+2:{scene.day(12):%Y%m%d}:102"
    lines = ["LIN+10+3", "QTY+21:8:PCE", day, "LIN+20+2", "LIN+30+1", "PIA+5+KS-01:SA", "QTY+21:2:PCE", day]
    return _interchange(scene, "ORDCHG", ["BGM+230+PP-2290-1+4", "RFF+ON:PP-2290"], lines)


def _interchange(scene, kind, head, lines):
    """The bytes of a file with one message of Pyörä-Pekka to us."""
    day = f"{scene.today:%Y%m%d}"
    count = sum(line.startswith("LIN") for line in lines)
    parties = [f"NAD+BY+{PEKKA}::9", f"NAD+SU+{OURS}::9"]
    inside = [f"UNH+1+{kind}:D:96A:UN:EAN008", *head, f"DTM+137:{day}:102", *parties, *lines, "UNS+S", f"CNT+2:{count}"]
    segments = [f"UNB+UNOC:3+{PEKKA}:14+{OURS}:14+{day[2:]}:0800+PP1", *inside, f"UNT+{len(inside) + 1}+1", "UNZ+1+PP1"]
    return "".join(f"{segment}'" for segment in segments).encode("latin-1")
