"""Sales orders, their rows, and what was agreed with customers."""

from sales.models.accounts import Account, FixedAsset, TransactionType
from sales.models.answers import AskedLine, Ended, OrderAnswer
from sales.models.comments import PartComment
from sales.models.configurations import (
    Calculation,
    ConfigurationGroup,
    ConfigurationOption,
    ConfigurationQuestion,
    ConfiguredPart,
    ListedOption,
)
from sales.models.deliveries import DeliveryMovement, DeliveryNote, DeliveryRow
from sales.models.invoicing import InvoiceBasis, InvoiceLine, InvoicePosting
from sales.models.orders import SalesOrder
from sales.models.papers import SENT, DocumentText, Paper, SalesDispatch
from sales.models.phrases import Phrase, Signature
from sales.models.picking import PickList, PickPrint, PickRow, PickStatus
from sales.models.posting import (
    AccountType,
    Dimension,
    DimensionValue,
    PostingRule,
    PostingRuleValue,
    RowPosting,
    RowPostingValue,
)
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
from sales.models.texts import TextImage
from sales.models.transfers import PartTransfer, Transfer, TransferPart, TransferProfile
from sales.models.vat import VatCode, VatException, VatGroup, VatRate

__all__ = [
    "GOODS",
    "SENT",
    "Account",
    "AccountType",
    "AskedLine",
    "Calculation",
    "CategoryDiscount",
    "ConfigurationGroup",
    "ConfigurationOption",
    "ConfigurationQuestion",
    "ConfiguredPart",
    "CustomerLink",
    "CustomerLinkStep",
    "CustomerTerm",
    "DeliveryMovement",
    "DeliveryNote",
    "DeliveryRow",
    "Dimension",
    "DimensionValue",
    "DocumentText",
    "Ended",
    "FixedAsset",
    "InvoiceBasis",
    "InvoiceLine",
    "InvoicePosting",
    "ListedOption",
    "ListedPrice",
    "OrderAnswer",
    "OrderType",
    "Paper",
    "PartComment",
    "PartPackaging",
    "PartPlace",
    "PartTransfer",
    "Phrase",
    "PickList",
    "PickPrint",
    "PickRow",
    "PickStatus",
    "PostingRule",
    "PostingRuleValue",
    "PriceList",
    "PriceSource",
    "PriceStrategy",
    "Role",
    "RowPosting",
    "RowPostingValue",
    "RowSerial",
    "RowType",
    "SalesDispatch",
    "SalesOrder",
    "SalesOrderRow",
    "ShippingLine",
    "Signature",
    "TextImage",
    "TransactionType",
    "Transfer",
    "TransferPart",
    "TransferProfile",
    "VatCode",
    "VatException",
    "VatGroup",
    "VatRate",
]
