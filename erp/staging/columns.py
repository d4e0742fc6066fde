"""Columns that customers' orders and purchase orders share. What one of them says otherwise, it replaces."""

from erp.staging.kinds import Column, Holds

PART = Column(
    name="part",
    title="Part",
    others=("part number", "part no", "item", "item number", "article", "article number", "artikel", "artikelnr"),
    longest=40,
)
QUANTITY = Column(
    name="quantity",
    title="Quantity",
    others=("qty", "order quantity", "ordered", "menge", "antal", "kvantitet"),
    holds=Holds.QUANTITY,
    required=True,
)
UNIT = Column(name="unit", title="Unit", others=("uom", "unit of measure", "einheit", "enhet", "enhed"), example="pcs")
PRICE = Column(
    name="price",
    title="Price",
    others=("unit price", "net price", "preis", "pris"),
    holds=Holds.AMOUNT,
    zero=True,
)
DISCOUNT = Column(name="discount", title="Discount %", others=("discount", "rabatt"), holds=Holds.PERCENT, zero=True)
CURRENCY = Column(
    name="currency", title="Currency", others=("currency code", "währung", "valuta"), longest=3, example="EUR"
)
WAREHOUSE = Column(name="warehouse", title="Warehouse", longest=100, help="Empty: the part's own.")
LABEL = Column(name="goods_label", title="Goods label", others=("label", "mark", "godsmärke"))
ORDERED = Column(
    name="ordered_on",
    title="Ordered",
    others=("order date", "ordered on", "bestelldatum", "orderdatum"),
    holds=Holds.DATE,
    help="Empty: today.",
)
