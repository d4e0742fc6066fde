"""The columns of what is delivered of a row, what it weighs and what it says on documents."""

from django.utils.translation import gettext_lazy as _

from sales.columns.kinds import QUANTITY, YES, GridColumn
from sales.models import DeliveryRow
from sales.operations.picks import picked_of
from sales.units import UnitsOfRows, parts_of


def _remaining(rows, _order):
    """What is not delivery-reported yet, in the row's unit."""
    standing = [row for row in rows if row.is_goods and not row.is_closed]
    units = UnitsOfRows(parts_of(standing))
    left = {row: row.demand.open if row.demand_id else row.quantity for row in standing}
    return {row.pk: units.in_unit_of(row, quantity) for row, quantity in left.items()}


def _under_picking(rows, _order):
    """What is on a pick list and not delivered, in the row's unit."""
    picked = picked_of(rows)
    found = [row for row in rows if row.pk in picked]
    units = UnitsOfRows(parts_of(found))
    return {row.pk: units.in_unit_of(row, picked[row.pk]) for row in found}


def _delivered(rows, _order):
    """In the row's unit, as it was reported."""
    standing = DeliveryRow.objects.standing().filter(row__in=rows)
    found = {}
    for row, quantity in standing.values_list("row", "quantity"):
        found[row] = found.get(row, 0) + quantity
    return found


COLUMNS = [
    GridColumn("remaining", _("Remaining"), title=_("Remaining quantity"), kind=QUANTITY, css="aside", load=_remaining),
    GridColumn(
        "under_picking", _("Picking"), title=_("Under picking"), kind=QUANTITY, css="aside", load=_under_picking
    ),
    GridColumn("delivered", _("Delivered"), title=_("Delivered quantity"), kind=QUANTITY, css="aside", load=_delivered),
    GridColumn("net_weight", _("Weight"), title=_("Net weight, kg"), kind=QUANTITY, css="aside"),
    GridColumn("show_price", _("Price on doc."), title=_("Show price on confirmation"), kind=YES, css="aside"),
    GridColumn("price_text", _("Price text"), title=_("Text in place of the price"), css="aside"),
    GridColumn("show_date", _("Date on doc."), title=_("Show delivery date on confirmation"), kind=YES, css="aside"),
    GridColumn("date_text", _("Date text"), title=_("Text in place of the date"), css="aside"),
]
