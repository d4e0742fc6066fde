"""The ledger: what is needed, what will be there, and the links between them."""

from linkage.models.changes import UndecidedChange
from linkage.models.elsewhere import Elsewhere
from linkage.models.jobs import JobRun, Operation
from linkage.models.links import OrderLink, Peg, Provenance, SwapProposal, Tombstone
from linkage.models.movements import StockMovement
from linkage.models.positions import (
    OPEN_STATUSES,
    Demand,
    DemandKind,
    Document,
    Hold,
    Status,
    StockTarget,
    Supply,
    SupplyKind,
)
from linkage.models.serials import PieceState, SerialNumber

__all__ = [
    "OPEN_STATUSES",
    "Demand",
    "DemandKind",
    "Document",
    "Elsewhere",
    "Hold",
    "JobRun",
    "Operation",
    "OrderLink",
    "Peg",
    "PieceState",
    "Provenance",
    "SerialNumber",
    "Status",
    "StockMovement",
    "StockTarget",
    "Supply",
    "SupplyKind",
    "SwapProposal",
    "Tombstone",
    "UndecidedChange",
]
