"""A demand that changes: its links give way, or the difference is covered."""

from decimal import Decimal

from erp.exceptions import Refused
from erp.register.units import plain
from linkage.changes.decisions import FOLLOW, LEAVE, Option
from linkage.changes.plan import Given, Left
from linkage.models.links import LinkKind
from linkage.precedence import cutting_order, ordinal
from linkage.statuses import Allows, Change

ZERO = Decimal(0)


def change_need(case, node, quantity, *, ends=False):
    node.new_quantity, node.is_cancelled = quantity, ends
    if not ends and quantity < node.done:
        raise Refused(f"{plain(node.done)} of {node} is done already; {plain(quantity)} is less.")
    surplus = sum(link.open for link in node.links) - node.new_open
    if surplus > 0:
        _cut(case, node, surplus)
    elif node.new_open > node.open and node.links:
        _more(case, node, node.new_open - node.open)


def relocate(case, node, warehouse):
    """Orders that serve this demand alone move along, until something of them is reported; others are refused."""
    for link in node.links:
        supply, rule = link.supply, case.rule(link.supply, Change.WAREHOUSE)
        alone = link.kind == LinkKind.BOUND and all(other.demand is node for other in supply.links)
        if supply.is_stock or not alone or supply.done or not case.may(supply, rule):
            raise Refused(
                f"{node} is linked to {supply} ({plain(link.open)}) in {supply.warehouse}; disconnect it before "
                f"the row moves to {warehouse}."
            )
        options = [Option(FOLLOW, f"{supply}: {supply.warehouse} → {warehouse}")]
        preselected = FOLLOW if rule == Allows.FOLLOW else None
        case.ask(f"warehouse-{supply.pk}", Change.WAREHOUSE, supply, options, preselected, rule)
    case.plan.relocated.append((node, warehouse, [link.supply for link in node.links]))


def _cut(case, node, surplus):
    """Claimed before bound, inside a kind the latest supply first, goods on the shelf last."""
    for link in _first_cut(node.links):
        link.cut = min(surplus, link.to_come)
        link.supply.freed += link.cut
        surplus -= link.cut
    for link in _first_cut(node.links):
        link.cut_shelf = min(surplus, link.on_shelf)
        surplus -= link.cut_shelf
        if link.cut_shelf:
            case.plan.notes.append(f"{plain(link.cut_shelf)} on the shelf for {node} become free.")


def _more(case, node, more):
    """The difference only: widen the order made for it, take what is free, order anew, or leave it uncovered."""
    widen = [link for link in node.links if _may_widen(case, link)]
    widen.sort(key=lambda link: (case.rule(link.supply, Change.MORE) != Allows.FOLLOW, -ordinal(link.supply.due)))
    options = [Option(f"widen:{link.supply.pk}", _widened(case, link, more)) for link in widen]
    options += [
        Option(f"take:{free.id}", f"Take {plain(min(free.left, more))} of {free.label}{free.when}")
        for free in case.offers.free(node)
    ]
    if options:
        options.append(Option("new", f"Order {plain(more)} anew"))
    follows = widen and case.rule(widen[0].supply, Change.MORE) == Allows.FOLLOW
    asks = widen and not follows
    rule = Allows.FOLLOW if follows else Allows.ASK
    answer = case.ask(
        f"more-{node.pk}",
        Change.MORE,
        node,
        [*options, Option(LEAVE, f"Leave {plain(more)} uncovered")],
        options[0].value if follows else None if asks else LEAVE,
        rule,
        why=f"{plain(more)} more for {node}.",
        quantity=more,
    )
    if widen:
        widen[0].supply.asked_above.append(node)
    elif any(link.kind == LinkKind.BOUND and case.rule(link.supply, Change.MORE) == Allows.ASK for link in node.links):
        case.plan.left.append(Left(Change.MORE, demand=node.pk, quantity=more))  # for who may change the order
    _cover(case, node, more, answer, widen)


def _cover(case, node, more, answer, widen):
    verb, _, number = (answer or LEAVE).partition(":")
    if verb == "widen":
        link = next(link for link in widen if link.supply.pk == int(number))
        supply = link.supply
        free = max(supply.free + supply.freed + supply.new_quantity - supply.quantity, ZERO)
        supply.new_quantity = _raised(case, supply, max(more - free, ZERO))
        supply.freed = max(supply.freed - more, ZERO)
        link.grown += more
    elif verb == "take":
        taken = case.offers.take(int(number), more)
        case.plan.given.append(Given(int(number), node.pk, taken, reason="taken for the difference"))
    elif verb == "new":
        case.plan.made.append((node.pk, more))


def _raised(case, supply, more):
    """What must be ordered of it for so much more: as much, or what can be ordered at least."""
    if not more:
        return supply.new_quantity
    size = case.tree.sizes.get(supply.pk)
    return size(supply.new_quantity + more) if size else supply.new_quantity + more


def _may_widen(case, link):
    bound = link.kind == LinkKind.BOUND and not link.supply.is_stock
    return bound and case.may(link.supply, case.rule(link.supply, Change.MORE))


def _widened(case, link, more):
    supply = link.supply
    new = _raised(case, supply, max(more - supply.free, ZERO))
    if new == supply.quantity:
        return f"Take {plain(more)} more of {supply}, which has it free"
    return f"{supply}: {plain(supply.quantity)} → {plain(new)}"


def _first_cut(links):
    return sorted(links, key=lambda link: cutting_order(link, link.supply.due))
