"""Rows of a sales order: add, insert, change, delete."""

from decimal import ROUND_HALF_UP
from fractions import Fraction

from django.utils import timezone

from erp.exceptions import Refused
from erp.register.units import half_up, plain
from linkage.changes import DemandWant
from linkage.checks import check_revision
from linkage.dates import business_date, refresh_need_dates
from linkage.operation import operation, settle
from linkage.operations import change_demand, cut_links
from linkage.operations.changing import also_locked, change_chain
from linkage.operations.updating import update
from sales.models import PriceSource, SalesOrder, SalesOrderRow
from sales.money import ZERO, price_step
from sales.operations.alloys import close_alloy, follow_alloy
from sales.operations.boxes import order_by_box, supplies_by_box, supplies_by_boxes
from sales.operations.building import NewRow, asks_for_prices, build_row
from sales.operations.calculating import calculate
from sales.operations.dates import Following, check_one_date, dates_of, fill_dates, why_not_on
from sales.operations.demands import call_off, give_demand_late, has_past, meaning_of
from sales.operations.following import follow_status
from sales.operations.further import check_further, free_assets
from sales.operations.kit_prices import price_kit
from sales.operations.noting import note_metal
from sales.operations.ordering import at_the_end, before_row, close_ranks, make_room, next_line, take_place
from sales.operations.picks import check_not_picked, was_on_a_note
from sales.operations.serials import check_counts, free_serials
from sales.operations.structures import (
    CARRIED,
    build_below,
    built,
    carry_parts,
    check_follows,
    check_same_parts,
    kit_rows,
    new_part,
    settle_above,
    take_with_parts,
    write_below,
    write_main,
)
from sales.operations.taking import check_open, check_row_open, check_version, take_row
from sales.operations.ties import delete_draft, links_in_words, open_links
from sales.operations.totals import drop_rounding, sum_above, sum_below
from sales.operations.transfers import OF_PART, end_transfer, give_profile, mirrored_rows, transfer_rows
from sales.operations.types import check_row
from sales.operations.warehouses import move_row
from sales.operations.weights import follow_weight
from sales.part_names import name_rows
from sales.pricing import TAKEN, Prices, costs_its_parts, price_row, prices_for
from sales.shipping import reweighed
from sales.statuses import CANCELLED, QUOTE, RowStatus, may_become
from sales.units import UnitsOfRows, parts_of

PRICES = ["unit_price", "setup_price", "discount", "standard_price"]
PRICE = "price"  # what alone is recalculated where the quantity is already in the other unit
PRICED = {"quantity", "unit", "unit_price", "discount", "setup_price"}


@operation
def add_row(*, order, by, before=None, refused=None, transfer_profile=OF_PART, **facts):
    """Add a main row at the end, or insert it before another; ``facts`` are those of NewRow.

    ``transfer_profile``: by which the row goes to another company of ours, None for none.

    A row inserted between two gets the number in the middle; where none is free, and on a quote, all rows are
    numbered anew in tens. With its box ticked the row gets its order at once; ``refused`` takes the sentence why not.
    A total row sums what stands above it. The row of a fictitious part gets its parts below it.
    """
    place, facts = before_row(before) if before else at_the_end, NewRow(**facts)
    return put_row(order, facts, place, by=by, refused=refused, transfer_profile=transfer_profile)


def put_row(order, new, find, *, by, refused=None, transfer_profile=OF_PART):
    """A step: a new main row with what stands below it, in the place of its order that ``find`` says."""
    row, parts, units = built(order, new, by=by)
    also = supplies_by_boxes([row, *parts])
    order, _rows, place = take_place(order, find, count=1, also=also)
    check_open(order)
    for one in (row, *parts):
        one.order = order

    make_room(order, place, [row])
    fill_dates([row])
    if row.is_dated and (wrong := why_not_on(row.delivery_date, order=order)):
        raise Refused(wrong)
    if order.has_demands:
        row.ordered_on = row.ordered_on or _later_than(order.document.ordered_on)
    sum_below(row)
    write_main(row, parts, units=units)
    if row.is_total:
        sum_above(row)
    row = _with_their_orders(row, kit_rows(row), by=by, refused=refused)
    transfer_rows(give_profile(row, transfer_profile), by=by, refused=refused)
    return row


