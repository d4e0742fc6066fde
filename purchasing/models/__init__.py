"""What is bought, from whom and on which terms; what was sent, asked, received and rejected."""

from purchasing.models.changes import Answer, ChangeKind, ChangeRequest, ChangeRequestFact, ChangeRequestLine
from purchasing.models.dispatches import Dispatch, How, Outcome
from purchasing.models.orders import HeaderFact, PurchaseOrder
from purchasing.models.over_receipts import OverReceipt, Verdict
from purchasing.models.rejects import Reject, RejectReason
from purchasing.models.rows import PurchaseOrderRow
from purchasing.models.terms import PriceBreak, SupplierTerm
from purchasing.models.types import PurchaseOrderType, UsersOrderType, order_type_of

__all__ = [
    "Answer",
    "ChangeKind",
    "ChangeRequest",
    "ChangeRequestFact",
    "ChangeRequestLine",
    "Dispatch",
    "HeaderFact",
    "How",
    "Outcome",
    "OverReceipt",
    "PriceBreak",
    "PurchaseOrder",
    "PurchaseOrderRow",
    "PurchaseOrderType",
    "Reject",
    "RejectReason",
    "SupplierTerm",
    "UsersOrderType",
    "Verdict",
    "order_type_of",
]
