"""What is made of what, and the orders to make it."""

from production.models.boms import Bom, BomRow, PartLevel
from production.models.operations import Operation
from production.models.orders import (
    OPEN_ORDER,
    TRANSITIONS,
    Component,
    Layout,
    OrderStatus,
    ProductionOrder,
    ProductionOrderLine,
)
from production.models.reports import Loss, Report
from production.models.routings import Routing, RoutingOperation, WorkCentre
from production.models.types import ProductionOrderType, UsersProductionOrderType, order_type_of

__all__ = [
    "OPEN_ORDER",
    "TRANSITIONS",
    "Bom",
    "BomRow",
    "Component",
    "Layout",
    "Loss",
    "Operation",
    "OrderStatus",
    "PartLevel",
    "ProductionOrder",
    "ProductionOrderLine",
    "ProductionOrderType",
    "Report",
    "Routing",
    "RoutingOperation",
    "UsersProductionOrderType",
    "WorkCentre",
    "order_type_of",
]
