"""Fictitious parts on orders: which parts stand below the row of one, and what follows when row or parts change.

The parts of nested fictitious parts stand below the same main row. Demands, links and deliveries are theirs; what the
whole costs stands on the main row.
"""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone

from erp.exceptions import Refused
from erp.register.models import Part
from erp.register.units import divide, half_up, plain, round_up
from linkage.dates import business_date, work_days_of
from linkage.operation import StartOver
from linkage.operations.inserting import insert
from production.explosion import included
from production.queries.structures import structure_of
from sales import nesting
from sales.configuring import default_variants
from sales.dates import departure
from sales.models import Role, SalesOrderRow
from sales.operations.alloys import alloy_rows, close_alloy, follow_alloy
from sales.operations.boxes import tick_by_setting
from sales.operations.building import NewRow, asks_for_prices, build_row, warehouse_of
from sales.operations.calculating import load_defaults
from sales.operations.commenting import comment_rows
from sales.operations.demands import give_demands
from sales.operations.following import follow_status
from sales.operations.kit_prices import price_kit
from sales.operations.taking import take_order
from sales.operations.weights import follow_weight
from sales.part_names import name_rows
from sales.pricing import Prices, costs_its_parts
from sales.units import UnitsOfRows
from sales.vat import give_vat_codes


def with_structures(news, orders=None, *, wrong_stay=False):
    """New rows; those of fictitious parts that do not name their sub-rows get the parts that their BOMs say.

    The BOM of the day on which a row leaves counts; ``orders``, that of each row, say how long goods are on the road.
    One whose quantity cannot be is refused; with ``wrong_stay`` it comes back as it is.
    """
    kits = [new for new in news if new.part and new.part.is_phantom and new.sub_rows is None]
    if not kits:
        return list(news)
    made_of_parts = {id(new) for new in kits}  # by what they are, not by what they say: that compares every fact
    structure = structure_of({new.part.pk for new in kits})
    parts, variants = parts_for_rows(structure.parts), default_variants([new.part for new in kits])
    units = UnitsOfRows([new.part for new in kits])
    found = []
    for new, day in zip(news, _days(news, orders or [None] * len(news)), strict=True):
        try:
            made = id(new) in made_of_parts
            found.append(_with_parts(_chosen(new, variants), structure, parts, units, on=day) if made else new)
        except Refused:
            if not wrong_stay:
                raise
            found.append(new)
    return found


def _chosen(new, variants):
    """A configured part without a variant has its default one, and the parts of that."""
    return replace(new, variant=new.variant or variants.get(new.part.pk, ""))


def _days(news, orders):
    """When each new row leaves: one that says when it must be there leaves in time, where its order is known."""
    places = [order and warehouse_of(new, order).pk for new, order in zip(news, orders, strict=True)]
    days = work_days_of({place for place, order in zip(places, orders, strict=True) if order and order.transport_days})
    return [
        new.delivery_date
        or departure(new.at_customer_date, transport=order and order.transport_days, days=days.get(place))
        for new, order, place in zip(news, orders, places, strict=True)
    ]


def parts_for_rows(ids):
    """{id: part} with what a row takes from it."""
    return Part.objects.select_related("unit", "default_warehouse", "active_revision").in_bulk(list(ids))


def _with_parts(new, structure, parts, units, *, on):
    on = on or business_date()
    lines = included(structure, new.part.pk, _base(new, units), on=on, variant=new.variant)
    below, nested = [], defaultdict(Decimal)
    for line in lines:
        if line.is_phantom:
            nested[" / ".join((*line.within, structure.parts[line.part].number))] += line.quantity
        else:
            below.append(
                replace(new_part(parts[line.part], line.quantity, within=line.within), warehouse=new.warehouse)
            )
    return replace(new, sub_rows=tuple(below), nested=nesting.text_of(nested))


