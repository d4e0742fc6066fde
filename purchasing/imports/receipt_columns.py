"""The columns of a file of receipts."""

from datetime import date

from erp.staging.kinds import Column, Holds
from purchasing.imports.order_rows import ORDER, PART, ROW
from purchasing.models import RejectReason

QUANTITY = Column(
    name="quantity",
    title="Quantity",
    others=("received", "received quantity", "qty", "delivered", "menge", "antal"),
    holds=Holds.QUANTITY,
    required=True,
    zero=True,
    help="What was taken in, in the row's unit; 0 if all of it was rejected.",
    example=100,
)
NOTE = Column(
    name="delivery_note",
    title="Delivery note",
    others=("packing slip", "delivery note number", "dispatch note", "lieferschein", "följesedel", "følgeseddel"),
    required=True,
    help="The supplier's number. A row is received once on a delivery note.",
    example="DN-881",
)
DAY = Column(
    name="effective_on",
    title="Received",
    others=("date", "received on", "receipt date", "wareneingang", "ankomstdatum"),
    holds=Holds.DATE,
    help="Today or before. Empty: today.",
    example=date(2026, 11, 25),
)
FINAL = Column(
    name="final",
    title="Final",
    others=("last", "complete", "final delivery"),
    holds=Holds.YES_NO,
    help="yes: nothing more comes of this row.",
    example="no",
)
REJECTED = Column(
    name="rejected",
    title="Rejected quantity",
    others=("rejected", "rejects"),
    holds=Holds.QUANTITY,
    zero=True,
    help="What came as well and was not taken in.",
)
WHY = Column(
    name="reject_reason",
    title="Reject reason",
    others=("reason",),
    longest=40,
    help=f"One of: {', '.join(RejectReason.values)}.",
)
WORDS = Column(name="reject_note", title="Reject note", others=("remark", "note"), longest=200)
OWED = Column(
    name="owed",
    title="Replacement owed",
    others=("owed", "replacement"),
    holds=Holds.YES_NO,
    help="no: the rejected quantity is not to come any more. Empty: yes.",
)

ASK = Column(
    name="ask_buyer",
    title="Ask a buyer",
    others=("ask", "over receipt", "beyond tolerance"),
    holds=Holds.YES_NO,
    help="yes: more than the tolerance is not posted but waits for a buyer on the worklist.",
)
REASON = Column(
    name="over_reason",
    title="Why more",
    others=("reason for more", "over receipt reason"),
    longest=200,
    help="Why more than was ordered should be taken in; needed where a buyer is asked.",
)
COLUMNS = ORDER, ROW, PART, QUANTITY, NOTE, DAY, FINAL, REJECTED, WHY, WORDS, OWED, ASK, REASON
