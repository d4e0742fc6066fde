"""Sales orders, their rows, and what was agreed with customers."""

from sales.models.accounts import Account, FixedAsset, TransactionType
from sales.models.answers import AskedLine, OrderAnswer
from sales.models.deliveries import DeliveryMovement, DeliveryNote, DeliveryRow
from sales.models.orders import SalesOrder
from sales.models.papers import SENT, DocumentText, Paper, SalesDispatch
from sales.models.picking import PickList, PickRow, PickStatus
from sales.models.rows import GOODS, PriceSource, Role, RowType, SalesOrderRow
from sales.models.serials import RowSerial
from sales.models.shipping import PartPackaging, PartPlace, ShippingLine
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
from sales.models.transfers import PartTransfer, Transfer, TransferPart, TransferProfile
from sales.models.vat import VatCode, VatException, VatGroup, VatRate

__all__ = [
    "GOODS",
    "SENT",
    "Account",
    "AskedLine",
    "CategoryDiscount",
    "CustomerLink",
    "CustomerLinkStep",
    "CustomerTerm",
    "DeliveryMovement",
    "DeliveryNote",
    "DeliveryRow",
    "DocumentText",
    "FixedAsset",
    "ListedPrice",
    "OrderAnswer",
    "OrderType",
    "Paper",
    "PartPackaging",
    "PartPlace",
    "PartTransfer",
    "PickList",
    "PickRow",
    "PickStatus",
    "PriceList",
    "PriceSource",
    "PriceStrategy",
    "Role",
    "RowSerial",
    "RowType",
    "SalesDispatch",
    "SalesOrder",
    "SalesOrderRow",
    "ShippingLine",
    "TransactionType",
    "Transfer",
    "TransferPart",
    "TransferProfile",
    "VatCode",
    "VatException",
    "VatGroup",
    "VatRate",
]