@operation
def add_sub_row(*, row, by, **facts):
    """Add a text below a main row, after its other sub-rows; ``facts`` are those of NewRow."""
    new = NewRow(**facts)
    parent = take_row(row)
    check_above(parent)
    sub_row = build_row(order=parent.order, new=new, units=UnitsOfRows([]), parent=parent, line=next_line(parent))
    if not sub_row.is_text:
        raise Refused("Only a text can be added below a row.")

    sub_row.save()
    return _as_it_is(sub_row)


@operation
def add_part(*, row, part, quantity, by, refused=None, **facts):
    """Add a part below the row of a fictitious part, after its other parts; ``facts`` are those of NewRow."""
    facts.setdefault("warehouse", row.warehouse)
    new = new_part(part, quantity, **facts)
    units = UnitsOfRows([part])
    parent = take_row(row, also=supplies_by_box(part, new.warehouse, ticked=new.order_box))
    check_above(parent)
    if not parent.is_kit:
        raise Refused(f"{parent} is not the row of a fictitious part: only those have parts below them.")
    prices = Prices(customers=[parent.order.customer], parts=[part]) if asks_for_prices(new) else None
    [(_row, [made])] = build_below([(parent, [new])], units=units, prices=prices)
    made.line = next_line(parent)
    name_rows([made], by=by)

    made.ordered_on = _later_than(parent.order.document.ordered_on) or parent.ordered_on
    write_below([(parent, [made])], units=units)
    settle_above(made)
    follow_status(parent.order)
    return _with_their_orders(made, by=by, refused=refused)


def check_above(row):
    """Refuse sub-rows below anything but an open main row of goods."""
    check_row_open(row)
    if row.parent_id or not row.is_goods:
        raise Refused(f"{row} cannot have sub-rows: they stand below main rows of goods.")


def _later_than(ordered_on):
    """The row's own order date, where it came later than its order."""
    today = business_date()
    return today if today > ordered_on else None


@operation
def change_row(
    *,
    row,
    by,
    version=None,
    recalculate=False,
    scale=None,
    follow=None,
    reason="",
    refused=None,
    decisions=None,
    one_date=True,
    settles=True,
    **changes,
):
    """Change a row; what it is linked to stays linked as far as the rules allow.

    With ``decisions`` (``linkage.changes``) the orders of its chain change with it, as decided; without them no other
    order is touched.

    More: links stay and the difference is uncovered. Less: links are cut, claimed before bound, the latest supply
    first, goods on the shelf last. With ``recalculate`` another unit converts the quantity and the price, or a
    locked price alone (``PRICE``); with ``follow`` frozen desired and initial dates follow another delivery date. The
    parts of a fictitious part follow its date and row status; ``scale`` says whether they follow its quantity. Without
    ``one_date`` the caller checks that the rows of an order without partial delivery leave on one day, when it has
    changed all of them; without ``settles`` it brings what stands above changed parts along.
    """
    ticked = changes.get("order_box", row.order_box)
    also = supplies_by_box(row.part, changes.get("warehouse", row.warehouse), ticked=ticked)
    row, parts = take_with_parts(row, also=also, too=also_locked(decisions))
    check_row_open(row)
    check_version(row, version, changes)
    check_follows(row, changes)
    check_same_parts(row, parts, changes)
    units = UnitsOfRows(parts_of([row, *parts]))
    warehouse, counts, dates, status = row.warehouse, (row.quantity, row.unit), dates_of(row), row.row_status
    just_ticked = [] if row.order_box else [row]
    locks = locks_of(row, changes) | _unconfirmed(row, changes)
    if recalculate:
        in_unit = _price_in_unit if recalculate == PRICE else _in_unit
        changes |= in_unit(row, changes, units)
    changes |= locks | unrounded(row, changes)
    for name, value in changes.items():
        setattr(row, name, value)
    check_row(row, units=units)
    check_further(row, changes)
    if (row.quantity, row.unit) != counts:
        check_not_picked([row], "changed")
        _check_unit(row, counts[1])
        changes |= _priced_anew(row)
    changes |= _weighed_anew(row, counts[1], changes, units)
    followed = Following(row.order, [row], follow=follow).write(row, dates)
    _check_day(row, dates["delivery_date"], one_date=one_date)
    changed = carry_parts(row, parts, counts, units=units, scale=scale)
    followed += price_kit(row, parts, keeps_total="rounding" not in changes)
    check_row(row, units=units)
    _check_forecast([row, *parts])

    if row.demand and row.warehouse != warehouse and decisions is None:
        move_row(row, row.warehouse)
    row.save(update_fields=[*changes, *followed, *(["nested"] if changed and scale else [])])
    update(changed, ["quantity", *CARRIED])
    _carry_costs(row, counts)
    _follow_rows([row, *changed], units=units, decisions=decisions, by=by, reason=reason)
    check_counts([row, *changed] if (row.quantity, row.unit) != counts else [])
    give_demand_late(row, units=units)
    if row.is_of_kit and settles:
        settle_above(row)
        follow_status(row.order)
    follow_weight(row.order)
    row = _with_their_orders(row, by=by, refused=refused, just_ticked=just_ticked)
    if row.delivery_date != dates["delivery_date"]:
        mirror_dates([row], by=by, reason=reason)
    if row.row_status != status:  # a forecast waits with its transfer until it is none
        transfer_rows([row], by=by, refused=refused)
    return row


