"""What people do with orders and links, as (operation, arguments) chosen by numbers; None where there is nothing to do.

``CONSERVING`` moves promises about and adds or takes nothing away; all of the others may.
"""

from dataclasses import replace
from datetime import date, timedelta

import linkage.operations as linking
import production.operations as making
import purchasing.operations as buying
import sales.operations as selling
from linkage.changes import Decisions
from linkage.models import Supply, SupplyKind
from linkage.operations.disconnecting import Goes
from linkage.operations.swapping import swap as exchange
from linkage.operations.undoing import undo_link_change
from linkage.queries.timeline import latest_event
from production.models import ProductionOrder, ProductionOrderLine
from purchasing.models import PurchaseOrderRow
from sales.operations import NewPart

DAY = date(2026, 3, 16)


def _one(rows, pick):
    return rows[pick % len(rows)] if rows else None


def _lines(world):
    found = ProductionOrderLine.objects.for_list().filter(supply__part__in=world.parts)
    return list(found.exclude(supply__status__in=["closed", "cancelled"]).order_by("pk"))


def _orders(world):
    return list(ProductionOrder.objects.filter(lines__supply__part__in=world.parts).order_by("pk"))


def _purchases(world):
    return list(PurchaseOrderRow.objects.for_list().filter(supply__part__in=world.parts).order_by("pk"))


def link(world, pick, other, quantity):
    demand = _one([row for row in world.demands() if row.uncovered > 0], pick)
    supplies = [row for row in world.supplies() if demand and row.part_id == demand.part_id and row.free > 0]
    if (supply := _one(supplies, other)) is None:
        return None
    return linking.link, {"demand": demand, "supply": supply, "quantity": quantity, "accept_warnings": True}


def change_link(world, pick, other, quantity):
    chosen = _one(world.links(), pick)
    return chosen and (linking.change_link, {"link": chosen, "quantity": quantity, "accept_warnings": True})


def disconnect(world, pick, other, quantity):
    chosen = _one(world.links(), pick)
    return chosen and (linking.disconnect, {"link": chosen, "quantity": min(quantity, chosen.open)})


def disconnect_and_reduce(world, pick, other, quantity):
    chosen = _one(world.links(), pick)
    facts = {"link": chosen, "quantity": min(quantity, chosen.open) if chosen else None, "goes": Goes.REDUCE}
    return chosen and (linking.disconnect, facts)


def disconnect_and_keep(world, pick, other, quantity):
    chosen = _one(world.links(), pick)
    if chosen is None:
        return None
    facts = {"quantity": min(quantity, chosen.open), "goes": Goes.HOLD, "until": _day(other)}
    return linking.disconnect, {"link": chosen, "partner": world.customer} | facts


def swap(world, pick, other, quantity):
    chosen = _one(world.links(), pick)
    others = [row for row in world.links() if chosen and row.part_id == chosen.part_id and row.pk != chosen.pk]
    if (second := _one(others, other)) is None:
        return None
    return exchange, {"link": chosen, "other": second, "quantity": min(quantity, chosen.open, second.open)}


def hand_over(world, pick, other, quantity):
    chosen = _one(world.links(), pick)
    takers = [
        row
        for row in world.demands()
        if chosen and row.part_id == chosen.part_id and row.pk != chosen.demand_id and row.uncovered > 0
    ]
    if (taker := _one(takers, other)) is None:
        return None
    fits = min(quantity, chosen.open, taker.uncovered)
    return linking.hand_over, {"link": chosen, "demand": taker, "quantity": fits}


def undo(world, pick, other, quantity):
    chosen = _one(world.links(), pick)
    return chosen and (undo_link_change, {"event": latest_event(chosen)})


def split_sales_row(world, pick, other, quantity):
    row = _one([row for row in world.rows() if row.quantity > quantity], pick)
    if row is None:
        return None
    parts = [NewPart(quantity=row.quantity - quantity), NewPart(quantity=quantity, delivery_date=_day(other))]
    return selling.split_row, {"row": row, "parts": parts}


