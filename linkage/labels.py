"""What people call a position, made of columns without an instance: for where thousands of rows are named at once."""

from linkage.models import DemandKind, SupplyKind

SUPPLY_NAME = ("kind", "document__number", "position", "warehouse__code")
DEMAND_NAME = ("kind", "document__number", "position", "line", "for_supply__position", "part__number")


def supply_label(kind, number, position, warehouse):
    return f"stock {warehouse}" if kind == SupplyKind.STOCK else f"{number}/{position}"


def demand_label(kind, number, position, below, line, part):
    if number is None:
        return f"{DemandKind(kind).label} {part}"
    if kind == DemandKind.SUBCONTRACT:
        return f"{number}/{line}/op{position}"
    if line is not None:
        return f"{number}/{line}/{position}"
    return f"{number}/{position}.{below}" if below else f"{number}/{position}"
