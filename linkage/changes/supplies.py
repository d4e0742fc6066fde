"""An order itself changes: what it promised beyond what it brings goes somewhere, and the rows above may follow."""

from decimal import Decimal

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.units import plain
from linkage.changes.case import in_words
from linkage.changes.decisions import FOLLOW, LEAVE, Option
from linkage.changes.plan import Given, Left, Moved
from linkage.changes.wants import KEEP
from linkage.models.links import LinkKind
from linkage.precedence import ordinal
from linkage.statuses import Allows, Change

ZERO = Decimal(0)
HANDED_ON = "; who may change it decides under Undecided changes."


def change_supply(case, supply, want):
    """A change of the supply itself: what it promised beyond what it brings must go somewhere."""
    supply.is_cancelled = want.is_cancelled
    if want.quantity is not None:
        supply.new_quantity = want.quantity
    if want.due is not KEEP:
        supply.new_due = want.due
    if supply.new_quantity < supply.done + supply.cancelled:
        raise Refused(f"{plain(supply.done)} of {supply} have come; {plain(supply.new_quantity)} is less.")
    left = ZERO if want.ends else supply.new_quantity - supply.done - supply.cancelled
    surplus = sum(link.to_come for link in supply.links) - left
    if surplus > 0:
        _break(case, supply, surplus, ends=want.ends)
    elif supply.new_quantity > supply.quantity:
        _row_takes(case, supply, supply.new_quantity - supply.quantity)
    if supply.new_due != supply.due and not want.ends:
        _rows_follow(case, supply)


def _break(case, supply, surplus, *, ends):
    """Claimed before bound, a contract last, inside a kind the latest need first; each link says where it goes."""
    policy = settings_registry.get("link_deletion_policy") if ends else "prompt"
    broken = []
    for link in sorted(supply.links, key=_breaking_order):
        link.cut = min(surplus, link.to_come)
        surplus -= link.cut
        broken += [link] if link.cut else []
    if policy == "prevent":
        named = ", ".join(f"{link.demand} ({plain(link.cut)})" for link in broken)
        raise Refused(f"{supply} is linked to {named}. Disconnect it first.")
    for link in broken:
        if policy == "auto-close":
            case.plan.left.append(Left(Change.CANCEL, supply.pk, link.demand.pk, quantity=link.cut))
        else:
            _goes_where(case, link)


def _goes_where(case, link):
    demand, cut = link.demand, link.cut
    options = [
        Option(f"to:{free.id}", f"Take {plain(min(free.left, cut))} of {free.label}{free.when}")
        for free in case.offers.free(demand)
    ]
    options.append(Option("new", f"Order {plain(cut)} anew"))
    if case.may_change_row(demand) and demand.quantity - cut > demand.done:
        options.append(Option("row", f"{demand}: {plain(demand.quantity)} → {plain(demand.quantity - cut)}"))
    options.append(Option(LEAVE, f"Leave {plain(cut)} of {demand} uncovered"))
    why = f"{plain(cut)} of {demand} lose {link.supply}."
    answer = case.ask(f"link-{link.pk}", Change.LESS, link, options, None, Allows.ASK, why=why, quantity=cut)
    verb, _, number = (answer or LEAVE).partition(":")
    if verb == "to":
        taken = case.offers.take(int(number), cut)
        case.plan.given.append(Given(int(number), demand.pk, taken, link.kind, f"moved from {link.supply}"))
    elif verb == "new":
        case.plan.made.append((demand.pk, cut))
    elif verb == "row":
        case.plan.moved_rows.append(Moved(demand, quantity=demand.quantity - cut))


def _row_takes(case, supply, more):
    """An order made for one sales row alone was raised: the row may ask for as much more."""
    bound = [link for link in supply.links if link.kind == LinkKind.BOUND]
    if len(bound) != 1 or not case.may_change_row(bound[0].demand):
        return
    demand = bound[0].demand
    new = demand.quantity + more
    options = [
        Option(FOLLOW, f"{demand}: {plain(demand.quantity)} → {plain(new)}"),
        Option(LEAVE, f"Leave {plain(more)} free"),
    ]
    why = f"{supply} was made for {demand}."
    if case.ask(f"rowq-{demand.pk}", Change.MORE, bound[0], options, LEAVE, Allows.ASK, why=why) == FOLLOW:
        case.plan.moved_rows.append(Moved(demand, quantity=new))
        case.plan.given.append(Given(supply.pk, demand.pk, more, LinkKind.BOUND, f"{supply} raised"))


def _rows_follow(case, supply):
    """Another date of what a sales row waits for: the row may be delivered that day, or stays as promised."""
    for link in supply.links:
        demand = link.demand
        if not link.waits or demand.kind != "sales" or demand.need is None or supply.new_due is None:
            continue
        days = case.tree.calendars[supply.warehouse_id]
        possible = days.add(supply.new_due, supply.safety_time)
        if possible != demand.need and (possible > demand.need or link.kind == LinkKind.BOUND):
            _row_follows(case, link, possible)


def _row_follows(case, link, possible):
    supply, demand = link.supply, link.demand
    late = supply.new_due > demand.need
    options = [Option(LEAVE, f"Keep {in_words(demand.need)}" + (", which is late" if late else ""))]
    may = case.may_change_row(demand)
    if may:
        options.insert(0, Option(FOLLOW, f"{demand}: {in_words(demand.need)} → {in_words(possible)}"))
    preselected = None if late and may else LEAVE
    why = f"{demand} waits for {supply}" + (HANDED_ON if late and not may else ".")
    key = f"row-{demand.pk}"
    answer = case.ask(key, Change.DATE, link, options, preselected, Allows.ASK, why=why, date=possible)
    if answer == FOLLOW:
        demand.new_need = possible
        case.plan.moved_rows.append(Moved(demand, date=possible))
    elif late and not may:
        case.plan.left.append(Left(Change.DATE, supply.pk, demand.pk, date=possible))


def _breaking_order(link):
    return link.kind != "claimed", link.contract, -ordinal(link.demand.need), -link.demand.priority, -link.pk