def mirror_dates(rows, *, by, reason=""):
    """A step: what another company of ours has for the rows gets their delivery dates, and nothing else of them.

    Without partial delivery there, its rows leave on one day when all of them have their new dates.
    """
    moved = {}
    for row, other in mirrored_rows(rows):
        if other.delivery_date != row.delivery_date:
            why = reason or f"date of {row}"
            change_row(row=other, delivery_date=row.delivery_date, by=by, reason=why, one_date=False)
            moved[other.order_id] = other.order
    for order in moved.values():
        check_one_date(order, list(order.rows.for_list().main()))


def _weighed_anew(row, old_unit, changes, units):
    """Another unit weighs as much more as it holds, unless somebody says what it weighs."""
    if not row.is_part or row.unit == old_unit or "net_weight" in changes:
        return {}
    row.net_weight = reweighed(row, old_unit, units)
    return {"net_weight": row.net_weight}


def locks_of(row, changes):
    """A price, discount or standard price that somebody typed is locked; an emptied standard price is not."""
    locks, typed = {}, {name for name in PRICES if changes.get(name, getattr(row, name)) != getattr(row, name)}
    if "unit_price" in typed:
        locks |= {"price_locked": True, "price_source": "", "price_currency": "", "price_comment": "", "priced_in": ""}
    if "setup_price" in typed:
        locks |= {"setup_priced_in": ""}
    if "discount" in typed:
        locks |= {"discount_locked": True}
    if "standard_price" in typed:
        locks |= {"standard_price_locked": changes["standard_price"] is not None}
    return locks


def _unconfirmed(row, changes):
    """Another variant that somebody typed is no configuration any more."""
    is_typed = "configured_at" not in changes and changes.get("variant", row.variant) != row.variant
    return {"configured_at": None} if is_typed else {}


def _carry_costs(row, before):
    """What hangs on the price and quantity of a changed row: its alloy cost, and what a configured one costs us."""
    if row.is_part:
        follow_alloy(row, times=Fraction(row.quantity) / Fraction(before[0]))
    if row.configured_at and ((row.quantity, row.unit) != before or row.standard_price is None):
        calculate(row)


