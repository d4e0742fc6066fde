"""Sales orders, their rows, and what was agreed with customers."""

from sales.models.accounts import Account, FixedAsset, TransactionType
from sales.models.answers import AskedLine, OrderAnswer
from sales.models.orders import SalesOrder
from sales.models.rows import GOODS, PriceSource, Role, RowType, SalesOrderRow
from sales.models.serials import RowSerial
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
from sales.models.vat import VatCode, VatException, VatGroup, VatRate

__all__ = [
    "GOODS",
    "Account",
    "AskedLine",
    "CategoryDiscount",
    "CustomerLink",
    "CustomerLinkStep",
    "CustomerTerm",
    "FixedAsset",
    "ListedPrice",
    "OrderAnswer",
    "OrderType",
    "PriceList",
    "PriceSource",
    "PriceStrategy",
    "Role",
    "RowSerial",
    "RowType",
    "SalesOrder",
    "SalesOrderRow",
    "TransactionType",
    "VatCode",
    "VatException",
    "VatGroup",
    "VatRate",
]
