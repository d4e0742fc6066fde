"""The columns of customer orders, and the names that others use for them."""

from datetime import date

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
PART = Column(
    name="part",
    title="Part",
    others=("part number", "part no", "item", "item number", "article", "article number", "artikel", "artikelnr"),
    longest=40,
    help="Our number; or leave it empty and give the customer's.",
    example="BIKE-100",
)
THEIR_PART = Column(
    name="customer_part_number",
    title="Customer's part number",
    others=("customer part", "customer part number", "buyer part number", "customer item", "kundenartikelnummer"),
    example="",
)
QUANTITY = Column(
    name="quantity",
    title="Quantity",
    others=("qty", "order quantity", "ordered", "menge", "antal", "kvantitet"),
    holds=Holds.QUANTITY,
    required=True,
    example=10,
)
UNIT = Column(
    name="unit",
    title="Unit",
    others=("uom", "unit of measure", "einheit", "enhet", "enhed"),
    help="Empty: the part's unit on customer orders.",
    example="pcs",
)
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
PRICE = Column(
    name="price",
    title="Price",
    others=("unit price", "net price", "preis", "pris"),
    holds=Holds.AMOUNT,
    zero=True,
    help="Of one unit; locked on the row. Empty: what was agreed with the customer, and not locked.",
)
DISCOUNT = Column(name="discount", title="Discount %", others=("discount", "rabatt"), holds=Holds.PERCENT, zero=True)
CURRENCY = Column(
    name="currency",
    title="Currency",
    others=("currency code", "währung", "valuta"),
    longest=3,
    help="Empty: the customer's.",
    example="EUR",
)
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
LABEL = Column(name="goods_label", title="Goods label", others=("label", "mark", "godsmärke"))
WAREHOUSE = Column(
    name="warehouse",
    title="Warehouse",
    others=("location", "store", "from", "lager"),
    longest=100,
    help="Empty: the part's own.",
)
ORDERED = Column(
    name="ordered_on",
    title="Ordered",
    others=("order date", "ordered on", "bestelldatum", "orderdatum"),
    holds=Holds.DATE,
    help="Empty: today.",
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
)
