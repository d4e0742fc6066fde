"""Rows of a sales order: add, insert, change, delete."""

from django.db.models import Max
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.units import MILLIONTH, plain
from linkage.changes import DemandWant
from linkage.checks import check_revision
from linkage.dates import business_date, refresh_need_dates
from linkage.operation import operation
from linkage.operations import change_demand, cut_links
from linkage.operations.changing import also_locked, change_chain
from sales.models import SalesOrderRow
from sales.money import ZERO
from sales.operations.boxes import order_by_box, supplies_by_box
from sales.operations.building import NewRow, asks_for_prices, build_row
from sales.operations.dates import fill_dates, follow_road
from sales.operations.demands import call_off, give_demands, has_past, meaning_of
from sales.operations.ordering import number_rows, renumber
from sales.operations.taking import check_open, check_row_open, check_version, take_order, take_row
from sales.operations.ties import delete_draft, links_in_words, open_links
from sales.operations.totals import drop_rounding, sum_above, sum_below
from sales.operations.types import check_row
from sales.operations.warehouses import move_row
from sales.pricing import Prices, price_row, prices_for
from sales.queries import status_of
from sales.statuses import QUOTE, REGISTERED, RowStatus
from sales.units import UnitsOfRows, parts_of

PRICED = {"quantity", "unit", "unit_price", "discount", "setup_price"}


@operation
def add_row(*, order, by, before=None, refused=None, **facts):
    """Add a main row at the end, or insert it before another; ``facts`` are those of NewRow.

    A row inserted between two gets the number in the middle; where none is free, and on a quote, all rows are
    numbered anew in tens. With its box ticked the row gets its order at once; ``refused`` takes the sentence why not.
    A total row sums what stands above it.
    """
    new = NewRow(**facts)
    units = UnitsOfRows([new.part] if new.part else [])
    prices = Prices(customers=[order.customer], parts=[new.part]) if asks_for_prices(new) else None
    row = build_row(order=order, new=new, units=units, prices=prices)
    also = supplies_by_box(row.part, row.warehouse, ticked=row.order_box)
    order, rows = take_order(order, rows=list(order.rows.main()), also=also)
    check_open(order)
    row.order = order
    rows.sort(key=lambda other: other.position)
    place = _place_before(rows, before)

    number_rows(order, rows[:place], [row], rows[place:])
    fill_dates([row])
    if order.has_demands:
        row.ordered_on = row.ordered_on or _later_than(order.document.ordered_on)
        give_demands([row], units=units)
    sum_below(row, rows)
    row.save()
    if row.is_total:
        sum_above(row, [*rows, row])
    follow_status(order)
    return _with_its_order(row, by=by, refused=refused)


@operation
def add_sub_row(*, row, by, **facts):
    """Add a row below a main row, after its other sub-rows; ``facts`` are those of NewRow. Only text stands there."""
    new = NewRow(**facts)
    parent = take_row(row)
    check_row_open(parent)
    if parent.parent_id or not parent.is_goods:
        raise Refused(f"{parent} cannot have sub-rows: they stand below main rows of goods.")
    last = parent.sub_rows.aggregate(last=Max("line"))["last"] or 0
    sub_row = build_row(order=parent.order, new=new, units=UnitsOfRows([]), parent=parent, line=last + 1)
    if not sub_row.is_text:
        raise Refused("Only a text can be added below a row.")

    sub_row.save()
    return _as_it_is(sub_row)


def _place_before(rows, before):
    if before is None:
        return len(rows)
    if before.pk not in (ids := [row.pk for row in rows]):
        raise Refused(f"{before} is not a row of this order.")
    return ids.index(before.pk)


def _later_than(ordered_on):
    """The row's own order date, where it came later than its order."""
    today = business_date()
    return today if today > ordered_on else None


@operation
def change_row(*, row, by, version=None, recalculate=False, reason="", refused=None, decisions=None, **changes):
    """Change a row; what it is linked to stays linked as far as the rules allow.

    With ``decisions`` (``linkage.changes``) the orders of its chain change with it, as decided; without them no other
    order is touched.

    More: links stay and the difference is uncovered. Less: links are cut, claimed before bound, the latest supply
    first, goods on the shelf last. With ``recalculate`` another unit converts the quantity and the price.
    """
    ticked = changes.get("order_box", row.order_box)
    also = supplies_by_box(row.part, changes.get("warehouse", row.warehouse), ticked=ticked)
    row = take_row(row, also=also, too=also_locked(decisions))
    check_row_open(row)
    check_version(row, version, changes)
    units = UnitsOfRows(parts_of([row]))
    before = row.unit, row.delivery_date, row.warehouse, row.at_customer_date
    locks = _locks(row, changes)
    if recalculate:
        changes |= _in_unit(row, changes, units)
    if not PRICED.isdisjoint(changes):
        changes["rounding"] = _rounding_of(row, changes)
    changes |= locks
    counts = row.quantity, row.unit
    for name, value in changes.items():
        setattr(row, name, value)
    check_row(row, units=units)
    if (row.quantity, row.unit) != counts:
        changes |= _priced_anew(row)
    dates = follow_road(row, (before[1], before[3])) + _follow_date(row, before[1], changes)
    _check_forecast(row)

    if row.demand and row.warehouse != before[2] and decisions is None:
        move_row(row, row.warehouse)
    row.save(update_fields=[*changes, *dates])
    if row.demand:
        _follow_row(row, units=units, decisions=decisions, by=by, reason=reason)
    follow_status(row.order)
    return _with_its_order(row, by=by, refused=refused)


