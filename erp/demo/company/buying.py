"""The purchase orders of the demo company: for trees, for stock, in every status, some late."""

from decimal import Decimal

from erp.demo.company.scene import number
from erp.demo.company.selling import demand_of
from linkage.models import Demand
from linkage.operations import link
from linkage.operations.keeping import hold, set_minimum_stock
from purchasing.models import PurchaseOrder, PurchaseOrderRow, PurchaseOrderType
from purchasing.operations import (
    Rejected,
    add_row,
    ask_over_receipt,
    cancel,
    change_row,
    close,
    confirm,
    create_order,
    create_orders_for,
    link_to_component,
    receive,
    send,
    send_changes,
)


def buy_for_trees(scene):
    """Send what was ordered for trees; the gear hubs have come, the motors will be late."""
    for order in PurchaseOrder.objects.for_list().filter(document__company=scene.company).order_by("pk"):
        if order.supplier.number == "20004" or _is_for(order, "HB-7G"):
            send(order=order, by=scene.people["buyer"])
    for order in _orders(scene, "20003"):
        if order.is_at_supplier:
            confirm(order=order, by=scene.people["buyer"], supplier_reference="NH 55120")
            break
    hubs = _rows(scene, "HB-7G").filter(order=order)
    for row in hubs:
        _receive(scene, row, row.quantity, on=-3)
    _delay_motors(scene)


def _delay_motors(scene):
    order = _orders(scene, "20004")[0]
    rows = list(order.rows.for_list())
    late = {row.pk: scene.day(14) for row in rows if row.supply.part.number == "MT-250"}
    confirm(order=order, dates=late, supplier_reference="SO-88421", by=scene.people["buyer"])
    batteries = next(row for row in rows if row.supply.part.number == "BT-500")
    _receive(scene, batteries, Decimal(6), on=-1)


def buy_for_stock(scene, orders):
    """{name: purchase order} for the shelves."""
    bought = {
        "tyres": _order(scene, "20005", -9, [("TY-28", 100, 1), ("IT-28", 100, 1), ("CH-7", 40, 1)]),
        "spokes": _order(scene, "20002", -7, [("SK-290", 50, 6), ("NP-12", 50, 6), ("RM-28", 120, 6)]),
        "screws": _order(scene, "20008", -12, [("SC-M5", 10, -8), ("OL-CH", 1, -8)]),
        "paint": _order(scene, "20006", -14, [("PT-GRA", 2, -6)]),
        "saddles": _order(scene, "20007", -10, [("SD-10", 40, 5)]),
        "tubes": _order(scene, "20001", -13, [("TU-286", 20, -2), ("TU-160", 20, 2)]),
        "hubs": _order(scene, "20003", -4, [("HB-9C", 8, 5)]),
        "grips": _order(scene, "20007", -1, [("GP-10", 40, 14), ("PD-10", 30, 14)], order_type="SPARE"),
    }
    for name in ("tyres", "spokes", "screws", "paint", "saddles", "tubes", "hubs"):
        send(order=bought[name], by=scene.people["buyer"])
    for name in ("tyres", "tubes", "hubs"):
        confirm(order=_again(bought[name]), by=scene.people["buyer"])
    _ask_for_more_spokes(scene, bought["spokes"])
    cancel(order=_again(bought["saddles"]), by=scene.people["buyer"], reason="Ordered twice")
    _spare_battery(scene, orders)
    return bought


def _ask_for_more_spokes(scene, order):
    """The supplier is asked for more nipples, a week earlier, and has not answered."""
    nipples = _rows_of(order)[1]
    change_row(row=nipples, quantity=Decimal(60), due_date=scene.day(5), by=scene.people["buyer"])
    send_changes(order=_again(order), how="other", by=scene.people["buyer"])


def _spare_battery(scene, orders):
    """Bought for the customer alone: the row is bound to its purchase."""
    for order, position in (("cargo", 20), ("ebikes", 30)):
        create_orders_for(
            demands=[demand_of(orders[order], position)], by=scene.people["buyer"], business_date=scene.day(-1)
        )