def _priced_anew(row):
    """Another quantity may have another price; the columns that it changes, already written into the row.

    What the parts of a fictitious part come to is another question (``price_kit``).
    """
    if row.price_source == PriceSource.PARTS or (row.is_of_kit and not costs_its_parts()):
        return {}
    if prices := prices_for([row] if not row.price_locked else []):
        price_row(row, prices, discount=False)
    return {name: getattr(row, name) for name in TAKEN}


def unrounded(row, changes):
    """What a typed total left with the row goes when its price or quantity is typed anew."""
    is_anew = any(getattr(row, name) != changes[name] for name in PRICED & changes.keys())
    return {"rounding": ZERO} if is_anew else {}


def _check_unit(row, unit):
    """Delivery notes and invoice bases count in the row's unit: from the first of them on it stays."""
    if row.unit == unit or not (row.delivery_rows.exists() or row.invoice_lines.standing().exists()):
        return
    if row.demand_id and row.delivered:
        raise Refused(f"{plain(row.delivered)} {row.part.unit} of {row} are delivered; its unit stays {unit}.")
    raise Refused(f"{row} was delivered and taken back; its unit stays {unit}.")


def _in_unit(row, changes, units):
    """The same amount of goods and money in another unit; what was typed with it counts in the old one."""
    old = changes.get("quantity", row.quantity)
    quantity = units.convert(part=row.part, quantity=old, unit=row.unit, to=changes["unit"])
    if not quantity:
        raise Refused(f"{plain(old)} {row.unit} is less than a millionth of a {changes['unit']}.")
    price = changes.get("unit_price", row.unit_price) * old / quantity
    return {"quantity": quantity, "unit_price": price.quantize(price_step(), rounding=ROUND_HALF_UP)}


def _price_in_unit(row, changes, units):
    """A locked price for one of another unit; any other is suggested anew."""
    if not (row.price_locked and row.is_part):
        return {}
    times = units.ratio(part=row.part, unit=changes["unit"]) / units.ratio(part=row.part, unit=row.unit)
    return {"unit_price": half_up(Fraction(row.unit_price) * times, price_step())}


def _check_day(row, before, *, one_date):
    """Without partial delivery a row leaves with the others."""
    moves = one_date and row.is_dated and row.delivery_date != before
    if moves and (wrong := why_not_on(row.delivery_date, row=row, order=row.order)):
        raise Refused(f"{row}: {wrong}")


def _check_forecast(rows):
    for row in rows:
        if row.row_status == RowStatus.FORECAST and (links := open_links([row])):
            raise Refused(f"{row} is linked to {links_in_words(links)}; disconnect it before it becomes a forecast.")


def _follow_rows(rows, *, units, decisions, by, reason):
    """Tell the ledger what the rows now say; one change of the chain, whatever the number of rows."""
    rows = [row for row in rows if row.demand and not row.is_closed]
    bases = {row: checked_base(row, units) for row in rows}
    why = {row: reason or f"{row} lowered to {plain(base)}" for row, base in bases.items()}
    if rows and decisions is not None:
        wants = [_want(row, base) for row, base in bases.items()]
        change_chain(demands=wants, decisions=decisions, by=by, reason=why[rows[0]])
    for row, base in bases.items():
        if decisions is None:
            cut_links(row.demand, to=base - row.demand.done, reason=why[row])
        else:
            row.demand.refresh_from_db()
        facts = {"need_date": row.delivery_date, "revision": row.revision, "variant": row.variant}
        facts |= {"ordered_on": row.ordered_on, "priority": row.demand_priority} | meaning_of(row.row_status)
        row.demand = change_demand(row.demand, quantity=base, **facts)
    linked = [link.supply_id for link in open_links(rows)]
    if linked:
        refresh_need_dates(linked)


def checked_base(row, units):
    demand = row.demand
    if (row.revision_id, row.variant) != (demand.revision_id, demand.variant):
        check_revision(demand, row.revision, row.variant)
    base = units.to_base(part=row.part, quantity=row.quantity, unit=row.unit)
    if base < demand.done:
        raise Refused(
            f"{plain(demand.done)} {row.part.unit} of {row} are delivered; the quantity cannot be less than that."
        )
    return base


