"""What becomes of every order of a chain when demands or supplies change. In memory: nothing here writes.

Demands first, then the supplies from the top down, each after all that it feeds: what a supply becomes decides what its
components need, and so on. A question without an answer leaves its order as it is.
"""

import datetime
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from erp.exceptions import Refused
from erp.register import settings_registry
from erp.register.units import plain
from linkage.changes.decisions import FOLLOW, LEAVE, Option, Question
from linkage.changes.offers import Offers
from linkage.changes.tree import SupplyNode, Tree
from linkage.dates import business_date
from linkage.models.links import LinkKind
from linkage.owners import owner_of_kind
from linkage.precedence import cutting_order, ordinal
from linkage.statuses import Allows, Change, allowed

ZERO = Decimal(0)
KEEP = object()  # a date that stays, where None is one that is taken away


@dataclass(frozen=True)
class DemandWant:
    """A demand's new total quantity (base unit), date, warehouse and priority; or that it ends."""

    demand: int
    quantity: Decimal | None = None
    need: object = KEEP
    warehouse: object = None
    priority: int | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class SupplyWant:
    """A supply's new total quantity (base unit) and date; or that it ends.

    ``gives_up``: its links end, the supply itself is ended by the operation (a purchase row closed short).
    ``priority``: it is offered the priority of who it was made for, as that is now.
    """

    supply: int
    quantity: Decimal | None = None
    due: object = KEEP
    is_cancelled: bool = False
    gives_up: bool = False
    priority: bool = False

    @property
    def ends(self):
        return self.is_cancelled or self.gives_up


@dataclass
class Given:
    """So much of a supply for another demand, or so much of another supply for a demand."""

    supply: int
    demand: int
    quantity: Decimal
    kind: str = LinkKind.CLAIMED
    reason: str = ""


@dataclass
class Moved:
    """A sales row that follows its supply."""

    demand: object
    quantity: Decimal | None = None
    date: datetime.date | None = None


@dataclass
class Left:
    """What nobody has decided: it stands on the worklist."""

    change: Change
    supply: int | None = None
    demand: int | None = None
    quantity: Decimal | None = None
    date: datetime.date | None = None


@dataclass
class Plan:
    """What a change does: the nodes of ``tree`` say what becomes of them, the rest is beside the tree."""

    tree: Tree
    by: object
    decisions: object
    questions: list = field(default_factory=list)
    given: list = field(default_factory=list)
    made: list = field(default_factory=list)
    moved_rows: list = field(default_factory=list)
    left: list = field(default_factory=list)
    relocated: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    _slacks: dict = field(default_factory=dict)

    @property
    def open_questions(self):
        """What a person has to decide before this can be saved."""
        return [question for question in self.questions if question.is_open]

    @property
    def asks(self):
        """Whether anybody should look before it is saved: another order moves, or something becomes late."""
        return bool(self.notes or self.newly_late() or any(map(_matters, self.questions)))

    @property
    def fingerprint(self):
        """Says whether two plans are the same: what a person saw and what is saved."""
        supplies = [
            (s.pk, s.quantity, s.due, s.status, s.new_quantity, s.new_due, s.is_cancelled)
            for s in self.tree.supplies.values()
            if not s.is_stock
        ]
        demands = [
            (d.pk, d.quantity, d.need, d.priority, d.new_quantity, d.new_need, d.new_priority)
            for d in self.tree.demands.values()
        ]
        links = [(link.pk, link.open, link.new_open) for s in self.tree.supplies.values() for link in s.links]
        given = [(given.supply, given.demand, given.quantity) for given in self.given]
        text = repr([sorted(supplies), sorted(demands), sorted(links), given, self.made])
        text += repr([(node.pk, warehouse.pk) for node, warehouse, _supplies in self.relocated])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def slack(self, link):
        """(work days before, after) from the supply's due date to the need; None where nothing waits or has a date."""
        return (
            self._between(link, link.supply.due, link.demand.need) if link.to_come > 0 else None,
            self._between(link, link.supply.new_due, link.demand.new_need) if link.waits else None,
        )

    def _between(self, link, due, need):
        if due is None or need is None:
            return None
        asked = link.supply.warehouse_id, due, need
        if asked not in self._slacks:
            days, today = self.tree.calendars[link.supply.warehouse_id], business_date()
            self._slacks[asked] = days.between(due if due >= today else days.add(today, 1), need)
        return self._slacks[asked]

    def newly_late(self):
        """[(link, slack after)] of the links that are late after the change and were not before."""
        found = []
        for supply in self.tree.supplies.values():
            for link in supply.links:
                before, after = self.slack(link)
                if after is not None and after < 0 and (before is None or before >= 0):
                    found.append((link, after))
        return found