def _base(new, units):
    facts = {"part": new.part, "quantity": new.quantity, "unit": new.unit or units.default(new.part)}
    units.check(**facts)
    return units.to_base(**facts)


def new_part(part, quantity, *, within=(), **facts):
    """One part of a fictitious part, as a NewRow below its main row; ``facts`` are those of NewRow."""
    facts = {"unit": part.unit} | facts
    return NewRow(part=part, quantity=quantity, role=Role.PART, within=" / ".join(within)[:200], **facts)


def build_below(pairs, *, units, prices=None):
    """[(main row, its sub-rows)], unsaved, of (main row, its NewRows); parts have prices only where these count."""
    prices = prices if any(news for _, news in pairs) and costs_its_parts() else None
    return [
        (
            main,
            [
                build_row(order=main.order, new=new, units=units, prices=prices, parent=main, line=line)
                for line, new in enumerate(news, start=1)
            ],
        )
        for main, news in pairs
    ]


def write_below(below, *, units):
    """Save the sub-rows of saved main rows, with the demands of those that need supply; all in one statement.

    What is sold with a main row has its date, row status and priority. With them comes the alloy cost of rows whose
    customer gets it by itself.
    """
    rows = [row for _main, several in below for row in several]
    for main, several in below:
        for row in several:
            row.parent = main  # once more, now that it has an id: many rows are copied into the table as they are
            if row.role:
                follow_main(row, main)
                row.ordered_on = row.ordered_on or main.ordered_on
    give_demands([row for row in rows if row.order.has_demands], units=units)
    rows += alloy_rows(below)
    give_vat_codes(rows)
    insert(rows)


def built(order, new, *, by):
    """A new main row with its sub-rows, unsaved, priced and named, and the units of all their parts."""
    is_told_its_parts = new.sub_rows is not None
    [new] = with_structures([new], [order])
    news = [new, *(new.sub_rows or ())]
    units = UnitsOfRows([one.part for one in news if one.part])
    asking = [one.part for one in news if asks_for_prices(one)]
    prices = Prices(customers=[order.customer], parts=asking) if asking else None
    row = build_row(order=order, new=new, units=units, prices=prices)
    load_defaults([row])
    [(_row, parts)] = build_below([(row, new.sub_rows or ())], units=units, prices=prices)
    if parts and not is_told_its_parts:
        tick_by_setting(parts)
    price_kit(row, parts, anew=new.unit_price is None)
    name_rows([row, *parts], by=by)
    return row, parts, units


def write_main(row, parts, *, units):
    """A step: save a new row that has its position and dates, with what comes along; its order follows."""
    order = row.order
    if order.has_demands:
        give_demands([row], units=units)
    give_vat_codes([row])
    row.save()
    write_below([(row, parts)], units=units)
    comment_rows([row])
    follow_status(order)
    follow_weight(order)


def kit_rows(row):
    """The parts below the row of a fictitious part, by line; none for any other row."""
    return parts_below([row])


def parts_below(rows):
    """The parts below those of the rows that are fictitious parts, by row and line."""
    kits = [row.pk for row in rows if row.is_kit]
    below = SalesOrderRow.objects.for_list().filter(parent__in=kits).of_kits().order_by("parent", "line")
    return list(below) if kits else []


def take_with_parts(row, *, also=(), too=()):
    """Lock a row with the parts below it; (row, parts) as they are now."""
    order, [row], parts = take_all_with_parts(row.order, [row], also=also, too=too)
    for one in (row, *parts):
        one.order = order
    return row, parts


def take_all_with_parts(order, rows, *, also=(), too=()):
    """Lock rows of an order with the parts below them; (order, rows, parts) as they are now."""
    parts = parts_below(rows)
    order, taken = take_order(order, rows=[*rows, *parts], also=also, too=too)
    fresh, fresh_parts = taken[: len(rows)], taken[len(rows) :]
    if {part.pk for part in parts_below(fresh)} != {part.pk for part in parts}:
        raise StartOver
    return order, fresh, fresh_parts


