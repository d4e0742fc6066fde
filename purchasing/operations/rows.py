"""What a buyer does with one row of a purchase order."""

from erp.exceptions import Refused
from erp.register.calendar import work_days
from erp.register.models import PartType, Warehouse
from erp.register.units import check_fits, plain, to_base
from linkage.changes import SupplyWant
from linkage.dates import business_date
from linkage.models import OrderLink, Provenance, Status, Supply, SupplyKind, Tombstone
from linkage.operation import operation
from linkage.operations import add_supplies, auto_link_supplies, cancel_supply, change_supply, close_supply
from linkage.operations.changing import also_locked, change_chain
from purchasing.arithmetic import first_delivery_date
from purchasing.models import ChangeRequestLine, OverReceipt, PurchaseOrderRow, Reject
from purchasing.operations.courses import courses_of, end_row
from purchasing.operations.ordering import facts_of_term, next_position
from purchasing.operations.repricing import priced, reprice, term_of
from purchasing.operations.steps import (
    check_open,
    check_released,
    check_version,
    in_words,
    links_to_come,
    lock_order,
    lock_row,
    status_from_rows,
    words,
)
from purchasing.pricing import Price, check_currency
from purchasing.statuses import COMMON, PurchaseStatus

KEPT = object()  # a date that is not given, where None is one that is taken away
LABELS = ["goods_label", "supplier_part_number", "project"]
ROW_FACTS = ["price", "discount", *LABELS]


@operation
def add_row(
    *,
    order,
    part,
    quantity,
    by,
    unit=None,
    price=None,
    discount=None,
    due_date=None,
    warehouse=None,
    revision=None,
    goods_label="",
    project="",
    reason="",
):
    """Add a row at the end; unit, price, discount and date come from the supplier's terms where they are not given."""
    order, _ = lock_order(order)
    if not order.is_open:
        raise Refused(f"{order} is {words(order)}; no row can be added.")
    _check_is_bought(part)
    term = term_of(part, order.supplier)
    if term and price is None:
        check_currency(order, term)
    unit = _unit_of(part, unit, term)
    check_fits(unit, quantity)
    warehouse = _checked(warehouse or _warehouse_of(part, order), order)
    if due_date is None and term:
        days = work_days(warehouse.company.calendar)
        due_date = first_delivery_date(ordered_on=business_date(), term=term, days=days)

    position = next_position(order)
    supply = Supply(
        document=order.document,
        position=position,
        kind=SupplyKind.PURCHASE,
        part=part,
        warehouse=warehouse,
        revision=revision,
        quantity=to_base(part=part, quantity=quantity, unit=unit),
        due_date=due_date,
        lead_time=term.lead_time if term else part.lead_time,
        status=status_of_new_row(order),
        over_tolerance=term.over_tolerance if term else 0,
    )
    [supply] = add_supplies([supply])
    facts = facts_of_term(term) if term else {}
    facts |= {"unit": unit, "goods_label": goods_label or order.goods_label, "project": project}
    facts |= priced(term=term, unit=unit, quantity=quantity, price=price, discount=discount)
    row = PurchaseOrderRow.objects.create(
        order=order, position=position, supply=supply, quantity=quantity, wanted_on=due_date, **facts
    )
    if order.is_at_supplier:
        auto_link_supplies(supplies=[supply], by=by)
    return row


def troubles_of_new_row(order, *, part, quantity, unit=None, price=None, warehouse=None, **_facts):
    """[(argument, sentence)] of what ``add_row`` would refuse of a new row, for the form."""
    term = term_of(part, order.supplier)
    checks = {
        "part": lambda: _check_is_bought(part),
        "price": lambda: check_currency(order, term) if term and price is None else None,
        "quantity": lambda: check_quantity(part, quantity, _unit_of(part, unit, term)),
        "warehouse": lambda: _checked(warehouse or _warehouse_of(part, order), order),
    }
    return [(name, words) for name, check in checks.items() if (words := _trouble(check))]


def _trouble(check):
    try:
        check()
    except Refused as refusal:
        return str(refusal)
    return ""


def check_quantity(part, quantity, unit):
    """Refuse a quantity that its unit or the part's unit has no decimals for."""
    check_fits(unit, quantity)
    to_base(part=part, quantity=quantity, unit=unit)


def _check_is_bought(part):
    if part.part_type == PartType.FICTITIOUS:
        raise Refused(f"{part} is fictitious and never bought.")


def _checked(warehouse, order):
    if warehouse.company_id != order.document.company_id:
        raise Refused(f"{warehouse} is of another company than {order}.")
    return warehouse


def _unit_of(part, unit, term):
    return unit or (term.unit if term else part.unit)


def status_of_new_row(order):
    return Status.FIRM if order.is_at_supplier else COMMON[PurchaseStatus(order.status)]


def _warehouse_of(part, order):
    if part.default_warehouse_id:
        return part.default_warehouse
    found = list(Warehouse.objects.filter(company=order.document.company, is_active=True)[:2])
    if len(found) != 1:
        raise Refused(f"{part} has no default warehouse. Choose the warehouse that it goes to.")
    return found[0]


