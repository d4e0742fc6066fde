"""What is bought, from whom and on which terms; what was sent, asked, received and rejected."""

from purchasing.models.changes import Answer, ChangeKind, ChangeRequest, ChangeRequestLine
from purchasing.models.dispatches import Dispatch, How, Outcome
from purchasing.models.orders import PurchaseOrder, rising_version
from purchasing.models.rejects import Reject, RejectReason
from purchasing.models.rows import PurchaseOrderRow
from purchasing.models.terms import DELIVERY_DAYS, PriceBreak, SupplierTerm

__all__ = [
    "DELIVERY_DAYS",
    "Answer",
    "ChangeKind",
    "ChangeRequest",
    "ChangeRequestLine",
    "Dispatch",
    "How",
    "Outcome",
    "PriceBreak",
    "PurchaseOrder",
    "PurchaseOrderRow",
    "Reject",
    "RejectReason",
    "SupplierTerm",
    "rising_version",
]