def _locks(row, changes):
    """A price or discount that somebody typed is locked."""
    locks = {}
    if changes.get("unit_price", row.unit_price) != row.unit_price:
        locks |= {"price_locked": True, "price_source": "", "price_currency": ""}
    if changes.get("discount", row.discount) != row.discount:
        locks |= {"discount_locked": True}
    return locks


def _priced_anew(row):
    """Another quantity may have another price; the columns that it changes, already written into the row."""
    if prices := prices_for([row] if not row.price_locked else []):
        price_row(row, prices, discount=False)
    return {name: getattr(row, name) for name in ("unit_price", "price_source", "price_currency")}


def _rounding_of(row, changes):
    """What a typed total left with the row goes when its price or quantity is typed anew."""
    same = all(getattr(row, name) == changes[name] for name in PRICED & changes.keys())
    return row.rounding if same else ZERO


def _in_unit(row, changes, units):
    """The same amount of goods and money in another unit; what was typed with it counts in the old one."""
    old = changes.get("quantity", row.quantity)
    quantity = units.convert(part=row.part, quantity=old, unit=row.unit, to=changes["unit"])
    if not quantity:
        raise Refused(f"{plain(old)} {row.unit} is less than a millionth of a {changes['unit']}.")
    price = changes.get("unit_price", row.unit_price) * old / quantity
    return {"quantity": quantity, "unit_price": price.quantize(MILLIONTH)}


def _follow_date(row, before, changes):
    """Until the order is confirmed, desired and initial date follow unless they were typed; then they freeze."""
    if row.delivery_date is None or row.delivery_date == before:
        return []
    follow = [name for name in ("desired_date", "initial_date") if changes.get(name) is None]
    if row.order.status not in (QUOTE, REGISTERED):
        follow = [name for name in follow if getattr(row, name) is None]
    for name in follow:
        setattr(row, name, row.delivery_date)
    return follow


def _check_forecast(row):
    if row.row_status == RowStatus.FORECAST and (links := open_links([row])):
        raise Refused(f"{row} is linked to {links_in_words(links)}; disconnect it before it becomes a forecast.")


def _follow_row(row, *, units, decisions, by, reason):
    """Tell the ledger what the row now says."""
    demand = row.demand
    if row.revision_id != demand.revision_id:
        check_revision(demand, row.revision)
    base = units.to_base(part=row.part, quantity=row.quantity, unit=row.unit)
    if base < demand.done:
        raise Refused(
            f"{plain(demand.done)} {row.part.unit} of {row} are delivered; the quantity cannot be less than that."
        )
    why = reason or f"{row} lowered to {plain(base)}"
    if decisions is None:
        cut_links(demand, to=base - demand.done, reason=why)
    else:
        want = DemandWant(
            demand.pk, quantity=base, need=row.delivery_date, warehouse=row.warehouse, revision=row.revision
        )
        change_chain(demands=[want], decisions=decisions, by=by, reason=why)
        demand.refresh_from_db()
    row.demand = change_demand(
        demand,
        quantity=base,
        need_date=row.delivery_date,
        revision=row.revision,
        ordered_on=row.ordered_on,
        **meaning_of(row.row_status),
    )
    linked = [link.supply_id for link in open_links([row])]
    if linked:
        refresh_need_dates(linked)


@operation
def delete_row(*, row, by, version=None, reason="", decisions=None):
    """Take a row away. One that was linked or ordered for stays as cancelled, because the ledger remembers it.

    A linked row is refused, unless ``decisions`` say for each supply what becomes of it.
    """
    row = take_row(row, too=also_locked(decisions))
    check_open(row.order)
    check_version(row, version, {})
    if row.delivered:
        unit = row.part.unit if row.part_id else row.unit or ""
        raise Refused(f"{plain(row.delivered)} {unit} of {row} are delivered; the row cannot be deleted.")
    if decisions is not None and row.demand:
        ends = DemandWant(row.demand_id, is_cancelled=True)
        change_chain(demands=[ends], decisions=decisions, by=by, reason=reason or f"{row} deleted")
        row.demand.refresh_from_db()
    elif links := open_links([row]):
        raise Refused(f"{row} is linked: {links_in_words(links)}. Disconnect or hand over each of them first.")
    check_row_open(row)

    drop_rounding(list(row.included.filter(closed_at=None)))
    kept = row if row.demand and has_past(row.demand) else None
    if kept:
        call_off(row.demand, reason=reason or f"{row} deleted")
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
    else:
        delete_draft(row)
    if row.order.status == QUOTE:
        renumber(list(row.order.rows.main().order_by("position")))
    follow_status(row.order)
    return kept


def follow_status(order):
    """A row added to a delivered order makes it partly delivered; the last open row gone makes it delivered."""
    wanted = status_of(order, list(order.rows.goods().select_related("demand", "order", "part")))
    if wanted != order.status:
        order.status = wanted
        order.save(update_fields=["status"])


def _with_its_order(row, *, by, refused):
    """The row as it is, once its box has made the order, where it is ticked."""
    row = _as_it_is(row)
    if row.order_box:
        order_by_box([row], by=by, refused=refused)
        row = _as_it_is(row)
    return row


def _as_it_is(row):
    return SalesOrderRow.objects.for_list().get(pk=row.pk)