@operation
def change_row(*, row, by, version=None, quantity=None, due_date=KEPT, reason="", decisions=None, **facts):
    """Change quantity (row's unit), expected date, price, discount, goods label of an open row.

    Another quantity brings the supplier's price for it, unless price or discount were typed by hand.
    Never below what has arrived and what is promised: the sentence says both and to whom. A link never breaks on a
    date; what it serves becomes late. ``due_date=None`` takes the date away, before the order is sent. With
    ``decisions`` each link that no longer fits goes where they say, and sales rows follow that are told to.
    """
    row = lock_row(row, *also_locked(decisions))
    check_open(row)
    due_date = row.supply.due_date if due_date is KEPT else due_date
    if due_date is None and not row.order.is_not_sent:
        raise Refused(f"{row.order} is {words(row.order)}; {row} needs a date.")
    now = {name: getattr(row, name) for name in [*ROW_FACTS, "quantity"]} | {"due_date": row.supply.due_date}
    wanted = {name: value for name, value in {"quantity": quantity, **facts}.items() if value is not None}
    wanted["due_date"] = due_date
    check_version(row, version, {name.replace("_", " "): (now[name], wanted[name]) for name in wanted})

    raised = quantity is not None and quantity > row.quantity
    quantity_changed = quantity not in (None, row.quantity)
    if decisions is not None:
        _change_chain(row, quantity, due_date, decisions=decisions, by=by, reason=reason)
    if quantity is not None and quantity != row.quantity:
        _change_quantity(row, quantity)
    if due_date != row.supply.due_date:
        row.supply = change_supply(row.supply, due_date=due_date)
        if row.order.is_not_sent:
            row.wanted_on = due_date
    typed = Price(wanted.get("price", row.price), wanted.get("discount", row.discount))
    reprice(row, typed, quantity_changed=quantity_changed)
    for name in LABELS:
        setattr(row, name, wanted.get(name, getattr(row, name)))
    # A date lives on the supply: writing the version too makes every other open form stale.
    row.version += 1
    row.save(update_fields=["quantity", "wanted_on", "version", "price_by_hand", *ROW_FACTS])
    row.refresh_from_db(fields=["version"])
    if raised and row.order.is_at_supplier:
        auto_link_supplies(supplies=[row.supply], by=by)
    return row


def _change_chain(row, quantity, due_date, *, decisions, by, reason):
    """What of the row was promised and no longer fits goes where it was decided; the row's supply is changed then."""
    supply, base = row.supply, None
    if quantity is not None and quantity != row.quantity:
        check_fits(row.unit, quantity)
        base = to_base(part=supply.part, quantity=quantity, unit=row.unit) + supply.cancelled
    if base is None and due_date == supply.due_date:
        return
    want = SupplyWant(supply.pk, quantity=base, due=due_date)
    change_chain(supplies=[want], decisions=decisions, by=by, reason=reason or f"{row} changed")
    row.supply = Supply.objects.for_list().get(pk=supply.pk)


def _change_quantity(row, quantity):
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    check_fits(row.unit, quantity)
    supply = row.supply
    base = to_base(part=supply.part, quantity=quantity, unit=row.unit)
    taken = supply.done + supply.allocated
    if base < taken:
        raise Refused(_below(row, base, taken))
    row.quantity = quantity
    row.supply = change_supply(supply, quantity=base + supply.cancelled)
    if row.supply.done and row.supply.open == 0:
        row.supply = close_supply(row.supply)
        order, rows = lock_order(row.order)
        status_from_rows(order, rows)


def _below(row, base, taken):
    supply, unit = row.supply, row.supply.part.unit
    facts = [f"{plain(supply.done)} {unit} received"] if supply.done else []
    if supply.allocated:
        facts.append(f"{plain(supply.allocated)} {unit} promised to {in_words(links_to_come([supply]))}")
    return f"{row} cannot go down to {plain(base)} {unit}: {' and '.join(facts)} make {plain(taken)}."


@operation
def remove_row(*, row, by, release=False, reason="", decisions=None):
    """Take a row off a draft. One that was ever made for or linked to a demand is cancelled and stays in sight.

    With ``decisions`` each of its links goes where they say.
    """
    row = lock_row(row, *also_locked(decisions))
    if not row.order.is_not_sent:
        raise Refused(f"{row.order} is {words(row.order)}; recall it first, or close the row short.")
    check_open(row)
    give_up([row.supply], decisions=decisions, by=by, reason=reason or f"{row} removed")
    check_released([row.supply], row, release=release)

    order, supply = row.order, row.supply
    if _has_past(row):
        cancel_supply(supply, reason=reason or f"{row} removed")
    else:
        row.delete()
        supply.delete()
    return order


def _has_past(row):
    of_supply = (facts.objects.filter(supply=row.supply) for facts in (OrderLink, Provenance, Tombstone))
    of_row = (facts.objects.filter(row=row) for facts in (ChangeRequestLine, OverReceipt, Reject))
    return any(found.exists() for found in (*of_supply, *of_row))


@operation
def short_close(*, row, by, cut_contract=False, reason="", decisions=None):
    """End a row short: what has not arrived will not come, and the demands it was promised to are uncovered again.

    Free quantity goes first, then claimed, then bound links, the latest need first; a contract link only when
    ``cut_contract`` says so. With ``decisions`` each link goes where they say.
    """
    row = lock_row(row, *also_locked(decisions))
    check_open(row)
    if not row.order.is_at_supplier:
        raise Refused(f"{row.order} is {words(row.order)}; only a row of a sent order is closed short.")

    courses_of([row])[row.pk].check_contract(cut_contract=cut_contract)
    give_up([row.supply], decisions=decisions, by=by, reason=reason or f"{row} closed short")
    end_row(row, cut_contract=cut_contract, reason=reason)
    order, rows = lock_order(row.order)
    status_from_rows(order, rows)
    return next(fresh for fresh in rows if fresh.pk == row.pk)


def give_up(supplies, *, decisions, by, reason):
    """A step before supplies end: each link goes where it was decided. Without decisions nothing happens here."""
    if decisions is not None:
        wants = [SupplyWant(supply.pk, gives_up=True) for supply in supplies]
        change_chain(supplies=wants, decisions=decisions, by=by, reason=reason)