def _want(row, base):
    facts = {"need": row.delivery_date, "warehouse": row.warehouse, "revision": row.revision, "variant": row.variant}
    return DemandWant(row.demand_id, quantity=base, priority=row.demand_priority, **facts)


@operation
def delete_row(*, row, by, version=None, reason="", decisions=None):
    """Take a row away. One that was linked or ordered for stays as cancelled, because the ledger remembers it.

    A linked row is refused, unless ``decisions`` say for each supply what becomes of it.
    """
    row, parts = take_with_parts(row, too=also_locked(decisions))
    check_open(row.order)
    check_version(row, version, {})
    for one in (row, *parts):
        check_undelivered(one)
    if there := end_transfer(row):
        take_mirror_away(there, reason=f"{row} deleted in {row.order.document.company}", by=by)
    reason = reason or f"{row} deleted"
    _let_go([row, *parts], decisions=decisions, by=by, reason=reason)
    check_row_open(row)
    check_not_picked([row], "deleted")

    drop_rounding(list(row.included.for_list().filter(closed_at=None)))
    kept_parts = [part for part in parts if _take_away(part, reason=reason)]
    kept = row if _take_away(row, reason=reason, stays=bool(kept_parts)) else None
    if kept:
        close_alloy(kept, called_off=True)
    if row.is_of_kit:
        note_metal(settle_above(row), by=by)
    if row.order.status == QUOTE:
        close_ranks(row.order)
    follow_status(row.order)
    follow_weight(row.order)
    return kept


def take_mirror_away(row, *, by, reason):
    """A step: delete the row that mirrored a deleted one; its order is cancelled when nothing else stands on it."""
    delete_row(row=row, by=by, reason=reason)
    order = SalesOrder.objects.get(pk=row.order_id)
    if not order.rows.filter(closed_at=None).exists() and may_become(order.status, CANCELLED):
        order.status = CANCELLED
        order.save(update_fields=["status"])


def check_undelivered(row):
    if row.delivered:
        unit = row.part.unit if row.part_id else row.unit or ""
        raise Refused(f"{plain(row.delivered)} {unit} of {row} are delivered; the row cannot be deleted.")


def _let_go(rows, *, decisions, by, reason):
    """End what the rows are linked to as decided; undecided links are refused."""
    owning = [row for row in rows if row.demand]
    if decisions is not None and owning:
        ends = [DemandWant(row.demand_id, is_cancelled=True) for row in owning]
        change_chain(demands=ends, decisions=decisions, by=by, reason=reason)
        for row in owning:
            row.demand.refresh_from_db()
    elif links := open_links(rows):
        named = ", ".join(str(row) for row in owning if any(link.demand_id == row.demand_id for link in links))
        raise Refused(f"{named} is linked: {links_in_words(links)}. Disconnect or hand over each of them first.")


def _take_away(row, *, reason, stays=False):
    """Delete the row; whether it stays, called off: the ledger remembers it, or ``stays`` says what stands below it."""
    free_serials([row])
    if not (stays or (row.demand and has_past(row.demand)) or was_on_a_note(row)):
        delete_draft(row)
        return False
    if row.demand:
        call_off(row.demand, reason=reason)
    free_assets([row])
    row.closed_at, row.called_off = timezone.now(), row.demand is None
    row.save(update_fields=["closed_at", "called_off"])
    return True


def _with_their_orders(row, parts=(), *, by, refused, just_ticked=()):
    """The row as it is, once the boxes of it and its parts have made the orders, where they are ticked."""
    row = _as_it_is(row)
    ticked = [one for one in (row, *parts) if one.order_box]
    if ticked:
        order_by_box(ticked, by=by, refused=refused, just_ticked=just_ticked)
        settle()  # what is promised now is not free as well: the page shows the row that is returned
        row = _as_it_is(row)
    return row


def _as_it_is(row):
    """Not by ``get``: with its LIMIT PostgreSQL weighs the joins four times as long."""
    [fresh] = SalesOrderRow.objects.for_list().filter(pk=row.pk)
    return fresh
