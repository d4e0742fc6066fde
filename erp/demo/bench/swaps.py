"""SWAP: the swaps that make a row less late and none later, among 50,000 open links of one part.

Once the part is sold itself, once it is a component of orders that are made for sales rows.
"""

import random
from datetime import timedelta
from decimal import Decimal

from erp.demo.bench.loading import SEED, TODAY, analyze, copy_in, parts, world
from erp.demo.bench.measuring import Case, Side
from erp.register.models import Part
from linkage.models import Demand, DemandKind, Document, OrderLink, Status, Supply, SupplyKind
from linkage.models.links import LinkKind
from linkage.models.positions import DocumentKind
from linkage.queries.harmless import harmless_swaps

LINKS = 50_000
EACH = 10  # links of a purchase row


def cases(size):
    base, links = world(), max(int(LINKS * size), EACH)
    return [
        _case(f"{links:,} links of rows", bought(base, links)),
        _case(f"{links:,} links of components", _components(base, links)),
    ]


def _case(name, part):
    part = Part.objects.get(pk=part)
    find = Side(work=lambda: harmless_swaps(part=part, today=TODAY), result=len)
    return Case(workload="SWAP", name=name, sides=lambda _: {"product": find}, bounds={"5 s": 5.0})


def bought(base, links):
    chance = random.Random(SEED)
    [part] = parts(base, 1, prefix="SWAP")
    place = {"part_id": part, "warehouse_id": base.warehouse.pk}
    demands = _demands(base, links, place, kind=DemandKind.SALES, chance=chance)
    _buy(base, demands, place, chance)
    return part


def _components(base, links):
    """Each demand is the component of an order made for a sales row of its own."""
    chance = random.Random(SEED)
    [part], [made] = parts(base, 1, prefix="SWAPC"), parts(base, 1, prefix="SWAPM", made=True)
    above = {"part_id": made, "warehouse_id": base.warehouse.pk}
    sold = _demands(base, links, above, kind=DemandKind.SALES, chance=chance)
    orders = _supplies(base, [need for _, need in sold], above, kind=SupplyKind.PRODUCTION, quantity=1, lead_time=3)
    _link(base, zip(orders, (demand for demand, _ in sold), strict=True), above)
    place = {"part_id": part, "warehouse_id": base.warehouse.pk}
    needs = [need - timedelta(days=5) for _, need in sold]
    rows = ({"for_supply_id": order, "need_date": need} for order, need in zip(orders, needs, strict=True))
    components = copy_in(Demand, rows, position=10, kind=DemandKind.COMPONENT, **_open(place, 1))
    _buy(base, list(zip(components, needs, strict=True)), place, chance)
    return part


def _demands(base, count, place, *, kind, chance):
    """[(id, need date)]"""
    needs = [TODAY + timedelta(days=chance.randrange(10, 120)) for _ in range(count)]
    [document] = copy_in(Document, [{"number": f"SWAP-{place['part_id']}"}], **_head(base, DocumentKind.SALES))
    rows = ({"position": n, "need_date": need} for n, need in enumerate(needs, start=1))
    return list(zip(copy_in(Demand, rows, document_id=document, kind=kind, **_open(place, 1)), needs, strict=True))


def _buy(base, demands, place, chance):
    """Purchase rows for the demands by need date, a few days before or after; one in twenty weeks late."""
    demands = sorted(demands, key=lambda each: each[1])
    lots = [demands[start : start + EACH] for start in range(0, len(demands), EACH)]
    days = [lot[0][1] + timedelta(days=chance.choice([*range(-6, 0)] * 3 + [14])) for lot in lots]
    supplies = _supplies(base, days, place, kind=SupplyKind.PURCHASE, quantity=EACH, lead_time=0)
    _link(base, ((s, demand) for s, lot in zip(supplies, lots, strict=True) for demand, _ in lot), place)


def _supplies(base, days, place, *, kind, quantity, lead_time):
    [document] = copy_in(Document, [{"number": f"SWAP-{kind}-{place['part_id']}"}], **_head(base, kind))
    rows = ({"position": n, "due_date": max(day, TODAY + timedelta(days=1))} for n, day in enumerate(days, start=1))
    return copy_in(Supply, rows, document_id=document, kind=kind, lead_time=lead_time, **_open(place, quantity))


def _link(base, pairs, place):
    rows = ({"supply_id": supply, "demand_id": demand} for supply, demand in pairs)
    copy_in(OrderLink, rows, quantity=Decimal(1), kind=LinkKind.BOUND, created_by_id=base.user.pk, **place)
    analyze(Demand, Supply, OrderLink)


def _head(base, kind):
    return {"company_id": base.company.pk, "kind": kind, "serial": 1, "ordered_on": TODAY}


def _open(place, quantity):
    return {"quantity": Decimal(quantity), "status": Status.STARTED, **place}
