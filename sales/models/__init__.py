"""Sales orders, their rows, and what was agreed with customers."""

from sales.models.orders import SalesOrder
from sales.models.rows import GOODS, PriceSource, Role, RowType, SalesOrderRow
from sales.models.terms import (
    CategoryDiscount,
    CustomerLink,
    CustomerLinkStep,
    CustomerTerm,
    ListedPrice,
    OrderType,
    PriceList,
    PriceStrategy,
)

__all__ = [
    "GOODS",
    "CategoryDiscount",
    "CustomerLink",
    "CustomerLinkStep",
    "CustomerTerm",
    "ListedPrice",
    "OrderType",
    "PriceList",
    "PriceSource",
    "PriceStrategy",
    "Role",
    "RowType",
    "SalesOrder",
    "SalesOrderRow",
]
