"""The columns of customer orders, and the names that others use for them."""

from dataclasses import replace
from datetime import date

from erp.staging import columns as shared
from erp.staging.columns import DISCOUNT, LABEL, ORDERED
from erp.staging.kinds import Column, Holds

CUSTOMER = Column(
    name="customer",
    title="Customer",
    others=("customer number", "buyer", "customer gln", "buyer gln", "kunde", "kund", "kundnummer"),
    required=True,
    longest=120,
    help="Number, GLN or name.",
    example="10001",
)
NUMBER = Column(
    name="customer_order_number",
    title="Customer's order number",
    others=("customer order number", "customer order", "order number", "order", "their order", "bestellnummer"),
    longest=30,
    help="Lines with the same one are one order. It is loaded once. Empty: one order per customer.",
    example="4500017",
)
POSITION = Column(
    name="customer_row_position",
    title="Customer's row position",
    others=("customer row position", "row position", "position", "pos", "line", "item position", "rad"),
    longest=15,
    example=10,
)
PART = replace(shared.PART, help="Our number; or leave it empty and give the customer's.", example="BIKE-100")
THEIR_PART = Column(
    name="customer_part_number",
    title="Customer's part number",
    others=("customer part", "customer part number", "buyer part number", "customer item", "kundenartikelnummer"),
    example="",
)
QUANTITY = replace(shared.QUANTITY, example=10)
UNIT = replace(shared.UNIT, help="Empty: the part's unit on customer orders.")
DESIRED = Column(
    name="desired_date",
    title="Desired date",
    others=("date", "desired", "delivery date", "requested date", "wanted on", "liefertermin", "leveransdatum"),
    holds=Holds.DATE,
    help="When it is at the customer. Empty: the row has no date yet.",
    example=date(2026, 12, 18),
)
SHIPPED = Column(
    name="shipment_date",
    title="Shipment date",
    others=("ship date", "shipping date", "shipped on", "versanddatum", "leveras från"),
    holds=Holds.DATE,
    help="The day on which it leaves us; a desired date says when it is there, and counts first.",
)
PRICE = replace(
    shared.PRICE, help="Of one unit; locked on the row. Empty: what was agreed with the customer, and not locked."
)
CURRENCY = replace(shared.CURRENCY, help="Empty: the customer's.")
TEXT = Column(
    name="text",
    title="Text",
    others=("row text", "comment", "remark", "beskrivning"),
    longest=1000,
    help="A text below the row; printed on the confirmation.",
)
NOTE = Column(name="note", title="Note", others=("order note", "order text", "notes"), longest=1000)
ADDRESS = Column(
    name="delivery_address",
    title="Delivery address",
    others=("deliver to", "ship to", "delivery gln", "lieferadresse", "leveransadress"),
    longest=400,
    help="The GLN of one of the customer's addresses; or the address itself, its lines with | between them.",
)
WAREHOUSE = replace(shared.WAREHOUSE, others=("location", "store", "from", "lager"))
VARIANT = Column(
    name="variant",
    title="Variant code",
    others=("variant", "configuration", "variante", "variantkod"),
    longest=120,
    help="Chooses the parts of a fictitious part and the components of a made one. Empty: the default one.",
)
NAME = Column(
    name="name",
    title="Name",
    others=("description", "part name", "bezeichnung", "benämning"),
    longest=120,
    help="What the customer calls it; the answer says it again.",
)
OUR_GLN = Column(
    name="our_gln",
    title="Supplier's GLN",
    others=("supplier gln", "our gln", "vendor gln"),
    longest=13,
    help="That of our company; it must be the one whose warehouse delivers.",
)

CHANGE = Column(
    name="change_number",
    title="Customer's change number",
    others=("change number", "order change", "change order number", "änderungsnummer", "ändringsnummer"),
    longest=35,
    help="The customer's number of this change. It is loaded once for each order.",
    example="4500017-1",
)
ACTION = Column(
    name="action",
    title="Action",
    others=("change", "line action", "what", "aktion", "åtgärd"),
    longest=20,
    help="add, change, cancel or keep; replace: these lines are all that the order has; cancel order: all of it goes. "
    "Empty: change.",
    example="change",
)

COLUMNS = (
    CUSTOMER,
    NUMBER,
    POSITION,
    PART,
    THEIR_PART,
    QUANTITY,
    UNIT,
    DESIRED,
    PRICE,
    DISCOUNT,
    CURRENCY,
    TEXT,
    NOTE,
    ADDRESS,
    LABEL,
    WAREHOUSE,
    ORDERED,
    NAME,
    OUR_GLN,
    SHIPPED,
    VARIANT,
)

CHANGE_COLUMNS = (
    CUSTOMER,
    replace(NUMBER, required=True, help="That of the order which is changed."),
    CHANGE,
    replace(
        POSITION,
        help="Names the row; of a line that is added, a position that the order has not. Only cancel order names none.",
    ),
    ACTION,
    replace(PART, help="Of a line that is added; of another one it is only compared."),
    THEIR_PART,
    replace(QUANTITY, required=False, help="All that is wanted, not the difference. Empty: as before."),
    replace(UNIT, help="That of the row. Of a line that is added empty: the part's unit on customer orders."),
    replace(DESIRED, help="When it is at the customer. Empty: as before."),
    SHIPPED,
    replace(PRICE, help="Of one unit; locked on the row. Empty: as before."),
    DISCOUNT,
    replace(CURRENCY, help="That of the order."),
    replace(TEXT, help="A text below the row, printed on the confirmation."),
    LABEL,
    replace(WAREHOUSE, help="Of a line that is added. Empty: the part's own."),
    NAME,
    OUR_GLN,
)
