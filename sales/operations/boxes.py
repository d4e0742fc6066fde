"""The M-order/P-order box: a ticked row gets its order on save, once.

A box that cannot be followed stays ticked and the sentence why is handed back: the row is saved all the same.
"""

from erp.register import settings_registry
from erp.register.models import LotSizing
from linkage.models import SupplyKind
from linkage.operations.updating import update
from linkage.queries import made_from
from production.operations import supplies_to_take
from sales.operations.linked import buy_for_rows, make_for_rows

BOX_SETTINGS = "m_order_box_default", "p_order_box_default"


class AsksFirst(str):
    """The sentence of a row whose order waits for a person: it is for stock, so nobody but a person knows how much."""


def order_by_box(rows, *, by, refused=None, just_ticked=()):
    """Make the orders of ticked rows that have none yet; ``refused`` takes a sentence by row id for the others.

    A made part that is stock-driven gets no order by itself: its row's sentence is an ``AsksFirst``. A row that was
    ``just_ticked`` says so if an order was made for it that it has no link to any more.
    """
    refused = {} if refused is None else refused
    ticked = [row for row in rows if row.order_box and row.order.has_demands and not row.is_closed]
    refused |= parted_from_theirs([row for row in ticked if row in just_ticked])
    waiting = without_order(ticked)
    refused |= {row.pk: sentence for row in waiting if (sentence := why_not_by_box(row))}
    ready = [row for row in waiting if row.pk not in refused]
    make_for_rows([row for row in ready if row.part.is_made], by=by, refused=refused)
    buy_for_rows([row for row in ready if row.part.is_bought], by=by, refused=refused)
    return refused


def box_setting(part):
    """The setting by which a row of the part is ticked where nobody says."""
    made, bought = BOX_SETTINGS
    return made if part.is_made else bought


def tick_by_setting(rows):
    """Tick the rows of which orders are made by default, as the settings say; returns them."""
    is_default = settings_registry.get_many(*BOX_SETTINGS)
    ticked = [row for row in rows if has_box(row.part) and is_default[box_setting(row.part)]]
    for row in ticked:
        row.order_box = True
    return ticked


def order_by_setting(rows, *, by):
    """A step: rows that nobody ticked one by one (a queryset) are ticked as the settings say, and get their orders.

    One that gets none stays ticked and says why on its page.
    """
    if not any(settings_registry.get_many(*BOX_SETTINGS).values()):
        return
    ticked = tick_by_setting(list(rows.for_list().goods().in_order()))
    if ticked:
        update(ticked, ["order_box"])
        order_by_box(ticked, by=by)


def supplies_by_setting(news):
    """What the orders of new rows may take below them, where the settings tick these."""
    made = [new for new in news if new.part and new.part.is_made and has_box(new.part)]
    if not made or not settings_registry.get(BOX_SETTINGS[0]):
        return []
    places = {new.warehouse.pk for new in made if new.warehouse}
    return supplies_to_take(parts={new.part.pk for new in made}, warehouses=places)


def supplies_by_box(part, warehouse, *, ticked):
    """What the order of a ticked row may take below it: locked with the row, before its demand."""
    if not ticked or part is None or not part.is_made or not has_box(part):
        return []
    return supplies_to_take(parts=[part.pk], warehouses=[warehouse.pk])


def supplies_by_boxes(rows):
    """The same for rows as they stand, or as they are to be added."""
    made = [row for row in rows if row.order_box and row.part and row.part.is_made and has_box(row.part)]
    if not made:
        return []
    return supplies_to_take(parts={row.part.pk for row in made}, warehouses={row.warehouse.pk for row in made})


def without_order(rows):
    """Rows with no open order made from them, linked or not."""
    made = made_from([row.demand for row in rows if row.demand_id])
    return [row for row in rows if not any(is_open_order(found) for found in made.get(row.demand_id, []))]


def parted_from_theirs(rows):
    """{row id: sentence} of rows whose order is still open and serves them no more: they get no second one."""
    made = made_from([row.demand for row in rows if row.demand_id]) if rows else {}
    words = "{row}: {supply} was made for it and is still open, so the box makes no second order."
    return {
        row.pk: words.format(row=row, supply=found.supply)
        for row in rows
        for found in made.get(row.demand_id, [])
        if is_open_order(found) and not found.linked
    }


def is_open_order(found):
    return (
        found.made > 0 and found.supply.kind != SupplyKind.STOCK and found.supply.status not in ("closed", "cancelled")
    )


def why_not_by_box(row):
    """What the box refuses and a person's own button does not: orders for stock that the register does not allow."""
    part = row.part
    if part.is_made and not part.is_order_oriented and not part.make_from_sales_row:
        return f"{row}: {part} is stock-driven; the register does not allow orders from rows."
    if part.is_made and not part.is_order_oriented:
        return AsksFirst(f"{row}: {part} is stock-driven; say how much is made for stock, and when.")
    if part.is_bought and part.lot_sizing != LotSizing.LINKED:
        return f"{row}: {part} is stock-driven; use Create purchase order if one is to be bought for stock."
    return ""


def has_box(part):
    """Whether a row of the part can be ticked at all; one without a part of the register cannot."""
    return (
        part is not None
        and part.is_stock_updated
        and not part.is_phantom
        and (part.is_order_oriented or (part.is_made and part.make_from_sales_row))
    )
