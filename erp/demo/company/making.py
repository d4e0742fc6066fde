"""The production orders of the demo company: trees made for sales rows, and how far the shop has come with them."""

from decimal import Decimal

from erp.demo.company.selling import demand_of, row_of
from linkage.operations import disconnect
from production.models import Bom, Operation, ProductionOrderLine
from production.operations import (
    create_order,
    create_orders_for,
    finish,
    hold,
    release,
    report_operation,
    start,
)


def make_trees(scene, orders):
    """{name: production orders of its tree}; what is bought only for a tree is ordered with it where ``buy``."""
    return {
        "aura": make_tree(scene, demand_of(orders["aura"]), on=-17, buy=True),
        "fleet": make_tree(scene, demand_of(orders["fleet"]), on=-16, buy=True),
        "ebikes": make_tree(scene, demand_of(orders["ebikes"]), on=-19, buy=True),
        "more ebikes": make_tree(scene, demand_of(orders["ebikes"], 20), on=-5, buy=False),
        "rental": make_tree(scene, demand_of(orders["rental"]), on=-11, buy=True),
        "trekking": make_tree(scene, demand_of(orders["trekking"]), on=-5, buy=False),
    }


def make_tree(scene, demand, *, on, buy):
    """The production orders for a demand, made so many work days from today."""
    facts = {"by": scene.people["planner"], "business_date": scene.day(on)}
    return create_orders_for(demands=[demand], buy=buy, **facts)


def work_in_the_shop(scene, trees):
    """Racks for stock, the Danish bicycles half-way, the first frames of the e-bikes held up."""
    _make_racks(scene)
    tree = _by_part(trees["aura"])
    for order in tree.values():
        release(order=order, by=scene.people["planner"])
    _tell(scene, tree["FW-100"], 10, None, 58, on=-8)
    _tell(scene, tree["FW-100"], 20, None, 256, on=-7)
    _finish(scene, tree["FW-100"], on=-7)
    _finish(scene, tree["FK-10"], on=-6)
    _finish(scene, tree["WH-F28"], on=-4)
    _finish(scene, tree["WH-R7"], on=-2)
    _tell(scene, tree["FR-100"], 10, None, 122, on=-2)
    _finish(scene, tree["FR-100"], on=-1, quantity=7, scrapped=1, reason="Paint ran")
    start(order=tree["CB-100"], by=scene.people["foreman"])
    _tell(scene, tree["CB-100"], 10, 2, 190, on=0)

    ebikes = _by_part(trees["ebikes"])
    release(order=ebikes["FW-300"], by=scene.people["planner"])
    hold(order=ebikes["FW-300"], reason="The welding jig is being repaired", by=scene.people["foreman"])
    for part in ("FW-100", "WH-R3"):
        release(order=_by_part(trees["fleet"])[part], by=scene.people["planner"])


def _make_racks(scene):
    """An order for stock: nobody has asked for it, so nobody is promised it."""
    racks = create_order(
        bom=Bom.objects.select_related("part__unit").get(part=scene.parts["RK-10"]),
        quantity=Decimal(25),
        warehouse=scene.works,
        by=scene.people["planner"],
        business_date=scene.day(-9),
        start_date=scene.day(-3),
        finish_date=scene.day(3),
    )
    release(order=racks, by=scene.people["planner"])
    _finish(scene, racks, on=-1, quantity=10)


def _tell(scene, order, number, good, minutes, *, on):
    """Report an operation by its number: so many good ones (all of them for None), in so many minutes."""
    steps = Operation.objects.select_related("line__order__document", "line__supply")
    step = steps.get(line__order=order, position=number)
    good = step.line.supply.quantity if good is None else Decimal(good)
    facts = {"quantity": good, "minutes": Decimal(minutes), "effective_on": scene.day(on)}
    report_operation(step=step, **facts, by=scene.people["foreman"])


def _by_part(orders):
    lines = ProductionOrderLine.objects.for_list().filter(order__in=orders)
    return {line.supply.part.number: line.order for line in lines}


def _finish(scene, order, *, on, quantity=None, scrapped=0, reason=""):
    line = ProductionOrderLine.objects.for_list().get(order=order)
    finish(
        line=line,
        quantity=line.supply.quantity if quantity is None else Decimal(quantity),
        scrapped=Decimal(scrapped),
        reason=reason,
        effective_on=scene.day(on),
        by=scene.people["foreman"],
    )


def lose_a_customer(scene, orders):
    """The rental company waits for its bank: the planner takes the order made for it away, and has not decided yet."""
    link = row_of(orders["rental"]).demand.links.get()
    disconnect(link=link, by=scene.people["planner"], reason="The customer has no credit yet")
