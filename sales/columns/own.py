"""The columns of what every row says: part, quantity, price, date, status, supply."""

from django.utils.translation import gettext_lazy as _

from erp.register import settings_registry
from sales.columns import shows
from sales.columns.kinds import (
    AMOUNT,
    CODE,
    COMPANY_AMOUNT,
    DATE,
    PERCENT,
    PRICE,
    QUANTITY,
    GridColumn,
    Kind,
)
from sales.columns.structures import CONFIGURATION
from sales.columns.transfers import PROFILE
from sales.models import RowType
from sales.queries import begun_deliveries, has_deliveries
from sales.vat import is_private, prices_with_vat

PART = (RowType.PART,)


def _margin(shown):
    return shown.money and shown.money.margin


def _ratio(shown):
    return shown.money and shown.money.ratio


COLUMNS = [
    GridColumn(
        "delivery",
        _("Del."),
        title=_("Delivery made"),
        kind=Kind(shows.delivery),
        load=begun_deliveries,
        shown_if=has_deliveries,
        at_first=True,
    ),
    GridColumn("part_type", _("Type"), title=_("Part type"), html=shows.part_type, row_types=PART, at_first=True),
    GridColumn("part", _("Part"), html=shows.part, fields=("part", "part_number"), always=True),
    CONFIGURATION,
    GridColumn("lot_sizing", _("Lot"), title=_("Lot sizing rule"), css="aside", html=shows.lot_sizing, row_types=PART),
    GridColumn("name", _("Name"), css="aside", fields=("name",), input_css="wide-input needed", always=True),
    GridColumn("quantity", _("Qty"), title=_("Quantity"), kind=QUANTITY, fields=("quantity", "scale"), always=True),
    GridColumn("unit", _("Unit"), kind=CODE, fields=("unit", "recalculate"), at_first=True),
    GridColumn(
        "unit_price",
        _("Price"),
        css="num aside",
        html=shows.price,
        fields=("unit_price",),
        at_first=True,
    ),
    GridColumn(
        "price_with_vat",
        _("Incl. VAT"),
        title=_("Price incl. VAT"),
        kind=PRICE,
        css="aside",
        load=lambda rows, order: prices_with_vat(rows),
        shown_if=lambda order: is_private(order.customer),
        at_first=True,
    ),
    GridColumn(
        "discount",
        "%",
        title=_("Discount %"),
        css="num aside",
        html=shows.discount,
        fields=("discount",),
        at_first=True,
    ),
    GridColumn("setup_price", _("Setup"), title=_("Setup price"), kind=PRICE, css="aside"),
    GridColumn(
        "amount",
        _("Amount"),
        kind=AMOUNT,
        css="aside",
        value=lambda shown: shown.money and shown.money.amount,
        at_first=True,
    ),
    GridColumn(
        "delivery_date",
        _("Delivery"),
        title=_("Delivery date"),
        kind=DATE,
        fields=("delivery_date", "follow"),
        input_css="date-input",
        at_first=True,
    ),
    GridColumn(
        "at_customer_date",
        _("At cust."),
        title=_("At customer"),
        kind=DATE,
        fields=("at_customer_date", "follow"),
        input_css="date-input",
        shown_if=lambda order: settings_registry.get("at_customer_shown"),
        at_first=True,
    ),
    GridColumn("desired_date", _("Desired"), title=_("Desired date"), kind=DATE, css="aside"),
    GridColumn("initial_date", _("Initial"), title=_("Initial date"), kind=DATE, css="aside"),
    GridColumn(
        "warehouse",
        _("Wh."),
        title=_("Warehouse"),
        kind=CODE,
        css="aside",
        fields=("warehouse",),
        row_types=PART,
        at_first=True,
    ),
    PROFILE,
    GridColumn(
        "row_status",
        _("Status"),
        css="aside",
        html=shows.status,
        fields=("row_status",),
        input_css="wide-input",
        at_first=True,
    ),
    GridColumn(
        "priority",
        _("Prio."),
        title=_("Priority; empty: the order's"),
        kind=QUANTITY,
        css="aside",
        fields=("priority",),
        row_types=PART,
    ),
    GridColumn(
        "coverage",
        _("Coverage"),
        template="sales/cells/coverage.html",
        value=lambda shown: shown.coverage,
        at_first=True,
    ),
    GridColumn(
        "made",
        _("M-/P-order"),
        html=shows.made,
        fields=("order_box",),
        at_first=True,
    ),
    GridColumn("customer_row_position", _("Customer's row"), title=_("Customer's row position"), css="aside"),
    GridColumn("customer_order_number", _("Customer's order"), title=_("Customer's order number"), css="aside"),
    GridColumn("goods_label", _("Goods label"), css="aside", row_types=PART),
    GridColumn(
        "standard_price",
        _("Std. price"),
        title=_("Standard price of one base unit"),
        css="num aside",
        html=shows.standard_price,
        right="see costs",
    ),
    GridColumn(
        "margin",
        _("CM"),
        title=_("Contribution margin"),
        kind=COMPANY_AMOUNT,
        css="aside",
        value=_margin,
        right="see costs",
    ),
    GridColumn(
        "ratio", _("CR %"), title=_("Contribution ratio"), kind=PERCENT, css="aside", value=_ratio, right="see costs"
    ),
]