def split_order(world, pick, other, quantity):
    line = _one([line for line in _lines(world) if line.supply.quantity > quantity], pick)
    if line is None:
        return None
    parts = [
        making.NewPart(quantity=line.supply.quantity - quantity),
        making.NewPart(quantity=quantity, finish_date=_day(other)),
    ]
    return making.split_order, {"line": line, "parts": parts, "reason": "capacity"}


def split_order_to_another_site(world, pick, other, quantity):
    """Components go along without their links: what those held is free."""
    chosen = split_order(world, pick, other, quantity)
    if chosen is None:
        return None
    deed, facts = chosen
    first, second = facts["parts"]
    return deed, facts | {"parts": [first, replace(second, site=world.other_site)]}


def split_purchase_row(world, pick, other, quantity):
    row = _one([row for row in _purchases(world) if row.quantity > quantity], pick)
    if row is None:
        return None
    parts = [buying.NewPart(quantity=row.quantity - quantity), buying.NewPart(quantity=quantity, due_date=_day(other))]
    return buying.split_row, {"row": row, "parts": parts}


def change_sales_quantity(world, pick, other, quantity):
    row = _one(world.rows(), pick)
    return row and (selling.change_row, {"row": row, "quantity": quantity})


def change_sales_date(world, pick, other, quantity):
    row = _one(world.rows(), pick)
    return row and (selling.change_row, {"row": row, "delivery_date": _day(other)})


def change_sales_revision(world, pick, other, quantity):
    """The orders made for the row take it over; what is asked about further down is left for the worklist."""
    row = _one(world.rows(), pick)
    if row is None:
        return None
    made = Supply.objects.filter(links__demand=row.demand_id, links__kind="bound", links__open__gt=0)
    answers = {f"revision-{pk}": "follow" for pk in made.values_list("pk", flat=True)}
    facts = {"revision": _one(list(row.part.revisions.order_by("code")), other)}
    return selling.change_row, {"row": row, "decisions": Decisions(answers, by_person=False)} | facts


def delete_sales_row(world, pick, other, quantity):
    row = _one(world.rows(), pick)
    return row and (selling.delete_row, {"row": row})


def change_line_date(world, pick, other, quantity):
    line = _one(_lines(world), pick)
    return line and (making.change_line, {"line": line, "finish_date": _day(other)})


def change_line_quantity(world, pick, other, quantity):
    line = _one(_lines(world), pick)
    return line and (making.change_line, {"line": line, "quantity": line.supply.quantity + quantity - 2})


def cancel_production(world, pick, other, quantity):
    order = _one(_orders(world), pick)
    return order and (making.cancel, {"order": order})


def change_purchase(world, pick, other, quantity):
    row = _one(_purchases(world), pick)
    facts = {"quantity": row.quantity + quantity - 2, "due_date": _day(other)} if row else {}
    return row and (buying.change_row, {"row": row} | facts)


def short_close_purchase(world, pick, other, quantity):
    row = _one(_purchases(world), pick)
    return row and (buying.short_close, {"row": row, "cut_contract": bool(other % 2)})


def receive(world, pick, other, quantity):
    supply = _one([row for row in world.supplies() if row.kind == SupplyKind.PURCHASE and row.open > 0], pick)
    return supply and (linking.receive, {"supply": supply, "quantity": quantity, "effective_on": DAY})


def merge_orders(world, pick, other, quantity):
    """An order and the next one; of another part it is refused."""
    orders = [order for order in _orders(world) if order.is_open]
    return orders and (making.merge_orders, {"orders": [_one(orders, pick), _one(orders, pick + 1 + other % 3)]})


def _day(number):
    return DAY + timedelta(days=number % 12)


CONSERVING = [hand_over, swap, split_sales_row, split_order, merge_orders, split_purchase_row]
OTHERS = [
    link,
    change_link,
    disconnect,
    disconnect_and_reduce,
    disconnect_and_keep,
    undo,
    change_sales_quantity,
    change_sales_date,
    change_sales_revision,
    delete_sales_row,
    change_line_date,
    change_line_quantity,
    cancel_production,
    change_purchase,
    short_close_purchase,
    receive,
    split_order_to_another_site,
]
GOODS = [receive]  # a preview shows orders and links, not what lies where
