"""Writing planned trees to the database: every table at once, whatever the number of orders."""

from dataclasses import dataclass, replace
from datetime import date

from erp.register.models import Company, Partner
from linkage.models import Demand, DemandKind, Document, OrderLink, Status, Supply, SupplyKind
from linkage.models.links import LinkKind
from linkage.models.positions import DocumentKind
from linkage.operations import add_demands, add_links, add_provenance, add_supplies, insert, open_documents
from production.models import (
    Component,
    Layout,
    OrderStatus,
    ProductionOrder,
    ProductionOrderLine,
    ProductionOrderType,
    order_type_of,
)
from production.operations.operating import write_operations

MADE_FOR, TAKEN = "made for it", "taken when ordered"


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the header of a new order says."""

    company: Company
    ordered_on: date
    customer: Partner | None = None
    sales_document: Document | None = None
    employee: object = None
    project: str = ""
    goods_label: str = ""
    note: str = ""
    layout: str = Layout.SHOP
    order_type: ProductionOrderType | None = None
    number: str | None = None


def write_orders(planned, headers, demands, *, by):
    """Insert one order with one line for each planned order; returns them, {planned component: its demand} and the
    demands of subcontracted operations.

    ``headers``: {planned order: Header}; ``demands``: {key of a root: Demand}. What the plan promises is linked in the
    same transaction, so no second tree can count it: bound to the order made for it, claimed where it takes what is
    there.
    """
    headers = _typed(headers, by)
    documents = _open_documents(planned, headers)
    supplies = dict(zip(planned, add_supplies([_supply(p, documents[p]) for p in planned]), strict=True))
    orders = insert([_order(headers[p], documents[p], p, by) for p in planned])
    lines = insert(
        [
            ProductionOrderLine(
                order=order, position=1, bom_id=p.recipe.bom, supply=supplies[p], start_date=p.start_date
            )
            for order, p in zip(orders, planned, strict=True)
        ]
    )
    components = write_components(zip(planned, lines, strict=True))
    _link(planned, supplies, components, demands, by)
    return orders, components, write_operations(lines)


def write_components(planned_lines):
    """Insert the components of lines; returns {planned component: its demand}."""
    pairs = [(component, line) for planned, line in planned_lines for component in planned.components]
    demands = add_demands([_demand(component, line) for component, line in pairs])
    insert(
        [
            Component(
                line=line,
                position=component.position,
                demand=demand,
                bom_row=component.source.id,
                quantity_per=component.source.quantity_per,
                fixed_quantity=component.source.fixed,
                scrap=component.source.scrap,
            )
            for (component, line), demand in zip(pairs, demands, strict=True)
        ]
    )
    return {component: demand for (component, _line), demand in zip(pairs, demands, strict=True)}


def _typed(headers, by):
    """An order that nothing says the type of has the one of whoever makes it."""
    usual = order_type_of(by)
    return {p: replace(header, order_type=header.order_type or usual) for p, header in headers.items()}


def _open_documents(planned, headers):
    """Documents by company, each company's numbers taken in one statement."""
    documents = {}
    for company in {headers[p].company.pk: headers[p].company for p in planned}.values():
        mine = [p for p in planned if headers[p].company.pk == company.pk]
        facts = [(headers[p].ordered_on, headers[p].customer, headers[p].number) for p in mine]
        prefixes = [headers[p].order_type.prefix if headers[p].order_type else "" for p in mine]
        opened = open_documents(company=company, kind=DocumentKind.PRODUCTION, headers=facts, prefixes=prefixes)
        documents |= dict(zip(mine, opened, strict=True))
    return documents


def _supply(planned, document):
    return Supply(
        document=document,
        position=1,
        kind=SupplyKind.PRODUCTION,
        part_id=planned.facts.id,
        warehouse_id=planned.warehouse,
        revision_id=planned.recipe.revision or getattr(planned.shares[0][0], "revision", None),
        variant=planned.variant,
        quantity=planned.quantity,
        due_date=planned.finish_date,
        lead_time=planned.facts.lead_time,
        status=Status.PLANNED,
        over_tolerance=planned.facts.tolerance,
    )


def _order(header, document, planned, by):
    return ProductionOrder(
        document=document,
        order_type=header.order_type,
        status=OrderStatus.PLANNED,
        site_id=planned.warehouse,
        customer=header.customer,
        sales_document=header.sales_document,
        project=header.project,
        goods_label=header.goods_label,
        employee=header.employee,
        note=header.note,
        layout=header.layout,
        created_by=by,
    )


def _demand(component, line):
    return Demand(
        document_id=line.order.document_id,
        position=component.position,
        kind=DemandKind.COMPONENT,
        part_id=component.part,
        warehouse_id=line.order.site_id,
        quantity=component.quantity,
        need_date=component.need_date,
        priority=component.priority,
        status=OrderStatus(line.order.status).position_status,
        for_supply=line.supply,
    )


def _link(planned, supplies, components, demands, by):
    links, made_for, room = [], [], {}
    for order in planned:
        supply = supplies[order]
        for need, quantity in order.shares:
            demand = components.get(need) or demands.get(need.key)
            if demand is None:  # made for stock, by hand
                continue
            made_for.append((supply, demand, quantity))
            bound = _bound(need, quantity, room)
            if bound:
                links.append(_new_link(supply, demand, bound, LinkKind.BOUND, MADE_FOR))
        for component in order.components:
            links += link_taken(component, components[component])
    add_links(links, by=by)
    add_provenance(made_for)


def link_taken(component, demand):
    """The links by which a planned component claims what it takes, unsaved."""
    return [_new_link(free.supply, demand, quantity, LinkKind.CLAIMED, TAKEN) for free, quantity in component.taken]


def _bound(need, quantity, room):
    """How much of a share is linked: never more than the need has promised away; the rest is free."""
    if need.promised is None:
        return quantity
    bound = min(quantity, room.setdefault(need, need.promised))
    room[need] -= bound
    return bound


def _new_link(supply, demand, quantity, kind, rule):
    return OrderLink(supply=supply, demand=demand, quantity=quantity, kind=kind, rule=rule)