def _matters(question):
    """Offers that nobody has to take up are no reason to stop; a row that may follow, or what it lacks, is one."""
    return question.is_open or question.preselected != LEAVE or question.key.startswith(("more-", "row"))


def plan_change(*, demands=(), supplies=(), tree, decisions, by):
    """The plan of these wants (DemandWant, SupplyWant), with the decisions taken so far. Raises Refused."""
    return _Planner(tree, decisions, by).run(demands, supplies)


class _Planner:
    def __init__(self, tree, decisions, by):
        self.tree, self.decisions, self.by = tree, decisions, by
        self.plan = Plan(tree, by, decisions)
        self.offers = Offers(tree)

    def run(self, demands, supplies):
        wanted = {want.supply: want for want in supplies}
        for want in demands:
            node = self.tree.demands[want.demand]
            if want.need is not KEEP:
                node.new_need = want.need
            if want.priority is not None:
                node.new_priority = want.priority
            if want.warehouse is not None and want.warehouse.pk != node.warehouse_id:
                self._relocate(node, want.warehouse)
            self._demand(node, node.quantity if want.quantity is None else want.quantity, ends=want.is_cancelled)
        for supply in self.tree.downwards():
            self._supply(supply, wanted.get(supply.pk))
        return self.plan

    # demands

    def _demand(self, node, quantity, *, ends=False):
        node.new_quantity, node.is_cancelled = quantity, ends
        if not ends and quantity < node.done:
            raise Refused(f"{plain(node.done)} of {node} is done already; {plain(quantity)} is less.")
        surplus = sum(link.open for link in node.links) - node.new_open
        if surplus > 0:
            self._cut(node, surplus)
        elif node.new_open > node.open and node.links:
            self._more(node, node.new_open - node.open)

    def _relocate(self, node, warehouse):
        """Orders that serve this demand alone move along, until something of them is reported; others are refused."""
        for link in node.links:
            supply, rule = link.supply, self._rule(link.supply, Change.WAREHOUSE)
            alone = link.kind == LinkKind.BOUND and all(other.demand is node for other in supply.links)
            if supply.is_stock or not alone or supply.done or not self._may(supply, rule):
                raise Refused(
                    f"{node} is linked to {supply} ({plain(link.open)}) in {supply.warehouse}; disconnect it before "
                    f"the row moves to {warehouse}."
                )
            options = [Option(FOLLOW, f"{supply}: {supply.warehouse} → {warehouse}")]
            preselected = FOLLOW if rule == Allows.FOLLOW else None
            self._ask(f"warehouse-{supply.pk}", Change.WAREHOUSE, supply, options, preselected, rule)
        self.plan.relocated.append((node, warehouse, [link.supply for link in node.links]))

    def _cut(self, node, surplus):
        """Claimed before bound, inside a kind the latest supply first, goods on the shelf last."""
        for link in _first_cut(node.links):
            link.cut = min(surplus, link.to_come)
            link.supply.freed += link.cut
            surplus -= link.cut
        for link in _first_cut(node.links):
            link.cut_shelf = min(surplus, link.on_shelf)
            surplus -= link.cut_shelf
            if link.cut_shelf:
                self.plan.notes.append(f"{plain(link.cut_shelf)} on the shelf for {node} become free.")

    def _more(self, node, more):
        """The difference only: widen the order made for it, take what is free, order anew, or leave it uncovered."""
        widen = [link for link in node.links if self._may_widen(link)]
        widen.sort(key=lambda link: (self._rule(link.supply, Change.MORE) != Allows.FOLLOW, -ordinal(link.supply.due)))
        options = [Option(f"widen:{link.supply.pk}", self._widened(link, more)) for link in widen]
        options += [
            Option(f"take:{free.id}", f"Take {plain(min(free.left, more))} of {free.label}")
            for free in self.offers.free(node)
        ]
        if options:
            options.append(Option("new", f"Order {plain(more)} anew"))
        follows = widen and self._rule(widen[0].supply, Change.MORE) == Allows.FOLLOW
        asks = widen and not follows
        rule = Allows.FOLLOW if follows else Allows.ASK
        answer = self._ask(
            f"more-{node.pk}",
            Change.MORE,
            node,
            [*options, Option(LEAVE, f"Leave {plain(more)} uncovered")],
            options[0].value if follows else None if asks else LEAVE,
            rule,
            quantity=more,
        )
        if widen:
            widen[0].supply.asked_above.append(node)
        elif any(
            link.kind == LinkKind.BOUND and self._rule(link.supply, Change.MORE) == Allows.ASK for link in node.links
        ):
            self.plan.left.append(Left(Change.MORE, demand=node.pk, quantity=more))  # for who may change the order
        self._cover(node, more, answer, widen)

    def _cover(self, node, more, answer, widen):
        verb, _, number = (answer or LEAVE).partition(":")
        if verb == "widen":
            link = next(link for link in widen if link.supply.pk == int(number))
            supply = link.supply
            free = max(supply.free + supply.freed + supply.new_quantity - supply.quantity, ZERO)
            supply.new_quantity = self._raised(supply, max(more - free, ZERO))
            supply.freed = max(supply.freed - more, ZERO)
            link.grown += more
        elif verb == "take":
            taken = self.offers.take(int(number), more)
            self.plan.given.append(Given(int(number), node.pk, taken, reason="taken for the difference"))
        elif verb == "new":
            self.plan.made.append((node.pk, more))

    def _raised(self, supply, more):
        """What must be ordered of it for so much more: as much, or what can be ordered at least."""
        if not more:
            return supply.new_quantity
        size = self.tree.sizes.get(supply.pk)
        return size(supply.new_quantity + more) if size else supply.new_quantity + more

    def _may_widen(self, link):
        bound = link.kind == LinkKind.BOUND and not link.supply.is_stock
        return bound and self._may(link.supply, self._rule(link.supply, Change.MORE))

    def _is_asked(self, link):
        return link.kind == LinkKind.BOUND and self._rule(link.supply, Change.MORE) == Allows.ASK

    def _widened(self, link, more):
        supply = link.supply
        new = self._raised(supply, max(more - supply.free, ZERO))
        if new == supply.quantity:
            return f"Take {plain(more)} more of {supply}, which has it free"
        return f"{supply}: {plain(supply.quantity)} → {plain(new)}"

    # supplies

    def _supply(self, supply, want):
        if want is not None:
            self._wanted(supply, want)
        elif supply.freed > 0 and not supply.is_stock:
            self._freed(supply)
        if want is None or want.due is KEEP:
            self._date(supply)
        self._priority(supply, anew=want is not None and want.priority)
        if supply.components:
            self._components(supply)

    def _wanted(self, supply, want):
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
            self._break(supply, surplus, ends=want.ends)
        elif supply.new_quantity > supply.quantity:
            self._row_takes(supply, supply.new_quantity - supply.quantity)
        if supply.new_due != supply.due and not want.ends:
            self._rows_follow(supply)

    def _break(self, supply, surplus, *, ends):
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
                self.plan.left.append(Left(Change.CANCEL, supply.pk, link.demand.pk, quantity=link.cut))
            else:
                self._goes_where(link)

    def _goes_where(self, link):
        demand, cut = link.demand, link.cut
        options = [
            Option(f"to:{free.id}", f"Take {plain(min(free.left, cut))} of {free.label}")
            for free in self.offers.free(demand)
        ]
        options.append(Option("new", f"Order {plain(cut)} anew"))
        if self._may_change_row(demand) and demand.quantity - cut > demand.done:
            options.append(Option("row", f"{demand}: {plain(demand.quantity)} → {plain(demand.quantity - cut)}"))
        options.append(Option(LEAVE, f"Leave {plain(cut)} of {demand} uncovered"))
        why = f"{plain(cut)} of {demand} lose {link.supply}."
        answer = self._ask(f"link-{link.pk}", Change.LESS, link, options, None, Allows.ASK, why=why, quantity=cut)
        verb, _, number = (answer or LEAVE).partition(":")
        if verb == "to":
            taken = self.offers.take(int(number), cut)
            self.plan.given.append(Given(int(number), demand.pk, taken, link.kind, f"moved from {link.supply}"))
        elif verb == "new":
            self.plan.made.append((demand.pk, cut))
        elif verb == "row":
            self.plan.moved_rows.append(Moved(demand, quantity=demand.quantity - cut))

    def _row_takes(self, supply, more):
        """An order made for one sales row alone was raised: the row may ask for as much more."""
        bound = [link for link in supply.links if link.kind == LinkKind.BOUND]
        if len(bound) != 1 or not self._may_change_row(bound[0].demand):
            return
        demand = bound[0].demand
        new = demand.quantity + more
        options = [
            Option(FOLLOW, f"{demand}: {plain(demand.quantity)} → {plain(new)}"),
            Option(LEAVE, f"Leave {plain(more)} free"),
        ]
        why = f"{supply} was made for {demand}."
        if self._ask(f"rowq-{demand.pk}", Change.MORE, bound[0], options, LEAVE, Allows.ASK, why=why) == FOLLOW:
            self.plan.moved_rows.append(Moved(demand, quantity=new))
            self.plan.given.append(Given(supply.pk, demand.pk, more, LinkKind.BOUND, f"{supply} raised"))

    def _rows_follow(self, supply):
        """Another date of what a sales row waits for: the row may be delivered that day, or stays as promised."""
        for link in supply.links:
            demand = link.demand
            if not link.waits or demand.kind != "sales" or demand.need is None or supply.new_due is None:
                continue
            days = self.tree.calendars[supply.warehouse_id]
            possible = days.add(supply.new_due, supply.safety_time)
            if possible != demand.need and (possible > demand.need or link.kind == LinkKind.BOUND):
                self._row_follows(link, possible)

    def _row_follows(self, link, possible):
        supply, demand = link.supply, link.demand
        late = supply.new_due > demand.need
        options = [Option(LEAVE, f"Keep {_day(demand.need)}" + (", which is late" if late else ""))]
        may = self._may_change_row(demand)
        if may:
            options.insert(0, Option(FOLLOW, f"{demand}: {_day(demand.need)} → {_day(possible)}"))
        preselected = None if late and may else LEAVE
        why = f"{demand} waits for {supply}."
        key = f"row-{demand.pk}"
        answer = self._ask(key, Change.DATE, link, options, preselected, Allows.ASK, why=why, date=possible)
        if answer == FOLLOW:
            demand.new_need = possible
            self.plan.moved_rows.append(Moved(demand, date=possible))
        elif late and not may:
            self.plan.left.append(Left(Change.DATE, supply.pk, demand.pk, date=possible))

    def _may_change_row(self, demand):
        return demand.kind == "sales" and owner_of_kind("sales").may(self.by, demand, "change")

    def _freed(self, supply):
        """Some of it is no longer needed: reduce it, leave that free, or give it to who is short."""
        left = supply.new_quantity - supply.freed
        ends = left - supply.cancelled <= 0 and supply.done == 0
        change = Change.CANCEL if ends else Change.LESS
        rule = self._rule(supply, change) if supply.is_bound else Allows.REFUSE
        options = []
        if self._may(supply, rule):
            word = f"Cancel {supply}" if ends else f"{supply}: {plain(supply.quantity)} → {plain(left)}"
            options.append(Option("reduce", word))
        options.append(Option(LEAVE, f"Leave {plain(supply.freed)} free"))
        options += [
            Option(f"give:{short.id}", f"Give {plain(min(short.left, supply.freed))} to {short.label}")
            for short in self.offers.short(supply)
        ]
        preselected = "reduce" if rule == Allows.FOLLOW else None if rule == Allows.ASK else LEAVE
        if rule == Allows.ASK and not self._may(supply, rule):
            preselected = LEAVE
            self.plan.left.append(Left(change, supply.pk, quantity=left))
        answer = self._ask(f"less-{supply.pk}", change, supply, options, preselected, rule, quantity=left)
        self._part(supply, answer, left, ends=ends)

    def _part(self, supply, answer, left, *, ends):
        verb, _, number = (answer or LEAVE).partition(":")
        if verb == "reduce":
            supply.is_cancelled = ends
            supply.new_quantity = supply.new_quantity if ends else left
        elif verb == "give":
            given = self.offers.give(int(number), supply.freed)
            kind = LinkKind.BOUND if supply.is_bound else LinkKind.CLAIMED
            self.plan.given.append(Given(supply.pk, int(number), given, kind, "given to who is short"))

    def _date(self, supply):
        """An order made for somebody goes where its earliest need goes, less the safety time."""
        before, after = _deadline(supply, new=False), _deadline(supply, new=True)
        if supply.is_stock or supply.is_cancelled or not supply.is_bound or after is None or before == after:
            return
        asked = self._arrival(supply, after)
        if asked == supply.due:
            return
        rule = self._rule(supply, Change.DATE)
        options = [Option(LEAVE, f"Keep {_day(supply.due)}")]
        if self._may(supply, rule):
            options.insert(0, Option(FOLLOW, f"{supply}: {_day(supply.due)} → {_day(asked)}"))
        follows = rule == Allows.FOLLOW
        asks = rule == Allows.ASK and len(options) > 1
        preselected = FOLLOW if follows else None if asks else LEAVE
        if rule == Allows.ASK and not asks:
            self.plan.left.append(Left(Change.DATE, supply.pk, date=asked))
        if self._ask(f"date-{supply.pk}", Change.DATE, supply, options, preselected, rule, date=asked) == FOLLOW:
            supply.new_due = asked

    def _priority(self, supply, *, anew=False):
        """Another priority of who an order was made for: its components may be needed as urgently, and so on down.

        The orders made for a row are asked about; below one that takes it over the others are preselected.
        """
        bound = [link for link in supply.links if link.kind == LinkKind.BOUND and link.new_open > 0]
        before = min((link.demand.priority for link in bound), default=None)
        wanted = min((link.demand.new_priority for link in bound), default=None)
        others = [need for need in supply.components if need.priority != wanted]
        if wanted is None or supply.is_cancelled or not others or (before == wanted and not anew):
            return
        rule = self._rule(supply, Change.OFFER)
        options, preselected = [Option(LEAVE, f"Leave priority {others[0].priority} as it is")], LEAVE
        if self._may(supply, rule):
            options.insert(0, Option(FOLLOW, f"Take it over: priority {others[0].priority} → {wanted}"))
            preselected = None if any(link.demand.for_supply_id is None for link in bound) else FOLLOW
        elif rule == Allows.ASK:
            self.plan.left.append(Left(Change.OFFER, supply.pk))
        if self._ask(f"priority-{supply.pk}", Change.OFFER, supply, options, preselected, rule) == FOLLOW:
            for need in others:
                need.new_priority = wanted

    def _arrival(self, supply, need):
        if supply.pk in self.tree.arrivals:
            return self.tree.arrivals[supply.pk](need)
        return self.tree.calendars[supply.warehouse_id].subtract(need, supply.safety_time)

    def _components(self, supply):
        changed = supply.is_cancelled or supply.new_quantity != supply.quantity
        deadline = _deadline(supply, new=True) or supply.new_due
        days = self.tree.calendars[supply.warehouse_id]
        need = days.subtract(deadline, supply.lead_time) if deadline else None
        for component in supply.components:
            component.new_need = need
            if changed:
                required = self.tree.requirements.get(component.pk)
                quantity = (
                    component.quantity if supply.is_cancelled or required is None else required(supply.new_quantity)
                )
                self._demand(component, quantity, ends=supply.is_cancelled)

    # questions

    def _rule(self, supply, change):
        return allowed(supply.row).of(change)

    def _may(self, supply, rule):
        """What follows is part of the change; what is asked is for who may change such orders."""
        if rule == Allows.REFUSE:
            return False
        return rule == Allows.FOLLOW or owner_of_kind(supply.kind).may(self.by, supply, "change")

    def _ask(self, key, change, subject, options, preselected, rule, why=None, **proposed):
        answer = self.decisions.answers.get(key, preselected)
        if answer not in {option.value for option in options}:  # gone since it was offered: ask again
            answer = None
        question = Question(
            key, change, subject, tuple(options), preselected, rule, why or _why(subject, rule), answer, **proposed
        )
        self.plan.questions.append(question)
        subject.questions.append(question)
        return answer


def _why(subject, rule):
    if not isinstance(subject, SupplyNode):
        return ""
    if rule == Allows.REFUSE and subject.status not in {"closed", "cancelled", "started"}:
        return f"{subject} was not made for this; it stays as it is."
    return {
        Allows.FOLLOW: f"{subject} is {subject.status}: it follows.",
        Allows.ASK: f"{subject} is {subject.status}: a person decides.",
        Allows.REFUSE: f"{subject} is {subject.status}: it is not changed any more.",
    }[rule]


def _first_cut(links):
    return sorted(links, key=lambda link: cutting_order(link, link.supply.due))


def _breaking_order(link):
    return link.kind != "claimed", link.contract, -ordinal(link.demand.need), -link.demand.priority, -link.pk


def _day(day):
    return f"{day:%Y-%m-%d}" if day else "no date"


def _deadline(supply, *, new):
    """The earliest need of the demands linked to it."""
    needs = [
        link.demand.new_need if new else link.demand.need
        for link in supply.links
        if (link.new_open if new else link.open) > 0
    ]
    return min((need for need in needs if need), default=None)
