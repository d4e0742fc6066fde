"""What may be linked to what (rules: linking by hand). Each rule is here once; forms and operations ask here."""

from erp.exceptions import Refused
from erp.register.models import Unit
from erp.register.units import plain, quantity_fits
from linkage.chains import ids_below
from linkage.models import OPEN_STATUSES, DemandKind, Provenance, Status, SupplyKind
from linkage.refusals import NotEnough
from linkage.statuses import Allows, allowed


class NeedsConfirmation(Refused):
    """Nothing forbids it, but the planner should know first; ``warnings`` are the sentences."""

    def __init__(self, warnings):
        self.warnings = warnings
        super().__init__(" ".join(warnings))


def check_linkable(*, demand, supply, quantity, supply_side=True):
    """Raise Refused with the figures when ``quantity`` of the supply cannot be promised to the demand.

    ``supply_side=False`` leaves the supply's free quantity and status alone: a hand over takes what another link gives
    up, also goods on the shelf of an order that has been received and closed.
    """
    _check_ends(demand, supply, positions=(demand, supply) if supply_side else (demand,))
    _check_quantity(demand, quantity)
    if quantity > demand.uncovered:
        raise NotEnough(demand, wanted=quantity, left=demand.uncovered, of="uncovered")
    if supply_side and quantity > supply.free:
        raise NotEnough(supply, wanted=quantity, left=supply.free, of="free")


def _check_ends(demand, supply, *, positions):
    if demand.part_id != supply.part_id:
        raise Refused(f"{supply} is {supply.part}; {demand} needs {demand.part}.")
    if demand.warehouse_id != supply.warehouse_id:
        raise Refused(f"{supply} is in warehouse {supply.warehouse}; {demand} needs it in {demand.warehouse}.")
    if demand.kind == DemandKind.FORECAST:
        raise Refused(f"{demand} is a forecast, and a forecast is never linked.")
    for position in positions:
        if position.status not in OPEN_STATUSES:
            raise Refused(f"{position} is {position.get_status_display().lower()} and cannot be linked.")


def _check_quantity(demand, quantity):
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
    unit = Unit.objects.get(part=demand.part_id)
    if not quantity_fits(unit, quantity):
        raise Refused(f"{plain(quantity)} is not possible: a quantity in {unit} has at most {unit.decimals} decimals.")
    if demand.uncovered <= 0:
        raise NotEnough(demand, wanted=quantity, left=demand.uncovered, of="uncovered")


def check_no_circle(*, demand, supply):
    """Raise Refused with the path when the supply, through any chain, is made from what the demand's order makes."""
    if demand.for_supply_id is None or supply.kind != SupplyKind.PRODUCTION:
        return
    supplies, _ = ids_below([supply.pk])
    if demand.for_supply_id in supplies:
        path = " → ".join(dict.fromkeys([str(supply), str(demand.for_supply), str(supply)]))
        raise Refused(f"This would close a circle: {path} → {supply}.")


def check_reducible(supply, quantity):
    """Raise Refused when ``quantity`` of a supply cannot be taken off its order as the order's status stands."""
    if supply.is_stock:
        raise Refused(f"{supply} is on hand: there is no order to reduce.")
    if quantity <= 0:
        raise Refused(f"All of it lies on the shelf: nothing of {supply} is left to reduce.")
    if allowed(supply).less is Allows.REFUSE:
        raise Refused(f"{supply} is {supply.get_status_display().lower()}: it is neither reduced nor cancelled.")


def link_warnings(*, demand, supply):
    """What a planner should know before linking; nothing of it forbids the link."""
    return [sentence for sentence in _warnings(demand, supply) if sentence]


def _warnings(demand, supply):
    if demand.need_date is None:
        yield f"{demand} has no date."
    elif supply.due_date and supply.due_date > demand.need_date:
        yield f"{supply} is due {supply.due_date:%Y-%m-%d}, later than {demand} needs it ({demand.need_date:%Y-%m-%d})."
    if demand.revision_id and supply.revision_id and demand.revision_id != supply.revision_id:
        yield f"{supply} is revision {supply.revision}; {demand} asks for {demand.revision}."
    if supply.status == Status.STARTED:
        yield f"{supply} is already started."
    if sentence := _made_for_another(demand, supply):
        yield sentence


def _made_for_another(demand, supply):
    """The supply was made for another customer than the one this demand's order names."""
    if supply.is_stock or demand.document_id is None:
        return ""
    made_for = Provenance.objects.filter(supply=supply, demand__document__partner__isnull=False)
    others = made_for.exclude(demand__document__partner=demand.document.partner_id)
    first = others.select_related("demand__document__partner").first() if demand.document.partner_id else None
    return f"{supply} was made for {first.demand.document.partner}." if first else ""
