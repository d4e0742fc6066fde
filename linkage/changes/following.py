"""What an order does when what it was made for changes: give back, move, hand down its priority and its needs."""

from erp.register.units import plain
from linkage.changes.case import in_words
from linkage.changes.decisions import FOLLOW, LEAVE, Option
from linkage.changes.needs import change_need
from linkage.changes.plan import Given, Left
from linkage.models.links import LinkKind
from linkage.recipes import Recipe
from linkage.statuses import Allows, Change


def follow_freed(case, supply):
    """Some of it is no longer needed: reduce it, leave that free, or give it to who is short."""
    left = supply.new_quantity - supply.freed
    ends = left - supply.cancelled <= 0 and supply.done == 0
    change = Change.CANCEL if ends else Change.LESS
    rule = case.rule(supply, change) if supply.is_bound else Allows.REFUSE
    options = []
    if case.may(supply, rule):
        word = f"Cancel {supply}" if ends else f"{supply}: {plain(supply.quantity)} → {plain(left)}"
        options.append(Option("reduce", word))
    options.append(Option(LEAVE, f"Leave {plain(supply.freed)} free"))
    options += [
        Option(f"give:{short.id}", f"Give {plain(min(short.left, supply.freed))} to {short.label}{short.when}")
        for short in case.offers.short(supply)
    ]
    preselected = "reduce" if rule == Allows.FOLLOW else None if rule == Allows.ASK else LEAVE
    if rule == Allows.ASK and not case.may(supply, rule):
        preselected = LEAVE
        case.plan.left.append(Left(change, supply.pk, quantity=left))
    answer = case.ask(f"less-{supply.pk}", change, supply, options, preselected, rule, quantity=left)
    _part(case, supply, answer, left, ends=ends)


def _part(case, supply, answer, left, *, ends):
    verb, _, number = (answer or LEAVE).partition(":")
    if verb == "reduce":
        supply.is_cancelled = ends
        supply.new_quantity = supply.new_quantity if ends else left
    elif verb == "give":
        given = case.offers.give(int(number), supply.freed)
        kind = LinkKind.BOUND if supply.is_bound else LinkKind.CLAIMED
        case.plan.given.append(Given(supply.pk, int(number), given, kind, "given to who is short"))


def follow_date(case, supply):
    """An order made for somebody goes where its earliest need goes, less the safety time."""
    before, after = _deadline(supply, new=False), _deadline(supply, new=True)
    if supply.is_stock or supply.is_cancelled or not supply.is_bound or after is None or before == after:
        return
    asked = _arrival(case, supply, after)
    if asked == supply.due:
        return
    rule = case.rule(supply, Change.DATE)
    options = [Option(LEAVE, f"Keep {in_words(supply.due)}")]
    if case.may(supply, rule):
        options.insert(0, Option(FOLLOW, f"{supply}: {in_words(supply.due)} → {in_words(asked)}"))
    follows = rule == Allows.FOLLOW
    asks = rule == Allows.ASK and len(options) > 1
    preselected = FOLLOW if follows else None if asks else LEAVE
    if rule == Allows.ASK and not asks:
        case.plan.left.append(Left(Change.DATE, supply.pk, date=asked))
    if case.ask(f"date-{supply.pk}", Change.DATE, supply, options, preselected, rule, date=asked) == FOLLOW:
        supply.new_due = asked


def follow_priority(case, supply, *, anew=False):
    """Another priority of who an order was made for: its components may be needed as urgently, and so on down.

    The orders made for a row are asked about; below one that takes it over the others are preselected.
    """
    bound = [link for link in supply.links if link.kind == LinkKind.BOUND and link.new_open > 0]
    before = min((link.demand.priority for link in bound), default=None)
    wanted = min((link.demand.new_priority for link in bound), default=None)
    others = [need for need in supply.components if need.priority != wanted]
    if wanted is None or supply.is_cancelled or not others or (before == wanted and not anew):
        return
    rule = case.rule(supply, Change.PRIORITY)
    options, preselected = [Option(LEAVE, f"Leave priority {others[0].priority} as it is")], LEAVE
    if case.may(supply, rule):
        options.insert(0, Option(FOLLOW, f"Take it over: priority {others[0].priority} → {wanted}"))
        preselected = None if any(link.demand.for_supply_id is None for link in bound) else FOLLOW
    elif rule == Allows.ASK:
        case.plan.left.append(Left(Change.PRIORITY, supply.pk))
    if case.ask(f"priority-{supply.pk}", Change.PRIORITY, supply, options, preselected, rule) == FOLLOW:
        for need in others:
            need.new_priority = wanted


def _arrival(case, supply, need):
    if supply.pk in case.tree.arrivals:
        return case.tree.arrivals[supply.pk](need)
    return case.tree.calendars[supply.warehouse_id].subtract(need, supply.safety_time)


def follow_components(case, supply):
    changed = supply.is_cancelled or supply.new_quantity != supply.quantity
    deadline = _deadline(supply, new=True) or supply.new_due
    days = case.tree.calendars[supply.warehouse_id]
    need = days.subtract(deadline, supply.lead_time) if deadline else None
    for component in supply.components:
        component.new_need = need
        if changed or (supply.recipe and supply.recipe.names(component.pk)):
            _require(case, supply, component)


def _require(case, supply, component):
    """What a component is needed for then; of another revision it may be needed otherwise, or not at all."""
    recipe, required = supply.recipe or Recipe(), case.tree.requirements.get(component.pk)
    ends = supply.is_cancelled or component.pk in recipe.ends
    required = recipe.keeps.get(component.pk, required)
    quantity = component.quantity if ends or required is None else required(supply.new_quantity)
    change_need(case, component, quantity, ends=ends)


def _deadline(supply, *, new):
    """The earliest need of the demands linked to it."""
    needs = [
        link.demand.new_need if new else link.demand.row.need
        for link in supply.links
        if (link.new_open if new else link.row.open) > 0
    ]
    return min((need for need in needs if need), default=None)
