"""What may be linked to what (rules: linking by hand). Each rule is here once; forms and operations ask here."""

from erp.exceptions import Refused
from erp.register.models import Part, Unit
from erp.register.units import plain, quantity_fits
from linkage.chains import ids_below
from linkage.models import OPEN_STATUSES, DemandKind, OrderLink, Provenance, Status, SupplyKind
from linkage.models.links import LinkKind
from linkage.refusals import NotEnough
from linkage.statuses import Allows, allowed

# As text: building it takes longer than running it, and every link asks.
UNIT = "select u.* from register_unit u join register_part p on p.unit_id = u.id where p.id = %s"


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
    check_ends(demand, supply, positions=(demand, supply) if supply_side else (demand,))
    _check_quantity(demand, quantity, unit=_unit_of(demand.part_id))
    if quantity > demand.uncovered:
        raise NotEnough(demand, wanted=quantity, left=demand.uncovered, of="uncovered")
    if supply_side and quantity > supply.free:
        raise NotEnough(supply, wanted=quantity, left=supply.free, of="free")


def _unit_of(part_id):
    [unit] = Unit.objects.raw(UNIT, [part_id])
    return unit


def check_ends(demand, supply, *, positions):
    """Raise Refused when part or warehouse differ, or one of ``positions`` is closed, cancelled or a forecast."""
    if demand.part_id != supply.part_id:
        raise Refused(f"{supply} is {supply.part}; {demand} needs {demand.part}.")
    if demand.warehouse_id != supply.warehouse_id:
        raise Refused(f"{supply} is in warehouse {supply.warehouse}; {demand} needs it in {demand.warehouse}.")
    if demand.kind == DemandKind.FORECAST:
        raise Refused(f"{demand} is a forecast, and a forecast is never linked.")
    for position in positions:
        if position.status not in OPEN_STATUSES:
            raise Refused(f"{position} is {position.get_status_display().lower()} and cannot be linked.")


def check_pairs(pairs):
    """As ``check_linkable`` for many (demand, supply, quantity) at once; the figures count what earlier pairs take."""
    units = {part.pk: part.unit for part in Part.objects.filter(pk__in={pair[0].part_id for pair in pairs})}
    uncovered, free = {}, {}
    for demand, supply, quantity in pairs:
        check_ends(demand, supply, positions=(demand, supply))
        _check_quantity(demand, quantity, unit=units[demand.part_id])
        _take(uncovered, demand, quantity, demand.uncovered, of="uncovered")
        _take(free, supply, quantity, supply.free, of="free")
    _check_no_circles(pairs)


def _take(left, position, quantity, all_of_it, *, of):
    if quantity > left.setdefault(position.pk, all_of_it):
        raise NotEnough(position, wanted=quantity, left=left[position.pk], of=of)
    left[position.pk] -= quantity


def _check_no_circles(pairs):
    """One statement where there is no circle, which is always; the path is looked for only where there may be one."""
    made = {supply.pk for _demand, supply, _quantity in pairs if supply.kind == SupplyKind.PRODUCTION}
    below = set(ids_below(made)[0]) if made else set()
    for demand, supply, _quantity in pairs:
        if demand.for_supply_id in below:
            check_no_circle(demand=demand, supply=supply)


def _check_quantity(demand, quantity, *, unit):
    if quantity <= 0:
        raise Refused("Enter a quantity above 0.")
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


def check_revision(demand, revision, variant=None):
    """Raise Refused where an order that the demand is bound to serves others too: they share its revision and variant.

    ``variant``: the new one; None where it stays.
    """
    bound = OrderLink.objects.open().filter(kind=LinkKind.BOUND, supply__document__isnull=False)
    shared = bound.filter(supply__in=bound.filter(demand=demand).values("supply")).exclude(demand=demand)
    if variant not in {None, demand.variant} and (link := shared.exclude(supply__variant=variant).with_ends().first()):
        raise Refused(
            f"{link.supply} is made for {demand} and for {link.demand}, which share its variant. Disconnect {demand} "
            f"before its variant becomes {variant or 'none'}."
        )
    if revision is None or not (link := shared.exclude(supply__revision=revision).with_ends().first()):
        return
    raise Refused(
        f"{link.supply} is made for {demand} and for {link.demand}, which share its revision. Disconnect {demand} "
        f"before its revision becomes {revision}."
    )


def link_warnings(*, demand, supply):
    """What a planner should know before linking; nothing of it forbids the link."""
    [warnings] = warnings_of([(demand, supply)])
    return warnings


def warnings_of(pairs, *, dates=True):
    """The warnings of each (demand, supply), in one statement for all; ``dates=False``: not what comes too late."""
    made_for = _customers({supply.pk for demand, supply in pairs if not supply.is_stock and demand.document_id})
    return [
        [*(_about_dates(demand, supply) if dates else ()), *_warnings(demand, supply, made_for.get(supply.pk, []))]
        for demand, supply in pairs
    ]


def _about_dates(demand, supply):
    if demand.need_date is None:
        yield f"{demand} has no date."
    elif supply.due_date and supply.due_date > demand.need_date:
        yield f"{supply} is due {supply.due_date:%Y-%m-%d}, later than {demand} needs it ({demand.need_date:%Y-%m-%d})."


def _warnings(demand, supply, customers):
    if demand.revision_id and supply.revision_id and demand.revision_id != supply.revision_id:
        yield f"{supply} is revision {supply.revision}; {demand} asks for {demand.revision}."
    if demand.variant and supply.variant and demand.variant != supply.variant:
        yield f"{supply} is variant {supply.variant}; {demand} asks for {demand.variant}."
    if supply.status == Status.STARTED:
        yield f"{supply} is already started."
    own = demand.document.partner_id if demand.document_id else None
    if other := own and next((customer for customer in customers if customer.pk != own), None):
        yield f"{supply} was made for {other}."


def _customers(supply_ids):
    """{supply id: the customers that it was made for}."""
    customers = {}
    facts = Provenance.objects.filter(supply__in=supply_ids, demand__document__partner__isnull=False)
    for fact in facts.select_related("demand__document__partner").order_by("pk") if supply_ids else ():
        customers.setdefault(fact.supply_id, []).append(fact.demand.document.partner)
    return customers