def take_in(scene, bought):
    """What the warehouse has received: one order whole and closed, one closed short, one in part."""
    for row in _rows_of(bought["screws"]):
        _receive(scene, row, row.quantity, on=-8)
    close(order=_again(bought["screws"]), by=scene.people["buyer"])
    [paint] = _rows_of(bought["paint"])
    _receive(scene, paint, Decimal(1), on=-5, final=True, reason="The second box leaked")
    tyres, tubes, chains = _rows_of(bought["tyres"])
    torn = Rejected(Decimal(4), code="damaged", note="Bead torn in the carton")
    _receive(scene, tyres, Decimal(60), on=-1, rejected=torn, reference="DN-20631")
    _receive(scene, chains, Decimal(40), on=-1)
    facts = {"effective_on": scene.day(-1), "reference": "DN-20631", "reason": "They sent two full cartons"}
    ask_over_receipt(row=tubes, quantity=Decimal(120), by=scene.people["warehouse"], **facts)


def promise(scene, orders, bought):
    """What people linked by hand: stock and orders for sales rows, a contract link for a component."""
    planner = {"by": scene.people["planner"], "accept_warnings": True}
    rims = _rows_of(bought["spokes"])[2]
    link(demand=demand_of(orders["past"], 20), supply=rims.supply, quantity=Decimal(100), **planner)
    stock = scene.shelf("CB-110")
    link(demand=demand_of(orders["shop"]), supply=stock, quantity=Decimal(3), **planner)
    link(demand=demand_of(orders["spares"]), supply=scene.shelf("TY-28"), quantity=Decimal(40), **planner)
    [hubs] = _rows_of(bought["hubs"])
    link_to_component(row=hubs, component=_component(scene, "HB-9C"), quantity=Decimal(5), wider=True, by=planner["by"])


def keep_for_a_customer(scene):
    """Racks on the shelf that are kept for a shop until it has made up its mind."""
    facts = {"partner": scene.partners["10006"], "until": scene.day(10), "by": scene.people["planner"]}
    hold(supply=scene.shelf("RK-10"), quantity=Decimal(6), reason="Asked for by telephone", **facts)


def keep_minimum_stock(scene):
    """The hubs and spokes without which no wheel is built."""
    for part in ("HB-FR", "SK-290"):
        minimum = scene.parts[part].minimum_stock
        set_minimum_stock(part=scene.parts[part], warehouse=scene.works, minimum=minimum, by=scene.people["planner"])


def _component(scene, part):
    return Demand.objects.for_list().filter(part=scene.parts[part], component__isnull=False).by_need().first()


def _order(scene, supplier, on, rows, *, order_type=None):
    buyer = scene.people["buyer"]
    facts = {"ordered_on": scene.day(on), "order_type": order_type and PurchaseOrderType.objects.get(code=order_type)}
    order = create_order(company=scene.company, supplier=scene.partners[supplier], by=buyer, buyer=buyer, **facts)
    for part, quantity, due in rows:
        add_row(order=order, part=scene.parts[part], quantity=number(quantity), due_date=scene.day(due), by=buyer)
    return order


def _receive(scene, row, quantity, *, on, **more):
    receive(row=row, quantity=quantity, effective_on=scene.day(on), by=scene.people["warehouse"], **more)


def _orders(scene, supplier):
    orders = PurchaseOrder.objects.for_list().filter(document__company=scene.company)
    return list(orders.filter(document__partner=scene.partners[supplier]).order_by("pk"))


def _is_for(order, part):
    return order.rows.filter(supply__part__number=part).exists()


def _rows(scene, part):
    rows = PurchaseOrderRow.objects.for_list().filter(order__document__company=scene.company)
    return rows.filter(supply__part=scene.parts[part]).order_by("pk")


def _rows_of(order):
    return list(PurchaseOrderRow.objects.for_list().filter(order=order).order_by("position"))


def _again(order):
    return PurchaseOrder.objects.for_list().get(pk=order.pk)
