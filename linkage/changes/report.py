"""A plan ready for its page: a line per order, old and new as the rolled-back operation left them."""

from dataclasses import dataclass
from decimal import Decimal

from erp.register.roles import may
from linkage.changes.harm import harms_of
from linkage.changes.tree import Revision
from linkage.dates import business_date
from linkage.lateness import days
from linkage.models import Status, Supply
from linkage.owners import owner_of_kind, urls_of
from linkage.statuses import in_words

ASKED_AT_MOST = 200  # lines with choices that are preselected anyway; open questions are always shown


@dataclass(frozen=True)
class Need:
    """A component of an order that is made as another revision: before and after, and what of it has no supply then."""

    part: str
    quantity: tuple
    uncovered: Decimal

    @property
    def is_new(self):
        return self.quantity[0] is None


@dataclass(frozen=True)
class Line:
    """One order of the chain, before and after; ``cost``: what it has cost so far, for who sees costs."""

    label: str
    url: str
    part: str
    level: int
    status: str
    quantity: tuple
    due: tuple
    slack: tuple
    value: Decimal | None
    questions: tuple
    is_cancelled: bool = False
    is_new: bool = False
    revision: tuple = ("", "")
    components: tuple = ()
    done: Decimal = Decimal(0)
    cost: Decimal | None = None

    @property
    def is_open(self):
        """Somebody has to choose here before the change can be saved."""
        return any(question.is_open for question in self.questions)

    @property
    def is_late(self):
        """Late after the change and not before."""
        before, after = self.slack
        return after is not None and after < 0 and (before is None or before >= 0)


@dataclass(frozen=True)
class Report:
    lines: list
    needs: list
    uncovered: list
    warnings: list
    hidden: int
    fingerprint: str
    note: str
    shows_value: bool
    is_decided: bool


def report_of(plan, preview, *, by, note=""):
    """What the page shows of a plan and of the preview of the operation that carried it out."""
    after = {change.pk: change.after for change in preview.of("supply")}
    touched = [s for s in plan.tree.supplies.values() if _is_shown(plan, s, after)]
    touched.sort(key=lambda supply: (supply.depth, supply.label))
    asked = [s for s in touched if any(question.is_open for question in _questions(s))]
    rest = [s for s in touched if not any(question.is_open for question in _questions(s))]
    shown = sorted(asked + rest[:ASKED_AT_MOST], key=lambda supply: (supply.depth, supply.label))
    above = {demand.pk for supply in shown for demand in supply.asked_above}
    beside = [q for d in plan.tree.demands.values() if d.pk not in above for q in d.questions]
    facts = _Facts.of(shown, by)
    lines = [_line(plan, supply, after.get(supply.pk), facts, _components(supply, preview)) for supply in shown]
    levels = _levels(plan, preview)
    lines += [_new(change, levels.get(change.pk, 1)) for change in preview.of("supply") if change.is_new]
    return Report(
        lines=lines,
        needs=[question for question in beside if len(question.options) > 1],
        uncovered=[question for question in beside if len(question.options) == 1],
        warnings=[*plan.notes, *_late(plan), *_differing(plan)],
        hidden=len(touched) - len(shown),
        fingerprint=plan.fingerprint,
        note=note,
        shows_value=facts.costs is not None,
        is_decided=not plan.open_questions,
    )


@dataclass(frozen=True)
class _Facts:
    """What other apps know of the orders that are shown; ``costs`` is None for who does not see them."""

    urls: dict
    costs: dict | None

    @classmethod
    def of(cls, shown, by):
        ids = {}
        for supply in shown:
            ids.setdefault(supply.kind, []).append(supply.pk)
        costs = {}
        for kind, pks in ids.items() if may(by, "see costs") else ():
            costs |= owner_of_kind(kind).costs_so_far(pks)
        urls = urls_of([Supply(pk=supply.pk, kind=supply.kind) for supply in shown])
        return cls(urls, costs if may(by, "see costs") else None)


def _is_shown(plan, supply, after):
    if supply.is_stock:
        return False
    moved = supply.pk in after and (supply.is_changed or supply.freed > 0)
    return bool(_questions(supply) or moved or any(before != now for before, now in map(plan.slack, supply.links)))


def _questions(supply):
    """Its own, those of the needs that it may be widened for, and those of its links."""
    above = [question for demand in supply.asked_above for question in demand.questions]
    links = [question for link in supply.links for question in link.questions]
    return (*above, *supply.questions, *links)


def _components(supply, preview):
    """What another revision does to the components of an order."""
    if supply.recipe is None:
        return ()
    changed = [change for change in preview.of("demand") if change.feeds == supply.pk]
    return tuple(_need(change) for change in changed if change.before.get("quantity") != _needed(change.after))


def _need(change):
    return Need(change.part, (change.before.get("quantity"), _needed(change.after)), change.after["uncovered"])


def _needed(after):
    return Decimal(0) if after["status"] == Status.CANCELLED else after["quantity"]


def _line(plan, supply, after, facts, components):
    after = after or {"quantity": supply.quantity, "due_date": supply.due}
    slacks = [plan.slack(link) for link in supply.links]
    ends = supply.is_cancelled or after.get("status") == Status.CANCELLED
    new = Decimal(0) if ends else after["quantity"]
    return Line(
        label=supply.label,
        url=facts.urls.get((supply.kind, supply.pk), ""),
        part=supply.part,
        level=supply.depth + 1,
        status=in_words(supply).capitalize(),
        quantity=(supply.quantity, new),
        due=(supply.due, after["due_date"]),
        slack=(_least(before for before, _ in slacks), _least(now for _, now in slacks)),
        value=None if facts.costs is None else (new - supply.quantity) * supply.price,
        cost=(facts.costs or {}).get(supply.pk),
        done=supply.done,
        questions=_questions(supply),
        is_cancelled=ends,
        revision=(Revision(code=supply.row.revision, variant=supply.row.variant).words, supply.new_revision.words),
        components=components,
    )


def _levels(plan, preview):
    """{supply: level}: a new order stands one below the order whose component it was made for."""
    levels = {supply.pk: supply.depth + 1 for supply in plan.tree.supplies.values()}
    waiting = [link for link in preview.of("link") if link.is_new and link.supply not in levels and link.feeds]
    while ready := [link for link in waiting if link.feeds in levels]:
        for link in ready:
            levels[link.supply] = max(levels.get(link.supply, 0), levels[link.feeds] + 1)
        done = {link.pk for link in ready}
        waiting = [link for link in waiting if link.pk not in done]
    return levels


def _new(change, level):
    quantity, due = change.after["quantity"], change.after["due_date"]
    facts = {"url": "", "part": change.part, "level": level, "value": None, "questions": ()}
    label = Status(change.after["status"]).label
    return Line(
        change.label, status=label, quantity=(None, quantity), due=(None, due), slack=(None, None), is_new=True, **facts
    )


def _differing(plan):
    for link in plan.differing():
        supply, demand = link.supply, link.demand
        for word, made, asked in supply.new_revision.clashing(demand.new_revision):
            yield f"{supply} is {word} {made}; {demand} asks for {asked}."


def _least(figures):
    return min((figure for figure in figures if figure is not None), default=None)


def _late(plan):
    yield from map(str, harms_of(plan))
    today = business_date()
    for supply in plan.tree.supplies.values():
        if supply.new_due != supply.due and supply.new_due and supply.kind == "production":
            calendar = plan.tree.calendars[supply.warehouse_id]
            if calendar.subtract(supply.new_due, supply.lead_time) < today:
                yield f"{supply} starts late: it takes {days(supply.lead_time)} and is to be ready on {supply.new_due}."