CARRIED = ["delivery_date", "row_status", "priority"]
FOLLOWED = {
    "delivery_date": "delivery date",
    "at_customer_date": "date at the customer",
    "row_status": "row status",
    "priority": "priority",
}


def follow_main(part, row):
    """A step: what is sold with a main row says what that one says of when, and of what comes first."""
    for name in CARRIED:
        setattr(part, name, getattr(row, name))


def check_follows(row, changes):
    """A part has the dates, row status and priority of the fictitious part that it stands below."""
    if not row.is_of_kit:
        return
    for name, words in FOLLOWED.items():
        if changes.get(name, getattr(row, name)) != getattr(row, name):
            raise Refused(f"{row} has the {words} of row {row.parent.position}: change it there.")


def check_same_parts(row, parts, changes):
    """Another variant would have other parts, another warehouse gives none of these: nobody changes them unseen."""
    standing = [part for part in parts if not part.is_cancelled]
    same = all(changes.get(name, getattr(row, name)) == getattr(row, name) for name in ("variant", "warehouse"))
    if standing and not same:
        variant = f"variant {row.variant}" if row.variant else "no variant"
        raise Refused(
            f"The {len(standing)} parts of {row} are those of {variant} in {row.warehouse}: change them, or delete the "
            "row and add it anew."
        )


def carry_parts(row, parts, before, *, units, scale):
    """Give the parts what they have of their changed row, and its change of quantity where ``scale`` says so.

    ``before``: (quantity, unit) of the row. Returns the parts that stand, not saved yet.
    """
    standing = [part for part in parts if not part.is_closed]
    if not standing:
        return []
    times = Fraction(row.quantity) * units.ratio(part=row.part, unit=row.unit)
    times /= Fraction(before[0]) * units.ratio(part=row.part, unit=before[1])
    if times != 1 and scale is None:
        raise Refused(f"Say whether the {len(standing)} parts of {row} change with its quantity.")
    if scale:
        row.nested = nesting.times(row.nested, times)
    for part in standing:
        follow_main(part, row)
        if times != 1 and scale:
            part.quantity = scaled(part, times=times, units=units)
    return standing


def settle_above(row):
    """After a change of a sub-row: its main row costs what its parts do, and is delivered when all of them are."""
    main = SalesOrderRow.objects.for_list().get(pk=row.parent_id or row.pk)
    changed = price_kit(main, parts := kit_rows(main))
    if main.is_kit and parts and not main.called_off:
        changed += _closed_with(main, [part for part in parts if not part.is_cancelled])
    if changed:
        main.save(update_fields=changed)
        follow_alloy(main)
    if "closed_at" in changed:
        close_alloy(main)
    return main


def _closed_with(main, standing):
    """A fictitious part is delivered when all that stands below it is."""
    is_closed = bool(standing) and all(part.is_closed for part in standing)
    if is_closed == main.is_closed:
        return []
    main.closed_at = timezone.now() if is_closed else None
    return ["closed_at"]


def scaled(part, *, times, units):
    """How much of a part is needed of ``times`` (a fraction) as many main rows, in its own unit; rounded up."""
    ratio = units.ratio(part=part.part, unit=part.unit)
    base = round_up(half_up(Fraction(part.quantity) * ratio * times), part.part.unit)
    return units.from_base(part=part.part, quantity=base, unit=part.unit)


def shares_of(part, parts):
    """The quantity of a part in proportion to the parts that its main row is split into; the last takes the rest."""
    shares = divide(part.quantity, parts, part.unit)
    if min(shares) <= 0:
        raise Refused(f"{plain(part.quantity)} {part.unit} of {part} cannot be divided among all parts of the split.")
    if part.part.unit_id == part.unit_id and shares[0] < part.delivered:
        raise Refused(f"{plain(part.delivered)} {part.unit} of {part} are delivered and stay with the first part.")
    return shares
